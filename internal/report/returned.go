package report

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/internal/workbook"
)

// Returned is what finance wrote into a returned weekly workbook.
type Returned struct {
	Matches  []ReturnedMatch
	Ignored  []string          // fingerprints
	Apart    []string          // fingerprints of charges that belong to no line; a match of theirs is taken back
	Lines    []ReturnedLine    // that are closed, or opened again
	Problems []request.Problem // what could not be read
}

// ReturnedMatch joins the charge with a fingerprint to the lines with these references.
type ReturnedMatch struct {
	Fingerprint string
	References  []string
}

// Headings of the columns that finance fills in and sends back.
var (
	colByHand      = request.Text{EN: "Belongs to line (fill in)", FR: "Appartient à la ligne (à remplir)"}
	colChange      = request.Text{EN: "Change to line (fill in)", FR: "Changer pour la ligne (à remplir)"}
	colFingerprint = request.Text{EN: "Charge key", FR: "Clé de l’achat"}
)

// returnedSheet is a kind of sheet with something to fill in: which columns its header row names (all of at, or it is not that
// sheet), and how a row under it is read.
type returnedSheet struct {
	columns func(header *workbook.Row) (at []int, ok bool)
	read    func(h *Returned, r *workbook.Row, at []int, file string)
}

func returnedSheets() []returnedSheet {
	return []returnedSheet{
		{headings([]request.Text{colFingerprint}, []request.Text{colByHand, colChange}), (*Returned).readCharge},
		{headings([]request.Text{colReference}, []request.Text{colClose}, []request.Text{colWhyClosed}), (*Returned).readClosing},
		{headings([]request.Text{colReference}, []request.Text{colReopen}, []request.Text{colWhyClosed}), (*Returned).readReopening},
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

// readCharge reads what belongs to the charge, or charges, of a row: key and answer.
func (h *Returned) readCharge(r *workbook.Row, at []int, name string) {
	key, answer := at[0], at[1]
	k, a := r.Cell(key), r.Cell(answer)
	if k == nil || a == nil || strings.TrimSpace(a.Value) == "" {
		return
	}
	said, keys := request.Clean(a.Value), strings.Fields(k.Value) // a match of several charges has all their keys
	switch request.Fold(said) {
	case "ignore", "ignored", "ignorer", "ignoree":
		h.Ignored = append(h.Ignored, keys...)
		return
	case "none", "no line", "aucun", "aucune", "aucune ligne":
		h.Apart = append(h.Apart, keys...)
		return
	}
	references, ok := reconcile.ReferencesIn(said)
	if !ok || len(keys) == 0 || slices.ContainsFunc(keys, func(k string) bool { return len(k) != statement.FingerprintLength }) {
		h.Problems = append(h.Problems, request.Problem{Sheet: name, Cell: workbook.Ref(answer, r.Number), Code: "not-a-reference", Severity: request.ReturnSeverity, Message: request.Text{
			EN: request.QuoteEN(said) + " is not the number of a line. Write it like HR-2026-000123-04 (several with commas), “none” or “ignore”.",
			FR: request.QuoteFR(said) + " n’est pas le numéro d’une ligne. Inscrivez-le comme HR-2026-000123-04 (plusieurs avec des virgules), «\u00a0aucune\u00a0» ou «\u00a0ignorer\u00a0».",
		}})
		return
	}
	for _, k := range keys {
		h.Matches = append(h.Matches, ReturnedMatch{Fingerprint: k, References: references})
	}
}
