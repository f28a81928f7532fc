package batch

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/rules"
)

// judge decides received messages. They are taken apart side by side and outside any lock; then one transaction under
// the decider's lock numbers, adds up, judges, records and chains all of them, and leaves what must be answered.
func (j *Job) judge(ctx context.Context, ids []int64) error {
	for {
		err := j.judgeUnder(ctx, ids)
		if !errors.Is(err, errOtherText) {
			return err
		}
	}
}

// errOtherText says that another policy came into force between reading the messages and deciding.
var errOtherText = errors.New("another policy is in force")

// judgeUnder reads and decides under the policies that are in force, or errs with errOtherText.
func (j *Job) judgeUnder(ctx context.Context, ids []int64) error {
	var messages []ledger.Message
	var force *inForce
	err := j.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		if messages, err = tx.MessagesToJudge(ctx, ids); err != nil || len(messages) == 0 {
			return err
		}
		force, err = j.judgedBy(ctx, tx)
		return err
	})
	if err != nil || len(messages) == 0 {
		return err
	}
	all := j.hearAll(ctx, messages)
	for _, h := range all {
		h.force = force
	}
	now := j.now()
	judged := 0
	err = j.o.Ledger.Decide(ctx, func(tx *ledger.Tx) error {
		if latest, err := j.judgedBy(ctx, tx); err != nil || latest != force {
			return cmp.Or(err, errOtherText)
		}
		judged = 0
		var toFile, toAnswer []int64
		for _, h := range all {
			won, err := tx.JudgeMessage(ctx, now, h.verdict)
			if err != nil {
				return err
			}
			if !won {
				continue // somebody else judged it
			}
			judged++
			toFile = append(toFile, h.message.ID)
			owed, err := j.decide(ctx, tx, now, h)
			if err == nil {
				owed, err = j.ration(ctx, tx, now, h, owed)
			}
			if err != nil {
				return fmt.Errorf("message %d: %w", h.message.ID, err)
			}
			fresh, err := tx.Owe(ctx, dueAt(owed, now)...)
			if err != nil {
				return err
			}
			toAnswer = append(toAnswer, fresh...)
		}
		if err := j.wake.wake(ctx, tx, Answer, toAnswer); err != nil {
			return err
		}
		if err := j.wake.wake(ctx, tx, File, toFile); err != nil {
			return err
		}
		crash("judge.before-commit")
		return nil
	})
	crash("judge.after-commit")
	if err == nil {
		j.report.add(Judge, judged)
	}
	return err
}

// dueAt gives owed answers their instant where they have none.
func dueAt(owed []ledger.Owed, now time.Time) []ledger.Owed {
	for i := range owed {
		if owed[i].DueAt.IsZero() {
			owed[i].DueAt = now
		}
	}
	return owed
}

func (j *Job) hearAll(ctx context.Context, messages []ledger.Message) []*heard {
	all := make([]*heard, len(messages))
	work := make(chan int)
	var wait sync.WaitGroup
	for range min(j.workers(), len(messages)) {
		wait.Go(func() {
			for i := range work {
				all[i] = j.hearSafely(ctx, messages[i])
			}
		})
	}
	for i := range messages {
		work <- i
	}
	close(work)
	wait.Wait()
	return all
}

// hearSafely turns a defect of ours into a quarantined message: one bad message never stops a run, and none is lost.
func (j *Job) hearSafely(ctx context.Context, m ledger.Message) (h *heard) {
	defer func() {
		if defect := recover(); defect != nil {
			j.o.Log.Error("a message could not be taken apart: a defect", "message", m.ID, "panic", fmt.Sprint(defect))
			h = &heard{message: m, box: j.inboxes[m.Box.Inbox], verdict: ledger.MessageVerdict{ID: m.ID, Kind: "other"}}
			h.quarantine("defect")
			h.alert(j, "defect", request.Text{
				EN: "Handrail could not read a message because of a defect of its own. The message is kept; please report this to the people who maintain Handrail.",
				FR: "Handrail n’a pas pu lire un message en raison d’un défaut du programme. Le message est conservé; veuillez le signaler aux responsables de Handrail."}, "")
		}
	}()
	return j.hear(ctx, m)
}

