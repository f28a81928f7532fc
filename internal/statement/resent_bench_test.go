package statement

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// BenchmarkCompare sends a month again in which every row has another merchant's text, and reports how the time grows when it has twice the
// rows.
func BenchmarkCompare(b *testing.B) {
	month := func(n int, name string) []Charge {
		rows := make([]Charge, n)
		for i := range rows {
			day := request.Date{Year: 2026, Month: 11, Day: 1 + i%28}
			rows[i] = Charge{Transacted: day, Posted: day, Merchant: fmt.Sprintf("%s %d", name, i%977), Card: fmt.Sprintf("%04d", i%500),
				Amount: request.Money{Amount: decimal.New(int64(100+i%7919), -2), Currency: "CAD"}}
		}
		identify(rows)
		return rows
	}
	took := func(n int) time.Duration {
		old, again := month(n, "SHOP"), month(n, "SHOP NO")
		begun := time.Now()
		if c := Compare(old, again); len(c.Pairs) != n || len(c.New) != 0 {
			b.Fatalf("%d of %d rows are found", len(c.Pairs), n)
		}
		return time.Since(begun)
	}
	n := 100_000
	if testing.Short() {
		n = 20_000
	}
	for b.Loop() {
		half := took(n / 2)
		b.ReportMetric(float64(took(n))/float64(half), "x-doubling")
	}
}
