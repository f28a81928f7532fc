package forms

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// constant is a cell of a row that may have come with the template: the text, number or answer that other rows have as well.
type constant struct {
	col   int
	value string
	count bool // a number or code that goes up by one from row to row
}

// maybePrepared is a row that holds nothing but what a template may have brought along. It was added as a line, until another
// row like it shows that nobody typed it.
type maybePrepared struct {
	line      int // its place among the lines
	row       int
	sign      uint64
	constants []constant
	prepared  bool
}

// mostMaybe bounds how many different rows may wait to be known as prepared; one more is a line.
const mostMaybe = 200

// weakly reads a row as one that the template brought along: item numbers, zeros, unticked boxes, prompts, formulas that
// come to nothing, and constants that other rows must have too. ok is false where somebody surely typed something: a title,
// a description, an amount.
func (t *formTable) weakly(row *workbook.Row) (constants []constant, ok bool) {
	constants = t.constants[:0]
	ok = t.each(row, func(c *workbook.Cell, p columnPlan) bool {
		known := p.kind == fieldColumnKind
		numeric := known && takesNumbers(p.field)
		switch {
		case !c.HasValue: // a formula without a result
			return numeric || !known
		case isNothing(c, p):
			return true
		case p.field == request.Title, p.field == request.TitleOther, p.field == request.Description, p.field == request.Rationale,
			p.field == request.Justification:
			return false
		case c.HasFormula && (isError(c) || !known):
			return true
		case known && p.field.Info().Kind == request.MoneyKind:
			return false
		case isError(c):
			return false
		}
		value, count := countOf(c, row.Number)
		count = count && (p.field == request.Item || !known && c.Col == t.firstCol)
		if p.field == request.Item && !count {
			return false
		}
		if !count {
			value = textOf(c)
		}
		constants = append(constants, constant{c.Col, value, count})
		return true
	})
	t.constants = constants
	return constants, ok
}

// isZero is true for a stored number that is zero, however it is written.
func isZero(c *workbook.Cell) bool {
	zero := false
	for i := range len(c.Raw) {
		switch b := c.Raw[i]; {
		case b == '0':
			zero = true
		case b == 'e' || b == 'E':
			return zero
		case b != '.' && b != '-' && b != '+':
			return false
		}
	}
	return zero
}

// countOf is what a counting number or a short code such as "A3" has in common with its neighbours in the rows above and below.
func countOf(c *workbook.Cell, row int) (string, bool) {
	s := textOf(c)
	digits := len(s)
	for digits > 0 && s[digits-1] >= '0' && s[digits-1] <= '9' {
		digits--
	}
	if digits == len(s) || len(s)-digits > 6 || digits > 3 || isText(c) && digits > 0 && s[0] >= '0' && s[0] <= '9' {
		return s, false
	}
	n, err := strconv.Atoi(s[digits:])
	if err != nil {
		return s, false
	}
	return s[:digits] + "#" + strconv.Itoa(n-row), true
}

// isNothing is true for what nobody needs to have typed: zero, FALSE, an empty box, a dash, "Select…".
func isNothing(c *workbook.Cell, p columnPlan) bool {
	switch {
	case isNumber(c):
		if p.kind == fieldColumnKind && p.field == request.Item {
			return false
		}
		return isZero(c)
	case isBool(c):
		return c.Value == "FALSE"
	case isText(c):
		s := textOf(c)
		return strings.Trim(s, "-–—._/:☐□○ \u00a0") == "" || isPrompt(s, p)
	}
	return false
}

// longestPrompt is longer than what a drop-down says before anybody chose.
const longestPrompt = 40

var promptWords = []string{"select", "choose", "pleaseselect", "pleasechoose", "choisi", "selectionn", "veuillezchoisir", "veuillezselectionner", "pick"}

// isPrompt is true for what a drop-down says before anybody chose: "Select…", "- Choisir -". In a column for free text only
// the word alone is one.
func isPrompt(s string, p columnPlan) bool {
	if len(s) > longestPrompt {
		return false
	}
	var buf [2 * longestPrompt]byte
	folded := request.AppendFold(buf[:0], s)
	free := p.kind == fieldColumnKind && p.field.Info().Kind == request.TextKind
	for _, w := range promptWords {
		if n := len(w); len(folded) >= n && string(folded[:n]) == w && (!free || len(folded) <= n+3 && strings.ContainsAny(s, "….-<[")) {
			return true
		}
	}
	return false
}

