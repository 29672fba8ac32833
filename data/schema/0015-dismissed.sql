-- A card that was shown and went away without an answer leaves a trace too: dismissed. It has no answer
-- that would say what it was about, so it says the purpose itself. The table is made anew, for SQLite
-- changes no CHECK; the answers refer to it, and would go with it if the runner had not turned references
-- off.
CREATE TABLE consent_request_anew (
  id TEXT PRIMARY KEY,
  customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  notice TEXT NOT NULL,
  version INTEGER NOT NULL,
  language TEXT NOT NULL,
  medium TEXT NOT NULL CHECK (
    medium = 'screen' OR medium = 'paper' OR medium = 'read-aloud' OR medium = 'own-phone'
    OR medium = 'none'),
  staff TEXT NOT NULL,
  shown_us INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (
    outcome = 'answered' OR outcome = 'deferred' OR outcome = 'dismissed'),
  purpose TEXT,
  CHECK ((outcome = 'dismissed') = (purpose IS NOT NULL))
) STRICT;

INSERT INTO consent_request_anew (
  rowid, id, customer, notice, version, language, medium, staff, shown_us, outcome)
SELECT
  q.rowid,
  q.id,
  q.customer,
  q.notice,
  q.version,
  q.language,
  q.medium,
  q.staff,
  q.shown_us,
  q.outcome
FROM consent_request AS q;

DROP TABLE consent_request;

ALTER TABLE consent_request_anew RENAME TO consent_request;

CREATE INDEX consent_request_by_customer ON consent_request (customer);
