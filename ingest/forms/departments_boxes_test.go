package forms

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// formWithBoxes is what form.json says of a department's form.
type formWithBoxes struct {
	Sheet        string `json:"sheet"`
	HomeCurrency string `json:"home_currency"`
	Fields       []struct {
		Kind     string   `json:"kind"`
		Label    []string `json:"label"`
		Field    string   `json:"field"`
		Cell     string   `json:"value_cell"`
		ValueAt  string   `json:"value_at"`
		Optional bool     `json:"optional"`
	} `json:"fields"`
	Answers map[string]json.RawMessage `json:"answers"`
}

type truthOfBoxes struct {
	Boxes map[string]string `json:"boxes"`
}

// config is what a person would write for the form: its labels as aliases, its answers.
func (d *formWithBoxes) config() Config {
	c := Config{Aliases: map[string][]string{}, Answers: map[string][]string{}}
	shipped := shippedWords()
	for _, f := range d.Fields {
		label := strings.Join(f.Label, " / ")
		switch {
		case f.Kind == "footer":
		case f.Field == "":
			if m, ok := shipped[request.Fold(label)]; ok && m.name() != "" {
				c.Ignore = append(c.Ignore, label)
			}
		default:
			if _, ok := shipped[request.Fold(label)]; !ok && !slices.ContainsFunc(c.Aliases[f.Field], func(a string) bool { return request.Fold(a) == request.Fold(label) }) {
				c.Aliases[f.Field] = append(c.Aliases[f.Field], label)
			}
		}
	}
	add := func(code, word string) {
		if f := answerForm(word); f != "" && !slices.ContainsFunc(c.Answers[code], func(w string) bool { return answerForm(w) == f }) {
			c.Answers[code] = append(c.Answers[code], word)
		}
	}
	for name, raw := range d.Answers {
		var words []string
		var byWord map[string]string
		switch {
		case json.Unmarshal(raw, &byWord) == nil:
			for word, code := range byWord {
				add(code, word)
			}
		case json.Unmarshal(raw, &words) == nil:
			for _, word := range words {
				add(name, word)
			}
		}
	}
	if d.Answers["commodity"] != nil && len(c.Answers["yes"]) > 0 { // form 10 asks whether somebody is free
		c.Answers["none"], c.Answers["available"] = []string{"No"}, []string{"Yes"}
	}
	return c
}

func (f *Form) box(name string) string {
	switch name {
	case "requester":
		return f.Origin.Name
	case "email":
		return f.Origin.Email
	case "branch":
		return f.Origin.Unit
	case "language":
		return string(f.Origin.Language)
	}
	field, _ := request.FieldByName(name)
	for _, l := range f.Labels {
		if l.Name != name || !l.Given {
			continue
		}
		for _, line := range f.Lines.All() {
			if v := &line.Values[field]; v.Cell == l.Value && v.Given {
				return v.Text
			}
		}
	}
	return ""
}

// standsAt reports whether a box was found where the form has it.
func (d *formWithBoxes) standsAt(form *Form, name string) bool {
	for _, f := range d.Fields {
		if f.Kind == "box" && f.Field == name && slices.ContainsFunc(form.Labels, func(l Label) bool { return l.Name == name && l.Given && l.Value == f.Cell }) {
			return true
		}
	}
	return false
}

func sameBox(name, got, want string) bool {
	if name == "language" {
		lang, _ := request.ParseLanguage(want)
		return got == string(lang)
	}
	if f, ok := request.FieldByName(name); ok && (f.Info().Kind == request.MoneyKind || f.Info().Kind == request.NumberKind) {
		a, err1 := request.ParseAmount(got, 6)
		b, err2 := request.ParseAmount(want, 6)
		return err1 == nil && err2 == nil && a.Number.Equal(b.Number)
	}
	return strings.EqualFold(request.Clean(got), request.Clean(want))
}

// askedAbout are boxes that stand where they should and hold what nobody can read as the field: they are asked about.
var askedAbout = map[string]bool{
	"12-firm-foreign-currency amends":       true, // "PO 20871" is no number of ours
	"13-hospital-distribution-above email":  true, // "ward5" is no address
	"03-cegep-francais needed_by":           true, // a day in words
	"02-university-several-sheets branch":   true, // the worked example on its first sheet
	"02-university-several-sheets email":    true,
	"02-university-several-sheets supplier": true, "02-university-several-sheets requester": true, "02-university-several-sheets rationale": true,
	"02-university-several-sheets cost_centre": true, "02-university-several-sheets needed_by": true,
}

// Boxes of fifteen departments' forms, as filled by clerks: each value where the form has it, and nothing else taken for
// one. Boxes that stand under the table, and those of other sheets, are others' to read.
func TestBoxesOfDepartmentsForms(t *testing.T) {
	files, err := filepath.Glob("testdata/departments/*/filled-*.xlsx")
	if err != nil || len(files) != 45 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	right, all := map[string]int{}, map[string]int{}
	var missed []string
	for _, file := range files {
		dir := filepath.Dir(file)
		var d formWithBoxes
		var truth truthOfBoxes
		readJSON(t, filepath.Join(dir, "form.json"), &d)
		readJSON(t, strings.TrimSuffix(file, ".xlsx")+".truth.json", &truth)
		config := d.config()
		if err := config.Validate(); err != nil {
			t.Errorf("%s: %v", dir, err)
		}
		under := map[string]bool{}
		for _, f := range d.Fields {
			under[f.Field] = under[f.Field] || f.Kind == "box" && strings.Contains(f.ValueAt, "under the table")
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		book, err := workbook.Open(context.Background(), data, workbook.DefaultBounds())
		if err != nil {
			t.Fatal(err)
		}
		form, err := Read(context.Background(), book, config.Options(d.HomeCurrency))
		name := filepath.Base(dir)
		if err != nil {
			t.Logf("%s: %v", file, err)
			all[name] += len(truth.Boxes)
			continue
		}
		for _, box := range slices.Sorted(maps.Keys(truth.Boxes)) {
			if under[box] {
				continue
			}
			all[name]++
			if form.Lines.Len() == 0 && d.standsAt(form, box) { // its table is others' to read
				right[name]++
			} else if got := form.box(box); sameBox(box, got, truth.Boxes[box]) {
				right[name]++
			} else if !askedAbout[name+" "+box] {
				missed = append(missed, fmt.Sprintf("%s: %s is %q, want %q", file, box, got, truth.Boxes[box]))
			}
		}
	}
	sum, of := 0, 0
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Printf("boxes %-40s %d of %d\n", name, right[name], all[name])
		sum, of = sum+right[name], of+all[name]
	}
	fmt.Printf("boxes %-40s %d of %d\n", "in all", sum, of)
	for _, m := range missed {
		t.Error(m)
	}
}
