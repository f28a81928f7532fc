package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/notify"
	"handrail/rules"
)

// caseFile is everything about one submission that an answer needs. It is read in one go; what is packed in it is
// unpacked when somebody first asks, so that many are unpacked side by side.
type caseFile struct {
	submission ledger.Submission
	origin     request.Origin
	problems   []request.Problem
	layout     layout
	lines      []caseLine
	policy     *rules.Policy
	packed     request.Lines // as the lines say it
	attachment []byte
	box        *inbox

	unpacked func() error                          // once
	annotate func(context.Context) ([]byte, error) // once: several answers carry the same workbook
}

// caseLine is one row of the workbook with the line that decides it.
type caseLine struct {
	row     int
	line    ledger.Line
	facts   packedFacts
	verdict request.Verdict
	remarks []request.Text
	kept    bool
	// evidence is the best that is known of the section 32 authorization, beyond what the form declares.
	evidence ledger.EvidenceKind
	// confirmable: its section 32 manager can be asked, and did not confirm.
	confirmable bool
}

// open reads one submission with its lines.
func (j *Job) open(ctx context.Context, submission int64) (*caseFile, error) {
	var f *caseFile
	err := j.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
		files, err := j.read(ctx, tx, []int64{submission})
		f = files[submission]
		return err
	})
	if err != nil {
		return nil, err
	}
	return f.unpack()
}

