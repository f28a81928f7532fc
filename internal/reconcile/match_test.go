package reconcile_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"handrail/internal/reconcile"
	"handrail/internal/reconcile/reconciletest"
	"handrail/internal/request"
	"handrail/internal/statement"
)

func TestEachRuleAndEachReason(t *testing.T) {
	const a, b, c = "HR-2026-000001-01", "HR-2026-000001-02", "HR-2026-000002-01"
	declined := reconciletest.Approved(a, "Boréal Data Ltd.", "100.00", "2026-11-01")
	declined.Outcome = request.Declined
	dollars := reconciletest.Approved(a, "Boréal Data Ltd.", "100.00", "2026-11-01")
	dollars.Total.Currency = "USD"
	amendment := reconciletest.Approved(c, "Boréal Data Ltd.", "40.00", "2026-11-03")
	amendment.Amends = a
	numbered := reconciletest.Approved(a, "A name nobody writes", "100.00", "2026-11-01")
	numbered.SupplierID = "123456789"
	converted := reconciletest.Charged("BOREAL DATA", "136.42", "2026-11-05", "")
	converted.Original = request.Money{Amount: reconciletest.CAD("100.00").Amount, Currency: "USD"}
	withNumber := reconciletest.Charged("SOMETHING ELSE", "100.00", "2026-11-05", "")
	withNumber.SupplierID = "12345 6789 RT0001"
	one := reconciletest.Approved(a, "Boréal Data Ltd.", "100.00", "2026-11-01")
	two := reconciletest.Approved(b, "Boréal Data Ltd.", "60.00", "2026-11-01")
	for name, x := range map[string]struct {
		lines   []reconcile.Line
		charges []statement.Charge
		want    string
	}{
		"reference":               {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("SOMEBODY", "100.00", "2026-11-05", "ref hr 2026 000001 01")}, "reference:[0]<-[0] "},
		"reference of a request":  {[]reconcile.Line{one, two}, []statement.Charge{reconciletest.Charged("BOREAL", "60.00", "2026-11-05", "HR-2026-000001")}, "reference:[1]<-[0] "},
		"near the amount":         {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.95", "2026-11-05", a)}, "reference:[0]<-[0] "},
		"business number":         {[]reconcile.Line{numbered}, []statement.Charge{withNumber}, "supplier-id:[0]<-[0] "},
		"supplier and town":       {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("PAYPAL *BOREAL DATA 4029357733 ON", "100.00", "2026-11-05", "")}, "supplier:[0]<-[0] "},
		"a merchant that is none": {[]reconcile.Line{reconciletest.Approved(a, "NA Inc.", "100.00", "2026-11-01")}, []statement.Charge{reconciletest.Charged("N/A", "100.00", "2026-11-05", "")}, "0=supplier-unknown "},
		"cut off":                 {[]reconcile.Line{reconciletest.Approved(a, "Boreal Data Solutions", "100.00", "2026-11-01")}, []statement.Charge{reconciletest.Charged("BOREAL DATA SOLUTI", "100.00", "2026-11-05", "")}, "supplier:[0]<-[0] "},
		"a beginning":             {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("BOREAL DA", "100.00", "2026-11-05", "")}, "0=supplier-unknown "},
		"a typing slip":           {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("BORAEL DATA", "100.00", "2026-11-05", "")}, "supplier:[0]<-[0] "},
		"before conversion":       {[]reconcile.Line{dollars}, []statement.Charge{converted}, "supplier:[0]<-[0] "},
		"two lines, one charge":   {[]reconcile.Line{one, two}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "160.00", "2026-11-05", "")}, "lines-to-charge:[0 1]<-[0] "},
		"one line, two charges":   {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "37.00", "2026-11-05", ""), reconciletest.Charged("BOREAL DATA", "63.00", "2026-11-06", "")}, "line-to-charges:[0]<-[0 1] "},
		"by one reference":        {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("X", "37.00", "2026-11-05", a), reconciletest.Charged("Y", "63.00", "2026-12-16", a)}, "line-to-charges:[0]<-[0 1] "},
		"amendment":               {[]reconcile.Line{one, amendment}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "140.00", "2026-11-05", "")}, "amendment:[0 1]<-[0] "},
		"refund":                  {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", ""), reconciletest.Charged("BOREAL DATA", "-100.00", "2026-11-09", "")}, "supplier:[0]<-[0] refund:[0]<-[1] "},
		"a part given back":       {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", ""), reconciletest.Charged("BOREAL DATA", "-30.00", "2026-11-09", a)}, "supplier:[0]<-[0] refund:[0]<-[1] "},
		"a part of something":     {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", ""), reconciletest.Charged("BOREAL DATA", "-30.00", "2026-11-09", "")}, "supplier:[0]<-[0] 1=tie "},
		"no approval":             {nil, []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", "")}, "0=supplier-unknown "},
		"nothing alike approved":  {[]reconcile.Line{reconciletest.Approved(a, "Boréal Data", "900.00", "2026-05-01")}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", "")}, "0=no-approval "},
		"more than approved":      {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "130.00", "2026-11-05", a)}, "reference-beyond:[0]<-[0] "},
		"more, at another's":      {[]reconcile.Line{one, reconciletest.Approved(b, "Cedar Networks", "7.00", "2026-11-01")}, []statement.Charge{reconciletest.Charged("CEDAR NETWORKS", "130.00", "2026-11-05", a)}, "0=wrong-reference "},
		"more, by two charges":    {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "130.00", "2026-11-05", a), reconciletest.Charged("BOREAL DATA", "140.00", "2026-11-06", a)}, "0=wrong-amount 1=wrong-amount "},
		"less than approved":      {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "70.00", "2026-11-05", a)}, "reference-part:[0]<-[0] "},
		"wrong amount, no ref":    {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "130.00", "2026-11-05", "")}, "0=wrong-amount "},
		"wrong currency":          {[]reconcile.Line{dollars}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", "")}, "0=wrong-currency "},
		"wrong reference":         {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("UNKNOWN SHOP", "55.00", "2026-11-05", "HR-2026-999999-01")}, "0=wrong-reference "},
		"late":                    {[]reconcile.Line{reconciletest.Approved(a, "Boréal Data", "100.00", "2026-01-05")}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", "")}, "0=late "},
		"before approval":         {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.00", "2026-10-30", "")}, "0=before-approval "},
		"before approval, by ref": {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.00", "2026-10-30", a)}, "0=before-approval "},
		"declined":                {[]reconcile.Line{declined}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", "")}, "0=after-declining "},
		"declined, by ref":        {[]reconcile.Line{declined}, []statement.Charge{reconciletest.Charged("X", "100.00", "2026-11-05", a)}, "0=after-declining "},
		"duplicate":               {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-06", ""), reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", "")}, "supplier:[0]<-[1] 0=duplicate "},
		"zero":                    {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "0.00", "2026-11-05", a)}, "0=zero "},
		"a stray refund":          {[]reconcile.Line{one}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "-10.00", "2026-11-05", "")}, "0=wrong-amount "},
	} {
		if got := reconciletest.Said(reconciletest.Join(t, x.lines, x.charges, reconcile.Options{})); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}

