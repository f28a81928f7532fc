-- Who wrote a decision on an officer's behalf: an assistant whom the roster names; '' the officer.
ALTER TABLE line ADD COLUMN written_by TEXT NOT NULL DEFAULT '';

-- Whether a mail that is answered is one that came to us.
CREATE INDEX message_message_id ON message (message_id) WHERE message_id <> '';
