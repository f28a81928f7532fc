package workbook

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zip"
)

// What one workbook may cost, whatever is in it.
const (
	mostMemory = 512              // MB resident, the program and the file included
	mostTime   = 10 * time.Second // of a processor: what the machine does besides is no fault of the workbook's
	hung       = 2 * time.Minute  // after which a child is killed that says nothing
)

// Every workbook of the corpus, and every one that was made to do harm, is read and annotated in a process of its own
// kind: it ends in cells or in an error with a code and both sentences, before the process is killed, and in bounded
// memory.
func TestEveryWorkbookEndsInTimeAndMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the hostile workbooks inflate to gigabytes")
	}
	var paths []string
	dir := t.TempDir()
	for _, h := range hostiles {
		path := filepath.Join(dir, strings.ReplaceAll(h.name, " ", "-")+".xlsx")
		h.write(t, path)
		paths = append(paths, path)
	}
	t.Run("hostile", func(t *testing.T) {
		for i, end := range endure(t, paths) {
			if end.code != hostiles[i].code {
				t.Errorf("%s: %s, want %q", hostiles[i].name, end.says, hostiles[i].code)
			}
			t.Logf("%s: %.0f MB, %s", hostiles[i].name, end.peak, end.says)
		}
	})
	t.Run("corpus", func(t *testing.T) {
		most := ending{}
		for i, end := range endure(t, corpusFiles(t)) {
			if end.peak > most.peak {
				most = end
				most.says = corpusFiles(t)[i] + ": " + end.says
			}
		}
		t.Logf("the most memory: %.0f MB, %s", most.peak, most.says)
	})
}

// ending is what became of one workbook.
type ending struct {
	peak float64       // MB
	took time.Duration // of a processor
	code string        // "" when it was read and annotated
	says string
}

// endure has a child process read and annotate the workbooks one after the other. A child that spends more than
// mostTime on one is killed; the workbook at which a child died is the one at fault, and another child does the rest.
func endure(t *testing.T, paths []string) []ending {
	t.Helper()
	ends := make([]ending, len(paths))
	for at := 0; at < len(paths); {
		done := endureFrom(t, paths, at, ends)
		if at = at + done; at < len(paths) {
			t.Errorf("%s: the process died or was killed after %s", filepath.Base(paths[at]), hung)
			ends[at].says = "killed"
			at++
		}
	}
	for i := range ends {
		if ends[i].peak > mostMemory {
			t.Errorf("%s took %.0f MB: %s", filepath.Base(paths[i]), ends[i].peak, ends[i].says)
		}
		if ends[i].took > mostTime {
			t.Errorf("%s took %s of a processor: %s", filepath.Base(paths[i]), ends[i].took, ends[i].says)
		}
	}
	return ends
}

