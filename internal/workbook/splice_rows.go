package workbook

import (
	"bytes"
	"io"
)

// data splices the sheet's rows. The scanner stands before <sheetData>.
func (p *sheetSplice) data(s *scanner) error {
	if p.notes.dataEmptyTag {
		px := p.notes.prefix
		if px != "" {
			px += ":"
		}
		dst := p.newRows([]byte("<"+px+"sheetData>"), maxRows+1)
		if _, err := p.out.Write(append(dst, "</"+px+"sheetData>"...)); err != nil {
			return err
		}
		end := p.notes.dataEnd
		return p.copyTo(s, edit{from: s.base + int64(s.pos), to: end})
	}
	if p.notes.plain && p.old == nil && p.layout.LastCellCol < p.first {
		return p.fastRows(s)
	}
	return p.slowRows(s)
}

// fastRows appends our cells at the end of rows. It searches bytes, because the reader has seen that this sheet's rows
// hold nothing but elements and text, and no cell at or right of our columns.
func (p *sheetSplice) fastRows(s *scanner) error {
	number := 0
	for {
		b := s.buf[s.pos:s.end]
		n := bytes.IndexByte(b, '<')
		if n < 0 {
			if err := p.write(s, len(b)); err != nil {
				return err
			}
			if err := s.fill(); err != nil {
				return p.short(s, err)
			}
			continue
		}
		if err := p.write(s, n); err != nil {
			return err
		}
		b = b[n:]
		if s.base+int64(s.pos) >= p.notes.dataEnd {
			return p.flush(maxRows + 1)
		}
		if len(b) < 5 {
			if err := s.fill(); err != nil {
				return p.short(s, err)
			}
			continue
		}
		if string(b[:4]) != "<row" || !isSpace(b[4]) && b[4] != '>' && b[4] != '/' {
			if err := p.write(s, 1); err != nil {
				return err
			}
			continue
		}
		if err := p.fastRow(s, &number); err != nil {
			return err
		}
	}
}

// flush writes the rows of ours that stand before row.
func (p *sheetSplice) flush(before int) error {
	if p.pending >= len(p.rows) || p.rows[p.pending] >= before {
		return nil
	}
	p.scratch = p.newRows(p.scratch[:0], before)
	_, err := p.out.Write(p.scratch)
	return err
}

// fastRow splices the row that begins at the scanner's place.
func (p *sheetSplice) fastRow(s *scanner, number *int) error {
	var n int
	var closed bool
	for {
		s.attrs = s.attrs[:0]
		var err error
		if n, closed, err = s.attributes(s.buf[s.pos:s.end], 4); err == nil {
			break
		} else if err != errMore {
			return err
		}
		if err := s.more(); err != nil {
			return p.short(s, err)
		}
	}
	*number++
	for _, a := range s.attrs {
		if string(a.name) == "r" {
			*number = atoi(a.value)
		}
	}
	if err := p.flush(*number); err != nil {
		return err
	}
	ours := p.pending < len(p.rows) && p.rows[p.pending] == *number
	if !ours {
		if err := p.write(s, n); err != nil || closed {
			return err
		}
		return p.copyRow(s, true)
	}
	tag := s.buf[s.pos : s.pos+n]
	if closed {
		tag = append(bytes.TrimRight(bytes.Clone(tag[:n-2]), " "), '>')
	}
	i := p.pending
	p.pending++
	p.scratch = p.rowTag(p.scratch[:0], tag, *number, p.height(i))
	s.pos += n
	p.style = -1
	if closed {
		p.scratch = append(p.ours(p.scratch, i), rowClose...)
		_, err := p.out.Write(p.scratch)
		return err
	}
	if _, err := p.out.Write(p.scratch); err != nil {
		return err
	}
	if err := p.copyRow(s, false); err != nil {
		return err
	}
	p.scratch = append(p.ours(p.scratch[:0], i), rowClose...)
	_, err := p.out.Write(p.scratch)
	return err
}

// longestRow is how many bytes of a row are kept in the buffer to look back at its last cell.
const longestRow = 32 << 10

// copyRow copies what is inside a row and passes over its end tag, which it copies when withEnd is set; when it is not,
// our cells follow, and the style of the cell beside them is noted.
func (p *sheetSplice) copyRow(s *scanner, withEnd bool) error {
	for {
		b := s.buf[s.pos:s.end]
		n := rowEnd(b)
		if n < 0 && !withEnd && len(b) < longestRow {
			if err := s.fill(); err != nil {
				return p.short(s, err)
			}
			continue
		}
		if n >= 0 {
			if !withEnd && !p.tailor.alone {
				p.style = styleOf(b[:n], p.beside)
			}
			if err := p.write(s, n); err != nil {
				return err
			}
			if withEnd {
				return p.write(s, len(rowClose))
			}
			s.pos += len(rowClose)
			return nil
		}
		if n := len(b) - len(rowClose); n > 0 {
			if err := p.write(s, n); err != nil {
				return err
			}
		}
		if err := s.fill(); err != nil {
			return p.short(s, err)
		}
	}
}

