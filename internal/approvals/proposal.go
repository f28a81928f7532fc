package approvals

import (
	"fmt"
	"strings"

	"handrail/ingest/reply"
	"handrail/internal/request"
)

// proposalOf is what would be a clear answer in place of one that was not.
func proposalOf(*reply.AskBack) []reply.Command { return nil }

// spelledVerbs are the commands that are proposed, as an officer types them.
var spelledVerbs = map[reply.Verb]request.Text{
	reply.Approve: {EN: "APPROVE", FR: "APPROUVER"}, reply.Decline: {EN: "DECLINE", FR: "REFUSER"}, reply.Ask: {EN: "QUESTION", FR: "QUESTION"},
	reply.Confirm: {EN: "CONFIRM", FR: "CONFIRMER"}, verbNo: {EN: "NO", FR: "NON"}, reply.Undo: {EN: "UNDO", FR: "ANNULER"},
	reply.Revoke: {EN: "REVOKE", FR: "RÉVOQUER"}, reply.Withdraw: {EN: "WITHDRAW", FR: "RETIRER"},
}

// spelled writes commands as they are typed, one a line, each so that it is read as exactly that; empty where one of them has no such
// words.
func spelled(commands []reply.Command) (t request.Text) {
	for _, c := range commands {
		verb, known := spelledVerbs[c.Verb]
		if !known {
			return request.Text{}
		}
		var lines []string
		for _, n := range c.Lines {
			lines = append(lines, fmt.Sprint(n))
		}
		for _, r := range c.References {
			lines = append(lines, r.String())
		}
		which := strings.Join(lines, ", ")
		t.EN += strings.TrimSpace(verb.EN+" "+which) + reasonAfter(": ", c.Reason) + "\n"
		t.FR += strings.TrimSpace(verb.FR+" "+which) + reasonAfter("\u00a0: ", c.Reason) + "\n"
	}
	t.EN, t.FR = strings.TrimSpace(t.EN), strings.TrimSpace(t.FR)
	return t
}

func reasonAfter(colon, reason string) string {
	if reason == "" {
		return ""
	}
	return colon + reason
}
