package outbox

import (
	"encoding/json"
	"fmt"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// JoinEscalations makes one mail to each officer of those that the workbooks of one message left: who sends twenty workbooks
// asks once. Mails that stand for somebody else, or say another reason why they came, stay mails of their own.
func JoinEscalations(message int64, owed []ledger.OutboxEntry) []ledger.OutboxEntry {
	type asked struct {
		officer, insteadOf string
		why                request.Text
	}
	first := map[asked]int{} // in out
	details, causes := map[int]EscalationDetail{}, map[int]string{}
	out := owed[:0:0]
	for _, o := range owed {
		var d EscalationDetail
		if o.Kind != Escalation || json.Unmarshal(o.Detail, &d) != nil {
			out = append(out, o)
			continue
		}
		key := asked{d.Officer, d.InsteadOf, d.Why}
		at, known := first[key]
		if !known {
			first[key], details[len(out)], causes[len(out)] = len(out), d, o.Cause
			out = append(out, o)
			continue
		}
		joined := details[at]
		joined.Lines = append(joined.Lines, d.Lines...)
		details[at] = joined
		out[at] = New(Escalation, fmt.Sprintf("message %d with %s", message, causes[at]), ledger.OutboxEntry{Message: message, DueAt: out[at].DueAt, Answers: out[at].Answers}, joined)
	}
	return out
}
