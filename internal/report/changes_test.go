package report

import (
	"strings"
	"testing"

	"handrail/internal/reconcile"
	"handrail/internal/reconcile/reconciletest"
	"handrail/internal/request"
)

func TestChangesBetweenEditions(t *testing.T) {
	one, two, three := reconciletest.Approved("HR-2026-000001-01", "A", "54.20", "2026-11-01"), reconciletest.Approved("HR-2026-000002-01", "B", "1.00", "2026-11-01"), reconciletest.Approved("HR-2026-000003-01", "C", "2.00", "2026-11-01")
	changed := one
	changed.Total, changed.CostCentre = reconciletest.CAD("45.20"), "1234"
	got := ChangesSince([]reconcile.Line{one, two}, []reconcile.Line{changed, three}, request.French)
	want := "HR-2026-000001-01\u00a0: total 45,20\u00a0$ au lieu de 54,20\u00a0$; centre de coûts 1234 au lieu de rien|" +
		"HR-2026-000002-01\u00a0: n’y est plus; elle était approuvée, 1,00\u00a0$|HR-2026-000003-01\u00a0: ajoutée, approuvée, 2,00\u00a0$"
	if strings.Join(got, "|") != want {
		t.Errorf("%q\nwant %q", strings.Join(got, "|"), want)
	}
	if same := ChangesSince([]reconcile.Line{one}, []reconcile.Line{one}, request.English); len(same) != 0 {
		t.Errorf("nothing changed: %q", same)
	}
}
