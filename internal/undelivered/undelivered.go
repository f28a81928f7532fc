// Package undelivered owns what follows when a mail of ours is refused for good, at once or by a bounce later: it goes out without
// its files where it was too large, what waits for an officer who cannot be reached is made due for somebody else, and the
// operator and the contact hear what to do.
//
// It refuses to know how a mail is sent or a bounce is read, and who is asked instead.
package undelivered

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"handrail/internal/batch"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
)

// Options is what a Desk is made of. All of it is required.
type Options struct {
	Engine *batch.Job
	Log    *slog.Logger
	Dept   *department.Department
}

// Desk does what follows a refusal. It is safe for concurrent use.
type Desk struct {
	engine *batch.Job
	log    *slog.Logger
	dept   *department.Department
}

// New checks the options.
func New(o Options) (*Desk, error) {
	if o.Engine == nil || o.Log == nil || o.Dept == nil {
		return nil, errors.New("refused mails need a job, a log and a department")
	}
	return &Desk{engine: o.Engine, log: o.Log, dept: o.Dept}, nil
}

// Refused does what follows when a mail was refused, in the transaction that notes the refusal. The mail's bytes are read where they are
// needed and missing.
func (desk *Desk) Refused(ctx context.Context, tx *ledger.Tx, now time.Time, mail *ledger.Outgoing) error {
	about, err := requestsOf(ctx, tx, mail)
	if err != nil {
		return err
	}
	if mail.Refusal == ledger.TooLarge && !mail.FilesLeftOut {
		if sent, err := desk.withoutFiles(ctx, tx, now, mail, about); err != nil || sent {
			return err
		}
	}
	gone := mail.Refusal == ledger.NoMailbox || mail.Refusal == ledger.BadAddress
	waits, err := tx.Escalations.Undelivered(ctx, now, mail, gone)
	if err != nil {
		return err
	}
	if waits > 0 {
		if err := desk.engine.Wake(ctx, tx, batch.Remind); err != nil {
			return err
		}
	}
	return desk.tell(ctx, tx, now, desk.alerts(mail, about, waits)...)
}

// alerts say who did not get what, and what to do. The operator is not written to about a mail to the operator: that would be
// refused as well, and so on.
func (desk *Desk) alerts(mail *ledger.Outgoing, about []string, waits int64) (owed []ledger.OutboxEntry) {
	operator, contact := desk.dept.Config.Operator, desk.contact(mail)
	if strings.EqualFold(mail.Recipient, operator) {
		desk.log.Error("a mail to the operator was refused for good; handrail ledger status has the server's words", "mail", mail.ID, "kind", mail.Kind)
	} else {
		o := ledger.OutboxEntry{Submission: mail.Submission}
		owed = append(owed, outbox.New(outbox.OperatorAlert, fmt.Sprintf("refused %d", mail.ID), o, refusedAlert(mail, about, waits)))
	}
	if aboutRequester(mail.Kind) && !strings.EqualFold(contact, operator) && !strings.EqualFold(contact, mail.Recipient) {
		a := contactAlert(mail, about)
		a.To = contact
		owed = append(owed, outbox.New(outbox.OperatorAlert, fmt.Sprintf("refused %d, to the contact", mail.ID), ledger.OutboxEntry{Submission: mail.Submission}, a))
	}
	return owed
}

// withoutFiles lets a mail that was too large go out without its files. sent is false where it has none.
func (desk *Desk) withoutFiles(ctx context.Context, tx *ledger.Tx, now time.Time, mail *ledger.Outgoing, about []string) (sent bool, err error) {
	raw := mail.Raw
	if raw == nil {
		whole, _, err := tx.Outbox.Mail(ctx, mail.ID)
		if err != nil || whole.Raw == nil {
			return false, err
		}
		raw = whole.Raw
	}
	light, ok, err := desk.dept.Composer(desk.dept.Inboxes[mail.Inbox]).WithoutFiles(raw, mail.Kind)
	if err != nil {
		// Another version laid it out: it counts as refused, with all that follows.
		desk.log.Warn("a mail that was too large cannot be taken apart", "mail", mail.ID, "error", err)
		return false, nil
	}
	if !ok {
		return false, nil
	}
	won, err := tx.Outbox.Lighten(ctx, now, mail.ID, light.Raw)
	if err != nil || !won {
		return false, err
	}
	if err := desk.engine.Wake(ctx, tx, batch.Send); err != nil {
		return false, err
	}
	return true, desk.tell(ctx, tx, now, outbox.New(outbox.OperatorAlert, fmt.Sprintf("too large %d", mail.ID), ledger.OutboxEntry{Submission: mail.Submission},
		lightAlert(mail, about, light.Left)))
}

func (desk *Desk) tell(ctx context.Context, tx *ledger.Tx, now time.Time, owed ...ledger.OutboxEntry) error {
	if len(owed) == 0 {
		return nil
	}
	if _, err := tx.Outbox.Add(ctx, outbox.Due(owed, now)...); err != nil {
		return err
	}
	return desk.engine.Wake(ctx, tx, batch.Answer)
}

// contact is the person of the mail's inbox for whatever a program cannot answer; the operator for mails of no inbox.
func (desk *Desk) contact(mail *ledger.Outgoing) string {
	if box := desk.dept.Inboxes[mail.Inbox]; box != nil {
		return box.Config.Contact
	}
	return desk.dept.Config.Operator
}

// mostNamed is how many lines an alert names.
const mostNamed = 20

// requestsOf names what a mail is about: the request, or the lines of several.
func requestsOf(ctx context.Context, tx *ledger.Tx, mail *ledger.Outgoing) (names []string, err error) {
	if mail.Submission != 0 {
		found, err := tx.Submissions.ByID(ctx, []int64{mail.Submission})
		for i := range found {
			names = append(names, found[i].Reference().String())
		}
		return names, err
	}
	if mail.Escalation == 0 {
		return nil, nil
	}
	found, err := tx.Escalations.ByID(ctx, []int64{mail.Escalation})
	for i := range found {
		for _, t := range found[i].Tokens {
			if len(names) == mostNamed {
				return append(names, "…"), err
			}
			names = append(names, t.Reference)
		}
	}
	return names, err
}
