package finance

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handrail/ingest"
	"handrail/internal/compose"
	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/reconcile"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/internal/workbook"
	"handrail/notify"
)

// statements is what a mail brings for finance: card statements, and weekly workbooks with matches made by hand.
type statements struct {
	*incoming.Message
	files []statementFile
	hands []report.Returned
	// problems are about files as a whole, and cells of files that were read otherwise.
	problems []statementProblem

	read map[string]readStatement // attachments that were read as statements
}

type statementFile struct {
	name   string
	sha256 ledger.Digest
	rows   []ledger.Charge
	err    error // why there are no rows: a defect
}

// statementProblem is one thing that could not be used, and where it stands.
type statementProblem struct {
	File    string       `json:"file"`
	Cell    string       `json:"cell,omitempty"`
	Row     int          `json:"row,omitempty"`
	Message request.Text `json:"message"`
}

type statementDetail struct {
	To       string             `json:"to"`
	ToName   string             `json:"to_name,omitempty"`
	Problems []statementProblem `json:"problems"`
	// Refused says that none of the files could be used at all.
	Refused bool          `json:"refused,omitempty"`
	Thread  outbox.Thread `json:"thread"`
}

// Takes is true for a mail that hearStatement has to read: a card statement, or a weekly workbook that came back from
// somebody who gets them.
func (desk *Desk) Takes(ctx context.Context, h *incoming.Message, u *ingest.Classified) bool {
	if u.Plan == ingest.PlanStatement {
		return true
	}
	if u.Verdict.Kind != ingest.RequestMail || u.Plan != ingest.PlanRequest && u.Plan != ingest.PlanOutside || !slices.ContainsFunc(desk.dept.Finance.Recipients, func(r string) bool { return strings.EqualFold(r, h.Sender.Address) }) {
		return false
	}
	for _, a := range h.Mail.Attachments {
		if _, ok := readHand(ctx, a); ok {
			return true
		}
	}
	return false
}

func readHand(ctx context.Context, a ingest.Attachment) (report.Returned, bool) {
	if a.Format != workbook.Xlsx {
		return report.Returned{}, false
	}
	book, err := workbook.Open(ctx, a.Data, workbook.DefaultBounds())
	if err != nil {
		return report.Returned{}, false
	}
	hand, ok, err := report.ReadReturned(ctx, book, a.Name)
	return hand, ok && err == nil
}

// Read reads every statement and every returned weekly workbook of a mail. A file that is damaged is refused as
// a whole; rows that cannot be read are named, and the others count.
func (desk *Desk) Read(ctx context.Context, h *incoming.Message) {
	s := &statements{Message: h}
	h.Statement = s
	h.Verdict.Kind = string(ingest.StatementMail)
	seen := map[string]bool{}
	for _, a := range h.Mail.Attachments {
		if seen[a.Digest] || a.Inline && a.Format != workbook.Xlsx && a.Format != workbook.Csv && statement.Format(a.Data) == "" {
			continue
		}
		seen[a.Digest] = true
		if hand, ok := readHand(ctx, a); ok {
			s.hands = append(s.hands, hand)
			s.note(hand.Problems)
			continue
		}
		name := statement.CutCards(a.Name)
		read, err := desk.statementIn(ctx, s, a)
		if err != nil {
			s.problems = append(s.problems, unreadStatement(name, err))
			continue
		}
		s.note(read.Problems)
		rows, err := LedgerCharges(read.Charges)
		s.files = append(s.files, statementFile{name: name, sha256: ledger.DigestOf(a.Data), rows: rows, err: err})
	}
	if len(s.files) == 0 && len(s.hands) == 0 {
		h.Verdict.Reason = "unread-statement"
	}
}

