package ledger

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/internal/request"
)

// aging is a ledger that keeps mails for as long as the shortest age allows.
func aging(t *testing.T, test func(t *testing.T, l *Ledger)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, openTest(t, Config{URL: filepath.Join(t.TempDir(), "ledger.db"), KeepMailDays: shortestAge}))
	})
	t.Run("postgresql", func(t *testing.T) {
		t.Parallel()
		config := postgresConfig(t)
		config.KeepMailDays = shortestAge
		test(t, openTest(t, config))
	})
}

func keptBlobs(t *testing.T, l *Ledger) (n int) {
	t.Helper()
	view(t, l, func(ctx context.Context, tx *Tx) error {
		_, err := tx.one(ctx, []any{&n}, "SELECT COUNT(*) FROM kept_bytes WHERE bytes IS NOT NULL")
		return err
	})
	return n
}

func filed(t *testing.T, l *Ledger, ids ...int64) {
	t.Helper()
	update(t, l, func(ctx context.Context, tx *Tx) error {
		_, err := tx.Messages.MarkFiled(ctx, noon, ids, true)
		return err
	})
}

func TestMailsGoByAgeAndNothingThatIsNeeded(t *testing.T) {
	t.Parallel()
	aging(t, func(t *testing.T, l *Ledger) {
		done, _ := submitted(t, l, 1, request.Approved)
		waiting, open := submitted(t, l, 2, request.Escalated)
		filed(t, l, done.Message, waiting.Message)
		collected(t, l, 3, "not judged yet")
		held, _ := submitted(t, l, 4, request.Returned)
		filed(t, l, held.Message)
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			_, err := tx.Records.PlaceHold(ctx, noon, Hold{Reference: held.Reference().String(), Reason: "dispute", PlacedBy: "legal"})
			return err
		})
		all := keptBlobs(t, l)
		age := func(days int) Aged {
			t.Helper()
			a, err := l.Age(t.Context(), noon.AddDate(0, 0, days))
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		if a := age(shortestAge); a.Blobs != 0 || keptBlobs(t, l) != all {
			t.Errorf("on the last day %+v went", a)
		}
		first := age(shortestAge + 1)
		if first.Blobs == 0 || first.Bytes == 0 || keptBlobs(t, l) != all-int(first.Blobs) {
			t.Errorf("%+v went of %d", first, all)
		}
		view(t, l, func(ctx context.Context, tx *Tx) error {
			for _, keep := range []string{"mail 2", "not judged yet", "mail 4"} {
				if b, err := tx.Documents.Bytes(ctx, DigestOf([]byte(keep))); err != nil || b == nil {
					t.Errorf("%q went although it is needed (%v)", keep, err)
				}
			}
			b, err := tx.Documents.Bytes(ctx, DigestOf([]byte("mail 1")))
			if b != nil {
				t.Error("the mail of a settled request is still there")
			}
			return err
		})
		// Once its line is decided, nothing needs the mail of the second request either.
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			_, err := moveLine(ctx, tx, noon.AddDate(0, 0, shortestAge+1), Move{Line: open[0].ID, From: request.Escalated, To: request.Declined, By: "o@example.ca", Reason: "no"})
			return err
		})
		if a := age(shortestAge + 2); a.Blobs == 0 {
			t.Error("the mail of a decided request stays for ever")
		}
		if got := faults(t, l); got != "" {
			t.Errorf("after aging the ledger does not verify:\n%s", got)
		}
		view(t, l, func(ctx context.Context, tx *Tx) error {
			var n int
			_, err := tx.one(ctx, []any{&n}, "SELECT COUNT(*) FROM chain WHERE kind = 'ledger.aged'")
			if n != 2 {
				t.Errorf("the chain tells of %d removals, want 2", n)
			}
			return err
		})
	})
}

func TestAnAgeThatWouldCutDisputesOffIsRefused(t *testing.T) {
	for days, ok := range map[int]bool{0: true, shortestAge: true, shortestAge - 1: false, -1: false} {
		if err := (Config{URL: "ledger.db", KeepMailDays: days}).Validate(); (err == nil) != ok {
			t.Errorf("keep_mail_days = %d: %v", days, err)
		}
	}
}

