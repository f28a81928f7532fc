package ledger

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"handrail/internal/request"
)

// Two deciders read a total and approve what fits under a limit: together they never pass it, and the chain never
// forks. On PostgreSQL each has connections of its own, as two machines do.
func TestTwoDecidersNeverBothPass(t *testing.T) {
	t.Parallel()
	run := func(t *testing.T, ledgers ...*Ledger) {
		const limit, rounds = 1_000_000, 15 // ten lines of 1,000.00 fit
		var wait sync.WaitGroup
		for i, l := range ledgers {
			wait.Go(func() {
				for n := range rounds {
					if err := decideUnder(t.Context(), l, uint32(100*i+n), limit); err != nil { //nolint:gosec // small
						t.Error(err)
						return
					}
				}
			})
		}
		wait.Wait()
		view(t, ledgers[0], func(ctx context.Context, tx *Tx) error {
			st, err := tx.Status(ctx, noon, 1)
			if err == nil && (st.Lines[request.Approved] != 10 || st.Lines[request.Returned] != len(ledgers)*rounds-10) {
				t.Errorf("lines are %v: ten fit under the limit", st.Lines)
			}
			return err
		})
		if got := faults(t, ledgers[0]); got != "" {
			t.Error(got)
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		l := openTest(t, Config{URL: filepath.Join(t.TempDir(), "ledger.db")})
		run(t, l, l)
	})
	t.Run("postgresql", func(t *testing.T) {
		t.Parallel()
		cfg := postgresConfig(t)
		run(t, openTest(t, cfg), openTest(t, cfg))
	})
}

func decideUnder(ctx context.Context, l *Ledger, uid uint32, limit int64) error {
	var id int64
	if err := l.Update(ctx, func(tx *Tx) error {
		added, err := tx.Messages.Add(ctx, noon, []Incoming{{Box: inbox, UID: uid, Received: noon, Raw: fmt.Append(nil, uid)}})
		if err == nil {
			id = added[0].ID
		}
		return err
	}); err != nil {
		return err
	}
	return l.Decide(ctx, func(tx *Tx) error {
		today := request.DateOf(noon)
		sums, err := tx.Totals.Sums(ctx, []SumQuery{{Key: "name:atelier nord|CC1", Currency: "CAD", From: today.AddDays(-30), To: today}})
		if err != nil {
			return err
		}
		time.Sleep(time.Millisecond) // room for the other one
		o := request.Approved
		if sums[0].Minor+100_000 > limit {
			o = request.Returned
		}
		_, _, err = addSubmission(ctx, tx, id, o)
		return err
	})
}

// Whatever is added, moved and superseded: every total is the sum of the waiting and approved lines in their latest
// version, recomputed here from the lines alone.
func TestTotalsEqualRecomputedSums(t *testing.T) {
	t.Parallel()
	l := openTest(t, Config{URL: filepath.Join(t.TempDir(), "ledger.db")})
	uid := uint32(0)
	keys := []string{"a", "b", "c"}
	var all []NewLine
	rapid.Check(t, func(r *rapid.T) {
		uid++
		mail := collected(t, l, uid, fmt.Sprint(uid))[0]
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			s, _, err := addSubmission(ctx, tx, mail.ID)
			if err != nil {
				return err
			}
			var lines []NewLine
			for i := range rapid.IntRange(0, 5).Draw(r, "lines") {
				n := testLine(s, s.ID, i+1, rapid.SampledFrom([]request.Outcome{request.Approved, request.Escalated, request.Returned}).Draw(r, "outcome"))
				n.Amount = rapid.Int64Range(-500, 100_000).Draw(r, "amount")
				n.Day = n.Day.AddDays(-rapid.IntRange(0, 40).Draw(r, "days"))
				n.Keys = rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 0, 3, rapid.ID[string]).Draw(r, "keys")
				lines = append(lines, n)
			}
			if len(all) > 0 && len(lines) > 0 {
				old := rapid.SampledFrom(all).Draw(r, "old")
				now, err := tx.Lines.ByID(ctx, []int64{old.ID})
				if err != nil {
					return err
				}
				if now[0].Outcome != request.Superseded {
					lines[0].Supersedes = old.ID
				}
			}
			if err := tx.Lines.Add(ctx, noon, lines, nil); err != nil {
				return err
			}
			all = append(all, lines...)
			for _, n := range lines {
				to := rapid.SampledFrom([]request.Outcome{request.Approved, request.Declined, request.Withdrawn}).Draw(r, "to")
				if n.Outcome == request.Escalated {
					if _, err := moveLine(ctx, tx, noon, Move{Line: n.ID, From: n.Outcome, To: to, By: "o"}); err != nil {
						return err
					}
				}
			}
			return nil
		})
		from := request.DateOf(noon).AddDays(-rapid.IntRange(0, 45).Draw(r, "from"))
		q := SumQuery{Key: rapid.SampledFrom(keys).Draw(r, "key"), Currency: "CAD", From: from, To: request.DateOf(noon)}
		view(t, l, func(ctx context.Context, tx *Tx) error {
			got, err := tx.Totals.Sums(ctx, []SumQuery{q})
			if err != nil {
				return err
			}
			none := q
			none.Key = "nobody's"
			lists, err := tx.Totals.LinesOf(ctx, []SumQuery{none, q, none}, 1_000_000)
			if err != nil {
				return err
			}
			if len(lists[0].Lines)+len(lists[2].Lines) > 0 {
				r.Fatalf("what nothing is added under lists lines: %v", lists)
			}
			listed := lists[1].Lines
			if lists, err = tx.Totals.LinesOf(ctx, []SumQuery{q}, 3); err != nil {
				return err
			}
			first := lists[0].Lines
			if want := listed[:min(len(listed), 3)]; !slices.EqualFunc(first, want, func(a, b Line) bool { return a.ID == b.ID }) {
				r.Fatalf("the first three of %d lines are others", len(listed))
			}
			if want := recompute(t, tx, q, all); got[0] != want || len(listed) != want.Lines {
				r.Fatalf("the ledger says %v and lists %d lines, the lines say %v", got[0], len(listed), want)
			}
			return nil
		})
	})
	if got := faults(t, l); got != "" {
		t.Error(got)
	}
}

func recompute(t *testing.T, tx *Tx, q SumQuery, all []NewLine) (s Sum) {
	t.Helper()
	ids := make([]int64, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	lines, err := tx.Lines.ByID(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		for _, k := range l.Keys {
			if k == q.Key && (l.Outcome == request.Approved || l.Outcome == request.Escalated) && l.Amount > 0 &&
				!l.Day.Before(q.From) && !l.Day.After(q.To) {
				s.Minor += l.Amount
				s.Lines++
			}
		}
	}
	return s
}
