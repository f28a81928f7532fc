package forms

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"handrail/ingest"
	"handrail/internal/scaling"
	"handrail/internal/workbook"
)

// sheetOfRows is a workbook of a sheet's XML and its list of texts.
func sheetOfRows(t *testing.T, sheet, texts string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	const types, office, main = "http://schemas.openxmlformats.org/package/2006", "http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	for _, p := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="` + types + `/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + types + `/relationships"><Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + main + `" xmlns:r="` + office + `"><sheets><sheet name="Requests" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + types + `/relationships"><Relationship Id="rId1" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="` + office + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", `<worksheet xmlns="` + main + `">` + sheet + `</worksheet>`},
		{"xl/sharedStrings.xml", `<sst xmlns="` + main + `">` + texts + `</sst>`},
	} {
		w, err := z.Create(p[0])
		if err == nil {
			_, err = w.Write([]byte(p[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// The footprint of workbooks covers what an open one and its form keep.
func TestFootprintCoversWhatFormsTake(t *testing.T) {
	columns := []string{"Title", "Supplier", "Subtotal", "Tax", "Total", "Needed by", "Quantity", "Unit price", "Commodity type", "Security level", "Remote work", "Currency", "Payment", "Odd one"}
	head := "<row>"
	for _, c := range columns {
		head += `<c t="inlineStr"><is><t>` + c + `</t></is></c>`
	}
	head += "</row>"
	rows := func(row string, n int) string { return "<sheetData>" + head + strings.Repeat(row, n) + "</sheetData>" }
	every := func(cell string) string { return "<row>" + strings.Repeat(cell, len(columns)) + "</row>" }
	var merges strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&merges, `<mergeCell ref="A%d:B%d"/>`, i+1000, i+1000)
	}
	for name, c := range map[string]struct{ sheet, texts string }{
		"every cell a problem, 500 lines":  {rows(every(`<c t="str"><v>?</v></c>`), 500), ""},
		"every cell a problem, more lines": {rows(every(`<c t="str"><v>?</v></c>`), 3000), ""},
		"numbers":                          {rows(every(`<c><v>1</v></c>`), 3000), ""},
		"one cell a row":                   {rows(`<row><c t="str"><v>?</v></c></row>`, 3000), ""},
		"formulas without values":          {rows(every(`<c><f/></c>`), 3000), ""},
		"short texts":                      {rows(every(`<c><v>1</v></c>`), 10), strings.Repeat("<si><t>a</t></si>", 200_000)},
		"long texts":                       {rows(every(`<c><v>1</v></c>`), 10), strings.Repeat("<si><t>"+strings.Repeat("a", 1000)+"</t></si>", 5000)},
		"merged ranges":                    {rows(every(`<c><v>1</v></c>`), 100) + "<mergeCells>" + merges.String() + "</mergeCells>", ""},
	} {
		t.Run(name, func(t *testing.T) {
			bounds := workbook.DefaultBounds()
			bounds.Ratio = 1 << 40
			data := sheetOfRows(t, c.sheet, c.texts)
			m := &ingest.Mail{Attachments: []ingest.Attachment{{Name: "form.xlsx", Data: data, Format: workbook.Xlsx}}}
			declared, err := workbook.Declared(data, bounds)
			if err != nil {
				t.Fatal(err)
			}
			footprint := Footprint(m, bounds, 20_000)
			lines := 1
			_, kept := scaling.Took(func() any {
				b, err := workbook.Open(t.Context(), data, bounds)
				if err != nil {
					t.Fatal(err)
				}
				f, err := Read(t.Context(), b, Options{MaxLines: 20_000})
				if err != nil {
					t.Fatal(err)
				}
				lines = max(1, f.Lines.Len())
				return []any{b, f}
			})
			n := float64(declared.Bytes)
			t.Logf("%d bytes declared: kept %.1f for each, %d a line; the footprint is %.1f", declared.Bytes, float64(kept)/n, kept/int64(lines), float64(footprint)/n)
			if kept > footprint {
				t.Errorf("%d bytes are kept, more than the footprint of %d", kept, footprint)
			}
		})
	}
}
