package batch

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
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
)

// sheetHeard is a decision workbook that came back. fault, when not empty, is why it decides nothing.
type sheetHeard struct {
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

// hearSheet looks for a decision workbook among what a mail brings; nil when there is none. Anything in it that could be
// read two ways is its fault, and then nothing of the mail decides.
func hearSheet(ctx context.Context, mail *ingest.Mail) *sheetHeard {
	var heard *sheetHeard
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
			heard.fault = request.Text{
				EN: "Your mail brings two decision workbooks. Send the one that counts.",
				FR: "Votre courriel contient deux classeurs de décision. Envoyez celui qui compte."}
			return heard
		}
		heard = &sheetHeard{rows: found.Rows, decided: map[int]bool{}}
		heard.read(found.Codes)
	}
	return heard
}

func (s *sheetHeard) read(codes []string) {
	for _, c := range codes {
		if code, ok := ingest.ParseCode(c); ok {
			s.codes = append(s.codes, code)
		}
		if len(s.codes) > 1 {
			break // which is one too many, however many more there are
		}
	}
	if len(s.codes) != 1 {
		s.fault = request.Text{
			EN: "The code above the table of your workbook is gone or was changed. Fill in the workbook of our mail again.",
			FR: "Le code au-dessus du tableau de votre classeur a disparu ou a été modifié. Remplissez de nouveau le classeur de notre courriel."}
		return
	}
	for i := range s.rows {
		if fault := s.readRow(&s.rows[i]); !fault.IsZero() {
			s.fault = fault
			return
		}
	}
}

func (s *sheetHeard) readRow(r *workbook.DecisionRow) request.Text {
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
func (s *sheetHeard) unchanged(ctx context.Context, tx *ledger.Tx, e *ledger.Escalation) (refusal request.Text, err error) {
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
			return request.Text{
				EN: fmt.Sprintf("Row %d of your workbook: %s is not what you were asked about. A workbook in which more than the decision and the reason was changed decides nothing. Fill in the workbook of our mail again.", r.Row, what.EN),
				FR: fmt.Sprintf("Rangée %d de votre classeur\u00a0: %s n’est pas ce qui vous a été soumis. Un classeur dont on a modifié autre chose que la décision et le motif ne décide rien. Remplissez de nouveau le classeur de notre courriel.", r.Row, what.FR)}, nil
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
	for some := range slices.Chunk(ids, factsAtOnce) {
		lines, err := tx.LinesInFull(ctx, some)
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

// changedCell names what a row says otherwise than the line that it stands for; empty when nothing.
func changedCell(r *workbook.DecisionRow, reference string, l *shownLine, known bool) request.Text {
	switch {
	case !known || !strings.EqualFold(r.Reference, reference):
		return request.Text{EN: "the line", FR: "la ligne"}
	case !sameAmount(r.Amount, l.total):
		return request.Text{EN: "the amount", FR: "le montant"}
	case !sameText(r.Supplier, l.supplier):
		return request.Text{EN: "the supplier", FR: "le fournisseur"}
	case !sameText(r.Title, l.title):
		return request.Text{EN: "what is bought", FR: "l’objet de l’achat"}
	}
	return request.Text{}
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
