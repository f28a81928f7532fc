package statement

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Cells are the rows of a file as they stand, for who reads other tables than statements by the same rules.
type Cells struct {
	Digest string // SHA-256 of the bytes that came, hexadecimal
	Sheets []CellSheet
	// Hidden are the sheets that were not looked at, since nobody sees them.
	Hidden []string
	// Text says that it is separated text, and Unfinished that its last line has no end.
	Text, Unfinished bool
}

// CellSheet is one visible sheet, or the whole of a text, which has no name.
type CellSheet struct {
	Name string
	Rows []CellRow
}

// CellRow is one row with the line that it begins on.
type CellRow struct {
	Line  int
	Cells []Cell
}

// Cell is one cell.
type Cell struct {
	v      cellValue
	broken bool
}

// At is the cell of a column, counted from 0; an empty one behind the row's end.
func (r *CellRow) At(column int) Cell {
	if column < 0 || column >= len(r.Cells) {
		return Cell{}
	}
	return r.Cells[column]
}

// Text is what stands in the cell; Blank is whether nothing does.
func (c Cell) Text() string { return c.v.text }

// Blank reports whether nothing stands in the cell.
func (c Cell) Blank() bool { return c.v.text == "" && !c.broken }

// Broken reports a formula without a result, or an error of the spreadsheet.
func (c Cell) Broken() bool { return c.broken }

// IsDay reports whether a workbook says that the cell is a day.
func (c Cell) IsDay() bool { return !c.v.date.IsZero() }

// IsNumber reports whether a workbook says that the cell is a number.
func (c Cell) IsNumber() bool { return c.v.exact }

// ReadCells reads the rows of all visible sheets of a workbook, or those of a text in any separator and encoding that a statement may
// have. known tells headers, folded: the separator is the one under which most of them are found. The error is a *Error, a
// *workbook.Error or the context's.
func ReadCells(ctx context.Context, data []byte, name string, bounds workbook.Bounds, known func(folded string) bool) (*Cells, error) {
	o := Options{Name: name}
	sum := sha256.Sum256(data)
	out := &Cells{Digest: hex.EncodeToString(sum[:])}
	book, err := openIfWorkbook(ctx, data, bounds)
	if err != nil {
		return nil, err
	}
	if book != nil {
		for i, s := range book.Sheets() {
			if s.Kind != "worksheet" {
				continue
			}
			if s.State != workbook.Visible {
				out.Hidden = append(out.Hidden, s.Name)
				continue
			}
			rows, bad, err := sheetRows(ctx, book, i)
			if err != nil {
				return nil, err
			}
			out.Sheets = append(out.Sheets, CellSheet{s.Name, cellRows(rows, bad)})
		}
		if len(out.Sheets) == 0 {
			return nil, refuse(o, "empty", 0, "It has no visible sheet.", "Il n’a aucune feuille visible.")
		}
		return out, nil
	}
	if len(data) > largestStatement {
		return nil, refuse(o, "too-large", 0, "It is larger than 256 MB. Split it by month.", "Il dépasse 256 Mo. Divisez-le par mois.")
	}
	text, err := decoded(data, o)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(text) == "" {
		return nil, refuse(o, "empty", 0, "It is empty.", "Il est vide.")
	}
	rows, ended, err := textTable(ctx, text, o, known)
	switch {
	case errors.Is(err, errTooManyCells):
		return nil, tooManyCells(o)
	case err != nil:
		return nil, err
	}
	out.Text, out.Unfinished = true, !ended
	out.Sheets = []CellSheet{{"", cellRows(rows, nil)}}
	return out, nil
}

