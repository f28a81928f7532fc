package workbook

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/klauspost/compress/zip"
)

// fuzzBounds keep one input cheap.
func fuzzBounds() Bounds {
	b := DefaultBounds()
	b.FileBytes, b.PartBytes, b.TotalBytes, b.StringBytes = 1<<20, 4<<20, 8<<20, 1<<20
	return b
}

// sheetSeeds are worksheet parts with something odd in each.
var sheetSeeds = []string{
	rowsXML(`<row r="1"><c r="A1"><v>1</v></c><c r="C1" t="s"><v>1</v></c></row><row r="3" ht="12" spans="1:3"><c r="A3" s="1"><v>46000.5</v></c></row>`),
	rowsXML(`<row><c><f>A1+1</f><v>2</v></c><c t="b"><v>1</v></c><c t="e"><v>#DIV/0!</v></c></row><row><c t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b&amp;_x000D_</t></r></is></c></row>`),
	rowsXML(`<row r="2"><c r="A2"><f t="shared" ref="A2:A4" si="0">B2*$C$1</f><v>1</v></c></row><row r="3"><c r="A3"><f t="shared" si="0"/><v>1</v></c></row>`),
	`<?xml version="1.0" encoding="UTF-8"?><x:worksheet xmlns:x="` + mainNS + `"><x:dimension ref="A1:B2"/><x:cols><x:col min="1" max="5" width="3" hidden="1"/></x:cols><x:sheetData><x:row r="1"><x:c r="A1"><x:v>7</x:v></x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref="A4:B5"/></x:mergeCells></x:worksheet>`,
	`<worksheet xmlns="` + mainStrictNS + `"><sheetData/><autoFilter ref="A1:B2"/><extLst><ext/></extLst></worksheet>`,
	`<worksheet xmlns="` + mainNS + `"><sheetData><!-- c --><row r="1"><c r="A1"><v><![CDATA[5]]></v></c></row><?pi x?></sheetData></worksheet>`,
	`<worksheet xmlns="` + mainNS + `"><sheetData><row r="1"><c r="A1" t="d"><v>2026-12-01T00:00:00Z</v></c><c r="B1" t="str"><f>"a"</f><v></v></c></row></sheetData><pageMargins/></worksheet>`,
}

// FuzzRead: whatever the file, reading gives rows in order and cells in order, or an error with a code and sentences.
func FuzzRead(f *testing.F) {
	for _, s := range sheetSeeds {
		f.Add(pack(f, bookParts(s)...), "", "")
		f.Add([]byte(nil), s, plainXfs)
	}
	f.Add([]byte("PK\x05\x06"), "", "")
	f.Add(compound("EncryptedPackage"), "", "")
	f.Fuzz(func(t *testing.T, data []byte, sheet, styles string) {
		if sheet != "" {
			data = pack(t, with(bookParts(sheet), part{"xl/styles.xml", styles})...)
		}
		k, err := Open(context.Background(), data, fuzzBounds())
		if err != nil {
			saysWhy(t, err)
			return
		}
		for i := range k.Sheets() {
			last := 0
			err := k.Rows(context.Background(), i, func(r *Row) error {
				if r.Number <= last || len(r.Cells) == 0 {
					t.Errorf("row %d with %d cells after row %d", r.Number, len(r.Cells), last)
				}
				last = r.Number
				col := 0
				for _, c := range r.Cells {
					if c.Col <= col || c.Col > maxCols {
						t.Errorf("column %d after %d", c.Col, col)
					}
					col = c.Col
				}
				return nil
			})
			if err != nil {
				saysWhy(t, err)
			}
		}
	})
}

func saysWhy(t *testing.T, err error) {
	t.Helper()
	if e, ok := ErrorOf(err); !ok || e.Code == "" || e.Message.EN == "" || e.Message.FR == "" {
		t.Errorf("an error without a code or sentence: %v", err)
	}
}

// FuzzAnnotate: the spliced workbook reads back as the original plus our cells, every other part as it was, and being
// annotated again changes nothing but our words.
func FuzzAnnotate(f *testing.F) {
	const comments = `<comments xmlns="` + mainNS + `"><authors><author>Ann</author></authors><commentList><comment ref="A1" authorId="0"><text><t>hers</t></text></comment></commentList></comments>`
	for i, s := range sheetSeeds {
		f.Add(s, plainXfs, comments, "=Above & <b>_x000D_\n\x01", uint16(1), uint16(i+2))
		f.Add(s, emptyStyles, "", "", uint16(0), uint16(0))
	}
	f.Fuzz(func(t *testing.T, sheet, styles, comments, why string, header, column uint16) {
		parts := with(bookParts(sheet), part{"xl/styles.xml", styles}, part{"xl/media/logo.png", "\x89PNG"})
		if comments != "" {
			parts = append(parts, part{"xl/comments1.xml", comments},
				part{"xl/worksheets/_rels/sheet1.xml.rels", `<Relationships xmlns="` + packageNS + `"><Relationship Id="rId1" Type="` + relNS + `/comments" Target="../comments1.xml"/></Relationships>`})
		}
		data := pack(t, parts...)
		if readWithin(data, fuzzBounds()) != nil {
			return
		}
		k := mustOpen(t, data)
		a := Annotation{HeaderRow: int(header), Column: int(column) % (maxCols - 3), Headers: [3]string{"Result", "Why", "Reference"}, Report: sampleReport(),
			Comments: []Comment{{"A1", why}, {"B7", "x"}}}
		a.Marks = append(a.Marks, Mark{Row: a.HeaderRow + 1, Kind: EscalatedMark, Result: "Escalated", Why: why, Reference: "HR-2026-000123-01"})
		if header > 0 {
			a.Marks = append(a.Marks, Mark{Row: a.HeaderRow + 3, Kind: PlainMark})
		}
		out, err := annotateBytes(k, a)
		if err != nil {
			saysWhy(t, err)
			return
		}
		checkOurs(t, data, out, a)
	})
}

// checkOurs holds an annotated workbook against the original, cell for cell and part for part.
func checkOurs(t *testing.T, data, out []byte, a Annotation) {
	t.Helper()
	want, got := mustCells(t, data), mustCells(t, out)
	for ref, c := range want {
		if got[ref] != c {
			t.Errorf("%s was %+v and is %+v", ref, c, got[ref])
		}
		delete(got, ref)
	}
	for ref, c := range got {
		if c.kind != StringCell || c.hasFormula {
			t.Errorf("new cell %s is %+v", ref, c)
		}
	}
	if len(got) > 3*(len(a.Marks)+1) {
		t.Errorf("%d new cells", len(got))
	}
	if _, err := zip.NewReader(bytes.NewReader(out), int64(len(out))); err != nil {
		t.Error(err)
	}
	compareParts(t, "fuzzed", data, out, []string{sheetPart})
	// Every changed part must be well-formed to its end.
	after := mustOpen(t, out)
	for _, f := range after.a.files {
		if !strings.HasSuffix(f.Name, ".xml") && !strings.HasSuffix(f.Name, ".rels") && !strings.HasSuffix(f.Name, ".vml") {
			continue
		}
		s, c, err := after.scan(context.Background(), f.Name)
		if err == nil {
			err = s.rest()
			c.Close()
		}
		if err != nil && !strings.HasPrefix(f.Name, "xl/comments") {
			t.Errorf("%s is not well formed: %v", f.Name, err)
		}
	}
}
