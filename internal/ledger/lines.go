package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/internal/request"
)

// Lines is the lines of submissions: adding them, moving them from one outcome to another, and finding them again.
type Lines struct{ tx *Tx }

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
	WrittenBy    string    // the assistant who wrote for the decider; "" nobody
	Reason       string
	Supersedes   int64
	Amends       int64
	ChainSeq     int64           // its newest link
	Facts        json.RawMessage // nil where the method says so, and once disposed of
	Findings     json.RawMessage
	NotEvaluated json.RawMessage
}

// ReadFacts is what the line was judged by; nil where the line was read without, and where it was disposed of.
func (l *Line) ReadFacts() (*request.Facts, error) {
	if len(l.Facts) == 0 {
		return nil, nil
	}
	var f request.Facts
	if err := f.Read(l.Facts); err != nil {
		return nil, fmt.Errorf("facts of %s: %w", l.Reference, err)
	}
	return &f, nil
}

// NewLine is a line that was judged. Its Reference is its submission's with Ordinal.
type NewLine struct {
	Line
	Policy string // hash
	Mail   Digest // of the mail that brought it
	// OtherSupplier: the line that it replaces was at another supplier. If that one was approved, its number may still be
	// used there, and it counts on.
	OtherSupplier bool
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
	TakenOn    string          `json:"taken_on,omitempty"` // the day on which an approval was taken back that counts on
}

// counts reports whether a line in an outcome is part of totals: those that wait and those that were approved.
func counts(o request.Outcome) bool { return o == request.Approved || o == request.Escalated }

func (l *Line) tallied() bool { return counts(l.Outcome) && l.HasAmount && l.Amount > 0 }

// Add adds the lines of submissions with their links in the chain and their part in the totals, and sets their ID, Judged
// and ChainSeq. A line that supersedes another moves that one to superseded first. It needs Decide.
//
// Where judge is not nil, only the Reference, the Day, what they replace and the mail are known at first: judge fills in the rest of
// line i shortly before it goes in: by then what any of the lines replaces counts no more, and none of
// the lines counts yet. Facts, findings and what was not evaluated are let go of once they are in: those of thousands of
// lines would be most of the memory.
func (ls Lines) Add(ctx context.Context, now time.Time, lines []NewLine, judge func(i int) error) error {
	if !ls.tx.deciding {
		return errNotDeciding
	}
	if err := ls.supersede(ctx, now, lines); err != nil {
		return err
	}
	for start := 0; start < len(lines); start += linesAtOnce {
		some := lines[start:min(start+linesAtOnce, len(lines))]
		for i := range some {
			if judge == nil {
				break
			}
			if err := judge(start + i); err != nil {
				return err
			}
		}
		if err := ls.addLinks(ctx, now, some); err != nil {
			return err
		}
		if err := ls.insert(ctx, now, some); err != nil {
			return err
		}
		for i := range some {
			if judge != nil {
				some[i].Facts, some[i].Findings, some[i].NotEvaluated = nil, nil, nil
			}
		}
	}
	for start := 0; start < len(lines); start += linesAtOnce {
		var counted []*Line
		for i := start; i < min(start+linesAtOnce, len(lines)); i++ {
			if lines[i].tallied() {
				counted = append(counted, &lines[i].Line)
			}
		}
		if err := ls.tx.Totals.add(ctx, counted); err != nil {
			return err
		}
	}
	return nil
}

