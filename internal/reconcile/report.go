package reconcile

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// Report is all that one workbook says. Slices may be in any order; Write sorts what it prints.
type Report struct {
	Period Period
	Lang   request.Lang // the finance officer's; English when unknown
	// Edition counts from 1; a correction is the next edition and says in Changes what differs from the one before.
	Edition int
	Changes []string
	// Made is when the workbook was made; its location is the zone in which all instants are printed.
	Made time.Time
	// Currency is the policy's: its sums come first. ISO 4217.
	Currency string
	Policies []Policy
	Chain    Chain
	// Flow ties the period: opening + received - closed = closing, one per currency. Closed is every line that got its
	// decision in the period; open are the lines that wait for an officer. FlowOf makes it from lines.
	Flow []Flow
	// Lines are the lines that got a decision in the period, the machine's or an officer's.
	Lines []Line
	// Waiting are the lines that wait for an officer at the period's end.
	Waiting []Line
	// YearLines are the approved lines of the fiscal year until the period's end: what suppliers are measured by. Nil when
	// only the period's own lines are known.
	YearLines []*Line
	// Cards joins approvals with charges; nil when there is no statement to join with.
	Cards *Reconciliation
	// Budgets are the cost centres' budgets and what is committed and spent of them, for the fiscal year.
	Budgets []Budget
	// SmallContracts is the calendar year's aggregate of contracts up to PublishAbove; see Aggregate.
	SmallContracts []Aggregate
	// PublishAbove is the value above which a contract is published by itself; zero means 10,000.00.
	PublishAbove decimal.Decimal
	// FiscalYearStart is the month a fiscal year begins; zero means April.
	FiscalYearStart time.Month
	// TaxRates are the sales taxes of invoices in Currency; nil means those of Canada for CAD, and none for others.
	TaxRates []TaxRate
	// Estimates are what the Measures sheet assumes; zero fields take DefaultEstimates'.
	Estimates Estimates
}

// Period is what a workbook covers: a week, a month, a fiscal year or any span. From is its first day, To its last.
type Period struct {
	Name     string // "2026-W47", "2026-11", "2026-27", or "2026-11-03..2026-12-02"
	From, To request.Date
}

// Policy is a policy that was in force in the period.
type Policy struct {
	Mark request.PolicyMark
	// Lines is how many lines of the period it judged.
	Lines int
}

// Chain is the head of the decision chain when the workbook was made.
type Chain struct {
	Length int64  // how many decisions the chain holds
	Head   string // the last one's SHA-256, hexadecimal
}

// Tally is a number of lines (or charges) and their sum, in the currency beside it.
type Tally struct {
	Lines  int
	Amount decimal.Decimal
}

func (t Tally) add(amount decimal.Decimal) Tally { return Tally{t.Lines + 1, t.Amount.Add(amount)} }

// Flow is what was open, came in, was closed and stays open, in one currency.
type Flow struct {
	Currency                           string
	Opening, Received, Closed, Closing Tally
}

// Ties reports whether opening + received - closed is closing.
func (f Flow) Ties() bool {
	return f.Opening.Lines+f.Received.Lines-f.Closed.Lines == f.Closing.Lines &&
		f.Opening.Amount.Add(f.Received.Amount).Sub(f.Closed.Amount).Equal(f.Closing.Amount)
}

// Line is one line of a request as finance sees it.
type Line struct {
	Reference  string // HR-2026-000123-04
	Title      string
	TitleOther string // the title in the other language
	Requester  string // e-mail address
	Unit       string
	Supplier   string
	SupplierID string
	CostCentre string
	GLAccount  string
	Commodity  string // "goods", "services", "construction", or ""
	Cardholder string
	Amends     string // the reference of the line this one adds to
	Net, Tax   request.Money
	Total      request.Money // without a currency when the amount could not be read
	Received   time.Time
	Decided    time.Time // zero while it waits
	Outcome    request.Outcome
	DecidedBy  string       // "" when the guardrails decided alone, else the officer
	Officer    string       // who it waits for, or who was asked
	Due        request.Date // the day a decision is wanted by
	Policy     string       // the hash of the policy that judged
	Findings   []request.Finding
	Reason     string // what the officer wrote
	Language   request.Lang
}

// amount is the line's total, zero when it could not be read.
func (l *Line) amount() decimal.Decimal { return l.Total.Amount }

// Budget is one cost centre's money for the fiscal year.
type Budget struct {
	CostCentre string
	Currency   string
	Budget     decimal.Decimal // zero when none is on file
	Committed  decimal.Decimal // approved and not yet charged
	Spent      decimal.Decimal // charged, and matched with an approval
	Unapproved decimal.Decimal // charged without an approval, where the statement names the cost centre
}

// used is what is gone of a budget or bound to go.
func (b *Budget) used() decimal.Decimal { return b.Committed.Add(b.Spent).Add(b.Unapproved) }

