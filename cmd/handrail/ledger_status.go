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
	"handrail/internal/standing"
)

type statusCommand struct {
	Config string `placeholder:"F" help:"Configuration that names the ledger."`
	formatted
	Most int `default:"20" help:"How many messages, mails and rows of each kind to list."`
}

// ledgerState is all that the status says.
type ledgerState struct {
	ledger.Status
	failed, aside []failedRow
	officers      []ledger.OfficerLine
	questions     []ledger.OpenQuestion
	standing      []standing.Group
	// allOfficers and allQuestions count those too that are not listed; news is what the operator's next daily mail says.
	allOfficers, allQuestions, news int
	zone                            *time.Location
	left                            []ledger.LeftCount    // in the inboxes, because of its date
	byOfficer                       []ledger.OfficerCount // how many lines each of them has
	trials                          []ledger.TrialCount   // of the last thirty days
	registers                       []ledger.Register     // in force
	guarded                         guardedState
}

func (c *statusCommand) Run(ctx context.Context, t *terminal) error {
	config, l, err := openLedger(ctx, c.Config, ledger.Read)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	reader, err := config.standing()
	if err != nil {
		return err
	}
	var s ledgerState
	if err := l.View(ctx, func(tx *ledger.Tx) (err error) {
		s, err = readState(ctx, tx, reader, t.now(), c.Most)
		return err
	}); err != nil {
		return ledgerTrouble(err)
	}
	if c.asJSON() {
		return t.document(statusDocument(&s))
	}
	t.statusText(&s)
	for _, left := range s.left {
		t.leftText(left, s.zone)
	}
	fmt.Fprintf(t.out, "head of the chain: %s\n", s.Head)
	return nil
}

func readState(ctx context.Context, tx *ledger.Tx, reader standing.Reader, now time.Time, most int) (s ledgerState, err error) {
	s.zone = reader.Zone
	if s.Status, err = tx.Status(ctx, now, most); err != nil {
		return s, err
	}
	if s.failed, err = describeRows(ctx, tx, s.Failed); err != nil {
		return s, err
	}
	if s.aside, err = describeRows(ctx, tx, s.Aside); err != nil {
		return s, err
	}
	if s.officers, s.allOfficers, err = tx.Standing.WithOfficers(ctx, most); err != nil {
		return s, err
	}
	if s.byOfficer, err = tx.Standing.ByOfficer(ctx); err != nil {
		return s, err
	}
	if s.questions, s.allQuestions, err = tx.Standing.Questions(ctx, false, most); err != nil {
		return s, err
	}
	news, err := tx.Standing.News(ctx, mostNews)
	if err != nil {
		return s, err
	}
	s.news = len(news)
	if s.left, err = tx.Inboxes.LeftCounts(ctx, now); err != nil {
		return s, err
	}
	if s.trials, err = tx.Messages.Trials(ctx, now.AddDate(0, 0, -trialDays)); err != nil {
		return s, err
	}
	if s.registers, err = tx.Registers.List(ctx); err != nil {
		return s, err
	}
	if s.guarded, err = readGuarded(ctx, tx); err != nil {
		return s, err
	}
	s.standing, err = reader.Read(ctx, tx, now, time.Time{}, most)
	return s, err
}

// trialDays is over how many days trials are counted.
const trialDays = 30

// mostNews is more than ever waits for one daily mail.
const mostNews = 10000

// statusText prints the status: first the counts, then what does not work, what waits for whom, and what is set aside.
func (t *terminal) statusText(s *ledgerState) {
	fmt.Fprintf(t.out, "%-12s%s\n", "messages", sortedCounts(s.Messages))
	fmt.Fprintf(t.out, "%-12s%s\n", "lines", sortedCounts(s.Lines))
	fmt.Fprintf(t.out, "%-12s%s\n", "mails", sortedCounts(s.Outgoing))
	fmt.Fprintf(t.out, "%-12s%s\n", "escalations", sortedCounts(s.Escalations))
	fmt.Fprintf(t.out, "%-12s %s\n", "times", s.zone)
	for _, r := range s.registers {
		fmt.Fprintf(t.out, "%-12s %s: %d entries of %s, in force since %s (%.19s…)\n", "register", r.Kind, r.Entries, r.File, minuteIn(r.TakenAt, s.zone), r.Hash)
	}
	t.guardedText(&s.guarded, s.zone)
	t.attemptsText(s)
	t.standingText(s)
	t.refusedText(&s.Status, s.zone)
	t.officersText(s)
	t.questionsText(s)
	t.quarantineText(s)
	for _, m := range s.Unsent {
		t.wrap(0, fmt.Sprintf("not delivered: mail %d (%s), %s after %d attempts: %s", m.ID, m.Kind, m.State, m.Attempts, orDash(m.Words)))
	}
	t.trialsText(s)
	if s.news > 0 {
		fmt.Fprintf(t.out, "the operator's next daily mail says %d more\n", s.news)
	}
	for _, h := range s.Holds {
		t.wrap(0, "legal hold: "+holdLine(h))
	}
}

