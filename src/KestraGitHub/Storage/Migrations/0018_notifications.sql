-- What receivers of the operator's are told. A target is known by a digest of its address, and is told of nothing older than itself. subject: a run, a plan or a
-- sync's drift, told of once for each target and event; stamp: when that happened.

CREATE TABLE notification_targets (
  target TEXT NOT NULL PRIMARY KEY,
  since BIGINT NOT NULL
);

CREATE TABLE notifications (
  id TEXT NOT NULL PRIMARY KEY,
  target TEXT NOT NULL,
  event TEXT NOT NULL,
  subject TEXT NOT NULL,
  stamp BIGINT NOT NULL,
  payload TEXT NOT NULL,
  due BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  not_before BIGINT NOT NULL,
  taken_until BIGINT NOT NULL,
  error TEXT,
  created_at BIGINT NOT NULL,
  UNIQUE (target, event, subject)
);

CREATE INDEX notifications_due ON notifications (target, not_before, id) WHERE due = 1;
CREATE INDEX notifications_created_at ON notifications (created_at) WHERE due = 0;
