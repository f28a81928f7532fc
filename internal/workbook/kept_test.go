package workbook

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var anyRef = regexp.MustCompile(` ref="[A-Z0-9:]*"`)

// asides are the elements of a worksheet that stand beside its rows, byte for byte, but for those that annotating edits.
func asides(t *testing.T, k *Book, part string) []string {
	t.Helper()
	e, s, err := k.document(context.Background(), part)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	var from int64
	edited := false
	for s.kind != eofToken {
		if err := s.next(); err != nil {
			t.Fatal(err)
		}
		switch {
		case s.kind == startToken && s.depth == 2:
			from = s.at
			edited = s.is("sheetData") || s.is("cols") || s.is("dimension") || s.is("legacyDrawing")
		case s.kind == endToken && s.depth == 1 && !edited:
			text := string(e.part[from:s.after])
			if s.is("autoFilter") { // it grows with our columns
				text = anyRef.ReplaceAllString(text, "")
			}
			list = append(list, text)
		}
	}
	return list
}

// checkAsides holds that what stands beside the rows of a sheet stands there again, in its order, to the byte.
func checkAsides(t *testing.T, name string, before, after *Book, part string) {
	t.Helper()
	if f := before.fileOf(part); f.UncompressedSize64 > 4<<20 {
		return
	}
	was, is := asides(t, before, part), asides(t, after, part)
	if len(was) != len(is) {
		t.Errorf("%s: %d elements beside the rows became %d", name, len(was), len(is))
		return
	}
	for i := range was {
		if was[i] != is[i] {
			t.Errorf("%s: beside the rows, %.80q became %.80q", name, was[i], is[i])
		}
	}
}

// rel is one relationship.
func rel(id, kind, target string) string {
	return fmt.Sprintf(`<Relationship Id="%s" Type="%s/%s" Target="%s"/>`, id, relNS, kind, target)
}

// typed adds overrides to the content types of the parts.
func typed(parts []part, overrides ...string) []part {
	parts[0].text = strings.Replace(parts[0].text, "</Types>", strings.Join(overrides, "")+"</Types>", 1)
	return parts
}

func kindOf(name, kind string) string {
	return `<Override PartName="` + name + `" ContentType="application/` + kind + `+xml"/>`
}

