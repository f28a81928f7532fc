-- A refused mail rests until a person settles it or sends it to another address. The column is made again with the two
-- states more, for SQLite cannot change what a column may hold.
DROP INDEX outgoing_due;
DROP INDEX outgoing_sending;
DROP INDEX outgoing_accepted;
ALTER TABLE outgoing ADD COLUMN stands TEXT NOT NULL DEFAULT 'ready'
    CHECK (stands IN ('held', 'ready', 'sending', 'accepted', 'refused', 'deferred', 'unknown', 'settled', 'redirected'));
UPDATE outgoing SET stands = state;
ALTER TABLE outgoing DROP COLUMN state;
ALTER TABLE outgoing RENAME COLUMN stands TO state;
CREATE INDEX outgoing_due ON outgoing (next_at) WHERE state IN ('held', 'ready', 'deferred', 'unknown');
CREATE INDEX outgoing_sending ON outgoing (id) WHERE state = 'sending';
CREATE INDEX outgoing_accepted ON outgoing (settled_at) WHERE state = 'accepted';
CREATE INDEX outgoing_refused ON outgoing (recipient) WHERE state = 'refused';

-- Why a mail was refused for good: '' for another reason, or where it was not.
ALTER TABLE outgoing ADD COLUMN refusal TEXT NOT NULL DEFAULT '' CHECK (refusal IN ('', 'too-large', 'address', 'mailbox'));
-- The bytes without the files, once the mail was too large with them: these are sent then.
ALTER TABLE outgoing ADD COLUMN light BLOB CHECK (length(light) = 32);
-- How a refused mail was ended: when, by whom, with which words, and which mail went to another address instead.
ALTER TABLE outgoing ADD COLUMN ended_at INTEGER;
ALTER TABLE outgoing ADD COLUMN ended_by TEXT NOT NULL DEFAULT '';
ALTER TABLE outgoing ADD COLUMN ended_why TEXT NOT NULL DEFAULT '';
ALTER TABLE outgoing ADD COLUMN sent_instead INTEGER; -- its number

-- The mail to the officer that was refused: what still waits goes to somebody else. NULL: the officer can be reached.
ALTER TABLE escalation ADD COLUMN undelivered INTEGER; -- its number
