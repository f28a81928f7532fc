package reconcile_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"handrail/internal/reconcile"
	"handrail/internal/reconcile/reconciletest"
)

func TestPartsAddUp(t *testing.T) {
	for _, x := range []struct{ charged, totals, want string }{
		{"100.00", "50 50", "50.00 50.00"}, {"100.01", "50 50", "50.01 50.00"}, {"10.00", "1 1 1", "3.33 3.34 3.33"},
		{"-30.00", "100 50", "-20.00 -10.00"}, {"5.00", "7", "5.00"}, {"5.00", "0 0", "0.00 5.00"},
	} {
		var totals []decimal.Decimal
		for _, s := range strings.Fields(x.totals) {
			totals = append(totals, decimal.RequireFromString(s))
		}
		sum, got := decimal.Zero, ""
		for _, p := range reconcile.Parts(reconciletest.CAD(x.charged), totals) {
			sum, got = sum.Add(p), got+" "+p.StringFixed(2)
		}
		if got != " "+x.want || !sum.Equal(reconciletest.CAD(x.charged).Amount) {
			t.Errorf("%s over %s:%s, want %s", x.charged, x.totals, got, x.want)
		}
	}
}
