// Package doubling measures, for benchmarks, whether a reader's work grows faster than its input: twice the bytes must cost
// about twice as much. It is imported by tests only.
package doubling

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// Shape is one kind of input that a reader has the most work with.
type Shape struct {
	Name string
	// Size is that of the smaller input, in whatever Make counts.
	Size int
	// Make makes an input of size n and gives what reads it, which may be called again and again.
	Make func(tb testing.TB, n int) (read func())
}

// rounds is how often both sizes are read at least; the fastest of each counts, which a busy machine disturbs least.
const rounds = 7

// oneRound is how long a round takes at least: a reader that is done sooner reads several times in it.
const oneRound = 4 * time.Millisecond

// Bench reads every shape once and twice over and reports how many times as much processor time the second took, as x-doubling. With -short
// the inputs are an eighth and one round is enough: that only tries the code.
func Bench(b *testing.B, shapes ...Shape) {
	for _, s := range shapes {
		b.Run(s.Name, func(b *testing.B) {
			defer uncollected()()
			size, least, times := s.Size, rounds, 1
			if testing.Short() {
				size, least = max(1, s.Size/8), 1
			}
			once, twice := s.Make(b, size), s.Make(b, 2*size)
			if !testing.Short() {
				times = int(oneRound/timed(1, once)) + 1
			}
			short, long, done := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64), 0
			round := func() {
				short, long = min(short, timed(times, once)), min(long, timed(times, twice))
				done++
			}
			for b.Loop() {
				round()
			}
			for done < least {
				round()
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(short)/float64(time.Duration(times)*time.Millisecond), "once-ms")
			b.ReportMetric(float64(long)/float64(short), "x-doubling")
		})
	}
}

// timed is the processor time that reading so many times takes.
func timed(times int, read func()) time.Duration {
	runtime.GC() // so that no round pays for the one before
	start := clock()
	for range times {
		read()
	}
	return max(clock()-start, 1)
}

// mostGarbage is how much memory a read may take before the collector runs all the same.
const mostGarbage = 1 << 30

// uncollected keeps the collector off: it runs when the heap has grown by so much, so the longer read would pay for a whole
// cycle and the shorter for none, or for pages that were given back between the two.
func uncollected() (restore func()) {
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(mostGarbage)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}
