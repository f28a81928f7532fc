-- What a code is for stands in a column, not in the JSON beside it: deciding, taking a decision back, or confirming as the
-- section 32 manager.
ALTER TABLE escalation ADD COLUMN kind TEXT NOT NULL DEFAULT 'decision' CHECK (kind IN ('decision', 'receipt', 'confirmation'));
UPDATE escalation SET kind = 'receipt' WHERE detail LIKE '%"receipt":true%';
UPDATE escalation SET kind = 'confirmation' WHERE detail LIKE '%"section32":true%';

-- A mail has one name, from the entry that asks for it to its wording.
UPDATE owed SET kind = 'answer' WHERE kind = 'submission';
UPDATE owed SET kind = 'unreadable' WHERE kind = 'refusal';
UPDATE owed SET kind = 'askback' WHERE kind = 'ask-back';
UPDATE outgoing SET kind = 'unreadable' WHERE kind = 'refusal';
UPDATE outgoing SET kind = 'askback' WHERE kind = 'ask-back';
UPDATE outgoing SET kind = 'weekly' WHERE kind = 'report';
