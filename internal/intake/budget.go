package intake

import (
	"context"
	"fmt"
	"os"
	"sync"

	"handrail/internal/budgets"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/rules"
)

// budgetFile keeps what the file of budgets says, until it is written again.
type budgetFile struct {
	mu      sync.Mutex
	stamp   string // of the file and what was asked of it
	budgets budgets.Budgets
	err     error
}

// budgetsOn are the budgets in force on a day. A file that cannot be read gives none, so that guardrails that compare with
// a budget send their lines to an officer; the operator is told.
func (desk *Desk) budgetsOn(ctx context.Context, on request.Date, policy *rules.Policy) budgets.Budgets {
	f := &desk.budgetFile
	f.mu.Lock()
	defer f.mu.Unlock()
	stamp := fmt.Sprintf("%s %s", budgets.FiscalYear(on, desk.dept.Finance.Reconcile, policy.FiscalStart()).Name, policy.Currency())
	if info, err := os.Stat(desk.dept.Finance.Budgets); err == nil {
		stamp += fmt.Sprintf(" %d %d", info.Size(), info.ModTime().UnixNano())
	}
	if f.stamp != stamp || f.err != nil {
		var problems []request.Problem
		f.budgets, problems, f.err = budgets.BudgetsOn(ctx, desk.dept.Finance.Budgets, on, desk.dept.Finance.Reconcile, policy.FiscalStart(), policy.Currency())
		f.stamp = stamp
		if ctx.Err() == nil {
			desk.dept.NoteBudgets(problems, f.err)
		}
	}
	return f.budgets
}

// budgetsOf are the budgets that the lines of a workbook are judged against, with what the ledger says of them, in the
// order of lines; nil without a file of budgets, nil for a line whose cost centre has none.
func (desk *Desk) budgetsOf(ctx context.Context, tx *ledger.Tx, policy *rules.Policy, on request.Date, back *resubmission) ([]*request.Budget, error) {
	if desk.dept.Finance.Budgets == "" {
		return nil, nil
	}
	list := desk.budgetsOn(ctx, on, policy).For(&back.lines)
	if err := ctx.Err(); err != nil {
		return nil, err // the file was not read to its end: no line is without a budget for that
	}
	year := budgets.FiscalYear(on, desk.dept.Finance.Reconcile, policy.FiscalStart())
	at, till := year.Bounds(desk.dept.Zone)
	span := ledger.Span{From: year.From, To: year.To, At: at, Till: till}
	var unapproved map[string]int64
	known := map[string]request.Budget{}
	var replaced map[string][]int64
	var line request.Line
	for i, b := range list {
		if b == nil {
			continue
		}
		back.lines.Read(i, &line)
		key := budgets.CentreKey(&line)
		used, ok := known[key]
		if !ok {
			if unapproved == nil {
				var err error
				if unapproved, err = tx.Charges.UnapprovedByCentre(ctx, span, policy.Currency()); err != nil {
					return nil, err
				}
				if replaced, err = linesByKey(ctx, tx, back.replaced); err != nil {
					return nil, err
				}
			}
			u, err := tx.Totals.CentreUse(ctx, ledger.CentreQuery{Key: key, Currency: policy.Currency(), Year: span, ExcludeLines: replaced[key]})
			if err != nil {
				return nil, err
			}
			used = *b
			used.Committed = request.FromMinor(u.Committed, policy.Currency()).Amount
			used.Waiting = request.FromMinor(u.Waiting, policy.Currency()).Amount
			used.Spent = request.FromMinor(u.Spent+unapproved[key], policy.Currency()).Amount
			known[key] = used
		}
		list[i] = &used
	}
	return list, nil
}

// linesByKey are lines by the keys that they count under.
func linesByKey(ctx context.Context, tx *ledger.Tx, ids []int64) (map[string][]int64, error) {
	lines, err := tx.Lines.ByID(ctx, ids)
	by := map[string][]int64{}
	for i := range lines {
		for _, key := range lines[i].Keys {
			by[key] = append(by[key], lines[i].ID)
		}
	}
	return by, err
}
