package workbook

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// oracle reads workbooks with openpyxl, an independent reader, in one process for all of them. It prints a line of JSON
// for each: [path, error, [[sheet, {ref: [type, value]}], …]].
const oracle = `
import sys, json, datetime, warnings
warnings.simplefilter("ignore")
import openpyxl
cells = sys.argv[1] == "cells"
for path in sys.stdin:
    path = path.rstrip("\n")
    try:
        book = openpyxl.load_workbook(path, data_only=True, keep_vba=False)
        sheets = []
        for ws in book.worksheets:
            seen = {}
            if cells:
                for (row, col), c in ws._cells.items():
                    v = c.value
                    if v is None: continue
                    if isinstance(v, bool): kind, v = "bool", v
                    elif isinstance(v, (int, float)): kind, v = "number", repr(float(v))
                    elif isinstance(v, (datetime.datetime, datetime.date, datetime.time, datetime.timedelta)): kind, v = "date", str(v)
                    else: kind, v = c.data_type, str(v)
                    seen[c.coordinate] = [kind, v]
            sheets.append([ws.title, seen])
        print(json.dumps([path, "", sheets]))
    except Exception as e:
        print(json.dumps([path, type(e).__name__ + ": " + str(e)[:200], []]))
`

type oracleSheet struct {
	name  string
	cells map[string][2]any
}

type oracleBook struct {
	err    string
	sheets []oracleSheet
}

// openpyxlReads asks openpyxl for the workbooks; the test is skipped where it is not installed.
func openpyxlReads(t *testing.T, mode string, paths []string) map[string]oracleBook {
	t.Helper()
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import openpyxl").Run(); err != nil {
		t.Skip("openpyxl is not installed for " + python + ": " + err.Error())
	}
	cmd := exec.Command(python, "-c", oracle, mode)
	cmd.Stdin = strings.NewReader(strings.Join(paths, "\n") + "\n")
	var out, fault bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &fault
	if err := cmd.Run(); err != nil {
		t.Fatalf("openpyxl: %v\n%s", err, fault.String())
	}
	books := map[string]oracleBook{}
	lines := bufio.NewScanner(&out)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var line struct {
			path, err string
			sheets    []json.RawMessage
		}
		var fields []json.RawMessage
		err := json.Unmarshal(lines.Bytes(), &fields)
		if err == nil {
			err = json.Unmarshal(fields[0], &line.path)
		}
		if err == nil {
			err = json.Unmarshal(fields[1], &line.err)
		}
		if err == nil {
			err = json.Unmarshal(fields[2], &line.sheets)
		}
		if err != nil {
			t.Fatal(err)
		}
		b := oracleBook{err: line.err}
		for _, raw := range line.sheets {
			var pair []json.RawMessage
			var s oracleSheet
			if err = json.Unmarshal(raw, &pair); err == nil {
				err = json.Unmarshal(pair[0], &s.name)
			}
			if err == nil {
				err = json.Unmarshal(pair[1], &s.cells)
			}
			if err != nil {
				t.Fatal(err)
			}
			b.sheets = append(b.sheets, s)
		}
		books[line.path] = b
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if len(books) != len(paths) {
		t.Fatalf("openpyxl answered for %d workbooks of %d", len(books), len(paths))
	}
	return books
}

// openpyxlDiffers are the corpus workbooks that openpyxl reads otherwise than they are written, and why ours is right.
var openpyxlDiffers = map[string]string{
	"apache_poi/test-data__spreadsheet__57914.xlsx":           strictUnread,
	"apache_poi/test-data__spreadsheet__SampleSS.strict.xlsx": strictUnread,
	"apache_poi/test-data__spreadsheet__SimpleStrict.xlsx":    strictUnread,
	"apache_poi/test-data__spreadsheet__sample.strict.xlsx":   strictUnread,
	"tafia_calamine/tests__strict_iso_paths.xlsx":             strictUnread,

	"tafia_calamine/tests__has_x000D_.xlsx":         escapesUnread,
	"tafia_calamine/tests__has_x000D_inline.xlsx":   escapesUnread,
	"apache_poi/test-data__spreadsheet__60289.xlsx": escapesUnread,

	"tafia_calamine/tests__date.xlsx":                              "an elapsed time, [hh]:mm:ss, is a quantity to us and a timedelta there",
	"tafia_calamine/tests__date_1904.xlsx":                         "an elapsed time, [hh]:mm:ss, is a quantity to us and a timedelta there",
	"exceljs_exceljs/spec__integration__data__1904.xlsx":           "day 0 of the 1904 system is 1904-01-01; openpyxl shows midnight of no day",
	"apache_poi/test-data__spreadsheet__bug60858.xlsx":             "-1 is before the first day and stays a number to us; openpyxl goes back to 1899",
	"apache_poi/test-data__integration__stress002.xlsx":            "values under merged cells are in the file; openpyxl drops them",
	"exceljs_exceljs/spec__integration__data__test-issue-877.xlsx": "openpyxl puts a hyperlink's address into an empty cell",
	"apache_poi/test-data__spreadsheet__52575_main.xlsx":           "the inline text of a formula stands in <v>; openpyxl looks in <is> only",
}

