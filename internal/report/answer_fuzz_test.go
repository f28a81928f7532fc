package report

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever stands in the cells, a question decides nothing, a decision about lines names some, and a reason is text that was written.
func FuzzReadAnswer(f *testing.F) {
	data, err := os.ReadFile("testdata/answers.tsv")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if cells := strings.Split(line, "\t"); len(cells) > 1 {
			f.Add(cells[0], cells[1])
		}
	}
	f.Fuzz(func(t *testing.T, said, reason string) {
		a := ReadAnswer(said, reason)
		switch {
		case strings.Contains(said, "?") && a.Kind.Decides():
			t.Errorf("%q decides %+v", said, a)
		case (a.Kind == BelongsTo) != (len(a.References) > 0):
			t.Errorf("%q, %q: %+v", said, reason, a)
		case a.Kind == OnlyMark && a.Mark == "":
			t.Errorf("%q, %q sets no mark", said, reason)
		case a.Reason != "" && utf8.ValidString(said+reason) && !strings.Contains(tidy(said)+"; "+strings.TrimSpace(tidy(reason)), strings.Split(a.Reason, ";")[0]):
			t.Errorf("%q, %q: the reason %q was not written", said, reason, a.Reason)
		}
		for _, r := range a.References {
			if year, number, line, n := oneReference(r); n != len(r) || year == "" || number == "" || line == "" {
				t.Errorf("%q names %q", said, r)
			}
		}
	})
}
