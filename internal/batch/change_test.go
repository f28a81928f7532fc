package batch_test

import (
	"bytes"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"
)

// changeCell is what a requester does in Excel: one amount becomes another, and the workbook is saved.
func changeCell(t *testing.T, data []byte, cell string, from, to float64) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	sheet := f.GetSheetName(0)
	old, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := strconv.ParseFloat(old, 64); err != nil || n != from {
		t.Fatalf("%s holds %q, not %v", cell, old, from)
	}
	if err := f.SetCellFloat(sheet, cell, to, -1, 64); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
