package workbook

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"handrail/internal/request"
)

// What people print is whole: every word of the help sheet is on paper, the form's columns up to the total are on its first
// page, and the others on the pages after it.
func TestThePrintedFormIsWhole(t *testing.T) {
	if os.Getenv("HANDRAIL_TEST_LIBREOFFICE") == "" {
		t.Skip("HANDRAIL_TEST_LIBREOFFICE is not set: LibreOffice takes its time")
	}
	for _, program := range []string{"soffice", "pdftotext"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed: %v", program, err)
		}
	}
	dir := t.TempDir()
	languages := []request.Lang{request.English, request.French}
	args := []string{"-env:UserInstallation=file://" + t.TempDir(), "--headless", "--norestore", "--convert-to", "pdf", "--outdir", dir}
	for _, l := range languages {
		var b bytes.Buffer
		if err := NewForm(&b, esdcForm(l)); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, string(l)+".xlsx")
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	if out, err := exec.Command("soffice", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, l := range languages {
		printed := func(order string) string {
			out, err := exec.Command("pdftotext", order, filepath.Join(dir, string(l)+".pdf"), "-").Output()
			if err != nil {
				t.Fatal(err)
			}
			return string(out)
		}
		// -raw: in reading order, so that a cell's lines follow each other. -layout: a sign that the font lacks, and that
		// another font draws, stays in its place.
		raw := printed("-raw")
		sheets := strings.Split(raw, "\f")
		all := squeezed(raw) + squeezed(printed("-layout"))
		book := writeForm(t, esdcForm(l))
		names := book.GetSheetList()
		said := 0
		for _, row := range rowsOf(t, book, names[1]) {
			for _, text := range row {
				said++
				if !strings.Contains(all, squeezed(text)) {
					t.Errorf("%s: %q is not on paper", l, text)
				}
			}
		}
		if said < 60 {
			t.Errorf("%s: the help sheet has %d texts", l, said)
		}
		rows := rowsOf(t, book, names[0])
		_, header := headerOf(t, rows, l)
		first := true
		for _, label := range header {
			where, page := squeezed(sheets[0]), "the first page"
			if !first {
				where, page = all, "paper"
			}
			for _, part := range strings.Fields(label) {
				if !strings.Contains(where, part) {
					t.Errorf("%s: %q of the column %q is not on %s", l, part, label, page)
				}
			}
			first = first && label != "Total"
		}
	}
}

// squeezed is text without any space: where a line breaks on paper does not count.
func squeezed(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\u00a0' || r == '\u202f' }), "")
}
