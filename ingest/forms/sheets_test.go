package forms

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// sheetSpec is a sheet of a workbook that excelize writes; the first rows of cells are row 1 and so on.
type sheetSpec struct {
	name  string
	state string // "", "hidden" or "veryHidden"
	rows  []row
}

func bookOf(t testing.TB, sheets ...sheetSpec) *workbook.Book {
	t.Helper()
	return xlsx(t, func(x *excelize.File) {
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		const other = "Requests" // the one that xlsx begins with
		for _, s := range sheets {
			_, err := x.NewSheet(s.name)
			must(err)
			for i, r := range s.rows {
				must(x.SetSheetRow(s.name, workbook.Ref(1, i+1), &[]any{}))
				for j, v := range r {
					if v != nil {
						must(x.SetCellValue(s.name, workbook.Ref(j+1, i+1), v))
					}
				}
			}
		}
		must(x.DeleteSheet(other))
		for i, s := range sheets {
			if s.state == "" {
				x.SetActiveSheet(i)
			}
		}
		for _, s := range sheets {
			if s.state != "" {
				must(x.SetSheetVisible(s.name, false, s.state == "veryHidden"))
			}
		}
	})
}

var (
	headEN = row{"Title", "Supplier", "Subtotal", "Tax", "Total"}
	headFR = row{"Titre", "Fournisseur", "Sous-total", "Taxes", "Total"}
)

func tableOf(head row, titles ...string) []row {
	rows := []row{head}
	for _, title := range titles {
		rows = append(rows, row{"Kit " + title, "Acme", 100, 13, 113})
	}
	return rows
}

func under(above []row, table []row) []row { return append(slices.Clone(above), table...) }

func boxesOf(title, email string) []row {
	return []row{{"Requester", "Anna"}, {"Email", email}, {"Title", "Kit " + title}, {"Supplier", "Acme"}, {"Subtotal", 100}, {"Tax", 13}, {"Total", 113}, {"Cost centre", "7140"}}
}

func boxesFR(title string) []row {
	return []row{{"Demandeur", "Anne"}, {"Courriel", "anne@example.ca"}, {"Titre", "Kit " + title}, {"Fournisseur", "Acme"}, {"Sous-total", 100}, {"Taxes", 13}, {"Total", 113}, {"Centre de coûts", "7140"}}
}

