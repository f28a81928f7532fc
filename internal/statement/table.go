package statement

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// TableRow is one row of a table that an office keeps, with the line that it begins on.
type TableRow struct {
	Line  int
	Cells []TableCell
}

// TableCell is one cell: its text, and the day that a workbook means by it where it can be one.
type TableCell struct {
	Text string
	Day  request.Date
	// Broken: a formula without a result, or an error of the spreadsheet.
	Broken bool
}

// ReadTable reads the rows of a CSV, in any separator and encoding that a statement may have, or those of a workbook's first visible
// sheet. known tells the headers of the table, folded: the separator is the one under which most of them are found. The error is
// a *Error, a *workbook.Error or the context's.
func ReadTable(ctx context.Context, data []byte, name string, bounds workbook.Bounds, known func(folded string) bool) ([]TableRow, error) {
	o := Options{Name: name}
	book, err := openIfWorkbook(ctx, data, bounds)
	if err != nil {
		return nil, err
	}
	if book != nil {
		return bookTable(ctx, book, o)
	}
	if len(data) > largestStatement {
		return nil, refuse(o, "too-large", 0, "It is larger than 256 MB.", "Il dépasse 256 Mo.")
	}
	text, err := decoded(data, o)
	if err != nil {
		return nil, err
	}
	rows, _, err := textTable(ctx, text, o, known)
	switch {
	case errors.Is(err, errTooManyCells):
		return nil, refuse(o, "too-large", 0, "It has more than six million cells.", "Il compte plus de six millions de cellules.")
	case err != nil:
		return nil, err
	}
	return tableRows(rows, nil), nil
}

// textTable reads the rows of a text; ended is whether its last line has an end. The error is a *Error, errTooManyCells or the context's.
func textTable(ctx context.Context, text string, o Options, known func(folded string) bool) (rows []record, ended bool, err error) {
	if !strings.Contains(text, "\n") { // "CSV (Macintosh)" ends its lines like this
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	rows, err = splitRows(ctx, text, tableSeparator(ctx, text, known))
	var broken *csv.ParseError
	switch {
	case ctx.Err() != nil:
		return nil, false, ctx.Err()
	case errors.As(err, &broken):
		return nil, false, refuse(o, "damaged", broken.StartLine, "A quoted cell is not closed or is written wrongly. The file may be cut off: export it again.",
			"Une cellule entre guillemets n’est pas fermée ou est mal écrite. Le fichier est peut-être tronqué\u00a0: exportez-le de nouveau.")
	case err != nil:
		return nil, false, fmt.Errorf("table %s: %w", o.Name, err)
	}
	return rows, strings.HasSuffix(text, "\n"), nil
}

// tableSeparator is what parts the cells of a text: what finds most headers in one of the first rows.
func tableSeparator(ctx context.Context, text string, known func(string) bool) rune {
	sample := text[:min(len(text), 64<<10)]
	best, most := ',', 0
	for _, sep := range []rune{',', ';', '\t', '|'} {
		rows, _ := splitRows(ctx, sample, sep) // a sample may end in the middle of a cell
		for _, r := range rows[:min(len(rows), headerWithin)] {
			n := 0
			for _, c := range r.cells {
				for _, v := range HeaderVariants(c.text) {
					if known(request.Fold(v)) {
						n++
						break
					}
				}
			}
			if n > most {
				best, most = sep, n
			}
		}
	}
	return best
}

func bookTable(ctx context.Context, book *workbook.Book, o Options) ([]TableRow, error) {
	for i, s := range book.Sheets() {
		if s.State == workbook.Visible && s.Kind == "worksheet" {
			rows, bad, err := sheetRows(ctx, book, i)
			if err != nil {
				return nil, err
			}
			return tableRows(rows, bad), nil
		}
	}
	return nil, refuse(o, "empty", 0, "It has no visible sheet.", "Il n’a aucune feuille visible.")
}

func tableRows(rows []record, bad []unread) []TableRow {
	out := make([]TableRow, len(rows))
	for i, r := range rows {
		out[i] = TableRow{Line: r.line, Cells: make([]TableCell, len(r.cells))}
		for c, v := range r.cells {
			cell := TableCell{Text: v.text, Day: v.date}
			if cell.Day.IsZero() {
				cell.Day = v.serial
			}
			out[i].Cells[c] = cell
		}
		for len(bad) > 0 && bad[0].row == r.line {
			out[i].Cells[bad[0].col-1].Broken = true
			bad = bad[1:]
		}
	}
	return out
}

// HeaderVariants are the ways in which a header may be meant: whole, before a bracket, and each side of a slash.
func HeaderVariants(s string) []string { return headerVariants(s) }
