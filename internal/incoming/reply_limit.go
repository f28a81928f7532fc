package incoming

import (
	"context"
	"fmt"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
)

// After mostEmptyReplies answers that report nothing to one sender within emptyRepliesWithin there is silence, so that two
// machines cannot write to each other for ever.
const (
	mostEmptyReplies   = 3
	emptyRepliesWithin = time.Hour
)

// limitReplies ends conversations that lead nowhere. What reports something (an answer with its workbook, a decision, a
// receipt, what was withdrawn) is never held back, however much of it there is. Of what reports nothing, one sender gets
// the answers to three mails in an hour: with the third a person is told, since whoever tries three times needs one; then
// there is silence, and one word to the operator a day. An officer's mails about one request, and about one code, are
// counted for themselves: many requests to decide are no conversation that goes round in circles.
//
// The caller holds the decider's lock, so the count is exact.
func (p *Processor) limitReplies(ctx context.Context, tx *ledger.Tx, now time.Time, h *Message, owed []ledger.OutboxEntry) ([]ledger.OutboxEntry, error) {
	counted := map[string]int{}
	kept := owed[:0:0]
	third, silent := false, false
	for _, o := range owed {
		if h.Sender.Address == "" || !outbox.ReportsNothing(o) {
			kept = append(kept, o)
			continue
		}
		about := h.repliesAbout(o)
		n, known := counted[about]
		if !known {
			var err error
			if n, err = tx.Outbox.CountRepliedTo(ctx, about, now.Add(-emptyRepliesWithin)); err != nil {
				return nil, err
			}
			counted[about] = n // all answers to one mail count once
		}
		if n >= mostEmptyReplies {
			silent = true
			continue
		}
		third = third || n == mostEmptyReplies-1
		o.Answers = about
		kept = append(kept, o)
	}
	day := p.dept.Day(now)
	if third {
		kept = append(kept, p.toContact(h, fmt.Sprintf("tries %s %s %s", h.Row.Box.Inbox, h.Sender.Address, day), h.triesAlert()))
	}
	if silent {
		kept = append(kept, outbox.New(outbox.OperatorAlert, fmt.Sprintf("silence %s %s %s", h.Row.Box.Inbox, h.Sender.Address, day),
			ledger.OutboxEntry{Message: h.Row.ID}, h.silenceAlert()))
	}
	return kept, nil
}

// repliesAbout is what an answer counts under: its sender, and what it is about where that is one of our requests.
func (m *Message) repliesAbout(o ledger.OutboxEntry) string {
	sender := strings.ToLower(m.Sender.Address)
	if o.Kind != outbox.AskBack && o.Submission == 0 {
		return sender
	}
	if codes := ingest.CodesIn(m.Mail); len(codes) == 1 {
		return sender + " " + string(codes[0])
	}
	return fmt.Sprintf("%s %d", sender, o.Submission)
}

// toContact passes a person's trouble on to the person of the inbox.
func (p *Processor) toContact(h *Message, cause string, a outbox.Alert) ledger.OutboxEntry {
	a.To = h.Inbox.Config.Contact
	return outbox.New(outbox.OperatorAlert, cause, ledger.OutboxEntry{Message: h.Row.ID}, a)
}
