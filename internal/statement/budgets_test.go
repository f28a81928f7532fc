package statement

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"handrail/internal/workbook"
)

func TestBudgetsAreRead(t *testing.T) {
	for name, data := range map[string][]byte{
		"csv":      []byte("Fiscal year,Cost centre,Budget\n2025-26,1234,1\n2026-27,1234,\"50,000.00\"\n2026-2027,0420,1500.50\n2026-27,1234,7\n2026-27,77-A,lots\nTotal,,51500.50\n"),
		"french":   []byte("Exercice;Centre de coûts;Budget ($)\n2025-26;1234;1\n2026-27;1234;50 000,00\n2026-2027;0420;1500,50\n2026-27;1234;7\n2026-27;77-A;beaucoup\n"),
		"workbook": sheetOf(t, [][]any{{"Cost centre / Centre de coûts", "Budget"}, {"1234", 50000}, {"0420", 1500.5}, {"1234", 7}, {"77-A", "lots"}}),
	} {
		budgets, problems, err := ReadBudgets(context.Background(), data, "b", 2026, "CAD", workbook.DefaultBounds())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := fmt.Sprintf("%d %s %s %s %s", len(budgets), budgets[0].CostCentre, budgets[0].Amount, budgets[1].CostCentre, budgets[1].Amount); got != "2 1234 50000 0420 1500.5" {
			t.Errorf("%s: %s", name, got)
		}
		if len(problems) != 2 || problems[0].Code != "duplicate" || problems[1].Code != "not-a-number" || problems[1].Message.FR == "" {
			t.Errorf("%s: problems %+v", name, problems)
		}
	}
	_, _, err := ReadBudgets(context.Background(), []byte("a,b\n1,2\n"), "b", 2026, "CAD", workbook.DefaultBounds())
	var refused *Error
	if !errors.As(err, &refused) || refused.Code != "no-header" {
		t.Errorf("no header: %v", err)
	}
}
