package reconciletest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/statement"
)

// Quarter is a synthetic quarter: lines, charges, and which charge really belongs to which lines.
type Quarter struct {
	r       *rand.Rand
	Lines   []reconcile.Line
	Charges []statement.Charge
	truth   map[string][]string         // a charge's fingerprint -> references of its lines
	why     map[string]reconcile.Reason // of charges that belong to nothing
	names   []string
	request int
}

var (
	firstWords  = []string{"Atelier", "Boréal", "Cedar", "Données", "Érable", "Falcon", "Grand", "Harbour", "Île", "Jasper", "Kanata", "Lumière", "Maple", "Nordik", "Ottawa", "Prairie", "Québec", "Rivière", "Saguenay", "Tundra"}
	secondWords = []string{"Numérique", "Data", "Systems", "Ouvertes", "Conseil", "Analytics", "Design", "Logiciels", "Networks", "Recherche", "Studios", "Traduction", "Cloud", "Audit", "Formation", "Research"}
	legalForms  = []string{"inc.", "Ltd.", "Ltée", "Corp.", ""}
	towns       = []string{"OTTAWA ON", "GATINEAU QC", "MONTREAL QC CAN", "TORONTO ON CA", "HALIFAX NS", ""}
	processors  = []string{"", "", "", "PAYPAL *", "SQ *", "TST* "}
)

// NewQuarter makes n lines and their charges from a seed.
func NewQuarter(seed uint64, n int) *Quarter {
	q := &Quarter{r: rand.New(rand.NewPCG(seed, 99)), truth: map[string][]string{}, why: map[string]reconcile.Reason{}}
	for range max(8, n/6) {
		name := firstWords[q.r.IntN(len(firstWords))] + " " + secondWords[q.r.IntN(len(secondWords))]
		if n > 200 {
			name += " " + string(rune('A'+q.r.IntN(26))) + string(rune('a'+q.r.IntN(26))) + string(rune('a'+q.r.IntN(26)))
		}
		q.names = append(q.names, name+" "+legalForms[q.r.IntN(len(legalForms))])
	}
	for len(q.Lines) < n {
		q.story()
	}
	Fingerprint(q.Charges)
	for i := range q.Charges {
		// Stories wrote the truth under the place of the charge; now it has a fingerprint.
		key := fmt.Sprint(i)
		if refs, ok := q.truth[key]; ok {
			delete(q.truth, key)
			q.truth[q.Charges[i].Fingerprint] = refs
		}
		if why, ok := q.why[key]; ok {
			delete(q.why, key)
			q.why[q.Charges[i].Fingerprint] = why
		}
	}
	q.r.Shuffle(len(q.Charges), func(i, j int) { q.Charges[i], q.Charges[j] = q.Charges[j], q.Charges[i] })
	return q
}

// line approves one line of the current request.
func (q *Quarter) line(number, supplier int, currency string, day time.Time) *reconcile.Line {
	cents := int64(math.Exp(5+q.r.Float64()*4) * 100)
	l := reconcile.Line{
		Reference: fmt.Sprintf("HR-2026-%06d-%02d", q.request, number), Supplier: q.names[supplier], SupplierID: fmt.Sprintf("%09d", 100_000_000+supplier),
		CostCentre: fmt.Sprintf("%04d", q.r.IntN(40)), Cardholder: fmt.Sprintf("holder%d@department.example", supplier%25), Commodity: "services", Title: "Something",
		Total: request.Money{Amount: decimal.New(cents, -2), Currency: currency}, Received: day.Add(-time.Hour), Decided: day, Outcome: request.Approved,
	}
	q.Lines = append(q.Lines, l)
	return &q.Lines[len(q.Lines)-1]
}

