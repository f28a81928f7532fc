package request

import (
	"strings"
	"testing"

	"handrail/internal/scaling"
)

// BenchmarkDoubling reads typed texts in the shapes that each reader has the most work with.
func BenchmarkDoubling(b *testing.B) {
	shape := func(name, unit string, read func(string)) scaling.Shape {
		return scaling.Shape{Name: name, Size: 200_000, Make: func(_ testing.TB, n int) func() {
			text := strings.Repeat(unit, n/len(unit))
			return func() { read(text) }
		}}
	}
	scaling.Bench(b,
		shape("amounts", "1,", func(s string) { _, _ = ParseAmount(s, 2) }),
		shape("amounts behind spaces", " \u00a0", func(s string) { _, _ = ParseAmount(s+"1", 2) }),
		shape("days", "2026-12-01", func(s string) { _, _ = ParseDay(s) }),
		shape("addresses", "(", func(s string) { _, _ = ParseEmail(s) }),
		shape("addresses in a list", "a@b.ca,", func(s string) { _, _ = ParseEmail(s) }),
		shape("choices", "é\u0301", func(s string) { _, _, _ = ParseChoice(Commodity, s) }),
		shape("languages", "E\u0301", func(s string) { _, _ = ParseLanguage(s) }),
		shape("references", "HR-2026-000123-04", func(s string) { _, _ = ParseLineReference(s) }),
		shape("folding", "ﬁé\u0301\u0327", func(s string) { Fold(s) }),
		shape("comparing", "ﬁé\u0301\u0327 ", func(s string) { CompareForm(s) }),
		shape("supplier names", "a S.A. inc and co. ", func(s string) { SupplierName(s) }),
		shape("supplier names in letters", "s a r l ", func(s string) { SupplierName(s) }),
		shape("supplier names of other scripts", "Ａсме ™ и ", func(s string) { SupplierName(s) }),
		shape("business numbers", "BN12345678", func(s string) { BusinessNumber(s) }),
		shape("words of a need", "chairs\u0301 and ", func(s string) { NeedWords(s) }),
		shape("quotes", " \u200b", func(s string) { QuoteEN(s) }),
	)
}