// Which sheets of a workbook are the request, which rows are lines, and what is said of the others.
func TestSheetsOfOneRequest(t *testing.T) {
	above := []row{{"Requester", "Anna", nil, "Email", "anna@example.ca"}, {"Branch", "Finance", nil, "Cost centre", "7140"}}
	for _, c := range []struct {
		name   string
		sheets []sheetSpec
		lines  string // sheet, row, and the title's first word of each
		codes  []string
		also   func(t *testing.T, f *Form)
	}{
		{name: "one sheet", sheets: []sheetSpec{{name: "Form", rows: tableOf(headEN, "A")}}, lines: "Form 2 A", also: func(t *testing.T, f *Form) {
			if len(f.Others) != 0 || len(f.Parts()) != 1 || f.Parts()[0].Lines != 1 {
				t.Errorf("parts %+v", f.Parts())
			}
		}},
		{name: "a copy of the table", sheets: []sheetSpec{{name: "Form", rows: tableOf(headEN, "A", "B")}, {name: "Form (2)", rows: tableOf(headEN, "C")}},
			lines: "Form 2 A, Form 3 B, Form (2) 2 C"},
		{name: "une copie du tableau", sheets: []sheetSpec{{name: "Formulaire", rows: tableOf(headFR, "A")}, {name: "Copie de Formulaire", rows: tableOf(headFR, "C")}},
			lines: "Formulaire 2 A, Copie de Formulaire 2 C"},
		{name: "copies of a form of one line", sheets: []sheetSpec{{name: "Buy", rows: boxesOf("A", "anna@example.ca")}, {name: "Buy (2)", rows: boxesOf("B", "anna@example.ca")}, {name: "Buy (3)", rows: boxesOf("C", "anna@example.ca")}},
			lines: "Buy 1 A, Buy (2) 1 B, Buy (3) 1 C", also: func(t *testing.T, f *Form) {
				if len(f.Others) != 2 || f.Others[1].Sheet != "Buy (3)" || f.Others[1].HeaderRow != 0 || f.Others[1].SheetIndex != 2 {
					t.Errorf("others %+v", f.Others)
				}
			}},
		{name: "copies d’un formulaire d’une ligne", sheets: []sheetSpec{{name: "Achat", rows: boxesFR("A")}, {name: "Achat (2)", rows: boxesFR("B")}}, lines: "Achat 1 A, Achat (2) 1 B"},
		{name: "a table and a form of one line", sheets: []sheetSpec{{name: "Form", rows: tableOf(headEN, "A")}, {name: "Single", rows: boxesOf("B", "")}}, lines: "Form 2 A, Single 1 B"},
		{name: "the first sheet is blank", sheets: []sheetSpec{{name: "Form", rows: tableOf(headEN)}, {name: "Form (2)", rows: tableOf(headEN, "C")}}, lines: "Form (2) 2 C"},
		{name: "a blank copy", sheets: []sheetSpec{{name: "Form", rows: under(above, tableOf(headEN, "A"))}, {name: "Form (2)", rows: under(above, tableOf(headEN))}}, lines: "Form 4 A"},
		{name: "an attachment takes the boxes of the form", sheets: []sheetSpec{{name: "Form", rows: under(above, tableOf(headEN, "A"))}, {name: "ATTACHMENT", rows: tableOf(headEN, "B")}},
			lines: "Form 4 A, ATTACHMENT 2 B", codes: []string{"note other-boxes A1"}, also: func(t *testing.T, f *Form) {
				if v := lineOf(f, 1).Values[request.CostCentre]; v.Text != "7140" || v.Cell != "'Form'!E2" {
					t.Errorf("cost centre %+v", v)
				}
				if f.Origin.Email != "anna@example.ca" || f.Origin.Unit != "Finance" {
					t.Errorf("origin %+v", f.Origin)
				}
			}},
		{name: "une annexe avant le formulaire", sheets: []sheetSpec{{name: "Annexe", rows: tableOf(headFR, "B")}, {name: "Form", rows: under(above, tableOf(headFR, "A"))}},
			lines: "Annexe 2 B, Form 4 A", codes: []string{"note other-boxes A1"}, also: func(t *testing.T, f *Form) {
				if v := lineOf(f, 0).Values[request.CostCentre]; v.Text != "7140" || v.Cell != "'Form'!E2" || f.Origin.Email != "anna@example.ca" {
					t.Errorf("cost centre %+v, origin %+v", v, f.Origin)
				}
			}},
		{name: "all lines on the attachment", sheets: []sheetSpec{{name: "Form", rows: under(above, tableOf(headEN))}, {name: "Annex A", rows: tableOf(headEN, "B")}},
			lines: "Annex A 2 B", codes: []string{"note other-boxes A1"}, also: func(t *testing.T, f *Form) {
				if f.Origin.Email != "anna@example.ca" || len(f.Others) != 1 || f.Others[0].Sheet != "Form" || f.Others[0].Lines != 0 {
					t.Errorf("origin %+v, others %+v", f.Origin, f.Others)
				}
			}},
		{name: "a sheet with boxes of its own keeps them, empty ones too", sheets: []sheetSpec{{name: "Form", rows: under(above, tableOf(headEN, "A"))},
			{name: "Form (2)", rows: under([]row{{"Cost centre", nil}}, tableOf(headEN, "B"))}}, lines: "Form 4 A, Form (2) 3 B", also: func(t *testing.T, f *Form) {
			if v := lineOf(f, 1).Values[request.CostCentre]; v.Given {
				t.Errorf("cost centre %+v", v)
			}
		}},
		{name: "another requester’s address", sheets: []sheetSpec{{name: "Buy", rows: boxesOf("A", "anna@example.ca")}, {name: "Buy (2)", rows: boxesOf("B", "ben@example.ca")}},
			lines: "Buy 1 A, Buy (2) 1 B", codes: []string{"return two-requesters B2"}, also: func(t *testing.T, f *Form) {
				if f.Origin.Email != "anna@example.ca" || lineOf(f, 0).MustReturn() || !lineOf(f, 1).MustReturn() {
					t.Errorf("origin %+v, problems %+v", f.Origin, f.AllProblems())
				}
			}},
		{name: "another requester’s name is noted", sheets: []sheetSpec{{name: "Form", rows: under([]row{{"Requester", "Anna", nil, "Language", "English"}}, tableOf(headEN, "A"))},
			{name: "Form (2)", rows: under([]row{{"Requester", "Ben", nil, "Language", "French"}}, tableOf(headEN, "B"))}},
			lines: "Form 3 A, Form (2) 3 B", codes: []string{"note two-requesters B1", "note two-requesters E1"}, also: func(t *testing.T, f *Form) {
				if f.Origin.Name != "Anna" || f.Origin.Language != request.English {
					t.Errorf("origin %+v", f.Origin)
				}
			}},
		{name: "a copy that nobody changed", sheets: []sheetSpec{{name: "Form", rows: tableOf(headEN, "A", "B")}, {name: "Form (2)", rows: tableOf(headEN, "A", "B")}},
			lines: "Form 2 A, Form 3 B, Form (2) 2 A, Form (2) 3 B", codes: []string{"return same-as-sheet A2", "return same-as-sheet A3"}, also: func(t *testing.T, f *Form) {
				if lineOf(f, 0).MustReturn() || !lineOf(f, 2).MustReturn() || !lineOf(f, 3).MustReturn() {
					t.Error("the copy is not asked about, or the first one is")
				}
			}},
		{name: "a worked example", sheets: []sheetSpec{{name: "Instructions", rows: tableOf(headEN, "Stirrer", "Bars")}, {name: "Form", rows: tableOf(headEN, "A")}}, lines: "Form 2 A", also: leftAlone("example")},
		{name: "un exemple rempli", sheets: []sheetSpec{{name: "Formulaire", rows: tableOf(headFR, "A")}, {name: "Exemple de demande", rows: tableOf(headFR, "Agitateur")}}, lines: "Formulaire 2 A", also: leftAlone("example")},
		{name: "lisez-moi", sheets: []sheetSpec{{name: "Lisez-moi", rows: boxesFR("Agitateur")}, {name: "Achat", rows: boxesFR("A")}}, lines: "Achat 1 A", also: leftAlone("example")},
		{name: "the form is blank, the example is none", sheets: []sheetSpec{{name: "Read me", rows: tableOf(headEN, "Stirrer")}, {name: "Form", rows: tableOf(headEN)}},
			codes: []string{"return no-lines A2", "note example-sheet A1"}, also: func(t *testing.T, f *Form) {
				if !f.Blank() {
					t.Error("it is not blank")
				}
			}},
		{name: "a copy of the example is somebody’s own", sheets: []sheetSpec{{name: "Example", rows: tableOf(headEN, "Stirrer")}, {name: "Example (2)", rows: tableOf(headEN, "A")}}, lines: "Example (2) 2 A", also: leftAlone("example")},
		{name: "a request on a sheet called Example", sheets: []sheetSpec{{name: "Example", rows: tableOf(headEN, "A")}}, lines: "Example 2 A"},
		{name: "form and instructions", sheets: []sheetSpec{{name: "Form & Instructions", rows: tableOf(headEN, "A")}, {name: "Attachment", rows: tableOf(headEN, "B")}}, lines: "Form & Instructions 2 A, Attachment 2 B"},
		{name: "sample kits are no sample", sheets: []sheetSpec{{name: "Furniture", rows: tableOf(headEN, "A")}, {name: "Sample kits", rows: tableOf(headEN, "B")}}, lines: "Furniture 2 A, Sample kits 2 B"},
		{name: "three quotes", sheets: []sheetSpec{{name: "Form", rows: tableOf(headEN, "A")}, {name: "Quotes", rows: tableOf(headEN, "A", "A", "A")}}, lines: "Form 2 A", codes: []string{"note other-sheet A1"}, also: leftAlone("other-sheet")},
		{name: "historique des achats", sheets: []sheetSpec{{name: "Historique des achats", rows: tableOf(headFR, "X", "Y")}, {name: "Demande", rows: tableOf(headFR, "A")}}, lines: "Demande 2 A", codes: []string{"note other-sheet A1"}},
		{name: "a request on a sheet called Data", sheets: []sheetSpec{{name: "Data", rows: tableOf(headEN, "A")}, {name: "Notes", rows: []row{{"see mail"}}}}, lines: "Data 2 A"},
		{name: "a price list beside it", sheets: []sheetSpec{{name: "Form", rows: tableOf(headEN, "A")}, {name: "What we have", rows: []row{{"Item", "Description", "Supplier", "Unit price"}, {"1", "Paper", "Acme", 5}}}},
			lines: "Form 2 A", codes: []string{"note other-sheet A1"}, also: leftAlone("list")},
		{name: "a hidden price list before it", sheets: []sheetSpec{{name: "Prices 2026", state: "hidden", rows: []row{{"Item", "Description", "Supplier", "Unit price"}, {"1", "Paper", "Acme", 5}}}, {name: "Form", rows: tableOf(headEN, "A")}},
			lines: "Form 2 A", also: leftAlone("other-sheet")},
		{name: "a price list of no telling name before it", sheets: []sheetSpec{{name: "Stock", state: "hidden", rows: []row{{"Item", "Description", "Supplier", "Unit price"}, {"1", "Paper", "Acme", 5}}}, {name: "Form", rows: tableOf(headEN, "A")}},
			lines: "Form 2 A", also: leftAlone("list")},
		{name: "very hidden", sheets: []sheetSpec{{name: "Form", rows: tableOf(headEN, "A")}, {name: "Old form", state: "veryHidden", rows: tableOf(headEN, "B")}}, lines: "Form 2 A"},
		{name: "hidden, with lines", sheets: []sheetSpec{{name: "Form", rows: tableOf(headEN, "A")}, {name: "Form (2)", state: "hidden", rows: tableOf(headEN, "B")}}, lines: "Form 2 A, Form (2) 2 B", codes: []string{"note hidden-sheet "}},
		{name: "nearly a table", sheets: []sheetSpec{{name: "Form", rows: tableOf(headEN, "A")}, {name: "More", rows: []row{{"Title", "Supplier", "Price incl."}, {"B", "Acme", 10}}}}, lines: "Form 2 A"},
		{name: "a header that falls one short", sheets: []sheetSpec{{name: "Form", rows: tableOf(headEN, "A")}, {name: "More", rows: []row{{"Title", "Supplier", "Total", "Colour"}, {"B", "Acme", 10}}}},
			lines: "Form 2 A", codes: []string{"return nearly-a-request A1"}},
		{name: "a form of labels that was begun", sheets: []sheetSpec{{name: "Buy", rows: boxesOf("A", "anna@example.ca")}, {name: "Buy (2)", rows: []row{{"Title", "B"}, {"Supplier", "Acme"}, {"Subtotal"}, {"Tax"}, {"Total"}, {"Cost centre"}}}},
			lines: "Buy 1 A", codes: []string{"return nearly-a-request A1"}},
		{name: "an empty copy of a form of labels", sheets: []sheetSpec{{name: "Buy", rows: boxesOf("A", "anna@example.ca")}, {name: "Buy (2)", rows: []row{{"Requester", "Anna"}, {"Title"}, {"Supplier"}, {"Subtotal"}, {"Tax"}, {"Total"}, {"Cost centre"}}}}, lines: "Buy 1 A"},
		{name: "a sheet that was emptied", sheets: []sheetSpec{{name: "Buy", rows: boxesOf("A", "anna@example.ca")},
			{name: "Buy (2)", rows: []row{{"Title", nil, "Result", "Approved"}, {"Supplier", nil, "Why"}, {"Total", nil, "Reference", "HR-2026-000004-2"}}}},
			lines: "Buy 1 A", codes: []string{"note cleared-row D3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := mustRead(t, bookOf(t, c.sheets...), Options{})
			var lines []string
			for _, l := range f.Lines.All() {
				title, _, _ := strings.Cut(strings.TrimPrefix(l.Values[request.Title].Text, "Kit "), " ")
				lines = append(lines, fmt.Sprintf("%s %d %s", l.Sheet, l.Row, title))
			}
			if got := strings.Join(lines, ", "); got != c.lines {
				t.Errorf("lines %s, want %s", got, c.lines)
			}
			wantCodes(t, f, c.codes...)
			checkTexts(t, f)
			n := 0
			for _, p := range f.Parts() {
				n += p.Lines
			}
			if n != f.Lines.Len() {
				t.Errorf("%d lines on %+v", n, f.Parts())
			}
			if c.also != nil {
				c.also(t, f)
			}
		})
	}
}

