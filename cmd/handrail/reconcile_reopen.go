package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/report"
)

// reopen opens a week again that was reported. The job makes its next edition.
func (c *reconcileCommand) reopen(ctx context.Context, t *terminal) error {
	switch {
	case c.Out != "" || c.Period != "" || len(c.Statement) > 0 || c.Budgets != "":
		return fail(exitUsage, "give --reopen, --reason and --by alone; a workbook of the week is written without --reopen", "--reopen writes no workbook: the job makes the next edition and mails it")
	case strings.TrimSpace(c.Reason) == "" || strings.TrimSpace(c.By) == "":
		return fail(exitUsage, "--reason \"the statement of November 20 was the wrong card's\" --by \"A. Tremblay\"", "opening a week again needs both its reason and who opens it")
	}
	config, l, err := openLedger(ctx, c.Config, ledger.Write)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	period, err := c.weekToReopen(ctx, t, config)
	if err != nil {
		return err
	}
	won, editions := false, map[string]int{}
	if err := l.Decide(ctx, func(tx *ledger.Tx) error {
		reports, err := tx.Reports.Editions(ctx, period.Name, "")
		if err != nil {
			return err
		}
		if len(reports) == 0 {
			return c.notReported(ctx, tx, period)
		}
		for _, r := range reports {
			editions[r.Recipient] = max(editions[r.Recipient], r.Edition)
		}
		won, err = tx.Reports.Reopen(ctx, t.now(), ledger.Reopening{Week: period.Name, Reason: strings.TrimSpace(c.Reason), By: strings.TrimSpace(c.By)})
		return err
	}); err != nil {
		var known *failure
		if errors.As(err, &known) {
			return known
		}
		return ledgerTrouble(err)
	}
	if !won {
		return fail(exitInput, "a running job makes its next edition within a minute; without one, handrail run --once", "%s is open again already", period.Name)
	}
	if c.asJSON() {
		return t.document(map[string]any{"week": period.Name, "reopened": true, "editions": editions})
	}
	fmt.Fprintf(t.out, "%s: open again; sent before to: %s\n", period.Name, strings.Join(slices.Sorted(maps.Keys(editions)), ", "))
	t.wrap(0, "next: a running job makes the next edition within a minute; without one, handrail run --once. It says what changed and why. Later weeks that change with it come again as well.")
	return nil
}

// weekToReopen reads the week, which has ended.
func (c *reconcileCommand) weekToReopen(ctx context.Context, t *terminal, config *Config) (report.Period, error) {
	zone, err := config.zone()
	if err != nil {
		return report.Period{}, err
	}
	policy, err := config.policyInForce(ctx, t, nil)
	if err != nil {
		return report.Period{}, err
	}
	const example = "write a week as in the name of its workbook: 2026-W47, or 2027-W13a where a fiscal year ends in it"
	period, err := report.ParsePeriod(c.Reopen, cmp.Or(time.Month(config.Finance.Reconcile.FiscalYearStart), policy.FiscalStart()))
	if err != nil {
		return report.Period{}, fail(exitUsage, example, "--reopen: %w", err)
	}
	if !strings.Contains(period.Name, "-W") {
		return report.Period{}, fail(exitUsage, example, "--reopen: %s is not a week: finance is sent weeks, and only what was sent can be opened again", c.Reopen)
	}
	if _, end := period.Bounds(zone); end.After(t.now()) {
		return report.Period{}, fail(exitInput, "it is reported for the first time when it has; nothing needs to be opened", "week %s has not ended: it ends on %s", period.Name, period.To)
	}
	return period, nil
}

// notReported says that a week was never reported, and which week was last.
func (c *reconcileCommand) notReported(ctx context.Context, tx *ledger.Tx, period report.Period) error {
	all, err := tx.Reports.Editions(ctx, "", "")
	if err != nil {
		return err
	}
	hint := "no week was reported yet: the first workbook comes when the first week has ended in which something was judged"
	if n := len(all); n > 0 {
		hint = fmt.Sprintf("reported are %s to %s; time without a workbook of its own stands in the next one", all[0].Week, all[n-1].Week)
	}
	return fail(exitInput, hint, "week %s was not reported to anybody", period.Name)
}
