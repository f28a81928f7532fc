package forms

import (
	"fmt"
	"strings"
	"testing"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// boxLayout is a form with boxes above a table, and what one of them must say.
type boxLayout struct {
	name  string
	rows  []any
	merge string // "A1:B1 C1:D1"
	field string // what is asked; "cost_centre" when empty
	want  string // "": empty; "!CODE": a problem
	trap  bool   // what stands there tempts a reader
}

func right(label, v any) []any { return []any{row{label, v}} }

// boxLayouts are the places in which departments' forms have labels and values. Aliases: supplier = Vendor, cost_centre =
// Fund centre, needed_by = Date needed.
func boxLayouts() []boxLayout {
	others := []any{row{"Requester", "Pat"}, row{"Email", "pat@dept.example"}}
	with := func(more ...any) []any { return append(append([]any{}, others...), more...) }
	return []boxLayout{
		// How a label is written.
		{name: "plain", rows: right("Fund centre", "C-1"), want: "C-1"},
		{name: "colon", rows: right("Fund centre:", "C-1"), want: "C-1"},
		{name: "French colon", rows: right("Centre de coûts\u00a0:", "C-1"), want: "C-1"},
		{name: "asterisk", rows: right("Fund centre *", "C-1"), want: "C-1"},
		{name: "required", rows: right("Fund centre (required)", "C-1"), want: "C-1"},
		{name: "obligatoire", rows: right("Centre de coûts (obligatoire)", "C-1"), want: "C-1"},
		{name: "number", rows: right("3. Fund centre", "C-1"), want: "C-1"},
		{name: "number with bracket", rows: right("3) Centre de coûts", "C-1"), want: "C-1"},
		{name: "number of a section", rows: right("2.1 Fund centre", "C-1"), want: "C-1"},
		{name: "letter", rows: right("b) Fund centre", "C-1"), want: "C-1"},
		{name: "help in brackets", rows: right("Vendor (as on the invoice)", "Acme"), field: "supplier", want: "Acme"},
		{name: "help on the second line", rows: right("Vendor\n(legal name)", "Acme"), field: "supplier", want: "Acme"},
		{name: "French help on the second line", rows: right("Fournisseur\ncomme sur la facture", "Acme"), field: "supplier", want: "Acme"},
		{name: "pipe", rows: right("Centre de coûts | Cost centre", "C-1"), want: "C-1"},
		{name: "slash", rows: right("Cost centre / Centre de coûts", "C-1"), want: "C-1"},
		{name: "two lines", rows: right("Cost centre\nCentre de coûts", "C-1"), want: "C-1"},
		{name: "date format in brackets", rows: right("Date needed (YYYY-MM-DD)", dateOf("2026-12-01")), field: "needed_by", want: "2026-12-01"},
		{name: "brackets that ask for something else", rows: right("Vendor (contact)", "Ann"), field: "supplier", want: "", trap: true},
		{name: "brackets that change the amount", rows: right("Total (before tax)", 90), field: "total", want: "", trap: true},
		{name: "second line that asks for something else", rows: right("Vendor\nphone", "555"), field: "supplier", want: "", trap: true},
		{name: "a word that begins with a digit", rows: right("3D Supplier", "Acme"), field: "supplier", want: "", trap: true},
		{name: "two labels that mean two things", rows: right("Cost centre / Supplier", "C-1"), want: "", trap: true},

		// The value in the label's own cell.
		{name: "behind the colon", rows: []any{row{"Fund centre: C-1"}}, want: "C-1"},
		{name: "behind a French colon", rows: []any{row{"Fournisseur : Y Inc."}}, field: "supplier", want: "Y Inc."},
		{name: "behind the colon, bilingual", rows: []any{row{"Cost centre / Centre de coûts: C-1"}}, want: "C-1"},
		{name: "behind the colon with a neighbour", rows: []any{row{"Fund centre: C-1", "Room 5"}}, want: "C-1"},
		{name: "a date behind the colon", rows: []any{row{"Date needed: 2026-12-01"}}, field: "needed_by", want: "2026-12-01"},
		{name: "a line to write on", rows: []any{row{"Fund centre: ______"}}, want: "", trap: true},
		{name: "a line to write on, value at the right", rows: []any{row{"Fund centre: ______", "C-1"}}, want: "C-1"},
		{name: "dots to write on", rows: []any{row{"Centre de coûts : ………"}}, want: "", trap: true},
		{name: "help behind the colon", rows: []any{row{"Fund centre: (required)", "C-1"}}, want: "C-1", trap: true},
		{name: "prose behind the colon", rows: []any{row{"Vendor: choose one that has a contract with the department."}}, field: "supplier", want: "", trap: true},
		{name: "prose behind the colon of a choice", rows: []any{row{"Payment: the supplier is paid thirty days after the invoice came"}}, field: "payment", want: "", trap: true},
		{name: "an example in one cell", rows: []any{row{"Supplier: Example Co. · Cost centre: 000 · Needed by: 2026-01-31"}}, field: "supplier", want: "", trap: true},
		{name: "both languages with colons", rows: right("Cost centre: / Centre de coûts :", "C-1"), want: "C-1"},

		{name: "several labels in one cell", rows: []any{row{"Requester: Anne Roy\nFund centre: C-1\nPhone:"}}, want: "", trap: true},
		{name: "several known labels in one cell", rows: []any{row{"Requester: Anne Roy\nFund centre: C-1\nBranch:"}}, want: "C-1"},
		{name: "brackets that ask for an address", rows: right("Vendor (e-mail)", "a@acme.example"), field: "supplier", want: "", trap: true},
		{name: "brackets of an address", rows: right("Cardholder (e-mail)", "a@dept.example"), field: "cardholder", want: "a@dept.example"},

		// At the right.
		{name: "right of a merged label", rows: []any{row{"Fund centre", nil, nil, "C-1"}}, merge: "A1:C1", want: "C-1"},
		{name: "in a merged box", rows: with(row{"Fund centre", "C-1"}), merge: "B3:D3", want: "C-1"},
		{name: "over a gap, alone", rows: []any{row{"Fund centre", nil, "C-1"}}, want: "C-1"},
		{name: "over a gap, as the others", rows: []any{row{"Requester", nil, "Pat"}, row{"Email", nil, "p@d.example"}, row{"Fund centre", nil, "C-1"}}, want: "C-1"},
		{name: "over a gap in a merged box", rows: with(row{"Fund centre", nil, "C-1"}), merge: "C3:E3", want: "C-1"},
		{name: "an empty merged box before a note", rows: with(row{"Fund centre", nil, nil, "How to"}), merge: "B3:C3", want: "", trap: true},
		{name: "une case fusionnée vide avant une remarque", rows: with(row{"Centre de coûts", nil, nil, "Aide"}), merge: "B3:C3", want: "", trap: true},
		{name: "an empty box before a panel", rows: []any{row{"Requester", "Pat"}, row{"Fund centre", nil, nil, "How to"}, row{"Email", "p@d.example"}}, merge: "D2:E9", want: "", trap: true},
		{name: "a date over a gap", rows: with(row{"Date needed", nil, dateOf("2026-12-01")}), field: "needed_by", want: "2026-12-01"},
		{name: "a panel over a gap", rows: with(row{"Fund centre", nil, "How to fill this in"}), want: "", trap: true},
		{name: "a note over a gap", rows: with(row{"Fund centre", nil, "(see the list of fund centres)"}), want: "", trap: true},
		{name: "an unknown label with a colon next", rows: with(row{"Fund centre", "Phone:", "555"}), want: "", trap: true},
		{name: "a known label next", rows: with(row{"Fund centre", "Branch", "Parks"}), want: "", trap: true},
		{name: "a known label over the gap", rows: with(row{"Fund centre", nil, "Branch", "Parks"}), want: "", trap: true},
		{name: "a number", rows: right("Fund centre", 4711), want: "4711"},
		{name: "two boxes in a row", rows: []any{row{"Requester", "Pat", "Fund centre", "C-1"}}, want: "C-1"},
		{name: "two boxes in a row, the first empty", rows: []any{row{"Fund centre", nil, "Branch", "Parks"}}, want: "", trap: true},

		// Below.
		{name: "below, alone", rows: []any{row{"Fund centre"}, row{"C-1"}}, want: "C-1"},
		{name: "across", rows: []any{row{"Requester", "Fund centre", "Branch"}, row{"Pat", "C-1", "Parks"}}, want: "C-1"},
		{name: "across with merged cells", rows: []any{row{"Requester", nil, "Fund centre", nil}, row{"Pat", nil, "C-1", nil}}, merge: "A1:B1 C1:D1 A2:B2 C2:D2", want: "C-1"},
		{name: "across with an empty box", rows: []any{row{"Requester", "Fund centre", "Branch"}, row{"Pat", nil, "Parks"}}, want: "", trap: true},
		{name: "below while others are at the right", rows: []any{row{"Requester", "Pat", nil, "Fund centre"}, row{"Email", "p@d.example", nil, "C-1"}}, want: "C-1"},
		{name: "below in a merged box, in a column of boxes at the right", rows: with(row{"Vendor"}, row{"Acme"}), merge: "A4:C4", field: "supplier", want: "Acme"},
		{name: "below, wider than its label", rows: []any{row{"Vendor"}, row{"Acme"}}, merge: "A2:D2", field: "supplier", want: "Acme"},
		{name: "a date below in a column of boxes at the right", rows: with(row{"Date needed"}, row{dateOf("2026-12-01")}), field: "needed_by", want: "2026-12-01"},
		{name: "label of two rows, value below", rows: []any{row{"Fund centre"}, nil, row{"C-1"}}, merge: "A1:A2", want: "C-1"},
		{name: "label of two rows, value at the right", rows: []any{row{"Fund centre", "C-1"}, row{nil, "x"}}, merge: "A1:A2", want: "C-1"},
		{name: "an empty box over a note", rows: with(row{"Fund centre"}, row{"Complete one form for each purchase."}), want: "", trap: true},
		{name: "an empty box over words", rows: with(row{"Fund centre"}, row{"Parks and Trails"}), want: "", trap: true},
		{name: "an empty box over the next label", rows: with(row{"Fund centre"}, row{"Branch", "Parks"}), want: "", trap: true},
		{name: "an empty box over an unknown label", rows: with(row{"Fund centre"}, row{"Phone:", "555"}), want: "", trap: true},
		{name: "an empty box over a sentence", rows: []any{row{"Requester", "Pat", nil, "Fund centre"}, row{"Email", "p@d.example", nil, "Ask finance for the number of your centre."}}, want: "", trap: true},
		{name: "an empty merged box over words", rows: []any{row{"Requester", "Pat", nil, "Fund centre"}, row{"Email", "p@d.example", nil, "Parks"}}, merge: "E1:F1", want: "", trap: true},
		{name: "the value of the box at its left", rows: []any{row{nil, "Fund centre"}, row{"Requester", "Pat"}, row{"Branch", "Parks"}}, want: "", trap: true},
		{name: "the header under it", rows: []any{row{"Fund centre"}}, want: "", trap: true},
		{name: "a small table of several rows", rows: []any{row{"Fund centre", "GL account", "Branch"}, row{"C-1", "51", "Parks"}, row{"C-2", "51", "Roads"}}, want: "", trap: true},

		// Check boxes.
		{name: "boxes in one cell", rows: right("Commodity type", "☐ Goods ☒ Services ☐ Construction"), field: "commodity", want: "services"},
		{name: "boxes behind the words", rows: right("Commodity type", "Goods ☐  Services ☑  Construction ☐"), field: "commodity", want: "services"},
		{name: "typed boxes", rows: right("Type de produit", "[ ] biens [x] services"), field: "commodity", want: "services"},
		{name: "round brackets", rows: right("Remote work", "( ) Yes  (X) No"), field: "remote", want: "no"},
		{name: "boxes behind the label's colon", rows: []any{row{"Commodity type: ☐ Goods ☒ Services"}}, field: "commodity", want: "services"},
		{name: "yes and no", rows: right("Travail à distance", "☒ Oui ☐ Non"), field: "remote", want: "yes"},
		{name: "a sign and its word in two cells", rows: []any{row{"Commodity type", "☐", "Goods", "☒", "Services"}}, field: "commodity", want: "services"},
		{name: "cells of sign and word", rows: []any{row{"Commodity type", "☐ Goods", "☒ Services"}}, field: "commodity", want: "services"},
		{name: "an X before a word", rows: []any{row{"Commodity type", nil, "Goods", "X", "Services"}}, field: "commodity", want: "services"},
		{name: "an X behind a word", rows: []any{row{"Commodity type", "Goods", "X", "Services"}}, field: "commodity", want: "goods", trap: true},
		{name: "a tick behind yes", rows: []any{row{"Remote work", "YES", "✓", "NO"}}, field: "remote", want: "yes"},
		{name: "linked cells", rows: []any{row{"Commodity type", false, "Goods", true, "Services"}}, field: "commodity", want: "services"},
		{name: "boxes under each other", rows: []any{row{"Commodity type", "☐ Goods"}, row{nil, "☒ Services"}, row{nil, "☐ Construction"}}, field: "commodity", want: "services"},
		{name: "boxes under the label", rows: []any{row{"Commodity type"}, row{"☐", "Goods"}, row{"☒", "Services"}}, field: "commodity", want: "services"},
		{name: "none ticked", rows: right("Commodity type", "☐ Goods ☐ Services"), field: "commodity", want: "", trap: true},
		{name: "none ticked in cells", rows: []any{row{"Commodity type", "☐", "Goods", "☐", "Services"}}, field: "commodity", want: "", trap: true},
		{name: "two ticked", rows: right("Commodity type", "☒ Goods ☒ Services"), field: "commodity", want: "!several-ticked", trap: true},
		{name: "two ticked in cells", rows: []any{row{"Commodity type", "☒", "Goods", "☒", "Services"}}, field: "commodity", want: "!several-ticked", trap: true},
		{name: "the box of another question", rows: []any{row{"Commodity type", "☒", "Goods", "☐", "Services", "Remote work", "☒", "Yes", "☐", "No"}}, field: "commodity", want: "goods", trap: true},
		{name: "the second question of a row", rows: []any{row{"Commodity type", "☒", "Goods", "☐", "Services", "Remote work", "☐", "Yes", "☒", "No"}}, field: "remote", want: "no", trap: true},
		{name: "a box alone", rows: right("Remote work", "☒"), field: "remote", want: "yes"},
		{name: "a box alone, not ticked", rows: right("Remote work", "☐"), field: "remote", want: "", trap: true},
		{name: "an answer that is none", rows: right("Commodity type", "☒ Other ☐ Goods"), field: "commodity", want: "!unknown-choice", trap: true},
	}
}

var boxAliases = map[request.Field][]string{request.Supplier: {"Vendor"}, request.CostCentre: {"Fund centre"}, request.NeededBy: {"Date needed"}}

// Every box has its value where a person would look for it, and an empty one has none.
func TestABoxsValueIsWhereAPersonLooksForIt(t *testing.T) {
	layouts := boxLayouts()
	traps, good := 0, 0
	for _, l := range layouts {
		if l.trap {
			traps++
		}
		if got := readBoxLayout(t, l); got != l.want {
			t.Errorf("%s: %q, want %q", l.name, got, l.want)
		} else {
			good++
		}
	}
	fmt.Printf("box layouts: %d of %d right, %d of them traps\n", good, len(layouts), traps)
}

func readBoxLayout(t *testing.T, l boxLayout) string {
	t.Helper()
	rows := append(append([]any{}, l.rows...), row{"Title", "Description", "Subtotal", "Tax", "Quantity", "Unit price"}, row{"A", "B", 10, 1, 1, 10})
	sheet := sheetOf("Form", rows...)
	for _, ref := range strings.Fields(l.merge) {
		sheet.layout.Merged = append(sheet.layout.Merged, rangeOf(t, ref))
	}
	f := mustRead(t, gridOf(sheet), Options{Aliases: boxAliases})
	checkTexts(t, f)
	field, ok := request.FieldByName(strings.TrimSpace(l.field + map[bool]string{true: "cost_centre"}[l.field == ""]))
	if !ok || f.Lines.Len() != 1 {
		t.Fatalf("%s: field %q, %d lines", l.name, l.field, f.Lines.Len())
	}
	line := lineOf(f, 0)
	v := &line.Values[field]
	if field == request.Total && !strings.HasPrefix(v.Text, "90") {
		return "" // derived
	}
	if v.Faulty {
		for _, p := range line.Problems {
			if p.Cell == v.Cell && p.Severity == request.ReturnSeverity {
				return "!" + p.Code
			}
		}
	}
	return v.Text
}

func rangeOf(t *testing.T, ref string) workbook.Range {
	t.Helper()
	from, to, _ := strings.Cut(ref, ":")
	c1, r1, ok1 := workbook.ParseRef(from)
	c2, r2, ok2 := workbook.ParseRef(to)
	if !ok1 || !ok2 {
		t.Fatalf("range %q", ref)
	}
	return workbook.Range{FirstCol: c1, FirstRow: r1, LastCol: c2, LastRow: r2}
}

// A form of one line reads the same: values below, over gaps, behind colons, and check boxes.
func TestAFormOfOneLineHasItsBoxesAnywhere(t *testing.T) {
	f := mustRead(t, gridOf(sheetOf("Form",
		row{"Requester: Anne Roy", nil, nil, "2. Fund centre *", "C-1"}, row{"Email", "anne@dept.example"},
		row{"What to buy"}, nil,
		row{"Title (required)", nil, nil, "Vendor (legal name)"}, row{"Audit", nil, nil, "Acme"}, nil,
		row{"Commodity type", "☐", "Goods", "☒", "Services"}, row{"Subtotal ($)", 100}, row{"Tax", 13}, row{"Total", 113},
		row{"Remote work", "☐ Yes ☐ No"})), Options{Aliases: boxAliases})
	wantCodes(t, f)
	for field, want := range map[request.Field]string{request.Title: "Audit", request.Supplier: "Acme", request.CostCentre: "C-1", request.Commodity: "services",
		request.Total: "113.00", request.Remote: ""} {
		wantText(t, f, 0, field, want)
	}
	if f.Origin.Name != "Anne Roy" || f.Origin.Email != "anne@dept.example" {
		t.Errorf("origin %+v", f.Origin)
	}
}

func TestTwoTicksNameBoth(t *testing.T) {
	f := readRows(t, row{"Commodity type", "☒ Goods ☒ Services"}, row{"Title", "Supplier", "Subtotal", "Tax"}, row{"A", "Acme", 10, 1})
	var said request.Text
	for _, p := range lineOf(f, 0).Problems {
		if p.Code == "several-ticked" {
			said = p.Message
		}
	}
	if said.EN != "Commodity type (B1): “Goods” and “Services” are both ticked. Leave only one ticked." ||
		said.FR != "Type de produit (B1)\u00a0: les cases «\u00a0Goods\u00a0» et «\u00a0Services\u00a0» sont cochées. N’en laissez qu’une cochée." {
		t.Errorf("%q / %q", said.EN, said.FR)
	}
}
