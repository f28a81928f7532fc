package forms

import (
	"slices"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// finish gives the lines what is said for the whole only. What lines say themselves stays.
func (s *footerSums) finish() {
	if len(s.lines) == 0 {
		return
	}
	ships := s.shipping != nil && !s.ships.IsZero()
	shareTax := s.tax != nil && !s.own[1]
	last := s.t.sums[len(s.t.sums)-1].row + 1
	if s.tax != nil && s.own[1] {
		own, n, known := s.sum(request.Tax, 0, last)
		if known && !s.near(s.taxes, own, n) {
			s.disagree(s.tax, own)
			return
		}
	}
	if s.own[2] && (shareTax || ships) {
		s.ownTotals(ships, shareTax, last)
		return
	}
	shareTotal := s.withTax && s.tax == nil && !s.own[1] && !s.own[2] && s.total != nil
	if !ships && !shareTax && !shareTotal {
		return
	}
	if s.mixed {
		s.fail(workbook.Ref(1, last-1), "footer-not-shared", footerMixedText)
		return
	}
	if ref, row := s.missing(); ref != "" {
		s.fail(ref, "footer-not-shared", footerNotSharedText(row))
		return
	}
	s.share(ships, shareTax, shareTotal)
}

// ownTotals looks at lines that have totals of their own, over tax or shipping of the whole: these are in them already, or
// nobody knows whose they are.
func (s *footerSums) ownTotals(ships, shareTax bool, last int) {
	own, n, _ := s.sum(request.Total, 0, last)
	net, _, _ := s.sum(request.Net, 0, last)
	tax, _, _ := s.sum(request.Tax, 0, last)
	if !shareTax {
		s.taxes = tax
	}
	if s.own[0] && s.near(own, net.Add(s.taxes).Add(s.ships), n) {
		return
	}
	if s.total != nil && s.near(s.total.amount, own, n) && !s.own[0] {
		return // "of which tax"
	}
	c := s.tax
	if ships {
		c = s.shipping
	}
	if s.total != nil {
		c = s.total
	}
	s.disagree(c, own)
}

// missing is the cell and row of a line without a subtotal to share by.
func (s *footerSums) missing() (ref string, row int) {
	sum := decimal.Decimal{}
	for _, l := range s.lines {
		if !l.given[0] {
			c := s.shipping
			for _, other := range []*sumCell{s.tax, s.total} {
				if c == nil {
					c = other
				}
			}
			return c.ref, l.row
		}
		sum = sum.Add(l.amount[0])
	}
	if !sum.IsPositive() {
		for _, c := range []*sumCell{s.shipping, s.tax, s.total} {
			if c != nil && !c.amount.IsZero() {
				return c.ref, s.lines[0].row
			}
		}
	}
	return "", 0
}

// share gives shipping, tax and total to the lines by their subtotals.
func (s *footerSums) share(ships, shareTax, shareTotal bool) {
	weights := make([]decimal.Decimal, len(s.lines))
	for i, l := range s.lines {
		weights[i] = l.amount[0]
	}
	digits := moneyDigits(s.t.r.options.Currency)
	shipping := shares(s.ships, weights, digits)
	tax := shares(s.taxes, weights, digits)
	var total []decimal.Decimal
	if shareTotal {
		total = shares(s.total.amount, weights, digits)
	}
	f := s.t.r.form
	n := 0
	for i := range f.Lines.Len() {
		l := f.Lines.At(i)
		if n == len(s.lines) || l.Row != s.lines[n].row {
			continue
		}
		give := given{digits: digits}
		if ships {
			give.shipping(&l, shipping[n], s)
		}
		switch {
		case shareTax:
			give.tax(&l, tax[n], s)
		case shareTotal:
			give.put(&l, request.Total, total[n], s.total.ref)
		case ships && s.own[1]:
			give.again(&l)
		}
		note := give.note(s, shipping[n], ships, shareTax, shareTotal)
		l.Problems = append(l.Problems, s.t.r.note(l.Values[request.Net].Cell, "footer-shared", note))
		f.Lines.Put(i, &l)
		n++
	}
}

// ShippingShare is where line.extra says how much of the subtotal is shipping of the whole: what quantity × unit price lacks.
const ShippingShare = "Shipping share"

// given is what one line gets.
type given struct {
	digits int32
	part   decimal.Decimal
}

func (g *given) put(l *request.Line, f request.Field, n decimal.Decimal, ref string) {
	v := &l.Values[f]
	v.Number, v.Text, v.Given = n, n.StringFixed(g.digits), true
	if v.Cell == "" {
		v.Cell = ref
	}
}

func (g *given) shipping(l *request.Line, n decimal.Decimal, s *footerSums) {
	g.put(l, request.Net, l.Values[request.Net].Number.Add(n), s.shipping.ref)
	if l.Extra == nil {
		l.Extra = map[string]string{}
	}
	l.Extra[ShippingShare] = n.StringFixed(g.digits)
}

func (g *given) tax(l *request.Line, n decimal.Decimal, s *footerSums) {
	g.part = n
	g.put(l, request.Tax, n, s.tax.ref)
	ref := s.tax.ref
	if s.total != nil {
		ref = s.total.ref
	}
	if !l.Values[request.Total].Given && !l.Values[request.Total].Faulty {
		g.put(l, request.Total, l.Values[request.Net].Number.Add(n), ref)
	}
}

// again adds up a total once more that the reader had added up from subtotal and tax.
func (g *given) again(l *request.Line) {
	if !derived(l, request.Total) {
		return
	}
	l.Problems = slices.DeleteFunc(l.Problems, func(p request.Problem) bool { return p.Code == "derived-total" })
	g.put(l, request.Total, l.Values[request.Net].Number.Add(l.Values[request.Tax].Number), "")
}

func (g *given) note(s *footerSums, shipping decimal.Decimal, ships, tax, total bool) request.Text {
	var parts []sharedPart
	if ships {
		parts = append(parts, sharedPart{text("shipping", "transport"), shipping.StringFixed(g.digits), s.ships.StringFixed(g.digits), s.shipping.ref})
	}
	if tax {
		parts = append(parts, sharedPart{text("tax", "taxes"), g.part.StringFixed(g.digits), s.taxes.StringFixed(g.digits), s.tax.ref})
	}
	if total {
		parts = append(parts, sharedPart{text("total", "total"), "", s.total.amount.StringFixed(g.digits), s.total.ref})
	}
	return sharedText(parts, ships)
}

// shares splits an amount by weights: each share is whole minor units, and the largest remainders get what is left, so that
// they add up to the amount.
func shares(amount decimal.Decimal, weights []decimal.Decimal, digits int32) []decimal.Decimal {
	parts := make([]decimal.Decimal, len(weights))
	sum := decimal.Decimal{}
	for _, w := range weights {
		sum = sum.Add(w)
	}
	if !sum.IsPositive() || amount.IsZero() {
		return parts
	}
	unit := minorUnit(digits)
	left := amount
	order := make([]int, len(weights))
	rests := make([]decimal.Decimal, len(weights))
	for i, w := range weights {
		exact := amount.Mul(w).DivRound(sum, digits+12)
		parts[i] = exact.RoundFloor(digits)
		rests[i] = exact.Sub(parts[i])
		left = left.Sub(parts[i])
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return rests[b].Cmp(rests[a]) })
	for i := 0; left.IsPositive() && len(order) > 0; i++ {
		at := order[i%len(order)]
		parts[at] = parts[at].Add(unit)
		left = left.Sub(unit)
	}
	return parts
}
