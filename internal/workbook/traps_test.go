package workbook

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zip"
)

// manyRows are n rows of one number.
func manyRows(n int) string {
	var b strings.Builder
	for r := 1; r <= n; r++ {
		fmt.Fprintf(&b, `<row r="%d"><c r="A%d"><v>%d</v></c></row>`, r, r, r)
	}
	return b.String()
}

// FIELD-NOTES §1: a sheet cut in half gave half its rows and no error.
func TestHalfASheetIsDamaged(t *testing.T) {
	whole := rowsXML(manyRows(1000))
	for _, cut := range []int{len(whole) / 2, len(whole) - 1, len(whole) - len("</worksheet>"), len(whole) - len("</sheetData></worksheet>"), 30, 0} {
		rows := 0
		k := mustOpen(t, pack(t, bookParts(whole[:cut])...))
		err := k.Rows(context.Background(), 0, func(*Row) error { rows++; return nil })
		if e := wantError(t, err, Damaged); e.Part != "xl/worksheets/sheet1.xml" {
			t.Errorf("cut at %d: the part is %q", cut, e.Part)
		}
	}
	if n, err := readAll(pack(t, bookParts(whole)...)); n != 1000 || err != nil {
		t.Errorf("whole: %d cells, %v", n, err)
	}
}

// The same for shared strings, whose loss moves no cell and empties them.
func TestHalfTheSharedStringsAreDamaged(t *testing.T) {
	sst := `<sst xmlns="` + mainNS + `">` + strings.Repeat("<si><t>some text</t></si>", 500) + `</sst>`
	_, err := readAll(book(t, manyRows(1), part{"xl/sharedStrings.xml", sst[:len(sst)/2]}))
	wantError(t, err, Damaged)
}

// FIELD-NOTES §1: a bad reference in row 3 lost every row from 3 on.
func TestBadReferenceInRow3IsNamed(t *testing.T) {
	for _, ref := range []string{"3", "A", "", "A0", "a3", "A3B", "AAAA3", "XFE3", "A1048577", "A4", "é3"} {
		rows := strings.Replace(manyRows(10), `<c r="A3">`, `<c r="`+ref+`">`, 1)
		_, err := readAll(book(t, rows))
		if e := wantError(t, err, Damaged); e.Cell == "" && !strings.Contains(e.Error(), "3") {
			t.Errorf("r=%q: %v does not say where", ref, err)
		}
	}
}

// FIELD-NOTES §1: duplicate or unordered rows merge into one, a duplicate A1 moves into B1.
func TestDuplicateAndUnorderedReferencesAreDamage(t *testing.T) {
	for name, rows := range map[string]string{
		"row twice":             `<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="B1"><v>2</v></c></row>`,
		"rows unordered":        `<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>`,
		"cell twice":            `<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>`,
		"cells unordered":       `<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>`,
		"cell of another row":   `<row r="1"><c r="A2"><v>1</v></c></row>`,
		"implicit then earlier": `<row r="1"><c><v>1</v></c><c><v>2</v></c><c r="B1"><v>3</v></c></row>`,
		"implicit row repeated": `<row r="4"/><row/><row r="5"/>`,
		"row zero":              `<row r="0"><c><v>1</v></c></row>`,
		"empty cell twice":      `<row r="1"><c r="A1" s="1"/><c r="A1"><v>2</v></c></row>`,
		"slow path, cell twice": `<row r="1"><!-- x --><c r="A1"><v>1</v></c><!-- x --><c r="A1"><v>2</v></c></row>`,
	} {
		_, err := readAll(book(t, rows))
		t.Run(name, func(t *testing.T) { wantError(t, err, Damaged) })
	}
}

func TestSheetDataTwiceIsDamage(t *testing.T) {
	_, err := readAll(pack(t, bookParts(`<worksheet `+mainTag+`><sheetData/><sheetData>`+manyRows(2)+`</sheetData></worksheet>`)...))
	wantError(t, err, Damaged)
}

// FIELD-NOTES §1: for duplicate zip entries the last wins, elsewhere the first.
func TestCollidingPartNamesAreUnsafe(t *testing.T) {
	base := func() []part { return bookParts(rowsXML(manyRows(2))) }
	for _, name := range []string{"xl/worksheets/sheet1.xml", "xl/worksheets/Sheet1.xml", `xl\worksheets\sheet1.xml`, "/xl/worksheets/sheet1.xml", "XL/WORKBOOK.XML"} {
		_, err := Open(context.Background(), pack(t, append(base(), part{name, rowsXML(manyRows(1))})...), DefaultBounds())
		if e := wantError(t, err, Unsafe); e.Part != name {
			t.Errorf("%s: the part is %q", name, e.Part)
		}
	}
}

