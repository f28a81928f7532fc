package approvals

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/outbox"
	"handrail/internal/record"
)

// reminder does what is due of an escalation that nobody answered:
//
//	after remind_after     the officer is reminded
//	after reroute_after    the officer is reminded, and somebody else is asked as well; both may decide
//	after expire_days      another code is mailed; the old one goes on deciding
//	after twice that       contact and operator hear as well, and so on with every further code
//
// The dates stand on the rows, so that they survive a restart; how long people have is the configuration's of the day.
type reminder struct{ desk *Desk }

// Remind does what is due of escalations that nobody answered. All that one officer is to be reminded of on a day is in one mail.
func (desk *Desk) Remind(ctx context.Context, h *batch.Claim) error {
	now := desk.engine.Now()
	var due []ledger.Escalation
	err := desk.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		due, err = tx.Escalations.Due(ctx, now, h.IDs())
		return err
	})
	if err != nil {
		return err
	}
	waits := map[string][]*openEscalation{}
	var order []string
	for i := range due {
		var a *openEscalation
		err := ledger.Guarded(func() (err error) {
			a, err = reminder{desk}.step(ctx, now, h, &due[i])
			return err
		})
		if batch.IsLedgerError(err) {
			return err
		}
		if err != nil {
			h.Fail(due[i].ID, fmt.Errorf("remind of escalation %d: %w", due[i].ID, err))
		}
		if a != nil {
			officer := strings.ToLower(a.escalation.Officer)
			if waits[officer] == nil {
				order = append(order, officer)
			}
			waits[officer] = append(waits[officer], a)
		}
	}
	for _, officer := range order {
		err := ledger.Guarded(func() error { return reminder{desk}.remindOfficer(ctx, now, h, waits[officer]) })
		if batch.IsLedgerError(err) {
			return err
		}
		for _, a := range waits[officer] {
			if err != nil {
				h.Fail(a.escalation.ID, fmt.Errorf("remind of escalation %d: %w", a.escalation.ID, err))
			}
		}
	}
	return nil
}

// step does what is due of one escalation. It returns one of which its officer is to be reminded, with all others of the day.
func (desk reminder) step(ctx context.Context, now time.Time, h *batch.Claim, e *ledger.Escalation) (*openEscalation, error) {
	a, err := desk.desk.openEscalation(ctx, e.ID)
	if err != nil {
		return nil, err
	}
	if len(a.lines(a.waiting)) == 0 {
		return nil, desk.close(ctx, now, h, a)
	}
	if a.files[0].Inbox == nil {
		return nil, desk.desk.engine.NoInbox("of escalation " + batch.Key(e.ID)) // nobody could be asked
	}
	switch {
	case e.Undelivered != 0:
		return nil, desk.handOver(ctx, now, h, a)
	case e.Kind == ledger.ConfirmationCode && desk.late(now, a):
		return nil, desk.passManager(ctx, now, h, a)
	case e.Kind == ledger.ConfirmationCode:
		return nil, desk.askAgain(ctx, now, h, a)
	case !e.ExpiresAt.After(now):
		return nil, desk.renew(ctx, now, h, a)
	}
	return a, nil
}

// late reports whether an officer has had lines for as long as nobody else is asked.
func (desk reminder) late(now time.Time, a *openEscalation) bool {
	return !desk.lateAt(a.files[0], a.escalation.AskedAt).After(now)
}

func (desk reminder) lateAt(f *record.Case, asked time.Time) time.Time {
	return desk.desk.dept.Calendar(f.Inbox).After(asked, desk.desk.dept.Decisions.RerouteTime())
}

// next is when an escalation is looked at again after a reminder.
func (desk reminder) next(now time.Time, a *openEscalation) time.Time {
	if at := desk.lateAt(a.files[0], a.escalation.AskedAt); at.After(now) {
		return at
	}
	return a.escalation.ExpiresAt
}

