package approvals

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"handrail/ingest/reply"
	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
	"handrail/notify"
)

// withoutCode handles an answer that has no code of ours, or several: an officer may announce an absence, a requester
// answers an officer's question or withdraws lines by answering our answer; everything else has no effect, and is told so.
func (desk *Desk) withoutCode(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer) ([]ledger.OutboxEntry, error) {
	a := h
	if len(a.codes) > 1 {
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Why: whyTwoCodes}), nil
	}
	only := func(v reply.Verb) bool {
		return a.ask == nil && !slices.ContainsFunc(a.commands, func(c reply.Command) bool { return c.Verb != v })
	}
	if why := h.onBehalf(); !why.IsZero() {
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Why: why}), nil
	}
	if h.onlyOfSuppliers() {
		return desk.suppliersByName(ctx, tx, now, h)
	}
	if only(reply.Away) && len(a.commands) == 1 {
		return desk.goAway(ctx, tx, now, h, a.commands[0].Until)
	}
	ours, err := desk.answered(ctx, tx, h)
	if err != nil {
		return nil, err
	}
	ours = slices.DeleteFunc(ours, func(o ledger.Outgoing) bool { return !strings.EqualFold(o.Recipient, h.Sender.Address) })
	for i := range ours {
		o := &ours[i]
		if owed, is, err := desk.forgetSuppliers(ctx, tx, now, h, o); err != nil || is {
			return owed, err
		}
		switch {
		case only(reply.Withdraw) && o.Submission != 0:
			return desk.requests.Withdraw(ctx, tx, now, h.Message, o.Submission, h.commands)
		case o.Kind == outbox.Question || o.Kind == outbox.QuestionReminder:
			return desk.passAnswerOn(ctx, tx, now, h, o)
		}
	}
	if a.thanks() {
		return nil, nil
	}
	for i := range ours {
		if o := &ours[i]; a.mayHandOn(true) {
			if owed, found, err := desk.answerBack(ctx, tx, now, h, o); err != nil || found {
				return owed, err
			}
		}
	}
	submission := int64(0)
	if len(ours) > 0 {
		submission = ours[0].Submission
	} else if submission, err = desk.namedInSubject(ctx, tx, h); err != nil {
		return nil, err
	} else if submission != 0 && only(reply.Withdraw) {
		return desk.requests.Withdraw(ctx, tx, now, h.Message, submission, h.commands)
	}
	return desk.withoutCommand(ctx, tx, now, h, submission)
}

// withoutCommand acts on a mail that no code and no command of its own gives a meaning: UNDO of a requester is asked back, what a
// person can answer goes to that person, and the rest has no effect, and is told so. submission is what it is about, 0 unknown.
func (desk *Desk) withoutCommand(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, submission int64) ([]ledger.OutboxEntry, error) {
	theirs := false
	if submission != 0 {
		found, err := tx.Submissions.ByID(ctx, []int64{submission})
		if err != nil {
			return nil, err
		}
		theirs = len(found) > 0 && strings.EqualFold(found[0].Requester, h.Sender.Address)
	}
	_, officer := h.Inbox.Roster().ByEmail(h.Sender.Address)
	undo := len(h.commands) == 1 && h.commands[0].Verb == reply.Undo || h.ask != nil && h.wantsBack()
	switch {
	case undo && theirs:
		once := fmt.Sprintf("submission %d on %s", submission, desk.dept.Day(now)) // it may be a program that answers
		return []ledger.OutboxEntry{outbox.New(outbox.WithdrawQuestion, once, ledger.OutboxEntry{Message: h.Row.ID, Submission: submission},
			withdrawQuestionDetail{Written: clipText(h.text, 600), Thread: outbox.ThreadOf(h.Mail)})}, nil
	case h.mayHandOn(officer):
		if theirs {
			return desk.requesterAsks(ctx, tx, now, h, submission)
		}
		r := h.toContact(submission)
		r.form = h.letter
		return desk.handOn(ctx, tx, now, h, r)
	case h.letter && !officer:
		return h.WithoutForm(), nil
	}
	d := outbox.NoticeDetail{Kind: notify.NoEffect}
	switch {
	case h.holdsNoCommand():
		d.Why = notHandedOn(h.Inbox.Config.Contact)
	case h.ask != nil:
		d.Why = h.ask.Why.Text()
	case !slices.ContainsFunc(h.commands, func(c reply.Command) bool { return c.Verb != reply.Withdraw }):
	default:
		d.Why = whyNoCode
	}
	return h.Notice(d), nil
}

// withdrawQuestionDetail is what a requester wrote who wants something taken back.
type withdrawQuestionDetail struct {
	Written string        `json:"written"`
	Thread  outbox.Thread `json:"thread"`
}

// namedInSubject is the sender's own request that the subject of a mail names, as its button's does, or a reply whose thread a relay
// rewrote; 0 none. A mail within others' conversation names none.
func (desk *Desk) namedInSubject(ctx context.Context, tx *ledger.Tx, h *answer) (int64, error) {
	named := referenceInSubject.FindAllString(strings.ToUpper(h.Mail.Subject), 3)
	slices.Sort(named)
	if named = slices.Compact(named); len(named) != 1 || h.other {
		return 0, nil
	}
	reference, ok := request.ParseReference(named[0])
	if !ok {
		return 0, nil
	}
	reference.Line = 1
	lines, err := tx.Lines.ByReference(ctx, []string{reference.String()})
	if err != nil || len(lines) == 0 {
		return 0, err
	}
	found, err := tx.Submissions.ByID(ctx, []int64{lines[0].Submission})
	if err != nil || len(found) == 0 || !strings.EqualFold(found[0].Requester, h.Sender.Address) {
		return 0, err
	}
	return found[0].ID, nil
}

var referenceInSubject = regexp.MustCompile(`\bHR-\d{4}-\d{6,9}\b`)

// answered are the mails of ours that a message answers, newest first: the one that In-Reply-To names before the others
// of its thread.
func (desk *Desk) answered(ctx context.Context, tx *ledger.Tx, h *answer) ([]ledger.Outgoing, error) {
	ids := append(slices.Clone(h.Mail.InReplyTo), h.Mail.References...)
	for i := range ids {
		ids[i] = "<" + strings.Trim(ids[i], "<>") + ">"
	}
	ours, err := tx.Outbox.ByMessageID(ctx, ids)
	slices.Reverse(ours)
	direct := func(o *ledger.Outgoing) int {
		if len(h.Mail.InReplyTo) > 0 && o.MessageID == ids[0] {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(ours, func(x, y ledger.Outgoing) int { return direct(&x) - direct(&y) })
	return ours, err
}

// PassOn sends the words that came with a corrected workbook to the officer whose question they answer, if that
// officer still waits for something.
func (desk *Desk) PassOn(ctx context.Context, tx *ledger.Tx, now time.Time, m *incoming.Message) ([]ledger.OutboxEntry, error) {
	h := &answer{Message: m, j: desk}
	ours, err := desk.answered(ctx, tx, h)
	if err != nil || len(ours) == 0 || ours[0].Kind != outbox.Question || !strings.EqualFold(ours[0].Recipient, h.Sender.Address) {
		return nil, err
	}
	if h.text, err = reply.NewText(ctx, h.Mail); err != nil {
		return nil, err
	}
	owed, err := desk.passAnswerOn(ctx, tx, now, h, &ours[0])
	return slices.DeleteFunc(owed, func(o ledger.OutboxEntry) bool { return o.Kind != outbox.Reply }), err
}
