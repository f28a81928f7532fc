package main

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"handrail/internal/ledger"
)

// The doctor says how far the database is, and that its operating system brought another collation; of a file it measures
// nothing.
func TestDoctorLooksAtTheDatabase(t *testing.T) {
	c := openClinic(t, nil)
	if _, out, _ := c.doctor("--no-mail"); strings.Contains(out, "round trip") || strings.Contains(out, "collation") {
		t.Errorf("of a file it says\n%s", out)
	}
	address := freshDatabase(t, "doctored")
	c.edit("data/handrail.db", address)
	if code, out, _ := c.doctor("--no-mail"); code != exitAct || !strings.Contains(said(out), "there is no ledger yet") || !strings.Contains(out, "  handrail ledger create --config "+filepath.Join(c.dir, "handrail.toml")) {
		t.Errorf("without a ledger: exit %d\n%s", code, out)
	}
	l, err := ledger.Create(t.Context(), ledger.Config{URL: address})
	if err == nil {
		err = l.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if code, out, _ := c.doctor("--no-mail"); code != exitDone || !strings.Contains(said(out), "database: a round trip takes ") || strings.Contains(out, "collation") {
		t.Errorf("exit %d\n%s", code, out)
	}
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec("UPDATE pg_database SET datcollversion = '1.0' WHERE datname = current_database()"); err != nil {
		t.Skipf("the catalogue cannot be changed: %v", err)
	}
	if code, out, _ := c.doctor("--no-mail"); code != exitDone || !strings.Contains(said(out), "made with version 1.0 of its collation") || !strings.Contains(out, "REFRESH COLLATION VERSION") {
		t.Errorf("exit %d\n%s", code, out)
	}
}
