package forms

import (
	"strings"
	"testing"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Headers of two rows are one: the group first, and its meaning by the whole, the lower part or, where it is this column's
// alone, the upper one.
func TestHeadersOfTwoRows(t *testing.T) {
	line := row{1, "Fuse", "Acme", 4, 12.5, 50, 6.5, 56.5}
	tests := []struct {
		name    string
		rows    []any
		merge   []string
		aliases map[string][]string
		header  int
		want    string // field or header, by column
	}{
		{name: "groups", rows: []any{row{"Item", "Title", "Supplier", "Quantity", "Amounts"}, row{nil, nil, nil, nil, "Unit price", "Subtotal", "Tax", "Total"}, line},
			merge: []string{"A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:H1"}, header: 2, want: "item title supplier quantity unit_price net tax total"},
		{name: "groups that nobody merged", rows: []any{row{"Item", "Title", "Supplier"}, row{nil, nil, nil, "Quantity", "Unit price", "Subtotal"}, line[:6]},
			header: 2, want: "item title supplier quantity unit_price net"},
		{name: "names above, groups only", rows: []any{row{"What", nil, "Who", nil, "How much"}, row{"Item", "Title", "Supplier", "Quantity", "Unit price", "Subtotal"}, line[:6]},
			merge: []string{"A1:B1", "C1:D1", "E1:F1"}, header: 2, want: "item title supplier quantity unit_price net"},
		{name: "the whole wins", rows: []any{row{"Title", "Supplier", "Before", nil, "After"}, row{nil, nil, "Amount", "GST", "Amount"}, row{"A", "Acme", 100, 5, 105}},
			merge: []string{"A1:A2", "B1:B2", "C1:D1"}, aliases: map[string][]string{"net": {"Before / Amount"}, "total": {"After / Amount"}, "tax": {"GST"}},
			header: 2, want: "title supplier net tax total"},
		{name: "an upper part over two columns means neither", rows: []any{row{"Title", "Supplier", "Quantity", nil, "Total"}, row{nil, nil, "Qty", "UOM"}, row{"A", "Acme", 3, "EA", 105}},
			merge: []string{"A1:A2", "B1:B2", "C1:D1", "E1:E2"}, aliases: map[string][]string{"quantity": {"Qty"}}, header: 2, want: "title supplier quantity Quantity/UOM total"},
		{name: "English over French", rows: []any{row{"Title", "Supplier", "Total", "Needed by"}, row{"Titre", "Fournisseur", "Total", "Date requise"}, row{"A", "Acme", 3}},
			header: 2, want: "title supplier total needed_by"},
		{name: "a title merged over the table is no group", rows: []any{row{"Purchase request"}, row{"Title", "Supplier", "Subtotal", "Total"}, row{"A", "Acme", 3, 3}},
			merge: []string{"A1:D1"}, header: 2, want: "title supplier net total"},
		{name: "a row of values above is no part", rows: []any{row{"Branch", "Digital", "Email", "a@b.ca"}, row{"Title", "Supplier", "Subtotal", "Total"}, row{"A", "Acme", 3, 3}},
			header: 2, want: "title supplier net total"},
		{name: "a first line of words is no part", rows: []any{row{"Title", "Supplier", "Subtotal", "Total"}, row{"A", "Acme", "soon", "later"}, row{"B", "Acme", 3, 3}},
			header: 1, want: "title supplier net total"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := sheetOf("Requests", tt.rows...)
			merge(tt.merge...)(&s)
			f := mustRead(t, gridOf(s), Config{Aliases: tt.aliases}.Options("CAD"))
			checkTexts(t, f)
			var got []string
			for _, c := range f.Columns {
				if c.Field != request.NoField {
					got = append(got, c.Field.String())
				} else {
					got = append(got, strings.ReplaceAll(c.Header, " ", ""))
				}
			}
			if f.HeaderRow != tt.header || strings.Join(got, " ") != tt.want {
				t.Errorf("header row %d: %s, want %d: %s", f.HeaderRow, strings.Join(got, " "), tt.header, tt.want)
			}
			if n := len(tt.rows) - tt.header; f.Lines.Len() != n {
				t.Errorf("%d lines, want %d", f.Lines.Len(), n)
			}
		})
	}
}

// A form with a header of two rows comes back with our answers beside it.
func TestAHeaderOfTwoRowsComesBack(t *testing.T) {
	f := readRows(t, row{"Item", "Title", "Supplier", "How much"}, row{nil, nil, nil, "Subtotal", "Tax", "Total", "Result / Résultat", "Why / Pourquoi", "Reference / Référence"},
		row{1, "Fuse", "Acme", 50, 6.5, 56.5, "✔ Approved", "in order", "HR-2026-000123-01"})
	wantCodes(t, f)
	if f.HeaderRow != 2 || f.LastCol != 6 || lineOf(f, 0).Reference != "HR-2026-000123-01" {
		t.Errorf("header row %d, last column %d, reference %q", f.HeaderRow, f.LastCol, lineOf(f, 0).Reference)
	}
	if f.Columns[6].By != byOurs || f.Columns[3].Header != "How much / Subtotal" {
		t.Errorf("columns %+v", f.Columns)
	}
}

