-- The inbox of the real world: which mails a person put back, how often a sender was answered, what Sent still lacks.

-- held: set aside until the operator moves it back. gone: it was seen to have left the folder it came in, so when it
-- appears there again, a person put it back.
ALTER TABLE message ADD COLUMN held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1));
ALTER TABLE message ADD COLUMN gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1));
UPDATE message SET gone = 1 WHERE filed_at IS NOT NULL;

-- answers: the sender whose mail this is a reply to, where replies are rationed; due_at says on which day it counts.
ALTER TABLE owed ADD COLUMN answers TEXT NOT NULL DEFAULT '';
CREATE INDEX owed_answers ON owed (answers, due_at) WHERE answers <> '';

-- sent_copy: whether a copy belongs into the inbox's folder of sent mails, and is there.
ALTER TABLE outgoing ADD COLUMN sent_copy TEXT NOT NULL DEFAULT 'none' CHECK (sent_copy IN ('none', 'due', 'kept'));
CREATE INDEX outgoing_to_keep ON outgoing (id) WHERE sent_copy = 'due';
CREATE INDEX outgoing_accepted ON outgoing (settled_at) WHERE state = 'accepted';
