package approvals

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/compose"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
)

// openEscalation is what lies with somebody under one code: lines of one request, or of several in a digest.
type openEscalation struct {
	escalation ledger.Escalation
	files      []*record.Case // oldest first, never empty
	numbers    map[int64]int
	tokens     map[int64]*ledger.Token // of the escalation, by line
	more       int                     // lines that wait beside these, for mails of their own
}

// openEscalation reads an escalation with the requests that it is about.
func (desk *Desk) openEscalation(ctx context.Context, escalation int64) (*openEscalation, error) {
	var a *openEscalation
	err := desk.ledger.View(ctx, func(tx *ledger.Tx) error {
		found, err := tx.Escalations.ByID(ctx, []int64{escalation})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fmt.Errorf("escalation %d is not in the ledger", escalation)
		}
		a, err = desk.readEscalation(ctx, tx, found[0])
		return err
	})
	if err != nil {
		return nil, err
	}
	return a.unpack()
}

// readEscalation reads the requests that an escalation's tokens are about.
func (desk *Desk) readEscalation(ctx context.Context, tx *ledger.Tx, e ledger.Escalation) (*openEscalation, error) {
	a := &openEscalation{escalation: e}
	a.index()
	submissions, err := tx.Submissions.WithLines(ctx, linesOf(e.Tokens))
	if err != nil {
		return nil, err
	}
	if len(submissions) == 0 {
		return nil, fmt.Errorf("escalation %d is about no line", e.ID)
	}
	files, err := desk.records.Read(ctx, tx, submissions)
	for _, id := range submissions {
		a.files = append(a.files, files[id])
	}
	return a, err
}

// index finds tokens by their lines.
func (a *openEscalation) index() {
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

func (a *openEscalation) unpack() (*openEscalation, error) {
	for _, f := range a.files {
		if _, err := f.Unpack(); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// waiting is true for the lines that this escalation can still decide: escalated, as they were when the mail was written.
func (a *openEscalation) waiting(c *record.Line) bool {
	t := a.tokens[c.Recorded.ID]
	return c.Recorded.Outcome == request.Escalated && !c.Kept && t != nil && t.ConsumedAt.IsZero() && t.Digest == c.Recorded.Digest
}

// count is how many lines there are of which which is true.
func (a *openEscalation) count(which func(*record.Line) bool) (n int) {
	for _, f := range a.files {
		for i := range f.Lines {
			if a.has(&f.Lines[i]) && which(&f.Lines[i]) {
				n++
			}
		}
	}
	return n
}

// has is true for a line that is asked about here: one that another request brought again is not.
func (a *openEscalation) has(c *record.Line) bool { return a.numbers[c.Recorded.ID] != 0 && !c.Kept }

// lines are those that which holds for, by their numbers.
func (a *openEscalation) lines(which func(*record.Line) bool) []notify.Line {
	var all []notify.Line
	for _, f := range a.files {
		lines, of := f.Numbered(func(c *record.Line) bool { return a.has(c) && which(c) })
		for i := range lines {
			lines[i].Number = a.numbers[of[i]]
			if len(a.files) > 1 {
				lines[i].Requester = f.Origin
			}
		}
		all = append(all, f.WithNames(lines)...)
	}
	slices.SortStableFunc(all, func(x, y notify.Line) int { return x.Number - y.Number })
	return all
}

// submission is the one request that it is about, 0 for several; reference is its number, "" for several.
func (a *openEscalation) submission() int64 {
	if len(a.files) > 1 {
		return 0
	}
	return a.files[0].Submission.ID
}

func (a *openEscalation) reference() string {
	if len(a.files) > 1 {
		return ""
	}
	return a.files[0].Submission.Reference().String()
}

// requester is the one person who asked for all of it, as their first request says; nobody where there are several.
func (a *openEscalation) requester() request.Origin {
	first := a.files[0].Origin
	if slices.ContainsFunc(a.files, func(f *record.Case) bool { return !strings.EqualFold(f.Origin.Sender, first.Sender) }) {
		return request.Origin{}
	}
	return first
}

// officer is who is asked, as the roster knows them; a section 32 manager is in no roster.
func (a *openEscalation) officer() officers.Officer { return a.files[0].Officer(a.escalation.Officer) }

// asking is what a mail that asks says, whatever it is called.
func (a *openEscalation) asking(env notify.Envelope, lines []notify.Line) notify.Escalation {
	e := notify.Escalation{Envelope: env, Code: ingest.Code(a.escalation.Code).String(), Submission: a.reference(), Policy: a.files[0].Policy.Mark(), Lines: lines}
	if a.escalation.InsteadOf != "" {
		e.Instead = a.files[0].DisplayName(a.escalation.InsteadOf)
	}
	return e
}

// outgoing is a mail about what was asked.
func (a *openEscalation) outgoing(kind, cause string, mail notify.Mail, now time.Time) ledger.Outgoing {
	o := compose.Outgoing(kind, cause, mail, a.files[0], now)
	o.Submission, o.Escalation = a.submission(), a.escalation.ID
	return o
}

// decisionBook is the workbook in which the officer may decide.
func (a *openEscalation) decisionBook(lines []notify.Line, lang request.Lang) (*notify.Attachment, error) {
	if lang == request.UnknownLang {
		lang = a.files[0].Origin.Language
	}
	name, title := a.reference(), a.reference()
	if name == "" {
		name, title = a.escalation.OpenedAt.Format(time.DateOnly), request.Text{EN: "several requests", FR: "plusieurs demandes"}.In(lang)
	} else if who := a.files[0].Origin.Name; who != "" {
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
	for i := range l.Findings {
		if f := &l.Findings[i]; f.Action == request.Escalate && f.ExemptedBy == "" {
			d.Why = append(d.Why, ingest.CleanLine(f.ForOfficer().In(lang)))
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
	add("Asked by", "Demandé par", notify.AskedBy(&l.Requester, lang))
	add("Description", "Description", l.Description)
	add("Justification", "Justification", l.Justification)
	add("Why this supplier", "Choix du fournisseur", l.Rationale)
	add("Cost centre", "Centre de coûts", l.CostCentre)
	if !l.NeededBy.IsZero() {
		add("Needed by", "Date requise", l.NeededBy.String())
	}
	authorized := l.Section32.Label
	if authorized.IsZero() {
		authorized = request.AuthorizedBy.Info().Label
	}
	add(authorized.EN, authorized.FR, l.Section32.Manager)
	for i := range l.History {
		h := &l.History[i]
		parts := []string{h.Reference}
		if h.Total != nil {
			parts = append(parts, h.Total.In(lang))
		}
		parts = append(parts, h.Supplier, h.On.String())
		add("Counted together with", "Additionnée avec", strings.Join(parts, ", "))
	}
	add("Names that were added up", "Noms additionnés", strings.Join(l.Near, "; "))
	for i := range l.Alike {
		add("Decided before", "Décidé auparavant", l.Alike[i].Decided(lang))
	}
	return d
}
