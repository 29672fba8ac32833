-- Days that matter to a customer: one that comes back every year, and an event they told us of, with
-- what is to be done for it and by when. Their date is sealed with their words. They are kept here alone,
-- as agreed for this shop; an event ends by itself, some days after it (until_us), whatever was agreed.
CREATE TABLE occasion (
  id TEXT PRIMARY KEY,
  customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind = 'yearly' OR kind = 'event'),
  provenance TEXT NOT NULL CHECK (
    provenance = 'said' OR provenance = 'asked' OR provenance = 'observed'),
  body BLOB NOT NULL,
  author TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  confirmed_us INTEGER NOT NULL,
  fades_us INTEGER NOT NULL,
  until_us INTEGER,
  ends_us INTEGER NOT NULL,
  life TEXT NOT NULL CHECK (life = 'agreed' OR life = 'unasked' OR life = 'tonight'),
  CHECK ((kind = 'event') = (until_us IS NOT NULL))
) STRICT;

CREATE INDEX occasion_by_customer ON occasion (customer);
CREATE INDEX occasion_by_end ON occasion (ends_us);

CREATE TABLE occasion_step (
  id TEXT PRIMARY KEY,
  occasion TEXT NOT NULL REFERENCES occasion (id) ON DELETE CASCADE,
  customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  body BLOB NOT NULL,
  due_us INTEGER NOT NULL,
  done_us INTEGER,
  done_by TEXT,
  CHECK ((done_us IS NULL) = (done_by IS NULL))
) STRICT;

CREATE INDEX occasion_step_by_occasion ON occasion_step (occasion, due_us);
CREATE INDEX occasion_step_by_customer ON occasion_step (customer);
