package workbook

import (
	"context"
	"slices"
	"strconv"
)

// Layout is what stands around the rows of a sheet.
type Layout struct {
	Hidden    []Span  // hidden columns, in order
	Merged    []Range // in the file's order
	Tables    []Table // Excel's own tables
	Filter    Range   // of the sheet's autofilter; zero when there is none
	Protected bool    // the sheet is locked against typing
	// LastCol and LastRow are the right-most column that holds a value or a formula, and the last row of the file.
	LastCol, LastRow int
	// LastCellCol is the right-most column with a cell, be it an empty one with a format.
	LastCellCol int

	lastValue   []int32 // by column: the last row with a value or formula
	lastFormula []int32
	fixed       []fixedRow // rows whose height somebody chose, in order
}

// fixedRow is a row whose height somebody chose.
type fixedRow struct {
	row    int32
	points float32
}

// FixedHeight is the height in points that somebody chose for a row, 0 where programs fit it to its text.
func (l *Layout) FixedHeight(row int) float64 {
	if i, ok := slices.BinarySearchFunc(l.fixed, int32(row), func(f fixedRow, row int32) int { return int(f.row - row) }); ok {
		return float64(l.fixed[i].points)
	}
	return 0
}

// Span is a run of columns, both ends included.
type Span struct{ First, Last int }

// Table is one of Excel's own tables (Insert, Table).
type Table struct {
	Name      string
	Range     Range // with its header and total rows
	HeaderRow bool
	TotalRow  bool
	connected bool // filled from a query or an XML map, which own its columns
	irregular bool // its list of columns is not as long as its range
	part      string
}

// ColHidden reports whether a column is hidden.
func (l *Layout) ColHidden(col int) bool {
	_, ok := slices.BinarySearchFunc(l.Hidden, col, func(s Span, col int) int {
		switch {
		case s.Last < col:
			return -1
		case s.First > col:
			return 1
		}
		return 0
	})
	return ok
}

// note remembers how far down each column goes.
func (l *Layout) note(r *Row) {
	last := r.Cells[len(r.Cells)-1].Col
	if last > l.LastCol {
		l.LastCol = last
	}
	if last >= len(l.lastValue) {
		l.lastValue = append(l.lastValue, make([]int32, last+1-len(l.lastValue))...)
	}
	for i := range r.Cells {
		c := &r.Cells[i]
		l.lastValue[c.Col] = int32(r.Number)
		if c.HasFormula {
			if c.Col >= len(l.lastFormula) {
				l.lastFormula = append(l.lastFormula, make([]int32, c.Col+1-len(l.lastFormula))...)
			}
			l.lastFormula[c.Col] = int32(r.Number)
		}
	}
}

// noteHeight remembers a height that somebody chose.
func (l *Layout) noteHeight(row int, ht []byte) {
	if points, err := strconv.ParseFloat(string(ht), 32); err == nil && points > anyLineHeight {
		l.fixed = append(l.fixed, fixedRow{int32(row), float32(points)})
	}
}

func (l *Layout) finish() {
	slices.SortFunc(l.Hidden, func(a, b Span) int { return a.First - b.First })
}

// freeFrom is the first of n columns, from col on, without values, formulas, merges or tables from row down. It may lie
// past the sheet's edge.
func (l *Layout) freeFrom(col, row, n int) int {
	// Beyond what is written and covered everything is free: n columns more are enough.
	last := max(col, len(l.lastValue))
	for _, r := range l.Merged {
		last = max(last, r.LastCol)
	}
	for _, t := range l.Tables {
		last = max(last, t.Range.LastCol)
	}
	ranges := make([]int, min(last+n, maxCols)+2) // how many begin in a column, less those that ended in the one before
	cover := func(r Range) {
		if r.LastRow >= row {
			ranges[r.FirstCol]++
			ranges[r.LastCol+1]--
		}
	}
	for _, m := range l.Merged {
		cover(m)
	}
	for _, t := range l.Tables {
		cover(t.Range)
	}
	covered := 0
	for c := range min(col, len(ranges)) {
		covered += ranges[c]
	}
	for free := 0; col < len(ranges)-1; col++ {
		covered += ranges[col]
		if free++; covered > 0 || col < len(l.lastValue) && int(l.lastValue[col]) >= row {
			free = 0
		}
		if free == n {
			return col - n + 1
		}
	}
	return maxCols + 1
}

