package ledger

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// otherCollations lists the text columns that the operating system's collation orders.
func otherCollations(t *testing.T, db *sql.DB) (list []string) {
	t.Helper()
	rows, err := db.Query(`SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = current_schema() AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C' AND table_name NOT LIKE 'river\_%' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		list = append(list, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// No key of a ledger on PostgreSQL depends on a collation of the operating system, in a new ledger or an old one.
func TestTextIsComparedByteByByteOnPostgreSQL(t *testing.T) {
	t.Parallel()
	if left := otherCollations(t, openTest(t, postgresConfig(t)).write); left != nil {
		t.Errorf("in a new ledger these are not: %v", left)
	}
	for version, dump := range earlier(t) {
		t.Run(fmt.Sprintf("from %d", version), func(t *testing.T) {
			t.Parallel()
			cfg := postgresConfig(t)
			restorePostgreSQL(t, cfg, dump, version)
			db, err := sql.Open("pgx", cfg.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			const collated = 10 // the version that did it for all that was there before
			if left := otherCollations(t, db); version < collated && len(left) < 50 {
				t.Fatalf("before, only these had the database's own: %v", left)
			}
			l := openTest(t, cfg)
			if left := otherCollations(t, l.write); left != nil {
				t.Errorf("these were left: %v", left)
			}
			if list, err := doubles(t.Context(), l.write); err != nil || list != nil {
				t.Errorf("doubles are %v, %v", list, err)
			}
		})
	}
}

// Rows that an index of a changed collation let in twice are named, and nothing is changed.
func TestDoublesAreNamedAndNothingIsChanged(t *testing.T) {
	t.Parallel()
	cfg := postgresConfig(t)
	restorePostgreSQL(t, cfg, earlier(t)[6], 6)
	db, err := sql.Open("pgx", cfg.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	// As a broken index does, these look the other way while the doubles come in.
	blind := func(unique bool) {
		t.Helper()
		for _, index := range []string{"counter_pkey", "outgoing_message_id_key", "outgoing_kind_cause_recipient_edition_key"} {
			if _, err := db.Exec("UPDATE pg_index SET indisunique = $1 WHERE indexrelid = $2::regclass", unique, index); err != nil {
				t.Skipf("indexes cannot be broken here: %v", err)
			}
		}
	}
	blind(false)
	for _, s := range []string{
		"INSERT INTO counter (name, last) SELECT name, last FROM counter WHERE name = 'HR-2026'",
		"UPDATE outgoing SET message_id = (SELECT MIN(message_id) FROM outgoing) WHERE id IN (SELECT id FROM outgoing ORDER BY message_id LIMIT 3)",
	} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	blind(true)
	_, err = Open(t.Context(), cfg, Run)
	e := expectTrouble(t, err, Doubles)
	for _, want := range []string{`counter name "HR-2026" (2×)`, `outgoing message_id "`, "(3×)"} {
		if !strings.Contains(e.Why.EN, want) || !strings.Contains(e.Why.FR, want) {
			t.Errorf("%q does not say %q", e.Why.EN, want)
		}
	}
	if left := otherCollations(t, db); len(left) < 50 || !slices.Contains(left, "absence.officer") {
		t.Errorf("some were changed: %v have the database's own", left)
	}
	var n int
	if err := db.QueryRow("SELECT COUNT(*) FROM counter WHERE name = 'HR-2026'").Scan(&n); err != nil || n != 2 {
		t.Errorf("%d rows of the counter, %v", n, err)
	}
}

func TestTheDatabaseSaysHowFarItIs(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		took, err := l.RoundTrip(t.Context())
		if err != nil || (took > 0) != (l.dialect == PostgreSQL) {
			t.Errorf("a round trip takes %v, %v", took, err)
		}
		made, now, err := l.Collation(t.Context())
		if err != nil || made != now {
			t.Errorf("the collation was %q and is %q, %v", made, now, err)
		}
	})
}
