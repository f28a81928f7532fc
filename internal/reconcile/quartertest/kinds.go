package quartertest

import "slices"

// kinds are all of them, in README.md's order.
func kinds() []kind {
	return slices.Concat(nameKinds(), processorKinds(), sumKinds(), referenceKinds(), partKinds(), currencyKinds(),
		refundKinds(), bankKinds(), timeKinds(), cardKinds(), trapKinds(), tieKinds())
}

// Kinds are the names of all kinds, in README.md's order.
func Kinds() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}

// bought tells of one line that is charged once with its own sum, the merchant as said.
func bought(merchant func(*draft, supplier) string) func(*draft) {
	return func(d *draft) {
		s := d.supplier()
		l := d.line(s)
		d.charge(l, merchant(d, s), total(l), d.between(1, 30))
		d.right(l)
	}
}

// boughtWhere is the same with a supplier that fits.
func boughtWhere(fit func(supplier) bool, merchant func(*draft, supplier) string) func(*draft) {
	return func(d *draft) {
		s := d.supplierWhere(fit)
		l := d.line(s)
		d.charge(l, merchant(d, s), total(l), d.between(1, 30))
		d.right(l)
	}
}

func nameKinds() []kind {
	return []kind{
		{"exact", 10, false, bought(func(_ *draft, s supplier) string { return s.name }),
			"The supplier's name as the line has it, and its sum: right."},
		{"capitals", 6, false, bought(func(_ *draft, s supplier) string { return capitals(s.name) + " " + s.city }),
			"Capitals, no accents, city and province behind: right."},
		{"cut-at-22", 8, false, boughtWhere(func(s supplier) bool { return len(capitals(s.name)) > cutAt && cutIsClear(s) },
			func(_ *draft, s supplier) string { return cut(s) }),
			"The name is cut at 22 characters, city and province after it; what tells the supplier apart is left: right."},
		{"cut-too-short", 1, false, cutTooShort,
			"The cut left the trade only: right with the reference; without, either, since a careful reader leaves it."},
		{"accents-lost", 5, false, boughtWhere(func(s supplier) bool { return plain(s.name) != s.name },
			func(_ *draft, s supplier) string { return plain(s.name) }),
			"“Générations” is printed “Generations”: right."},
		{"store-number", 5, false, bought(func(d *draft, s supplier) string {
			return pick(d, capitals(s.name)+" #"+d.code(2)+"04", capitals(s.name)+" 0431", capitals(s.name)+" STORE 118", capitals(s.name)+" MAG. 22")
		}), "A shop's number behind the name: right."},
		{"legal-form", 5, false, bought(func(d *draft, s supplier) string { return d.form(s) }),
			"Ltée for Ltd., Inc. spelled out or left away: the same supplier, right."},
		{"longer-name", 1, true, longerName,
			"Two suppliers, one's name with another word behind it, one sum: the whole name decides. With a reference right; without, either the supplier's own line or none, never the other's."},
		{"business-number", 2, false, businessNumber,
			"The merchant is a code, but the statement has the supplier's business number: right."},
		{"unreadable-merchant", 2, false, doubtful(func(d *draft) string { return "XQ" + d.code(6) + " 800-555-0199" }),
			"The merchant is a code: right with reference and sum; without, either."},
		{"marked-like-a-bank", 1, false, bankLike,
			"A shop whose name has a bank's words (“Payment Systems”) is a shop: right."},
		{"busy-supplier", 2, false, busySupplier,
			"One supplier, six lines of different sums, six charges: each to its own."},
	}
}

func cutTooShort(d *draft) {
	s := d.supplier()
	s.name = "Fournitures de laboratoire " + s.stem
	l := d.line(s)
	d.charge(l, cut(s), total(l), d.between(1, 30))
	d.rightOr(l)
}

// doubtful tells of a charge that is right with its reference and either without.
func doubtful(merchant func(*draft) string) func(*draft) {
	return func(d *draft) {
		l := d.line(d.supplier())
		d.charge(l, merchant(d), total(l), d.between(1, 30))
		d.rightOr(l)
	}
}

func longerName(d *draft) {
	names := longerNames()
	p := names[d.pair(len(names))]
	short, long := d.known(p[0], p[0]), d.known(p[1], p[0])
	a := d.line(short)
	b := d.lineAt(long, total(a))
	setDecided(b, dayOf(a))
	for _, l := range []struct {
		of supplier
		i  int
	}{{short, 0}, {long, 1}} {
		own := d.lines[l.i]
		d.charge(own, capitals(l.of.name), total(own), d.between(1, 20))
		d.rightOr(own)
	}
}