// trialsText says who had workbooks checked, and how often.
func (t *terminal) trialsText(s *ledgerState) {
	for i, c := range s.trials {
		if i == mostTrialRows {
			fmt.Fprintf(t.out, "%-12s and %d more people\n", "trials", len(s.trials)-i)
			break
		}
		fmt.Fprintf(t.out, "%-12s %d by %s in %d days, the last at %s\n", "trials", c.Mails, c.Sender, trialDays, minuteIn(c.Last, s.zone))
	}
}

// mostTrialRows is how many people the status names as text.
const mostTrialRows = 5

// leftText says how much mail lies in an inbox because of its date, and what becomes of it.
func (t *terminal) leftText(c ledger.LeftCount, zone *time.Location) {
	day := func(at time.Time) string { return at.In(zone).Format(time.DateOnly) }
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
func (t *terminal) refusedText(s *ledger.Status, zone *time.Location) {
	for i := range s.Refused {
		m := undeliveredOf(&s.Refused[i])
		t.wrap(0, fmt.Sprintf("refused: %s (%s) to %s, since %s: %s", m.Row, m.Kind, m.To, minuteIn(m.Since, zone), orDash(m.Words)))
		for _, next := range m.Next {
			fmt.Fprintf(t.out, "  %s\n", next) // whole, to be copied
		}
	}
	if more := s.Outgoing[ledger.Refused] - len(s.Refused); more > 0 && len(s.Refused) > 0 {
		fmt.Fprintf(t.out, "refused: %d more, older ones; --most lists more\n", more)
	}
}

// attemptsText says what does not work around the job, which rows failed, and which are set aside.
func (t *terminal) attemptsText(s *ledgerState) {
	for i := range s.Outages {
		o := outageOf(&s.Outages[i])
		t.wrap(0, fmt.Sprintf("does not work: %s, since %s%s: %s", o.What, minuteIn(o.Since, s.zone), nextTry(o.Next, t.now(), s.zone), o.Words))
		if o.Hint != "" {
			t.wrap(2, "hint: "+o.Hint)
		}
	}
	for i := range s.failed {
		why := ": " + s.failed[i].Words
		if slices.ContainsFunc(s.Outages, func(o ledger.Outage) bool { return o.Name == s.failed[i].WaitsFor }) {
			why = "" // it was said
		}
		t.wrap(0, fmt.Sprintf("tried again: %s: %s%s", s.failed[i].named(), s.failed[i].story(t.now(), s.zone), why))
	}
	t.more("tried again", "later ones", ledger.Total(s.Attempts.Failed)-len(s.failed))
	for i := range s.aside {
		t.wrap(0, fmt.Sprintf("set aside: %s: %s: %s", s.aside[i].named(), s.aside[i].story(t.now(), s.zone), s.aside[i].Words))
		fmt.Fprintf(t.out, "  when its cause is gone: %s\n", s.aside[i].Release) // whole, to be copied
	}
	t.more("set aside", "later ones", ledger.Total(s.Attempts.Aside)-len(s.aside))
}

// more says that there are more than are listed.
func (t *terminal) more(what, which string, n int) {
	if n > 0 {
		fmt.Fprintf(t.out, "%s: %d more, %s; --most lists more\n", what, n, which)
	}
}

// inDetail are the kinds of what stands that the status says in more detail elsewhere.
func inDetail(kind string) bool {
	return slices.Contains([]string{"outages", "set-aside", "refused-mails", "questions", "quarantine", "stopped", "changes"}, kind)
}

// standingText says what stands until a person does something, and what to do.
func (t *terminal) standingText(s *ledgerState) {
	for i := range s.standing {
		g := &s.standing[i]
		if inDetail(g.Kind) {
			continue
		}
		fmt.Fprintf(t.out, "%s: %d\n", g.Title.EN, g.All)
		for j := range g.Items {
			item := &g.Items[j]
			t.wrap(2, strings.TrimSuffix(fmt.Sprintf("%s, since %s: %s", item.What.EN, minuteIn(item.Since, s.zone), item.Words), ": "))
		}
		t.more("  "+g.Kind, "later ones", g.All-len(g.Items))
		t.wrap(2, "hint: "+g.Hint.EN)
	}
}

// officersText says which lines wait for whom, the longest first.
func (t *terminal) officersText(s *ledgerState) {
	for _, c := range s.byOfficer {
		fmt.Fprintf(t.out, "%-12s %d with %s\n", "waiting", c.Lines, c.Officer)
	}
	for i := range s.officers {
		o := &s.officers[i]
		said := fmt.Sprintf("with an officer: %s of %s waits for %s", o.Reference, o.Requester, o.Officer)
		if o.Kind == ledger.ConfirmationCode {
			said = fmt.Sprintf("to be confirmed: %s of %s waits for %s", o.Reference, o.Requester, o.Officer)
		}
		if o.InsteadOf != "" {
			said += " in place of " + o.InsteadOf
		}
		said += " since " + minuteIn(o.Since, s.zone)
		if o.Daily {
			said += ", in the next daily mail"
		}
		if o.Asked {
			said += ", whose question waits for the requester"
		}
		if o.Reminders > 0 {
			said += fmt.Sprintf(", reminded %d times", o.Reminders)
		}
		if !o.NextAt.IsZero() {
			said += ", next reminder " + minuteIn(o.NextAt, s.zone)
		}
		if len(o.Guardrails) > 0 {
			said += ": " + strings.Join(o.Guardrails, ", ")
		}
		t.wrap(0, said)
	}
	t.more("with an officer", "later ones", s.allOfficers-len(s.officers))
}

// questionsText says which questions of officers lie with requesters.
func (t *terminal) questionsText(s *ledgerState) {
	for _, q := range s.questions {
		said := fmt.Sprintf("question: %s: %s asks %s since %s", q.Submission, q.Officer, q.Requester, minuteIn(q.Since, s.zone))
		if q.Overdue {
			said += "; nobody answered in time, and the officer and the contact know"
		}
		t.wrap(0, said)
	}
	t.more("question", "later ones", s.allQuestions-len(s.questions))
}

func (t *terminal) quarantineText(s *ledgerState) {
	for _, m := range s.Quarantined {
		t.wrap(0, fmt.Sprintf("set aside: message %d of %s, %s, from %s, in %s: %s", m.ID, m.Box.Inbox, minuteIn(m.ReceivedAt, s.zone),
			orDash(m.Sender), orDash(m.Destination), strings.TrimSpace(incoming.SetAsideText(m.Reason).EN+" ("+m.Reason+")")))
	}
	t.more("set aside", "older ones", s.Messages[ledger.Quarantined]-len(s.Quarantined))
	if len(s.Quarantined) > 0 {
		t.wrap(0, "To release a message, move it from that folder back into the inbox: it is judged again (docs/inbox.md).")
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
	Officers    []officerLine                  `json:"with_officers"` // lines, each with who can decide it
	AllOfficers int                            `json:"with_officers_all"`
	Questions   []openQuestion                 `json:"questions"`
	Standing    []standingGroup                `json:"standing"`
	News        int                            `json:"for_daily_mail"`
	TimeZone    string                         `json:"time_zone"`
	Holds       []ledger.Hold                  `json:"holds"`
	Left        []ledger.LeftCount             `json:"left_in_inbox"` // because of its date
	Trials      []ledger.TrialCount            `json:"trials"`        // of the last thirty days, by person
	Registers   []registerInForce              `json:"registers"`     // in force
	Owners      []string                       `json:"owners"`        // of the rules; none: files count at once
	Stopped     []stopped                      `json:"stopped"`       // by an owner; none: no
	Changes     []waitingChange                `json:"changes"`       // that wait for owners, or for their day
	Head        string                         `json:"head"`
}

// registerInForce is a register that lines are held against.
type registerInForce struct {
	Kind    string    `json:"kind"`
	Hash    string    `json:"hash"`
	File    string    `json:"file"`
	Entries int       `json:"entries"`
	Since   time.Time `json:"since"`
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

// officerLine is a line with somebody who can decide or confirm it.
type officerLine struct {
	Reference  string    `json:"reference"`
	Requester  string    `json:"requester"`
	Officer    string    `json:"officer"`
	InsteadOf  string    `json:"in_place_of,omitempty"`
	Confirms   bool      `json:"confirms,omitempty"` // a section 32 manager is asked to confirm
	Since      time.Time `json:"since"`
	Asked      bool      `json:"asked"` // a question lies with the requester
	Daily      bool      `json:"daily"` // it waits for the officer's next daily mail
	Reminders  int       `json:"reminders"`
	Next       time.Time `json:"next_at,omitzero"`
	Until      time.Time `json:"until,omitzero"` // another code is mailed then
	Guardrails []string  `json:"guardrails"`
}

// openQuestion is an officer's question that lies with a requester.
type openQuestion struct {
	Request string    `json:"request"`
	Officer string    `json:"officer"`
	Asks    string    `json:"asks"`
	Since   time.Time `json:"since"`
	Overdue bool      `json:"overdue"`
}

// standingGroup is what stands of one kind until a person does something.
type standingGroup struct {
	Kind  string         `json:"kind"`
	All   int            `json:"all"`
	Hint  request.Text   `json:"hint"`
	Items []standingItem `json:"items"`
}

type standingItem struct {
	What  request.Text `json:"what"`
	Since time.Time    `json:"since,omitzero"`
	Words string       `json:"words,omitempty"`
}

func statusDocument(s *ledgerState) statusAnswer {
	a := statusAnswer{Messages: s.Messages, Lines: s.Lines, Mails: s.Outgoing, Escalations: s.Escalations, Charges: s.Charges, Owed: s.ToCompose,
		Due: s.Pending.Due, Later: s.Pending.Later, NextAt: s.Pending.NextAt, Waiting: s.WaitingSince, Unsent: s.UnsentSince,
		Attempts: s.Attempts, RowsFailed: s.failed, RowsAside: s.aside, Outages: make([]outage, len(s.Outages)), SetAside: []setAside{}, Undelivered: []undelivered{},
		Officers: []officerLine{}, AllOfficers: s.allOfficers, Questions: []openQuestion{}, Standing: []standingGroup{}, News: s.news, TimeZone: s.zone.String(),
		Holds: append([]ledger.Hold{}, s.Holds...), Left: s.left, Trials: append([]ledger.TrialCount{}, s.trials...), Registers: []registerInForce{}, Head: s.Head.String()}
	a.Owners, a.Changes = append([]string{}, s.guarded.owners.All()...), append([]waitingChange{}, s.guarded.waiting...)
	a.Stopped = []stopped{}
	if stop := s.guarded.stop; stop != nil {
		a.Stopped = append(a.Stopped, stopped{stop.By, stop.StoppedAt, stop.Reason})
	}
	for _, r := range s.registers {
		a.Registers = append(a.Registers, registerInForce{r.Kind, r.Hash, r.File, r.Entries, r.TakenAt})
	}
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
	for i := range s.officers {
		o := &s.officers[i]
		a.Officers = append(a.Officers, officerLine{o.Reference, o.Requester, o.Officer, o.InsteadOf, o.Kind == ledger.ConfirmationCode, o.Since, o.Asked, o.Daily,
			o.Reminders, o.NextAt, o.ExpiresAt, append([]string{}, o.Guardrails...)})
	}
	for _, q := range s.questions {
		a.Questions = append(a.Questions, openQuestion{q.Submission.String(), q.Officer, q.Requester, q.Since, q.Overdue})
	}
	for i := range s.standing {
		g := standingGroup{Kind: s.standing[i].Kind, All: s.standing[i].All, Hint: s.standing[i].Hint, Items: []standingItem{}}
		for _, item := range s.standing[i].Items {
			g.Items = append(g.Items, standingItem(item))
		}
		a.Standing = append(a.Standing, g)
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
