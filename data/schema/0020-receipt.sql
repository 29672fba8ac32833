-- Whose receipt it is: its code is scanned at the counter.
CREATE INDEX consent_event_by_receipt ON consent_event (receipt) WHERE receipt IS NOT NULL;
