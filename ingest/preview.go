package ingest

import (
	"context"
	"errors"
	"time"

	"handrail/internal/workbook"
)

// Preview is how one message would be treated if the job met it now.
type Preview struct {
	Received time.Time
	Size     int64
	From     string // the address, "" when the message does not say exactly one
	Subject  string
	Kind     Kind
	Plan     Plan
	Code     string // see Classified
	Why      string
	Evidence Evidence // what proves the sender; "" nothing does
	Answered bool     // somebody would be written to
	Folder   string
	// Workbooks are the names of the .xlsx files inside.
	Workbooks []string
	// Vouchers wrote its Authentication-Results, topmost first; see Vouchers.
	Vouchers []string
}

// PreviewOf says how a message would be treated if the job met it now. What only the ledger knows (a copy, a code that has
// expired, the messages we sent unless around says so) is not known here.
func PreviewOf(ctx context.Context, f Fetched, c InboxConfig, around Surroundings, lookup LookupTXT) (Preview, error) {
	u, err := Classify(ctx, Arrived{Raw: f.Raw, Oversize: f.Oversize}, c, around, lookup)
	var unanswered *UnansweredError
	if errors.As(err, &unanswered) {
		err, u.Why = nil, unanswered.Error()+"; the job waits for one"
	}
	if err != nil {
		return Preview{}, err
	}
	seen := Preview{Received: f.Received, Size: f.Size, From: u.Sender.Address, Subject: u.Mail.Subject, Kind: u.Verdict.Kind,
		Plan: u.Plan, Code: u.Code, Why: u.Why, Evidence: u.Sender.Evidence, Folder: u.Folder(c), Vouchers: Vouchers(u.Mail.Header)}
	switch u.Plan {
	case PlanRequest, PlanAnswer:
		seen.Answered = u.Verdict.Answer
	case PlanHelp, PlanOutside:
		seen.Answered = true
	case PlanQuarantine:
		seen.Answered = u.Verdict.Answer && (u.Fault != nil && c.Serves(u.Sender) || u.Code == string(ReasonNotAllowed) && len(u.Mail.Workbooks()) > 0)
	}
	for _, a := range u.Mail.attachmentsOf(workbook.Xlsx) {
		seen.Workbooks = append(seen.Workbooks, a.Name)
	}
	return seen, nil
}
