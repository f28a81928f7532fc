-- Keys are compared byte by byte, as SQLite does: an index of another collation is silently wrong when the operating
-- system under the database brings another version of it. All text of these tables is, so that no comparison depends on
-- where the database runs; tables made later get it from dialect.go. Each index with text is built again here, from the
-- rows themselves.
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN
        SELECT c.relname, string_agg(format('ALTER COLUMN %I TYPE text COLLATE pg_catalog."C"', a.attname), ', ' ORDER BY a.attnum) AS changes
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'text'::regtype
        JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND NOT (l.collname = 'C' AND l.collnamespace = 'pg_catalog'::regnamespace)
          AND c.relname IN ('meta', 'kept_text', 'message', 'counter', 'submission', 'chain', 'line', 'tally', 'tally_line', 'owed', 'escalation',
              'outgoing', 'report', 'statement', 'statement_row', 'legal_hold', 'absence', 'digest_line', 'evidence')
        GROUP BY c.relname ORDER BY c.relname
    LOOP
        EXECUTE format('ALTER TABLE %I %s', t.relname, t.changes);
    END LOOP;
END
$$;
