-- Lines come in by day: what lists the lines of a total grows at its end, and not all over the file. Which days a key has
-- is known from tally.
CREATE TABLE tally_line_by_day (
    day      TEXT NOT NULL,
    key      TEXT NOT NULL,
    currency TEXT NOT NULL,
    line     INTEGER NOT NULL,
    PRIMARY KEY (day, key, currency, line)
) STRICT, WITHOUT ROWID;
INSERT INTO tally_line_by_day (day, key, currency, line) SELECT day, key, currency, line FROM tally_line ORDER BY day, key, currency, line;
DROP TABLE tally_line;
ALTER TABLE tally_line_by_day RENAME TO tally_line;
