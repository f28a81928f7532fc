-- What a person said of a charge beside where it belongs: why, and a mark that is aged until it is taken off.
ALTER TABLE statement_row ADD COLUMN settled_why TEXT NOT NULL DEFAULT '';
ALTER TABLE statement_row ADD COLUMN mark TEXT NOT NULL DEFAULT '' CHECK (mark IN ('', 'receipt-missing', 'dispute', 'personal'));
ALTER TABLE statement_row ADD COLUMN marked_by TEXT NOT NULL DEFAULT '';
ALTER TABLE statement_row ADD COLUMN marked_at INTEGER;
ALTER TABLE statement_row ADD COLUMN marked_why TEXT NOT NULL DEFAULT '';
CREATE INDEX statement_row_marked ON statement_row (id) WHERE mark <> '';

-- A charge that somebody set aside stays spent without approval, unless they said that it is no purchase (rule 'not-purchase').
DROP INDEX statement_row_unapproved;
CREATE INDEX statement_row_unapproved ON statement_row (posted) WHERE state IN ('left', 'ignored') AND cost_centre <> '';
