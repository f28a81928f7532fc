package forms

import (
	"context"
	"strings"
	"testing"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// hostile is a form that a hurried, careless or ill-meaning person sends, and what must become of it.
type hostile struct {
	name    string
	rows    []any
	more    []gridSheet
	change  func(*gridSheet)
	lines   int
	codes   []string // "severity code cell", in order
	refused workbook.Code
	also    func(*testing.T, *Form)
}

// four is a header row with a date and an unknown column; its lines are title, supplier, total, needed by, note.
var four = row{"Title", "Supplier", "Total", "Needed by", "Note"}

func one(total any) []any        { return []any{four, row{"A", "Acme", total}} }
func oneWith(cells ...any) []any { return []any{four, append(row{"A", "Acme", 10}, cells...)} }

func gives(line int, field request.Field, want string) func(*testing.T, *Form) {
	return func(t *testing.T, f *Form) { t.Helper(); wantText(t, f, line, field, want) }
}

func faulty(line int, field request.Field) func(*testing.T, *Form) {
	return func(t *testing.T, f *Form) {
		t.Helper()
		if v := value(t, f, line, field); !v.Faulty || v.Given || v.Text != "" || !v.Number.IsZero() || !lineOf(f, line).MustReturn() {
			t.Errorf("%s is %+v; want it faulty, and its line to go back", field, v)
		}
	}
}

func hostileForms() []hostile {
	var deep []any
	for range 50 {
		deep = append(deep, row{"nothing"})
	}
	return []hostile{
		// Where the table is.
		{name: "nothing at all", refused: workbook.NoRequestTable},
		{name: "three headers are too few", rows: []any{row{"Title", "Supplier", "Total"}, row{"A", "Acme", 10}}, refused: workbook.NoRequestTable},
		{name: "a header in row 50 counts", rows: append(append([]any{}, deep[:49]...), one(10)...), lines: 1},
		{name: "a header in row 51 is too late", rows: append(append([]any{}, deep...), one(10)...), refused: workbook.NoRequestTable},
		{name: "a wide header in row 51 is no form of one line", rows: append(append([]any{}, deep...),
			row{"Title", "Supplier", "Subtotal", "Tax", "Total", "Cost centre"}, row{"A", "Acme", 9, 1, 10, "C"}, row{"B", "Best", 18, 2, 20, "C"}), refused: workbook.NoRequestTable},
		{name: "headers without lines", rows: []any{four}, codes: []string{"return no-lines A2"}},
		{name: "five labels are no form", rows: []any{row{"Title", "A"}, row{"Supplier", "B"}, row{"Total", 10}, row{"Tax", 1}, row{"Subtotal", 9}}, refused: workbook.NoRequestTable},
		{name: "a list of choices has nothing to buy", rows: []any{row{"Commodity type", "Security level", "Remote work", "Payment"}, row{"goods", "secret", "yes", "invoice"}}, refused: workbook.NoRequestTable},
		{name: "the header may be far to the right", rows: []any{append(make(row, 30), four...), append(make(row, 30), "A", "Acme", 10)}, lines: 1},
		{name: "a second table on another sheet", rows: one(10), more: []gridSheet{sheetOf("More", one(99)...)}, lines: 2},
		{name: "what was bought before, on another sheet", rows: one(10), more: []gridSheet{sheetOf("Old", one(99)...)}, lines: 1, codes: []string{"note other-sheet A1"}},
		{name: "an empty table on another sheet is a template", rows: one(10), more: []gridSheet{sheetOf("Blank", four)}, lines: 1},
		{name: "a form of labels on another sheet", rows: one(10), lines: 2, more: []gridSheet{sheetOf("Also",
			row{"Title", "X"}, row{"Supplier", "Y"}, row{"Total", 10}, row{"Tax", 1}, row{"Subtotal", 9}, row{"Cost centre", "C"})}},
		{name: "our own sheet is no table", rows: one(10), more: []gridSheet{sheetOf("Handrail", one(99)...), sheetOf("Handrail (2)", one(99)...)}, lines: 1},
		{name: "a second table under the first", rows: append(one(10), nil, row{"Supplier", "Title", "Tax", "Total"}, row{"Acme", "B", 1, 99}),
			lines: 1, codes: []string{"return second-table A4"}},
		{name: "the same header again, as printed pages have it", rows: append(one(10), four, row{"B", "Acme", 20}), lines: 2, codes: []string{"note repeated-header A3"}},
		{name: "an English header over a French one", rows: []any{four, row{"Titre", "Fournisseur", "Total", "Date requise"}, row{"A", "Acme", 10}},
			lines: 1},
		{name: "two columns for one field, one filled", rows: []any{row{"Title", "Supplier", "Total", "Tax", "Fournisseur"}, row{"A", nil, 10, 1, "Acme"}},
			lines: 1, codes: []string{"return duplicate-column E1"}, also: goesBack},
		{name: "two columns for one field that agree", rows: []any{row{"Title", "Supplier", "Total", "Tax", "Fournisseur"}, row{"A", "Acme", 10, 1, "Acme"}},
			lines: 1, codes: []string{"return duplicate-column E1"}, also: goesBack},
		{name: "two columns for one field, both empty", rows: []any{row{"Title", "Supplier", "Total", "Tax", "Fournisseur"}, row{"A", nil, 10, 1}},
			lines: 1, codes: []string{"note duplicate-column E1"}},
		{name: "two columns for one field that disagree", rows: []any{row{"Title", "Supplier", "Total", "Tax", "Fournisseur"}, row{"A", "Acme", 10, 1, "Apex"}},
			lines: 1, codes: []string{"return duplicate-column E1", "return two-values E2"}, also: faulty(0, request.Supplier)},
		{name: "two unknown columns of one name", rows: []any{row{"Title", "Supplier", "Total", "Tax", "Note", "Note"}, row{"A", "Acme", 10, 1, "x", "y"}}, lines: 1,
			codes: []string{"note unread-columns E1"}, also: func(t *testing.T, f *Form) {
				if e := lineOf(f, 0).Extra; e["Note"] != "x" || e["Note (F)"] != "y" {
					t.Errorf("extra %v", e)
				}
			}},
		{name: "a value beyond the headers", rows: oneWith(nil, nil, "psst"), lines: 1, codes: []string{"note no-header F2"},
			also: func(t *testing.T, f *Form) {
				if lineOf(f, 0).Extra["F"] != "psst" || f.LastCol != 6 {
					t.Errorf("extra %v, last column %d", lineOf(f, 0).Extra, f.LastCol)
				}
			}},

		// What is a line.
		{name: "a gap of empty rows", rows: []any{four, nil, nil, row{"A", "Acme", 10}, row{"  ", "\u00a0", "\t"}, row{"B", "Acme", 10}}, lines: 2},
		{name: "a remark under the table is a line", rows: append(one(10), row{"Please hurry"}), lines: 2, codes: []string{"return perhaps-a-note A3"}},
		{name: "a footer", rows: append(one(10), row{"Total", nil, 10}), lines: 1, codes: []string{"note footer A3"}},
		{name: "a French footer with a formula", rows: append(one(10), row{nil, "TOTAL :", formulaOf{"SUM(C2:C2)", 10}}), lines: 1, codes: []string{"note footer B3"}},
		{name: "a footer with typed sums", rows: append(one(10), row{"Grand total", nil, "10,00 $"}), lines: 1, codes: []string{"note footer A3"}},
		{name: "a line that only begins like a footer", rows: append(one(10), row{"Total", "Acme", 10}), lines: 2},
		{name: "a total without a sum is a line", rows: append(one(10), row{"Total"}), lines: 2, codes: []string{"return perhaps-a-note A3"}},
		{name: "a purchase called total cost", rows: append(one(10), row{"Total cost study", nil, 10}), lines: 2},
		{name: "prepared rows with formulas that say nothing", rows: append(one(10), row{nil, nil, formulaOf{`IF(A3="","",B3)`, ""}}), lines: 1},
		{name: "prepared rows with formulas that say zero", rows: append(one(10), row{nil, nil, formulaOf{"E3+F3", 0}}, row{nil, nil, formulaOf{"E4+F4", 0}}),
			lines: 1, codes: []string{"note formula-only-rows A3"}},
		{name: "a formula that says something is a line", rows: append(one(10), row{nil, nil, formulaOf{"E3+F3", 5}}), lines: 2},
		{name: "only hidden rows", rows: []any{four, hiddenRow{"A", "Acme", 10}}, lines: 1, codes: []string{"note hidden-row A2"}},

		// Numbers.
		{name: "two readings", rows: one("1,234"), lines: 1, codes: []string{"return ambiguous-number C2"}, also: faulty(0, request.Total)},
		{name: "two readings, with a dollar", rows: one("$1.234"), lines: 1, codes: []string{"return ambiguous-number C2"}, also: faulty(0, request.Total)},
		{name: "a fraction of a cent, typed", rows: one("10.005"), lines: 1, codes: []string{"return ambiguous-number C2"}},
		{name: "a fraction of a cent, beyond doubt", rows: one("1234.5678"), lines: 1, codes: []string{"return fraction-of-cent C2"}},
		{name: "a range", rows: one("5000 - 6000"), lines: 1, codes: []string{"return range C2"}, also: faulty(0, request.Total)},
		{name: "an estimate", rows: one("environ 5000 $"), lines: 1, codes: []string{"return estimate C2"}},
		{name: "an hourly rate", rows: one("85 $/h"), lines: 1, codes: []string{"return hourly-rate C2"}},
		{name: "words", rows: one("five thousand"), lines: 1, codes: []string{"return not-a-number C2"}},
		{name: "a spreadsheet error", rows: one(errorOf("#DIV/0!")), lines: 1, codes: []string{"return error-value C2"}, also: faulty(0, request.Total)},
		{name: "NaN", rows: one(rawNumber("NaN")), lines: 1, codes: []string{"return not-finite C2"}, also: faulty(0, request.Total)},
		{name: "infinity", rows: one(rawNumber("-INF")), lines: 1, codes: []string{"return not-finite C2"}},
		{name: "a number that overflows", rows: one(rawNumber("1e999")), lines: 1, codes: []string{"return not-finite C2"}},
		{name: "a hexadecimal number", rows: one(rawNumber("0x1p4")), lines: 1, codes: []string{"return not-finite C2"}},
		{name: "a quadrillion", rows: one(1e15), lines: 1, codes: []string{"return number-too-large C2"}},
		{name: "the largest double", rows: one(1.7e308), lines: 1, codes: []string{"return number-too-large C2"}},
		{name: "the smallest double", rows: one(5e-324), lines: 1, also: gives(0, request.Total, "0.00")},
		{name: "a tick box for a price", rows: one(true), lines: 1, codes: []string{"return not-a-number C2"}},
		{name: "a date for a price", rows: one(dateOf("2026-12-01")), lines: 1, codes: []string{"return not-a-number C2"}},
		{name: "a formula without a stored value is never zero", rows: one(formulaOf{"B2*2", nil}), lines: 1, codes: []string{"return formula-without-value C2"}, also: faulty(0, request.Total)},
		{name: "a negative amount is read", rows: one(-10), lines: 1, also: gives(0, request.Total, "-10.00")},
		{name: "an accountant's brackets", rows: one("(10.00)"), lines: 1, codes: []string{"return not-a-number C2"}},
		{name: "a total that only a formula knows", rows: []any{row{"Title", "Supplier", "Subtotal", "Tax", "Total"}, row{"A", "Acme", 100, 13, formulaOf{"C2+D2", 90}}},
			lines: 1, codes: []string{"note stale-formula E2"}, also: gives(0, request.Total, "90.00")},
		{name: "a product that only a formula knows", rows: []any{row{"Title", "Supplier", "Quantity", "Unit price", "Subtotal"}, row{"A", "Acme", 3, 10, formulaOf{"C2*D2", 20}}},
			lines: 1, codes: []string{"note stale-formula E2"}, also: gives(0, request.Net, "20.00")},
		{name: "a formula that is right but for a double's dust", rows: []any{row{"Title", "Supplier", "Quantity", "Unit price", "Subtotal"}, row{"A", "Acme", 3, 0.1, formulaOf{"C2*D2", 0.30000000000000004}}}, lines: 1},
		{name: "no total, but subtotal and tax", rows: []any{row{"Title", "Supplier", "Subtotal", "Tax", "Total"}, row{"A", "Acme", 100, 0}},
			lines: 1, codes: []string{"note derived-total E2"}, also: gives(0, request.Total, "100.00")},
		{name: "no total and no tax is no total", rows: []any{row{"Title", "Supplier", "Subtotal", "Tax", "Total"}, row{"A", "Acme", 100}}, lines: 1, also: gives(0, request.Total, "")},
		{name: "no total and an unreadable tax is no total", rows: []any{row{"Title", "Supplier", "Subtotal", "Tax", "Total"}, row{"A", "Acme", 100, "13%"}},
			lines: 1, codes: []string{"return percentage D2"}, also: gives(0, request.Total, "")},
		{name: "a tax of 13% stored as 0.13", rows: []any{row{"Title", "Supplier", "Subtotal", "Tax", "Total"}, row{"A", "Acme", 1000, 0.13}},
			lines: 1, codes: []string{"return percentage D2"}, also: faulty(0, request.Tax)},
		{name: "a typed zero is an answer", rows: []any{row{"Title", "Supplier", "Subtotal", "Tax"}, row{"A", "Acme", 100, "0"}},
			lines: 1, codes: []string{"note derived-total C2"}, also: gives(0, request.Tax, "0.00")},

		// Days, answers, addresses, texts.
		{name: "a day with two readings", rows: oneWith("01/02/2026"), lines: 1, codes: []string{"return ambiguous-date D2"}, also: faulty(0, request.NeededBy)},
		{name: "as soon as possible", rows: oneWith("ASAP"), lines: 1, codes: []string{"return not-a-date D2"}},
		{name: "a number for a day", rows: oneWith(46374), lines: 1, codes: []string{"return number-as-date D2"}},
		{name: "a time for a day", rows: oneWith(dateOf("14:30:00")), lines: 1, codes: []string{"return not-a-date D2"}},
		{name: "a day with a time", rows: oneWith(dateOf("2026-12-01T14:30:00")), lines: 1, also: gives(0, request.NeededBy, "2026-12-01")},
		{name: "the day zero", rows: oneWith(dateOf("1900-01-01")), lines: 1, codes: []string{"return unlikely-date D2"}},
		{name: "an unknown answer", rows: []any{row{"Title", "Supplier", "Total", "Remote work"}, row{"A", "Acme", 10, "mostly"}}, lines: 1,
			codes: []string{"return unknown-choice D2"}, also: faulty(0, request.Remote)},
		{name: "a tick box for yes", rows: []any{row{"Title", "Supplier", "Total", "Remote work", "Security level"}, row{"A", "Acme", 10, true, true}}, lines: 1,
			codes: []string{"return unknown-choice E2"}, also: gives(0, request.Remote, "yes")},
		{name: "two managers", rows: []any{row{"Title", "Supplier", "Total", "Section 32 manager"}, row{"A", "Acme", 10, "a@b.ca, c@d.ca"}}, lines: 1,
			codes: []string{"return several-addresses D2"}, also: faulty(0, request.AuthorizedBy)},
		{name: "an address inside a name", rows: []any{row{"Title", "Supplier", "Total", "Section 32 manager"}, row{"A", "Acme", 10, `"boss@b.ca" <me@b.ca>`}}, lines: 1,
			codes: []string{"return several-addresses D2"}},
		{name: "a control character in a name", rows: []any{four, row{"A", "Ac\x00me", 10}}, lines: 1, codes: []string{"return control-characters B2"}, also: faulty(0, request.Supplier)},
		{name: "a name written backwards", rows: []any{four, row{"A", "\u202eemcA", 10}}, lines: 1, codes: []string{"return control-characters B2"}},
		{name: "a control character in an unknown column", rows: oneWith(nil, "a\x07b"), lines: 1, codes: []string{"note unread-columns E1", "return control-characters E2"}},
		{name: "an error in an unknown column", rows: oneWith(nil, errorOf("#N/A")), lines: 1, codes: []string{"note unread-columns E1", "note error-value E2"}},
		{name: "a business number as a number", rows: []any{row{"Title", "Supplier", "Total", "Business number"}, row{"A", "Acme", 10, rawNumber("8.03456789E8")}}, lines: 1,
			also: gives(0, request.SupplierID, "803456789")},
		{name: "a number with more digits than a cell keeps", rows: []any{row{"Title", "Supplier", "Total", "Business number"}, row{"A", "Acme", 10, rawNumber("1234567890123456")}}, lines: 1,
			codes: []string{"return too-many-digits D2"}},
		{name: "a cost centre that became a date", rows: []any{row{"Title", "Supplier", "Total", "Cost centre"}, row{"A", "Acme", 10, dateOf("2026-12-01")}}, lines: 1,
			codes: []string{"return date-in-code D2"}, also: faulty(0, request.CostCentre)},
		{name: "an amendment of nothing", rows: []any{row{"Title", "Supplier", "Total", "Amends"}, row{"A", "Acme", 10, "the last one"}}, lines: 1, codes: []string{"return not-a-reference D2"}},
		{name: "a formula as text stays text", rows: []any{four, row{"=1+1", "@Acme", 10}}, lines: 1, also: gives(0, request.Title, "=1+1")},

		// Above the table.
		{name: "an unreadable amount above reaches every line", rows: []any{row{"Section 32 amount", "approx 9000"}, row{"Title", "Supplier", "Total", "Tax"}, row{"A", "Acme", 10, 1}, row{"B", "Acme", 10, 1}},
			lines: 2, codes: []string{"return estimate B1"}, also: faulty(1, request.AuthorizedAmount)},
		{name: "a line's own value does without the one above", rows: []any{row{"Cost centre", errorOf("#REF!")}, row{"Title", "Supplier", "Total", "Cost centre"}, row{"A", "Acme", 10, "C-1"}},
			lines: 1, also: gives(0, request.CostCentre, "C-1")},
		{name: "a label twice, with two values", rows: []any{row{"Cost centre", "C-1"}, row{"Centre de coûts", "C-2"}, row{"Title", "Supplier", "Total", "Tax"}, row{"A", "Acme", 10, 1}},
			lines: 1, codes: []string{"return duplicate-label B2"}, also: faulty(0, request.CostCentre)},
		{name: "a label twice, with one value", rows: []any{row{"Cost centre", "C-1"}, row{"Centre de coûts", "C-1"}, row{"Title", "Supplier", "Total", "Tax"}, row{"A", "Acme", 10, 1}},
			lines: 1, also: gives(0, request.CostCentre, "C-1")},
		{name: "an address above that is none", rows: append([]any{row{"Email", "ask reception"}}, one(10)...), lines: 1, codes: []string{"return not-an-address B1"}},
		{name: "a language that we do not write", rows: append([]any{row{"Language", "Inuktitut"}}, one(10)...), lines: 1, codes: []string{"note unknown-language B1"}},

		// Merged cells.
		{name: "a supplier merged over two lines", rows: append(one(10), row{"B", nil, 20}), lines: 2, change: merge("B2:B3"), codes: []string{"return merged-cells B2"},
			also: goesBack},
		{name: "all that is merged into a line is named at once", rows: append(one(10), row{"B", "Acme", 20}, row{"C", "Acme", 30}), lines: 3, change: merge("A3:A4", "B2:B3", "C2:C4"),
			codes: []string{"return merged-cells B2", "return merged-cells C2", "return merged-cells A3"}, also: goesBack},
		{name: "two fields merged", rows: one(10), lines: 1, change: merge("A2:B2"), codes: []string{"return merged-cells A2"}},
		{name: "a cell drawn wider than its column", rows: oneWith(nil, "x"), lines: 1, change: merge("E2:G2"), codes: []string{"note unread-columns E1", "note merged-cells A2"}},
		{name: "a merged header", rows: one(10), lines: 1, change: merge("E1:F1")},
		{name: "merged cells above and far below", rows: append([]any{row{"Form"}}, one(10)...), lines: 1, change: merge("A1:E1", "A90:E99")},
		{name: "a merged label has its value behind it", rows: []any{row{"Cost centre", nil, "C-1"}, row{"Title", "Supplier", "Total", "Tax"}, row{"A", "Acme", 10, 1}},
			lines: 1, change: merge("A1:B1"), also: gives(0, request.CostCentre, "C-1")},
	}
}

func goesBack(t *testing.T, f *Form) {
	for _, l := range f.Lines.All() {
		if !l.MustReturn() {
			t.Errorf("the line in row %d does not go back", l.Row)
		}
	}
}

func merge(ranges ...string) func(*gridSheet) {
	return func(s *gridSheet) {
		for _, r := range ranges {
			m, ok := workbook.ParseRange(r)
			if !ok {
				panic(r)
			}
			s.layout.Merged = append(s.layout.Merged, m)
		}
	}
}

func TestHostileForms(t *testing.T) {
	forms := hostileForms()
	if len(forms) < 50 {
		t.Fatalf("%d forms", len(forms))
	}
	for _, tt := range forms {
		t.Run(tt.name, func(t *testing.T) {
			s := sheetOf("Requests", tt.rows...)
			if tt.change != nil {
				tt.change(&s)
			}
			f, err := read(context.Background(), gridOf(append([]gridSheet{s}, tt.more...)...), Options{})
			if code := codeOfError(err); code != tt.refused || (err != nil && tt.refused == "") {
				t.Fatalf("error %v, want code %q", err, tt.refused)
			}
			if tt.refused != "" {
				if e, _ := workbook.ErrorOf(err); e.Message.EN == "" || e.Message.FR == "" {
					t.Errorf("the refusal says nothing: %+v", e)
				}
				return
			}
			if f.Lines.Len() != tt.lines {
				t.Errorf("%d lines, want %d", f.Lines.Len(), tt.lines)
			}
			wantCodes(t, f, tt.codes...)
			if tt.also != nil {
				tt.also(t, f)
			}
		})
	}
}

// What a problem says: where, what, and what to do, without the words of programmers.
func TestProblemsAreSaidInPlainWords(t *testing.T) {
	for _, tt := range hostileForms() {
		if tt.refused != "" {
			continue
		}
		s := sheetOf("Requests", tt.rows...)
		if tt.change != nil {
			tt.change(&s)
		}
		for _, p := range mustRead(t, gridOf(append([]gridSheet{s}, tt.more...)...), Options{}).AllProblems() {
			for _, word := range []string{"parse", "invalid", "null", "NaN ", "overflow", "exception", "token", "string"} {
				if strings.Contains(strings.ToLower(p.Message.EN), word) {
					t.Errorf("%s: %q", p.Code, p.Message.EN)
				}
			}
			if p.Severity == request.ReturnSeverity && !strings.Contains(p.Message.EN, ". ") && !strings.Contains(p.Message.EN, "; ") {
				t.Errorf("%s says what is wrong but not what to do: %q", p.Code, p.Message.EN)
			}
		}
	}
}

// Merged ranges may overlap in a file that means harm: of a hundred thousand over twenty thousand lines each line names a
// few.
func TestOverlappingMergesCostLittle(t *testing.T) {
	const lines, merges = 20_000, 100_000
	sheet := sheetOf("Requests", four)
	for i := range lines {
		sheet.rows = append(sheet.rows, rowOf(i+2, row{"Pens", "Acme", 10}, false))
	}
	for i := range merges {
		sheet.layout.Merged = append(sheet.layout.Merged, workbook.Range{FirstCol: 1, FirstRow: 2 + i%7, LastCol: 16384, LastRow: lines + 1 - i%5})
	}
	f := mustRead(t, gridOf(sheet), Options{MaxLines: lines})
	for _, l := range f.Lines.All() {
		if n := len(l.Problems); n != mostMerged || l.Problems[n-1].Code != "merged-cells" {
			t.Fatalf("row %d has %d problems", l.Row, len(l.Problems))
		}
	}
}
