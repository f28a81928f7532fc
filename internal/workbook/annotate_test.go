package workbook

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zip"
)

type seenCell struct {
	kind                 CellType
	raw, value, formula  string
	hasFormula, hasValue bool
}

// cellsOf reads every cell of a sheet, by reference.
func cellsOf(k *Book, sheet int) (map[string]seenCell, error) {
	out := map[string]seenCell{}
	err := k.Rows(context.Background(), sheet, func(r *Row) error {
		for _, c := range r.Cells {
			out[Ref(c.Col, r.Number)] = seenCell{c.Type, c.Raw, c.Value, c.FormulaText(), c.HasFormula, c.HasValue}
		}
		return nil
	})
	return out, err
}

// sampleAnnotation marks up to the given number of rows under the first row of a sheet that has cells.
func sampleAnnotation(k *Book, sheet, most int) (Annotation, error) {
	a := Annotation{Sheet: sheet, Headers: [3]string{"Result", "Why", "Reference"}, Report: sampleReport()}
	err := k.Rows(context.Background(), sheet, func(r *Row) error {
		if a.HeaderRow == 0 {
			a.HeaderRow = r.Number
			a.Column = r.Cells[len(r.Cells)-1].Col + 1
			return nil
		}
		if len(a.Marks) < most {
			kind := MarkKind(len(a.Marks)%(markKinds-1) + 1)
			a.Marks = append(a.Marks, Mark{Row: r.Number, Kind: kind, Result: "Escalated", Why: "=Above the limit\nof <$10,000> & more", Reference: fmt.Sprintf("HR-2026-000123-%02d", len(a.Marks)+1)})
			a.Comments = append(a.Comments, Comment{Ref(r.Cells[0].Col, r.Number), "Above the limit."}, Comment{Ref(r.Cells[0].Col, r.Number), "Another reason."})
		}
		return nil
	})
	if a.HeaderRow == 0 {
		a.HeaderRow = 1
	}
	a.Column = min(a.Column, maxCols-3)
	return a, err
}

func sampleReport() Report {
	return Report{Widths: []float64{26, 40, 30}, Rows: []ReportRow{
		{{Text: "Handrail", Look: TitleLook}},
		{{Text: "It is not a section 32 commitment, a contract or a section 34 certification.", Look: NoticeLook, Span: 3}},
		{{Text: "Escalated", Look: MarkLook, Mark: EscalatedMark}, {Text: "12", Count: true}},
		{{Text: "Guardrail", Look: HeadLook}, {Text: "Source", Look: HeadLook}, {Text: "Lines", Look: HeadLook}},
		{{Text: "value-limit", Look: LabelLook}, {Text: "Annex A", Link: "https://example.org/annex?a=1&b=2"}, {Text: "-1", Look: QuietLook}},
	}}
}

