-- Those who do not want to be contacted, by keyed hashes of an address or a number: no name, and no
-- value that could be read. local_hash is this store's own; chain_hash is the chain's, NULL until its
-- key is known here. A list knows nothing of purposes unless it says one: '*' is all of marketing. What
-- is unreachable is closed as well, and is nobody's answer.
CREATE TABLE suppression (
  local_hash BLOB NOT NULL,
  channel TEXT NOT NULL CHECK (
    channel = 'email' OR channel = 'sms' OR channel = 'phone' OR channel = 'post'
    OR channel = 'messenger'),
  purpose TEXT NOT NULL CHECK (purpose = '*' OR purpose = 'news' OR purpose = 'invitations'),
  chain_hash BLOB,
  reason TEXT NOT NULL CHECK (reason = 'objected' OR reason = 'unreachable'),
  since_us INTEGER,
  added_us INTEGER NOT NULL,
  PRIMARY KEY (local_hash, channel, purpose)
) STRICT, WITHOUT ROWID;

CREATE INDEX suppression_by_chain_hash ON suppression (chain_hash) WHERE chain_hash IS NOT NULL;

-- Whom it means among the customers: whoever has such a value, whenever they came to have it.
CREATE VIEW suppressed_now AS
SELECT
  c.customer,
  s.channel,
  s.purpose
FROM contact AS c
JOIN suppression AS s ON s.local_hash = c.local_hash
UNION ALL
SELECT
  d.customer,
  t.channel,
  t.purpose
FROM contact AS d
JOIN suppression AS t ON t.chain_hash = d.chain_hash;

-- As before, and a suppression stands before every yes and every question, behind the customer's own
-- no.
DROP VIEW permission_now;

CREATE VIEW permission_now AS
SELECT
  e.customer,
  e.purpose,
  e.channel,
  e.seq,
  e.id AS grant_id,
  e.at_us,
  cb_valid_until (e.purpose, c.last_visit_us, e.at_us) AS until_us,
  CASE
    WHEN c.restricted = 1 THEN 'restricted'
    WHEN e.state = 'refused' THEN 'refused'
    WHEN e.state = 'withdrawn' THEN 'withdrawn'
    WHEN e.channel <> '*' AND EXISTS (
      SELECT 1
      FROM suppressed_now AS n
      WHERE n.customer = e.customer AND n.channel = e.channel
        AND (n.purpose = '*' OR n.purpose = e.purpose)) THEN 'suppressed'
    WHEN e.state = 'deferred' THEN 'later'
    WHEN cb_valid_until (e.purpose, c.last_visit_us, e.at_us) BETWEEN 1 AND cb_now () THEN 'expired'
    WHEN cb_is_outdated (e.notice, e.version, e.purpose) THEN 'outdated'
    ELSE 'allowed'
  END AS verdict
FROM consent_now AS e
JOIN customer AS c ON c.id = e.customer;
