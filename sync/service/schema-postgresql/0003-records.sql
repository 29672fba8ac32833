-- Records go to the other terminals of their shop. `source` is the incarnation of the terminal that
-- sent them, which needs no telling; '' is unknown. A yes keeps its own evidence while it stands: the
-- newest answer to a question may be another shop's.
ALTER TABLE record ADD COLUMN source text NOT NULL DEFAULT '';

ALTER TABLE consent_grant ADD COLUMN source text NOT NULL DEFAULT '';

ALTER TABLE consent_grant ADD COLUMN captured text;

ALTER TABLE consent_grant ADD COLUMN evidence text;

-- Of a yes of before, the first thing that rested on it says when it was given.
UPDATE consent_grant AS g SET
  evidence = (
    SELECT c.evidence FROM consent AS c
    WHERE c.customer = g.customer AND c.grant_op = g.op AND c.state = 'given'),
  captured = (
    SELECT min (r.captured) FROM record AS r
    WHERE r.customer = g.customer AND r.grant_op = g.op)
WHERE ended_by IS NULL;

CREATE INDEX record_by_store ON record (store, n);

CREATE INDEX record_of_company ON record (n) WHERE scope = 'company';

CREATE INDEX consent_grant_by_store ON consent_grant (store, n);

CREATE INDEX consent_grant_of_company ON consent_grant (n) WHERE purpose = 'everywhere';
