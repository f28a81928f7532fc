package rules

import (
	"slices"
	"strings"
	"testing"

	"handrail/internal/request"
)

// A value under a header that nobody understood escalates its line, unless the policy looks at the column itself.
func TestAnUnreadColumnEscalates(t *testing.T) {
	tests := []struct {
		name, guardrail string
		outcome         request.Outcome
	}{
		{"nobody reads it", `line.total > limits.request`, request.Escalated},
		{"the policy compares it", `line.extra["grand  TOTAL"] == "x"`, request.Approved},
		{"the policy asks whether it is given", `given("extra.Grand total") && line.total > limits.request`, request.Approved},
		{"the policy reads another one", `line.extra["Other"] == "x"`, request.Escalated},
	}
	for _, tt := range tests {
		p := policyOf(t, testHead+rule("a", "note", tt.guardrail))
		l := clean(t)
		l.Extra = map[string]string{"Grand total": "11500", "Other": "y"}
		l.Unread = []request.UnreadCell{{Header: "Grand total", Field: "total", Cell: "K7", Text: "11500"}}
		v := p.Judge(facts(p, origin(), l))
		if v.Outcome != tt.outcome {
			t.Errorf("%s: %s by %v", tt.name, v.Outcome, found(v))
		}
		if i := slices.IndexFunc(v.Findings, func(f request.Finding) bool { return f.Guardrail == UnreadGuardrail }); (i >= 0) != (tt.outcome == request.Escalated) {
			t.Errorf("%s: %v", tt.name, found(v))
		} else if i >= 0 && (!slices.Equal(v.Findings[i].Cells, []string{"K7"}) ||
			!strings.HasPrefix(v.Findings[i].Message.FR, "«\u00a0Grand total\u00a0» indique «\u00a011500\u00a0» et n’a pas été lu. Il s’agit peut-être de ce que le formulaire appelle «\u00a0Total\u00a0».")) {
			t.Errorf("%s: %+v", tt.name, v.Findings[i])
		}
	}
}

func TestExtraHeadersAreThoseThatThePolicyReads(t *testing.T) {
	p := policyOf(t, testHead+rule("a", "note", `line.extra["One"] == "x" || given("extra.Two")`)+`
[[total]]
name = "by_three"
by   = ["extra.Three"]
days = 30
`)
	if got := p.ExtraHeaders(); !slices.Equal(got, []string{"One", "Three", "Two"}) {
		t.Errorf("%q", got)
	}
}
