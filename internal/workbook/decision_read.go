package workbook

import (
	"context"
	"errors"
	"strings"

	"handrail/internal/request"
)

// Decisions is what a returned decision sheet says. Nothing of it is believed yet: the code, the sender and every cell
// that was not the officer's to fill in are the caller's to check.
type Decisions struct {
	Codes []string // what stands right of a label "Code" above the table
	Rows  []DecisionRow
}

// DecisionRow is a row below the headers, its cells as the file means them.
type DecisionRow struct {
	Row                                        int
	Number, Reference, Title, Supplier, Amount string
	Decision, Reason                           string
	Hidden                                     bool // a row that nobody sees
	Formula                                    bool // one of its cells is worked out, and may say something else tomorrow
}

// decideWithin is how far down the headers may have moved.
const decideWithin = 30

var errNoDecisions = errors.New("no decision sheet")

// ReadDecisions reads a decision sheet as mail programs, Excel, LibreOffice and telephones give it back. found is false
// for any other workbook. Columns are known by their headers in either language, wherever they stand.
func ReadDecisions(ctx context.Context, book *Book) (d *Decisions, found bool, err error) {
	for i, sheet := range book.Sheets() {
		if sheet.State != Visible {
			continue
		}
		d, err := readDecisions(ctx, book, i)
		if errors.Is(err, errNoDecisions) {
			continue
		}
		return d, err == nil, err
	}
	return nil, false, nil
}

func readDecisions(ctx context.Context, book *Book, sheet int) (*Decisions, error) {
	d := &Decisions{}
	var columns map[int]int // what a column is -> where it stands
	err := book.Rows(ctx, sheet, func(r *Row) error {
		switch {
		case columns == nil && r.Number > decideWithin:
			return errNoDecisions
		case columns == nil:
			if columns = decideColumnsOf(r); columns == nil {
				d.Codes = append(d.Codes, codesOf(r)...)
			}
		default:
			if row, filled := decisionRow(r, columns); filled {
				d.Rows = append(d.Rows, row)
			}
		}
		return nil
	})
	if err == nil && columns == nil {
		err = errNoDecisions
	}
	return d, err
}

// decideColumnsOf knows the header row: every column of the sheet that a decision rests on, once.
func decideColumnsOf(r *Row) map[int]int {
	columns := map[int]int{}
	for _, c := range r.Cells {
		for what := 1; what <= decideColumns; what++ {
			if !isLabel(c.Value, decideHeaders[what]) {
				continue
			}
			if columns[what] != 0 {
				return nil
			}
			columns[what] = c.Col
		}
	}
	for _, what := range []int{decideNumber, decideTitle, decideSupplier, decideAmount, decideDecision, decideReason, decideReference} {
		if columns[what] == 0 {
			return nil
		}
	}
	return columns
}

func isLabel(value string, label request.Text) bool {
	value = strings.TrimSpace(value)
	return strings.EqualFold(value, label.EN) || strings.EqualFold(value, label.FR)
}

func codesOf(r *Row) (codes []string) {
	for i, c := range r.Cells {
		if isLabel(c.Value, decideCode) && i+1 < len(r.Cells) {
			codes = append(codes, strings.TrimSpace(r.Cells[i+1].Value))
		}
	}
	return codes
}

func decisionRow(r *Row, columns map[int]int) (row DecisionRow, filled bool) {
	row = DecisionRow{Row: r.Number, Hidden: r.Hidden}
	for what, into := range map[int]*string{decideNumber: &row.Number, decideTitle: &row.Title, decideSupplier: &row.Supplier,
		decideAmount: &row.Amount, decideDecision: &row.Decision, decideReason: &row.Reason, decideReference: &row.Reference} {
		c := r.Cell(columns[what])
		if c == nil {
			continue
		}
		*into = strings.TrimSpace(c.Value)
		row.Formula = row.Formula || c.HasFormula
		filled = filled || *into != ""
	}
	return row, filled
}
