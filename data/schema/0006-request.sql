-- What a customer asked us to do and what we said we would do: asked for, so it rests on the request
-- itself. Words are sealed; who promised is an id of the staff. A promise has a day and somebody's word.
-- keep_until_us is until when it is kept while the request stands; ends_us is what holds now.
CREATE TABLE request (
  id TEXT PRIMARY KEY,
  customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (
    kind = 'hold' OR kind = 'order' OR kind = 'repair' OR kind = 'alteration' OR kind = 'tell-me'
    OR kind = 'promise' OR kind = 'other'),
  state TEXT NOT NULL CHECK (
    state = 'open' OR state = 'in-hand' OR state = 'ready' OR state = 'told' OR state = 'done'
    OR state = 'broken' OR state = 'cancelled'),
  body BLOB NOT NULL,
  author TEXT NOT NULL,
  promised_by TEXT,
  answers TEXT REFERENCES request (id) ON DELETE SET NULL,
  created_us INTEGER NOT NULL,
  due_us INTEGER,
  moved_us INTEGER NOT NULL,
  closed_us INTEGER,
  keep_until_us INTEGER NOT NULL,
  ends_us INTEGER NOT NULL,
  life TEXT NOT NULL CHECK (life = 'asked' OR life = 'unasked' OR life = 'tonight'),
  version TEXT,
  CHECK (
    (closed_us IS NOT NULL) = (state = 'done' OR state = 'broken' OR state = 'cancelled')),
  CHECK (kind <> 'promise' OR (due_us IS NOT NULL AND promised_by IS NOT NULL))
) STRICT;

CREATE INDEX request_by_customer ON request (customer);
CREATE INDEX request_by_end ON request (ends_us);
CREATE INDEX request_by_due ON request (due_us) WHERE closed_us IS NULL;
CREATE INDEX request_by_answered ON request (answers) WHERE answers IS NOT NULL;

-- The outbox as before, with one more kind in its closed list. The order of capture is its rowid.
DROP VIEW leaving;

CREATE TABLE outbox_anew (
  op_id TEXT PRIMARY KEY,
  turn INTEGER,
  key TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (
    kind = 'customer' OR kind = 'note' OR kind = 'preference' OR kind = 'request'
    OR kind = 'consent' OR kind = 'erase'),
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

INSERT INTO outbox_anew (
  rowid, op_id, turn, key, kind, act, record, customer, purpose, channel, author, base, lane, state,
  code, tries, not_before_us, bytes, theirs, n, created_us, settled_us)
SELECT
  rowid, op_id, turn, key, kind, act, record, customer, purpose, channel, author, base, lane, state,
  code, tries, not_before_us, bytes, theirs, n, created_us, settled_us
FROM outbox
ORDER BY rowid;

DROP TABLE outbox;

ALTER TABLE outbox_anew RENAME TO outbox;

CREATE INDEX outbox_open ON outbox (state) WHERE state <> 'accepted';
CREATE INDEX outbox_ready ON outbox (lane, turn) WHERE state IN ('waiting', 'sent');
CREATE INDEX outbox_by_record ON outbox (customer, key);
CREATE INDEX outbox_by_settled ON outbox (settled_us) WHERE state = 'accepted';

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
