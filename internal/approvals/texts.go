package approvals

import (
	"fmt"
	"strings"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/outbox"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
)

// Why an answer to one of our mails did nothing. Each says what to do instead.
var (
	whyUnknownCode = request.Text{
		EN: "The code in your mail is not one that we gave out.",
		FR: "Le code de votre courriel n’est pas un code que nous avons émis."}
	whyOtherMail = request.Text{
		EN: "Your mail has a code of ours, but it answers somebody else’s mail. Reply to our mail itself, or press a button in it.",
		FR: "Votre courriel porte un de nos codes, mais il répond au courriel d’une autre personne. Répondez à notre courriel même, ou appuyez sur un de ses boutons."}
	whyTwoCodes = request.Text{
		EN: "Your mail has the codes of two of our mails, so it is not clear which one it answers. Answer each of them by itself.",
		FR: "Votre courriel porte les codes de deux de nos courriels\u00a0: on ne sait pas auquel il répond. Répondez à chacun séparément."}
	whyNoCode = request.Text{
		EN: "Your mail has no code of ours, so it is not clear what it decides. Reply to our mail itself, or press a button in it.",
		FR: "Votre courriel ne porte aucun de nos codes\u00a0: on ne sait pas ce qu’il décide. Répondez à notre courriel même, ou appuyez sur un de ses boutons."}
	whyOnlyConfirm = request.Text{
		EN: "Only CONFIRM counts here, or NO, a colon and the reason, and not both in one mail. Without your answer it does not count. Nothing was confirmed.",
		FR: "Seuls comptent ici CONFIRMER, ou NON, un deux-points et le motif, et non les deux dans un même courriel. Sans votre réponse, cela ne compte pas. Rien n’a été confirmé."}
	whyOnlyNo = request.Text{
		EN: "Only NO, a colon and the reason counts here, or CONFIRM; nothing waits for it. Nothing was recorded.",
		FR: "Seuls comptent ici NON, un deux-points et le motif, ou CONFIRMER; rien n’attend cette réponse. Rien n’a été enregistré."}
	whyAlone = request.Text{
		EN: "Handing over and absences must be the only command of a mail. Nothing was done.",
		FR: "CONFIER À et ABSENT JUSQU’AU doivent être la seule commande d’un courriel. Rien n’a été fait."}
	whyNoDecision = request.Text{
		EN: "This mail asks for decisions: APPROVE, or DECLINE with a reason. To take a decision back, answer its receipt. Nothing was decided.",
		FR: "Ce courriel demande des décisions\u00a0: APPROUVER, ou REFUSER avec un motif. Pour revenir sur une décision, répondez à son accusé de réception. Rien n’a été décidé."}
	whyNoneLeft = request.Text{
		EN: "No line is left besides those that you name. Nothing was decided.",
		FR: "Il ne reste aucune ligne en dehors de celles que vous nommez. Rien n’a été décidé."}
	whyNoOfficer = request.Text{
		EN: "You are no longer among the officers who decide. Nothing was decided.",
		FR: "Vous ne figurez plus parmi les agents qui décident. Rien n’a été décidé."}
	whyEmptySheet = request.Text{EN: "The decision column of your workbook is empty.", FR: "La colonne de décision de votre classeur est vide."}
	whyOtherSheet = request.Text{
		EN: "The workbook that you attached is not the decision workbook of our mail, or its headers were changed.",
		FR: "Le classeur joint n’est pas le classeur de décision de notre courriel, ou ses en-têtes ont été modifiés."}
	whyTwoSheets = request.Text{
		EN: "Your mail brings two decision workbooks. Send the one that counts.",
		FR: "Votre courriel contient deux classeurs de décision. Envoyez celui qui compte."}
	whyNoSheetCode = request.Text{
		EN: "The code above the table of your workbook is gone or was changed. Fill in the workbook of our mail again.",
		FR: "Le code au-dessus du tableau de votre classeur a disparu ou a été modifié. Remplissez de nouveau le classeur de notre courriel."}
	whyNoLongerNeeded = request.Text{
		EN: "The officer no longer needs your answer: what was asked about is decided, withdrawn or replaced.",
		FR: "L’agent n’a plus besoin de votre réponse\u00a0: ce sur quoi portait la question est décidé, retiré ou remplacé."}
	whyNothingDecided = request.Text{EN: "Nothing was decided.", FR: "Rien n’a été décidé."}
	whyOnlyOfficers   = request.Text{
		EN: "Only officers of the roster announce absences.", FR: "Seuls les agents désignés annoncent des absences."}
	whyDayIsOver   = request.Text{EN: "That day is over: you count as back.", FR: "Cette date est passée\u00a0: vous êtes de retour."}
	whyUnconfirmed = request.Text{
		EN: "The section 32 manager named on the form did not confirm in time.",
		FR: "Le gestionnaire délégataire (article 32) nommé dans le formulaire n’a pas confirmé à temps."}
	whyReceipt = request.Text{
		EN: "You answered the receipt of a decision. To take the decision back before the requester is told, reply UNDO; after that, REVOKE, the line’s number, a colon and the reason.",
		FR: "Vous avez répondu à l’accusé de réception d’une décision. Pour revenir sur la décision avant que la personne qui demande soit avisée, répondez ANNULER; ensuite, RÉVOQUER, le numéro de la ligne, un deux-points et le motif."}
	whyUndoElsewhere = request.Text{
		EN: "UNDO takes a decision back, in answer to the receipt of that decision. In answer to this mail there is nothing to undo. Do you want to decline? Then press the button of the line, or reply DECLINE with a reason. Nothing was decided.",
		FR: "ANNULER revient sur une décision, en réponse à l’accusé de réception de cette décision. En réponse à ce courriel, il n’y a rien à annuler. Voulez-vous refuser? Appuyez alors sur le bouton de la ligne, ou répondez REFUSER avec un motif. Rien n’a été décidé."}
	whyNothingToRevoke = request.Text{
		EN: "Nothing was revoked: the lines you mean are not approved, or not any more.",
		FR: "Rien n’a été révoqué\u00a0: les lignes visées ne sont pas approuvées, ou ne le sont plus."}
	whyReasonForNo = request.Text{
		EN: "A reason is needed, for the requester: NO: your reason. Nothing was recorded, and the lines go on waiting.",
		FR: "Un motif est nécessaire, pour la personne qui demande\u00a0: NON\u00a0: votre motif. Rien n’a été enregistré, et les lignes attendent toujours."}
	whyReasonForToldNo = request.Text{
		EN: "A reason is needed, for the requester: NO: your reason. Nothing was recorded, and nothing changed.",
		FR: "Un motif est nécessaire, pour la personne qui demande\u00a0: NON\u00a0: votre motif. Rien n’a été enregistré et rien n’a changé."}
	whyWhoseRequest = request.Text{
		EN: "The mail that you answered is about requests of several people, so it is not clear who should get your words. Write QUESTION, the line’s number, a colon and your words. Nothing was decided.",
		FR: "Le courriel auquel vous répondez porte sur les demandes de plusieurs personnes\u00a0: on ne sait pas à qui transmettre votre message. Écrivez QUESTION, le numéro de la ligne, un deux-points et votre message. Rien n’a été décidé."}
	whyNobodyElse = request.Text{
		EN: "There is nobody else to hand your mail on to. Nothing was done with it.",
		FR: "Il n’y a personne d’autre à qui transmettre votre courriel. Rien n’en a été fait."}
	whyReasonToRevoke = request.Text{
		EN: "A reason is needed to revoke: REVOKE 2: your reason. Nothing was changed.",
		FR: "Un motif est nécessaire pour révoquer\u00a0: RÉVOQUER 2\u00a0: votre motif. Rien n’a été changé."}
)

