package main

import (
	"testing"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

func TestExplainSaysTheBudget(t *testing.T) {
	b := request.Budget{CostCentre: "4410", FiscalYear: "2026-27", Amount: decimal.NewFromInt(10000), Committed: decimal.NewFromInt(4520), Spent: decimal.NewFromInt(100),
		Waiting: decimal.NewFromInt(565), Beside: decimal.NewFromInt(15)}
	const want = "budget 4410, 2026-27: 10000.00 less 4520.00 committed, 100.00 spent, 565.00 waiting, 15.00 beside it in the workbook: 4800.00 free"
	if got := budgetWords(&b); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
