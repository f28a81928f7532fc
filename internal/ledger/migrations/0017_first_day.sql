-- Since when an inbox's mail is judged where the configuration does not say, and how much mail outside of that time the
-- operator was told of, and on which day. A ledger that was at work before goes on from its oldest mail.
CREATE TABLE inbox (
    name     TEXT PRIMARY KEY,
    since_at INTEGER NOT NULL,
    older    INTEGER NOT NULL DEFAULT 0 CHECK (older >= 0),
    older_on TEXT NOT NULL DEFAULT '',
    ahead    INTEGER NOT NULL DEFAULT 0 CHECK (ahead >= 0),
    ahead_on TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO inbox (name, since_at) SELECT inbox, MIN(received_at) FROM message GROUP BY inbox;

-- Mail that is left in its inbox because of the day on which the server received it.
CREATE TABLE left_message (
    inbox       TEXT NOT NULL,
    folder      TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uid         INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (inbox, folder, uidvalidity, uid)
) STRICT, WITHOUT ROWID;

-- Weeks that were reported and that somebody opened again: the next edition is made whatever its age.
CREATE TABLE reopening (
    id        INTEGER PRIMARY KEY,
    week      TEXT NOT NULL,
    reason    TEXT NOT NULL CHECK (reason <> ''),
    opened_by TEXT NOT NULL CHECK (opened_by <> ''),
    opened_at INTEGER NOT NULL,
    released  INTEGER NOT NULL DEFAULT 0 CHECK (released IN (0, 1)), -- its charges are looked for again
    done_at   INTEGER
) STRICT;
