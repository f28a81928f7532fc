package forms

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// A table as departments have it: item number, title, supplier, quantity, unit price, subtotal, and a column of their own.
var kindsHeader = row{"Item", "Title", "Supplier", "Quantity", "Unit price", "Subtotal", "Cost centre", "Haz-mat?"}

func kindsLine(item int, title string, net float64) row {
	return row{item, title, "Acme", 1, net, net, "C-1", "N"}
}

// TestRowKinds holds, for each kind of row under two lines: the rows that are lines, why others were left alone, and what the
// requester must mend.
func TestRowKinds(t *testing.T) {
	below := func(rows ...any) []any {
		return append([]any{kindsHeader, kindsLine(1, "Chair", 100), kindsLine(2, "Desk", 300)}, rows...)
	}
	tests := []struct {
		name  string
		rows  []any // from row 4 on
		merge []string
		lines string // "2 3 4"
		left  string // "4 prepared"
		codes string // of problems that send something back
	}{
		// What the template brought along.
		{name: "item numbers", rows: below(row{3}, row{4}, row{5}), lines: "2 3", left: "4-6 prepared"},
		{name: "the last item number", rows: below(row{3}), lines: "2 3", left: "4 prepared"},
		{name: "item codes", rows: []any{kindsHeader, row{"A1", "Chair", "Acme", 1, 10, 10}, row{"A2"}, row{"A3"}}, lines: "2", left: "3-4 prepared"},
		{name: "zeros", rows: below(row{nil, nil, nil, 0, 0, 0}), lines: "2 3", left: "4 prepared"},
		{name: "a formula that shows a dash", rows: below(row{nil, nil, nil, nil, nil, formulaOf{"D4*E4", 0}}), lines: "2 3", left: "4 prepared"},
		{name: "prompts", rows: below(row{3, nil, "Select…", nil, nil, nil, "- Choisir -"}, row{4, nil, "Select…", nil, nil, nil, "- Choisir -"}), lines: "2 3", left: "4-5 prepared"},
		{name: "constants", rows: below(row{3, nil, nil, nil, nil, nil, "C-1", "N"}, row{4, nil, nil, nil, nil, nil, "C-1", "N"}), lines: "2 3", left: "4-5 prepared"},
		{name: "the last row of constants", rows: below(row{3, nil, nil, nil, nil, nil, nil, "N"}), lines: "2 3", left: "4 prepared"},
		{name: "prepared rows above the first line", rows: []any{kindsHeader, row{1, nil, nil, nil, nil, nil, nil, "N"}, row{2, nil, nil, nil, nil, nil, nil, "N"}, kindsLine(3, "Chair", 10)}, lines: "4", left: "2-3 prepared"},
		{name: "unticked boxes", rows: below(row{3, nil, nil, nil, nil, nil, nil, false}, row{nil, nil, nil, nil, nil, nil, nil, "☐"}), lines: "2 3", left: "4-5 prepared"},
		{name: "quantity one", rows: below(row{nil, nil, nil, 1}, row{nil, nil, nil, 1}), lines: "2 3", left: "4-5 prepared"},
		// What a person wrote, be it one thing.
		{name: "a title only", rows: below(row{3, "Lamp"}), lines: "2 3 4", codes: "perhaps-a-note"},
		{name: "a title in a prepared row", rows: below(row{3, "Lamp", nil, nil, nil, nil, nil, "N"}, row{4, nil, nil, nil, nil, nil, nil, "N"}), lines: "2 3 4", left: "5 prepared"},
		{name: "a supplier only", rows: below(row{3, nil, "Oak Ltd."}), lines: "2 3 4", codes: "perhaps-a-note"},
		{name: "a cost centre only", rows: below(row{3, nil, nil, nil, nil, nil, "C-9"}), lines: "2 3 4", codes: "perhaps-a-note"},
		{name: "constants and a price", rows: below(row{3, nil, nil, nil, 25, nil, "C-1", "N"}, row{4, nil, nil, nil, nil, nil, "C-1", "N"}, row{5, nil, nil, nil, nil, nil, "C-1", "N"}), lines: "2 3 4", left: "5-6 prepared"},
		{name: "a number that does not count on", rows: below(row{40123}), lines: "2 3 4", codes: "not-a-line"},
		{name: "a free item", rows: below(row{3, "Sample", "Acme", 1, 0, 0}), lines: "2 3 4"},
		{name: "the same line three times", rows: below(kindsLine(3, "Lamp", 5), kindsLine(4, "Lamp", 5), kindsLine(5, "Lamp", 5)), lines: "2 3 4 5 6"},
		{name: "a line after a blank row", rows: below(nil, nil, kindsLine(3, "Lamp", 5)), lines: "2 3 6"},
		{name: "a line after the total", rows: below(row{nil, nil, nil, nil, "Total", 405}, nil, kindsLine(3, "Lamp", 5)), lines: "2 3 6", codes: "footer-mismatch"},
		// Things to buy that only sound like something else.
		{name: "a total station", rows: below(row{3, "Total station", "Acme", 1, 50, 50}), lines: "2 3 4"},
		{name: "a total station without a quantity", rows: below(row{3, "Total station", nil, nil, nil, 50}), lines: "2 3 4"},
		{name: "a freight dolly", rows: below(row{nil, "Freight dolly", nil, nil, nil, 50}), lines: "2 3 4"},
		{name: "Sum Ltd", rows: below(row{3, "Lamp", "Sum Ltd", 1, 50, 50}), lines: "2 3 4"},
		{name: "a tax guide", rows: below(row{nil, "Tax guide 2026", nil, nil, nil, 50}), lines: "2 3 4"},
		{name: "shipping as a line", rows: below(row{3, "Shipping", "Acme", 1, 50, 50}), lines: "2 3 4"},
		{name: "livraison as a line", rows: below(row{3, "Livraison", nil, 1, 50, 50}), lines: "2 3 4"},
		{name: "a supplier called Total", rows: below(row{3, "Fuel", "Total", 1, 50, 50}), lines: "2 3 4"},
		{name: "name plates", rows: below(nil, row{3, "Name plates", "Acme", 2, 5, 10}), lines: "2 3 5"},
		{name: "a balance", rows: below(row{3, "Balance", "Acme", 2, 5, 10}), lines: "2 3 4"},
		{name: "a discount code", rows: below(row{3, "Discount code SPRING", nil, 1, -20, -20}), lines: "2 3 4"},
		{name: "a line of the same amount as the sum", rows: below(row{3, "Shelf", "Acme", 1, 400, 400}), lines: "2 3 4"},
		// Sums.
		{name: "a subtotal", rows: below(row{nil, nil, nil, nil, "Subtotal", 400}), lines: "2 3"},
		{name: "un sous-total", rows: below(row{nil, nil, nil, nil, "Sous-total :", "400,00 $"}), lines: "2 3"},
		{name: "a label columns away", rows: below(row{"Total", nil, nil, nil, nil, 400}), lines: "2 3"},
		{name: "both languages", rows: below(row{nil, nil, nil, "Total avant taxe | Total before tax", nil, 400}), lines: "2 3"},
		{name: "a sum without a label", rows: below(row{nil, nil, nil, nil, nil, formulaOf{"SUM(F2:F3)", 400}}), lines: "2 3"},
		{name: "a typed sum without a label", rows: below(row{nil, nil, nil, nil, nil, 400}), lines: "2 3"},
		{name: "an amount that is no sum", rows: below(row{nil, nil, nil, nil, nil, 399}), lines: "2 3 4", codes: "not-a-line"},
		{name: "a sum that disagrees", rows: below(row{nil, nil, nil, nil, "Total", 410}), lines: "2 3", codes: "footer-mismatch"},
		{name: "a sum a cent off", rows: below(row{nil, nil, nil, nil, "Total", 400.01}), lines: "2 3"},
		{name: "a sum in words", rows: below(row{nil, nil, nil, nil, "Shipping", "incl."}), lines: "2 3", codes: "footer-unreadable"},
		{name: "a sum with an error", rows: below(row{nil, nil, nil, nil, "Total", formulaOf{"SUM(F2:F3)", errorOf("#VALUE!")}}), lines: "2 3", codes: "footer-unreadable"},
		{name: "a discount", rows: below(row{nil, nil, nil, nil, "Subtotal", 400}, row{nil, nil, nil, nil, "Less discount", -20}, row{nil, nil, nil, nil, "Total", 380}), lines: "2 3", codes: "footer-reduction"},
		{name: "un acompte", rows: below(row{nil, nil, nil, nil, "Acompte", 100}), lines: "2 3", codes: "footer-reduction"},
		{name: "no discount", rows: below(row{nil, nil, nil, nil, "Discount", 0}, row{nil, nil, nil, nil, "Total", 400}), lines: "2 3"},
		{name: "an empty freight", rows: below(row{nil, nil, nil, nil, "Subtotal", 400}, row{nil, nil, nil, nil, "Freight"}, row{nil, nil, nil, nil, "Total", 400}), lines: "2 3"},
		{name: "a tax rate beside the tax", rows: below(row{nil, nil, nil, nil, "Subtotal", 400}, row{nil, nil, nil, "HST", "13%", 52}, row{nil, nil, nil, nil, "Total", 452}), lines: "2 3"},
		{name: "figures that nobody named", rows: below(row{nil, nil, nil, nil, nil, formulaOf{"SUM(F2:F3)", 400}}, row{nil, nil, nil, nil, nil, formulaOf{"X1", 33}}, row{nil, nil, nil, nil, nil, formulaOf{"F4+F5", 433}}), lines: "2 3", codes: "footer-unnamed"},
		{name: "sums above blank rows", rows: below(nil, nil, row{nil, nil, nil, nil, "Total", 400}), lines: "2 3"},
		{name: "a section's subtotals", rows: []any{kindsHeader, kindsLine(1, "Chair", 100), row{nil, nil, nil, nil, "Subtotal A", 100}, kindsLine(2, "Desk", 300), row{nil, nil, nil, nil, "Subtotal B", 300}, row{nil, nil, nil, nil, "Total", 400}}, lines: "2 4"},
		{name: "a section's subtotal that disagrees", rows: []any{kindsHeader, kindsLine(1, "Chair", 100), row{nil, nil, nil, nil, "Subtotal A", 90}, kindsLine(2, "Desk", 300), row{nil, nil, nil, nil, "Total", 400}}, lines: "2 4", codes: "footer-mismatch"},
		// Headings, notes, and what goes on.
		{name: "a heading over all columns", rows: []any{kindsHeader, row{"Furniture"}, kindsLine(1, "Chair", 100)}, merge: []string{"A2:H2"}, lines: "3", left: "2 section"},
		{name: "a heading in the first column", rows: []any{kindsHeader, kindsLine(1, "Chair", 100), row{"Furniture"}, kindsLine(2, "Desk", 100)}, lines: "2 4", left: "3 section"},
		{name: "a heading in the title's column", rows: []any{kindsHeader, kindsLine(1, "Chair", 100), row{nil, "Furniture"}, kindsLine(2, "Desk", 100)}, lines: "2 3 4", codes: "perhaps-a-note"},
		{name: "the rest of a description", rows: below(row{nil, "(with arms, grey)"}), lines: "2 3", left: "4 continued"},
		{name: "la suite d’une description", rows: below(row{nil, "  couleur : gris"}), lines: "2 3", left: "4 continued"},
		{name: "a lazy title", rows: below(row{nil, "laptop"}), lines: "2 3 4", codes: "perhaps-a-note"},
		{name: "shipping with a price of its own", rows: below(row{nil, "Shipping", nil, nil, 30, 30}), lines: "2 3", left: ""},
		{name: "a line in words after a blank row", rows: below(nil, row{3, "Lamp", "Acme", "two", "see quote"}), lines: "2 3 5", codes: "not-a-number"},
		{name: "a line in words without a number", rows: below(nil, row{nil, "Lamp", "Acme", "two", "see quote"}), lines: "2 3 5", codes: "not-a-number"},
		{name: "a line in words after the total", rows: below(row{nil, nil, nil, nil, "Total", 400}, nil, row{3, "Lamp", "Acme", "two", "see quote"}), lines: "2 3 6", codes: "perhaps-a-note not-a-number"},
		{name: "a numbered line under notes", rows: below(nil, row{"Notes:", "Call first"}, row{3, "Lamp", nil, "two"}), lines: "2 3 6", left: "5 below-table", codes: "perhaps-a-note"},
		{name: "a librarian's signature", rows: below(row{nil, nil, nil, nil, "Total", 400}, nil, row{nil, nil, nil, "Librarian", nil, dateOf("2026-11-25")}), lines: "2 3", left: "6 below-table"},
		{name: "a note in a title", rows: below(row{nil, "Call Dana if out of stock"}), lines: "2 3 4", codes: "perhaps-a-note"},
		{name: "une note après un vide", rows: below(nil, row{nil, "Merci de livrer avant Noël"}), lines: "2 3 5", codes: "perhaps-a-note"},
		// What stands below.
		{name: "a signature", rows: below(nil, row{"Approved by:"}, row{"Signature", nil, nil, nil, nil, "Date"}), lines: "2 3", left: "5-6 below-table"},
		{name: "une signature", rows: below(nil, row{"Approuvé par :", "N. Fortier"}, row{"Signature", nil, nil, nil, nil, dateOf("2026-11-25")}), lines: "2 3", left: "5-6 below-table"},
		{name: "notes under the total", rows: below(row{nil, nil, nil, nil, "Total", 400}, nil, row{"Please call before delivery."}), lines: "2 3", left: "6 below-table"},
		{name: "three quotes", rows: below(row{nil, nil, nil, nil, "Total", 400}, nil, row{"Quotes received"}, row{"Date", "Supplier", "Contact", "Amount"}, row{dateOf("2026-11-10"), "Acme", "K. Lund", 400}, row{dateOf("2026-11-11"), "Oak Ltd.", "B. Ray", 450}), lines: "2 3", left: "6-9 below-table"},
		{name: "accounts under the total", rows: below(row{nil, nil, nil, nil, "Total", 400}, nil, row{"Fund", "Org", "Account", "Percent", "Share", "Amount"}, row{"205", "Roads", "53220", 0.6, 1, 240.0}, row{"205", "Parks", "53220", 0.4, 1, 160.0}), lines: "2 3", left: "6-8 below-table"},
		{name: "a line in another list", rows: below(row{nil, nil, nil, nil, "Total", 400}, nil, row{"Fund", "Org", "Account", "Percent", "Share", "Amount"}, kindsLine(3, "Lamp", 50)), lines: "2 3", left: "6-7 below-table", codes: "line-in-other-list"},
		{name: "a merged block", rows: below(nil, row{"Requested by", nil, "Pat", nil, "Date", dateOf("2026-11-25")}), merge: []string{"A5:B5", "C5:D5"}, lines: "2 3", left: "5 below-table"},
		{name: "the header again, on the next page", rows: below(row{nil, nil, nil, nil, "Total", 400}, nil, row{"Signature"}, kindsHeader, kindsLine(3, "Lamp", 50), row{nil, nil, nil, nil, "Total", 450}), lines: "2 3 8", left: "6 below-table"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := sheetOf("Requests", tt.rows...)
			merge(tt.merge...)(&s)
			f := mustRead(t, gridOf(s), Options{})
			checkTexts(t, f)
			var lines, returns []string
			for _, l := range f.Lines.All() {
				lines = append(lines, fmt.Sprint(l.Row))
			}
			for _, p := range f.AllProblems() {
				if p.Severity == request.ReturnSeverity && !slices.Contains(returns, p.Code) {
					returns = append(returns, p.Code)
				}
			}
			if got := strings.Join(lines, " "); got != tt.lines {
				t.Errorf("lines %s, want %s; left %s", got, tt.lines, leftRows(f))
			}
			if got := leftRows(f); got != tt.left {
				t.Errorf("left alone %q, want %q", got, tt.left)
			}
			if got := strings.Join(returns, " "); got != tt.codes {
				t.Errorf("sent back for %q, want %q", got, tt.codes)
			}
		})
	}
}

func leftRows(f *Form) string {
	var list []string
	for _, l := range f.LeftAlone {
		from, to, _ := strings.Cut(l.Cells, ":")
		_, first, _ := workbook.ParseRef(from)
		_, last, _ := workbook.ParseRef(to)
		if last > first {
			list = append(list, fmt.Sprintf("%d-%d %s", first, last, l.Why))
		} else {
			list = append(list, fmt.Sprintf("%d %s", first, l.Why))
		}
	}
	return strings.Join(list, ", ")
}
