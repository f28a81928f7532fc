// Package outbox owns what is to be told to whom: the table of all mails, and the entries that deciding leaves for them in
// the ledger. With its cause, each entry is there once for ever.
//
// It refuses to know how a mail is worded and when it is sent.
package outbox

import (
	"encoding/json"
	"fmt"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/notify"
)

// Thread is where in a conversation an answer belongs. None of it is trusted.
type Thread struct {
	MessageID  string   `json:"message_id,omitempty"`
	References []string `json:"references,omitempty"`
	Subject    string   `json:"subject,omitempty"`
}

// ThreadOf is where an answer to a mail belongs.
func ThreadOf(m *ingest.Mail) Thread {
	refs := m.References
	if len(refs) > 20 {
		refs = refs[len(refs)-20:]
	}
	return Thread{MessageID: m.MessageID, References: refs, Subject: m.Subject}
}

// AnswerDetail is what an answer needs to know.
type AnswerDetail struct {
	To     string `json:"to"`
	ToName string `json:"to_name,omitempty"`
	Thread Thread `json:"thread"`
}

// EscalationDetail is who is asked about which lines.
type EscalationDetail struct {
	Officer   string       `json:"officer"`
	Lines     []int64      `json:"lines"`
	InsteadOf string       `json:"instead_of,omitempty"`
	Why       request.Text `json:"why,omitzero"` // why the lines came here, where that needs saying
}

// DigestDetail is whose daily mail it is.
type DigestDetail struct {
	Officer string `json:"officer"`
	// After is how many mails of the same day come before it, because one cannot hold all that waits.
	After int `json:"after,omitempty"`
}

// UnreadableDetail is why a mail could not be read, and whom to tell.
type UnreadableDetail struct {
	To     string       `json:"to"`
	ToName string       `json:"to_name,omitempty"`
	Code   string       `json:"code"`
	Reason request.Text `json:"reason"`
	File   string       `json:"file,omitempty"`
	All    bool         `json:"all,omitempty"` // the blank form has every field: an officer asked for it
	Thread Thread       `json:"thread"`
}

// Alert is what the operator is told, in both languages.
type Alert struct {
	Title   request.Text `json:"title"`
	What    request.Text `json:"what"`
	Hint    request.Text `json:"hint"`
	Details []string     `json:"details,omitempty"`
	To      string       `json:"to,omitempty"` // who is told instead of the operator
	// Over: what was told before is over, and nothing needs to be done.
	Over bool `json:"over,omitempty"`
	// CanWait: it is said in the operator's next daily mail, and makes no mail of its own.
	CanWait bool `json:"can_wait,omitempty"`
	// Stands is the kind of what stands (standing.Group) that says the same as long as it lasts: then the daily mail does not say
	// it twice.
	Stands string `json:"stands,omitempty"`
}

// New fills in what every entry has. Details are plain structs of ours: that they marshal is certain.
func New(kind, cause string, o ledger.OutboxEntry, detail any) ledger.OutboxEntry {
	body, err := json.Marshal(detail)
	if err != nil {
		panic(fmt.Sprintf("detail of %s: %v", kind, err))
	}
	o.Kind, o.Cause, o.Detail = kind, cause, body
	if a, ok := detail.(Alert); ok && a.CanWait && a.To == "" {
		o.Answers = ledger.ForDaily
	}
	return o
}

// Due gives entries their instant where they have none.
func Due(entries []ledger.OutboxEntry, now time.Time) []ledger.OutboxEntry {
	for i := range entries {
		if entries[i].DueAt.IsZero() {
			entries[i].DueAt = now
		}
	}
	return entries
}

// NoticeDetail is why a mail had no effect, or what it did.
type NoticeDetail struct {
	To         string            `json:"to"`
	Kind       notify.NoticeKind `json:"kind"`
	By         string            `json:"by,omitempty"`
	At         time.Time         `json:"at,omitzero"`
	Until      request.Date      `json:"until,omitzero"`
	Why        request.Text      `json:"why,omitzero"`
	Submission int64             `json:"submission,omitempty"`
	Lines      []int64           `json:"lines,omitempty"`
	Thread     Thread            `json:"thread"`
}

// StillWaitingDetail is for which time a requester hears that lines still wait.
type StillWaitingDetail struct {
	Edition int `json:"edition"`
}

// TellWaiting leaves the mail to a requester that says who has had their lines for too long. It is written at that time, and only if
// a line still waits then.
func TellWaiting(submission int64, at time.Time, edition int) ledger.OutboxEntry {
	return New(StillWaiting, fmt.Sprintf("submission %d %d", submission, edition), ledger.OutboxEntry{Submission: submission, DueAt: at}, StillWaitingDetail{edition})
}
