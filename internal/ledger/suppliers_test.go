package ledger

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/request"
)

func pair(t testing.TB, a, b string, same bool) SupplierPair {
	t.Helper()
	p, ok := PairOf(a, b)
	if !ok {
		t.Fatalf("%q and %q are no pair", a, b)
	}
	p.Same, p.JudgedBy = same, "o@example.ca"
	return p
}

// What was said of two suppliers holds until the opposite is said or it is taken back; the chain vouches for each of these; disposal takes
// who said it, and what was said goes on holding.
func TestWhatIsSaidOfTwoSuppliersIsKept(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		_, lines := history(t, l)
		var message int64
		view(t, l, func(ctx context.Context, tx *Tx) error {
			s, err := tx.Submissions.ByID(ctx, []int64{lines[0].Submission})
			message = s[0].Message
			return err
		})
		judge := func(p SupplierPair) (recorded bool) {
			t.Helper()
			p.Message = message
			decide(t, l, func(ctx context.Context, tx *Tx) (err error) {
				recorded, err = tx.Suppliers.Judge(ctx, noon.Add(clockSlack/2), p)
				return err
			})
			return recorded
		}
		holds := func(form string) (said []string) {
			t.Helper()
			view(t, l, func(ctx context.Context, tx *Tx) error {
				found, err := tx.Suppliers.Pairs(ctx, form)
				for other, p := range found {
					word := " different"
					if p.Same {
						word = " same"
					}
					said = append(said, other+word)
				}
				slices.Sort(said)
				return err
			})
			return said
		}
		northern, northen := request.SupplierName("Northern Software Inc."), request.SupplierName("Northen Software")
		if !judge(pair(t, "Northern Software Inc.", "Northen Software", false)) || judge(pair(t, "Northen Software", "NORTHERN SOFTWARE INC", false)) {
			t.Fatal("said twice, it is recorded twice, or not at all")
		}
		judge(pair(t, "Northern Software Inc.", "NS Canada", true))
		if got := holds(northern); !slices.Equal(got, []string{northen + " different", request.SupplierName("NS Canada") + " same"}) {
			t.Errorf("%q", got)
		}
		if got := holds(northen); !slices.Equal(got, []string{northern + " different"}) {
			t.Errorf("asked from the other side: %q", got)
		}
		if !judge(pair(t, "Northern Software Inc.", "Northen Software", true)) {
			t.Error("the opposite was not recorded")
		}
		if got := holds(northen); !slices.Equal(got, []string{northern + " same"}) {
			t.Errorf("%q", got)
		}
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			back, err := tx.Suppliers.TakeBack(ctx, noon.Add(clockSlack/2), message, "o@example.ca")
			if len(back) != 2 {
				t.Errorf("%d were taken back", len(back))
			}
			return err
		})
		if got := holds(northen); len(got) > 0 {
			t.Errorf("still %q", got)
		}
		judge(pair(t, "A Ltd", "B Ltd", false))
		if got := faults(t, l); got != "" {
			t.Fatal(got)
		}
		for _, change := range []string{"UPDATE supplier_pair SET same = 1 - same WHERE one_shown = 'A Ltd'", "UPDATE supplier_pair SET judged_by = 'x@example.ca'",
			"UPDATE supplier_pair SET withdrawn_at = NULL, withdrawn_by = '', withdrawn_seq = NULL WHERE one_shown <> 'A Ltd' AND same = 1", "DELETE FROM supplier_pair WHERE one_shown = 'A Ltd'"} {
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
			_, err := tx.Records.Dispose(ctx, noon.Add(clockSlack/2), noon.Add(24*time.Hour), false)
			return err
		})
		view(t, l, func(ctx context.Context, tx *Tx) error {
			all, err := tx.Suppliers.All(ctx, false)
			for _, p := range all {
				if p.JudgedBy != disposedBy || strings.Contains(p.WithdrawnBy, "@") {
					t.Errorf("%+v still says who", p)
				}
			}
			return err
		})
		if got := holds(request.SupplierName("A Ltd")); len(got) != 1 {
			t.Errorf("disposal ended what was said: %q", got)
		}
		if got := faults(t, l); got != "" {
			t.Error(got)
		}
	})
}

func TestDecidedLinesAreFoundByTheirWords(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		_, lines := history(t, l) // the second was declined by an officer
		update(t, l, func(ctx context.Context, tx *Tx) error {
			return tx.Decided.Await(ctx, []int64{lines[1].ID, lines[0].ID})
		})
		update(t, l, func(ctx context.Context, tx *Tx) error {
			some, err := tx.Decided.Awaited(ctx, 10)
			if err != nil {
				return err
			}
			if len(some) != 2 || some[0].Inbox == "" || some[0].ByOfficer() == some[1].ByOfficer() {
				t.Errorf("%+v", some)
			}
			for i := range some {
				if err := tx.Decided.PutIn(ctx, some[i].ID, []string{"a", "b"}); err != nil {
					return err
				}
			}
			return nil
		})
		view(t, l, func(ctx context.Context, tx *Tx) error {
			some, err := tx.Decided.Awaited(ctx, 10)
			if len(some) != 0 || err != nil {
				t.Errorf("%d are still to be put in, %v", len(some), err)
			}
			found, err := tx.Decided.Under(ctx, []string{"a", "b", "c"}, 10)
			if len(found) != 1 || found[lines[1].ID] != 2 {
				t.Errorf("found %v: the machine's own are no officer's", found)
			}
			return err
		})
	})
}
