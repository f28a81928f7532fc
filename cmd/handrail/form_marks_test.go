package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/rules"
)

// shadedGrounds are the grounds of places that are marked, always and in a case.
var shadedGrounds = []string{"FFE9B8", "FFF7E3"}

// A clerk who fills in what is shaded, and nothing else, is asked for nothing: for every shipped policy, on days on which
// different limits and guardrails are in force, in both languages.
func TestWhatWillBeAskedIsShadedBeforeItIsMailed(t *testing.T) {
	for _, name := range rules.Shipped() {
		policy, err := rules.LoadShipped(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, day := range []string{"2019-07-02", "2024-06-03", "2026-11-27", "2026-11-30"} {
			on, err := request.ParseDate(day)
			if err != nil {
				t.Fatal(err)
			}
			lang := []request.Lang{request.English, request.French}[i%2]
			t.Run(name+" "+day+" "+string(lang), func(t *testing.T) { fillTheShaded(t, policy, name, on, lang) })
		}
	}
}

func fillTheShaded(t *testing.T, policy *rules.Policy, name string, on request.Date, lang request.Lang) {
	t.Helper()
	var b bytes.Buffer
	if err := workbook.NewForm(&b, formFor(policy, lang, "purchases@department.example", on)); err != nil {
		t.Fatal(err)
	}
	asked := findingsOf(t, fillForm(t, b.Bytes(), lang, on, true), name, on)
	if len(asked) == 0 {
		return
	}
	whole := findingsOf(t, fillForm(t, b.Bytes(), lang, on, false), name, on)
	for id, message := range asked {
		if strings.HasPrefix(message.EN, "Fill in ") || whole[id].IsZero() {
			t.Errorf("%s: %s: asked for what was not shaded", id, message.In(lang))
		}
	}
}

// fillForm writes what a clerk would into the first line and the boxes: those that are shaded, or all of them.
func fillForm(t *testing.T, blank []byte, lang request.Lang, on request.Date, shadedOnly bool) string {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(blank))
	if err != nil {
		t.Fatal(err)
	}
	sheet := x.GetSheetName(0)
	rows, err := x.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	filled := 0
	for i, row := range rows {
		for j, label := range row {
			value, known := clerkWrites(label, lang, on)
			if i+1 == len(rows) && !known {
				value, known = "Office supplies", true // a column of the policy's own
			}
			cell := workbook.Ref(j+2, i+1)
			if i+1 == len(rows) {
				cell = workbook.Ref(j+1, i+2)
			}
			if !known || shadedOnly && !isShaded(t, x, sheet, cell) {
				continue
			}
			if err := x.SetCellValue(sheet, cell, value); err != nil {
				t.Fatal(err)
			}
			filled++
		}
	}
	if filled < 6 {
		t.Fatalf("only %d places are shaded", filled)
	}
	path := filepath.Join(t.TempDir(), "filled.xlsx")
	if err := x.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func isShaded(t *testing.T, x *excelize.File, sheet, cell string) bool {
	t.Helper()
	id, err := x.GetCellStyle(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := x.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	return len(style.Fill.Color) > 0 && slices.Contains(shadedGrounds, style.Fill.Color[0])
}

// clerkWrites is a plausible answer under a label of the form.
func clerkWrites(label string, lang request.Lang, on request.Date) (value any, known bool) {
	is := func(t request.Text) bool {
		return label == t.In(lang) || label == t.EN+" / "+t.FR || label == t.FR+" / "+t.EN
	}
	for _, origin := range []struct {
		label request.Text
		value string
	}{{request.Text{EN: "Requester", FR: "Demandeur"}, "Amara Osei"}, {request.Text{EN: "Email", FR: "Courriel"}, "amara.osei@department.example"},
		{request.Text{EN: "Branch", FR: "Direction générale"}, "Benefits"}} {
		if is(origin.label) {
			return origin.value, true
		}
	}
	if is(request.AttestationLabel) {
		return request.Text{EN: "yes", FR: "oui"}.In(lang), true
	}
	for _, info := range request.Fields() {
		if !is(info.Label) || info.Field == request.Amends {
			continue
		}
		switch info.Field {
		case request.Net:
			return 400, true
		case request.Tax:
			return 52, true
		case request.Total:
			return 452, true
		case request.Quantity:
			return 4, true
		case request.UnitPrice:
			return 100, true
		case request.AuthorizedAmount:
			return 9000, true
		case request.Licence:
			return "MIT", true
		case request.InternalCapacity:
			return info.Choices[0].Label.In(lang), true
		case request.AuthorizedOn:
			return on.AddDays(-3).String(), true
		case request.AuthorizedBy:
			return "helen.park@department.example", true
		}
		return map[request.Kind]any{request.TextKind: "Repair of a date picker", request.EmailKind: "card.holder@department.example",
			request.DateKind: on.AddDays(-1).String(), request.URLKind: "https://github.com/department-example/work", request.CurrencyKind: "CAD",
			request.ChoiceKind: firstChoice(info, lang)}[info.Kind], true
	}
	return nil, false
}

func firstChoice(info request.FieldInfo, lang request.Lang) string {
	if len(info.Choices) == 0 {
		return ""
	}
	return info.Choices[0].Label.In(lang)
}

// findingsOf are what check says about the only line of a workbook, by guardrail.
func findingsOf(t *testing.T, path, policy string, on request.Date) map[string]request.Text {
	t.Helper()
	var report struct {
		Files []struct {
			Lines []struct {
				Findings []request.Finding `json:"findings"`
			} `json:"lines"`
		} `json:"files"`
	}
	var out bytes.Buffer
	now := func() time.Time { return on.Time(time.UTC) }
	run(t.Context(), []string{"check", path, "--policy", policy, "--as-of", on.String(), "--format", "json"}, // whatever becomes of the line
		&terminal{in: strings.NewReader(""), out: &out, err: &out, now: now})
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if len(report.Files) != 1 || len(report.Files[0].Lines) != 1 {
		t.Fatalf("not one line:\n%s", out.String())
	}
	found := map[string]request.Text{}
	for _, f := range report.Files[0].Lines[0].Findings {
		found[f.Guardrail] = f.Message
	}
	return found
}
