package workbook

import (
	"strconv"
	"strings"
)

// The size of a sheet, from the file format.
const (
	maxCols = 16384   // XFD
	maxRows = 1048576 // 2^20
)

// Ref is the A1 name of a cell, "N12". Columns and rows count from 1; a place outside every sheet gives "".
func Ref(col, row int) string {
	if row < 1 || row > maxRows || col < 1 || col > maxCols {
		return ""
	}
	var b [10]byte
	return string(appendRef(b[:0], col, row))
}

// Column is the letters of a column, counted from 1: "N".
func Column(col int) string {
	var b [10]byte
	return string(appendCol(b[:0], col))
}

func appendRef(b []byte, col, row int) []byte {
	return strconv.AppendInt(appendCol(b, col), int64(row), 10)
}

func appendCol(b []byte, col int) []byte {
	if col > 26 {
		b = appendCol(b, (col-1)/26)
	}
	return append(b, 'A'+byte((col-1)%26))
}

// ParseRef reads an A1 name; "$" signs are allowed, lower case is not, as in the file format.
func ParseRef(s string) (col, row int, ok bool) {
	col, row, n := scanRef(s)
	return col, row, n > 0 && n == len(s)
}

// scanRef reads a reference at the start of s and returns its length, 0 when there is none.
func scanRef[T string | []byte](s T) (col, row, n int) {
	i := 0
	if i < len(s) && s[i] == '$' {
		i++
	}
	from := i
	for i < len(s) && i-from < 4 && s[i] >= 'A' && s[i] <= 'Z' {
		col = col*26 + int(s[i]-'A') + 1
		i++
	}
	if i == from || col > maxCols {
		return 0, 0, 0
	}
	if i < len(s) && s[i] == '$' {
		i++
	}
	from = i
	for i < len(s) && i-from < 8 && s[i] >= '0' && s[i] <= '9' {
		row = row*10 + int(s[i]-'0')
		i++
	}
	if i == from || row < 1 || row > maxRows || s[from] == '0' {
		return 0, 0, 0
	}
	return col, row, i
}

// OnSheet names a cell of another sheet as formulas do: 'Form (2)'!B4.
func OnSheet(sheet, cell string) string {
	if cell == "" {
		return ""
	}
	return "'" + strings.ReplaceAll(sheet, "'", "''") + "'!" + cell
}

// CellOf parts what OnSheet wrote; sheet is "" for a cell without one.
func CellOf(s string) (sheet, cell string) {
	at := strings.LastIndexByte(s, '!')
	if at < 2 || s[0] != '\'' || s[at-1] != '\'' {
		return "", s
	}
	return strings.ReplaceAll(s[1:at-1], "''", "'"), s[at+1:]
}

// Range is a rectangle of cells, both corners included, counted from 1.
type Range struct {
	FirstCol, FirstRow, LastCol, LastRow int
}

// ParseRange reads "A1:C3", or "A1" alone.
func ParseRange(s string) (Range, bool) {
	c1, r1, n := scanRef(s)
	if n == 0 {
		return Range{}, false
	}
	r := Range{c1, r1, c1, r1}
	if n == len(s) {
		return r, true
	}
	if s[n] != ':' {
		return Range{}, false
	}
	c2, r2, m := scanRef(s[n+1:])
	if m == 0 || n+1+m != len(s) {
		return Range{}, false
	}
	return Range{min(c1, c2), min(r1, r2), max(c1, c2), max(r1, r2)}, true
}

// String is the A1 form of the range.
func (r Range) String() string {
	if r.FirstCol == r.LastCol && r.FirstRow == r.LastRow {
		return Ref(r.FirstCol, r.FirstRow)
	}
	return Ref(r.FirstCol, r.FirstRow) + ":" + Ref(r.LastCol, r.LastRow)
}

// Contains reports whether the cell lies in the range.
func (r Range) Contains(col, row int) bool {
	return col >= r.FirstCol && col <= r.LastCol && row >= r.FirstRow && row <= r.LastRow
}

// Overlaps reports whether the ranges share a cell.
func (r Range) Overlaps(o Range) bool {
	return r.FirstCol <= o.LastCol && o.FirstCol <= r.LastCol && r.FirstRow <= o.LastRow && o.FirstRow <= r.LastRow
}
