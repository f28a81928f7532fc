package workbook

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/klauspost/compress/zip"
)

// directoryEntry finds a part's header in the zip's directory.
func directoryEntry(t *testing.T, data []byte, name string) []byte {
	t.Helper()
	for at := 0; ; at += 4 {
		n := bytes.Index(data[at:], []byte("PK\x01\x02"))
		if n < 0 {
			t.Fatalf("the directory has no entry %s", name)
		}
		at += n
		if bytes.HasPrefix(data[at+46:], []byte(name)) {
			return data[at:]
		}
	}
}

func TestDeclaredIsWhatReadingCostsAtMost(t *testing.T) {
	data := book(t, manyRows(500))
	d, err := Declared(data, DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	k := mustOpen(t, data)
	if d.FileBytes+d.Bytes != k.Size() || d.Parts != len(k.a.files) {
		t.Errorf("%+v, and the open workbook is %d bytes in %d parts", d, k.Size(), len(k.a.files))
	}
	if want := int64(len(rowsXML(manyRows(500)))); d.LargestBytes != want {
		t.Errorf("the largest part declares %d bytes, want the sheet's %d", d.LargestBytes, want)
	}
}

// The bounds of rows and cells are true for the shortest XML that counts.
func TestDeclaredRowsAndCellsAreUpperBounds(t *testing.T) {
	for name, rows := range map[string]string{
		"one cell a row": strings.Repeat(`<row><c><f/></c></row>`, 5000),
		"one long row":   `<row>` + strings.Repeat(`<c><f/></c>`, 16_000) + `</row>`,
		"values":         strings.Repeat(`<row><c><v>1</v></c><c><v>2</v></c></row>`, 3000),
	} {
		t.Run(name, func(t *testing.T) {
			data := book(t, rows)
			d, err := Declared(data, DefaultBounds())
			if err != nil {
				t.Fatal(err)
			}
			var filled, cells int64
			if err := mustOpen(t, data).Rows(t.Context(), 0, func(r *Row) error { filled++; cells += int64(len(r.Cells)); return nil }); err != nil {
				t.Fatal(err)
			}
			if filled > d.Rows || cells > d.Cells {
				t.Errorf("%d rows and %d cells were read of at most %d and %d", filled, cells, d.Rows, d.Cells)
			}
		})
	}
}

// What Open refuses for its container, Declared refuses in the same words, before anything is unpacked.
func TestDeclaredRefusesWhatOpenRefuses(t *testing.T) {
	tight := DefaultBounds()
	tight.PartBytes = 100
	for name, c := range map[string]struct {
		data []byte
		b    Bounds
	}{
		"no zip":     {[]byte("%PDF-1.7"), DefaultBounds()},
		"cut":        {book(t, manyRows(3))[:300], DefaultBounds()},
		"large part": {book(t, manyRows(30)), tight},
		"collision":  {book(t, manyRows(1), part{"xl/Workbook.xml", "x"}, part{"XL/workbook.xml", "x"}), DefaultBounds()},
	} {
		t.Run(name, func(t *testing.T) {
			_, opened := Open(t.Context(), c.data, c.b)
			_, declared := Declared(c.data, c.b)
			if opened == nil || declared == nil || opened.Error() != declared.Error() {
				t.Errorf("Open: %v; Declared: %v", opened, declared)
			}
		})
	}
}

// A sheet of a hundred megabytes that declares ten kilobytes is refused once it has given its ten kilobytes.
func TestWhatUnpacksToMoreThanItDeclaresIsUnsafe(t *testing.T) {
	const sheet = "xl/worksheets/sheet1.xml"
	rows := strings.Repeat(`<row><c t="inlineStr"><is><t>`+strings.Repeat("x", 1000)+`</t></is></c></row>`, 100_000)
	honest := book(t, rows)
	for _, declares := range []uint32{0, 10 << 10, uint32(len(rowsXML(rows))) - 1} {
		t.Run(fmt.Sprint(declares), func(t *testing.T) {
			data := bytes.Clone(honest)
			binary.LittleEndian.PutUint32(directoryEntry(t, data, sheet)[24:], declares)
			b := DefaultBounds()
			b.Ratio = 1 << 40
			d, err := Declared(data, b)
			if err != nil || d.LargestBytes > max(int64(declares), 10<<10) {
				t.Fatalf("%+v, %v", d, err)
			}
			k, err := Open(t.Context(), data, b)
			if err != nil {
				t.Fatal(err)
			}
			seen := int64(0)
			err = k.Rows(t.Context(), 0, func(r *Row) error { seen += int64(len(r.Cells[0].Value)); return nil })
			if e := wantError(t, err, Unsafe); e.Part != sheet {
				t.Errorf("the part is %q", e.Part)
			}
			if seen > int64(declares) {
				t.Errorf("%d bytes of text were read from a part that declares %d", seen, declares)
			}
		})
	}
}

// Texts and formats are read when the workbook is opened, and are held to what they declare as well.
func TestEveryPartIsHeldToWhatItDeclares(t *testing.T) {
	sst := part{"xl/sharedStrings.xml", `<sst xmlns="` + mainNS + `">` + strings.Repeat("<si><t>some text</t></si>", 50_000) + `</sst>`}
	for _, name := range []string{"xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", contentTypesPart} {
		data := book(t, manyRows(2), sst)
		binary.LittleEndian.PutUint32(directoryEntry(t, data, name)[24:], 100)
		_, err := Open(t.Context(), data, DefaultBounds())
		if e := wantError(t, err, Unsafe); e.Part != name {
			t.Errorf("%s: the part is %q", name, e.Part)
		}
	}
}

// A part that gives less than it declares was cut.
func TestWhatUnpacksToLessThanItDeclaresIsDamaged(t *testing.T) {
	data := book(t, manyRows(2))
	head := directoryEntry(t, data, "xl/worksheets/sheet1.xml")
	binary.LittleEndian.PutUint32(head[24:], binary.LittleEndian.Uint32(head[24:])+1)
	_, err := readAll(data)
	wantError(t, err, Damaged)
}

// The sizes before a part's own bytes are never used: the directory's count, whatever they say.
func TestLocalSizesCountForNothing(t *testing.T) {
	for _, local := range []uint32{0, 1, 1 << 30, 0xffffffff} {
		data := book(t, manyRows(20))
		want, err := Declared(data, DefaultBounds())
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; ; at += 4 {
			n := bytes.Index(data[at:], []byte("PK\x03\x04"))
			if n < 0 {
				break
			}
			at += n
			binary.LittleEndian.PutUint32(data[at+18:], local)
			binary.LittleEndian.PutUint32(data[at+22:], local)
		}
		got, err := Declared(data, DefaultBounds())
		if err != nil || got != want {
			t.Errorf("local %d: %+v, %v, want %+v", local, got, err, want)
		}
		if n, err := readAll(data); n != 20 || err != nil {
			t.Errorf("local %d: %d cells, %v", local, n, err)
		}
	}
}

// zip64 writes a zip as one whose sizes need 64 bits: in every entry of the directory stands 0xffffffff, and the sizes
// follow in an extra field.
func zip64(t *testing.T, data []byte, size func(name string, honest uint64) uint64) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	first := bytes.Index(data, []byte("PK\x01\x02"))
	out := bytes.Clone(data[:first])
	at := data[first:]
	for _, f := range r.File {
		name, extra, comment := int(binary.LittleEndian.Uint16(at[28:])), int(binary.LittleEndian.Uint16(at[30:])), int(binary.LittleEndian.Uint16(at[32:]))
		head := bytes.Clone(at[:46])
		binary.LittleEndian.PutUint32(head[20:], 0xffffffff)
		binary.LittleEndian.PutUint32(head[24:], 0xffffffff)
		binary.LittleEndian.PutUint16(head[30:], 20)
		binary.LittleEndian.PutUint16(head[32:], 0)
		out = append(append(out, head...), f.Name...)
		out = binary.LittleEndian.AppendUint16(out, 1)
		out = binary.LittleEndian.AppendUint16(out, 16)
		out = binary.LittleEndian.AppendUint64(out, size(f.Name, f.UncompressedSize64))
		out = binary.LittleEndian.AppendUint64(out, f.CompressedSize64)
		at = at[46+name+extra+comment:]
	}
	end := bytes.Clone(at)
	binary.LittleEndian.PutUint32(end[12:], uint32(len(out)-first))
	return append(out, end...)
}

