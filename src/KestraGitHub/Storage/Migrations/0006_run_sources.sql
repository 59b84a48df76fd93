-- Which commit of which repository each task of a run read, or wrote to. A commit that the run made itself is what its later tasks go on with, also
-- when the run is taken up again.

CREATE TABLE run_sources (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  task TEXT NOT NULL,
  position BIGINT NOT NULL,
  url TEXT NOT NULL,
  ref TEXT,
  commit_id TEXT,
  made BIGINT NOT NULL,
  PRIMARY KEY (run_id, task)
);

-- What an object was counted by before and after, and how many lines came and went.

ALTER TABLE run_changes ADD COLUMN old_revision TEXT;
ALTER TABLE run_changes ADD COLUMN new_revision TEXT;
ALTER TABLE run_changes ADD COLUMN additions BIGINT;
ALTER TABLE run_changes ADD COLUMN deletions BIGINT;
