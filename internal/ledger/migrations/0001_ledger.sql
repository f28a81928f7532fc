-- The ledger of version 1, in SQLite's words; dialect.go says the few that PostgreSQL spells otherwise.
-- Instants are microseconds UTC, days ISO text, money minor units beside its ISO 4217 code.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- Raw mails, attachments, reports: bytes under their digest. kept_at is the newest instant somebody stored them, so
-- that retention goes by age.
CREATE TABLE kept_bytes (
    sha256  BLOB PRIMARY KEY CHECK (length(sha256) = 32),
    size    INTEGER NOT NULL,
    kept_at INTEGER NOT NULL,
    bytes   BLOB -- NULL once disposed of; the digest stays
) STRICT;

-- Policies, rosters, templates, configurations: texts under their digest.
CREATE TABLE kept_text (
    hash    TEXT PRIMARY KEY,
    kind    TEXT NOT NULL,
    name    TEXT NOT NULL,
    version TEXT NOT NULL,
    kept_at INTEGER NOT NULL,
    body    BLOB NOT NULL
) STRICT;

CREATE TABLE message (
    id           INTEGER PRIMARY KEY,
    inbox        TEXT NOT NULL,
    folder       TEXT NOT NULL,
    uidvalidity  INTEGER NOT NULL,
    uid          INTEGER NOT NULL,
    sha256       BLOB NOT NULL CHECK (length(sha256) = 32),
    size         INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    collected_at INTEGER NOT NULL,
    vouched      TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('received', 'judged', 'filed', 'quarantined', 'released')),
    kind         TEXT NOT NULL DEFAULT '',
    reason       TEXT NOT NULL DEFAULT '',
    sender       TEXT NOT NULL DEFAULT '',
    message_id   TEXT NOT NULL DEFAULT '',
    subject      TEXT NOT NULL DEFAULT '',
    attempt      INTEGER NOT NULL DEFAULT 1 CHECK (attempt >= 1),
    same_as      INTEGER REFERENCES message (id),
    destination  TEXT NOT NULL DEFAULT '',
    judged_at    INTEGER,
    filed_at     INTEGER,
    job          INTEGER,
    UNIQUE (inbox, folder, uidvalidity, uid)
) STRICT;
CREATE INDEX message_sha256 ON message (sha256);
CREATE INDEX message_to_judge ON message (id) WHERE state = 'received';
CREATE INDEX message_to_file ON message (id) WHERE filed_at IS NULL AND state IN ('judged', 'quarantined');
CREATE INDEX message_quarantined ON message (id) WHERE state = 'quarantined';

-- The next number of a name ("HR-2026") in use.
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    last INTEGER NOT NULL CHECK (last >= 0)
) STRICT;

CREATE TABLE submission (
    id          INTEGER PRIMARY KEY,
    message     INTEGER NOT NULL REFERENCES message (id),
    attachment  BLOB NOT NULL CHECK (length(attachment) = 32),
    dedup       BLOB NOT NULL UNIQUE CHECK (length(dedup) = 32),
    year        INTEGER NOT NULL,
    number      INTEGER NOT NULL CHECK (number > 0),
    requester   TEXT NOT NULL,
    unit        TEXT NOT NULL,
    language    TEXT NOT NULL CHECK (language IN ('en', 'fr', '')),
    received    TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    judged_at   INTEGER NOT NULL,
    sheet       TEXT NOT NULL,
    file_name   TEXT NOT NULL,
    origin      TEXT NOT NULL,
    problems    TEXT NOT NULL,
    layout      TEXT NOT NULL,
    policy      TEXT NOT NULL,
    answered_at INTEGER,
    UNIQUE (message, attachment),
    UNIQUE (year, number)
) STRICT;
CREATE INDEX submission_requester ON submission (requester, received);

-- The chain: nothing personal stands in it. Its numbers have no gaps and are unique, so two links cannot follow the same
-- one. What is personal lies in chain_private under a salted digest.
CREATE TABLE chain (
    seq            INTEGER PRIMARY KEY CHECK (seq > 0),
    prev           BLOB NOT NULL CHECK (length(prev) = 32),
    hash           BLOB NOT NULL CHECK (length(hash) = 32),
    at             INTEGER NOT NULL,
    kind           TEXT NOT NULL,
    subject        TEXT NOT NULL,
    public         TEXT NOT NULL,
    private_digest BLOB CHECK (private_digest IS NULL OR length(private_digest) = 32)
) STRICT;
CREATE INDEX chain_subject ON chain (subject);