func endureFrom(t *testing.T, paths []string, at int, ends []ending) (done int) {
	t.Helper()
	list := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(list, []byte(strings.Join(paths[at:], "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestEnduringChild$")
	cmd.Env = append(os.Environ(), "HANDRAIL_ENDURE_LIST="+list)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := time.AfterFunc(hung, func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		fields := strings.SplitN(lines.Text(), "\t", 5)
		if len(fields) != 5 || fields[0] != endureMark {
			continue
		}
		e := &ends[at+done]
		if e.peak, err = strconv.ParseFloat(fields[1], 64); err != nil {
			t.Fatal(err)
		}
		if e.took, err = time.ParseDuration(fields[2]); err != nil {
			t.Fatal(err)
		}
		e.code, e.says = fields[3], fields[4]
		if e.code == unexplained {
			t.Errorf("%s: %s", filepath.Base(paths[at+done]), e.says)
		}
		done++
		kill.Reset(hung)
	}
	kill.Stop()
	_ = cmd.Wait() // a child that died is seen by what it did not answer
	return done
}

const (
	endureMark  = "endured"
	unexplained = "unexplained" // an error without a code, or without both sentences
)

// TestEnduringChild reads and annotates workbooks in a process of its own, and says for each what it took.
func TestEnduringChild(t *testing.T) {
	list := os.Getenv("HANDRAIL_ENDURE_LIST")
	if list == "" {
		t.Skip("only TestEveryWorkbookEndsInTimeAndMemory runs this, in a process of its own")
	}
	paths, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	for path := range strings.SplitSeq(string(paths), "\n") {
		code, says := "", "read and annotated"
		before := processorTime(t)
		if err := readAndAnnotateFile(path); err != nil {
			e, ok := ErrorOf(err)
			if code = unexplained; ok && e.Code != "" && e.Message.EN != "" && e.Message.FR != "" {
				code = string(e.Code)
			}
			says = strings.ReplaceAll(err.Error(), "\n", " ")
			says = says[:min(len(says), 200)]
		}
		peak := residentPeak(t)
		fmt.Printf("%s\t%.1f\t%s\t%s\t%s\n", endureMark, peak, processorTime(t)-before, code, says)
		if peak > mostMemory/8 {
			// The next workbook begins with a clean slate. What cannot be reset counts against it.
			debug.FreeOSMemory()
			_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
		}
	}
}

// readAndAnnotateFile does with a workbook what the job does: all sheets are read, then the first one is marked.
func readAndAnnotateFile(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	k, err := Open(context.Background(), data, DefaultBounds())
	if err != nil {
		return err
	}
	sheet := -1
	for i, s := range k.Sheets() {
		if err := k.Rows(context.Background(), i, func(*Row) error { return nil }); err != nil {
			return err
		}
		if s.Kind == relWorksheet && sheet < 0 {
			sheet = i
		}
	}
	if sheet < 0 {
		return nil
	}
	a, err := sampleAnnotation(k, sheet, 40)
	if err != nil {
		return err
	}
	return k.Annotate(context.Background(), io.Discard, a)
}

// hostile is a workbook made to do harm: a few hundred kilobytes that inflate to hundreds of megabytes, each time under
// every bound that is known before unpacking.
type hostile struct {
	name string
	code string // "" when it reads
	part string // the part that swells
	head string
	unit string // repeated; "%d" is the count, "~" a few random letters, which keep the ratio within bounds
	tail string
	most int // MB
	more func() []part
}

// letters is how many random ones stand for a "~", and how many bytes may pass before there must be one.
const letters, stretch = 24, 6 << 10

func (h *hostile) write(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 1) })
	parts := bookParts(rowsXML(twoColumns))
	if h.more != nil {
		parts = with(parts, h.more()...)
	}
	for _, p := range with(parts, part{h.part, ""}) {
		w, err := z.Create(p.name)
		if err != nil {
			t.Fatal(err)
		}
		if p.name == h.part {
			err = h.swell(w)
		} else {
			_, err = io.WriteString(w, p.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}

func (h *hostile) swell(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<20)
	random := rand.NewChaCha8([32]byte{})
	unit := h.unit
	if !strings.Contains(unit, "%d") {
		unit = strings.Repeat(unit, 1+4096/len(unit))
	}
	before, after, noisy := strings.Cut(unit, "~")
	tildes := strings.Count(unit, "~")
	after = strings.ReplaceAll(after, "~", "")
	n, since := len(h.head)+len(h.tail), 0
	_, err := out.WriteString(h.head)
	var b []byte
	for i := 1; n+len(unit)+letters < h.most<<20 && err == nil; i++ {
		b = appendNumbered(b[:0], before, i)
		at := len(b)
		b = appendNumbered(b, after, i)
		if noisy {
			if since += len(b) + tildes; since > stretch {
				b, since = slices.Insert(b, at, noise(random)...), 0
			}
		}
		n += len(b)
		_, err = out.Write(b)
	}
	if err == nil {
		_, err = out.WriteString(h.tail)
	}
	if err == nil {
		err = out.Flush()
	}
	return err
}

// noise is a few random letters.
func noise(random *rand.ChaCha8) []byte {
	b := make([]byte, letters)
	for i := range b {
		b[i] = 'a' + byte(random.Uint64()%26)
	}
	return b
}

// appendNumbered appends text with n in the place of every "%d".
func appendNumbered(b []byte, text string, n int) []byte {
	for {
		before, after, found := strings.Cut(text, "%d")
		b = append(b, before...)
		if !found {
			return b
		}
		b = strconv.AppendInt(b, int64(n), 10)
		text = after
	}
}

const (
	sheetPart = "xl/worksheets/sheet1.xml"
	sheetHead = `<worksheet ` + mainTag + `>`
	dataHead  = sheetHead + `<sheetData>`
	dataTail  = `</sheetData></worksheet>`
)

// relsOf gives the sheet relationships.
func relsOf(rels string) part {
	return part{"xl/worksheets/_rels/sheet1.xml.rels", `<Relationships xmlns="` + packageNS + `">` + rels + `</Relationships>`}
}

var hostiles = []hostile{
	{name: "512 MB of spaces", code: "too-large", part: sheetPart, head: dataHead, unit: strings.Repeat(" ", 1<<16), tail: dataTail, most: 512},
	{name: "spaces within the ratio", part: sheetPart, head: dataHead, unit: strings.Repeat(" ", 4<<10) + "<!--~-->", tail: dataTail, most: 100},
	{name: "12 million formats", code: "too-large", part: "xl/styles.xml", head: `<styleSheet xmlns="` + mainNS + `"><cellXfs>`, unit: `<xf a="~"/>`, tail: `</cellXfs></styleSheet>`, most: 100},
	{name: "formats with long attributes", part: "xl/styles.xml", head: `<styleSheet xmlns="` + mainNS + `"><cellXfs>`, unit: `<xf numFmtId="0" a="` + strings.Repeat("x", 500) + `~"/>`, tail: `</cellXfs></styleSheet>`, most: 31},
	{name: "long number formats", part: "xl/styles.xml", head: `<styleSheet xmlns="` + mainNS + `"><numFmts>`, unit: `<numFmt numFmtId="%d" formatCode="` + strings.Repeat("0", 500) + `~"/>`, tail: `</numFmts></styleSheet>`, most: 31},
	{name: "cells in XFD only", part: sheetPart, head: dataHead, unit: `<row r="%d"><c r="XFD%d"><v>1</v></c><!--~--></row>`, tail: dataTail, most: 10},
	{name: "rows without end", code: "too-large", part: sheetPart, head: dataHead, unit: `<row><c t="inlineStr"><is><t>x~</t></is></c></row>`, tail: dataTail, most: 100},
	{name: "gaps without end", part: sheetPart, head: dataHead, unit: `<row><c s="1"/><!--~--></row>`, tail: dataTail, most: 28},
	{name: "one row of long texts", code: "too-large", part: sheetPart, head: dataHead + `<row>`, unit: `<c t="inlineStr"><is><t>` + strings.Repeat("x", 30_000) + `~</t></is></c>`, tail: `</row>` + dataTail, most: 100},
	{name: "rows of long texts", part: sheetPart, head: dataHead, unit: `<row>` + strings.Repeat(`<c t="inlineStr"><is><t>`+strings.Repeat("x", 30_000)+`~</t></is></c>`, 30) + `</row>`, tail: dataTail, most: 100},
	{name: "a long formula shared by all", part: sheetPart, head: dataHead + `<row r="1"><c r="A1"><f t="shared" ref="A1:XFD9999" si="0">` + strings.Repeat("A1+", 40_000) + `1</f><v>1</v></c></row>`,
		unit: `<row>` + strings.Repeat(`<c><f t="shared" si="0"/><v>1</v></c>`, 16_000) + `<!--~--></row>`, tail: dataTail, most: 100},
	{name: "merges across all columns", code: "too-large", part: sheetPart, head: sheetHead + `<sheetData/><mergeCells>`, unit: `<mergeCell ref="A2:XFD9999" a="~"/>`, tail: `</mergeCells></worksheet>`, most: 20},
	{name: "columns with long attributes", code: "damaged", part: sheetPart, head: sheetHead + `<cols>`, unit: `<col min="%d" max="%d" a="` + strings.Repeat("x", 15_000) + `~"/>`, tail: `</cols><sheetData/></worksheet>`, most: 60},
	{name: "texts up to the bound", code: "too-large", part: "xl/sharedStrings.xml", head: `<sst xmlns="` + mainNS + `">`, unit: `<si><t>%d some text ~</t></si>`, tail: `</sst>`, most: 100},
	{name: "a million empty texts", code: "too-large", part: "xl/sharedStrings.xml", head: `<sst xmlns="` + mainNS + `">`, unit: `<si a="~"/>`, tail: `</sst>`, most: 100},
	{name: "a million comments", part: "xl/comments1.xml", head: `<comments xmlns="` + mainNS + `"><authors><author>a</author></authors><commentList>`, unit: `<comment ref="A1" a="~"/>`, tail: `</commentList></comments>`, most: 31,
		more: func() []part {
			return []part{relsOf(`<Relationship Id="rId1" Type="` + relNS + `/comments" Target="../comments1.xml"/>`)}
		}},
	{name: "a million authors", part: "xl/comments1.xml", head: `<comments xmlns="` + mainNS + `"><authors>`, unit: `<author a="~"/>`, tail: `</authors><commentList/></comments>`, most: 31,
		more: func() []part {
			return []part{relsOf(`<Relationship Id="rId1" Type="` + relNS + `/comments" Target="../comments1.xml"/>`)}
		}},
	{name: "a drawing without end", part: "xl/drawings/vmlDrawing1.vml", head: `<xml ` + vmlSpaces + `>`, unit: `<v:shape id="_x0000_s%d" a="~"/>`, tail: `</xml>`, most: 31,
		more: func() []part {
			return []part{relsOf(`<Relationship Id="rId1" Type="` + relNS + `/vmlDrawing" Target="../drawings/vmlDrawing1.vml"/>`),
				{sheetPart, strings.Replace(rowsXML(twoColumns), "</worksheet>", `<legacyDrawing r:id="rId1"/></worksheet>`, 1)}}
		}},
	{name: "a table of a million columns", part: "xl/tables/table1.xml", head: `<table xmlns="` + mainNS + `" ref="A1:B2"><tableColumns>`, unit: `<tableColumn name="~"/>`, tail: `</tableColumns></table>`, most: 31,
		more: func() []part {
			return []part{relsOf(`<Relationship Id="rId1" Type="` + relNS + `/table" Target="../tables/table1.xml"/>`)}
		}},
	{name: "one large table ten thousand times", part: "xl/tables/table1.xml", head: `<table xmlns="` + mainNS + `" ref="A1:B2">`, unit: `<x a="~"/>`, tail: `</table>`, most: 20,
		more: func() []part {
			var b strings.Builder
			for i := range 9000 {
				fmt.Fprintf(&b, `<Relationship Id="rId%d" Type="%s/table" Target="../tables/table1.xml"/>`, i, relNS)
			}
			return []part{relsOf(b.String())}
		}},
	{name: "one large sheet a thousand times", code: "damaged", part: sheetPart, head: dataHead, unit: strings.Repeat(" ", 4<<10) + "<!--~-->", tail: dataTail, most: 100,
		more: func() []part {
			var b strings.Builder
			for i := range 1000 {
				fmt.Fprintf(&b, `<sheet name="S%d" sheetId="%d" r:id="rId1"/>`, i, i+1)
			}
			return []part{{"xl/workbook.xml", `<workbook ` + mainTag + `><sheets>` + b.String() + `</sheets></workbook>`}}
		}},
	{name: "sheets with long names", code: "damaged", part: "xl/workbook.xml", head: `<workbook ` + mainTag + `><sheets>`, unit: `<sheet name="%d` + strings.Repeat("x", 200_000) + `~" sheetId="%d" r:id="rId1"/>`, tail: `</sheets></workbook>`, most: 31},
	{name: "relationships with long targets", code: "damaged", part: "xl/_rels/workbook.xml.rels", head: `<Relationships xmlns="` + packageNS + `"><Relationship Id="rId1" Type="` + relNS + `/worksheet" Target="worksheets/sheet1.xml"/>`,
		unit: `<Relationship Id="x%d" Type="` + relNS + `/x" Target="` + strings.Repeat("x", 2_500) + `~"/>`, tail: `</Relationships>`, most: 31},
	{name: "content types without end", part: contentTypesPart, head: `<Types xmlns="` + contentNS + `">`, unit: `<Override PartName="/a%d" ContentType="~"/>`, tail: `</Types>`, most: 31},
	{name: "a long tag", code: "damaged", part: sheetPart, head: dataHead + `<row a="`, unit: strings.Repeat("x", 4<<10) + "~", tail: `"/>` + dataTail, most: 100},
	{name: "nesting without end", code: "too-large", part: sheetPart, head: sheetHead, unit: `<a b="~">`, tail: `</worksheet>`, most: 20},
	{name: "a number without end", code: "too-large", part: sheetPart, head: dataHead + `<row><c><v>1`, unit: strings.Repeat("0", 4<<10), tail: `</v></c></row>` + dataTail, most: 1},
}

// residentPeak is the greatest size in memory that this process has had, in MB. It is not getrusage's, which a child
// inherits from the process that started it.
func residentPeak(tb testing.TB) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		tb.Skip("the peak is read from /proc, which only Linux has")
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kb float64
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		tb.Fatal(err)
	}
	return kb / 1024
}

// processorTime is what this process has used of processors.
func processorTime(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
