// Package record owns what the ledger recorded about a request, read back for those who write about it: its lines with
// their facts and verdicts, the policy that judged them, and the requester's own workbook with what was decided.
//
// It refuses to decide anything, and to know who is written to.
package record

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"handrail/internal/department"
	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
	"handrail/rules"
)

// Reader reads requests back from the ledger.
type Reader struct {
	dept   *department.Department
	ledger *ledger.Ledger
	opened openBooks
}

// NewReader makes a reader of a department's ledger.
func NewReader(dept *department.Department, l *ledger.Ledger) *Reader {
	return &Reader{dept: dept, ledger: l}
}

// KeepOpen keeps a workbook that was opened to be judged: writing it back usually comes next.
func (r *Reader) KeepOpen(digest ledger.Digest, book *workbook.Book) { r.opened.put(digest, book) }

// FactsAtOnce is how many lines are read with their facts where those are needed for a moment only.
const FactsAtOnce = 256

// Case is everything about one submission that an answer needs. It is read in one go; what is packed in it is
// unpacked when somebody first asks, so that many are unpacked side by side.
type Case struct {
	Submission ledger.Submission
	Origin     request.Origin
	Problems   []request.Problem
	layout     Layout
	Lines      []Line
	Policy     *rules.Policy
	packed     request.Lines // as the lines say it
	zone       *time.Location
	attachment []byte
	Inbox      *department.Inbox

	trial    bool
	unpacked func() error                          // once
	annotate func(context.Context) ([]byte, error) // once: several answers carry the same workbook
}

// Line is one row of the workbook with the line that decides it.
type Line struct {
	part     int // the place of its sheet among those of the request, 0 for the first
	row      int
	Recorded ledger.Line
	Facts    Facts
	verdict  request.Verdict
	remarks  []request.Text
	Kept     bool
	// evidence is the best that is known of the section 32 authorization, beyond what the form declares.
	evidence ledger.EvidenceKind
	// holders have a line that came back unchanged and still waits.
	holders []ledger.Holder
	// confirmable: its section 32 manager can be asked, and did not confirm.
	confirmable bool
}

// Open reads one submission with its lines.
func (r *Reader) Open(ctx context.Context, submission int64) (*Case, error) {
	var f *Case
	err := r.ledger.View(ctx, func(tx *ledger.Tx) error {
		files, err := r.Read(ctx, tx, []int64{submission})
		f = files[submission]
		return err
	})
	if err != nil {
		return nil, err
	}
	return f.Unpack()
}

// Read reads submissions with their lines, those included whose decision stood. Every one of them is in the result; what
// is wrong with one of them is said by its unpack.
func (r *Reader) Read(ctx context.Context, tx *ledger.Tx, submissions []int64) (map[int64]*Case, error) {
	files := make(map[int64]*Case, len(submissions))
	for _, id := range submissions {
		files[id] = &Case{unpacked: func() error { return fmt.Errorf("submission %d is not in the ledger", id) }}
	}
	found, err := tx.Submissions.ByID(ctx, submissions)
	if err != nil {
		return nil, err
	}
	lines, err := tx.Lines.OfSubmissions(ctx, submissions)
	if err != nil {
		return nil, err
	}
	of := bySubmission(lines)
	for _, s := range found {
		f := &Case{Submission: s, zone: r.dept.Zone}
		broken, err := f.readParts(ctx, tx, r, of[s.ID])
		if err != nil {
			return nil, err
		}
		f.unpacked = sync.OnceValue(func() error {
			if broken != nil {
				return fmt.Errorf("submission %s: %w", s.Reference(), broken)
			}
			return f.unpackLines()
		})
		f.annotate = onceUnlessEnded(func(ctx context.Context) ([]byte, error) {
			return f.writeBack(ctx, r.opened.take(f.Submission.Attachment))
		})
		files[s.ID] = f
	}
	return files, readEvidence(ctx, tx, files)
}