// Aggregate is one row of the calendar year's aggregate of contracts up to the publication threshold.
type Aggregate struct {
	Commodity            string // goods, services, construction
	Currency             string
	Contracts            int
	Original, Amendments decimal.Decimal
}

// Estimates are the assumptions of the Measures sheet. They are printed beside what is made of them.
type Estimates struct {
	// OfficerHoursSaved is what one purchase decided inside the guardrails spares an officer.
	OfficerHoursSaved decimal.Decimal
	// OfficerMinutes is what an officer spends on one escalated line.
	OfficerMinutes decimal.Decimal
	// RouteWeeks is how long the ordinary low-dollar route takes from start to finish.
	RouteWeeks decimal.Decimal
}

// DefaultEstimates are the pilot's figures (DOMAIN, "Why this exists"): over 5 officer hours wanted per procurement, 15
// weeks on the ordinary route. OfficerMinutes is an assumption of ours.
func DefaultEstimates() Estimates {
	return Estimates{OfficerHoursSaved: decimal.NewFromInt(5), OfficerMinutes: decimal.NewFromInt(10), RouteWeeks: decimal.NewFromInt(15)}
}

// FlowOf makes the control totals from lines: all that were waiting at from, and all received in [from, to). Superseded
// and withdrawn lines close like decided ones, at Decided. Currencies come in the order of their codes, main first.
func FlowOf(lines []Line, from, to time.Time, main string) []Flow {
	by := map[string]*Flow{}
	for i := range lines {
		l := &lines[i]
		code := l.Total.Currency
		if code == "" {
			code = main
		}
		f := by[code]
		if f == nil {
			f = &Flow{Currency: code}
			by[code] = f
		}
		openAt := func(t time.Time) bool {
			return l.Received.Before(t) && (l.Decided.IsZero() || !l.Decided.Before(t))
		}
		if openAt(from) {
			f.Opening = f.Opening.add(l.amount())
		}
		if !l.Received.Before(from) && l.Received.Before(to) {
			f.Received = f.Received.add(l.amount())
		}
		if !l.Decided.IsZero() && !l.Decided.Before(from) && l.Decided.Before(to) && l.Received.Before(to) {
			f.Closed = f.Closed.add(l.amount())
		}
		if openAt(to) {
			f.Closing = f.Closing.add(l.amount())
		}
	}
	var flows []Flow
	for _, code := range currencies(by, main) {
		flows = append(flows, *by[code])
	}
	return flows
}

// SumFlows adds up flows of one currency and puts them in order, main first.
func SumFlows(list []Flow, main string) []Flow {
	by := map[string]*Flow{}
	for _, f := range list {
		sum := by[f.Currency]
		if sum == nil {
			sum = &Flow{Currency: f.Currency}
			by[f.Currency] = sum
		}
		for _, t := range []struct {
			to   *Tally
			more Tally
		}{{&sum.Opening, f.Opening}, {&sum.Received, f.Received}, {&sum.Closed, f.Closed}, {&sum.Closing, f.Closing}} {
			*t.to = Tally{t.to.Lines + t.more.Lines, t.to.Amount.Add(t.more.Amount)}
		}
	}
	var flows []Flow
	for _, code := range currencies(by, main) {
		flows = append(flows, *by[code])
	}
	return flows
}

// validate refuses what would print nonsense.
func (r *Report) validate() error {
	switch {
	case r.Period.Name == "" || r.Period.From.IsZero() || r.Period.To.IsZero():
		return errors.New("a report needs a period with a name, a first and a last day")
	case r.Period.To.Before(r.Period.From):
		return fmt.Errorf("the period %s ends before it begins", r.Period.Name)
	case r.Made.IsZero():
		return errors.New("a report needs the instant it was made")
	case r.Currency == "":
		return errors.New("a report needs the policy's currency")
	}
	return nil
}

// withDefaults fills in what was left to the defaults.
func (r Report) withDefaults() Report {
	if r.Lang != request.French {
		r.Lang = request.English
	}
	if r.Edition == 0 {
		r.Edition = 1
	}
	if r.PublishAbove.IsZero() {
		r.PublishAbove = decimal.NewFromInt(10_000)
	}
	if r.FiscalYearStart == 0 {
		r.FiscalYearStart = time.April
	}
	if r.TaxRates == nil && r.Currency == "CAD" {
		r.TaxRates = canadianRates()
	}
	r.Estimates = r.Estimates.orStandard()
	return r
}

// orStandard puts the standard estimates where there is none.
func (e Estimates) orStandard() Estimates {
	standard := DefaultEstimates()
	for _, x := range []struct{ given, usual *decimal.Decimal }{
		{&e.OfficerHoursSaved, &standard.OfficerHoursSaved},
		{&e.OfficerMinutes, &standard.OfficerMinutes},
		{&e.RouteWeeks, &standard.RouteWeeks},
	} {
		if x.given.IsZero() {
			*x.given = *x.usual
		}
	}
	return e
}
