-- Of which outages the operator was told, and of their end: a restart neither forgets nor repeats it. A row stays, and says
-- later what did not work from when to when, and who was told by which way.
CREATE TABLE outage_told (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL, -- as surroundings has it
    class       TEXT NOT NULL, -- as it was told
    words       TEXT NOT NULL,
    began_at    INTEGER NOT NULL,
    told_at     INTEGER NOT NULL,
    mail        TEXT NOT NULL DEFAULT '', -- the cause of the mail that says it; '' none does yet
    posted      INTEGER NOT NULL DEFAULT 0 CHECK (posted IN (0, 1)), -- the webhook was given it
    ended_at    INTEGER,
    unneeded    INTEGER NOT NULL DEFAULT 0 CHECK (unneeded IN (0, 1)), -- it ended because nothing needs it any more, and nobody tried it
    end_told_at INTEGER
) STRICT;
CREATE UNIQUE INDEX outage_told_lasting ON outage_told (name) WHERE ended_at IS NULL;
CREATE INDEX outage_told_open ON outage_told (id) WHERE end_told_at IS NULL;

-- What a webhook is given where mail is what failed: finished JSON, tried a few times.
CREATE TABLE post (
    id       INTEGER PRIMARY KEY,
    cause    TEXT NOT NULL UNIQUE,
    body     TEXT NOT NULL,
    made_at  INTEGER NOT NULL,
    next_at  INTEGER, -- NULL: it is not tried any more
    tries    INTEGER NOT NULL DEFAULT 0,
    taken_at INTEGER, -- when the receiver took it
    words    TEXT NOT NULL DEFAULT '' -- of the last failure
) STRICT;
CREATE INDEX post_due ON post (next_at) WHERE next_at IS NOT NULL;
