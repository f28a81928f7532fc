package incoming

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/notify"
)

// readFiles reads what a message that was taken apart brings, its workbooks above all.
func (p *Processor) readFiles(ctx context.Context, h *Message) error {
	if u := h.classified; u != nil {
		h.classified = nil
		if err := p.dispatch(ctx, h, u); err != nil {
			return err
		}
	}
	cut, err := p.statements.WithoutCards(ctx, h)
	if err != nil {
		return err
	}
	if cut == nil {
		cut = p.withoutCards(h)
	}
	h.cut = cut
	return ctx.Err() // what was not read to its end was not understood
}

// classify parses a message within limits and decides what is to be done with it. No workbook is opened yet.
func (p *Processor) classify(ctx context.Context, m ledger.Message, limits ingest.Limits) (*Message, error) {
	h := &Message{Row: m, Collected: p.dept.Day(m.CollectedAt), Inbox: p.dept.Inboxes[m.Box.Inbox]}
	h.Verdict = ledger.MessageVerdict{ID: m.ID, MessageID: "", Kind: string(ingest.OtherMail)}
	if h.Inbox == nil {
		return h.quarantine("unknown-inbox"), nil
	}
	h.Verdict.Destination = h.Inbox.Config.Folders.Processed
	if m.Raw == nil {
		return h.quarantine("bytes-disposed"), nil
	}
	u, err := p.classifyMail(ctx, arrived(m), h.Inbox, limits, m.CollectedAt)
	if err != nil {
		return nil, err
	}
	h.Mail, h.Sender, h.Silent = u.Mail, u.Sender, !u.Verdict.Answer
	h.Verdict.MessageID, h.Verdict.Subject = h.Mail.MessageID, statement.CutCards(h.Mail.Subject)
	if m.SameAs != 0 && m.Attempt == 1 { // a later attempt was put back by a person, and is judged again
		h.Verdict.Kind, h.Verdict.Reason = "copy", fmt.Sprintf("the same bytes as message %d", m.SameAs)
		return h, nil
	}
	h.Verdict.Kind, h.Verdict.Sender, h.Verdict.Reason = string(u.Verdict.Kind), h.Sender.Address, u.Code
	h.classified = &u
	return h, nil
}

// classifyMail decides what a message is that was collected at an instant. A ledger that cannot be asked whether a mail answers one
// of ours, and a DNS that does not say whether its sender is proven, are errors: the message is judged when they can.
func (p *Processor) classifyMail(ctx context.Context, a ingest.Arrived, box *department.Inbox, limits ingest.Limits, collected time.Time) (ingest.Classified, error) {
	config := box.Config
	config.Limits = limits
	around := ingest.Surroundings{
		Addresses: []string{box.Config.Address, p.dept.From}, StatementSenders: box.Config.StatementSenders, Spam: box.Config.SpamHeaders, Ours: p.dept.SentByUs,
	}
	u, err := ingest.Classify(ctx, a, config, around, p.lookupFor(box))
	var unanswered *ingest.UnansweredError
	if !errors.As(err, &unanswered) {
		return u, err
	}
	if err := p.waitForDNS(ctx, box, unanswered, collected); err != nil {
		return ingest.Classified{Mail: u.Mail}, err
	}
	return u, nil
}

