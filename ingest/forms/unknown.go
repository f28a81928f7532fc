package forms

import (
	"maps"
	"slices"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// unknownColumns are the columns that nobody understood.
type unknownColumns struct {
	asks    []similarColumn // columns of what a box says of who asks
	silent  []int           // by column: no line has had a value in it yet
	named   map[int]string
	similar []similarColumn
	sums    []similarColumn // of shipping and discounts: they count where a total is missing
}

// similarColumn is an unknown column whose header resembles a field.
type similarColumn struct {
	col    int
	header string // as Line.Extra has it
	name   string // of the field, or of what identifies the requester
}

// unreadLabel is a label that nobody understood, which resembles a field and has a value.
type unreadLabel struct {
	cell, header, name string
	value              foundValue
}

// unread looks at the cells of a line that stand under headers nobody understood. What resembles a field, and says
// something that the field itself does not say, goes into Line.Unread.
func (t *formTable) unread(l *request.Line, row *workbook.Row) {
	if t.unknown == nil {
		t.unknown = t.findUnknown()
	}
	u := t.unknown
	kept := u.silent[:0]
	for _, col := range u.silent {
		if c := row.Cell(col); c != nil && !isBlank(c) && !(t.plan(col).reference && isOurNumber(textOf(c))) {
			t.r.form.unread = append(t.r.form.unread, unreadColumn{col, u.named[col]})
			continue
		}
		kept = append(kept, col)
	}
	u.silent = kept
	for i := range u.asks {
		s := &u.asks[i]
		if c := row.Cell(s.col); c != nil && !isBlank(c) && !saysNothing(c) && !t.r.takeOrigin(s.name, c) {
			l.Unread = append(l.Unread, unreadCell(s.header, s.name, row.Number, c))
		}
	}
	for i := range u.similar {
		s := &u.similar[i]
		c := row.Cell(s.col)
		if c == nil || isBlank(c) || saysNothing(c) || t.r.alreadySaid(l, s.name, c) {
			continue
		}
		l.Unread = append(l.Unread, unreadCell(s.header, s.name, row.Number, c))
	}
	if len(u.sums) > 0 && slices.ContainsFunc(l.Problems, func(p request.Problem) bool { return p.Code == "derived-total" }) {
		for i := range u.sums { // what was added up may not be all that is paid
			s := &u.sums[i]
			if c := row.Cell(s.col); c != nil && !isBlank(c) && !saysNothing(c) {
				l.Unread = append(l.Unread, unreadCell(s.header, s.name, row.Number, c))
			}
		}
	}
	if t.r.scaled != nil {
		l.Unread = append(l.Unread, *t.r.scaled)
	}
	t.r.unreadLabels(l)
}

// unreadCell is what c of the given row holds under header, which is like the field name and was not read as it.
func unreadCell(header, name string, row int, c *workbook.Cell) request.UnreadCell {
	return request.UnreadCell{Header: header, Field: name, Cell: workbook.Ref(c.Col, row), Text: textShown(c)}
}

// findUnknown lists the columns of the header that nobody understood.
func (t *formTable) findUnknown() *unknownColumns {
	u := &unknownColumns{named: map[int]string{}}
	for i := range t.r.form.Columns {
		c := &t.r.form.Columns[i]
		if c.By != byExtra || c.Header == "" {
			continue
		}
		if t.r.words.isIgnored(c.Header) {
			c.By = byIgnored
			t.r.form.LeftAlone = append(t.r.form.LeftAlone, LeftAlone{Sheet: t.r.form.Sheet, Cells: workbook.Ref(c.Col, t.r.form.HeaderRow), Text: shortened(c.Header), Why: byIgnored})
			continue
		}
		key := t.plan(c.Col).key
		if t.r.policyReads(key) {
			continue
		}
		if t.plan(c.Col).reference { // it may hold our numbers; other ones are named
			u.silent, u.named[c.Col] = append(u.silent, c.Col), shortened(c.Header)
			continue
		}
		if m, known := t.r.words.lookup(c.Header); known && m.above != notAbove {
			c.By = m.by
			u.asks = append(u.asks, similarColumn{c.Col, key, m.name()})
			continue
		}
		u.silent, u.named[c.Col] = append(u.silent, c.Col), shortened(c.Header)
		if f := scaledField(c.Header, t.plan(c.Col).scaled); f != request.NoField {
			u.similar = append(u.similar, similarColumn{c.Col, key, f.String()})
			continue
		}
		if kind, _ := footerKind(c.Header); kind == shippingSum || kind == reductionSum {
			u.sums = append(u.sums, similarColumn{c.Col, key, request.Total.String()})
			continue
		}
		if like := Resembling(c.Header); len(like) > 0 && worthAsking(like[0].Name) && (like[0].Likely() || t.hasColumn(like[0].Name)) {
			u.similar = append(u.similar, similarColumn{c.Col, key, like[0].Name})
		}
	}
	return u
}

// worthAsking reports whether a decision may hang on what a header that resembles a field says.
func worthAsking(name string) bool {
	f, ok := request.FieldByName(name)
	switch {
	case !ok:
		return true
	case f == request.Item, f == request.Title, f == request.TitleOther, f == request.Description, f == request.NeededBy:
		return false
	}
	return true
}

// hasColumn reports whether a field has a column already: then one more that may mean it, such as a second vendor, is worth a question.
func (t *formTable) hasColumn(name string) bool {
	f, _ := request.FieldByName(name)
	return f == request.Supplier && t.headerRef(f, 1) != ""
}

func (r *formReader) policyReads(header string) bool {
	form := request.CompareForm(header)
	for _, h := range r.options.PolicyReads {
		if request.CompareForm(h) == form {
			return true
		}
	}
	return false
}

// alreadySaid reports whether a cell says what the line's own field says.
func (r *formReader) alreadySaid(l *request.Line, name string, c *workbook.Cell) bool {
	f, ok := request.FieldByName(name)
	if !ok {
		return r.originSays(name, textOf(c))
	}
	own := &l.Values[f]
	if !own.Given {
		return false
	}
	m := money{standard: r.options.Currency}
	m.use(&l.Values[request.Currency])
	var v request.Value
	votes := r.votes // looking is not reading
	problems := r.read(f, valueCell{cell: c}, &m, &v)
	r.votes = votes
	switch {
	case !v.Given || hasReturn(problems):
		return false
	case f.Info().Kind == request.MoneyKind || f.Info().Kind == request.NumberKind:
		return v.Number.Equal(own.Number)
	}
	return request.Fold(v.Text) == request.Fold(own.Text)
}

// takeOrigin takes who asks from a column of the table, where no box says it: the first line that says it speaks for the request.
// It reports whether the cell says what the request says. A name that differs is no matter: an assistant asks for several people.
func (r *formReader) takeOrigin(name string, c *workbook.Cell) bool {
	o := &r.form.Origin
	s, err := plainText(c)
	if err != nil {
		return false
	}
	switch name {
	case "requester":
		if o.Name == "" {
			o.Name = s
		}
		return true
	case "branch":
		if o.Unit == "" {
			o.Unit = s
		}
	case "email":
		address, err := request.ParseEmail(s)
		if err != nil {
			return false
		}
		if o.Email == "" {
			o.Email = address
		}
		return strings.EqualFold(o.Email, address)
	}
	return r.originSays(name, s)
}

func (r *formReader) originSays(name, text string) bool {
	o := &r.form.Origin
	own := map[string]string{"requester": o.Name, "email": o.Email, "branch": o.Unit}[name]
	if name == "language" {
		lang, ok := request.ParseLanguage(text)
		return ok && lang == o.Language
	}
	return own != "" && request.Fold(own) == request.Fold(text)
}

// nothingWords are, folded, what says that there is nothing to say.
var nothingWords = map[string]bool{"": true, "na": true, "so": true, "nil": true, "none": true, "aucun": true, "aucune": true, "neant": true, "sansobjet": true,
	"notapplicable": true, "tbd": true, "adeterminer": true, "false": true, "faux": true, "select": true, "selectionner": true, "choisir": true}

// saysNothing is true for a zero, FALSE, a dash, "n/a" and "Select…".
func saysNothing(c *workbook.Cell) bool {
	switch {
	case isNumber(c):
		n, err := doubleOf(c)
		return err == nil && n.IsZero()
	case isBool(c):
		return c.Value == "FALSE"
	case isText(c):
		return nothingWords[request.Fold(shortened(textOf(c)))] && !hasBoxSign(c.Value)
	}
	return false
}

// textShown is what a cell says, short enough for a mail.
func textShown(c *workbook.Cell) string {
	s, err := plainText(c)
	if err != nil {
		s = textOf(c)
	}
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= longestShown {
		return s
	}
	return strings.ToValidUTF8(s[:longestShown], "") + "…"
}

const longestShown = 80

// unreadLabels gives a line the labels above it that nobody understood.
func (r *formReader) unreadLabels(l *request.Line) {
	for i := range r.beside {
		b := &r.beside[i]
		if r.policyReads(b.header) {
			continue
		}
		if l.Extra == nil {
			l.Extra = map[string]string{}
		}
		if _, taken := l.Extra[b.header]; !taken {
			l.Extra[b.header] = textShown(&b.value.cell)
		}
		if !r.alreadySaid(l, b.name, &b.value.cell) {
			l.Unread = append(l.Unread, unreadCell(b.header, b.name, b.value.row, &b.value.cell))
		}
	}
}

// unreadColumn is a column with values that nobody understood.
type unreadColumn struct {
	col    int
	header string
}

// mostNamed is how many unread columns one sentence names.
const mostNamed = 12

// noteUnread names the columns from which nothing was read, in one sentence.
func (r *formReader) noteUnread() {
	if len(r.form.unread) == 0 {
		return
	}
	var names []string
	for _, u := range r.form.unread {
		names = append(names, u.header)
	}
	p := r.note(workbook.Ref(r.form.unread[0].col, r.form.HeaderRow), "unread-columns", unreadColumnsText(names))
	r.form.Problems = append(r.form.Problems, p)
}

// longestUnknown is the longest text that may be a label nobody knows.
const longestUnknown = 60

// unread finds labels that nobody understood, resemble a field, and have a value. What asks for words counts as a label
// only where the form shows that it is one, since any title or address may resemble a name.
func (s *labelScan) unread(headerRow int) (found []unreadLabel) {
	taken := map[string]bool{}
	for i := range s.labels {
		if v := s.labels[i].value; v != nil {
			taken[workbook.Ref(v.cell.Col, v.row)] = true
		}
	}
	for _, row := range slices.Sorted(maps.Keys(s.rows)) {
		for i := range s.rows[row].cells {
			c := &s.rows[row].cells[i]
			if len(found) == mostNamed || !isText(c) || len(c.Value) > longestUnknown || s.knows(c, row) || taken[workbook.Ref(c.Col, row)] {
				continue
			}
			if u, ok := s.unreadAt(c, row, headerRow); ok && !taken[u.cell] {
				taken[u.cell] = true
				found = append(found, u)
			}
		}
	}
	return found
}

// unreadAt takes one cell for a label that nobody understood, if it resembles one and has a value.
func (s *labelScan) unreadAt(c *workbook.Cell, row, headerRow int) (unreadLabel, bool) {
	header, inline, _ := strings.Cut(textOf(c), ":")
	header, inline = request.Clean(header), request.Clean(inline)
	if s.words.isIgnored(textOf(c)) || s.words.isIgnored(header) {
		return unreadLabel{}, false
	}
	like := Resembling(header)
	if len(like) == 0 {
		return unreadLabel{}, false
	}
	field, at, _ := aliasTarget(like[0].Name)
	box := s.boxAt(c.Col, row)
	l := foundLabel{m: meaning{field: field, above: at}, row: row, col: c.Col, endRow: box.LastRow, endCol: box.LastCol, style: c.Style}
	a := s.sidesOf(&l, headerRow)
	v := foundValue{row: row, hidden: s.rows[row].hidden}
	switch {
	case inline != "":
		v.cell = *textCell(c.Col, inline)
	case a.right != nil:
		v.cell = *a.right
	case a.gap != nil && a.rightBox:
		v.cell = *a.gap
	case a.below != nil && (a.belowBox || a.belowOwn && s.styles.isValue(a.below.Style)):
		v.cell, v.row = *a.below, box.LastRow+1
	default:
		return unreadLabel{}, false
	}
	plain := asksText(l.m) && !strings.HasSuffix(textOf(c), ":") && !s.styles.isLabel(c)
	if saysNothing(&v.cell) || plain || !s.fits(&l, &v.cell) {
		return unreadLabel{}, false
	}
	return unreadLabel{cell: workbook.Ref(v.cell.Col, v.row), header: header, name: like[0].Name, value: v}, true
}

// isOurNumber is true for a number of ours, of a line or a request.
func isOurNumber(s string) bool {
	_, ok := request.ParseReference(s)
	return ok
}
