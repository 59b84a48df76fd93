-- The pull request by which a task of a sync brings its changes to Git. Zero as its number: there is none (yet). Files: what it changes, as JSON, with what was
-- there before. Expected: the commit that was about to be pushed. Asked: for which drift a run was asked to make it.

CREATE TABLE proposals (
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  task TEXT NOT NULL,
  repository TEXT NOT NULL,
  branch TEXT NOT NULL,
  number BIGINT NOT NULL,
  commit_id TEXT NOT NULL,
  expected TEXT NOT NULL,
  files TEXT NOT NULL,
  text_digest TEXT NOT NULL,
  asked TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, namespace, flow, task)
);
