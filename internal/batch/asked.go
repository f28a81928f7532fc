package batch

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
)

// asked is what lies with somebody under one code: lines of one request, or of several in a digest.
type asked struct {
	escalation ledger.Escalation
	files      []*caseFile // oldest first, never empty
	numbers    map[int64]int
	tokens     map[int64]*ledger.Token // of the escalation, by line
}

// openAsked reads an escalation with the requests that it is about.
func (j *Job) openAsked(ctx context.Context, escalation int64) (*asked, error) {
	var a *asked
	err := j.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
		found, err := tx.Escalations(ctx, []int64{escalation})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fmt.Errorf("escalation %d is not in the ledger", escalation)
		}
		a, err = j.readAsked(ctx, tx, found[0])
		return err
	})
	if err != nil {
		return nil, err
	}
	return a.unpack()
}

// readAsked reads the requests that an escalation's tokens are about.
func (j *Job) readAsked(ctx context.Context, tx *ledger.Tx, e ledger.Escalation) (*asked, error) {
	a := &asked{escalation: e}
	a.index()
	submissions, err := tx.SubmissionsWith(ctx, linesOf(e.Tokens))
	if err != nil {
		return nil, err
	}
	if len(submissions) == 0 {
		return nil, fmt.Errorf("escalation %d is about no line", e.ID)
	}
	files, err := j.read(ctx, tx, submissions)
	for _, id := range submissions {
		a.files = append(a.files, files[id])
	}
	return a, err
}

// index finds tokens by their lines.
func (a *asked) index() {
	a.numbers, a.tokens = make(map[int64]int, len(a.escalation.Tokens)), make(map[int64]*ledger.Token, len(a.escalation.Tokens))
	for i := range a.escalation.Tokens {
		t := &a.escalation.Tokens[i]
		a.numbers[t.Line], a.tokens[t.Line] = t.Ordinal, t
	}
}

// linesOf are the lines that tokens are about.
func linesOf(tokens []ledger.Token) []int64 {
	ids := make([]int64, len(tokens))
	for i := range tokens {
		ids[i] = tokens[i].Line
	}
	return ids
}

