-- What a manager reads of the notes: which one, why that one, and what became of it. The reviewer's remark is
-- sealed as the note is.
CREATE TABLE review (
  note TEXT PRIMARY KEY REFERENCES note (id) ON DELETE CASCADE,
  customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  cause TEXT NOT NULL CHECK (
    cause = 'sample' OR cause = 'guard' OR cause = 'listen-only' OR cause = 'long'
    OR cause = 'observed' OR cause = 'private' OR cause = 'third-person' OR cause = 'corrected'),
  state TEXT NOT NULL CHECK (
    state = 'waiting' OR state = 'approved' OR state = 'returned' OR state = 'redacted'
    OR state = 'escalated'),
  reason TEXT CHECK (
    reason = 'third-person' OR reason = 'sensitive' OR reason = 'opinion' OR reason = 'not-needed'
    OR reason = 'wrong-person' OR reason = 'unclear' OR reason = 'other'),
  remark BLOB,
  reviewer TEXT,
  queued_us INTEGER NOT NULL,
  decided_us INTEGER,
  CHECK ((state = 'waiting') = (decided_us IS NULL)),
  CHECK ((decided_us IS NULL) = (reviewer IS NULL)),
  CHECK (state = 'waiting' OR state = 'approved' OR reason IS NOT NULL)
) STRICT;

CREATE INDEX review_open ON review (queued_us) WHERE state = 'waiting' OR state = 'escalated';
CREATE INDEX review_by_customer ON review (customer);

-- Words that were taken out of a note are to be found nowhere, as those of somebody who was erased: this says
-- whose turn it is, and outlives the note. Ids and times alone.
CREATE TABLE redaction (
  note TEXT PRIMARY KEY,
  redacted_us INTEGER NOT NULL,
  origin TEXT NOT NULL CHECK (origin = 'here' OR origin = 'ledger'),
  selfcheck TEXT CHECK (selfcheck = 'pass' OR selfcheck = 'fail'),
  cleaned_us INTEGER
) STRICT, WITHOUT ROWID;

-- When its author last changed the words of a note.
CREATE TABLE correction (
  note TEXT PRIMARY KEY REFERENCES note (id) ON DELETE CASCADE,
  customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  corrected_us INTEGER NOT NULL
) STRICT;

CREATE INDEX correction_by_customer ON correction (customer);
