package finance

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"handrail/internal/batch"
	"handrail/internal/budgets"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/rules"
)

// Weekly makes every report that is due and not in the ledger: the weeks that ended since the last one, made up for if
// the job did not run. What a report is comes from comparing with the ledger, so that no clock and no timer doubles one.
func (desk *Desk) Weekly(ctx context.Context) (again bool, err error) {
	now := desk.engine.Now()
	done, err := desk.reopened(ctx, now)
	if err != nil {
		return false, err
	}
	again = !done
	for _, recipient := range desk.dept.Finance.Recipients {
		due, err := desk.reportsDue(ctx, now, recipient)
		if err != nil {
			return false, err
		}
		corrected := false
		if err := desk.engine.Claim(ctx, batch.Weekly, "corrections "+recipient, reportDeadline, func(h *batch.Claim) error {
			err := desk.correct(ctx, now, h, recipient)
			corrected = err == nil
			return err
		}); err != nil {
			return false, err
		}
		again = again || !corrected
		for _, d := range due {
			done := false
			if err := desk.engine.Claim(ctx, batch.Weekly, d.period.Name+" "+recipient, reportDeadline, func(h *batch.Claim) error {
				err := desk.report1(ctx, now, h, recipient, d, nil)
				done = err == nil
				return err
			}); err != nil {
				return false, err
			}
			if !done {
				again = true
				break // a period starts where the one before it ended
			}
		}
	}
	return again, nil
}

// reportDeadline is how long making one report may take.
const reportDeadline = 30 * time.Minute

type dueReport struct {
	period   report.Period
	from, to time.Time
	opened   string // why somebody opened it again; "" nobody did
}

// mostEmptyWeeks is how many missed weeks get a workbook each though nothing happened in them. When more were missed, the job
// stood still for long, or a clock was wrong by a year.
const mostEmptyWeeks = 13

// reportsDue lists the periods of a recipient that ended and whose time in the schedule has come. A period starts where
// the last one ended, whatever became of the clock or the zone since: what a change of zone leaves of a week that was
// reported belongs to the next one, and so does the time of missed weeks that get no workbook of their own.
func (desk *Desk) reportsDue(ctx context.Context, now time.Time, recipient string) ([]dueReport, error) {
	start, reported, err := desk.reportedUntil(ctx, now, recipient)
	if err != nil || start.IsZero() {
		return nil, err
	}
	weeks, err := desk.weeksOver(start, now)
	if err != nil {
		return nil, err
	}
	var due []dueReport
	for i, week := range weeks {
		for _, part := range week.SplitByFiscalYear(desk.fiscalStart()) {
			to := part.To.AddDays(1).Time(desk.dept.Zone)
			if !to.After(start) || reported[part.Name] {
				continue
			}
			if i < len(weeks)-1 && len(weeks) > mostEmptyWeeks {
				if empty, err := desk.nothingBetween(ctx, start, to); err != nil {
					return nil, err
				} else if empty {
					continue
				}
			}
			due = append(due, dueReport{period: part, from: start, to: to})
			start = to
		}
	}
	return due, nil
}

// weeksOver are the weeks from start on that have ended, and whose time in the schedule has come.
func (desk *Desk) weeksOver(start, now time.Time) (weeks []report.Period, err error) {
	schedule, err := desk.engine.WeeklySchedule()
	if err != nil {
		return nil, err
	}
	for week := report.WeekOf(desk.dept.Day(start)); ; week = report.WeekOf(week.To.AddDays(1)) {
		end := week.To.AddDays(1).Time(desk.dept.Zone)
		if at := schedule.Next(end.Add(-time.Second)); end.After(now) || at.IsZero() || at.After(now) {
			return weeks, nil
		}
		weeks = append(weeks, week)
	}
}

func (desk *Desk) nothingBetween(ctx context.Context, from, to time.Time) (empty bool, err error) {
	err = desk.ledger.View(ctx, func(tx *ledger.Tx) error {
		some, err := tx.Reports.AnythingBetween(ctx, from, to, desk.dept.Day(from), desk.dept.Day(to.Add(-time.Microsecond)))
		empty = !some
		return err
	})
	return empty, err
}

