package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/internal/request"
)

// Line is one row of a submission, with where it stands.
type Line struct {
	ID           int64
	Submission   int64
	Reference    string
	Ordinal      int // the number after the submission's own
	Row          int // in the sheet
	Outcome      request.Outcome
	Judged       request.Outcome // what the machine said
	Guardrails   []string        // that were tripped and count
	HasAmount    bool
	Amount       int64 // minor units
	Currency     string
	CostCentre   string
	Supplier     string // as the form says it
	Unit         string
	Day          request.Date // the day its mail was received
	Digest       Digest       // of amount and content: what an officer's token is bound to
	Keys         []string     // the totals it counts in
	ReceivedAt   time.Time
	JudgedAt     time.Time
	DecidedAt    time.Time // when its outcome became final; zero while it waits
	DecidedBy    string    // "" the machine, else an address
	InsteadOf    string    // the officer whose place the decider took; "" nobody's
	Reason       string
	Supersedes   int64
	Amends       int64
	ChainSeq     int64           // its newest link
	Facts        json.RawMessage // nil where the method says so, and once disposed of
	Findings     json.RawMessage
	NotEvaluated json.RawMessage
}

// NewLine is a line that was judged. Its Reference is its submission's with Ordinal.
type NewLine struct {
	Line
	Policy string // hash
	Mail   Digest // of the mail that brought it
}

// The kinds of links about lines.
const (
	judgedKind = "line.judged"
	movedKind  = "line.moved"
)

// linePublic is what the chain says for ever about a line: nothing that names anybody.
type linePublic struct {
	Outcome    request.Outcome `json:"outcome"`
	From       request.Outcome `json:"from,omitempty"`
	Policy     string          `json:"policy,omitempty"`
	Amount     *int64          `json:"amount,omitempty"`
	Currency   string          `json:"currency,omitempty"`
	Digest     Digest          `json:"digest"`
	Guardrails []string        `json:"guardrails,omitempty"`
	Mail       string          `json:"mail,omitempty"`
	Supersedes string          `json:"supersedes,omitempty"`
}

// counts reports whether a line in an outcome is part of totals: those that wait and those that were approved.
func counts(o request.Outcome) bool { return o == request.Approved || o == request.Escalated }

func (l *Line) tallied() bool { return counts(l.Outcome) && l.HasAmount && l.Amount > 0 }

// AddLines adds the lines of submissions with their links in the chain and their part in the totals, and sets their
// ID, Judged and ChainSeq. A line that supersedes another moves that one to superseded first. It needs Decide.
func (tx *Tx) AddLines(ctx context.Context, now time.Time, lines []NewLine) error {
	if !tx.deciding {
		return errNotDeciding
	}
	if err := tx.supersede(ctx, now, lines); err != nil {
		return err
	}
	if err := tx.chainLines(ctx, now, lines); err != nil {
		return err
	}
	if err := tx.insertLines(ctx, now, lines); err != nil {
		return err
	}
	counted := make([]*Line, 0, len(lines))
	for i := range lines {
		if lines[i].tallied() {
			counted = append(counted, &lines[i].Line)
		}
	}
	return tx.tallyIn(ctx, counted)
}

func (tx *Tx) chainLines(ctx context.Context, now time.Time, lines []NewLine) error {
	entries := make([]Entry, len(lines))
	for i := range lines {
		n := &lines[i]
		if !slices.Contains([]request.Outcome{request.Approved, request.Escalated, request.Returned}, n.Outcome) {
			return fmt.Errorf("line %s: the machine does not say %q", n.Reference, n.Outcome)
		}
		public := linePublic{Outcome: n.Outcome, Policy: n.Policy, Currency: n.Currency, Digest: n.Digest, Guardrails: n.Guardrails}
		if n.HasAmount {
			public.Amount = &n.Amount
		}
		if !n.Mail.IsZero() {
			public.Mail = n.Mail.String()
		}
		var err error
		entries[i], err = lineEntry(judgedKind, n.Reference, public, linePrivate{
			lineReasons: lineReasons{Facts: n.Facts, Findings: n.Findings, NotEvaluated: n.NotEvaluated},
			lineSaid: lineSaid{CostCentre: n.CostCentre, Supplier: n.Supplier, Unit: n.Unit, Day: n.Day,
				Row: n.Row, Received: n.ReceivedAt.UnixMicro(), Supersedes: n.Supersedes, Amends: n.Amends}})
		if err != nil {
			return err
		}
	}
	seqs, err := tx.Append(ctx, now, entries...)
	if err != nil {
		return err
	}
	for i := range lines {
		lines[i].ChainSeq, lines[i].Judged = seqs[i], lines[i].Outcome
	}
	return nil
}

