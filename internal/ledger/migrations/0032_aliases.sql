-- What people said of merchants: that a merchant's text stands for a supplier. A row stays when it is ended.
-- The forms are those by which merchants and suppliers are compared.
CREATE TABLE merchant_alias (
    id            INTEGER PRIMARY KEY,
    merchant      TEXT NOT NULL,    -- as statements write it, without what processors and banks put around it
    merchant_form TEXT NOT NULL,
    supplier      TEXT NOT NULL,    -- as it was written
    supplier_form TEXT NOT NULL,
    learned_at    INTEGER NOT NULL,
    learned_by    TEXT NOT NULL,    -- an address
    message       INTEGER REFERENCES message (id),
    chain_seq     INTEGER NOT NULL,
    ended_at      INTEGER,          -- NULL while it is in force
    ended_by      TEXT NOT NULL DEFAULT '',
    ended_why     TEXT NOT NULL DEFAULT '', -- removed, replaced, undone
    ended_seq     INTEGER
) STRICT;
CREATE UNIQUE INDEX merchant_alias_now ON merchant_alias (merchant_form, supplier_form) WHERE ended_at IS NULL;
CREATE INDEX merchant_alias_forms ON merchant_alias (merchant_form, supplier_form);
CREATE INDEX merchant_alias_message ON merchant_alias (message);

-- The matches by hand that taught an alias; one that somebody wrote down has none.
CREATE TABLE alias_lesson (
    alias  INTEGER NOT NULL REFERENCES merchant_alias (id),
    charge INTEGER NOT NULL REFERENCES statement_row (id),
    line   INTEGER NOT NULL REFERENCES line (id),
    PRIMARY KEY (alias, charge)
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_lesson_charge ON alias_lesson (charge);
CREATE INDEX alias_lesson_line ON alias_lesson (line);
CREATE INDEX statement_row_by_hand ON statement_row (settled_at) WHERE rule = 'hand';
