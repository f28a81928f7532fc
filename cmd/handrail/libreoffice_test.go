package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// office is the distribution's LibreOffice and the Python that can talk to it.
func office(t *testing.T) (python string) {
	t.Helper()
	if os.Getenv("HANDRAIL_TEST_LIBREOFFICE") == "" {
		t.Skip("HANDRAIL_TEST_LIBREOFFICE is not set: LibreOffice takes its time")
	}
	if _, err := exec.LookPath("soffice"); err != nil {
		t.Skip("LibreOffice is not installed: " + err.Error())
	}
	const distribution = "/usr/bin/python3"
	if err := exec.Command(distribution, "-c", "import uno").Run(); err != nil {
		t.Skip("python3-uno is not installed: " + err.Error())
	}
	return distribution
}

// typed is one cell as somebody types it.
type typed [3]string // sheet, cell, text

func typeInto(t *testing.T, locale, in, out string, cells []typed) {
	t.Helper()
	python := office(t)
	input, err := json.Marshal(map[string]any{"locale": locale, "cells": cells})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, "testdata/libreoffice/type_into.py", t.TempDir(), in, out)
	cmd.Stdin, cmd.WaitDelay = bytes.NewReader(input), 5*time.Second
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("type into %s: %v\n%s", in, err, said)
	}
}

// handTyped is a form as somebody fills it by hand, by the names of the fields: once per request, and then per line.
type handTyped struct {
	lang, locale string
	request      map[string]string
	lines        []map[string]string
	outcomes     []string
	guardrails   []string // that each line's worst finding is from, "" none
}

// The nearest innocent neighbour stands beside each line that is tripped.
func handTypedForms() []handTyped {
	common := map[string]string{
		"email": "jeanne.roy@department.example", "cost_centre": "CC-1042", "gl_account": "52210",
		"authorized_by": "denis.cote@department.example", "authorized_on": "2026-11-20", "cardholder": "jeanne.roy@department.example",
		"terms_accepted": "2026-11-23", "licence": "MIT", "repository": "https://github.com/example/form",
	}
	with := func(more map[string]string) map[string]string {
		all := map[string]string{}
		for _, m := range []map[string]string{common, more} {
			for f, v := range m {
				all[f] = v
			}
		}
		return all
	}
	return []handTyped{
		{lang: "en", locale: "en-CA",
			request: with(map[string]string{"requester": "Jeanne Roy", "branch": "Digital", "language": "English", "authorized_amount": "40,000.00",
				"payment": "acquisition card", "currency": "CAD", "commodity": "services", "attestation": "yes",
				"standalone": "yes", "internal_capacity": "none"}),
			lines: []map[string]string{
				{"supplier": "Alder Software Inc.", "quantity": "1", "unit_price": "4000", "net": "4,000.00", "tax": "520.00", "total": "4,520.00"},
				{"supplier": "Birch Code Ltd.", "quantity": "1", "unit_price": "8849.56", "net": "8849.56", "tax": "1150.44", "total": "$10,000.00"},
				{"supplier": "Cedar Systems Inc.", "quantity": "1", "unit_price": "8849.57", "net": "8849.57", "tax": "1150.44", "total": "=E15+F15"},
				{"supplier": "Dogwood Labs", "quantity": "1", "unit_price": "6000", "net": "5000-7000", "tax": "780", "total": "6780"},
				{"supplier": "Elm Analytics", "quantity": "2", "unit_price": "1000", "net": "1000", "tax": "130", "total": "1130"},
			},
			outcomes:   []string{"approved", "approved", "escalated", "returned", "returned"},
			guardrails: []string{"", "", "value-limit", "fixed-price", "arithmetic"}},
		{lang: "fr", locale: "fr-CA",
			request: with(map[string]string{"requester": "Jeanne Roy", "branch": "Numérique", "language": "Français", "authorized_amount": "40 000,00",
				"payment": "carte d’achat", "currency": "CAD", "commodity": "services", "attestation": "oui",
				"standalone": "oui", "internal_capacity": "aucune"}),
			lines: []map[string]string{
				{"supplier": "Logiciels Aulne inc.", "quantity": "1", "unit_price": "4000", "net": "4 000,00", "tax": "520,00", "total": "4 520,00 $"},
				{"supplier": "Bouleau ltée", "quantity": "1", "unit_price": "8849,56", "net": "8849,56", "tax": "1150,44", "total": "10 000,00"},
				{"supplier": "Cèdre inc.", "quantity": "1", "unit_price": "8849,57", "net": "8849,57", "tax": "1150,44", "total": "=E15+F15"},
				{"supplier": "Érable conseil", "quantity": "1", "unit_price": "6000", "net": "de 5000 à 7000", "tax": "780", "total": "6780"},
				{"supplier": "Frêne analytique", "quantity": "2", "unit_price": "1000", "net": "1000", "tax": "130", "total": "1130"},
			},
			outcomes:   []string{"approved", "approved", "escalated", "returned", "returned"},
			guardrails: []string{"", "", "value-limit", "fixed-price", "arithmetic"}},
	}
}