func (ls Lines) addLinks(ctx context.Context, now time.Time, lines []NewLine) error {
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
	seqs, err := ls.tx.Chain.Append(ctx, now, entries...)
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

func (ls Lines) insert(ctx context.Context, now time.Time, lines []NewLine) error {
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
	_, err := ls.tx.insert(ctx, insertion{`INSERT INTO line (submission, reference, ordinal, sheet_row, outcome, judged, guardrails, amount,
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

// supersede takes the lines that others replace out of the totals, before anything of their successors is recorded.
func (ls Lines) supersede(ctx context.Context, now time.Time, lines []NewLine) error {
	var ids []int64
	for i := range lines {
		if lines[i].Supersedes != 0 {
			ids = append(ids, lines[i].Supersedes)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	byID, err := ls.mapByID(ctx, ids)
	if err != nil {
		return err
	}
	moves := make([]Move, 0, len(ids))
	for i := range lines {
		if lines[i].Supersedes == 0 {
			continue
		}
		o, ok := byID[lines[i].Supersedes]
		if !ok {
			return fmt.Errorf("line %s supersedes line %d, which is not there", lines[i].Reference, lines[i].Supersedes)
		}
		moves = append(moves, Move{Line: o.ID, From: o.Outcome, To: request.Superseded, Cause: lines[i].Mail, By: o.DecidedBy, InsteadOf: o.InsteadOf, WrittenBy: o.WrittenBy, Reason: o.Reason,
			Day: lines[i].Day, successor: lines[i].Reference, otherSupplier: lines[i].OtherSupplier})
	}
	won, err := ls.Move(ctx, now, moves)
	if err != nil {
		return err
	}
	for i, moved := range won {
		if !moved {
			return fmt.Errorf("line %s was superseded by another", byID[moves[i].Line].Reference)
		}
	}
	return nil
}

const lineColumns = `l.id, l.submission, l.reference, l.ordinal, l.sheet_row, l.outcome, l.judged, l.guardrails, l.amount, l.currency,
	l.cost_centre, l.supplier, l.unit, l.day, l.digest, l.keys, l.received_at, l.judged_at, l.decided_at, l.decided_by, l.reason,
	l.chain_seq, l.supersedes, l.amends, l.instead_of, l.written_by`

func scanLine(scan func(...any) error, l *Line, more ...any) error {
	var amount *int64
	var guardrails, keys string
	into := []any{&l.ID, &l.Submission, &l.Reference, &l.Ordinal, &l.Row, &l.Outcome, &l.Judged, &guardrails, &amount, &l.Currency,
		&l.CostCentre, &l.Supplier, &l.Unit, day{&l.Day}, &l.Digest, &keys, instant{&l.ReceivedAt}, instant{&l.JudgedAt},
		instant{&l.DecidedAt}, &l.DecidedBy, &l.Reason, &l.ChainSeq, number{&l.Supersedes}, number{&l.Amends}, &l.InsteadOf, &l.WrittenBy}
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

// ByID reads lines by id, without facts and findings.
func (ls Lines) ByID(ctx context.Context, ids []int64) ([]Line, error) {
	var out []Line
	err := eachIn(ctx, ls.tx, "SELECT "+lineColumns+" FROM line l WHERE l.id IN (%IN%) ORDER BY l.id", nil, ids, lineVisitor(&out))
	if err != nil {
		return nil, fmt.Errorf("read lines: %w", err)
	}
	return out, nil
}

// ByReference reads lines by their printed numbers, without facts and findings.
func (ls Lines) ByReference(ctx context.Context, references []string) ([]Line, error) {
	var out []Line
	err := eachIn(ctx, ls.tx, "SELECT "+lineColumns+" FROM line l WHERE l.reference IN (%IN%) ORDER BY l.id", nil, references, lineVisitor(&out))
	if err != nil {
		return nil, fmt.Errorf("read lines: %w", err)
	}
	return out, nil
}

// fullLines joins lines with what was kept beside the link that judged them.
const fullLines = `, p.body FROM line l LEFT JOIN chain c ON c.subject = l.reference AND c.kind = 'line.judged'
	LEFT JOIN chain_private p ON p.seq = c.seq`

func fullLineVisitor(out *[]Line) func(func(...any) error) error {
	return func(scan func(...any) error) error {
		var l Line
		var body []byte
		if err := scanLine(scan, &l, &body); err != nil {
			return err
		}
		if err := l.open(body); err != nil {
			return err
		}
		*out = append(*out, l)
		return nil
	}
}

// OfSubmissions reads all lines of submissions in their order, with facts, findings and what was not evaluated where those
// are still kept.
func (ls Lines) OfSubmissions(ctx context.Context, submissions []int64) ([]Line, error) {
	var out []Line
	err := eachIn(ctx, ls.tx, "SELECT "+lineColumns+fullLines+" WHERE l.submission IN (%IN%) ORDER BY l.submission, l.ordinal", nil, submissions, fullLineVisitor(&out))
	if err != nil {
		return nil, fmt.Errorf("read the lines of submissions: %w", err)
	}
	return out, nil
}

// OfSubmissionsBare is OfSubmissions without facts and findings.
func (ls Lines) OfSubmissionsBare(ctx context.Context, submissions []int64) ([]Line, error) {
	var out []Line
	err := eachIn(ctx, ls.tx, "SELECT "+lineColumns+" FROM line l WHERE l.submission IN (%IN%) ORDER BY l.submission, l.ordinal", nil, submissions, lineVisitor(&out))
	if err != nil {
		return nil, fmt.Errorf("read the lines of submissions: %w", err)
	}
	return out, nil
}

// InFull reads lines by id, with what OfSubmissions reads.
func (ls Lines) InFull(ctx context.Context, ids []int64) ([]Line, error) {
	var out []Line
	err := eachIn(ctx, ls.tx, "SELECT "+lineColumns+fullLines+" WHERE l.id IN (%IN%) ORDER BY l.id", nil, ids, fullLineVisitor(&out))
	if err != nil {
		return nil, fmt.Errorf("read lines in full: %w", err)
	}
	return out, nil
}

// mapByID are Lines by their id.
func (ls Lines) mapByID(ctx context.Context, ids []int64) (map[int64]*Line, error) {
	list, err := ls.ByID(ctx, ids)
	byID := make(map[int64]*Line, len(list))
	for i := range list {
		byID[list[i].ID] = &list[i]
	}
	return byID, err
}

// CountByRequester counts the lines of a requester that were judged since an instant, of mails that were received since a day.
func (ls Lines) CountByRequester(ctx context.Context, requester string, received request.Date, since time.Time) (n int, err error) {
	_, err = ls.tx.one(ctx, []any{&n}, `SELECT COUNT(*) FROM submission s JOIN line l ON l.submission = s.id
		WHERE s.requester = $1 AND s.received >= $2 AND s.judged_at >= $3`, requester, received.String(), micros(since))
	if err != nil {
		return 0, fmt.Errorf("count the lines of a requester: %w", err)
	}
	return n, nil
}

// CaseWeight is what a submission costs to hold.
type CaseWeight struct {
	Lines      int64 // those of earlier ones included whose decision stood
	Attachment Digest
	Bytes      int64 // of its workbook
	Mail       int64 // bytes of the mail that brought it, while a copy is kept
}

// WeighCases says what submissions cost to hold, without reading any of it.
func (ls Lines) WeighCases(ctx context.Context, submissions []int64) (map[int64]CaseWeight, error) {
	const leastKept = len(`{"row":1,"line":1},`) // as the layout names a line of an earlier submission
	out := make(map[int64]CaseWeight, len(submissions))
	err := eachIn(ctx, ls.tx, `SELECT s.id, (SELECT COUNT(*) FROM line l WHERE l.submission = s.id), COALESCE(LENGTH(s.layout), 0), s.attachment,
		COALESCE((SELECT LENGTH(b.bytes) FROM kept_bytes b WHERE b.sha256 = s.attachment), 0),
		COALESCE((SELECT LENGTH(b.bytes) FROM message m JOIN kept_bytes b ON b.sha256 = m.sha256 WHERE m.id = s.message), 0)
		FROM submission s WHERE s.id IN (%IN%)`, nil, submissions, func(scan func(...any) error) error {
		var id, layout int64
		var w CaseWeight
		err := scan(&id, &w.Lines, &layout, &w.Attachment, &w.Bytes, &w.Mail)
		w.Lines += layout / int64(leastKept)
		out[id] = w
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("weigh submissions: %w", err)
	}
	return out, nil
}

// Count counts the lines of the ledger, whatever became of them.
func (ls Lines) Count(ctx context.Context) (n int, err error) {
	if _, err := ls.tx.one(ctx, []any{&n}, "SELECT COUNT(*) FROM line"); err != nil {
		return 0, fmt.Errorf("count lines: %w", err)
	}
	return n, nil
}
