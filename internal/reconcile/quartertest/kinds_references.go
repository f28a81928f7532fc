package quartertest

import (
	"fmt"
	"strings"

	"handrail/internal/reconcile"
)

func referenceKinds() []kind {
	return []kind{
		{"reference-in-description", 3, false, inDescription,
			"The bank put the reference behind the merchant: right."},
		{"reference-in-extra-column", 3, false, inExtraColumn,
			"The reference stands in a column that Handrail does not know; supplier and sum fit: right."},
		{"damaged-reference", 5, false, damaged,
			"HR 2026 000123 04, lower case, O for 0, zeros lost, no hyphens: right; supplier and sum fit too."},
		{"request-only-reference", 2, false, requestOnly,
			"The reference names the request and not its line; of three lines one has the sum: right with that."},
		{"wrong-reference", 4, true, wrongReference,
			"Another supplier's reference was typed: never that line. Either the supplier's own, which has the sum, or left for a person."},
		{"wrong-reference-same-sum", 1, true, wrongReferenceSameSum,
			"The same, and the other supplier's line has the same sum: never that line."},
		{"unknown-reference", 3, true, unknownReference,
			"The reference is no line's; supplier and sum fit a line: either."},
		{"unknown-reference-no-approval", 2, true, unknownReferenceNoApproval,
			"The reference is no line's and some other supplier's line has the sum: none."},
		{"reference-of-supplier's-other-line", 1, false, otherLine,
			"The reference names one line of the supplier, the sum another: either of the two."},
	}
}

func inDescription(d *draft) {
	s := d.supplier()
	l := d.line(s)
	c := d.charge(l, capitals(s.name), total(l), d.between(1, 30))
	if d.right(l) {
		c.Merchant, c.Reference = c.Merchant+" "+c.Reference, ""
	}
}

func inExtraColumn(d *draft) {
	s := d.supplier()
	l := d.line(s)
	c := d.charge(l, d.printed(s), total(l), d.between(1, 30))
	if d.right(l) {
		c.Extra = map[string]string{pick(d, "Memo", "Note interne", "PO"): pick(d, "", "approved ", "appr. ") + c.Reference}
		c.Reference = ""
	}
}

func damaged(d *draft) {
	s := d.supplier()
	l := d.line(s)
	c := d.charge(l, d.printed(s), total(l), d.between(1, 30))
	if d.right(l) {
		c.Reference = d.damage(l.Reference)
	}
}

// damage is a reference as people and banks spoil it, still to be read in one way.
func (d *draft) damage(reference string) string {
	number := strings.TrimPrefix(reference, "HR-") // 2026-000123-04
	year, rest, _ := strings.Cut(number, "-")
	request, line, _ := strings.Cut(rest, "-")
	switch d.int(7) {
	case 0:
		return strings.ReplaceAll(reference, "-", " ")
	case 1:
		return strings.ToLower(reference)
	case 2:
		return "HR-" + strings.ReplaceAll(number, "0", "O")
	case 3:
		return fmt.Sprintf("HR-%s-%s-%s", year, strings.TrimLeft(request, "0"), strings.TrimLeft(line, "0"))
	case 4:
		return "HR" + year + request + line
	case 5:
		return "HR–" + year + "–" + request + "–" + line // dashes
	default:
		return "n° " + reference + "."
	}
}

func requestOnly(d *draft) {
	s := d.supplier()
	all := d.sisters(d.line(s), s, 2)
	l := all[d.int(3)]
	c := d.charge(l, d.printed(s), total(l), d.between(1, 30))
	if d.right(l) {
		c.Reference = l.Reference[:len("HR-2026-000123")]
	}
}

// wrongReference types the number of another supplier's line, which is charged too, or is still to come.
func wrongReference(d *draft) {
	s, other := d.supplier(), d.supplier()
	l, theirs := d.line(s), d.line(other)
	setDecided(theirs, dayOf(l))
	refer(d.charge(l, d.printed(s), total(l), d.between(1, 30)), theirs)
	d.last().either = []*reconcile.Line{l}
	if d.int(2) == 0 {
		d.charge(theirs, d.printed(other), total(theirs), d.between(1, 30))
		d.right(theirs)
	}
}

func wrongReferenceSameSum(d *draft) {
	s, other := d.supplier(), d.supplier()
	l := d.line(s)
	theirs := d.lineAt(other, total(l))
	setDecided(theirs, dayOf(l))
	refer(d.charge(l, capitals(s.name), total(l), d.between(1, 30)), theirs)
	d.last().either = []*reconcile.Line{l}
}

func unknownReference(d *draft) {
	s := d.supplier()
	l := d.line(s)
	d.charge(l, d.printed(s), total(l), d.between(1, 30)).Reference = d.noLine()
	d.last().either = []*reconcile.Line{l}
}

func unknownReferenceNoApproval(d *draft) {
	l := d.line(d.supplier())
	d.charge(l, d.printed(d.supplier()), total(l), d.between(1, 30)).Reference = d.noLine()
}

// noLine is a well-formed reference that no line has.
func (d *draft) noLine() string {
	return fmt.Sprintf("HR-2026-9%05d-%02d", d.int(100000), d.between(1, 9))
}

func otherLine(d *draft) {
	s := d.supplier()
	all := d.sisters(d.line(s), s, 1)
	refer(d.charge(all[0], d.printed(s), total(all[0]), d.between(1, 30)), all[1])
	d.last().either = all
}
