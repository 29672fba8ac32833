-- What came from the old book and nobody has said is right: "still right?" is asked when the customer's
-- page is opened, until somebody answers with the customer in front of them.
CREATE TABLE unconfirmed (
  customer TEXT PRIMARY KEY REFERENCES customer (id) ON DELETE CASCADE,
  since_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO unconfirmed (customer, since_us)
SELECT
  i.customer,
  i.imported_us
FROM imported AS i;
