package report

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/reconcile"
	"handrail/internal/request"
)

// Contents is all that one workbook says. Slices may be in any order; Write sorts what it prints.
type Contents struct {
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
	// decision in the period; open are the lines that wait for an officer.
	Flow []reconcile.Flow
	// Lines are the lines that got a decision in the period, the machine's or an officer's.
	Lines []reconcile.Line
	// Waiting are the lines that wait for an officer at the period's end.
	Waiting []reconcile.Line
	// YearLines are the approved lines of the fiscal year until the period's end: what suppliers are measured by. Nil when
	// only the period's own lines are known.
	YearLines []*reconcile.Line
	// Cards joins approvals with charges; nil when there is no statement to join with.
	Cards *reconcile.Reconciliation
	// Corrected is what files that came in the period said otherwise of rows that came before, NotRepeated the rows that they should have
	// and have not.
	Corrected   []CorrectedRow
	NotRepeated []NotRepeatedRow
	// Closed are the lines of Cards that finance closed and did not open again.
	Closed []ClosedLine
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

// ClosedLine is a line for which nothing more will be charged; the line itself says since when.
type ClosedLine struct {
	Line   int    // its place in Cards.Lines
	By     string // who closed it: an address
	Reason string // "" none was given
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

// Budget is one cost centre's money for the fiscal year.
type Budget struct {
	CostCentre string
	Currency   string
	Budget     decimal.Decimal // zero when none is on file
	Committed  decimal.Decimal // approved and not yet charged
	Carried    decimal.Decimal // of Committed: approved before the fiscal year
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

// validate refuses what would print nonsense.
func (r *Contents) validate() error {
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
func (r Contents) withDefaults() Contents {
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
