package batch

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/notify"
	"handrail/rules"
)

// weekly makes every report that is due and not in the ledger: the weeks that ended since the last one, made up for if
// the job did not run. What a report is comes from comparing with the ledger, so that no clock and no timer doubles one.
func (j *Job) weekly(ctx context.Context) error {
	j.weekOpen.Store(true)
	now, open := j.now(), false // open: something is tried again
	for _, recipient := range j.o.Finance.Recipients {
		due, err := j.reportsDue(ctx, now, recipient)
		if err != nil {
			return err
		}
		corrected := false
		if err := j.inHand(ctx, "corrections "+recipient, func(h *hand) error {
			err := j.correct(ctx, now, h, recipient)
			corrected = err == nil
			return err
		}); err != nil {
			return err
		}
		open = open || !corrected
		for _, d := range due {
			done := false
			if err := j.inHand(ctx, d.period.Name+" "+recipient, func(h *hand) error {
				err := j.report1(ctx, now, h, recipient, d, nil)
				done = err == nil
				return err
			}); err != nil {
				return err
			}
			if !done {
				open = true
				break // a period starts where the one before it ended
			}
		}
	}
	j.weekOpen.Store(open)
	return nil
}

// inHand does something under an attempt of its own: nothing where its time to be tried again has not come, or another run
// has it. Its own failures are noted; the error is the ledger's.
func (j *Job) inHand(ctx context.Context, key string, do func(h *hand) error) error {
	now := j.now()
	var rows []ledger.InHand
	err := j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		together, alone, err := tx.FreeKeys(ctx, ledger.Step(Weekly), now, []string{key})
		if err != nil {
			return err
		}
		rows, err = tx.TakeKeys(ctx, ledger.Taking{Step: ledger.Step(Weekly), Holder: j.holder, Now: now, Until: now.Add(j.o.Lease)}, append(together, alone...))
		return err
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	h := newHand(Weekly, j.holder, rows)
	j.hands.add(h)
	crash("weekly.in-hand")
	s := stage{step: Weekly, do: func(context.Context, *hand) error {
		_, err := within(ctx, "the report "+key, reportDeadline, func(context.Context) (struct{}, error) { return struct{}{}, do(h) })
		if err != nil || len(h.left()) == 0 {
			return err
		}
		// There was nothing to do: whatever failed here before is over.
		return j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
			_, err := h.finish(ctx, tx, key)
			return err
		})
	}}
	j.workOff(ctx, s, h)
	if err := h.failures[key]; err != nil && isLedger(err) {
		return err
	}
	return nil
}

// reportDeadline is how long making one report may take.
const reportDeadline = 30 * time.Minute

type dueReport struct {
	period   report.Period
	from, to time.Time
}

// mostMissedWeeks bounds what is made up for at once after a long pause.
const mostMissedWeeks = 60

// reportsDue lists the periods of a recipient that ended and whose time in the schedule has come. A period starts where
// the last one ended, whatever became of the clock or the zone since: what a change of zone leaves of a week that was
// reported belongs to the next one.
func (j *Job) reportsDue(ctx context.Context, now time.Time, recipient string) ([]dueReport, error) {
	schedule, err := j.schedule(j.o.Schedule.Weekly)
	if err != nil {
		return nil, err
	}
	start, reported, err := j.reportedUntil(ctx, recipient)
	if err != nil || start.IsZero() {
		return nil, err
	}
	var due []dueReport
	week := report.WeekOf(j.day(start))
	for range mostMissedWeeks {
		end := week.To.AddDays(1).Time(j.zone)
		if at := schedule.Next(end.Add(-time.Second)); at.After(now) {
			break
		}
		for _, part := range week.SplitByFiscalYear(j.fiscalStart()) {
			to := part.To.AddDays(1).Time(j.zone)
			if !to.After(start) || reported[part.Name] {
				continue
			}
			due = append(due, dueReport{period: part, from: start, to: to})
			start = to
		}
		week = report.WeekOf(week.To.AddDays(1))
	}
	return due, nil
}

// reportedUntil is where the next report of a recipient starts, and the periods they have. Who never had one gets the last
// that the others got, and not all that there ever were; without any report it is the week of the first mail.
func (j *Job) reportedUntil(ctx context.Context, recipient string) (start time.Time, reported map[string]bool, err error) {
	reported = map[string]bool{}
	err = j.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
		all, err := tx.Reports(ctx, "", "")
		if err != nil {
			return err
		}
		var others ledger.Report
		for i := range all {
			switch r := &all[i]; {
			case r.Recipient == recipient:
				reported[r.Week] = true
				start = later(start, r.To)
			case r.To.After(others.To):
				others = *r
			}
		}
		if start.IsZero() {
			start = others.From
		}
		if !start.IsZero() {
			return nil
		}
		first, found, err := tx.FirstReceived(ctx)
		if found {
			start = report.WeekOf(j.day(first)).From.Time(j.zone)
		}
		return err
	})
	return start, reported, err
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// fiscalStart is the month in which the fiscal year begins: the configuration's, else the policy's.
func (j *Job) fiscalStart() time.Month {
	return cmp.Or(time.Month(j.o.Finance.Reconcile.FiscalYearStart), j.inboxes[j.order[0]].Policy().FiscalStart())
}

