package forms

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"handrail/internal/request"
)

// typedRow is a row of testdata/cells/values.tsv: what somebody typed, and what it is to be read as.
type typedRow struct {
	kind, language, text, reading, why string
}

func typedRows(t *testing.T) []typedRow {
	t.Helper()
	data, err := os.ReadFile("testdata/cells/values.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var rows []typedRow
	for i, line := range strings.Split(strings.TrimRight(string(data), "\n"), "\n") {
		cells := strings.Split(line, "\t")
		if i == 0 {
			continue
		}
		if len(cells) != 5 {
			t.Fatalf("row %d has %d cells", i+1, len(cells))
		}
		rows = append(rows, typedRow{cells[0], cells[1], unescaped(t, cells[2]), cells[3], cells[4]})
	}
	return rows
}

func unescaped(t *testing.T, s string) string {
	t.Helper()
	out, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return out
}

// fieldOf is the field that a typed row fills: of its kind, or the one that it names.
func (v typedRow) field() request.Field {
	for _, f := range []request.Field{request.Remote, request.PublicServant, request.Net, request.Tax, request.UnitPrice, request.AuthorizedAmount} {
		if strings.HasPrefix(v.why, "in "+f.String()+":") {
			return f
		}
	}
	switch v.kind {
	case "date":
		return request.NeededBy
	case "amount":
		if strings.Contains(v.why, "tax with its name") || strings.Contains(v.why, "in the tax cell") || strings.Contains(v.why, "two taxes") {
			return request.Tax
		}
		return request.Total
	case "yesno":
		return request.Standalone
	case "currency":
		return request.Currency
	}
	return request.Quantity
}

// typedReading is what a form with that one cell says it is, in the table's words.
func typedReading(t *testing.T, v typedRow, language string) string {
	f := v.field()
	names := func(f request.Field) string { return f.Info().Label.In(request.English) }
	rows := []any{row{"Requester", "Anna Roy", "Language", "English"}}
	if language == "fr" {
		names = func(f request.Field) string { return f.Info().Label.In(request.French) }
		rows = []any{row{"Demandeur", "Anna Roy", "Langue", "français"}}
	}
	rows = append(rows, row{names(request.Title), names(request.Supplier), names(request.CostCentre), names(request.Description), names(f)},
		row{"Audit", "Acme", "C-1", "Work", v.text})
	form := mustRead(t, gridOf(sheetOf("S", rows...)), Options{})
	if form.Lines.Len() != 1 {
		return fmt.Sprintf("%d lines", form.Lines.Len())
	}
	l := lineOf(form, 0)
	got := l.Values[f]
	if got.Faulty || l.MustReturn() || !got.Given {
		return "ask"
	}
	said := got.Text
	switch {
	case v.kind == "amount":
		said = request.Money{Amount: got.Number, Currency: l.Currency("CAD")}.Plain() + " " + l.Currency("CAD")
	case said == "yes":
		said = "true"
	case said == "no":
		said = "false"
	}
	if slices.ContainsFunc(l.Problems, func(p request.Problem) bool { return p.Code != "currency-shown" && p.Code != request.CodeHint }) {
		return "note " + said
	}
	return said
}

// isRight follows the README of the table: asking instead of a note is not wrong, nor is a note more.
func (v typedRow) isRight(got string) bool {
	return got == v.reading || got == "ask" && strings.HasPrefix(v.reading, "note ")
}

func TestTypedValuesAreReadOrAskedAbout(t *testing.T) {
	right, wrong := map[string]int{}, map[string]int{}
	for _, v := range typedRows(t) {
		languages := []string{v.language}
		if v.language == "both" {
			languages = []string{"en", "fr"}
		}
		for _, language := range languages {
			got := typedReading(t, v, language)
			if v.isRight(got) {
				right[v.kind]++
				continue
			}
			wrong[v.kind]++
			t.Errorf("%s %s %q is read as %q, want %q (%s)", v.kind, language, v.text, got, v.reading, v.why)
		}
	}
	for _, kind := range []string{"date", "amount", "yesno", "currency", "quantity"} {
		t.Logf("%-8s %3d right, %d otherwise", kind, right[kind], wrong[kind])
	}
}
