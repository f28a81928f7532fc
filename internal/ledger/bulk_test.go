package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"handrail/internal/request"
)

// A list may name a thing as often as it likes and be as long as it likes: every row comes once.
func TestAListThatRepeatsItselfGivesEachRowOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		s, lines := submitted(t, l, 1, request.Approved, request.Approved, request.Approved)
		for _, times := range []int{1, 255, 257, 1000} {
			view(t, l, func(ctx context.Context, tx *Tx) error {
				submissions, ids := slices.Repeat([]int64{s.ID}, times), slices.Repeat([]int64{lines[2].ID, lines[0].ID}, times)
				of, err := tx.Lines.OfSubmissions(ctx, submissions)
				found, err2 := tx.Submissions.ByID(ctx, submissions)
				byID, err3 := tx.Lines.ByID(ctx, ids)
				inFull, err4 := tx.Lines.InFull(ctx, ids)
				byReference, err5 := tx.Lines.ByReference(ctx, slices.Repeat([]string{lines[1].Reference}, times))
				if len(of) != 3 || len(found) != 1 || len(byID) != 2 || len(inFull) != 2 || len(byReference) != 1 {
					t.Errorf("asked %d times: %d lines of %d submissions, %d by id, %d in full, %d by reference", times, len(of), len(found), len(byID), len(inFull), len(byReference))
				}
				return errors.Join(err, err2, err3, err4, err5)
			})
		}
	})
}

func TestDistinctKeepsTheOrderAndTheListItself(t *testing.T) {
	t.Parallel()
	digests := slices.Repeat([][]byte{{2}, {1}, {2}}, 200)
	if got := distinct(digests); fmt.Sprint(got) != "[[2] [1]]" || len(digests) != 600 || digests[2][0] != 2 {
		t.Errorf("digests: %v", got)
	}
	if got := distinct([]string{"b", "a", "b"}); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("texts: %v", got)
	}
	if got := distinct([]int64(nil)); len(got) != 0 {
		t.Errorf("nothing: %v", got)
	}
}
