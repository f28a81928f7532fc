package forms

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/internal/workbook"
)

// BenchmarkReadForm reports what a form costs over reading its cells: x-limit is the ratio of both, in one run.
func BenchmarkReadForm(b *testing.B) {
	for _, n := range []int{20, 1000, 10_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			book := xlsx(b, func(x *excelize.File) { fillRealistic(b, x, n) })
			visit := func(*workbook.Row) error { return nil }
			var cells time.Duration
			for range 5 {
				start := time.Now()
				if err := book.Rows(context.Background(), 0, visit); err != nil {
					b.Fatal(err)
				}
				if d := time.Since(start); cells == 0 || d < cells {
					cells = d
				}
			}
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				f, err := Read(context.Background(), book, Options{MaxLines: n})
				if err != nil || f.Lines.Len() != n {
					b.Fatalf("%v", err)
				}
			}
			per := time.Duration(int64(b.Elapsed()) / int64(b.N))
			b.ReportMetric(float64(per)/float64(cells), "x-limit")
			b.ReportMetric(float64((per-cells).Microseconds())/float64(n), "µs/line-over-cells")
		})
	}
}

func fillRealistic(b testing.TB, x *excelize.File, n int) {
	put(b, x, "A1", "Requester", "Anna Roy", "Email", "anna.roy@example.ca", "Branch", "DGPI")
	put(b, x, "A2", "Cost centre", "C-12", "Section 32 manager", "boss@example.ca")
	put(b, x, "A4", "Item", "Title", "Supplier", "Business number", "Description", "Selection rationale", "Quantity", "Unit price", "Subtotal", "Tax",
		"Total", "Commodity type", "Security level", "Remote work", "Needed by", "Payment", "Licence", "Open repository", "Justification", "Our note")
	style, err := x.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		b.Fatal(err)
	}
	for i := range n {
		at := strconv.Itoa(5 + i)
		put(b, x, "A"+at, i, "Accessibility audit "+at, "Acme Inc. "+at, "803456789", "Two sentences that say what the supplier delivers.", "Best of three quotes.",
			2, 1000.5, 2001, 260.13, 2261.13, "services", "unclassified", "yes", 46357, "acquisition card", "MIT", "https://example.ca/repo", "None.", "x")
		if err := x.SetCellStyle("Requests", "O"+at, "O"+at, style); err != nil {
			b.Fatal(err)
		}
	}
}
