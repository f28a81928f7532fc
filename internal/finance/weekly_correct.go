package finance

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/report"
	"handrail/internal/request"
)

// reportFigures is what the ledger keeps of a report beside its workbook: enough to say what a later edition changes.
// It holds nothing that is personal.
type reportFigures struct {
	Flow    []reconcile.Flow `json:"flow"`
	Lines   []lineFigure     `json:"lines"`
	Waiting int              `json:"waiting"`
	Charges []reconcile.Flow `json:"charges,omitempty"`
	Apart   []apartFigure    `json:"apart,omitempty"`
	Changes []string         `json:"changes,omitempty"`
}

// apartFigure is a charge of which finance said that it belongs to no line.
type apartFigure struct {
	Key      string        `json:"key"`
	Bought   request.Date  `json:"bought"`
	Merchant string        `json:"merchant"`
	Amount   request.Money `json:"amount"`
}

type lineFigure struct {
	Reference  string          `json:"reference"`
	Outcome    request.Outcome `json:"outcome"`
	Total      request.Money   `json:"total"`
	Supplier   string          `json:"supplier"`
	CostCentre string          `json:"cost_centre"`
}

func figuresOf(r *report.Contents) reportFigures {
	f := reportFigures{Flow: r.Flow, Waiting: len(r.Waiting), Changes: r.Changes, Lines: make([]lineFigure, len(r.Lines))}
	for i := range r.Lines {
		l := &r.Lines[i]
		f.Lines[i] = lineFigure{l.Reference, l.Outcome, l.Total, l.Supplier, l.CostCentre}
	}
	if r.Cards != nil {
		f.Charges = r.Cards.Flow
		for _, left := range r.Cards.Left {
			if c := &r.Cards.Charges[left.Charge]; left.Reason == reconcile.NoLine {
				f.Apart = append(f.Apart, apartFigure{c.Fingerprint, c.Transacted, c.Merchant, c.Amount})
			}
		}
	}
	return f
}

// changes says what differs between the figures of an edition and those of the next, in the words of finance.
func (f *reportFigures) changes(now reportFigures, l request.Lang) []string {
	return slices.Concat(report.ChangesSince(f.asLines(), now.asLines(), l), chargeChanges(f.Charges, now.Charges, l), apartChanges(f.Apart, now.Apart, l))
}

// apartChanges names the charges of which finance said by hand, since the edition before, that they belong to no line, and
// those of which it says so no longer.
func apartChanges(before, now []apartFigure, l request.Lang) []string {
	var said []string
	tell := func(list, other []apartFigure, what request.Text) {
		known := make(map[string]bool, len(other))
		for i := range other {
			known[other[i].Key] = true
		}
		for _, a := range list {
			if !known[a.Key] {
				said = append(said, a.Merchant+", "+a.Bought.String()+", "+a.Amount.In(l)+what.In(l))
			}
		}
	}
	tell(now, before, request.Text{EN: ": belongs to no approved line, said by hand", FR: "\u00a0: n’appartient à aucune ligne approuvée, indiqué à la main"})
	tell(before, now, request.Text{EN: ": no longer said to belong to no line", FR: "\u00a0: n’est plus indiqué comme n’appartenant à aucune ligne"})
	return said
}

func (f *reportFigures) asLines() []reconcile.Line {
	list := make([]reconcile.Line, len(f.Lines))
	for i, l := range f.Lines {
		list[i] = reconcile.Line{Reference: l.Reference, Outcome: l.Outcome, Total: l.Total, Supplier: l.Supplier, CostCentre: l.CostCentre}
	}
	return list
}

// chargeChanges compares the control totals of charges.
func chargeChanges(before, now []reconcile.Flow, l request.Lang) []string {
	was := map[string]reconcile.Flow{}
	for _, f := range before {
		was[f.Currency] = f
	}
	var currencies []string
	is := map[string]reconcile.Flow{}
	for _, f := range slices.Concat(now, before) {
		if !slices.Contains(currencies, f.Currency) {
			currencies = append(currencies, f.Currency)
		}
	}
	for _, f := range now {
		is[f.Currency] = f
	}
	var said []string
	for _, currency := range currencies {
		a, b := was[currency], is[currency]
		for _, part := range []struct {
			name    request.Text
			was, is reconcile.Sum
		}{
			{request.Text{EN: "charges open before", FR: "achats en suspens auparavant"}, a.Opening, b.Opening},
			{request.Text{EN: "new charges", FR: "nouveaux achats"}, a.Received, b.Received},
			{request.Text{EN: "charges matched", FR: "achats rapprochés"}, a.Closed, b.Closed},
			{request.Text{EN: "charges open after", FR: "achats en suspens ensuite"}, a.Closing, b.Closing},
		} {
			if part.was.Lines == part.is.Lines && part.was.Amount.Equal(part.is.Amount) {
				continue
			}
			said = append(said, part.name.In(l)+request.Text{EN: ": ", FR: "\u00a0: "}.In(l)+tallyText(part.is, currency, l)+
				request.Text{EN: " instead of ", FR: " au lieu de "}.In(l)+tallyText(part.was, currency, l))
		}
	}
	return said
}