// report1 makes one report and its mail, and keeps both in one transaction with what became of the charges. before is
// the edition that it corrects, nil for the first one: a correction that changes nothing is not made.
func (j *Job) report1(ctx context.Context, now time.Time, h *hand, recipient string, d dueReport, before *ledger.Report) error {
	room, err := j.roomForWeek(ctx, d)
	if err != nil {
		return err
	}
	defer room.release()
	r, head, err := j.build(ctx, now, d, before)
	if err != nil {
		return err
	}
	if before != nil && len(r.Changes) == 0 {
		return nil
	}
	var book bytes.Buffer
	if err := report.Write(&book, r.Contents); err != nil {
		return err
	}
	mail, err := j.weeklyMail(recipient, now, &r.Contents, book.Bytes())
	if err != nil {
		return err
	}
	figures, err := json.Marshal(figuresOf(&r.Contents))
	if err != nil {
		return err
	}
	err = j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		if before == nil {
			if mine, err := h.finish(ctx, tx, h.rows[0].Key); err != nil || !mine {
				return err
			}
		}
		id, err := tx.AddReport(ctx, now, ledger.Report{Week: d.period.Name, Recipient: recipient, Edition: r.Edition, From: d.from, To: d.to,
			Workbook: book.Bytes(), Head: head, Figures: figures})
		if err != nil || id == 0 {
			return err // somebody else made it
		}
		if _, err := tx.SettleCharges(ctx, settledAt(d.to), r.Settlements); err != nil {
			return err
		}
		if _, err := tx.AddOutgoing(ctx, now, []ledger.Outgoing{{Kind: "report", Cause: d.period.Name, Recipient: mail.To, Edition: r.Edition,
			MessageID: mail.MessageID, Raw: mail.Raw, NextAt: now}}); err != nil {
			return err
		}
		if err := j.wake.wake(ctx, tx, Send); err != nil {
			return err
		}
		crash("weekly.before-commit")
		return nil
	})
	crash("weekly.after-commit")
	if err == nil {
		j.report.add(Weekly, 1)
	}
	return err
}

// build reads a report from the ledger, and says what it changes in the edition before.
func (j *Job) build(ctx context.Context, now time.Time, d dueReport, before *ledger.Report) (r Built, head ledger.Head, err error) {
	err = j.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		if head, err = tx.Head(ctx); err != nil {
			return err
		}
		r, err = BuildReport(ctx, tx, ReportOptions{
			Period: d.period, From: d.from, To: d.to, Lang: j.o.Finance.Language, Edition: 1, Zone: j.zone, Now: now,
			Currency: j.inboxes[j.order[0]].Policy().Currency(), FiscalStart: j.fiscalStart(), Reconcile: j.o.Finance.Reconcile, Budgets: j.budgets(ctx, d.period),
			Policy:  func(hash string) (*rules.Policy, error) { return j.policyOf(ctx, tx, hash) },
			Officer: j.officerFor, Settle: true,
		})
		return err
	})
	if err != nil || before == nil {
		return r, head, err
	}
	var told reportFigures
	if err := json.Unmarshal(before.Figures, &told); err != nil {
		return r, head, fmt.Errorf("the figures of edition %d: %w", before.Edition, err)
	}
	r.Edition, r.Changes = before.Edition+1, told.changes(figuresOf(&r.Contents), r.Lang)
	// What was left then, and is left otherwise by now, was told by a later report.
	r.Settlements = slices.DeleteFunc(r.Settlements, func(s ledger.Settlement) bool { return s.From == ledger.LeftRow && s.To == ledger.LeftRow })
	return r, head, nil
}

// budgets reads the file of budgets, where there is one. What cannot be read is the operator's to mend, and no reason
// to keep finance waiting.
func (j *Job) budgets(ctx context.Context, p report.Period) []statement.Budget {
	if j.o.Finance.Budgets == "" {
		return nil
	}
	budgets, problems, err := ReadBudgets(ctx, j.o.Finance.Budgets, p, j.o.Finance.Reconcile, j.fiscalStart(), j.inboxes[j.order[0]].Policy().Currency())
	if ctx.Err() == nil {
		j.noteBudgets(problems, err)
	}
	return budgets
}

func (j *Job) officerFor(l *request.Line, o *request.Origin) string {
	for _, name := range j.order {
		if officer, ok := j.inboxes[name].Roster().For(l, o); ok {
			return officer.Email
		}
	}
	return ""
}

func (j *Job) weeklyMail(recipient string, now time.Time, r *report.Contents, book []byte) (notify.Mail, error) {
	w := notify.Weekly{
		Envelope: j.envelope(recipient, "", j.o.Finance.Language, reportCause(r, recipient), now, thread{}),
		Period:   r.Period.Name, From: r.Period.From, To: r.Period.To, Edition: r.Edition, Decided: map[request.Outcome]int{}, Waiting: len(r.Waiting),
		Workbook: &notify.Attachment{Name: "handrail-" + r.Period.Name + ".xlsx", Data: book},
	}
	if r.Cards != nil {
		for i := range r.Cards.Matches {
			w.Matched += len(r.Cards.Matches[i].Charges)
		}
		w.Statements, w.Left = len(r.Cards.Charges), len(r.Cards.Left)
	}
	approved := map[string]request.Money{}
	var turnarounds []time.Duration
	for i := range r.Lines {
		l := &r.Lines[i]
		w.Decided[l.Outcome]++
		turnarounds = append(turnarounds, l.Decided.Sub(l.Received))
		if l.Outcome == request.Approved && l.Total.Currency != "" {
			sum := approved[l.Total.Currency]
			approved[l.Total.Currency] = request.Money{Amount: sum.Amount.Add(l.Total.Amount), Currency: l.Total.Currency}
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(approved)) {
		w.Approved = append(w.Approved, approved[currency])
	}
	for i := range r.Waiting {
		w.OldestDays = max(w.OldestDays, request.DateOf(r.Waiting[i].Received).DaysUntil(r.Period.To))
	}
	if len(turnarounds) > 0 {
		slices.Sort(turnarounds)
		w.Turnaround = turnarounds[len(turnarounds)/2]
	}
	return j.o.Composer.Weekly(w)
}
