package forms

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// What stands under a header that nobody understood is named, and handed on where it may be a field's value that the field
// itself does not give.
func TestAColumnThatNobodyUnderstoodIsNeverDropped(t *testing.T) {
	head := func(more ...any) row { return append(row{"Title", "Supplier", "Subtotal", "Tax", "Total"}, more...) }
	line := func(more ...any) row { return append(row{"A", "Acme", 8000, 1040, 9040}, more...) }
	tests := []struct {
		name   string
		rows   []any
		o      Options
		unread []string // "header field cell text"
		named  bool
	}{
		{name: "grand total", rows: []any{head("Grand total"), line(11500)}, unread: []string{"Grand total total F2 11500"}, named: true},
		{name: "a grand total that agrees", rows: []any{head("Grand total"), line(9040)}, named: true},
		{name: "a typed grand total that agrees", rows: []any{head("Grand total"), line("9,040.00")}, named: true},
		{name: "a grand total that agrees with a derived total", rows: []any{row{"Title", "Supplier", "Subtotal", "Tax", "Grand total"}, row{"A", "Acme", 8000, 1040, 9040}}, named: true},
		{name: "a grand total without a total", rows: []any{row{"Title", "Supplier", "Subtotal", "Quantity", "Montant total"}, row{"A", "Acme", 8000, 1, 11500}},
			unread: []string{"Montant total total E2 11500"}, named: true},
		{name: "currency code", rows: []any{head("Currency code"), line("USD")}, unread: []string{"Currency code currency F2 USD"}, named: true},
		{name: "former public servant", rows: []any{head("Former public servant"), line("yes")}, unread: []string{"Former public servant public_servant F2 yes"}, named: true},
		{name: "amends", rows: []any{head("Amends PO"), line("HR-2026-000001-01")}, unread: []string{"Amends PO amends F2 HR-2026-000001-01"}, named: true},
		{name: "nothing in it", rows: []any{head("Grand total"), line(nil)}},
		{name: "a zero in it", rows: []any{head("Grand total"), line(0)}, named: true},
		{name: "a dash in it", rows: []any{head("Amends PO"), line("-")}, named: true},
		{name: "n/a in it", rows: []any{head("Amends PO"), line("n/a")}, named: true},
		{name: "an unticked box in it", rows: []any{head("Former public servant"), line(false)}, named: true},
		{name: "nothing like a field", rows: []any{head("Colour"), line("red")}, named: true},
		{name: "ignored", rows: []any{head("GRAND TOTAL :"), line(11500)}, o: Options{Ignored: []string{"Grand total"}}},
		{name: "an alias", rows: []any{head("Former public servant"), line("no")}, o: Options{Aliases: map[request.Field][]string{request.PublicServant: {"Former public servant"}}}},
		{name: "the policy reads it", rows: []any{head("Grand total"), line(11500)}, o: Options{PolicyReads: []string{"grand  total"}}},
		{name: "two of them", rows: []any{head("Grand total", "Currency code"), line(11500, "EUR")},
			unread: []string{"Grand total total F2 11500", "Currency code currency G2 EUR"}, named: true},
		{name: "our own columns", rows: []any{head("Result", "Why", "Reference"), line("✔ Approved", "in order", "HR-2026-000123-01")}},

		{name: "a label", rows: []any{row{"Grand total:", 11500}, head(), line()}, unread: []string{"Grand total total B1 11500"}},
		{name: "a label that agrees", rows: []any{row{"Grand total:", 9040}, head(), line()}},
		{name: "a label with words", rows: []any{row{"Currency code", "USD"}, head(), line()}, unread: []string{"Currency code currency B1 USD"}},
		{name: "a label with its value in the cell", rows: []any{row{"Amends PO: HR-2026-000001-01"}, head(), line()}, unread: []string{"Amends PO amends A1 HR-2026-000001-01"}},
		{name: "a label that is ignored", rows: []any{row{"Currency code", "USD"}, head(), line()}, o: Options{Ignored: []string{"Currency code"}}},
		{name: "a label that the policy reads", rows: []any{row{"Currency code", "USD"}, head(), line()}, o: Options{PolicyReads: []string{"Currency code"}}},
		{name: "an empty label", rows: []any{row{"Grand total:"}, head(), line()}},
		{name: "a title that resembles a field", rows: []any{row{"Supplier request form", "2026"}, head(), line()}},
		{name: "prose that resembles a field", rows: []any{row{"The total must not be above 10,000", "see the guide"}, head(), line()}},
		{name: "a value that resembles a field", rows: []any{row{"Requester", "Total Services"}, head(), line()}},
		{name: "a number in a title that resembles one", rows: []any{row{"Requester:", "Pat", "Total Tools", "B. Roy"}, head(), line()}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := mustRead(t, gridOf(sheetOf("S", tt.rows...)), tt.o)
			checkTexts(t, f)
			var got []string
			for _, u := range lineOf(f, 0).Unread {
				got = append(got, u.Header+" "+u.Field+" "+u.Cell+" "+u.Text)
				if lineOf(f, 0).Extra[u.Header] == "" {
					t.Errorf("%s is not among the columns that a policy may read: %v", u.Header, lineOf(f, 0).Extra)
				}
			}
			if !slices.Equal(got, tt.unread) {
				t.Errorf("handed on %q, want %q", got, tt.unread)
			}
			if named := slices.ContainsFunc(f.Problems, func(p request.Problem) bool { return p.Code == "unread-columns" }); named != tt.named {
				t.Errorf("named: %v, want %v (%q)", named, tt.named, codes(f))
			}
		})
	}
}

// The sentence for the form names every column once, in both languages.
func TestUnreadColumnsAreNamedInOneSentence(t *testing.T) {
	f := readRows(t, row{"Title", "Supplier", "Total", "Tax", "Colour", "Part no.", "Empty"}, row{"A", "Acme", 10, 1, "red"}, row{"B", "Acme", 10, 1, nil, "P-1"})
	var said []request.Text
	for _, p := range f.Problems {
		if p.Code == "unread-columns" {
			said = append(said, p.Message)
		}
	}
	want := request.Text{EN: "Nothing was read from these columns: “Colour” and “Part no.”.",
		FR: "Rien n’a été lu dans ces colonnes\u00a0: «\u00a0Colour\u00a0» et «\u00a0Part no.\u00a0»."}
	if len(said) != 1 || said[0] != want {
		t.Errorf("%+v", said)
	}
}

// Of the small workbooks that were once read wrongly, those whose header nobody understood hand their value on.
func TestBenchHeadersThatNobodyUnderstood(t *testing.T) {
	for file, want := range map[string]string{"h02-unknown-header-total-shipping": "total", "h03-unknown-header-total-fr": "total", "h06-unknown-header-amends": "amends", "base": ""} {
		data, err := os.ReadFile(filepath.Join("testdata/bench/cells", file+".xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		book, err := workbook.Open(context.Background(), data, workbook.DefaultBounds())
		if err != nil {
			t.Fatal(err)
		}
		f, err := Read(context.Background(), book, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, u := range lineOf(f, 0).Unread {
			got = append(got, u.Field)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s hands on %q, want %q", file, got, want)
		}
	}
}