// note takes what a file could not be used for. What is merely remarked, a row of totals, is said beside that and never alone.
func (s *statements) note(problems []request.Problem) {
	if !slices.ContainsFunc(problems, func(p request.Problem) bool { return p.Severity == request.ReturnSeverity }) {
		return
	}
	for _, p := range problems {
		s.problems = append(s.problems, statementProblem{File: p.Sheet, Cell: p.Cell, Message: p.Message})
	}
}

func unreadStatement(name string, err error) statementProblem {
	var refused *statement.Error
	if errors.As(err, &refused) {
		return statementProblem{File: name, Row: refused.Row, Message: refused.Message}
	}
	var book *workbook.Error
	if errors.As(err, &book) {
		return statementProblem{File: name, Cell: book.Cell, Message: book.Message}
	}
	return statementProblem{File: name, Message: request.Text{
		EN: "This file could not be read as a card statement. Export it again as CSV.",
		FR: "Ce fichier n’a pas pu être lu comme relevé de carte. Exportez-le de nouveau en CSV."}}
}

// Decide records what a mail brings for finance.
func (s *statements) Decide(ctx context.Context, tx *ledger.Tx, now time.Time) ([]ledger.OutboxEntry, error) {
	h := s.Message
	for i := range s.files {
		f := &s.files[i]
		if f.err != nil {
			return nil, f.err
		}
		if _, _, err := tx.Charges.AddStatement(ctx, now, ledger.Statement{Message: h.Row.ID, SHA256: f.sha256, FileName: f.name}, f.rows); err != nil {
			return nil, err
		}
	}
	problems := s.problems
	for i := range s.hands {
		more, err := settleByHand(ctx, tx, now, h.Sender.Address, &s.hands[i])
		if err != nil {
			return nil, err
		}
		problems = append(problems, more...)
	}
	if len(problems) == 0 {
		return nil, nil
	}
	// The same file in two mails is one statement: its sender learns once for each mail what is wrong with it.
	return []ledger.OutboxEntry{outbox.New(outbox.Statement, fmt.Sprintf("message %d", h.Row.ID), ledger.OutboxEntry{Message: h.Row.ID}, statementDetail{
		To: h.Sender.Address, ToName: h.Sender.Name, Problems: problems, Thread: outbox.ThreadOf(h.Mail),
		Refused: len(s.files) == 0 && len(s.hands) == 0})}, nil
}

// WithoutCards is the mail of a card statement without its card numbers, whatever became of the mail: quarantined and
// copied ones hold card numbers too. It is nil for other mails.
func (desk *Desk) WithoutCards(ctx context.Context, h *incoming.Message) ([]byte, error) {
	if h.Mail == nil || h.Inbox == nil || h.Row.Raw == nil {
		return nil, nil
	}
	s, read := h.Statement.(*statements)
	if read {
		if len(s.hands) > 0 && len(s.files) == 0 {
			return nil, nil
		}
		return desk.cutMail(ctx, s), nil
	}
	if len(h.Inbox.Config.StatementSenders) == 0 {
		return nil, nil
	}
	v, err := ingest.KindOf(ctx, h.Mail, ingest.Surroundings{StatementSenders: h.Inbox.Config.StatementSenders})
	if err != nil || v.Kind != ingest.StatementMail {
		return nil, err
	}
	return desk.cutMail(ctx, &statements{Message: h}), nil
}

// Held is what the rows take until they are recorded.
func (s *statements) Held() (n int64) {
	for i := range s.files {
		n += int64(len(s.files[i].rows)) * perLedgerCharge
	}
	return n
}

