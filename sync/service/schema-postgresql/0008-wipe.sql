-- When a terminal that is shut out was ordered to destroy what it holds.
ALTER TABLE terminal ADD COLUMN wipe_us bigint;
