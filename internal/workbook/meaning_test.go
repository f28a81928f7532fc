package workbook

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
)

func TestNumberFormatsThatShowDates(t *testing.T) {
	for code, want := range map[string]bool{
		"General": false, "0.00": false, "#,##0.00 $": false, "100.00": false, "0.00E+00": false, "@": false, "": false,
		`"day "0`: false, `0 "jours"`: false, `[Red]0.00`: false, `[$-409]0`: false, `_d0_d`: false, `\d0`: false, `0;"dd"`: false,
		"dd/mm/yyyy": true, "yyyy-mm-dd": true, "d mmm": true, "h:mm AM/PM": true, "mm:ss": true, "[$-F800]dddd, mmmm dd, yyyy": true,
		"jj/mm/aaaa": true, "TT.MM.JJJJ": true, `yyyy\-mm\-dd;@`: true, "[h]:mm": false, "[mm]:ss": false, "[Blue]dd-mmm": true, "General;[Red]-General": false,
		"0;dd": false, "#.##0,00 [$€-407]": false,
	} {
		if got := showsDate(code); got != want {
			t.Errorf("%q: %v, want %v", code, got, want)
		}
	}
	for id, want := range map[int]bool{0: false, 2: false, 9: false, 13: false, 14: true, 22: true, 37: false, 44: false, 45: true, 46: false, 47: true, 48: false, 49: false, 58: true} {
		if got := builtInDate(id); got != want {
			t.Errorf("format %d: %v, want %v", id, got, want)
		}
	}
}

func TestSerialDates(t *testing.T) {
	for _, c := range []struct {
		serial  float64
		is1904  bool
		want    string
		isADate bool
	}{
		{1, false, "1900-01-01", true}, {59, false, "1900-02-28", true}, {60, false, "1900-02-29", true}, {61, false, "1900-03-01", true},
		{46374, false, "2026-12-18", true}, {46374.5, false, "2026-12-18T12:00:00", true}, {46374.999999999, false, "2026-12-19", true},
		{0.604166666666667, false, "14:30:00", true}, {0, false, "00:00:00", true}, {60.25, false, "1900-02-29T06:00:00", true},
		{2958465, false, "9999-12-31", true}, {2958466, false, "", false}, {-1, false, "", false}, {math.NaN(), false, "", false}, {math.Inf(1), false, "", false},
		{0, true, "1904-01-01", true}, {1, true, "1904-01-02", true}, {44912, true, "2026-12-18", true}, {60, true, "1904-03-01", true}, {2957003, true, "9999-12-31", true}, {2957004, true, "", false},
		{45351.000011574, false, "2024-02-29T00:00:01", true}, {36585, false, "2000-02-29", true}, {45000.0000057870, false, "2023-03-15T00:00:00.500", true},
	} {
		got, ok := appendSerial(nil, c.serial, c.is1904)
		if ok != c.isADate || ok && string(got) != c.want {
			t.Errorf("%v (1904: %v): %q %v, want %q", c.serial, c.is1904, got, ok, c.want)
		}
	}
}

func TestDatesOfBothSystemsInAWorkbook(t *testing.T) {
	row := `<row r="1"><c r="A1" s="1"><v>44912</v></c><c r="B1" t="d"><v>2026-12-18T00:00:00</v></c><c r="C1" s="1"><v>-5</v></c><c r="D1" s="1"><f>A1</f></c></row>`
	main := func(attr string) part {
		return part{"xl/workbook.xml", `<workbook ` + mainTag + `><workbookPr ` + attr + `/><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`}
	}
	for attr, want := range map[string]string{`date1904="1"`: "2026-12-18", `date1904="true"`: "2026-12-18", `date1904="0"`: "2022-12-17", ``: "2022-12-17"} {
		cells := mustCells(t, book(t, row, main(attr)))
		if c := cells["A1"]; c.kind != DateCell || c.value != want || c.raw != "44912" {
			t.Errorf("%s: %+v, want %s", attr, c, want)
		}
		if c := cells["B1"]; c.kind != DateCell || c.value != "2026-12-18" {
			t.Errorf("%s: ISO date %+v", attr, c)
		}
		if c := cells["C1"]; c.kind != NumberCell || c.value != "-5" {
			t.Errorf("%s: a negative date is %+v", attr, c)
		}
		if c := cells["D1"]; !c.hasFormula || c.hasValue {
			t.Errorf("%s: a formula without a stored value is %+v", attr, c)
		}
	}
}

func TestSharedFormulasAreWrittenOut(t *testing.T) {
	for _, c := range []struct{ text, want string }{ // from B2 to D5
		{"A1", "C4"}, {"$A1", "$A4"}, {"A$1", "C$1"}, {"$A$1", "$A$1"}, {"A1:B2*2", "C4:D5*2"}, {"SUM(A:A)", "SUM(C:C)"}, {"SUM($A:B)", "SUM($A:D)"}, {"SUM(1:3)", "SUM(4:6)"},
		{"SUM(1:$3)", "SUM(4:$3)"}, {`"A1"&A1`, `"A1"&C4`}, {"'A1 b'!A1", "'A1 b'!C4"}, {"LOG10(A1)", "LOG10(C4)"}, {"Table1[A1]+A1", "Table1[A1]+C4"}, {"[1]A1!A1", "[1]A1!C4"},
		{"XFD1", "#REF!"}, {"A1048576", "#REF!"}, {"TAX2026X", "TAX2026X"}, {"a1", "C4"}, {`"say ""A1"""&A1`, `"say ""A1"""&C4`}, {"IF(A1>10,1,2)", "IF(C4>10,1,2)"}, {"", ""},
	} {
		f := &sharedFormula{col: 2, row: 2, text: c.text}
		if got := string(f.appendFor(nil, 4, 5)); got != c.want {
			t.Errorf("%s becomes %s, want %s", c.text, got, c.want)
		}
	}
	rows := `<row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1*$C$1</f><v>1</v></c></row><row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row>` +
		`<row r="3"><c r="A3"><f t="array" ref="A3">SUM(B1:B3)</f><v>2</v></c></row>`
	cells := mustCells(t, book(t, rows))
	for ref, want := range map[string]string{"A1": "B1*$C$1", "A2": "B2*$C$1", "A3": "SUM(B1:B3)"} {
		if c := cells[ref]; c.formula != want || !c.hasFormula || !c.hasValue {
			t.Errorf("%s is %+v, want the formula %s", ref, c, want)
		}
	}
	_, err := readAll(book(t, `<row r="1"><c r="A1"><f t="shared" si="9"/><v>1</v></c></row>`))
	wantError(t, err, Damaged)
}

