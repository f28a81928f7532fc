package workbook

import (
	"bytes"
	"math"
	"strconv"
)

// cellKind is the t attribute of a cell.
type cellKind uint8

const (
	kindNumber cellKind = iota
	kindShared
	kindInline
	kindFormulaString
	kindBool
	kindError
	kindISODate
)

func cellKindOf(t []byte) (cellKind, bool) {
	switch string(t) {
	case "", "n":
		return kindNumber, true
	case "s":
		return kindShared, true
	case "inlineStr":
		return kindInline, true
	case "str":
		return kindFormulaString, true
	case "b":
		return kindBool, true
	case "e":
		return kindError, true
	case "d":
		return kindISODate, true
	}
	return 0, false
}

// slowCell reads a cell of any form through the scanner; its start is the current token.
func (r *sheetReader) slowCell() error {
	col := r.lastCol + 1
	if ref := r.attr("r"); ref != nil {
		c, row, n := scanRef(ref)
		if n == 0 || n != len(ref) {
			return damaged(r.part, "", "a cell in row %d has the reference %q", r.row.Number, ref)
		}
		if row != r.row.Number {
			return damaged(r.part, string(ref), "the cell stands in row %d", r.row.Number)
		}
		col = c
	}
	if err := r.placeCell(col); err != nil {
		return err
	}
	kind, ok := cellKindOf(r.attr("t"))
	if !ok {
		return damaged(r.part, r.cellAt(col), "the cell is of type %q", r.attr("t"))
	}
	c := Cell{Col: col, Style: atoi(r.attr("s"))}
	from := len(r.values)
	hasV, hasIs := false, false
	r.formula, r.follows = r.formula[:0], nil
	for {
		ok, err := r.child(4)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		switch {
		case r.is("v"):
			if hasV {
				return damaged(r.part, r.cellAt(col), "the cell has two values")
			}
			hasV = true
			if hasIs && kind == kindInline {
				err = r.skip()
				break
			}
			r.values, err = appendElementText(r.scanner, r.values, from, r.k.b)
		case r.is("is"):
			if hasIs {
				return damaged(r.part, r.cellAt(col), "the cell has two texts")
			}
			hasIs = true
			if kind != kindInline {
				err = r.skip()
				break
			}
			r.values, err = appendRich(r.scanner, r.values[:from], r.k.b) // in the place of a <v>, where there is one as well
		case r.is("f"):
			if c.HasFormula {
				return damaged(r.part, r.cellAt(col), "the cell has two formulas")
			}
			c.HasFormula = true
			err = r.readFormula(col)
		default:
			err = r.skip()
		}
		if err != nil {
			return r.inCell(err, col)
		}
	}
	if kind == kindInline {
		hasV = hasIs || hasV
	}
	if c.shared = r.follows; c.shared != nil {
		c.row = r.row.Number
	}
	return r.addCell(c, kind, from, hasV)
}

// inCell names the cell in an error that does not.
func (r *sheetReader) inCell(err error, col int) error {
	if e, ok := ErrorOf(err); ok && e.Cell == "" {
		e.Cell = r.cellAt(col)
		if e.Code == Damaged {
			e.Message = damagedText(e.Cell)
		}
	}
	return err
}

// placeCell checks that the cell stands to the right of the one before.
func (r *sheetReader) placeCell(col int) error {
	if col <= r.lastCol {
		return damaged(r.part, r.cellAt(col), "the cell stands after %s", r.cellAt(r.lastCol))
	}
	if col > r.k.b.Columns {
		return overBound("Columns", r.part, "row "+strconv.Itoa(r.row.Number), int64(col), int64(r.k.b.Columns))
	}
	r.lastCol = col
	return nil
}

