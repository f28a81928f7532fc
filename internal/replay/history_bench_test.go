package replay

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"handrail/internal/history"
	"handrail/internal/scaling"
	"handrail/internal/workbook"
	"handrail/rules"
)

// purchases is an invented card statement over a year, with names that resemble each other and needs that come again.
func purchases(n int) []byte {
	var b strings.Builder
	b.WriteString("Transaction date,Merchant name,Description of purchase,Amount,Cost centre,Branch\n")
	first := []string{"Northern", "Boreal", "Cedar", "Maison", "Prairie", "Harbour", "Summit", "Rideau", "Granite", "Maple"}
	second := []string{"Software", "Consulting", "Supplies", "Furniture", "Catering", "Media", "Labs", "Print", "Tools", "Travel", "Safety", "Print"}
	third := []string{"Inc.", "Ltd", "Group", "Partners", "Canada", "East", "West", "Works", "Depot", "Direct", "Online", "Pros", "Co"}
	what := []string{"toner cartridges", "office chairs", "catering for a workshop", "translation of a report", "licence renewal", "posters", "laboratory gloves", "a training session"}
	for i := range n {
		day := i * 365 / n
		fmt.Fprintf(&b, "2026-%02d-%02d,%s %s %s,%s %d,%d.%02d,CC%d,Branch %d\n", 1+day/31, 1+day%28, first[i*7%len(first)], second[i*11%len(second)], third[i*13%len(third)],
			what[i*5%len(what)], i*31%3000, 20+i*7919%9000, i%100, i%200, i%25)
	}
	return []byte(b.String())
}

// BenchmarkHistory judges a history twice as long in about twice the time: with totals by what is alike as well.
func BenchmarkHistory(b *testing.B) {
	for _, name := range []string{"esdc-micro-acquisition", "red-flags"} {
		p, err := rules.LoadShipped(name)
		if err != nil {
			b.Fatal(err)
		}
		scaling.Bench(b, scaling.Shape{Name: name, Size: 4_000, Make: func(tb testing.TB, n int) func() {
			h, err := history.Read(context.Background(), purchases(n), history.Options{Name: "f.csv", Currency: "CAD", Bounds: workbook.DefaultBounds()})
			if err != nil {
				tb.Fatal(err)
			}
			return func() {
				if r, err := JudgeHistory(context.Background(), h, HistoryOptions{Policy: p, MostLines: n}); err != nil || r.All.After.Lines != n || len(r.Lines) != n {
					tb.Fatal(err)
				}
			}
		}})
	}
}
