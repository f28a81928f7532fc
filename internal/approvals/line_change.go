package approvals

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
)

// holder is an officer who was asked about a line, or who approved it.
type holder struct {
	officer  string // lower case
	line     int64
	approved bool
}

// holders finds, for lines as they stand, which officers have them in a mail that asks, or approved them.
func (desk *Desk) holders(ctx context.Context, tx *ledger.Tx, ids []int64) ([]holder, error) {
	lines, err := tx.Lines.ByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	asked := map[int64]bool{}
	var all []holder
	var submissions []int64
	for i := range lines {
		l := &lines[i]
		switch {
		case l.Outcome == request.Escalated:
			asked[l.ID] = true
			submissions = append(submissions, l.Submission)
		case l.Outcome == request.Approved && l.Judged == request.Escalated && l.DecidedBy != "":
			all = append(all, holder{strings.ToLower(l.DecidedBy), l.ID, true})
		}
	}
	slices.Sort(submissions)
	for _, s := range slices.Compact(submissions) {
		escalations, err := tx.Escalations.OfSubmission(ctx, s)
		if err != nil {
			return nil, err
		}
		for i := range escalations {
			e := &escalations[i]
			if e.Kind != ledger.DecisionCode || !e.State.Waits() {
				continue
			}
			for _, t := range e.Tokens {
				if asked[t.Line] && t.ConsumedAt.IsZero() {
					all = append(all, holder{strings.ToLower(e.Officer), t.Line, false})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b holder) int {
		return cmp.Or(strings.Compare(a.officer, b.officer), cmp.Compare(a.line, b.line))
	})
	return slices.Compact(all), nil
}

// lineChangeDetail is what a requester withdrew or replaced of what an officer had before them, or had approved.
type lineChangeDetail struct {
	Officer  string  `json:"officer"`
	By       string  `json:"by"`
	Lines    []int64 `json:"lines"`
	Replaced bool    `json:"replaced,omitempty"`
	Approved bool    `json:"approved,omitempty"`
	// Cardholder: Officer is the cardholder of the lines.
	Cardholder bool `json:"cardholder,omitempty"`
	// Until is the last day on which a withdrawn approval counts in totals; zero: it does not.
	Until request.Date `json:"until,omitzero"`
}

// BeforeChange says which officers must hear that a requester withdraws or replaces lines. Call it before they move; what it
// returns is called with those that did, and leaves the mails.
func (desk *Desk) BeforeChange(ctx context.Context, tx *ledger.Tx, now time.Time, m *incoming.Message, lines []int64, replaced bool) (func(moved []int64) []ledger.OutboxEntry, error) {
	all, err := desk.holders(ctx, tx, lines)
	if err != nil {
		return nil, err
	}
	return func(moved []int64) (owed []ledger.OutboxEntry) {
		gone := setOf(moved)
		var details []*lineChangeDetail
		for _, h := range all {
			_, known := m.Inbox.Roster().ByEmail(h.officer)
			if !gone[h.line] || !known || strings.EqualFold(h.officer, m.Sender.Address) {
				continue
			}
			same := slices.IndexFunc(details, func(d *lineChangeDetail) bool { return d.Officer == h.officer && d.Approved == h.approved })
			if same < 0 {
				details = append(details, &lineChangeDetail{Officer: h.officer, By: m.Sender.Address, Replaced: replaced, Approved: h.approved,
					Until: desk.takenBackUntil(m, now, h.approved && !replaced)})
				same = len(details) - 1
			}
			details[same].Lines = append(details[same].Lines, h.line)
		}
		for _, d := range details {
			o := ledger.OutboxEntry{Message: m.Row.ID}
			owed = append(owed, outbox.New(outbox.LineChange, fmt.Sprintf("message %d to %s %v %d", m.Row.ID, d.Officer, d.Approved, d.Lines[0]), o, d))
		}
		return owed
	}, nil
}

// takenBackUntil is the last day on which an approval counts that is withdrawn now, by the policy in force; zero where it was none.
func (desk *Desk) takenBackUntil(m *incoming.Message, now time.Time, withdrawn bool) request.Date {
	if p := m.InForce.Policies[m.Inbox.Config.Name]; p != nil && withdrawn {
		return p.TakenBackUntil(desk.dept.Day(now))
	}
	return request.Date{}
}

// TellCardholders tells those whom lines name as cardholders that an approval was withdrawn, or replaced at another supplier: the number
// was theirs to buy with. Addresses that are not the department's are left out: a form may say any.
func (desk *Desk) TellCardholders(ctx context.Context, tx *ledger.Tx, m *incoming.Message, lines []int64, replaced bool) (owed []ledger.OutboxEntry, err error) {
	byHolder := map[string][]int64{}
	for ids := range slices.Chunk(lines, record.FactsAtOnce) {
		found, err := tx.Lines.InFull(ctx, ids)
		if err != nil {
			return nil, err
		}
		for i := range found {
			f, err := found[i].ReadFacts()
			if err != nil {
				return nil, err
			}
			if f == nil {
				continue // disposed of
			}
			v := &f.Line.Values[request.Cardholder]
			if v.Given && !v.Faulty && request.OfDomains(v.Text, m.Inbox.Config.OwnDomains) && !request.SameMailbox(v.Text, m.Sender.Address) {
				who := strings.ToLower(v.Text)
				byHolder[who] = append(byHolder[who], found[i].ID)
			}
		}
	}
	for _, who := range slices.Sorted(maps.Keys(byHolder)) {
		d := lineChangeDetail{Officer: who, By: m.Sender.Address, Lines: byHolder[who], Replaced: replaced, Approved: true, Cardholder: true}
		owed = append(owed, outbox.New(outbox.LineChange, fmt.Sprintf("message %d to cardholder %s", m.Row.ID, who), ledger.OutboxEntry{Message: m.Row.ID}, d))
	}
	return owed, nil
}
