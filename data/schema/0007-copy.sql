-- Copies of a record that were made here for its owner to take home: which, by whom, when, and where the
-- file was put. A path may name somebody, so it is sealed; under the book key and without a tie to the
-- customer's row, for it is after an erasure that the file is looked for. The id is the mark in the file.

CREATE TABLE copy (
  id TEXT PRIMARY KEY,
  customer TEXT NOT NULL,
  what TEXT NOT NULL CHECK (what = 'export' OR what = 'access'),
  format TEXT NOT NULL CHECK (
    format = 'json' OR format = 'vcard' OR format = 'jscontact' OR format = 'html'),
  place BLOB NOT NULL,
  staff TEXT NOT NULL,
  made_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX copy_by_customer ON copy (customer);
