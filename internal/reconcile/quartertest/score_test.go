package quartertest

import (
	"slices"
	"strings"
	"testing"

	"handrail/internal/reconcile"
)

// perfect is the reconciliation that truth asks for, its lines and charges in another order than the quarter's.
func perfect(q Quarter) *reconcile.Reconciliation {
	r := &reconcile.Reconciliation{Lines: slices.Clone(q.Lines), Charges: slices.Clone(q.Charges)}
	slices.Reverse(r.Lines)
	slices.Reverse(r.Charges)
	for i, t := range q.Truth {
		c := len(q.Charges) - 1 - i
		switch {
		case t.Tie:
			r.Left = append(r.Left, reconcile.Left{Charge: c, Reason: reconcile.Tied})
		case len(t.References) == 0:
			r.Left = append(r.Left, reconcile.Left{Charge: c, Reason: reconcile.NoApproval})
		default:
			m := reconcile.Match{Rule: reconcile.ByReference, Charges: []int{c}, OtherCard: t.OtherCard}
			if t.Variance {
				m.Rule = reconcile.BeyondTolerance
			}
			for _, reference := range t.References {
				m.Lines = append(m.Lines, placeOf(r, reference))
			}
			r.Matches = append(r.Matches, m)
		}
	}
	return r
}

func placeOf(r *reconcile.Reconciliation, reference string) int {
	return slices.IndexFunc(r.Lines, func(l reconcile.Line) bool { return l.Reference == reference })
}

func chargeOf(q Quarter, r *reconcile.Reconciliation, i int) int {
	for c := range r.Charges {
		if r.Charges[c].Fingerprint == q.Charges[i].Fingerprint {
			return c
		}
	}
	return -1
}

func firstOf(q Quarter, kind string) int {
	return slices.IndexFunc(q.Truth, func(t Truth) bool { return t.Kind == kind })
}

func TestWhatTruthAsksForScoresWhole(t *testing.T) {
	settings(t, func(t *testing.T, q Quarter, _ Options) {
		got := Score(q, perfect(q))
		all := got.All
		if got.Recall() != 1 || all.False != 0 || all.Missed() != 0 || all.Allowed != 0 || len(got.Falses)+len(got.Misses) != 0 {
			t.Errorf("recall %v, %d false, %d missed, %d allowed", got.Recall(), all.False, all.Missed(), all.Allowed)
		}
		if all.VariancesSaid != all.Variances || all.TiesSaid != all.Ties || all.TiesLeft != all.Ties || all.OtherCardsSaid != all.OtherCards {
			t.Errorf("%+v", all)
		}
		if all.Variances == 0 || all.Ties == 0 || all.OtherCards == 0 || all.Charges != len(q.Charges) || len(got.Kinds) != len(Kinds()) {
			t.Errorf("%d kinds: %+v", len(got.Kinds), all)
		}
	})
}

func TestNothingMatchedMissesAllAndIsNeverFalse(t *testing.T) {
	q := Generate(3, Options{})
	got := Score(q, &reconcile.Reconciliation{Lines: q.Lines, Charges: q.Charges})
	if got.All.Found != 0 || got.All.False != 0 || got.Recall() != 0 || got.All.Due < 200 || len(got.Misses) != got.All.Due {
		t.Errorf("%+v, %d misses said", got.All, len(got.Misses))
	}
	if got.All.TiesLeft != got.All.Ties || got.All.TiesSaid != 0 {
		t.Errorf("ties: %+v", got.All)
	}
}

