-- The profile service's book: who may speak, what customers answered, what rests on their answers.
-- A CHECK says `a OR b`, never `IN`: from three values on SQLite builds a table for each row.
-- Ids are random; personal text stands in record.body and consent.evidence alone.

CREATE TABLE meta (
  name TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The change number given last. Taken at the end of every transaction that writes.
CREATE TABLE counter (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  head INTEGER NOT NULL CHECK (head >= 0)
) STRICT;

INSERT INTO counter (id, head) VALUES (1, 0);

-- --- who may speak ---

CREATE TABLE terminal (
  id TEXT NOT NULL PRIMARY KEY,
  store TEXT NOT NULL,
  public_key BLOB NOT NULL UNIQUE CHECK (length (public_key) = 32),
  enrolled_us INTEGER NOT NULL,
  revoked_us INTEGER
) STRICT, WITHOUT ROWID;

-- A code's row goes when the code is used.
CREATE TABLE enrolment_code (
  hash BLOB NOT NULL PRIMARY KEY CHECK (length (hash) = 32),
  store TEXT NOT NULL,
  expires_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
  hash BLOB NOT NULL PRIMARY KEY CHECK (length (hash) = 32),
  terminal TEXT NOT NULL REFERENCES terminal (id) ON DELETE CASCADE,
  expires_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX token_terminal ON token (terminal);

CREATE TABLE used_nonce (
  hash BLOB NOT NULL PRIMARY KEY,
  expires_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- --- what was done ---

-- Never pruned: an operation has one effect, however often it arrives.
CREATE TABLE applied (
  op TEXT NOT NULL PRIMARY KEY,
  sha256 BLOB NOT NULL CHECK (length (sha256) = 32),
  result TEXT NOT NULL CHECK (result = 'applied'),
  n INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Never pruned: who is erased stays erased.
CREATE TABLE erased (
  customer TEXT NOT NULL PRIMARY KEY,
  n INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- --- what customers answered ---

-- Each yes by the id of its operation. It stands until a withdrawal that it did not see ends it.
CREATE TABLE consent_grant (
  customer TEXT NOT NULL,
  op TEXT NOT NULL,
  purpose TEXT NOT NULL,
  channel TEXT NOT NULL,
  store TEXT NOT NULL,
  saw TEXT,
  n INTEGER NOT NULL,
  ended_by TEXT,
  PRIMARY KEY (customer, op)
) STRICT, WITHOUT ROWID;

-- The newest answer to each question. After a withdrawal no evidence is kept.
CREATE TABLE consent (
  customer TEXT NOT NULL,
  purpose TEXT NOT NULL,
  channel TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state = 'given' OR state = 'refused' OR state = 'withdrawn'),
  grant_op TEXT,
  withdrawal TEXT,
  evidence TEXT,
  store TEXT NOT NULL,
  version TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (customer, purpose, channel),
  CHECK (state <> 'withdrawn' OR evidence IS NULL)
) STRICT, WITHOUT ROWID;

-- --- what rests on their answers ---

CREATE TABLE record (
  customer TEXT NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind = 'customer' OR kind = 'note' OR kind = 'preference'),
  scope TEXT NOT NULL CHECK (scope = 'request' OR scope = 'store' OR scope = 'company'),
  store TEXT NOT NULL,
  purpose TEXT NOT NULL,
  grant_op TEXT NOT NULL,
  version TEXT NOT NULL,
  n INTEGER NOT NULL,
  author TEXT NOT NULL,
  captured TEXT NOT NULL,
  schema INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (customer, key),
  FOREIGN KEY (customer, grant_op) REFERENCES consent_grant (customer, op)
) STRICT;
