package reconcile_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"handrail/internal/reconcile"
	"handrail/internal/reconcile/quartertest"
	"handrail/internal/reconcile/reconciletest"
	"handrail/internal/statement"
)

// Quarters by somebody who had not seen the matcher: the table is printed.
func TestQuartersOfAnOutsider(t *testing.T) {
	for _, share := range []float64{0.9, 0.4} {
		for seed := range uint64(6) {
			q := quartertest.Generate(seed+1, quartertest.Options{References: share})
			r, err := reconcile.Join(q.Lines, q.Charges, reconcile.Options{})
			if err != nil {
				t.Fatal(err)
			}
			report := quartertest.Score(q, r)
			if seed == 0 {
				t.Logf("references on %.0f %%:\n%s", share*100, report)
			}
			t.Logf("references on %.0f %%, seed %d: recall %.3f, %d false", share*100, seed+1, report.Recall(), report.All.False)
			if least := map[float64]float64{0.9: 0.95, 0.4: 0.85}[share]; report.Recall() < least {
				t.Errorf("references on %.0f %%, seed %d: recall %.3f, want %.2f", share*100, seed+1, report.Recall(), least)
			}
			for _, f := range report.Falses {
				t.Errorf("seed %d: %s", seed+1, f)
			}
			if seed == 0 {
				for _, f := range report.Misses {
					t.Logf("missed: %s", f)
				}
			}
		}
	}
}

// The result does not depend on the order of lines and charges.
func TestTheOrderOfRowsDecidesNothing(t *testing.T) {
	for seed := range uint64(4) {
		q := reconciletest.NewQuarter(seed, 300)
		want := pairsOf(t, q.Lines, q.Charges)
		r := rand.New(rand.NewPCG(seed, 7))
		for range 3 {
			r.Shuffle(len(q.Lines), func(i, j int) { q.Lines[i], q.Lines[j] = q.Lines[j], q.Lines[i] })
			r.Shuffle(len(q.Charges), func(i, j int) { q.Charges[i], q.Charges[j] = q.Charges[j], q.Charges[i] })
			if got := pairsOf(t, q.Lines, q.Charges); !reflect.DeepEqual(got, want) {
				t.Errorf("seed %d: %d and %d pairs; %v", seed, len(want), len(got), firstDifference(want, got))
			}
		}
	}
}

func firstDifference(a, b []string) string {
	for _, s := range a {
		if !slices.Contains(b, s) {
			return s
		}
	}
	for _, s := range b {
		if !slices.Contains(a, s) {
			return s
		}
	}
	return ""
}

// pairsOf is each charge with a line that it was matched with, and by which rule.
func pairsOf(t *testing.T, lines []reconcile.Line, charges []statement.Charge) []string {
	t.Helper()
	r, err := reconcile.Join(lines, charges, reconcile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range r.Matches {
		for _, c := range m.Charges {
			for _, l := range m.Lines {
				out = append(out, charges[c].Fingerprint+" "+lines[l].Reference+" "+string(m.Rule))
			}
		}
	}
	for _, l := range r.Left {
		out = append(out, charges[l.Charge].Fingerprint+" "+string(l.Reason))
	}
	slices.Sort(out)
	return out
}
