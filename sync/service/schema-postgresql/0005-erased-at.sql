-- Since when the terminals are to know of it. NULL: from before this was noted.
ALTER TABLE erased ADD COLUMN at_us bigint;
