package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"handrail/internal/request"
)

func TestReleasedQuarantineIsTheNextAttempt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		first := collected(t, l, 1, "mail")[0]
		if again := collected(t, l, 1, "mail")[0]; again.New || again.ID != first.ID {
			t.Errorf("the same UID gave %+v", again)
		}
		update(t, l, func(ctx context.Context, tx *Tx) error {
			won, err := tx.Messages.Judge(ctx, noon, MessageVerdict{ID: first.ID, Quarantine: true, Kind: "other", Reason: "unauthenticated"})
			lost, err2 := tx.Messages.Judge(ctx, noon, MessageVerdict{ID: first.ID})
			if !won || lost {
				t.Errorf("judging won %v, judging again %v", won, lost)
			}
			return errors.Join(err, err2)
		})
		back := collected(t, l, 2, "mail")[0]
		if !back.New || back.Attempt != 2 || back.SameAs != first.ID {
			t.Errorf("what came back is %+v", back)
		}
		view(t, l, func(ctx context.Context, tx *Tx) error {
			m, _, err := tx.Messages.Get(ctx, first.ID)
			if err == nil && (m.State != Released || string(m.Raw) != "mail" || !m.ReceivedAt.Equal(noon)) {
				t.Errorf("the first row is %+v", m)
			}
			row, found, err2 := tx.Messages.Row(ctx, first.ID)
			m.Raw = nil
			if err2 == nil && (!found || !reflect.DeepEqual(row, m)) {
				t.Errorf("without its bytes it is %+v", row)
			}
			return errors.Join(err, err2)
		})
	})
}

func TestOneCopyOfASubmissionCounts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		mails := collected(t, l, 1, "list copy", "direct copy")
		s := Submission{Attachment: DigestOf([]byte("x")), Sender: "A@example.ca", MailID: "<1@x>", Year: 2026, Number: 1, ReceivedAt: noon}
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			s.Message = mails[0].ID
			id, err := tx.Submissions.Add(ctx, noon, s)
			copied := s
			copied.Message, copied.Sender, copied.Number = mails[1].ID, "a@example.ca", 2
			again, err2 := tx.Submissions.Add(ctx, noon, copied)
			found, ok, err3 := tx.Submissions.FindCopy(ctx, copied)
			if id == 0 || again != 0 || !ok || found.ID != id {
				t.Errorf("ids are %d and %d, found %v %d", id, again, ok, found.ID)
			}
			return errors.Join(err, err2, err3)
		})
	})
}

// Many senders reach for the same mail: one gets it, and the fate of an attempt that was given up changes nothing.
func TestOneSenderOfAMail(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		var ids []int64
		update(t, l, func(ctx context.Context, tx *Tx) (err error) {
			ids, err = tx.Outbox.AddMails(ctx, noon, []Outgoing{
				{Kind: "answer", Cause: "1", Recipient: "a@x", Edition: 1, MessageID: "<a>", Raw: []byte("raw")},
				{Kind: "answer", Cause: "1", Recipient: "b@x", Edition: 1, MessageID: "<b>", Raw: []byte("raw"), Hold: true, NextAt: noon.Add(time.Hour)},
				{Kind: "answer", Cause: "1", Recipient: "a@x", Edition: 1, MessageID: "<c>", Raw: []byte("raw")}})
			return err
		})
		if ids[0] == 0 || ids[1] == 0 || ids[2] != 0 {
			t.Fatalf("ids are %v", ids)
		}
		var mine atomic.Int64
		var wait sync.WaitGroup
		for n := range 6 {
			wait.Go(func() {
				_ = l.Update(t.Context(), func(tx *Tx) error {
					holder := fmt.Sprint("run ", n)
					if _, err := tx.Work.Claim(t.Context(), ClaimRequest{Step: SendStep, Holder: holder, Now: noon, Until: noon.Add(time.Minute), Most: 10}); err != nil {
						t.Error(err)
					}
					out, err := tx.Outbox.StartSending(t.Context(), noon, holder, ids[:2])
					if err != nil {
						t.Error(err)
					}
					for _, m := range out {
						mine.Add(1)
						if m.ID != ids[0] || string(m.Raw) != "raw" || m.Attempts != 1 {
							t.Errorf("to send is %+v", m)
						}
					}
					return err
				})
			})
		}
		wait.Wait()
		if mine.Load() != 1 {
			t.Errorf("%d senders got the mail", mine.Load())
		}
		update(t, l, func(ctx context.Context, tx *Tx) error {
			died, aside, err0 := tx.Work.ReleaseDead(ctx, "another", noon.Add(time.Hour), false)
			if err0 != nil || died != 1 || len(aside) != 0 {
				t.Errorf("%d rows were in a dead hand, %d are aside: %v", died, len(aside), err0)
			}
			stale, err := tx.Outbox.Settle(ctx, noon, Fate{ID: ids[0], Attempt: 1, State: Accepted})
			for _, alone := range []bool{false, true} {
				if _, err := tx.Work.Claim(ctx, ClaimRequest{Step: SendStep, Holder: "another", Now: noon.Add(time.Hour), Until: noon.Add(2 * time.Hour), Most: 10, Alone: alone}); err != nil {
					return err
				}
			}
			out, err2 := tx.Outbox.StartSending(ctx, noon.Add(time.Hour), "another", ids[:2])
			n, err3 := tx.Outbox.Settle(ctx, noon, Fate{ID: ids[0], Attempt: 2, State: Accepted, Words: "250 ok"}, Fate{ID: ids[1], Attempt: 1, State: Deferred, NextAt: noon.Add(2 * time.Hour)})
			if stale != 0 || len(out) != 2 || n != 2 {
				t.Errorf("stale %d, due %d, settled %d", stale, len(out), n)
			}
			p, err4 := tx.Work.Pending(ctx, noon.Add(time.Hour))
			if p.Due[SendStep] != 0 || p.Later != 1 || !p.NextAt.Equal(noon.Add(2*time.Hour)) {
				t.Errorf("pending is %+v", p)
			}
			return errors.Join(err, err2, err3, err4)
		})
	})
}

