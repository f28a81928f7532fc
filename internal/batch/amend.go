package batch

import (
	"context"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// relate finds what lines add to, and the first line of the family of each: limits look at an original with all its
// amendments, those of amendments and of replaced versions too. A number that no line bears goes back to the requester.
func (b *comeBack) relate(ctx context.Context, tx *ledger.Tx) error {
	var references []string
	for i := range b.lines {
		if v := &b.lines[i].Values[request.Amends]; v.Given && !v.Faulty {
			references = append(references, v.Text)
		}
	}
	amended := map[string]ledger.Line{}
	if len(references) > 0 {
		found, err := tx.LinesByReference(ctx, references)
		if err != nil {
			return err
		}
		for _, l := range found {
			amended[l.Reference] = l
		}
	}
	for i := range b.lines {
		line := &b.lines[i]
		before := b.supersedes[i]
		if v := &line.Values[request.Amends]; v.Given && !v.Faulty {
			l, found := amended[v.Text]
			if !found {
				line.Problems = append(line.Problems, request.Problem{Sheet: line.Sheet, Cell: v.Cell, Code: "unknown-line", Severity: request.ReturnSeverity, Message: unknownLine(v.Text)})
				v.Given, v.Faulty = false, true
				continue
			}
			b.amends[i], before = l.ID, l.ID
		}
		first, err := firstOf(ctx, tx, before)
		if err != nil {
			return err
		}
		line.Family = first
	}
	return nil
}

// firstOf follows a line to the first of its family; "" for none.
func firstOf(ctx context.Context, tx *ledger.Tx, line int64) (reference string, err error) {
	for line != 0 {
		found, err := tx.Lines(ctx, []int64{line})
		if err != nil || len(found) == 0 {
			return reference, err
		}
		l := found[0]
		reference, line = l.Reference, l.Supersedes
		if l.Amends != 0 {
			line = l.Amends
		}
	}
	return reference, nil
}

func unknownLine(reference string) request.Text {
	return request.Text{
		EN: "No line bears the number " + reference + ". Give the number of the line that this one adds to, as you got it from us, or leave the cell empty.",
		FR: "Aucune ligne ne porte le numéro " + reference + ". Indiquez le numéro de la ligne que celle-ci modifie, tel que vous l’avez reçu, ou laissez la cellule vide."}
}
