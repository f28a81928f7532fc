package approvals

import (
	"handrail/ingest"
	"handrail/internal/request"
)

// readWriter notes who wrote the mail, where it was not the one in From.
func (h *answer) readWriter() {
	writer, ok := ingest.WrittenBy(h.Mail)
	h.writtenBy, h.unknownWriter = writer, !ok
}

// onBehalf says why commands that somebody wrote for another do not count; empty where the sender wrote them, or an assistant
// whom the roster of the day names for that officer.
func (h *answer) onBehalf() request.Text {
	if h.writtenBy == "" && !h.unknownWriter || len(h.commands) == 0 && (h.sheet == nil || len(h.sheet.commands) == 0) {
		return request.Text{}
	}
	if !h.unknownWriter && h.Inbox.Roster().Assists(h.writtenBy, h.Sender.Address) {
		return request.Text{}
	}
	return notForThem(h.writtenBy)
}
