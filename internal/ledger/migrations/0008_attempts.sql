-- Every row of a step owns its attempts: who has it in hand, how often it failed by its own fault, how often its process
-- died over it, and when it is tried again. A row that was never tried, or that is done, has no entry. key is the row's id,
-- or a name where the step has no table of its own (a period and its recipient, a UID to fetch).
CREATE TABLE attempt (
    step       TEXT NOT NULL,
    key        TEXT NOT NULL,
    holder     TEXT NOT NULL DEFAULT '', -- the run that has it in hand; '' nobody
    held_until INTEGER,
    faults     INTEGER NOT NULL DEFAULT 0 CHECK (faults >= 0), -- failures that were the row's own
    deaths     INTEGER NOT NULL DEFAULT 0 CHECK (deaths >= 0), -- deaths and missed deadlines while it was in hand alone
    alone      INTEGER NOT NULL DEFAULT 0 CHECK (alone IN (0, 1)), -- it was in hand when a process died
    failed_at  INTEGER, -- the first failure
    last_at    INTEGER, -- the last
    retry_at   INTEGER,
    waits_for  TEXT NOT NULL DEFAULT '', -- the surroundings that failed; '' the row itself
    words      TEXT NOT NULL DEFAULT '',
    aside_at   INTEGER,
    told_at    INTEGER, -- when an exit code last told that it is set aside
    PRIMARY KEY (step, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_held ON attempt (holder) WHERE holder <> '';

-- What lies around the job and fails apart from any row: a server, a login, a folder.
CREATE TABLE surroundings (
    name      TEXT PRIMARY KEY,
    failures  INTEGER NOT NULL,
    failed_at INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    retry_at  INTEGER NOT NULL,
    class     TEXT NOT NULL,
    secret    TEXT NOT NULL DEFAULT '', -- a mark of the secret that was refused: another one ends the wait
    words     TEXT NOT NULL
) STRICT;

-- The codes that a message answers, as far as its header says: two mails about one code are decided in their order.
CREATE TABLE message_code (
    code    TEXT NOT NULL,
    message INTEGER NOT NULL REFERENCES message (id),
    PRIMARY KEY (code, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_code_message ON message_code (message);

ALTER TABLE message DROP COLUMN job;
ALTER TABLE owed DROP COLUMN job;
ALTER TABLE escalation DROP COLUMN job;
ALTER TABLE outgoing DROP COLUMN job;
