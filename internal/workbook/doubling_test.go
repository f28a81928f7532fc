package workbook

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"handrail/internal/scaling"
)

// BenchmarkDoubling reads, and writes back, every part of a workbook in the shape that it has the most work with.
func BenchmarkDoubling(b *testing.B) {
	var shapes []scaling.Shape
	for _, w := range worstParts {
		shapes = append(shapes, scaling.Shape{Name: w.name, Size: w.size, Make: func(tb testing.TB, n int) func() {
			data := pack(tb, with(bookParts(rowsXML(twoColumns)), w.parts(n)...)...)
			return func() { readWorst(tb, data, w.refused) }
		}})
	}
	scaling.Bench(b, shapes...)
}

type worstPart struct {
	name    string
	size    int
	parts   func(n int) []part
	refused Code
}

// readWorst reads everything in a workbook and annotates it.
func readWorst(tb testing.TB, data []byte, refused Code) {
	tb.Helper()
	err := func() error {
		b := DefaultBounds()
		b.Ratio = 1 << 30 // the shapes repeat themselves
		k, err := Open(context.Background(), data, b)
		if err != nil {
			return err
		}
		for i := range k.Sheets() {
			if err := k.Rows(context.Background(), i, func(*Row) error { return nil }); err != nil {
				return err
			}
		}
		return k.Annotate(context.Background(), io.Discard, Annotation{Sheet: 0, HeaderRow: 1, Column: 3, Headers: [3]string{"Result", "Why", "Reference"},
			Marks: []Mark{{Row: 2, Result: "Approved"}}, Comments: []Comment{{Cell: "A2", Text: "look"}},
			Report: Report{Rows: []ReportRow{{{Text: reportName}}}}})
	}()
	var code Code
	if e, ok := ErrorOf(err); ok {
		code = e.Code
	}
	if code != refused || err != nil && code == "" {
		tb.Fatalf("%v, want %q", err, refused)
	}
}

func sheetOf(text string) part { return part{sheetPart, text} }

// namespaces binds n prefixes, the last of them a real one.
func namespaces(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` xmlns:p%d="urn:%d"`, i, i)
	}
	return b.String()
}

// bound is nested elements that bind 900 namespaces together: a tag holds no more than 200.
func bound(inside string) string {
	open, end := "", ""
	for i := range 4 {
		open += "<x" + strings.ReplaceAll(namespaces(200), "p", fmt.Sprintf("p%d_", i)) + ">"
		end += "</x>"
	}
	return open + inside + end
}

func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(format, "%d", fmt.Sprint(i+1)))
	}
	return b.String()
}

func sheetAndList(n int, name string) []part {
	parts := []part{{"xl/workbook.xml", `<workbook ` + mainTag + `><sheets>` + numbered(n, `<sheet name="`+name+`%d" sheetId="%d" r:id="s%d"/>`) + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + packageNS + `">` + numbered(n, `<Relationship Id="s%d" Type="`+relNS+`/worksheet" Target="worksheets/s%d.xml"/>`) + `</Relationships>`}}
	for i := range n {
		parts = append(parts, part{fmt.Sprintf("xl/worksheets/s%d.xml", i+1), rowsXML(`<row><c><v>1</v></c></row>`)})
	}
	return parts
}

