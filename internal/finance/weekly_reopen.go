package finance

import (
	"context"
	"fmt"
	"slices"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// reopened makes the next edition of every week that somebody opened again, for each recipient who had it, and of the later
// weeks that it changes. done is false where one failed and is tried again.
func (desk *Desk) reopened(ctx context.Context, now time.Time) (done bool, err error) {
	var open []ledger.Reopening
	if err := desk.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		open, err = tx.Reports.Reopened(ctx)
		return err
	}); err != nil {
		return false, err
	}
	done = true
	for _, r := range open {
		recipients, err := desk.release(ctx, r)
		if err != nil {
			return false, err
		}
		all := true
		for _, recipient := range recipients {
			made := false
			if err := desk.engine.Claim(ctx, batch.Weekly, "opened again "+r.Week+" "+recipient, reportDeadline, func(h *batch.Claim) error {
				err := desk.reportAgain(ctx, now, h, r, recipient)
				made = err == nil
				return err
			}); err != nil {
				return false, err
			}
			all = all && made
		}
		if !all {
			done = false
			continue
		}
		if err := desk.ledger.Update(ctx, func(tx *ledger.Tx) error { return tx.Reports.DoneReopening(ctx, now, r.ID) }); err != nil {
			return false, err
		}
	}
	return done, nil
}

// release gives the charges of a week back that is open again, and lists the recipients who had it and still get reports.
func (desk *Desk) release(ctx context.Context, r ledger.Reopening) (recipients []string, err error) {
	err = desk.ledger.Update(ctx, func(tx *ledger.Tx) error {
		recipients = nil
		reports, err := tx.Reports.Editions(ctx, r.Week, "")
		if err != nil || len(reports) == 0 {
			return err
		}
		for _, made := range reports {
			if slices.Contains(desk.dept.Finance.Recipients, made.Recipient) && !slices.Contains(recipients, made.Recipient) {
				recipients = append(recipients, made.Recipient)
			}
		}
		if r.Released {
			return nil
		}
		return tx.Reports.ReleaseCharges(ctx, r.ID, reports[0].From, reports[0].To)
	})
	return recipients, err
}

// reportAgain makes the next edition of a week that is open again, whether or not a figure changed, and of the later weeks of which
// one did.
func (desk *Desk) reportAgain(ctx context.Context, now time.Time, h *batch.Claim, r ledger.Reopening, recipient string) error {
	var reports []ledger.Report
	if err := desk.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		reports, err = tx.Reports.Editions(ctx, "", recipient)
		return err
	}); err != nil {
		return err
	}
	last := lastEditions(reports, len(reports))
	at := slices.IndexFunc(last, func(made ledger.Report) bool { return made.Week == r.Week })
	if at < 0 {
		return nil
	}
	for i, made := range last[at:] {
		period, err := periodOf(&made, desk.dept.Zone)
		if err != nil {
			return err
		}
		d := dueReport{period: period, from: made.From, to: made.To}
		if i == 0 && made.MadeAt.Before(r.At) { // else it was made before a stop
			d.opened = openedText(r, desk.dept.Day(r.At)).In(desk.dept.Finance.Language)
		}
		if made.To.After(now) {
			continue
		}
		if err := desk.report1(ctx, now, h, recipient, d, &made); err != nil {
			return fmt.Errorf("report %s to finance again: %w", made.Week, err)
		}
	}
	return nil
}

func openedText(r ledger.Reopening, on request.Date) request.Text {
	return request.Text{EN: "opened again on " + on.String() + ": " + r.Reason, FR: "rouverte le " + on.String() + "\u00a0: " + r.Reason}
}

// withOpening says of an edition why it was made, and that nothing changed where nothing did.
func withOpening(opened string, changes []string, l request.Lang) []string {
	if opened == "" {
		return changes
	}
	if len(changes) == 0 {
		changes = []string{request.Text{EN: "no figure has changed", FR: "aucun chiffre n’a changé"}.In(l)}
	}
	return append([]string{opened}, changes...)
}