// FIELD-NOTES §1: the literal format "100.00" turns 1000000 into 1100000000 where formatted values are read.
func TestLiteralNumberFormatChangesNoValue(t *testing.T) {
	styles := `<styleSheet xmlns="` + mainNS + `"><numFmts><numFmt numFmtId="164" formatCode="100.00"/><numFmt numFmtId="165" formatCode="&quot;dd/mm/yyyy&quot;0"/></numFmts>` +
		`<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`
	cells := mustCells(t, book(t, `<row r="1"><c r="A1" s="1"><v>1000000</v></c><c r="B1" s="2"><v>46000</v></c></row>`, part{"xl/styles.xml", styles}))
	for ref, want := range map[string]string{"A1": "1000000", "B1": "46000"} {
		if c := cells[ref]; c.kind != NumberCell || c.raw != want || c.value != want {
			t.Errorf("%s is %+v", ref, c)
		}
	}
}

// FIELD-NOTES §1: 27 KB with cells only in column XFD exhausted 2 GB: a row of ours costs what it holds.
func TestCellsOnlyInXFDCostLittle(t *testing.T) {
	var b strings.Builder
	for r := 1; r <= 20_000; r++ {
		fmt.Fprintf(&b, `<row r="%d"><c r="XFD%d"><v>1</v></c></row>`, r, r)
	}
	data := book(t, b.String())
	allocated := testing.AllocsPerRun(1, func() {
		if n, err := readAll(data); n != 20_000 || err != nil {
			t.Errorf("%d cells, %v", n, err)
		}
	})
	if allocated > 100_000 {
		t.Errorf("%.0f allocations for 20,000 cells", allocated)
	}
	bounds := DefaultBounds()
	bounds.Columns = 16_383
	e := wantError(t, readWithin(data, bounds), TooLarge)
	if e.Bound != "Columns" || e.Found != 16_384 || e.Limit != 16_383 {
		t.Errorf("%+v", e)
	}
	// Annotating finds no room at the right and still gives the report.
	k := mustOpen(t, data)
	a := Annotation{HeaderRow: 1, Column: maxCols - 3, Headers: [3]string{"a", "b", "c"}, Marks: []Mark{{Row: 2, Kind: NoteMark, Result: "x"}}, Report: sampleReport()}
	out, err := annotateBytes(k, a)
	if err != nil {
		t.Fatal(err)
	}
	if s := mustOpen(t, out).Sheets(); len(s) != 2 || s[1].Name != reportName {
		t.Errorf("sheets %v", s)
	}
}

