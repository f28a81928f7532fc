package quartertest

import (
	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/statement"
)

func bankKinds() []kind {
	return []kind{
		{"payment", 3, true, ofTheBank(statement.Payment, "PAYMENT - THANK YOU", "PAIEMENT MERCI", "AUTOMATIC PAYMENT RECEIVED"),
			"The card's account is paid, by some line's sum: none."},
		{"fee", 3, true, ofTheBank(statement.Fee, "ANNUAL FEE", "FRAIS DE CONVERSION", "FOREIGN TRANSACTION FEE"),
			"The bank's fee of some line's sum: none."},
		{"interest", 2, true, ofTheBank(statement.Interest, "INTEREST CHARGES", "FRAIS D'INTERET"),
			"Interest: none."},
		{"cash", 2, true, ofTheBank(statement.Cash, "CASH ADVANCE ATM 4471", "AVANCE DE FONDS GAB"),
			"A cash advance of some line's sum: none."},
		{"pending", 3, true, pending,
			"A pending row, with its reference or without: none, it may still go away."},
		{"pending-then-posted", 2, true, pendingThenPosted,
			"The pending row and the posted one: the posted one is the line's, the pending one none."},
	}
}

// ofTheBank tells of an open line and a row of the bank's own with its sum.
func ofTheBank(k statement.Kind, texts ...string) func(*draft) {
	return func(d *draft) {
		l := d.line(d.supplier())
		c := d.charge(l, pick(d, texts...), total(l), d.between(1, 30))
		c.Kind = k
		if k == statement.Payment {
			c.Amount.Amount = c.Amount.Amount.Neg()
		}
	}
}

func pending(d *draft) {
	s := d.supplier()
	l := d.line(s)
	c := d.charge(l, d.printed(s), total(l), d.between(1, 30))
	c.Status = statement.Pending
	if d.int(2) == 0 {
		refer(c, l)
	}
}

func pendingThenPosted(d *draft) {
	s := d.supplier()
	l := d.line(s)
	merchant, at := d.printed(s), d.between(1, 30)
	d.charge(l, merchant, total(l), at).Status = statement.Pending
	d.charge(l, merchant, total(l), at)
	d.right(l)
}

func timeKinds() []kind {
	return []kind{
		{"declined-then-charged", 3, true, declinedThenCharged,
			"The line was declined and bought all the same, with its reference or without: none; declined lines are joined with nothing."},
		{"declined-then-approved", 2, true, declinedThenApproved,
			"Declined, asked for again and approved: the approved line. With the declined line's reference, either that or none."},
		{"before-approval", 2, true, beforeApproval,
			"Bought a week or more before the approval, no reference: none."},
		{"before-approval-with-reference", 2, true, beforeApprovalWithReference,
			"The same with the reference: either; finance must hear of it."},
		{"late-without-reference", 3, true, late(false),
			"Charged 55 to 80 days after the approval, no reference: none, the window is 45 days."},
		{"late-with-reference", 4, false, late(true),
			"The same with the reference: right, the window is 366 days."},
		{"stale-reference", 1, true, stale,
			"A reference of 400 days ago: none."},
	}
}

func declinedThenCharged(d *draft) {
	s := d.supplier()
	l := d.line(s)
	l.Outcome, l.DecidedBy = request.Declined, "officer@department.example"
	c := d.charge(l, d.printed(s), total(l), d.between(1, 30))
	if d.int(2) == 0 {
		refer(c, l)
	}
}

func declinedThenApproved(d *draft) {
	s := d.supplier()
	no := d.line(s)
	no.Outcome, no.DecidedBy = request.Declined, "officer@department.example"
	yes := d.lineAt(s, total(no))
	yes.Cardholder, yes.CostCentre = no.Cardholder, no.CostCentre
	setDecided(yes, dayOf(no).AddDays(d.between(1, 4)))
	c := d.charge(yes, d.printed(s), total(yes), d.between(1, 30))
	if d.int(3) == 0 {
		refer(c, no)
		d.last().either = []*reconcile.Line{yes}
		return
	}
	d.right(yes)
}

func beforeApproval(d *draft) {
	s := d.supplier()
	l := d.line(s)
	setDecided(l, d.b.start.AddDays(d.between(27, 55)))
	d.charge(l, d.printed(s), total(l), -d.between(8, 25))
}

func beforeApprovalWithReference(d *draft) {
	s := d.supplier()
	l := d.line(s)
	setDecided(l, d.b.start.AddDays(d.between(27, 55)))
	refer(d.charge(l, d.printed(s), total(l), -d.between(8, 25)), l)
	d.last().either = []*reconcile.Line{l}
}

func late(bears bool) func(*draft) {
	return func(d *draft) {
		s := d.supplier()
		l := d.line(s)
		setDecided(l, d.b.start.AddDays(d.between(-50, 8)))
		d.charge(l, d.printed(s), total(l), d.between(55, 80))
		if bears {
			d.bearing(l)
		}
	}
}

func stale(d *draft) {
	s := d.supplier()
	l := d.line(s)
	setDecided(l, d.b.start.AddDays(-390))
	l.Reference = "HR-2025" + l.Reference[len("HR-2026"):]
	refer(d.charge(l, d.printed(s), total(l), d.between(400, 460)), l)
}

func cardKinds() []kind {
	return []kind{
		{"other-card", 4, false, otherCard,
			"Somebody else's card paid: right, and said. It refuses nothing."},
		{"cardholder-spelling", 4, false, cardholderSpelling,
			"The bank spells the cardholder otherwise (family name first, no accents, initials): right."},
	}
}

func otherCard(d *draft) {
	s := d.supplier()
	l := d.line(s)
	d.charge(l, d.printed(s), total(l), d.between(1, 30))
	d.setCard(d.another(l))
	d.right(l)
}

func cardholderSpelling(d *draft) {
	s := d.supplier()
	l := d.line(s)
	d.charge(l, d.printed(s), total(l), d.between(1, 30)).Cardholder = pick(d, d.b.holder(l.Cardholder).bank[1:]...)
	d.right(l)
}