// checkAnnotated holds an annotated workbook against the original: all cells as they were but for ours, every other
// sheet the same, every part that is not ours to change the same bytes.
func checkAnnotated(t *testing.T, name string, original, annotated []byte, a Annotation) {
	t.Helper()
	before, err := Open(context.Background(), original, DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	after, err := Open(context.Background(), annotated, DefaultBounds())
	if err != nil {
		t.Errorf("%s: the annotated workbook does not open: %v", name, err)
		return
	}
	for i := range before.Sheets() {
		if before.isReport(context.Background(), i) {
			continue
		}
		want, err := cellsOf(before, i)
		if err != nil {
			t.Fatal(err)
		}
		got, err := cellsOf(after, i)
		if err != nil {
			t.Errorf("%s: sheet %d of the annotated workbook does not read: %v", name, i, err)
			return
		}
		for ref, c := range want {
			if got[ref] != c {
				t.Errorf("%s: sheet %d, %s was %+v and is %+v", name, i, ref, c, got[ref])
				return
			}
			delete(got, ref)
		}
		if i != a.Sheet && len(got) > 0 {
			t.Errorf("%s: sheet %d gained %d cells", name, i, len(got))
		}
		if i == a.Sheet && a.HeaderRow > 0 && !a.Replace {
			if n := 3 + 3*len(a.Marks); len(got) != n && before.layouts[i].place(a.Column, a.HeaderRow, 3) < maxCols {
				t.Errorf("%s: %d new cells instead of %d", name, len(got), n)
			}
		}
	}
	checkAsides(t, name, before, after, before.sheets[a.Sheet].part)
	ours := []string{before.sheets[a.Sheet].part}
	for i := range before.sheets {
		if before.isReport(context.Background(), i) {
			ours = append(ours, before.sheets[i].part)
		}
	}
	at := before.place(before.layouts[a.Sheet], &a)
	if at.table != nil {
		ours = append(ours, at.table.part)
		checkTable(t, name, after, a.Sheet, at.table)
	}
	compareParts(t, name, original, annotated, ours)
}

// checkTable holds that a table has our columns, each with a name of its own that its header cell shows.
func checkTable(t *testing.T, name string, after *Book, sheet int, before *Table) {
	t.Helper()
	l, err := after.Layout(context.Background(), sheet)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := cellsOf(after, sheet)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range l.Tables {
		if table.part != before.part {
			continue
		}
		want := before.Range
		want.LastCol += 3
		if table.Range != want {
			t.Errorf("%s: the table is %s and not %s", name, table.Range, want)
		}
		seen := map[string]bool{}
		ids := map[string]bool{}
		text := partText(t, after, table.part)
		columns := regexp.MustCompile(`<(?:\w+:)?tableColumn [^>]*>`).FindAllString(text, -1)
		if n := want.LastCol - want.FirstCol + 1; len(columns) != n || !strings.Contains(text, fmt.Sprintf(`tableColumns count="%d"`, n)) {
			t.Errorf("%s: %d columns in a table of %d", name, len(columns), n)
		}
		for i, c := range columns {
			from, to, _ := attrExtent([]byte(c), "name")
			column := html.UnescapeString(string(extentValue([]byte(c[from:to]))))
			if seen[foldedName(column)] {
				t.Errorf("%s: two columns are called %q", name, column)
			}
			seen[foldedName(column)] = true
			from, to, _ = attrExtent([]byte(c), "id")
			if id := c[from:to]; ids[id] {
				t.Errorf("%s: two columns have %s", name, id)
			} else {
				ids[id] = true
			}
			if ref := Ref(want.FirstCol+i, want.FirstRow); i >= len(columns)-3 && cells[ref].value != column {
				t.Errorf("%s: %s holds %q, and the table says %q", name, ref, cells[ref].value, column)
			}
		}
	}
}

func compareParts(t *testing.T, name string, original, annotated []byte, sheetParts []string) {
	t.Helper()
	read := func(b []byte) map[string][]byte {
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		out := map[string][]byte{}
		for _, f := range z.File {
			r, err := f.OpenRaw()
			if err != nil {
				t.Fatal(err)
			}
			out[f.Name], _ = io.ReadAll(r)
		}
		return out
	}
	was, is := read(original), read(annotated)
	for part, b := range was {
		if strings.HasSuffix(part, "/") {
			continue
		}
		key := partKey(part)
		file := key[strings.LastIndexByte(key, '/')+1:]
		ours := func(sheet string) bool { return key == partKey(sheet) || key == partKey(relsPart(sheet)) }
		mayChange := slices.ContainsFunc(sheetParts, ours) || key == "[content_types].xml" || strings.HasSuffix(key, "workbook.xml") || file == "workbook.xml.rels" ||
			strings.HasPrefix(file, "style") || strings.HasPrefix(file, "comment") || strings.HasPrefix(file, "vmldrawing")
		if !mayChange && !bytes.Equal(b, is[part]) {
			t.Errorf("%s: part %s changed", name, part)
		}
	}
}

func annotateBytes(k *Book, a Annotation) ([]byte, error) {
	var out bytes.Buffer
	err := k.Annotate(context.Background(), &out, a)
	return out.Bytes(), err
}

// annotatedAfterReading annotates a workbook with the same Book that all its sheets were read with.
func annotatedAfterReading(data []byte, a Annotation) ([]byte, error) {
	k, err := Open(context.Background(), data, DefaultBounds())
	if err != nil {
		return nil, err
	}
	for i := range k.Sheets() {
		if err := k.Rows(context.Background(), i, func(*Row) error { return nil }); err != nil {
			return nil, err
		}
	}
	return annotateBytes(k, a)
}

func TestCorpusAnnotates(t *testing.T) {
	done := 0
	for _, p := range corpusFiles(t) {
		name := strings.TrimPrefix(p, corpusDir+"/")
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 1<<20 && testing.Short() {
			continue
		}
		if _, err := readAll(data); err != nil {
			continue
		}
		k, _ := Open(context.Background(), data, DefaultBounds())
		sheet := -1
		for i, s := range k.Sheets() {
			if s.Kind == relWorksheet && sheet < 0 {
				sheet = i
			}
		}
		if sheet < 0 {
			continue
		}
		a, err := sampleAnnotation(k, sheet, 40)
		if err != nil {
			t.Fatal(err)
		}
		out, err := annotateBytes(k, a)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkAnnotated(t, name, data, out, a)
		if read, err := annotatedAfterReading(data, a); err != nil || !bytes.Equal(read, out) {
			t.Errorf("%s: a workbook whose sheets were read is annotated otherwise (%v)", name, err)
		}
		done++
		if dir := os.Getenv("HANDRAIL_KEEP_ANNOTATED"); dir != "" {
			if err := os.WriteFile(dir+"/"+strings.ReplaceAll(name, "/", "__"), out, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("%d annotated", done)
}