// prepared decides about a row without a typed word: true when it is no line. A constant counts as the template's where a
// second row of the kind has it; the first one is kept as a line until then.
func (t *formTable) prepared(row *workbook.Row, constants []constant) bool {
	if len(constants) == 0 {
		return true
	}
	h := fnv.New64a()
	for _, c := range constants {
		_, _ = h.Write(strconv.AppendInt(t.scratch[:0], int64(c.col), 10))
		_, _ = h.Write([]byte{0})
		_, _ = h.Write([]byte(c.value))
		_, _ = h.Write([]byte{0})
	}
	sign := h.Sum64()
	for i := range t.maybe {
		if m := &t.maybe[i]; m.sign == sign && len(m.constants) == len(constants) {
			m.prepared = true
			if m.answers() {
				if t.constant.n == 0 {
					t.constant.first = m.row
				}
				t.constant.add(row.Number)
			}
			return true
		}
	}
	t.sign = sign
	return false
}

// waits remembers a row that becomes a line until another row like it comes.
func (t *formTable) waits(row *workbook.Row, sign uint64, constants []constant) {
	if len(t.maybe) < mostMaybe {
		t.maybe = append(t.maybe, maybePrepared{line: t.r.form.Lines.Len(), row: row.Number, sign: sign, constants: slices.Clone(constants)})
	}
}

// settlePrepared drops the rows that turned out to be the template's from the lines.
func (t *formTable) settlePrepared() {
	var drop []int
	for i := range t.maybe {
		m := &t.maybe[i]
		if m.prepared = m.prepared || t.likeTheLines(m); m.prepared {
			drop = append(drop, m.line)
			t.leave(m.row, 1, max(t.r.form.LastCol, 1), "", "prepared")
			if m.answers() {
				t.constant.first, t.constant.n = min(t.constant.first, m.row), t.constant.n+1
				t.constant.last = max(t.constant.last, m.row)
			}
		}
	}
	t.dropLines(drop)
	for i := range t.sums {
		if r := &t.sums[i]; r.line >= 0 {
			before, _ := slices.BinarySearch(drop, r.line)
			r.line -= before
		}
	}
}

// answers reports whether the row holds more than a number that counts up.
func (m *maybePrepared) answers() bool {
	return slices.ContainsFunc(m.constants, func(c constant) bool { return !c.count })
}

// dropLines takes lines out, by their places in ascending order.
func (t *formTable) dropLines(drop []int) {
	if len(drop) == 0 {
		return
	}
	f := t.r.form
	var kept request.Lines
	for i, l := range f.Lines.All() {
		if _, out := slices.BinarySearch(drop, i); !out {
			kept.Add(l)
		}
	}
	f.Lines = kept
}

// comparedLines is with how many lines a row is compared that no other prepared row is like.
const comparedLines = 200

// likeTheLines reports whether the only row of its kind holds what the filled lines have as well: the next number, and
// answers that need no typing. A supplier or a cost centre that somebody typed is no such answer.
func (t *formTable) likeTheLines(m *maybePrepared) bool {
	f := t.r.form
	if m.line >= f.Lines.Len() {
		return false
	}
	own := f.Lines.At(m.line)
	waiting := map[int]bool{}
	for i := range t.maybe {
		waiting[t.maybe[i].line] = true
	}
	for _, c := range m.constants {
		p := t.plan(c.col)
		if p.kind == fieldColumnKind && p.field != request.Item {
			if k := p.field.Info().Kind; k != request.ChoiceKind && k != request.CurrencyKind && k != request.NumberKind {
				return false
			}
		}
		found := false
		for i, l := range f.Lines.All() {
			if i == comparedLines || found {
				break
			}
			if !waiting[i] {
				found = t.sameAs(c, p, &own, l)
			}
		}
		if !found {
			return false
		}
	}
	return true
}

func (t *formTable) sameAs(c constant, p columnPlan, own, l *request.Line) bool {
	switch {
	case c.count:
		s := l.Values[request.Item].Text
		if p.kind != fieldColumnKind {
			s = l.Extra[p.key]
		}
		number, counts := countOf(&workbook.Cell{HasValue: true, Type: workbook.StringCell, Value: s}, l.Row)
		return counts && number == c.value
	case p.kind == fieldColumnKind:
		return l.Values[p.field].Given && l.Values[p.field].Text == own.Values[p.field].Text
	}
	return l.Extra[p.key] != "" && l.Extra[p.key] == own.Extra[p.key]
}
