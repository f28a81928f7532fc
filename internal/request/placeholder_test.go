package request

import "testing"

// Ordinary texts are looked at without allocating: a form has hundreds of thousands of them.
func TestOrdinaryTextIsLookedAtWithoutAllocating(t *testing.T) {
	texts := []struct {
		field Field
		text  string
	}{
		{Supplier, "Larkwater Office Ltd."}, {Supplier, "Éditions Boréa inc."}, {Title, "Folding chairs for room 12"}, {TitleOther, "Chaises pliantes pour la salle 12"},
		{Description, "Ten folding chairs, grey, as shown on the supplier’s page"}, {Justification, "The old ones are broken, and nobody repairs them."},
		{Rationale, "Le prix le plus bas sur trois soumissions"}, {SupplierID, "70000 0003 RT0001"}, {CostCentre, "110-4420"}, {Licence, "Apache-2.0"},
		{Repository, "https://github.com/tern-nav/stations"}, {AuthorizedBy, "gwen.morrow@btn-ltb.gc.ca"}, {NoField, "40 Tannery Lane, Port Hallam"},
	}
	for _, x := range texts {
		if got := PlaceholderIn(x.field, x.text); got != NoPlaceholder {
			t.Errorf("%s %q is a placeholder (%d)", x.field, x.text, got)
		}
		if n := testing.AllocsPerRun(100, func() { PlaceholderIn(x.field, x.text) }); n > 0 {
			t.Errorf("%s %q costs %v allocations", x.field, x.text, n)
		}
	}
}

// A note on a placeholder is for whoever is asked to fill in that cell, and for nobody else.
func TestAPlaceholderIsSaidWhereAFindingNamesItsCell(t *testing.T) {
	problems := []Problem{{Cell: "C2", Code: CodePlaceholder, Severity: NoteSeverity}, {Cell: "D2", Code: CodePlaceholder, Severity: NoteSeverity},
		{Cell: "E2", Code: "rounded", Severity: NoteSeverity}, {Cell: "F2", Code: CodePlaceholder, Severity: ReturnSeverity}}
	findings := []Finding{{Cells: []string{"C2"}}, {Cells: []string{"D2"}, ExemptedBy: "somebody"}}
	var cells string
	for _, p := range Said(problems, findings) {
		cells += p.Cell + " "
	}
	if cells != "C2 E2 F2 " {
		t.Errorf("said at %s", cells)
	}
	if len(problems) != 4 || problems[1].Cell != "D2" {
		t.Errorf("the problems themselves are changed: %v", problems)
	}
}

// What only looks like a licence's name draws no hint, and what people call one does.
func TestLicenceInWords(t *testing.T) {
	for s, want := range map[string]string{"MIT licence": "MIT", "The MIT License": "MIT", "licence MIT": "MIT", "Apache 2": "Apache-2.0", "Apache License, Version 2.0": "Apache-2.0",
		"GPLv3": "GPL-3.0-or-later", "GPL version 3": "GPL-3.0-or-later", "BSD 3-clause": "BSD-3-Clause", "Mozilla Public License 2.0": "MPL-2.0", "CC BY 4.0": "CC-BY-4.0",
		"MIT": "", "Apache-2.0": "", "GPL-3.0-or-later": "", "BSD-3-Clause": "", "Unlicense": "", "1 licence": "", "(MIT OR Apache-2.0)": "", "X11": ""} {
		if id, _, _ := LicenceInWords(s); id != want {
			t.Errorf("LicenceInWords(%q) = %q, want %q", s, id, want)
		}
	}
}
