-- Plans that wait, or waited, for a person: what was to be written then, object by object. An approval is for that plan only.
-- joined: a newer push came to the run since, so it plans anew at what is there now.

CREATE TABLE plans (
  run_id TEXT NOT NULL PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
  digest TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  reason TEXT NOT NULL,
  policy TEXT NOT NULL,
  heads TEXT NOT NULL,
  writes TEXT NOT NULL,
  joined BIGINT NOT NULL DEFAULT 0,
  approved_by TEXT,
  approved_at BIGINT
);

-- What a sync failed on for good: the same again is not tried before something changed.

CREATE TABLE quarantines (
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  inputs TEXT NOT NULL,
  commit_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  error_kind TEXT NOT NULL,
  run_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant, namespace, flow)
);

-- A sync that was rolled back stays so: the commits that its branches were at then are not applied by themselves. heads is empty until the run that rolls
-- back has asked Git for them.

CREATE TABLE holds (
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  run_id TEXT NOT NULL,
  to_run TEXT,
  commit_id TEXT,
  heads TEXT NOT NULL,
  held_by TEXT,
  reason TEXT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (tenant, namespace, flow)
);

ALTER TABLE runs ADD COLUMN forced BIGINT NOT NULL DEFAULT 0;

-- Where the target and the source of a task are, as digests: two syncs may meet in one object.

ALTER TABLE task_states ADD COLUMN target TEXT;
ALTER TABLE task_states ADD COLUMN source TEXT;
CREATE INDEX task_states_target ON task_states (target);
CREATE INDEX inventory_object ON inventory (object_id, object_namespace, kind);
