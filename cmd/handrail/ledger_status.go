package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

type statusCommand struct {
	Config string `placeholder:"F" help:"Configuration that names the ledger."`
	formatted
	Most int `default:"20" help:"How many messages, mails and rows of each kind to list."`
}

func (c *statusCommand) Run(ctx context.Context, t *terminal) error {
	_, l, err := openLedger(ctx, c.Config, ledger.Read)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	var s ledger.Status
	var failed, aside []failedRow
	var left []ledger.LeftCount
	if err := l.View(ctx, func(tx *ledger.Tx) (err error) {
		if s, err = tx.Status(ctx, t.now(), c.Most); err != nil {
			return err
		}
		if failed, err = describeRows(ctx, tx, s.Failed); err != nil {
			return err
		}
		if aside, err = describeRows(ctx, tx, s.Aside); err != nil {
			return err
		}
		left, err = tx.Inboxes.LeftCounts(ctx, t.now())
		return err
	}); err != nil {
		return ledgerTrouble(err)
	}
	if c.asJSON() {
		answer := statusDocument(&s, failed, aside)
		answer.Left = left
		return t.document(answer)
	}
	t.statusText(&s, failed, aside)
	for _, c := range left {
		t.leftText(c)
	}
	fmt.Fprintf(t.out, "head of the chain: %s\n", s.Head)
	return nil
}

// statusText prints the status: first the counts, then what does not work, what waits, and what is set aside.
func (t *terminal) statusText(s *ledger.Status, failed, aside []failedRow) {
	fmt.Fprintf(t.out, "%-12s%s\n", "messages", sortedCounts(s.Messages))
	fmt.Fprintf(t.out, "%-12s%s\n", "lines", sortedCounts(s.Lines))
	fmt.Fprintf(t.out, "%-12s%s\n", "mails", sortedCounts(s.Outgoing))
	fmt.Fprintf(t.out, "%-12s%s\n", "escalations", sortedCounts(s.Escalations))
	if s.Oldest.Reference != "" {
		fmt.Fprintf(t.out, "oldest line with an officer: %s, since %s\n", s.Oldest.Reference, s.Oldest.JudgedAt.Local().Format("2006-01-02 15:04"))
	}
	t.attemptsText(s, failed, aside)
	for _, m := range s.Quarantined {
		t.wrap(0, fmt.Sprintf("set aside: message %d of %s, %s, from %s, in %s: %s", m.ID, m.Box.Inbox, m.ReceivedAt.Local().Format("2006-01-02 15:04"),
			orDash(m.Sender), orDash(m.Destination), strings.TrimSpace(incoming.SetAsideText(m.Reason).EN+" ("+m.Reason+")")))
	}
	if more := s.Messages[ledger.Quarantined] - len(s.Quarantined); more > 0 {
		fmt.Fprintf(t.out, "set aside: %d more, older ones; --most lists more\n", more)
	}
	if len(s.Quarantined) > 0 {
		t.wrap(0, "To release a message, move it from that folder back into the inbox: it is judged again (docs/inbox.md).")
	}
	t.refusedText(s)
	for _, m := range s.Unsent {
		t.wrap(0, fmt.Sprintf("not delivered: mail %d (%s), %s after %d attempts: %s", m.ID, m.Kind, m.State, m.Attempts, orDash(m.Words)))
	}
	for _, h := range s.Holds {
		t.wrap(0, "legal hold: "+holdLine(h))
	}
}

// leftText says how much mail lies in an inbox because of its date, and what becomes of it.
func (t *terminal) leftText(c ledger.LeftCount) {
	day := func(at time.Time) string { return at.Local().Format(time.DateOnly) }
	if c.Older > 0 {
		t.wrap(0, fmt.Sprintf("left in the inbox: %d messages of %s, the oldest received on %s: older than the first day whose mail is judged. An earlier since under this [[inbox]] releases them (docs/inbox.md).",
			c.Older, c.Inbox, day(c.From)))
	}
	if c.Ahead > 0 {
		t.wrap(0, fmt.Sprintf("left in the inbox: %d messages of %s, dated as far as %s: ahead of this machine's clock. They are judged when their time comes, or when a clock that is wrong is corrected (docs/inbox.md).",
			c.Ahead, c.Inbox, day(c.To)))
	}
}

