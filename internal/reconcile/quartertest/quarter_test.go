package quartertest

import (
	"cmp"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/statement"
)

// settings are the two, on some seeds.
func settings(t *testing.T, do func(t *testing.T, q Quarter, o Options)) {
	t.Helper()
	for _, share := range []float64{0.9, 0.4} {
		for seed := range uint64(5) {
			o := Options{References: share, Rounds: 1 + int(seed%2)}
			t.Run(fmt.Sprintf("%v seed %d", share, seed), func(t *testing.T) { do(t, Generate(seed, o), o) })
		}
	}
}

func TestQuarterIsTheSameForItsSeed(t *testing.T) {
	for _, o := range []Options{{}, {References: 0.4}, {References: 0.4, Rounds: 4}} {
		a, b := Generate(7, o), Generate(7, o)
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%+v: two quarters of one seed differ", o)
		}
		if reflect.DeepEqual(a, Generate(8, o)) {
			t.Errorf("%+v: quarters of two seeds are the same", o)
		}
	}
}

func TestEveryKindOccursInEveryQuarterAndHalfAreTraps(t *testing.T) {
	traps := 0
	for _, k := range kinds() {
		if k.trap {
			traps++
		}
	}
	if n := len(kinds()); n < 40 || 2*traps < n-2 {
		t.Errorf("%d kinds, %d of them traps", n, traps)
	}
	settings(t, func(t *testing.T, q Quarter, o Options) {
		charges := map[string]int{}
		for _, truth := range q.Truth {
			charges[truth.Kind]++
		}
		for _, k := range kinds() {
			if charges[k.name] < k.weight*o.Rounds {
				t.Errorf("kind %q has %d charges, its weight is %d", k.name, charges[k.name], k.weight)
			}
			delete(charges, k.name)
		}
		if len(charges) > 0 {
			t.Errorf("charges of kinds that are not declared: %v", charges)
		}
	})
}

func TestReferencesAreOnTheShareAskedFor(t *testing.T) {
	settings(t, func(t *testing.T, q Quarter, o Options) {
		due, bears := 0, 0
		for _, truth := range q.Truth {
			if len(truth.References) > 0 {
				due++
				if truth.Bears {
					bears++
				}
			}
		}
		if got := float64(bears) / float64(due); got < o.References-0.02 || got > o.References+0.02 {
			t.Errorf("%d of %d charges with a line bear its reference, %.3f; asked for %.2f", bears, due, got, o.References)
		}
	})
}

func TestTruthRefersToLinesThatExist(t *testing.T) {
	settings(t, func(t *testing.T, q Quarter, _ Options) {
		lines := byReference(t, q)
		if len(q.Truth) != len(q.Charges) {
			t.Fatalf("%d truths of %d charges", len(q.Truth), len(q.Charges))
		}
		seen := map[string]bool{}
		for i, truth := range q.Truth {
			if truth.Fingerprint != q.Charges[i].Fingerprint || len(truth.Fingerprint) != statement.FingerprintLength || seen[truth.Fingerprint] {
				t.Errorf("charge %d has fingerprint %q, its truth %q, seen before: %v", i, q.Charges[i].Fingerprint, truth.Fingerprint, seen[truth.Fingerprint])
			}
			seen[truth.Fingerprint] = true
			for _, r := range append(slices.Clone(truth.References), truth.Either...) {
				if l, ok := lines[r]; !ok || l.Outcome != request.Approved {
					t.Errorf("%s: truth names %s, which is no approved line", truth.Kind, r)
				}
			}
			if truth.Tie && (len(truth.References) > 0 || len(truth.Either) > 0) {
				t.Errorf("%s: a tie that has lines: %+v", truth.Kind, truth)
			}
			if truth.Bears && len(truth.References) == 0 {
				t.Errorf("%s: bears the reference of no line: %+v", truth.Kind, truth)
			}
		}
	})
}

