-- CHECKs spell out their OR: for an IN of three and more SQLite builds a table at every write.
-- The spine: staff, customers, notes, preferences, consent, the outbox, tombstones, audit.
-- Sealed columns are BLOBs under the customer's key (staff names and the terminal's own secrets under
-- the book key), bound to table, column and record id. Times are microseconds since 1970 UTC.

CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO counter (name, value) VALUES ('turn', 0);

-- The store's own keys ("book", "local", "chain", "audit", "terminal"), wrapped by the store key.
CREATE TABLE vault_key (
  name TEXT PRIMARY KEY,
  wrapped BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE staff (
  id TEXT PRIMARY KEY,
  name BLOB NOT NULL,
  role TEXT NOT NULL CHECK (
    role = 'associate' OR role = 'manager' OR role = 'privacy' OR role = 'admin'),
  pin_hash TEXT NOT NULL,
  failed INTEGER NOT NULL DEFAULT 0,
  locked_until_us INTEGER NOT NULL DEFAULT 0,
  created_us INTEGER NOT NULL,
  disabled_us INTEGER
) STRICT;

CREATE TABLE customer (
  id TEXT PRIMARY KEY,
  key BLOB NOT NULL,
  card BLOB NOT NULL,
  restricted INTEGER NOT NULL DEFAULT 0 CHECK (restricted IN (0, 1)),
  created_us INTEGER NOT NULL,
  last_visit_us INTEGER NOT NULL,
  version TEXT
) STRICT;

CREATE INDEX customer_by_visit ON customer (last_visit_us);

-- The position keeps the order in which the customer gave them.
CREATE TABLE contact (
  id TEXT PRIMARY KEY,
  customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('email', 'phone')),
  position INTEGER NOT NULL,
  value BLOB NOT NULL,
  local_hash BLOB NOT NULL,
  chain_hash BLOB,
  verified_us INTEGER
) STRICT;

CREATE INDEX contact_by_customer ON contact (customer, kind, position);
CREATE INDEX contact_by_local_hash ON contact (local_hash);

CREATE TABLE note (
  id TEXT PRIMARY KEY,
  customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  purpose TEXT NOT NULL,
  visit TEXT NOT NULL,
  intent TEXT NOT NULL,
  discretion TEXT NOT NULL,
  provenance TEXT NOT NULL CHECK (
    provenance = 'said' OR provenance = 'asked' OR provenance = 'observed'),
  body BLOB NOT NULL,
  author TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  ends_us INTEGER NOT NULL,
  life TEXT NOT NULL CHECK (
    life = 'asked' OR life = 'agreed' OR life = 'unasked' OR life = 'tonight' OR life = 'review'),
  version TEXT
) STRICT;

CREATE INDEX note_by_customer ON note (customer, created_us);
CREATE INDEX note_by_end ON note (ends_us);

CREATE TABLE preference (
  id TEXT PRIMARY KEY,
  customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  purpose TEXT NOT NULL,
  facet TEXT NOT NULL,
  provenance TEXT NOT NULL CHECK (
    provenance = 'said' OR provenance = 'asked' OR provenance = 'observed'),
  body BLOB NOT NULL,
  author TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  confirmed_us INTEGER NOT NULL,
  fades_us INTEGER NOT NULL,
  ends_us INTEGER NOT NULL,
  life TEXT NOT NULL CHECK (
    life = 'asked' OR life = 'agreed' OR life = 'unasked' OR life = 'tonight' OR life = 'review'),
  version TEXT
) STRICT;

CREATE INDEX preference_by_customer ON preference (customer, facet);
CREATE INDEX preference_by_end ON preference (ends_us);

-- What was put in front of whom, even when nobody answered.
CREATE TABLE consent_request (
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
  outcome TEXT NOT NULL CHECK (outcome IN ('answered', 'deferred'))
) STRICT;

CREATE INDEX consent_request_by_customer ON consent_request (customer);

