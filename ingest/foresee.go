package ingest

import (
	"context"
	"time"

	"handrail/internal/workbook"
)

// Foreseen is how one message would be treated if the job met it now.
type Foreseen struct {
	UID      uint32
	Received time.Time
	Size     int64
	From     string // the address, "" when the message does not say exactly one
	Subject  string
	Kind     Kind
	Plan     Plan
	Code     string // see Understood
	Why      string
	Evidence Evidence // what proves the sender; "" nothing does
	Answered bool     // somebody would be written to
	Folder   string
	// Workbooks are the names of the .xlsx files inside.
	Workbooks []string
	// Vouchers wrote its Authentication-Results, topmost first; see Vouchers.
	Vouchers []string
}

// Foresee says of the newest n messages of the inbox how each would be treated, oldest first, and touches none: the
// folder is opened for reading only, and nothing is marked as read. What only the ledger knows (a copy, a code that
// has expired, the messages we sent unless s says so) is not foreseen.
func (s *Session) Foresee(ctx context.Context, n int, around Surroundings, lookup LookupTXT) ([]Foreseen, error) {
	var all []Foreseen
	_, err := s.Collect(ctx, Wish{Known: func(_ uint32, uids []uint32) ([]uint32, error) {
		return uids[max(0, len(uids)-n):], nil
	}, Deliver: func(batch []Fetched) error {
		for _, f := range batch {
			seen, err := foresee(ctx, f, s.config, around, lookup)
			if err != nil {
				return err
			}
			all = append(all, seen)
		}
		return nil
	}})
	return all, err
}

func foresee(ctx context.Context, f Fetched, c InboxConfig, around Surroundings, lookup LookupTXT) (Foreseen, error) {
	u, err := Understand(ctx, Arrived{Raw: f.Raw, Oversize: f.Oversize}, c, around, lookup)
	if err != nil {
		return Foreseen{}, err
	}
	seen := Foreseen{UID: f.UID, Received: f.Received, Size: f.Size, From: u.Sender.Address, Subject: u.Mail.Subject, Kind: u.Verdict.Kind,
		Plan: u.Plan, Code: u.Code, Why: u.Why, Evidence: u.Sender.Evidence, Folder: u.Folder(c), Vouchers: Vouchers(u.Mail.Header)}
	switch u.Plan {
	case PlanRequest, PlanAnswer:
		seen.Answered = u.Verdict.Answer
	case PlanHelp, PlanOutside:
		seen.Answered = true
	case PlanQuarantine:
		seen.Answered = u.Fault != nil && u.Verdict.Answer && u.Sender.Trusted()
	}
	for _, a := range u.Mail.attachmentsOf(workbook.Xlsx) {
		seen.Workbooks = append(seen.Workbooks, a.Name)
	}
	return seen, nil
}
