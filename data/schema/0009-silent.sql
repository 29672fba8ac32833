-- Who has not been here for as long as the shop keeps anybody: listed first, so that it can be said
-- beforehand, and erased on the day that was said unless they come again.
CREATE TABLE silent (
  customer TEXT PRIMARY KEY REFERENCES customer (id) ON DELETE CASCADE,
  listed_us INTEGER NOT NULL,
  ends_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX silent_by_end ON silent (ends_us);
