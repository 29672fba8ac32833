-- The existing book: which customers were brought in, on what basis, and until when they are kept.
-- mark is a keyed hash of an entry that has a name alone: nothing else tells that it is the same one
-- when its file is brought in again.

CREATE TABLE imported (
  customer TEXT PRIMARY KEY REFERENCES customer (id) ON DELETE CASCADE,
  basis TEXT CHECK (basis = 'consent' OR basis = 'contract' OR basis = 'legitimate-interest'),
  imported_us INTEGER NOT NULL,
  keep_until_us INTEGER NOT NULL,
  mark BLOB
) STRICT, WITHOUT ROWID;

CREATE INDEX imported_by_end ON imported (keep_until_us);
CREATE INDEX imported_by_mark ON imported (mark) WHERE mark IS NOT NULL;
