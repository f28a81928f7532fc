-- Approvals that were taken back after their number was given out: they count on in totals for as long as the policy says. One
-- row for each of a line's keys; few lines are taken back, so they are added up one by one.
CREATE TABLE taken_back (
    key      TEXT NOT NULL,
    currency TEXT NOT NULL,
    line     INTEGER NOT NULL REFERENCES line (id),
    day      TEXT NOT NULL, -- the line's own
    taken_on TEXT NOT NULL, -- the day it was taken back
    minor    INTEGER NOT NULL,
    PRIMARY KEY (key, currency, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX taken_back_line ON taken_back (line);

-- Lines of which their section 32 manager is told in the next daily mail.
CREATE TABLE told_line (
    manager  TEXT NOT NULL,
    line     INTEGER NOT NULL REFERENCES line (id),
    added_at INTEGER NOT NULL,
    PRIMARY KEY (manager, line)
) STRICT, WITHOUT ROWID;

-- A code with which a manager who is told says NO. The column is made again with the kind more, for SQLite cannot change what a
-- column may hold.
ALTER TABLE escalation ADD COLUMN purpose TEXT NOT NULL DEFAULT 'decision' CHECK (purpose IN ('decision', 'receipt', 'confirmation', 'told'));
UPDATE escalation SET purpose = kind;
ALTER TABLE escalation DROP COLUMN kind;
ALTER TABLE escalation RENAME COLUMN purpose TO kind;
