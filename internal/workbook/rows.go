package workbook

import (
	"context"
	"strconv"
)

// CellType says what kind of value a cell holds.
type CellType uint8

// The types of cells. A cell without a value has the type that its formula's result would have, or StringCell.
const (
	StringCell CellType = iota
	NumberCell
	DateCell
	BoolCell
	ErrorCell
)

// String is the type's name in inspect's JSON.
func (t CellType) String() string {
	return [...]string{"string", "number", "date", "bool", "error"}[t]
}

// Cell is one cell with a value or a formula.
type Cell struct {
	Col  int // from 1
	Type CellType
	// Raw is the text of the value as the file holds it: of a shared string its index.
	Raw string
	// Value is what Raw means. Numbers are the shortest decimal text of their double ("9775", "0.1", "1e+30", or "NaN",
	// "INF", "-INF"); dates ISO 8601 ("2026-12-01", "2026-12-01T14:30:00", "14:30:00"); booleans "TRUE" or "FALSE";
	// errors "#DIV/0!".
	Value      string
	Formula    string // without "=", "" when there is none; of a shared formula see FormulaText
	HasFormula bool
	// HasValue is false for a formula whose result the file does not hold.
	HasValue bool
	Style    int // index into the workbook's cell formats
	shared   *sharedFormula
	row      int
}

// FormulaText is the cell's formula without "=", a shared one written out for its cell; "" when there is none, or when a
// shared one is longer than Excel allows.
func (c *Cell) FormulaText() string {
	if c.shared == nil {
		return c.Formula
	}
	return string(c.shared.appendFor(nil, c.Col, c.row))
}

// Row is one row with at least one Cell. It is reused: keep its strings, not the Row or its Cells.
type Row struct {
	Number int // from 1
	Hidden bool
	Cells  []Cell // by column
}