-- Append-only; the fields of an ISO/IEC TS 27560 event. Order is seq, never the wall clock. The id is
-- the operation's and so the name under which grants and withdrawals speak of each other. A yes is
-- the act of the customer or their guardian: staff can't author one.
CREATE TABLE consent_event (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  request TEXT REFERENCES consent_request (id) ON DELETE CASCADE,
  customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  purpose TEXT NOT NULL,
  channel TEXT NOT NULL,
  state TEXT NOT NULL CHECK (
    state = 'given' OR state = 'renewed' OR state = 'refused' OR state = 'deferred'
    OR state = 'withdrawn'),
  entity TEXT NOT NULL CHECK (
    entity = 'customer' OR entity = 'guardian' OR entity = 'controller' OR entity = 'system'),
  method TEXT NOT NULL,
  proof BLOB,
  notice TEXT,
  version INTEGER NOT NULL,
  language TEXT,
  receipt TEXT,
  saw TEXT,
  staff TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  tz_minutes INTEGER NOT NULL,
  CHECK (state NOT IN ('given', 'renewed') OR entity IN ('customer', 'guardian'))
) STRICT;

CREATE INDEX consent_event_by_customer ON consent_event (customer, purpose, channel, seq);

CREATE TRIGGER consent_event_is_append_only
BEFORE UPDATE ON consent_event
BEGIN
  SELECT RAISE(ABORT, 'consent_event is append-only');
END;

-- One row per operation. bytes are the exact line, sealed; NULL while it is held, for it is encoded
-- when it first becomes ready. turn is the order of sending, given at that moment.
CREATE TABLE outbox (
  op_id TEXT PRIMARY KEY,
  turn INTEGER,
  key TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (
    kind = 'customer' OR kind = 'note' OR kind = 'preference' OR kind = 'consent'
    OR kind = 'erase'),
  act TEXT NOT NULL CHECK (
    act = 'put' OR act = 'grant' OR act = 'refuse' OR act = 'withdraw' OR act = 'erase'),
  record TEXT NOT NULL,
  customer TEXT NOT NULL,
  purpose TEXT,
  channel TEXT,
  author TEXT NOT NULL,
  base TEXT,
  lane INTEGER NOT NULL CHECK (lane IN (0, 1)),
  state TEXT NOT NULL CHECK (
    state = 'held' OR state = 'waiting' OR state = 'sent' OR state = 'accepted'
    OR state = 'parked'),
  code TEXT,
  tries INTEGER NOT NULL DEFAULT 0,
  not_before_us INTEGER NOT NULL DEFAULT 0,
  bytes BLOB,
  theirs BLOB,
  n INTEGER NOT NULL DEFAULT 0,
  created_us INTEGER NOT NULL,
  settled_us INTEGER,
  CHECK ((lane = 0) = (act = 'withdraw' OR act = 'erase')),
  CHECK ((state = 'held') = (bytes IS NULL)),
  CHECK ((state = 'held') = (turn IS NULL))
) STRICT;

CREATE INDEX outbox_open ON outbox (state) WHERE state <> 'accepted';
CREATE INDEX outbox_ready ON outbox (lane, turn) WHERE state IN ('waiting', 'sent');
CREATE INDEX outbox_by_record ON outbox (customer, key);
CREATE INDEX outbox_by_settled ON outbox (settled_us) WHERE state = 'accepted';

-- Never pruned. A random id alone says nothing about anybody.
CREATE TABLE tombstone (
  customer TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  requested_us INTEGER NOT NULL,
  executed_us INTEGER NOT NULL,
  origin TEXT NOT NULL CHECK (origin = 'here' OR origin = 'service' OR origin = 'ledger')
) STRICT, WITHOUT ROWID;

-- Ids and codes only, never a text that somebody typed; chained by a keyed hash.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at_us INTEGER NOT NULL,
  staff TEXT,
  action TEXT NOT NULL,
  customer TEXT,
  object TEXT,
  code TEXT,
  mac BLOB NOT NULL
) STRICT;

CREATE INDEX audit_by_customer ON audit (customer, seq);

CREATE TRIGGER audit_is_append_only_update
BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'audit is append-only');
END;

CREATE TRIGGER audit_is_append_only_delete
BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'audit is append-only');
END;

-- The newest answer of each customer to each purpose on each channel. "Later" said after an answer
-- leaves that answer standing; said before any, it is the answer, and counts as no.
CREATE VIEW consent_now AS
SELECT
  e.seq,
  e.id,
  e.customer,
  e.purpose,
  e.channel,
  e.state,
  e.notice,
  e.version,
  e.at_us
