-- When and by which way somebody was contacted by the retailer's other systems: how often was agreed is
-- counted by it. Never what was said. It is gone after the longest time that can be agreed.
CREATE TABLE contact (
  customer uuid NOT NULL,
  op uuid NOT NULL,
  purpose text NOT NULL,
  channel text NOT NULL,
  at_us bigint NOT NULL,
  PRIMARY KEY (customer, op)
);

CREATE INDEX contact_by_time ON contact (at_us);
