// Package budgets owns the cost centres' budgets: which file they stand in, for which fiscal year, and which one is a line's.
//
// It refuses to know what was committed or spent of them: the ledger does.
package budgets

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/internal/workbook"
)

// Budgets are the cost centres' budgets of one fiscal year in one currency, by request.CentreKey, before anything is
// committed or spent.
type Budgets map[string]request.Budget

// BudgetsOn reads the budgets of the fiscal year that a day lies in. Problems are rows that give no budget.
func BudgetsOn(ctx context.Context, path string, on request.Date, c report.Config, start time.Month, currency string) (Budgets, []request.Problem, error) {
	year := FiscalYear(on, c, start)
	list, problems, err := ReadBudgets(ctx, path, year, c, start, currency)
	if err != nil {
		return nil, nil, err
	}
	all := Budgets{}
	for _, b := range list {
		if b.Currency == currency {
			all[request.CentreKey(b.CostCentre)] = request.Budget{CostCentre: b.CostCentre, FiscalYear: year.Name, Amount: b.Amount}
		}
	}
	return all, problems, nil
}

// FiscalYear is the one that a day lies in: by the configuration's first month, else by start.
func FiscalYear(on request.Date, c report.Config, start time.Month) report.Period {
	if c.FiscalYearStart != 0 {
		start = time.Month(c.FiscalYearStart)
	}
	return report.FiscalYearOf(on, start)
}

// For are the budgets of lines, in their order; nil for a line whose cost centre has none.
func (b Budgets) For(lines *request.Lines) []*request.Budget {
	out := make([]*request.Budget, lines.Len())
	if len(b) == 0 {
		return out
	}
	for i, line := range lines.All() {
		if found, ok := b[CentreKey(line)]; ok {
			out[i] = &found
		}
	}
	return out
}

// CentreKey is what a line's cost centre is found under; "" where it has none.
func CentreKey(l *request.Line) string {
	v := &l.Values[request.CostCentre]
	if !v.Given || v.Faulty {
		return ""
	}
	return request.CentreKey(v.Text)
}

// ReadBudgets reads a file of cost centre budgets for the fiscal year that a period ends in.
func ReadBudgets(ctx context.Context, path string, p report.Period, c report.Config, start time.Month, currency string) ([]statement.Budget, []request.Problem, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	return statement.ReadBudgets(ctx, data, filepath.Base(path), FiscalYear(p.To, c, start).From.Year, currency, workbook.DefaultBounds())
}
