package forms

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// departmentForm is what form.json says of a department's form; see testdata/departments/README.md.
type departmentForm struct {
	Form, Kind, Sheet string
	HomeCurrency      string `json:"home_currency"`
	Fields            []struct {
		Kind      string
		Label     []string
		Column    string
		Field     *string
		Also      []string
		ValueCell string `json:"value_cell"`
	}
	Answers map[string]json.RawMessage
}

type departmentTruth struct {
	Form, Copy string
	Lines      []struct {
		Sheet          string
		Row            int
		Stated, Judged map[string]string
	}
	Ask []struct {
		Sheet, Cell, Verdict, Why string
		Row                       int
	}
}

func readJSON(t testing.TB, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(name, err)
	}
}

// aliases are what adopt would propose: every label with a field is an alias of it.
func (d *departmentForm) aliases() map[string][]string {
	given := map[string]bool{}
	a := map[string][]string{}
	for _, f := range d.Fields {
		label := strings.Join(f.Label, " / ")
		folded := request.Fold(label)
		if f.Field == nil || f.Kind == "footer" || folded == "" || given[folded] {
			continue
		}
		if _, _, ok := aliasTarget(*f.Field); !ok {
			continue
		}
		given[folded] = true
		a[*f.Field] = append(a[*f.Field], label)
	}
	return a
}

func openWorkbook(t testing.TB, name string) *workbook.Book {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := workbook.Open(context.Background(), data, workbook.DefaultBounds())
	if err != nil {
		t.Fatal(name, err)
	}
	return b
}

type departmentFigure struct{ lines, found, invented, lost, values, right int }

// The lines of the departments' forms, and no others; the amounts of the whole that belong to them.
func TestDepartmentsForms(t *testing.T) {
	folders, err := filepath.Glob("testdata/departments/[0-9]*")
	if err != nil || len(folders) == 0 {
		t.Fatal("no forms", err)
	}
	all := departmentFigure{}
	for _, folder := range folders {
		form := departmentForm{}
		readJSON(t, folder+"/form.json", &form)
		if form.Kind == "boxes" {
			continue // a form of labels is not read by its table
		}
		c := Config{Aliases: form.aliases()}
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", form.Form, err)
			continue
		}
		sum := departmentFigure{}
		if f, err := Read(context.Background(), openWorkbook(t, folder+"/blank.xlsx"), c.Options(form.HomeCurrency)); err != nil || f.Lines.Len() > 0 {
			t.Errorf("%s blank: %v, %q", form.Form, err, codes(f))
		}
		for _, copy := range []string{"filled-1", "filled-2", "filled-3"} {
			truth := departmentTruth{}
			readJSON(t, folder+"/"+copy+".truth.json", &truth)
			f, err := Read(context.Background(), openWorkbook(t, folder+"/"+copy+".xlsx"), c.Options(form.HomeCurrency))
			if err != nil {
				t.Errorf("%s %s: %v", form.Form, copy, err)
				continue
			}
			checkTexts(t, f)
			n := compareDepartment(t, &form, &truth, f)
			if copy != "filled-3" {
				for _, p := range f.AllProblems() {
					if strings.HasPrefix(p.Code, "footer-") && p.Severity == request.ReturnSeverity || p.Code == "perhaps-a-note" {
						t.Errorf("%s %s: %s %s: %s", form.Form, copy, p.Cell, p.Code, p.Message.EN)
					}
				}
			}
			sum.add(n)
		}
		t.Logf("%-36s %s", form.Form, sum)
		all.add(sum)
	}
	t.Logf("%-36s %s", "together", all)
	if all.invented > 0 || all.lost > 0 {
		t.Errorf("%d lines invented, %d lost", all.invented, all.lost)
	}
}

func (d *departmentFigure) add(o departmentFigure) {
	d.lines += o.lines
	d.found += o.found
	d.invented += o.invented
	d.lost += o.lost
	d.values += o.values
	d.right += o.right
}

func (d departmentFigure) String() string {
	return fmt.Sprintf("%2d of %2d lines, %d invented, %d lost, %3d of %3d values", d.found, d.lines, d.invented, d.lost, d.right, d.values)
}

func compareDepartment(t *testing.T, form *departmentForm, truth *departmentTruth, f *Form) departmentFigure {
	n := departmentFigure{}
	where := form.Form + " " + truth.Copy
	if f.Sheet != form.Sheet {
		t.Errorf("%s: sheet %q was read, want %q", where, f.Sheet, form.Sheet)
	}
	type place struct {
		sheet string
		row   int
	}
	known := map[place]bool{}
	for _, want := range truth.Lines {
		n.lines++
		known[place{want.Sheet, want.Row}] = true
		var line *request.Line
		for _, l := range f.Lines.All() {
			if l.Sheet == want.Sheet && l.Row == want.Row {
				copied := *l
				line = &copied
			}
		}
		if line == nil {
			if leftAt(f, want.Row) == "continued" {
				n.found++
				continue
			}
			n.lost++
			t.Logf("%s: row %d is lost (%s)", where, want.Row, leftAt(f, want.Row))
			continue
		}
		n.found++
		for name, stated := range want.Stated {
			field, ok := request.FieldByName(name)
			if !ok || field.Info().Kind == request.ChoiceKind {
				continue
			}
			if j, is := want.Judged[name]; is {
				stated = j
			}
			n.compare(t, where, line, field, stated)
		}
		for _, name := range []string{"net", "tax", "total"} {
			if _, is := want.Stated[name]; !is && want.Judged[name] != "" {
				field, _ := request.FieldByName(name)
				n.compare(t, where, line, field, want.Judged[name])
			}
		}
	}
	for _, l := range f.Lines.All() {
		if !known[place{l.Sheet, l.Row}] {
			n.invented++
			t.Logf("%s: row %d is invented: %v", where, l.Row, l.Extra)
		}
	}
	for _, a := range truth.Ask {
		for _, fd := range form.Fields {
			if fd.Kind == "footer" && a.Verdict == "returned" && fd.ValueCell == a.Cell {
				for _, l := range f.Lines.All() {
					if !l.MustReturn() {
						t.Errorf("%s: row %d should go back for %s: %s", where, l.Row, a.Cell, a.Why)
					}
				}
			}
		}
	}
	return n
}

func (n *departmentFigure) compare(t *testing.T, where string, l *request.Line, f request.Field, want string) {
	n.values++
	got := l.Values[f].Text
	same := request.Fold(got) == request.Fold(want)
	if takesNumbers(f) {
		a, err1 := decimal.NewFromString(got)
		b, err2 := decimal.NewFromString(want)
		same = err1 == nil && err2 == nil && a.Equal(b)
	}
	if f == request.Description && !same {
		same = strings.HasPrefix(got, want) // the rest of the row below was added
	}
	if same {
		n.right++
		return
	}
	t.Logf("%s: row %d: %s is %q, want %q", where, l.Row, f, got, want)
}

// leftAt is why a row was left alone, "" when it was not.
func leftAt(f *Form, row int) string {
	at := slices.IndexFunc(f.LeftAlone, func(l LeftAlone) bool {
		from, to, _ := strings.Cut(l.Cells, ":")
		_, first, _ := workbook.ParseRef(from)
		last := first
		if to != "" {
			_, last, _ = workbook.ParseRef(to)
		}
		return l.Sheet == f.Sheet && first <= row && row <= last
	})
	if at < 0 {
		return ""
	}
	return f.LeftAlone[at].Why
}
