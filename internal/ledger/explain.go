package ledger

import (
	"context"
	"fmt"

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
	Charges     []Charge // that were matched with it
	Disposed    bool     // the private part was disposed of
}

// Account gathers everything about the line that bears a reference.
func (tx *Tx) Account(ctx context.Context, reference request.Reference) (a Account, found bool, err error) {
	lines, err := tx.LinesByReference(ctx, []string{reference.String()})
	if err != nil || len(lines) == 0 {
		return Account{}, false, err
	}
	a.Line = lines[0]
	if a.Links, err = tx.Links(ctx, a.Line.Reference); err != nil {
		return Account{}, false, err
	}
	for _, k := range a.Links {
		a.Disposed = a.Disposed || (!k.PrivateDigest.IsZero() && k.Private == nil)
		if k.Kind == judgedKind {
			if err := a.Line.open(k.Private); err != nil {
				return Account{}, false, err
			}
		}
	}
	if err := tx.gatherSubmission(ctx, &a); err != nil {
		return Account{}, false, err
	}
	if err := tx.gatherRelatives(ctx, &a); err != nil {
		return Account{}, false, err
	}
	err = tx.charges(ctx, func(c *Charge) error {
		a.Charges = append(a.Charges, *c)
		return nil
	}, "c.id IN (SELECT x.statement_row FROM statement_match x WHERE x.line = $1)", a.Line.ID)
	return a, true, err
}

func (tx *Tx) gatherSubmission(ctx context.Context, a *Account) error {
	submissions, err := tx.Submissions(ctx, []int64{a.Line.Submission})
	if err != nil {
		return err
	}
	if len(submissions) == 0 {
		return fmt.Errorf("line %s belongs to submission %d, which is missing", a.Line.Reference, a.Line.Submission)
	}
	a.Submission = submissions[0]
	if _, err := tx.one(ctx, a.Message.into(), "SELECT "+messageColumns+" FROM message m WHERE m.id = $1", a.Submission.Message); err != nil {
		return fmt.Errorf("read the mail of %s: %w", a.Line.Reference, err)
	}
	if a.Policy, _, err = tx.Text(ctx, a.Submission.Policy); err != nil {
		return err
	}
	if a.Mails, err = tx.OutgoingOf(ctx, a.Submission.ID); err != nil {
		return err
	}
	all, err := tx.EscalationsOf(ctx, a.Submission.ID)
	if err != nil {
		return err
	}
	for _, e := range all {
		for _, t := range e.Tokens {
			if t.Line == a.Line.ID {
				a.Escalations = append(a.Escalations, e)
				break
			}
		}
	}
	return nil
}

func (tx *Tx) gatherRelatives(ctx context.Context, a *Account) error {
	err := tx.each(ctx, func(scan func(...any) error) error {
		var reference string
		var id, supersedes, amends int64
		if err := scan(&id, &reference, number{&supersedes}, number{&amends}); err != nil {
			return err
		}
		switch {
		case id == a.Line.Supersedes:
			a.Supersedes = reference
		case id == a.Line.Amends:
			a.Amends = reference
		}
		if supersedes == a.Line.ID {
			a.Superseded = reference
		}
		if amends == a.Line.ID {
			a.AmendedBy = append(a.AmendedBy, reference)
		}
		return nil
	}, "SELECT id, reference, supersedes, amends FROM line WHERE id = $1 OR id = $2 OR supersedes = $3 OR amends = $3 ORDER BY id",
		a.Line.Supersedes, a.Line.Amends, a.Line.ID)
	if err != nil {
		return fmt.Errorf("read the relatives of %s: %w", a.Line.Reference, err)
	}
	return nil
}

// AmendmentsOf lists the lines that amend one, oldest first, without facts: limits look at all of them together.
func (tx *Tx) AmendmentsOf(ctx context.Context, line int64) ([]Line, error) {
	var out []Line
	err := tx.each(ctx, lineVisitor(&out), "SELECT "+lineColumns+" FROM line l WHERE l.amends = $1 ORDER BY l.id", line)
	if err != nil {
		return nil, fmt.Errorf("read amendments: %w", err)
	}
	return out, nil
}
