package forms

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// rowShape is what a row under the header looks like, before anything of it is read.
type rowShape struct {
	cells   int            // neither blank nor ours
	texts   int            // with typed words that are no prompt
	first   *workbook.Cell // the first of those
	known   int            // cells under a known header
	named   bool           // a title, a description or a supplier
	figures int            // numbers other than zero under known headers
	amounts int            // of those, money
	days    int            // days where an amount belongs
	misfits int            // words where a number belongs, a day where money does
	wide    bool           // a cell is merged across columns that are not merged in the header
}

// shape looks at a row. Nothing is decided yet.
func (t *formTable) shape(row *workbook.Row) rowShape {
	s := rowShape{}
	t.each(row, func(c *workbook.Cell, p columnPlan) bool {
		s.cells++
		known := p.kind == fieldColumnKind
		if known {
			s.known++
		}
		text := isText(c) && !isNothing(c, p)
		if text {
			s.texts++
			if s.first == nil {
				s.first = c
			}
		}
		if t.wide(c.Col, row.Number) {
			s.wide = true
		}
		if !known {
			return true
		}
		switch kind := p.field.Info().Kind; {
		case kind == request.MoneyKind || kind == request.NumberKind:
			s.figure(c, kind == request.MoneyKind, text)
		case text && (p.field == request.Title || p.field == request.Description || p.field == request.Supplier):
			s.named = true
		}
		return true
	})
	return s
}

func (s *rowShape) figure(c *workbook.Cell, money, text bool) {
	given := false
	switch {
	case isNumber(c):
		given = !isZero(c)
	case text:
		_, err := request.ParseAmount(textOf(c), request.UnitDecimals)
		if given = err == nil; !given && !hasDigit(textOf(c)) {
			s.misfits++
		}
	case isDate(c):
		s.days++
		s.misfits++
	}
	if given {
		s.figures++
		if money {
			s.amounts++
		}
	}
}

func hasDigit(s string) bool {
	for _, r := range s {
		if unicode.IsDigit(r) {
			return true
		}
	}
	return false
}

// full is true for a row that can hardly be anything else than a line.
func (s *rowShape) full() bool { return s.named && s.figures > 0 && s.misfits == 0 && !s.wide }

// wide reports whether a cell is merged across columns of which another one has a header of its own.
func (t *formTable) wide(col, row int) bool {
	if len(t.r.layout.Merged) == 0 {
		return false
	}
	end := t.r.labels.endOf(col, row)
	for next := col + 1; next <= end; next++ {
		if k := t.plan(next).kind; k == fieldColumnKind || k == extraColumn {
			return true
		}
	}
	return false
}

// saysBelow reports whether a text of the row is a label, or how signatures, notes and other tables begin. What a full row
// says in the columns of what is bought counts only where it ends like a label: there are name plates and account books.
func (t *formTable) saysBelow(row *workbook.Row, s *rowShape) bool {
	full := s.full()
	return !t.each(row, func(c *workbook.Cell, p columnPlan) bool {
		if !isText(c) || isNothing(c, p) {
			return true
		}
		said := textOf(c)
		if full && t.column(c) {
			return !strings.HasSuffix(said, ":")
		}
		if _, known := t.r.words.lookup(said); known {
			return false
		}
		return !beginsBelow(said)
	})
}

// column reports whether a cell stands where lines say what is bought.
func (t *formTable) column(c *workbook.Cell) bool {
	p := t.plan(c.Col)
	return p.kind == fieldColumnKind && (p.field == request.Title || p.field == request.Description || p.field == request.Supplier)
}

// goesOn reports whether a lone text continues the one above: it begins like the rest of a sentence, and where only a small
// letter says so, the text above does not end.
func goesOn(above, raw string) bool {
	r, _ := utf8.DecodeRuneInString(raw)
	switch {
	case unicode.IsSpace(r), strings.ContainsRune("(-–—•*+,&/", r):
		return true
	case !unicode.IsLower(r):
		return false
	}
	above = strings.TrimSpace(above)
	if strings.HasSuffix(above, ",") || strings.HasSuffix(above, ";") || strings.HasSuffix(above, ":") || strings.HasSuffix(above, "-") || strings.HasSuffix(above, "(") {
		return true
	}
	word := request.Fold(above[strings.LastIndexByte(above, ' ')+1:])
	return joiningWords[word]
}

var joiningWords = wordSet("and or with for of in the a et ou avec pour de des du en le la les un une")

// mostLeftAlone bounds how many parts of a sheet are named as left alone; what comes after them is part of the last one.
const mostLeftAlone = 200

