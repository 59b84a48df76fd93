-- Which commits of the definitions were put in force, refused or gone back to, and whether somebody holds one against what the branch says.

ALTER TABLE definitions_git ADD COLUMN held_by TEXT;
ALTER TABLE definitions_git ADD COLUMN held_at BIGINT;

CREATE TABLE definitions_git_history (
  id TEXT NOT NULL PRIMARY KEY,
  place TEXT NOT NULL,
  commit_id TEXT NOT NULL,
  message TEXT NOT NULL,
  author TEXT NOT NULL,
  at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  actor TEXT,
  detail TEXT
);

CREATE INDEX definitions_git_history_place ON definitions_git_history (place, id);
INSERT INTO definitions_git_history (id, place, commit_id, message, author, at, outcome)
SELECT place, place, commit_id, message, author, in_force_at, 'taken' FROM definitions_git WHERE commit_id <> '';
