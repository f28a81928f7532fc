package statement

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/internal/scaling"
	"handrail/internal/workbook"
)

// BenchmarkDoubling reads statements and returned workbooks in the shapes that they have the most work with.
func BenchmarkDoubling(b *testing.B) {
	const head = "Date,Merchant,Amount"
	scaling.Bench(b,
		csvShape("rows", 4_000, func(n int) string { return head + "\n" + strings.Repeat("2026-11-03,Acme,1.50\n", n) }),
		csvShape("rows that are refused", 4_000, func(n int) string { return head + "\n" + strings.Repeat("03/04/05,Acme,1.234\n", n) }),
		csvShape("columns of a field that are empty", 4_000, func(n int) string {
			return head + strings.Repeat(",Currency", n) + "\n" + strings.Repeat("2026-11-03,Acme,1.50\n", n)
		}),
		csvShape("columns that nobody knows", 4_000, func(n int) string {
			return head + strings.Repeat(",x", n) + "\n" + strings.Repeat("2026-11-03,Acme,1.50\n", n)
		}),
		csvShape("a long header many times", 3_000, func(n int) string {
			return head + ",Currency (" + strings.Repeat("x", 10*n) + ")" + strings.Repeat(",Currency", n) + "\n2026-11-03,Acme,1.50\n"
		}),
		csvShape("rows of cells", 100_000, func(n int) string { return head + "\n" + strings.Repeat(",", n) + "\n" }),
		csvShape("one quoted cell", 300_000, func(n int) string { return head + "\n2026-11-03,\"" + strings.Repeat("\"\"\n", n/3) + "\",1.50\n" }),
		csvShape("a quote that is not closed", 1_000_000, func(n int) string { return head + "\n2026-11-03,\"" + strings.Repeat("a,\n", n/3) }),
		csvShape("lines that end like on a Macintosh", 4_000, func(n int) string { return head + "\r" + strings.Repeat("2026-11-03,Acme,1.50\r", n) }),
		csvShape("one row again and again", 4_000, func(n int) string { return head + ",Total\n" + strings.Repeat("Total,,1.50,\n", n) }),
		scaling.Shape{Name: "card numbers among digits", Size: 60_000, Make: func(_ testing.TB, n int) func() {
			text := strings.Repeat("1-", n/2) + "2"
			return func() { _ = CutCards(text) }
		}},
		scaling.Shape{Name: "signs of an amount", Size: 500_000, Make: func(_ testing.TB, n int) func() {
			text := strings.Repeat("(CR- $", n/6) + "1"
			return func() { _, _, _ = parseSum(cellValue{text: text}, anyMark) }
		}},
		scaling.Shape{Name: "formulas without a result", Size: 2_000, Make: formulasWithoutResult},
	)
}

func csvShape(name string, size int, text func(n int) string) scaling.Shape {
	return scaling.Shape{Name: name, Size: size, Make: func(_ testing.TB, n int) func() {
		data := []byte(text(n))
		return func() { _, _ = readText(context.Background(), data, Options{Name: "s.csv", Currency: "CAD"}) }
	}}
}

// formulasWithoutResult is a statement in a workbook in which every merchant is a formula that nobody worked out.
func formulasWithoutResult(tb testing.TB, n int) func() {
	tb.Helper()
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		tb.Fatal(err)
	}
	for i := range n + 1 {
		row := []any{"2026-11-03", excelize.Cell{Formula: "A1"}, 1.5}
		if i == 0 {
			row = []any{"Date", "Merchant", "Amount"}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), row); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		tb.Fatal(err)
	}
	book, err := workbook.Open(context.Background(), out.Bytes(), workbook.DefaultBounds())
	if err != nil {
		tb.Fatal(err)
	}
	return func() {
		if _, err := readWorkbook(context.Background(), book, sha256.Sum256(out.Bytes()), Options{Name: "s.xlsx", Currency: "CAD"}); err != nil {
			tb.Fatal(err)
		}
	}
}