func cellRows(rows []record, bad []unread) []CellRow {
	out := make([]CellRow, len(rows))
	for i := range rows {
		r := &rows[i]
		out[i] = CellRow{Line: r.line, Cells: make([]Cell, len(r.cells))}
		for c := range r.cells {
			out[i].Cells[c].v = r.cells[c]
		}
		r.cells = nil // as much memory is not held twice
		for len(bad) > 0 && bad[0].row <= out[i].Line {
			if bad[0].row == out[i].Line && bad[0].col <= len(out[i].Cells) {
				out[i].Cells[bad[0].col-1].broken = true
			}
			bad = bad[1:]
		}
	}
	return out
}

// DayOrder is the way in which the three numbers of a day stand.
type DayOrder uint8

// The orders of a day's numbers. AnyOrder reads only what can be one day.
const (
	AnyOrder DayOrder = iota
	DayFirst
	MonthFirst
	YearFirst
)

// DayNumbers are the three numbers of a cell such as 05/04/2016; ok is false for anything else, such as 2016-04-05.
func (c Cell) DayNumbers() (first, second, third int, ok bool) {
	if c.IsDay() {
		return 0, 0, 0, false
	}
	return threeNumbers(c.v.text)
}

// Day reads a day; ok is false where it is none, and twoWays where it may be two.
func (c Cell) Day(order DayOrder) (d request.Date, twoWay, ok bool) {
	switch {
	case c.broken:
		return d, false, false
	case c.IsDay():
		return c.v.date, false, true
	case c.v.exact && !c.v.serial.IsZero():
		return c.v.serial, false, true
	}
	if a, b, n, short := threeNumbers(c.v.text); order == YearFirst && short && n < 100 {
		d, why := calendarDay(2000+a, time.Month(b), n)
		return d, false, why == ""
	}
	d, why := parseDay(c.v.text, map[DayOrder]dateOrder{AnyOrder: unknownOrder, DayFirst: dayFirst, MonthFirst: monthFirst, YearFirst: unknownOrder}[order])
	return d, why == twoWays, why == ""
}

// SerialDay is the day that a plain number of a text may mean: spreadsheets count days.
func (c Cell) SerialDay() request.Date { return serialDay(c.v.text, false) }

// Mark is the decimal mark of a column of amounts.
type Mark uint8

// The decimal marks. AnyMark reads only what can be one amount.
const (
	AnyMark Mark = iota
	PointMark
	CommaMark
)

// Mark is what the cell alone says of the decimal mark; grouped is what can only be told by it: "1,234".
func (c Cell) Mark() (m Mark, unclear bool) {
	if c.v.exact || c.v.text == "" {
		return AnyMark, false
	}
	switch markOf(c.v.text) {
	case pointMark:
		return PointMark, false
	case commaMark:
		return CommaMark, false
	}
	return AnyMark, strings.ContainsAny(c.v.text, ".,")
}

// Sum reads an amount as a statement does: minus at either end, brackets, CR, a currency beside it. code is that currency, by the text
// or by a workbook's format, "" for none and for a plain "$". instead is what a workbook shows in its place.
func (c Cell) Sum(m Mark) (n decimal.Decimal, code, instead string, twoWay, ok bool) {
	if c.broken {
		return n, "", "", false, false
	}
	if c.v.shown != nil {
		if c.v.shown.instead != "" {
			return n, "", c.v.shown.instead, false, false
		}
		code = c.v.shown.currency.Code
	}
	n, written, why := parseSum(c.v, map[Mark]decimalStyle{AnyMark: anyMark, PointMark: pointMark, CommaMark: commaMark}[m])
	if written != "" {
		code = written
	}
	return n, code, "", why == twoWays, why == ""
}

// CreditRow says of the words that stand in a column of debits and credits what they mean: +1 a purchase, -1 money back, 0 neither.
func CreditRow(word string) int {
	switch directionWords[request.Fold(word)] {
	case debitRow:
		return 1
	case creditRow:
		return -1
	}
	return 0
}

// IsBalance reports whether a row's text states a balance, which is no purchase.
func IsBalance(text string) bool {
	folded := request.Fold(text)
	for _, b := range balances {
		if folded == b {
			return true
		}
	}
	return false
}
