package report

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/reconcile"
	"handrail/internal/statement"
)

// Config is the [finance.reconcile] table of the configuration: how charges are compared with approvals, and what the
// workbook assumes. Zero values mean their defaults.
type Config struct {
	TolerancePercent string   `toml:"tolerance_percent" comment:"How much a charge may differ from its approval, in per cent; empty: 1; \"0\" is to the cent."`
	ToleranceMost    string   `toml:"tolerance_most" comment:"… and at most by this amount; empty: 25.00."`
	TipPercent       string   `toml:"tip_percent" comment:"How much more than approved a charge with its line's number may be for a tip, in per cent; empty: 0."`
	ExchangePercent  string   `toml:"exchange_percent" comment:"How much a charge that the bank converted may differ from the line whose number it has, in per cent; empty: 0."`
	WindowDays       int      `toml:"window_days" comment:"How many days after its approval a line may be charged; 0: 45."`
	ReferenceDays    int      `toml:"reference_window_days" comment:"… when the charge has the line's number; 0: 366."`
	PublishAbove     string   `toml:"publish_above" comment:"Contracts above this value are published one by one; empty: 10000.00."`
	FiscalYearStart  int      `toml:"fiscal_year_start" comment:"The month in which the fiscal year begins, 1 to 12; 0: April."`
	TaxRates         []string `toml:"tax_rates" comment:"Sales taxes of invoices in per cent, \"13\" or \"5+9.975\" where PST or QST comes on top; empty: those of Canada's provinces."`
	OfficerHours     string   `toml:"officer_hours_saved" comment:"Estimate for the Measures sheet: officer hours that one approval inside the guardrails saves; empty: 5."`
	OfficerMinutes   string   `toml:"officer_minutes" comment:"Estimate: officer minutes for one escalated line; empty: 10."`
	RouteWeeks       string   `toml:"route_weeks" comment:"Estimate: weeks one purchase takes on the ordinary route; empty: 15."`
	// PurchasesNegative is for banks that write purchases with a minus.
	PurchasesNegative bool `toml:"statement_purchases_negative" comment:"true when the bank writes purchases with a minus and money back without."`
	// StatementHeaders maps the name of a statement's field to further headers of the bank's.
	StatementHeaders map[string][]string `toml:"statement_headers" comment:"The bank's own column names, such as { merchant = [\"Trading name\"] }."`
	// Profiles say how the files of one sender are read.
	Profiles []statement.Profile `toml:"statement,omitempty" comment:"How the statements of one sender are read, for each [[finance.reconcile.statement]]: handrail statement FILE proposes one."`
}

// Validate names every mistake, a line each, as "key: what is wrong".
func (c Config) Validate() error {
	var mistakes []error
	bad := func(key, format string, args ...any) {
		mistakes = append(mistakes, fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...)))
	}
	for _, n := range []struct{ key, value string }{
		{"tolerance_percent", c.TolerancePercent}, {"tolerance_most", c.ToleranceMost}, {"tip_percent", c.TipPercent}, {"exchange_percent", c.ExchangePercent}, {"publish_above", c.PublishAbove},
		{"officer_hours_saved", c.OfficerHours}, {"officer_minutes", c.OfficerMinutes}, {"route_weeks", c.RouteWeeks},
	} {
		if d, err := plainNumber(n.value); err != nil || d.IsNegative() {
			bad(n.key, "%q is not a number such as 25.00", n.value)
		}
	}
	for _, n := range []struct {
		key, value string
		most       int64
	}{{"tolerance_percent", c.TolerancePercent, 20}, {"tip_percent", c.TipPercent, 30}, {"exchange_percent", c.ExchangePercent, 20}} {
		if d, err := plainNumber(n.value); err == nil && d.GreaterThan(decimal.NewFromInt(n.most)) {
			bad(n.key, "%s per cent would match what is not the same purchase; at most %d", n.value, n.most)
		}
	}
	for _, n := range []struct {
		key   string
		value int
	}{{"window_days", c.WindowDays}, {"reference_window_days", c.ReferenceDays}} {
		if n.value < 0 || n.value > 3660 {
			bad(n.key, "%d is not a number of days between 1 and 3660", n.value)
		}
	}
	if c.FiscalYearStart < 0 || c.FiscalYearStart > 12 {
		bad("fiscal_year_start", "%d is not a month", c.FiscalYearStart)
	}
	for i, s := range c.TaxRates {
		if _, err := parseTaxRate(s); err != nil {
			bad(fmt.Sprintf("tax_rates[%d]", i), "%v", err)
		}
	}
	return errors.Join(append(mistakes, statement.CheckHeaders(c.StatementHeaders), statement.CheckProfiles(c.Profiles))...)
}

// plainNumber reads a number of the configuration; "" is zero.
func plainNumber(s string) (decimal.Decimal, error) {
	if s == "" {
		return decimal.Zero, nil
	}
	return decimal.NewFromString(s)
}

// given is a number that Validate let pass; it is not valid where the configuration says none.
func given(s string) decimal.NullDecimal {
	return decimal.NullDecimal{Decimal: known(s), Valid: s != ""}
}

// known is a number that Validate let pass.
func known(s string) decimal.Decimal {
	d, _ := plainNumber(s)
	return d
}

// Match are the options for matching; the configuration must be valid.
func (c Config) Match(zone *time.Location) reconcile.Options {
	return reconcile.Options{TolerancePercent: given(c.TolerancePercent), ToleranceMost: given(c.ToleranceMost), TipPercent: known(c.TipPercent), ExchangePercent: known(c.ExchangePercent),
		Window: c.WindowDays, ReferenceWindow: c.ReferenceDays, Zone: zone}
}

// Statement are the options for reading a statement; the configuration must be valid.
func (c Config) Statement(name, currency string) statement.Options {
	return statement.Options{Name: name, Currency: currency, PurchasesNegative: c.PurchasesNegative, Headers: c.StatementHeaders}
}

// StatementFrom are the options for reading a statement that somebody sent: those of Statement and the sender's profile.
func (c Config) StatementFrom(sender, name, currency string) statement.Options {
	o := c.Statement(name, currency)
	o.Profile = statement.ProfileOf(c.Profiles, sender)
	return o
}

// Apply puts what the configuration says about workbooks into a report.
func (c Config) Apply(r *Contents) {
	for _, s := range c.TaxRates {
		if rate, err := parseTaxRate(s); err == nil {
			r.TaxRates = append(r.TaxRates, rate)
		}
	}
	r.PublishAbove, r.FiscalYearStart = known(c.PublishAbove), time.Month(c.FiscalYearStart)
	r.Estimates = c.Estimates()
}

// Estimates are the configuration's, the standard ones where it names none.
func (c Config) Estimates() Estimates {
	return Estimates{OfficerHoursSaved: known(c.OfficerHours), OfficerMinutes: known(c.OfficerMinutes), RouteWeeks: known(c.RouteWeeks)}.orStandard()
}
