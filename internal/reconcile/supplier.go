package reconcile

import (
	"iter"

	"handrail/internal/request"
)

// identities joins suppliers' business numbers and names: two lines have the same supplier when their numbers are the
// same or their names are (docs/design.md#a-policy), also over a third line that has the one and the other.
type identities struct{ parent map[string]string }

func newIdentities() *identities { return &identities{map[string]string{}} }

// keys are the marks of a supplier, "" where it has none.
func supplierMarks(name, number string) (byNumber, byName string) {
	if n := request.BusinessNumber(number); n != "" {
		byNumber = "#" + n
	}
	if n := request.SupplierName(name); n != "" {
		byName = "=" + n
	}
	return byNumber, byName
}

func (d *identities) root(key string) string {
	for {
		up, ok := d.parent[key]
		if !ok || up == key {
			return key
		}
		if over, ok := d.parent[up]; ok {
			d.parent[key] = over // halve the way for the next one
		}
		key = up
	}
}

// add says that both marks belong to one supplier.
func (d *identities) add(byNumber, byName string) {
	if byNumber == "" || byName == "" {
		return
	}
	if a, b := d.root(byNumber), d.root(byName); a != b {
		d.parent[a] = b
	}
}

// of is the supplier that the marks belong to; "" when there is no mark.
func (d *identities) of(byNumber, byName string) string {
	if byNumber != "" {
		return d.root(byNumber)
	}
	if byName != "" {
		return d.root(byName)
	}
	return ""
}

// marksOf are supplierMarks, each name worked out once.
type marksOf map[string]string

func (m marksOf) line(l *Line) (byNumber, byName string) {
	byNumber, _ = supplierMarks("", l.SupplierID)
	byName, known := m[l.Supplier]
	if !known {
		_, byName = supplierMarks(l.Supplier, "")
		m[l.Supplier] = byName
	}
	return byNumber, byName
}

// SuppliersOf tells the suppliers of lines apart: what it gives says which one a line belongs to, "" where it names none.
func SuppliersOf(lines iter.Seq[*Line]) func(*Line) string {
	d, marks := newIdentities(), marksOf{}
	for l := range lines {
		d.add(marks.line(l))
	}
	return func(l *Line) string { return d.of(marks.line(l)) }
}
