-- When and by which way somebody was contacted by the retailer's other systems: how often was agreed is
-- counted by it. Never what was said. It is gone after the longest time that can be agreed.
CREATE TABLE contact (
  customer TEXT NOT NULL,
  op TEXT NOT NULL,
  purpose TEXT NOT NULL,
  channel TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  PRIMARY KEY (customer, op)
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_by_time ON contact (at_us);