// reportedUntil is where the next report of a recipient starts, and the periods they have. Who never had one gets the last
// that the others got, and not all that there ever were; without any report it is the week in which the first mail was
// judged, whatever day a mail says that it is of. A report of time that is still to come was made with a wrong clock, and
// counts once that time has passed.
func (desk *Desk) reportedUntil(ctx context.Context, now time.Time, recipient string) (start time.Time, reported map[string]bool, err error) {
	reported = map[string]bool{}
	err = desk.ledger.View(ctx, func(tx *ledger.Tx) error {
		all, err := tx.Reports.Editions(ctx, "", "")
		if err != nil {
			return err
		}
		var others ledger.Report
		for i := range all {
			switch r := &all[i]; {
			case r.To.After(now):
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
		first, found, err := tx.Messages.FirstJudged(ctx)
		if found {
			start = report.WeekOf(desk.dept.Day(first)).From.Time(desk.dept.Zone)
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
func (desk *Desk) fiscalStart() time.Month {
	return cmp.Or(time.Month(desk.dept.Finance.Reconcile.FiscalYearStart), desk.dept.Main().Policy().FiscalStart())
}

// report1 makes one report and its mail, and keeps both in one transaction with what became of the charges. before is
// the edition that it corrects, nil for the first one: a correction that changes nothing is not made.
func (desk *Desk) report1(ctx context.Context, now time.Time, h *batch.Claim, recipient string, d dueReport, before *ledger.Report) error {
	room, err := desk.roomForWeek(ctx, d)
	if err != nil {
		return err
	}
	defer room.Release()
	r, head, err := desk.build(ctx, now, d, before)
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
	figures, err := json.Marshal(figuresOf(&r.Contents))
	if err != nil {
		return err
	}
	err = desk.ledger.Update(ctx, func(tx *ledger.Tx) error {
		if before == nil {
			if mine, err := h.Finish(ctx, tx, h.FirstKey()); err != nil || !mine {
				return err
			}
		}
		id, err := tx.Reports.Add(ctx, now, ledger.Report{Week: d.period.Name, Recipient: recipient, Edition: r.Edition, From: d.from, To: d.to,
			Workbook: book.Bytes(), Head: head, Figures: figures})
		if err != nil || id == 0 {
			return err // somebody else made it
		}
		if _, err := tx.Charges.Settle(ctx, SettledAt(d.to), r.Settlements); err != nil {
			return err
		}
		if _, err := tx.Outbox.Add(ctx, outbox.Due([]ledger.OutboxEntry{outbox.New(outbox.Weekly, reportCause(&r.Contents, recipient), ledger.OutboxEntry{}, weeklyDetailOf(id, &r.Contents))}, now)...); err != nil {
			return err
		}
		if err := desk.engine.Wake(ctx, tx, batch.Answer); err != nil {
			return err
		}
		batch.Crash("weekly.before-commit")
		return nil
	})
	batch.Crash("weekly.after-commit")
	if err == nil {
		desk.engine.Count(batch.Weekly, 1)
	}
	return err
}

// build reads a report from the ledger, and says what it changes in the edition before.
func (desk *Desk) build(ctx context.Context, now time.Time, d dueReport, before *ledger.Report) (r Built, head ledger.Head, err error) {
	err = desk.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		if head, err = tx.Chain.Head(ctx); err != nil {
			return err
		}
		r, err = BuildReport(ctx, tx, ReportOptions{
			Period: d.period, From: d.from, To: d.to, Lang: desk.dept.Finance.Language, Edition: 1, Zone: desk.dept.Zone, Now: now,
			Currency: desk.dept.Main().Policy().Currency(), FiscalStart: desk.fiscalStart(), Reconcile: desk.dept.Finance.Reconcile, Budgets: desk.budgets(ctx, d.period),
			Policy:  func(hash string) (*rules.Policy, error) { return desk.dept.PolicyOf(ctx, tx, hash) },
			Officer: desk.officerFor, Settle: true,
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
	r.Edition, r.Changes = before.Edition+1, withOpening(d.opened, told.changes(figuresOf(&r.Contents), r.Lang), r.Lang)
	// What was left then, and is left otherwise by now, was told by a later report.
	r.Settlements = slices.DeleteFunc(r.Settlements, func(s ledger.Settlement) bool { return s.From == ledger.LeftRow && s.To == ledger.LeftRow })
	return r, head, nil
}

// budgets reads the file of budgets, where there is one. What cannot be read is the operator's to fix, and no reason
// to keep finance waiting.
func (desk *Desk) budgets(ctx context.Context, p report.Period) []statement.Budget {
	if desk.dept.Finance.Budgets == "" {
		return nil
	}
	budgets, problems, err := budgets.ReadBudgets(ctx, desk.dept.Finance.Budgets, p, desk.dept.Finance.Reconcile, desk.fiscalStart(), desk.dept.Main().Policy().Currency())
	if ctx.Err() == nil {
		desk.dept.NoteBudgets(problems, err)
	}
	return budgets
}

func (desk *Desk) officerFor(l *request.Line, o *request.Origin) string {
	for _, name := range desk.dept.Order {
		if officer, ok := desk.dept.Inboxes[name].Roster().For(l, o); ok {
			return officer.Email
		}
	}
	return ""
}
