package report

import (
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"handrail/internal/reconcile"
	"handrail/internal/reconcile/reconciletest"
)

// peak samples the heap while f runs and gives its largest size in MB.
func peak(f func()) float64 {
	runtime.GC()
	var most atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			var s runtime.MemStats
			runtime.ReadMemStats(&s)
			most.Store(max(most.Load(), s.HeapInuse+s.StackInuse))
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	f()
	close(stop)
	<-done
	return float64(most.Load()) / (1 << 20)
}

// BenchmarkReport is issue 7's: 100,000 lines against as many charges, workbook included, in a process that asks the
// collector to stay under 285 MB as handrail reconcile should. input-MB is what the caller's lines and charges take.
func BenchmarkReport(b *testing.B) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(285 << 20))
	n := 100_000
	if testing.Short() {
		n = 1_000
	}
	q := reconciletest.NewQuarter(5, n)
	period, err := ParsePeriod("2026-07-01..2026-09-30", 0)
	if err != nil {
		b.Fatal(err)
	}
	lines, charges := slices.Clip(slices.Clone(q.Lines)), slices.Clip(slices.Clone(q.Charges))
	q = nil
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var most float64
	b.ResetTimer()
	for b.Loop() {
		most = max(most, peak(func() {
			cards, err := reconcile.Join(lines, charges, reconcile.Options{})
			if err != nil {
				b.Fatal(err)
			}
			r := Contents{Period: period, Currency: "CAD", Made: time.Date(2026, 10, 5, 6, 0, 0, 0, time.UTC), Lines: lines, Cards: cards}
			if err := Write(io.Discard, r); err != nil {
				b.Fatal(err)
			}
		}))
	}
	b.ReportMetric(float64(before.HeapAlloc)/(1<<20), "input-MB")
	b.ReportMetric(most, "peak-MB")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/report")
}