// update does in one transaction, which decides, what is due of a claimed escalation, and leaves what it owes.
func (desk reminder) update(ctx context.Context, now time.Time, crash string, do func(tx *ledger.Tx) ([]ledger.OutboxEntry, error)) error {
	err := desk.desk.ledger.Decide(ctx, func(tx *ledger.Tx) error {
		owed, err := do(tx)
		if err != nil {
			return err
		}
		if len(owed) > 0 {
			if _, err := tx.Outbox.Add(ctx, outbox.Due(owed, now)...); err != nil {
				return err
			}
			if err := desk.desk.engine.Wake(ctx, tx, batch.Answer); err != nil {
				return err
			}
		}
		batch.Crash(crash + ".before-commit")
		return nil
	})
	batch.Crash(crash + ".after-commit")
	return err
}

// close ends an escalation nothing of which waits any more.
func (desk reminder) close(ctx context.Context, now time.Time, h *batch.Claim, a *openEscalation) error {
	return desk.update(ctx, now, "close", func(tx *ledger.Tx) ([]ledger.OutboxEntry, error) {
		if mine, err := h.Finish(ctx, tx, batch.Key(a.escalation.ID)); err != nil || !mine {
			return nil, err
		}
		if won, err := tx.Escalations.Reminded(ctx, a.escalation.ID, a.escalation.Reminders, time.Time{}, false); err != nil || !won {
			return nil, err
		}
		_, err := tx.Escalations.Close(ctx, now, linesOf(a.escalation.Tokens))
		return nil, err
	})
}

// askAgain reminds of one escalation, by its own code.
func (desk reminder) askAgain(ctx context.Context, now time.Time, h *batch.Claim, a *openEscalation) error {
	return desk.update(ctx, now, "remind", func(tx *ledger.Tx) ([]ledger.OutboxEntry, error) {
		if mine, err := h.Finish(ctx, tx, batch.Key(a.escalation.ID)); err != nil || !mine {
			return nil, err
		}
		return desk.again(ctx, tx, now, a)
	})
}

// again leaves the reminder of one escalation, and sets its next date.
func (desk reminder) again(ctx context.Context, tx *ledger.Tx, now time.Time, a *openEscalation) ([]ledger.OutboxEntry, error) {
	e := &a.escalation
	won, err := tx.Escalations.Reminded(ctx, e.ID, e.Reminders, desk.next(now, a), true)
	if err != nil || !won {
		return nil, err
	}
	tx.Then(func() { desk.desk.engine.Count(batch.Remind, 1) })
	edition := e.Reminders + 1
	return []ledger.OutboxEntry{outbox.New(outbox.Reminder, fmt.Sprintf("%s %d", e.Code, edition), ledger.OutboxEntry{Submission: e.Submission},
		reminderDetail{Escalation: e.ID, Edition: edition})}, nil
}

// remindOfficer reminds an officer of all that is due on this day, in one mail, and has somebody else asked about what is late.
func (desk reminder) remindOfficer(ctx context.Context, now time.Time, h *batch.Claim, due []*openEscalation) error {
	claimed := map[int64]bool{}
	for _, a := range due {
		claimed[a.escalation.ID] = true
	}
	more, err := desk.dueToday(ctx, now, due[0].escalation.Officer, claimed)
	if err != nil {
		return err
	}
	return desk.update(ctx, now, "remind", func(tx *ledger.Tx) (owed []ledger.OutboxEntry, err error) {
		var mine []*openEscalation
		for _, a := range append(slices.Clone(due), more...) {
			if id := a.escalation.ID; claimed[id] {
				if won, err := h.Finish(ctx, tx, batch.Key(id)); err != nil {
					return nil, err
				} else if !won {
					continue
				}
			}
			mine = append(mine, a)
		}
		for _, a := range mine {
			if !desk.late(now, a) {
				continue
			}
			asked, err := desk.askBesides(ctx, tx, now, a)
			if err != nil {
				return nil, err
			}
			owed = append(owed, asked...)
		}
		reminders, err := desk.inOneMail(ctx, tx, now, mine)
		return append(owed, reminders...), err
	})
}

