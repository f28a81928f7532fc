package reconcile_test

import (
	"fmt"
	"strings"
	"testing"

	"handrail/internal/reconcile"
	"handrail/internal/scaling"
)

// BenchmarkDoublingOfReferences reads what people write into a cell for the numbers of lines.
func BenchmarkDoublingOfReferences(b *testing.B) {
	scaling.Bench(b,
		scaling.Shape{Name: "references in one cell", Size: 5_000, Make: func(_ testing.TB, n int) func() {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, "HR-2026-%06d-01, ", i+1)
			}
			return func() { _, _ = reconcile.ReferencesIn(b.String()) }
		}},
	)
}
