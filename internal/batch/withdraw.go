package batch

import (
	"context"
	"slices"
	"strings"
	"time"

	"handrail/ingest/reply"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/notify"
)

// withoutCode handles an answer that bears no code of ours, or several: an officer may announce an absence, a requester
// answers an officer's question or withdraws lines by answering our answer; everything else has no effect, and is told so.
func (j *Job) withoutCode(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard) ([]ledger.Owed, error) {
	a := h.answer
	if len(a.codes) > 1 {
		return h.notice(noticeDetail{Kind: notify.NoEffect, Why: whyTwoCodes}), nil
	}
	only := func(v reply.Verb) bool {
		return a.ask == nil && !slices.ContainsFunc(a.commands, func(c reply.Command) bool { return c.Verb != v })
	}
	if only(reply.Away) && len(a.commands) == 1 {
		return j.goAway(ctx, tx, now, h, a.commands[0].Until)
	}
	ours, err := j.answered(ctx, tx, h)
	if err != nil {
		return nil, err
	}
	for i := range ours {
		o := &ours[i]
		switch {
		case !strings.EqualFold(o.Recipient, h.sender.Address):
		case only(reply.Withdraw) && o.Submission != 0:
			return j.withdraw(ctx, tx, now, h, o.Submission)
		case o.Kind == owedQuestion:
			return j.passOn(ctx, tx, now, h, o)
		}
	}
	d := noticeDetail{Kind: notify.NoEffect}
	switch {
	case a.ask != nil:
		d.Why = a.ask.Why.Text()
	case !only(reply.Withdraw):
		d.Why = whyNoCode
	}
	return h.notice(d), nil
}

// answered are the mails of ours that a message answers, newest first: the one that In-Reply-To names before the others
// of its thread.
func (j *Job) answered(ctx context.Context, tx *ledger.Tx, h *heard) ([]ledger.Outgoing, error) {
	ids := append(slices.Clone(h.mail.InReplyTo), h.mail.References...)
	for i := range ids {
		ids[i] = "<" + strings.Trim(ids[i], "<>") + ">"
	}
	ours, err := tx.OutgoingByMessageID(ctx, ids)
	slices.Reverse(ours)
	direct := func(o *ledger.Outgoing) int {
		if len(h.mail.InReplyTo) > 0 && o.MessageID == ids[0] {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(ours, func(x, y ledger.Outgoing) int { return direct(&x) - direct(&y) })
	return ours, err
}

// passAside sends the words that came with a corrected workbook to the officer whose question they answer, if that
// officer still waits for something.
func (j *Job) passAside(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard) ([]ledger.Owed, error) {
	ours, err := j.answered(ctx, tx, h)
	if err != nil || len(ours) == 0 || ours[0].Kind != owedQuestion || !strings.EqualFold(ours[0].Recipient, h.sender.Address) {
		return nil, err
	}
	text, err := reply.NewText(ctx, h.mail)
	if err != nil {
		return nil, err
	}
	h.answer = &answerHeard{text: text}
	owed, err := j.passOn(ctx, tx, now, h, &ours[0])
	return slices.DeleteFunc(owed, func(o ledger.Owed) bool { return o.Kind != owedReply }), err
}

// withdraw takes a requester's own lines back.
func (j *Job) withdraw(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, submission int64) ([]ledger.Owed, error) {
	found, err := tx.Submissions(ctx, []int64{submission})
	if err != nil || len(found) == 0 || !strings.EqualFold(found[0].Requester, h.sender.Address) {
		return h.notice(noticeDetail{Kind: notify.NotYours}), err
	}
	all, err := tx.LinesOfBare(ctx, []int64{submission})
	if err != nil {
		return nil, err
	}
	var moves []ledger.Move
	for _, c := range h.answer.commands {
		ordinals := setOf(c.Lines)
		references := setOf(c.References)
		for i := range all {
			l := &all[i]
			reference, _ := request.ParseReference(l.Reference)
			if named := c.Every() || ordinals[l.Ordinal] || references[reference]; named && (l.Outcome == request.Escalated || l.Outcome == request.Approved) {
				moves = append(moves, ledger.Move{Line: l.ID, From: l.Outcome, To: request.Withdrawn, By: h.sender.Address, Reason: c.Reason, Cause: h.message.SHA256})
			}
		}
	}
	gone, err := moveLines(ctx, tx, now, moves)
	if err != nil {
		return nil, err
	}
	if len(gone) == 0 {
		return h.notice(noticeDetail{Kind: notify.NoEffect, Submission: submission}), nil
	}
	if _, err := tx.CloseEscalations(ctx, now, gone); err != nil {
		return nil, err
	}
	return h.notice(noticeDetail{Kind: notify.WithdrawnLines, Submission: submission, Lines: gone}), nil
}
