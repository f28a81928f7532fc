package workbook

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// annotatedCorpus writes annotated corpus workbooks into dir: every n-th of those that are not too large.
func annotatedCorpus(t *testing.T, dir string, n, most int) (paths []string) {
	t.Helper()
	for i, p := range corpusFiles(t) {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		if i%n != 0 || len(data) > most {
			continue
		}
		if _, err := readAll(data); err != nil {
			continue
		}
		k := mustOpen(t, data)
		sheet := -1
		for i, s := range k.Sheets() {
			if s.Kind == relWorksheet && sheet < 0 {
				sheet = i
			}
		}
		if sheet < 0 {
			continue
		}
		a, err := sampleAnnotation(k, sheet, 40)
		if err != nil {
			t.Fatal(err)
		}
		out, err := annotateBytes(k, a)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, strconv.Itoa(i)+"-"+strings.TrimSuffix(filepath.Base(p), filepath.Ext(p))+k.Extension())
		if err := os.WriteFile(path, out, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// What openpyxl can open it can open annotated, and finds the report in it. HANDRAIL_TEST_OPENPYXL=all takes all.
func TestAnnotatedWorkbooksOpenInOpenpyxl(t *testing.T) {
	n, most := 10, 30<<10
	if os.Getenv("HANDRAIL_TEST_OPENPYXL") == "all" {
		n, most = 1, 50<<20
	}
	corpus := map[string]string{}
	for i, p := range corpusFiles(t) {
		corpus[strconv.Itoa(i)] = p
	}
	dir := t.TempDir()
	paths := annotatedCorpus(t, dir, n, most)
	opened := 0
	var refused []string
	for path, b := range openpyxlReads(t, "names", paths) {
		if b.err != "" || len(b.sheets) == 0 { // of strict OOXML openpyxl sees no sheet, in the original neither
			refused = append(refused, path)
			continue
		}
		opened++
		if last := b.sheets[len(b.sheets)-1].name; !strings.HasPrefix(last, reportName) {
			t.Errorf("%s: the last sheet is %q", filepath.Base(path), last)
		}
	}
	var originals []string
	back := map[string]string{}
	for _, path := range refused {
		number, _, _ := strings.Cut(filepath.Base(path), "-")
		i, err := strconv.Atoi(number)
		if err != nil {
			t.Fatal(err)
		}
		link := linked(t, dir, corpus[number], i)
		originals = append(originals, link)
		back[link] = path
	}
	neither := 0
	if len(originals) > 0 {
		for link, b := range openpyxlReads(t, "names", originals) {
			if b.err == "" && len(b.sheets) > 0 {
				t.Errorf("openpyxl opens the original of %s and not what we made of it", filepath.Base(back[link]))
			}
			neither++
		}
	}
	if opened == 0 {
		t.Error("openpyxl opened none")
	}
	t.Logf("openpyxl opened %d of %d annotated workbooks, and neither form of %d", opened, len(paths), neither)
}

// LibreOffice opens annotated workbooks, all in one process: HANDRAIL_TEST_LIBREOFFICE=1 a fixed sample, =all every
// one of the corpus.
func TestAnnotatedWorkbooksOpenInLibreOffice(t *testing.T) {
	mode := os.Getenv("HANDRAIL_TEST_LIBREOFFICE")
	if mode == "" {
		t.Skip("HANDRAIL_TEST_LIBREOFFICE is not set: LibreOffice takes its time")
	}
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed: " + err.Error())
	}
	n, most := 50, 60<<10
	if mode == "all" {
		n, most = 1, 2<<20
	}
	in, out := t.TempDir(), t.TempDir()
	paths := annotatedCorpus(t, in, n, most)
	args := append([]string{"-env:UserInstallation=file://" + t.TempDir(), "--headless", "--norestore", "--convert-to", "ods", "--outdir", out}, paths...)
	cmd := exec.Command(soffice, args...)
	cmd.WaitDelay = 5 * time.Second
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("soffice: %v\n%s", err, said)
	}
	missing := 0
	for _, p := range paths {
		name := strings.TrimSuffix(filepath.Base(p), filepath.Ext(p)) + ".ods"
		if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Size() == 0 {
			missing++
			t.Errorf("LibreOffice did not open %s", filepath.Base(p))
		}
	}
	t.Logf("LibreOffice opened %d of %d annotated workbooks", len(paths)-missing, len(paths))
}
