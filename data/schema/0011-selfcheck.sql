-- What became of an erasure behind its transaction: when the file was cleaned and looked through, and
-- whether anything of theirs was still found in it. Until then it is due, whatever crashes meanwhile.
ALTER TABLE tombstone ADD COLUMN cleaned_us INTEGER;
ALTER TABLE tombstone ADD COLUMN selfcheck TEXT CHECK (selfcheck = 'pass' OR selfcheck = 'fail');

CREATE INDEX tombstone_due ON tombstone (customer) WHERE selfcheck IS NULL;
