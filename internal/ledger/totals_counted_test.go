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