func lineEntry(kind, reference string, public linePublic, private linePrivate) (Entry, error) {
	open, err := json.Marshal(public)
	if err != nil {
		return Entry{}, fmt.Errorf("line %s: %w", reference, err)
	}
	closed, err := private.encode()
	if err != nil {
		return Entry{}, fmt.Errorf("line %s: %w", reference, err)
	}
	return Entry{Kind: kind, Subject: reference, Public: open, Private: closed}, nil
}

func (tx *Tx) insertLines(ctx context.Context, now time.Time, lines []NewLine) error {
	const width = 23
	flat := make([]any, 0, width*len(lines))
	byReference := make(map[string]int, len(lines))
	for i := range lines {
		n := &lines[i]
		byReference[n.Reference] = i
		n.JudgedAt, n.DecidedAt = now, now
		if n.Outcome == request.Escalated {
			n.DecidedAt = time.Time{}
		}
		var amount any
		if n.HasAmount {
			amount = n.Amount
		}
		keys, err := json.Marshal(n.Keys)
		if err != nil {
			return err
		}
		flat = append(flat, n.Submission, n.Reference, n.Ordinal, n.Row, string(n.Outcome), string(n.Judged), strings.Join(n.Guardrails, " "),
			amount, n.Currency, n.CostCentre, n.Supplier, n.Unit, n.Day.String(), n.Digest.bytes(), string(keys), micros(n.ReceivedAt),
			micros(now), micros(n.DecidedAt), n.DecidedBy, n.Reason, n.ChainSeq, optional(n.Supersedes), optional(n.Amends))
	}
	_, err := tx.insert(ctx, insertion{`INSERT INTO line (submission, reference, ordinal, sheet_row, outcome, judged, guardrails, amount,
		currency, cost_centre, supplier, unit, day, digest, keys, received_at, judged_at, decided_at, decided_by, reason, chain_seq,
		supersedes, amends)`, width, "RETURNING id, reference"}, flat,
		func(scan func(...any) error) error {
			var id int64
			var reference string
			if err := scan(&id, &reference); err != nil {
				return err
			}
			lines[byReference[reference]].ID = id
			return nil
		})
	if err != nil {
		return fmt.Errorf("add lines: %w", err)
	}
	return nil
}

