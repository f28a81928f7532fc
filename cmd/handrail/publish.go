package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/finance"
	"handrail/internal/ledger"
	"handrail/internal/report"
	"handrail/internal/request"
)

type publishCommand struct {
	From   string `required:"" placeholder:"2026-10-01" help:"The first day of approvals to publish."`
	To     string `required:"" placeholder:"2026-12-31" help:"The last day."`
	Out    string `required:"" placeholder:"F.csv" help:"Where to write the contracts; their schema is written beside it, as F.schema.json."`
	Config string `placeholder:"F" help:"Configuration that names the ledger."`
	formatted
}

// Run writes the contracts above the publication threshold that were approved in a span, in the open-government
// columns and without personal data.
func (c *publishCommand) Run(ctx context.Context, t *terminal) error {
	from, err := request.ParseDate(c.From)
	if err != nil {
		return fail(exitUsage, "write days as 2026-10-01", "--from: %w", err)
	}
	to, err := request.ParseDate(c.To)
	if err != nil {
		return fail(exitUsage, "write days as 2026-12-31", "--to: %w", err)
	}
	if to.Before(from) {
		return fail(exitUsage, "", "--to %s is before --from %s", to, from)
	}
	config, l, err := openLedger(ctx, c.Config, ledger.Read)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	zone, err := config.zone()
	if err != nil {
		return err
	}
	policy, err := config.policyInForce(ctx, t, l)
	if err != nil {
		return err
	}
	var contracts []report.Contract
	var above decimal.Decimal
	err = l.View(ctx, func(tx *ledger.Tx) (err error) {
		contracts, above, err = finance.ContractsBetween(ctx, tx, from, to, finance.ReportOptions{Zone: zone, Currency: policy.Currency(),
			Reconcile: config.Finance.Reconcile, FiscalStart: policy.FiscalStart()})
		return err
	})
	if err != nil {
		return ledgerTrouble(err)
	}
	if err := writeOut(c.Out, func(w io.Writer) error { return report.Publish(w, contracts, above) }); err != nil {
		return err
	}
	schema, err := report.PublicationSchema()
	if err != nil {
		return err
	}
	beside := strings.TrimSuffix(c.Out, ".csv") + ".schema.json"
	if err := os.WriteFile(beside, schema, 0o644); err != nil {
		return fail(exitInput, "choose a place you may write to with --out", "%w", err)
	}
	published := 0
	for i := range contracts {
		if contracts[i].Value.Abs().GreaterThan(above) {
			published++
		}
	}
	if c.asJSON() {
		return t.document(map[string]any{"file": c.Out, "schema": beside, "from": from.String(), "to": to.String(), "contracts": published, "above": above.StringFixed(2)})
	}
	fmt.Fprintf(t.out, "%s: %d contracts above %s approved from %s to %s\n%s: what its columns mean\n", c.Out, published, above.StringFixed(2), from, to, beside)
	return nil
}
