-- Who asked for which change, by the pages or by the API, and how it was answered. tenant, namespace and flow are empty where it was about no sync or all.

CREATE TABLE audit (
  id TEXT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  way TEXT NOT NULL,
  action TEXT NOT NULL,
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  run_id TEXT,
  detail TEXT,
  status BIGINT NOT NULL
);

-- What has drifted and somebody said to leave as it is: until it is changed again.

ALTER TABLE drifts ADD COLUMN ignored_by TEXT;