func (a *asked) unpack() (*asked, error) {
	for _, f := range a.files {
		if _, err := f.unpack(); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// waiting holds for the lines that this escalation can still decide: escalated, as they were when the mail was written.
func (a *asked) waiting(c *caseLine) bool {
	t := a.tokens[c.line.ID]
	return c.line.Outcome == request.Escalated && !c.kept && t != nil && t.ConsumedAt.IsZero() && t.Digest == c.line.Digest
}

// count is how many lines there are of which which is true.
func (a *asked) count(which func(*caseLine) bool) (n int) {
	for _, f := range a.files {
		for i := range f.lines {
			if a.has(&f.lines[i]) && which(&f.lines[i]) {
				n++
			}
		}
	}
	return n
}

// has is true for a line that is asked about here: one that another request brought again is not.
func (a *asked) has(c *caseLine) bool { return a.numbers[c.line.ID] != 0 && !c.kept }

// lines are those that which holds for, by their numbers.
func (a *asked) lines(which func(*caseLine) bool) []notify.Line {
	var all []notify.Line
	for _, f := range a.files {
		lines, of := f.numbered(func(c *caseLine) bool { return a.has(c) && which(c) })
		for i := range lines {
			lines[i].Number = a.numbers[of[i]]
			if len(a.files) > 1 {
				lines[i].Requester = requesterName(&f.origin)
			}
		}
		all = append(all, f.named(lines)...)
	}
	slices.SortStableFunc(all, func(x, y notify.Line) int { return x.Number - y.Number })
	return all
}

func requesterName(o *request.Origin) string {
	if o.Name != "" && o.Sender != "" {
		return o.Name + " <" + o.Sender + ">"
	}
	return o.Name + o.Sender
}

// submission is the one request that it is about, 0 for several; reference is its number, "" for several.
func (a *asked) submission() int64 {
	if len(a.files) > 1 {
		return 0
	}
	return a.files[0].submission.ID
}

func (a *asked) reference() string {
	if len(a.files) > 1 {
		return ""
	}
	return a.files[0].submission.Reference().String()
}

// officer is who is asked, as the roster knows them; a section 32 manager is in no roster.
func (a *asked) officer() Officer { return a.files[0].officer(a.escalation.Officer) }

func (f *caseFile) officer(address string) Officer {
	if f.box != nil {
		if o, ok := f.box.Roster().ByEmail(address); ok {
			return o
		}
	}
	return Officer{Email: address}
}

// asking is what a mail that asks says, whatever it is called.
func (a *asked) asking(env notify.Envelope, lines []notify.Line) notify.Escalation {
	e := notify.Escalation{Envelope: env, Code: ingest.Code(a.escalation.Code).String(), Submission: a.reference(), Policy: a.files[0].policy.Mark(), Lines: lines}
	if len(a.files) == 1 {
		e.Requester = a.files[0].origin
	}
	if a.escalation.InsteadOf != "" {
		e.Instead = a.files[0].displayName(a.escalation.InsteadOf)
	}
	return e
}

// displayName is somebody's name in the roster, else the address.
func (f *caseFile) displayName(address string) string {
	return displayed(f.officer(address))
}

func displayed(o Officer) string {
	if o.Name != "" {
		return o.Name
	}
	return o.Email
}

// outgoing is a mail about what was asked.
func (a *asked) outgoing(kind, cause string, mail notify.Mail, now time.Time) ledger.Outgoing {
	o := outgoing(kind, cause, mail, a.files[0], now)
	o.Submission, o.Escalation = a.submission(), a.escalation.ID
	return o
}

// decisionBook is the workbook in which the officer may decide.
func (a *asked) decisionBook(lines []notify.Line, lang request.Lang) (*notify.Attachment, error) {
	if lang == request.UnknownLang {
		lang = a.files[0].origin.Language
	}
	name, title := a.reference(), a.reference()
	if name == "" {
		name, title = a.escalation.OpenedAt.Format(time.DateOnly), request.Text{EN: "several requests", FR: "plusieurs demandes"}.In(lang)
	} else if who := a.files[0].origin.Name; who != "" {
		title += ", " + ingest.CleanLine(who)
	}
	sheet := workbook.DecisionSheet{Lang: lang, Title: title, Code: ingest.Code(a.escalation.Code).String()}
	for i := range lines {
		sheet.Lines = append(sheet.Lines, decisionLine(&lines[i], lang))
	}
	var b bytes.Buffer
	if err := workbook.NewDecisionSheet(&b, sheet); err != nil {
		return nil, err
	}
	return &notify.Attachment{Name: request.Text{EN: "decision-", FR: "decision-a-rendre-"}.In(lang) + name + ".xlsx", Data: b.Bytes()}, nil
}

func decisionLine(l *notify.Line, lang request.Lang) workbook.DecisionLine {
	d := workbook.DecisionLine{Number: l.Number, Reference: l.Reference, Title: ingest.CleanLine(l.Title), Supplier: ingest.CleanLine(l.Supplier),
		Amount: l.Total, NeedsReason: l.NeedsReason}
	for _, f := range l.Findings {
		if f.Action == request.Escalate && f.ExemptedBy == "" {
			d.Why = append(d.Why, ingest.CleanLine(f.Message.In(lang)))
		}
	}
	for _, c := range l.Changes {
		d.Why = append(d.Why, ingest.CleanLine(c.In(lang)))
	}
	add := func(en, fr, value string) {
		if value = ingest.CleanLine(value); value != "" {
			d.Details = append(d.Details, request.Text{EN: en + ": ", FR: fr + "\u00a0: "}.In(lang)+value)
		}
	}
	add("Asked by", "Demandé par", l.Requester)
	add("Description", "Description", l.Description)
	add("Justification", "Justification", l.Justification)
	add("Why this supplier", "Choix du fournisseur", l.Rationale)
	add("Cost centre", "Centre de coûts", l.CostCentre)
	if !l.NeededBy.IsZero() {
		add("Needed by", "Date requise", l.NeededBy.String())
	}
	add("Section 32 manager", "Gestionnaire délégataire (art. 32)", l.Section32.Manager)
	for i := range l.History {
		h := &l.History[i]
		parts := []string{h.Reference}
		if h.Total != nil {
			parts = append(parts, h.Total.In(lang))
		}
		parts = append(parts, h.Supplier, h.On.String())
		add("Counted together with", "Additionnée avec", strings.Join(parts, ", "))
	}
	return d
}
