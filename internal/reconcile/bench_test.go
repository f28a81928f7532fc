package reconcile_test

import (
	"fmt"
	"testing"

	"handrail/internal/reconcile"
	"handrail/internal/reconcile/reconciletest"
)

// BenchmarkQuarters prints precision and recall over synthetic quarters whose seeds no test uses.
func BenchmarkQuarters(b *testing.B) {
	var precision, recall float64
	wrong, n := 0, 0
	for b.Loop() {
		q := reconciletest.NewQuarter(uint64(1000+n), 1500)
		r, err := reconcile.Join(q.Lines, q.Charges, reconcile.Options{})
		if err != nil {
			b.Fatal(err)
		}
		p, c, pairs := q.Score(r)
		precision, recall, wrong, n = precision+p, recall+c, wrong+len(pairs), n+1
		for _, w := range pairs {
			b.Log(w)
		}
	}
	b.ReportMetric(precision/float64(n), "precision")
	b.ReportMetric(recall/float64(n), "recall")
	b.ReportMetric(float64(wrong), "false-pairs")
}

// BenchmarkJoin shows how the time grows: ns/line at each size; n log n would grow by the ratio of the logarithms.
func BenchmarkJoin(b *testing.B) {
	sizes := []int{1_000, 10_000, 100_000}
	if testing.Short() {
		sizes = sizes[:1]
	}
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			q := reconciletest.NewQuarter(5, n)
			b.ResetTimer()
			for b.Loop() {
				if _, err := reconcile.Join(q.Lines, q.Charges, reconcile.Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/line")
		})
	}
}