func tallyText(t reconcile.Sum, currency string, l request.Lang) string {
	return fmt.Sprintf("%d, %s", t.Lines, request.Money{Amount: t.Amount, Currency: currency}.In(l))
}

// correctedReports is how many reports of a recipient are looked at for corrections: what came later than that stands
// in the report of its own week.
const correctedReports = 8

// correct makes the next edition of recent reports that are not right any more: a statement came late, a line was
// replaced. It looks once for each time in the schedule.
func (desk *Desk) correct(ctx context.Context, now time.Time, h *batch.Claim, recipient string) error {
	schedule, err := desk.engine.WeeklySchedule()
	if err != nil {
		return err
	}
	note := "reports corrected: " + recipient
	var reports []ledger.Report
	due := false
	err = desk.ledger.View(ctx, func(tx *ledger.Tx) error {
		looked, err := tx.Meta(ctx, note)
		if err != nil {
			return err
		}
		if reports, err = tx.Reports.Editions(ctx, "", recipient); err != nil {
			return err
		}
		reports = slices.DeleteFunc(reports, func(r ledger.Report) bool { return r.To.After(now) }) // made with a wrong clock
		if len(reports) == 0 {
			return nil
		}
		at, err := time.Parse(time.RFC3339, looked)
		if err != nil || at.After(now) {
			at = reports[len(reports)-1].MadeAt // never yet, or with a wrong clock
		}
		due = !schedule.Next(at).After(now)
		return nil
	})
	if err != nil {
		return err
	}
	if !due || len(reports) == 0 {
		return nil
	}
	for _, r := range lastEditions(reports, correctedReports) {
		period, err := periodOf(&r, desk.dept.Zone)
		if err != nil {
			return err
		}
		if err := desk.report1(ctx, now, h, recipient, dueReport{period: period, from: r.From, to: r.To}, &r); err != nil {
			return fmt.Errorf("correct report %s to finance: %w", r.Week, err)
		}
	}
	err = desk.ledger.Update(ctx, func(tx *ledger.Tx) error {
		if mine, err := h.Finish(ctx, tx, h.FirstKey()); err != nil || !mine {
			return err
		}
		err := tx.SetMeta(ctx, note, now.UTC().Format(time.RFC3339))
		batch.Crash("correct.before-commit")
		return err
	})
	batch.Crash("correct.after-commit")
	return err
}

// lastEditions are the last editions of the last reports, so many at most, oldest first.
func lastEditions(reports []ledger.Report, most int) []ledger.Report {
	var last []ledger.Report
	for _, r := range reports { // by period, then by edition
		if n := len(last); n > 0 && last[n-1].Week == r.Week {
			last[n-1] = r
			continue
		}
		last = append(last, r)
	}
	return last[max(0, len(last)-most):]
}

// periodOf is the period of a report that was made: its name, and the days of its instants.
func periodOf(r *ledger.Report, zone *time.Location) (report.Period, error) {
	if !r.From.Before(r.To) {
		return report.Period{}, fmt.Errorf("report %s covers no time", r.Week)
	}
	return report.Period{Name: r.Week, From: request.DateOf(r.From.In(zone)), To: request.DateOf(r.To.Add(-time.Microsecond).In(zone))}, nil
}

// reportCause names a report's mail for ever.
func reportCause(r *report.Contents, recipient string) string {
	cause := "report " + r.Period.Name + " " + recipient
	if r.Edition > 1 {
		cause += fmt.Sprintf(" edition %d", r.Edition)
	}
	return cause
}

// ChangesOf is what an edition said it changes.
func ChangesOf(r ledger.Report) ([]string, error) {
	var told reportFigures
	if err := json.Unmarshal(r.Figures, &told); err != nil {
		return nil, fmt.Errorf("the figures of report %s: %w", r.Week, err)
	}
	return told.Changes, nil
}

// ReportMade is the last edition that finance got of a period, with what it says of changes; found is false when none was.
func ReportMade(ctx context.Context, tx *ledger.Tx, period string) (r ledger.Report, found bool, err error) {
	reports, err := tx.Reports.Editions(ctx, period, "")
	for _, x := range reports {
		if !found || x.Edition > r.Edition {
			r, found = x, true
		}
	}
	return r, found, err
}