// otherCount says that an answer speaks of another number of lines than its mail had.
func otherCount(said, are int) request.Text {
	return request.Text{
		EN: fmt.Sprintf("You speak of %d lines, and our mail was about %d. Nothing was decided. Write the numbers of the lines, or ALL.", said, are),
		FR: fmt.Sprintf("Vous parlez de %d lignes, et notre courriel portait sur %d. Rien n’a été décidé. Inscrivez les numéros des lignes, ou TOUT.", said, are)}
}

// notForThem says that somebody who wrote on behalf of another is not named for that.
func notForThem(writer string) request.Text {
	if writer == "" {
		writer = "?"
	}
	return request.Text{
		EN: "Your mail says that it was written by " + writer + " on your behalf, and the roster does not name them as your assistant. Write it yourself, or ask the operator to name them. Nothing was decided.",
		FR: "Votre courriel indique qu’il a été écrit en votre nom par " + writer + ", qui ne figure pas parmi vos adjoints désignés. Écrivez-le vous-même, ou demandez à l’exploitant d’inscrire cette personne. Rien n’a été décidé."}
}

// notAnswered says why a mail goes to the contact that an officer had first.
func notAnswered(officer string) request.Text {
	return request.Text{EN: officer + " has had this mail for some days and has not answered it.", FR: officer + " a ce courriel depuis plusieurs jours et n’y a pas répondu."}
}

