package workbook

import (
	"slices"
	"testing"
)

// The sheets of a workbook are named without reading what else there is: texts that cannot be read hinder nobody from telling whose it is.
func TestSheetsAreNamedWithoutReadingTheRest(t *testing.T) {
	whole := generate(t, 3)
	opened, err := Open(t.Context(), whole, DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	sheets, err := SheetsOf(t.Context(), whole, DefaultBounds())
	if err != nil || !slices.Equal(sheets, opened.Sheets()) {
		t.Errorf("%v: %v, and opened it has %v", err, sheets, opened.Sheets())
	}
	broken := book(t, `<row r="1"><c r="A1"><v>1</v></c></row>`, part{"xl/sharedStrings.xml", "<sst"})
	if _, err := Open(t.Context(), broken, DefaultBounds()); err == nil {
		t.Fatal("its texts are in order: this test shows nothing")
	}
	if sheets, err := SheetsOf(t.Context(), broken, DefaultBounds()); err != nil || len(sheets) == 0 {
		t.Errorf("%v: %v", err, sheets)
	}
	if _, err := SheetsOf(t.Context(), []byte("no workbook"), DefaultBounds()); err == nil {
		t.Error("it has sheets")
	}
}