CREATE TABLE chain_private (
    seq  INTEGER PRIMARY KEY,
    salt BLOB NOT NULL CHECK (length(salt) = 16),
    body BLOB NOT NULL
) STRICT;

CREATE TABLE line (
    id           INTEGER PRIMARY KEY,
    submission   INTEGER NOT NULL REFERENCES submission (id),
    reference    TEXT NOT NULL UNIQUE,
    ordinal      INTEGER NOT NULL CHECK (ordinal > 0),
    sheet_row    INTEGER NOT NULL,
    outcome      TEXT NOT NULL CHECK (outcome IN ('approved', 'escalated', 'returned', 'declined', 'withdrawn', 'revoked', 'superseded')),
    judged       TEXT NOT NULL CHECK (judged IN ('approved', 'escalated', 'returned')),
    guardrails   TEXT NOT NULL,
    amount       INTEGER,
    currency     TEXT NOT NULL,
    cost_centre  TEXT NOT NULL,
    supplier     TEXT NOT NULL,
    unit         TEXT NOT NULL,
    day          TEXT NOT NULL,
    digest       BLOB NOT NULL CHECK (length(digest) = 32),
    keys         TEXT NOT NULL,
    received_at  INTEGER NOT NULL,
    judged_at    INTEGER NOT NULL,
    decided_at   INTEGER,
    decided_by   TEXT NOT NULL,
    reason       TEXT NOT NULL,
    chain_seq    INTEGER NOT NULL,
    supersedes   INTEGER REFERENCES line (id),
    amends       INTEGER REFERENCES line (id),
    UNIQUE (submission, ordinal)
) STRICT;
CREATE INDEX line_judged_at ON line (judged_at);
CREATE INDEX line_decided_at ON line (decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX line_waiting ON line (received_at) WHERE outcome = 'escalated';
CREATE UNIQUE INDEX line_superseded_once ON line (supersedes) WHERE supersedes IS NOT NULL;
CREATE INDEX line_amends ON line (amends) WHERE amends IS NOT NULL;

-- What is added up: per key and day, and which lines make it.
CREATE TABLE tally (
    key      TEXT NOT NULL,
    currency TEXT NOT NULL,
    day      TEXT NOT NULL,
    minor    INTEGER NOT NULL CHECK (minor >= 0),
    lines    INTEGER NOT NULL CHECK (lines >= 0),
    PRIMARY KEY (key, currency, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE tally_line (
    key      TEXT NOT NULL,
    currency TEXT NOT NULL,
    day      TEXT NOT NULL,
    line     INTEGER NOT NULL,
    PRIMARY KEY (key, currency, day, line)
) STRICT, WITHOUT ROWID;

-- What somebody must be told and no mail says yet; answering takes it and leaves outgoing mails.
CREATE TABLE owed (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,
    cause       TEXT NOT NULL,
    submission  INTEGER REFERENCES submission (id),
    message     INTEGER REFERENCES message (id),
    detail      TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('owed', 'answered', 'void')),
    due_at      INTEGER NOT NULL,
    answered_at INTEGER,
    job         INTEGER,
    UNIQUE (kind, cause)
) STRICT;
CREATE INDEX owed_due ON owed (due_at) WHERE state = 'owed';

CREATE TABLE escalation (
    id         INTEGER PRIMARY KEY,
    code       TEXT NOT NULL UNIQUE,
    officer    TEXT NOT NULL,
    instead_of TEXT NOT NULL,
    submission INTEGER REFERENCES submission (id),
    state      TEXT NOT NULL CHECK (state IN ('open', 'asked', 'decided', 'expired', 'rerouted', 'void')),
    opened_at  INTEGER NOT NULL,
    next_at    INTEGER,
    expires_at INTEGER NOT NULL,
    reminders  INTEGER NOT NULL DEFAULT 0,
    closed_at  INTEGER,
    detail     TEXT NOT NULL,
    job        INTEGER
) STRICT;
CREATE INDEX escalation_due ON escalation (next_at) WHERE state IN ('open', 'asked');
CREATE INDEX escalation_officer ON escalation (officer) WHERE state IN ('open', 'asked');

CREATE TABLE token (
    escalation  INTEGER NOT NULL REFERENCES escalation (id),
    line        INTEGER NOT NULL REFERENCES line (id),
    ordinal     INTEGER NOT NULL,
    digest      BLOB NOT NULL CHECK (length(digest) = 32),
    consumed_at INTEGER,
    consumed_by INTEGER REFERENCES message (id),
    PRIMARY KEY (escalation, line),
    UNIQUE (escalation, ordinal)
) STRICT;
CREATE INDEX token_line ON token (line);

CREATE TABLE outgoing (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,
    cause       TEXT NOT NULL,
    recipient   TEXT NOT NULL,
    edition     INTEGER NOT NULL CHECK (edition >= 1),
    message_id  TEXT NOT NULL UNIQUE,
    raw         BLOB NOT NULL CHECK (length(raw) = 32),
    size        INTEGER NOT NULL,
    inbox       TEXT NOT NULL,
    submission  INTEGER REFERENCES submission (id),
    escalation  INTEGER REFERENCES escalation (id),
    state       TEXT NOT NULL CHECK (state IN ('held', 'ready', 'sending', 'accepted', 'refused', 'deferred', 'unknown')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    cuts        INTEGER NOT NULL DEFAULT 0,
    made_at     INTEGER NOT NULL,
    next_at     INTEGER,
    sending_at  INTEGER,
    settled_at  INTEGER,
    words       TEXT NOT NULL DEFAULT '',
    job         INTEGER,
    UNIQUE (kind, cause, recipient, edition)
) STRICT;
CREATE INDEX outgoing_due ON outgoing (next_at) WHERE state IN ('held', 'ready', 'deferred', 'unknown');
CREATE INDEX outgoing_sending ON outgoing (id) WHERE state = 'sending';
CREATE INDEX outgoing_recipient ON outgoing (recipient, made_at);

CREATE TABLE report (
    id        INTEGER PRIMARY KEY,
    week      TEXT NOT NULL,
    recipient TEXT NOT NULL,
    edition   INTEGER NOT NULL CHECK (edition >= 1),
    from_at   INTEGER NOT NULL,
    to_at     INTEGER NOT NULL CHECK (to_at >= from_at),
    made_at   INTEGER NOT NULL,
    workbook  BLOB NOT NULL CHECK (length(workbook) = 32),
    head      BLOB NOT NULL CHECK (length(head) = 32),
    head_seq  INTEGER NOT NULL,
    figures   TEXT NOT NULL,
    UNIQUE (week, recipient, edition)
) STRICT;

CREATE TABLE statement (
    id          INTEGER PRIMARY KEY,
    message     INTEGER REFERENCES message (id),
    sha256      BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
    file_name   TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    row_count   INTEGER NOT NULL
) STRICT;

CREATE TABLE statement_row (
    id          INTEGER PRIMARY KEY,
    statement   INTEGER NOT NULL REFERENCES statement (id),
    sheet_row   INTEGER NOT NULL,
    identity    BLOB NOT NULL CHECK (length(identity) = 32),
    occurrence  INTEGER NOT NULL CHECK (occurrence >= 1),
    posted      TEXT NOT NULL,
    transacted  TEXT NOT NULL,
    amount      INTEGER NOT NULL,
    currency    TEXT NOT NULL,
    cost_centre TEXT NOT NULL,
    merchant    TEXT NOT NULL,
    card        TEXT NOT NULL CHECK (length(card) <= 4),
    detail      TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('new', 'matched', 'left', 'ignored')),
    reason      TEXT NOT NULL DEFAULT '',
    rule        TEXT NOT NULL DEFAULT '',
    score       INTEGER NOT NULL DEFAULT 0,
    settled_by  TEXT NOT NULL DEFAULT '',
    settled_at  INTEGER,
    UNIQUE (identity, occurrence)
) STRICT;
CREATE INDEX statement_row_open ON statement_row (transacted) WHERE state IN ('new', 'left');
CREATE INDEX statement_row_day ON statement_row (transacted);

CREATE TABLE statement_match (
    statement_row INTEGER NOT NULL REFERENCES statement_row (id),
    line          INTEGER NOT NULL REFERENCES line (id),
    PRIMARY KEY (statement_row, line)
) STRICT;
CREATE INDEX statement_match_line ON statement_match (line);

CREATE TABLE legal_hold (
    id        INTEGER PRIMARY KEY,
    reference TEXT NOT NULL,
    reason    TEXT NOT NULL,
    placed_by TEXT NOT NULL,
    placed_at INTEGER NOT NULL,
    lifted_at INTEGER
) STRICT;
CREATE UNIQUE INDEX legal_hold_in_force ON legal_hold (reference) WHERE lifted_at IS NULL;