func TestEveryKindOfCell(t *testing.T) {
	rows := `<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t xml:space="preserve"> a&amp;b&#10;_x0041__x005F_x0041_ </t></is></c>` +
		`<c r="D1" t="str"><f>"x"</f><v>x</v></c><c r="E1" t="b"><v>1</v></c><c r="F1" t="e"><v>#DIV/0!</v></c><c r="G1" s="1"/><c r="H1"><v>0.1</v></c><c r="I1"><v>1E+30</v></c>` +
		`<c r="J1"><v>4520.0000000000009</v></c><c r="K1"><v>1.10</v></c><c r="L1" t="inlineStr"><v>no</v><is><t>yes</t></is></c><c r="M1" t="inlineStr"><is><t>yes</t></is><v>no</v></c><c r="N1"><v>NaN</v></c></row>`
	want := map[string]seenCell{
		"A1": {NumberCell, "1", "1", "", false, true}, "B1": {StringCell, "1", "two", "", false, true}, "C1": {StringCell, " a&b\nA_x0041_ ", " a&b\nA_x0041_ ", "", false, true},
		"D1": {StringCell, "x", "x", `"x"`, true, true}, "E1": {BoolCell, "1", "TRUE", "", false, true}, "F1": {ErrorCell, "#DIV/0!", "#DIV/0!", "", false, true},
		"H1": {NumberCell, "0.1", "0.1", "", false, true}, "I1": {NumberCell, "1E+30", "1e+30", "", false, true}, "J1": {NumberCell, "4520.0000000000009", "4520.000000000001", "", false, true},
		"K1": {NumberCell, "1.10", "1.1", "", false, true}, "L1": {StringCell, "yes", "yes", "", false, true}, "M1": {StringCell, "yes", "yes", "", false, true}, "N1": {NumberCell, "NaN", "NaN", "", false, true},
	}
	for name, data := range map[string][]byte{
		"as bytes": book(t, rows), "as tokens": book(t, strings.ReplaceAll(rows, "<c ", "<!-- --><c ")),
		"prefixed": pack(t, bookParts(prefixed(rowsXML(rows)))...),
		"UTF-16":   pack(t, bookParts(utf16LE(`<?xml version="1.0" encoding="UTF-16"?>`+rowsXML(rows)))...),
		"strict":   pack(t, strictParts(rowsXML(rows))...),
	} {
		got := mustCells(t, data)
		if len(got) != len(want) {
			t.Errorf("%s: %d cells, want %d", name, len(got), len(want))
		}
		for ref, c := range want {
			if got[ref] != c {
				t.Errorf("%s: %s is %+v, want %+v", name, ref, got[ref], c)
			}
		}
	}
	for _, bad := range []string{`<c t="s"><v>2</v></c>`, `<c t="s"><v>-1</v></c>`, `<c t="b"><v>maybe</v></c>`, `<c><v>12,5</v></c>`, `<c><v>0x10</v></c>`, `<c t="d"><v>soon</v></c>`, `<c t="q"><v>1</v></c>`, `<c><v>1</v><v>2</v></c>`} {
		if _, err := readAll(book(t, `<row r="1">`+bad+`</row>`)); err == nil {
			t.Errorf("%s was read", bad)
		} else {
			wantError(t, err, Damaged)
		}
	}
}

// Each pair of colours of ours has the contrast that WCAG's AA asks of text.
func TestPaletteHasContrast(t *testing.T) {
	check := func(name, ink, paper string) {
		if c := contrast(t, ink, paper); c < 4.5 {
			t.Errorf("%s: %s on %s has a contrast of %.2f", name, ink, paper, c)
		}
	}
	seen := map[string]bool{}
	for k, p := range paints {
		if MarkKind(k) == PlainMark {
			continue
		}
		check(fmt.Sprintf("mark %d", k), p.ink, p.paper)
		if p.symbol == "" || seen[p.symbol] {
			t.Errorf("mark %d has no symbol of its own: %q", k, p.symbol)
		}
		seen[p.symbol] = true
	}
	check("header", headInk, headPaper)
	for name, ink := range map[string]string{"text": "000000", "title": titleInk, "quiet": quietInk, "link": linkInk} {
		check(name+" on white", ink, "FFFFFF")
		check(name+" on a notice", ink, noticePaper)
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	light := func(rgb string) float64 {
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			n, err := strconv.ParseUint(rgb[2*i:2*i+2], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			v := float64(n) / 255
			if v <= 0.04045 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			sum += weight * v
		}
		return sum
	}
	x, y := light(a), light(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}
