package main

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"handrail/internal/request"
)

// TestWhatACellShowsDecides judges small workbooks whose cells show something else than they hold.
func TestWhatACellShowsDecides(t *testing.T) {
	o := checkSettings{today: request.Date{Year: 2026, Month: 11, Day: 29}}
	c := checkCommand{Policy: "esdc-micro-acquisition"}
	if err := c.settings(context.Background(), nil, &o); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		file    string
		outcome request.Outcome
		cell    string // that is named; "" when none need be
		code    string
	}{
		{"base", request.Approved, "", ""},
		{"b01-checkbox-true", request.Approved, "", ""},
		{"b02-vrai-text", request.Approved, "", ""},
		{"d01-date-48s-before-midnight", request.Returned, "Y7", "ambiguous-date"},
		{"d03-cost-centre-became-date", request.Returned, "M7", "date-in-code"},
		{"f02-manual-calc-stale", request.Approved, "Z7", "stale-formula"},
		{"h07-header-names-usd", request.Returned, "K7", "currency-conflict"},
		{"h09-header-names-dollar", request.Approved, "", ""},
		{"x02-currency-format-usd-literal", request.Escalated, "H7", "currency-shown"},
		{"x04-currency-format-total-only", request.Returned, "K7", "currency-conflict"},
		{"x06-currency-format-accounting", request.Approved, "", ""},
		{"x07-format-shows-other-text", request.Returned, "K7", "replaced-by-format"},
		{"x08-format-shows-nothing", request.Returned, "K7", "hidden-by-format"},
	}
	for _, tt := range tests {
		f := checkFile(context.Background(), filepath.Join("../../ingest/forms/testdata/bench/cells", tt.file+".xlsx"), &o)
		if f.Error != nil || len(f.Lines) != 1 {
			t.Errorf("%s: %+v, %d lines", tt.file, f.Error, len(f.Lines))
			continue
		}
		if got := f.Lines[0].Outcome; got != tt.outcome {
			t.Errorf("%s is %s, want %s: %v", tt.file, got, tt.outcome, f.Problems)
		}
		said := slices.ContainsFunc(f.Problems, func(p request.Problem) bool { return p.Cell == tt.cell && p.Code == tt.code })
		if tt.cell == "" && len(f.Problems) > 0 || tt.cell != "" && !said {
			t.Errorf("%s: %v, want %s at %q", tt.file, f.Problems, tt.code, tt.cell)
		}
	}
}
