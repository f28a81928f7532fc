package report

import (
	"context"
	"strings"
	"testing"
	"time"

	"handrail/internal/statement"
	"handrail/internal/workbook"
)

func TestConfigNamesEveryMistake(t *testing.T) {
	c := Config{TolerancePercent: "a lot", ToleranceMost: "-1", WindowDays: -3, FiscalYearStart: 13, PublishAbove: "10,000",
		StatementHeaders: map[string][]string{"shop": {"Shop"}, "merchant": {"Trading name", "…"}, "reference": {"trading NAME"}}}
	err := c.Validate()
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"tolerance_percent: \"a lot\"", "tolerance_most:", "window_days:", "fiscal_year_start:", "publish_above:",
		"statement_headers.shop: a statement has no such field", "statement_headers.merchant: \"…\"", "statement_headers.reference: \"trading NAME\" is also a header of merchant"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in\n%v", want, err)
		}
	}
	for _, c := range []Config{{TolerancePercent: "50"}, {TipPercent: "31"}, {TipPercent: "much"}, {ExchangePercent: "-1"}, {ExchangePercent: "21"}} {
		if err := c.Validate(); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}

func TestConfigBecomesOptions(t *testing.T) {
	c := Config{TolerancePercent: "0.5", WindowDays: 60, PublishAbove: "15000.00", FiscalYearStart: 10, OfficerMinutes: "7",
		StatementHeaders: map[string][]string{"merchant": {"Trading name"}}}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	if err := (Config{}).Validate(); err != nil {
		t.Fatal(err)
	}
	if o := c.Match(time.UTC); o.TolerancePercent.Decimal.String() != "0.5" || o.ToleranceMost.Valid || o.Window != 60 || o.Zone != time.UTC {
		t.Errorf("match options %+v", o)
	}
	if o := (Config{TolerancePercent: "0"}).Match(time.UTC); !o.TolerancePercent.Valid || !o.TolerancePercent.Decimal.IsZero() {
		t.Errorf("a tolerance of zero is %+v", o.TolerancePercent)
	}
	if o := (Config{TipPercent: "15", ExchangePercent: "2.5"}).Match(time.UTC); o.TipPercent.String() != "15" || o.ExchangePercent.String() != "2.5" {
		t.Errorf("tips of %s, exchange of %s", o.TipPercent, o.ExchangePercent)
	}
	s, err := statement.Read(context.Background(), []byte("Date,Trading name,Amount\n2026-11-03,A,1.50\n"), workbook.DefaultBounds(), c.Statement("s.csv", "CAD"))
	if err != nil || s.Charges[0].Merchant != "A" {
		t.Errorf("%+v, %v", s, err)
	}
	var r Contents
	c.Apply(&r)
	if r = r.withDefaults(); r.FiscalYearStart != time.October || r.PublishAbove.String() != "15000" || r.Estimates.OfficerMinutes.String() != "7" || r.Estimates.RouteWeeks.String() != "15" {
		t.Errorf("report %+v", r)
	}
}
