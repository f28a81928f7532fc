package outbox

import (
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/notify"
)

// TrialDetail is what a trial found. Its lines are nowhere else.
type TrialDetail struct {
	To       string            `json:"to"`
	ToName   string            `json:"to_name,omitempty"`
	Language request.Lang      `json:"language,omitempty"`
	Inbox    string            `json:"inbox"`
	FileName string            `json:"file_name,omitempty"`
	Tally    notify.TrialTally `json:"tally"`
	Lines    []notify.Line     `json:"lines,omitempty"` // those that the mail shows
	More     int               `json:"more,omitempty"`
	Problems []request.Problem `json:"problems,omitempty"`
	Workbook ledger.Digest     `json:"workbook"` // annotated; its bytes are kept until the mail is made
	Size     int64             `json:"size"`
	Thread   Thread            `json:"thread"`
}
