-- What a total added up in the past is found by its key, and those of its lines that count no more by their day: not by
-- looking at every line of the ledger.
CREATE INDEX line_once_counted ON line (day) WHERE outcome IN ('declined', 'withdrawn', 'revoked', 'superseded');
