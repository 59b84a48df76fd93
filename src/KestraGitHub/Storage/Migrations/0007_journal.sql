-- What every object that a run writes was before, so that it can be put back: by the run itself when it fails, and by a person for as long as the run is
-- kept. Server and tenant say where it stands, or the
-- repository and its branch; before_* is null for what was not there, after_* for what goes. known is the inventory's entry of it then.

CREATE TABLE journal (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  task TEXT NOT NULL,
  server TEXT NOT NULL,
  tenant TEXT NOT NULL,
  branch TEXT,
  kind TEXT NOT NULL,
  namespace TEXT NOT NULL,
  object_id TEXT NOT NULL,
  path TEXT,
  action TEXT NOT NULL,
  before_digest TEXT,
  before_likeness TEXT,
  before_version TEXT,
  before_size BIGINT,
  after_digest TEXT,
  after_likeness TEXT,
  known TEXT,
  state TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (run_id, position)
);

-- The bytes before, in pieces: a namespace file may be larger than what one likes to hold. They are stored before their entry, which is why they belong
-- to the run and not to it.
CREATE TABLE journal_parts (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  part BIGINT NOT NULL,
  body BYTEA NOT NULL,
  PRIMARY KEY (run_id, position, part)
);

-- The run that this one undoes, or restores from.
ALTER TABLE runs ADD COLUMN undo_of TEXT;