// place is freeFrom, or where that finds nothing the first such place on the sheet.
func (l *Layout) place(col, row, n int) int {
	if at := l.freeFrom(col, row, n); at <= maxCols {
		return at
	}
	return l.freeFrom(1, row, n)
}

// hasFormula reports whether one of the columns holds a formula in row or below.
func (l *Layout) hasFormula(first, last, row int) bool {
	for c := first; c <= last && c < len(l.lastFormula); c++ {
		if int(l.lastFormula[c]) >= row {
			return true
		}
	}
	return false
}

// Layout says what stands around the rows of a sheet. It is known after Rows; before, it costs one reading of the part.
func (k *Book) Layout(ctx context.Context, sheet int) (Layout, error) {
	if l := k.layouts[sheet]; l != nil {
		return *l, nil
	}
	if err := k.readSheet(ctx, sheet, nil); err != nil {
		return Layout{}, err
	}
	return *k.layouts[sheet], nil
}

// sheetNotes is what the splicer needs to know of a sheet's part: where things stand in its bytes.
type sheetNotes struct {
	plain        bool  // rows and cells have no prefix and nothing but markup and text, and no other element is called row: bytes can be searched
	dataStart    int64 // where <sheetData> begins; 0 when there is none
	dataEnd      int64 // where </sheetData> begins; of <sheetData/> where it ends
	dataEmptyTag bool  // <sheetData/>
	prefix       string
	dimension    *extent // the <dimension/> element
	cols         *extent // the whole <cols> element
	colList      []colSpec
	legacy       string      // r:id of <legacyDrawing>
	filter       []tagExtent // the start tags of <autoFilter> and of the <sortState> in it
	rootEnd      int64       // where the root's end tag begins
	rootName     string
	rootBinds    []binding
	legacyBefore int64 // where a <legacyDrawing> would have to stand
}

// extent is a stretch of bytes of a part.
type extent struct{ from, to int64 }

// tagExtent is a start tag that may be edited.
type tagExtent struct {
	extent
	tag string
}

// tagAt is the start tag that is the scanner's current token.
func tagAt(s *scanner) tagExtent {
	return tagExtent{extent{s.at, s.after}, string(s.buf[s.at-s.base : s.after-s.base])}
}

// colSpec is one <col>, its attributes as they stand but for min and max.
type colSpec struct {
	Span
	rest string
}

// styleOf is the format of a column's cells that the file leaves out.
func (n *sheetNotes) styleOf(col int) int {
	for _, c := range n.colList {
		if col >= c.First && col <= c.Last {
			if from, to, ok := attrExtent([]byte(c.rest), "style"); ok {
				return atoi(extentValue([]byte(c.rest[from:to])))
			}
		}
	}
	return 0
}

// rootStart notes how the root element names things.
func (n *sheetNotes) rootStart(s *scanner) {
	n.prefix, _ = s.prefixFor(mainSpace)
	if sp, _ := s.lookup(nil); sp == mainSpace {
		n.prefix = ""
	}
	n.rootName, n.rootBinds = string(s.open), slices.Clone(s.binds)
}

// aftersLegacy are the elements that must follow <legacyDrawing> in a worksheet; all others come before it.
var aftersLegacy = map[string]bool{
	"legacyDrawing": true, "legacyDrawingHF": true, "drawingHF": true, "picture": true, "oleObjects": true, "controls": true,
	"webPublishItems": true, "tableParts": true, "extLst": true, "AlternateContent": true,
}

// aside reads an element that stands beside the rows; its start is the current token.
func (r *sheetReader) aside() error {
	start := r.at
	if r.notes.dataEnd > 0 && r.notes.legacyBefore == 0 && aftersLegacy[string(r.name)] && (r.space == mainSpace || r.space == markupSpace) {
		r.notes.legacyBefore = start
	}
	l := r.layout
	switch {
	case r.is("dimension"):
		if err := r.skip(); err != nil {
			return err
		}
		r.notes.dimension = &extent{start, r.after}
		return nil
	case r.is("cols"):
		return r.readCols(start)
	case r.is("mergeCells"):
		return r.readMerges()
	case r.is("autoFilter"):
		return r.readFilter()
	case r.is("sheetProtection"):
		l.Protected = r.attrBool("sheet")
	case r.is("legacyDrawing"):
		r.notes.legacy = r.relID("id")
	}
	return r.skip()
}

