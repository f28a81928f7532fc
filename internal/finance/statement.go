package finance

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/internal/workbook"
)

// statements is what a mail brings for finance: card statements, and weekly workbooks with matches made by hand.
type statements struct {
	*incoming.Message
	desk  *Desk
	files []statementFile
	hands []report.Returned
	// problems are about files as a whole, and cells of files that were read otherwise.
	problems []statementProblem

	read map[string]readStatement // attachments that were read as statements
}

type statementFile struct {
	name    string
	sha256  ledger.Digest
	charges []statement.Charge
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

// Read reads every statement and every returned weekly workbook of a mail. A file that is damaged is refused as
// a whole; rows that cannot be read are named, and the others count.
func (desk *Desk) Read(ctx context.Context, h *incoming.Message) {
	s := &statements{Message: h, desk: desk}
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
			continue
		}
		name := statement.CutCards(a.Name)
		read, err := desk.statementIn(ctx, s, a)
		if err != nil {
			s.problems = append(s.problems, unreadStatement(name, err))
			continue
		}
		s.note(read.Problems)
		s.files = append(s.files, statementFile{name: name, sha256: ledger.DigestOf(a.Data), charges: read.Charges})
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

// Decide records what a mail brings for finance.
func (s *statements) Decide(ctx context.Context, tx *ledger.Tx, now time.Time) ([]ledger.OutboxEntry, error) {
	h, match := s.Message, s.desk.dept.Finance.Reconcile.Match(s.desk.dept.Zone)
	for i := range s.files {
		if err := s.files[i].keep(ctx, tx, now, h.Row.ID, match); err != nil {
			return nil, err
		}
	}
	var owed []ledger.OutboxEntry
	cause := fmt.Sprintf("message %d", h.Row.ID)
	if len(s.hands) > 0 {
		told, err := s.desk.settleByHand(ctx, tx, now, h.Sender.Address, s.hands)
		if err != nil {
			return nil, err
		}
		if err := closeLines(ctx, tx, now, h, s.hands, &told); err != nil {
			return nil, err
		}
		if err := teachAliases(ctx, tx, now, h, s.hands, &told); err != nil {
			return nil, err
		}
		if told.open() {
			told.inOrder()
			owed = append(owed, outbox.New(outbox.Corrections, cause, ledger.OutboxEntry{Message: h.Row.ID},
				correctionsDetail{To: h.Sender.Address, ToName: h.Sender.Name, Thread: outbox.ThreadOf(h.Mail), handsTold: told}))
		}
	}
	if len(s.problems) > 0 {
		// The same file in two mails is one statement: its sender learns once for each mail what is wrong with it.
		owed = append(owed, outbox.New(outbox.Statement, cause, ledger.OutboxEntry{Message: h.Row.ID}, statementDetail{
			To: h.Sender.Address, ToName: h.Sender.Name, Problems: s.problems, Thread: outbox.ThreadOf(h.Mail),
			Refused: len(s.files) == 0 && len(s.hands) == 0}))
	}
	return owed, nil
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
		n += int64(len(s.files[i].charges)) * perLedgerCharge
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
