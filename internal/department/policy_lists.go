package department

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"handrail/internal/workbook"
)

// ListRows reads a list of a policy that stands in a workbook: the text of every cell of a sheet, row by row; "" is the
// first sheet. Rows without any value are left out. It is what rules.Options.Rows asks for.
func ListRows(ctx context.Context, data []byte, sheet string) ([][]string, error) {
	book, err := workbook.Open(ctx, data, workbook.DefaultBounds())
	if err != nil {
		return nil, listTrouble(err)
	}
	at := -1
	var names []string
	for i, s := range book.Sheets() {
		if s.Kind != "worksheet" {
			continue
		}
		names = append(names, s.Name)
		if at < 0 && (sheet == "" || strings.EqualFold(s.Name, sheet)) {
			at = i
		}
	}
	if at < 0 {
		return nil, fmt.Errorf("has no sheet %q; its sheets are %s", sheet, strings.Join(names, ", "))
	}
	var rows [][]string
	err = book.Rows(ctx, at, func(r *workbook.Row) error {
		var row []string
		for i := range r.Cells {
			c := &r.Cells[i]
			if c.HasFormula && !c.HasValue || c.Type == workbook.ErrorCell {
				return fmt.Errorf("%s holds no value: type the entry itself, not a formula", workbook.Ref(c.Col, r.Number))
			}
			for len(row) < c.Col {
				row = append(row, "")
			}
			row[c.Col-1] = c.Value
		}
		rows = append(rows, row)
		return nil
	})
	if err != nil {
		return nil, listTrouble(err)
	}
	return rows, nil
}

// listTrouble says for the author of a policy why a list's workbook cannot be read.
func listTrouble(err error) error {
	if e, ok := workbook.ErrorOf(err); ok {
		return errors.New(strings.TrimSuffix(e.Message.EN, "."))
	}
	return err
}
