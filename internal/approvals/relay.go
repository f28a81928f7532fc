package approvals

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
	"handrail/notify"
)

// mostRelays is how many mails of one sender are handed on in a day: far beyond what a person writes, and an end to two
// programs that answer each other.
const mostRelays = 10

// party is one end of a conversation that goes through the inbox.
type party struct {
	Address string        `json:"address"`
	Shown   string        `json:"shown,omitempty"` // the proven address, with the name that the roster gives it
	Thread  outbox.Thread `json:"thread,omitzero"` // where a mail to them belongs
}

// relayDetail is what one person wrote, and to whom it goes.
type relayDetail struct {
	To     party         `json:"to"`
	From   party         `json:"from"` // who gets the answer
	Reader notify.Reader `json:"reader"`
	Words  string        `json:"words"`
	// Escalation is what the reader can decide from the mail; 0 nothing.
	Escalation int64 `json:"escalation,omitempty"`
	// Silent is the officer, as mails show them, who had this and did not answer it; "" for a mail that goes to its first reader.
	Silent string `json:"silent,omitempty"`
}

// passedOnDetail is who has somebody's mail.
type passedOnDetail struct {
	To     party `json:"to"`
	Holder party `json:"holder"`
	Form   bool  `json:"form,omitempty"` // the blank form goes along
}

// relay is where the words of a mail go.
type relay struct {
	to         party
	reader     notify.Reader
	submission int64 // 0 none
	escalation int64 // what the reader may decide from the mail; 0 nothing
	form       bool
	back       bool // it answers a mail that was handed on: whoever wrote it knows who gets it
}

// handOn sends the words of a mail to the person who can answer them, and tells the sender, once, who that is. It never goes to
// the sender, to an address of our own, or beyond what one sender may have handed on in a day.
func (desk *Desk) handOn(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, r relay) ([]ledger.OutboxEntry, error) {
	if h.Silent {
		return nil, nil // no person sent it
	}
	sender, today := h.Sender.Address, desk.dept.Day(now)
	refuse := func(why request.Text, which string) ([]ledger.OutboxEntry, error) {
		owed := h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Submission: r.submission, Why: why})
		owed[0].Cause = fmt.Sprintf("%s: %s %s", which, sender, today) // once a day: it may be a program that answers
		return owed, nil
	}
	self := func(own string) bool { return strings.EqualFold(own, r.to.Address) }
	if self(sender) || slices.ContainsFunc(desk.dept.OwnAddresses(h.Inbox), self) {
		return refuse(whyNobodyElse, "nobody else")
	}
	n, err := tx.Outbox.CountKind(ctx, outbox.Relay, relayedFor(sender), today.Time(desk.dept.Zone))
	if err != nil {
		return nil, err
	}
	if n >= mostRelays {
		return refuse(tooManyHandedOn(h.Inbox.Config.Contact), "handed on enough")
	}
	from := party{Address: sender, Shown: shownAs(h.Inbox.Roster(), sender), Thread: outbox.ThreadOf(h.Mail)}
	if r.to.Shown == "" {
		r.to.Shown = shownAs(h.Inbox.Roster(), r.to.Address)
	}
	about := ledger.OutboxEntry{Message: h.Row.ID, Submission: r.submission, Answers: relayedFor(sender)}
	cause := fmt.Sprintf("message %d", h.Row.ID)
	d := relayDetail{To: r.to, From: from, Reader: r.reader, Words: clipText(h.text, mostWords), Escalation: r.escalation}
	owed := []ledger.OutboxEntry{outbox.New(outbox.Relay, cause, about, d)}
	if contact := h.Inbox.Config.Contact; r.reader == notify.ToOfficer && !r.back && !strings.EqualFold(contact, r.to.Address) && !strings.EqualFold(contact, sender) {
		later := about // nobody waits in silence: what the officer does not answer goes to the contact
		later.Answers, later.DueAt = "", desk.dept.Calendar(h.Inbox).After(now, desk.dept.Decisions.RerouteTime())
		d.To, d.Reader, d.Escalation, d.Silent = party{Address: contact}, notify.ToContact, 0, r.to.Shown
		owed = append(owed, outbox.New(outbox.Relay, unansweredCause(cause), later, d))
	}
	if r.back {
		return owed, nil
	}
	about.Answers = ""
	told := fmt.Sprintf("%s to %s about %d on %s", sender, r.to.Address, r.submission, today)
	return append(owed, outbox.New(outbox.PassedOn, told, about, passedOnDetail{To: from, Holder: r.to, Form: r.form})), nil
}

// mostWords is how much of what somebody wrote stands in the mail that hands it on; all of it is attached.
const mostWords = 6000

// relayedFor is the name under which the mails of a sender that are handed on are counted.
func relayedFor(sender string) string { return "handed on for " + strings.ToLower(sender) }

// unansweredCause is that of the mail to the contact about a mail that an officer did not answer.
func unansweredCause(relay string) string { return relay + " unanswered" }

// toContact is the person of the inbox for whatever a program cannot answer.
func (h *answer) toContact(submission int64) relay {
	return relay{to: party{Address: h.Inbox.Config.Contact}, reader: notify.ToContact, submission: submission}
}