// decide records what a message that was just judged brings, and says what is owed for it.
func (j *Job) decide(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard) ([]ledger.Owed, error) {
	owed := h.owed
	for messageID, words := range h.bounced {
		more, err := j.cameBack(ctx, tx, now, h, messageID, words)
		if err != nil {
			return nil, err
		}
		owed = append(owed, more...)
	}
	if h.answer != nil {
		more, err := j.decideAnswer(ctx, tx, now, h)
		if err != nil {
			return nil, err
		}
		crash("judge.officers-answer")
		owed = append(owed, more...)
	}
	more, err := j.decideStatement(ctx, tx, now, h)
	if err != nil {
		return nil, err
	}
	owed = append(owed, more...)
	for i := range h.requests {
		more, err := j.decideRequest(ctx, tx, now, h, &h.requests[i])
		if err != nil {
			return nil, err
		}
		owed = append(owed, more...)
	}
	if len(h.requests) > 0 && len(h.mail.InReplyTo) > 0 {
		more, err := j.passAside(ctx, tx, now, h)
		if err != nil {
			return nil, err
		}
		owed = append(owed, more...)
	}
	return owed, nil
}

// layout is what annotating the requester's workbook needs beside the lines.
type layout struct {
	Sheet     int    `json:"sheet"`
	HeaderRow int    `json:"header_row"`
	LabelRow  int    `json:"label_row,omitempty"`
	Column    int    `json:"column"`
	Replace   bool   `json:"replace,omitempty"`
	Kept      []kept `json:"kept,omitempty"`
	Notes     []note `json:"notes,omitempty"`
	Signed    bool   `json:"signed,omitempty"`
}

// kept is a row that came back unchanged: its decision stands, under the line it had.
type kept struct {
	Row  int   `json:"row"`
	Line int64 `json:"line"`
}

// note is a remark on a row, beside its findings.
type note struct {
	Row  int          `json:"row"`
	Text request.Text `json:"text"`
}

// decideRequest judges one workbook: a submission with its number, its lines and their links in the chain.
func (j *Job) decideRequest(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, r *requestHeard) ([]ledger.Owed, error) {
	policy := h.force.policies[h.box.Config.Name]
	origin := r.form.Origin
	origin.Sender, origin.Received = h.sender.Address, j.day(h.message.ReceivedAt)
	if origin.Language == request.UnknownLang {
		origin.Language = h.box.Config.Language
	}
	s := ledger.Submission{
		Message: h.message.ID, Attachment: ledger.DigestOf(r.attachment.Data), Sender: h.sender.Address, MailID: h.mail.MessageID,
		Requester: h.sender.Address, Unit: origin.Unit, Language: origin.Language, Received: origin.Received, ReceivedAt: h.message.ReceivedAt,
		Sheet: r.form.Sheet, FileName: r.attachment.Name, Policy: policy.Hash(),
	}
	if _, copied, err := tx.FindSubmission(ctx, s); err != nil || copied {
		return nil, err // a list and a direct copy: acknowledged once
	}
	year := now.In(j.zone).Year()
	number, err := tx.NextNumber(ctx, year)
	if err != nil {
		return nil, err
	}
	s.Year, s.Number = year, number
	back, err := j.comeBack(ctx, tx, now, h, r)
	if err != nil {
		return nil, err
	}
	shape := layout{Sheet: r.form.SheetIndex, HeaderRow: r.form.HeaderRow, Kept: back.kept, Notes: back.notes, Signed: r.signed}
	shape.LabelRow, shape.Column, shape.Replace = PlaceColumns(r.form)
	if s.Origin, err = json.Marshal(origin); err != nil {
		return nil, err
	}
	if s.Problems, err = json.Marshal(r.form.Problems); err != nil {
		return nil, err
	}
	if s.Layout, err = json.Marshal(shape); err != nil {
		return nil, err
	}
	if s.ID, err = tx.AddSubmission(ctx, now, s); err != nil || s.ID == 0 {
		return nil, err
	}
	if err := tx.KeepBytes(ctx, now, r.attachment.Data); err != nil {
		return nil, err
	}
	lines, escalated, err := j.decideLines(ctx, tx, now, h, &s, origin, back)
	if err != nil {
		return nil, err
	}
	if folder := folderFor(h.box.Config.Folders, lines); folder != "" {
		if err := tx.SendTo(ctx, h.message.ID, folder); err != nil {
			return nil, err
		}
	}
	reference := s.Reference().String()
	if h.silent {
		return append(escalated, h.unanswered(&s)), nil
	}
	owed := []ledger.Owed{owe(owedSubmission, reference, ledger.Owed{Submission: s.ID, Message: h.message.ID},
		submissionDetail{To: h.sender.Address, ToName: h.sender.Name, Thread: threadOf(h.mail)})}
	return append(owed, escalated...), nil
}

