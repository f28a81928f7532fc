package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"handrail/internal/request"
)

// answered proposes a change of the scope under a code, with a message, and has one owner approve it, who reasons, and another approve or decline. What
// is approved is in force then.
func answered(t testing.TB, l *Ledger, scope string, approves bool) Change {
	t.Helper()
	now := noon.Add(clockSlack / 2)
	var c Change
	decide(t, l, func(ctx context.Context, tx *Tx) (err error) {
		text := []byte("text of " + scope)
		hash := "sha256:" + DigestOf(text).String()
		if err := tx.Documents.KeepText(ctx, now, Text{Hash: hash, Kind: "policy", Body: text}); err != nil {
			return err
		}
		c, err = tx.Changes.Propose(ctx, now, Change{Kind: "policy", Scope: scope, Hash: hash, Base: "sha256:" + strings.Repeat("0", 64), Code: "code-" + scope,
			ProposedBy: "a@example.ca", From: request.Date{Year: 2026, Month: 12, Day: 1}, Message: 1, Detail: []byte(`{"tests":"x"}`), NextAt: now})
		if err != nil {
			return err
		}
		if err := tx.Changes.Answer(ctx, now, ChangeAnswer{Change: c.ID, Owner: "b@example.ca", Role: "finance", Approves: approves, Reason: "because", Message: 1}); err != nil {
			return err
		}
		if !approves {
			return tx.Changes.Decline(ctx, now, c.ID, "b@example.ca")
		}
		if err := tx.Changes.Approve(ctx, now, c.ID); err != nil {
			return err
		}
		return tx.Changes.Enforce(ctx, now, c.ID)
	})
	return c
}

// What is proposed waits, is answered and comes into force or not; the chain vouches for each of these, and disposal takes who it was.
func TestChangesAreKept(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		history(t, l)
		now := noon.Add(clockSlack / 2)
		open := func(hash, by, code string) (c Change) {
			t.Helper()
			decide(t, l, func(ctx context.Context, tx *Tx) (err error) {
				c, err = tx.Changes.Propose(ctx, now, Change{Kind: "policy", Scope: "requests", Hash: hash, Code: code, ProposedBy: by, NextAt: now.Add(time.Hour)})
				return err
			})
			return c
		}
		first := open("h1", "", "one")
		if again := open("h1", "", "two"); again.ID != first.ID || again.Code != "one" {
			t.Errorf("the same text again is another: %+v", again)
		}
		second := open("h2", "a@example.ca", "three")
		view(t, l, func(ctx context.Context, tx *Tx) error {
			was, _, err := tx.Changes.ByCode(ctx, "one")
			if err != nil || was.State != ChangeReplaced || !was.NextAt.IsZero() {
				t.Errorf("%+v %v", was, err)
			}
			waiting, err := tx.Changes.Waiting(ctx)
			if len(waiting) != 1 || waiting[0].ID != second.ID || waiting[0].ProposedBy != "a@example.ca" {
				t.Errorf("%+v", waiting)
			}
			return err
		})
		update(t, l, func(ctx context.Context, tx *Tx) error {
			due, err := tx.Changes.Due(ctx, now.Add(time.Hour))
			if err != nil || len(due) != 1 {
				t.Fatalf("%d are due, %v", len(due), err)
			}
			noted, err := tx.Changes.Reminded(ctx, &due[0], now.Add(2*time.Hour))
			again, e := tx.Changes.Reminded(ctx, &due[0], now.Add(2*time.Hour))
			if !noted || again {
				t.Error("a reminder is noted never, or twice")
			}
			return errors.Join(err, e)
		})
		say := func(id int64, who string, approves bool) {
			t.Helper()
			decide(t, l, func(ctx context.Context, tx *Tx) error {
				return tx.Changes.Answer(ctx, now, ChangeAnswer{Change: id, Owner: who, Role: "finance", Approves: approves})
			})
		}
		say(second.ID, "b@example.ca", false)
		say(second.ID, "b@example.ca", true)
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			answers, err := tx.Changes.Answers(ctx, second.ID)
			if len(answers) != 1 || !answers[0].Approves {
				t.Errorf("the last word of an owner: %+v", answers)
			}
			if tx.Changes.Enforce(ctx, now, second.ID) == nil {
				t.Error("in force without having been approved")
			}
			return errors.Join(err, tx.Changes.Approve(ctx, now, second.ID))
		})
		decide(t, l, func(ctx context.Context, tx *Tx) error { return tx.Changes.Enforce(ctx, now, second.ID) })
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			if err := tx.Changes.Answer(ctx, now, ChangeAnswer{Change: second.ID, Owner: "c@example.ca"}); !errors.Is(err, ErrChangeOver) {
				t.Errorf("answered when it was over: %v", err)
			}
			if err := tx.Changes.Decline(ctx, now, second.ID, "c@example.ca"); !errors.Is(err, ErrChangeOver) {
				t.Errorf("declined when it was in force: %v", err)
			}
			by, ok, err := tx.Changes.BehindText(ctx, "policy", "requests", "h2")
			if !ok || by.ProposedBy != "a@example.ca" || len(by.Approved) != 1 || by.Approved[0] != "b@example.ca" {
				t.Errorf("%+v", by)
			}
			return err
		})
		answered(t, l, "b", true)
		answered(t, l, "c", false)
		if got := faults(t, l); got != "" {
			t.Fatal(got)
		}
		for _, change := range []string{"UPDATE change SET proposed_by = 'x@example.ca' WHERE scope = 'b'", "UPDATE change SET state = 'in-force' WHERE scope = 'c'",
			"UPDATE change SET hash = 'other' WHERE scope = 'b'", "UPDATE change SET approved_seq = ended_seq WHERE scope = 'b'",
			"DELETE FROM change_answer", "UPDATE change_answer SET owner = 'x@example.ca'", "UPDATE change_answer SET approves = 1 - approves"} {
			given := errors.New("given up")
			err := l.Decide(t.Context(), func(tx *Tx) error {
				if _, err := tx.exec(t.Context(), change); err != nil {
					return err
				}
				if v, err := tx.Chain.Verify(t.Context()); err != nil || len(v.Faults) == 0 {
					t.Errorf("%s: nobody noticed, %v", change, err)
				}
				return given
			})
			if !errors.Is(err, given) {
				t.Error(change, err)
			}
		}
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			_, err := tx.Records.Dispose(ctx, now, noon.Add(24*time.Hour), false)
			return err
		})
		view(t, l, func(ctx context.Context, tx *Tx) error {
			all, err := tx.Changes.All(ctx, "")
			if len(all) != 4 {
				t.Errorf("%d changes are left", len(all))
			}
			for _, c := range all {
				answers, e := tx.Changes.Answers(ctx, c.ID)
				err = errors.Join(err, e)
				if strings.Contains(c.ProposedBy+c.EndedBy, "@") || len(answers) > 0 && strings.Contains(answers[0].Owner, "@") {
					t.Errorf("%+v %+v still says who", c, answers)
				}
			}
			return err
		})
		if got := faults(t, l); got != "" {
			t.Error(got)
		}
	})
}

