package forms

import (
	"slices"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// place says how far down the sheet the reader is.
type place uint8

const (
	inTable   place = iota
	ended           // the total of the whole was seen
	underIt         // signatures, notes, addresses
	otherList       // a list with headers of its own, such as three quotes
)

// row reads one row under the header. Every row that a person filled in the table's columns is a line; what the template
// brought along, sums, headings and what stands below are none, and each is named.
func (t *formTable) row(row *workbook.Row) error {
	if t.stopped {
		return nil
	}
	n, reference := t.sort(row)
	if n == 0 {
		if reference != "" {
			t.r.form.Problems = append(t.r.form.Problems, t.r.note(workbook.Ref(1, row.Number), "cleared-row", clearedRowText(row.Number, reference)))
		}
		return nil
	}
	defer func() { t.before = row.Number }()
	if t.noLine(row, reference) {
		return nil
	}
	return t.addLine(row, reference)
}

// addLine reads a row as a line.
func (t *formTable) addLine(row *workbook.Row, reference string) error {
	f := t.r.form
	t.settleHeading(true)
	if f.Lines.Len() == t.r.options.MaxLines {
		return tooManyLines(t.r.options.MaxLines)
	}
	f.LastRow = max(f.LastRow, row.Number)
	t.lastLine = row.Number
	t.current = request.Line{Sheet: f.Sheet, Row: row.Number, Hidden: row.Hidden}
	t.line(&t.current, row, reference)
	if t.doubt != nil {
		t.current.Problems = append(t.current.Problems, *t.doubt)
		t.doubt = nil
	}
	f.Lines.Add(&t.current)
	return nil
}

// noLine reports whether a row is something else than a line, and takes note of it.
func (t *formTable) noLine(row *workbook.Row, reference string) bool {
	if t.ordinary() {
		return t.repeats(row)
	}
	s := t.shape(row)
	if t.at == inTable && s.full() && s.texts > 2 {
		return t.repeats(row)
	}
	if t.at < underIt && reference == "" {
		if t.isSum(row, &s) {
			t.settleHeading(true)
			t.r.form.LastRow = max(t.r.form.LastRow, row.Number)
			return true
		}
		if t.asLine {
			t.asLine = false
			return false
		}
	}
	if t.repeats(row) {
		return true
	}
	if reference != "" {
		return false // it was a line before
	}
	if t.at == otherList {
		t.list(row, &s)
		return true
	}
	constants, weak := t.weakly(row)
	if !weak {
		return t.sorted(row, &s)
	}
	if t.prepared(row, constants) {
		t.settleHeading(t.at == inTable)
		t.template(row)
		return true
	}
	counts := s.texts == 0 || !slices.ContainsFunc(constants, func(c constant) bool { return !c.count })
	switch {
	case t.at == underIt:
		t.belowRow(row)
		return true
	case !counts && t.sorted(row, &s):
		return true
	}
	t.settleHeading(true)
	t.waits(row, t.sign, t.constants)
	return false
}

// sorted is noLine for a row in which somebody typed something.
func (t *formTable) sorted(row *workbook.Row, s *rowShape) bool {
	switch t.at {
	case underIt:
		return t.underneath(row, s)
	case ended:
		return t.afterTotal(row, s)
	}
	return t.inside(row, s)
}

// ordinary reports whether the row at hand says by its cells' kinds alone that it is a line: a name, an amount, and more words
// than a row of sums has.
func (t *formTable) ordinary() bool {
	if t.at != inTable || len(t.r.layout.Merged) > 0 {
		return false
	}
	named, amount, texts := false, false, 0
	for i := range t.fields {
		f := t.fields[i].field
		c := t.cells[f]
		switch {
		case c == nil:
		case takesNumbers(f):
			if !isNumber(c) {
				return false
			}
			amount = amount || f.Info().Kind == request.MoneyKind && !isZero(c)
		case isText(c):
			texts++
			named = named || f == request.Title || f == request.Description || f == request.Supplier
		}
	}
	return named && amount && texts > 2
}

// repeats takes note of a header row that stands there again, or of another one.
func (t *formTable) repeats(row *workbook.Row) bool {
	f := t.r.form
	same, headers := t.isHeader(row)
	switch {
	case !headers, t.at >= underIt && countLabels(row, t.r.words).boxed:
		return false
	case same:
		t.settleHeading(false)
		t.at = inTable // the next page of the form
		f.LastRow = max(f.LastRow, row.Number)
		f.Problems = append(f.Problems, t.r.note(t.firstCell(row), "repeated-header", repeatedHeaderText(row.Number)))
		return true
	}
	f.LastRow = max(f.LastRow, row.Number)
	t.stopped = true
	f.Problems = append(f.Problems, request.Problem{Sheet: f.Sheet, Cell: t.firstCell(row), Code: "second-table",
		Severity: request.ReturnSeverity, Message: secondTableText(row.Number)})
	return true
}

// template takes note of a row that came with the template.
func (t *formTable) template(row *workbook.Row) {
	t.r.form.LastRow = max(t.r.form.LastRow, row.Number)
	if t.onlyFormulas(row) {
		t.templates.add(row.Number)
	}
	t.leaveRow(row, "prepared")
}

func (t *formTable) onlyFormulas(row *workbook.Row) bool {
	return t.each(row, func(c *workbook.Cell, _ columnPlan) bool { return c.HasFormula })
}

// inside looks at a row above any total: a heading, the rest of a description, the beginning of what stands below, or a line
// of which the requester is asked whether it is one.
func (t *formTable) inside(row *workbook.Row, s *rowShape) bool {
	gap := row.Number > t.before+1 && !t.fromTemplate(row)
	waits := t.heading.gap && t.heading.at.Number == row.Number-1 // what stands right under something that stood alone
	switch {
	case s.full():
		return false
	case s.wide && s.figures == 0 && (gap || s.cells == 1 || waits):
		if waits && s.cells > 1 || gap && (s.texts > 1 || t.heading.at.Number > 0) {
			return t.begin(row)
		}
		t.settleHeading(false)
		t.heading = headingRow{at: copyRow(row), gap: gap}
		return true
	case t.heading.at.Number > 0 && t.heading.gap && s.misfits > 0:
		return t.begin(row)
	case gap && s.amounts == 0 && !t.numbered(row) && (s.misfits > 0 && !s.named || t.saysBelow(row, s)):
		return t.begin(row)
	case s.texts == 1 && s.figures == 0 && t.alone(row):
		return t.lone(row, s, gap)
	}
	t.askAbout(row, s)
	return false
}

// fromTemplate reports whether the template prepared a row: it has formulas under headers, be it ones that show nothing.
func (t *formTable) fromTemplate(row *workbook.Row) bool {
	for i := range row.Cells {
		if c := &row.Cells[i]; c.HasFormula && t.plan(c.Col).kind == fieldColumnKind {
			return true
		}
	}
	return false
}

// begun is true for a row with words under three known headers and more, one of them for what is bought, that is neither a
// note nor a signature: somebody began a line.
func (t *formTable) begun(row *workbook.Row, s *rowShape) bool {
	if !s.named || s.known < 3 || s.wide || s.days > 0 || t.saysBelow(row, s) {
		return false
	}
	p := t.plan(s.first.Col)
	return p.kind != fieldColumnKind || !takesNumbers(p.field)
}

// numbered reports whether a row has an item number that the template or its author gave it, as lines have.
func (t *formTable) numbered(row *workbook.Row) bool {
	c := t.cells[request.Item]
	if c == nil {
		return false
	}
	_, counts := countOf(c, row.Number)
	return counts
}

// alone reports whether the one text of a row stands there with nothing but formulas, zeros and a number of the template's.
func (t *formTable) alone(row *workbook.Row) bool {
	texts := 0
	return t.each(row, func(c *workbook.Cell, p columnPlan) bool {
		if isNothing(c, p) || c.HasFormula {
			return true
		}
		if p.kind == fieldColumnKind && p.field == request.Item && isNumber(c) {
			return true
		}
		texts++
		return isText(c) && texts == 1
	})
}

// lone decides about a single text in a row.
func (t *formTable) lone(row *workbook.Row, s *rowShape, gap bool) bool {
	c := s.first
	p := t.plan(c.Col)
	describes := p.kind == fieldColumnKind && (p.field == request.Description || p.field == request.Title)
	number := t.cells[request.Item]
	switch {
	case describes && !gap && t.lastLine > 0 && t.lastLine == row.Number-1 && (number == nil || number == c) && t.join(c, p.field, row.Number):
		return true
	case gap && beginsBelow(textOf(c)):
		return t.begin(row)
	case p.kind == fieldColumnKind && p.field == request.Item && t.hasName() && !gap:
		t.settleHeading(false)
		t.heading = headingRow{at: copyRow(row), gap: false, line: true}
		return true
	}
	t.askAbout(row, s)
	return false
}

// hasName reports whether the table has a column for what is bought, beside the item number.
func (t *formTable) hasName() bool {
	for _, fc := range t.fields {
		if fc.field == request.Title || fc.field == request.Description {
			return true
		}
	}
	return false
}

// takesMoney reports whether the table has a column of amounts that the lines fill.
func (t *formTable) takesMoney() bool {
	for _, fc := range t.fields {
		if fc.field.Info().Kind == request.MoneyKind {
			return true
		}
	}
	return false
}

// askAbout says of a row with words and no figure that it may be a note or a heading: it is a line that goes back.
func (t *formTable) askAbout(row *workbook.Row, s *rowShape) {
	if s.figures > 0 || s.texts > 1 || s.texts == 0 || !t.takesMoney() || t.hasErrors(row) || !t.alone(row) {
		return
	}
	for f, v := range t.r.shared {
		if request.Field(f).Info().Kind == request.MoneyKind && v.Given {
			return
		}
	}
	p := t.r.problem(text("This row", "Cette rangée"), workbook.Ref(s.first.Col, row.Number), "perhaps-a-note", perhapsNoteText(row.Number))
	t.doubt = &p
}

func (t *formTable) hasErrors(row *workbook.Row) bool {
	return !t.each(row, func(c *workbook.Cell, _ columnPlan) bool { return !isError(c) })
}

// join adds the rest of a description to the line above.
func (t *formTable) join(c *workbook.Cell, f request.Field, row int) bool {
	lines := &t.r.form.Lines
	s, err := plainText(c)
	if err != nil || lines.Len() == 0 {
		return false
	}
	l := lines.At(lines.Len() - 1)
	v := &l.Values[f]
	if !v.Given || v.Faulty || len(v.Text)+len(s) > longestJoined || !goesOn(v.Text, c.Value) {
		return false
	}
	v.Text += "\n" + s
	l.Problems = append(l.Problems, t.r.noteAt(f.Info().Label, v.Cell, "continued", continuedText(row)))
	lines.Put(lines.Len()-1, &l)
	t.lastLine = row
	t.r.form.LastRow = max(t.r.form.LastRow, row)
	t.leave(row, c.Col, c.Col, shortened(s), "continued")
	return true
}

// longestJoined bounds a description that goes on over many rows.
const longestJoined = 4000

// headingRow is a row that is a section's heading if lines follow it, and what stands below the table if none do.
type headingRow struct {
	at   workbook.Row
	gap  bool
	line bool // where no line follows it is one itself, and asked about
}

// settleHeading decides about a heading that waits: lines says whether lines follow.
func (t *formTable) settleHeading(lines bool) {
	h := t.heading
	if h.at.Number == 0 {
		return
	}
	t.heading = headingRow{}
	if lines {
		t.leaveRow(&h.at, "section")
		if h.line {
			t.r.form.Problems = append(t.r.form.Problems, t.r.note(workbook.Ref(h.at.Cells[0].Col, h.at.Number), "section", sectionText(h.at.Number)))
		}
		t.r.form.LastRow = max(t.r.form.LastRow, h.at.Number)
		return
	}
	if !h.line {
		t.leaveRow(&h.at, "below-table")
		t.below.row(&h.at)
		return
	}
	cells, others := t.cells, t.others
	doubt := t.doubt
	t.others = nil
	_, reference := t.sort(&h.at)
	s := t.shape(&h.at)
	t.askAbout(&h.at, &s)
	_ = t.addLine(&h.at, reference) // one line too many is found by the next
	t.cells, t.others, t.doubt = cells, others, doubt
}

// begin is the first row of what stands below the table.
func (t *formTable) begin(row *workbook.Row) bool {
	t.settleHeading(false)
	t.at = underIt
	t.belowRow(row)
	return true
}

func (t *formTable) belowRow(row *workbook.Row) {
	t.leaveRow(row, "below-table")
	t.below.row(row)
}

// afterTotal looks at a row under the total: a complete line that somebody added there is one all the same.
func (t *formTable) afterTotal(row *workbook.Row, s *rowShape) bool {
	if s.full() && !t.saysBelow(row, s) {
		return false
	}
	if t.begun(row, s) {
		t.askAboutBelow(row, s)
		return false
	}
	return t.begin(row) && t.headsList(row, s)
}

// underneath looks at a row below the table.
func (t *formTable) underneath(row *workbook.Row, s *rowShape) bool {
	if s.full() && (s.texts > 1 || s.figures > 1) && !t.saysBelow(row, s) {
		return false
	}
	if s.named && !s.wide && t.numbered(row) && !t.saysBelow(row, s) {
		t.askAboutBelow(row, s)
		return false
	}
	t.belowRow(row)
	return t.headsList(row, s)
}

// headsList takes note of a row that is the header of another list: three or more short texts and nothing else. It answers true.
func (t *formTable) headsList(row *workbook.Row, s *rowShape) bool {
	short := 0
	only := t.each(row, func(c *workbook.Cell, _ columnPlan) bool {
		short++
		return isText(c) && !c.HasFormula && len(c.Value) <= 60 && !hasDigit(c.Value)
	})
	if only && short >= 3 && s.misfits > 0 && t.heads(row) {
		t.at = otherList
	}
	return true
}

// heads tells the header of a list from a row of labels with their values ("Signed | M. Pellow | Date"): no two columns of a
// list's header are the same, and its texts stand side by side.
func (t *formTable) heads(row *workbook.Row) bool {
	next := 0
	beside := 0
	t.each(row, func(c *workbook.Cell, _ columnPlan) bool {
		if c.Col == next {
			beside++
		}
		next = t.r.labels.endOf(c.Col, row.Number) + 1
		return true
	})
	return beside >= 2
}

// list leaves the rows of another list alone. One whose figures are those of a line is asked about.
func (t *formTable) list(row *workbook.Row, s *rowShape) {
	t.leaveRow(row, "below-table")
	if !s.full() {
		return
	}
	q, u, n := t.cells[request.Quantity], t.cells[request.UnitPrice], t.cells[request.Net]
	if q == nil || u == nil || n == nil || !isNumber(q) || !isNumber(u) || !isNumber(n) {
		return
	}
	a, err1 := doubleOf(q)
	b, err2 := doubleOf(u)
	c, err3 := doubleOf(n)
	if err1 == nil && err2 == nil && err3 == nil && a.Mul(b).Sub(c).Abs().Cmp(minorUnit(2)) <= 0 {
		t.r.form.Problems = append(t.r.form.Problems, request.Problem{Sheet: t.r.form.Sheet, Cell: t.firstCell(row), Code: "line-in-other-list",
			Severity: request.ReturnSeverity, Message: lineInOtherListText(row.Number)})
	}
}

// askAboutBelow says of a row under the total that it may be a line.
func (t *formTable) askAboutBelow(row *workbook.Row, s *rowShape) {
	p := t.r.problem(text("This row", "Cette rangée"), workbook.Ref(s.first.Col, row.Number), "perhaps-a-note", perhapsNoteText(row.Number))
	t.doubt = &p
}
