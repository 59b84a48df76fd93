-- Syncs that somebody suspended. All three names empty: every sync.

CREATE TABLE pauses (
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  flow TEXT NOT NULL,
  reason TEXT NOT NULL,
  paused_by TEXT,
  since BIGINT NOT NULL,
  until BIGINT,
  PRIMARY KEY (tenant, namespace, flow)
);
