package ledger

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"handrail/internal/request"
)

// What counted when a line was judged is told whatever became of it since, and is found without looking at every line.
func TestWhatCountedBeforeIsFoundByItsKey(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		_, lines := submitted(t, l, 1, request.Approved, request.Escalated, request.Escalated, request.Returned, request.Escalated)
		_, judged := submitted(t, l, 2, request.Approved)
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			_, err := tx.Lines.Move(ctx, noon, []Move{
				{Line: lines[0].ID, From: request.Approved, To: request.Withdrawn}, {Line: lines[1].ID, From: request.Escalated, To: request.Declined},
				{Line: lines[2].ID, From: request.Escalated, To: request.Approved}})
			return err
		})
		submitted(t, l, 3, request.Approved) // judged later
		view(t, l, func(ctx context.Context, tx *Tx) error {
			q := SumQuery{Key: lines[0].Keys[1], Currency: "CAD", From: lines[0].Day, To: lines[0].Day, ExcludeSubmission: judged[0].Submission}
			found, err := tx.Totals.CountedBefore(ctx, q, judged[0].ChainSeq)
			var got []string
			for _, f := range found {
				got = append(got, f.Reference[len(f.Reference)-9:]+" "+string(f.Outcome))
			}
			want := []string{"000001-05 escalated", "000001-03 approved", "000001-02 declined", "000001-01 withdrawn"}
			if !slices.Equal(got, want) {
				t.Errorf("counted then: %q, want %q", got, want)
			}
			return err
		})
	})
}

// What is asked about one line or one request is found by an index: no plan walks through a table that grows with the ledger.
func TestNoPlanWalksThroughTheLedger(t *testing.T) {
	t.Parallel()
	l := openTest(t, Config{URL: filepath.Join(t.TempDir(), "ledger.db")})
	for name, q := range map[string]struct {
		text string
		args []any
	}{
		"what counted before":    {countedBefore, []any{1, "CAD", "2026-01-01", "2026-12-31", 1, "%k%", "k"}},
		"escalations of one":     {"SELECT e.id FROM escalation e WHERE " + escalationsOf, []any{1}},
		"mails of one":           {"SELECT o.id FROM outgoing o WHERE " + outgoingOf, []any{1}},
		"what was owed for one":  {"SELECT o.message FROM owed o WHERE o.submission = $1", []any{1}},
		"the mails of a record":  {"SELECT m.id FROM message m WHERE m.id IN (" + theirMessages + ")", []any{1}},
		"the versions of a line": {"SELECT l.id FROM line l WHERE l.supersedes = $1", []any{1}},
	} {
		view(t, l, func(ctx context.Context, tx *Tx) error {
			return tx.each(ctx, func(scan func(...any) error) error {
				var id, parent, unused int
				var detail string
				err := scan(&id, &parent, &unused, &detail)
				for _, table := range []string{"l", "o", "t", "e", "m", "s", "line", "owed"} {
					if detail == "SCAN "+table || strings.HasPrefix(detail, "SCAN "+table+" ") {
						t.Errorf("%s: %s", name, detail)
					}
				}
				return err
			}, "EXPLAIN QUERY PLAN "+q.text, q.args...)
		})
	}
}

// An approval that was taken back counts on from the day of that, under the keys that it has now, and no longer than is asked for.
func TestWhatWasTakenBackCountsOn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		_, lines := submitted(t, l, 1, request.Approved, request.Approved, request.Escalated, request.Escalated)
		day := lines[0].Day
		key := lines[0].Keys[1]
		sum := func(key string, since request.Date, until request.Date) (s Sum, taken int) {
			view(t, l, func(ctx context.Context, tx *Tx) error {
				q := SumQuery{Key: key, Currency: "CAD", From: day, To: until, TakenSince: since}
				sums, err := tx.Totals.Sums(ctx, []SumQuery{q, q})
				if err != nil {
					return err
				}
				if sums[0] != sums[1] {
					t.Errorf("one question has two answers: %+v", sums)
				}
				lists, err := tx.Totals.LinesOf(ctx, []SumQuery{q}, 10)
				if err != nil {
					return err
				}
				s, taken = sums[0], len(lists[0].Taken)
				return nil
			})
			return s, taken
		}
		before, _ := sum(key, request.Date{}, day)
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			_, err := tx.Lines.Move(ctx, noon, []Move{
				{Line: lines[0].ID, From: request.Approved, To: request.Withdrawn, Day: day.AddDays(3)},
				{Line: lines[1].ID, From: request.Approved, To: request.Revoked, Day: day.AddDays(5)},
				{Line: lines[2].ID, From: request.Escalated, To: request.Withdrawn}, {Line: lines[3].ID, From: request.Escalated, To: request.Declined}})
			return err
		})
		for _, c := range []struct {
			since, until request.Date
			minor        int64
			lines        int
		}{
			{request.Date{}, day, 0, 0},
			{day, day, lines[0].Amount + lines[1].Amount, 2},
			{day.AddDays(3), day, lines[0].Amount + lines[1].Amount, 2},
			{day.AddDays(4), day, lines[1].Amount, 1},
			{day.AddDays(6), day, 0, 0},
			{day, day.AddDays(-1), 0, 0}, // their own day is outside the window
		} {
			if s, n := sum(key, c.since, c.until); s != (Sum{c.minor, c.lines}) || n != c.lines {
				t.Errorf("taken back since %s, until %s: %+v, %d listed; want %d over %d (%+v before)", c.since, c.until, s, n, c.minor, c.lines, before)
			}
		}
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			_, err := tx.Totals.Rekey(ctx, 0, 100, func(*Line) []string { return []string{"another key"} })
			return err
		})
		if s, _ := sum(key, day, day); s != (Sum{}) {
			t.Errorf("under the old key: %+v", s)
		}
		if s, _ := sum("another key", day.AddDays(4), day); s != (Sum{lines[1].Amount, 1}) {
			t.Errorf("under the new key: %+v", s)
		}
		if got := faults(t, l); got != "" {
			t.Error(got)
		}
	})
}
