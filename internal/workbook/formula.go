package workbook

import (
	"bytes"
	"strconv"
)

// A sharedFormula is the text of a formula that several cells use, whose references move with the cell.
type sharedFormula struct {
	col, row int // of the cell that holds the text
	text     string
}

// A formulaPiece is what stays of a formula up to a reference that moves.

type formulaPiece struct {
	text           string // what stands before the reference
	kind           refKind
	col, row       int
	fixCol, fixRow bool // "$"
}

type refKind uint8

const (
	noRef   refKind = iota
	cellRef         // A1
	colRef          // the A of A:C
	rowRef          // the 1 of 1:3
)

// longestShared is Excel's limit of a formula. A shared one that is longer is not written out for its other cells.
const longestShared = 8192

// readFormula reads the <f> whose start is the current token into r.formula, or finds the formula that it shares.
func (r *sheetReader) readFormula(col int) error {
	shared := string(r.attr("t")) == "shared"
	id, hasID := index(r.attr("si"))
	var err error
	if r.formula, err = appendElementText(r.scanner, r.formula[:0], 0, r.k.b); err != nil {
		return err
	}
	if !shared || !hasID {
		return nil
	}
	if len(r.formula) > 0 {
		if r.shared == nil {
			r.shared = map[int]*sharedFormula{}
		}
		f := &sharedFormula{col: col, row: r.row.Number}
		if len(r.formula) <= longestShared {
			f.text = string(r.formula)
		}
		const itself = 128 // bytes that one takes beside its text
		if r.sharedBytes += len(f.text) + itself; r.sharedBytes > r.k.b.StringBytes {
			return overBound("StringBytes", r.part, "", int64(r.sharedBytes), int64(r.k.b.StringBytes))
		}
		r.shared[id] = f
		return nil
	}
	if r.follows = r.shared[id]; r.follows == nil {
		return damaged(r.part, r.cellAt(col), "the cell shares formula %d, which no cell before it holds", id)
	}
	return nil
}

// appendFor appends the formula as it reads in another cell.
func (f *sharedFormula) appendFor(dst []byte, col, row int) []byte {
	for _, p := range cutFormula(f.text) {
		dst = append(dst, p.text...)
		if p.kind == noRef {
			continue
		}
		c, okCol := p.col, true
		if !p.fixCol {
			c += col - f.col
			okCol = p.kind == rowRef || c >= 1 && c <= maxCols
		}
		n, okRow := p.row, true
		if !p.fixRow {
			n += row - f.row
			okRow = p.kind == colRef || n >= 1 && n <= maxRows
		}
		if !okCol || !okRow {
			dst = append(dst, "#REF!"...)
			continue
		}
		if p.kind != rowRef {
			if p.fixCol {
				dst = append(dst, '$')
			}
			dst = appendCol(dst, c)
		}
		if p.kind != colRef {
			if p.fixRow {
				dst = append(dst, '$')
			}
			dst = strconv.AppendInt(dst, int64(n), 10)
		}
	}
	return dst
}

// cutFormula finds the references of a formula: not those inside texts, quoted sheet names, brackets of tables and
// other workbooks, or names and functions that look like one (LOG10, TAX2026X).
func cutFormula(s string) []formulaPiece {
	var out []formulaPiece
	from := 0
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '"' || c == '\'':
			i = pastQuote(s, i, c)
			continue
		case c == '[':
			i = pastBracket(s, i)
			continue
		case !wordByte(c):
			i++
			continue
		}
		end := i
		for end < len(s) && wordByte(s[end]) {
			end++
		}
		word := s[i:end]
		function := end < len(s) && (s[end] == '(' || s[end] == '!')
		if p, ok := wordRef(word); ok && !function && (p.kind == cellRef || pairedRef(s, i, end, p.kind)) {
			p.text = s[from:i]
			out = append(out, p)
			from = end
		}
		i = end
	}
	return append(out, formulaPiece{text: s[from:]})
}

func pastQuote(s string, i int, quote byte) int {
	for i++; i < len(s); i++ {
		if s[i] == quote {
			if i+1 < len(s) && s[i+1] == quote {
				i++
				continue
			}
			return i + 1
		}
	}
	return len(s)
}

func pastBracket(s string, i int) int {
	for depth := 0; i < len(s); i++ {
		switch s[i] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case '\'':
			i++ // escapes the next character inside a table's brackets
		}
	}
	return len(s)
}

func wordByte(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '$' || c == '\\' || c >= 0x80
}

// wordRef reads a word as a reference of one of the three kinds.
func wordRef(word string) (p formulaPiece, ok bool) {
	w := bytes.ToUpper([]byte(word))
	if c, row, n := scanRef(w); n == len(w) && n > 0 {
		return formulaPiece{kind: cellRef, col: c, row: row, fixCol: w[0] == '$', fixRow: bytes.IndexByte(w[1:], '$') >= 0}, true
	}
	p.fixCol = len(w) > 0 && w[0] == '$'
	rest := bytes.TrimPrefix(w, []byte("$"))
	if c, _, n := scanRef(append(bytes.Clone(rest), '1')); n == len(rest)+1 && len(rest) > 0 && len(rest) <= 3 && rest[len(rest)-1] >= 'A' {
		p.kind, p.col = colRef, c
		return p, true
	}
	if n, isNumber := index(rest); isNumber && n >= 1 && n <= maxRows && rest[0] != '0' {
		return formulaPiece{kind: rowRef, row: n, fixRow: p.fixCol}, true
	}
	return p, false
}

// pairedRef reports whether the word at s[i:end] is one side of a whole-column or whole-row range.
func pairedRef(s string, i, end int, kind refKind) bool {
	if end < len(s) && s[end] == ':' {
		to := end + 1
		for to < len(s) && wordByte(s[to]) {
			to++
		}
		p, ok := wordRef(s[end+1 : to])
		return ok && p.kind == kind
	}
	if i > 0 && s[i-1] == ':' {
		from := i - 1
		for from > 0 && wordByte(s[from-1]) {
			from--
		}
		p, ok := wordRef(s[from : i-1])
		return ok && p.kind == kind
	}
	return false
}

// RefersOutside reports whether the cell's formula takes a value from another workbook: [1]Sheet!A1.
func (c *Cell) RefersOutside() bool {
	text := c.Formula
	if c.shared != nil {
		text = c.shared.text
	}
	quoted := false
	for i := 0; i+2 < len(text); i++ {
		switch b := text[i]; {
		case b == '"':
			quoted = !quoted
		case b != '[' || quoted || i > 0 && isNameByte(text[i-1]):
		case text[i+1] >= '0' && text[i+1] <= '9':
			end := i + 2
			for end < len(text) && text[end] >= '0' && text[end] <= '9' {
				end++
			}
			if end < len(text) && text[end] == ']' {
				return true
			}
		}
	}
	return false
}

// isNameByte reports whether b ends a name before a bracket, as of a table: Costs[2026].
func isNameByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b == ']' || b == '[' || b == ',' || b >= 0x80
}
