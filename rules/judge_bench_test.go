package rules

import (
	"testing"

	"handrail/internal/request"
)

// The budget of PERFORMANCE for judging a line with 20 guardrails: it must take at most 10 µs, and aims at 3.5.
const (
	mustNanoseconds = 10_000
	aimNanoseconds  = 3_500
)

// BenchmarkJudge judges one line, facts at hand, with every guardrail of the ESDC policy (24, among them five totals). It
// reports the ratio to PERFORMANCE's budgets, scaled to its 20 guardrails.
func BenchmarkJudge(b *testing.B) {
	p := shippedPolicy(b, "esdc-micro-acquisition")
	f := facts(p, origin(), clean(b))
	b.ReportAllocs()
	for b.Loop() {
		if v := p.Judge(f); v.Outcome != request.Approved {
			b.Fatal(v.Outcome)
		}
	}
	per20 := float64(b.Elapsed().Nanoseconds()) / float64(b.N) * 20 / float64(len(p.guardrails))
	b.ReportMetric(float64(len(p.guardrails)), "guardrails")
	b.ReportMetric(per20/mustNanoseconds, "x-must")
	b.ReportMetric(per20/aimNanoseconds, "x-aim")
}
