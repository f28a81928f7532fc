package reconcile_test

import (
	"testing"

	"github.com/shopspring/decimal"

	"handrail/internal/reconcile"
	"handrail/internal/reconcile/reconciletest"
	"handrail/internal/request"
	"handrail/internal/statement"
)

// Tips and exchange are the policy's: a charge with the line's number may be above it, or off when the bank converted it, by what is configured and
// no more; without the number by nothing.
func TestTipsAndExchange(t *testing.T) {
	const a = "HR-2026-000001-01"
	lunch := []reconcile.Line{reconciletest.Approved(a, "Cedar Bistro", "100.00", "2026-11-01")}
	tip := reconcile.Options{TipPercent: decimal.NewFromInt(15)}
	rate := reconcile.Options{ExchangePercent: decimal.NewFromInt(4)}
	charge := func(amount, reference, original string) []statement.Charge {
		c := reconciletest.Charged("CEDAR BISTRO", amount, "2026-11-05", reference)
		if original != "" {
			c.Original = request.Money{Amount: decimal.RequireFromString(original), Currency: "USD"}
		}
		return []statement.Charge{c}
	}
	for name, x := range map[string]struct {
		o                           reconcile.Options
		amount, reference, original string
		want                        string
		open                        int
	}{
		"a tip":                         {tip, "115.00", a, "", "reference-tip:[0]<-[0] ", 0},
		"a tip on top of the tolerance": {tip, "116.00", a, "", "reference-tip:[0]<-[0] ", 0},
		"more than a tip":               {tip, "116.01", a, "", "reference-beyond:[0]<-[0] ", 0},
		"no tips":                       {reconcile.Options{}, "115.00", a, "", "reference-beyond:[0]<-[0] ", 0},
		"a tip without the number":      {tip, "115.00", "", "", "0=wrong-amount ", 1},
		"a tip is never below":          {tip, "90.00", a, "", "reference-part:[0]<-[0] ", 1},
		"converted, above":              {rate, "104.90", a, "76.00", "reference-exchange:[0]<-[0] ", 0},
		"converted, below":              {rate, "95.00", a, "70.00", "reference-exchange:[0]<-[0] ", 0},
		"converted, further below":      {rate, "94.99", a, "70.00", "reference-part:[0]<-[0] ", 1},
		"converted, further above":      {rate, "105.01", a, "78.00", "reference-beyond:[0]<-[0] ", 0},
		"not converted":                 {rate, "104.90", a, "", "reference-beyond:[0]<-[0] ", 0},
		"within the tolerance anyway":   {rate, "100.90", a, "76.00", "reference:[0]<-[0] ", 0},
	} {
		r := reconciletest.Join(t, lunch, charge(x.amount, x.reference, x.original), x.o)
		if got := reconciletest.Said(r); got != x.want || len(r.Open) != x.open {
			t.Errorf("%s: %s with %d lines open, want %s with %d", name, got, len(r.Open), x.want, x.open)
		}
	}
	if _, err := reconcile.Join(nil, nil, reconcile.Options{TipPercent: decimal.NewFromInt(-1)}); err == nil {
		t.Error("a tip below zero was taken")
	}
}
