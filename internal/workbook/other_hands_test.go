package workbook

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

// sortableBook is a list of requests with a table, a filter or neither around it, and a print area.
func sortableBook(t *testing.T, kind string) []byte {
	t.Helper()
	x := excelize.NewFile()
	defer func() { _ = x.Close() }()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(x.SetSheetName("Sheet1", "L'été, 2026"))
	sheet := "L'été, 2026"
	must(x.SetSheetRow(sheet, "A1", &[]any{"Title", "Supplier", "Total"}))
	for i, title := range []string{"Chairs", "Apples", "Bolts"} {
		must(x.SetSheetRow(sheet, Ref(1, i+2), &[]any{title, "S " + title, 100 - i}))
	}
	switch kind {
	case "table":
		must(x.AddTable(sheet, &excelize.Table{Range: "A1:C4", Name: "Lines", StyleName: "TableStyleMedium2"}))
	case "filter":
		must(x.AutoFilter(sheet, "A1:C4", nil))
	}
	must(x.SetDefinedName(&excelize.DefinedName{Name: printAreaName, Scope: sheet, RefersTo: "'L''été, 2026'!$A$1:$C$30"}))
	var out bytes.Buffer
	must(x.Write(&out))
	return out.Bytes()
}

func sortableAnnotation() Annotation {
	a := Annotation{HeaderRow: 1, Column: 4, Headers: AnswerHeaders(nil, request.English), Report: sampleReport(), Lang: request.English}
	for i, title := range []string{"Chairs", "Apples", "Bolts"} {
		a.Marks = append(a.Marks, Mark{Row: i + 2, Kind: ReturnedMark, Result: "Returned", Why: "About " + title, Reference: fmt.Sprintf("HR-2026-000001-%02d", i+1)})
		a.Comments = append(a.Comments, Comment{Ref(3, i+2), "Comment on " + title})
	}
	return a
}

// The answer is inside the table or the filter, and inside the print area; coming back, nothing grows again.
func TestTheAnswerIsInsideTableFilterAndPrintArea(t *testing.T) {
	for _, kind := range []string{"table", "filter", "plain"} {
		data := sortableBook(t, kind)
		a := sortableAnnotation()
		for round := range 3 {
			k := mustOpen(t, data)
			a.Replace = round > 0
			a.LastCol = 3
			if apart, err := k.Apart(context.Background(), &a); err != nil || len(apart) > 0 {
				t.Errorf("%s: apart %v, %v", kind, apart, err)
			}
			out, err := annotateBytes(k, a)
			if err != nil {
				t.Fatal(err)
			}
			data = out
			after := mustOpen(t, out)
			l, err := after.Layout(context.Background(), 0)
			if err != nil {
				t.Fatal(err)
			}
			if got := after.names[sheetName{printAreaName, 0}]; got != "'L''été, 2026'!$A$1:$F$30" {
				t.Errorf("%s, round %d: the print area is %q", kind, round, got)
			}
			switch kind {
			case "table":
				if len(l.Tables) != 1 || l.Tables[0].Range.String() != "A1:F4" || l.Tables[0].irregular {
					t.Errorf("round %d: tables %+v", round, l.Tables)
				}
			case "filter":
				if l.Filter.String() != "A1:F4" || !strings.HasSuffix(after.names[sheetName{filterName, 0}], "$A$1:$F$4") {
					t.Errorf("round %d: filter %s, named %q", round, l.Filter, after.names[sheetName{filterName, 0}])
				}
			}
			if _, err := excelize.OpenReader(bytes.NewReader(out)); err != nil {
				t.Errorf("%s: excelize: %v", kind, err)
			}
		}
	}
}

