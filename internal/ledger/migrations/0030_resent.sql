-- What a later statement said otherwise of a charge, or in addition: the charge before and after. The charge's own row says how it is now.
CREATE TABLE mended_charge (
    id        INTEGER PRIMARY KEY,
    charge    INTEGER NOT NULL REFERENCES statement_row (id),
    statement INTEGER NOT NULL REFERENCES statement (id),
    mended_at INTEGER NOT NULL,
    before    TEXT NOT NULL, -- detail, JSON
    after     TEXT NOT NULL
) STRICT;
CREATE INDEX mended_charge_charge ON mended_charge (charge);
CREATE INDEX mended_charge_at ON mended_charge (mended_at);
CREATE INDEX mended_charge_statement ON mended_charge (statement);

-- Charges that a later statement should have and has not: they stay, until one has them again.
CREATE TABLE lacking_charge (
    charge    INTEGER PRIMARY KEY REFERENCES statement_row (id),
    statement INTEGER NOT NULL REFERENCES statement (id),
    noted_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX lacking_charge_at ON lacking_charge (noted_at);
CREATE INDEX lacking_charge_statement ON lacking_charge (statement);
CREATE INDEX statement_row_posted ON statement_row (posted);