// merchant writes a supplier's name as a bank would.
func (q *Quarter) merchant(name string) string {
	s := strings.ToUpper(name)
	s = strings.NewReplacer("É", "E", "È", "E", "Î", "I", "Ô", "O", "À", "A").Replace(s)
	for _, form := range []string{" INC.", " LTD.", " LTEE", " LTÉE", " CORP."} {
		s = strings.TrimSuffix(s, form)
	}
	if q.r.IntN(12) == 0 && len(s) > 10 { // a typing slip
		at := 3 + q.r.IntN(len(s)-6)
		switch q.r.IntN(3) {
		case 0:
			s = s[:at] + s[at+1:]
		case 1:
			s = s[:at] + s[at+1:at+2] + s[at:at+1] + s[at+2:]
		default:
			s = s[:at] + "X" + s[at+1:]
		}
	}
	if q.r.IntN(8) == 0 && len(s) > 16 {
		return processors[q.r.IntN(len(processors))] + s[:16] // cut off
	}
	return strings.TrimSpace(processors[q.r.IntN(len(processors))] + s + " " + towns[q.r.IntN(len(towns))])
}

// charge charges an amount some days later; the truth is what it is for.
func (q *Quarter) charge(l *reconcile.Line, amount decimal.Decimal, days int, ref string, refs ...string) *statement.Charge {
	on := request.DateOf(l.Decided).AddDays(days)
	c := statement.Charge{Statement: "q.csv", Row: len(q.Charges) + 2, Posted: on.AddDays(1 + q.r.IntN(3)), Transacted: on, Merchant: q.merchant(l.Supplier),
		Amount: request.Money{Amount: amount, Currency: "CAD"}, Card: fmt.Sprintf("%04d", 1000+int(l.Cardholder[6])*7), Reference: ref}
	if l.Total.Currency != "CAD" {
		c.Original = request.Money{Amount: amount, Currency: l.Total.Currency}
		c.Amount.Amount = amount.Mul(decimal.RequireFromString("1.3642")).Round(2)
	}
	q.Charges = append(q.Charges, c)
	if len(refs) > 0 {
		q.truth[fmt.Sprint(len(q.Charges)-1)] = refs
	}
	return &q.Charges[len(q.Charges)-1]
}

func (q *Quarter) wrong(c *statement.Charge, why reconcile.Reason) {
	_ = c
	q.why[fmt.Sprint(len(q.Charges)-1)] = why
}

// written is the reference as the cardholder copies it, in half of the cases at all.
func (q *Quarter) written(ref string) string {
	switch q.r.IntN(8) {
	case 0, 1, 2:
		return ref
	case 3:
		return strings.ToLower(strings.ReplaceAll(ref, "-", " "))
	}
	return ""
}

// story is one request and what becomes of it.
func (q *Quarter) story() {
	q.request++
	day := time.Date(2026, 7, 2, 14, 0, 0, 0, time.UTC).AddDate(0, 0, q.r.IntN(80))
	supplier, currency := q.r.IntN(len(q.names)), "CAD"
	if q.r.IntN(20) == 0 {
		currency = "USD"
	}
	soon := 1 + q.r.IntN(25)
	switch k := q.r.IntN(100); {
	case k < 58: // one line, one charge
		l := q.line(1, supplier, currency, day)
		q.charge(l, l.Total.Amount, soon, q.written(l.Reference), l.Reference)
	case k < 62: // within tolerance
		l := q.line(1, supplier, currency, day)
		off := l.Total.Amount.Mul(decimal.RequireFromString("0.006")).Round(2)
		q.charge(l, l.Total.Amount.Add(decimal.Min(off, decimal.NewFromInt(20))), soon, q.written(l.Reference), l.Reference)
	case k < 66: // late
		l := q.line(1, supplier, currency, day)
		q.charge(l, l.Total.Amount, 80+q.r.IntN(38), q.written(l.Reference), l.Reference)
	case k < 70: // one line, two or three charges
		l := q.line(1, supplier, "CAD", day)
		part := l.Total.Amount.Mul(decimal.RequireFromString("0.37")).Round(2)
		ref := q.written(l.Reference)
		q.charge(l, part, soon, ref, l.Reference).Merchant = q.merchant(l.Supplier)
		q.charge(l, l.Total.Amount.Sub(part), soon+3, ref, l.Reference)
	case k < 75: // two or three lines, one charge
		first := len(q.Lines)
		n := 2 + q.r.IntN(2)
		sum, refs := decimal.Zero, []string{}
		for i := range n {
			l := q.line(i+1, supplier, "CAD", day)
			sum, refs = sum.Add(l.Total.Amount), append(refs, l.Reference)
		}
		q.charge(&q.Lines[first], sum, soon, "", refs...)
	case k < 78: // an amendment, charged together
		l := q.line(1, supplier, "CAD", day)
		first, amount := l.Reference, l.Total.Amount
		holder, centre := l.Cardholder, l.CostCentre
		q.request++
		a := q.line(1, supplier, "CAD", day.AddDate(0, 0, 4))
		a.Amends, a.Cardholder, a.CostCentre = first, holder, centre
		q.charge(a, amount.Add(a.Total.Amount), soon, "", first, a.Reference)
	case k < 82: // bought and given back
		l := q.line(1, supplier, "CAD", day)
		ref := q.written(l.Reference)
		q.charge(l, l.Total.Amount, soon, ref, l.Reference)
		back := l.Total.Amount
		if q.r.IntN(2) == 0 {
			back = back.Div(decimal.NewFromInt(3)).Round(2)
		}
		q.charge(l, back.Neg(), soon+10, ref, l.Reference)
	case k < 86: // several lines, each charged by itself
		for i := range 3 {
			l := q.line(i+1, supplier, currency, day)
			q.charge(l, l.Total.Amount, soon+i, q.written(l.Reference), l.Reference)
		}
	case k < 91: // never charged
		q.line(1, supplier, currency, day)
	default:
		q.trouble(k, supplier, day, soon)
	}
}

