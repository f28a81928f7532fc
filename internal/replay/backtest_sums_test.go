package replay

import (
	"math/rand/v2"
	"testing"

	"handrail/internal/request"
)

// Windows over sums by day come to what their days come to, in whatever order days are added and taken away.
func TestSumsByDay(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // for a test
	start := request.Date{Year: 2026, Month: 1, Day: 1}
	d, plain := dayBuckets{}, map[int]int64{}
	for range 3000 {
		n, minor := random.IntN(400), int64(random.IntN(1000)-300)
		d.add("k", start.AddDays(n), minor, 1)
		plain[n] += minor
		from := random.IntN(420) - 10
		to := from + random.IntN(100) - 2
		want := int64(0)
		for i := from; i <= to; i++ {
			want += plain[i]
		}
		if got, _ := d.sum("k", start.AddDays(from), start.AddDays(to)); got != want {
			t.Fatalf("%d to %d: %d, want %d", from, to, got, want)
		}
	}
}
