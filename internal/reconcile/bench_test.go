package reconcile

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkQuarters prints precision and recall over synthetic quarters whose seeds no test uses.
func BenchmarkQuarters(b *testing.B) {
	var precision, recall float64
	wrong, n := 0, 0
	for b.Loop() {
		q := newQuarter(uint64(1000+n), 1500)
		r, err := JoinCharges(q.lines, q.charges, MatchOptions{})
		if err != nil {
			b.Fatal(err)
		}
		p, c, pairs := q.score(r)
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
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			q := newQuarter(5, n)
			b.ResetTimer()
			for b.Loop() {
				if _, err := JoinCharges(q.lines, q.charges, MatchOptions{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/line")
		})
	}
}

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
	q := newQuarter(5, 100_000)
	period, err := ParsePeriod("2026-07-01..2026-09-30", 0)
	if err != nil {
		b.Fatal(err)
	}
	lines, charges := slices.Clip(slices.Clone(q.lines)), slices.Clip(slices.Clone(q.charges))
	q = nil
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var most float64
	b.ResetTimer()
	for b.Loop() {
		most = max(most, peak(func() {
			cards, err := JoinCharges(lines, charges, MatchOptions{})
			if err != nil {
				b.Fatal(err)
			}
			r := Report{Period: period, Currency: "CAD", Made: time.Date(2026, 10, 5, 6, 0, 0, 0, time.UTC), Lines: lines, Cards: cards}
			if err := Write(io.Discard, r); err != nil {
				b.Fatal(err)
			}
		}))
	}
	b.ReportMetric(float64(before.HeapAlloc)/(1<<20), "input-MB")
	b.ReportMetric(most, "peak-MB")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/report")
}
