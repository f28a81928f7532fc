// Package doubling measures, for benchmarks, whether a reader's work grows faster than its input: twice the bytes must cost
// about twice as much. It is imported by tests only.
package doubling

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// Shape is one kind of input that a reader has the most work with.
type Shape struct {
	Name string
	// Size is that of the smaller input, in whatever Make counts: large enough to take some milliseconds.
	Size int
	// Make makes an input of size n and gives what reads it, which may be called again and again.
	Make func(tb testing.TB, n int) (read func())
}

// rounds is how often both sizes are read at least; the fastest of each counts, which a busy machine disturbs least.
const rounds = 7

// Bench reads every shape once and twice over and reports how many times as much processor time the second took, as x-doubling. With -short
// the inputs are an eighth and one round is enough: that only tries the code.
func Bench(b *testing.B, shapes ...Shape) {
	for _, s := range shapes {
		b.Run(s.Name, func(b *testing.B) {
			size, least := s.Size, rounds
			if testing.Short() {
				size, least = max(1, s.Size/8), 1
			}
			once, twice := s.Make(b, size), s.Make(b, 2*size)
			var short, long time.Duration
			done := 0
			round := func() {
				short, long = fastest(short, once), fastest(long, twice)
				done++
			}
			for b.Loop() {
				round()
			}
			for done < least {
				round()
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(short)/float64(time.Millisecond), "once-ms")
			b.ReportMetric(float64(long)/float64(short), "x-doubling")
		})
	}
}

func fastest(before time.Duration, read func()) time.Duration {
	defer uncollected()()
	start := clock()
	read()
	if took := max(clock()-start, 1); before == 0 || took < before {
		return took
	}
	return before
}

// mostGarbage is how much memory a read may take before the collector runs all the same.
const mostGarbage = 1 << 30

// uncollected collects what earlier rounds left, so that no round pays for the one before, and then keeps the collector
// off: it runs when the heap has grown by so much, so the longer read would pay for a whole cycle and the shorter for none.
func uncollected() (restore func()) {
	runtime.GC()
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(mostGarbage)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}
