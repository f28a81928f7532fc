package intake

import (
	"context"
	"slices"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// relate finds what lines add to, and the first line of the family of each: limits look at an original with all its
// amendments, those of amendments and of replaced versions too. A number that no line has goes back to the requester.
func (b *resubmission) relate(ctx context.Context, tx *ledger.Tx) error {
	var references []string
	for _, line := range b.lines.All() {
		if v := &line.Values[request.Amends]; v.Given && !v.Faulty {
			references = append(references, v.Text)
		}
	}
	found, err := tx.Lines.ByReference(ctx, references)
	if err != nil {
		return err
	}
	amended := make(map[string]int64, len(found))
	for i := range found {
		amended[found[i].Reference] = found[i].ID
	}
	before := slices.Clone(b.supersedes)
	for i, line := range b.lines.All() {
		v := &line.Values[request.Amends]
		if !v.Given || v.Faulty {
			continue
		}
		l, found := amended[v.Text]
		if !found {
			line.Problems = append(line.Problems, request.Problem{Sheet: line.Sheet, Cell: v.Cell, Code: "unknown-line", Severity: request.ReturnSeverity, Message: unknownLine(v.Text)})
			v.Given, v.Faulty = false, true
			b.lines.Put(i, line)
			before[i] = 0
			continue
		}
		b.amends[i], before[i] = l, l
	}
	families, err := tx.Lines.First(ctx, slices.DeleteFunc(slices.Clone(before), func(id int64) bool { return id == 0 }))
	if err != nil {
		return err
	}
	for i, id := range before {
		if id != 0 {
			line := b.lines.At(i)
			line.Family = families[id]
			b.lines.Put(i, &line)
		}
	}
	b.lines.Seal()
	return nil
}
