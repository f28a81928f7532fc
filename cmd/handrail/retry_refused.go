package main

import (
	"context"
	"fmt"
	"os/user"
	"strconv"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/notify"
)

// endedMail is what --format json answers when a refused mail was ended.
type endedMail struct {
	Row     string               `json:"row"`
	Kind    string               `json:"kind"`
	To      string               `json:"to"`
	State   ledger.OutgoingState `json:"state"` // settled or redirected
	Reason  string               `json:"reason,omitempty"`
	At      time.Time            `json:"at"`
	By      string               `json:"by"`                // the account of this machine
	Instead string               `json:"sent_as,omitempty"` // the mail that goes to another address
	Address string               `json:"sent_to,omitempty"` // that address
	Words   string               `json:"words"`             // with which it was refused
}

// remindedAfter is when an officer is reminded to whom a refused mail was sent once more.
const remindedAfter = 24 * time.Hour

// endRefused settles a refused mail, or sends it to another address. refused says why that is not possible, and what is.
func (c *retryCommand) endRefused(ctx context.Context, tx *ledger.Tx, now time.Time, row string, step ledger.Step, key string) (done endedMail, refused, err error) {
	id, err := strconv.ParseInt(key, 10, 64)
	if step != ledger.SendStep || err != nil {
		return done, fail(exitUsage, "handrail ledger status lists the refused mails as send:NUMBER", "--to and --settled are for a mail that was refused, and %s is none", row), nil
	}
	mail, found, err := tx.Outbox.Mail(ctx, id)
	if err != nil {
		return done, nil, err
	}
	if !found {
		return done, fail(exitUsage, "handrail ledger status lists the refused mails", "no mail is called %q", row), nil
	}
	if mail.State != ledger.Refused {
		return done, notRefused(&mail, row), nil
	}
	end := ledger.RefusedEnd{State: ledger.Settled, By: account(), Why: c.Settled}
	done = endedMail{Row: row, Kind: mail.Kind, To: mail.Recipient, At: now, By: end.By, Reason: c.Settled, Words: mail.Words}
	if c.To != "" {
		end.State, end.Why = ledger.Redirected, "sent to "+c.To
		var again int64
		if again, refused, err = redirect(ctx, tx, now, &mail, c.To); refused != nil || err != nil {
			return done, refused, err
		}
		end.Instead = again
		done.Address, done.Instead = c.To, fmt.Sprintf("%s:%d", ledger.SendStep, again)
	}
	done.State = end.State
	won, err := tx.Outbox.EndRefused(ctx, now, id, end)
	if err == nil && !won {
		err = fmt.Errorf("the mail %s changed meanwhile", row)
	}
	if err != nil {
		return done, nil, err
	}
	if c.To == "" || strings.EqualFold(c.To, mail.Recipient) {
		err = tx.Escalations.Reached(ctx, &mail, now.Add(remindedAfter))
	}
	return done, nil, err
}

// redirect leaves a mail to be sent to another address, with the same content.
func redirect(ctx context.Context, tx *ledger.Tx, now time.Time, mail *ledger.Outgoing, to string) (id int64, refused, err error) {
	if mail.Raw == nil {
		return 0, fail(exitUsage, "tell the person another way, then: handrail retry send:"+strconv.FormatInt(mail.ID, 10)+" --settled REASON", "the bytes of this mail were removed, so it cannot be sent again"), nil
	}
	again, err := notify.Readdressed(mail.Raw, to)
	if err != nil {
		return 0, fail(exitUsage, "write an address such as anna.roy@department.example", "the mail cannot be sent to %q: %v", to, err), nil
	}
	ids, err := tx.Outbox.AddMails(ctx, now, []ledger.Outgoing{{Kind: mail.Kind, Cause: fmt.Sprintf("%s, again instead of %d", mail.Cause, mail.ID), Recipient: to, Edition: mail.Edition,
		MessageID: again.MessageID, Raw: again.Raw, Inbox: mail.Inbox, Submission: mail.Submission, Escalation: mail.Escalation, NextAt: now}})
	if err != nil {
		return 0, nil, err
	}
	if ids[0] == 0 {
		return 0, fail(exitUsage, "handrail ledger status says what became of it", "this mail was sent to %s before", to), nil
	}
	return ids[0], nil, nil
}

// notRefused says what became of a mail that is not refused, or not any more.
func notRefused(mail *ledger.Outgoing, row string) error {
	switch mail.State {
	case ledger.Settled:
		return fail(exitUsage, "nothing is left to do for it", "the mail %s was settled on %s: %s", row, minute(mail.EndedAt), mail.EndedWhy)
	case ledger.Redirected:
		return fail(exitUsage, fmt.Sprintf("if that one was refused as well: handrail retry send:%d --to ADDRESS", mail.Instead),
			"the mail %s was sent to another address on %s, as send:%d", row, minute(mail.EndedAt), mail.Instead)
	}
	return fail(exitUsage, "handrail ledger status lists the refused mails", "the mail %s was not refused: its state is %s", row, mail.State)
}

// account is whoever runs this command, as this machine calls them.
func account() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}

// checkEnds holds the options against each other, before anything is opened.
func (c *retryCommand) checkEnds() error {
	switch {
	case c.To != "" && c.Settled != "":
		return fail(exitUsage, "leave one of them out", "--to sends the mail to another address, and --settled says that nothing more is to be sent")
	case c.To != "" && !ingest.IsAddress(c.To):
		return fail(exitUsage, "write an address such as anna.roy@department.example", "%q is not an e-mail address", c.To)
	case c.Settled != "" && strings.TrimSpace(c.Settled) == "":
		return fail(exitUsage, "say how it was settled, such as --settled 'told by telephone'", "--settled needs a reason")
	}
	return nil
}

// endedText says what was done, and what comes next.
func (t *terminal) endedText(done *endedMail) {
	if done.State == ledger.Settled {
		t.wrap(0, fmt.Sprintf("%s (%s to %s): settled: %s", done.Row, done.Kind, done.To, done.Reason))
		t.wrap(0, "next: nothing. handrail ledger status names it no more.")
		return
	}
	t.wrap(0, fmt.Sprintf("%s (%s to %s): sent to %s, as %s", done.Row, done.Kind, done.To, done.Address, done.Instead))
	t.wrap(0, "next: a running job sends it within a minute; without one, handrail run --once. If it is refused as well, the operator is told, and handrail ledger status names it.")
	t.wrap(0, "Whoever gets it can read it, and has no authority by it: a decision counts only from the officer who was asked.")
}
