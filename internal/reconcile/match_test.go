package reconcile

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"handrail/internal/request"
)

func approved(ref, supplier, total string, day string) Line {
	d, err := request.ParseDate(day)
	if err != nil {
		panic(err)
	}
	return Line{Reference: ref, Supplier: supplier, Total: cad(total), Decided: d.Time(time.UTC).Add(12 * time.Hour), Outcome: request.Approved}
}

func charged(merchant, total, day, ref string) Charge {
	d, err := request.ParseDate(day)
	if err != nil {
		panic(err)
	}
	return Charge{Merchant: merchant, Amount: cad(total), Transacted: d, Posted: d, Card: "4242", Reference: ref}
}

func join(t *testing.T, lines []Line, charges []Charge, o MatchOptions) *Reconciliation {
	t.Helper()
	identify(charges)
	r, err := JoinCharges(lines, charges, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// said is a short form of a result: rule:lines<-charges, then what is left with its reason.
func said(r *Reconciliation) string {
	s := ""
	for _, m := range r.Matches {
		s += fmt.Sprintf("%s:%v<-%v ", m.Rule, m.Lines, m.Charges)
	}
	for _, l := range r.Left {
		s += fmt.Sprintf("%d=%s ", l.Charge, l.Reason)
	}
	return s
}

func TestEachRuleAndEachReason(t *testing.T) {
	const a, b, c = "HR-2026-000001-01", "HR-2026-000001-02", "HR-2026-000002-01"
	declined := approved(a, "Boréal Data Ltd.", "100.00", "2026-11-01")
	declined.Outcome = request.Declined
	dollars := approved(a, "Boréal Data Ltd.", "100.00", "2026-11-01")
	dollars.Total.Currency = "USD"
	amendment := approved(c, "Boréal Data Ltd.", "40.00", "2026-11-03")
	amendment.Amends = a
	numbered := approved(a, "A name nobody writes", "100.00", "2026-11-01")
	numbered.SupplierID = "123456789"
	converted := charged("BOREAL DATA", "136.42", "2026-11-05", "")
	converted.Original = request.Money{Amount: cad("100.00").Amount, Currency: "USD"}
	withNumber := charged("SOMETHING ELSE", "100.00", "2026-11-05", "")
	withNumber.SupplierID = "12345 6789 RT0001"
	one := approved(a, "Boréal Data Ltd.", "100.00", "2026-11-01")
	two := approved(b, "Boréal Data Ltd.", "60.00", "2026-11-01")
	for name, x := range map[string]struct {
		lines   []Line
		charges []Charge
		want    string
	}{
		"reference":               {[]Line{one}, []Charge{charged("SOMEBODY", "100.00", "2026-11-05", "ref hr 2026 000001 01")}, "reference:[0]<-[0] "},
		"reference of a request":  {[]Line{one, two}, []Charge{charged("BOREAL", "60.00", "2026-11-05", "HR-2026-000001")}, "reference:[1]<-[0] "},
		"near the amount":         {[]Line{one}, []Charge{charged("BOREAL DATA", "100.95", "2026-11-05", a)}, "reference:[0]<-[0] "},
		"business number":         {[]Line{numbered}, []Charge{withNumber}, "supplier-id:[0]<-[0] "},
		"supplier and town":       {[]Line{one}, []Charge{charged("PAYPAL *BOREAL DATA 4029357733 ON", "100.00", "2026-11-05", "")}, "supplier:[0]<-[0] "},
		"cut off":                 {[]Line{one}, []Charge{charged("BOREAL DA", "100.00", "2026-11-05", "")}, "supplier:[0]<-[0] "},
		"a typing slip":           {[]Line{one}, []Charge{charged("BORAEL DATA", "100.00", "2026-11-05", "")}, "supplier:[0]<-[0] "},
		"before conversion":       {[]Line{dollars}, []Charge{converted}, "supplier:[0]<-[0] "},
		"two lines, one charge":   {[]Line{one, two}, []Charge{charged("BOREAL DATA", "160.00", "2026-11-05", "")}, "lines-to-charge:[0 1]<-[0] "},
		"one line, two charges":   {[]Line{one}, []Charge{charged("BOREAL DATA", "37.00", "2026-11-05", ""), charged("BOREAL DATA", "63.00", "2026-11-06", "")}, "line-to-charges:[0]<-[0 1] "},
		"by one reference":        {[]Line{one}, []Charge{charged("X", "37.00", "2026-11-05", a), charged("Y", "63.00", "2026-12-16", a)}, "line-to-charges:[0]<-[0 1] "},
		"amendment":               {[]Line{one, amendment}, []Charge{charged("BOREAL DATA", "140.00", "2026-11-05", "")}, "amendment:[0 1]<-[0] "},
		"refund":                  {[]Line{one}, []Charge{charged("BOREAL DATA", "100.00", "2026-11-05", ""), charged("BOREAL DATA", "-100.00", "2026-11-09", "")}, "supplier:[0]<-[0] refund:[0]<-[1] "},
		"a part given back":       {[]Line{one}, []Charge{charged("BOREAL DATA", "100.00", "2026-11-05", ""), charged("BOREAL DATA", "-30.00", "2026-11-09", a)}, "supplier:[0]<-[0] refund:[0]<-[1] "},
		"a part of something":     {[]Line{one}, []Charge{charged("BOREAL DATA", "100.00", "2026-11-05", ""), charged("BOREAL DATA", "-30.00", "2026-11-09", "")}, "supplier:[0]<-[0] 1=tie "},
		"no approval":             {nil, []Charge{charged("BOREAL DATA", "100.00", "2026-11-05", "")}, "0=supplier-unknown "},
		"nothing alike approved":  {[]Line{approved(a, "Boréal Data", "900.00", "2026-05-01")}, []Charge{charged("BOREAL DATA", "100.00", "2026-11-05", "")}, "0=no-approval "},
		"wrong amount":            {[]Line{one}, []Charge{charged("BOREAL DATA", "130.00", "2026-11-05", a)}, "0=wrong-amount "},
		"wrong amount, no ref":    {[]Line{one}, []Charge{charged("BOREAL DATA", "130.00", "2026-11-05", "")}, "0=wrong-amount "},
		"wrong currency":          {[]Line{dollars}, []Charge{charged("BOREAL DATA", "100.00", "2026-11-05", "")}, "0=wrong-currency "},
		"wrong reference":         {[]Line{one}, []Charge{charged("UNKNOWN SHOP", "55.00", "2026-11-05", "HR-2026-999999-01")}, "0=wrong-reference "},
		"late":                    {[]Line{approved(a, "Boréal Data", "100.00", "2026-01-05")}, []Charge{charged("BOREAL DATA", "100.00", "2026-11-05", "")}, "0=late "},
		"before approval":         {[]Line{one}, []Charge{charged("BOREAL DATA", "100.00", "2026-10-30", "")}, "0=before-approval "},
		"before approval, by ref": {[]Line{one}, []Charge{charged("BOREAL DATA", "100.00", "2026-10-30", a)}, "0=before-approval "},
		"declined":                {[]Line{declined}, []Charge{charged("BOREAL DATA", "100.00", "2026-11-05", "")}, "0=after-declining "},
		"declined, by ref":        {[]Line{declined}, []Charge{charged("X", "100.00", "2026-11-05", a)}, "0=after-declining "},
		"duplicate":               {[]Line{one}, []Charge{charged("BOREAL DATA", "100.00", "2026-11-06", ""), charged("BOREAL DATA", "100.00", "2026-11-05", "")}, "supplier:[0]<-[1] 0=duplicate "},
		"zero":                    {[]Line{one}, []Charge{charged("BOREAL DATA", "0.00", "2026-11-05", a)}, "0=zero "},
		"a stray refund":          {[]Line{one}, []Charge{charged("BOREAL DATA", "-10.00", "2026-11-05", "")}, "0=wrong-amount "},
	} {
		if got := said(join(t, x.lines, x.charges, MatchOptions{})); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}

// A tie is listed, never taken.
// Where two rules could take a charge, the earlier one does.
func TestTheOrderOfTheRules(t *testing.T) {
	const a, b, c = "HR-2026-000001-01", "HR-2026-000001-02", "HR-2026-000002-01"
	line := func(ref, total string) Line { return approved(ref, "Boréal Data Ltd.", total, "2026-11-01") }
	numbered := line(b, "100.00")
	numbered.Supplier, numbered.SupplierID = "A name nobody writes", "123456789"
	withNumber := charged("BOREAL DATA", "100.00", "2026-11-05", "")
	withNumber.SupplierID = "123456789"
	for name, x := range map[string]struct {
		lines  []Line
		charge Charge
		hand   string
		want   string
	}{
		"what people say before the reference":     {[]Line{line(a, "100.00"), line(c, "100.00")}, charged("BOREAL DATA", "100.00", "2026-11-05", a), c, "hand:[1]<-[0] "},
		"the reference before the supplier":        {[]Line{line(a, "100.00"), line(c, "100.00")}, charged("BOREAL DATA", "100.00", "2026-11-05", c), "", "reference:[1]<-[0] "},
		"the number before the name":               {[]Line{line(a, "100.00"), numbered}, withNumber, "", "supplier-id:[1]<-[0] "},
		"one line before several":                  {[]Line{line(a, "100.00"), line(b, "60.00"), line(c, "160.00")}, charged("BOREAL DATA", "160.00", "2026-11-05", ""), "", "supplier:[2]<-[0] "},
		"several exactly before one nearly":        {[]Line{line(a, "100.00"), line(b, "60.00"), line(c, "161.00")}, charged("BOREAL DATA", "160.00", "2026-11-05", ""), "", "lines-to-charge:[0 1]<-[0] "},
		"the exact amount before one in tolerance": {[]Line{line(a, "100.50"), line(c, "100.00")}, charged("BOREAL DATA", "100.00", "2026-11-05", ""), "", "supplier:[1]<-[0] "},
	} {
		charges := []Charge{x.charge}
		identify(charges)
		var o MatchOptions
		if x.hand != "" {
			o.Hand = []HandMatch{{Fingerprint: charges[0].Fingerprint, Reference: x.hand}}
		}
		if got := said(join(t, x.lines, charges, o)); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}

// Four lines to a charge are joined; five are listed. So are four charges to a line, and five.
func TestGroupsOfFourAtMost(t *testing.T) {
	for n, want := range map[int]bool{4: true, 5: false} {
		var lines []Line
		var charges []Charge
		total := 0
		for i := range n {
			sum := 10 + 7*i + i*i*3
			total += sum
			lines = append(lines, approved(fmt.Sprintf("HR-2026-%06d-01", i+1), "Boréal Data Ltd.", fmt.Sprintf("%d.00", sum), "2026-11-01"))
			charges = append(charges, charged("BOREAL DATA", fmt.Sprintf("%d.00", sum), fmt.Sprintf("2026-11-%02d", 5+i), ""))
		}
		one := []Charge{charged("BOREAL DATA", fmt.Sprintf("%d.00", total), "2026-11-05", "")}
		if r := join(t, lines, one, MatchOptions{}); (len(r.Matches) == 1) != want || !want && (len(r.Left) != 1 || len(r.Open) != n) {
			t.Errorf("%d lines, one charge: %s", n, said(r))
		}
		whole := []Line{approved("HR-2026-000001-01", "Boréal Data Ltd.", fmt.Sprintf("%d.00", total), "2026-11-01")}
		if r := join(t, whole, charges, MatchOptions{}); (len(r.Matches) == 1) != want || !want && len(r.Left) != n {
			t.Errorf("one line, %d charges: %s", n, said(r))
		}
	}
}

func TestTies(t *testing.T) {
	one, two := approved("HR-2026-000001-01", "Boréal Data", "100.00", "2026-11-01"), approved("HR-2026-000009-01", "Boreal Data Inc.", "100.00", "2026-11-01")
	r := join(t, []Line{one, two}, []Charge{charged("BOREAL DATA", "100.00", "2026-11-05", "")}, MatchOptions{})
	if len(r.Matches) != 0 || r.Left[0].Reason != Tied || len(r.Left[0].Near) != 2 {
		t.Errorf("one charge, two lines: %s", said(r))
	}
	// The cost centre decides.
	one.CostCentre, two.CostCentre = "1234", "5678"
	c := charged("BOREAL DATA", "100.00", "2026-11-05", "")
	c.CostCentre = "5678"
	if r = join(t, []Line{one, two}, []Charge{c}, MatchOptions{}); said(r) != "supplier:[1]<-[0] " {
		t.Errorf("with a cost centre: %s", said(r))
	}
	// What is settled for one charge settles the other.
	late := charged("BOREAL DATA", "100.00", "2026-11-03", "")
	two.Decided = two.Decided.AddDate(0, 0, 3)
	if r = join(t, []Line{one, two}, []Charge{charged("BOREAL DATA", "100.00", "2026-11-20", ""), late}, MatchOptions{}); len(r.Matches) != 2 || len(r.Left) != 0 {
		t.Errorf("by dates: %s", said(r))
	}
	// Two sums that fit.
	lines := []Line{approved("HR-2026-000001-01", "Boréal Data", "60.00", "2026-11-01"), approved("HR-2026-000001-02", "Boréal Data", "40.00", "2026-11-01"),
		approved("HR-2026-000001-03", "Boréal Data", "30.00", "2026-11-01"), approved("HR-2026-000001-04", "Boréal Data", "70.00", "2026-11-01")}
	if r = join(t, lines, []Charge{charged("BOREAL DATA", "100.00", "2026-11-05", "")}, MatchOptions{}); len(r.Matches) != 0 || r.Left[0].Reason != Tied {
		t.Errorf("two sums: %s", said(r))
	}
}

// What was matched by hand comes first, and stays; what was set aside stays aside.
func TestByHand(t *testing.T) {
	lines := []Line{approved("HR-2026-000001-01", "Boréal Data", "100.00", "2026-11-01"), approved("HR-2026-000002-01", "Cedar", "77.00", "2026-11-01")}
	charges := []Charge{charged("BOREAL DATA", "100.00", "2026-11-05", ""), charged("MYSTERY", "12.00", "2026-11-05", "")}
	identify(charges)
	r := join(t, lines, charges, MatchOptions{Hand: []HandMatch{{charges[0].Fingerprint, "HR-2026-000002-01"}}, Ignored: map[string]bool{charges[1].Fingerprint: true}})
	if said(r) != "hand:[1]<-[0] 1=ignored " || r.Matches[0].Difference.String() != "23" {
		t.Errorf("%s, difference %s", said(r), r.Matches[0].Difference)
	}
	if r = join(t, lines, charges, MatchOptions{Apart: map[string]bool{charges[0].Fingerprint: true}}); said(r) != "0=no-line 1=supplier-unknown " {
		t.Errorf("a charge that belongs to no line: %s", said(r))
	}
	r = join(t, lines, charges, MatchOptions{Hand: []HandMatch{{charges[0].Fingerprint, "HR-2026-777777-01"}}})
	if r.Matches[0].Rule != BySupplier {
		t.Errorf("a hand match to no line: %s", said(r))
	}
}

func TestMerchantNames(t *testing.T) {
	for text, want := range map[string]string{
		"PAYPAL *ATELIER NUMERI 4029357733 ON": "ATELIER NUMERI",
		"SQ *CAFE DU COIN":                     "CAFE DU COIN",
		"TST* DINER 24":                        "DINER 24",
		"AMZN MKTP CA*2K4RT91Z0":               "2K4RT91Z0",
		"BOREAL DATA #1234":                    "BOREAL DATA",
		"WWW.CEDAR.CA":                         "CEDAR.CA",
		"PAYPAL *":                             "PAYPAL *",
		"CAFÉ MONTRÉAL QC CAN":                 "CAFÉ MONTRÉAL",
	} {
		if got := Merchant(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// Every charge ends in exactly one place, and so does every approved line.
func TestNothingIsLostOrCountedTwice(t *testing.T) {
	for seed := range uint64(6) {
		q := newQuarter(seed, 300)
		r, err := JoinCharges(q.lines, q.charges, MatchOptions{})
		if err != nil {
			t.Fatal(err)
		}
		charges, lines := make([]int, len(q.charges)), make([]int, len(q.lines))
		for _, m := range r.Matches {
			for _, c := range m.Charges {
				charges[c]++
			}
			if m.Rule != ByRefund {
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
			if want := map[bool]int{true: 1}[q.lines[i].Outcome == request.Approved]; n != want {
				t.Errorf("seed %d: line %d is in %d places, want %d", seed, i, n, want)
			}
		}
	}
}

// The same lines and charges give the same result, also in what is listed beside a tie.
func TestMatchingIsRepeatable(t *testing.T) {
	q := newQuarter(11, 400)
	first, err := JoinCharges(q.lines, q.charges, MatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		again, err := JoinCharges(q.lines, q.charges, MatchOptions{})
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
	var lines []Line
	var charges []Charge
	for i := range 5000 {
		lines = append(lines, approved(fmt.Sprintf("HR-2026-%06d-01", i+1), "Boréal Data", "100.00", "2026-11-01"))
		charges = append(charges, charged("BOREAL DATA", "100.00", "2026-11-05", ""))
	}
	r := join(t, lines, charges, MatchOptions{})
	if len(r.Matches) != 0 || len(r.Left) != len(charges) || len(r.Open) != len(lines) || r.Left[77].Reason != Tied {
		t.Errorf("%d matches, %d left, %d open, %s", len(r.Matches), len(r.Left), len(r.Open), r.Left[77].Reason)
	}
	r = join(t, lines[:1], charges, MatchOptions{})
	if len(r.Matches) != 0 || r.Left[0].Reason != Tied {
		t.Errorf("one line, thousands of charges: %d matches, %s", len(r.Matches), r.Left[0].Reason)
	}
}

// Synthetic quarters with known truth: no false match, and at least 95% of the true ones.
func TestSyntheticQuarters(t *testing.T) {
	for _, size := range []int{120, 1500} {
		for seed := range uint64(8) {
			q := newQuarter(seed, size)
			r, err := JoinCharges(q.lines, q.charges, MatchOptions{})
			if err != nil {
				t.Fatal(err)
			}
			precision, recall, wrong := q.score(r)
			for _, w := range wrong {
				t.Errorf("size %d, seed %d: false match %s", size, seed, w)
			}
			t.Logf("size %d, seed %d: precision %.4f, recall %.4f", size, seed, precision, recall)
			if recall < 0.95 {
				t.Errorf("size %d, seed %d: recall %.4f, precision %.4f", size, seed, recall, precision)
				q.missed(t, r)
			}
		}
	}
}

// missed logs a few true pairs that were not found.
func (q *quarter) missed(t *testing.T, r *Reconciliation) {
	n := 0
	for _, l := range r.Left {
		if refs := q.truth[r.Charges[l.Charge].Fingerprint]; len(refs) > 0 && n < 12 {
			n++
			t.Logf("%s %v: %+v", l.Reason, refs, r.Charges[l.Charge])
			for i := range r.Lines {
				for _, ref := range refs {
					if r.Lines[i].Reference == ref {
						t.Logf("    %s %s %s %s %s", ref, r.Lines[i].Supplier, r.Lines[i].Total.Plain(), r.Lines[i].Total.Currency, r.Lines[i].Decided.Format(time.DateOnly))
					}
				}
			}
		}
	}
}