// requesterAsks hands a requester's words to the officer who holds a line of the request, else to the contact.
func (desk *Desk) requesterAsks(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, submission int64) ([]ledger.OutboxEntry, error) {
	r := h.toContact(submission)
	e, err := desk.holding(ctx, tx, submission, func(officer string) bool { return !strings.EqualFold(officer, h.Sender.Address) })
	if err != nil {
		return nil, err
	}
	if e != nil {
		r.to, r.reader, r.escalation = party{Address: e.Officer}, notify.ToOfficer, e.ID
	}
	return desk.handOn(ctx, tx, now, h, r)
}

// holding is the newest escalation in which an officer still has lines of a request; nil when there is none.
func (desk *Desk) holding(ctx context.Context, tx *ledger.Tx, submission int64, officer func(address string) bool) (found *ledger.Escalation, err error) {
	lines, err := tx.Lines.OfSubmissionsBare(ctx, []int64{submission})
	if err != nil {
		return nil, err
	}
	of := map[int64]bool{}
	for i := range lines {
		of[lines[i].ID] = true
	}
	all, err := tx.Escalations.OfSubmission(ctx, submission)
	for i := range all {
		if e := &all[i]; stillAsks(e) && waits(e, of) && officer(e.Officer) {
			found = e
		}
	}
	return found, err
}

// stillAsks reports whether an officer can decide by answering an escalation.
func stillAsks(e *ledger.Escalation) bool {
	return e.Kind == ledger.DecisionCode && e.State.Decides()
}

// waits reports whether an escalation still waits for a decision about one of some lines.
func waits(e *ledger.Escalation, lines map[int64]bool) bool {
	return slices.ContainsFunc(e.Tokens, func(t ledger.Token) bool {
		return lines[t.Line] && t.Open() && t.Current == t.Digest
	})
}

// officerWrites hands what an officer or a section 32 manager wrote, and what is no command, to the requester. A question of an
// officer with open lines is a QUESTION about them.
func (desk *Desk) officerWrites(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation) ([]ledger.OutboxEntry, error) {
	lines := linesOf(e.Tokens)
	if e.Kind == ledger.ReceiptCode {
		note := noteOf(e)
		for _, d := range note.Decided {
			lines = append(lines, d.Line)
		}
	}
	submissions, err := tx.Submissions.WithLines(ctx, lines)
	if err != nil {
		return nil, err
	}
	switch {
	case len(submissions) == 1:
	case e.Kind == ledger.DecisionCode && len(submissions) > 1:
		return h.askBack(e, whyWhoseRequest), nil
	default:
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Why: whyWhoseRequest}), nil
	}
	if stillAsks(e) && h.asksSomething() && waits(e, setOf(lines)) {
		return desk.ask(ctx, tx, now, h, e, []questioned{{openTokens(e), clipText(strings.TrimSpace(h.text), mostWords)}})
	}
	found, err := tx.Submissions.ByID(ctx, submissions)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	to := party{Address: found[0].Requester}
	if m, ok, err := tx.Messages.Get(ctx, found[0].Message); err != nil {
		return nil, err
	} else if ok {
		to.Thread = outbox.Thread{MessageID: m.MessageID, Subject: m.Subject}
	}
	return desk.handOn(ctx, tx, now, h, relay{to: to, reader: notify.ToRequester, submission: found[0].ID})
}

// openTokens are those of lines that still wait.
func openTokens(e *ledger.Escalation) []ledger.Token {
	return slices.DeleteFunc(slices.Clone(e.Tokens), func(t ledger.Token) bool { return !t.Open() })
}

// answerBack hands an answer to a mail that was handed on back to who began the conversation; found is false when the mail is none.
func (desk *Desk) answerBack(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, o *ledger.Outgoing) (owed []ledger.OutboxEntry, found bool, err error) {
	if o.Kind != outbox.Relay {
		return nil, false, nil
	}
	entry, known, err := tx.Outbox.Find(ctx, outbox.Relay, o.Cause)
	if err != nil || !known {
		return nil, false, err
	}
	var d relayDetail
	if err := json.Unmarshal(entry.Detail, &d); err != nil {
		return nil, false, err
	}
	if _, err := tx.Outbox.Void(ctx, now, outbox.Relay, unansweredCause(o.Cause)); err != nil {
		return nil, false, err
	}
	reader := notify.ToRequester
	if _, officer := h.Inbox.Roster().ByEmail(d.From.Address); officer {
		reader = notify.ToOfficer
	} else if strings.EqualFold(d.From.Address, h.Inbox.Config.Contact) {
		reader = notify.ToContact
	}
	r := relay{to: d.From, reader: reader, submission: o.Submission, back: true}
	if reader == notify.ToOfficer && o.Submission != 0 {
		e, err := desk.holding(ctx, tx, o.Submission, func(officer string) bool { return strings.EqualFold(officer, d.From.Address) })
		if err != nil {
			return nil, false, err
		}
		if e != nil {
			r.escalation = e.ID
		}
	}
	owed, err = desk.handOn(ctx, tx, now, h, r)
	return owed, true, err
}
