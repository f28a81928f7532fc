-- Trials are counted by person.
CREATE INDEX message_trials ON message (sender, received_at) WHERE kind = 'trial';
