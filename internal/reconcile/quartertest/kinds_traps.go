package quartertest

import "handrail/internal/reconcile"

func trapKinds() []kind {
	return []kind{
		{"no-approval", 4, true, noApproval,
			"Bought without any approval: none."},
		{"another's-sum", 5, true, anothersSum,
			"Bought without approval, on the day and of the sum of another supplier's line: none."},
		{"another's-sum-and-trade", 2, true, anothersSumAndTrade,
			"The same, and both are of one trade: a trade's word joins nothing: none."},
		{"common-beginning", 10, true, commonBeginning,
			"The merchant's name only begins like a line's supplier (“Apple”, APPLETREE CATERING), same sum, same card: none."},
		{"family-name", 3, true, familyName,
			"Two suppliers of one family's name and different trades; only one has a line, the other is charged, same sum: none."},
		{"gift", 2, true, unwanted("CARTES-CADEAUX DU MAIL", "GIFT CARDS & MORE", "FLEURISTE LA ROSERAIE"),
			"Gift cards and flowers nobody approved, of some line's sum: none."},
		{"personal", 2, true, unwanted("SALON DE COIFFURE BELLE", "DOGGY DAYCARE OTTAWA", "STREAMFLICKS.COM"),
			"The cardholder's own purchase, of some line's sum: none."},
	}
}

func noApproval(d *draft) {
	s := d.supplier()
	l := d.line(d.supplier())
	d.charge(l, d.printed(s), d.cents()+int64(d.int(99)), d.between(1, 30))
}

func anothersSum(d *draft) {
	s := d.supplier()
	l := d.line(d.supplier())
	d.charge(l, d.printed(s), total(l), d.between(0, 3))
}

func anothersSumAndTrade(d *draft) {
	trade := pick(d, "Plumbing", "Signs", "Training", "Scientific", "Printing")
	of := func(s supplier) bool { return contains(s.name, trade) }
	l := d.line(d.supplierWhere(of))
	d.charge(l, capitals(d.supplierWhere(of).name), total(l), d.between(1, 30))
}

func commonBeginning(d *draft) {
	names := commonBeginnings()
	p := names[d.pair(len(names))]
	l := d.line(d.known(p[0], p[0]))
	d.charge(l, p[1]+pick(d, "", " 0042", " OTTAWA ON"), total(l), d.between(1, 30))
	if d.int(2) == 0 { // the line's own charge comes too
		d.charge(l, capitals(p[0]), total(l), d.between(1, 30))
		d.right(l)
	}
}

func familyName(d *draft) {
	names := familyNames()
	p := names[d.pair(len(names))]
	of := d.int(2)
	l := d.line(d.known(p[of], p[0]))
	d.charge(l, capitals(p[1-of]), total(l), d.between(1, 30))
}

func unwanted(texts ...string) func(*draft) {
	return func(d *draft) {
		l := d.line(d.supplier())
		d.charge(l, pick(d, texts...), total(l), d.between(1, 30))
	}
}

func tieKinds() []kind {
	return []kind{
		{"similar-names", 3, true, similarNamesWhole,
			"Two suppliers with similar names, one sum, one day; each charge has the whole name: each to its own, never across."},
		{"similar-names-cut", 2, true, similarNamesCut,
			"The same, and the bank cut the name to what both have in common, no reference: a tie."},
		{"two-lines-of-one-sum", 3, true, twoLines,
			"One supplier, two lines of one sum, one or two charges without reference: a tie, a person decides."},
		{"two-lines-with-references", 3, true, twoLinesWithReferences,
			"The same, and each charge bears its reference: each to its own."},
		{"two-lines-one-reference", 2, true, twoLinesOneReference,
			"The same, and one charge bears its reference: that to its own, the other to the line that is left."},
		{"two-lines-of-one-request", 1, true, twoLinesOfOneRequest,
			"Two lines of one sum in one request, a charge of that sum that names the request and no line: a tie."},
		{"two-lines-apart", 2, true, twoLinesApart,
			"Two lines of one sum, two months apart, no references: the first charge is before the second approval, the second after the first one's window: each to its own."},
		{"two-lines-by-cardholder", 2, true, twoLinesByCardholder,
			"Two lines of one sum, of two cardholders, each charged to its own card, no references: either each to its own or left; never across."},
	}
}

