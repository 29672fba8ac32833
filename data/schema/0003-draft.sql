-- What somebody began to write and has not saved yet. place names whose it is, about whom and which of
-- that person's drafts ("note", "preference", "preference/ID", "customer"); the body is sealed under the
-- customer's key and bound to the place. A customer who is not in the book yet is nobody: their form is
-- sealed under the book key. No operation, no audit row and no index knows of it.

CREATE TABLE draft (
  place TEXT PRIMARY KEY,
  author TEXT NOT NULL,
  customer TEXT REFERENCES customer (id) ON DELETE CASCADE,
  body BLOB NOT NULL,
  written_us INTEGER NOT NULL,
  ends_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX draft_by_author ON draft (author, customer);
CREATE INDEX draft_by_customer ON draft (customer);
CREATE INDEX draft_by_end ON draft (ends_us);