// Where the answer cannot be with the lines, it is said why.
func TestWhyTheAnswerStandsApart(t *testing.T) {
	table := func(attrs, columns string) func([]part) []part {
		return func(parts []part) []part {
			text := `<table xmlns="` + mainNS + `" id="1" name="T" displayName="T" ref="A1:B3"` + attrs + `><tableColumns count="2">` + columns + `</tableColumns></table>`
			return with(parts, part{"xl/tables/table1.xml", text}, relsOf(rel("rId1", "table", "../tables/table1.xml")))
		}
	}
	const two = `<tableColumn id="1" name="one"/><tableColumn id="2" name="two"/>`
	beside := strings.Replace(twoColumns, `<v>1</v></c></row><row r="2">`, `<v>1</v></c><c r="D1" t="inlineStr"><is><t>side</t></is></c></row><row r="2">`, 1)
	printed := func(area string) func([]part) []part {
		return func(parts []part) []part {
			parts[2].text = strings.Replace(parts[2].text, "</sheets>", `</sheets><definedNames><definedName name="_xlnm.Print_Area" localSheetId="0">`+area+`</definedName></definedNames>`, 1)
			return parts
		}
	}
	for _, c := range []struct {
		name, rows string
		change     func([]part) []part
		want       []Apart
	}{
		{"connected", twoColumns, table(` tableType="queryTable"`, two), []Apart{Connected}},
		{"irregular", twoColumns, table("", `<tableColumn id="1" name="one"/>`), []Apart{Irregular}},
		{"totals", twoColumns, table(` totalsRowCount="1"`, two), []Apart{InTotals}},
		{"occupied", beside, nil, []Apart{Occupied}},
		{"occupied table", beside, table("", two), []Apart{Occupied}},
		{"headerless", twoColumns, func(p []part) []part {
			p = table(` headerRowCount="0"`, two)(p)
			for i := range p {
				p[i].text = strings.Replace(p[i].text, `ref="A1:B3"`, `ref="A2:B3"`, 1)
			}
			return p
		}, []Apart{Headerless}},
		{"formula", twoColumns, printed("OFFSET(Requests!$A$1,0,0,9,2)"), []Apart{PrintUnknown}},
		{"elsewhere", twoColumns, printed("Requests!$A$20:$B$30"), []Apart{PrintUnknown}},
		{"rows", twoColumns, printed("Requests!$1:$30"), nil},
		{"two areas", twoColumns, printed("Requests!$A$1:$B$9,Requests!$A$20:$B$30"), nil},
	} {
		parts := bookParts(rowsXML(c.rows))
		if c.change != nil {
			parts = c.change(parts)
		}
		k := mustOpen(t, pack(t, parts...))
		a := Annotation{HeaderRow: 1, Column: 3, Headers: AnswerHeaders(nil, request.English), Report: sampleReport(), Marks: []Mark{{Row: 2, Kind: NoteMark, Result: "x"}, {Row: 3, Kind: NoteMark, Result: "x"}}}
		got, err := k.Apart(context.Background(), &a)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
		if _, err := annotateBytes(k, a); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A row that lost its line loses our cells and the height that they needed; a row that somebody moved takes its answer
// along, and none stays behind. What a person wrote in our columns beside no line stays.
func TestAnEmptiedRowIsClearedAndRowsShrink(t *testing.T) {
	a := sortableAnnotation()
	long := strings.Repeat("Many words about this line. ", 12)
	for i := range a.Marks {
		a.Marks[i].Why = long
	}
	first, err := annotateBytes(mustOpen(t, sortableBook(t, "plain")), a)
	if err != nil {
		t.Fatal(err)
	}
	x, err := excelize.OpenReader(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	sheet := x.GetSheetName(0)
	for _, ref := range []string{"A3", "B3", "C3"} {
		if err := x.SetCellValue(sheet, ref, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, set := range [][2]string{{"E9", "please hurry"}} {
		if err := x.SetCellStr(sheet, set[0], set[1]); err != nil {
			t.Fatal(err)
		}
	}
	var back bytes.Buffer
	if err := x.Write(&back); err != nil {
		t.Fatal(err)
	}
	a.Replace, a.LastCol = true, 3
	a.Marks = []Mark{{Row: 2, Kind: ApprovedMark, Result: "Approved", Why: "Fine.", Reference: "HR-2026-000001-01"}, a.Marks[2]}
	a.Comments = nil
	out, err := annotateBytes(mustOpen(t, back.Bytes()), a)
	if err != nil {
		t.Fatal(err)
	}
	k := mustOpen(t, out)
	cells, err := cellsOf(k, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{"D3", "E3", "F3"} {
		if c, ok := cells[gone]; ok {
			t.Errorf("%s holds %q", gone, c.value)
		}
	}
	if cells["E2"].value != "Fine." || cells["E4"].value != long || cells["E9"].value != "please hurry" {
		t.Errorf("%+v", cells)
	}
	text := partText(t, k, k.sheets[0].part)
	for row, tall := range map[int]bool{2: false, 3: false, 4: true} {
		_, tag, _ := strings.Cut(text, fmt.Sprintf(`<row r="%d"`, row))
		if tag, _, _ = strings.Cut(tag, ">"); strings.Contains(tag, " ht=") != tall {
			t.Errorf("row %d: %s", row, tag)
		}
	}
	if strings.Contains(partText(t, k, "xl/comments1.xml"), "<comment ") {
		t.Error("a comment of ours stayed")
	}
}

// The answer to a form of one line stands once, however often it comes back.
func TestAFormOfOneLineHasItsAnswerOnce(t *testing.T) {
	data := book(t, `<row r="1"><c r="A1" t="inlineStr"><is><t>Title</t></is></c><c r="B1" t="inlineStr"><is><t>Chairs</t></is></c></row>`)
	for round := range 3 {
		a := Annotation{LabelRow: 1, Column: 3, Headers: AnswerHeaders(nil, []request.Lang{request.English, request.French}[round%2]), Report: sampleReport(),
			Marks: []Mark{{Kind: ReturnedMark, Result: "Returned", Why: fmt.Sprint("round ", round), Reference: "HR-2026-000001-01"}}}
		out, err := annotateBytes(mustOpen(t, data), a)
		if err != nil {
			t.Fatal(err)
		}
		data = out
		cells := mustCells(t, data)
		n := 0
		for ref, c := range cells {
			if strings.HasPrefix(c.value, "round ") {
				n++
				if ref != "E2" || c.value != fmt.Sprint("round ", round) {
					t.Errorf("round %d: %s is %q", round, ref, c.value)
				}
			}
		}
		if n != 1 || len(cells) != 8 {
			t.Errorf("round %d: %d answers, %d cells", round, n, len(cells))
		}
	}
}

// Another set of our columns, copied by somebody, and our words in somebody's own comment go as well, also after openpyxl
// has put all of a comment into one text.
func TestNothingStaleRemains(t *testing.T) {
	head := func(col int) string {
		h := AnswerHeaders(nil, request.English)
		out := ""
		for i := range h {
			out += `<c r="` + Ref(col+i, 1) + `" t="inlineStr"><is><t>` + h[i] + `</t></is></c>`
		}
		return out
	}
	row := func(col, n int) string {
		out := ""
		for i, v := range []string{"◄ Returned", "old words", "HR-2026-000001-01"} {
			out += `<c r="` + Ref(col+i, n) + `" t="inlineStr"><is><t>` + v + `</t></is></c>`
		}
		return out
	}
	rows := `<row r="1"><c r="A1" t="inlineStr"><is><t>Title</t></is></c>` + head(2) + head(6) + `</row><row r="2"><c r="A2"><v>1</v></c>` + row(2, 2) + row(6, 2) + `</row><row r="5">` + row(2, 5) + row(6, 5) + `</row>`
	comments := `<comments xmlns="` + mainNS + `"><authors><author>Ann</author><author/></authors><commentList><comment ref="A2" authorId="0"><text><t>hers&#10;— Handrail —&#10;ours</t></text></comment>` +
		`<comment ref="A5" authorId="1"><text><t xml:space="preserve">Handrail` + "\n" + `old</t></text></comment></commentList></comments>`
	data := pack(t, with(bookParts(rowsXML(rows)), part{"xl/comments1.xml", comments}, relsOf(rel("rId1", "comments", "../comments1.xml")))...)
	k := mustOpen(t, data)
	out, err := annotateBytes(k, Annotation{HeaderRow: 1, Column: 2, LastCol: 1, Replace: true, Headers: AnswerHeaders(nil, request.French), Report: sampleReport(),
		Marks: []Mark{{Row: 2, Kind: ApprovedMark, Result: "Approuvée", Why: "new"}}})
	if err != nil {
		t.Fatal(err)
	}
	after := mustOpen(t, out)
	cells, err := cellsOf(after, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(cells) != 7 || cells["C2"].value != "new" || cells["B1"].value != "Résultat / Result" {
		t.Errorf("%+v", cells)
	}
	if text := partText(t, after, "xl/comments1.xml"); !strings.Contains(text, "<t>hers</t>") || strings.Contains(text, "Handrail") {
		t.Error(text)
	}
}

// python runs a script of openpyxl's; the test is skipped where it is not installed.
func python(t *testing.T, script string, args ...string) string {
	t.Helper()
	const interpreter = "/usr/bin/python3"
	if err := exec.Command(interpreter, "-c", "import openpyxl").Run(); err != nil {
		t.Skip("openpyxl is not installed for " + interpreter + ": " + err.Error())
	}
	out, err := exec.Command(interpreter, append([]string{"-c", script}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// A text that begins like a formula is a text in the decision workbook, also when openpyxl has saved it.
func TestTextsThatBeginLikeFormulasStayTextsInADecisionWorkbook(t *testing.T) {
	money := request.Money{Currency: "CAD"}
	var out bytes.Buffer
	err := NewDecisionSheet(&out, DecisionSheet{Title: "HR-2026-000001", Code: "K7QX", Lines: []DecisionLine{
		{Number: 1, Reference: "HR-2026-000001-01", Title: "=1+1", Supplier: "@SUM(A1)", Amount: &money, Why: []string{"+ten"}, Details: []string{"-three"}}}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "decide.xlsx")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	said := python(t, `
import openpyxl, sys
p = sys.argv[1]
wb = openpyxl.load_workbook(p); wb.save(p)
ws = openpyxl.load_workbook(p).worksheets[0]
for c in ("B5", "C5", "G5", "H5"):
    print(c, ws[c].data_type, ws[c].quotePrefix, ws[c].value)
`, path)
	if want := "B5 s True =1+1\nC5 s True @SUM(A1)\nG5 s True +ten\nH5 s True -three\n"; said != want {
		t.Errorf("openpyxl says\n%s", said)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d, found, err := ReadDecisions(context.Background(), mustOpen(t, data))
	if err != nil || !found || len(d.Rows) != 1 || d.Rows[0].Title != "=1+1" || d.Rows[0].Supplier != "@SUM(A1)" || d.Rows[0].Formula {
		t.Errorf("%+v, %v, %v", d, found, err)
	}
}

// Somebody sorts the lines in LibreOffice, by what it takes for the list: each line keeps its answer.
func TestAnswersAreSortedWithTheirLines(t *testing.T) {
	if os.Getenv("HANDRAIL_TEST_LIBREOFFICE") == "" {
		t.Skip("HANDRAIL_TEST_LIBREOFFICE is not set: LibreOffice takes its time")
	}
	const python = "/usr/bin/python3" // the distribution's, which can talk to LibreOffice
	if err := exec.Command(python, "-c", "import uno").Run(); err != nil {
		t.Skip("python3-uno is not installed: " + err.Error())
	}
	for _, kind := range []string{"table", "filter"} {
		a := sortableAnnotation()
		a.LastCol = 3
		annotated, err := annotateBytes(mustOpen(t, sortableBook(t, kind)), a)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		in, out := filepath.Join(dir, "in.xlsx"), filepath.Join(dir, "out.xlsx")
		if err := os.WriteFile(in, annotated, 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, python, "testdata/libreoffice/sort.py", t.TempDir(), in, out)
		cmd.WaitDelay = 5 * time.Second
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: sort in LibreOffice: %v\n%s", kind, err, said)
		}
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		var titles []string
		if err := mustOpen(t, data).Rows(t.Context(), 0, func(r *Row) error {
			if r.Number == 1 || r.Cell(1) == nil {
				return nil
			}
			title, why := r.Cell(1).Value, r.Cell(5)
			if titles = append(titles, title); why == nil || why.Value != "About "+title {
				t.Errorf("%s: beside %q stands %+v", kind, title, why)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if strings.Join(titles, " ") != "Apples Bolts Chairs" {
			t.Errorf("%s: the lines stand as %q", kind, titles)
		}
	}
}
