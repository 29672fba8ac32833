-- The profile service's book on PostgreSQL, the same as SQLite's in schema/ and kept by itself: who may
-- speak, what customers answered, what rests on their answers. Ids are random; personal text stands in
-- record.body and consent.evidence alone.
--
-- Whatever is about a customer has the customer first in its key, and `applied` and `erased` are keyed by
-- what is looked up, so that each can be partitioned by hash. No foreign keys: the rules hold them under a
-- lock on the customer, `check` looks for what broke them, and a trigger a row would cost a third of the
-- speed.

CREATE TABLE meta (
  name text PRIMARY KEY,
  value bytea NOT NULL
);

-- The change number given last. Every transaction that writes takes its numbers here, and holds the row
-- until it has committed: whoever reads up to a number has seen all that will ever stand below it. A
-- sequence would give numbers that others overtake.
CREATE TABLE counter (
  id integer PRIMARY KEY CHECK (id = 1),
  head bigint NOT NULL CHECK (head >= 0)
) WITH (fillfactor = 10);

INSERT INTO counter (id, head) VALUES (1, 0);

-- Takes `k` numbers, answers the last, and leaves it where the rest of the transaction finds it.
CREATE FUNCTION take_numbers (k bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  taken bigint;
BEGIN
  UPDATE counter SET head = head + k WHERE id = 1 RETURNING head INTO taken;
  PERFORM set_config ('counterbook.head', taken::text, true);
  RETURN taken;
END
$$;

-- --- who may speak ---

CREATE TABLE terminal (
  id uuid PRIMARY KEY,
  store text NOT NULL,
  public_key bytea NOT NULL UNIQUE CHECK (length (public_key) = 32),
  enrolled_us bigint NOT NULL,
  revoked_us bigint
);

-- A code's row goes when the code is used.
CREATE TABLE enrolment_code (
  hash bytea PRIMARY KEY CHECK (length (hash) = 32),
  store text NOT NULL,
  expires_us bigint NOT NULL
);

CREATE TABLE token (
  hash bytea PRIMARY KEY CHECK (length (hash) = 32),
  terminal uuid NOT NULL REFERENCES terminal (id) ON DELETE CASCADE,
  expires_us bigint NOT NULL
);

CREATE INDEX token_terminal ON token (terminal);

CREATE TABLE used_nonce (
  hash bytea PRIMARY KEY,
  expires_us bigint NOT NULL
);

-- --- what was done ---

-- Never pruned: an operation has one effect, however often it arrives.
CREATE TABLE applied (
  op uuid PRIMARY KEY,
  sha256 bytea NOT NULL CHECK (length (sha256) = 32),
  n bigint NOT NULL
);

-- Never pruned: who is erased stays erased.
CREATE TABLE erased (
  customer uuid PRIMARY KEY,
  n bigint NOT NULL
);

-- --- what customers answered ---

-- Each yes by the id of its operation. It stands until a withdrawal that it did not see ends it.
CREATE TABLE consent_grant (
  customer uuid NOT NULL,
  op uuid NOT NULL,
  purpose text NOT NULL,
  channel text NOT NULL,
  store text NOT NULL,
  saw uuid,
  n bigint NOT NULL,
  ended_by uuid,
  PRIMARY KEY (customer, op)
);

-- The newest answer to each question. After a withdrawal no evidence is kept.
CREATE TABLE consent (
  customer uuid NOT NULL,
  purpose text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  state text NOT NULL CHECK (state IN ('given', 'refused', 'withdrawn')),
  grant_op uuid,
  withdrawal uuid,
  evidence text,
  store text NOT NULL,
  version uuid NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (customer, purpose, channel),
  CHECK (state <> 'withdrawn' OR evidence IS NULL)
);

-- --- what rests on their answers ---

-- The body is kept to the byte, so it is text.
CREATE TABLE record (
  customer uuid NOT NULL,
  key text COLLATE "C" NOT NULL,
  kind text NOT NULL CHECK (kind IN ('customer', 'note', 'preference', 'request')),
  scope text NOT NULL CHECK (scope IN ('request', 'store', 'company')),
  store text NOT NULL,
  purpose text NOT NULL,
  grant_op uuid NOT NULL,
  version uuid NOT NULL,
  n bigint NOT NULL,
  author text NOT NULL,
  captured text NOT NULL,
  schema integer NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (customer, key)
);