// exoticParts are a workbook with what other programs and newer versions put into one: comments in threads with their
// people, extensions for conditional formats, validations and slicers, a pivot table, a picture in the header, a table
// right beside our place, protection, print settings, custom XML, a sensitivity label, an external link, a signature.
func exoticParts() []part {
	const x14 = `http://schemas.microsoft.com/office/spreadsheetml/2009/9/main`
	const ms = `http://schemas.microsoft.com/office/2017/10/relationships/`
	around := `<sheetProtection sheet="1" objects="1" scenarios="1"/><autoFilter ref="A1:B3"/><mergeCells count="1"><mergeCell ref="A9:B9"/></mergeCells>` +
		`<conditionalFormatting sqref="A2:XFD3"><cfRule type="expression" priority="1"><formula>$A2&gt;2</formula></cfRule></conditionalFormatting>` +
		`<dataValidations count="1"><dataValidation type="list" sqref="A2:A3"><formula1>"a,b"</formula1></dataValidation></dataValidations>` +
		`<printOptions gridLines="1"/><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/><pageSetup orientation="landscape" fitToHeight="0"/>` +
		`<headerFooter><oddHeader>&amp;L&amp;G</oddHeader></headerFooter><legacyDrawing r:id="rId1"/><legacyDrawingHF r:id="rId2"/><tableParts count="1"><tablePart r:id="rId5"/></tableParts>` +
		`<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="` + x14 + `"><x14:dataValidations xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="1"><x14:dataValidation type="list"><x14:formula1><xm:f>Requests!$A$1:$A$2</xm:f></x14:formula1><xm:sqref>B2</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>`
	views := `<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>` +
		`<cols><col min="1" max="2" width="20" customWidth="1"/><col min="3" max="16384" width="0" hidden="1" customWidth="1"/></cols>`
	beside := strings.Replace(twoColumns, `<v>1</v></c></row><row r="2">`, `<v>1</v></c><c r="F1" t="inlineStr"><is><t>side</t></is></c></row><row r="2">`, 1)
	sheet := strings.Replace(strings.Replace(rowsXML(beside), "<sheetData>", views+"<sheetData>", 1), "</worksheet>", around+"</worksheet>", 1)
	person := `{11111111-2222-3333-4444-555555555555}`
	parts := with(bookParts(sheet),
		part{"xl/worksheets/_rels/sheet1.xml.rels", `<Relationships xmlns="` + packageNS + `">` + rel("rId1", "vmlDrawing", "/xl/drawings/vmlDrawing1.vml") + rel("rId2", "vmlDrawing", "../drawings/vmlDrawing2.vml") +
			rel("rId3", "comments", "../comments1.xml") + `<Relationship Id="rId4" Type="` + ms + `threadedComment" Target="../threadedComments/threadedComment1.xml"/>` + rel("rId5", "table", "../tables/table1.xml") + `</Relationships>`},
		part{"xl/comments1.xml", `<comments xmlns="` + mainNS + `"><authors><author>tc=` + person + `</author></authors><commentList><comment ref="A2" authorId="0"><text><t>[Threaded comment] hers</t></text></comment></commentList></comments>`},
		part{"xl/threadedComments/threadedComment1.xml", `<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"><threadedComment ref="A2" dT="2026-11-01T10:00:00.00" personId="` + person + `" id="` + person + `"><text>hers</text></threadedComment></ThreadedComments>`},
		part{"xl/persons/person.xml", `<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"><person displayName="Ann" id="` + person + `" userId="ann" providerId="None"/></personList>`},
		part{"xl/drawings/vmlDrawing1.vml", vmlHead + noteType + string(appendNote(nil, 1025, Comment{"A2", "hers"}, "")) + "</xml>"},
		part{"xl/drawings/vmlDrawing2.vml", vmlHead + `<v:shape id="LH" style="width:10pt;height:10pt"/></xml>`},
		part{"xl/tables/table1.xml", `<table xmlns="` + mainNS + `" id="1" name="Side" displayName="Side" ref="F1:G3" headerRowCount="1"><tableColumns count="2"><tableColumn id="1" name="side"/><tableColumn id="2" name="Column1"/></tableColumns></table>`},
		part{"xl/workbook.xml", `<workbook ` + mainTag + `><workbookPr date1904="1"/><workbookProtection lockStructure="1"/><bookViews><workbookView activeTab="0"/></bookViews><sheets><sheet name="Requests" sheetId="7" r:id="rId1"/></sheets>` +
			`<externalReferences><externalReference r:id="rId8"/></externalReferences><definedNames><definedName name="_xlnm.Print_Area" localSheetId="0">Requests!$A$1:$B$3</definedName></definedNames><calcPr calcId="191029"/></workbook>`},
		part{"xl/externalLinks/externalLink1.xml", `<externalLink xmlns="` + mainNS + `"><externalBook xmlns:r="` + relNS + `" r:id="rId1"/></externalLink>`},
		part{"xl/externalLinks/_rels/externalLink1.xml.rels", `<Relationships xmlns="` + packageNS + `"><Relationship Id="rId1" Type="` + relNS + `/externalLinkPath" Target="other.xlsx" TargetMode="External"/></Relationships>`},
		part{"customXml/item1.xml", `<x xmlns="urn:department"/>`},
		part{"docMetadata/LabelInfo.xml", `<clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/mipLabelMetadata"><clbl:label id="{a}" enabled="1" method="Standard" siteId="{b}"/></clbl:labelList>`},
		part{"_xmlsignatures/sig1.xml", `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>`})
	parts[3].text = strings.Replace(parts[3].text, "</Relationships>", rel("rId8", "externalLink", "externalLinks/externalLink1.xml")+
		`<Relationship Id="rId9" Type="`+ms+`person" Target="persons/person.xml"/></Relationships>`, 1)
	const sml = "vnd.openxmlformats-officedocument.spreadsheetml."
	return typed(parts, `<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>`, kindOf("/xl/comments1.xml", sml+"comments"), kindOf("/xl/tables/table1.xml", sml+"table"),
		kindOf("/xl/threadedComments/threadedComment1.xml", "vnd.ms-excel.threadedcomments"), kindOf("/xl/persons/person.xml", "vnd.ms-excel.person"), kindOf("/xl/externalLinks/externalLink1.xml", sml+"externalLink"))
}

