package finance

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/reconcile"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/rules"
)

// ReportOptions says which report to build.
type ReportOptions struct {
	Period   report.Period
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
	Statements []statement.Charge
	Reconcile  report.Config
	// FiscalStart is the policy's first month of a fiscal year, where Reconcile names none.
	FiscalStart time.Month
	// Budgets are those of the fiscal year that the period ends in.
	Budgets []statement.Budget
	texts   texts
	// Settle asks for what became of charges.
	Settle bool
	// Progress, when there is one, hears how many charges are matched.
	Progress func(done, of int)
}

// texts keeps one copy of each text that many lines say: addresses, suppliers, cost centres, hashes.
type texts map[string]string

func (t *texts) once(s string) string {
	if kept, ok := (*t)[s]; ok {
		return kept
	}
	if *t == nil {
		*t = texts{}
	}
	kept := strings.Clone(s)
	(*t)[kept] = kept
	return kept
}

// Built is a report with what making it changes in the ledger.
type Built struct {
	report.Contents
	// Settlements are what became of charges, for Charges.Settle; none without ReportOptions.Settle.
	Settlements []ledger.Settlement
}

// BuildReport reads from the ledger what finance's workbook says about a period.
func BuildReport(ctx context.Context, tx *ledger.Tx, o ReportOptions) (Built, error) {
	r := Built{Contents: report.Contents{Period: o.Period, Lang: o.Lang, Edition: o.Edition, Changes: o.Changes, Made: o.Now.In(o.Zone), Currency: o.Currency}}
	o.Reconcile.Apply(&r.Contents)
	r.FiscalYearStart = cmp.Or(r.FiscalYearStart, o.FiscalStart, time.April)
	uses, err := tx.Reports.PoliciesBetween(ctx, o.From, o.To)
	if err != nil {
		return r, err
	}
	for _, u := range uses {
		p, err := o.Policy(u.Hash)
		if err != nil {
			return r, err
		}
		r.Policies = append(r.Policies, report.Policy{Mark: p.Mark(), Lines: int(u.Lines)})
	}
	head, err := tx.Chain.Head(ctx)
	if err != nil {
		return r, err
	}
	r.Chain = report.Chain{Length: head.Seq}
	if head.Seq > 0 {
		r.Chain.Head = head.Hash.String()
	}
	flows, err := tx.Reports.Flows(ctx, o.From, o.To)
	if err != nil {
		return r, err
	}
	r.Flow = financeFlow(flows, o.Currency)
	if err := tx.Reports.WaitingAt(ctx, o.To, func(w *ledger.WeekLine) error {
		l, err := financeLine(w, &o)
		l.Decided = time.Time{}
		l.Outcome = request.Escalated
		r.Waiting = append(r.Waiting, l)
		return err
	}); err != nil {
		return r, err
	}
	lines, err := readLines(ctx, tx, &o)
	if err != nil {
		return r, err
	}
	if err := addResent(ctx, tx, &o, &r.Contents); err != nil {
		return r, err
	}
	if r.Closed, err = closedLines(ctx, tx, &o, lines); err != nil {
		return r, err
	}
	r.Lines = lines.decided
	return r, addCards(ctx, tx, &o, &r, lines)
}

// financeFlow is the ledger's flow in the words of finance; lines without a readable amount count with the policy's currency.
func financeFlow(flows []ledger.Flow, main string) []reconcile.Flow {
	var all []reconcile.Flow
	for _, f := range flows {
		code := cmp.Or(f.Currency, main)
		sum := func(s ledger.FlowSum) reconcile.Sum {
			return reconcile.Sum{Lines: int(s.Lines), Amount: request.FromMinor(s.Minor, code).Amount}
		}
		all = append(all, reconcile.Flow{Currency: code, Opening: sum(f.Opening), Received: sum(f.Received), Closed: sum(f.Closed), Closing: sum(f.Closing)})
	}
	return reconcile.SumFlows(all, main)
}

// periodLines are the lines that a report is about, read once. Both slices lie in one array, for of a hundred thousand lines a
// second copy would be most of the memory.
type periodLines struct {
	matchable []reconcile.Line // approved and declined until the period's end, the older ones first
	decided   []reconcile.Line // decided in the period, whatever the outcome
	ids       []int64          // of the matchable, in their order
}

// readLines reads what was decided before the period and may still be charged, and what was decided in it.
func readLines(ctx context.Context, tx *ledger.Tx, o *ReportOptions) (*periodLines, error) {
	since := o.Period.From.AddDays(-lineReach)
	n, err := tx.Reports.CountDecided(ctx, o.To, since)
	if err != nil {
		return nil, err
	}
	p := &periodLines{ids: make([]int64, 0, n)}
	all := make([]reconcile.Line, 0, n)
	var others []reconcile.Line
	visit := func(w *ledger.WeekLine) error {
		l, err := financeLine(w, o)
		if w.Outcome != request.Approved && w.Outcome != request.Declined {
			others = append(others, l)
			return err
		}
		all = append(all, l)
		p.ids = append(p.ids, w.ID)
		return err
	}
	if err := tx.Reports.DecidedBefore(ctx, o.From, since, visit); err != nil {
		return nil, err
	}
	older := len(all)
	if err := tx.Reports.DecisionsBetween(ctx, o.From, o.To, visit); err != nil {
		return nil, err
	}
	matchable := len(all)
	all = append(all, others...)
	p.matchable, p.decided = all[:matchable:matchable], all[older:]
	return p, nil
}

