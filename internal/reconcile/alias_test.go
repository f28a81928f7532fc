package reconcile_test

import (
	"testing"

	"handrail/internal/reconcile"
	"handrail/internal/reconcile/reconciletest"
	"handrail/internal/statement"
)

func TestWhatAHandMatchTeaches(t *testing.T) {
	line := func(supplier string) *reconcile.Line {
		l := reconciletest.Approved("HR-2026-000001-01", supplier, "100.00", "2026-11-01")
		return &l
	}
	signs, cedar := line("Northern Lights Signs"), line("Cedar Networks")
	payment := reconciletest.Charged("NTHN LTS", "100.00", "2026-11-05", "")
	payment.Kind = statement.Payment
	for name, x := range map[string]struct {
		charge statement.Charge
		lines  []*reconcile.Line
		want   reconcile.Alias
	}{
		"a short name":        {reconciletest.Charged("SQ *NTHN LTS 8842 ON", "100.00", "2026-11-05", ""), []*reconcile.Line{signs}, reconcile.Alias{Merchant: "NTHN LTS", Supplier: "Northern Lights Signs"}},
		"two lines of one":    {reconciletest.Charged("NTHN LTS", "100.00", "2026-11-05", ""), []*reconcile.Line{signs, signs}, reconcile.Alias{Merchant: "NTHN LTS", Supplier: "Northern Lights Signs"}},
		"two suppliers":       {reconciletest.Charged("NTHN LTS", "100.00", "2026-11-05", ""), []*reconcile.Line{signs, cedar}, reconcile.Alias{}},
		"a processor alone":   {reconciletest.Charged("PAYPAL *", "100.00", "2026-11-05", ""), []*reconcile.Line{signs}, reconcile.Alias{}},
		"a code at a seller":  {reconciletest.Charged("AMZN MKTP CA*2K4RT91Z0", "100.00", "2026-11-05", ""), []*reconcile.Line{signs}, reconcile.Alias{}},
		"common words":        {reconciletest.Charged("SERVICES CANADA", "100.00", "2026-11-05", ""), []*reconcile.Line{signs}, reconcile.Alias{}},
		"the name already":    {reconciletest.Charged("NORTHERN LIGHTS SIGNS", "100.00", "2026-11-05", ""), []*reconcile.Line{signs}, reconcile.Alias{}},
		"a merchant of none":  {reconciletest.Charged("N/A", "100.00", "2026-11-05", ""), []*reconcile.Line{signs}, reconcile.Alias{}},
		"a payment":           {payment, []*reconcile.Line{signs}, reconcile.Alias{}},
		"a line without name": {reconciletest.Charged("NTHN LTS", "100.00", "2026-11-05", ""), []*reconcile.Line{line("")}, reconcile.Alias{}},
		"no line":             {reconciletest.Charged("NTHN LTS", "100.00", "2026-11-05", ""), nil, reconcile.Alias{}},
	} {
		got, ok := reconcile.LearnedAlias(&x.charge, x.lines...)
		if got != x.want || ok != (x.want != reconcile.Alias{}) {
			t.Errorf("%s: %+v, %t, want %+v", name, got, ok, x.want)
		}
	}
}

func TestAliasesFindTheSupplier(t *testing.T) {
	signs := reconciletest.Approved("HR-2026-000001-01", "Northern Lights Signs", "100.00", "2026-11-01")
	cedar := reconciletest.Approved("HR-2026-000002-01", "Cedar Networks", "100.00", "2026-11-01")
	alias := reconcile.Alias{Merchant: "NTHN LTS", Supplier: "Northern Lights Signs Inc."}
	for name, x := range map[string]struct {
		merchant string
		aliases  []reconcile.Alias
		want     string
	}{
		"taught":             {"SQ *NTHN LTS 8842", []reconcile.Alias{alias}, "supplier-alias:[0]<-[0] "},
		"not taught":         {"SQ *NTHN LTS 8842", nil, "0=supplier-unknown "},
		"another merchant":   {"NTHN LTSX", []reconcile.Alias{alias}, "0=supplier-unknown "},
		"of two, one open":   {"NTHN LTS", []reconcile.Alias{alias, {Merchant: "NTHN LTS", Supplier: "Wolfe Printing"}}, "supplier-alias:[0]<-[0] "},
		"the name itself":    {"NORTHERN LIGHTS SIGNS", []reconcile.Alias{{Merchant: "NORTHERN LIGHTS SIGNS", Supplier: "Northern Lights Signs"}}, "supplier:[0]<-[0] "},
		"taught both":        {"NTHN LTS", []reconcile.Alias{alias, {Merchant: "NTHN LTS", Supplier: "Cedar Networks"}}, "0=tie "},
		"against its name":   {"CEDAR NETWORKS", []reconcile.Alias{{Merchant: "CEDAR NETWORKS", Supplier: "Northern Lights Signs"}}, "0=tie "},
		"a processor taught": {"PAYPAL *", []reconcile.Alias{{Merchant: "PAYPAL *", Supplier: "Cedar Networks"}}, "0=supplier-unknown "},
	} {
		r := reconciletest.Join(t, []reconcile.Line{signs, cedar}, []statement.Charge{reconciletest.Charged(x.merchant, "100.00", "2026-11-05", "")}, reconcile.Options{Aliases: x.aliases})
		if got := reconciletest.Said(r); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}

// A card of somebody else is said, and the match stands; an initial says nothing.
func TestSomebodyElsesCardIsSaid(t *testing.T) {
	for holder, want := range map[string]bool{"BOB ROY": true, "TREMBLAY A": false, "tremblay, alice": false, "": false} {
		l := reconciletest.Approved("HR-2026-000001-01", "Cedar Networks", "100.00", "2026-11-01")
		l.Cardholder = "Alice Tremblay"
		c := reconciletest.Charged("CEDAR NETWORKS", "100.00", "2026-11-05", "")
		c.Cardholder = holder
		r := reconciletest.Join(t, []reconcile.Line{l}, []statement.Charge{c}, reconcile.Options{})
		if len(r.Matches) != 1 || r.Matches[0].OtherCard != want {
			t.Errorf("card of %q: %+v, want %t", holder, r.Matches, want)
		}
	}
}
