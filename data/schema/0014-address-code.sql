-- The code that went to an address, until its owner says it: a keyed hash, good once, for some days and
-- some tries.
CREATE TABLE address_code (
  contact TEXT PRIMARY KEY REFERENCES contact (id) ON DELETE CASCADE,
  customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  local_hash BLOB NOT NULL,
  tries INTEGER NOT NULL,
  ends_us INTEGER NOT NULL
) STRICT;

CREATE INDEX address_code_by_customer ON address_code (customer);