// bySubmission are runs of lines of one submission, which stand together.
func bySubmission(lines []ledger.Line) map[int64][]ledger.Line {
	of := map[int64][]ledger.Line{}
	for start, end := 0, 0; start < len(lines); start = end {
		for end = start + 1; end < len(lines) && lines[end].Submission == lines[start].Submission; {
			end++
		}
		of[lines[start].Submission] = lines[start:end:end]
	}
	return of
}

// readParts fills in the file; lines are the submission's own. broken is what keeps this one case from being answered.
func (f *Case) readParts(ctx context.Context, tx *ledger.Tx, j *Reader, lines []ledger.Line) (broken, err error) {
	for _, part := range []struct {
		from json.RawMessage
		into any
	}{{f.Submission.Origin, &f.Origin}, {f.Submission.Problems, &f.Problems}, {f.Submission.Layout, &f.layout}} {
		if err := json.Unmarshal(part.from, part.into); err != nil {
			return err, nil
		}
	}
	if err := f.readLines(ctx, tx, lines); err != nil {
		return nil, err
	}
	if err := f.readHolders(ctx, tx); err != nil {
		return nil, err
	}
	message, known, err := tx.Messages.Row(ctx, f.Submission.Message)
	if err != nil {
		return nil, err
	}
	if known {
		f.Inbox = j.dept.Inboxes[message.Box.Inbox]
	}
	if f.attachment, err = tx.Documents.Bytes(ctx, f.Submission.Attachment); err != nil {
		return nil, err
	}
	f.Policy, broken = j.dept.PolicyOf(ctx, tx, f.Submission.Policy)
	return broken, nil
}

// readLines takes the submission's own lines, and reads those of earlier ones whose decision stood.
func (f *Case) readLines(ctx context.Context, tx *ledger.Tx, lines []ledger.Line) error {
	type spot struct{ part, row int }
	spotOf := map[int64]spot{}
	var older []int64
	for _, k := range f.layout.Unchanged {
		spotOf[k.Line] = spot{k.Part, k.Row}
		older = append(older, k.Line)
	}
	kept, err := tx.Lines.InFull(ctx, older)
	if err != nil {
		return err
	}
	remarks := map[spot][]request.Text{}
	for _, n := range f.layout.Remarks {
		at := spot{n.Part, n.Row}
		remarks[at] = append(remarks[at], n.Text)
	}
	type place struct {
		spot
		line *ledger.Line
		kept bool
	}
	order := make([]place, 0, len(lines)+len(kept)) // a line is some kilobytes: it is copied once, to where it belongs
	for i := range lines {
		order = append(order, place{spot{f.layout.partOf(lines[i].Ordinal), lines[i].Row}, &lines[i], false})
	}
	for i := range kept {
		order = append(order, place{spotOf[kept[i].ID], &kept[i], true})
	}
	slices.SortStableFunc(order, func(a, b place) int { return cmp.Or(a.part-b.part, a.row-b.row) })
	f.Lines = make([]Line, len(order))
	for i, o := range order {
		f.Lines[i].part, f.Lines[i].row, f.Lines[i].Recorded, f.Lines[i].Kept = o.part, o.row, *o.line, o.kept
		f.Lines[i].remarks = slices.Clip(remarks[o.spot])
	}
	return nil
}

// readEvidence reads what is known of the section 32 authorizations; confirmed comes last, and stands.
func readEvidence(ctx context.Context, tx *ledger.Tx, files map[int64]*Case) error {
	lines := map[int64][]*Line{}
	var ids []int64
	for _, f := range files {
		for i := range f.Lines {
			c := &f.Lines[i]
			lines[c.Recorded.ID] = append(lines[c.Recorded.ID], c)
			ids = append(ids, c.Recorded.ID)
		}
	}
	found, err := tx.Records.Evidence(ctx, ids)
	for _, e := range found {
		for _, c := range lines[e.Line] {
			c.evidence = e.Kind
		}
	}
	return err
}

