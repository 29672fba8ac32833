-- The service's number of a withdrawal made elsewhere; 0: not known. Which of several ends a yes has to
-- name goes by these numbers, for they come in the service's order and are heard in another.
ALTER TABLE consent_heard ADD COLUMN n INTEGER NOT NULL DEFAULT 0;
