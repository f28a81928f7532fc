package batch

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/rules"
)

// ReportOptions says which report to build.
type ReportOptions struct {
	Period   reconcile.Period
	From, To time.Time // the instants that the period means, half-open
	Lang     request.Lang
	Edition  int
	Zone     *time.Location
	Now      time.Time
	// Currency is the policy's.
	Currency string
	// Policy finds a policy by its hash, for its name and its guardrails' titles.
	Policy func(hash string) (*rules.Policy, error)
	// Roster finds who a waiting line lies with; nil names nobody.
	Officer func(*request.Line, *request.Origin) string
	// Changes are what an edition above the first differs in from the one before.
	Changes []string
	// Statements are charges from files, joined beside those of the ledger.
	Statements []reconcile.Charge
	Reconcile  reconcile.Config
	// FiscalStart is the policy's first month of a fiscal year, where Reconcile names none.
	FiscalStart time.Month
	// Budgets are those of the fiscal year that the period ends in.
	Budgets []reconcile.Budget
	// Progress, when there is one, hears how many charges are matched.
	Progress func(done, of int)
}

// Built is a report with what making it changes in the ledger.
type Built struct {
	reconcile.Report
	// Settlements are what became of charges, for SettleCharges; none for a report on demand.
	Settlements []ledger.Settlement
}

// BuildReport reads from the ledger what finance's workbook says about a period.
func BuildReport(ctx context.Context, tx *ledger.Tx, o ReportOptions) (Built, error) {
	r := Built{Report: reconcile.Report{Period: o.Period, Lang: o.Lang, Edition: o.Edition, Changes: o.Changes, Made: o.Now.In(o.Zone), Currency: o.Currency}}
	o.Reconcile.Apply(&r.Report)
	r.FiscalYearStart = cmp.Or(r.FiscalYearStart, o.FiscalStart, time.April)
	uses, err := tx.PoliciesBetween(ctx, o.From, o.To)
	if err != nil {
		return r, err
	}
	for _, u := range uses {
		p, err := o.Policy(u.Hash)
		if err != nil {
			return r, err
		}
		r.Policies = append(r.Policies, reconcile.Policy{Mark: p.Mark(), Lines: int(u.Lines)})
	}
	head, err := tx.Head(ctx)
	if err != nil {
		return r, err
	}
	r.Chain = reconcile.Chain{Length: head.Seq}
	if head.Seq > 0 {
		r.Chain.Head = head.Hash.String()
	}
	var flow []reconcile.Line
	seen := map[int64]bool{}
	inFlow := func(w *ledger.WeekLine, l reconcile.Line) {
		if seen[w.ID] {
			return
		}
		seen[w.ID] = true
		// The control totals follow the ledger's own instants: a line is there from its judging on.
		l.Received = w.JudgedAt
		if w.Judged != request.Escalated {
			l.Decided = w.JudgedAt
		}
		flow = append(flow, l)
	}
	if err := tx.WaitingAt(ctx, o.From, func(w *ledger.WeekLine) error {
		l, err := financeLine(w, &o)
		inFlow(w, l)
		return err
	}); err != nil {
		return r, err
	}
	if err := tx.JudgedBetween(ctx, o.From, o.To, func(w *ledger.WeekLine) error {
		l, err := financeLine(w, &o)
		inFlow(w, l)
		return err
	}); err != nil {
		return r, err
	}
	if err := tx.DecisionsBetween(ctx, o.From, o.To, func(w *ledger.WeekLine) error {
		l, err := financeLine(w, &o)
		r.Lines = append(r.Lines, l)
		return err
	}); err != nil {
		return r, err
	}
	if err := tx.WaitingAt(ctx, o.To, func(w *ledger.WeekLine) error {
		l, err := financeLine(w, &o)
		l.Decided = time.Time{}
		l.Outcome = request.Escalated
		r.Waiting = append(r.Waiting, l)
		return err
	}); err != nil {
		return r, err
	}
	r.Flow = reconcile.FlowOf(flow, o.From, o.To, o.Currency)
	return r, addCards(ctx, tx, &o, &r)
}

