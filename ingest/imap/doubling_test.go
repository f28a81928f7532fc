package imap

import (
	"math"
	"testing"

	"handrail/internal/scaling"
)

// hostileAnswers are the worst that a server can say to the guard.
func hostileAnswers() map[string]func(n int) string {
	return map[string]func(n int) string{
		"lists":    scaling.After("* LIST ", scaling.Fill("()")),
		"strings":  scaling.After("* LIST ", scaling.Fill(`"\"" `)),
		"literals": scaling.After("* LIST ", scaling.Fill("{0}\r\n")),
		"numbers":  scaling.After("* SEARCH", scaling.Fill(" 3 2 1")),
		"words":    scaling.Fill("* 1 EXISTS\r\n"),
		"codes":    scaling.Fill("T1 OK [X (y] z\r\n"),
	}
}

func guardUnbounded(said []byte) error {
	g := newAnswerGuard()
	g.expect(answerBounds{math.MaxInt, math.MaxInt64, math.MaxInt64})
	return g.watch(said)
}

// BenchmarkDoubling watches the worst that a server can say, once and twice as long.
func BenchmarkDoubling(b *testing.B) {
	var shapes []scaling.Shape
	for name, build := range hostileAnswers() {
		shapes = append(shapes, scaling.Shape{Name: name, Size: 256 << 10, Make: func(_ testing.TB, n int) func() {
			said := []byte(build(n))
			return func() { _ = guardUnbounded(said) } // refused or not, it was read
		}})
	}
	scaling.Bench(b, shapes...)
}

// The guard ends with 256 KB of the worst.
func TestTheWorstAnswersAreWatchedToTheirEnd(t *testing.T) {
	for name, build := range hostileAnswers() {
		t.Run(name, func(*testing.T) { _ = guardUnbounded([]byte(build(256 << 10))) })
	}
}
