package forms

import (
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Some forms ask for each tax by itself: GST and PST, TPS and TVQ. What a line's tax is, is their sum.

// taxNames are the taxes by the names that headers give them, folded.
var taxNames = map[string]string{"gst": "federal", "tps": "federal", "pst": "provincial", "tvp": "provincial", "rst": "retail", "tvd": "retail",
	"qst": "quebec", "tvq": "quebec", "hst": "harmonized", "tvh": "harmonized"}

// taxPart is the one tax that a header names, "" where it names none or several.
func taxPart(header string) string {
	var buf [16]string
	part := ""
	for _, word := range footerTokens(buf[:0], header) {
		name := taxNames[word]
		if name == "" {
			continue
		}
		if part != "" && part != name {
			return ""
		}
		part = name
	}
	return part
}

// OtherTax reports whether two headers name two taxes, such as TPS and TVQ, which add up.
func OtherTax(a, b string) bool {
	one, other := taxPart(a), taxPart(b)
	return one != "" && other != "" && one != other
}

// otherTax reports whether a header names a tax that no column before it asks for.
func (t *formTable) otherTax(header string) bool {
	for i := range t.r.form.Columns {
		if c := &t.r.form.Columns[i]; c.Field == request.Tax && !OtherTax(c.Header, header) {
			return false
		}
	}
	return true
}

// otherTaxes reports whether a box asks for a tax that no box before it does.
func (r *formReader) otherTaxes(first, l *foundLabel) bool {
	if !OtherTax(first.header, l.header) {
		return false
	}
	for _, more := range r.taxes {
		if !OtherTax(more.header, l.header) {
			return false
		}
	}
	return true
}

// addTax adds one more tax to the one that was read. One that cannot be read leaves the tax unknown.
func (r *formReader) addTax(v *request.Value, at valueCell, m *money) []request.Problem {
	part := request.Value{Cell: at.ref}
	problems := r.read(request.Tax, at, m, &part)
	switch {
	case part.Faulty || hasReturn(problems):
		*v = request.Value{Cell: v.Cell, Faulty: true}
	case part.Given && !v.Faulty:
		if v.Given {
			part.Number = part.Number.Add(v.Number)
		}
		v.Number, v.Text, v.Given = part.Number, m.write(request.Tax, part.Number), true
	}
	return problems
}

// taxes adds the further taxes of a row.
func (t *formTable) taxes(l *request.Line, row *workbook.Row) {
	for _, c := range t.others {
		if !t.plan(c.Col).part {
			continue
		}
		at := valueCell{label: request.Tax.Info().Label, ref: workbook.Ref(c.Col, row.Number), cell: c}
		l.Problems = append(l.Problems, t.r.addTax(&l.Values[request.Tax], at, &t.money)...)
	}
}
