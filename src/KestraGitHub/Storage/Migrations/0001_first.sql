-- One text for both databases: times are unix milliseconds in UTC, flags are 0 or 1, ids are hex texts that sort by time.
-- BYTEA means nothing to SQLite, which then keeps bytes as they come.

CREATE TABLE syncs (
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  PRIMARY KEY (tenant, namespace, flow)
);

CREATE TABLE runs (
  id TEXT NOT NULL PRIMARY KEY,
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  trigger_kind TEXT NOT NULL,
  trigger_id TEXT,
  trigger_by TEXT,
  trigger_delivery TEXT,
  trigger_ref TEXT,
  trigger_commit TEXT,
  state TEXT NOT NULL,
  waiting_for TEXT,
  dry_run BIGINT NOT NULL,
  requested_revision TEXT,
  mergeable BIGINT NOT NULL,
  revision TEXT,
  commit_message TEXT,
  author TEXT,
  attempt BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  not_before BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT,
  counts TEXT NOT NULL,
  error TEXT,
  error_kind TEXT,
  cancel_requested BIGINT NOT NULL DEFAULT 0,
  deliveries BIGINT NOT NULL,
  collapsed BIGINT NOT NULL DEFAULT 0,
  quiet BIGINT NOT NULL DEFAULT 0,
  payload TEXT NOT NULL,
  lease_owner TEXT,
  lease_until BIGINT,
  fence BIGINT NOT NULL DEFAULT 0
);

-- The guard behind "one run of a sync at a time": whatever the code does, a second one cannot be stored.
CREATE UNIQUE INDEX runs_running ON runs (tenant, namespace, flow) WHERE state = 'running';
-- The queue: everything that has not ended, which is little, however long the history.
CREATE INDEX runs_open ON runs (tenant, namespace, flow, not_before, id) WHERE finished_at IS NULL;
-- History, newest first.
CREATE INDEX runs_history ON runs (tenant, namespace, flow, id);
CREATE INDEX runs_history_state ON runs (tenant, namespace, flow, state, id);
CREATE INDEX runs_state ON runs (state, id);
-- How the last run went.
CREATE INDEX runs_last ON runs (tenant, namespace, flow, dry_run, finished_at, id) WHERE finished_at IS NOT NULL;
-- Retention.
CREATE INDEX runs_ended ON runs (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE run_events (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  level TEXT NOT NULL,
  step TEXT NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (run_id, seq)
);

CREATE TABLE run_changes (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  task TEXT NOT NULL,
  kind TEXT NOT NULL,
  namespace TEXT NOT NULL,
  object_id TEXT NOT NULL,
  path TEXT,
  action TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
);

CREATE TABLE deliveries (
  id TEXT NOT NULL PRIMARY KEY,
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  trigger_id TEXT,
  received_at BIGINT NOT NULL,
  event TEXT NOT NULL,
  action TEXT,
  ref TEXT,
  before_commit TEXT,
  after_commit TEXT,
  repository TEXT,
  sender TEXT,
  headers TEXT NOT NULL,
  size BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  secret BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT,
  run_id TEXT,
  body BYTEA
);

-- One guid counts once for each sync.
CREATE UNIQUE INDEX deliveries_guid ON deliveries (tenant, namespace, flow, delivery_id);
CREATE INDEX deliveries_history ON deliveries (tenant, namespace, flow, id);

CREATE TABLE inventory (
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  task TEXT NOT NULL,
  kind TEXT NOT NULL,
  object_namespace TEXT NOT NULL,
  object_id TEXT NOT NULL,
  path TEXT NOT NULL,
  source_version TEXT NOT NULL,
  digest TEXT NOT NULL,
  likeness TEXT NOT NULL,
  target_version TEXT NOT NULL,
  size BIGINT NOT NULL,
  PRIMARY KEY (tenant, namespace, flow, task, kind, object_namespace, object_id)
);

CREATE TABLE task_states (
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  task TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  commit_id TEXT NOT NULL,
  tree TEXT NOT NULL,
  target_cursor TEXT,
  counts TEXT NOT NULL,
  saved_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, namespace, flow, task)
);

CREATE TABLE schedules (
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  trigger_id TEXT NOT NULL,
  fired_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, namespace, flow, trigger_id)
);

CREATE TABLE definitions_seen (
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  file TEXT NOT NULL,
  digest TEXT NOT NULL,
  first_seen BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  PRIMARY KEY (tenant, namespace, flow, file)
);
