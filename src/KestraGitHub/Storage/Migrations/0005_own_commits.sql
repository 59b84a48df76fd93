-- Commits that a sync pushed itself, and what the branch had before: when one comes back as a delivery to that sync, there is nothing to do.

CREATE TABLE own_commits (
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  commit_id TEXT NOT NULL,
  before_commit TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, namespace, flow, commit_id)
);

CREATE INDEX own_commits_age ON own_commits (made_at);
