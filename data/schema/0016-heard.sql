-- A withdrawal made elsewhere is an event here too, under an id of its own, for it may end the yes on
-- several channels. What the service calls it is what the next yes names.
CREATE TABLE consent_heard (
  event TEXT PRIMARY KEY REFERENCES consent_event (id) ON DELETE CASCADE,
  withdrawal TEXT NOT NULL
) STRICT;
