package intake

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"handrail/internal/incoming"
	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/registers"
	"handrail/internal/request"
	"handrail/internal/totals"
	"handrail/rules"
)

// decideLines judges the lines that are new or changed, records them, and says which officers must be asked.
func (desk *Desk) decideLines(ctx context.Context, tx *ledger.Tx, now time.Time, h *incoming.Message, s *ledger.Submission, origin request.Origin, asker *registers.Asker, back *resubmission) ([]ledger.NewLine, []ledger.OutboxEntry, error) {
	policy := h.InForce.Policies[h.Inbox.Config.Name]
	if err := back.relate(ctx, tx, h.Sender.Address); err != nil {
		return nil, nil, err
	}
	w, err := desk.newWorkbookJudging(ctx, tx, now, h, s, &origin, asker, back)
	if err != nil {
		return nil, nil, err
	}
	lines := make([]ledger.NewLine, back.lines.Len())
	for i := range lines {
		reference := s.Reference()
		reference.Line = i + 1
		lines[i] = ledger.NewLine{Mail: h.Row.SHA256, OtherSupplier: back.elsewhere[i], Line: ledger.Line{Reference: reference.String(), Supersedes: back.supersedes[i], Day: desk.dept.Day(now)}}
	}
	changed := back.changed()
	tell, err := desk.router.BeforeChange(ctx, tx, now, h, changed, true)
	if err != nil {
		return nil, nil, err
	}
	if err := tx.Lines.Add(ctx, now, lines, func(i int) error { return w.judge(ctx, tx, &lines[i], i) }); err != nil {
		return nil, nil, err
	}
	if err := keepNear(ctx, tx, &h.InForce.Keying, &back.lines, lines); err != nil {
		return nil, nil, err
	}
	if _, err := tx.Escalations.Close(ctx, now, back.replaced); err != nil {
		return nil, nil, err
	}
	if err := keepEvidence(ctx, h, tx, now, &back.lines, lines); err != nil {
		return nil, nil, err
	}
	owed, err := desk.escalate(ctx, tx, now, h, s, w, lines)
	if err != nil {
		return nil, nil, err
	}
	owed = append(owed, notAskedAgain(tell(changed), owed)...)
	cardholders, err := desk.router.TellCardholders(ctx, tx, h, back.moved, true)
	if err != nil {
		return nil, nil, err
	}
	owed = append(append(owed, cardholders...), w.failed.owed(policy)...)
	owed = append(owed, w.unread.owed(h.Inbox.Config.Name)...)
	return lines, append(owed, w.registers.owed(h)...), nil
}

// notAskedAgain leaves out the word about a change to an officer who is asked about what replaces it: that mail says so.
func notAskedAgain(told, owed []ledger.OutboxEntry) []ledger.OutboxEntry {
	asked := map[string]bool{}
	for i := range owed {
		var d outbox.EscalationDetail
		if owed[i].Kind == outbox.Escalation && json.Unmarshal(owed[i].Detail, &d) == nil {
			asked[strings.ToLower(d.Officer)] = true
		}
	}
	return slices.DeleteFunc(told, func(o ledger.OutboxEntry) bool {
		var d struct {
			Officer  string `json:"officer"`
			Approved bool   `json:"approved"`
		}
		return json.Unmarshal(o.Detail, &d) == nil && asked[d.Officer] && !d.Approved
	})
}

// workbookJudging judges the lines of one workbook one by one, and keeps of each only what is needed when all are in.
type workbookJudging struct {
	*judgement.Workbook
	h          *incoming.Message
	s          *ledger.Submission
	back       *resubmission
	names      totalNames
	elsewhere  []request.Outside // of the lines from first on
	first      int
	toOfficers []int // escalated lines
	toManagers []int
	toTell     []toldLine
	failed     failures
	unread     unreadHeaders
	registers  registerNews
}

func (desk *Desk) newWorkbookJudging(ctx context.Context, tx *ledger.Tx, now time.Time, h *incoming.Message, s *ledger.Submission, origin *request.Origin, asker *registers.Asker, back *resubmission) (*workbookJudging, error) {
	policy := h.InForce.Policies[h.Inbox.Config.Name]
	budgets, err := desk.budgetsOf(ctx, tx, policy, desk.dept.Day(now), back)
	if err != nil {
		return nil, err
	}
	keyed := &totals.LineKeys{Origin: origin, Lines: &back.lines, Reader: tx.Totals.Reader()}
	if keyed.Judged, err = tx.Suppliers.Judged(ctx, &back.lines); err != nil {
		return nil, err
	}
	w := &workbookJudging{Workbook: judgement.NewWorkbook(policy, keyed, budgets, desk.dept.Day(now), h.Inbox.Config.OwnDomains),
		h: h, s: s, back: back, names: totalNames{policy: policy, origin: origin}}
	if w.Stopped, err = desk.dept.Stopped(ctx, tx); err != nil {
		return nil, err
	}
	if asker != nil {
		keyed.Together = func(_ int, line *request.Line) []request.Alike { return asker.Together(line) }
		w.Registers = func(_ int, line *request.Line) *request.Registers { return asker.Line(line) }
	}
	return w, nil
}

