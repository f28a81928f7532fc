package report

import (
	"context"
	"fmt"
	"slices"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Returned is what finance wrote into a returned weekly workbook.
type Returned struct {
	File     string
	Answers  []ChargeAnswer  // what was said of charges, in the order of the sheets
	Damaged  []DamagedKeys   // answers whose keys cannot be read: one for each sheet and kind of damage
	Lines    []ReturnedLine  // that are closed, or opened again
	Aliases  []ReturnedAlias // that are wrong, or added
	Problems []RowProblem    // what could not be read of lines and aliases

	sheet string // the one that is read
}

// RowPlace is a row of a returned workbook.
type RowPlace struct {
	File  string `json:"file"`
	Sheet string `json:"sheet"`
	Row   int    `json:"row,omitempty"`
}

// RowProblem is what cannot be read, or be meant otherwise, in a row.
type RowProblem struct {
	Place   RowPlace
	Message request.Text
}

// returnedSheet is a kind of sheet with something to fill in: which columns its header row names (all of at, or it is not that
// sheet), and how a row under it is read.
type returnedSheet struct {
	columns func(header *workbook.Row) (at []int, ok bool)
	read    func(h *Returned, r *workbook.Row, at []int, file string)
}

func returnedSheets() []returnedSheet {
	return []returnedSheet{
		{chargeColumns, (*Returned).readCharge},
		{headings([]request.Text{colReference}, []request.Text{colClose}, []request.Text{colWhyClosed}), (*Returned).readClosing},
		{headings([]request.Text{colReference}, []request.Text{colReopen}, []request.Text{colWhyClosed}), (*Returned).readReopening},
		{headings([]request.Text{colAliasMerchant}, []request.Text{colAliasOf}, []request.Text{colAliasCorrect}, []request.Text{colAliasKey}), (*Returned).readAlias},
	}
}

// headings finds columns by their headings, in either language; each may go by several names.
func headings(wanted ...[]request.Text) func(*workbook.Row) ([]int, bool) {
	return func(r *workbook.Row) ([]int, bool) {
		at := make([]int, len(wanted))
		for _, c := range r.Cells {
			for i, names := range wanted {
				if slices.ContainsFunc(names, func(t request.Text) bool {
					return request.Fold(c.Value) == request.Fold(t.EN) || request.Fold(c.Value) == request.Fold(t.FR)
				}) {
					at[i] = c.Col
				}
			}
		}
		return at, !slices.Contains(at, 0)
	}
}

// ReadReturned reads the columns that finance fills in, on every sheet that has some, in either language. ok is false when
// the workbook has no such sheet.
func ReadReturned(ctx context.Context, b *workbook.Book, name string) (h Returned, ok bool, err error) {
	for i, sheet := range b.Sheets() {
		if sheet.Kind != "worksheet" {
			continue
		}
		var kind *returnedSheet
		var at []int
		h.File, h.sheet = name, sheet.Name
		err := b.Rows(ctx, i, func(r *workbook.Row) error {
			if kind != nil {
				kind.read(&h, r, at, name)
				return nil
			}
			for _, k := range returnedSheets() {
				if columns, is := k.columns(r); is {
					kind, at, ok = &k, columns, true
					break
				}
			}
			return nil
		})
		if err != nil {
			return Returned{}, false, fmt.Errorf("returned workbook %s: %w", name, err)
		}
	}
	return h, ok, nil
}
