-- When not_before was set: with it, a run whose clock was set back since can be told from one that has to wait long.

ALTER TABLE runs ADD COLUMN waits_since BIGINT;
