package intake

import (
	"context"
	"slices"
	"strings"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// relate finds what lines add to, and the first line of the family of each: limits look at an original with all its
// amendments, those of amendments and of replaced versions too. A number that no line has goes back to the requester.
func (b *resubmission) relate(ctx context.Context, tx *ledger.Tx, sender string) error {
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
	if err := b.correct(ctx, tx, sender, found); err != nil {
		return err
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

// correct finds the amendments that only lower what was approved: by who asked for it, at the same supplier and cost centre, in the same
// currency, and with all other amendments of that line not below zero, nor below what was charged. Nobody gains by them, so that no
// officer need look.
func (b *resubmission) correct(ctx context.Context, tx *ledger.Tx, sender string, originals []ledger.Line) error {
	b.corrects = make([]bool, b.lines.Len())
	lowered := map[string]bool{}
	for i, line := range b.lines.All() {
		if b.lowers(i, line) {
			lowered[line.Values[request.Amends].Text] = true
		}
	}
	own, err := b.approvedOf(ctx, tx, sender, slices.DeleteFunc(slices.Clone(originals), func(l ledger.Line) bool { return !lowered[l.Reference] }))
	if err != nil || len(own) == 0 {
		return err
	}
	for i, line := range b.lines.All() {
		o := own[line.Values[request.Amends].Text]
		if o == nil || !b.lowers(i, line) || line.Currency(o.Currency) != o.Currency || !o.matches(line) {
			continue
		}
		by, err := request.Money{Amount: line.Values[request.Total].Number, Currency: o.Currency}.Minor()
		if rest := o.left + by; err == nil && rest >= max(0, o.charged) {
			o.left, b.corrects[i] = rest, true
		}
	}
	return nil
}

// lowers reports whether line i is an amendment below zero, and replaces nothing.
func (b *resubmission) lowers(i int, line *request.Line) bool {
	total, amends := &line.Values[request.Total], &line.Values[request.Amends]
	return b.supersedes[i] == 0 && amends.Given && !amends.Faulty && total.Given && !total.Faulty && total.Number.Sign() < 0
}

// approvedLine is an approved line that may be lowered, with what is left of it and what was charged for it.
type approvedLine struct {
	ledger.Line
	said          request.Line // by its form
	left, charged int64
}

// matches reports whether an amendment is at the supplier and the cost centre of the line.
func (o *approvedLine) matches(line *request.Line) bool {
	centre := &line.Values[request.CostCentre]
	return request.SameSupplier(&o.said, line) && !centre.Faulty && request.CentreForm(centre.Text) == request.CentreForm(o.said.Values[request.CostCentre].Text)
}

// approvedOf are those of lines that the sender asked for, that are approved and that this workbook does not replace, by reference.
func (b *resubmission) approvedOf(ctx context.Context, tx *ledger.Tx, sender string, originals []ledger.Line) (map[string]*approvedLine, error) {
	var ids, submissions []int64
	for i := range originals {
		if o := &originals[i]; o.Outcome == request.Approved && o.HasAmount && !slices.Contains(b.replaced, o.ID) {
			ids, submissions = append(ids, o.ID), append(submissions, o.Submission)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	lines, err := tx.Lines.InFull(ctx, ids)
	if err != nil {
		return nil, err
	}
	requests, err := tx.Submissions.ByID(ctx, submissions)
	if err != nil {
		return nil, err
	}
	amended, err := tx.Lines.Amended(ctx, ids)
	if err != nil {
		return nil, err
	}
	charged, err := tx.Lines.Charged(ctx, ids)
	if err != nil {
		return nil, err
	}
	own := map[int64]bool{}
	for i := range requests {
		own[requests[i].ID] = strings.EqualFold(requests[i].Requester, sender)
	}
	out := map[string]*approvedLine{}
	for i := range lines {
		var facts request.Facts
		l := &lines[i]
		if !own[l.Submission] || l.Facts == nil || facts.Read(l.Facts) != nil {
			continue // what it was is no longer known: an officer looks
		}
		out[l.Reference] = &approvedLine{Line: *l, said: facts.Line, left: l.Amount + amended[l.ID], charged: charged[l.ID]}
	}
	return out, nil
}