// rowEnd is where "</row>" begins in b, -1 when it does not. It looks for the w, which is rare in cells; "<" and "/" are not.
func rowEnd(b []byte) int {
	const w = len("</ro")
	for i := w; i < len(b); i++ {
		n := bytes.IndexByte(b[i:], 'w')
		if n < 0 {
			return -1
		}
		if i += n; bytes.HasPrefix(b[i-w:], rowClose) {
			return i - w
		}
	}
	return -1
}

// slowRows handles every other sheet through the scanner's tokens: prefixes, comments, cells at or right of our columns.
func (p *sheetSplice) slowRows(s *scanner) error {
	r := rowCopier{p: p, s: s}
	s.gaps = io.Writer(&r)
	defer func() { s.gaps = nil }()
	s.depth, s.rooted = 1, true
	s.open, s.openEnds = append(s.open[:0], p.notes.rootName...), append(s.openEnds[:0], len(p.notes.rootName))
	s.binds = s.binds[:0]
	for _, b := range p.notes.rootBinds {
		s.bind(b)
	}
	for {
		if err := s.next(); err != nil {
			return err
		}
		if err := r.token(); err != nil {
			return err
		}
		if s.kind == endToken && s.depth == 1 {
			return nil
		}
	}
}

// rowCopier copies tokens as they came, but for the cells of ours.
type rowCopier struct {
	p        *sheetSplice
	s        *scanner
	number   int
	col      int
	dropping bool
	due      int // index of the row's cells of ours that are still to be written, -1 for none
	opened   bool
}

// Write takes what stands between tokens.
func (r *rowCopier) Write(b []byte) (int, error) {
	if r.dropping {
		return len(b), nil
	}
	return r.p.out.Write(b)
}

func (r *rowCopier) raw() []byte {
	return r.s.buf[r.s.at-r.s.base : r.s.after-r.s.base]
}

func (r *rowCopier) token() error {
	s, p := r.s, r.p
	switch {
	case s.kind == startToken && s.depth == 3 && s.is("row"):
		return r.rowStart()
	case s.kind == endToken && s.depth == 2 && s.is("row"):
		return r.rowEnd()
	case s.kind == startToken && s.depth == 4 && s.is("c"):
		r.col++
		if c, _, n := scanRef(s.attr("r")); n > 0 {
			r.col = c
		}
		if r.due >= 0 && r.col >= p.first {
			if err := r.putOurs(); err != nil {
				return err
			}
		}
		if r.col == p.beside {
			p.style = atoi(s.attr("s"))
		}
		r.dropping = r.drops(r.col, r.number)
	case s.kind == endToken && s.depth == 3 && s.is("c") && r.dropping:
		r.dropping = false
		return nil
	case s.kind == endToken && s.depth == 1:
		if err := p.flush(maxRows + 1); err != nil {
			return err
		}
	}
	if r.dropping {
		return nil
	}
	_, err := p.out.Write(r.raw())
	return err
}

// drops reports whether the cell gives way to ours: an empty one in our columns, or one from an earlier annotation.
func (r *rowCopier) drops(col, row int) bool {
	p := r.p
	return col >= p.first && col <= p.last && r.ourRow() || p.old.has(col, row, p.layout.Tables)
}

func (r *rowCopier) ourRow() bool {
	return r.p.pending > 0 && r.p.rows[r.p.pending-1] == r.number
}

func (r *rowCopier) rowStart() error {
	s, p := r.s, r.p
	r.number++
	if v := s.attr("r"); v != nil {
		r.number = atoi(v)
	}
	r.col, r.due, r.opened = 0, -1, false
	if err := p.flush(r.number); err != nil {
		return err
	}
	tag := r.raw()
	p.style = -1
	if _, old := p.old.height(r.number); old && (p.pending >= len(p.rows) || p.rows[p.pending] != r.number) {
		tag = p.rowTag(nil, tag, r.number, 0)
	}
	if p.pending < len(p.rows) && p.rows[p.pending] == r.number {
		r.due = p.pending
		p.pending++
		if s.closed {
			tag = append(bytes.TrimRight(bytes.Clone(tag[:len(tag)-2]), " "), '>')
			r.opened = true
		}
		tag = p.rowTag(nil, tag, r.number, p.height(r.due))
	}
	_, err := p.out.Write(tag)
	return err
}

func (r *rowCopier) putOurs() error {
	r.p.scratch = r.p.ours(r.p.scratch[:0], r.due)
	r.due = -1
	_, err := r.p.out.Write(r.p.scratch)
	return err
}

func (r *rowCopier) rowEnd() error {
	if r.due >= 0 {
		if err := r.putOurs(); err != nil {
			return err
		}
	}
	if r.opened {
		px := r.p.notes.prefix
		if px != "" {
			px += ":"
		}
		_, err := io.WriteString(r.p.out, "</"+px+"row>")
		return err
	}
	_, err := r.p.out.Write(r.raw())
	return err
}
