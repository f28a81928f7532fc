package intake

import (
	"fmt"
	"slices"

	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
	"handrail/rules"
)

// unreadHeaders are the headers that nobody understood and that sent lines of this workbook to an officer.
type unreadHeaders struct{ list []unreadHeader }

type unreadHeader struct {
	header, field string
	example       string // the first line with it
}

// mostUnreadTold is of how many headers one workbook tells the operator: those of a form are few, and no sender fills the
// daily mail.
const mostUnreadTold = 8

func (u *unreadHeaders) note(a *judgement.Assessed) {
	unread := a.Facts.Line.Unread
	if len(unread) == 0 || !slices.ContainsFunc(a.Verdict.Findings, func(f request.Finding) bool { return f.Guardrail == rules.UnreadGuardrail }) {
		return
	}
	for i := range unread {
		x := &unread[i]
		found := slices.ContainsFunc(a.Verdict.Findings, func(f request.Finding) bool {
			return f.Guardrail == rules.UnreadGuardrail && slices.Contains(f.Cells, x.Cell)
		})
		if !found || len(u.list) == mostUnreadTold || slices.ContainsFunc(u.list, func(h unreadHeader) bool { return request.Fold(h.header) == request.Fold(x.Header) }) {
			continue
		}
		u.list = append(u.list, unreadHeader{x.Header, x.Field, a.Facts.Line.Reference + " (" + x.Cell + ")"})
	}
}

// owed tells the operator of each header once for an inbox: what would end it is said with it.
func (u *unreadHeaders) owed(inbox string) []ledger.OutboxEntry {
	var owed []ledger.OutboxEntry
	for _, h := range u.list {
		owed = append(owed, outbox.New(outbox.OperatorAlert, "header "+inbox+" "+request.Fold(h.header), ledger.OutboxEntry{}, unreadAlert(inbox, h)))
	}
	return owed
}

// unreadAlert tells the operator of a header that nobody understood.
func unreadAlert(inbox string, h unreadHeader) outbox.Alert {
	return outbox.Alert{
		CanWait: true,
		Title: request.Text{EN: "A header of a form is not understood: " + request.QuoteEN(h.header),
			FR: "Un en-tête de formulaire n’est pas compris\u00a0: " + request.QuoteFR(h.header)},
		What: request.Text{
			EN: fmt.Sprintf("Forms in the inbox %s have this header. It resembles the field %s, and nothing under it was read, so lines with a value there go to an officer.", inbox, h.field),
			FR: fmt.Sprintf("Des formulaires de la boîte %s ont cet en-tête. Il ressemble au champ %s et rien de ce qui s’y trouve n’a été lu\u00a0: les lignes qui y ont une valeur sont donc soumises à l’approvisionnement.", inbox, h.field)},
		Hint: request.Text{
			EN: fmt.Sprintf("Say what it is, in one of three ways: it is the field (under [form.aliases]: %s = [%q]); it means nothing (under [form]: ignore = [%q]); or the policy looks at it itself (line.extra[%q]). The first two count from the next start of the job. This is said once for each header.",
				h.field, h.header, h.header, h.header),
			FR: fmt.Sprintf("Dites ce que c’est, de l’une de ces trois façons\u00a0: c’est le champ (sous [form.aliases]\u00a0: %s = [%q]); cela ne veut rien dire (sous [form]\u00a0: ignore = [%q]); ou la politique le lit elle-même (line.extra[%q]). Les deux premières comptent à partir du prochain démarrage. Cet avis n’est donné qu’une fois par en-tête.",
				h.field, h.header, h.header, h.header)},
		Details: []string{h.example}}
}