func TestSumsAddUp(t *testing.T) {
	settings(t, func(t *testing.T, q Quarter, _ Options) {
		lines := byReference(t, q)
		charged := map[string]decimal.Decimal{} // of the kinds that are charged whole
		whole := map[string]bool{"shipments": true, "instalments": true, "two-cards": true, "exact": true, "several-lines": true,
			"busy-supplier": true, "amendment-in-one-charge": true, "amendment-apart": true, "damaged-reference": true, "legal-form": true}
		owner := map[string]string{}
		due := map[string]decimal.Decimal{}
		for i, truth := range q.Truth {
			if !whole[truth.Kind] {
				continue
			}
			first := truth.References[0]
			if owner[first] == "" {
				for _, r := range truth.References {
					owner[r] = first
					due[first] = due[first].Add(lines[r].Total.Amount)
				}
			}
			charged[first] = charged[first].Add(q.Charges[i].Amount.Amount)
		}
		for r, want := range due {
			if !charged[r].Equal(want) {
				t.Errorf("%s and what is charged with it: %s approved, %s charged", r, want, charged[r])
			}
		}
		for r, l := range lines {
			if !l.Net.Amount.Add(l.Tax.Amount).Equal(l.Total.Amount) || l.Net.Currency != l.Total.Currency {
				t.Errorf("%s: net %v and tax %v are not %v", r, l.Net, l.Tax, l.Total)
			}
			if l.Total.Currency != "" && (l.Total.Amount.LessThan(decimal.NewFromInt(20)) || l.Total.Amount.GreaterThan(decimal.NewFromInt(25000))) {
				t.Errorf("%s: %s is no realistic sum", r, l.Total.Plain())
			}
		}
	})
}

// What a charge's kind says of dates and sums is so, by the tolerance and the windows of docs/finance.md.
func TestTruthKeepsToToleranceAndWindows(t *testing.T) {
	settings(t, func(t *testing.T, q Quarter, _ Options) {
		lines := byReference(t, q)
		for i, truth := range q.Truth {
			c := &q.Charges[i]
			for _, r := range truth.References {
				days := request.DateOf(lines[r].Decided).DaysUntil(c.Transacted)
				posted := request.DateOf(lines[r].Decided).DaysUntil(c.Posted)
				switch {
				case days < 1 && truth.Kind != "amendment-apart":
					t.Errorf("%s: charged %d days after its approval", truth.Kind, days)
				case !truth.Bears && posted > 42, posted > 300:
					t.Errorf("%s: charged %d days after its approval, bears its reference: %v", truth.Kind, days, truth.Bears)
				}
			}
			if truth.Variance {
				l := lines[truth.References[0]]
				if over := c.Amount.Amount.Sub(l.Total.Amount); over.LessThanOrEqual(limit(l)) || !truth.Bears {
					t.Errorf("%s: %s over %s is no variance", truth.Kind, over, l.Total.Plain())
				}
			}
		}
	})
}

// No approved line of the same supplier fits a charge by accident: of the lines with its sum, inside the window, those whose
// supplier shares the stem of one of the story's are all named by truth, unless the kind is about that.
func TestNothingFitsByAccident(t *testing.T) {
	settings(t, func(t *testing.T, q Quarter, _ Options) {
		meant := []string{"two-lines-with-references", "two-lines-one-reference", "two-lines-by-cardholder", "two-lines-apart", "refund-of-one-of-two",
			"longer-name", "similar-names"}
		lines := byReference(t, q)
		for i, truth := range q.Truth {
			if len(truth.References) != 1 || slices.Contains(meant, truth.Kind) {
				continue
			}
			own := lines[truth.References[0]]
			for r, l := range lines {
				if l.Supplier != own.Supplier || r == own.Reference || slices.Contains(truth.Either, r) || l.Outcome != request.Approved {
					continue
				}
				if off := l.Total.Amount.Sub(q.Charges[i].Amount.Amount.Abs()).Abs(); off.LessThanOrEqual(limit(l)) {
					t.Errorf("%s: a charge of %s belongs to %s and fits %s too", truth.Kind, q.Charges[i].Amount.Plain(), own.Reference, r)
				}
			}
		}
	})
}

