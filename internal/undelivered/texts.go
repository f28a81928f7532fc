package undelivered

import (
	"fmt"
	"slices"
	"strings"

	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
)

// aboutRequester reports whether a kind of mail goes to somebody who asks for something: whoever helps people hears that it did not
// arrive.
func aboutRequester(kind string) bool {
	k, _ := outbox.KindOf(kind)
	return slices.Contains([]string{"requester", "sender", "proven sender"}, k.To)
}

// mailWords says what a mail is, for a sentence such as "X did not get the answer to a request".
func mailWords(kind string) request.Text {
	switch kind {
	case outbox.Answer:
		return request.Text{EN: "the answer to a request", FR: "la réponse à une demande"}
	case outbox.Decision, outbox.Revocation, outbox.NotAuthorized:
		return request.Text{EN: "what was decided about a request", FR: "la décision au sujet d’une demande"}
	case outbox.Question, outbox.QuestionReminder:
		return request.Text{EN: "an officer’s question", FR: "la question d’un agent"}
	case outbox.Escalation, outbox.Digest, outbox.Reminder:
		return request.Text{EN: "lines to decide", FR: "des lignes à décider"}
	case outbox.StillWaiting:
		return request.Text{EN: "word of who has the lines of a request", FR: "l’avis disant qui a les lignes d’une demande"}
	case outbox.Section32:
		return request.Text{EN: "lines to confirm", FR: "des lignes à confirmer"}
	case outbox.Section32Told:
		return request.Text{EN: "word of lines that name them as section 32 manager", FR: "l’avis de lignes qui les nomment gestionnaire délégataire (article 32)"}
	case outbox.Reply:
		return request.Text{EN: "a requester’s answer", FR: "la réponse de la personne qui demande"}
	case outbox.Receipt, outbox.RevocationReceipt:
		return request.Text{EN: "the receipt of a decision", FR: "l’accusé de réception d’une décision"}
	case outbox.Unreadable, outbox.SetAside:
		return request.Text{EN: "the answer to a mail that could not be used", FR: "la réponse à un courriel inutilisable"}
	case outbox.Corrections:
		return request.Text{EN: "what became of their answers in the workbook", FR: "la suite donnée à leurs réponses dans le classeur"}
	case outbox.Weekly:
		return request.Text{EN: "the weekly workbook", FR: "le classeur hebdomadaire"}
	case outbox.OperatorAlert:
		return request.Text{EN: "an alert", FR: "une alerte"}
	}
	return request.Text{EN: "a mail (" + kind + ")", FR: "un courriel (" + kind + ")"}
}

// row is a mail as ledger status and retry name it.
func row(mail *ledger.Outgoing) string { return fmt.Sprintf("%s:%d", ledger.SendStep, mail.ID) }

// whichRequests names in brackets what a mail is about; empty where it is about none.
func whichRequests(about []string) string {
	if len(about) == 0 {
		return ""
	}
	return " (" + strings.Join(about, ", ") + ")"
}

// refusedAlert tells the operator of a mail that was refused for good.
func refusedAlert(mail *ledger.Outgoing, about []string, waits int64) outbox.Alert {
	a := outbox.Alert{CanWait: true, Stands: "refused-mails", Title: request.Text{EN: "A mail to " + mail.Recipient + " was refused", FR: "Un courriel à " + mail.Recipient + " a été refusé"}}
	what, which := mailWords(mail.Kind), whichRequests(about)
	a.What = request.Text{
		EN: fmt.Sprintf("%s did not get %s%s. The mail server says: %s.", mail.Recipient, what.EN, which, endless(mail.Words)),
		FR: fmt.Sprintf("%s n’a pas reçu %s%s. Le serveur de courriel dit\u00a0: %s.", mail.Recipient, what.FR, which, endless(mail.Words))}
	if waits > 0 {
		a.What.EN += " What waits for this person goes to somebody else now; you hear at once if there is nobody."
		a.What.FR += " Ce qui attend cette personne passe maintenant à quelqu’un d’autre; vous serez avisé aussitôt s’il n’y a personne."
	}
	a.Hint = advice(mail, waits)
	a.Hint.EN += fmt.Sprintf(" To send the same mail to another address: handrail retry %s --to ADDRESS. Once the matter is settled another way: handrail retry %s --settled REASON. Until then handrail ledger status names it.", row(mail), row(mail))
	a.Hint.FR += fmt.Sprintf(" Pour envoyer le même courriel à une autre adresse\u00a0: handrail retry %s --to ADRESSE. Une fois l’affaire réglée autrement\u00a0: handrail retry %s --settled MOTIF. D’ici là, handrail ledger status le mentionne.", row(mail), row(mail))
	a.Details = details(mail)
	return a
}

