package approvals

import (
	"regexp"
	"strings"

	"handrail/ingest"
	"handrail/ingest/reply"
)

// handsOver is the ASSIGN of a mail that names somebody instead of giving an address, and holds nothing else; nil for others.
func (h *answer) handsOver() *reply.Command {
	if h.ask == nil || h.ask.Why != reply.AskDetail {
		return nil
	}
	m := assignLine.FindStringSubmatch(strings.TrimSpace(h.text))
	if m == nil {
		return nil
	}
	return &reply.Command{Verb: reply.Assign, Reason: ingest.CleanLine(m[1])}
}

// assignLine is ASSIGN with a name, alone on the first line; what follows after an empty line may be a signature.
var assignLine = regexp.MustCompile(`(?i)^(?:assign(?:\s+to)?|confier\s+[àa])\s+([^\n:;,@?]{2,80}?)[.!]?[ \t]*(?:\n[ \t]*\n[^\n]{0,60}(?:\n[^\n]{0,60})?)?$`)

// nameToAssign is the name in an ASSIGN without an address.
func nameToAssign(c *reply.Command) string { return c.Reason }