// judge fills in line i. Lines are judged in their order.
func (w *workbookJudging) judge(ctx context.Context, tx *ledger.Tx, n *ledger.NewLine, i int) (err error) {
	if i%record.FactsAtOnce == 0 {
		w.first = i
		if w.elsewhere, err = SumsElsewhere(ctx, tx, w.Policy, w.Keyed, i, min(i+record.FactsAtOnce, w.Keyed.Lines.Len())); err != nil {
			return err
		}
	}
	a := w.Line(i, &w.elsewhere[i-w.first])
	switch {
	case w.back.lower[i] && w.Stopped == nil: // while the guardrails are stopped, nothing of them stands for an officer
		judgement.AcceptLower(&a)
	case w.back.corrects[i] && judgement.AcceptCorrection(w.Policy, &a):
	default:
		judgement.AskManager(w.Policy, &a)
	}
	if a.Verdict.Outcome == request.Escalated {
		if err := w.names.add(ctx, tx, &a); err != nil {
			return err
		}
		w.Policy.SayAgain(a.Facts, &a.Verdict)
		if a.Confirmable() {
			w.toManagers = append(w.toManagers, i)
		} else {
			w.toOfficers = append(w.toOfficers, i)
		}
	}
	if a.TellsManager(w.Policy) {
		w.toTell = append(w.toTell, toldLine{strings.ToLower(a.Facts.Line.Values[request.AuthorizedBy].Text), i})
	}
	w.failed.note(&a)
	w.unread.note(&a)
	w.registers.note(&a)
	mail := n.Mail
	*n, err = record.NewLine(w.s, w.Policy, w.h.InForce.Keying.At(w.Keyed, i, &a.Facts.Line), *w.Keyed.Origin, i+1, &a, w.back.supersedes[i], w.back.amends[i])
	n.Mail = mail
	return err
}

// escalate finds who is asked about every escalated line: first the section 32 manager, where the policy wants the
// manager to confirm, else an officer. One mail goes to each of them.
func (desk *Desk) escalate(ctx context.Context, tx *ledger.Tx, now time.Time, h *incoming.Message, s *ledger.Submission, w *workbookJudging, lines []ledger.NewLine) ([]ledger.OutboxEntry, error) {
	reference := s.Reference().String()
	routes := func(which []int) []officers.EscalatedLine {
		list := make([]officers.EscalatedLine, len(which))
		for n, i := range which {
			list[n] = officers.EscalatedLine{Line: lines[i].ID, Submission: s.ID, Reference: lines[i].Reference, Said: func() *request.Line {
				line := w.Keyed.Lines.At(i)
				return &line
			}, Origin: w.Keyed.Origin}
		}
		return list
	}
	owed, nobody, err := desk.router.Route(ctx, tx, now, h.Inbox, routes(w.toOfficers), officers.Routing{Cause: reference, Message: s.Message})
	if err != nil {
		return nil, err
	}
	if len(nobody) > 0 {
		owed = append(owed, outbox.NobodyDecides(s.ID, nobody))
	}
	if len(w.toOfficers)+len(w.toManagers) > 0 {
		owed = append(owed, outbox.TellWaiting(s.ID, desk.dept.Calendar(h.Inbox).After(now, desk.dept.Decisions.RerouteTime()), 1))
	}
	told, err := desk.tellManagers(ctx, tx, now, h, w.toTell, lines)
	if err != nil {
		return nil, err
	}
	return append(append(owed, askManagers(s, routes(w.toManagers))...), told...), nil
}

// failures are the guardrails that could not be evaluated, with the lines on which they failed.
type failures struct {
	why   map[string][]string
	order []string
}

func (f *failures) note(a *judgement.Assessed) {
	for _, n := range a.Verdict.NotEvaluated {
		reason, failed := strings.CutPrefix(n.Why, rules.FailedWhy)
		if !failed {
			continue
		}
		if f.why == nil {
			f.why = map[string][]string{}
		}
		if f.why[n.Guardrail] == nil {
			f.order = append(f.order, n.Guardrail)
		}
		f.why[n.Guardrail] = append(f.why[n.Guardrail], a.Facts.Line.Reference+": "+reason)
	}
}

// owed tells the operator which guardrails could not be evaluated, each once for a text of the policy: their lines went to
// an officer, and every line to come will.
func (f *failures) owed(policy *rules.Policy) []ledger.OutboxEntry {
	var owed []ledger.OutboxEntry
	for _, id := range f.order {
		owed = append(owed, outbox.New(outbox.OperatorAlert, "guardrail "+policy.Hash()+" "+id, ledger.OutboxEntry{}, guardrailFailed(id, policy, f.why[id])))
	}
	return owed
}