func TestZip64DeclaresItsSizes(t *testing.T) {
	const sheet = "xl/worksheets/sheet1.xml"
	plain := book(t, manyRows(200))
	want, err := Declared(plain, DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	honest := zip64(t, plain, func(_ string, n uint64) uint64 { return n })
	got, err := Declared(honest, DefaultBounds())
	if err != nil || got.Bytes != want.Bytes || got.LargestBytes != want.LargestBytes {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	if n, err := readAll(honest); n != 200 || err != nil {
		t.Errorf("%d cells, %v", n, err)
	}
	small := zip64(t, plain, func(name string, n uint64) uint64 {
		if name == sheet {
			return 100
		}
		return n
	})
	_, err = readAll(small)
	wantError(t, err, Unsafe)
	for _, huge := range []uint64{1 << 40, 1 << 62, 1<<63 + 5, 1<<64 - 1} {
		data := zip64(t, plain, func(string, uint64) uint64 { return huge })
		_, err := Declared(data, DefaultBounds())
		if e := wantError(t, err, TooLarge); e.Bound != "PartBytes" {
			t.Errorf("%d bytes: %v", huge, err)
		}
	}
}

// The bound of entries is of the directory that is read, wherever another one seems to stand.
func TestEntriesAreCountedInTheDirectoryThatIsRead(t *testing.T) {
	var more []part
	for i := range 200 {
		more = append(more, part{fmt.Sprintf("xl/media/%d.png", i), ""})
	}
	b := DefaultBounds()
	b.Entries = 50
	plain := book(t, manyRows(1), more...)
	end := len(plain) - 22
	comment := append(bytes.Clone(plain), "PK\x05\x06"...) // looks like the end of a directory, and is a comment
	binary.LittleEndian.PutUint16(comment[end+20:], 4)
	lost := bytes.Clone(plain) // the directory's own size is wrong
	binary.LittleEndian.PutUint32(lost[end+12:], 46)
	for name, data := range map[string][]byte{"plain": plain, "in a comment": comment, "of another size": lost} {
		_, err := Declared(data, b)
		var e *Error
		if !errors.As(err, &e) || e.Bound != "Entries" && e.Code != Damaged {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := Declared(comment, b)
	if e := wantError(t, err, TooLarge); e.Bound != "Entries" || e.Found != 51 {
		t.Errorf("in a comment: %v", err)
	}
}
