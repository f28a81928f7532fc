-- What falls to each line of a matched charge, so that a charge over lines of several cost centres spends each one's money.
ALTER TABLE statement_match ADD COLUMN minor INTEGER NOT NULL DEFAULT 0;

UPDATE statement_match SET minor = (SELECT r.amount FROM statement_row r WHERE r.id = statement_match.statement_row)
WHERE line = (SELECT MIN(o.line) FROM statement_match o WHERE o.statement_row = statement_match.statement_row);

CREATE INDEX statement_row_unapproved ON statement_row (posted) WHERE state = 'left' AND cost_centre <> '';