// Mails that belong to no submission (a refusal, an alert) name people too.
func TestDisposingReachesMailsOfNoSubmission(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		update(t, l, func(ctx context.Context, tx *Tx) error {
			if _, err := tx.Outbox.Add(ctx, OutboxEntry{Kind: "unreadable", Cause: "stranger@example.ca <id>", Detail: []byte(`{"to":"stranger@example.ca"}`), DueAt: noon, Answers: "stranger@example.ca"}); err != nil {
				return err
			}
			if _, err := tx.Outbox.Composed(ctx, noon, 1); err != nil {
				return err
			}
			ids, err := tx.Outbox.AddMails(ctx, noon, []Outgoing{
				{Kind: "unreadable", Cause: "1", Recipient: "stranger@example.ca", Edition: 1, MessageID: "<1@x>", Raw: []byte("to stranger")},
				{Kind: "weekly", Cause: "2026-W48", Recipient: "finance@example.ca", Edition: 1, MessageID: "<2@x>", Raw: []byte("report")},
				{Kind: "alert", Cause: "2", Recipient: "waiting@example.ca", Edition: 1, MessageID: "<3@x>", Raw: []byte("not sent yet")}})
			if err != nil {
				return err
			}
			for _, id := range ids[:2] {
				if _, err := tx.Work.Claim(ctx, ClaimRequest{Step: SendStep, Holder: "run", Now: noon, Until: noon.Add(time.Hour), Most: 1}); err != nil {
					return err
				}
				if _, err := tx.Outbox.StartSending(ctx, noon, "run", []int64{id}); err != nil {
					return err
				}
				if _, err := tx.Outbox.Settle(ctx, noon, Fate{ID: id, Attempt: 1, State: Accepted}); err != nil {
					return err
				}
			}
			return nil
		})
		later := noon.AddDate(1, 0, 0)
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			d, err := tx.Records.Dispose(ctx, later, later, false)
			if d.Outgoing != 1 {
				t.Errorf("disposed of %d mails, want the refusal alone", d.Outgoing)
			}
			return err
		})
		var dump strings.Builder
		view(t, l, func(ctx context.Context, tx *Tx) error {
			for _, table := range Tables() {
				if _, err := tx.Records.Export(ctx, &dump, table, CSV, true); err != nil {
					return err
				}
			}
			return nil
		})
		if strings.Contains(dump.String(), "stranger") {
			t.Error("the sender of a refused mail is still in the ledger")
		}
		for _, keep := range []string{"finance@example.ca", "waiting@example.ca"} {
			if !strings.Contains(dump.String(), keep) {
				t.Errorf("%s went", keep)
			}
		}
	})
}

func TestARestoredLedgerLeavesNumbersOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openTest(t, Config{URL: filepath.Join(dir, "ledger.db")})
	submitted(t, l, 1, request.Approved)
	backup := filepath.Join(dir, "backup.db")
	if err := l.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	lost, _ := submitted(t, l, 2, request.Approved) // its number stands in somebody's mail
	back := Config{URL: filepath.Join(dir, "restored.db")}
	if err := PutBack(back, backup); err != nil {
		t.Fatal(err)
	}
	if err := PutBack(back, backup); err == nil {
		t.Error("a ledger was replaced")
	}
	restored := openTest(t, back)
	decide(t, restored, func(ctx context.Context, tx *Tx) error {
		before, err := tx.Chain.Restored(ctx, noon)
		if before.Seq != 1 {
			t.Errorf("restored as it was at %s", before)
		}
		return err
	})
	next, _ := submitted(t, restored, 3, request.Approved)
	if next.Number != lost.Number+NumbersLeftOut {
		t.Errorf("the next number is %d, and %d was given since the backup", next.Number, lost.Number)
	}
	if got := faults(t, restored); got != "" {
		t.Errorf("the restored ledger does not verify:\n%s", got)
	}
}