// dispatch does what is planned for a message, as far as that can be done before the decider's lock is taken.
func (p *Processor) dispatch(ctx context.Context, h *Message, u *ingest.Classified) error {
	if p.changes != nil {
		if taken, err := p.changes.Takes(ctx, h, u); err != nil || taken {
			return err
		}
	}
	statement := p.statements.Takes(ctx, h, u)
	if now := p.engine.Now(); (statement || u.Plan == ingest.PlanRequest) && h.datedAhead(now) {
		h.holdUntilSeen(now, p.dept.Zone)
		return nil
	}
	if statement {
		p.statements.Read(ctx, h)
		return nil
	}
	if u.Verdict.Kind == ingest.OtherMail && u.Verdict.Answer && (u.Plan == ingest.PlanHelp || u.Plan == ingest.PlanFile) {
		if taken, err := p.answers.ReadLetter(ctx, h, u.Plan == ingest.PlanHelp && u.Code == ingest.NoAttachmentCode); err != nil || taken {
			return err
		}
	}
	switch u.Plan {
	case ingest.PlanQuarantine:
		h.setAside(u)
		if u.Code == string(ingest.ReasonNotAllowed) {
			return p.turnAway(ctx, h)
		}
	case ingest.PlanHold:
		h.hold(u)
	case ingest.PlanBounce:
		h.readBounce()
	case ingest.PlanOutside:
		if h.Inbox.Config.Serves(h.Sender) { // somebody whom the inbox names
			h.refuse(ingest.OutsideCode, request.Text{}, "")
			return nil
		}
		return p.turnAway(ctx, h)
	case ingest.PlanHelp:
		h.refuse(u.Code, ingest.Reason(u.Code).Text(), "") // "no-attachment" says it all
	case ingest.PlanAnswer:
		return p.answers.Read(ctx, h)
	case ingest.PlanRequest:
		if err := p.withinDailyLines(ctx, h); err != nil {
			return err
		}
		return p.requests.Read(ctx, h)
	}
	return nil
}

// setAside quarantines a message that cannot be read or believed. Its sender hears of it where the sender is proven, a person, and
// no stranger; else the operator does.
func (m *Message) setAside(u *ingest.Classified) {
	reason := ingest.Reason(u.Code)
	if u.Fault != nil && !m.Silent && m.Inbox.Config.Serves(m.Sender) {
		m.refuse(u.Code, reason.Text(), "")
	} else {
		m.alertOperator(u.Code, reason.Text(), u.Why)
	}
	m.quarantine(u.Code)
}

// turnAway answers a proven sender from outside the department and the allowed domains: only where they bring a request
// form, and once a day. Nobody else of the world is answered.
func (p *Processor) turnAway(ctx context.Context, h *Message) error {
	if h.Silent {
		return nil
	}
	form, err := p.requests.BringsForm(ctx, h)
	if err != nil || !form {
		return err
	}
	h.Owed = append(h.Owed, outbox.New(outbox.Unreadable, fmt.Sprintf("outside %s %s %s", h.Row.Box.Inbox, strings.ToLower(h.Sender.Address), h.Collected),
		ledger.OutboxEntry{Message: h.Row.ID}, outbox.UnreadableDetail{To: h.Sender.Address, ToName: h.Sender.Name, Code: ingest.OutsideCode, Thread: outbox.ThreadOf(h.Mail)}))
	return nil
}

// hold sets a message aside whose sender is not proven, and asks the operator: once a day for each address that it says
// it comes from.
func (m *Message) hold(u *ingest.Classified) {
	from, folder := m.Sender.Address, m.Inbox.Config.Folders.Quarantined
	reason := ingest.Reason(u.Code).Text()
	m.Owed = append(m.Owed, outbox.New(outbox.OperatorAlert, fmt.Sprintf("hold %s %s %s", m.Row.Box.Inbox, from, m.Collected), ledger.OutboxEntry{Message: m.Row.ID},
		m.heldAlert(from, folder, reason, u.Why)))
	m.quarantine(u.Code).Verdict.Held = true
}

// datedAhead reports whether a message says that it was written at a time that is still to come, and nobody looked at it
// since: somebody who moved it back did. It is asked of requests and statements: an answer comes after the mail of ours that it
// answers, whatever its Date says.
func (m *Message) datedAhead(now time.Time) bool {
	return m.Row.Attempt == 1 && m.Mail.Date.After(now.Add(batch.AheadOfClock))
}

// holdUntilSeen sets a message aside that says that it comes from the future. Its sender hears why, where the sender is proven; the
// operator may look at it and move it back.
func (m *Message) holdUntilSeen(now time.Time, zone *time.Location) {
	const layout = "2006-01-02 15:04"
	code, reason := string(ingest.ReasonAhead), ingest.ReasonAhead.Text()
	m.alertOperator(code, reason, "Date "+m.Mail.Date.In(zone).Format(layout)+", clock "+now.In(zone).Format(layout))
	if m.Inbox.Config.Serves(m.Sender) {
		m.refuse(code, reason, "")
	}
	m.quarantine(code)
}

func arrived(m ledger.Message) ingest.Arrived {
	var says batch.Vouched
	_ = json.Unmarshal(m.Vouched, &says) // written by collect; nothing in it is needed to read the bytes
	return ingest.Arrived{Raw: m.Raw, Oversize: says.Oversize, Released: m.Released}
}