func TestWhatNewerProgramsPutIntoAWorkbookIsKept(t *testing.T) {
	k := spliced(t, pack(t, exoticParts()...), nil)
	if !k.Signed() || !k.Date1904() {
		t.Error("the signature or the date system went")
	}
	cells, err := cellsOf(k, 0)
	if err != nil {
		t.Fatal(err)
	}
	// C to E are free for exactly three columns: the table beside them stays whole.
	if cells["C1"].value != "Result" || cells["F1"].value != "side" {
		t.Errorf("%+v", cells)
	}
	text := partText(t, k, "xl/comments1.xml")
	if strings.Contains(text, "Ours on hers.") || !strings.Contains(text, "Ours alone.") {
		t.Errorf("a thread was touched, or ours is missing: %s", text)
	}
	sheet := partText(t, k, sheetPart)
	for _, want := range []string{`<col min="3" max="3" width="24" customWidth="1"/>`, `<col min="6" max="16384" width="0" hidden="1" customWidth="1"/>`, `<legacyDrawing r:id="rId1"/><legacyDrawingHF r:id="rId2"/>`} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the sheet lacks %s", want)
		}
	}
}

// A table whose columns are taken two places to the right leaves no room: ours go behind it.
func TestOurColumnsGoBehindATableThatIsInTheWay(t *testing.T) {
	parts := exoticParts()
	for i := range parts {
		parts[i].text = strings.NewReplacer(`ref="F1:G3"`, `ref="D1:G3"`, `r="F1"`, `r="D1"`).Replace(parts[i].text)
	}
	k := spliced(t, pack(t, parts...), nil)
	cells, err := cellsOf(k, 0)
	if err != nil {
		t.Fatal(err)
	}
	if cells["H1"].value != "Result" {
		t.Errorf("ours are not in H: %+v", cells)
	}
}

// LibreOffice writes customHeight="false" on every row; Numbers and Google fix every row at one line. Our texts must be
// readable in all of them; a height that somebody chose stays.
func TestRowsGrowUnlessSomebodyChoseTheirHeight(t *testing.T) {
	for _, c := range []struct {
		attrs string
		grows bool
	}{
		{`ht="12.8" customHeight="false"`, true}, {`ht="12.8" customHeight="0"`, true}, {`customHeight="true" ht="20.05"`, true}, {`ht="15.75" customHeight="1"`, true}, {``, true},
		{`ht="30" customHeight="1"`, false}, {`ht="60"`, false}, {`customHeight="true" ht="45.5"`, false},
	} {
		rows := strings.Replace(twoColumns, `<row r="3">`, `<row r="3" `+c.attrs+`>`, 1)
		k := spliced(t, book(t, rows), func(a *Annotation) { a.Marks[1].Why = "One.\nTwo.\nThree." })
		sheet := partText(t, k, sheetPart)
		grew := strings.Contains(sheet, `ht="46"`)
		if grew != c.grows {
			t.Errorf("%q: the row grew: %v", c.attrs, grew)
		}
	}
}

// exceljs knows relationships by the attribute "r:id" alone, whatever the prefix is bound to.
func TestNewElementsUseThePrefixThatEveryProgramKnows(t *testing.T) {
	k := spliced(t, book(t, twoColumns), nil)
	if text := partText(t, k, "xl/workbook.xml"); !strings.Contains(text, ` r:id="rIdHandrail"`) {
		t.Error(text)
	}
	if text := partText(t, k, sheetPart); !strings.Contains(text, ` r:id="rIdHandrailDrawing"`) {
		t.Error(text)
	}
	parts := bookParts(rowsXML(twoColumns))
	parts[2].text = strings.NewReplacer(`</`, `</r:`, `<`, `<r:`, `xmlns="`, `xmlns:r="`, `xmlns:r="`+relNS, `xmlns:q="`+relNS, `r:id`, `q:id`).Replace(parts[2].text)
	if k = spliced(t, pack(t, parts...), nil); len(k.Sheets()) != 2 {
		t.Errorf("%v", k.Sheets())
	}
}

// A content type may be left over from a part that is gone; two for one part are damage to Excel.
func TestLeftOverContentTypesGiveWay(t *testing.T) {
	stale := kindOf("/xl/comments1.xml", "vnd.openxmlformats-officedocument.spreadsheetml.comments") + kindOf("/xl/worksheets/handrail1.xml", "x")
	k := spliced(t, pack(t, typed(bookParts(rowsXML(twoColumns)), stale)...), nil)
	text := []byte(partText(t, k, contentTypesPart))
	for _, name := range []string{"/xl/comments1.xml", "/xl/worksheets/handrail1.xml"} {
		if n := bytes.Count(text, []byte(`PartName="`+name+`"`)); n != 1 {
			t.Errorf("%s has %d content types", name, n)
		}
	}
}