func TestTokenIsTakenOnceAndOnlyForTheLineItWasMadeFor(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		s, lines := submitted(t, l, 1, request.Escalated, request.Escalated)
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			ids, err := tx.Escalations.Add(ctx, noon, []Escalation{{Code: "k7", Officer: "o@x", Submission: s.ID, NextAt: noon.Add(time.Hour), ExpiresAt: noon.Add(2 * time.Hour),
				Tokens: []Token{{Line: lines[0].ID, Ordinal: 1, Digest: lines[0].Digest}, {Line: lines[1].ID, Ordinal: 2, Digest: DigestOf([]byte("another"))}}}})
			if err != nil {
				return err
			}
			take := func(at time.Time, line int64) bool {
				won, err := tx.Escalations.ConsumeToken(ctx, at, ids[0], line, s.Message)
				if err != nil {
					t.Fatal(err)
				}
				return won
			}
			if take(noon, lines[1].ID) || !take(noon.Add(3*time.Hour), lines[0].ID) || take(noon, lines[0].ID) {
				t.Error("a token was taken for a changed line, twice, or not because its code is old")
			}
			won, err := moveLine(ctx, tx, noon, Move{Line: lines[0].ID, From: request.Escalated, To: request.Approved, By: "o@x", Expect: lines[0].Digest})
			if err != nil || !won {
				t.Errorf("won %v, %v", won, err)
			}
			if _, err := tx.Escalations.Close(ctx, noon, []int64{lines[0].ID, lines[1].ID}); err != nil {
				return err
			}
			e, found, err := tx.Escalations.ByCode(ctx, "k7")
			if !found || e.State != EscalationDecided || len(e.Tokens) != 2 || e.Tokens[0].ConsumedBy != s.Message {
				t.Errorf("the escalation is %+v", e)
			}
			if _, err := moveLine(ctx, tx, noon, Move{Line: lines[0].ID, From: request.Declined, To: request.Approved}); !errors.Is(err, errMove) {
				t.Errorf("declined to approved says %v", err)
			}
			return err
		})
	})
}

func TestOverlappingStatementsCountTheLargerNumber(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		row := func(occurrence int) Charge {
			return Charge{Identity: DigestOf([]byte("row")), Occurrence: occurrence, Amount: -5, Currency: "CAD", Card: "1234", Transacted: request.DateOf(noon)}
		}
		update(t, l, func(ctx context.Context, tx *Tx) error {
			_, one, err := tx.Charges.AddStatement(ctx, noon, Statement{SHA256: DigestOf([]byte("1"))}, []Charge{row(1)})
			_, two, err2 := tx.Charges.AddStatement(ctx, noon, Statement{SHA256: DigestOf([]byte("2"))}, []Charge{row(1), row(2)})
			_, again, err3 := tx.Charges.AddStatement(ctx, noon, Statement{SHA256: DigestOf([]byte("2"))}, []Charge{row(1), row(2)})
			if one != 1 || two != 1 || again != 0 {
				t.Errorf("added %d, %d, %d", one, two, again)
			}
			n := 0
			err4 := tx.Charges.Between(ctx, request.DateOf(noon), request.DateOf(noon), func(*Charge) error { n++; return nil })
			if n != 2 {
				t.Errorf("%d charges", n)
			}
			return errors.Join(err, err2, err3, err4)
		})
	})
}

func TestStatesAreTheseAndNoOthers(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		submitted(t, l, 1, request.Approved)
		for _, text := range []string{"UPDATE message SET state = 'x'", "UPDATE line SET outcome = 'x'"} {
			if err := l.Update(t.Context(), func(tx *Tx) error { _, err := tx.exec(t.Context(), text); return err }); err == nil {
				t.Errorf("%s went through", text)
			}
		}
	})
}