// read reads submissions with their lines, those included whose decision stood. Every one of them is in the result; what
// is wrong with one of them is said by its unpack.
func (j *Job) read(ctx context.Context, tx *ledger.Tx, submissions []int64) (map[int64]*caseFile, error) {
	files := make(map[int64]*caseFile, len(submissions))
	for _, id := range submissions {
		files[id] = &caseFile{unpacked: func() error { return fmt.Errorf("submission %d is not in the ledger", id) }}
	}
	found, err := tx.Submissions(ctx, submissions)
	if err != nil {
		return nil, err
	}
	lines, err := tx.LinesOf(ctx, submissions)
	if err != nil {
		return nil, err
	}
	of := bySubmission(lines)
	for _, s := range found {
		f := &caseFile{submission: s}
		broken, err := f.read(ctx, tx, j, of[s.ID])
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
			return f.writeBack(ctx, j.opened.take(f.submission.Attachment))
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

// read fills in the file; lines are the submission's own. broken is what keeps this one case from being answered.
func (f *caseFile) read(ctx context.Context, tx *ledger.Tx, j *Job, lines []ledger.Line) (broken, err error) {
	for _, part := range []struct {
		from json.RawMessage
		into any
	}{{f.submission.Origin, &f.origin}, {f.submission.Problems, &f.problems}, {f.submission.Layout, &f.layout}} {
		if err := json.Unmarshal(part.from, part.into); err != nil {
			return err, nil
		}
	}
	if err := f.readLines(ctx, tx, lines); err != nil {
		return nil, err
	}
	message, known, err := tx.MessageRow(ctx, f.submission.Message)
	if err != nil {
		return nil, err
	}
	if known {
		f.box = j.inboxes[message.Box.Inbox]
	}
	if f.attachment, err = tx.Bytes(ctx, f.submission.Attachment); err != nil {
		return nil, err
	}
	f.policy, broken = j.policyOf(ctx, tx, f.submission.Policy)
	return broken, nil
}

// readLines takes the submission's own lines, and reads those of earlier ones whose decision stood.
func (f *caseFile) readLines(ctx context.Context, tx *ledger.Tx, lines []ledger.Line) error {
	rowOf := map[int64]int{}
	var older []int64
	for _, k := range f.layout.Kept {
		rowOf[k.Line] = k.Row
		older = append(older, k.Line)
	}
	kept, err := tx.LinesInFull(ctx, older)
	if err != nil {
		return err
	}
	remarks := map[int][]request.Text{}
	for _, n := range f.layout.Notes {
		remarks[n.Row] = append(remarks[n.Row], n.Text)
	}
	type place struct {
		row  int
		line *ledger.Line
		kept bool
	}
	order := make([]place, 0, len(lines)+len(kept)) // a line is some kilobytes: it is copied once, to where it belongs
	for i := range lines {
		order = append(order, place{lines[i].Row, &lines[i], false})
	}
	for i := range kept {
		order = append(order, place{rowOf[kept[i].ID], &kept[i], true})
	}
	slices.SortStableFunc(order, func(a, b place) int { return a.row - b.row })
	f.lines = make([]caseLine, len(order))
	for i, o := range order {
		f.lines[i].row, f.lines[i].line, f.lines[i].kept = o.row, *o.line, o.kept
		f.lines[i].remarks = slices.Clip(remarks[o.row])
	}
	return nil
}

// readEvidence reads what is known of the section 32 authorizations; confirmed comes last, and stands.
func readEvidence(ctx context.Context, tx *ledger.Tx, files map[int64]*caseFile) error {
	lines := map[int64][]*caseLine{}
	var ids []int64
	for _, f := range files {
		for i := range f.lines {
			c := &f.lines[i]
			lines[c.line.ID] = append(lines[c.line.ID], c)
			ids = append(ids, c.line.ID)
		}
	}
	found, err := tx.EvidenceOf(ctx, ids)
	for _, e := range found {
		for _, c := range lines[e.Line] {
			c.evidence = e.Kind
		}
	}
	return err
}

// unpack is the file, ready to be used.
func (f *caseFile) unpack() (*caseFile, error) {
	if err := f.unpacked(); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *caseFile) unpackLines() error {
	texts := sameTexts{}
	for i := range f.lines {
		if err := f.lines[i].unpack(f, texts); err != nil {
			return err
		}
	}
	f.packed.Seal()
	return nil
}

func (c *caseLine) unpack(f *caseFile, texts sameTexts) error {
	c.verdict.Outcome = c.line.Outcome
	var facts request.Facts
	if len(c.line.Facts) > 0 {
		if err := facts.Read(c.line.Facts); err != nil {
			return fmt.Errorf("line %s: %w", c.line.Reference, err)
		}
	}
	c.facts = packedFacts{lines: &f.packed, at: f.packed.Len(), counted: texts.references(f.policy, &facts, c.line.Reference)}
	f.packed.Add(&facts.Line)
	for _, part := range []struct {
		from json.RawMessage
		into any
	}{{c.line.Findings, &c.verdict.Findings}, {c.line.NotEvaluated, &c.verdict.NotEvaluated}} {
		if len(part.from) == 0 {
			continue
		}
		if err := json.Unmarshal(part.from, part.into); err != nil {
			return fmt.Errorf("line %s: %w", c.line.Reference, err)
		}
	}
	c.line.Facts, c.line.Findings, c.line.NotEvaluated = nil, nil, nil
	texts.share(c.verdict.Findings)
	if c.evidence == ledger.ConfirmedEvidence {
		c.verdict.Findings = slices.DeleteFunc(c.verdict.Findings, func(f request.Finding) bool { return f.Guardrail == unconfirmed })
	}
	c.confirmable = (&Assessed{Facts: facts, Verdict: c.verdict}).confirmable()
	return nil
}

// policyOf is the policy that judged, by its hash: one in force, or one that the ledger keeps. It is for what the policy
// says; an earlier version of Handrail may have judged by it with other helpers.
func (j *Job) policyOf(ctx context.Context, tx *ledger.Tx, hash string) (*rules.Policy, error) {
	return j.policyBy(ctx, tx, hash, rules.ReadBundle)
}

func (j *Job) policyBy(ctx context.Context, tx *ledger.Tx, hash string, rebuild func([]byte) (*rules.Policy, error)) (*rules.Policy, error) {
	for _, p := range j.policies() {
		if p.Hash() == hash {
			return p, nil
		}
	}
	text, found, err := tx.Text(ctx, hash)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("the policy %s is not in the ledger", hash)
	}
	return rebuild(text.Body)
}

// mailLines is what mails say about lines.
func (f *caseFile) mailLines(which func(*caseLine) bool) []notify.Line {
	lines, _ := f.numbered(which)
	return lines
}

// numbered is mailLines with the ids of the lines.
func (f *caseFile) numbered(which func(*caseLine) bool) (out []notify.Line, ids []int64) {
	var some []*caseLine
	for i := range f.lines {
		if c := &f.lines[i]; which == nil || which(c) {
			some = append(some, c)
		}
	}
	out, ids = make([]notify.Line, len(some)), make([]int64, len(some)) // one is more than a kilobyte: the list does not grow
	for i, c := range some {
		out[i], ids[i] = f.mailLine(c), c.line.ID
	}
	return out, ids
}

func (f *caseFile) mailLine(c *caseLine) notify.Line {
	said := c.facts.line()
	l := notify.LineOf(c.line.Reference, said, c.verdict, f.policy.Currency())
	l.Row, l.Remarks = c.row, c.remarks
	if c.evidence != "" {
		l.Section32.Evidence = notify.Evidence(c.evidence)
	}
	l.AwaitsManager = l.Outcome == request.Escalated && c.confirmable
	l.NeedsReason = slices.ContainsFunc(c.line.Guardrails, f.policy.NeedsReason)
	if c.line.DecidedBy != "" {
		l.DecidedBy, l.InsteadOf, l.DecidedAt, l.Reason = c.line.DecidedBy, c.line.InsteadOf, c.line.DecidedAt, c.line.Reason
	}
	if c.kept {
		l.Remarks = append(l.Remarks, request.Text{
			EN: "It came back unchanged: its decision stands.",
			FR: "Elle est revenue sans changement\u00a0: la décision demeure."})
	}
	return l
}

func (f *caseFile) waits() bool {
	for i := range f.lines {
		if f.lines[i].line.Outcome == request.Escalated {
			return true
		}
	}
	return false
}

// annotated is the requester's workbook with what was decided.
func (f *caseFile) annotated(ctx context.Context) ([]byte, error) { return f.annotate(ctx) }
