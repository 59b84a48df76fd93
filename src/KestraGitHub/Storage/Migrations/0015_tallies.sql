-- The picture of the runs by hour, day and week counts in this index alone, never in the rows.

CREATE INDEX runs_tally ON runs (finished_at, tenant, namespace, state, quiet, collapsed) WHERE finished_at IS NOT NULL AND dry_run = 0;
