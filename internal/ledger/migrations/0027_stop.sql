-- STOP of an owner of the rules: while the newest row has no end, every line goes to an officer. The rows stay.
CREATE TABLE stop (
    id         INTEGER PRIMARY KEY,
    stopped_at INTEGER NOT NULL,
    stopped_by TEXT NOT NULL,    -- the owner's address, lower case
    reason     TEXT NOT NULL,    -- as it was mailed; '' none
    message    INTEGER REFERENCES message (id),
    chain_seq  INTEGER NOT NULL,
    started_at INTEGER,          -- NULL while it lasts
    started_by TEXT NOT NULL DEFAULT '', -- the addresses of those who said START, separated by a blank
    started_seq INTEGER
) STRICT;
