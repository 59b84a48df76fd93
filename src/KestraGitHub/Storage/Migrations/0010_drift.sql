-- What was applied, where the target's own edit was left in its place; and whether the target holds a merge of both sides, or what the source has no more.

ALTER TABLE inventory ADD COLUMN applied_digest TEXT;
ALTER TABLE inventory ADD COLUMN applied_likeness TEXT;
ALTER TABLE inventory ADD COLUMN merged BIGINT NOT NULL DEFAULT 0;
ALTER TABLE inventory ADD COLUMN orphan BIGINT NOT NULL DEFAULT 0;

-- When each sync's targets are looked at next between runs: of many nodes the one that moves the time does it.

CREATE TABLE drift_clocks (
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, namespace, flow)
);

-- The last look at the target of each task. No cursor: a run has been there since, whose own counts.

CREATE TABLE drift_checks (
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  task TEXT NOT NULL,
  checked_at BIGINT NOT NULL,
  cursor TEXT,
  error TEXT,
  PRIMARY KEY (tenant, namespace, flow, task)
);

-- What the target holds otherwise than it was applied.

CREATE TABLE drifts (
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  task TEXT NOT NULL,
  kind TEXT NOT NULL,
  object_namespace TEXT NOT NULL,
  object_id TEXT NOT NULL,
  what TEXT NOT NULL,
  since BIGINT NOT NULL,
  revision TEXT,
  changed_by TEXT,
  PRIMARY KEY (tenant, namespace, flow, task, kind, object_namespace, object_id)
);
