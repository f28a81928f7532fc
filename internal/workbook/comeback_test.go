package workbook

import (
	"context"
	"strings"
	"testing"
)

// A workbook that comes back has our columns, comments and report once, with the new words, however often it comes.
func TestOurColumnsCommentsAndReportAreReplaced(t *testing.T) {
	data := generate(t, 30)
	a := benchAnnotation(30)
	a.Marks, a.Comments = a.Marks[:10], a.Comments[:1]
	var sizes []int
	for round := range 4 {
		k, err := Open(context.Background(), data, DefaultBounds())
		if err != nil {
			t.Fatal(err)
		}
		a.Replace = round > 0
		a.Marks[3].Why = strings.Repeat("again ", round)
		if data, err = annotateBytes(k, a); err != nil {
			t.Fatal(err)
		}
		back, err := Open(context.Background(), data, DefaultBounds())
		if err != nil {
			t.Fatal(err)
		}
		if n := len(back.Sheets()); n != 3 || back.Sheets()[2].Name != reportName {
			t.Fatalf("round %d: sheets %v", round, back.Sheets())
		}
		cells, err := cellsOf(back, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := cells["V6"].value; got != a.Marks[3].Why {
			t.Errorf("round %d: why is %q", round, got)
		}
		if _, extra := cells["X2"]; extra {
			t.Errorf("round %d: there is a fourth column", round)
		}
		comments, err := back.a.read(context.Background(), "xl/comments1.xml")
		if err != nil {
			t.Fatal(err)
		}
		drawing, err := back.a.read(context.Background(), "xl/drawings/vmlDrawing1.vml")
		if err != nil {
			t.Fatal(err)
		}
		if n, m := strings.Count(string(comments), "<comment "), strings.Count(string(drawing), "<v:shape "); n != 1 || m != 1 {
			t.Errorf("round %d: %d comments, %d shapes", round, n, m)
		}
		sizes = append(sizes, len(back.styles.dates))
	}
	if sizes[1] != sizes[3] {
		t.Errorf("cell formats pile up: %v", sizes)
	}
}
