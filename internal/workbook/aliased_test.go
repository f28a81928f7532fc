package workbook_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handrail/ingest/forms"
	"handrail/internal/judgement"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/rules"
)

// aliasFields are what the first headers of a stranger's table are taken for: a text never fails to read.
var aliasFields = []request.Field{request.Title, request.Supplier, request.Description, request.Justification, request.CostCentre}

// aliased finds a row among the first 50 of a sheet with at least four texts, and reads its texts as headers of ours.
func aliased(book *workbook.Book) (forms.Options, bool) {
	o := forms.Options{Aliases: map[request.Field][]string{}}
	for i := range book.Sheets() {
		err := book.Rows(context.Background(), i, func(r *workbook.Row) error {
			if r.Number > 50 || len(o.Aliases) > 0 {
				return nil
			}
			var texts []string
			seen := map[string]bool{}
			for _, c := range r.Cells {
				if key := strings.ToLower(strings.Join(strings.Fields(c.Value), " ")); c.Type == workbook.StringCell && key != "" && !seen[key] && len(key) < 60 {
					seen[key] = true
					texts = append(texts, c.Value)
				}
			}
			for n, text := range texts {
				if len(texts) >= 4 && n < len(aliasFields) {
					o.Aliases[aliasFields[n]] = []string{text}
				}
			}
			return nil
		})
		if err != nil || len(o.Aliases) > 0 {
			return o, err == nil
		}
	}
	return o, false
}

// A stranger's table whose headers are aliased is read, judged and given back: every readable workbook of the corpus that
// has one differs afterwards by our cells, styles, comments and sheet only, and opens in openpyxl and LibreOffice.
// HANDRAIL_TEST_OPENPYXL=all and HANDRAIL_TEST_LIBREOFFICE=all open all of them, otherwise a fixed sample.
func TestAliasedTablesOfTheCorpusAreJudgedAndGivenBack(t *testing.T) {
	policy, err := rules.LoadShipped("esdc-micro-acquisition")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var made []workbook.AnnotatedFile
	tables, lines := 0, 0
	codes := map[string]int{}
	for n, path := range workbook.CorpusFiles(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		book, err := workbook.Open(context.Background(), data, workbook.DefaultBounds())
		if err != nil {
			continue // that it says why is another test's
		}
		options, ok := aliased(book)
		if !ok {
			continue
		}
		reading, err := judgement.ReadRequest(context.Background(), data, options)
		if err != nil {
			code, message := judgement.RefusalOf(err)
			if codes[code]++; message.EN == "" || message.FR == "" {
				t.Errorf("%s: refused without a sentence: %v", path, err)
			}
			continue
		}
		tables++
		lines += reading.Form.Lines.Len()
		out, a := judged(t, data, reading, policy)
		workbook.CheckAnnotated(t, path, data, out, a)
		name := filepath.Join(dir, fmt.Sprintf("%d-%s%s", n, strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), reading.Book.Extension()))
		if err := os.WriteFile(name, out, 0o600); err != nil {
			t.Fatal(err)
		}
		made = append(made, workbook.AnnotatedFile{Original: path, Annotated: name})
	}
	t.Logf("%d tables with %d lines were judged; refused: %v", tables, lines, codes)
	if tables < 80 {
		t.Errorf("only %d workbooks have a table when their headers are aliased", tables)
	}
	t.Run("openpyxl", func(t *testing.T) {
		workbook.CheckOpenpyxlOpens(t, sample(made, os.Getenv("HANDRAIL_TEST_OPENPYXL"), 5))
	})
	t.Run("LibreOffice", func(t *testing.T) {
		mode := os.Getenv("HANDRAIL_TEST_LIBREOFFICE")
		if mode == "" {
			t.Skip("HANDRAIL_TEST_LIBREOFFICE is not set: LibreOffice takes its time")
		}
		workbook.CheckLibreOfficeOpens(t, sample(made, mode, 15))
	})
}

// sample is every n-th file, of those that take a foreign program no time; all of them when the mode says so.
func sample(made []workbook.AnnotatedFile, mode string, n int) []workbook.AnnotatedFile {
	var some []workbook.AnnotatedFile
	for i, f := range made {
		info, err := os.Stat(f.Annotated)
		if mode == "all" || i%n == 0 && err == nil && info.Size() < 60<<10 {
			some = append(some, f)
		}
	}
	return some
}

// judged annotates a workbook as the job does, and says what was asked of the splicer.
func judged(t *testing.T, data []byte, r *judgement.Reading, policy *rules.Policy) ([]byte, workbook.Annotation) {
	t.Helper()
	form, today := r.Form, request.Date{}
	jm := record.Judgement{Reference: "HR-2026-000123", FileName: "request.xlsx", Origin: form.Origin, Policy: policy.Mark(), Sheet: form.SheetIndex,
		HeaderRow: form.HeaderRow, LastCol: form.LastCol, More: record.MoreSheets(form, nil), Problems: form.Problems, Signed: r.Book.Signed()}
	places := record.SheetPlaces(form)
	jm.LabelRow, jm.Column, jm.Replace = record.PlaceColumns(form)
	for i, a := range judgement.Assess(policy, form.Origin, &form.Lines, nil, nil, today, nil) {
		jm.Rows = append(jm.Rows, record.JudgedRow{Part: places[a.Facts.Line.Sheet], Row: a.Facts.Line.Row, Reference: fmt.Sprintf("HR-2026-000123-%02d", i+1), Outcome: a.Verdict.Outcome,
			Findings: a.Verdict.Findings, Problems: a.Facts.Line.Problems})
	}
	out, err := record.Annotate(context.Background(), data, jm)
	if err != nil {
		t.Errorf("annotate: %v", err)
	}
	a := workbook.Annotation{Sheet: jm.Sheet, HeaderRow: jm.HeaderRow, Column: jm.Column, Replace: jm.Replace, LastCol: jm.LastCol}
	for _, m := range jm.More {
		a.More = append(a.More, workbook.SheetAnnotation{Sheet: m.Sheet, HeaderRow: m.HeaderRow, Column: m.Column, Replace: m.Replace, LastCol: m.LastCol})
	}
	for _, row := range jm.Rows {
		if row.Part == 0 {
			a.Marks = append(a.Marks, workbook.Mark{Row: row.Row})
		} else {
			a.More[row.Part-1].Marks = append(a.More[row.Part-1].Marks, workbook.Mark{Row: row.Row})
		}
	}
	return out, a
}