// tooManyHandedOn says that no more of a sender's mails are handed on today.
func tooManyHandedOn(contact string) request.Text {
	return request.Text{
		EN: "Many of your mails were handed on today already, so this one was not. Write to " + contact + " directly.",
		FR: "Plusieurs de vos courriels ont déjà été transmis aujourd’hui; celui-ci ne l’a pas été. Écrivez directement à " + contact + "."}
}

// notHandedOn says why a mail that decides nothing was not given to a person either.
func notHandedOn(contact string) request.Text {
	return request.Text{
		EN: "It holds a decision, a yes or an amount, which count only where they were asked for: a decision in answer to our mail, an amount in the workbook. To ask a person, write your question to " + contact + ".",
		FR: "Il contient une décision, un oui ou un montant, qui ne comptent que là où on les demande\u00a0: une décision en réponse à notre courriel, un montant dans le classeur. Pour joindre une personne, écrivez votre question à " + contact + "."}
}

// severalOfThatName names the officers whom an ASSIGN could mean.
func severalOfThatName(list []officers.Officer) request.Text {
	names := make([]string, len(list))
	for i, o := range list {
		names[i] = o.Name + " (" + o.Email + ")"
	}
	of := strings.Join(names, ", ")
	return request.Text{EN: "Several officers go by that name: " + of + ". Write the address.", FR: "Plusieurs agents portent ce nom\u00a0: " + of + ". Écrivez l’adresse."}
}

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

// wouldPass says what would make a declined line acceptable: what its guardrails asked an officer about, and that a
// changed line may come back.
func wouldPass(l *notify.Line) request.Text {
	t := request.Text{
		EN: "If you can meet the officer’s reason, change the line in the attached workbook and mail it in again: it is then judged again.",
		FR: "Si vous pouvez répondre au motif de l’agent, modifiez la ligne dans le classeur ci-joint et renvoyez-le\u00a0: elle sera examinée de nouveau."}
	for _, f := range l.Findings {
		if f.Action == request.Escalate && f.ExemptedBy == "" && !f.Title.IsZero() {
			t.EN += " Without this it needs no officer: " + f.Title.EN + "."
			t.FR += " Sans ceci, elle ne passe par aucun agent\u00a0: " + f.Title.FR + "."
		}
	}
	return t
}

