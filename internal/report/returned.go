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

// ReadReturned reads the columns that finance fills in, on the sheets of charges without approval and of matched ones, in either
// language. ok is false when the workbook has no such sheet.
func ReadReturned(ctx context.Context, b *workbook.Book, name string) (h Returned, ok bool, err error) {
	for i, sheet := range b.Sheets() {
		if sheet.Kind != "worksheet" {
			continue
		}
		var key, answer int
		err := b.Rows(ctx, i, func(r *workbook.Row) error {
			if key == 0 {
				key, answer = handColumns(r)
				ok = ok || key > 0
				return nil
			}
			h.read(r, key, answer, name)
			return nil
		})
		if err != nil {
			return Returned{}, false, fmt.Errorf("returned workbook %s: %w", name, err)
		}
	}
	return h, ok, nil
}

func handColumns(r *workbook.Row) (key, answer int) {
	is := func(s string, t request.Text) bool {
		return request.Fold(s) == request.Fold(t.EN) || request.Fold(s) == request.Fold(t.FR)
	}
	for _, c := range r.Cells {
		switch {
		case is(c.Value, colFingerprint):
			key = c.Col
		case is(c.Value, colByHand), is(c.Value, colChange):
			answer = c.Col
		}
	}
	if key == 0 || answer == 0 {
		return 0, 0
	}
	return key, answer
}

func (h *Returned) read(r *workbook.Row, key, answer int, name string) {
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
