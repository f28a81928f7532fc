package workbook

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
)

// ourCell is a text cell of ours.
type ourCell struct {
	text string
	cut  cut
}

// sheetSplice says what one sheet gains: cells of columns first to last in some rows. It is the plan; splicing
// streams the sheet once.
type sheetSplice struct {
	k       *Book
	notes   *sheetNotes
	layout  *Layout
	part    string
	first   int // our columns
	last    int
	rows    []int                  // rows that get cells, ascending
	cells   func(i int) [3]ourCell // of rows[i]
	made    [3]ourCell             // those of rows[madeFor-1]
	madeFor int
	old     *oldAnswers // cells of ours from an earlier time, which are dropped
	beside  int         // the last column of the lines
	tailor  *tailor
	style   int   // of the cell in column beside of the row at hand, -1 when the file has none
	filter  Range // the sheet's filter with our columns in it
	widths  []float64
	legacy  string // r:id for a <legacyDrawing> to be added
	relNS   string
	pending int // rows[pending:] are still to come
	out     io.Writer
	scratch []byte
	tag     []byte
}

// splice streams the sheet's part to out with our cells in it.
func (p *sheetSplice) splice(ctx context.Context, out io.Writer) error {
	p.out = out
	s, c, err := p.k.scan(ctx, p.part)
	if err != nil {
		return err
	}
	defer c.Close()
	if s.transcoded {
		if err := p.dropDeclaration(s); err != nil {
			return err
		}
	}
	list := p.around()
	for _, x := range list {
		if x.from > p.notes.dataStart {
			break
		}
		if err := p.copyTo(s, x); err != nil {
			return err
		}
	}
	if err := p.copyTo(s, edit{from: p.notes.dataStart, to: p.notes.dataStart}); err != nil {
		return err
	}
	if p.notes.dataStart > 0 {
		if err := p.data(s); err != nil {
			return err
		}
	}
	for _, x := range list {
		if x.from >= p.notes.dataEnd {
			if err := p.copyTo(s, x); err != nil {
				return err
			}
		}
	}
	for {
		if _, err := out.Write(s.buf[s.pos:s.end]); err != nil {
			return err
		}
		s.pos = s.end
		if err := s.fill(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// dropDeclaration replaces the XML declaration of a part that was not UTF-8.
func (p *sheetSplice) dropDeclaration(s *scanner) error {
	if b := s.buf[s.pos:s.end]; bytes.HasPrefix(b, []byte("<?xml")) {
		n := bytes.Index(b, []byte("?>"))
		if n < 0 {
			return s.bad("the part stops in the middle")
		}
		s.pos += n + 2
	}
	_, err := io.WriteString(p.out, xmlDeclaration)
	return err
}

// around are the edits outside the rows.
func (p *sheetSplice) around() []edit {
	n := p.notes
	px := n.prefix
	if px != "" {
		px += ":"
	}
	var list []edit
	if n.dimension != nil && len(p.rows) > 0 {
		used := Range{1, 1, p.last, max(p.layout.LastRow, p.rows[len(p.rows)-1])}
		used.LastCol = max(used.LastCol, p.layout.LastCellCol)
		list = append(list, edit{n.dimension.from, n.dimension.to, fmt.Sprintf(`<%sdimension ref="%s"/>`, px, used)})
	}
	if len(p.widths) > 0 {
		cols := edit{n.dataStart, n.dataStart, p.cols(px)}
		if n.cols != nil {
			cols.from, cols.to = n.cols.from, n.cols.to
		}
		list = append(list, cols)
	}
	if p.legacy != "" {
		at := n.legacyBefore
		if at == 0 {
			at = n.rootEnd
		}
		list = append(list, edit{at, at, related(px+"legacyDrawing", "", p.relNS, p.legacy)})
	}
	list = append(list, p.widenFilter()...)
	sort.SliceStable(list, func(i, j int) bool { return list[i].from < list[j].from })
	return list
}

// related is an empty element that points to a relationship. exceljs knows the attribute by the prefix "r" alone, so it
// is bound here, whatever it means outside.
func related(name, attrs, ns, id string) string {
	px := "r"
	if tagPrefix(name) == "r:" {
		px = "hr"
	}
	return fmt.Sprintf(`<%[1]s xmlns:%[2]s="%[3]s"%[4]s %[2]s:id="%[5]s"/>`, name, px, ns, attrs, id)
}

// cols is the whole <cols> element: what was there, with our columns cut out of it and put in with their widths.
func (p *sheetSplice) cols(px string) string {
	var specs []colSpec
	for _, c := range p.notes.colList {
		if left := (Span{c.First, min(c.Last, p.first-1)}); left.First <= left.Last {
			specs = append(specs, colSpec{left, c.rest})
		}
		if right := (Span{max(c.First, p.first+len(p.widths)), c.Last}); right.First <= right.Last {
			specs = append(specs, colSpec{right, c.rest})
		}
	}
	for i, w := range p.widths {
		c := p.first + i
		specs = append(specs, colSpec{Span{c, c}, fmt.Sprintf(` width="%g" customWidth="1"`, w)})
	}
	sort.SliceStable(specs, func(i, j int) bool { return specs[i].First < specs[j].First })
	var b strings.Builder
	b.WriteString("<" + px + "cols>")
	for _, c := range specs {
		fmt.Fprintf(&b, `<%scol min="%d" max="%d"%s/>`, px, c.First, c.Last, c.rest)
	}
	b.WriteString("</" + px + "cols>")
	return b.String()
}

// copyTo copies up to an edit, writes its text, and passes over what it replaces.
func (p *sheetSplice) copyTo(s *scanner, x edit) error {
	for skipping := false; ; skipping = true {
		upTo := x.from
		if skipping {
			upTo = x.to
		}
		for at := s.base + int64(s.pos); at < upTo; at = s.base + int64(s.pos) {
			if s.pos == s.end {
				if err := s.fill(); err != nil {
					return p.short(s, err)
				}
				continue
			}
			n := min(upTo-at, int64(s.end-s.pos))
			if !skipping {
				if _, err := p.out.Write(s.buf[s.pos : s.pos+int(n)]); err != nil {
					return err
				}
			}
			s.pos += int(n)
		}
		if skipping {
			return nil
		}
		if _, err := io.WriteString(p.out, x.text); err != nil {
			return err
		}
	}
}

func (p *sheetSplice) short(s *scanner, err error) error {
	if err == io.EOF {
		return s.bad("the part stops in the middle")
	}
	return err
}

// write copies the next n bytes.
func (p *sheetSplice) write(s *scanner, n int) error {
	_, err := p.out.Write(s.buf[s.pos : s.pos+n])
	s.pos += n
	return err
}

// ourCells are our cells of pending row i.
func (p *sheetSplice) ourCells(i int) [3]ourCell {
	if p.madeFor != i+1 {
		p.made, p.madeFor = p.cells(i), i+1
	}
	return p.made
}

// ours appends our cells of pending row i.
func (p *sheetSplice) ours(dst []byte, i int) []byte {
	px := p.notes.prefix
	if px != "" {
		px += ":"
	}
	for n, c := range p.ourCells(i) {
		if c.cut == noCut {
			continue
		}
		dst = append(dst, '<')
		dst = append(dst, px...)
		dst = append(dst, `c r="`...)
		dst = appendRef(dst, p.first+n, p.rows[i])
		dst = append(dst, `" s="`...)
		dst = strconv.AppendInt(dst, int64(p.tailor.format(p.style, c.cut)), 10)
		if c.text == "" {
			dst = append(dst, `"/>`...)
			continue
		}
		dst = append(dst, `" t="inlineStr"><`...)
		dst = append(dst, px...)
		dst = append(dst, `is><`...)
		dst = append(dst, px...)
		dst = append(dst, `t xml:space="preserve">`...)
		dst = appendEscaped(dst, c.text)
		dst = append(dst, "</"...)
		dst = append(dst, px...)
		dst = append(dst, "t></"...)
		dst = append(dst, px...)
		dst = append(dst, "is></"...)
		dst = append(dst, px...)
		dst = append(dst, "c>"...)
	}
	return dst
}

// newRows appends whole rows of ours that come before row, which the sheet does not have.
func (p *sheetSplice) newRows(dst []byte, before int) []byte {
	px := p.notes.prefix
	if px != "" {
		px += ":"
	}
	style := p.style
	p.style = -1
	defer func() { p.style = style }()
	for p.pending < len(p.rows) && p.rows[p.pending] < before {
		dst = append(dst, '<')
		dst = append(dst, px...)
		dst = append(dst, `row r="`...)
		dst = strconv.AppendInt(dst, int64(p.rows[p.pending]), 10)
		dst = append(dst, `">`...)
		dst = p.ours(dst, p.pending)
		dst = append(dst, "</"...)
		dst = append(dst, px...)
		dst = append(dst, "row>"...)
		p.pending++
	}
	return dst
}
