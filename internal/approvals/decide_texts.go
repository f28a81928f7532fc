package approvals

import (
	"fmt"

	"handrail/internal/request"
)

// Why an answer to one of our mails did nothing. Each says what to do instead.
var (
	whyUnknownCode = request.Text{
		EN: "The code in your mail is not one that we gave out.",
		FR: "Le code de votre courriel n’est pas un code que nous avons émis."}
	whyOtherMail = request.Text{
		EN: "Your mail bears a code of ours, but it answers somebody else’s mail. Reply to our mail itself, or press a button in it.",
		FR: "Votre courriel porte un de nos codes, mais il répond au courriel d’une autre personne. Répondez à notre courriel même, ou appuyez sur un de ses boutons."}
	whyTwoCodes = request.Text{
		EN: "Your mail bears the codes of two of our mails, so it is not clear which one it answers. Answer each of them by itself.",
		FR: "Votre courriel porte les codes de deux de nos courriels\u00a0: on ne sait pas auquel il répond. Répondez à chacun séparément."}
	whyNoCode = request.Text{
		EN: "Your mail bears no code of ours, so it is not clear what it decides. Reply to our mail itself, or press a button in it.",
		FR: "Votre courriel ne porte aucun de nos codes\u00a0: on ne sait pas ce qu’il décide. Répondez à notre courriel même, ou appuyez sur un de ses boutons."}
	whyOnlyConfirm = request.Text{
		EN: "Only CONFIRM counts here. If you did not authorize this, do nothing: without your answer it does not count. Nothing was confirmed.",
		FR: "Seul CONFIRMER compte ici. Si vous n’avez pas autorisé cette dépense, ne faites rien\u00a0: sans votre réponse, elle ne compte pas. Rien n’a été confirmé."}
	whyAlone = request.Text{
		EN: "Handing over and absences must be the only command of a mail. Nothing was done.",
		FR: "CONFIER À et ABSENT JUSQU’AU doivent être la seule commande d’un courriel. Rien n’a été fait."}
	whyNoDecision = request.Text{
		EN: "This mail asks for decisions: APPROVE, or DECLINE with a reason. To take a decision back, answer its receipt. Nothing was decided.",
		FR: "Ce courriel demande des décisions\u00a0: APPROUVER, ou REFUSER avec un motif. Pour revenir sur une décision, répondez à son accusé de réception. Rien n’a été décidé."}
	whyNoOfficer = request.Text{
		EN: "You are no longer among the officers who decide. Nothing was decided.",
		FR: "Vous ne figurez plus parmi les agents qui décident. Rien n’a été décidé."}
)

func notTheirs(reference string) request.Text {
	return request.Text{
		EN: reference + " is not yours to decide: it is above your limit, or concerns you. Nothing was decided.",
		FR: reference + " ne relève pas de vous\u00a0: la ligne dépasse votre limite, ou vous concerne. Rien n’a été décidé."}
}

// nothingDecided ends a refusal with what it means.
func nothingDecided(why request.Text) request.Text {
	if why.IsZero() {
		return why
	}
	return request.Text{EN: why.EN + " Nothing was decided.", FR: why.FR + " Rien n’a été décidé."}
}

func noSuchLine(line string) request.Text {
	return request.Text{
		EN: "There is no line " + line + " in the mail you answered. Nothing was decided.",
		FR: "Il n’y a pas de ligne " + line + " dans le courriel auquel vous répondez. Rien n’a été décidé."}
}

func missingReason(line int, to request.Outcome) request.Text {
	if to == request.Declined {
		return request.Text{
			EN: fmt.Sprintf("A reason is needed to decline line %d: DECLINE %d: your reason. Nothing was decided.", line, line),
			FR: fmt.Sprintf("Un motif est nécessaire pour refuser la ligne %d\u00a0: REFUSER %d\u00a0: votre motif. Rien n’a été décidé.", line, line)}
	}
	return request.Text{
		EN: fmt.Sprintf("Line %d may be a split purchase, or concerns a public servant: say why it is approved, as APPROVE %d: your reason. Nothing was decided.", line, line),
		FR: fmt.Sprintf("La ligne %d pourrait être un fractionnement, ou concerne un fonctionnaire\u00a0: indiquez pourquoi elle est approuvée, sous la forme APPROUVER %d\u00a0: votre motif. Rien n’a été décidé.", line, line)}
}
