-- The retailer's other systems read with keys of their own, kept as hashes. `name` is what the operator
-- calls the system; it is nobody's.
CREATE TABLE api_key (
  id TEXT NOT NULL PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE CHECK (length (hash) = 32),
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  made_us INTEGER NOT NULL,
  revoked_us INTEGER
) STRICT, WITHOUT ROWID;

-- What they are told goes along the numbers; the answers to `asked` and `shop` are no business of theirs.
CREATE INDEX consent_told_by_n ON consent (n) WHERE purpose <> 'asked' AND purpose <> 'shop';
