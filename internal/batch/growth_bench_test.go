package batch_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/department"
	"handrail/internal/job"
	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// BenchmarkMessageGrowth is what a whole message costs in a ledger of a million lines, as a multiple of an empty one's:
// fetched, judged, answered, sent and filed. Its suppliers have bought there all year. The must is 1.5. It takes minutes:
// it runs when it is asked for by name with -benchtime 1x.
func BenchmarkMessageGrowth(b *testing.B) {
	if b.N > 1 {
		b.Skip("run it alone: -bench MessageGrowth -benchtime 1x")
	}
	lines, n, rounds := 1_000_000, 300, 3
	if testing.Short() {
		lines, n, rounds = 5_000, 30, 1
	}
	allow := func(o *job.Options) {
		o.Finance.Recipients = nil // the weeks of the year are not what is measured
	}
	empty, full := open(b, allow), open(b, allow)
	full.fillYear(b, lines, (rounds+1)*n)
	measureGrowth(b, empty, full, n, rounds, 1.5)
}

// measureGrowth sends the same requests to an empty ledger and to a full one, and reports how much longer the full one takes.
func measureGrowth(b *testing.B, empty, full *agency, n, rounds int, limit float64) {
	b.Helper()
	type cost struct{ wall, cpu time.Duration }
	var spent [2]cost
	for round := range rounds + 1 {
		for i, d := range []*agency{empty, full} {
			d.lay(b, round*n, n, twentyLines()...)
			runtime.GC()
			start, used := time.Now(), processCPU(b)
			d.once()
			wall, cpu := time.Since(start), processCPU(b)-used
			if got := d.office.Count(testStaff, "INBOX"); got != (round+1)*n {
				b.Fatalf("%d of %d requests were answered", got, (round+1)*n)
			}
			if round > 0 { // the first one fills caches
				spent[i].wall += wall
				spent[i].cpu += cpu
			}
		}
	}
	if asked := full.office.Count(testOfficer, "INBOX"); asked > 0 {
		b.Fatalf("%d mails went to the officer: the ledgers did different work", asked)
	}
	grown := float64(spent[1].wall) / float64(spent[0].wall)
	b.ReportMetric(grown, "x-empty")
	b.ReportMetric(grown/limit, "x-must")
	b.ReportMetric(float64(spent[1].cpu)/float64(spent[0].cpu), "x-empty-cpu")
	b.ReportMetric(float64(rounds*n)/spent[0].wall.Seconds(), "msg/s-empty")
	b.ReportMetric(float64(rounds*n)/spent[1].wall.Seconds(), "msg/s-full")
}

// fillYear puts so many small approved lines of the past year into the ledger, of the suppliers and the cost centre that
// the requests of lay have.
func (d *agency) fillYear(b *testing.B, lines, requests int) {
	b.Helper()
	ctx := context.Background()
	const perRequest, perCommit = 20, 50
	const apart = 10_000_000 // so that no number is one that a request gets
	small := decimal.RequireFromString("1.00")
	// The clock of a ledger does not go back: the year passes here. Its last purchases are too old for the guardrail against
	// buying the same thing again within a month.
	start := d.now()
	d.pass(360 * 24 * time.Hour)
	if err := d.ledger.Update(ctx, func(tx *ledger.Tx) error {
		return tx.Documents.KeepText(ctx, start, ledger.Text{Hash: d.policy.Hash(), Kind: department.PolicyText, Name: d.policy.Name(), Version: d.policy.Version(), Body: d.policy.Bundle()})
	}); err != nil {
		b.Fatal(err)
	}
	for made := 0; made < lines; {
		err := d.ledger.Decide(ctx, func(tx *ledger.Tx) error {
			for range perCommit {
				at := start.Add(300 * 24 * time.Hour / time.Duration(lines) * time.Duration(made))
				i := 0
				_, err := addRequest(ctx, tx, d.policy, at, apart+made, perRequest, func(a *judgement.Assessed) {
					values := &a.Facts.Line.Values
					values[request.Supplier].Text = fmt.Sprintf("Maison %06d-%d Inc.", made/perRequest%requests, i)
					values[request.SupplierID] = request.Value{}
					values[request.CostCentre].Text = "4410"
					values[request.Net].Number, values[request.Tax].Number, values[request.Total].Number = small, decimal.Zero, small
					i++
				})
				if err != nil {
					return err
				}
				made += perRequest
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