// A form that was filled by hand in LibreOffice, in either language, is judged as its numbers say.
func TestFormsTypedInLibreOffice(t *testing.T) {
	for _, form := range handTypedForms() {
		t.Run(form.lang, func(t *testing.T) {
			office(t)
			dir := t.TempDir()
			blank, filled := filepath.Join(dir, "blank.xlsx"), filepath.Join(dir, "filled.xlsx")
			handrail(t, 0, "form", "--lang", form.lang, "--out", blank)
			typeInto(t, form.locale, blank, filled, cellsOf(t, blank, form))
			var report struct {
				Files []struct {
					Lines []struct {
						Outcome  string
						Findings []struct{ Guardrail, Action string }
					}
				}
			}
			said := handrail(t, 1, "check", "--format", "json", "--as-of", "2026-11-25", filled)
			if err := json.Unmarshal(said, &report); err != nil || len(report.Files) != 1 {
				t.Fatalf("check printed %s (%v)", said, err)
			}
			lines := report.Files[0].Lines
			if len(lines) != len(form.lines) {
				t.Fatalf("%d lines of %d\n%s", len(lines), len(form.lines), said)
			}
			for i, l := range lines {
				var tripped []string
				for _, f := range l.Findings {
					if f.Action != "note" {
						tripped = append(tripped, f.Guardrail)
					}
				}
				if l.Outcome != form.outcomes[i] || (form.guardrails[i] == "") != (len(tripped) == 0) || form.guardrails[i] != "" && !slices.Contains(tripped, form.guardrails[i]) {
					t.Errorf("line %d is %s by %s, want %s by %q", i+1, l.Outcome, strings.Join(tripped, ", "), form.outcomes[i], form.guardrails[i])
				}
			}
		})
	}
}

// handrail runs a command and gives what it printed.
func handrail(t *testing.T, code int, args ...string) []byte {
	t.Helper()
	var out, complaints bytes.Buffer
	now := func() time.Time { return time.Date(2026, 11, 25, 15, 0, 0, 0, time.UTC) }
	if got := run(t.Context(), args, &terminal{in: strings.NewReader(""), out: &out, err: &complaints, now: now}); got != code {
		t.Fatalf("handrail %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, complaints.String(), out.String())
	}
	return out.Bytes()
}

// cellsOf says which cell each text is typed into: where the form itself says that its fields are.
func cellsOf(t *testing.T, blank string, form handTyped) []typed {
	t.Helper()
	var seen struct{ Sheets []inspectedSheet }
	if err := json.Unmarshal(handrail(t, 0, "inspect", "--format", "json", blank), &seen); err != nil {
		t.Fatal(err)
	}
	sheet := seen.Sheets[0]
	var cells []typed
	left := len(form.request)
	for _, l := range sheet.Labels {
		if text, ok := form.request[l.Field]; ok {
			cells = append(cells, typed{sheet.Name, l.Value, text})
			left--
		}
	}
	if left != 0 {
		t.Fatalf("%d fields have no label above the table", left)
	}
	for i, line := range form.lines {
		titles := [][2]string{{"Readable error pages", "Pages d’erreur lisibles"}, {"Map of offices", "Carte des bureaux"}, {"Archive of recordings", "Archives sonores"}, {"Signature pad", "Tablette de signature"}}[i%4]
		filled := map[string]string{"title": titles[0], "title_other": titles[1], "rationale": "Lowest price", "justification": "New need"}
		for f, text := range line {
			filled[f] = text
		}
		for _, c := range sheet.Columns {
			if text, ok := filled[c.Field]; ok {
				cells = append(cells, typed{sheet.Name, c.Column + strconv.Itoa(sheet.HeaderRow+1+i), text})
				delete(filled, c.Field)
			}
		}
		if len(filled) != 0 {
			t.Fatalf("no column for %v", filled)
		}
	}
	return cells
}
