-- What the shop sells: its own catalogue, nobody's. What customers bought and brought back: which article
-- is sealed, for what somebody buys can tell as much as what they say; never for how much. mark is a keyed
-- hash of the line of the till it came from, so that the same file brought in again adds nothing. The number
-- on a customer's card, by which the till knows them, is sealed and found by a keyed hash.
CREATE TABLE product (
  sku TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  brand TEXT,
  garment TEXT,
  colour TEXT,
  size TEXT,
  added_us INTEGER NOT NULL,
  changed_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE card_number (
  id TEXT PRIMARY KEY,
  customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  value BLOB NOT NULL,
  local_hash BLOB NOT NULL
) STRICT;

CREATE INDEX card_number_by_customer ON card_number (customer, position);
CREATE INDEX card_number_by_local_hash ON card_number (local_hash);

CREATE TABLE purchase (
  id TEXT PRIMARY KEY,
  customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  body BLOB NOT NULL,
  mark BLOB NOT NULL UNIQUE,
  bought_us INTEGER NOT NULL,
  created_us INTEGER NOT NULL,
  ends_us INTEGER NOT NULL,
  life TEXT NOT NULL CHECK (life = 'agreed' OR life = 'unasked' OR life = 'tonight')
) STRICT;

CREATE INDEX purchase_by_customer ON purchase (customer, bought_us);
CREATE INDEX purchase_by_end ON purchase (ends_us);
