package batch

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/rules"
)

// Budgets are the cost centres' budgets of one fiscal year in one currency, by request.CentreKey, before anything is
// committed or spent.
type Budgets map[string]request.Budget

// BudgetsOn reads the budgets of the fiscal year that a day lies in. Problems are rows that give no budget.
func BudgetsOn(ctx context.Context, path string, on request.Date, c report.Config, start time.Month, currency string) (Budgets, []request.Problem, error) {
	year := fiscalYear(on, c, start)
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

func fiscalYear(on request.Date, c report.Config, start time.Month) report.Period {
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
		if found, ok := b[centreKey(line)]; ok {
			out[i] = &found
		}
	}
	return out
}

func centreKey(l *request.Line) string {
	v := &l.Values[request.CostCentre]
	if !v.Given || v.Faulty {
		return ""
	}
	return request.CentreKey(v.Text)
}

// budgetFile keeps what the file of budgets says, until it is written anew.
type budgetFile struct {
	mu      sync.Mutex
	stamp   string // of the file and what was asked of it
	budgets Budgets
	err     error
}

// budgetsOn are the budgets in force on a day. A file that cannot be read gives none, so that guardrails that compare with
// a budget send their lines to an officer; the operator is told.
func (j *Job) budgetsOn(ctx context.Context, on request.Date, policy *rules.Policy) Budgets {
	f := &j.budgetFile
	f.mu.Lock()
	defer f.mu.Unlock()
	stamp := fmt.Sprintf("%s %s", fiscalYear(on, j.o.Finance.Reconcile, policy.FiscalStart()).Name, policy.Currency())
	if info, err := os.Stat(j.o.Finance.Budgets); err == nil {
		stamp += fmt.Sprintf(" %d %d", info.Size(), info.ModTime().UnixNano())
	}
	if f.stamp != stamp || f.err != nil {
		var problems []request.Problem
		f.budgets, problems, f.err = BudgetsOn(ctx, j.o.Finance.Budgets, on, j.o.Finance.Reconcile, policy.FiscalStart(), policy.Currency())
		f.stamp = stamp
		if ctx.Err() == nil {
			j.noteBudgets(problems, f.err)
		}
	}
	return f.budgets
}

// budgetsOf are the budgets that the lines of a workbook are judged against, with what the ledger says of them, in the
// order of lines; nil without a file of budgets, nil for a line whose cost centre has none.
func (j *Job) budgetsOf(ctx context.Context, tx *ledger.Tx, policy *rules.Policy, on request.Date, back *comeBack) ([]*request.Budget, error) {
	if j.o.Finance.Budgets == "" {
		return nil, nil
	}
	budgets := j.budgetsOn(ctx, on, policy).For(&back.lines)
	if err := ctx.Err(); err != nil {
		return nil, err // the file was not read to its end: no line is without a budget for that
	}
	year := fiscalYear(on, j.o.Finance.Reconcile, policy.FiscalStart())
	at, till := year.Bounds(j.zone)
	span := ledger.Span{From: year.From, To: year.To, At: at, Till: till}
	var unapproved map[string]int64
	known := map[string]request.Budget{}
	var replaced map[string][]int64
	var line request.Line
	for i, b := range budgets {
		if b == nil {
			continue
		}
		back.lines.Read(i, &line)
		key := centreKey(&line)
		used, ok := known[key]
		if !ok {
			if unapproved == nil {
				var err error
				if unapproved, err = tx.UnapprovedByCentre(ctx, span, policy.Currency()); err != nil {
					return nil, err
				}
				if replaced, err = linesByKey(ctx, tx, back.replaced); err != nil {
					return nil, err
				}
			}
			u, err := tx.CentreUse(ctx, ledger.CentreQuery{Key: key, Currency: policy.Currency(), Year: span, ExcludeLines: replaced[key]})
			if err != nil {
				return nil, err
			}
			used = *b
			used.Committed = request.FromMinor(u.Committed, policy.Currency()).Amount
			used.Waiting = request.FromMinor(u.Waiting, policy.Currency()).Amount
			used.Spent = request.FromMinor(u.Spent+unapproved[key], policy.Currency()).Amount
			known[key] = used
		}
		budgets[i] = &used
	}
	return budgets, nil
}

// linesByKey are lines by the keys that they count under.
func linesByKey(ctx context.Context, tx *ledger.Tx, ids []int64) (map[string][]int64, error) {
	lines, err := tx.Lines(ctx, ids)
	by := map[string][]int64{}
	for i := range lines {
		for _, key := range lines[i].Keys {
			by[key] = append(by[key], lines[i].ID)
		}
	}
	return by, err
}

// noteBudgets tells the operator what of the file of budgets could not be read.
func (j *Job) noteBudgets(problems []request.Problem, err error) {
	if err != nil {
		j.o.Log.Error("the file of budgets could not be read; lines that are compared with a budget go to an officer", "error", err)
		j.troubles.note(fmt.Errorf("budgets: %w", err))
	}
	for _, p := range problems {
		j.troubles.note(fmt.Errorf("budgets: %s %s: %s", p.Sheet, p.Cell, p.Message.EN))
	}
}
