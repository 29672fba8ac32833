-- What a customer would like in return; which note or preference helped them, and when; how they were
-- contacted, or were not because it is not permitted; which shop is theirs, and who usually serves them.
-- Words are sealed; who, when, by which way and under which answer are ids, codes and times.
CREATE TABLE wish (
  id TEXT PRIMARY KEY,
  customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  body BLOB NOT NULL,
  author TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  ends_us INTEGER NOT NULL,
  life TEXT NOT NULL CHECK (life = 'agreed' OR life = 'unasked' OR life = 'tonight')
) STRICT;

CREATE INDEX wish_by_customer ON wish (customer);
CREATE INDEX wish_by_end ON wish (ends_us);

-- Ends with what helped.
CREATE TABLE used (
  id TEXT PRIMARY KEY,
  customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  note TEXT REFERENCES note (id) ON DELETE CASCADE,
  preference TEXT REFERENCES preference (id) ON DELETE CASCADE,
  staff TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  CHECK ((note IS NULL) <> (preference IS NULL))
) STRICT;

CREATE INDEX used_by_customer ON used (customer);
CREATE INDEX used_by_note ON used (note) WHERE note IS NOT NULL;
CREATE INDEX used_by_preference ON used (preference) WHERE preference IS NOT NULL;

CREATE TABLE reach (
  id TEXT PRIMARY KEY,
  customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  purpose TEXT NOT NULL,
  channel TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (
    outcome = 'reached' OR outcome = 'message' OR outcome = 'no-answer' OR outcome = 'refused'
    OR outcome = 'code'),
  reason TEXT,
  permitted_by TEXT,
  request TEXT REFERENCES request (id) ON DELETE SET NULL,
  staff TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  ends_us INTEGER NOT NULL,
  CHECK ((outcome = 'refused') = (permitted_by IS NULL)),
  CHECK ((outcome = 'refused') = (reason IS NOT NULL))
) STRICT;

CREATE INDEX reach_by_customer ON reach (customer, at_us);
CREATE INDEX reach_by_end ON reach (ends_us);
CREATE INDEX reach_by_request ON reach (request) WHERE request IS NOT NULL;

CREATE TABLE belonging (
  customer TEXT PRIMARY KEY REFERENCES customer (id) ON DELETE CASCADE,
  home BLOB,
  associate TEXT
) STRICT, WITHOUT ROWID;
