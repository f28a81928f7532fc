package approvals

import (
	"handrail/ingest/reply"
	"handrail/internal/request"
)

// proposed is how commands are typed, in both languages, each so that it is read as exactly that.
func proposed(commands []reply.Command) request.Text {
	return request.Text{EN: reply.Text(commands, request.English), FR: reply.Text(commands, request.French)}
}
