-- What was decided is told to terminals in the order of its numbers.
CREATE INDEX erased_by_n ON erased (n);

CREATE INDEX consent_by_n ON consent (n) WHERE withdrawal IS NOT NULL;

-- Every shop that a terminal ever stood in: it may still hold their customers.
CREATE TABLE terminal_store (
  terminal TEXT NOT NULL REFERENCES terminal (id) ON DELETE CASCADE,
  store TEXT NOT NULL,
  PRIMARY KEY (terminal, store)
) STRICT, WITHOUT ROWID;

INSERT INTO terminal_store (terminal, store) SELECT id, store FROM terminal;

-- How far a terminal has heard and kept it, by its own word: a report, and no truth of the service's.
ALTER TABLE terminal ADD COLUMN heard_n INTEGER NOT NULL DEFAULT 0;

ALTER TABLE terminal ADD COLUMN heard_us INTEGER;