// bouncedMail is which mail of ours came back, with the mail server's words.
type bouncedMail struct{ id, fingerprint, words string }

func (m *Message) readBounce() {
	report := ingest.Bounce(m.Mail)
	if report == nil {
		return
	}
	fingerprint, returned := notify.FingerprintIn(report.Boundary)
	if report.MessageID == "" && !returned {
		return
	}
	if !report.Failed() {
		m.Verdict.Reason = "delayed" // it is still on its way
		return
	}
	m.Verdict.Reason = "bounce"
	words := "returned by a mail server"
	for _, r := range report.Recipients {
		if s := strings.TrimSpace(r.Status + " " + r.Diagnostic); s != "" {
			words = s
		}
	}
	m.bounced = &bouncedMail{id: report.MessageID, fingerprint: fingerprint, words: words}
}

// bounced notes that a mail of ours could not be delivered. What follows is the same as when a server refuses it at once.
func (p *Processor) bounced(ctx context.Context, tx *ledger.Tx, now time.Time, h *Message) error {
	words := h.bounced.words
	mails, err := tx.Outbox.ByMessageID(ctx, []string{"<" + h.bounced.id + ">"})
	if err == nil && len(mails) == 0 && h.bounced.fingerprint != "" { // a relay rewrote its id
		mails, err = tx.Outbox.ByFingerprint(ctx, h.bounced.fingerprint)
	}
	if err != nil || len(mails) != 1 {
		return err
	}
	mail := mails[0]
	mail.State, mail.Words, mail.Refusal = ledger.Refused, words, ledger.Refusal(notify.RefusalOf(words))
	won, err := tx.Outbox.MarkBounced(ctx, now, mail.MessageID, words, mail.Refusal)
	if err != nil || !won {
		return err
	}
	return p.refused(ctx, tx, now, &mail)
}

func (m *Message) quarantine(reason string) *Message {
	m.Verdict.Quarantine, m.Verdict.Reason = true, reason
	if m.Inbox != nil {
		m.Verdict.Destination = m.Inbox.Config.Folders.Quarantined
	}
	return m
}

// refuse owes the sender one polite reply that names the reason. An empty reason means that the code says it all.
func (m *Message) refuse(code string, reason request.Text, file string) {
	if m.Silent {
		return
	}
	// A list and a direct copy are one message: it is answered once.
	which := m.Sender.Address + " " + m.Mail.MessageID
	if m.Mail.MessageID == "" {
		which = m.Row.SHA256.String()
	}
	cause := fmt.Sprintf("%s %d %s %s", which, m.Row.Attempt, code, file)
	m.Owed = append(m.Owed, outbox.New(outbox.Unreadable, cause, ledger.OutboxEntry{Message: m.Row.ID},
		outbox.UnreadableDetail{To: m.Sender.Address, ToName: m.Sender.Name, Code: code, Reason: reason, File: file, All: m.WholeForm,
			Thread: outbox.ThreadOf(m.Mail)}))
}

// Unreadable tells the sender what could not be read; where a mark of a machine forbids that, the operator, once a day for each
// inbox and reason: a form that a rule forwarded must not vanish because it is in the wrong format.
func (m *Message) Unreadable(code string, reason request.Text, file string) {
	if !m.Silent {
		m.refuse(code, reason, file)
		return
	}
	m.Owed = append(m.Owed, outbox.New(outbox.OperatorAlert, fmt.Sprintf("unread %s %s %s", m.Row.Box.Inbox, code, m.Collected), ledger.OutboxEntry{Message: m.Row.ID},
		m.unreadAlert(code, reason, file)))
}

// alertOperator owes the operator a mail: one for each inbox, reason and day, since a flood of bad mail must not be one of alerts.
func (m *Message) alertOperator(code string, reason request.Text, detail string) {
	day := m.Collected
	m.Owed = append(m.Owed, outbox.New(outbox.OperatorAlert, fmt.Sprintf("quarantine %s %s %s", m.Row.Box.Inbox, code, day), ledger.OutboxEntry{Message: m.Row.ID},
		m.quarantineAlert(code, reason, detail)))
}