func businessNumber(d *draft) {
	s := d.supplier()
	l := d.line(s)
	l.SupplierID = businessNumberOf(d)
	c := d.charge(l, "TERMINAL "+d.code(8), total(l), d.between(1, 30))
	c.SupplierID = l.SupplierID
	d.right(l)
}

// businessNumberOf is a number in the form of the revenue agency's, invented.
func businessNumberOf(d *draft) string {
	n := make([]byte, 9)
	for i := range n {
		n[i] = byte('0' + d.int(10))
	}
	n[0] = '7'
	return string(n) + "RT0001"
}

func bankLike(d *draft) {
	names := []string{"Payment Systems Sackville", "Interest Group Publishing", "Cash Register Repair Dorval", "Les Frais du Marché"}
	name := names[d.pair(len(names))]
	s := d.known(name, name)
	l := d.line(s)
	d.charge(l, capitals(name), total(l), d.between(1, 30))
	d.right(l)
}

func busySupplier(d *draft) {
	s := d.supplier()
	for range 6 {
		d.line(s)
	}
	for _, l := range slices.Clone(d.lines) {
		d.charge(l, d.printed(s), total(l), d.between(1, 30))
		d.right(l)
	}
}

func processorKinds() []kind {
	meal := func(s supplier) bool { return contains(s.name, "Catering", "Traiteur") }
	short := func(s supplier) bool { return len(s.name) <= 20 }
	return []kind{
		{"square", 4, false, bought(func(d *draft, s supplier) string { return pick(d, "SQ *", "SQ * ", "SQ*") + capitals(s.name) }),
			"Square's “SQ *” before the name: right."},
		{"paypal", 4, false, boughtWhere(short, func(_ *draft, s supplier) string { return "PAYPAL *" + joined(s) }),
			"“PAYPAL *” and the name, often in one word: right."},
		{"paypal-spaced", 2, false, bought(func(d *draft, s supplier) string { return pick(d, "PAYPAL *", "PP*") + capitals(s.name) }),
			"The same with the name's spaces: right."},
		{"toast", 2, false, boughtWhere(meal, func(d *draft, s supplier) string { return pick(d, "TST* ", "TST*") + capitals(s.name) }),
			"Toast's “TST*” before a caterer's name: right."},
		{"shopify", 3, false, bought(func(d *draft, s supplier) string { return pick(d, "SP ", "SP * ", "SP* ") + capitals(s.name) }),
			"Shopify's “SP” before the name: right."},
		{"marketplace", 2, false, atKnown("Amazon.ca", "amazon", func(d *draft) string {
			return pick(d, "AMZN Mktp CA*", "Amazon.ca*", "AMZN MKTP CA*") + d.code(9)
		}), "A line at the marketplace, “AMZN Mktp CA*” and a code: right."},
		{"microsoft", 2, false, atKnown("Microsoft Canada", "microsoft", func(d *draft) string { return "MSFT * E0" + d.code(8) }),
			"A line at Microsoft, “MSFT *” and an invoice's number: right."},
		{"marketplace-without-line", 1, true, stray("AMZN Mktp CA*RT2K85QW1"),
			"The marketplace, and only another supplier's line of that sum: none."},
		{"processor-alone", 1, true, stray("PAYPAL"),
			"A processor without a name, and some line of that sum: none. A sum alone joins nothing."},
		{"processor-of-another", 2, true, stray(""),
			"A processor and another merchant, of a line's sum: none."},
	}
}

// joined is a name as PayPal writes it, without spaces.
func joined(s supplier) string {
	return replaceAll(capitals(s.name), " ", "", "'", "", "&", "", "-", "")
}

func atKnown(name, stem string, merchant func(*draft) string) func(*draft) {
	return func(d *draft) {
		l := d.line(d.known(name, stem))
		d.charge(l, merchant(d), total(l), d.between(1, 30))
		d.right(l)
	}
}

// stray tells of an open line and a charge of its sum by somebody else; "" is a supplier of another stem at a processor.
func stray(merchant string) func(*draft) {
	return func(d *draft) {
		l := d.line(d.supplier())
		m := merchant
		switch {
		case m == "":
			m = pick(d, "PAYPAL *", "SQ *", "SP ") + capitals(d.supplier().name)
		case contains(m, "AMZN"):
			d.stems["amazon"] = true
		}
		d.charge(l, m, total(l), d.between(1, 30))
	}
}