FROM consent_event AS e
WHERE e.seq = (
  SELECT n.seq
  FROM consent_event AS n
  WHERE n.customer = e.customer AND n.purpose = e.purpose AND n.channel = e.channel
  ORDER BY n.state = 'deferred', n.seq DESC
  LIMIT 1
);

-- The verdict on each answer, now. No row is a no. cb_valid_until () and cb_is_outdated () answer from
-- the purposes and notices of this build; 0 is no end.
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
    WHEN e.state = 'deferred' THEN 'later'
    WHEN e.state = 'refused' THEN 'refused'
    WHEN e.state = 'withdrawn' THEN 'withdrawn'
    WHEN cb_valid_until (e.purpose, c.last_visit_us, e.at_us) BETWEEN 1 AND cb_now () THEN 'expired'
    WHEN cb_is_outdated (e.notice, e.version, e.purpose) THEN 'outdated'
    ELSE 'allowed'
  END AS verdict
FROM consent_now AS e
JOIN customer AS c ON c.id = e.customer;

-- A yes to `everywhere` that includes `shop`: unless the customer said no to `shop` after it.
CREATE VIEW shop_within_everywhere AS
SELECT
  w.customer,
  w.grant_id,
  w.seq
FROM permission_now AS w
WHERE w.channel = '*'
  AND w.purpose = 'everywhere'
  AND w.verdict = 'allowed'
  AND NOT EXISTS (
    SELECT 1
    FROM consent_now AS s
    WHERE s.customer = w.customer AND s.purpose = 'shop' AND s.channel = '*'
      AND s.state IN ('refused', 'withdrawn')
      AND s.seq > w.seq);

-- What a record of a purpose may rest on, now: the purpose's own yes, or for `shop` a yes to
-- `everywhere` that includes it. Ask it about one customer by a value: asked about each row of
-- another table it reads the answers of everybody.
CREATE VIEW basis_now AS
SELECT
  q.customer,
  q.purpose,
  q.purpose AS basis,
  q.grant_id,
  q.seq
FROM permission_now AS q
WHERE q.channel = '*' AND q.verdict = 'allowed'
UNION ALL
SELECT
  w.customer,
  'shop',
  'everywhere',
  w.grant_id,
  w.seq
FROM shop_within_everywhere AS w;

-- The one door out: what may leave at this moment, joined to the verdict at this moment. Withdrawals
-- and erasures pass without a verdict. An operation waits behind an earlier one of the same record
-- that is parked or put off.
CREATE VIEW leaving AS
SELECT
  o.op_id,
  o.turn,
  o.kind,
  o.customer,
  o.lane,
  o.state,
  o.not_before_us,
  o.created_us,
  o.bytes
FROM outbox AS o
WHERE o.state IN ('waiting', 'sent')
  AND (
    o.act IN ('withdraw', 'erase')
    OR (o.act = 'put' AND EXISTS (
      SELECT 1
      FROM permission_now AS b
      WHERE b.customer = o.customer AND b.purpose = o.purpose AND b.channel = '*'
        AND b.verdict = 'allowed'))
    OR (o.act = 'put' AND o.purpose = 'shop' AND EXISTS (
      SELECT 1
      FROM shop_within_everywhere AS w
      WHERE w.customer = o.customer))
    OR (o.act = 'grant' AND EXISTS (
      SELECT 1
      FROM permission_now AS g
      WHERE g.customer = o.customer AND g.purpose = o.purpose AND g.channel = o.channel
        AND g.verdict = 'allowed'))
    OR (o.act = 'refuse' AND EXISTS (
      SELECT 1
      FROM permission_now AS k
      WHERE k.customer = o.customer AND k.channel = '*' AND k.verdict = 'allowed'))
  )
  AND NOT EXISTS (
    SELECT 1
    FROM outbox AS p
    WHERE p.customer = o.customer AND p.key = o.key AND o.lane = 1
      AND (p.state = 'parked'
        OR (p.state = 'waiting' AND p.turn < o.turn AND p.not_before_us > cb_now ())));
