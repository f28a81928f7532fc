package workbook

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zip"
	"github.com/xuri/excelize/v2"
)

// twoSheetBook is a form and its copy, the second one with a comment of somebody's own, and a third sheet beside them.
func twoSheetBook(t *testing.T) []byte {
	t.Helper()
	x := excelize.NewFile()
	defer func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"Sheet1", "Form (2)", "Lists"} {
		if name != "Sheet1" {
			_, err := x.NewSheet(name)
			must(err)
		}
		must(x.SetSheetRow(name, "A1", &[]any{"Title", "Supplier", "Total"}))
		must(x.SetSheetRow(name, "A2", &[]any{"Chairs", "Acme", 10}))
		must(x.SetCellFormula(name, "D2", "C2*2"))
	}
	must(x.AddComment("Form (2)", excelize.Comment{Cell: "B2", Author: "Anna", Text: "Is this right?"}))
	var out bytes.Buffer
	must(x.Write(&out))
	return out.Bytes()
}

func twoSheetAnnotation() Annotation {
	return Annotation{Sheet: 0, HeaderRow: 1, Column: 4, Headers: [3]string{"Result", "Why", "Reference"}, Report: sampleReport(),
		Marks:    []Mark{{Row: 2, Kind: ApprovedMark, Result: "Approved", Reference: "HR-2026-000001-1"}},
		Comments: []Comment{{"C2", "On the first sheet."}},
		More: []SheetAnnotation{
			{Sheet: 1, HeaderRow: 1, Column: 5, Marks: []Mark{{Row: 2, Kind: ReturnedMark, Result: "Returned", Why: "=No", Reference: "HR-2026-000001-2"}},
				Comments: []Comment{{"C2", "On the second sheet."}}},
			{Sheet: 2, HeaderRow: 1, Column: 5, Comments: []Comment{{"A2", "On the third sheet."}}},
		}}
}

// Every sheet of a request gets its own columns and comments, the workbook one report, and what stands on none of them
// stays as it came. A sheet without marks gets its comments alone.
func TestSeveralSheetsAreAnnotatedInOnePass(t *testing.T) {
	data := twoSheetBook(t)
	k := mustOpen(t, data)
	a := twoSheetAnnotation()
	out, err := annotateBytes(k, a)
	if err != nil {
		t.Fatal(err)
	}
	after := mustOpen(t, out)
	want := [][2]string{{"G2", "HR-2026-000001-1"}, {"G2", "HR-2026-000001-2"}, {"E2", ""}}
	if n := len(after.Sheets()); n != 4 || after.Sheets()[3].Name != "Handrail" {
		t.Fatalf("sheets %+v", after.Sheets())
	}
	for i, w := range want {
		cells, err := cellsOf(after, i)
		if err != nil {
			t.Fatal(err)
		}
		if cells["A2"].value != "Chairs" || cells[w[0]].value != w[1] {
			t.Errorf("sheet %d: A2 %q, %s %q, want %q", i, cells["A2"].value, w[0], cells[w[0]].value, w[1])
		}
	}
	x, err := excelize.OpenReader(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = x.Close() }()
	for name, texts := range map[string][]string{"Sheet1": {"On the first sheet."}, "Form (2)": {"Is this right?", "On the second sheet."}, "Lists": {"On the third sheet."}} {
		comments, err := x.GetComments(name)
		if err != nil {
			t.Fatal(err)
		}
		all := ""
		for _, c := range comments {
			all += c.Text
			for _, p := range c.Paragraph {
				all += p.Text
			}
		}
		for _, text := range texts {
			if !strings.Contains(all, text) {
				t.Errorf("%s has comments %q, without %q", name, all, text)
			}
		}
	}
	checkPartsOnce(t, out)
	for _, wrong := range [][]SheetAnnotation{{{Sheet: 0}}, {{Sheet: 9}}, {{Sheet: 1, Marks: make([]Mark, 2)}}} {
		a.More = wrong
		if _, err := annotateBytes(k, a); err == nil {
			t.Errorf("more sheets %+v were taken", wrong)
		}
	}
}

// checkPartsOnce holds that no part is there twice and the type of drawings is said once, which Excel calls damage.
func checkPartsOnce(t *testing.T, data []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, f := range z.File {
		if seen[f.Name] {
			t.Errorf("%s is there twice", f.Name)
		}
		seen[f.Name] = true
	}
	types := partText(t, mustOpen(t, data), contentTypesPart)
	if n := strings.Count(types, `Extension="vml"`); n != 1 {
		t.Errorf("the type of drawings is said %d times", n)
	}
}

// LibreOffice opens a workbook with several annotated sheets.
func TestSeveralAnnotatedSheetsOpenInLibreOffice(t *testing.T) {
	if os.Getenv("HANDRAIL_TEST_LIBREOFFICE") == "" {
		t.Skip("HANDRAIL_TEST_LIBREOFFICE is not set: LibreOffice takes its time")
	}
	data := twoSheetBook(t)
	out, err := annotateBytes(mustOpen(t, data), twoSheetAnnotation())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	f := annotatedFile{filepath.Join(dir, "as-it-came.xlsx"), filepath.Join(dir, "annotated.xlsx")}
	for path, b := range map[string][]byte{f.Original: data, f.Annotated: out} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	checkLibreOfficeOpens(t, []annotatedFile{f})
}