// leave names a part of the sheet that was read as nothing. Rows that follow each other and were left alone for the same
// reason are one part.
func (t *formTable) leave(row, firstCol, lastCol int, text, why string) {
	f := t.r.form
	if n := len(t.left); n > 0 {
		if l := &t.left[n-1]; n == mostLeftAlone || l.why == why && row == l.area.LastRow+1 {
			l.area.LastRow = max(l.area.LastRow, row)
			l.area.FirstRow = min(l.area.FirstRow, row)
			l.area.FirstCol, l.area.LastCol = min(l.area.FirstCol, firstCol), max(l.area.LastCol, lastCol)
			if l.text == "" {
				l.text = text
			}
			return
		}
	}
	if text == "" && why != "prepared" {
		text = f.Sheet
	}
	t.left = append(t.left, leftPart{workbook.Range{FirstCol: firstCol, FirstRow: row, LastCol: lastCol, LastRow: row}, text, why})
}

type leftPart struct {
	area workbook.Range
	text string
	why  string
}

// leaveRow is leave of a whole row.
func (t *formTable) leaveRow(row *workbook.Row, why string) {
	first, last, text := 0, 0, ""
	t.each(row, func(c *workbook.Cell, p columnPlan) bool {
		if first == 0 {
			first = c.Col
		}
		last = max(last, t.r.labels.endOf(c.Col, row.Number))
		if text == "" && isText(c) && !isNothing(c, p) {
			text = shortened(textOf(c))
		}
		return true
	})
	if why == "prepared" {
		text = ""
	}
	t.leave(row.Number, first, last, text, why)
}

// leaveAsIs is leaveRow of a row above the table, whose columns mean nothing.
func (t *formTable) leaveAsIs(row *workbook.Row, why string) {
	first, last, text := 0, 0, ""
	for i := range row.Cells {
		c := &row.Cells[i]
		if isBlank(c) {
			continue
		}
		if first == 0 {
			first = c.Col
		}
		last = c.Col
		if text == "" && isText(c) {
			text = shortened(textOf(c))
		}
	}
	if first > 0 {
		t.leave(row.Number, first, last, text, why)
	}
}

// nameLeft puts what was left alone into the form, in the order of the rows.
func (t *formTable) nameLeft() {
	slices.SortStableFunc(t.left, func(a, b leftPart) int { return a.area.FirstRow - b.area.FirstRow })
	var joined []leftPart
	for _, l := range t.left {
		if n := len(joined); n > 0 && l.why == "prepared" && joined[n-1].why == l.why && joined[n-1].area.LastRow+1 == l.area.FirstRow {
			a := &joined[n-1].area
			a.LastRow, a.FirstCol, a.LastCol = l.area.LastRow, min(a.FirstCol, l.area.FirstCol), max(a.LastCol, l.area.LastCol)
			continue
		}
		joined = append(joined, l)
	}
	for _, l := range joined {
		t.r.form.LeftAlone = append(t.r.form.LeftAlone, LeftAlone{Sheet: t.r.form.Sheet, Cells: l.area.String(), Text: l.text, Why: l.why})
	}
}

// readBelow reads the labels under the table: what a field's label says there fills the lines, where nothing above does.
func (t *formTable) readBelow() {
	r, f := t.r, t.r.form
	if len(t.below.labels) == 0 {
		return
	}
	var byField [request.NumFields]*foundLabel
	byAbove := map[above]*foundLabel{}
	found := t.below.resolve(f.HeaderRow)
	given := false
	for i := range found {
		l := &found[i]
		if l.value == nil {
			continue
		}
		if fd := l.m.field; fd != request.NoField {
			if r.shared[fd].Cell != "" && (r.shared[fd].Given || r.shared[fd].Faulty) || byField[fd] != nil || takesNumbers(fd) && fd != request.AuthorizedAmount {
				continue
			}
			byField[fd], given = l, true
		} else if byAbove[l.m.above] == nil {
			byAbove[l.m.above] = l
		}
		f.Labels = append(f.Labels, Label{Cell: workbook.Ref(l.col, l.row), Header: l.header, Name: l.m.name(), By: l.m.by, Value: l.place(), Given: true})
	}
	t.originBelow(byAbove)
	if !given {
		return
	}
	r.readShared(&byField)
	for i := range f.Lines.Len() {
		l := f.Lines.At(i)
		for fd := range byField {
			if v := &l.Values[fd]; byField[fd] != nil && !v.Given && !v.Faulty {
				t.fill(&l, request.Field(fd))
			}
		}
		f.Lines.Put(i, &l)
	}
}

// originBelow takes who asks from under the table where nothing above says it.
func (t *formTable) originBelow(labels map[above]*foundLabel) {
	if len(labels) == 0 {
		return
	}
	had := t.r.form.Origin
	t.r.readOrigin(labels)
	o := &t.r.form.Origin
	if had.Name != "" {
		o.Name = had.Name
	}
	if had.Email != "" {
		o.Email = had.Email
	}
	if had.Unit != "" {
		o.Unit = had.Unit
	}
	if had.Language != request.UnknownLang {
		o.Language = had.Language
	}
}
