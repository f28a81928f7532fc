-- Who decides while an officer is away, what waits for a daily mail, and what is known of a section 32 authorization.

-- The officer whose place the decider took; '' nobody's.
ALTER TABLE line ADD COLUMN instead_of TEXT NOT NULL DEFAULT '';

-- Absences that officers announce by mail; the newest of an officer counts.
CREATE TABLE absence (
    id        INTEGER PRIMARY KEY,
    officer   TEXT NOT NULL,
    from_day  TEXT NOT NULL,
    until_day TEXT NOT NULL,
    message   INTEGER REFERENCES message (id),
    noted_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX absence_officer ON absence (officer, id);

-- Lines that wait for an officer's next daily mail.
CREATE TABLE digest_line (
    officer    TEXT NOT NULL,
    line       INTEGER NOT NULL REFERENCES line (id),
    instead_of TEXT NOT NULL,
    added_at   INTEGER NOT NULL,
    PRIMARY KEY (officer, line)
) STRICT, WITHOUT ROWID;

-- What came of asking whether a section 32 manager authorized a line: the manager's own mail came along, or the manager
-- confirmed.
CREATE TABLE evidence (
    line    INTEGER NOT NULL REFERENCES line (id),
    kind    TEXT NOT NULL CHECK (kind IN ('attached', 'confirmed')),
    manager TEXT NOT NULL,
    message INTEGER REFERENCES message (id),
    at      INTEGER NOT NULL,
    PRIMARY KEY (line, kind)
) STRICT, WITHOUT ROWID;