// LedgerCharges are a statement's rows as the ledger keeps them. Their identity is reconcile's fingerprint, which counts
// equal rows of a file: of overlapping files the larger count holds.
func LedgerCharges(charges []statement.Charge) ([]ledger.Charge, error) {
	rows := make([]ledger.Charge, len(charges))
	for i := range charges {
		c := &charges[i]
		minor, err := c.Amount.Minor()
		if err != nil {
			return nil, fmt.Errorf("statement %s, row %d: %w", c.Statement, c.Row, err)
		}
		detail, err := json.Marshal(c)
		if err != nil {
			return nil, fmt.Errorf("statement %s, row %d: %w", c.Statement, c.Row, err)
		}
		centre := c.CostCentre
		if !c.TouchesBudget() {
			centre = "" // the ledger adds up by cost centre what is not approved; the detail keeps what the bank wrote
		}
		rows[i] = ledger.Charge{Row: c.Row, Identity: chargeIdentity(c.Fingerprint), Occurrence: max(1, c.Occurrence), Posted: c.Posted, Transacted: c.Transacted,
			Amount: minor, Currency: c.Amount.Currency, CostCentre: centre, Merchant: c.Merchant, Card: c.Card, Detail: detail}
	}
	return rows, nil
}

func chargeIdentity(fingerprint string) ledger.Digest { return ledger.DigestOf([]byte(fingerprint)) }

// settleByHand does what finance wrote into a returned weekly workbook: it stays until somebody writes something else.
func settleByHand(ctx context.Context, tx *ledger.Tx, now time.Time, by string, hand *report.Returned) ([]statementProblem, error) {
	var problems []statementProblem
	var list []ledger.Settlement
	unknown := func(what, en, fr string) {
		problems = append(problems, statementProblem{Cell: what, Message: request.Text{EN: en, FR: fr}})
	}
	settle := func(fingerprint string, s ledger.Settlement, lines []ledger.Line) error {
		c, found, err := tx.Charges.ByIdentity(ctx, chargeIdentity(fingerprint))
		switch {
		case err != nil:
			return err
		case !found:
			unknown(fingerprint, "No charge of the ledger has this key. Leave the column of keys as it came.",
				"Aucun achat du registre ne porte cette clé. Laissez la colonne des clés telle quelle.")
			return nil
		}
		s.Parts = divide(&c, lines)
		if s.To != ledger.LeftRow {
			s.Reason = c.Reason
		}
		if c.State == s.To && c.Rule == s.Rule && c.Reason == s.Reason && slices.EqualFunc(c.Lines, s.Parts, func(line int64, p ledger.Part) bool { return line == p.Line }) {
			return nil // the same workbook a second time
		}
		s.Charge, s.From, s.By = c.ID, c.State, by
		list = append(list, s)
		return nil
	}
	for _, m := range hand.Matches {
		lines, err := tx.Lines.ByReference(ctx, m.References)
		if err != nil {
			return nil, err
		}
		if missing := notApproved(m.References, lines); missing != "" {
			unknown(missing, "This line is not in the ledger, or is not approved: a charge can only be matched with an approved line.",
				"Cette ligne n’est pas au registre, ou n’est pas approuvée\u00a0: un achat ne se rapproche que d’une ligne approuvée.")
			continue
		}
		if err := settle(m.Fingerprint, ledger.Settlement{To: ledger.MatchedRow, Rule: string(reconcile.ByHand), Score: 100}, lines); err != nil {
			return nil, err
		}
	}
	for _, fingerprint := range hand.Ignored {
		if err := settle(fingerprint, ledger.Settlement{To: ledger.IgnoredRow}, nil); err != nil {
			return nil, err
		}
	}
	for _, fingerprint := range hand.Apart {
		if err := settle(fingerprint, ledger.Settlement{To: ledger.LeftRow, Reason: string(reconcile.NoLine)}, nil); err != nil {
			return nil, err
		}
	}
	_, err := tx.Charges.Settle(ctx, now, list)
	return problems, err
}

// notApproved is the first of references that no approved line has, "" when there is none.
func notApproved(references []string, lines []ledger.Line) string {
	approved := map[string]bool{}
	for i := range lines {
		approved[lines[i].Reference] = lines[i].Outcome == request.Approved
	}
	for _, reference := range references {
		if !approved[reference] {
			return reference
		}
	}
	return ""
}