// closedLines marks the lines that stood closed when the period ended, and lists them.
func closedLines(ctx context.Context, tx *ledger.Tx, o *ReportOptions, lines *periodLines) ([]report.ClosedLine, error) {
	closed, err := tx.Lines.ClosedAt(ctx, o.To)
	if err != nil || len(closed) == 0 {
		return nil, err
	}
	var list []report.ClosedLine
	for at, id := range lines.ids {
		c, is := closed[id]
		if !is || lines.matchable[at].Outcome != request.Approved {
			continue
		}
		l := &lines.matchable[at]
		l.Closed = request.DateOf(c.At.In(o.Zone))
		list = append(list, report.ClosedLine{Line: at, By: c.By, Reason: c.Reason})
	}
	return list, nil
}

// addCards joins approvals with charges, and works out commitments and what is published.
func addCards(ctx context.Context, tx *ledger.Tx, o *ReportOptions, r *Built, lines *periodLines) error {
	c, err := readCards(ctx, tx, o, lines)
	if err != nil {
		return err
	}
	end, fiscal := c.atEnd(), report.FiscalYearOf(o.Period.To, r.FiscalYearStart)
	if len(c.charges) > 0 {
		r.Cards = c.view(end, o.Currency)
		if o.Settle {
			r.Settlements = c.settlements()
		}
	}
	if len(c.charges) > 0 || len(o.Budgets) > 0 {
		r.Budgets = report.CommitFrom(o.Budgets, c.inYear(end, fiscal), fiscal.From.Time(o.Zone))
	}
	r.YearLines = []*reconcile.Line{}
	for i := range c.lines {
		if l := &c.lines[i]; l.Outcome == request.Approved && !request.DateOf(l.Decided.In(o.Zone)).Before(fiscal.From) {
			r.YearLines = append(r.YearLines, l)
		}
	}
	year := func(yield func(*reconcile.Line) bool) {
		for l := range report.EachLine(c.lines) {
			if l.Outcome == request.Approved && l.Decided.In(o.Zone).Year() == o.Period.To.Year && !yield(l) {
				return
			}
		}
	}
	r.SmallContracts = report.SmallContracts(report.Contracts(year, o.Zone, r.FiscalYearStart), publishAbove(&r.Contents))
	return nil
}

// ContractsBetween are the contracts approved on days from … to, amendments among them, and the value above which one is
// published by itself.
func ContractsBetween(ctx context.Context, tx *ledger.Tx, from, to request.Date, o ReportOptions) (list []report.Contract, above decimal.Decimal, err error) {
	var r report.Contents
	o.Reconcile.Apply(&r)
	var lines []reconcile.Line
	// A line's day is that of its mail; it may have been approved weeks later.
	err = tx.Reports.LinesWith(ctx, request.Approved, from.AddDays(-lineReach), to, func(w *ledger.WeekLine) error {
		if on := request.DateOf(w.DecidedAt.In(o.Zone)); on.Before(from) || on.After(to) {
			return nil
		}
		l, err := financeLine(w, &o)
		lines = append(lines, l)
		return err
	})
	return report.Contracts(report.EachLine(lines), o.Zone, cmp.Or(r.FiscalYearStart, o.FiscalStart, time.April)), publishAbove(&r), err
}

func publishAbove(r *report.Contents) decimal.Decimal {
	if r.PublishAbove.IsZero() {
		return defaultPublishAbove
	}
	return r.PublishAbove
}

// defaultPublishAbove is reconcile's own where the configuration names none: 10,000.00.
var defaultPublishAbove = decimal.NewFromInt(10000)

// financeLine is a line of the ledger as finance sees it.
func financeLine(w *ledger.WeekLine, o *ReportOptions) (reconcile.Line, error) {
	same := o.texts.once
	l := reconcile.Line{Reference: w.Reference, Requester: same(w.Requester), Unit: same(w.Unit), Supplier: same(w.Supplier), CostCentre: same(w.CostCentre),
		Received: w.ReceivedAt.In(o.Zone), Outcome: w.Outcome, DecidedBy: same(w.DecidedBy), Reason: w.Reason, Policy: same(w.Policy)}
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
	if err := facts.Read(w.Facts); err != nil {
		return l, fmt.Errorf("line %s: %w", w.Reference, err)
	}
	if string(w.Findings) != "[]" {
		if err := json.Unmarshal(w.Findings, &l.Findings); err != nil {
			return l, fmt.Errorf("line %s: %w", w.Reference, err)
		}
	}
	v := &facts.Line.Values
	money := func(f request.Field) request.Money {
		if x := v[f]; x.Given && !x.Faulty {
			return request.Money{Amount: x.Number, Currency: w.Currency}
		}
		return request.Money{}
	}
	l.Title, l.TitleOther, l.SupplierID = v[request.Title].Text, v[request.TitleOther].Text, same(v[request.SupplierID].Text)
	l.GLAccount, l.Commodity = same(v[request.GLAccount].Text), same(v[request.Commodity].Text)
	l.Cardholder, l.Amends = same(v[request.Cardholder].Text), v[request.Amends].Text
	l.Net, l.Tax, l.Language = money(request.Net), money(request.Tax), facts.Request.Language
	if o.Officer != nil && w.Outcome == request.Escalated {
		l.Officer = o.Officer(&facts.Line, &facts.Request)
	}
	if w.Judged == request.Escalated {
		l.Due = officers.Weekdays().Days(request.DateOf(w.JudgedAt.In(o.Zone)), officers.DecisionDays)
	}
	return l, nil
}
