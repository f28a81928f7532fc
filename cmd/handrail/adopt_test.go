package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

// ownForm is a department's form that Handrail does not know; libraryForm is one that nobody filled.
const (
	ownForm     = "../../ingest/forms/testdata/bench/forms/own-form-unrecognised.xlsx"
	libraryForm = "../../ingest/forms/testdata/departments/14-library-three-quotes/blank.xlsx"
)

// told runs a command and answers its exit code and what it says on both.
func told(t *testing.T, args ...string) (code int, out, complaints string) {
	t.Helper()
	var said, complained bytes.Buffer
	now := time.Date(2026, 11, 29, 15, 0, 0, 0, time.UTC)
	code = run(t.Context(), args, &terminal{in: strings.NewReader(""), out: &said, err: &complained, now: func() time.Time { return now }})
	return code, said.String(), complained.String()
}

func wantWords(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("does not say %q:\n%s", w, text)
		}
	}
}

// A department's form is adopted: the proposal goes into the configuration, which then reads the form.
func TestAdoptWritesTheConfiguration(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "handrail.toml")
	const before = "# ours\npolicy = \"esdc-micro-acquisition\" # the pilot's\n"
	if err := os.WriteFile(config, []byte(before), 0o640); err != nil {
		t.Fatal(err)
	}
	code, out, _ := told(t, "adopt", ownForm, "--config", config, "--write")
	if code != exitAct { // the policy needs what the form does not ask for
		t.Errorf("exit %d", code)
	}
	wantWords(t, out, "C6    Vendor                         -> supplier", `supplier = ["Vendor"] # C6`, "+ [form.aliases]", "without it a line is returned",
		"row 7: title Cable 0; supplier Shop Ltd.; quantity 2;", "from Amara Osei", "\n  "+config+", from line 4:")
	text, err := os.ReadFile(config)
	if err != nil || !strings.HasPrefix(string(text), before) {
		t.Fatalf("the configuration is now %s (%v)", text, err)
	}
	if info, err := os.Stat(config); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("its mode is %v (%v)", info.Mode(), err)
	}
	if code, out, _ := told(t, "inspect", ownForm, "--config", config); code != exitDone || !strings.Contains(out, "-> supplier          (alias)") {
		t.Errorf("the form is not recognised with it, exit %d: %s", code, out)
	}

	code, _, complaint := told(t, "adopt", ownForm, "--config", config, "--write")
	if code != exitUsage || !strings.Contains(complaint, "[form] part already") || !strings.Contains(complaint, "hint: --replace") {
		t.Errorf("a [form] that is there: exit %d %s", code, complaint)
	}
	if code, out, _ := told(t, "adopt", ownForm, "--config", config, "--write", "--replace"); code != exitAct || !strings.Contains(out, `  - supplier = ["Vendor"]`) {
		t.Errorf("replaced: exit %d %s", code, out)
	}
	if again, err := os.ReadFile(config); err != nil || !bytes.Equal(again, text) {
		t.Errorf("the same proposal again leaves %s (%v)", again, err)
	}
	if kept, err := os.ReadFile(config + ".before-adopt"); err != nil || !bytes.Equal(kept, text) {
		t.Errorf("the configuration of before is not beside it: %v", err)
	}
}

// A blank form is tried on a copy with a line typed into it, and --out writes the proposal alone.
func TestAdoptTriesABlankForm(t *testing.T) {
	proposal := filepath.Join(t.TempDir(), "form.toml")
	code, said, complaint := told(t, "adopt", libraryForm, "--out", proposal, "--format", "json")
	var got adoptJSON
	if err := json.Unmarshal([]byte(said), &got); err != nil || code != exitAct || complaint != "" {
		t.Fatalf("exit %d, %v, %s", code, err, complaint)
	}
	if got.Trial == nil || len(got.Trial.Typed) < 8 || len(got.Trial.Lost) != 0 || len(got.Trial.Lines) == 0 {
		t.Fatalf("the trial: %+v", got.Trial)
	}
	if v := got.Trial.Lines[0].Values; v["title"] == "" || v["quantity"] != "2" || v["unit_price"] != "100" {
		t.Errorf("the line that came back: %v", v)
	}
	if text, err := os.ReadFile(proposal); err != nil || string(text) != got.Form || !strings.Contains(got.Form, `title = ["Title / item"]`) {
		t.Errorf("%v %s", err, text)
	}
	_, out, _ := told(t, "adopt", libraryForm, "--filled", strings.Replace(libraryForm, "blank", "filled-1", 1))
	wantWords(t, out, "filled-1.xlsx:\n", "from Ottilie Brand")
}