// Cell is the row's cell in column col, nil when it is empty. It is valid as long as the Row.
func (r *Row) Cell(col int) *Cell {
	lo, hi := 0, len(r.Cells)
	for lo < hi {
		m := (lo + hi) / 2
		if r.Cells[m].Col < col {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo < len(r.Cells) && r.Cells[lo].Col == col {
		return &r.Cells[lo]
	}
	return nil
}

// Rows streams the rows of a sheet that hold at least one value or formula, in order, and then reads the sheet's part
// to its end. An error of visit stops it and is returned as it is; any other error is an *Error, or the context's
// when that has ended. A sheet without cells
// of its own (a chart) has no rows.
func (k *Book) Rows(ctx context.Context, sheet int, visit func(*Row) error) error {
	return k.readSheet(ctx, sheet, visit)
}

// readSheet streams a sheet's part once, and remembers what stands around its rows.
func (k *Book) readSheet(ctx context.Context, index int, visit func(*Row) error) error {
	sh := &k.sheets[index]
	if sh.Kind != relWorksheet && sh.Kind != "macrosheet" {
		k.layouts[index] = &Layout{}
		k.partNotes[index] = &sheetNotes{}
		return nil
	}
	s, c, err := k.scan(ctx, sh.part)
	if err != nil {
		return err
	}
	defer c.Close()
	r := &sheetReader{scanner: s, k: k, visit: visit, layout: &Layout{}, notes: &sheetNotes{}}
	if err := r.read(); err != nil {
		return err
	}
	if err := k.readTables(ctx, sh.part, r.layout); err != nil {
		return err
	}
	r.layout.finish()
	k.layouts[index], k.partNotes[index] = r.layout, r.notes
	return nil
}

// sheetReader reads one worksheet part.
type sheetReader struct {
	*scanner
	k      *Book
	visit  func(*Row) error
	layout *Layout
	notes  *sheetNotes

	row     Row
	lastCol int // column of the last <c> of the row, with or without a value
	rowSeen int // number of the last <row>
	filled  int // rows with a value so far
	values  []byte
	places  []place
	shared  map[int]*sharedFormula
	// sharedBytes is about how much memory they take.
	sharedBytes int
	formula     []byte
	follows     *sharedFormula // of the cell at hand: the formula it shares, whose text another cell holds
	fast        bool           // <c> and <v> have no prefix here, so that cells can be matched as bytes
}

// place says where a cell's texts lie in values, until the row is whole; -1 as the end of value: the text is set.
type place struct {
	raw, rawEnd, value, valueEnd, formula, formulaEnd int32
}

func (r *sheetReader) read() error {
	if err := r.next(); err != nil {
		return err
	}
	switch {
	case r.is("worksheet"), r.space == mainSpace && string(r.name) == "dialogsheet", string(r.name) == "macrosheet":
	default:
		return r.bad("the root element is <%s>", r.name)
	}
	r.notes.rootStart(r.scanner)
	data := false
	for {
		ok, err := r.child(1)
		if err != nil {
			return err
		}
		if !ok {
			r.notes.rootEnd = r.at
			break
		}
		if r.is("sheetData") {
			if data {
				return r.bad("the sheet has its rows twice")
			}
			data = true
			err = r.sheetData()
		} else {
			err = r.aside()
		}
		if err != nil {
			return err
		}
	}
	return r.rest()
}

func (r *sheetReader) sheetData() error {
	r.notes.dataStart = r.at
	if r.closed {
		r.notes.dataEmptyTag = true
	}
	r.fast = true
	if sp, _ := r.lookup(nil); sp != mainSpace {
		r.fast = false
	}
	odd, rows := r.odd, r.rowTags
	for {
		ok, err := r.child(2)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if !r.is("row") {
			if err := r.skip(); err != nil {
				return err
			}
			continue
		}
		rows++
		if err := r.readRow(); err != nil {
			return err
		}
	}
	r.notes.dataEnd = r.at
	r.notes.plain = r.fast && r.odd == odd && r.rowTags == rows && !r.transcoded
	return nil
}

func (r *sheetReader) readRow() error {
	number := r.rowSeen + 1
	if v := r.attr("r"); v != nil {
		number = atoi(v)
		if number < 1 || number > maxRows {
			return damaged(r.part, "", "a row has the number %q", v)
		}
		if number <= r.rowSeen {
			return damaged(r.part, "", "row %d stands after row %d", number, r.rowSeen)
		}
	} else if number > maxRows {
		return damaged(r.part, "", "the sheet has over %d rows", maxRows)
	}
	r.rowSeen, r.lastCol = number, 0
	r.row.Number, r.row.Hidden = number, r.attrBool("hidden")
	if r.attrBool("customHeight") {
		r.layout.noteHeight(number, r.attr("ht"))
	}
	r.row.Cells = r.row.Cells[:0]
	r.values, r.places = r.values[:0], r.places[:0]
	fast := r.fast && !r.declares()
	if !r.closed && fast {
		done, err := r.fastCells()
		if err != nil {
			return err
		}
		if done {
			return r.finishRow()
		}
	}
	for {
		ok, err := r.child(3)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if !r.is("c") {
			err = r.skip()
		} else {
			err = r.slowCell()
		}
		if err != nil {
			return err
		}
		if fast {
			done, err := r.fastCells()
			if err != nil {
				return err
			}
			if done {
				break
			}
		}
	}
	return r.finishRow()
}

// declares reports whether the current tag binds a namespace.
func (r *sheetReader) declares() bool {
	return len(r.binds) > 0 && r.binds[len(r.binds)-1].depth == r.depth
}

// finishRow gives the row's texts their memory, one allocation for all, and hands the row on.
func (r *sheetReader) finishRow() error {
	r.layout.LastRow = max(r.layout.LastRow, r.row.Number)
	if len(r.row.Cells) == 0 {
		return nil
	}
	r.filled++
	if r.filled > r.k.b.Rows {
		return overBound("Rows", r.part, "row "+strconv.Itoa(r.row.Number), int64(r.filled), int64(r.k.b.Rows))
	}
	r.layout.note(&r.row)
	if r.visit == nil {
		return nil
	}
	all := string(r.values)
	for i := range r.row.Cells {
		c, p := &r.row.Cells[i], &r.places[i]
		c.Raw = all[p.raw:p.rawEnd]
		if p.valueEnd >= 0 {
			c.Value = all[p.value:p.valueEnd]
		}
		c.Formula = all[p.formula:p.formulaEnd]
	}
	return r.visit(&r.row)
}

func (r *sheetReader) cellAt(col int) string { return Ref(col, r.row.Number) }