// Unpack is the file, ready to be used.
func (f *Case) Unpack() (*Case, error) {
	if err := f.unpacked(); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *Case) unpackLines() error {
	texts := sameTexts{}
	for i := range f.Lines {
		if err := f.Lines[i].unpackLine(f, texts); err != nil {
			return err
		}
	}
	f.packed.Seal()
	return nil
}

func (c *Line) unpackLine(f *Case, texts sameTexts) error {
	c.verdict.Outcome = c.Recorded.Outcome
	var facts request.Facts
	if len(c.Recorded.Facts) > 0 {
		if err := facts.Read(c.Recorded.Facts); err != nil {
			return fmt.Errorf("line %s: %w", c.Recorded.Reference, err)
		}
	}
	for _, part := range []struct {
		from json.RawMessage
		into any
	}{{c.Recorded.Findings, &c.verdict.Findings}, {c.Recorded.NotEvaluated, &c.verdict.NotEvaluated}} {
		if len(part.from) == 0 {
			continue
		}
		if err := json.Unmarshal(part.from, part.into); err != nil {
			return fmt.Errorf("line %s: %w", c.Recorded.Reference, err)
		}
	}
	read := totalsRead(f.Policy, c.verdict.Findings)
	c.Facts = Facts{lines: &f.packed, at: f.packed.Len(), Counted: texts.references(read, &facts, c.Recorded.Reference),
		Near: facts.NearSuppliers(), TakenBack: texts.takenBack(read, &facts)}
	f.packed.Add(&facts.Line)
	c.Recorded.Facts, c.Recorded.Findings, c.Recorded.NotEvaluated = nil, nil, nil
	texts.share(c.verdict.Findings)
	if c.evidence == ledger.ConfirmedEvidence {
		c.verdict.Findings = slices.DeleteFunc(c.verdict.Findings, func(f request.Finding) bool { return f.Guardrail == judgement.Unconfirmed })
	}
	c.confirmable = (&judgement.Assessed{Facts: facts, Verdict: c.verdict}).Confirmable()
	return nil
}

// AsTrial is the case as it is told to somebody who wanted it checked only: before anything was written of it, no line has a
// number but those that came back with one.
func (f *Case) AsTrial() { f.trial = true }

// MailLines is what mails say about lines.
func (f *Case) MailLines(which func(*Line) bool) []notify.Line {
	lines, _ := f.Numbered(which)
	return lines
}

// Numbered is mailLines with the ids of the lines.
func (f *Case) Numbered(which func(*Line) bool) (out []notify.Line, ids []int64) {
	var some []*Line
	for i := range f.Lines {
		if c := &f.Lines[i]; which == nil || which(c) {
			some = append(some, c)
		}
	}
	out, ids = make([]notify.Line, len(some)), make([]int64, len(some)) // one is more than a kilobyte: the list does not grow
	for i, c := range some {
		out[i], ids[i] = f.mailLine(c), c.Recorded.ID
	}
	return out, ids
}

func (f *Case) mailLine(c *Line) notify.Line {
	said := c.Facts.Line()
	l := notify.LineOf(c.Recorded.Reference, said, c.verdict, f.Policy.Currency())
	l.Row, l.Remarks = c.row, c.remarks
	if f.trial && !c.Kept {
		l.Reference = ""
	}
	if len(f.layout.More) > 0 {
		l.Sheet = f.sheetName(c.part)
	}
	l.Section32.Label = f.Policy.Words().Fields[request.AuthorizedBy].Label
	if c.evidence != "" {
		l.Section32.Evidence = notify.Evidence(c.evidence)
	}
	l.AwaitsManager = l.Outcome == request.Escalated && c.confirmable
	l.NeedsReason = slices.ContainsFunc(c.Recorded.Guardrails, f.Policy.NeedsReason)
	if c.Recorded.DecidedBy != "" {
		l.DecidedBy, l.InsteadOf, l.WrittenBy, l.DecidedAt, l.Reason = c.Recorded.DecidedBy, c.Recorded.InsteadOf, c.Recorded.WrittenBy, c.Recorded.DecidedAt, c.Recorded.Reason
	}
	if c.Kept {
		l.Kept, l.DecidedAt = true, c.Recorded.DecidedAt
		l.Remarks = append(l.Remarks, f.cameBack(c))
	}
	return l
}