// readFilter reads the sheet's autofilter.
func (r *sheetReader) readFilter() error {
	r.layout.Filter, _ = ParseRange(r.attrText("ref"))
	r.notes.filter = append(r.notes.filter[:0], tagAt(r.scanner))
	for {
		ok, err := r.child(2)
		if err != nil || !ok {
			return err
		}
		if r.is("sortState") && len(r.notes.filter) == 1 {
			r.notes.filter = append(r.notes.filter, tagAt(r.scanner))
		}
		if err := r.skip(); err != nil {
			return err
		}
	}
}

func (r *sheetReader) readCols(start int64) error {
	for {
		ok, err := r.child(2)
		if err != nil {
			return err
		}
		if !ok {
			r.notes.cols = &extent{start, r.after}
			return nil
		}
		if r.is("col") {
			span := Span{atoi(r.attr("min")), atoi(r.attr("max"))}
			if span.First < 1 || span.Last < span.First || span.Last > maxCols {
				return damaged(r.part, "", "column settings for columns %q to %q", r.attr("min"), r.attr("max"))
			}
			if len(r.notes.colList) >= maxCols {
				return damaged(r.part, "", "over %d column settings", maxCols)
			}
			if r.attrBool("hidden") {
				r.layout.Hidden = append(r.layout.Hidden, span)
			}
			c := colSpec{Span: span}
			for _, a := range r.attrs {
				if n := string(a.name); a.space == noSpace && n != "min" && n != "max" {
					if size := len(c.rest) + len(n) + len(a.value); size > longestNames {
						return damaged(r.part, "", "column settings of over %d bytes", longestNames)
					}
					c.rest += " " + n + `="` + string(a.value) + `"`
				}
			}
			r.notes.colList = append(r.notes.colList, c)
		}
		if err := r.skip(); err != nil {
			return err
		}
	}
}

func (r *sheetReader) readMerges() error {
	for {
		ok, err := r.child(2)
		if err != nil || !ok {
			return err
		}
		if r.is("mergeCell") {
			m, ok := ParseRange(r.attrText("ref"))
			if !ok {
				return damaged(r.part, "", "merged cells have the reference %q", r.attr("ref"))
			}
			if len(r.layout.Merged) >= r.k.b.Merged {
				return overBound("Merged", r.part, "", int64(len(r.layout.Merged)+1), int64(r.k.b.Merged))
			}
			r.layout.Merged = append(r.layout.Merged, m)
		}
		if err := r.skip(); err != nil {
			return err
		}
	}
}

// readTables reads the tables that belong to a sheet's part.
func (k *Book) readTables(ctx context.Context, part string, l *Layout) error {
	rels, err := k.a.relationships(ctx, part)
	if err != nil {
		return err
	}
	for _, rel := range rels {
		if rel.kind != relTable || rel.external || !k.a.has(rel.target) {
			continue
		}
		t, known := k.tables[partKey(rel.target)]
		if !known {
			if t, err = k.readTable(ctx, rel.target); err != nil {
				return err
			}
			k.tables[partKey(rel.target)] = t
		}
		l.Tables = append(l.Tables, t)
	}
	return nil
}

func (k *Book) readTable(ctx context.Context, part string) (Table, error) {
	s, c, err := k.a.scanSmall(ctx, part)
	if err != nil {
		return Table{}, err
	}
	defer c.Close()
	if err := s.next(); err != nil {
		return Table{}, err
	}
	if !s.is("table") {
		return Table{}, s.bad("the root element is <%s>", s.name)
	}
	t := Table{Name: s.attrText("displayName"), HeaderRow: string(s.attr("headerRowCount")) != "0", TotalRow: atoi(s.attr("totalsRowCount")) > 0,
		part: part, connected: len(s.attr("tableType")) > 0 && string(s.attr("tableType")) != "worksheet"}
	var ok bool
	if t.Range, ok = ParseRange(s.attrText("ref")); !ok {
		return Table{}, s.bad("table %q has the reference %q", t.Name, s.attr("ref"))
	}
	columns := 0
	for s.kind != eofToken {
		if s.kind == startToken && s.is("tableColumn") {
			columns++
		}
		if err := s.next(); err != nil {
			return Table{}, err
		}
	}
	t.irregular = columns != t.Range.LastCol-t.Range.FirstCol+1
	return t, nil
}
