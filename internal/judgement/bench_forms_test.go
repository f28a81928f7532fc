package judgement

import (
	"context"
	"os"
	"strings"
	"testing"

	"handrail/ingest/forms"
	"handrail/internal/request"
	"handrail/rules"
)

// Forms with placeholders come back, and each names what to write; what a person means by "same as above" is proposed and
// not taken.
func TestFormsWithPlaceholdersComeBack(t *testing.T) {
	const folder = "../../ingest/forms/testdata/bench/forms/"
	policy, err := rules.Load(context.Background(), folder+"min.toml")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"placeholders_everywhere.xlsx": "is not an answer here", "supplier_same_as_above.xlsx": "if it is the same"} {
		data, err := os.ReadFile(folder + name)
		if err != nil {
			t.Fatal(err)
		}
		reading, err := ReadRequest(context.Background(), data, forms.Config{}.Options(policy.Currency()))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		returned, proposed := 0, false
		for _, a := range Assess(policy, reading.Form.Origin, &reading.Form.Lines, nil, nil, request.Date{Year: 2026, Month: 11, Day: 29}, nil) {
			if a.Verdict.Outcome != request.Returned {
				continue
			}
			returned++
			for _, p := range request.Said(a.Facts.Line.Problems, a.Verdict.Findings) {
				t.Logf("%s %s: %s", name, p.Cell, p.Message.EN)
				proposed = proposed || strings.Contains(p.Message.EN, want)
			}
			for _, f := range a.Verdict.Findings {
				t.Logf("%s %v: %s", name, f.Cells, f.Message.EN)
			}
		}
		if returned == 0 || !proposed {
			t.Errorf("%s: %d of %d lines are returned, what to write is said: %v", name, returned, reading.Form.Lines.Len(), proposed)
		}
	}
}
