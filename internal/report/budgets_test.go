package report

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/reconcile"
	"handrail/internal/reconcile/reconciletest"
	"handrail/internal/statement"
)

// Approvals commit, charges spend, and the two never count the same money.
func TestCommitmentsAndSpending(t *testing.T) {
	a, b := reconciletest.Approved("HR-2026-000001-01", "Boréal Data", "100.00", "2026-11-01"), reconciletest.Approved("HR-2026-000002-01", "Cedar", "40.00", "2026-11-01")
	a.CostCentre, b.CostCentre = "1234", "1234"
	r := reconciletest.Join(t, []reconcile.Line{a, b}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-05", "")}, reconcile.Options{})
	got := CommitFrom([]statement.Budget{{CostCentre: "1234", Currency: "CAD", Amount: decimal.NewFromInt(500)}, {CostCentre: "9", Currency: "CAD"}}, r, time.Time{})
	if len(got) != 2 || got[0].Spent.String() != "100" || got[0].Committed.String() != "40" || !got[1].Spent.IsZero() {
		t.Errorf("%+v", got)
	}
}

// A charge over lines of two cost centres spends the money of both; a charge without approval spends that of the cost
// centre which the statement names; however they are spelled.
func TestEveryCostCentrePaysItsPart(t *testing.T) {
	a, b := reconciletest.Approved("HR-2026-000001-01", "Boréal Data", "100.00", "2026-11-01"), reconciletest.Approved("HR-2026-000001-02", "Boréal Data", "50.00", "2026-11-01")
	a.CostCentre, b.CostCentre = "12-34", "77A"
	stray := reconciletest.Charged("NOBODY", "9.99", "2026-11-06", "")
	stray.CostCentre = "1234"
	r := reconciletest.Join(t, []reconcile.Line{a, b}, []statement.Charge{reconciletest.Charged("BOREAL DATA", "150.00", "2026-11-05", ""), stray}, reconcile.Options{})
	if got := reconciletest.Said(r); got != "lines-to-charge:[0 1]<-[0] 1=supplier-unknown " {
		t.Fatal(got)
	}
	var list []string
	for _, b := range CommitFrom([]statement.Budget{{CostCentre: "1234", Currency: "CAD", Amount: decimal.NewFromInt(500)}}, r, time.Time{}) {
		list = append(list, b.CostCentre+" "+b.Committed.String()+" "+b.Spent.String()+" "+b.Unapproved.String())
	}
	if got := strings.Join(list, "; "); got != "1234 0 100 9.99; 77A 0 50 0" {
		t.Errorf("%s", got)
	}
}
