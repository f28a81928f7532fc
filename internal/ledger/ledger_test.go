package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // database/sql driver "pgx", to make schemas

	"handrail/internal/request"
)

var noon = time.Date(2026, 11, 24, 17, 0, 0, 123456000, time.UTC)

// onBoth runs a test on a fresh ledger of each database. PostgreSQL takes part when HANDRAIL_TEST_POSTGRES holds its
// address.
func onBoth(t *testing.T, test func(t *testing.T, l *Ledger)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, openTest(t, Config{URL: filepath.Join(t.TempDir(), "ledger.db")}))
	})
	t.Run("postgresql", func(t *testing.T) {
		t.Parallel()
		test(t, openTest(t, postgresConfig(t)))
	})
}

// openTest opens a ledger for Run, and makes it where there is none.
func openTest(t testing.TB, cfg Config) *Ledger {
	t.Helper()
	l, err := Open(t.Context(), cfg, Run)
	var trouble *Error
	if errors.As(err, &trouble) && trouble.Trouble == Absent {
		l, err = Create(t.Context(), cfg)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// postgresConfig makes a schema of its own for the test, and skips where there is no PostgreSQL.
func postgresConfig(t testing.TB) Config {
	t.Helper()
	address := os.Getenv("HANDRAIL_TEST_POSTGRES")
	if address == "" {
		t.Skip("HANDRAIL_TEST_POSTGRES names no PostgreSQL: this suite ran on SQLite only")
	}
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	var suffix [6]byte
	_, _ = rand.Read(suffix[:])
	schema := "ledger_" + hex.EncodeToString(suffix[:])
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
	return Config{URL: u.String()}
}

func update(t testing.TB, l *Ledger, do func(ctx context.Context, tx *Tx) error) {
	t.Helper()
	if err := l.Update(t.Context(), func(tx *Tx) error { return do(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func decide(t testing.TB, l *Ledger, do func(ctx context.Context, tx *Tx) error) {
	t.Helper()
	if err := l.Decide(t.Context(), func(tx *Tx) error { return do(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, l *Ledger, do func(ctx context.Context, tx *Tx) error) {
	t.Helper()
	if err := l.View(t.Context(), func(tx *Tx) error { return do(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

var inbox = Box{Inbox: "requests", Folder: "INBOX", UIDValidity: 7}

// collected puts mails into the ledger and returns their intake rows.
func collected(t testing.TB, l *Ledger, first uint32, bodies ...string) []Added {
	t.Helper()
	var out []Added
	update(t, l, func(ctx context.Context, tx *Tx) (err error) {
		var in []Incoming
		for i, b := range bodies {
			in = append(in, Incoming{Box: inbox, UID: first + uint32(i), Received: noon, Raw: []byte(b), Vouched: []byte(`{"dmarc":"pass"}`)}) //nolint:gosec // few
		}
		out, err = tx.Messages.Add(ctx, noon, in)
		return err
	})
	return out
}

// testLine is a line of 1,000.00 CAD that counts under two keys.
func testLine(s Submission, id int64, ordinal int, o request.Outcome) NewLine {
	r := s.Reference()
	r.Line = ordinal
	return NewLine{Policy: s.Policy, Line: Line{Submission: id, Reference: r.String(), Ordinal: ordinal, Row: 9 + ordinal, Outcome: o,
		HasAmount: true, Amount: 100_000, Currency: "CAD", CostCentre: "CC1", Supplier: "Atelier Nord inc.", Unit: "Service Canada",
		Day: s.Received, Digest: DigestOf([]byte(r.String())), Keys: []string{"name:atelier nord|CC1", "id:123456789|CC1"},
		ReceivedAt: s.ReceivedAt, Facts: []byte(`{"line":{"row":10}}`), Findings: []byte(`[]`)}}
}

// submitted judges a mail with a workbook of lines with these outcomes.
func submitted(t testing.TB, l *Ledger, uid uint32, outcomes ...request.Outcome) (Submission, []NewLine) {
	t.Helper()
	mail := collected(t, l, uid, fmt.Sprintf("mail %d", uid))[0]
	var s Submission
	var lines []NewLine
	decide(t, l, func(ctx context.Context, tx *Tx) error {
		won, err := tx.Messages.Judge(ctx, noon, MessageVerdict{ID: mail.ID, Kind: "request", Sender: "a@example.ca", MessageID: fmt.Sprint(uid), Destination: "Processed"})
		if err != nil || !won {
			return fmt.Errorf("judge: won %v, %w", won, err)
		}
		s, lines, err = addSubmission(ctx, tx, mail.ID, outcomes...)
		return err
	})
	return s, lines
}

func addSubmission(ctx context.Context, tx *Tx, mail int64, outcomes ...request.Outcome) (Submission, []NewLine, error) {
	n, err := tx.Submissions.NextNumber(ctx, 2026)
	if err != nil {
		return Submission{}, nil, err
	}
	s := Submission{Message: mail, Attachment: DigestOf(fmt.Append(nil, mail)), Sender: "a@example.ca", MailID: fmt.Sprint(mail), Year: 2026, Number: n,
		Requester: "a@example.ca", Unit: "Service Canada", Language: request.English, Received: request.Date{Year: 2026, Month: 11, Day: 24},
		ReceivedAt: noon, Sheet: "Requests", FileName: "r.xlsx", Policy: "sha256:p"}
	if s.ID, err = tx.Submissions.Add(ctx, noon, s); err != nil {
		return s, nil, err
	}
	var lines []NewLine
	for i, o := range outcomes {
		lines = append(lines, testLine(s, s.ID, i+1, o))
	}
	return s, lines, tx.Lines.Add(ctx, noon, lines, nil)
}

// schemaOf is the schema that postgresConfig made.
func schemaOf(t testing.TB, cfg Config) string {
	t.Helper()
	u, err := url.Parse(cfg.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("search_path")
}
