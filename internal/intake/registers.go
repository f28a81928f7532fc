package intake

import (
	"fmt"
	"slices"
	"strings"

	"handrail/internal/incoming"
	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
)

// registerNews are the values of a workbook that a register does not have, or has otherwise, each once.
type registerNews struct{ list []registerValue }

type registerValue struct {
	request.RegisterCheck
	example string // the first line with it
}

// mostRegisterTold is of how many values one workbook tells: those of a form are few, and no sender fills the daily mail.
const mostRegisterTold = 8

// told are the kinds of which somebody hears; the others stand in the line's finding alone.
func told(k request.RegisterKind) bool {
	return k != request.BranchRead && k != request.SupplierNear && k != request.SupplierNew
}

// key is what makes two values one: they are told once.
func (v *registerValue) key() string {
	form := request.CompareForm(v.Form)
	if v.Kind == request.CentreUnknown || v.Kind == request.CentreNotTheirs {
		form = request.CentreForm(v.Form)
	}
	return string(v.Kind) + " " + form
}

func (n *registerNews) note(a *judgement.Assessed) {
	if a.Facts.Registers == nil {
		return
	}
	for i := range a.Facts.Registers.Checks {
		v := registerValue{a.Facts.Registers.Checks[i], a.Facts.Line.Reference}
		if !told(v.Kind) || len(n.list) == mostRegisterTold || slices.ContainsFunc(n.list, func(x registerValue) bool { return x.key() == v.key() }) {
			continue
		}
		n.list = append(n.list, v)
	}
}

// owed tells the operator of each value once, with the daily mail, and the contact of each sender whom the register does not have.
func (n *registerNews) owed(h *incoming.Message) []ledger.OutboxEntry {
	var owed []ledger.OutboxEntry
	for i := range n.list {
		v := &n.list[i]
		switch v.Kind {
		case request.SenderUnknown:
			owed = append(owed, outbox.New(outbox.OperatorAlert, "register sender "+request.Mailbox(v.Form), ledger.OutboxEntry{}, unknownSender(v, h.Inbox.Config.Contact)))
		case request.CentreNotTheirs:
			owed = append(owed, outbox.New(outbox.OperatorAlert, "register "+v.key()+" "+request.Mailbox(h.Sender.Address), ledger.OutboxEntry{}, registerAlert(v, h.Sender.Address)))
		default:
			owed = append(owed, outbox.New(outbox.OperatorAlert, "register "+v.key(), ledger.OutboxEntry{}, registerAlert(v, "")))
		}
	}
	return owed
}

// unknownSender tells the contact of an inbox that somebody asks who is not in the register of people.
func unknownSender(v *registerValue, contact string) outbox.Alert {
	return outbox.Alert{
		To: contact,
		Title: request.Text{EN: "Somebody who is not in the register of people asks: " + v.Form,
			FR: "Une personne absente du registre du personnel fait une demande\u00a0: " + v.Form},
		What: request.Text{
			EN: v.Form + " sent a request and is not in the department's register of people. An officer looks at every line of theirs until they are.",
			FR: v.Form + " a envoyé une demande et ne figure pas au registre du personnel du ministère. D’ici à ce que ce soit le cas, toutes ses lignes sont soumises à l’approvisionnement."},
		Hint: request.Text{
			EN: "Should they ask? Then have them added to the register; it counts from then on, without a restart. If not, tell the officer. This is said once for each sender.",
			FR: "Cette personne doit-elle faire des demandes? Faites-la alors ajouter au registre, qui comptera aussitôt, sans redémarrage. Sinon, prévenez l’agent. Cet avis n’est donné qu’une fois par expéditeur."},
		Details: []string{v.example}}
}

// registerAlert tells the operator of a value that a register does not have, or has otherwise.
func registerAlert(v *registerValue, sender string) outbox.Alert {
	en, fr := request.QuoteEN(v.Form), request.QuoteFR(v.Form)
	a := outbox.Alert{CanWait: true, Details: []string{v.example}}
	switch v.Kind {
	case request.CentreUnknown:
		a.Title = request.Text{EN: "A cost centre is not in the register: " + en, FR: "Un centre de coûts ne figure pas au registre\u00a0: " + fr}
	case request.CentreEarly:
		a.Title = request.Text{EN: "A cost centre is used before it begins (" + v.Day.String() + "): " + en, FR: "Un centre de coûts est utilisé avant sa date de début (" + v.Day.String() + ")\u00a0: " + fr}
	case request.CentreEnded:
		a.Title = request.Text{EN: "A cost centre is used after it ended (" + v.Day.String() + "): " + en, FR: "Un centre de coûts est utilisé après sa date de fin (" + v.Day.String() + ")\u00a0: " + fr}
	case request.CentreNotTheirs:
		a.Title = request.Text{EN: "Somebody asks for a cost centre that the register does not give them: " + en + ", " + sender,
			FR: "Une personne fait une demande pour un centre de coûts que le registre ne lui attribue pas\u00a0: " + fr + ", " + sender}
	case request.BranchUnknown:
		a.Title = request.Text{EN: "A branch is not in the register: " + en, FR: "Une direction générale ne figure pas au registre\u00a0: " + fr}
	case request.ManagerUnknown:
		a.Title = request.Text{EN: "A section 32 manager is not in the register: " + v.Form, FR: "Un gestionnaire délégataire (article 32) ne figure pas au registre\u00a0: " + v.Form}
	default: // request.ManagerOther
		a.Title = request.Text{EN: "A section 32 manager is not the one of the register: " + v.Form, FR: "Un gestionnaire délégataire (article 32) n’est pas celui du registre\u00a0: " + v.Form}
	}
	a.What = request.Text{
		EN: "A request says so, and the register does not. Such lines go to an officer, and nobody's line went back for it.",
		FR: "Une demande l’indique, mais pas le registre. Les lignes en question sont soumises à l’approvisionnement et aucune n’a été renvoyée pour cette raison."}
	if has := strings.TrimSpace(v.Register); has != "" {
		a.What.EN += fmt.Sprintf(" The register has: %s.", has)
		a.What.FR += fmt.Sprintf(" Le registre contient\u00a0: %s.", has)
	}
	a.Hint = request.Text{
		EN: "If the request is right, have the register corrected: it counts from then on, without a restart. If it is wrong, nothing to do. This is said once for each value.",
		FR: "Si la demande est exacte, faites corriger le registre\u00a0: il comptera aussitôt, sans redémarrage. Sinon, rien à faire. Cet avis n’est donné qu’une fois par valeur."}
	return a
}