var worstParts = []worstPart{
	{"one tag's name", 400_000, func(n int) []part {
		return []part{sheetOf(dataHead + `<row ` + strings.Repeat("x", n) + `="1"/>` + dataTail)}
	}, ""},
	{"one tag's value in UTF-16", 400_000, func(n int) []part {
		return []part{sheetOf(utf16LE(`<?xml version="1.0" encoding="UTF-16"?>` + dataHead + `<row x="` + strings.Repeat("x", n) + `"/>` + dataTail))}
	}, ""},
	{"one comment", 1_000_000, func(n int) []part {
		return []part{sheetOf(dataHead + `<!--` + strings.Repeat("x", n) + `-->` + dataTail)}
	}, ""},
	{"attributes of one tag, up to the bound", 100, func(n int) []part {
		return []part{sheetOf(dataHead + strings.Repeat(`<row`+numbered(n, ` a%d=""`)+`/>`, 500) + dataTail)}
	}, ""},
	{"elements under many namespaces", 40_000, func(n int) []part {
		return []part{sheetOf(sheetHead + `<sheetData/>` + bound(strings.Repeat(`<p0_0:a p1_7:b=""/>`, n)) + `</worksheet>`)}
	}, ""},
	{"namespaces bound again and again", 5_000, func(n int) []part {
		return []part{sheetOf(sheetHead + `<sheetData/>` + bound(strings.Repeat(`<x`+namespaces(50)+`/>`, n/50)) + `</worksheet>`)}
	}, ""},
	{"cells", 60_000, func(n int) []part {
		return []part{sheetOf(dataHead + strings.Repeat(`<row>`+strings.Repeat(`<c><v>1</v></c>`, 200)+`</row>`, n/200) + dataTail)}
	}, ""},
	{"cells with rich texts", 20_000, func(n int) []part {
		return []part{sheetOf(dataHead + strings.Repeat(`<row>`+strings.Repeat(`<c t="inlineStr"><is><r><t>a&amp;_x000D_</t></r></is></c>`, 100)+`</row>`, n/100) + dataTail)}
	}, ""},
	{"cells that share a formula", 20_000, func(n int) []part {
		return []part{sheetOf(dataHead + `<row><c><f t="shared" si="0" ref="A1:B9">A1+B$1</f></c></row>` + strings.Repeat(`<row>`+strings.Repeat(`<c><f t="shared" si="0"/><v>1</v></c>`, 100)+`</row>`, n/100) + dataTail)}
	}, ""},
	{"shared texts", 60_000, func(n int) []part {
		return []part{{"xl/sharedStrings.xml", `<sst xmlns="` + mainNS + `">` + numbered(n, `<si><r><t>text %d</t></r></si>`) + `</sst>`}}
	}, ""},
	{"one text of entities", 30_000, func(n int) []part {
		return []part{{"xl/sharedStrings.xml", `<sst xmlns="` + mainNS + `">` + strings.Repeat(`<si><t>`+strings.Repeat("&amp;_x0041_\r", 300)+`</t></si>`, n/300) + `</sst>`}}
	}, ""},
	{"formats", 50_000, func(n int) []part {
		return []part{{"xl/styles.xml", `<styleSheet xmlns="` + mainNS + `"><numFmts>` + numbered(n/2, `<numFmt numFmtId="%d" formatCode="[$-409]d&quot;x&quot;\ mmm"/>`) + `</numFmts><cellXfs>` + numbered(n/2, `<xf numFmtId="%d"/>`) + `</cellXfs></styleSheet>`}}
	}, ""},
	{"merges", 30_000, func(n int) []part {
		return []part{sheetOf(sheetHead + `<sheetData/><mergeCells>` + numbered(n, `<mergeCell ref="A%d:B%d"/>`) + `</mergeCells></worksheet>`)}
	}, ""},
	{"columns", 4_000, func(n int) []part {
		return []part{sheetOf(sheetHead + `<cols>` + numbered(n, `<col min="%d" max="%d" width="9" hidden="1"/>`) + `</cols><sheetData/></worksheet>`)}
	}, ""},
	{"validations and names", 30_000, func(n int) []part {
		return []part{sheetOf(sheetHead + `<sheetData/><dataValidations>` + numbered(n, `<dataValidation sqref="A%d"><formula1>"a,b"</formula1></dataValidation>`) + `</dataValidations></worksheet>`),
			{"xl/workbook.xml", `<workbook ` + mainTag + `><sheets><sheet name="Requests" sheetId="1" r:id="rId1"/></sheets><definedNames>` + numbered(n, `<definedName name="n%d">Requests!$A$1</definedName>`) + `</definedNames></workbook>`}}
	}, ""},
	{"sheets, up to the bound", 450, func(n int) []part { return sheetAndList(n, "S") }, ""},
	{"sheets called like ours", 450, func(n int) []part { return sheetAndList(n, "Handrail (x") }, ""},
	{"relationships that take our names", 20_000, func(n int) []part {
		return []part{relsOf(`<Relationship Id="rIdHandrailComments" Type="x" Target="y"/><Relationship Id="rIdHandrailDrawing" Type="x" Target="y"/>` +
			numbered(n, `<Relationship Id="rIdHandrailComments%d" Type="x" Target="y"/><Relationship Id="rIdHandrailDrawing%d" Type="x" Target="y"/>`))}
	}, ""},
	{"content types", 30_000, func(n int) []part {
		return []part{{contentTypesPart, `<Types xmlns="` + contentNS + `"><Default Extension="xml" ContentType="application/xml"/>` + numbered(n, `<Override PartName="/a%d" ContentType="b"/>`) + `</Types>`}}
	}, ""},
	{"comments", 20_000, func(n int) []part {
		return []part{{"xl/comments1.xml", `<comments xmlns="` + mainNS + `"><authors>` + numbered(n, `<author>a%d</author>`) + `</authors><commentList>` + numbered(n, `<comment ref="A%d" authorId="%d"><text><r><t>x</t></r></text></comment>`) + `</commentList></comments>`},
			relsOf(`<Relationship Id="rId1" Type="` + relNS + `/comments" Target="../comments1.xml"/>`)}
	}, ""},
	{"tables", 1_500, func(n int) []part {
		parts := []part{relsOf(numbered(n, `<Relationship Id="t%d" Type="`+relNS+`/table" Target="../tables/table%d.xml"/>`))}
		for i := range n {
			parts = append(parts, part{fmt.Sprintf("xl/tables/table%d.xml", i+1), `<table xmlns="` + mainNS + `" displayName="T" ref="A1:B2"/>`})
		}
		return parts
	}, ""},
	{"parts", 4_000, func(n int) []part {
		var parts []part
		for i := range n {
			parts = append(parts, part{fmt.Sprintf("xl/media/image%d.png", i), "x"})
		}
		return parts
	}, ""},
	{"elements inside each other", 100, func(n int) []part {
		return []part{sheetOf(sheetHead + `<sheetData/>` + strings.Repeat(strings.Repeat("<a>", 60)+strings.Repeat("</a>", 60), n) + `</worksheet>`)}
	}, ""},
}
