package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/notify"
	"handrail/rules"
)

// weekly makes every report that is due and not in the ledger: the weeks that ended since the last one, made up for if
// the job did not run. What a report is comes from comparing with the ledger, so that no clock and no timer doubles one.
func (j *Job) weekly(ctx context.Context) error {
	now := j.now()
	for _, recipient := range j.o.Finance.Recipients {
		due, err := j.reportsDue(ctx, now, recipient)
		if err != nil {
			return err
		}
		for _, d := range due {
			if err := j.report1(ctx, now, recipient, d); err != nil {
				return fmt.Errorf("report %s to finance: %w", d.period.Name, err)
			}
		}
	}
	return nil
}

type dueReport struct {
	period   reconcile.Period
	from, to time.Time
}

// mostMissedWeeks bounds what is made up for at once after a long pause.
const mostMissedWeeks = 60

// reportsDue lists the periods of a recipient that ended and whose time in the schedule has come. A period starts where
// the last one ended.
func (j *Job) reportsDue(ctx context.Context, now time.Time, recipient string) ([]dueReport, error) {
	schedule, err := j.schedule(j.o.Schedule.Weekly)
	if err != nil {
		return nil, err
	}
	var start time.Time
	err = j.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
		last, found, err := tx.LastReport(ctx, recipient)
		if err != nil {
			return err
		}
		if found {
			start = last.To
			return nil
		}
		first, found, err := tx.FirstReceived(ctx)
		if found {
			start = reconcile.WeekOf(j.day(first)).From.Time(j.zone)
		}
		return err
	})
	if err != nil || start.IsZero() {
		return nil, err
	}
	var due []dueReport
	for range mostMissedWeeks {
		week := reconcile.WeekOf(j.day(start))
		end := week.To.AddDays(1).Time(j.zone)
		if at := schedule.Next(end.Add(-time.Second)); at.After(now) {
			break
		}
		for _, part := range week.SplitByFiscalYear(j.fiscalStart()) {
			to := part.To.AddDays(1).Time(j.zone)
			if !to.After(start) {
				continue
			}
			due = append(due, dueReport{period: part, from: start, to: to})
			start = to
		}
	}
	return due, nil
}

func (j *Job) fiscalStart() time.Month { return j.inboxes[j.order[0]].Policy.FiscalStart() }

// report1 makes one report and its mail, and keeps both in one transaction.
func (j *Job) report1(ctx context.Context, now time.Time, recipient string, d dueReport) error {
	var r reconcile.Report
	var head ledger.Head
	err := j.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		if head, err = tx.Head(ctx); err != nil {
			return err
		}
		r, err = BuildReport(ctx, tx, ReportOptions{
			Period: d.period, From: d.from, To: d.to, Lang: j.o.Finance.Language, Edition: 1, Zone: j.zone, Now: now,
			Currency: j.inboxes[j.order[0]].Policy.Currency(),
			Policy:   func(hash string) (*rules.Policy, error) { return j.policyOf(ctx, tx, hash) },
			Officer:  j.officerFor,
		})
		return err
	})
	if err != nil {
		return err
	}
	var book bytes.Buffer
	if err := reconcile.Write(&book, r); err != nil {
		return err
	}
	mail, err := j.weeklyMail(recipient, now, &r, book.Bytes())
	if err != nil {
		return err
	}
	figures, err := json.Marshal(struct {
		Flow    []reconcile.Flow `json:"flow"`
		Lines   int              `json:"lines"`
		Waiting int              `json:"waiting"`
	}{r.Flow, len(r.Lines), len(r.Waiting)})
	if err != nil {
		return err
	}
	crash("weekly.before-commit")
	err = j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		id, err := tx.AddReport(ctx, now, ledger.Report{Week: d.period.Name, Recipient: recipient, Edition: 1, From: d.from, To: d.to,
			Workbook: book.Bytes(), Head: head, Figures: figures})
		if err != nil || id == 0 {
			return err // somebody else made it
		}
		ids, err := tx.AddOutgoing(ctx, now, []ledger.Outgoing{{Kind: "report", Cause: d.period.Name, Recipient: mail.To, Edition: 1,
			MessageID: mail.MessageID, Raw: mail.Raw, NextAt: now}})
		if err != nil {
			return err
		}
		return j.wake.wake(ctx, tx, Send, ids)
	})
	crash("weekly.after-commit")
	if err == nil {
		j.report.add(Weekly, 1)
	}
	return err
}

func (j *Job) officerFor(l *request.Line, o *request.Origin) string {
	for _, name := range j.order {
		if officer, ok := j.inboxes[name].Roster.For(l, o); ok {
			return officer.Email
		}
	}
	return ""
}

func (j *Job) weeklyMail(recipient string, now time.Time, r *reconcile.Report, book []byte) (notify.Mail, error) {
	w := notify.Weekly{
		Envelope: j.envelope(recipient, "", j.o.Finance.Language, "report "+r.Period.Name+" "+recipient, now, thread{}),
		Period:   r.Period.Name, From: r.Period.From, To: r.Period.To, Edition: r.Edition, Decided: map[request.Outcome]int{}, Waiting: len(r.Waiting),
		Workbook: &notify.Attachment{Name: "handrail-" + r.Period.Name + ".xlsx", Data: book},
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