// advice is what to do about a refusal, by its reason and by whose mail it was.
func advice(mail *ledger.Outgoing, waits int64) request.Text {
	k, _ := outbox.KindOf(mail.Kind)
	switch {
	case mail.Refusal == ledger.TooLarge && mail.Kind == outbox.Weekly:
		return request.Text{
			EN: "Raise the largest mail that the server takes. Meanwhile handrail reconcile --period " + mail.Cause + " writes the workbook.",
			FR: "Augmentez la taille des courriels que le serveur accepte. Entre-temps, handrail reconcile --period " + mail.Cause + " produit le classeur."}
	case mail.Refusal == ledger.TooLarge:
		return request.Text{
			EN: "The mail is too large even without files. Raise the largest mail that the server takes, and tell the person another way.",
			FR: "Le courriel est trop volumineux même sans pièces jointes. Augmentez la taille des courriels que le serveur accepte, et avisez la personne autrement."}
	case mail.Refusal == ledger.BadAddress:
		return request.Text{
			EN: "The address is written in a way that this mail server does not take. Use another address of that person, or a mail server that offers SMTPUTF8; reach the person another way meanwhile.",
			FR: "Ce serveur de courriel n’accepte pas la forme de cette adresse. Utilisez une autre adresse de cette personne, ou un serveur de courriel qui offre SMTPUTF8; d’ici là, joignez la personne autrement."}
	case mail.Kind == outbox.Weekly:
		return request.Text{
			EN: "Correct recipients under [finance]. Meanwhile handrail reconcile --period " + mail.Cause + " writes the workbook.",
			FR: "Corrigez recipients sous [finance]. Entre-temps, handrail reconcile --period " + mail.Cause + " produit le classeur."}
	case mail.Kind == outbox.Section32Told:
		return request.Text{
			EN: "Nothing waits for this mail, but nobody says no to these lines now: ask the requester who authorized the money, and have the address on the form corrected.",
			FR: "Rien n’attend ce courriel, mais personne ne peut maintenant dire non à ces lignes\u00a0: demandez à la personne qui a fait la demande qui a autorisé la dépense, et faites corriger l’adresse du formulaire."}
	case waits > 0 || strings.Contains(k.To, "officer"):
		return request.Text{
			EN: "Correct the address where it comes from: an [[officer]] of the configuration, or the section 32 manager on the form.",
			FR: "Corrigez l’adresse là d’où elle vient\u00a0: un [[officer]] de la configuration, ou le gestionnaire délégataire (article 32) du formulaire."}
	}
	return request.Text{
		EN: "Reach that person another way, and have the address corrected where it comes from.",
		FR: "Joignez cette personne autrement et faites corriger l’adresse là d’où elle vient."}
}

// contactAlert tells whoever helps people that somebody waits for a mail that will not come.
func contactAlert(mail *ledger.Outgoing, about []string) outbox.Alert {
	what, which := mailWords(mail.Kind), whichRequests(about)
	return outbox.Alert{
		Title: request.Text{EN: mail.Recipient + " did not get our mail" + which, FR: mail.Recipient + " n’a pas reçu notre courriel" + which},
		What: request.Text{
			EN: fmt.Sprintf("%s did not get %s%s: the mail was refused, and this person does not know it. The mail server says: %s.", mail.Recipient, what.EN, which, endless(mail.Words)),
			FR: fmt.Sprintf("%s n’a pas reçu %s%s\u00a0: le courriel a été refusé, et cette personne ne le sait pas. Le serveur de courriel dit\u00a0: %s.", mail.Recipient, what.FR, which, endless(mail.Words))},
		Hint: request.Text{
			EN: "Reach this person another way. The operator can send the same mail to another address, and handrail explain says what was decided about a line.",
			FR: "Joignez cette personne autrement. L’exploitant peut envoyer le même courriel à une autre adresse, et handrail explain dit ce qui a été décidé au sujet d’une ligne."},
		Details: details(mail)}
}

// lightAlert tells the operator of a mail that goes out without its files.
func lightAlert(mail *ledger.Outgoing, about []string, left request.Text) outbox.Alert {
	what, which := mailWords(mail.Kind), whichRequests(about)
	a := outbox.Alert{CanWait: true,
		Title: request.Text{EN: "A mail goes out without its files: it was too large", FR: "Un courriel part sans ses pièces jointes\u00a0: il était trop volumineux"},
		What: request.Text{
			EN: fmt.Sprintf("%s gets %s%s without %s, and the mail says so. The mail server says: %s.", mail.Recipient, what.EN, which, left.EN, endless(mail.Words)),
			FR: fmt.Sprintf("%s reçoit %s%s sans %s, et le courriel le dit. Le serveur de courriel dit\u00a0: %s.", mail.Recipient, what.FR, which, left.FR, endless(mail.Words))},
		Hint:    request.Text{EN: "Raise the largest mail that the server takes.", FR: "Augmentez la taille des courriels que le serveur accepte."},
		Details: details(mail)}
	switch {
	case mail.Kind == outbox.Weekly:
		a.Hint.EN += " Give finance the workbook another way: handrail reconcile --period " + mail.Cause + " writes it."
		a.Hint.FR += " Remettez le classeur aux finances autrement\u00a0: handrail reconcile --period " + mail.Cause + " le produit."
	case mail.Submission != 0 && len(about) > 0:
		a.Hint.EN += " If the person asks for the files, they are in the request’s file: handrail file " + about[0] + " --out case.zip."
		a.Hint.FR += " Si la personne demande les fichiers, ils sont dans le dossier de la demande\u00a0: handrail file " + about[0] + " --out case.zip."
	}
	return a
}

func details(mail *ledger.Outgoing) []string {
	list := []string{"mail " + row(mail), "Message-ID " + mail.MessageID}
	if mail.Inbox != "" {
		list = append([]string{"inbox " + mail.Inbox}, list...)
	}
	return list
}

// endless are words without the full stop at their end.
func endless(words string) string { return strings.TrimRight(words, ". ") }
