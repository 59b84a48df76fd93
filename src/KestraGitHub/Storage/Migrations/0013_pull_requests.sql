-- The pull request that a run only plans, as JSON: whose it is, and the commit that is told. Null for all other runs.

ALTER TABLE runs ADD COLUMN pull_request TEXT;
