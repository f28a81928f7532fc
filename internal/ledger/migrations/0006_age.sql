-- Retention by age looks for the oldest bytes that are still kept.
CREATE INDEX kept_bytes_age ON kept_bytes (kept_at) WHERE bytes IS NOT NULL;