func (tx *Tx) supersede(ctx context.Context, now time.Time, lines []NewLine) error {
	var ids []int64
	for i := range lines {
		if lines[i].Supersedes != 0 {
			ids = append(ids, lines[i].Supersedes)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	old, err := tx.Lines(ctx, ids)
	if err != nil {
		return err
	}
	byID := map[int64]Line{}
	for _, o := range old {
		byID[o.ID] = o
	}
	for i := range lines {
		if lines[i].Supersedes == 0 {
			continue
		}
		o, ok := byID[lines[i].Supersedes]
		if !ok {
			return fmt.Errorf("line %s supersedes line %d, which is not there", lines[i].Reference, lines[i].Supersedes)
		}
		won, err := tx.MoveLine(ctx, now, Move{Line: o.ID, From: o.Outcome, To: request.Superseded, Cause: lines[i].Mail, By: o.DecidedBy, InsteadOf: o.InsteadOf, Reason: o.Reason, successor: lines[i].Reference})
		if err != nil {
			return err
		}
		if !won {
			return fmt.Errorf("line %s was superseded by another", o.Reference)
		}
	}
	return nil
}

const lineColumns = `l.id, l.submission, l.reference, l.ordinal, l.sheet_row, l.outcome, l.judged, l.guardrails, l.amount, l.currency,
	l.cost_centre, l.supplier, l.unit, l.day, l.digest, l.keys, l.received_at, l.judged_at, l.decided_at, l.decided_by, l.reason,
	l.chain_seq, l.supersedes, l.amends, l.instead_of`

func scanLine(scan func(...any) error, l *Line, more ...any) error {
	var amount *int64
	var guardrails, keys string
	into := []any{&l.ID, &l.Submission, &l.Reference, &l.Ordinal, &l.Row, &l.Outcome, &l.Judged, &guardrails, &amount, &l.Currency,
		&l.CostCentre, &l.Supplier, &l.Unit, day{&l.Day}, &l.Digest, &keys, instant{&l.ReceivedAt}, instant{&l.JudgedAt},
		instant{&l.DecidedAt}, &l.DecidedBy, &l.Reason, &l.ChainSeq, number{&l.Supersedes}, number{&l.Amends}, &l.InsteadOf}
	if err := scan(append(into, more...)...); err != nil {
		return err
	}
	l.Guardrails = strings.Fields(guardrails)
	if amount != nil {
		l.HasAmount, l.Amount = true, *amount
	}
	return json.Unmarshal([]byte(keys), &l.Keys)
}

func lineVisitor(out *[]Line) func(func(...any) error) error {
	return func(scan func(...any) error) error {
		var l Line
		if err := scanLine(scan, &l); err != nil {
			return err
		}
		*out = append(*out, l)
		return nil
	}
}

// Lines reads lines by id, without facts and findings.
func (tx *Tx) Lines(ctx context.Context, ids []int64) ([]Line, error) {
	var out []Line
	err := eachIn(ctx, tx, "SELECT "+lineColumns+" FROM line l WHERE l.id IN (%IN%) ORDER BY l.id", nil, ids, lineVisitor(&out))
	if err != nil {
		return nil, fmt.Errorf("read lines: %w", err)
	}
	return out, nil
}

// LinesByReference reads lines by their printed numbers, without facts and findings.
func (tx *Tx) LinesByReference(ctx context.Context, references []string) ([]Line, error) {
	var out []Line
	err := eachIn(ctx, tx, "SELECT "+lineColumns+" FROM line l WHERE l.reference IN (%IN%) ORDER BY l.id", nil, references, lineVisitor(&out))
	if err != nil {
		return nil, fmt.Errorf("read lines: %w", err)
	}
	return out, nil
}

// LinesOf reads all lines of submissions in their order, with facts, findings and what was not evaluated where those
// are still kept.
func (tx *Tx) LinesOf(ctx context.Context, submissions []int64) ([]Line, error) {
	var out []Line
	err := eachIn(ctx, tx, "SELECT "+lineColumns+`, p.body FROM line l
		LEFT JOIN chain c ON c.subject = l.reference AND c.kind = 'line.judged'
		LEFT JOIN chain_private p ON p.seq = c.seq
		WHERE l.submission IN (%IN%) ORDER BY l.submission, l.ordinal`, nil, submissions,
		func(scan func(...any) error) error {
			var l Line
			var body []byte
			if err := scanLine(scan, &l, &body); err != nil {
				return err
			}
			if err := l.open(body); err != nil {
				return err
			}
			out = append(out, l)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read the lines of submissions: %w", err)
	}
	return out, nil
}

// CountLines says how many lines each of the submissions has.
func (tx *Tx) CountLines(ctx context.Context, submissions []int64) (map[int64]int, error) {
	out := make(map[int64]int, len(submissions))
	err := eachIn(ctx, tx, "SELECT l.submission, COUNT(*) FROM line l WHERE l.submission IN (%IN%) GROUP BY l.submission", nil, submissions,
		func(scan func(...any) error) error {
			var id int64
			var n int
			err := scan(&id, &n)
			out[id] = n
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("count the lines of submissions: %w", err)
	}
	return out, nil
}

// Move is a change of a line's outcome.
type Move struct {
	Line int64
	From request.Outcome
	To   request.Outcome
	By   string // who: an address, "" the machine
	// InsteadOf is the officer whose place By took; "" nobody's.
	InsteadOf string
	Reason    string
	Cause     Digest // of the mail that caused it
	Undo      bool   // takes an officer's approval or refusal back: the line is escalated again
	// Expect, when not zero, is the digest that the mover saw; another digest means the line changed, and loses.
	Expect Digest

	successor string
}

var errMove = errors.New("no line goes from there to there")

// allowed is DESIGN §6. Every outcome may be superseded, and a requester may withdraw what waits or was approved.
func (m Move) allowed() bool {
	type step struct{ from, to request.Outcome }
	switch (step{m.From, m.To}) {
	case step{request.Escalated, request.Approved}, step{request.Escalated, request.Declined},
		step{request.Escalated, request.Withdrawn}, step{request.Approved, request.Withdrawn},
		step{request.Approved, request.Revoked}:
		return !m.Undo
	case step{request.Approved, request.Escalated}, step{request.Declined, request.Escalated}:
		return m.Undo
	}
	return m.To == request.Superseded && m.From != request.Superseded && !m.Undo
}

// MoveLine changes a line's outcome, its part in the totals and the chain, if it still stands where m says. It needs
// Decide.
func (tx *Tx) MoveLine(ctx context.Context, now time.Time, m Move) (won bool, err error) {
	if !tx.deciding {
		return false, errNotDeciding
	}
	if !m.allowed() {
		return false, fmt.Errorf("line %d from %s to %s: %w", m.Line, m.From, m.To, errMove)
	}
	found, err := tx.Lines(ctx, []int64{m.Line})
	if err != nil {
		return false, err
	}
	if len(found) == 0 || found[0].Outcome != m.From || (!m.Expect.IsZero() && m.Expect != found[0].Digest) {
		return false, nil
	}
	before := found[0]
	if m.Undo && before.Judged != request.Escalated {
		return false, fmt.Errorf("line %s was decided by no officer: %w", before.Reference, errMove)
	}
	decided := now
	if m.To == request.Escalated {
		decided = time.Time{}
	}
	public := linePublic{Outcome: m.To, From: m.From, Currency: before.Currency, Digest: before.Digest, Supersedes: m.successor}
	if before.HasAmount {
		public.Amount = &before.Amount
	}
	if !m.Cause.IsZero() {
		public.Mail = m.Cause.String()
	}
	entry, err := lineEntry(movedKind, before.Reference, public, linePrivate{lineSaid: lineSaid{By: m.By, InsteadOf: m.InsteadOf, Reason: m.Reason}})
	if err != nil {
		return false, err
	}
	seqs, err := tx.Append(ctx, now, entry)
	if err != nil {
		return false, err
	}
	won, err = tx.won(ctx, `UPDATE line SET outcome = $1, decided_at = $2, decided_by = $3, instead_of = $4, reason = $5, chain_seq = $6
		WHERE id = $7 AND outcome = $8`, string(m.To), micros(decided), m.By, m.InsteadOf, m.Reason, seqs[0], m.Line, string(m.From))
	if err != nil {
		return false, fmt.Errorf("move line %s: %w", before.Reference, err)
	}
	if !won {
		return false, fmt.Errorf("line %s changed while deciding", before.Reference)
	}
	after := before
	after.Outcome = m.To
	switch {
	case before.tallied() && !after.tallied():
		err = tx.tallyOut(ctx, &before)
	case !before.tallied() && after.tallied():
		err = tx.tallyIn(ctx, []*Line{&after})
	}
	return true, err
}

// Latest follows a line to the version that counts now: the one that nothing supersedes.
func (tx *Tx) Latest(ctx context.Context, l Line) (Line, error) {
	for l.Outcome == request.Superseded {
		var next []Line
		if err := tx.each(ctx, lineVisitor(&next), "SELECT "+lineColumns+" FROM line l WHERE l.supersedes = $1", l.ID); err != nil {
			return Line{}, fmt.Errorf("look for what replaced %s: %w", l.Reference, err)
		}
		if len(next) == 0 {
			break
		}
		l = next[0]
	}
	return l, nil
}