// A tie is listed, never taken.
// Where two rules could take a charge, the earlier one does.
func TestTheOrderOfTheRules(t *testing.T) {
	const a, b, c = "HR-2026-000001-01", "HR-2026-000001-02", "HR-2026-000002-01"
	line := func(ref, total string) reconcile.Line {
		return reconciletest.Approved(ref, "Boréal Data Ltd.", total, "2026-11-01")
	}
	numbered := line(b, "100.00")
	numbered.Supplier, numbered.SupplierID = "A name nobody writes", "123456789"
	withNumber := reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", "")
	withNumber.SupplierID = "123456789"
	for name, x := range map[string]struct {
		lines  []reconcile.Line
		charge statement.Charge
		hand   string
		want   string
	}{
		"what people say before the reference":     {[]reconcile.Line{line(a, "100.00"), line(c, "100.00")}, reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", a), c, "hand:[1]<-[0] "},
		"the reference before the supplier":        {[]reconcile.Line{line(a, "100.00"), line(c, "100.00")}, reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", c), "", "reference:[1]<-[0] "},
		"the number before the name":               {[]reconcile.Line{line(a, "100.00"), numbered}, withNumber, "", "supplier-id:[1]<-[0] "},
		"one line before several":                  {[]reconcile.Line{line(a, "100.00"), line(b, "60.00"), line(c, "160.00")}, reconciletest.Charged("BOREAL DATA", "160.00", "2026-11-05", ""), "", "supplier:[2]<-[0] "},
		"several exactly before one nearly":        {[]reconcile.Line{line(a, "100.00"), line(b, "60.00"), line(c, "161.00")}, reconciletest.Charged("BOREAL DATA", "160.00", "2026-11-05", ""), "", "lines-to-charge:[0 1]<-[0] "},
		"the exact amount before one in tolerance": {[]reconcile.Line{line(a, "100.50"), line(c, "100.00")}, reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", ""), "", "supplier:[1]<-[0] "},
	} {
		charges := []statement.Charge{x.charge}
		reconciletest.Fingerprint(charges)
		var o reconcile.Options
		if x.hand != "" {
			o.Hand = []reconcile.HandMatch{{Fingerprint: charges[0].Fingerprint, Reference: x.hand}}
		}
		if got := reconciletest.Said(reconciletest.Join(t, x.lines, charges, o)); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}

// Four lines to a charge are joined; five are listed. So are four charges to a line, and five.
func TestGroupsOfFourAtMost(t *testing.T) {
	for n, want := range map[int]bool{4: true, 5: false} {
		var lines []reconcile.Line
		var charges []statement.Charge
		total := 0
		for i := range n {
			sum := 10 + 7*i + i*i*3
			total += sum
			lines = append(lines, reconciletest.Approved(fmt.Sprintf("HR-2026-%06d-01", i+1), "Boréal Data Ltd.", fmt.Sprintf("%d.00", sum), "2026-11-01"))
			charges = append(charges, reconciletest.Charged("BOREAL DATA", fmt.Sprintf("%d.00", sum), fmt.Sprintf("2026-11-%02d", 5+i), ""))
		}
		one := []statement.Charge{reconciletest.Charged("BOREAL DATA", fmt.Sprintf("%d.00", total), "2026-11-05", "")}
		if r := reconciletest.Join(t, lines, one, reconcile.Options{}); (len(r.Matches) == 1) != want || !want && (len(r.Left) != 1 || len(r.Open) != n) {
			t.Errorf("%d lines, one charge: %s", n, reconciletest.Said(r))
		}
		whole := []reconcile.Line{reconciletest.Approved("HR-2026-000001-01", "Boréal Data Ltd.", fmt.Sprintf("%d.00", total), "2026-11-01")}
		if r := reconciletest.Join(t, whole, charges, reconcile.Options{}); (len(r.Matches) == 1) != want || !want && len(r.Left) != n {
			t.Errorf("one line, %d charges: %s", n, reconciletest.Said(r))
		}
	}
}

func TestTies(t *testing.T) {
	one, two := reconciletest.Approved("HR-2026-000001-01", "Boréal Data", "100.00", "2026-11-01"), reconciletest.Approved("HR-2026-000009-01", "Boreal Data Inc.", "100.00", "2026-11-01")
	r := reconciletest.Join(t, []reconcile.Line{one, two}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", "")}, reconcile.Options{})
	if len(r.Matches) != 0 || r.Left[0].Reason != reconcile.Tied || len(r.Left[0].Near) != 2 {
		t.Errorf("one charge, two lines: %s", reconciletest.Said(r))
	}
	// The cost centre decides.
	one.CostCentre, two.CostCentre = "1234", "5678"
	c := reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", "")
	c.CostCentre = "5678"
	if r = reconciletest.Join(t, []reconcile.Line{one, two}, []statement.Charge{c}, reconcile.Options{}); reconciletest.Said(r) != "supplier:[1]<-[0] " {
		t.Errorf("with a cost centre: %s", reconciletest.Said(r))
	}
	// What is settled for one charge settles the other.
	late := reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-03", "")
	two.Decided = two.Decided.AddDate(0, 0, 3)
	if r = reconciletest.Join(t, []reconcile.Line{one, two}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-20", ""), late}, reconcile.Options{}); len(r.Matches) != 2 || len(r.Left) != 0 {
		t.Errorf("by dates: %s", reconciletest.Said(r))
	}
	// Two sums that fit.
	lines := []reconcile.Line{reconciletest.Approved("HR-2026-000001-01", "Boréal Data", "60.00", "2026-11-01"), reconciletest.Approved("HR-2026-000001-02", "Boréal Data", "40.00", "2026-11-01"),
		reconciletest.Approved("HR-2026-000001-03", "Boréal Data", "30.00", "2026-11-01"), reconciletest.Approved("HR-2026-000001-04", "Boréal Data", "70.00", "2026-11-01")}
	if r = reconciletest.Join(t, lines, []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", "")}, reconcile.Options{}); len(r.Matches) != 0 || r.Left[0].Reason != reconcile.Tied {
		t.Errorf("two sums: %s", reconciletest.Said(r))
	}
}

// What was matched by hand comes first, and stays; what was set aside stays aside.
func TestByHand(t *testing.T) {
	lines := []reconcile.Line{reconciletest.Approved("HR-2026-000001-01", "Boréal Data", "100.00", "2026-11-01"), reconciletest.Approved("HR-2026-000002-01", "Cedar", "77.00", "2026-11-01")}
	charges := []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", ""), reconciletest.Charged("MYSTERY", "12.00", "2026-11-05", "")}
	reconciletest.Fingerprint(charges)
	r := reconciletest.Join(t, lines, charges, reconcile.Options{Hand: []reconcile.HandMatch{{charges[0].Fingerprint, "HR-2026-000002-01"}}, Ignored: map[string]bool{charges[1].Fingerprint: true}})
	if reconciletest.Said(r) != "hand:[1]<-[0] 1=ignored " || r.Matches[0].Difference.String() != "23" {
		t.Errorf("%s, difference %s", reconciletest.Said(r), r.Matches[0].Difference)
	}
	if r = reconciletest.Join(t, lines, charges, reconcile.Options{Apart: map[string]bool{charges[0].Fingerprint: true}}); reconciletest.Said(r) != "0=no-line 1=supplier-unknown " {
		t.Errorf("a charge that belongs to no line: %s", reconciletest.Said(r))
	}
	r = reconciletest.Join(t, lines, charges, reconcile.Options{Hand: []reconcile.HandMatch{{charges[0].Fingerprint, "HR-2026-777777-01"}}})
	if r.Matches[0].Rule != reconcile.BySupplier {
		t.Errorf("a hand match to no line: %s", reconciletest.Said(r))
	}
}

// Every charge ends in exactly one place, and so does every approved line.
func TestNothingIsLostOrCountedTwice(t *testing.T) {
	for seed := range uint64(6) {
		q := reconciletest.NewQuarter(seed, 300)
		r, err := reconcile.Join(q.Lines, q.Charges, reconcile.Options{Window: 120}) // its charges come up to four months after the approval
		if err != nil {
			t.Fatal(err)
		}
		charges, lines := make([]int, len(q.Charges)), make([]int, len(q.Lines))
		for _, m := range r.Matches {
			for _, c := range m.Charges {
				charges[c]++
			}
			if m.Rule != reconcile.ByRefund {
				for _, l := range m.Lines {
					lines[l]++
				}
			}
		}
		for _, l := range r.Left {
			charges[l.Charge]++
		}
		for _, l := range r.Open {
			lines[l]++
		}
		for i, n := range charges {
			if n != 1 {
				t.Errorf("seed %d: charge %d is in %d places", seed, i, n)
			}
		}
		for i, n := range lines {
			if want := map[bool]int{true: 1}[q.Lines[i].Outcome == request.Approved]; n != want {
				t.Errorf("seed %d: line %d is in %d places, want %d", seed, i, n, want)
			}
		}
	}
}

// The same lines and charges give the same result, also in what is listed beside a tie.
func TestMatchingIsRepeatable(t *testing.T) {
	q := reconciletest.NewQuarter(11, 400)
	first, err := reconcile.Join(q.Lines, q.Charges, reconcile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		again, err := reconcile.Join(q.Lines, q.Charges, reconcile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(first.Matches, again.Matches) || !reflect.DeepEqual(first.Left, again.Left) || !slices.Equal(first.Open, again.Open) {
			t.Fatal("two results differ")
		}
	}
}

// One supplier and one amount, thousands of times: all tied, and told so without comparing each with each.
func TestThousandsOfTheSame(t *testing.T) {
	var lines []reconcile.Line
	var charges []statement.Charge
	for i := range 5000 {
		lines = append(lines, reconciletest.Approved(fmt.Sprintf("HR-2026-%06d-01", i+1), "Boréal Data", "100.00", "2026-11-01"))
		charges = append(charges, reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", ""))
	}
	r := reconciletest.Join(t, lines, charges, reconcile.Options{})
	if len(r.Matches) != 0 || len(r.Left) != len(charges) || len(r.Open) != len(lines) || r.Left[77].Reason != reconcile.Tied {
		t.Errorf("%d matches, %d left, %d open, %s", len(r.Matches), len(r.Left), len(r.Open), r.Left[77].Reason)
	}
	r = reconciletest.Join(t, lines[:1], charges, reconcile.Options{})
	if len(r.Matches) != 0 || r.Left[0].Reason != reconcile.Tied {
		t.Errorf("one line, thousands of charges: %d matches, %s", len(r.Matches), r.Left[0].Reason)
	}
}

// Synthetic quarters with known truth: no false match, and at least 95% of the true ones.
func TestSyntheticQuarters(t *testing.T) {
	for _, size := range []int{120, 1500} {
		for seed := range uint64(8) {
			q := reconciletest.NewQuarter(seed, size)
			r, err := reconcile.Join(q.Lines, q.Charges, reconcile.Options{Window: 120}) // its charges come up to four months after the approval
			if err != nil {
				t.Fatal(err)
			}
			// A larger amount with the line's own number is a variance of that line; the quarter's truth, older than that rule, leaves it open.
			r.Matches = slices.DeleteFunc(r.Matches, func(m reconcile.Match) bool {
				if m.Rule != reconcile.BeyondTolerance {
					return false
				}
				if c, l := r.Charges[m.Charges[0]], r.Lines[m.Lines[0]]; !strings.Contains(c.Reference, l.Reference) || !m.Difference.IsPositive() {
					t.Errorf("size %d, seed %d: %s is charged for %s", size, seed, c.Reference, l.Reference)
				}
				return true
			})
			precision, recall, wrong := q.Score(r)
			for _, w := range wrong {
				t.Errorf("size %d, seed %d: false match %s", size, seed, w)
			}
			t.Logf("size %d, seed %d: precision %.4f, recall %.4f", size, seed, precision, recall)
			if recall < 0.95 {
				t.Errorf("size %d, seed %d: recall %.4f, precision %.4f", size, seed, recall, precision)
				q.Missed(t, r)
			}
		}
	}
}
