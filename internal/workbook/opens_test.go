package workbook

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// annotatedCorpus writes annotated corpus workbooks into dir: every n-th of those that are not too large.
func annotatedCorpus(t *testing.T, dir string, n, most int) (files []annotatedFile) {
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
		files = append(files, annotatedFile{p, path})
	}
	return files
}

// What openpyxl can open it can open annotated, and finds the report in it. HANDRAIL_TEST_OPENPYXL=all takes all.
func TestAnnotatedWorkbooksOpenInOpenpyxl(t *testing.T) {
	n, most := 10, 30<<10
	if os.Getenv("HANDRAIL_TEST_OPENPYXL") == "all" {
		n, most = 1, 50<<20
	}
	checkOpenpyxlOpens(t, annotatedCorpus(t, t.TempDir(), n, most))
}

// annotatedFile is a workbook of the corpus and what we made of it.
type annotatedFile struct{ Original, Annotated string }

// checkOpenpyxlOpens holds that openpyxl finds the report in every annotated workbook whose original it can open.
func checkOpenpyxlOpens(t *testing.T, files []annotatedFile) {
	t.Helper()
	var paths []string
	originalOf := map[string]string{}
	for _, f := range files {
		paths = append(paths, f.Annotated)
		originalOf[f.Annotated] = f.Original
	}
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
	dir := t.TempDir()
	for i, path := range refused {
		link := linked(t, dir, originalOf[path], i)
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
	n, most := 50, 60<<10
	if mode == "all" {
		n, most = 1, 2<<20
	}
	checkLibreOfficeOpens(t, annotatedCorpus(t, t.TempDir(), n, most))
}

// checkLibreOfficeOpens has one LibreOffice open all the workbooks and write them again. One that it does not open, it must
// not open as it came either.
func checkLibreOfficeOpens(t *testing.T, files []annotatedFile) {
	t.Helper()
	var paths, originals []string
	originalOf, back := map[string]string{}, map[string]string{}
	for _, f := range files {
		paths = append(paths, f.Annotated)
		originalOf[f.Annotated] = f.Original
	}
	refused := libreOfficeRefuses(t, paths)
	dir := t.TempDir()
	for i, path := range refused {
		link := linked(t, dir, originalOf[path], i)
		originals = append(originals, link)
		back[link] = path
	}
	neither := libreOfficeRefuses(t, originals)
	for _, link := range originals {
		if !slices.Contains(neither, link) {
			t.Errorf("LibreOffice opens the original of %s and not what we made of it", filepath.Base(back[link]))
		}
	}
	if len(paths) == len(refused) {
		t.Error("LibreOffice opened none")
	}
	t.Logf("LibreOffice opened %d of %d annotated workbooks, and neither form of %d", len(paths)-len(refused), len(paths), len(neither))
}

// libreOfficeRefuses are the workbooks that LibreOffice does not convert. It may die of one of them: the first that it
// has not written is held to be that one, and another process does the rest.
func libreOfficeRefuses(t *testing.T, paths []string) (refused []string) {
	t.Helper()
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed: " + err.Error())
	}
	out := t.TempDir()
	written := func(p string) bool {
		info, err := os.Stat(filepath.Join(out, strings.TrimSuffix(filepath.Base(p), filepath.Ext(p))+".ods"))
		return err == nil && info.Size() > 0
	}
	for rest := paths; len(rest) > 0; {
		args := append([]string{"-env:UserInstallation=file://" + t.TempDir(), "--headless", "--norestore", "--convert-to", "ods", "--outdir", out}, rest...)
		cmd := exec.Command(soffice, args...)
		cmd.WaitDelay = 5 * time.Second
		said, err := cmd.CombinedOutput()
		if rest = slices.DeleteFunc(slices.Clone(rest), written); len(rest) == 0 {
			break
		}
		t.Logf("LibreOffice stopped or passed over %s: %v, %s", filepath.Base(rest[0]), err, bytes.TrimSpace(said[max(0, len(said)-200):]))
		refused, rest = append(refused, rest[0]), rest[1:]
	}
	return refused
}
