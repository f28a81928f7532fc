package intake

import (
	"fmt"
	"strings"

	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
	"handrail/rules"
)

func unknownLine(reference string) request.Text {
	return request.Text{
		EN: "No line has the number " + reference + ". Give the number of the line that this one adds to, as you got it from us, or leave the cell empty.",
		FR: "Aucune ligne ne porte le numéro " + reference + ". Indiquez le numéro de la ligne que celle-ci modifie, tel que vous l’avez reçu, ou laissez la cellule vide."}
}

func countsAsNew(reference string) request.Text {
	reference = strings.TrimSpace(reference)
	if r := []rune(reference); len(r) > 30 {
		reference = string(r[:30]) + "…"
	}
	return request.Text{
		EN: "This row has the number " + reference + ", which is not that of an open or recent line of yours: it counts as a new line.",
		FR: "Cette ligne porte le numéro " + reference + ", qui n’est pas celui d’une de vos lignes ouvertes ou récentes\u00a0: elle compte comme une nouvelle ligne."}
}

// sharesItsNumber says why several rows with one number are new lines: none of them is the line more than the others.
func sharesItsNumber(reference string) request.Text {
	return request.Text{
		EN: "Another row has the number " + reference + " as well: all of them count as new lines.",
		FR: "Une autre ligne porte aussi le numéro " + reference + " : elles comptent toutes comme de nouvelles lignes."}
}

// copiedNumber says why a row with the number of a line on another sheet is a new line.
func copiedNumber(reference, sheet string) request.Text {
	return request.Text{
		EN: "The number " + reference + " is that of the line on the sheet " + request.QuoteEN(sheet) + ", of which this sheet is a copy: this row counts as a new line.",
		FR: "Le numéro " + reference + " est celui de la ligne de la feuille " + request.QuoteFR(sheet) + ", dont cette feuille est une copie\u00a0: cette ligne compte comme une nouvelle ligne."}
}

func replaces(reference string) request.Text {
	return request.Text{
		EN: "It replaces " + reference + ", which no longer counts.",
		FR: "Elle remplace " + reference + ", qui ne compte plus."}
}

// replacesElsewhere is replaces for an approved line at another supplier: its number has left our hands.
func replacesElsewhere(reference string) request.Text {
	return request.Text{
		EN: "It replaces " + reference + ", whose number was given out for another supplier: do not buy with that number. It goes on counting in the totals for a while.",
		FR: "Elle remplace " + reference + ", dont le numéro a été remis pour un autre fournisseur\u00a0: n’achetez rien avec ce numéro. Il compte encore quelque temps dans les cumuls."}
}

// notWithdrawn says why lines stay: a charge bears their number.
func notWithdrawn(references, finance []string) request.Text {
	lines, to := strings.Join(references, ", "), ""
	if len(finance) > 0 {
		to = " (" + strings.Join(finance, ", ") + ")"
	}
	return request.Text{
		EN: "Not withdrawn: " + lines + ". A charge on a card statement bears the number. Only finance can correct that" + to + ".",
		FR: "Non retiré\u00a0: " + lines + ". Une opération d’un relevé de carte porte ce numéro. Seules les finances peuvent corriger cela" + to + "."}
}

// unanswered tells the operator of a request that was judged and whose mail has the mark of a machine: a rule forwarded
// it, and an answer could go round in circles. Somebody must tell the requester.
func unanswered(h *incoming.Message, s *ledger.Submission) ledger.OutboxEntry {
	reference := s.Reference().String()
	return outbox.New(outbox.OperatorAlert, "unanswered "+reference, ledger.OutboxEntry{Submission: s.ID, Message: h.Row.ID}, outbox.Alert{
		CanWait: true,
		Title:   request.Text{EN: "A request was judged and its sender not told", FR: "Une demande a été examinée sans que l’expéditeur en soit avisé"},
		What: request.Text{
			EN: fmt.Sprintf("%s came from %s in a mail that a machine sent or forwarded, so nobody was answered.", reference, h.Sender.Address),
			FR: fmt.Sprintf("%s est arrivée de %s dans un courriel envoyé ou transféré par une machine; personne n’a donc reçu de réponse.", reference, h.Sender.Address)},
		Hint: request.Text{
			EN: "Tell the requester what was decided (handrail explain shows it), and to write to the inbox directly, without a rule in between.",
			FR: "Dites à la personne ce qui a été décidé (handrail explain le montre) et demandez-lui d’écrire directement à la boîte, sans règle de transfert."},
		Details: []string{"inbox " + h.Row.Box.Inbox, fmt.Sprintf("UID %d", h.Row.UID)}})
}

// guardrailFailed tells the operator of a guardrail that could not be evaluated on the lines that why names.
func guardrailFailed(id string, policy *rules.Policy, why []string) outbox.Alert {
	return outbox.Alert{
		CanWait: true,
		Title:   request.Text{EN: "A guardrail could not be evaluated: " + id, FR: "Une balise n’a pas pu être évaluée\u00a0: " + id},
		What: request.Text{
			EN: "The condition of this guardrail fails on some lines. They went to an officer, because what cannot be checked is never approved.",
			FR: "La condition de cette balise échoue pour certaines lignes. Elles ont été soumises à l’approvisionnement, car ce qui ne peut être vérifié n’est jamais approuvé."},
		Hint: request.Text{
			EN: "Have the condition corrected in " + policy.Name() + " " + policy.Version() + ", and try it with policy backtest. This is said once for each text of the policy.",
			FR: "Faites corriger la condition dans " + policy.Name() + " " + policy.Version() + ", et essayez-la avec policy backtest. Cet avis n’est donné qu’une fois par texte de la politique."},
		Details: why}
}
