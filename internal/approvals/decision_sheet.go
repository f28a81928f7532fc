package approvals

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/ingest"
	"handrail/ingest/reply"
	"handrail/internal/ledger"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
)

// decisionSheet is a decision workbook that came back. fault, when not empty, is why it decides nothing.
type decisionSheet struct {
	codes    []ingest.Code
	rows     []workbook.DecisionRow
	commands []rowCommand
	decided  map[int]bool // the lines of commands
	fault    request.Text
}

// rowCommand is a row whose decision cell is filled.
type rowCommand struct {
	row     *workbook.DecisionRow
	line    int
	command reply.Command
}

// readSheet looks for a decision workbook among what a mail brings; nil when there is none. Anything in it that could be
// read two ways is its fault, and then nothing of the mail decides.
func readSheet(ctx context.Context, mail *ingest.Mail) *decisionSheet {
	var heard *decisionSheet
	seen := map[string]bool{}
	for _, a := range mail.Attachments {
		if a.Format != workbook.Xlsx || seen[a.Digest] {
			continue
		}
		seen[a.Digest] = true
		book, err := workbook.Open(ctx, a.Data, workbook.DefaultBounds())
		if err != nil {
			continue // whoever needs it to be a workbook says why it is none
		}
		found, is, err := workbook.ReadDecisions(ctx, book)
		switch {
		case err != nil || !is:
			continue
		case heard != nil:
			heard.fault = whyTwoSheets
			return heard
		}
		heard = &decisionSheet{rows: found.Rows, decided: map[int]bool{}}
		heard.read(found.Codes)
	}
	return heard
}

func (s *decisionSheet) read(codes []string) {
	for _, c := range codes {
		if code, ok := ingest.ParseCode(c); ok {
			s.codes = append(s.codes, code)
		}
		if len(s.codes) > 1 {
			break // which is one too many, however many more there are
		}
	}
	if len(s.codes) != 1 {
		s.fault = whyNoSheetCode
		return
	}
	for i := range s.rows {
		if fault := s.readRow(&s.rows[i]); !fault.IsZero() {
			s.fault = fault
			return
		}
	}
}

func (s *decisionSheet) readRow(r *workbook.DecisionRow) request.Text {
	say := func(en, fr string) request.Text {
		return request.Text{EN: fmt.Sprintf("Row %d of your workbook: ", r.Row) + en, FR: fmt.Sprintf("Rangée %d de votre classeur\u00a0: ", r.Row) + fr}
	}
	if r.Decision == "" && r.Reason == "" && !r.Formula {
		return request.Text{} // left open
	}
	line, err := strconv.Atoi(r.Number)
	verb, known := reply.ParseVerdict(r.Decision)
	shown := ingest.CleanLine(r.Decision)
	if c := []rune(shown); len(c) > 60 {
		shown = string(c[:60]) + "…"
	}
	switch {
	case r.Formula:
		return say("a formula is no decision. Choose Approve or Decline.", "une formule n’est pas une décision. Choisissez Approuver ou Refuser.")
	case r.Hidden:
		return say("it is hidden, and what nobody sees is not decided. Show it again.", "elle est masquée, et ce que personne ne voit n’est pas décidé. Affichez-la de nouveau.")
	case err != nil || line < 1:
		return say("it is no line of our mail.", "ce n’est pas une ligne de notre courriel.")
	case r.Decision == "":
		return say("there is a reason, but no decision. Choose Approve or Decline.", "il y a un motif, mais aucune décision. Choisissez Approuver ou Refuser.")
	case !known:
		return say("“"+shown+"” is not a decision. Choose Approve or Decline.", "«\u00a0"+shown+"\u00a0» n’est pas une décision. Choisissez Approuver ou Refuser.")
	}
	reason, ask := reply.ParseReason(verb, r.Reason)
	if ask != nil {
		why := ask.Why.Text()
		return say(why.EN, why.FR)
	}
	if s.decided[line] {
		return say("the line is there twice.", "la ligne y figure deux fois.")
	}
	s.decided[line] = true
	s.commands = append(s.commands, rowCommand{r, line, reply.Command{Verb: verb, Lines: []int{line}, Reason: reason}})
	return request.Text{}
}

// unchanged holds every row against the lines that were asked about: a copy in which an amount, a supplier or anything
// else was changed decides nothing, not even the rows that are as they were.
func (s *decisionSheet) unchanged(ctx context.Context, tx *ledger.Tx, e *ledger.Escalation) (refusal request.Text, err error) {
	references := make(map[string]string, len(e.Tokens)) // by the number in the mail
	for _, t := range e.Tokens {
		references[strconv.Itoa(t.Ordinal)] = t.Reference
	}
	byReference, err := shownLines(ctx, tx, linesOf(e.Tokens))
	if err != nil {
		return refusal, err
	}
	for i := range s.rows {
		r := &s.rows[i]
		reference := references[r.Number]
		line, known := byReference[reference]
		if what := changedCell(r, reference, &line, known); !what.IsZero() {
			return changedRow(r.Row, what), nil
		}
	}
	return refusal, nil
}

// shownLine is what a decision workbook shows of a line.
type shownLine struct {
	total           *request.Money
	supplier, title string
}

// shownLines are lines as decision workbooks show them, by reference; those whose facts cannot be read are not among them.
func shownLines(ctx context.Context, tx *ledger.Tx, ids []int64) (map[string]shownLine, error) {
	shown := make(map[string]shownLine, len(ids))
	for some := range slices.Chunk(ids, record.FactsAtOnce) {
		lines, err := tx.Lines.InFull(ctx, some)
		if err != nil {
			return nil, err
		}
		for i := range lines {
			var facts request.Facts
			if len(lines[i].Facts) == 0 || facts.Read(lines[i].Facts) != nil {
				continue
			}
			l := notify.LineOf(lines[i].Reference, &facts.Line, request.Verdict{}, lines[i].Currency)
			shown[l.Reference] = shownLine{l.Total, l.Supplier, l.Title}
		}
	}
	return shown, nil
}

func sameAmount(cell string, m *request.Money) bool {
	if m == nil {
		return cell == "–"
	}
	d, err := decimal.NewFromString(cell)
	return err == nil && d.Equal(m.Amount)
}

// sameText leaves out spaces, which programs treat as they like.
func sameText(cell, text string) bool {
	return strings.Join(strings.Fields(ingest.CleanLine(cell)), "") == strings.Join(strings.Fields(ingest.CleanLine(text)), "")
}
