-- What a customer said of when and how often they may be contacted, for one purpose by one way ('*' is
-- by any). Append-only like their answers; the newest of each purpose and way holds, and stands until
-- they say otherwise. Hours, days and numbers are sealed: when somebody sleeps is theirs to tell.
CREATE TABLE consent_condition (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  purpose TEXT NOT NULL CHECK (purpose = 'asked' OR purpose = 'news' OR purpose = 'invitations'),
  channel TEXT NOT NULL CHECK (
    channel = '*' OR channel = 'email' OR channel = 'sms' OR channel = 'phone' OR channel = 'post'
    OR channel = 'messenger'),
  body BLOB NOT NULL,
  method TEXT NOT NULL,
  staff TEXT NOT NULL,
  at_us INTEGER NOT NULL
) STRICT;

CREATE INDEX consent_condition_by_customer ON consent_condition (customer, purpose, channel, seq);

CREATE TRIGGER consent_condition_is_append_only
BEFORE UPDATE ON consent_condition
BEGIN
  SELECT RAISE(ABORT, 'consent_condition is append-only');
END;

-- By whose clock their hours and days are meant: sealed; NULL is the shop's.
ALTER TABLE belonging ADD COLUMN zone BLOB;
