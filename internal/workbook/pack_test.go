package workbook

import (
	"bytes"
	"context"
	"encoding/binary"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/klauspost/compress/zip"
)

// part is one file of a workbook that a test builds by hand.
type part struct{ name, text string }

const (
	mainTag  = `xmlns="` + mainNS + `" xmlns:r="` + relNS + `"`
	plainXfs = `<styleSheet xmlns="` + mainNS + `"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`
)

// pack writes a zip of the parts, in their order, names repeated or not.
func pack(tb testing.TB, parts ...part) []byte {
	tb.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate})
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write([]byte(p.text)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// bookParts are those of a workbook with one worksheet part, two shared texts and two formats, the second a date.
func bookParts(sheet string) []part {
	return []part{
		{contentTypesPart, `<Types xmlns="` + contentNS + `"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
			`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` +
			`<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + packageNS + `"><Relationship Id="rId1" Type="` + relNS + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook ` + mainTag + `><sheets><sheet name="Requests" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + packageNS + `"><Relationship Id="rId1" Type="` + relNS + `/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="` + relNS + `/styles" Target="styles.xml"/><Relationship Id="rId3" Type="` + relNS + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
		{"xl/styles.xml", plainXfs},
		{"xl/sharedStrings.xml", `<sst xmlns="` + mainNS + `"><si><t>one</t></si><si><r><t>tw</t></r><r><t>o</t></r><rPh sb="0" eb="1"><t>no</t></rPh></si></sst>`},
		{"xl/worksheets/sheet1.xml", sheet},
	}
}

// rowsXML is a worksheet part around its rows.
func rowsXML(rows string) string {
	return `<worksheet ` + mainTag + `><sheetData>` + rows + `</sheetData></worksheet>`
}

// with replaces parts, or adds those that are not there.
func with(parts []part, more ...part) []part {
	for _, m := range more {
		found := false
		for i := range parts {
			if parts[i].name == m.name {
				parts[i], found = m, true
			}
		}
		if !found {
			parts = append(parts, m)
		}
	}
	return parts
}

// book is a workbook with those rows.
func book(tb testing.TB, rows string, more ...part) []byte {
	tb.Helper()
	return pack(tb, with(bookParts(rowsXML(rows)), more...)...)
}

func mustOpen(tb testing.TB, data []byte) *Book {
	tb.Helper()
	k, err := Open(context.Background(), data, DefaultBounds())
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

func mustCells(tb testing.TB, data []byte) map[string]seenCell {
	tb.Helper()
	cells, err := cellsOf(mustOpen(tb, data), 0)
	if err != nil {
		tb.Fatal(err)
	}
	return cells
}

// readWithin opens the workbook and reads all its sheets under the bounds.
func readWithin(data []byte, b Bounds) error {
	k, err := Open(context.Background(), data, b)
	if err != nil {
		return err
	}
	for i := range k.Sheets() {
		if err := k.Rows(context.Background(), i, func(*Row) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// wantError holds an error against a code, and its sentences against what every one of them must be.
func wantError(t *testing.T, err error, code Code) *Error {
	t.Helper()
	e, ok := ErrorOf(err)
	if !ok {
		t.Fatalf("got %v, want an error with code %s", err, code)
	}
	if e.Code != code {
		t.Fatalf("got %v, want code %s", err, code)
	}
	if e.Message.EN == "" || e.Message.FR == "" || e.Message.EN == e.Message.FR {
		t.Errorf("%v has no sentence in both languages: %+v", err, e.Message)
	}
	return e
}

var prefixer = regexp.MustCompile(`<(/?)([A-Za-z])`)

// prefixed gives every element of a part the prefix x.
func prefixed(xml string) string {
	return strings.Replace(prefixer.ReplaceAllString(xml, "<${1}x:$2"), "xmlns=", "xmlns:x=", 1)
}

func utf16LE(s string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return string(out)
}

// strictParts are those of a workbook in the ISO form of the format.
func strictParts(sheet string) []part {
	parts := bookParts(sheet)
	for i := range parts {
		parts[i].text = strings.NewReplacer(mainNS, mainStrictNS, relNS, relStrictNS).Replace(parts[i].text)
	}
	return parts
}