// cameBack says what became of a line that came back unchanged: its decision, or who has it since when.
func (f *Case) cameBack(c *Line) request.Text {
	switch {
	case c.Recorded.Outcome != request.Escalated:
		return request.Text{EN: "It came back unchanged: its decision stands.", FR: "Elle est revenue sans changement\u00a0: la décision demeure."}
	case len(c.holders) == 0:
		return request.Text{EN: "It came back unchanged, and still waits for a decision.", FR: "Elle est revenue sans changement et attend toujours une décision."}
	}
	t := request.Text{EN: "It came back unchanged, and still waits.", FR: "Elle est revenue sans changement et attend toujours."}
	for _, h := range c.holders {
		who, since := f.DisplayName(h.Officer), h.Since.In(f.zone).Format(time.DateOnly)
		t.EN += " " + who + " has had it since " + since + "."
		t.FR += " " + who + " l’a depuis le " + since + "."
	}
	return t
}

// readHolders reads who has the lines that came back unchanged and still wait.
func (f *Case) readHolders(ctx context.Context, tx *ledger.Tx) error {
	of := map[int64]map[int64][]ledger.Holder{}
	for i := range f.Lines {
		c := &f.Lines[i]
		if !c.Kept || c.Recorded.Outcome != request.Escalated {
			continue
		}
		if of[c.Recorded.Submission] == nil {
			waiting, err := tx.Escalations.Waiting(ctx, c.Recorded.Submission)
			if err != nil {
				return err
			}
			held := make(map[int64][]ledger.Holder, len(waiting))
			for _, w := range waiting {
				held[w.Line] = w.Holders
			}
			of[c.Recorded.Submission] = held
		}
		c.holders = of[c.Recorded.Submission][c.Recorded.ID]
	}
	return nil
}

// WaitsSince is when the first of the lines that wait was judged; zero when none waits.
func (f *Case) WaitsSince() (at time.Time) {
	for i := range f.Lines {
		if c := &f.Lines[i].Recorded; c.Outcome == request.Escalated && (at.IsZero() || c.JudgedAt.Before(at)) {
			at = c.JudgedAt
		}
	}
	return at
}

// Annotated is the requester's workbook with what was decided.
func (f *Case) Annotated(ctx context.Context) ([]byte, error) { return f.annotate(ctx) }

// OpenBeside reports whether a line has findings for an officer beside the missing confirmation.
func (c *Line) OpenBeside() bool {
	return slices.ContainsFunc(c.verdict.Findings, func(x request.Finding) bool {
		return x.Guardrail != judgement.Unconfirmed && x.Action == request.Escalate && x.ExemptedBy == ""
	})
}

// EscalatedLines are lines as they stand in the ledger, ready to go to somebody else.
func EscalatedLines(files []*Case, which func(*Line) bool) (list []officers.EscalatedLine) {
	for _, f := range files {
		for i := range f.Lines {
			if c := &f.Lines[i]; which(c) {
				list = append(list, f.Escalated(c))
			}
		}
	}
	return list
}

// Escalated is one of its lines, ready to go to somebody else.
func (f *Case) Escalated(c *Line) officers.EscalatedLine {
	return officers.EscalatedLine{Line: c.Recorded.ID, Submission: f.Submission.ID, Reference: c.Recorded.Reference, Said: c.Facts.Line, Origin: &f.Origin}
}

// MoveLines moves lines and says which of them moved.
func MoveLines(ctx context.Context, tx *ledger.Tx, now time.Time, moves []ledger.Move) (moved []int64, err error) {
	won, err := tx.Lines.Move(ctx, now, moves)
	for i, w := range won {
		if w {
			moved = append(moved, moves[i].Line)
		}
	}
	return moved, err
}