// unanswered tells the operator of a request that was judged and whose mail bears the mark of a machine: a rule forwarded
// it, and an answer could go round in circles. Somebody must tell the requester.
func (h *heard) unanswered(s *ledger.Submission) ledger.Owed {
	reference := s.Reference().String()
	return owe(owedAlert, "unanswered "+reference, ledger.Owed{Submission: s.ID, Message: h.message.ID}, alertDetail{
		Title: request.Text{EN: "A request was judged and its sender not told", FR: "Une demande a été examinée sans que l’expéditeur en soit avisé"},
		What: request.Text{
			EN: fmt.Sprintf("%s came from %s in a mail that a machine sent or forwarded, so nobody was answered.", reference, h.sender.Address),
			FR: fmt.Sprintf("%s est arrivée de %s dans un courriel envoyé ou transféré par une machine; personne n’a donc reçu de réponse.", reference, h.sender.Address)},
		Hint: request.Text{
			EN: "Tell the requester what was decided (handrail explain shows it), and to write to the inbox directly, without a rule in between.",
			FR: "Dites à la personne ce qui a été décidé (handrail explain le montre) et demandez-lui d’écrire directement à la boîte, sans règle de transfert."},
		Details: []string{"inbox " + h.message.Box.Inbox, fmt.Sprintf("UID %d", h.message.UID)}})
}

// folderFor is where a request goes that waits for an officer, or that went back; "" where the configuration has no
// folder of its own for it.
func folderFor(f ingest.Folders, lines []ledger.NewLine) string {
	var escalated, returned bool
	for i := range lines {
		escalated = escalated || lines[i].Outcome == request.Escalated
		returned = returned || lines[i].Outcome == request.Returned
	}
	switch {
	case escalated && f.Escalated != "":
		return f.Escalated
	case returned && !escalated:
		return f.Returned
	}
	return ""
}

// decideLines judges the lines that are new or changed, records them, and says which officers must be asked.
func (j *Job) decideLines(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, s *ledger.Submission, origin request.Origin, back *comeBack) ([]ledger.NewLine, []ledger.Owed, error) {
	policy := h.force.policies[h.box.Config.Name]
	for i := range back.lines {
		reference := s.Reference()
		reference.Line = i + 1
		back.lines[i].Reference = reference.String()
	}
	if err := back.relate(ctx, tx); err != nil {
		return nil, nil, err
	}
	elsewhere, err := sumsElsewhere(ctx, tx, policy, origin, back)
	if err != nil {
		return nil, nil, err
	}
	budgets, err := j.budgetsOf(ctx, tx, policy, j.day(now), back)
	if err != nil {
		return nil, nil, err
	}
	assessed := Assess(policy, origin, back.lines, elsewhere, budgets, j.day(now), h.box.Config.OwnDomains)
	lines := make([]ledger.NewLine, len(assessed))
	for i := range assessed {
		if back.lower[i] {
			acceptLower(&assessed[i])
		} else {
			askManager(policy, &assessed[i])
		}
		if assessed[i].Verdict.Outcome == request.Escalated {
			if err := listTotals(ctx, tx, policy, origin, &assessed[i], back); err != nil {
				return nil, nil, err
			}
		}
		if lines[i], err = newLine(s, policy, &h.force.keying, origin, i+1, &assessed[i], back); err != nil {
			return nil, nil, err
		}
		lines[i].Mail = h.message.SHA256
	}
	if err := tx.AddLines(ctx, now, lines); err != nil {
		return nil, nil, err
	}
	if _, err := tx.CloseEscalations(ctx, now, back.replaced); err != nil {
		return nil, nil, err
	}
	if err := h.keepEvidence(ctx, tx, now, assessed, lines); err != nil {
		return nil, nil, err
	}
	owed, err := j.escalate(ctx, tx, now, h, s, origin, assessed, lines)
	return lines, append(owed, failedGuardrails(policy, assessed)...), err
}