// Somebody's own sheet of our name is not ours, unless it begins as ours do.
func TestSomebodysOwnHandrailSheetIsKept(t *testing.T) {
	for title, ours := range map[string]bool{"Handrail": true, "Handrail – HR-2026-000123": true, "Handrail project, phase 2": false, "Handrails": false} {
		parts := bookParts(rowsXML(twoColumns))
		parts[2].text = strings.Replace(parts[2].text, "</sheets>", `<sheet name="Handrail" sheetId="2" r:id="rId4"/></sheets>`, 1)
		parts[3].text = strings.Replace(parts[3].text, "</Relationships>", rel("rId4", "worksheet", "worksheets/sheet2.xml")+"</Relationships>", 1)
		parts = typed(append(parts, part{"xl/worksheets/sheet2.xml", rowsXML(`<row r="1"><c r="A1" t="inlineStr"><is><t>` + title + `</t></is></c></row>`)}),
			kindOf("/xl/worksheets/sheet2.xml", "vnd.openxmlformats-officedocument.spreadsheetml.worksheet"))
		k := spliced(t, pack(t, parts...), nil)
		if n := len(k.Sheets()); ours != (n == 2) {
			t.Errorf("%q: %v", title, k.Sheets())
		}
	}
}

// Excel calls it damage when the header cell of a table and the table's own name for the column differ. Where somebody
// drew a table over our columns, their headers stay as they are.
func TestHeadersInsideATableStay(t *testing.T) {
	rows := `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>Résultat</t></is></c><c r="D1" t="inlineStr"><is><t>Pourquoi</t></is></c><c r="E1" t="inlineStr"><is><t>Référence</t></is></c></row>` +
		`<row r="2"><c r="A2"><v>1</v></c><c r="C2" t="inlineStr"><is><t>old</t></is></c></row><row r="3"><c r="A3"><v>2</v></c></row>`
	table := `<table xmlns="` + mainNS + `" id="1" name="T" displayName="T" ref="A1:E3"><tableColumns count="5"><tableColumn id="1" name="one"/></tableColumns></table>`
	data := pack(t, with(bookParts(rowsXML(rows)), part{"xl/tables/table1.xml", table}, relsOf(rel("rId1", "table", "../tables/table1.xml")))...)
	k := mustOpen(t, data)
	out, err := annotateBytes(k, Annotation{HeaderRow: 1, Column: 3, Replace: true, Headers: [3]string{"Result", "Why", "Reference"}, Marks: []Mark{{Row: 2, Kind: NoteMark, Result: "new", Why: "w"}, {Row: 3, Kind: NoteMark, Result: "new"}}, Report: sampleReport()})
	if err != nil {
		t.Fatal(err)
	}
	cells := mustCells(t, out)
	for ref, want := range map[string]string{"C1": "Résultat", "D1": "Pourquoi", "E1": "Référence", "C2": "● new", "D2": "w", "C3": "● new"} {
		if cells[ref].value != want {
			t.Errorf("%s is %q, want %q", ref, cells[ref].value, want)
		}
	}
}

// The same workbooks as other programs see them, before and after.
func TestExoticAndGeneratedWorkbooksOpenElsewhere(t *testing.T) {
	dir := t.TempDir()
	var files []annotatedFile
	for name, parts := range map[string][]part{
		"exotic": exoticParts(), "strict": strictParts(rowsXML(twoColumns)), "prefixed": bookParts(prefixed(rowsXML(twoColumns))),
		"utf16": bookParts(utf16LE(`<?xml version="1.0" encoding="UTF-16"?>` + rowsXML(twoColumns))),
	} {
		f := annotatedFile{filepath.Join(dir, name+"-original.xlsx"), filepath.Join(dir, name+".xlsx")}
		original := pack(t, parts...)
		for path, data := range map[string][]byte{f.Original: original, f.Annotated: spliced(t, original, nil).a.data} {
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		files = append(files, f)
	}
	t.Run("openpyxl", func(t *testing.T) { checkOpenpyxlOpens(t, files) })
	t.Run("LibreOffice", func(t *testing.T) {
		if os.Getenv("HANDRAIL_TEST_LIBREOFFICE") == "" {
			t.Skip("HANDRAIL_TEST_LIBREOFFICE is not set: LibreOffice takes its time")
		}
		checkLibreOfficeOpens(t, files)
	})
}