// twins are two lines of one sum, one day, one card and one cost centre.
func (d *draft) twins(a, b supplier) []*reconcile.Line {
	first := d.line(a)
	second := d.lineAt(b, total(first))
	second.Cardholder, second.CostCentre, second.GLAccount = first.Cardholder, first.CostCentre, first.GLAccount
	second.Requester, second.Unit, second.Commodity = first.Requester, first.Unit, first.Commodity
	setDecided(second, dayOf(first))
	return []*reconcile.Line{first, second}
}

func (d *draft) similarPair() (lines []*reconcile.Line, names [3]string) {
	list := similarNames()
	names = list[d.pair(len(list))]
	d.stems["similar "+names[2]] = true
	return d.twins(d.known(names[0], names[2]), d.known(names[1], names[2])), names
}

func similarNamesWhole(d *draft) {
	lines, names := d.similarPair()
	at := d.between(1, 30)
	for i, l := range lines {
		d.charge(l, capitals(names[i])+pick(d, "", " OTTAWA ON"), total(l), at)
		d.right(l)
	}
}

func similarNamesCut(d *draft) {
	lines, names := d.similarPair()
	d.charge(lines[0], names[2], total(lines[0]), d.between(1, 30))
	d.last().tie = true
}

func twoLines(d *draft) {
	s := d.supplier()
	lines := d.twins(s, s)
	merchant, at := d.printed(s), d.between(1, 25)
	for i := range d.between(1, 2) {
		d.charge(lines[0], merchant, total(lines[0]), at+3*i)
		d.last().tie = true
	}
}

func twoLinesWithReferences(d *draft) {
	s := d.supplier()
	merchant, at := d.printed(s), d.between(1, 30)
	for _, l := range d.twins(s, s) {
		d.charge(l, merchant, total(l), at)
		d.bearing(l)
	}
}

func twoLinesOneReference(d *draft) {
	s := d.supplier()
	lines := d.twins(s, s)
	merchant, at := d.printed(s), d.between(1, 30)
	d.charge(lines[0], merchant, total(lines[0]), at)
	d.without(lines[0])
	d.charge(lines[1], merchant, total(lines[1]), at+d.between(0, 4))
	d.bearing(lines[1])
}

func twoLinesOfOneRequest(d *draft) {
	s := d.supplier()
	all := d.sisters(d.line(s), s, 1)
	setTotal(all[1], total(all[0]))
	c := d.charge(all[0], d.printed(s), total(all[0]), d.between(1, 30))
	c.Reference = all[0].Reference[:len("HR-2026-000123")]
	d.last().tie = true
}

func twoLinesApart(d *draft) {
	s := d.supplier()
	lines := d.twins(s, s)
	setDecided(lines[0], d.b.start.AddDays(d.between(0, 3)))
	setDecided(lines[1], dayOf(lines[0]).AddDays(d.between(56, 62)))
	merchant := d.printed(s)
	for _, l := range lines {
		d.charge(l, merchant, total(l), d.between(3, 20))
		d.without(l)
	}
}

func twoLinesByCardholder(d *draft) {
	s := d.supplier()
	lines := d.twins(s, s)
	second := d.another(lines[0])
	lines[1].Cardholder, lines[1].CostCentre, lines[1].Requester, lines[1].Unit = second.name, second.centre, second.email, second.unit
	merchant, at := d.printed(s), d.between(1, 30)
	for _, l := range lines {
		d.charge(l, merchant, total(l), at)
		d.last().either = []*reconcile.Line{l}
	}
}