// Each wrong thing more, done to a perfect reconciliation, is counted once and by its kind.
func TestWhatIsWrongIsCounted(t *testing.T) {
	q := Generate(5, Options{References: 0.4})
	join := func(r *reconcile.Reconciliation, i int, references ...string) {
		m := reconcile.Match{Rule: reconcile.BySupplier, Charges: []int{chargeOf(q, r, i)}}
		for _, reference := range references {
			m.Lines = append(m.Lines, placeOf(r, reference))
		}
		r.Matches = append(r.Matches, m)
	}
	elsewhere := q.Truth[firstOf(q, "exact")].References[0]
	twice := firstOf(q, "charged-twice")
	either := q.Truth[twice].Either[0]
	again := slices.IndexFunc(q.Truth, func(t Truth) bool { return t.OnlyOne == either && t.Fingerprint != q.Truth[twice].Fingerprint })
	for _, c := range []struct {
		name           string
		do             func(r *reconcile.Reconciliation)
		false, allowed int
	}{
		{"a trap is taken", func(r *reconcile.Reconciliation) { join(r, firstOf(q, "common-beginning"), elsewhere) }, 1, 0},
		{"a tie is taken", func(r *reconcile.Reconciliation) {
			join(r, firstOf(q, "similar-names-cut"), elsewhere)
		}, 1, 0},
		{"a line beside the right one", func(r *reconcile.Reconciliation) { join(r, firstOf(q, "square"), elsewhere) }, 1, 0},
		{"two lines beside the right one", func(r *reconcile.Reconciliation) {
			join(r, firstOf(q, "square"), elsewhere, q.Truth[firstOf(q, "paypal")].References[0])
		}, 2, 0},
		{"one of two that were charged twice", func(r *reconcile.Reconciliation) { join(r, twice, either) }, 0, 1},
		{"both of two that were charged twice", func(r *reconcile.Reconciliation) { join(r, twice, either); join(r, again, either) }, 1, 1},
		{"the same pair once more", func(r *reconcile.Reconciliation) { join(r, firstOf(q, "exact"), elsewhere) }, 0, 0},
	} {
		r := perfect(q)
		c.do(r)
		got := Score(q, r)
		if got.All.False != c.false || got.All.Allowed != c.allowed || len(got.Falses) != c.false || got.Recall() != 1 {
			t.Errorf("%s: %d false, %d allowed, recall %v; %v", c.name, got.All.False, got.All.Allowed, got.Recall(), got.Falses)
		}
	}
}

func TestARefundGoesWhereItsPurchaseWent(t *testing.T) {
	q := Generate(5, Options{})
	r := perfect(q)
	refund := slices.IndexFunc(q.Truth, func(t Truth) bool { return t.Kind == "refund" })
	reference := q.Truth[refund].References[0]
	var both []int
	for i, t := range q.Truth {
		if slices.Contains(t.References, reference) {
			both = append(both, chargeOf(q, r, i))
		}
	}
	if len(both) != 2 {
		t.Fatalf("%s has %d charges", reference, len(both))
	}
	negative := both[0]
	if !r.Charges[negative].Amount.Amount.IsNegative() {
		negative = both[1]
	}
	r.Matches = slices.DeleteFunc(r.Matches, func(m reconcile.Match) bool { return slices.Contains(m.Charges, negative) })
	if got := Score(q, r); got.All.Missed() != 1 {
		t.Fatalf("without the refund's match %d pairs are missed", got.All.Missed())
	}
	r.Matches = append(r.Matches, reconcile.Match{Rule: reconcile.ByRefund, Charges: both})
	if got := Score(q, r); got.All.Missed() != 0 || got.All.False != 0 {
		t.Errorf("%d missed, %d false: %v", got.All.Missed(), got.All.False, got.Misses)
	}
}

func TestAForeignChargePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a charge of another quarter was scored")
		}
	}()
	Score(Generate(1, Options{}), perfect(Generate(2, Options{})))
}

func TestTheTableSaysEveryKindAndTheWhole(t *testing.T) {
	q := Generate(4, Options{References: 0.4})
	table := Score(q, perfect(q)).String()
	for _, name := range append(Kinds(), "all") {
		if !strings.Contains(table, "\n"+name+" ") {
			t.Errorf("the table lacks %q", name)
		}
	}
	if n := strings.Count(table, "\n"); n != len(Kinds())+2 {
		t.Errorf("%d lines for %d kinds", n, len(Kinds()))
	}
	t.Log("\n" + table)
}
