-- What wins in this one run where both sides changed, instead of what its definition says.

ALTER TABLE runs ADD COLUMN on_conflict TEXT;
