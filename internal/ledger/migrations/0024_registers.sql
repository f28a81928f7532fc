-- The registers in force: cost centres, people, suppliers. Only the last one that was right is kept; lines hold what was used of it.
CREATE TABLE register (
    kind     TEXT PRIMARY KEY,
    hash     TEXT NOT NULL,
    file     TEXT NOT NULL, -- its name, without where it lies
    entries  INTEGER NOT NULL,
    taken_at INTEGER NOT NULL,
    body     BLOB NOT NULL
) STRICT;
