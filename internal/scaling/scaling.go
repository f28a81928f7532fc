// Package scaling measures, for benchmarks, whether a reader's work grows faster than its input: twice the bytes must cost
// about twice as much. It is imported by tests only.
package scaling

import (
	"math"
	"runtime"
	"runtime/debug"
	"strings"
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

// Both sizes are read in turn, so many times at least, and more often while that takes little; the fastest of each counts,
// which a busy machine disturbs least.
const (
	leastRounds = 7
	mostRounds  = 40
	enough      = 200 * time.Millisecond
)

// Fill builds about n bytes of one text over and over.
func Fill(text string) func(n int) string {
	return func(n int) string { return strings.Repeat(text, n/len(text)) }
}

// After builds what rest does, behind something that stands once.
func After(first string, rest func(n int) string) func(n int) string {
	return func(n int) string { return first + rest(n) }
}

// Bench reads every shape once and twice over and reports how many times as much processor time the second took, as x-doubling. With -short
// the inputs are an eighth and one round is enough: that only tries the code.
func Bench(b *testing.B, shapes ...Shape) {
	for _, s := range shapes {
		b.Run(s.Name, func(b *testing.B) {
			defer uncollected()()
			size, least := s.Size, leastRounds
			if testing.Short() {
				size, least = max(1, s.Size/8), 1
			}
			once, twice := s.Make(b, size), s.Make(b, 2*size)
			short, long, spent, done := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64), time.Duration(0), 0
			round := func() {
				s, l := timed(once), timed(twice)
				short, long, spent, done = min(short, s), min(long, l), spent+s+l, done+1
			}
			for b.Loop() {
				round()
			}
			for done < least || least > 1 && spent < enough && done < mostRounds {
				round()
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(short)/float64(time.Millisecond), "once-ms")
			b.ReportMetric(float64(long)/float64(short), "x-doubling")
		})
	}
}

// Spent is the processor time that f takes, that of its goroutines included: a busy machine slows the wall clock, and this hardly.
func Spent(f func()) time.Duration { return timed(f) }

// timed is the processor time that a read takes.
func timed(read func()) time.Duration {
	runtime.GC() // so that no read pays for the one before
	start := clock()
	read()
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

// Took is what f allocated in all, and what of it is still in use while its result is.
func Took(f func() any) (allocated, kept int64) {
	var before, after, later runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&before)
	result := f()
	runtime.ReadMemStats(&after)
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&later)
	runtime.KeepAlive(result)
	return int64(after.TotalAlloc - before.TotalAlloc), int64(later.HeapAlloc) - int64(before.HeapAlloc) //nolint:gosec // no exabytes
}