func leftAlone(why string) func(*testing.T, *Form) {
	return func(t *testing.T, f *Form) {
		t.Helper()
		if len(f.LeftAlone) != 1 || f.LeftAlone[0].Why != why {
			t.Errorf("left alone %+v, want one for %q", f.LeftAlone, why)
		}
	}
}

// The most lines of a form counts all of its sheets.
func TestTooManyLinesOverAllSheets(t *testing.T) {
	g := gridOf(sheetOf("Form", headEN, row{"A"}, row{"B"}), sheetOf("Form (2)", headEN, row{"C"}, row{"D"}))
	if f := mustRead(t, g, Options{MaxLines: 4}); f.Lines.Len() != 4 {
		t.Errorf("%d lines", f.Lines.Len())
	}
	if _, err := read(t.Context(), g, Options{MaxLines: 3}); codeOfError(err) != workbook.TooLarge {
		t.Errorf("five lines where four are the most: %v", err)
	}
}

// Of the forms that departments have, those with several sheets: the sheets that a person filled in are read, and no others.
func TestDepartmentFormsOfSeveralSheets(t *testing.T) {
	for _, folder := range []string{"02-university-several-sheets", "08-health-region-one-line-boxes", "09-crown-hidden-columns-dropdowns", "11-school-district-narrow-grid"} {
		options := departmentOptions(t, folder)
		for n := 1; n <= 3; n++ {
			name := fmt.Sprintf("%s/filled-%d", folder, n)
			t.Run(name, func(t *testing.T) {
				var truth struct {
					Lines []struct {
						Sheet string `json:"sheet"`
						Row   int    `json:"row"`
					} `json:"lines"`
				}
				readJSON(t, filepath.Join("testdata", "departments", name+".truth.json"), &truth)
				data, err := os.ReadFile(filepath.Join("testdata", "departments", name+".xlsx"))
				if err != nil {
					t.Fatal(err)
				}
				b, err := workbook.Open(t.Context(), data, workbook.DefaultBounds())
				if err != nil {
					t.Fatal(err)
				}
				f, err := Read(t.Context(), b, options)
				if err != nil {
					t.Fatal(err)
				}
				type place struct {
					sheet string
					row   int
				}
				read, sheets := map[place]bool{}, map[string]bool{}
				for _, l := range f.Lines.All() {
					read[place{l.Sheet, l.Row}] = true
					read[place{l.Sheet, 0}] = true
					sheets[l.Sheet] = true
				}
				for _, l := range truth.Lines {
					if !read[place{l.Sheet, l.Row}] {
						t.Errorf("row %d of %q is no line", l.Row, l.Sheet)
					}
					delete(sheets, l.Sheet)
				}
				for sheet := range sheets {
					t.Errorf("sheet %q was read as a request", sheet)
				}
			})
		}
	}
}

// departmentOptions are aliases as a department would write them, from what its form is.
func departmentOptions(t *testing.T, folder string) Options {
	t.Helper()
	var form struct {
		Currency string `json:"home_currency"`
		Fields   []struct {
			Kind  string   `json:"kind"`
			Label []string `json:"label"`
			Field string   `json:"field"`
		} `json:"fields"`
	}
	readJSON(t, filepath.Join("testdata", "departments", folder, "form.json"), &form)
	o := Options{Currency: form.Currency, Aliases: map[request.Field][]string{}, AboveAliases: map[string][]string{}}
	for _, f := range form.Fields {
		if f.Field == "" || f.Kind == "footer" {
			continue
		}
		label := f.Label[len(f.Label)-1]
		if field, ok := request.FieldByName(f.Field); ok {
			o.Aliases[field] = append(o.Aliases[field], label)
		} else {
			o.AboveAliases[f.Field] = append(o.AboveAliases[f.Field], label)
		}
	}
	return o
}
