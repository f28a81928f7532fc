package adopt

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

const departments = "../../ingest/forms/testdata/departments"

// shape is form.json, as far as it is asked here.
type shape struct {
	Form       string   `json:"form"`
	Sheet      string   `json:"sheet"`
	HeaderRows []int    `json:"header_rows"`
	Currency   string   `json:"home_currency"`
	Fields     []labels `json:"fields"`
}

type labels struct {
	Kind     string   `json:"kind"`
	Label    []string `json:"label"`
	Cells    []string `json:"cells"`
	Field    string   `json:"field"`
	Also     []string `json:"also"`
	Optional bool     `json:"optional"`
	Value    string   `json:"value_cell"`
}

// right reports whether a field that was proposed is what the label means.
func (l *labels) right(field string) bool {
	return field == l.Field || slices.Contains(l.Also, field) || l.Optional && field == ""
}

// figure is how a proposal compares with what a form is.
type figure struct {
	form                           string
	right, wrong, missing, invents int
	edits                          []string
	place                          string // what is wrong about where the table is
	values, valuesRight            int
	took                           time.Duration
}

func propose(t *testing.T, path string) (*Proposal, []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return proposeOf(t, data), data
}

func proposeOf(t *testing.T, data []byte) *Proposal {
	t.Helper()
	book, err := workbook.Open(t.Context(), data, workbook.DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	p, err := Propose(t.Context(), book, data, Needs{Required: []request.Field{request.Supplier, request.Total}, Currency: "CAD"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// compare counts what somebody would have to edit: a field that is wrong, one that the form has and the proposal lacks,
// one given to what is no field.
func compare(s *shape, p *Proposal) figure {
	f := figure{form: s.Form}
	if p.Sheet != s.Sheet && s.Sheet != "" || !slices.Equal(p.HeaderRows, s.HeaderRows) {
		f.place = fmt.Sprintf("table at %s %v, it is at %s %v", p.Sheet, p.HeaderRows, s.Sheet, s.HeaderRows)
	}
	byCell := map[string]*Seen{}
	for _, seen := range slices.Concat(p.Columns, p.Boxes) {
		byCell[seen.Cell] = &seen
	}
	listed := map[string]bool{}
	for i := range s.Fields {
		for _, cell := range s.Fields[i].Cells {
			listed[cell] = true
		}
	}
	for _, seen := range slices.Concat(p.Columns, p.Boxes) {
		if seen.Field != "" && !listed[seen.Cell] {
			f.invents++
			f.edits = append(f.edits, fmt.Sprintf("%s %q is no label, not %s", seen.Cell, seen.Words, seen.Field))
		}
	}
	for i := range s.Fields {
		l := &s.Fields[i]
		if l.Kind == "footer" || len(l.Cells) == 0 {
			continue
		}
		seen, field := byCell[l.Cells[len(l.Cells)-1]], ""
		if seen != nil {
			field = seen.Field
		}
		if l.Kind == "box" && seen != nil && field != "" && l.Value != "" {
			f.values++
			if seen.Value == l.Value {
				f.valuesRight++
			}
		}
		switch {
		case l.right(field) && field != "":
			f.right++
		case l.right(field):
		case field == "":
			f.missing++
			f.edits = append(f.edits, fmt.Sprintf("%q is %s", strings.Join(l.Label, " / "), l.Field))
		case l.Field == "":
			f.invents++
			f.edits = append(f.edits, fmt.Sprintf("%q is no field, not %s", strings.Join(l.Label, " / "), field))
		default:
			f.wrong++
			f.edits = append(f.edits, fmt.Sprintf("%q is %s, not %s", strings.Join(l.Label, " / "), l.Field, field))
		}
	}
	return f
}

// TestDepartmentsFormsAreAdopted prints, for each form, how many fields of the proposal are right and which edits it
// needs. Nine of ten need two at most.
func TestDepartmentsFormsAreAdopted(t *testing.T) {
	paths, err := filepath.Glob(departments + "/*/form.json")
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d forms: %v", len(paths), err)
	}
	adopted := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var s shape
		if err := json.Unmarshal(text, &s); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		p, _ := propose(t, filepath.Join(filepath.Dir(path), "blank.xlsx"))
		f := compare(&s, p)
		f.took = time.Since(start)
		found, all := f.right+f.wrong+f.invents, f.right+f.wrong+f.missing
		t.Logf("%-36s precision %3d %%  recall %3d %%  edits %d  values %d of %d  %3d ms %s %s", s.Form, 100*f.right/max(found, 1), 100*f.right/max(all, 1),
			len(f.edits), f.valuesRight, f.values, f.took.Milliseconds(), f.place, strings.Join(f.edits, "; "))
		if len(f.edits) <= 2 && f.place == "" {
			adopted++
		}
	}
	t.Logf("%d of %d forms are adopted with at most two edits", adopted, len(paths))
	if adopted*10 < len(paths)*9 {
		t.Errorf("%d of %d forms are adopted with at most two edits, want nine of ten", adopted, len(paths))
	}
}

// A blank form is told from a filled one, and a line typed into the blank one comes back.
func TestAFormIsTriedAsItIs(t *testing.T) {
	dirs, err := filepath.Glob(departments + "/[0-9]*")
	if err != nil || len(dirs) < 10 {
		t.Fatalf("%d forms: %v", len(dirs), err)
	}
	today := request.Date{Year: 2026, Month: 11, Day: 29}
	came := 0
	for _, dir := range dirs {
		blank, data := propose(t, filepath.Join(dir, "blank.xlsx"))
		if blank.Filled() {
			t.Errorf("%s: the blank form counts as filled", filepath.Base(dir))
		}
		if filled, _ := propose(t, filepath.Join(dir, "filled-2.xlsx")); !filled.Filled() {
			t.Errorf("%s: filled-2 counts as blank", filepath.Base(dir))
		}
		trial, err := blank.Try(t.Context(), data, "CAD", today)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(dir), err)
			continue
		}
		lines := 0
		if trial.Form != nil {
			lines = trial.Form.Lines.Len()
		}
		t.Logf("%-36s %2d typed, %2d lost, %2d lines %v", filepath.Base(dir), len(trial.Entered), len(trial.Lost), lines, trial.Lost)
		if len(trial.Entered) >= 5 && len(trial.Lost) <= 2 {
			came++
		}
	}
	if came*10 < len(dirs)*9 {
		t.Errorf("of %d forms the trial brings back %d", len(dirs), came)
	}
}
