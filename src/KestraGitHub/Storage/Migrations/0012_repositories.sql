-- Under which number GitHub knows a repository that a definition names. A name is the newest number's that said it: after a rename another
-- repository may take it.

CREATE TABLE repositories (
  name TEXT NOT NULL PRIMARY KEY,
  host TEXT NOT NULL,
  id BIGINT NOT NULL,
  seen_at BIGINT NOT NULL
);

CREATE INDEX repositories_id ON repositories (host, id);

-- When each repository is asked next for what no webhook told: of many nodes the one that moves the time does it.

CREATE TABLE repository_clocks (
  name TEXT NOT NULL PRIMARY KEY,
  due_at BIGINT NOT NULL
);

-- The newest commit of a branch that a sync looked at and needed no run for, or that a look at the repository started one for.

CREATE TABLE seen_heads (
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  repository TEXT NOT NULL,
  ref TEXT NOT NULL,
  commit_id TEXT NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, namespace, flow, repository, ref)
);

-- How far back the deliveries of a hook need not be looked through again.

CREATE TABLE hook_scans (
  hook TEXT NOT NULL PRIMARY KEY,
  seen_to BIGINT NOT NULL
);

-- Who of all syncs made a commit.
CREATE INDEX own_commits_commit ON own_commits (commit_id);