// addCards joins approvals with charges, and works out commitments and what is published.
func addCards(ctx context.Context, tx *ledger.Tx, o *ReportOptions, r *Built) error {
	c, err := readCards(ctx, tx, o)
	if err != nil {
		return err
	}
	if len(c.charges) > 0 {
		r.Cards, r.Settlements = c.view(o.Currency), c.settlements()
	}
	if len(c.charges) > 0 || len(o.Budgets) > 0 {
		r.Budgets = reconcile.CommitFrom(o.Budgets, c.inYear(reconcile.FiscalYearOf(o.Period.To, r.FiscalYearStart), o.Zone))
	}
	fiscal := reconcile.FiscalYearOf(o.Period.To, r.FiscalYearStart)
	r.YearLines = []*reconcile.Line{}
	for i := range c.lines {
		if l := &c.lines[i]; l.Outcome == request.Approved && !request.DateOf(l.Decided.In(o.Zone)).Before(fiscal.From) {
			r.YearLines = append(r.YearLines, l)
		}
	}
	var year []reconcile.Line
	for _, l := range c.lines {
		if l.Outcome == request.Approved && l.Decided.In(o.Zone).Year() == o.Period.To.Year {
			year = append(year, l)
		}
	}
	above := publishAbove(&r.Report)
	r.SmallContracts = reconcile.SmallContracts(reconcile.Contracts(year, o.Zone, r.FiscalYearStart), above)
	return nil
}

// ContractsBetween are the contracts approved on days from … to, amendments among them, and the value above which one is
// published by itself.
func ContractsBetween(ctx context.Context, tx *ledger.Tx, from, to request.Date, o ReportOptions) (list []reconcile.Contract, above decimal.Decimal, err error) {
	var r reconcile.Report
	o.Reconcile.Apply(&r)
	var lines []reconcile.Line
	// A line's day is that of its mail; it may have been approved weeks later.
	err = tx.LinesWith(ctx, request.Approved, from.AddDays(-lineReach), to, func(w *ledger.WeekLine) error {
		if on := request.DateOf(w.DecidedAt.In(o.Zone)); on.Before(from) || on.After(to) {
			return nil
		}
		l, err := financeLine(w, &o)
		lines = append(lines, l)
		return err
	})
	return reconcile.Contracts(lines, o.Zone, cmp.Or(r.FiscalYearStart, o.FiscalStart, time.April)), publishAbove(&r), err
}

func publishAbove(r *reconcile.Report) decimal.Decimal {
	if r.PublishAbove.IsZero() {
		return defaultPublishAbove
	}
	return r.PublishAbove
}

// defaultPublishAbove is reconcile's own where the configuration names none: 10,000.00.
var defaultPublishAbove = decimal.NewFromInt(10000)

// financeLine is a line of the ledger as finance sees it.
func financeLine(w *ledger.WeekLine, o *ReportOptions) (reconcile.Line, error) {
	l := reconcile.Line{Reference: w.Reference, Requester: w.Requester, Unit: w.Unit, Supplier: w.Supplier, CostCentre: w.CostCentre,
		Received: w.ReceivedAt.In(o.Zone), Outcome: w.Outcome, DecidedBy: w.DecidedBy, Reason: w.Reason, Policy: w.Policy, Asked: w.JudgedAt.In(o.Zone)}
	if !w.DecidedAt.IsZero() {
		l.Decided = w.DecidedAt.In(o.Zone)
	}
	if w.HasAmount {
		l.Total = request.FromMinor(w.Amount, w.Currency)
	}
	if w.Facts == nil {
		return l, nil // disposed of: what remains is the record
	}
	var facts request.Facts
	if err := json.Unmarshal(w.Facts, &facts); err != nil {
		return l, fmt.Errorf("line %s: %w", w.Reference, err)
	}
	if err := json.Unmarshal(w.Findings, &l.Findings); err != nil {
		return l, fmt.Errorf("line %s: %w", w.Reference, err)
	}
	v := &facts.Line.Values
	money := func(f request.Field) request.Money {
		if x := v[f]; x.Given && !x.Faulty {
			return request.Money{Amount: x.Number, Currency: w.Currency}
		}
		return request.Money{}
	}
	l.Title, l.TitleOther, l.SupplierID = v[request.Title].Text, v[request.TitleOther].Text, v[request.SupplierID].Text
	l.GLAccount, l.Commodity, l.Payment = v[request.GLAccount].Text, v[request.Commodity].Text, v[request.Payment].Text
	l.Cardholder, l.Amends, l.NeededBy = v[request.Cardholder].Text, v[request.Amends].Text, v[request.NeededBy].Date
	l.Net, l.Tax, l.Language = money(request.Net), money(request.Tax), facts.Request.Language
	if o.Officer != nil && w.Outcome == request.Escalated {
		l.Officer = o.Officer(&facts.Line, &facts.Request)
	}
	if w.Judged == request.Escalated {
		l.Due = afterWorkingDays(request.DateOf(w.JudgedAt.In(o.Zone)), decideDays)
	}
	return l, nil
}
