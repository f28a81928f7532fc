package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// rowsOf writes the rows of one sheet's table as XML.
type rowsOf func(w io.Writer) error

// later leaves a table's rows to be written when the file is: the library's stream keeps sixteen megabytes and more of every
// sheet in memory until then, which of a quarter's workbook would be a third of all the memory it takes. Every style that
// the rows need is made now, for the file's list of styles is written before them.
func (s *page) later(p *placed) {
	for _, c := range p.columns {
		s.style(cellStyle{kind: c.kind})
	}
	for code := range p.shown {
		s.style(cellStyle{kind: amount, currency: code})
	}
	first := s.row
	s.row += p.count
	s.rows[fmt.Sprintf("xl/worksheets/sheet%d.xml", s.sheets)] = func(w io.Writer) error {
		cells := make([]excelize.Cell, len(p.columns))
		var line []byte
		row := first
		for values := range p.rows {
			for i, c := range p.columns {
				cells[i] = s.cell(values[i], cellStyle{kind: c.kind})
			}
			var err error
			if line, err = s.appendRow(line[:0], row, cells); err != nil {
				return fmt.Errorf("sheet %q, row %d: %w", s.name, row, err)
			}
			if _, err := w.Write(line); err != nil {
				return err
			}
			row++
		}
		return s.err
	}
}

// zipTo writes the workbook straight to w, with the rows that were left for later: the library would gather the whole file in
// memory first.
func (b *book) zipTo(w io.Writer) func(io.Writer) excelize.ZipWriter {
	return func(io.Writer) excelize.ZipWriter {
		b.closed = true
		return &orderlyZip{out: w, rows: b.rows}
	}
}

// appendRow appends one row, as high as its wrapped text needs.
func (s *page) appendRow(b []byte, row int, cells []excelize.Cell) ([]byte, error) {
	number := strconv.Itoa(row)
	b = append(append(append(b, `<row r="`...), number...), '"')
	if height := s.fit(cells); height > 0 {
		b = append(b, ` ht="`...)
		b = strconv.AppendFloat(b, height, 'f', -1, 64)
		b = append(b, `" customHeight="1"`...)
	}
	b = append(b, '>')
	for i := range cells {
		b = append(append(append(b, `<c r="`...), s.letters[i]...), number...)
		b = append(b, `" s="`...)
		b = strconv.AppendInt(b, int64(cells[i].StyleID), 10)
		var err error
		if b, err = appendValue(append(b, '"'), cells[i]); err != nil {
			return b, err
		}
	}
	return append(b, "</row>"...), nil
}

// appendValue appends what a cell holds, from the end of its attributes on.
func appendValue(b []byte, c excelize.Cell) ([]byte, error) {
	if c.Formula != "" {
		return b, fmt.Errorf("a table's row holds the formula %s", c.Formula)
	}
	switch v := c.Value.(type) {
	case nil:
		return append(b, "/>"...), nil
	case string:
		return append(appendText(append(b, ` t="inlineStr"><is><t xml:space="preserve">`...), v), "</t></is></c>"...), nil
	case int:
		b = strconv.AppendInt(append(b, "><v>"...), int64(v), 10)
	case int64:
		b = strconv.AppendInt(append(b, "><v>"...), v, 10)
	case float64:
		b = appendNumber(append(b, "><v>"...), v)
	default:
		return b, fmt.Errorf("a cell cannot hold a %T", v)
	}
	return append(b, "</v></c>"...), nil
}

// appendNumber appends a number as Excel itself stores it: fifteen digits, the rest cut off.
func appendNumber(b []byte, v float64) []byte {
	const digits = 15
	start := len(b)
	b = strconv.AppendFloat(b, v, 'f', -1, 64)
	point, seen := false, 0
	for i := start; i < len(b); i++ {
		switch {
		case b[i] == '.':
			point = true
		case b[i] == '-' || seen == 0 && b[i] == '0':
		default:
			if seen++; seen > digits && point {
				return bytes.TrimSuffix(b[:i], []byte("."))
			}
		}
	}
	return b
}

// escape begins text that a reader of .xlsx takes for a character: _x0041_ is an A.
var escape = regexp.MustCompile(`^_x[0-9A-Fa-f]{4}_`)

func appendText(b []byte, s string) []byte {
	for at := strings.Index(s, "_x"); at >= 0; at = strings.Index(s, "_x") {
		b = appendMarkup(b, s[:at])
		if escape.MatchString(s[at:]) {
			b = append(b, "_x005F"...) // an underscore; the text's own follows and ends it
		}
		b = append(b, '_')
		s = s[at+1:]
	}
	return appendMarkup(b, s)
}

func appendMarkup(b []byte, s string) []byte {
	if !strings.ContainsAny(s, "&<>\"'\r\n\t") {
		return append(b, s...)
	}
	w := appender{b}
	_ = xml.EscapeText(&w, []byte(s)) // into memory
	return w.b
}

type appender struct{ b []byte }

func (a *appender) Write(p []byte) (int, error) {
	a.b = append(a.b, p...)
	return len(p), nil
}
