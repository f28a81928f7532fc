package forms

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// placeholderCase is a row of testdata/cells/placeholders.tsv.
type placeholderCase struct {
	line                      int
	field, text, verdict, why string
}

func placeholderCases(t *testing.T) []placeholderCase {
	t.Helper()
	f, err := os.Open("testdata/cells/placeholders.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []placeholderCase
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		cells := strings.Split(lines.Text(), "\t")
		if n == 1 {
			continue
		}
		if len(cells) != 5 {
			t.Fatalf("line %d has %d cells", n, len(cells))
		}
		all = append(all, placeholderCase{n, cells[0], unescaped(t, cells[2]), cells[3], cells[4]})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// readCell reads a text in a column of the field on a line that is good but for it: what became of it ("value", "empty",
// "asked"), and the code of the problem.
func readCell(t *testing.T, name, text, why string) (became, code string) {
	t.Helper()
	header := name
	field, known := request.FieldByName(name)
	if known {
		header = field.Info().Label.EN
	}
	head := row{"Title", "Supplier", "Total", "Subtotal", "Tax"}
	cells := row{"Chairs", "Larkwater Office Ltd.", 113, 100, 13}
	at := -1
	for i, h := range head {
		if h == header {
			at = i
		}
	}
	if at < 0 {
		head, cells, at = append(head, header), append(cells, nil), len(head)
	}
	var rows []any
	rows = append(rows, head)
	if strings.Contains(why, "row 2") || strings.Contains(why, "row 3") || strings.Contains(why, "row 4") {
		rows = append(rows, append(row(nil), cells...))
	}
	cells = append(row(nil), cells...)
	cells[at] = text
	rows = append(rows, cells)
	f := mustRead(t, gridOf(sheetOf("S", rows...)), Options{})
	l := f.Lines.At(f.Lines.Len() - 1)
	for _, p := range l.Problems {
		_, row, _ := workbook.ParseRef(p.Cell)
		if row != l.Row || !strings.HasPrefix(p.Cell, columnName(at+1)) {
			continue
		}
		switch {
		case p.Severity == request.ReturnSeverity, p.Code == request.CodeHint:
			return "asked", p.Code
		case p.Code == request.CodePlaceholder:
			return "empty", p.Code
		}
	}
	if known && !l.Values[field].Given {
		return "empty", ""
	}
	return "value", ""
}

// These are left as they are.
var placeholderExceptions = map[string]string{
	"supplier Acme":        "many firms are called so, and no sign tells them from the sample",
	"total 99999999":       "an amount like any other, far above every limit",
	"cost_centre 1234":     "only the register of cost centres can tell",
	"cost_centre 9999":     "only the register of cost centres can tell",
	"cost_centre XX1X":     "only the register of cost centres can tell",
	"cost_centre ABC123":   "only the register of cost centres can tell",
	"cost_centre 1111":     "only the register of cost centres can tell",
	"branch NA":            "a branch may be called so, and there is nothing to ask where no rule reads it",
	"branch SO":            "a branch may be called so, and there is nothing to ask where no rule reads it",
	"delivery_address N/A": "in a column of the form's own it may be the answer: a download needs no address",
}

// Placeholders are empty cells, what only looks like one is a value, and what can be either is asked about: the table was
// written by people who had not seen the reader.
func TestPlaceholders(t *testing.T) {
	type score struct{ right, all int }
	scores, total := map[string]*score{}, score{}
	var order []string
	for _, c := range placeholderCases(t) {
		var became, code string
		if c.field == "branch" {
			became = "value"
			if request.PlaceholderName(c.text) != request.NoPlaceholder {
				became = "empty"
			}
		} else {
			became, code = readCell(t, c.field, c.text, c.why)
		}
		right := became == "empty" || became == "asked"
		if c.verdict == "value" { // it may still be refused as what it is
			right = became == "value" || became == "asked" && (code == request.CodeUnknownChoice || code == request.CodeNotADate)
		}
		s := scores[c.field]
		if s == nil {
			s = &score{}
			scores[c.field], order = s, append(order, c.field)
		}
		s.all, total.all = s.all+1, total.all+1
		if right {
			s.right, total.right = s.right+1, total.right+1
			continue
		}
		reason, excepted := placeholderExceptions[c.field+" "+c.text]
		if !excepted {
			t.Errorf("line %d, %s %q is %s, want %s (%s)", c.line, c.field, c.text, became, c.verdict, c.why)
		}
		t.Logf("line %d, %s %q is %s, want %s: %s", c.line, c.field, c.text, became, c.verdict, reason)
	}
	for _, field := range order {
		t.Logf("%-18s %3d of %3d", field, scores[field].right, scores[field].all)
	}
	t.Logf("%d of %d: %.1f %%", total.right, total.all, 100*float64(total.right)/float64(total.all))
	if 100*total.right < 98*total.all {
		t.Errorf("%d of %d are right", total.right, total.all)
	}
}