func TestAdoptRefusesWithAWord(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var empty bytes.Buffer
	if err := excelize.NewFile().Write(&empty); err != nil {
		t.Fatal(err)
	}
	emptyBook, notes, damaged := write("empty.xlsx", empty.Bytes()), write("notes.txt", []byte("notes")), write("damaged.xlsx", withoutSheetEnd(t, empty.Bytes()))
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"adopt", emptyBook}, exitInput, "No sheet of this workbook looks like a request form"},
		{[]string{"adopt", notes}, exitInput, "not an Excel workbook"},
		{[]string{"adopt", damaged}, exitInput, "xl/worksheets/sheet1.xml"},
		{[]string{"inspect", damaged}, exitInput, "xl/worksheets/sheet1.xml"},
		{[]string{"inspect", emptyBook}, exitInput, "no sheet of it holds a request"},
		{[]string{"adopt", filepath.Join(dir, "nowhere.xlsx")}, exitInput, "no such file"},
		{[]string{"adopt", ownForm, "--write"}, exitUsage, "--config names the configuration"},
		{[]string{"adopt", ownForm, "--replace"}, exitUsage, "give both"},
		{[]string{"adopt", ownForm, "--policy", "nothing"}, exitUsage, "no shipped policy of that name"},
	} {
		if code, _, complaint := told(t, c.args...); code != c.code || !strings.Contains(complaint, c.says) {
			t.Errorf("%v: exit %d, want %d: %s, want %q", c.args, code, c.code, complaint, c.says)
		}
	}
	if _, out, _ := told(t, "inspect", emptyBook, "--cells", "--format", "json"); !strings.Contains(out, `"cells":[]`) {
		t.Errorf("an empty workbook has no cells in %s", out)
	}
	_, out, _ := told(t, "inspect", damaged, "--format", "json")
	wantWords(t, out, `"part":"xl/worksheets/sheet1.xml"`, `"reason":"`)
}

// withoutSheetEnd cuts a workbook's first sheet in the middle.
func withoutSheetEnd(t *testing.T, data []byte) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, f := range from.File {
		if f.Name != "xl/worksheets/sheet1.xml" {
			if err := to.Copy(f); err != nil {
				t.Fatal(err)
			}
			continue
		}
		w, err := to.Create(f.Name)
		if err == nil {
			_, err = w.Write([]byte(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"`))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// inspect of a form that is not recognised shows its words and where to go on.
func TestInspectShowsWhatItSawOfAnUnknownForm(t *testing.T) {
	code, out, complaint := told(t, "inspect", ownForm)
	if code != exitInput {
		t.Errorf("exit %d", code)
	}
	wantWords(t, out, `"PR" looks like a table with its headers in row 6`, "C6    Vendor                         nearest: supplier", "H6    Amount                         nearest: total, net")
	wantWords(t, complaint, "handrail adopt "+ownForm)
}

// What was left alone is said with its cells, its first words and why.
func TestLeftAloneIsSaid(t *testing.T) {
	if got, want := leftAlone("B25:D27", "Approved by\nMary", "below-table"), "left alone: B25:D27 “Approved by Mary” (below the table)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, l := range []request.Lang{request.English, request.French} {
		if nothingToAdopt.In(l) == "" {
			t.Errorf("a form that holds nothing is not told in %s", l)
		}
	}
}
