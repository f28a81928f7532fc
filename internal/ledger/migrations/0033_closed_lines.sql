-- Lines of which finance said that nothing more will be charged: their rest is committed no longer. A row stays when the line
-- is opened again.
CREATE TABLE closed_line (
    id           INTEGER PRIMARY KEY,
    line         INTEGER NOT NULL REFERENCES line (id),
    closed_at    INTEGER NOT NULL,
    closed_by    TEXT NOT NULL,     -- an address
    reason       TEXT NOT NULL,     -- as it was written; '' none
    message      INTEGER REFERENCES message (id),
    chain_seq    INTEGER NOT NULL,
    reopened_at  INTEGER,           -- NULL while it is closed
    reopened_by  TEXT NOT NULL DEFAULT '',
    reopen_reason TEXT NOT NULL DEFAULT '',
    reopened_seq INTEGER
) STRICT;
CREATE UNIQUE INDEX closed_line_now ON closed_line (line) WHERE reopened_at IS NULL;
CREATE INDEX closed_line_line ON closed_line (line);
