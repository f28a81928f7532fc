package finance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"handrail/internal/compose"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/internal/workbook"
	"handrail/notify"
)

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
