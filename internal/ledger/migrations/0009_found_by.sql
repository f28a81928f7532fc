-- What a total added up in the past is found by its key, and those of its lines that count no more by their day: not by
-- looking at every line of the ledger.
CREATE INDEX line_once_counted ON line (day) WHERE outcome IN ('declined', 'withdrawn', 'revoked', 'superseded');

-- What became of a request is found by the request.
CREATE INDEX escalation_submission ON escalation (submission);
CREATE INDEX outgoing_submission ON outgoing (submission);
CREATE INDEX owed_submission ON owed (submission);
CREATE INDEX outgoing_escalation ON outgoing (escalation) WHERE escalation IS NOT NULL;