// FIELD-NOTES §1: 90 KB with 12 million <xf/> in styles.xml. The part is refused after a million.
func TestMillionsOfFormatsAreTooLarge(t *testing.T) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range bookParts(rowsXML(manyRows(1))) {
		w, err := z.Create(p.name)
		if err != nil {
			t.Fatal(err)
		}
		if p.name != "xl/styles.xml" {
			_, err = io.WriteString(w, p.text)
		} else {
			_, err = io.WriteString(w, `<styleSheet xmlns="`+mainNS+`"><cellXfs>`)
			for chunk := strings.Repeat("<xf/>", 12_000); err == nil && chunk != ""; chunk = "" {
				for range 1000 {
					_, err = io.WriteString(w, chunk)
				}
			}
			if err == nil {
				_, err = io.WriteString(w, `</cellXfs></styleSheet>`)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	_, err := Open(context.Background(), out.Bytes(), DefaultBounds())
	wantError(t, err, TooLarge)
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("it took %s to refuse", d)
	}
	b := DefaultBounds()
	b.Ratio, b.SmallBytes = 1<<40, 1<<40
	_, err = Open(context.Background(), out.Bytes(), b)
	if e := wantError(t, err, TooLarge); e.Bound != "StyleElements" || e.Limit != 1_000_000 {
		t.Errorf("without the ratio: %v", e)
	}
}

// FIELD-NOTES §1: 524 KB holding 512 MB of spaces. What the directory declares is refused before unpacking, and a part
// that inflates to more than declared is refused while it streams.
func TestHundredsOfMegabytesOfSpacesAreTooLarge(t *testing.T) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range bookParts("") {
		w, err := z.Create(p.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, p.text); err != nil {
			t.Fatal(err)
		}
		if p.text == "" {
			spaces := bytes.Repeat([]byte{' '}, 1<<20)
			for range 64 {
				if _, err := w.Write(spaces); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Open(context.Background(), out.Bytes(), DefaultBounds())
	if e := wantError(t, err, TooLarge); e.Bound != "Ratio" || e.Part != "xl/worksheets/sheet1.xml" {
		t.Errorf("%+v", e)
	}
	b := DefaultBounds()
	b.PartBytes = 63 << 20
	_, err = Open(context.Background(), out.Bytes(), b)
	if e := wantError(t, err, TooLarge); e.Bound != "PartBytes" || e.Found != 64<<20 {
		t.Errorf("%+v", e)
	}
	// The directory lies: it declares 1,000 bytes.
	lie := out.Bytes()
	at := bytes.LastIndex(lie, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(lie[at+24:], 1000)
	_, err = readAll(lie)
	wantError(t, err, Unsafe)
}

// FIELD-NOTES §1: 57893-many-merges took over 20 s to write back.
func TestManyMergesAreAnnotatedAtOnce(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<worksheet ` + mainTag + `><sheetData>` + manyRows(50) + `</sheetData><mergeCells>`)
	const n = 50_000
	for r := 100; r < n+100; r++ {
		fmt.Fprintf(&b, `<mergeCell ref="A%d:C%d"/>`, r, r)
	}
	b.WriteString(`</mergeCells></worksheet>`)
	data := pack(t, bookParts(b.String())...)
	k := mustOpen(t, data)
	a, err := sampleAnnotation(k, 0, 40)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	out, err := annotateBytes(k, a)
	if err != nil {
		t.Fatal(err)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("annotating took %s", d)
	}
	l, err := mustOpen(t, out).Layout(context.Background(), 0)
	if err != nil || len(l.Merged) != n {
		t.Errorf("%d merges, %v", len(l.Merged), err)
	}
}

// compound is an OLE file whose directory has the entries.
func compound(names ...string) []byte {
	out := make([]byte, 1024)
	copy(out, oleMagic)
	for _, name := range names {
		e := make([]byte, 128)
		n := 0
		for _, r := range name + "\x00" {
			binary.LittleEndian.PutUint16(e[n:], uint16(r))
			n += 2
		}
		binary.LittleEndian.PutUint16(e[64:], uint16(n))
		out = append(out, e...)
	}
	return out
}

// FIELD-NOTES §1: the library's own words for these were "zip: not a valid zip file" and "invalid character entity &".
func TestOtherFormatsAreNamed(t *testing.T) {
	ods := pack(t, part{"x", ""})
	ods = append([]byte("PK\x03\x04...mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), ods...)
	for _, c := range []struct {
		name string
		data []byte
		f    Format
		code Code
		says string
	}{
		{"encrypted", compound("Root Entry", "EncryptionInfo", "EncryptedPackage"), Encrypted, PasswordProtected, "password"},
		{"old", compound("Root Entry", "Workbook"), Xls, OldFormat, ".xls"},
		{"Excel 5", compound("Root Entry", "Book"), Xls, OldFormat, ".xls"},
		{"Word 97", compound("Root Entry", "WordDocument"), Doc, OtherFormat, "Word"},
		{"Outlook", compound("Root Entry", "__properties_version1.0"), OutlookItem, OtherFormat, "Outlook"},
		{"binary", pack(t, part{"xl/workbook.bin", "\x83\x01"}), Xlsb, BinaryWorkbook, ".xlsb"},
		{"ods", ods, Ods, OtherFormat, ".ods"},
		{"docx", pack(t, part{contentTypesPart, "<x/>"}, part{"word/document.xml", "<x/>"}), Docx, OtherFormat, "Word"},
		{"zip", pack(t, part{"requests/one.txt", "x"}), Zip, OtherFormat, "zip"},
		{"csv", []byte("Title,Total\nMonitor,12.50\n"), Csv, OtherFormat, ".csv"},
		{"csv in Latin-1", []byte("Objet;Total\nd\xe9veloppement;12,50\n"), Csv, OtherFormat, ".csv"},
		{"pdf", []byte("%PDF-1.7\n"), Pdf, OtherFormat, "PDF"},
		{"html", []byte("<html><table><tr><td>1</td></tr></table>"), HTML, OtherFormat, "web page"},
		{"lock file", append([]byte("\x04User"), make([]byte, 160)...), Unknown, NotAWorkbook, "not an Excel workbook"},
		{"empty", nil, Empty, NotAWorkbook, "empty"},
		{"cut zip", book(t, manyRows(3))[:300], Xlsx, Damaged, "damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if f := Sniff(c.data); f != c.f {
				t.Errorf("Sniff says %s, want %s", f, c.f)
			}
			_, err := Open(context.Background(), c.data, DefaultBounds())
			if e := wantError(t, err, c.code); !strings.Contains(e.Message.EN, c.says) {
				t.Errorf("%q does not say %q", e.Message.EN, c.says)
			}
		})
	}
	if !LockFile("~$requests.xlsx") || LockFile("requests.xlsx") {
		t.Error("a lock file is known by its name")
	}
}

func TestEncryptedZipEntryIsPasswordProtected(t *testing.T) {
	data := book(t, manyRows(1))
	at := bytes.LastIndex(data, []byte("PK\x01\x02"))
	data[at+8] |= 1
	_, err := Open(context.Background(), data, DefaultBounds())
	wantError(t, err, PasswordProtected)
}

// A document type could define entities that grow without end; no spreadsheet program writes one.
func TestDocumentTypeIsUnsafe(t *testing.T) {
	const doctype = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>`
	for _, p := range bookParts(rowsXML(manyRows(1))) {
		if p.name == contentTypesPart {
			continue // is only read when annotating
		}
		_, err := readAll(book(t, manyRows(1), part{p.name, doctype + p.text}))
		if e := wantError(t, err, Unsafe); e.Part != p.name {
			t.Errorf("%s: the part is %q", p.name, e.Part)
		}
	}
	_, err := readAll(book(t, `<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>`))
	wantError(t, err, Damaged)
}

// FIELD-NOTES §1: a stored entry with a data descriptor breaks SheetJS. It is read, and written back with its sizes in
// front.
func TestStoredEntryWithDataDescriptorIsWrittenWithSizes(t *testing.T) {
	var in bytes.Buffer
	z := zip.NewWriter(&in)
	for _, p := range with(bookParts(rowsXML(manyRows(3))), part{"xl/media/logo.png", "\x89PNG not really"}) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Store, Flags: 8})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, p.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	k := mustOpen(t, in.Bytes())
	if f := k.fileOf("xl/media/logo.png"); f.Flags&8 == 0 {
		t.Fatal("the test's own entry has no data descriptor")
	}
	a, err := sampleAnnotation(k, 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	out, err := annotateBytes(k, a)
	if err != nil {
		t.Fatal(err)
	}
	checkAnnotated(t, "stored", in.Bytes(), out, a)
	for name, f := range mustOpen(t, out).a.parts {
		if f.Method == zip.Store && f.Flags&8 != 0 {
			t.Errorf("%s is stored with its sizes behind it", name)
		}
	}
	local := out[bytes.Index(out, []byte("xl/media/logo.png"))-30:]
	if size := binary.LittleEndian.Uint32(local[22:]); size != uint32(len("\x89PNG not really")) {
		t.Errorf("the local header says %d bytes", size)
	}
}

// FIELD-NOTES §1: texts that could become formulas are written as texts and marked as typed with an apostrophe.
func TestTextsThatLookLikeFormulasStayTexts(t *testing.T) {
	data := book(t, manyRows(8))
	k := mustOpen(t, data)
	a := Annotation{HeaderRow: 1, Column: 2, Headers: [3]string{"=Result", "Why", "Reference"}, Report: sampleReport()}
	texts := []string{"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "plain"}
	for i, text := range texts {
		a.Marks = append(a.Marks, Mark{Row: i + 2, Kind: NoteMark, Result: "r", Why: text, Reference: text})
	}
	out, err := annotateBytes(k, a)
	if err != nil {
		t.Fatal(err)
	}
	after := mustOpen(t, out)
	styles, err := after.a.read(context.Background(), "xl/styles.xml")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(styles), "<cellXfs")
	formats := strings.Split(list, "<xf ")[1:]
	err = after.Rows(context.Background(), 0, func(r *Row) error {
		if r.Number < 2 {
			return nil
		}
		want := texts[r.Number-2]
		for _, col := range []int{3, 4} {
			c := r.Cell(col)
			if c.Value != want || c.Type != StringCell || c.HasFormula {
				t.Errorf("row %d: %+v, want the text %q", r.Number, *c, want)
			}
			if quoted := strings.Contains(formats[c.Style], `quotePrefix="1"`); quoted != (want != "plain") {
				t.Errorf("row %d: quotePrefix is %v for %q", r.Number, quoted, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