// escalate finds who is asked about every escalated line: first the section 32 manager, where the policy wants the
// manager to confirm, else an officer. One mail goes to each of them.
func (j *Job) escalate(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, s *ledger.Submission, origin request.Origin, assessed []Assessed, lines []ledger.NewLine) ([]ledger.Owed, error) {
	reference := s.Reference().String()
	var toOfficers, toManagers []routed
	for i := range assessed {
		if assessed[i].Verdict.Outcome != request.Escalated {
			continue
		}
		l := routed{lines[i].ID, s.ID, lines[i].Reference, &assessed[i].Facts.Line, &origin}
		if assessed[i].confirmable() {
			toManagers = append(toManagers, l)
		} else {
			toOfficers = append(toOfficers, l)
		}
	}
	owed, nobody, err := j.route(ctx, tx, now, h.box, toOfficers, routing{cause: reference, message: s.Message})
	if err != nil {
		return nil, err
	}
	if len(nobody) > 0 {
		owed = append(owed, nobodyDecides(reference, s.ID, nobody))
	}
	return append(owed, askManagers(s, toManagers)...), nil
}

// failedGuardrails tells the operator which guardrails could not be evaluated, each once for a text of the policy: their
// lines went to an officer, and every line to come will.
func failedGuardrails(policy *rules.Policy, assessed []Assessed) []ledger.Owed {
	why := map[string][]string{}
	var order []string
	for i := range assessed {
		for _, n := range assessed[i].Verdict.NotEvaluated {
			reason, failed := strings.CutPrefix(n.Why, rules.FailedWhy)
			if !failed {
				continue
			}
			if why[n.Guardrail] == nil {
				order = append(order, n.Guardrail)
			}
			why[n.Guardrail] = append(why[n.Guardrail], assessed[i].Facts.Line.Reference+": "+reason)
		}
	}
	var owed []ledger.Owed
	for _, id := range order {
		owed = append(owed, owe(owedAlert, "guardrail "+policy.Hash()+" "+id, ledger.Owed{}, alertDetail{
			Title: request.Text{EN: "A guardrail could not be evaluated: " + id, FR: "Une balise n’a pas pu être évaluée\u00a0: " + id},
			What: request.Text{
				EN: "The condition of this guardrail fails on some lines. They went to an officer, because what cannot be checked is never approved.",
				FR: "La condition de cette balise échoue pour certaines lignes. Elles ont été soumises à l’approvisionnement, car ce qui ne peut être vérifié n’est jamais approuvé."},
			Hint: request.Text{
				EN: "Have the condition mended in " + policy.Name() + " " + policy.Version() + ", and try it with policy backtest. This is said once for each text of the policy.",
				FR: "Faites corriger la condition dans " + policy.Name() + " " + policy.Version() + ", et essayez-la avec policy backtest. Cet avis n’est donné qu’une fois par texte de la politique."},
			Details: why[id]}))
	}
	return owed
}

