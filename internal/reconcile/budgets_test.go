package reconcile

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

func TestBudgetsAreRead(t *testing.T) {
	year := FiscalYear(2026, time.April)
	for name, data := range map[string][]byte{
		"csv":      []byte("Fiscal year,Cost centre,Budget\n2025-26,1234,1\n2026-27,1234,\"50,000.00\"\n2026-2027,0420,1500.50\n2026-27,1234,7\n2026-27,77-A,lots\nTotal,,51500.50\n"),
		"french":   []byte("Exercice;Centre de coûts;Budget ($)\n2025-26;1234;1\n2026-27;1234;50 000,00\n2026-2027;0420;1500,50\n2026-27;1234;7\n2026-27;77-A;beaucoup\n"),
		"workbook": sheetOf(t, [][]any{{"Cost centre / Centre de coûts", "Budget"}, {"1234", 50000}, {"0420", 1500.5}, {"1234", 7}, {"77-A", "lots"}}),
	} {
		budgets, problems, err := ReadBudgets(context.Background(), data, "b", year, "CAD", workbook.DefaultBounds())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := fmt.Sprintf("%d %s %s %s %s", len(budgets), budgets[0].CostCentre, budgets[0].Budget, budgets[1].CostCentre, budgets[1].Budget); got != "2 1234 50000 0420 1500.5" {
			t.Errorf("%s: %s", name, got)
		}
		if len(problems) != 2 || problems[0].Code != "duplicate" || problems[1].Code != "not-a-number" || problems[1].Message.FR == "" {
			t.Errorf("%s: problems %+v", name, problems)
		}
	}
	_, _, err := ReadBudgets(context.Background(), []byte("a,b\n1,2\n"), "b", year, "CAD", workbook.DefaultBounds())
	var refused *StatementError
	if !errors.As(err, &refused) || refused.Code != "no-header" {
		t.Errorf("no header: %v", err)
	}
}

// Approvals commit, charges spend, and the two never count the same money.
func TestCommitmentsAndSpending(t *testing.T) {
	a, b := approved("HR-2026-000001-01", "Boréal Data", "100.00", "2026-11-01"), approved("HR-2026-000002-01", "Cedar", "40.00", "2026-11-01")
	a.CostCentre, b.CostCentre = "1234", "1234"
	r := join(t, []Line{a, b}, []Charge{charged("BOREAL DATA", "100.00", "2026-11-05", "")}, MatchOptions{})
	got := CommitFrom([]Budget{{CostCentre: "1234", Currency: "CAD", Budget: decimal.NewFromInt(500)}, {CostCentre: "9", Currency: "CAD"}}, r)
	if len(got) != 2 || got[0].Spent.String() != "100" || got[0].Committed.String() != "40" || !got[1].Spent.IsZero() {
		t.Errorf("%+v", got)
	}
}

// A charge over lines of two cost centres spends the money of both; a charge without approval spends that of the cost
// centre which the statement names; however they are spelled.
func TestEveryCostCentrePaysItsPart(t *testing.T) {
	a, b := approved("HR-2026-000001-01", "Boréal Data", "100.00", "2026-11-01"), approved("HR-2026-000001-02", "Boréal Data", "50.00", "2026-11-01")
	a.CostCentre, b.CostCentre = "12-34", "77A"
	stray := charged("NOBODY", "9.99", "2026-11-06", "")
	stray.CostCentre = "1234"
	r := join(t, []Line{a, b}, []Charge{charged("BOREAL DATA", "150.00", "2026-11-05", ""), stray}, MatchOptions{})
	if got := said(r); got != "lines-to-charge:[0 1]<-[0] 1=supplier-unknown " {
		t.Fatal(got)
	}
	var list []string
	for _, b := range CommitFrom([]Budget{{CostCentre: "1234", Currency: "CAD", Budget: decimal.NewFromInt(500)}}, r) {
		list = append(list, b.CostCentre+" "+b.Committed.String()+" "+b.Spent.String()+" "+b.Unapproved.String())
	}
	if got := strings.Join(list, "; "); got != "1234 0 100 9.99; 77A 0 50 0" {
		t.Errorf("%s", got)
	}
}

func TestPartsAddUp(t *testing.T) {
	for _, x := range []struct{ charged, totals, want string }{
		{"100.00", "50 50", "50.00 50.00"}, {"100.01", "50 50", "50.01 50.00"}, {"10.00", "1 1 1", "3.33 3.33 3.34"},
		{"-30.00", "100 50", "-20.00 -10.00"}, {"5.00", "7", "5.00"}, {"5.00", "0 0", "0.00 5.00"},
	} {
		var totals []decimal.Decimal
		for _, s := range strings.Fields(x.totals) {
			totals = append(totals, decimal.RequireFromString(s))
		}
		sum, got := decimal.Zero, ""
		for _, p := range Parts(cad(x.charged), totals) {
			sum, got = sum.Add(p), got+" "+p.StringFixed(2)
		}
		if got != " "+x.want || !sum.Equal(cad(x.charged).Amount) {
			t.Errorf("%s over %s:%s, want %s", x.charged, x.totals, got, x.want)
		}
	}
}

func TestStatementOfAnyKind(t *testing.T) {
	for name, data := range map[string][]byte{
		"csv":  []byte("Date,Merchant,Amount\n2026-11-03,A,1.50\n"),
		"xlsx": sheetOf(t, [][]any{{"Date", "Merchant", "Amount"}, {"2026-11-03", "A", 1.5}}),
	} {
		s, err := ReadStatement(context.Background(), data, workbook.DefaultBounds(), StatementOptions{Name: name, Currency: "CAD"})
		if err != nil || len(s.Charges) != 1 || s.Charges[0].Amount.Plain() != "1.50" {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	_, err := ReadStatement(context.Background(), []byte("%PDF-1.7 statement"), workbook.DefaultBounds(), StatementOptions{Name: "s.pdf"})
	if _, ok := workbook.ErrorOf(err); !ok || !strings.Contains(err.Error(), "s.pdf") {
		t.Errorf("a PDF: %v", err)
	}
}

func TestChangesBetweenEditions(t *testing.T) {
	one, two, three := approved("HR-2026-000001-01", "A", "54.20", "2026-11-01"), approved("HR-2026-000002-01", "B", "1.00", "2026-11-01"), approved("HR-2026-000003-01", "C", "2.00", "2026-11-01")
	changed := one
	changed.Total, changed.CostCentre = cad("45.20"), "1234"
	got := ChangesSince([]Line{one, two}, []Line{changed, three}, request.French)
	want := "HR-2026-000001-01\u00a0: total 45,20\u00a0$ au lieu de 54,20\u00a0$; centre de coûts 1234 au lieu de rien|" +
		"HR-2026-000002-01\u00a0: n’y est plus; elle était approuvée, 1,00\u00a0$|HR-2026-000003-01\u00a0: ajoutée, approuvée, 2,00\u00a0$"
	if strings.Join(got, "|") != want {
		t.Errorf("%q\nwant %q", strings.Join(got, "|"), want)
	}
	if same := ChangesSince([]Line{one}, []Line{one}, request.English); len(same) != 0 {
		t.Errorf("nothing changed: %q", same)
	}
}
