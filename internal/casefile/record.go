package casefile

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/rules"
)

// Record is all that the ledger holds about one request.
type Record struct {
	Submission ledger.Submission
	Origin     request.Origin // zero once disposed of
	Problems   []request.Problem
	Lines      []Line
	Mails      []ledger.RecordMail
	Workbook   []byte // as received; nil once disposed of
	Policy     Policy
	Proof      Proof
	// DisposedAt and DisposedBy say when what is personal was removed, and which link of the chain notes it; zero when it
	// is all there.
	DisposedAt time.Time
	DisposedBy int64
}

// Policy is the text that judged.
type Policy struct {
	Hash   string
	Bundle []byte // whose SHA-256 is Hash: the text with its lists, holidays and licences
	Mark   request.PolicyMark
	Text   string // as its authors wrote it; "" where this program cannot read the bundle any more
}

// Line is one line with its reasons, evidence and charges.
type Line struct {
	ledger.Account
	Facts         *request.Facts // nil once disposed of
	Findings      []request.Finding
	NotEvaluated  []request.NotEvaluated
	Evidence      []ledger.Evidence
	EvidenceLinks []ledger.Link
	Shares        map[int64]int64 // what of each charge falls to it, in minor units, by the charge's id
}

// Gather reads the record of a request in one transaction. The line in ref does not count; found is false when the ledger
// has no such request.
func Gather(ctx context.Context, tx *ledger.Tx, ref request.Reference) (r *Record, found bool, err error) {
	r = &Record{}
	if r.Submission, found, err = tx.Submissions.ByReference(ctx, ref); err != nil || !found {
		return nil, false, err
	}
	for _, part := range []struct {
		from json.RawMessage
		into any
	}{{r.Submission.Origin, &r.Origin}, {r.Submission.Problems, &r.Problems}} {
		if len(part.from) > 0 && string(part.from) != "{}" {
			if err := json.Unmarshal(part.from, part.into); err != nil {
				return nil, false, fmt.Errorf("request %s: %w", r.Submission.Reference(), err)
			}
		}
	}
	if err := r.gatherLines(ctx, tx); err != nil {
		return nil, false, err
	}
	if r.Mails, err = tx.Records.Mails(ctx, r.Submission.ID); err != nil {
		return nil, false, err
	}
	if r.Workbook, err = tx.Documents.Bytes(ctx, r.Submission.Attachment); err != nil {
		return nil, false, err
	}
	if err := r.gatherPolicy(ctx, tx); err != nil {
		return nil, false, err
	}
	if r.Proof, err = prove(ctx, tx, r); err != nil {
		return nil, false, err
	}
	return r, true, r.gatherDisposal(ctx, tx)
}

func (r *Record) gatherLines(ctx context.Context, tx *ledger.Tx) error {
	accounts, err := tx.Records.Accounts(ctx, r.Submission.ID)
	if err != nil {
		return err
	}
	r.Lines = make([]Line, len(accounts))
	byID := make(map[int64]*Line, len(accounts))
	ids, references := make([]int64, len(accounts)), make([]string, len(accounts))
	for i := range accounts {
		l := &r.Lines[i]
		l.Account = accounts[i]
		if err := l.read(); err != nil {
			return fmt.Errorf("line %s: %w", l.Line.Reference, err)
		}
		byID[l.Line.ID], ids[i], references[i] = l, l.Line.ID, l.Line.Reference
	}
	evidence, err := tx.Records.Evidence(ctx, ids)
	if err != nil {
		return err
	}
	for _, e := range evidence {
		byID[e.Line].Evidence = append(byID[e.Line].Evidence, e)
	}
	links, err := tx.Records.EvidenceLinks(ctx, references)
	if err != nil {
		return err
	}
	shares, err := tx.Charges.Shares(ctx, ids)
	for i := range r.Lines {
		l := &r.Lines[i]
		l.EvidenceLinks, l.Shares = links[l.Line.Reference], shares[l.Line.ID]
	}
	return err
}

// read reads what was kept of why a line was judged as it was.
func (l *Line) read() error {
	if l.Line.Facts == nil {
		return nil
	}
	l.Facts = &request.Facts{}
	for _, part := range []struct {
		from json.RawMessage
		into any
	}{{l.Line.Facts, l.Facts}, {l.Line.Findings, &l.Findings}, {l.Line.NotEvaluated, &l.NotEvaluated}} {
		if len(part.from) == 0 {
			continue
		}
		if err := json.Unmarshal(part.from, part.into); err != nil {
			return err
		}
	}
	return nil
}

func (r *Record) gatherPolicy(ctx context.Context, tx *ledger.Tx) error {
	text, _, err := tx.Documents.Text(ctx, r.Submission.Policy)
	if err != nil {
		return err
	}
	r.Policy = Policy{Hash: r.Submission.Policy, Bundle: text.Body, Mark: request.PolicyMark{Name: text.Name, Version: text.Version, Hash: text.Hash}}
	if policy, err := rules.ReadBundle(text.Body); err == nil {
		r.Policy.Mark, r.Policy.Text = policy.Mark(), policy.Text()
	}
	return nil
}

// gatherDisposal finds out when the request's names and mails went, if they did.
func (r *Record) gatherDisposal(ctx context.Context, tx *ledger.Tx) error {
	i := slices.IndexFunc(r.Lines, func(l Line) bool { return l.Disposed })
	if i < 0 {
		return nil
	}
	at, link, _, err := tx.Records.DisposalOf(ctx, r.Lines[i].Links[0].Seq)
	r.DisposedAt, r.DisposedBy = at, link
	return err
}

// reference is the request's number.
func (r *Record) reference() string { return r.Submission.Reference().String() }

// currency is that of amounts whose line names none.
func (r *Record) currency() string {
	if r.Policy.Mark.Currency != "" {
		return r.Policy.Mark.Currency
	}
	for i := range r.Lines {
		if c := r.Lines[i].Line.Currency; c != "" {
			return c
		}
	}
	return ""
}
