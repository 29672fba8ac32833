-- Which incarnation of a terminal heard last: one that asks for what it said it had kept was put back
-- to an older state, or stands twice.
ALTER TABLE terminal ADD COLUMN heard_by TEXT NOT NULL DEFAULT '';
