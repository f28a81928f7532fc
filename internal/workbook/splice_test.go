package workbook

import (
	"context"
	"strings"
	"testing"
)

// spliced annotates the first sheet with two marks and a comment on A2 and B2.
func spliced(t *testing.T, data []byte, change func(*Annotation)) *Book {
	t.Helper()
	k := mustOpen(t, data)
	a := Annotation{HeaderRow: 1, Column: 3, Headers: [3]string{"Result", "Why", "Reference"}, Report: sampleReport(),
		Marks:    []Mark{{Row: 2, Kind: ApprovedMark, Result: "Approved", Why: "-", Reference: "1"}, {Row: 3, Kind: ReturnedMark, Result: "Returned", Why: "No total.\nNo supplier.", Reference: "2"}},
		Comments: []Comment{{"A2", "Ours on hers."}, {"B2", "Ours alone."}}}
	if change != nil {
		change(&a)
	}
	out, err := annotateBytes(k, a)
	if err != nil {
		t.Fatal(err)
	}
	checkAnnotated(t, t.Name(), data, out, a)
	return mustOpen(t, out)
}

func partText(t *testing.T, k *Book, name string) string {
	t.Helper()
	b, err := k.a.read(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const twoColumns = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row><row r="3"><c r="A3"><v>3</v></c></row>`

// A form of one line has no table: the three answers stand as label and value, beside what is there.
func TestFormOfOneLineGetsLabelsAndValues(t *testing.T) {
	k := spliced(t, book(t, twoColumns), func(a *Annotation) { a.HeaderRow, a.Marks = 0, a.Marks[1:] })
	cells, err := cellsOf(k, 0)
	if err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]string{"A1": "one", "D1": "Result", "E1": "◄ Returned", "D2": "Why", "E2": "No total.\nNo supplier.", "D3": "Reference"} {
		if cells[ref].value != want {
			t.Errorf("%s is %q, want %q", ref, cells[ref].value, want)
		}
	}
}

// Comments that came with the workbook stay; ours join them, and go again when the workbook comes back.
func TestExistingCommentsAreKeptAndOursReplaced(t *testing.T) {
	const hers = `<comments xmlns="` + mainNS + `"><authors><author>Ann</author></authors><commentList><comment ref="A2" authorId="0"><text><r><t>hers</t></r></text></comment>` +
		`<comment ref="A3" authorId="0"><text><t>also hers</t></text></comment></commentList></comments>`
	rels := `<Relationships xmlns="` + packageNS + `"><Relationship Id="rId1" Type="` + relNS + `/comments" Target="../comments1.xml"/><Relationship Id="rId2" Type="` + relNS + `/vmlDrawing" Target="../drawings/vmlDrawing1.vml"/></Relationships>`
	sheet := strings.Replace(rowsXML(twoColumns), "</worksheet>", `<legacyDrawing r:id="rId2"/></worksheet>`, 1)
	data := pack(t, with(bookParts(sheet), part{"xl/comments1.xml", hers}, part{"xl/worksheets/_rels/sheet1.xml.rels", rels},
		part{"xl/drawings/vmlDrawing1.vml", vmlHead + noteType + string(appendNote(nil, 1025, Comment{"A2", "hers"}, "")) + string(appendNote(nil, 1026, Comment{"A3", "also hers"}, "")) + "</xml>"})...)
	for round := range 3 {
		k := spliced(t, data, func(a *Annotation) {
			a.Replace = round > 0
			if round == 2 {
				a.Comments = nil
			}
		})
		text, shapes := partText(t, k, "xl/comments1.xml"), strings.Count(partText(t, k, "xl/drawings/vmlDrawing1.vml"), "<v:shape ")
		ours, alone, want := strings.Count(text, "Ours on hers."), strings.Count(text, "Ours alone."), 1
		if round == 2 {
			want = 0
		}
		if ours != want || alone != want || strings.Count(text, ">hers<") != 1 || strings.Count(text, ">also hers<") != 1 || shapes != 2+want {
			t.Errorf("round %d: %d and %d of ours, %d shapes in\n%s", round, ours, alone, shapes, text)
		}
		if legacy := strings.Count(partText(t, k, "xl/worksheets/sheet1.xml"), "legacyDrawing "); legacy != 1 {
			t.Errorf("round %d: %d legacy drawings", round, legacy)
		}
		data = k.a.data
	}
}

// Excel calls a calculation chain that names a cell without a formula damage, and makes a new one where there is none.
func TestCalculationChainGoesOnlyWithItsFormulas(t *testing.T) {
	rows := strings.Replace(twoColumns, `</c></row><row r="3">`, `</c><c r="C2"><f>A2+B2</f><v>3</v></c></row><row r="3">`, 1)
	build := func() []part {
		parts := bookParts(rowsXML(rows))
		parts[0].text = strings.Replace(parts[0].text, "</Types>", `<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/></Types>`, 1)
		parts[3].text = strings.Replace(parts[3].text, "</Relationships>", `<Relationship Id="rId9" Type="`+relNS+`/calcChain" Target="calcChain.xml"/></Relationships>`, 1)
		return append(parts, part{"xl/calcChain.xml", `<calcChain xmlns="` + mainNS + `"><c r="C2" i="1"/></calcChain>`})
	}
	kept := spliced(t, pack(t, build()...), func(a *Annotation) { a.Column = 4 })
	if !kept.a.has("xl/calcChain.xml") {
		t.Error("the chain went although its formula stayed")
	}
	k := mustOpen(t, pack(t, build()...))
	out, err := annotateBytes(k, Annotation{HeaderRow: 1, Column: 3, Replace: true, Headers: [3]string{"a", "b", "c"}, Marks: []Mark{{Row: 2, Kind: NoteMark, Result: "x"}}, Report: sampleReport()})
	if err != nil {
		t.Fatal(err)
	}
	gone := mustOpen(t, out)
	if gone.a.has("xl/calcChain.xml") || strings.Contains(partText(t, gone, contentTypesPart)+partText(t, gone, "xl/_rels/workbook.xml.rels"), "calcChain") {
		t.Error("the chain stayed although its formula went")
	}
}

// Protection, tables, filters and validations stand as they came.
func TestProtectedSheetWithTableAndFilterIsKept(t *testing.T) {
	around := `<sheetProtection sheet="1" password="CC1A"/><autoFilter ref="A1:B3"/><dataValidations count="1"><dataValidation type="list" sqref="A2:A3"><formula1>"a,b"</formula1></dataValidation></dataValidations>` +
		`<pageSetup orientation="landscape"/><tableParts count="1"><tablePart r:id="rId1"/></tableParts>`
	data := pack(t, with(bookParts(strings.Replace(rowsXML(twoColumns), "</worksheet>", around+"</worksheet>", 1)),
		part{"xl/tables/table1.xml", `<table xmlns="` + mainNS + `" id="1" name="T" displayName="T" ref="A1:B3" totalsRowCount="1"><autoFilter ref="A1:B2"/><tableColumns count="2"><tableColumn id="1" name="one"/><tableColumn id="2" name="two"/></tableColumns></table>`},
		part{"xl/worksheets/_rels/sheet1.xml.rels", `<Relationships xmlns="` + packageNS + `"><Relationship Id="rId1" Type="` + relNS + `/table" Target="../tables/table1.xml"/></Relationships>`})...)
	k := spliced(t, data, nil)
	l, err := k.Layout(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if !l.Protected || l.Filter.String() != "A1:B3" || len(l.Tables) != 1 || l.Tables[0].Range.String() != "A1:B3" || !l.Tables[0].TotalRow {
		t.Errorf("%+v", l)
	}
	sheet := partText(t, k, "xl/worksheets/sheet1.xml")
	before, after, found := strings.Cut(sheet, "<legacyDrawing")
	if !found || !strings.Contains(before, `<pageSetup orientation="landscape"/>`) || !strings.Contains(after, "<tableParts") {
		t.Errorf("the drawing of the comments stands in the wrong place:\n%s", sheet)
	}
	if !strings.Contains(sheet, `<sheetProtection sheet="1" password="CC1A"/><autoFilter ref="A1:B3"/><dataValidations`) {
		t.Errorf("what stands around the rows changed:\n%s", sheet)
	}
}

func TestMacrosAreKept(t *testing.T) {
	parts := bookParts(rowsXML(twoColumns))
	parts[0].text = strings.Replace(parts[0].text, "spreadsheetml.sheet.main+xml", "ms-excel.sheet.macroEnabled.main+xml", 1)
	parts[3].text = strings.Replace(parts[3].text, "</Relationships>", `<Relationship Id="rId9" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/></Relationships>`, 1)
	k := spliced(t, pack(t, append(parts, part{"xl/vbaProject.bin", "\xd0\xcf macros"})...), nil)
	if !k.Macros() || k.Extension() != ".xlsm" || partText(t, k, "xl/vbaProject.bin") != "\xd0\xcf macros" {
		t.Errorf("macros %v, extension %s", k.Macros(), k.Extension())
	}
	if plain := mustOpen(t, book(t, twoColumns)); plain.Macros() || plain.Extension() != ".xlsx" || plain.Signed() {
		t.Error("a plain workbook has macros or a signature")
	}
}

func TestSignedWorkbookIsNoted(t *testing.T) {
	if k := mustOpen(t, book(t, twoColumns, part{"_xmlsignatures/sig1.xml", "<Signature/>"})); !k.Signed() {
		t.Error("the signature is not seen")
	}
}

// Each way of writing the part comes back in its own way, and reads as before with our cells.
func TestOtherWaysOfWritingAreSpliced(t *testing.T) {
	for name, data := range map[string][]byte{
		"prefixed": pack(t, bookParts(prefixed(rowsXML(twoColumns)))...),
		"UTF-16":   pack(t, bookParts(utf16LE(`<?xml version="1.0" encoding="UTF-16"?>`+rowsXML(twoColumns)))...),
		"strict":   pack(t, strictParts(rowsXML(twoColumns))...),
		"comments": book(t, "<!-- a -->"+strings.ReplaceAll(twoColumns, "<row", "<!-- </row> --><row")),
		"no r":     book(t, `<row><c t="s"><v>0</v></c><c><v>1</v></c></row><row><c><v>2</v></c></row><row/>`),
	} {
		k := spliced(t, data, nil)
		cells, err := cellsOf(k, 0)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if cells["C1"].value != "Result" || cells["C2"].value != "✔ Approved" || cells["D3"].value != "No total.\nNo supplier." {
			t.Errorf("%s: %+v", name, cells)
		}
		if name == "strict" && strings.Contains(partText(t, k, "xl/worksheets/handrail1.xml"), mainNS) {
			t.Error("a strict workbook gained a transitional sheet")
		}
	}
}

// A state that no version of Excel writes hides nothing, and an old tab of macro code has no part and no cells.
func TestOddTabsAreNoDamage(t *testing.T) {
	k := mustOpen(t, book(t, twoColumns, part{"xl/workbook.xml", `<workbook ` + mainTag + `><sheets><sheet name="A" sheetId="1" state="show" r:id="rId1"/><sheet name="Module" sheetId="2" r:id=""/></sheets></workbook>`}))
	s := k.Sheets()
	if s[0].State != Visible || s[1].Kind != "module" {
		t.Errorf("%+v", s)
	}
	if err := k.Rows(context.Background(), 1, func(*Row) error { t.Error("a row"); return nil }); err != nil {
		t.Error(err)
	}
	_, err := Open(context.Background(), book(t, twoColumns, part{"xl/workbook.xml", `<workbook ` + mainTag + `><sheets><sheet name="A" sheetId="1" r:id="rId7"/></sheets></workbook>`}), DefaultBounds())
	wantError(t, err, Damaged)
}

// Rows are found by their bytes where every tag called row is one, and ends as programs write it; anything else goes through
// the scanner, so that our cells stand in the rows they speak of.
func TestOurCellsFindTheirRowsAmongOddTags(t *testing.T) {
	for name, rows := range map[string]string{
		"spaces in end tags":     strings.ReplaceAll(twoColumns, "</row>", "</row >"),
		"one of three spaced":    strings.Replace(twoColumns, "</row>", "</row\n>", 1),
		"a row in a cell":        strings.Replace(twoColumns, `<c r="B2">`, `<c r="B2"><row r="7"></row>`, 1),
		"a row in a rich text":   strings.Replace(twoColumns, `<c r="B2">`, `<c r="B2" t="inlineStr"><is><r><rPr><row></row></rPr><t>x</t></r></is></c><c r="C2">`, 1),
		"a stranger's row":       strings.Replace(twoColumns, `<v>1</v></c><c r="B2">`, `<v>1</v><x xmlns="urn:x"><row></row></x></c><c r="B2">`, 1),
		"a stranger beside rows": strings.Replace(twoColumns, `<row r="3">`, `<x xmlns="urn:x"><row r="3"></row></x><row r="3">`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			k := spliced(t, book(t, rows), func(a *Annotation) { a.Column = 4 })
			cells, err := cellsOf(k, 0)
			if err != nil {
				t.Fatal(err)
			}
			for ref, want := range map[string]string{"D1": "Result", "D2": "✔ Approved", "F2": "1", "D3": "◄ Returned", "F3": "2"} {
				if cells[ref].value != want {
					t.Errorf("%s is %q, want %q", ref, cells[ref].value, want)
				}
			}
		})
	}
}

// A sheet that is used to its right edge gets our columns where three are free, beside the table when only a stray value
// stands at the edge, and none when there is no such place. It is given back in any case.
func TestSheetsUsedToTheirRightEdgeAreGivenBack(t *testing.T) {
	var full strings.Builder
	for c := range maxCols {
		full.WriteString(`<c r="` + Ref(c+1, 1) + `"><v>1</v></c>`)
	}
	for name, c := range map[string]struct{ rows, result string }{
		"a stray value": {strings.Replace(twoColumns, `<c r="B2"><v>2</v></c>`, `<c r="B2"><v>2</v></c><c r="XFD2"><v>1</v></c>`, 1), "C1"},
		"full":          {`<row r="1">` + full.String() + `</row><row r="2"><c r="A2"><v>1</v></c></row>`, ""},
	} {
		for _, oneLine := range []bool{false, true} {
			k := spliced(t, book(t, c.rows), func(a *Annotation) {
				a.Column = maxCols + 1
				if oneLine {
					a.HeaderRow, a.Marks = 0, a.Marks[:1]
				}
			})
			cells, err := cellsOf(k, 0)
			if err != nil {
				t.Fatal(err)
			}
			if got := cells[c.result].value; c.result != "" && got != "Result" {
				t.Errorf("%s, one line %v: %s is %q", name, oneLine, c.result, got)
			}
			if len(k.Sheets()) != 2 || !strings.Contains(partText(t, k, "xl/comments1.xml"), "Ours alone.") {
				t.Errorf("%s, one line %v: the report or a comment is missing", name, oneLine)
			}
		}
	}
}

// The schema asks for rows; a sheet without them has no cells to speak of, and stays as it came beside our report.
func TestSheetWithoutRowsStaysAsItCame(t *testing.T) {
	for _, sheet := range []string{`<worksheet ` + mainTag + `/>`, `<worksheet ` + mainTag + `><cols><col min="1" max="3" width="9"/></cols><pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/></worksheet>`} {
		k := mustOpen(t, pack(t, bookParts(sheet)...))
		out, err := annotateBytes(k, Annotation{HeaderRow: 1, Column: 3, Headers: [3]string{"a", "b", "c"}, Report: sampleReport(), Comments: []Comment{{"A2", "x"}}})
		if err != nil {
			t.Fatal(err)
		}
		if back := mustOpen(t, out); partText(t, back, sheetPart) != sheet || len(back.Sheets()) != 2 {
			t.Errorf("%s became %s", sheet, partText(t, back, sheetPart))
		}
	}
}
