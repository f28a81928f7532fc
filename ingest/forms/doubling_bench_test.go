package forms

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/klauspost/compress/zip"

	"handrail/internal/scaling"
	"handrail/internal/workbook"
)

// BenchmarkFormDoubling reads forms in the shapes that they have the most work with: rows, columns, labels and merges that
// could each be looked at again for every other.
func BenchmarkFormDoubling(b *testing.B) {
	const line = `<row><c t="inlineStr"><is><t>Paper</t></is></c><c t="inlineStr"><is><t>Acme</t></is></c><c><v>100</v></c><c><v>13</v></c><c><v>113</v></c></row>`
	head := []string{"Title", "Supplier", "Subtotal", "Tax", "Total"}
	wide := func(n int, more string) []string {
		return append(head[:5:5], strings.Split(strings.Repeat(more+"\x00", n-1)+more, "\x00")...)
	}
	table := func(header []string, lines int) string { return textRow(header...) + strings.Repeat(line, lines) }
	scaling.Bench(b,
		formShape("lines", 2_000, func(n int) (string, string) { return table(head, n), "" }),
		formShape("second columns of a field, and lines", 800, func(n int) (string, string) { return table(wide(n, "Total"), n), "" }),
		formShape("columns that nobody knows, and lines", 800, func(n int) (string, string) { return table(wide(n, "x"), n), "" }),
		formShape("columns called like ours, and lines", 800, func(n int) (string, string) { return table(wide(n, "Reference"), n), "" }),
		formShape("our columns again and again", 2_000, func(n int) (string, string) {
			return table(wide(n, "Result\x00Why\x00Reference"), 2), ""
		}),
		formShape("rows of labels with boxes", 60_000, func(n int) (string, string) {
			return strings.Repeat(textRow(strings.Split(strings.Repeat("Title\x00x\x00Supplier\x00x\x00Total\x00x\x00Tax\x00x\x00", n/8/49), "\x00")...), 49), ""
		}),
		formShape("labels and merges", 20_000, func(n int) (string, string) {
			var merges strings.Builder
			for i := range n {
				fmt.Fprintf(&merges, `<mergeCell ref="A%d:B%d"/>`, i+1, i+1)
			}
			return strings.Repeat(textRow("Title", "Supplier"), 40) + table(head, 2), "<mergeCells>" + merges.String() + "</mergeCells>"
		}),
		formShape("merges over all lines", 400, func(n int) (string, string) {
			return table(head, n), "<mergeCells>" + strings.Repeat(fmt.Sprintf(`<mergeCell ref="A2:C%d"/>`, n+1), n) + "</mergeCells>"
		}),
		formShape("labels that contradict each other, and lines", 1_500, func(n int) (string, string) {
			var above strings.Builder
			for i := range min(n, 40) {
				above.WriteString(textRow("Cost centre", fmt.Sprint(i)))
			}
			return above.String() + table(head, n), ""
		}),
		formShape("texts under a long header", 1_500, func(n int) (string, string) {
			return textRow(append(head[:5:5], strings.Repeat("x", 40*n))...) + strings.Repeat(strings.Replace(line, "</row>", `<c t="e"><v>#N/A</v></c></row>`, 1), n), ""
		}),
		formShape("one address", 60_000, func(n int) (string, string) {
			return textRow("Email", strings.Repeat("(", n)) + table(head, 1), ""
		}),
		formShape("one amount", 60_000, func(n int) (string, string) {
			return table(head, 1) + textRow("Paper", "Acme", strings.Repeat("1-", n/2), strings.Repeat("1,", n/2)), ""
		}),
	)
}

func textRow(cells ...string) string {
	var b strings.Builder
	b.WriteString("<row>")
	for _, c := range cells {
		b.WriteString(`<c t="inlineStr"><is><t>` + c + `</t></is></c>`)
	}
	return b.String() + "</row>"
}

// formShape is a form whose sheet has these rows and what stands behind them.
func formShape(name string, size int, sheet func(n int) (rows, behind string)) scaling.Shape {
	return scaling.Shape{Name: name, Size: size, Make: func(tb testing.TB, n int) func() {
		rows, behind := sheet(n)
		data := sheetBook(tb, rows, behind)
		return func() {
			book, err := workbook.Open(context.Background(), data, workbook.DefaultBounds())
			if err != nil {
				tb.Fatal(err)
			}
			if _, err := Read(context.Background(), book, Options{}); err != nil && codeOfError(err) == "" {
				tb.Fatal(err)
			}
		}
	}}
}

// sheetBook is a workbook of one sheet, written by hand.
func sheetBook(tb testing.TB, rows, behind string) []byte {
	tb.Helper()
	const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const relations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + office + "/"
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		{"_rels/.rels", relations + `officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + main + `" xmlns:r="` + office + `"><sheets><sheet name="Requests" sheetId="1" r:id="r1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", relations + `worksheet" Target="sheet1.xml"/></Relationships>`},
		{"xl/sheet1.xml", `<worksheet xmlns="` + main + `"><sheetData>` + rows + `</sheetData>` + behind + `</worksheet>`},
	} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p[0], Method: zip.Store})
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write([]byte(p[1])); err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}