// dueToday are the further escalations of an officer that fall due before the day ends.
func (desk reminder) dueToday(ctx context.Context, now time.Time, officer string, claimed map[int64]bool) (more []*openEscalation, err error) {
	var open []ledger.Escalation
	if err := desk.desk.ledger.View(ctx, func(tx *ledger.Tx) error {
		open, err = tx.Escalations.Open(ctx, officer)
		return err
	}); err != nil {
		return nil, err
	}
	tomorrow := desk.desk.dept.Day(now).AddDays(1).Time(desk.desk.dept.Zone)
	for i := range open {
		e := &open[i]
		if claimed[e.ID] || e.Kind != ledger.DecisionCode || e.NextAt.IsZero() || !e.NextAt.Before(tomorrow) || !e.ExpiresAt.After(now) {
			continue
		}
		a, err := desk.desk.openEscalation(ctx, e.ID)
		if err != nil {
			return nil, err
		}
		if len(a.lines(a.waiting)) > 0 && a.files[0].Inbox != nil {
			more = append(more, a)
		}
	}
	return more, nil
}

// inOneMail leaves one reminder of several escalations: by the code that there is, where it is one; else by a new one over all of
// their lines. The codes that were mailed before go on deciding.
func (desk reminder) inOneMail(ctx context.Context, tx *ledger.Tx, now time.Time, mine []*openEscalation) ([]ledger.OutboxEntry, error) {
	if len(mine) == 1 {
		return desk.again(ctx, tx, now, mine[0])
	}
	var d reminderDetail
	allLate := true
	for _, a := range mine {
		allLate = allLate && desk.late(now, a)
	}
	for _, a := range mine {
		e := &a.escalation
		won, err := tx.Escalations.Move(ctx, now, e.ID, e.State, ledger.EscalationExpired)
		if err != nil {
			return nil, err
		}
		if !won {
			continue
		}
		if d.Officer == "" {
			d.Officer, d.InsteadOf = e.Officer, e.InsteadOf
		}
		if e.InsteadOf != d.InsteadOf {
			d.InsteadOf = "" // the officer's own and a colleague's in one mail are nobody's place
		}
		if (allLate || !desk.late(now, a)) && e.AskedAt.After(d.AskedAt) {
			d.AskedAt = e.AskedAt
		}
		for _, l := range record.EscalatedLines(a.files, a.waiting) {
			if !slices.Contains(d.Lines, l.Line) {
				d.Lines = append(d.Lines, l.Line)
			}
		}
	}
	var owed []ledger.OutboxEntry
	for part := range slices.Chunk(d.Lines, digestLines) {
		one := d
		one.Lines = part
		owed = append(owed, outbox.New(outbox.Reminder, fmt.Sprintf("%s %s %d", d.Officer, now.UTC().Format(time.RFC3339), len(owed)+1), ledger.OutboxEntry{}, one))
		tx.Then(func() { desk.desk.engine.Count(batch.Remind, 1) })
	}
	return owed, nil
}

// askBesides asks somebody else about lines that an officer has not decided in time. Both may decide then. Where nobody else is
// there to ask, the operator hears.
func (desk reminder) askBesides(ctx context.Context, tx *ledger.Tx, now time.Time, a *openEscalation) ([]ledger.OutboxEntry, error) {
	e := &a.escalation
	asked, err := desk.desk.whoIsAsked(ctx, tx)
	if err != nil {
		return nil, err
	}
	lines := slices.DeleteFunc(record.EscalatedLines(a.files, a.waiting), func(l officers.EscalatedLine) bool {
		return asked.since(l.Line, e.AskedAt) // somebody else is asked, and has less time behind them
	})
	if len(lines) == 0 {
		return nil, nil
	}
	before, err := asked.before(ctx, tx, lines)
	if err != nil {
		return nil, err
	}
	r := officers.Routing{Cause: "besides " + e.Code, Instead: e.Officer, Leaving: e.Officer, Besides: before, Why: noAnswer(a.files[0].DisplayName(e.Officer))}
	if e.InsteadOf != "" {
		r.Instead = e.InsteadOf // whose place it is, however often it is passed on
	}
	owed, nobody, err := desk.desk.Route(ctx, tx, now, a.files[0].Inbox, lines, r)
	if err != nil {
		return nil, err
	}
	if len(nobody) > 0 {
		owed = append(owed, unanswered(e, nobody, desk.desk.dept.Zone))
	}
	return owed, nil
}