// A header in the other language, in words that nobody gave as aliases, is known by its look.
func TestATranslatedHeaderRowIsNoLine(t *testing.T) {
	s := sheetOf("Requests", row{"What", "Vendor", "Net", "All in"}, row{"Quoi", "Marchand", "Avant taxes", "Tout compris"}, row{"A", "Acme", 3, 3})
	for i := range s.rows {
		for j := range s.rows[i].Cells {
			s.rows[i].Cells[j].Style = max(1-i/2, 0) + 1
		}
	}
	f := mustRead(t, gridOf(s), Config{Aliases: map[string][]string{"title": {"What"}, "supplier": {"Vendor"}, "net": {"Net"}, "total": {"All in"}}}.Options("CAD"))
	if f.HeaderRow != 2 || f.Lines.Len() != 1 || f.Columns[0].Header != "What / Quoi" {
		t.Errorf("header row %d, %d lines, columns %+v", f.HeaderRow, f.Lines.Len(), f.Columns)
	}
}

// The request is the table that buys things: neither the accounts above it nor an example, be it above or on a sheet before.
func TestTheRightTableIsRead(t *testing.T) {
	lines := []any{row{"Title", "Supplier", "Quantity", "Total"}, row{"Chair", "Acme", 1, 10}}
	example := []any{row{"Example of a line"}, row{"Title", "Supplier", "Quantity", "Total"}, row{"Sample chair", "Example Co.", 1, 10}, nil}
	for name, tt := range map[string]struct {
		sheets []gridSheet
		sheet  string
		header int
		left   string
	}{
		"accounts above":         {[]gridSheet{sheetOf("R", append([]any{row{"Cost centre", "GL account", "Description", "Subtotal"}, row{"C-1", "511", "Chairs", 10}, nil}, lines...)...)}, "R", 4, ""},
		"an example above":       {[]gridSheet{sheetOf("R", append(example, lines...)...)}, "R", 5, "2-3 example"},
		"an example on a sheet":  {[]gridSheet{sheetOf("How to", example...), sheetOf("R", lines...)}, "R", 1, "2-3 example"},
		"an example is all":      {[]gridSheet{sheetOf("How to", example...)}, "How to", 2, ""},
		"un exemple sur la page": {[]gridSheet{sheetOf("Directives", append([]any{row{"Exemple"}}, lines...)...), sheetOf("R", lines...)}, "R", 1, "2-3 example"},
	} {
		t.Run(name, func(t *testing.T) {
			f := mustRead(t, gridOf(tt.sheets...), Options{})
			if f.Sheet != tt.sheet || f.HeaderRow != tt.header || f.Lines.Len() != 1 || leftRows(f) != tt.left {
				t.Errorf("sheet %s, header row %d, %d lines, left %q, problems %q", f.Sheet, f.HeaderRow, f.Lines.Len(), leftRows(f), codes(f))
			}
		})
	}
}

// A grid of narrow columns has each line's cells merged like the header's.
func TestNarrowGrids(t *testing.T) {
	s := gridSheet{name: "Requests"}
	s.rows = []workbook.Row{
		rowOf(1, row{nil, "Item", nil, "Description", nil, nil, "Quantity", nil, "Unit price", nil, "Subtotal"}, false),
		rowOf(2, row{nil, 1, nil, "Paper", nil, nil, 20, nil, 38.9, nil, 778}, false),
		rowOf(3, row{nil, 2, nil, "Film", nil, nil, 4, nil, 61.25, nil, 245}, false),
		rowOf(6, row{nil, "Business purpose", nil, nil, nil, nil, "Account", nil, nil, nil, "Amount"}, false),
	}
	merge("B1:C1", "D1:F1", "G1:H1", "I1:J1", "B2:C2", "D2:F2", "G2:H2", "I2:J2", "B3:C3", "D3:F3", "G3:H3", "I3:J3", "B6:F6", "G6:J6")(&s)
	f := mustRead(t, gridOf(s), Options{})
	wantCodes(t, f)
	if f.Lines.Len() != 2 || leftRows(f) != "6 below-table" {
		t.Errorf("%d lines, left %q", f.Lines.Len(), leftRows(f))
	}
	wantText(t, f, 1, request.Net, "245.00")
}

// What a label under the table says fills the lines, where nothing above it does; an approval's own names do not.
func TestLabelsBelowFillWhatLinesLeaveEmpty(t *testing.T) {
	f := readRows(t, row{"Cost centre", "C-1"}, nil, row{"Title", "Supplier", "Subtotal", "Tax", "Total"}, row{"A", "Acme", 100, 13, 113}, row{"Total", nil, 100, 13, 113}, nil,
		row{"Section 32 manager", "boss@example.ca"}, row{"Cost centre", "C-2"}, row{"Requester", "Anna Roy"})
	wantCodes(t, f, "note footer A5")
	wantText(t, f, 0, request.AuthorizedBy, "boss@example.ca")
	wantText(t, f, 0, request.CostCentre, "C-1")
	if f.Origin.Name != "Anna Roy" {
		t.Errorf("origin %+v", f.Origin)
	}
}