// What came into force is told once to each, and the first text of all is no change.
func TestWhatCameIntoForceIsToldOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		now := noon
		for _, text := range []string{"a", "b", "c"} {
			decide(t, l, func(ctx context.Context, tx *Tx) error {
				_, err := tx.Documents.PutInForce(ctx, now, "requests", Text{Hash: text, Kind: "policy", Body: []byte(text)})
				return err
			})
		}
		for _, want := range []int{2, 0} {
			update(t, l, func(ctx context.Context, tx *Tx) error {
				list, err := tx.Changes.ToTell(ctx, "o@example.ca", now.Add(-time.Hour), "policy", "register")
				if len(list) != want {
					t.Errorf("%d to tell, not %d: %+v", len(list), want, list)
				}
				for _, k := range list {
					if k.Scope != "requests" || k.Before == "" {
						t.Errorf("%+v", k)
					}
					err = errors.Join(err, tx.Changes.Told(ctx, now, "o@example.ca", k.Seq))
				}
				return err
			})
		}
		view(t, l, func(ctx context.Context, tx *Tx) error {
			list, err := tx.Changes.ToTell(ctx, "p@example.ca", now.Add(-time.Hour), "policy")
			if len(list) != 2 {
				t.Errorf("another was told as well: %+v", list)
			}
			return err
		})
	})
}

// What is to be told is found by the index of those links, however long the chain is.
func TestWhatIsToBeToldIsFoundByItsIndex(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		view(t, l, func(ctx context.Context, tx *Tx) error {
			explain := "EXPLAIN QUERY PLAN " + toTell
			if l.dialect == PostgreSQL {
				explain = "EXPLAIN " + toTell
				if _, err := tx.SQL().ExecContext(ctx, "SET LOCAL enable_seqscan = off"); err != nil { // an empty chain is read whole
					return err
				}
			}
			rows, err := tx.SQL().QueryContext(ctx, explain, int64(0), "o@example.ca")
			if err != nil {
				return err
			}
			defer func() { _ = rows.Close() }()
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			var plan strings.Builder
			for rows.Next() {
				cells := make([]any, len(columns))
				for i := range cells {
					cells[i] = new(any)
				}
				if err := rows.Scan(cells...); err != nil {
					return err
				}
				fmt.Fprintln(&plan, *cells[len(cells)-1].(*any))
			}
			if !strings.Contains(plan.String(), "chain_in_force") {
				t.Errorf("the index is not used:\n%s", plan.String())
			}
			return rows.Err()
		})
	})
}

// Of a kind that the index leaves out nobody would hear.
func TestAKindThatNobodyIsToldOfIsRefused(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		view(t, l, func(ctx context.Context, tx *Tx) error {
			if _, err := tx.Changes.ToTell(ctx, "o@example.ca", noon, "templates"); err == nil {
				t.Error("it is not refused")
			}
			return nil
		})
	})
}
