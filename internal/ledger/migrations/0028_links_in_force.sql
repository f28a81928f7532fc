-- Every officer's mail asks what came into force: the few links that say so are found without reading the chain.
CREATE INDEX chain_in_force ON chain (at) WHERE kind IN ('policy.changed', 'officers.changed', 'owners.changed', 'settings.changed', 'register.changed');