// divide is what of a charge falls to each of its lines, in the order of their ids.
func divide(c *ledger.Charge, lines []ledger.Line) []ledger.Part {
	slices.SortFunc(lines, func(a, b ledger.Line) int { return cmp.Compare(a.ID, b.ID) })
	totals := make([]decimal.Decimal, len(lines))
	for i, l := range lines {
		totals[i] = request.FromMinor(l.Amount, l.Currency).Amount
	}
	parts := make([]ledger.Part, len(lines))
	charged := request.FromMinor(c.Amount, c.Currency)
	for i, part := range reconcile.Parts(charged, totals) {
		minor, _ := (request.Money{Amount: part, Currency: c.Currency}).Minor() // a part of what the ledger holds
		parts[i] = ledger.Part{Line: lines[i].ID, Minor: minor}
	}
	return parts
}

// mostProblemsTold is how many problems one mail names; it says how many more there are.
const mostProblemsTold = 50

// composeStatement tells the sender what of a statement could not be used: file, row, column, reason.
func (desk *Desk) composeStatement(_ context.Context, now time.Time, m *compose.Draft) error {
	var d statementDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	lang := desk.dept.Finance.Language
	a := notify.Alert{
		Envelope: desk.dept.Envelope(d.To, d.ToName, lang, "statement "+m.Entry.Cause, now, d.Thread),
		Title:    request.Text{EN: "Part of a card statement could not be used", FR: "Une partie d’un relevé de carte n’a pas pu être utilisée"},
		What: request.Text{EN: "The rows named below were not counted. All others were.",
			FR: "Les lignes nommées ci-dessous n’ont pas été comptées. Toutes les autres l’ont été."},
		Hint: request.Text{EN: "Correct them and send the whole file again: rows that were counted are not counted twice.",
			FR: "Corrigez-les et renvoyez tout le fichier\u00a0: les lignes déjà comptées ne le seront pas deux fois."},
	}
	if d.Refused {
		a.Title = request.Text{EN: "A card statement could not be used", FR: "Un relevé de carte n’a pas pu être utilisé"}
		a.What = request.Text{EN: "Nothing of it was counted.", FR: "Rien n’en a été compté."}
		a.Hint = request.Text{EN: "Export the statement again, complete, as CSV or XLSX, and send it once more.",
			FR: "Exportez de nouveau le relevé complet, en CSV ou en XLSX, et renvoyez-le."}
	}
	for i, p := range d.Problems {
		if i == mostProblemsTold {
			more := len(d.Problems) - i
			a.Details = append(a.Details, request.Text{EN: fmt.Sprintf("… and %d more", more), FR: fmt.Sprintf("… et %d de plus", more)}.In(lang))
			break
		}
		a.Details = append(a.Details, p.where(lang)+p.Message.In(lang))
	}
	mail, err := desk.dept.Composer(nil).Alert(a)
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, ledger.Outgoing{Kind: outbox.Statement, Cause: m.Entry.Cause, Recipient: mail.To, Edition: 1, MessageID: mail.MessageID, Raw: mail.Raw, NextAt: now})
	return nil
}

// where is the place of a problem: "card.csv, row 12, column C: ".
func (p *statementProblem) where(l request.Lang) string {
	var parts []string
	if p.File != "" {
		parts = append(parts, p.File)
	}
	row := p.Row
	column := ""
	if col, at, ok := workbook.ParseRef(p.Cell); ok {
		row, column = at, strings.TrimRight(workbook.Ref(col, at), "0123456789")
	} else if p.Cell != "" {
		parts = append(parts, p.Cell)
	}
	if row > 0 {
		parts = append(parts, fmt.Sprintf(request.Text{EN: "row %d", FR: "ligne %d"}.In(l), row))
	}
	if column != "" {
		parts = append(parts, request.Text{EN: "column ", FR: "colonne "}.In(l)+column)
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", ") + request.Text{EN: ": ", FR: "\u00a0: "}.In(l)
}
