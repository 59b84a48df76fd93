-- What GitHub is told of a commit, one row for each context of it. The row is there before the run works on the commit and follows it until it has ended, so
-- that no ending goes untold; it is sent apart from the run, at least once. unsure: it may have arrived, and nobody heard the answer.

CREATE TABLE github_outbox (
  id TEXT NOT NULL PRIMARY KEY,
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  run_id TEXT NOT NULL,
  repository TEXT NOT NULL,
  sha TEXT NOT NULL,
  context TEXT NOT NULL,
  following BIGINT NOT NULL,
  stage TEXT NOT NULL,
  kind TEXT NOT NULL,
  payload TEXT,
  digest TEXT,
  due BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  not_before BIGINT NOT NULL,
  taken_until BIGINT NOT NULL,
  unsure BIGINT NOT NULL,
  error TEXT,
  sent_kind TEXT,
  sent_id TEXT,
  sent_run TEXT,
  sent_digest TEXT,
  sent_state TEXT,
  sent_text TEXT,
  changed_at BIGINT NOT NULL,
  UNIQUE (repository, sha, context)
);

CREATE INDEX github_outbox_following ON github_outbox (run_id) WHERE following = 1;
CREATE INDEX github_outbox_due ON github_outbox (not_before) WHERE due = 1;
CREATE INDEX github_outbox_changed_at ON github_outbox (changed_at);

-- Where in its file an object was refused.

ALTER TABLE run_changes ADD COLUMN line BIGINT;
