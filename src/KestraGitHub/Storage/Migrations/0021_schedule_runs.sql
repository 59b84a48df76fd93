-- When a schedule had its sync run last. fired_at is also when it began to count, which is no run.

ALTER TABLE schedules ADD COLUMN ran_at BIGINT;
