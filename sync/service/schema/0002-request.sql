-- What customers asked for is a record like any other: the closed list of kinds has one more.
CREATE TABLE record_anew (
  customer TEXT NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (
    kind = 'customer' OR kind = 'note' OR kind = 'preference' OR kind = 'request'),
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

INSERT INTO record_anew (
  customer, key, kind, scope, store, purpose, grant_op, version, n, author, captured, schema, body)
SELECT
  customer, key, kind, scope, store, purpose, grant_op, version, n, author, captured, schema, body
FROM record;

DROP TABLE record;

ALTER TABLE record_anew RENAME TO record;
