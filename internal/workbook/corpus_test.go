package workbook

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const corpusDir = "../../../shared/corpus/xlsx"

// corpusFiles lists the workbooks of the shared corpus; the test is skipped where it is absent.
func corpusFiles(tb testing.TB) []string {
	tb.Helper()
	var files []string
	err := filepath.WalkDir(corpusDir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, p)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		tb.Skip("the shared corpus is not there: " + corpusDir)
	}
	return files
}

// readAll reads every cell of every sheet.
func readAll(data []byte) (cells int, err error) {
	k, err := Open(context.Background(), data, DefaultBounds())
	if err != nil {
		return 0, err
	}
	for i := range k.Sheets() {
		if err := k.Rows(context.Background(), i, func(r *Row) error { cells += len(r.Cells); return nil }); err != nil {
			return cells, err
		}
	}
	return cells, nil
}

func TestCorpusReadsOrSaysWhy(t *testing.T) {
	codes := map[Code]int{}
	read := 0
	for _, p := range corpusFiles(t) {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		n, err := readAll(data)
		name := strings.TrimPrefix(p, corpusDir+"/")
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%s took %s", name, d)
		} else if d > time.Second {
			t.Logf("%s took %s (%d cells)", name, d, n)
		}
		if err == nil {
			read++
			continue
		}
		e, ok := ErrorOf(err)
		if !ok || e.Message.EN == "" || e.Message.FR == "" {
			t.Errorf("%s: an error without a code or sentence: %v", name, err)
			continue
		}
		codes[e.Code]++
		t.Logf("%s: %v", name, err)
	}
	t.Logf("%d read; %v", read, codes)
}