func TestChargesAreShuffledAndInTheQuarter(t *testing.T) {
	settings(t, func(t *testing.T, q Quarter, _ Options) {
		first, last := request.Date{Year: 2026, Month: 7, Day: 1}, request.Date{Year: 2026, Month: 9, Day: 30}
		rows := map[string]map[int]bool{}
		for i := range q.Charges {
			c := &q.Charges[i]
			if c.Transacted.Before(first) || c.Posted.After(last) || c.Posted.Before(c.Transacted) {
				t.Errorf("%s: transacted %s, posted %s", q.Truth[i].Kind, c.Transacted, c.Posted)
			}
			if rows[c.Statement] == nil {
				rows[c.Statement] = map[int]bool{}
			}
			rows[c.Statement][c.Row] = true
		}
		n := 0
		for name, of := range rows {
			n += len(of)
			if !of[1] || !of[len(of)] {
				t.Errorf("%s: rows are not counted from 1", name)
			}
		}
		if n != len(q.Charges) {
			t.Errorf("%d rows for %d charges", n, len(q.Charges))
		}
		if slices.IsSortedFunc(q.Charges, func(a, b statement.Charge) int { return cmp.Compare(a.Transacted.String(), b.Transacted.String()) }) {
			t.Error("charges are sorted by day")
		}
		if slices.IsSortedFunc(q.Truth, func(a, b Truth) int { return strings.Compare(a.Kind, b.Kind) }) {
			t.Error("charges are sorted by kind")
		}
	})
}

func TestSuppliersAreManyDistinctAndOfBothLanguages(t *testing.T) {
	list, stems, forms := suppliers(), map[string]int{}, map[string]string{}
	french := 0
	for _, s := range list {
		stems[s.stem]++
		form := request.SupplierName(s.name)
		if other, ok := forms[form]; ok {
			t.Errorf("%q and %q are one supplier", s.name, other)
		}
		forms[form] = s.name
		if _, list := trades(); slices.ContainsFunc(list, func(trade string) bool { return strings.HasPrefix(s.name, trade) }) {
			french++
		}
	}
	if len(list) < 120 || french < 60 || len(list)-french < 60 {
		t.Errorf("%d suppliers, %d of them French", len(list), french)
	}
	for a, n := range stems {
		if n < 2 {
			t.Errorf("%q stands in one name only", a)
		}
		for b := range stems {
			if a != b && strings.HasPrefix(capitals(b), capitals(a)) {
				t.Errorf("stems %q and %q begin alike", a, b)
			}
		}
	}
	settings(t, func(t *testing.T, q Quarter, _ Options) {
		names := map[string]bool{}
		for _, l := range q.Lines {
			names[l.Supplier] = true
		}
		if len(names) < 120 {
			t.Errorf("%d suppliers in the quarter", len(names))
		}
	})
}

func TestReadmeSaysEveryKind(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, k := range kinds() {
		trap := ""
		if k.trap {
			trap = "trap"
		}
		if row := fmt.Sprintf("| %s | %s | %s |\n", k.name, trap, k.right); !strings.Contains(string(readme), row) {
			t.Errorf("README.md lacks %s", row)
		}
		if seen[k.name] {
			t.Errorf("two kinds are called %q", k.name)
		}
		seen[k.name] = true
	}
}

func TestOptionsOutOfBoundsPanic(t *testing.T) {
	for _, o := range []Options{{References: 1.1}, {References: -0.1}, {Rounds: mostRounds + 1}, {Rounds: -1}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v made a quarter", o)
				}
			}()
			Generate(1, o)
		}()
	}
}

func byReference(t *testing.T, q Quarter) map[string]*reconcile.Line {
	t.Helper()
	lines := map[string]*reconcile.Line{}
	for i := range q.Lines {
		l := &q.Lines[i]
		if _, ok := request.ParseReference(l.Reference); !ok || lines[l.Reference] != nil {
			t.Errorf("reference %q is malformed or there twice", l.Reference)
		}
		if l.Amends != "" && !slices.ContainsFunc(q.Lines, func(o reconcile.Line) bool { return o.Reference == l.Amends }) {
			t.Errorf("%s amends %s, which is no line", l.Reference, l.Amends)
		}
		lines[l.Reference] = l
	}
	return lines
}

func limit(l *reconcile.Line) decimal.Decimal {
	return decimal.Min(l.Total.Amount.Div(decimal.NewFromInt(100)), decimal.NewFromInt(25))
}
