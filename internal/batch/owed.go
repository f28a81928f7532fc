package batch

import (
	"encoding/json"
	"fmt"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// What deciding leaves to be told. With its cause, each is owed once for ever.
const (
	owedSubmission = "submission" // to the requester: every line of a submission
	owedEscalation = "escalation" // to an officer: the lines to decide
	owedDigest     = "digest"     // to an officer: all that waits, once a day
	owedSection32  = "section32"  // to a section 32 manager: the lines to confirm
	owedRefusal    = "refusal"    // to a sender: why nothing could be read
	owedAlert      = "alert"      // to the operator
)

// thread is where in a conversation an answer belongs. None of it is trusted.
type thread struct {
	MessageID  string   `json:"message_id,omitempty"`
	References []string `json:"references,omitempty"`
	Subject    string   `json:"subject,omitempty"`
}

func threadOf(m *ingest.Mail) thread {
	refs := m.References
	if len(refs) > 20 {
		refs = refs[len(refs)-20:]
	}
	return thread{MessageID: m.MessageID, References: refs, Subject: m.Subject}
}

type submissionDetail struct {
	To     string `json:"to"`
	ToName string `json:"to_name,omitempty"`
	Thread thread `json:"thread"`
}

type escalationDetail struct {
	Officer   string       `json:"officer"`
	Lines     []int64      `json:"lines"`
	InsteadOf string       `json:"instead_of,omitempty"`
	Why       request.Text `json:"why,omitzero"` // why the lines came here, where that needs saying
}

type digestDetail struct {
	Officer string `json:"officer"`
}

type refusalDetail struct {
	To     string       `json:"to"`
	ToName string       `json:"to_name,omitempty"`
	Code   string       `json:"code"`
	Reason request.Text `json:"reason"`
	File   string       `json:"file,omitempty"`
	Thread thread       `json:"thread"`
}

type alertDetail struct {
	Title   request.Text `json:"title"`
	What    request.Text `json:"what"`
	Hint    request.Text `json:"hint"`
	Details []string     `json:"details,omitempty"`
}

// owe fills in what every owed answer has. Details are plain structs of ours: that they marshal is certain.
func owe(kind, cause string, o ledger.Owed, detail any) ledger.Owed {
	body, err := json.Marshal(detail)
	if err != nil {
		panic(fmt.Sprintf("detail of %s: %v", kind, err))
	}
	o.Kind, o.Cause, o.Detail = kind, cause, body
	return o
}
