-- What of a line's approval each of its charges uses up, in minor units of the line's currency: what is not used stays committed.
-- Until now a line with any charge was used up; a refund uses nothing.
ALTER TABLE statement_match ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
UPDATE statement_match SET used = COALESCE((SELECT l.amount FROM line l WHERE l.id = statement_match.line), 0)
WHERE statement_row = (SELECT MIN(o.statement_row) FROM statement_match o JOIN statement_row r ON r.id = o.statement_row
    WHERE o.line = statement_match.line AND r.rule <> 'refund');
