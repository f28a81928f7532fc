-- What a line adds under a key where that is not its total.
ALTER TABLE tally_line ADD COLUMN minor INTEGER;

-- The different names of suppliers on lines that count, and under which keys those meet that may be alike.
CREATE TABLE supplier_name (
    id   INTEGER PRIMARY KEY,
    form TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
) STRICT;
CREATE TABLE supplier_block (
    block TEXT NOT NULL,
    name  INTEGER NOT NULL,
    PRIMARY KEY (block, name)
) STRICT, WITHOUT ROWID;

-- The different needs on lines that count, with the last day on which each was asked for, and the words that they are found by.
CREATE TABLE need_text (
    id          INTEGER PRIMARY KEY,
    form        TEXT NOT NULL UNIQUE,
    title       TEXT NOT NULL,
    title_other TEXT NOT NULL,
    description TEXT NOT NULL,
    last_day    TEXT NOT NULL
) STRICT;
CREATE INDEX need_text_day ON need_text (last_day);
CREATE TABLE need_term (
    term     TEXT NOT NULL,
    last_day TEXT NOT NULL,
    need     INTEGER NOT NULL,
    PRIMARY KEY (term, last_day, need)
) STRICT, WITHOUT ROWID;
CREATE TABLE need_word (
    term  TEXT PRIMARY KEY,
    texts INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
