-- Requests of the API that named themselves, and what they were answered. status 0: not answered yet.

CREATE TABLE idempotency_keys (
  caller TEXT NOT NULL,
  name TEXT NOT NULL,
  request TEXT NOT NULL,
  status BIGINT NOT NULL,
  content_type TEXT,
  location TEXT,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (caller, name)
);

CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
