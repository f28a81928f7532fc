package workbook

import "bytes"

var (
	rowClose     = []byte("</row>")
	valueClose   = []byte("</v></c>")
	formulaClose = []byte("</f>")
	sharedOpen   = []byte(`<f t="shared" si="`)
	emptyClose   = []byte(`"/>`)
	inlineOpen   = []byte("<is><t>")
	inlineKeep   = []byte(`<is><t xml:space="preserve">`)
	inlineClose  = []byte("</t></is></c>")
)

// longestTag is how many bytes of the buffer a cell's start tag may take on the fast path:
// <c r="XFD1048576" s="65535" t="inlineStr"> has 42.
const longestTag = 48

// fastCells reads cells in the form that spreadsheet programs write, straight from the buffer, as long as they are
// whole in it. What it does not know byte for byte it leaves to the scanner. done is true when it took the row's end.
func (r *sheetReader) fastCells() (done bool, err error) {
	for {
		b := r.buf[r.pos:r.end]
		if len(b) < longestTag {
			if bytes.HasPrefix(b, rowClose) {
				r.consume(len(rowClose))
				r.name, r.space, r.kind = nil, mainSpace, endToken
				r.pop()
				return true, nil
			}
			return false, nil
		}
		if b[0] != '<' {
			return false, nil
		}
		if b[1] != 'c' {
			if bytes.HasPrefix(b, rowClose) {
				r.consume(len(rowClose))
				r.name, r.space, r.kind = nil, mainSpace, endToken
				r.pop()
				return true, nil
			}
			return false, nil
		}
		n, err := r.fastCell(b)
		if n == 0 || err != nil {
			return false, err
		}
		r.pos += n
	}
}

// fastCell reads one cell at the start of b, which has at least longestTag bytes, and returns its length, 0 when it is
// not of the usual form.
func (r *sheetReader) fastCell(b []byte) (int, error) {
	t, ok := r.fastTag(b[:longestTag])
	if !ok {
		return 0, nil
	}
	i := t.n
	var value, formula []byte
	var follows *sharedFormula
	hasF, hasV := false, false
	if !t.closed {
		rest := b[i:]
		if len(rest) < 8 {
			return 0, nil
		}
		if rest[1] == 'f' && rest[0] == '<' && rest[2] == '>' {
			n := bytes.IndexByte(rest[3:], '<')
			if n < 0 || !bytes.HasPrefix(rest[3+n:], formulaClose) {
				return 0, nil
			}
			formula, hasF = rest[3:3+n], true
			i += 3 + n + len(formulaClose)
			if rest = b[i:]; len(rest) < 8 {
				return 0, nil
			}
		} else if bytes.HasPrefix(rest, sharedOpen) {
			f, n := r.fastShared(rest)
			if n == 0 || len(rest)-n < 8 {
				return 0, nil
			}
			follows, hasF = f, true
			i += n
			rest = b[i:]
		}
		switch {
		case rest[0] == '<' && rest[1] == 'v' && rest[2] == '>':
			if t.kind == kindInline {
				return 0, nil
			}
			n := bytes.IndexByte(rest[3:], '<')
			if n < 0 || n > r.k.b.CellBytes || !bytes.HasPrefix(rest[3+n:], valueClose) {
				return 0, nil
			}
			value, hasV = rest[3:3+n], true
			i += 3 + n + len(valueClose)
		case t.kind == kindInline && !hasF && rest[1] == 'i':
			text, n := plainInline(rest)
			if n == 0 || len(text) > r.k.b.CellBytes {
				return 0, nil
			}
			value, hasV = text, true
			i += n
		case string(rest[:4]) == "</c>":
			i += 4
		default:
			return 0, nil
		}
	}
	if err := r.placeCell(t.col); err != nil {
		return 0, err
	}
	r.elements++
	if !hasV && !hasF {
		r.layout.LastCellCol = max(r.layout.LastCellCol, t.col)
		return i, nil
	}
	from := len(r.values)
	var err error
	if hasV {
		if t.kind == kindFormulaString || t.kind == kindInline || t.kind == kindError {
			r.values, err = appendText(r.values, value)
		} else {
			r.values, err = appendDecoded(r.values, value)
		}
	}
	if formula != nil && err == nil {
		r.formula, err = appendText(r.formula[:0], formula)
	}
	if err != nil {
		return 0, damaged(r.part, r.cellAt(t.col), "%w", err)
	}
	c := Cell{Col: t.col, Style: t.style, HasFormula: hasF}
	if follows != nil {
		c.shared, c.row = follows, r.row.Number
	}
	return i, r.addCell(c, t.kind, from, hasV)
}

