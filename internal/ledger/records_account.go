package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"handrail/internal/request"
)

// Account is all that the ledger knows about one line.
type Account struct {
	Line        Line // with facts and findings where they are still kept
	Submission  Submission
	Message     Message // without bytes
	Policy      Text    // that judged
	Links       []Link  // of the chain, about this line, oldest first
	Escalations []Escalation
	Mails       []Outgoing // of its submission, without bytes
	Supersedes  string     // reference of the version before, ""
	Superseded  string     // reference of the version after, ""
	Amends      string
	AmendedBy   []string
	Charges     []Charge  // that were matched with it
	Closings    []Closing // by finance, the oldest first
	Disposed    bool      // the private part was disposed of
}

// Account gathers everything about the line that has a reference.
func (rs Records) Account(ctx context.Context, reference request.Reference) (a Account, found bool, err error) {
	lines, err := rs.tx.Lines.ByReference(ctx, []string{reference.String()})
	if err != nil || len(lines) == 0 {
		return Account{}, false, err
	}
	all, err := rs.gather(ctx, lines)
	if err != nil {
		return Account{}, false, err
	}
	return all[0], true, nil
}

// Accounts gathers everything about every line of a submission, in their order. What the lines have in common they share.
func (rs Records) Accounts(ctx context.Context, submission int64) ([]Account, error) {
	lines, err := rs.tx.Lines.OfSubmissionsBare(ctx, []int64{submission})
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	return rs.gather(ctx, lines)
}

// gathering is the accounts of lines of one submission in the making.
type gathering struct {
	all  []Account
	byID map[int64]*Account
	ids  []int64
}

func (rs Records) gather(ctx context.Context, lines []Line) ([]Account, error) {
	g := &gathering{all: make([]Account, len(lines)), byID: make(map[int64]*Account, len(lines))}
	for i := range lines {
		g.all[i].Line = lines[i]
		g.byID[lines[i].ID] = &g.all[i]
		g.ids = append(g.ids, lines[i].ID)
	}
	for _, gather := range []func(context.Context, *gathering) error{rs.gatherLinks, rs.gatherSubmission, rs.gatherRelatives, rs.gatherCharges, rs.gatherClosings} {
		if err := gather(ctx, g); err != nil {
			return nil, err
		}
	}
	return g.all, nil
}

func (rs Records) gatherLinks(ctx context.Context, g *gathering) error {
	subjects := make([]string, len(g.all))
	for i := range g.all {
		subjects[i] = g.all[i].Line.Reference
	}
	links, err := rs.tx.Chain.About(ctx, subjects)
	if err != nil {
		return err
	}
	for i := range g.all {
		a := &g.all[i]
		a.Links = links[a.Line.Reference]
		for _, k := range a.Links {
			a.Disposed = a.Disposed || (!k.PrivateDigest.IsZero() && k.Private == nil)
			if k.Kind == judgedKind {
				if err := a.Line.open(k.Private); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (rs Records) gatherSubmission(ctx context.Context, g *gathering) error {
	var of Account
	first := &g.all[0].Line
	submissions, err := rs.tx.Submissions.ByID(ctx, []int64{first.Submission})
	if err != nil {
		return err
	}
	if len(submissions) == 0 {
		return fmt.Errorf("line %s belongs to submission %d, which is missing", first.Reference, first.Submission)
	}
	of.Submission = submissions[0]
	if _, err := rs.tx.one(ctx, of.Message.into(), "SELECT "+messageColumns+" FROM message m WHERE m.id = $1", of.Submission.Message); err != nil {
		return fmt.Errorf("read the mail of %s: %w", first.Reference, err)
	}
	if of.Policy, _, err = rs.tx.Documents.Text(ctx, of.Submission.Policy); err != nil {
		return err
	}
	if of.Mails, err = rs.tx.Outbox.MailsOf(ctx, of.Submission.ID); err != nil {
		return err
	}
	for i := range g.all {
		a := &g.all[i]
		a.Submission, a.Message, a.Policy, a.Mails = of.Submission, of.Message, of.Policy, of.Mails
	}
	all, err := rs.tx.Escalations.OfSubmission(ctx, first.Submission)
	if err != nil {
		return err
	}
	for _, e := range all {
		for i := range e.Tokens {
			if a := g.byID[e.Tokens[i].Line]; a != nil {
				a.Escalations = append(a.Escalations, e)
			}
		}
	}
	return nil
}

func (rs Records) gatherRelatives(ctx context.Context, g *gathering) error {
	var before []int64
	for i := range g.all {
		for _, id := range []int64{g.all[i].Line.Supersedes, g.all[i].Line.Amends} {
			if id != 0 {
				before = append(before, id)
			}
		}
	}
	found, err := rs.tx.Lines.mapByID(ctx, before)
	if err != nil {
		return err
	}
	for i := range g.all {
		a := &g.all[i]
		if l := found[a.Line.Supersedes]; l != nil {
			a.Supersedes = l.Reference
		}
		if l := found[a.Line.Amends]; l != nil {
			a.Amends = l.Reference
		}
	}
	for column, note := range map[string]func(a *Account, reference string){
		"supersedes": func(a *Account, reference string) { a.Superseded = reference },
		"amends":     func(a *Account, reference string) { a.AmendedBy = append(a.AmendedBy, reference) },
	} {
		err := eachIn(ctx, rs.tx, "SELECT "+column+", reference FROM line WHERE "+column+" IN (%IN%) ORDER BY id", nil, g.ids, func(scan func(...any) error) error {
			var id int64
			var reference string
			if err := scan(&id, &reference); err != nil {
				return err
			}
			note(g.byID[id], reference)
			return nil
		})
		if err != nil {
			return fmt.Errorf("read the relatives of lines: %w", err)
		}
	}
	return nil
}

// gatherCharges gives lines the charges that were matched with them, oldest first.
func (rs Records) gatherCharges(ctx context.Context, g *gathering) error {
	matched := map[int64][]int64{} // lines by charge
	var ids []int64
	err := eachIn(ctx, rs.tx, "SELECT statement_row, line FROM statement_match WHERE line IN (%IN%)", nil, g.ids, func(scan func(...any) error) error {
		var charge, line int64
		err := scan(&charge, &line)
		matched[charge] = append(matched[charge], line)
		ids = append(ids, charge)
		return err
	})
	if err != nil {
		return fmt.Errorf("look for the charges of lines: %w", err)
	}
	var charges []Charge
	if err := rs.tx.Charges.visitByID(ctx, ids, func(c *Charge) error {
		charges = append(charges, *c)
		return nil
	}); err != nil {
		return err
	}
	slices.SortFunc(charges, func(a, b Charge) int { return cmp.Or(a.Transacted.Compare(b.Transacted), cmp.Compare(a.ID, b.ID)) })
	for _, c := range charges {
		for _, line := range matched[c.ID] {
			g.byID[line].Charges = append(g.byID[line].Charges, c)
		}
	}
	return nil
}

// gatherClosings gives lines what finance said of them: closed, and opened again.
func (rs Records) gatherClosings(ctx context.Context, g *gathering) error {
	closings, err := rs.tx.Lines.Closings(ctx, g.ids)
	for _, c := range closings {
		a := g.byID[c.Line]
		a.Closings = append(a.Closings, c)
	}
	return err
}
