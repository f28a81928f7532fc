package forms

import (
	"slices"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// line reads the cells of a row into a line.
func (t *formTable) line(l *request.Line, row *workbook.Row, reference string) {
	r := t.r
	t.refs.start(t.fields, row.Number)
	for _, fc := range t.fields {
		if ref := t.refs.next(); l.Values[fc.field].Cell == "" {
			l.Values[fc.field].Cell = ref
		}
	}
	t.settleDoubles(l, row)
	t.money = money{standard: r.options.Currency}
	for _, f := range readingOrder {
		v := &l.Values[f]
		if c := t.cells[f]; c != nil && !v.Faulty {
			at := valueCell{label: f.Info().Label, ref: v.Cell, cell: c}
			if p := r.read(f, at, &t.money, v); p != nil {
				l.Problems = append(l.Problems, p...)
			}
		}
		if f == request.Tax {
			t.taxes(l, row)
		}
		if !v.Given && !v.Faulty {
			t.fill(l, f)
		}
		if f == request.Currency {
			t.settleCurrency(l)
		}
	}
	r.attest(l)
	t.help(l)
	t.hints(l)
	t.lonely(l, row)
	t.extras(l, row)
	t.reference(l, reference)
	r.checkTax(l)
	r.deriveTotal(l, t.headerRef(request.Total, row.Number))
	t.stale(l, row)
	t.unread(l, row)
	if l.Hidden {
		l.Problems = append(l.Problems, r.note(t.firstCell(row), "hidden-row", hiddenRowText))
	}
}

// fill takes the value above the table for a field that the line leaves empty.
func (t *formTable) fill(l *request.Line, f request.Field) {
	s := &t.r.shared[f]
	if t.r.fillDefault(l, f) || s.Cell == "" {
		return
	}
	if s.Given || s.Faulty || l.Values[f].Cell == "" {
		l.Values[f] = *s
	}
	if len(t.r.faults[f]) > 0 && (s.Given || s.Faulty) {
		l.Problems = append(l.Problems, t.r.faults[f]...)
	}
}

// settleDoubles looks at fields with two columns. Which of them is meant is anybody's guess, so a line that fills one of
// them goes back; what can be read is read, and two that differ are a problem of their own.
func (t *formTable) settleDoubles(l *request.Line, row *workbook.Row) {
	if t.doubles {
		for f, problems := range t.doubled {
			if t.cells[f] != nil {
				l.Problems = append(l.Problems, problems...)
				t.filled[f] = true
			}
		}
	}
	for _, c := range t.others {
		f := t.plan(c.Col).field
		if t.plan(c.Col).part {
			continue
		}
		if textOf(c) == textOf(t.cells[f]) && c.Type == t.cells[f].Type {
			continue
		}
		l.Values[f].Faulty = true
		ref := workbook.Ref(c.Col, row.Number)
		l.Problems = append(l.Problems, t.r.problem(f.Info().Label, ref, "two-values", twoValuesText(workbook.Ref(t.cells[f].Col, row.Number), ref)))
	}
	if !t.doubles {
		return
	}
	for _, fc := range t.fields {
		if c := t.cells[fc.field]; c != nil {
			l.Values[fc.field].Cell = workbook.Ref(c.Col, row.Number)
		}
	}
}

// extras keeps what stands under unknown headers, and under none.
func (t *formTable) extras(l *request.Line, row *workbook.Row) {
	t.bears = bearing{}
	t.each(row, func(c *workbook.Cell, p columnPlan) bool {
		if p.kind == fieldColumnKind {
			return true
		}
		ref := workbook.Ref(c.Col, row.Number)
		key := p.key
		if p.kind == noHeader {
			key = columnName(c.Col)
			if !t.nameless[c.Col] {
				t.nameless[c.Col] = true
				t.r.form.Columns = append(t.r.form.Columns, Column{Col: c.Col, By: byExtra, Hidden: t.r.columnHidden(c.Col)})
				t.r.form.Problems = append(t.r.form.Problems, t.r.note(ref, "no-header", noHeaderText(columnName(c.Col))))
			}
		}
		s, err := plainText(c)
		if err != nil {
			p := t.r.misread(request.Text{EN: key, FR: key}, ref, err)
			if p.Code != request.CodeControlCharacters && p.Code != "not-finite" {
				p.Severity = request.NoteSeverity
			}
			l.Problems = append(l.Problems, p)
			s = textOf(c)
		}
		if s == "" || t.r.placeholderExtra(l, key, ref, s) {
			return true
		}
		if l.Extra == nil {
			l.Extra = map[string]string{}
		}
		l.Extra[key] = s
		if p.reference && len(s) <= longestHeader && strings.HasPrefix(strings.ToUpper(s), "HR-") {
			t.bears = bearing{s, key, c.Col}
		}
		return true
	})
}

// shortened is a header as lines keep it: what is longer than a header is cut.
func shortened(header string) string {
	if len(header) <= longestHeader {
		return header
	}
	return strings.ToValidUTF8(header[:longestHeader], "") + "…"
}

// reference takes what the row has in our own column, or in a column of that name that holds one of our numbers. There
// it is no part of what the row says: a row that comes back with its number has not changed by it.
func (t *formTable) reference(l *request.Line, s string) {
	taken, col := "", t.ours
	if s == "" && t.bears.text != "" {
		s, taken, col = t.bears.text, t.bears.key, t.bears.col
	}
	t.r.takeReference(l, s, workbook.Ref(max(col, 1), l.Row))
	if taken != "" && l.Reference != "" {
		delete(l.Extra, taken)
	}
}

// takeReference gives a line the reference that it has. One that cannot be read is noted: the line is then a new one.
func (r *formReader) takeReference(l *request.Line, s, cell string) {
	if s == "" {
		return
	}
	ref, err := request.ParseLineReference(s)
	if err != nil {
		p := r.misread(referenceLabel, cell, err)
		p.Severity = request.NoteSeverity
		l.Problems = append(l.Problems, p)
		return
	}
	l.Reference = ref.String()
}

func (t *formTable) headerRef(f request.Field, row int) string {
	for _, fc := range t.fields {
		if fc.field == f {
			return workbook.Ref(fc.col, row)
		}
	}
	return ""
}

// stale notes a formula whose stored value is not what the line's own figures come to. The difference itself is the
// guardrails' to judge; the note says why it may be there.
func (t *formTable) stale(l *request.Line, row *workbook.Row) {
	t.recalculate(l, row)
	check := func(f, a, b request.Field, times bool) {
		c := t.cells[f]
		v, x, y := &l.Values[f], &l.Values[a], &l.Values[b]
		if c == nil || !c.HasFormula || !v.Given || !x.Given || !y.Given {
			return
		}
		if slices.ContainsFunc(l.Problems, func(p request.Problem) bool { return p.Code == "stale-formula" && p.Cell == v.Cell }) {
			return
		}
		want := x.Number.Add(y.Number)
		if times {
			want = x.Number.Mul(y.Number)
		}
		if v.Number.Sub(want).Abs().Cmp(t.tolerance(c)) < 0 {
			return
		}
		l.Problems = append(l.Problems, t.r.noteAt(f.Info().Label, v.Cell, "stale-formula",
			staleFormulaText(v.Text, want.StringFixed(t.money.digits), a.Info().Label, b.Info().Label, times)))
	}
	check(request.Net, request.Quantity, request.UnitPrice, true)
	check(request.Total, request.Net, request.Tax, false)
}
