-- What officers and finance said of two suppliers' names: that they are one supplier, or two. A row stays when it is taken back.
-- one sorts before other; both are the names in the form by which suppliers are compared.
CREATE TABLE supplier_pair (
    id           INTEGER PRIMARY KEY,
    one          TEXT NOT NULL,
    other        TEXT NOT NULL,
    one_shown    TEXT NOT NULL,
    other_shown  TEXT NOT NULL,
    same         INTEGER NOT NULL CHECK (same IN (0, 1)),
    judged_at    INTEGER NOT NULL,
    judged_by    TEXT NOT NULL,
    written_by   TEXT NOT NULL DEFAULT '', -- the assistant who wrote for them; '' nobody
    message      INTEGER REFERENCES message (id),
    chain_seq    INTEGER NOT NULL,
    withdrawn_at INTEGER,
    withdrawn_by TEXT NOT NULL DEFAULT '',
    withdrawn_seq INTEGER, -- of the chain
    CHECK (one < other)
) STRICT;
CREATE UNIQUE INDEX supplier_pair_now ON supplier_pair (one, other) WHERE withdrawn_at IS NULL;
CREATE INDEX supplier_pair_other ON supplier_pair (other) WHERE withdrawn_at IS NULL;
CREATE INDEX supplier_pair_message ON supplier_pair (message);

-- Under which words the lines are found again that officers decided: supplier, need and guardrails, within their inbox. A line
-- whose words are '' is still to be put in.
CREATE TABLE decided_word (
    word TEXT NOT NULL,
    line INTEGER NOT NULL REFERENCES line (id),
    PRIMARY KEY (word, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX decided_word_line ON decided_word (line);
INSERT INTO decided_word (word, line) SELECT '', l.id FROM line l
    WHERE l.judged = 'escalated' AND l.outcome IN ('approved', 'declined') AND l.decided_by NOT IN ('', 'disposed');
