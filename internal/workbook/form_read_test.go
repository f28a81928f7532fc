package workbook_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/ingest/forms"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

func blankForm(t *testing.T, o workbook.FormOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := workbook.NewForm(&b, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readForm(t *testing.T, data []byte) *forms.Form {
	t.Helper()
	b, err := workbook.Open(context.Background(), data, workbook.DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	f, err := forms.Read(context.Background(), b, forms.Options{Currency: "CAD"})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Whatever form is written, reading knows every column by its label, and an untouched one is a request without lines.
func TestUntouchedFormReadsAsARequestWithoutLines(t *testing.T) {
	for _, l := range []request.Lang{request.English, request.French} {
		for _, all := range []bool{false, true} {
			f := readForm(t, blankForm(t, workbook.FormOptions{Lang: l, All: all}))
			if f.Lines.Len() != 0 || f.Origin.Language != l {
				t.Errorf("%s all=%v: %d lines, language %q", l, all, f.Lines.Len(), f.Origin.Language)
			}
			if len(f.Columns) < 6 {
				t.Errorf("%s all=%v: %d columns", l, all, len(f.Columns))
			}
			for _, c := range f.Columns {
				if c.By != "label" {
					t.Errorf("%s all=%v: column %q is known by %s", l, all, c.Header, c.By)
				}
			}
		}
	}
}

// Every field of the whole form, filled in with the form's own words, is read back.
func TestFilledFormIsReadBack(t *testing.T) {
	for _, l := range []request.Lang{request.English, request.French} {
		data := blankForm(t, workbook.FormOptions{Lang: l, All: true})
		x, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		sheet := x.GetSheetName(0)
		rows, err := x.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		header := len(rows)
		fill := func(info request.FieldInfo, label string) {
			value := map[request.Kind]any{request.TextKind: "Chairs 12", request.NumberKind: 2, request.MoneyKind: 12.5, request.EmailKind: "a@b.example",
				request.DateKind: "2026-11-20", request.URLKind: "https://example.org/a", request.CurrencyKind: "CAD", request.ReferenceKind: "HR-2026-000001-01"}[info.Kind]
			if info.Kind == request.ChoiceKind {
				value = info.Choices[0].Label.In(l)
			}
			for i, row := range rows {
				for j, text := range row {
					if text != label && text != info.Label.In(l) { // of a column in both languages, of a box in the form's
						continue
					}
					cell := workbook.Ref(j+2, i+1)
					if i+1 == header {
						cell = workbook.Ref(j+1, i+2)
					}
					if err := x.SetCellValue(sheet, cell, value); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		for _, info := range request.Fields() {
			label := info.Label.EN + " / " + info.Label.FR
			if l == request.French {
				label = info.Label.FR + " / " + info.Label.EN
			}
			if info.Label.EN == info.Label.FR {
				label = info.Label.EN
			}
			fill(info, label)
		}
		var b bytes.Buffer
		if err := x.Write(&b); err != nil {
			t.Fatal(err)
		}
		f := readForm(t, b.Bytes())
		if f.Lines.Len() != 1 {
			t.Fatalf("%s: %d lines", l, f.Lines.Len())
		}
		first := f.Lines.At(0)
		for _, info := range request.Fields() {
			if v := first.Values[info.Field]; !v.Given || v.Faulty {
				t.Errorf("%s: %s was read as %+v", l, info.Name, v)
			}
		}
	}
}
