package department

import (
	"fmt"
	"strings"

	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/outbox"
	"handrail/internal/request"
)

// Role says who got a mail, for a log that names nobody: the role that the table of mails gives its kind, and of an officer
// which one of the roster it is.
func (dept *Department) Role(kind, recipient string) string {
	k, _ := outbox.KindOf(kind)
	switch {
	case kind == outbox.OperatorAlert && !strings.EqualFold(recipient, dept.Config.Operator):
		return "contact"
	case k.To == "":
		return "somebody"
	case strings.Contains(k.To, "officer"):
		if n := dept.officerNumber(recipient); n != "" {
			return n
		}
	}
	return k.To
}

// officerNumber is "officer 2 of 5", by the place in the roster; "" for somebody else.
func (dept *Department) officerNumber(address string) string {
	for _, name := range dept.Order {
		all := dept.Inboxes[name].Roster().Officers()
		for i := range all {
			if strings.EqualFold(all[i].Email, address) {
				return fmt.Sprintf("officer %d of %d", i+1, len(all))
			}
		}
	}
	return ""
}

// decidedBy says who moved a line, without naming anybody.
func (dept *Department) decidedBy(m *ledger.LineMoved) string {
	switch {
	case m.By == "":
		return "handrail"
	case m.To == request.Withdrawn || m.To == request.Superseded:
		return "requester"
	}
	if n := dept.officerNumber(m.By); n != "" {
		return n
	}
	return "section 32 manager"
}

// logMove is the one line that the log has of each decision.
func (dept *Department) logMove(m ledger.LineMoved) {
	words := []any{"line", m.Reference, "from", m.From, "outcome", m.To, "by", dept.decidedBy(&m)}
	if m.InsteadOf != "" {
		words = append(words, "in_place_of", officers.TextOr(dept.officerNumber(m.InsteadOf), "an officer"))
	}
	dept.log.Info("a line was decided", words...)
}
