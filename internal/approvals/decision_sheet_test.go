package approvals

import (
	"fmt"
	"strconv"
	"testing"

	"handrail/internal/ledger"
	"handrail/internal/scaling"
	"handrail/internal/workbook"
)

// BenchmarkDecisionSheetDoubling reads the rows of a returned decision workbook and finds the lines that they name.
func BenchmarkDecisionSheetDoubling(b *testing.B) {
	const code = "7f3k-9m2p-x4wq-8r6t"
	scaling.Bench(b,
		scaling.Shape{Name: "rows", Size: 4_000, Make: func(tb testing.TB, n int) func() {
			rows, tokens := make([]workbook.DecisionRow, n), make([]ledger.Token, n)
			for i := range n {
				rows[i] = workbook.DecisionRow{Row: i + 5, Number: strconv.Itoa(i + 1), Decision: "Approve", Reason: "planned"}
				tokens[i] = ledger.Token{Ordinal: i + 1, Reference: fmt.Sprintf("HR-2026-000001-%02d", i+1)}
			}
			return func() {
				s := &decisionSheet{rows: rows, decided: map[int]bool{}}
				s.read([]string{code})
				if !s.fault.IsZero() || len(s.commands) != n {
					tb.Fatalf("%d commands: %s", len(s.commands), s.fault.EN)
				}
				choice := selectionAmong(tokens)
				for i := range s.commands {
					if _, unknown := choice.of(s.commands[i].command); unknown != "" {
						tb.Fatal(unknown)
					}
				}
			}
		}},
	)
}

// A sheet may say "Code" ten thousand times; that it says so twice is all that counts.
func TestASheetOfManyCodesKeepsTwo(t *testing.T) {
	codes := make([]string, 10_000)
	for i := range codes {
		codes[i] = "7f3k-9m2p-x4wq-8r6t"
	}
	s := &decisionSheet{decided: map[int]bool{}}
	s.read(codes)
	if s.fault.IsZero() || len(s.codes) != 2 {
		t.Errorf("%d codes, %q", len(s.codes), s.fault.EN)
	}
}
