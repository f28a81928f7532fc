package statement

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// readWorkbook reads a statement from the first visible sheet of a workbook that has a statement's header. digest is the
// SHA-256 of the bytes that came. Numbers and dates of the workbook are taken as they are; text is read like a CSV's. A
// formula without a stored value is a problem, never zero. Errors are a *Error, the workbook's own or
// the context's.
func readWorkbook(ctx context.Context, b *workbook.Book, digest [32]byte, o Options) (*Statement, error) {
	var none error
	for i, sheet := range b.Sheets() {
		if sheet.State != workbook.Visible || sheet.Kind != "worksheet" {
			continue
		}
		rows, bad, err := sheetRows(ctx, b, i)
		if err != nil {
			return nil, fmt.Errorf("statement %s, sheet %q: %w", o.Name, sheet.Name, err)
		}
		s, err := readRows(ctx, rows, textForm{}, hex.EncodeToString(digest[:]), o)
		var refused *Error
		if errors.As(err, &refused) && refused.Code == "no-header" {
			none = err
			continue
		}
		if err != nil {
			return nil, err
		}
		s.refuseUnread(bad, o)
		return s, nil
	}
	if none != nil {
		return nil, none
	}
	return nil, refuse(o, "empty", 0, "It has no visible sheet with anything in it.", "Il n’a aucune feuille visible qui contienne quelque chose.")
}

// unread is a cell whose value the workbook does not hold.
type unread struct {
	row, col int
	why      string
}

func sheetRows(ctx context.Context, b *workbook.Book, sheet int) ([]record, []unread, error) {
	var rows []record
	var bad []unread
	err := b.Rows(ctx, sheet, func(r *workbook.Row) error {
		row := record{line: r.Number}
		for _, c := range r.Cells {
			if c.Col > widestStatement {
				break
			}
			for len(row.cells) < c.Col-1 {
				row.cells = append(row.cells, cellValue{})
			}
			v := cellValue{text: request.Clean(c.Value)}
			switch {
			case c.HasFormula && !c.HasValue:
				bad = append(bad, unread{r.Number, c.Col, "no-value"})
			case c.Type == workbook.ErrorCell:
				bad = append(bad, unread{r.Number, c.Col, "error"})
			case c.Type == workbook.NumberCell:
				v.exact, v.serial = true, serialDay(c.Value, b.Date1904())
				v.shown = shownBy(b.FormatOf(c.Style), c.Value)
			case c.Type == workbook.DateCell:
				day, _, _ := strings.Cut(c.Value, "T")
				v.date, _ = request.ParseDate(day)
			}
			row.cells = append(row.cells, v)
		}
		rows = append(rows, row)
		return nil
	})
	return rows, bad, err
}

// serialDay is the day that a plain number means where a date is wanted: banks' programs forget the number format. It is
// zero for a number that is no day of a statement.
func serialDay(s string, date1904 bool) request.Date {
	n, err := strconv.Atoi(s)
	if err != nil {
		return request.Date{}
	}
	if date1904 {
		n += 1462
	}
	const first, last = 32874, 109575 // 1990 to 2199
	if n < first || n > last {
		return request.Date{}
	}
	return request.Date{Year: 1899, Month: time.December, Day: 30}.AddDays(n)
}

// refuseUnread takes rows out that have a formula without a value, or an error, in a cell that counts.
func (s *Statement) refuseUnread(bad []unread, o Options) {
	known := make(map[string]bool, len(s.Problems))
	for i := range s.Problems {
		known[s.Problems[i].Cell] = true
	}
	charged := make(map[int]bool, len(s.Charges))
	for i := range s.Charges {
		charged[s.Charges[i].Row] = true
	}
	refused := map[int]bool{}
	for _, u := range bad {
		if u.row <= s.Header || u.col > len(s.fields) || s.fields[u.col-1] == noField {
			continue
		}
		cell := workbook.Ref(u.col, u.row)
		first := charged[u.row] && !refused[u.row]
		refused[u.row] = true
		if !first && known[cell] {
			continue
		}
		known[cell] = true
		s.Problems = append(s.Problems, request.Problem{Sheet: o.Name, Cell: cell, Code: "formula-without-value", Severity: request.ReturnSeverity, Message: request.Text{
			EN: "This cell holds a formula without a result, or an error. Save the workbook in a spreadsheet program and send it again.",
			FR: "Cette cellule contient une formule sans résultat, ou une erreur. Enregistrez le classeur dans un tableur et renvoyez-le.",
		}})
	}
	s.Charges = slices.DeleteFunc(s.Charges, func(c Charge) bool { return refused[c.Row] })
	identify(s.Charges)
}