// refusedText names every mail that was refused for good until somebody settles it.
func (t *terminal) refusedText(s *ledger.Status) {
	for i := range s.Refused {
		m := undeliveredOf(&s.Refused[i])
		t.wrap(0, fmt.Sprintf("refused: %s (%s) to %s, since %s: %s", m.Row, m.Kind, m.To, minute(m.Since), orDash(m.Words)))
		for _, next := range m.Next {
			fmt.Fprintf(t.out, "  %s\n", next) // whole, to be copied
		}
	}
	if more := s.Outgoing[ledger.Refused] - len(s.Refused); more > 0 && len(s.Refused) > 0 {
		fmt.Fprintf(t.out, "refused: %d more, older ones; --most lists more\n", more)
	}
}

// attemptsText says what does not work around the job, which rows failed, and which are set aside.
func (t *terminal) attemptsText(s *ledger.Status, failed, aside []failedRow) {
	for i := range s.Outages {
		o := outageOf(&s.Outages[i])
		t.wrap(0, fmt.Sprintf("does not work: %s, since %s%s: %s", o.What, minute(o.Since), nextTry(o.Next, t.now()), o.Words))
		if o.Hint != "" {
			t.wrap(2, "hint: "+o.Hint)
		}
	}
	for i := range failed {
		why := ": " + failed[i].Words
		if slices.ContainsFunc(s.Outages, func(o ledger.Outage) bool { return o.Name == failed[i].WaitsFor }) {
			why = "" // it was said
		}
		t.wrap(0, fmt.Sprintf("tried again: %s: %s%s", failed[i].named(), failed[i].story(t.now()), why))
	}
	if more := ledger.Total(s.Attempts.Failed) - len(failed); more > 0 {
		fmt.Fprintf(t.out, "tried again: %d more, later ones; --most lists more\n", more)
	}
	for i := range aside {
		t.wrap(0, fmt.Sprintf("set aside: %s: %s: %s", aside[i].named(), aside[i].story(t.now()), aside[i].Words))
		fmt.Fprintf(t.out, "  when its cause is gone: %s\n", aside[i].Release) // whole, to be copied
	}
	if more := ledger.Total(s.Attempts.Aside) - len(aside); more > 0 {
		fmt.Fprintf(t.out, "set aside: %d more, later ones; --most lists more\n", more)
	}
}

// statusAnswer is what --format json says of a ledger.
type statusAnswer struct {
	Messages    map[ledger.MessageState]int    `json:"messages"`
	Lines       map[request.Outcome]int        `json:"lines"`
	Mails       map[ledger.OutgoingState]int   `json:"mails"`
	Escalations map[ledger.EscalationState]int `json:"escalations"`
	Charges     map[ledger.RowState]int        `json:"charges"`
	Owed        int                            `json:"owed"`  // answers that no mail says yet
	Due         map[ledger.Step]int            `json:"due"`   // rows that each step could take now
	Later       int                            `json:"later"` // rows whose time is still to come
	NextAt      time.Time                      `json:"next_at,omitzero"`
	Oldest      *oldestLine                    `json:"oldest_with_officer,omitempty"`
	Waiting     time.Time                      `json:"waiting_since,omitzero"` // the oldest message that is not judged
	Unsent      time.Time                      `json:"unsent_since,omitzero"`  // the oldest mail that no server has taken
	SetAside    []setAside                     `json:"set_aside"`
	Undelivered []undelivered                  `json:"not_delivered"`
	Attempts    ledger.AttemptCounts           `json:"attempts"` // rows that failed, are set aside, are in hand: by step
	RowsFailed  []failedRow                    `json:"rows_failed"`
	RowsAside   []failedRow                    `json:"rows_set_aside"`
	Outages     []outage                       `json:"outages"`
	Holds       []ledger.Hold                  `json:"holds"`
	Left        []ledger.LeftCount             `json:"left_in_inbox"` // because of its date
	Head        string                         `json:"head"`
}

