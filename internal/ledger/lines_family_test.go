package ledger

import (
	"context"
	"testing"

	"handrail/internal/request"
)

// Lines are followed to their latest version and to the first of their family, many of them at once.
func TestLinesAreFollowedThroughTheirFamilies(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		_, first := submitted(t, l, 1, request.Approved, request.Returned, request.Approved)
		uid := uint32(1)
		add := func(change func(n *NewLine)) (line NewLine) {
			uid++
			mail := collected(t, l, uid, string(rune('a'+uid)))[0]
			decide(t, l, func(ctx context.Context, tx *Tx) error {
				s, _, err := addSubmission(ctx, tx, mail.ID)
				if err != nil {
					return err
				}
				lines := []NewLine{testLine(s, s.ID, 1, request.Approved)}
				change(&lines[0])
				err = tx.Lines.Add(ctx, noon, lines, nil)
				line = lines[0]
				return err
			})
			return line
		}
		second := add(func(n *NewLine) { n.Supersedes = first[0].ID })
		third := add(func(n *NewLine) { n.Supersedes = second.ID })
		addition := add(func(n *NewLine) { n.Amends = third.ID })
		changed := add(func(n *NewLine) { n.Supersedes = addition.ID })
		ids := []int64{first[0].ID, first[1].ID, second.ID, third.ID, addition.ID, changed.ID}
		view(t, l, func(ctx context.Context, tx *Tx) error {
			latest, err := tx.Lines.Latest(ctx, ids)
			if err != nil {
				return err
			}
			for asked, want := range map[int64]int64{first[0].ID: third.ID, second.ID: third.ID, third.ID: third.ID, first[1].ID: first[1].ID,
				addition.ID: changed.ID, changed.ID: changed.ID} {
				if got := latest[asked]; got.ID != want {
					t.Errorf("the latest of %d is %d, want %d", asked, got.ID, want)
				}
			}
			families, err := tx.Lines.First(ctx, append(ids, 99_999))
			if err != nil {
				return err
			}
			for asked, want := range map[int64]string{first[0].ID: first[0].Reference, third.ID: first[0].Reference, changed.ID: first[0].Reference,
				addition.ID: first[0].Reference, first[1].ID: first[1].Reference, 99_999: ""} {
				if got := families[asked]; got != want {
					t.Errorf("the family of %d begins with %q, want %q", asked, got, want)
				}
			}
			return nil
		})
	})
}

// Many moves in one call are as many single ones: those that come too late do not win, and hinder no other.
func TestManyLinesMoveAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		outcomes := make([]request.Outcome, 2*linesAtOnce+3)
		for i := range outcomes {
			outcomes[i] = request.Escalated
		}
		_, lines := submitted(t, l, 1, outcomes...)
		var moves []Move
		for i := range lines {
			moves = append(moves, Move{Line: lines[i].ID, From: request.Escalated, To: request.Declined, By: "o", Reason: "no"})
		}
		last := len(moves) - 1
		moves[1].From, moves[1].To = request.Approved, request.Revoked                                     // it is not approved
		moves[2].Expect = DigestOf([]byte("another"))                                                      // it changed since
		moves = append(moves, moves[0], Move{Line: 99_999, From: request.Escalated, To: request.Approved}) // twice, and of no line
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			won, err := tx.Lines.Move(ctx, noon, moves)
			for i, w := range won {
				if want := i != 1 && i != 2 && i <= last; w != want {
					t.Errorf("move %d won: %v", i, w)
				}
			}
			return err
		})
		view(t, l, func(ctx context.Context, tx *Tx) error {
			q := SumQuery{Key: lines[0].Keys[0], Currency: "CAD", From: lines[0].Day, To: lines[0].Day}
			sums, err := tx.Totals.Sums(ctx, []SumQuery{q})
			if err == nil && sums[0].Lines != 2 {
				t.Errorf("%d lines count, want the two that did not move", sums[0].Lines)
			}
			return err
		})
		if got := faults(t, l); got != "" {
			t.Error(got)
		}
	})
}