func newLine(s *ledger.Submission, policy *rules.Policy, c *keying, origin request.Origin, ordinal int, a *Assessed, back *comeBack) (ledger.NewLine, error) {
	line := &a.Facts.Line
	values := &line.Values
	n := ledger.NewLine{Policy: policy.Hash(), Line: ledger.Line{
		Submission: s.ID, Reference: line.Reference, Ordinal: ordinal, Row: line.Row, Outcome: a.Verdict.Outcome,
		Currency: line.Currency(policy.Currency()), CostCentre: values[request.CostCentre].Text, Supplier: values[request.Supplier].Text,
		Unit: origin.Unit, Day: origin.Received, ReceivedAt: s.ReceivedAt, Supersedes: back.supersedes[ordinal-1], Amends: back.amends[ordinal-1], Digest: contentDigest(line, true),
		Keys: c.keys(line, &origin),
	}}
	if total := values[request.Total]; total.Given && !total.Faulty {
		minor, err := (request.Money{Amount: total.Number, Currency: n.Currency}).Minor()
		if err == nil {
			n.HasAmount, n.Amount = true, minor
		}
	}
	for _, f := range a.Verdict.Findings {
		if f.ExemptedBy == "" {
			n.Guardrails = append(n.Guardrails, f.Guardrail)
		}
	}
	var err error
	if n.Facts, err = json.Marshal(a.Facts); err != nil {
		return n, err
	}
	if n.Findings, err = json.Marshal(a.Verdict.Findings); err != nil {
		return n, err
	}
	if len(a.Verdict.NotEvaluated) > 0 {
		n.NotEvaluated, err = json.Marshal(a.Verdict.NotEvaluated)
	}
	return n, err
}

// question is one sum that a line's total is made of.
type question struct {
	line  int
	total string
	sign  int
}

// sumsElsewhere asks the ledger, in one go, what counts outside this workbook. Lines that this workbook replaces are
// left out: their successors are in it.
func sumsElsewhere(ctx context.Context, tx *ledger.Tx, policy *rules.Policy, origin request.Origin, back *comeBack) ([]map[string]request.Sum, error) {
	var queries []ledger.SumQuery
	var asked []question
	for i := range back.lines {
		for _, spec := range policy.TotalSpecs() {
			if spec.Scope == request.Workbook {
				continue
			}
			from, to := spec.Window(origin.Received, policy.FiscalStart())
			for _, k := range spec.Keys(&back.lines[i], &origin) {
				asked = append(asked, question{i, spec.Name, k.Sign})
				queries = append(queries, ledger.SumQuery{Key: k.Key, Currency: policy.Currency(), From: from, To: to, ExcludeLines: back.replaced})
			}
		}
	}
	sums, err := tx.Sums(ctx, queries)
	if err != nil {
		return nil, err
	}
	out := make([]map[string]request.Sum, len(back.lines))
	for n, q := range asked {
		if out[q.line] == nil {
			out[q.line] = map[string]request.Sum{}
		}
		sum := out[q.line][q.total]
		sum.Amount = sum.Amount.Add(request.FromMinor(sums[n].Minor, policy.Currency()).Amount.Mul(decimal.NewFromInt(int64(q.sign))))
		sum.Count += q.sign * sums[n].Lines
		out[q.line][q.total] = sum
	}
	return out, nil
}

// totalLines is how many lines of a total are named to the officer; the sum counts all.
const totalLines = 20

// listTotals names the lines that the totals of an escalated line add up, so that the officer sees what the finding saw.
func listTotals(ctx context.Context, tx *ledger.Tx, policy *rules.Policy, origin request.Origin, a *Assessed, back *comeBack) error {
	for _, spec := range policy.TotalSpecs() {
		sum, asked := a.Facts.Totals[spec.Name]
		if !asked || spec.Scope == request.Workbook {
			continue
		}
		from, to := spec.Window(origin.Received, policy.FiscalStart())
		named := map[string]bool{}
		for _, k := range spec.Keys(&a.Facts.Line, &origin) {
			if k.Sign < 0 {
				continue
			}
			found, err := tx.SumLines(ctx, ledger.SumQuery{Key: k.Key, Currency: policy.Currency(), From: from, To: to, ExcludeLines: back.replaced}, totalLines)
			if err != nil {
				return err
			}
			for _, l := range found {
				if !named[l.Reference] {
					named[l.Reference] = true
					sum.Lines = append(sum.Lines, l.Reference)
				}
			}
		}
		a.Facts.Totals[spec.Name] = sum
	}
	return nil
}
