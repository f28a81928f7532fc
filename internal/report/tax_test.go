package report

import (
	"strings"
	"testing"

	"handrail/internal/reconcile/reconciletest"
	"handrail/internal/request"
)

// A tax is divided by the one rate that it comes to, and left whole where that cannot be told.
func TestTaxIsDividedByItsRate(t *testing.T) {
	for _, x := range []struct{ net, tax, want string }{
		{"100.00", "13.00", "13% 13.00 0.00"},            // Ontario
		{"100.00", "15.00", "15% 15.00 0.00"},            // New Brunswick
		{"1000.00", "140.00", "14% 140.00 0.00"},         // Nova Scotia
		{"100.00", "5.00", "5% 5.00 0.00"},               // Alberta, or a supplier who collects no PST
		{"1000.00", "120.00", "5% + 7% 50.00 70.00"},     // British Columbia, Manitoba
		{"1000.00", "110.00", "5% + 6% 50.00 60.00"},     // Saskatchewan
		{"1000.00", "149.75", "5% + 9.975% 50.00 99.75"}, // Quebec
		{"1000.00", "149.77", "5% + 9.975% 50.00 99.77"}, // rounded item by item
		{"1000.00", "149.80", ""},                        // neither Quebec nor 15%
		{"20.00", "3.00", ""},                            // 15%, or Quebec: 2.995
		{"100.00", "99.75", ""}, {"100.00", "7.00", ""},  // no rate
		{"0.00", "5.00", ""}, {"-100.00", "-13.00", "13% -13.00 0.00"},
	} {
		r, f, p, ok := divideTax(reconciletest.CAD(x.net), reconciletest.CAD(x.tax), canadianRates())
		got := ""
		if ok {
			got = r.word(request.English) + " " + f.StringFixed(2) + " " + p.StringFixed(2)
			if !f.Add(p).Equal(reconciletest.CAD(x.tax).Amount) {
				t.Errorf("%s on %s: the parts are not the tax", x.tax, x.net)
			}
		}
		if got != x.want {
			t.Errorf("%s on %s: %q, want %q", x.tax, x.net, got, x.want)
		}
	}
}

// Before tax, the taxes and what is not stated make the total, whatever the lines.
func TestTaxesMakeTheTotal(t *testing.T) {
	for seed := range uint64(5) {
		r := randomReport(seed, 120, request.English).withDefaults()
		r.Lines[0].Tax = request.Money{}
		p := &sheetWriter{Contents: r, book: newBook(r.Lang, "")}
		for k, x := range p.taxes() {
			if sum := x.net.Add(x.federal).Add(x.provincial).Add(x.undivided).Add(x.untold); !sum.Equal(x.total) {
				t.Errorf("seed %d, %v: %s, want %s", seed, k, sum, x.total)
			}
			if k.group.currency != "CAD" && !x.federal.IsZero() {
				t.Errorf("seed %d: a Canadian tax in %s", seed, k.group.currency)
			}
		}
	}
}

func TestTaxRatesAreConfigured(t *testing.T) {
	c := Config{TaxRates: []string{"20", "5+a", "90+20"}}
	err := c.Validate()
	if err == nil || strings.Contains(err.Error(), "tax_rates[0]") || !strings.Contains(err.Error(), "tax_rates[1]: ") || !strings.Contains(err.Error(), "tax_rates[2]: ") {
		t.Errorf("%v", err)
	}
	var r Contents
	Config{TaxRates: []string{"20"}}.Apply(&r)
	r.Currency = "CAD"
	if r = r.withDefaults(); len(r.TaxRates) != 1 || r.TaxRates[0].word(request.French) != "20\u00a0%" {
		t.Errorf("%+v", r.TaxRates)
	}
	if r := (Contents{Currency: "USD"}).withDefaults(); r.TaxRates != nil {
		t.Errorf("American invoices are divided by %+v", r.TaxRates)
	}
}