// renew mails another code over what a code was for whose time is over: to the same officer, where they may still decide, else to
// whoever may. From the second time on, contact and operator hear of it as well.
func (desk reminder) renew(ctx context.Context, now time.Time, h *batch.Claim, a *openEscalation) error {
	e := &a.escalation
	return desk.update(ctx, now, "renew", func(tx *ledger.Tx) (owed []ledger.OutboxEntry, err error) {
		if mine, err := h.Finish(ctx, tx, batch.Key(e.ID)); err != nil || !mine {
			return nil, err
		}
		if won, err := tx.Escalations.Move(ctx, now, e.ID, e.State, ledger.EscalationExpired); err != nil || !won {
			return nil, err
		}
		asked, err := desk.desk.whoIsAsked(ctx, tx)
		if err != nil {
			return nil, err
		}
		lines := slices.DeleteFunc(record.EscalatedLines(a.files, a.waiting), func(l officers.EscalatedLine) bool { return len(asked[l.Line]) > 0 })
		if len(lines) == 0 {
			return nil, nil // others are asked, and asked again
		}
		if owed, err = desk.desk.askSame(ctx, tx, now, a, lines); err != nil {
			return nil, err
		}
		if waited := now.Sub(a.files[0].Submission.JudgedAt); waited >= 2*desk.desk.dept.Decisions.ExpiryTime() {
			owed = append(owed, nobodyDecided(a, lines, desk.desk.dept.Config.Operator, desk.desk.dept.Zone)...)
		}
		return owed, nil
	})
}

// askSame asks the officer of an escalation once more, where that officer may still decide, else who may.
func (desk *Desk) askSame(ctx context.Context, tx *ledger.Tx, now time.Time, a *openEscalation, lines []officers.EscalatedLine) ([]ledger.OutboxEntry, error) {
	e, box := &a.escalation, a.files[0].Inbox
	away, err := desk.away(ctx, tx, box, now)
	if err != nil {
		return nil, err
	}
	r := officers.Routing{Cause: "renewed " + e.Code, Why: askedBefore(desk.dept.Day(e.OpenedAt))}
	officer, known := box.Roster().ByEmail(e.Officer)
	if known && !slices.ContainsFunc(lines, func(l officers.EscalatedLine) bool { return !canDecide(box.Roster(), away, e.Officer, &l) }) {
		return desk.askLater(ctx, tx, now, box, officers.Choice{Officer: officer, InsteadOf: e.InsteadOf}, lines, r)
	}
	r.Leaving = e.Officer
	owed, nobody, err := desk.Route(ctx, tx, now, box, lines, r)
	if err == nil && len(nobody) > 0 {
		owed = append(owed, outbox.NobodyDecides(a.submission(), nobody))
	}
	return owed, err
}

// passManager gives lines to an officer that a section 32 manager did not confirm in time.
func (desk reminder) passManager(ctx context.Context, now time.Time, h *batch.Claim, a *openEscalation) error {
	e := &a.escalation
	return desk.update(ctx, now, "move-on", func(tx *ledger.Tx) ([]ledger.OutboxEntry, error) {
		if mine, err := h.Finish(ctx, tx, batch.Key(e.ID)); err != nil || !mine {
			return nil, err
		}
		if won, err := tx.Escalations.Move(ctx, now, e.ID, e.State, ledger.EscalationRerouted); err != nil || !won {
			return nil, err
		}
		owed, nobody, err := desk.desk.Route(ctx, tx, now, a.files[0].Inbox, record.EscalatedLines(a.files, a.waiting), officers.Routing{Cause: "unconfirmed " + e.Code, Why: whyUnconfirmed})
		if err == nil && len(nobody) > 0 {
			owed = append(owed, outbox.NobodyDecides(a.submission(), nobody))
		}
		return owed, err
	})
}