func TestTroublesSayWhatToDo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "ledger.db")
	expect := func(err error, want Trouble) {
		t.Helper()
		var e *Error
		if !errors.As(err, &e) || e.Trouble != want || e.Hint.FR == "" {
			t.Errorf("error is %v, want %s", err, want)
		}
	}
	_, err := Open(t.Context(), Config{URL: path}, Read)
	expect(err, Absent)
	text := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(text, []byte("these are notes, and much longer than a hundred bytes, so that nobody could take them for an empty database file of any kind"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), Config{URL: text}, Run)
	expect(err, NotALedger)
	l := openTest(t, Config{URL: path})
	_, err = Open(t.Context(), Config{URL: path}, Run)
	expect(err, Locked)
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v", info.Mode())
	}
	if _, err := l.write.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)"); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), Config{URL: path}, Write)
	expect(err, Newer)
}

// Many commands that make a ledger at once make one, and those that bring one up to date at once do it once.
func TestOpeningAtOnceMigratesOnce(t *testing.T) {
	t.Parallel()
	atOnce := func(t *testing.T, open func() (*Ledger, error), allowed ...Trouble) (opened int) {
		var wait sync.WaitGroup
		var mu sync.Mutex
		for range 8 {
			wait.Go(func() {
				l, err := open()
				mu.Lock()
				defer mu.Unlock()
				var trouble *Error
				switch {
				case err == nil:
					opened++
					_ = l.Close()
				case !errors.As(err, &trouble) || !slices.Contains(allowed, trouble.Trouble):
					t.Error(err)
				}
			})
		}
		wait.Wait()
		return opened
	}
	run := func(t *testing.T, cfg Config, beside Mode) {
		if n := atOnce(t, func() (*Ledger, error) { return Create(t.Context(), cfg) }, Exists, Locked); n != 1 {
			t.Errorf("%d made the ledger", n)
		}
		if n := atOnce(t, func() (*Ledger, error) { return Open(t.Context(), cfg, beside) }); n != 8 {
			t.Errorf("%d of 8 opened it", n)
		}
	}
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); run(t, Config{URL: filepath.Join(t.TempDir(), "l.db")}, Write) })
	t.Run("postgresql", func(t *testing.T) { t.Parallel(); run(t, postgresConfig(t), Run) })
	for version, dump := range earlier(t) {
		if version != 1 {
			continue
		}
		t.Run("an old one on postgresql", func(t *testing.T) {
			t.Parallel()
			cfg := postgresConfig(t)
			restorePostgreSQL(t, cfg, dump, version)
			if n := atOnce(t, func() (*Ledger, error) { return Open(t.Context(), cfg, Run) }); n != 8 {
				t.Errorf("%d of 8 opened it", n)
			}
		})
	}
}

// A commit is on the disk when it returns, and what the ledger asks of its database for that is not taken on trust.
func TestCommitsAreOnTheDiskWhenTheyReturn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		ask := map[string]string{"PRAGMA synchronous": "2", "PRAGMA journal_mode": "wal", "PRAGMA foreign_keys": "1", "PRAGMA secure_delete": "1"}
		if l.dialect == PostgreSQL {
			ask = map[string]string{"SHOW synchronous_commit": "on"}
		}
		for query, want := range ask {
			var got string
			if err := l.write.QueryRow(query).Scan(&got); err != nil || got != want {
				t.Errorf("%s is %q, want %q (%v)", query, got, want, err)
			}
		}
	})
}

// Deciding with a clock that is behind the newest entry is refused; restoring says that the ledger was ahead, and goes on.
func TestAClockBehindTheLedgerDecidesNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		_, lines := history(t, l)
		early := noon.AddDate(0, -1, 0)
		err := l.Decide(t.Context(), func(tx *Tx) error {
			_, err := moveLine(t.Context(), tx, early, Move{Line: lines[0].ID, From: request.Approved, To: request.Withdrawn, By: "a@example.ca"})
			return err
		})
		var trouble *Error
		if !errors.As(err, &trouble) || trouble.Trouble != ClockBehind || trouble.Hint.FR == "" || !errors.As(l.CheckClock(t.Context(), early), &trouble) {
			t.Fatalf("it says %v", err)
		}
		if err := l.CheckClock(t.Context(), noon.Add(-clockSlack/2)); err != nil {
			t.Errorf("machines that differ by minutes: %v", err)
		}
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			_, err := tx.Chain.Restored(ctx, early)
			return err
		})
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			won, err := moveLine(ctx, tx, early.Add(time.Minute), Move{Line: lines[0].ID, From: request.Approved, To: request.Withdrawn, By: "a@example.ca"})
			if err == nil && !won {
				t.Error("it did not go on")
			}
			return err
		})
		if got := faults(t, l); got != "" {
			t.Error(got)
		}
	})
}