// fastShared reads <f t="shared" si="1"/> at the start of b, and returns its length; 0 when it is not whole in b, or its
// text is not known.
func (r *sheetReader) fastShared(b []byte) (*sharedFormula, int) {
	from := len(sharedOpen)
	n := bytes.IndexByte(b[from:min(len(b), from+12)], '"')
	if n <= 0 || !bytes.HasPrefix(b[from+n:], emptyClose) {
		return nil, 0
	}
	id, ok := index(b[from : from+n])
	if f := r.shared[id]; ok && f != nil {
		return f, from + n + len(emptyClose)
	}
	return nil, 0
}

// plainInline takes the text of <is><t>text</t></is></c> at the start of b, and the length of it all; 0 when the text
// is rich or not whole in b.
func plainInline(b []byte) (text []byte, n int) {
	switch {
	case bytes.HasPrefix(b, inlineOpen):
		n = len(inlineOpen)
	case bytes.HasPrefix(b, inlineKeep):
		n = len(inlineKeep)
	default:
		return nil, 0
	}
	end := bytes.IndexByte(b[n:], '<')
	if end < 0 || !bytes.HasPrefix(b[n+end:], inlineClose) {
		return nil, 0
	}
	return b[n : n+end], n + end + len(inlineClose)
}

type cellTag struct {
	n, col, style int
	kind          cellKind
	closed        bool
}

// fastTag reads <c r="…" s="…" t="…"> with these attributes in any order, each at most once.
func (r *sheetReader) fastTag(b []byte) (t cellTag, ok bool) {
	i := 2
	seen := 0
	for i < len(b)-1 {
		switch b[i] {
		case '>':
			t.n = i + 1
		case '/':
			if b[i+1] != '>' {
				return t, false
			}
			t.n, t.closed = i+2, true
		case ' ':
			n := 0
			if i+4 >= len(b) || b[i+2] != '=' || b[i+3] != '"' {
				return t, false
			}
			v := b[i+4:]
			switch b[i+1] {
			case 'r':
				n = r.fastRef(v, &t)
				seen |= 1 << 4
			case 's':
				for n < len(v) && n < 7 && v[n] >= '0' && v[n] <= '9' {
					t.style = t.style*10 + int(v[n]-'0')
					n++
				}
				if seen&1 != 0 {
					return t, false
				}
				seen |= 1
			case 't':
				n = bytes.IndexByte(v, '"')
				if n < 0 || seen&2 != 0 {
					return t, false
				}
				if t.kind, ok = cellKindOf(v[:n]); !ok {
					return t, false
				}
				seen |= 2
			}
			if n <= 0 || n >= len(v) || v[n] != '"' {
				return t, false
			}
			i += 5 + n
			continue
		default:
			return t, false
		}
		if t.col == 0 {
			t.col = r.lastCol + 1
		}
		return t, true
	}
	return t, false
}

// fastRef reads the reference at the start of v and returns its length, 0 when it is not one of this row.
func (r *sheetReader) fastRef(v []byte, t *cellTag) int {
	if t.col != 0 {
		return 0
	}
	i, col := 0, 0
	for i < min(3, len(v)) && v[i] >= 'A' && v[i] <= 'Z' {
		col = col*26 + int(v[i]-'A') + 1
		i++
	}
	row, from := 0, i
	for i < len(v) && i-from < 7 && v[i] >= '0' && v[i] <= '9' {
		row = row*10 + int(v[i]-'0')
		i++
	}
	if from == 0 || i == from || v[from] == '0' || row != r.row.Number || col > maxCols {
		return 0
	}
	t.col = col
	return i
}
