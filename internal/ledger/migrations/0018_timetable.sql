-- Since when the officer of an escalation has been asked about its lines, with the codes before it.
ALTER TABLE escalation ADD COLUMN asked_at INTEGER NOT NULL DEFAULT 0;
UPDATE escalation SET asked_at = opened_at;