const (
	strictUnread  = "openpyxl does not know the strict namespaces and finds no sheet"
	escapesUnread = "openpyxl leaves _x000D_ as it stands; Excel shows a line end"
)

// Cell for cell, every corpus workbook holds for us what it holds for openpyxl. All of them take openpyxl a minute:
// HANDRAIL_TEST_OPENPYXL=all compares all, otherwise every tenth of the small ones.
func TestCorpusReadsAsOpenpyxlDoes(t *testing.T) {
	all := os.Getenv("HANDRAIL_TEST_OPENPYXL") == "all"
	dir := t.TempDir()
	var paths []string
	for i, p := range corpusFiles(t) {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		if !all && (i%10 != 0 || len(data) > 30<<10) {
			continue
		}
		if _, err := readAll(data); err == nil {
			paths = append(paths, linked(t, dir, p, i))
		}
	}
	same, cells, refused, known := 0, 0, 0, 0
	for path, theirs := range openpyxlReads(t, "cells", paths) {
		target, err := os.Readlink(path)
		if err != nil {
			t.Fatal(err)
		}
		_, name, _ := strings.Cut(target, "/corpus/xlsx/")
		if theirs.err != "" {
			refused++
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		n, diff := compareWithOracle(t, data, theirs)
		cells += n
		switch {
		case len(diff) == 0:
			same++
			if why := openpyxlDiffers[name]; why != "" {
				t.Logf("%s has no difference with this openpyxl (%s)", name, why)
			}
		case openpyxlDiffers[name] != "":
			known++
		default:
			t.Errorf("%s: %d differences, first %s", name, len(diff), strings.Join(diff[:min(3, len(diff))], "; "))
		}
	}
	if same == 0 {
		t.Error("openpyxl read nothing as we do")
	}
	t.Logf("%d workbooks the same (%d cells), %d differ for a known reason, %d openpyxl cannot open", same, cells, known, refused)
}

// linked is a path to the file that ends as openpyxl insists.
func linked(t *testing.T, dir, path string, i int) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	ext := ".xlsx"
	if strings.HasSuffix(path, ".xlsm") {
		ext = ".xlsm"
	}
	link := filepath.Join(dir, strconv.Itoa(i)+ext)
	if err := os.Symlink(abs, link); err != nil {
		t.Fatal(err)
	}
	return link
}

// compareWithOracle lists the cells that differ. Kinds count where both readers have one of their own; a date is
// compared as the day, since openpyxl rounds clock times its own way.
func compareWithOracle(t *testing.T, data []byte, theirs oracleBook) (n int, diff []string) {
	t.Helper()
	k := mustOpen(t, data)
	byName := map[string]map[string][2]any{}
	for _, s := range theirs.sheets {
		byName[s.name] = s.cells
	}
	for i, info := range k.Sheets() {
		want, ok := byName[info.Name]
		if !ok {
			if info.Kind == relWorksheet {
				diff = append(diff, "no sheet "+info.Name)
			}
			continue
		}
		ours, err := cellsOf(k, i)
		if err != nil {
			t.Fatal(err)
		}
		for ref, c := range ours {
			if !c.hasValue || c.value == "" {
				delete(ours, ref)
				continue
			}
			n++
			w, ok := want[ref]
			if !ok {
				diff = append(diff, info.Name+"!"+ref+" is only ours: "+c.value)
				continue
			}
			if !sameValue(c, w) {
				diff = append(diff, info.Name+"!"+ref+": ours "+c.kind.String()+" "+strconv.Quote(c.value)+", theirs "+strconv.Quote(strings.TrimSpace(strings.Join([]string{asText(w[0]), asText(w[1])}, " "))))
			}
		}
		for ref, w := range want {
			if _, ok := ours[ref]; !ok && asText(w[1]) != "" {
				diff = append(diff, info.Name+"!"+ref+" is only theirs: "+asText(w[1]))
			}
		}
	}
	return n, diff
}

func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strings.ToUpper(strconv.FormatBool(v))
	}
	return ""
}

func sameValue(c seenCell, w [2]any) bool {
	kind, value := asText(w[0]), asText(w[1])
	switch c.kind {
	case NumberCell:
		a, err1 := strconv.ParseFloat(c.value, 64)
		b, err2 := strconv.ParseFloat(value, 64)
		return err1 == nil && err2 == nil && (a == b || math.IsNaN(a) && math.IsNaN(b))
	case DateCell:
		return kind == "date" && strings.HasPrefix(strings.Replace(value, " ", "T", 1), c.value[:min(len(c.value), 10)])
	case BoolCell, ErrorCell:
		return c.value == value
	}
	return strings.ReplaceAll(c.value, "\r", "\n") == strings.ReplaceAll(value, "\r", "\n")
}
