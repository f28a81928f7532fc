package ledger

import (
	"context"
	"testing"

	"handrail/internal/request"
)

func TestJudgingASubmission(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		s, lines := submitted(t, l, 1, request.Approved, request.Escalated, request.Returned)
		if lines[1].Reference != "HR-2026-000001-02" || lines[1].ID == 0 {
			t.Errorf("line 2 is %q with id %d", lines[1].Reference, lines[1].ID)
		}
		view(t, l, func(ctx context.Context, tx *Tx) error {
			sums, err := tx.Totals.Sums(ctx, []SumQuery{{Key: "name:atelier nord|CC1", Currency: "CAD", From: s.Received.AddDays(-364), To: s.Received}})
			if err != nil {
				return err
			}
			if want := (Sum{200_000, 2}); sums[0] != want {
				t.Errorf("sum is %v, want %v", sums[0], want)
			}
			kept, err := tx.Lines.OfSubmissions(ctx, []int64{s.ID})
			if err != nil {
				return err
			}
			if len(kept) != 3 || string(kept[0].Facts) != `{"line":{"row":10}}` || kept[1].DecidedAt.IsZero() == false {
				t.Errorf("lines came back as %+v", kept)
			}
			return nil
		})
	})
}