// unanswered tells the operator that nobody else is there to ask about lines that an officer has not decided in time.
func unanswered(e *ledger.Escalation, references []string, zone *time.Location) ledger.OutboxEntry {
	return outbox.New(outbox.OperatorAlert, "unanswered "+e.Code, ledger.OutboxEntry{Submission: e.Submission}, outbox.Alert{
		CanWait: true,
		Title:   request.Text{EN: "An officer has not answered", FR: "Un agent n’a pas répondu"},
		What: request.Text{
			EN: "Lines still wait for a decision although the officer was reminded, and nobody else who may decide them is there to be asked.",
			FR: "Des lignes attendent toujours une décision malgré les rappels envoyés à l’agent, et personne d’autre ne peut en décider pour l’instant."},
		Hint:    hintToAsk(references),
		Details: append(since(e, zone), references...)})
}

// since says who has lines and since when.
func since(e *ledger.Escalation, zone *time.Location) []string {
	details := []string{"officer " + e.Officer, "since " + e.AskedAt.In(zone).Format(time.DateTime)}
	if e.InsteadOf != "" {
		details = append(details, "in place of "+e.InsteadOf)
	}
	return details
}

// hintToAsk says what an operator can do about lines that nobody decides.
func hintToAsk(references []string) request.Text {
	ask := "handrail ask " + references[0] + " --to "
	return request.Text{
		EN: "Speak with the officer, or have somebody else decide: " + ask + "and an officer’s address. An officer who is added to the configuration ([[officer]]) or to the file of officers is asked by itself.",
		FR: "Communiquez avec l’agent, ou faites décider quelqu’un d’autre : " + ask + "et l’adresse d’un agent. Un agent ajouté à la configuration ([[officer]]) ou au fichier des agents reçoit les lignes automatiquement."}
}

// nobodyDecided tells the operator, and the contact of the inbox, of lines that nobody has decided with two codes.
func nobodyDecided(a *openEscalation, lines []officers.EscalatedLine, operator string, zone *time.Location) []ledger.OutboxEntry {
	e := &a.escalation
	references := make([]string, len(lines))
	for i := range lines {
		references[i] = lines[i].Reference
	}
	alert := outbox.Alert{
		CanWait: true,
		Title:   request.Text{EN: "Nobody has decided for weeks", FR: "Personne n’a décidé depuis des semaines"},
		What: request.Text{
			EN: "These lines have waited for a decision for a long time. Everybody who may decide them was asked and reminded, and is asked again.",
			FR: "Ces lignes attendent une décision depuis longtemps. Toutes les personnes qui peuvent en décider ont été sollicitées et relancées, et le sont de nouveau."},
		Hint: hintToAsk(references), Details: append(since(e, zone), references...)}
	about := ledger.OutboxEntry{Submission: e.Submission}
	owed := []ledger.OutboxEntry{outbox.New(outbox.OperatorAlert, "undecided "+e.Code, about, alert)}
	if box := a.files[0].Inbox; !strings.EqualFold(box.Config.Contact, operator) {
		alert.To = box.Config.Contact
		owed = append(owed, outbox.New(outbox.OperatorAlert, "undecided, to the contact "+e.Code, about, alert))
	}
	return owed
}

