package quartertest

import (
	"strings"

	"handrail/internal/reconcile"
	"handrail/internal/request"
)

func contains(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

func replaceAll(s string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(s) }

func dayOf(l *reconcile.Line) request.Date { return request.DateOf(l.Decided) }

// large makes a line of at least some total, so that what is beyond tolerance is well beyond it.
func (d *draft) large(s supplier, least, most int64) *reconcile.Line {
	return d.lineAt(s, least+d.b.rng.Int64N(most-least))
}

// off tells of a charge that differs from its line what by gives; how says the truth.
func off(least, most int64, by func(d *draft, total int64) int64, how func(*draft, *reconcile.Line)) func(*draft) {
	return func(d *draft) {
		s := d.supplier()
		l := d.large(s, least, most)
		d.charge(l, d.printed(s), total(l)+by(d, total(l)), d.between(1, 30))
		how(d, l)
	}
}

func isRight(d *draft, l *reconcile.Line) { d.right(l) }
func isNone(*draft, *reconcile.Line)      {}

func isVariance(d *draft, l *reconcile.Line) {
	d.bearing(l)
	d.last().variance = true
}

// isVarianceOrDoubt is a charge beyond tolerance: its reference decides, without one it is doubtful.
func isVarianceOrDoubt(d *draft, l *reconcile.Line) { d.last().variance = d.rightOr(l) }

func sumKinds() []kind {
	share := func(lo, hi int) func(*draft, int64) int64 { // of the total, in thousandths
		return func(d *draft, total int64) int64 { return total * int64(d.between(lo, hi)) / 1000 }
	}
	return []kind{
		{"cents-of-rounding", 5, false, off(5000, 300000, func(d *draft, _ int64) int64 { return pick(d, int64(-3), -2, -1, 1, 2, 5) }, isRight),
			"A cent or five more or less: right."},
		{"slightly-above", 4, false, off(20000, 240000, share(2, 9), isRight),
			"Above, inside 1 % and 25.00: right."},
		{"slightly-below", 4, false, off(20000, 240000, share(-9, -2), isRight),
			"Below, inside the tolerance: right."},
		{"variance", 5, false, off(15000, 500000, share(40, 300), isVariance),
			"The line's reference and 4 to 30 % more: right, and a variance: the reference decides with larger sums too."},
		{"beyond-without-reference", 3, true, off(15000, 500000, share(40, 300), isNone),
			"The supplier's name and 4 to 30 % more: none. By name alone the sum must fit; a person decides."},
		{"beyond-most", 2, true, off(700000, 2000000, func(d *draft, _ int64) int64 { return int64(d.between(2900, 4500)) }, isNone),
			"Less than 1 % but more than 25.00 above, no reference: none."},
		{"beyond-a-small-sum", 2, true, off(3000, 6000, func(d *draft, _ int64) int64 { return int64(d.between(90, 220)) }, isNone),
			"A dollar or two on fifty are more than 1 %, no reference: none."},
		{"less-with-reference", 3, false, off(30000, 500000, share(-700, -100), func(d *draft, l *reconcile.Line) { d.bearing(l) }),
			"The reference and clearly less: right, a part of the line."},
		{"less-without-reference", 2, true, off(30000, 500000, share(-700, -100), isNone),
			"The supplier's name and clearly less: none. It may be another purchase."},
		{"tip", 3, false, tip,
			"A caterer's charge with 12 to 18 % of tip: with the reference right and a variance; without, either."},
		{"zero", 1, true, off(20000, 240000, func(_ *draft, total int64) int64 { return -total }, func(d *draft, l *reconcile.Line) {
			refer(d.charges[len(d.charges)-1], l)
			d.last().either = []*reconcile.Line{l}
		}), "A row of 0.00 with a reference: either, it moves nothing."},
		{"unread-total", 1, false, unreadTotal,
			"A line whose sum could not be read, and a charge with its reference: either."},
		{"sum-of-two-suppliers", 2, true, sumOfTwoSuppliers,
			"One supplier's charge has the sum of its line and another supplier's, no reference: none."},
	}
}

func tip(d *draft) {
	s := d.supplierWhere(func(s supplier) bool { return contains(s.name, "Catering", "Traiteur") })
	l := d.large(s, 15000, 90000)
	d.charge(l, d.printed(s), total(l)+total(l)*int64(d.between(12, 18))/100, d.between(1, 30))
	isVarianceOrDoubt(d, l)
}

func unreadTotal(d *draft) {
	s := d.supplier()
	l := d.line(s)
	cents := total(l)
	l.Net, l.Tax, l.Total = request.Money{}, request.Money{}, request.Money{}
	refer(d.charge(l, d.printed(s), cents, d.between(1, 30)), l)
	d.last().either = []*reconcile.Line{l}
}

func sumOfTwoSuppliers(d *draft) {
	s, other := d.supplier(), d.supplier()
	l := d.large(s, 20000, 200000)
	theirs := d.lineAt(other, total(l)/2+int64(d.between(100, 9000)))
	setDecided(theirs, dayOf(l))
	d.charge(l, d.printed(s), total(l)+total(theirs), d.between(1, 30))
}

func partKinds() []kind {
	return []kind{
		{"shipments", 4, false, parts(func(d *draft) int { return d.between(2, 3) }, false),
			"A line comes in two or three shipments that add up to it: each is the line's, with its reference or by the sum."},
		{"instalments", 3, false, parts(func(*draft) int { return 3 }, true),
			"Three equal parts, two weeks apart, that add up: each is the line's."},
		{"first-shipment", 2, false, firstShipment,
			"One shipment so far: with the reference right, a part; without, either."},
		{"subscription", 3, false, subscription,
			"A year approved, three months charged: with the reference right; without, either."},
		{"two-cards", 3, false, twoCards,
			"Two cards paid one line on one day: both charges are the line's."},
		{"several-lines", 4, false, severalLines,
			"One charge pays for two to four lines of one request: it belongs to all."},
		{"several-lines-one-reference", 1, false, severalLinesOneReference,
			"The same with only the first line's reference written: right with that, either with the others."},
		{"amendment-in-one-charge", 3, false, amendmentInOne,
			"A line and what amends it in one charge: it belongs to both."},
		{"amendment-apart", 2, false, amendmentApart,
			"A line and what amends it, charged apart: each to its own; either to the other, since they are one purchase."},
	}
}

func parts(count func(*draft) int, equal bool) func(*draft) {
	return func(d *draft) {
		s := d.supplier()
		l := d.large(s, 30000, 900000)
		n := count(d)
		rest, at := total(l), d.between(1, 8)
		for i := range n {
			part := rest
			if left := int64(n - i); left > 1 {
				part = rest / left
				if !equal {
					part = part * int64(d.between(55, 85)) / 100
				}
			}
			rest -= part
			d.charge(l, d.printed(s), part, at)
			d.right(l)
			at += d.between(10, 15)
		}
	}
}

func firstShipment(d *draft) {
	s := d.supplier()
	l := d.large(s, 30000, 900000)
	d.charge(l, d.printed(s), total(l)*int64(d.between(20, 70))/100, d.between(1, 30))
	d.rightOr(l)
}

func subscription(d *draft) {
	s := d.supplier()
	month := int64(d.between(1500, 40000))
	l := d.lineAt(s, 12*month)
	merchant := d.printed(s)
	setDecided(l, d.b.start.AddDays(d.between(-8, 10)))
	for i := range 3 {
		d.charge(l, merchant, month, 10+30*i)
		d.rightOr(l)
	}
}

func twoCards(d *draft) {
	s := d.supplier()
	l := d.large(s, 300000, 1500000)
	first := total(l) * int64(d.between(45, 65)) / 100
	merchant, days := d.printed(s), d.between(1, 30)
	d.charge(l, merchant, first, days)
	d.right(l)
	d.charge(l, merchant, total(l)-first, days)
	d.setCard(d.another(l))
	d.right(l)
}

func severalLines(d *draft) {
	s := d.supplier()
	all := d.sisters(d.line(s), s, d.between(1, 3))
	d.charge(all[0], d.printed(s), sum(all), d.between(1, 30))
	d.right(all...)
}

func severalLinesOneReference(d *draft) {
	s := d.supplier()
	all := d.sisters(d.line(s), s, d.between(1, 2))
	d.charge(all[0], d.printed(s), sum(all), d.between(1, 30))
	d.bearing(all[0])
	d.last().either = all[1:]
}

// amended is a line and the addition to it, decided some days later.
func (d *draft) amended(s supplier) (l, more *reconcile.Line) {
	l = d.large(s, 40000, 500000)
	more = d.lineAt(s, total(l)*int64(d.between(12, 45))/100)
	more.Amends, more.CostCentre, more.Cardholder = l.Reference, l.CostCentre, l.Cardholder
	more.Requester, more.Unit = l.Requester, l.Unit
	setDecided(more, dayOf(l).AddDays(d.between(2, 6)))
	return l, more
}

func amendmentInOne(d *draft) {
	s := d.supplier()
	l, more := d.amended(s)
	c := d.charge(l, d.printed(s), total(l)+total(more), d.between(8, 35))
	d.right(l, more)
	if c.Reference != "" && d.int(2) == 0 {
		refer(c, l) // people write the first number and no other
	}
}

func amendmentApart(d *draft) {
	s := d.supplier()
	l, more := d.amended(s)
	for _, of := range [][2]*reconcile.Line{{l, more}, {more, l}} {
		d.charge(of[0], d.printed(s), total(of[0]), d.between(8, 30))
		d.right(of[0])
		d.last().either = []*reconcile.Line{of[1]}
	}
}
