package rules

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/request"
)

// A line that is judged while the guardrails are stopped goes to an officer for that, whatever the policy says; its facts say so, and judging them
// again gives the same. A policy's own guardrail cannot have the name.
func TestAStopIsInTheFacts(t *testing.T) {
	p, err := LoadShipped("esdc-micro-acquisition")
	if err != nil {
		t.Fatal(err)
	}
	f := request.Facts{Today: request.Date{Year: 2026, Month: time.November, Day: 23}}
	plain, err := json.Marshal(f)
	if err != nil || strings.Contains(string(plain), "stopped") {
		t.Errorf("facts without a stop are others than before: %s %v", plain, err)
	}
	has := func(f request.Facts) *request.Finding {
		v := p.Judge(f)
		i := slices.IndexFunc(v.Findings, func(x request.Finding) bool { return x.Guardrail == StoppedGuardrail })
		if i < 0 {
			return nil
		}
		if v.Outcome == request.Approved {
			t.Errorf("a line is approved while all is stopped: %+v", v)
		}
		return &v.Findings[i]
	}
	if x := has(f); x != nil {
		t.Errorf("no stop, and a finding: %+v", x)
	}
	f.Stopped = &request.Stopped{By: "head@department.example", Since: request.Date{Year: 2026, Month: time.November, Day: 23}, At: "10:00", Reason: "The card of a branch was stolen."}
	kept, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var again request.Facts
	if err := json.Unmarshal(kept, &again); err != nil {
		t.Fatal(err)
	}
	for _, facts := range []request.Facts{f, again} {
		x := has(facts)
		if x == nil || x.Action != request.Escalate ||
			x.Message.EN != "head@department.example said STOP on 2026-11-23 at 10:00: The card of a branch was stolen. Until two owners say START, the guardrails approve nothing. So an officer looks at the line." ||
			!strings.HasPrefix(x.Message.FR, "head@department.example a demandé l’arrêt le 2026-11-23 à 10:00\u00a0: The card of a branch was stolen. Jusqu’à ce que deux responsables") {
			t.Errorf("%+v", x)
		}
	}
}