type oldestLine struct {
	Reference string    `json:"reference"`
	Since     time.Time `json:"since"`
}

// setAside is a message in quarantine.
type setAside struct {
	Message  int64        `json:"message"`
	Inbox    string       `json:"inbox"`
	Received time.Time    `json:"received_at"`
	From     string       `json:"from"`
	Folder   string       `json:"folder"`
	Reason   string       `json:"reason"`
	Words    request.Text `json:"words"`
}

// undelivered is a mail of ours that a server has refused, put off, or perhaps taken.
type undelivered struct {
	Mail     int64                `json:"mail"`
	Kind     string               `json:"kind"`
	To       string               `json:"to"`
	State    ledger.OutgoingState `json:"state"`
	Attempts int                  `json:"attempts"`
	Words    string               `json:"words"` // the server's last
	Row      string               `json:"row"`   // as retry takes it
	Since    time.Time            `json:"since"` // it was refused, or written
	Refusal  ledger.Refusal       `json:"refusal,omitempty"`
	Next     []string             `json:"next,omitempty"` // of a refused mail: the commands that end it
}

func undeliveredOf(m *ledger.Outgoing) undelivered {
	u := undelivered{Mail: m.ID, Kind: m.Kind, To: m.Recipient, State: m.State, Attempts: m.Attempts, Words: m.Words,
		Row: fmt.Sprintf("%s:%d", ledger.SendStep, m.ID), Since: m.MadeAt, Refusal: m.Refusal}
	if m.State == ledger.Refused {
		u.Since = m.SettledAt
		u.Next = []string{"handrail retry " + u.Row + " --to ADDRESS", "handrail retry " + u.Row + " --settled REASON"}
	}
	return u
}

func statusDocument(s *ledger.Status, failed, aside []failedRow) statusAnswer {
	a := statusAnswer{Messages: s.Messages, Lines: s.Lines, Mails: s.Outgoing, Escalations: s.Escalations, Charges: s.Charges, Owed: s.ToCompose,
		Due: s.Pending.Due, Later: s.Pending.Later, NextAt: s.Pending.NextAt, Waiting: s.WaitingSince, Unsent: s.UnsentSince,
		Attempts:   s.Attempts,
		RowsFailed: failed, RowsAside: aside, Outages: make([]outage, len(s.Outages)), SetAside: []setAside{}, Undelivered: []undelivered{}, Holds: append([]ledger.Hold{}, s.Holds...), Head: s.Head.String()}
	for i := range s.Outages {
		a.Outages[i] = outageOf(&s.Outages[i])
	}
	if s.Oldest.Reference != "" {
		a.Oldest = &oldestLine{s.Oldest.Reference, s.Oldest.JudgedAt}
	}
	for _, m := range s.Quarantined {
		a.SetAside = append(a.SetAside, setAside{m.ID, m.Box.Inbox, m.ReceivedAt, m.Sender, m.Destination, m.Reason, incoming.SetAsideText(m.Reason)})
	}
	for i := range s.Refused {
		a.Undelivered = append(a.Undelivered, undeliveredOf(&s.Refused[i]))
	}
	for i := range s.Unsent {
		a.Undelivered = append(a.Undelivered, undeliveredOf(&s.Unsent[i]))
	}
	return a
}

func sortedCounts[K ~string](m map[K]int) string {
	text := ""
	for _, k := range slices.Sorted(maps.Keys(m)) {
		text += fmt.Sprintf(" %d %s,", m[k], k)
	}
	if text == "" {
		return " none"
	}
	return text[:len(text)-1]
}