// addCell takes a cell whose stored text is values[from:] and, when it has one, whose formula is r.formula.
func (r *sheetReader) addCell(c Cell, kind cellKind, from int, hasV bool) error {
	r.layout.LastCellCol = max(r.layout.LastCellCol, c.Col)
	p := place{raw: int32(from), rawEnd: int32(len(r.values)), valueEnd: -1}
	raw := r.values[from:]
	c.HasValue = hasV && (len(raw) > 0 || kind == kindInline || kind == kindFormulaString)
	if !c.HasFormula && (!c.HasValue || len(raw) == 0) {
		r.values = r.values[:from]
		return nil
	}
	c.Type = typeOf(kind)
	if c.HasValue {
		if err := r.valueOf(&c, &p, kind, raw); err != nil {
			return err
		}
		if !c.HasFormula && c.Value == "" && p.valueEnd == p.value {
			r.values = r.values[:from]
			return nil
		}
	}
	if c.HasFormula && c.shared == nil {
		p.formula = int32(len(r.values))
		r.values = append(r.values, r.formula...)
		p.formulaEnd = int32(len(r.values))
	}
	if len(r.values) > r.k.b.RowBytes {
		return overBound("RowBytes", r.part, "row "+strconv.Itoa(r.row.Number), int64(len(r.values)), int64(r.k.b.RowBytes))
	}
	r.row.Cells = append(r.row.Cells, c)
	r.places = append(r.places, p)
	return nil
}

func typeOf(kind cellKind) CellType {
	switch kind {
	case kindNumber:
		return NumberCell
	case kindBool:
		return BoolCell
	case kindError:
		return ErrorCell
	case kindISODate:
		return DateCell
	}
	return StringCell
}

// valueOf says what the stored text means. The value goes behind the raw text in values, or is the raw text itself, or
// is a string that lives elsewhere.
func (r *sheetReader) valueOf(c *Cell, p *place, kind cellKind, raw []byte) error {
	same := func() { p.value, p.valueEnd = p.raw, p.rawEnd }
	switch kind {
	case kindInline, kindFormulaString, kindError:
		same()
	case kindShared:
		i, ok := index(raw)
		if !ok || i >= r.k.strings.len() {
			return damaged(r.part, r.cellAt(c.Col), "the cell asks for text %q of %d", raw, r.k.strings.len())
		}
		c.Value, p.valueEnd = r.k.strings.at(i), -1
	case kindBool:
		switch string(bytes.TrimSpace(raw)) {
		case "1", "true":
			c.Value = "TRUE"
		case "0", "false":
			c.Value = "FALSE"
		default:
			return damaged(r.part, r.cellAt(c.Col), "the cell's yes or no is %q", raw)
		}
	case kindISODate:
		v, ok := isoDate(string(bytes.TrimSpace(raw)))
		if !ok {
			return damaged(r.part, r.cellAt(c.Col), "the cell's date is %q", raw)
		}
		c.Value = v
	case kindNumber:
		return r.number(c, p, raw)
	}
	return nil
}

func index(b []byte) (int, bool) {
	b = bytes.TrimSpace(b)
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	n := 0
	for _, d := range b {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = n*10 + int(d-'0')
	}
	return n, true
}

// number reads a double, and a date where the cell's format shows one.
func (r *sheetReader) number(c *Cell, p *place, raw []byte) error {
	date := c.Style < len(r.k.styles.dates) && r.k.styles.dates[c.Style]
	if !date && simpleNumber(raw) {
		p.value, p.valueEnd = p.raw, p.rawEnd
		return nil
	}
	p.value = int32(len(r.values))
	if day, whole := index(raw); date && whole {
		return r.date(c, p, float64(day))
	}
	f, err := strconv.ParseFloat(string(bytes.TrimSpace(raw)), 64)
	switch {
	case err == nil && math.IsNaN(f):
		c.Value = "NaN"
	case math.IsInf(f, 1):
		c.Value = "INF"
	case math.IsInf(f, -1):
		c.Value = "-INF"
	case err != nil || bytes.ContainsAny(raw, "xX_pP"):
		return damaged(r.part, r.cellAt(c.Col), "the cell's number is %q", raw)
	default:
		if date {
			return r.date(c, p, f)
		}
		r.values = appendDouble(r.values, f)
		p.valueEnd = int32(len(r.values))
	}
	return nil
}

// date gives the day that a serial stands for, or the number itself when it stands for none.
func (r *sheetReader) date(c *Cell, p *place, f float64) error {
	out, ok := appendSerial(r.values, f, r.k.date1904)
	if ok {
		c.Type = DateCell
	} else {
		out = appendDouble(r.values, f)
	}
	r.values, p.valueEnd = out, int32(len(out))
	return nil
}
