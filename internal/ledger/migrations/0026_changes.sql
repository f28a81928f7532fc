-- Changes of what is in force, from their proposal to their end: a text of the policy, officers, registers, settings. A row stays when it has ended.
CREATE TABLE change (
    id           INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL, -- "policy", "officers", "settings", "register.people", …
    scope        TEXT NOT NULL, -- the inbox of a policy; '' all
    hash         TEXT NOT NULL, -- of the kept text that is proposed
    base         TEXT NOT NULL, -- of the one that was in force then; '' none
    detail       TEXT NOT NULL DEFAULT '{}', -- the kind's own, in JSON
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'in-force', 'declined', 'replaced', 'withdrawn')),
    proposed_by  TEXT NOT NULL, -- an owner's address; '' a file on the server or the configuration
    proposed_at  INTEGER NOT NULL,
    from_day     TEXT NOT NULL DEFAULT '', -- '' at once
    code         TEXT NOT NULL,
    message      INTEGER REFERENCES message (id),
    chain_seq    INTEGER NOT NULL,
    approved_at  INTEGER,
    approved_seq INTEGER, -- of the chain
    ended_at     INTEGER,
    ended_by     TEXT NOT NULL DEFAULT '', -- who declined or withdrew it
    ended_seq    INTEGER, -- of the chain
    next_at      INTEGER, -- of the next reminder
    reminders    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX change_code ON change (code);
CREATE UNIQUE INDEX change_waiting ON change (kind, scope) WHERE state = 'waiting';
CREATE INDEX change_open ON change (id) WHERE state IN ('waiting', 'approved');

-- What owners answered to a change, each once: the last that they said counts.
CREATE TABLE change_answer (
    id          INTEGER PRIMARY KEY,
    change      INTEGER NOT NULL REFERENCES change (id),
    owner       TEXT NOT NULL,
    role        TEXT NOT NULL,
    approves    INTEGER NOT NULL CHECK (approves IN (0, 1)),
    reason      TEXT NOT NULL DEFAULT '',
    message     INTEGER REFERENCES message (id),
    answered_at INTEGER NOT NULL,
    chain_seq   INTEGER NOT NULL
) STRICT;
CREATE INDEX change_answer_change ON change_answer (change);

-- Who was told of which link of the chain that put something in force.
CREATE TABLE told_change (
    recipient TEXT NOT NULL, -- an address
    link      INTEGER NOT NULL,
    told_at   INTEGER NOT NULL,
    PRIMARY KEY (recipient, link)
) STRICT, WITHOUT ROWID;
