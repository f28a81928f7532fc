package quartertest

import (
	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/statement"
)

func currencyKinds() []kind {
	return []kind{
		{"foreign-with-original", 4, false, foreignWithOriginal,
			"Approved in US dollars, charged in Canadian ones, and the statement has the original sum: right."},
		{"foreign-card", 2, false, foreignCard,
			"Approved and charged in US dollars: right."},
		{"exchange-within", 3, false, exchangeWithin,
			"Approved in Canadian dollars, bought in euros, the rate moved less than the tolerance: right."},
		{"exchange-beyond", 3, false, exchangeBeyond,
			"The rate moved more than the tolerance: with the reference right and a variance; without, either."},
		{"foreign-without-original", 1, false, foreignWithoutOriginal,
			"Approved in US dollars, charged in Canadian ones, and nothing says the original sum: either."},
		{"same-figure-other-currency", 2, true, sameFigure,
			"500.00 approved in Canadian dollars, 500.00 charged in US ones, or originally so, no reference: none."},
	}
}

// exchanged is what a sum in US dollars costs in Canadian ones, the bank's 2.5 % in it.
func (d *draft) exchanged(cents int64) int64 { return cents * int64(d.between(1394, 1455)) / 1000 }

func original(c *statement.Charge, cents int64, code string) {
	c.Original = request.FromMinor(cents, code)
}

func foreignWithOriginal(d *draft) {
	s := d.supplier()
	l := d.line(s)
	setCurrency(l, "USD")
	original(d.charge(l, d.printed(s), d.exchanged(total(l)), d.between(1, 30)), total(l), "USD")
	d.right(l)
}

func foreignCard(d *draft) {
	s := d.supplier()
	l := d.line(s)
	setCurrency(l, "USD")
	d.charge(l, d.printed(s), total(l), d.between(1, 30)).Amount.Currency = "USD"
	d.right(l)
}

func exchangeWithin(d *draft) {
	s := d.supplier()
	l := d.large(s, 20000, 200000)
	cents := total(l) + total(l)*int64(d.between(-8, 8))/1000
	original(d.charge(l, d.printed(s), cents, d.between(1, 30)), cents*int64(d.between(640, 690))/1000, "EUR")
	d.right(l)
}

func exchangeBeyond(d *draft) {
	s := d.supplier()
	l := d.large(s, 30000, 500000)
	cents := total(l) + total(l)*int64(d.between(25, 60))/1000
	original(d.charge(l, d.printed(s), cents, d.between(1, 30)), cents*67/100, "EUR")
	isVarianceOrDoubt(d, l)
}

func foreignWithoutOriginal(d *draft) {
	s := d.supplier()
	l := d.line(s)
	setCurrency(l, "USD")
	c := d.charge(l, d.printed(s), d.exchanged(total(l)), d.between(1, 30))
	d.last().either = []*reconcile.Line{l}
	if d.int(2) == 0 {
		refer(c, l)
	}
}

func sameFigure(d *draft) {
	s := d.supplier()
	l := d.line(s)
	c := d.charge(l, d.printed(s), total(l), d.between(1, 30))
	if d.int(2) == 0 {
		c.Amount.Currency = "USD"
		return
	}
	c.Amount = request.FromMinor(d.exchanged(total(l)), "CAD")
	original(c, total(l), "USD")
}

func refundKinds() []kind {
	return []kind{
		{"refund", 4, false, refundWhole,
			"A purchase and all of it back later: both are the line's, the refund by the purchase it undoes."},
		{"refund-part", 3, false, refundPart,
			"A part comes back: with the reference the line's; without, either."},
		{"refund-of-one-of-two", 1, true, refundTie,
			"Two purchases of one sum from one supplier, each with its reference, and one refund without: a tie."},
		{"refund-without-purchase", 2, true, refundAlone,
			"A refund, and an open line of the same supplier and sum: none. What comes back is no purchase of that line."},
		{"reversal-and-recharge", 3, true, recharged,
			"Charged, reversed, charged again: either for each of the three, with that line and no other."},
		{"charged-twice", 3, true, chargedTwice,
			"The merchant charged one line twice on a day: at most one of the two. Which one is nobody's to tell."},
		{"charged-twice-with-reference", 3, true, chargedTwiceWithReference,
			"The same, and one bears the reference: that one; the other is none."},
	}
}

// back turns the last charge into a refund; banks that have no such kind write a sum below zero.
func (d *draft) back(c *statement.Charge) {
	c.Amount.Amount = c.Amount.Amount.Neg()
	c.Kind = pick(d, statement.Refund, statement.Purchase)
}

func refundWhole(d *draft) {
	s := d.supplier()
	l := d.line(s)
	merchant, at := d.printed(s), d.between(1, 15)
	d.charge(l, merchant, total(l), at)
	d.right(l)
	d.back(d.charge(l, merchant, total(l), at+d.between(4, 20)))
	d.right(l)
}

func refundPart(d *draft) {
	s := d.supplier()
	l := d.large(s, 20000, 300000)
	merchant, at := d.printed(s), d.between(1, 15)
	d.charge(l, merchant, total(l), at)
	d.right(l)
	d.back(d.charge(l, merchant, total(l)*int64(d.between(15, 70))/100, at+d.between(4, 20)))
	d.rightOr(l)
}

func refundTie(d *draft) {
	s := d.supplier()
	a := d.line(s)
	b := d.lineAt(s, total(a))
	setDecided(b, dayOf(a))
	merchant := d.printed(s)
	for _, l := range []*reconcile.Line{a, b} {
		l.Cardholder, l.CostCentre = a.Cardholder, a.CostCentre
		d.charge(l, merchant, total(l), 5)
		d.bearing(l)
	}
	d.back(d.charge(a, merchant, total(a), d.between(12, 25)))
	d.last().tie = true
}

func refundAlone(d *draft) {
	s := d.supplier()
	l := d.line(s)
	d.back(d.charge(l, d.printed(s), total(l), d.between(1, 30)))
}

func recharged(d *draft) {
	s := d.supplier()
	l := d.line(s)
	merchant, at := d.printed(s), d.between(1, 20)
	bears := d.rolls()
	for i := range 3 {
		c := d.charge(l, merchant, total(l), at+2*i)
		if bears {
			refer(c, l)
		}
		d.last().either = []*reconcile.Line{l}
		if i == 1 {
			c.Amount.Amount, c.Kind = c.Amount.Amount.Neg(), statement.Reversal
		}
	}
}

func chargedTwice(d *draft) {
	s := d.supplier()
	l := d.line(s)
	merchant, at := d.printed(s), d.between(1, 30)
	for range 2 {
		c := d.charge(l, merchant, total(l), at)
		c.Posted, c.Category = c.Transacted.AddDays(2), "5943"
		d.last().either, d.last().onlyOne = []*reconcile.Line{l}, l.Reference
	}
}

func chargedTwiceWithReference(d *draft) {
	s := d.supplier()
	l := d.line(s)
	merchant, at := d.printed(s), d.between(1, 25)
	apart := d.between(0, 3)
	first := d.int(2)
	for i := range 2 {
		d.charge(l, merchant, total(l), at+apart*i)
		if i == first {
			d.bearing(l)
		}
	}
}
