package workbook

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// Every bound refuses what is one over it, with its name and both numbers, and admits what is on it.
func TestEveryBoundHasItsCodeAndNumber(t *testing.T) {
	text := func(n int) string {
		return `<row r="1"><c r="A1" t="inlineStr"><is><t>` + strings.Repeat("x", n) + `</t></is></c></row>`
	}
	sst := func(n int) part {
		return part{"xl/sharedStrings.xml", `<sst xmlns="` + mainNS + `">` + strings.Repeat("<si><t>12345</t></si>", n) + `</sst>`}
	}
	sheets := func(n int) []part {
		var tabs, rels strings.Builder
		parts := make([]part, 2, n+2)
		for i := range n {
			fmt.Fprintf(&tabs, `<sheet name="S%d" sheetId="%d" r:id="rId%d"/>`, i, i+1, i+1)
			fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, relNS, i+1)
			parts = append(parts, part{fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), rowsXML("")})
		}
		parts[0] = part{"xl/workbook.xml", `<workbook ` + mainTag + `><sheets>` + tabs.String() + `</sheets></workbook>`}
		parts[1] = part{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + packageNS + `">` + rels.String() + `</Relationships>`}
		return parts
	}
	merges := func(n int) part {
		return part{"xl/worksheets/sheet1.xml", `<worksheet ` + mainTag + `><sheetData/><mergeCells>` + strings.Repeat(`<mergeCell ref="A1:B2"/>`, n) + `</mergeCells></worksheet>`}
	}
	short := `<c t="inlineStr"><is><t>12345</t></is></c>`
	nested := func(n int) part {
		return part{"xl/worksheets/sheet1.xml", `<worksheet ` + mainTag + `><sheetData/>` + strings.Repeat("<x>", n-1) + strings.Repeat("</x>", n-1) + `</worksheet>`}
	}
	entries := func(n int) (more []part) {
		for i := range n - 7 {
			more = append(more, part{fmt.Sprintf("xl/media/%d.png", i), ""})
		}
		return more
	}
	xfs := func(n int) part {
		return part{"xl/styles.xml", `<styleSheet xmlns="` + mainNS + `"><cellXfs>` + strings.Repeat("<xf/>", n-2) + `</cellXfs></styleSheet>`}
	}
	plain := book(t, manyRows(5))
	var inflated int64
	for _, f := range mustOpen(t, plain).a.files {
		inflated += int64(f.UncompressedSize64)
	}
	big := book(t, manyRows(1), part{"xl/media/zero.bin", strings.Repeat("\x00", 2<<20)})
	wide := DefaultBounds()
	wide.Ratio = 1 << 30
	opened, err := Open(context.Background(), big, wide)
	if err != nil {
		t.Fatal(err)
	}
	zero := opened.fileOf("xl/media/zero.bin")
	ratio := int64(zero.UncompressedSize64 / zero.CompressedSize64)

	for _, c := range []struct {
		bound    string
		set      func(*Bounds)
		on, over []byte
		found    int64
		limit    int64
	}{
		{"FileBytes", func(b *Bounds) { b.FileBytes = int64(len(plain)) }, plain, append(plain[:len(plain):len(plain)], 0), int64(len(plain)) + 1, int64(len(plain))},
		{"Entries", func(b *Bounds) { b.Entries = 20 }, book(t, "", entries(20)...), book(t, "", entries(21)...), 21, 20},
		{"PartBytes", func(b *Bounds) { b.PartBytes = 4096 }, book(t, "", part{"a", strings.Repeat("a", 4096)}), book(t, "", part{"a", strings.Repeat("a", 4097)}), 4097, 4096},
		{"SmallBytes", func(b *Bounds) { b.SmallBytes = 4096 }, book(t, "", part{"xl/styles.xml", spaced(4096)}), book(t, "", part{"xl/styles.xml", spaced(4097)}), 4097, 4096},
		{"TotalBytes", func(b *Bounds) { b.TotalBytes = inflated }, plain, book(t, manyRows(5), part{"a", "a"}), inflated + 1, inflated},
		{"Ratio", func(b *Bounds) { b.Ratio = ratio - 1 }, plain, big, ratio, ratio - 1},
		{"Sheets", func(b *Bounds) { b.Sheets = 3 }, book(t, "", sheets(3)...), book(t, "", sheets(4)...), 4, 3},
		{"StyleElements", func(b *Bounds) { b.StyleElements = 50 }, book(t, "", xfs(50)), book(t, "", xfs(51)), 51, 50},
		{"Strings", func(b *Bounds) { b.Strings = 7 }, book(t, "", sst(7)), book(t, "", sst(8)), 8, 7},
		{"StringBytes", func(b *Bounds) { b.StringBytes = 35 }, book(t, "", sst(7)), book(t, "", sst(8)), 40, 35},
		{"Columns", func(b *Bounds) { b.Columns = 26 }, book(t, `<row r="1"><c r="Z1"><v>1</v></c></row>`), book(t, `<row r="1"><c r="AA1"><v>1</v></c></row>`), 27, 26},
		{"Rows", func(b *Bounds) { b.Rows = 10 }, book(t, manyRows(10)+`<row r="500"/><row r="501"><c r="A501" s="1"/></row>`), book(t, manyRows(11)), 11, 10},
		{"RowBytes", func(b *Bounds) { b.RowBytes = 15 }, book(t, "<row>"+strings.Repeat(short, 3)+"</row>"), book(t, "<row>"+strings.Repeat(short, 4)+"</row>"), 20, 15},
		{"Merged", func(b *Bounds) { b.Merged = 7 }, book(t, "", merges(7)), book(t, "", merges(8)), 8, 7},
		{"CellBytes", func(b *Bounds) { b.CellBytes = 1000 }, book(t, text(1000)), book(t, text(1001)), 1001, 1000},
		{"Nesting", func(b *Bounds) { b.Nesting = 9 }, book(t, "", nested(9)), book(t, "", nested(10)), 10, 9},
	} {
		t.Run(c.bound, func(t *testing.T) {
			b := DefaultBounds()
			c.set(&b)
			if err := readWithin(c.on, b); err != nil {
				t.Errorf("on the bound: %v", err)
			}
			e := wantError(t, readWithin(c.over, b), TooLarge)
			if e.Bound != c.bound || e.Found != c.found || e.Limit != c.limit {
				t.Errorf("over the bound: %v, want %s %d of %d", e, c.bound, c.found, c.limit)
			}
			if strings.Contains(e.Message.EN+e.Message.FR, "%!") || !strings.Contains(e.Message.EN, groupedCount(c.limit, "en")) {
				t.Errorf("the sentences are %+v", e.Message)
			}
		})
	}
}

// spaced is a styles part of n bytes.
func spaced(n int) string {
	const tail = "</styleSheet>"
	head := `<styleSheet xmlns="` + mainNS + `">`
	return head + strings.Repeat(" ", n-len(head)-len(tail)) + tail
}

func TestBoundsThatAdmitNothingAreRefused(t *testing.T) {
	if err := DefaultBounds().Validate(); err != nil {
		t.Error(err)
	}
	for _, set := range []func(*Bounds){
		func(b *Bounds) { b.FileBytes = 0 }, func(b *Bounds) { b.Rows = -1 }, func(b *Bounds) { b.Nesting = 0 }, func(b *Bounds) { b.StringBytes = 1<<31 + 1 },
	} {
		b := DefaultBounds()
		set(&b)
		if err := b.Validate(); err == nil || !strings.HasPrefix(err.Error(), "workbook bounds: ") {
			t.Errorf("%+v: %v", b, err)
		}
		if _, err := Open(context.Background(), nil, b); err == nil {
			t.Error("Open took bounds that admit nothing")
		}
	}
}
