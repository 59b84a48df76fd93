-- What a service made for itself, where several share one database: each of them must know the same token, webhook secret and keys of cookies.

CREATE TABLE kept_files (
  name TEXT NOT NULL PRIMARY KEY,
  content TEXT NOT NULL,
  made_at BIGINT NOT NULL
);
