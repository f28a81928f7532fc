package approvals

import (
	"context"
	"slices"
	"strings"
	"time"

	"handrail/ingest/reply"
	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/notify"
)

// withoutCode handles an answer that bears no code of ours, or several: an officer may announce an absence, a requester
// answers an officer's question or withdraws lines by answering our answer; everything else has no effect, and is told so.
func (desk *Desk) withoutCode(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer) ([]ledger.OutboxEntry, error) {
	a := h
	if len(a.codes) > 1 {
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Why: whyTwoCodes}), nil
	}
	only := func(v reply.Verb) bool {
		return a.ask == nil && !slices.ContainsFunc(a.commands, func(c reply.Command) bool { return c.Verb != v })
	}
	if only(reply.Away) && len(a.commands) == 1 {
		return desk.goAway(ctx, tx, now, h, a.commands[0].Until)
	}
	ours, err := desk.answered(ctx, tx, h)
	if err != nil {
		return nil, err
	}
	for i := range ours {
		o := &ours[i]
		switch {
		case !strings.EqualFold(o.Recipient, h.Sender.Address):
		case only(reply.Withdraw) && o.Submission != 0:
			return desk.requests.Withdraw(ctx, tx, now, h.Message, o.Submission, h.commands)
		case o.Kind == outbox.Question:
			return desk.passAnswerOn(ctx, tx, now, h, o)
		}
	}
	d := outbox.NoticeDetail{Kind: notify.NoEffect}
	switch {
	case a.ask != nil:
		d.Why = a.ask.Why.Text()
	case !only(reply.Withdraw):
		d.Why = whyNoCode
	}
	return h.Notice(d), nil
}

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
