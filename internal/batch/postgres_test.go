package batch_test

import (
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/ledgertest"
	"handrail/internal/request"
)

// postgres is a ledger on PostgreSQL in a schema of the test's own; skipped where there is none.
func postgres(t testing.TB) ledger.Config {
	t.Helper()
	address := os.Getenv("HANDRAIL_TEST_POSTGRES")
	if address == "" {
		t.Skip("HANDRAIL_TEST_POSTGRES names no PostgreSQL: the job ran on SQLite only")
	}
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	var suffix [6]byte
	_, _ = rand.Read(suffix[:])
	schema := "batch_" + hex.EncodeToString(suffix[:])
	if _, err := db.Exec("CREATE SCHEMA " + schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec("DROP SCHEMA " + schema + " CASCADE"); err != nil {
			t.Error(err)
		}
		_ = db.Close()
	})
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return ledger.Config{URL: u.String()}
}

// The same job on the other database: requests, an officer's answer, the week.
func TestTheJobOnPostgreSQL(t *testing.T) {
	t.Parallel()
	config := postgres(t)
	recorded, err := ledgertest.Open(t, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = recorded.Close() })
	d := open(t, func(o *job.Options) { o.Ledger = recorded })
	d.ledger = recorded
	d.send(testStaff, "Two purchases", "Form attached.", d.form(testStaff, request.English,
		line("Captioning", "Northwind", "4000", "520", "4520"), line("Platform", "Mille Pages", "9500", "1235", "10735")))
	d.once()
	before := d.recorded()
	d.send(testStaff, "CHECK", "", d.form(testStaff, request.English, line("A trial", "Northwind", "400", "52", "452"), line("Platform", "Mille Pages", "9500", "1235", "10735")))
	d.once()
	if trial := d.inbox(testStaff); len(trial) != 2 || !strings.Contains(trial[1].Subject, "TRIAL") || d.recorded() != before {
		t.Errorf("a trial got %d mails, or left something", len(trial)-1)
	}
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Escalated})
	d.reply(testOfficer, d.inbox(testOfficer)[0], "APPROVE 1")
	d.wantOutcomes(map[string]request.Outcome{"000001-02": request.Approved})
	if n := len(d.inbox(testStaff)); n != 3 {
		t.Errorf("the requester got %d mails", n)
	}
	d.pass(7 * 24 * time.Hour)
	d.once()
	if books := d.inbox(testFinance); len(books) != 1 || !strings.Contains(books[0].Subject, "2026-W48") {
		t.Errorf("finance got %d reports", len(books))
	}
	d.sound()
}
