-- Definitions that come from Git: one row says which commit of which place is in force on every node, and why a newer one is not; its files stay here, so that a
-- start needs no Git server.

CREATE TABLE definitions_git (
  place TEXT NOT NULL PRIMARY KEY,
  commit_id TEXT NOT NULL,
  message TEXT NOT NULL,
  author TEXT NOT NULL,
  in_force_at BIGINT NOT NULL,
  refused_commit TEXT,
  refused_at BIGINT,
  refusal TEXT
);

CREATE TABLE definitions_git_files (
  place TEXT NOT NULL,
  file TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (place, file)
);