// trouble is a charge that must not be matched.
func (q *Quarter) trouble(k, supplier int, day time.Time, soon int) {
	l := q.line(1, supplier, "CAD", day)
	switch k {
	case 91: // charged twice
		ref := q.written(l.Reference)
		c := *q.charge(l, l.Total.Amount, soon, ref, l.Reference)
		again := q.charge(l, l.Total.Amount, soon+2, ref)
		again.Merchant, again.Card = c.Merchant, c.Card
		q.wrong(again, reconcile.Duplicate)
	case 92:
		q.wrong(q.charge(l, l.Total.Amount, -1-q.r.IntN(9), q.written(l.Reference)), reconcile.BeforeApproval)
	case 93:
		l.Outcome = request.Declined
		q.wrong(q.charge(l, l.Total.Amount, soon, q.written(l.Reference)), reconcile.AfterDeclining)
	case 94, 95:
		q.wrong(q.charge(l, l.Total.Amount.Mul(decimal.RequireFromString("1.31")).Round(2), soon, l.Reference), reconcile.WrongAmount)
	case 96:
		c := q.charge(l, l.Total.Amount, soon, q.written(l.Reference))
		c.Amount.Currency = "EUR"
		q.wrong(c, reconcile.WrongCurrency)
	default: // nothing approved at all
		c := q.charge(l, decimal.New(int64(q.r.IntN(900_000)+1000), -2), soon, "")
		c.Merchant = fmt.Sprintf("%s %s", []string{"ZEBRA GAS", "WONKY PIZZA", "VAGUE HOTEL"}[q.r.IntN(3)], towns[q.r.IntN(len(towns))])
		q.wrong(c, reconcile.NoSupplier)
	}
}

// Score compares what was matched with the truth, pair by pair of charge and line.
func (q *Quarter) Score(r *reconcile.Reconciliation) (precision, recall float64, falsePairs []string) {
	right, wrong, all := 0, 0, 0
	for _, refs := range q.truth {
		all += len(refs)
	}
	for _, m := range r.Matches {
		for _, c := range m.Charges {
			for _, l := range m.Lines {
				found := false
				for _, ref := range q.truth[r.Charges[c].Fingerprint] {
					found = found || ref == r.Lines[l].Reference
				}
				if found {
					right++
				} else {
					wrong++
					falsePairs = append(falsePairs, fmt.Sprintf("%s %d%%: %+v\n\t-> %s %s %s %s", m.Rule, m.Score, r.Charges[c], r.Lines[l].Reference, r.Lines[l].Supplier, r.Lines[l].Total.Plain(), r.Lines[l].Decided))
				}
			}
		}
	}
	return float64(right) / float64(max(1, right+wrong)), float64(right) / float64(max(1, all)), falsePairs
}

// Missed logs a few true pairs that were not found.
func (q *Quarter) Missed(t testing.TB, r *reconcile.Reconciliation) {
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
