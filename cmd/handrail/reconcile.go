package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/rules"
)

type reconcileCommand struct {
	Period string       `placeholder:"2026-W47" help:"A week (2026-W47), month (2026-11), fiscal year (2026-27) or days (2026-11-03..2026-12-02); by default the week that ended last."`
	Out    string       `required:"" placeholder:"F.xlsx" help:"Where to write the workbook."`
	Lang   request.Lang `enum:"en,fr," default:"" help:"en or fr; by default the configuration's."`
	Config string       `placeholder:"F" help:"Configuration that names the ledger."`
}

func (c *reconcileCommand) Run(ctx context.Context, t *terminal) error {
	config, l, err := openLedger(ctx, c.Config, ledger.Read)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	zone, err := time.LoadLocation(config.Schedule.TimeZone)
	if err != nil {
		return fail(exitUsage, "", "schedule.time_zone: %w", err)
	}
	policy, err := config.loadPolicy()
	if err != nil {
		return err
	}
	period := reconcile.WeekOf(request.DateOf(t.now().In(zone)).AddDays(-7))
	if c.Period != "" {
		if period, err = reconcile.ParsePeriod(c.Period, policy.FiscalStart()); err != nil {
			return fail(exitUsage, "", "--period: %w", err)
		}
	}
	lang := config.Finance.Language
	if c.Lang != "" {
		lang = c.Lang
	}
	var report reconcile.Report
	err = l.View(ctx, func(tx *ledger.Tx) (err error) {
		report, err = batch.BuildReport(ctx, tx, batch.ReportOptions{Period: period, From: period.From.Time(zone), To: period.To.AddDays(1).Time(zone),
			Lang: lang, Edition: 1, Zone: zone, Now: t.now(), Currency: policy.Currency(),
			Policy: func(hash string) (*rules.Policy, error) { return keptPolicy(ctx, tx, hash) }})
		return err
	})
	if err != nil {
		return ledgerTrouble(err)
	}
	file, err := os.Create(c.Out)
	if err != nil {
		return fail(exitInput, "choose a place you may write to with --out", "write the workbook: %w", err)
	}
	defer func() { _ = file.Close() }()
	if err := reconcile.Write(file, report); err != nil {
		return fail(exitInput, "", "%s: %w", c.Out, err)
	}
	if err := file.Close(); err != nil {
		return fail(exitInput, "", "%s: %w", c.Out, err)
	}
	fmt.Fprintf(t.out, "%s: %s, %s to %s, %d decisions, %d lines waiting\n", c.Out, period.Name, period.From, period.To, len(report.Lines), len(report.Waiting))
	return nil
}

// keptPolicy is a policy that the ledger keeps.
func keptPolicy(ctx context.Context, tx *ledger.Tx, hash string) (*rules.Policy, error) {
	text, found, err := tx.Text(ctx, hash)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("the policy %s is not in the ledger", hash)
	}
	return rules.Unbundle(text.Body)
}