// askedBefore says to an officer that there was a mail about these lines before.
func askedBefore(on request.Date) request.Text {
	return request.Text{
		EN: "You were asked about this on " + on.String() + ", and nobody has decided it since. Your answer to the earlier mail counts as well.",
		FR: "Cette demande vous a été soumise le " + on.String() + " et n’a pas été décidée depuis. Une réponse au premier courriel compte aussi."}
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

// handedOver says who gave lines away.
func handedOver(by string) request.Text {
	return request.Text{EN: by + " handed these lines over to you.", FR: by + " vous confie ces lignes."}
}

// noBackup says why an absence is not recorded.
func noBackup(operator string) request.Text {
	return request.Text{
		EN: "The roster names no backup for you, so nobody could decide in your place. Ask " + operator + " to name one.",
		FR: "Aucun remplaçant n’est désigné pour vous\u00a0: personne ne pourrait décider à votre place. Demandez à " + operator + " d’en désigner un."}
}

// tooFarAway says why an absence is not recorded.
func tooFarAway(until request.Date) request.Text {
	return request.Text{
		EN: until.String() + " is more than a year away. Nothing was recorded.", FR: "Le " + until.String() + " est dans plus d’un an. Rien n’a été enregistré."}
}

// Why a file of the requester's does not go along to the officer.
var (
	whyMacros    = request.Text{EN: "it has macros, or that cannot be told", FR: "il contient des macros, ou on ne peut en être certain"}
	whyOldOffice = request.Text{EN: "the old Office format can hide macros", FR: "l’ancien format d’Office peut cacher des macros"}
	whyPassword  = request.Text{EN: "it has a password", FR: "il est protégé par un mot de passe"}
	whyOtherKind = request.Text{EN: "only PDF, pictures and Office files are passed on", FR: "seuls les PDF, les images et les fichiers Office sont transmis"}
	whyTooMuch   = request.Text{EN: "with it, the files are larger than 5 MB or more than twenty", FR: "avec lui, les fichiers dépassent 5 Mo ou sont plus de vingt"}
	whyLargeMail = request.Text{EN: "its files are too large for a mail about several requests", FR: "ses fichiers sont trop volumineux pour un courriel sur plusieurs demandes"}
)

// moreFiles counts those that are not named.
func moreFiles(n int) request.Text {
	return request.Text{EN: fmt.Sprintf("%d more files", n), FR: fmt.Sprintf("%d autres fichiers", n)}
}

// isAway says why lines went to a backup.
func isAway(officer string, until request.Date) request.Text {
	return request.Text{EN: officer + " is away until " + until.String() + ".", FR: officer + " est en absence jusqu’au " + until.String() + "."}
}

// nothingHandedOver says so, after the reason.
func nothingHandedOver(en, fr string) request.Text {
	return request.Text{EN: en + " Nothing was handed over.", FR: fr + " Rien n’a été confié."}
}

// Why lines come to an officer by themselves, some time after they were judged.
var whyUnassigned = request.Text{
	EN: "These lines waited because no officer could decide them until now.",
	FR: "Ces lignes étaient en attente parce qu’aucun agent ne pouvait en décider jusqu’ici."}

// whyByHand says why a mail came that no program sent by itself.
var whyByHand = request.Text{
	EN: "The people who run this inbox ask you to decide this.", FR: "Les responsables de cette boîte vous demandent d’en décider."}

func leftTheRoster(officer string) request.Text {
	return request.Text{EN: officer + " is no longer among the officers who decide.", FR: officer + " ne figure plus parmi les agents qui décident."}
}

func isAwayNow(officer string) request.Text {
	return request.Text{EN: officer + " is away.", FR: officer + " est en absence."}
}

func aboveTheLimitNow(officer string) request.Text {
	return request.Text{EN: "These lines are not " + officer + "’s to decide any more.", FR: "Ces lignes ne relèvent plus de " + officer + "."}
}

// noAnswer says why lines went to somebody else.
func noAnswer(silent string) request.Text {
	return request.Text{
		EN: "There was no answer from " + silent + " in time.", FR: "Il n’y a pas eu de réponse de " + silent + " à temps."}
}

// noLineToRevoke says that a number is none of the lines that were decided.
func noLineToRevoke(unknown string) request.Text {
	return request.Text{EN: "There is no line " + unknown + ". Nothing was changed.", FR: "Il n’y a pas de ligne " + unknown + ". Rien n’a été changé."}
}

// changedRow says that a workbook in which more was changed than it asks for decides nothing.
func changedRow(row int, what request.Text) request.Text {
	return request.Text{
		EN: fmt.Sprintf("Row %d of your workbook: %s is not what you were asked about. A workbook in which more than the decision and the reason was changed decides nothing. Fill in the workbook of our mail again.", row, what.EN),
		FR: fmt.Sprintf("Rangée %d de votre classeur\u00a0: %s n’est pas ce qui vous a été soumis. Un classeur dont on a modifié autre chose que la décision et le motif ne décide rien. Remplissez de nouveau le classeur de notre courriel.", row, what.FR)}
}
