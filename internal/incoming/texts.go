package incoming

import (
	"fmt"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
)

// setAsideText are the reasons for quarantine that are not the message's.
var setAsideText = map[string]request.Text{
	ReasonDefect: {EN: "Handrail could not judge the message because of a defect of its own, although it tried again for more than an hour. Report it to those who maintain Handrail.",
		FR: "Handrail n’a pas pu examiner le message en raison d’un défaut du programme, malgré plusieurs essais pendant plus d’une heure. Signalez-le aux responsables de Handrail."},
	ReasonDied: {EN: "Handrail stopped twice while it was reading this message alone. The message is set aside so that all others go on. Report it to those who maintain Handrail.",
		FR: "Handrail s’est arrêté deux fois en lisant ce message seul. Le message est mis de côté pour que tous les autres suivent leur cours. Signalez-le aux responsables de Handrail."},
	ReasonSlow: {EN: "Reading this message took too long, twice, alone. The message is set aside so that all others go on. Report it to those who maintain Handrail.",
		FR: "La lecture de ce message seul a pris trop de temps, deux fois. Le message est mis de côté pour que tous les autres suivent leur cours. Signalez-le aux responsables de Handrail."},
	"unknown-inbox": {EN: "The inbox that it came to is no longer in the configuration.",
		FR: "La boîte où il est arrivé n’est plus dans la configuration."},
	"bytes-disposed": {EN: "Its bytes were disposed of before it was judged.",
		FR: "Son contenu a été éliminé avant d’être examiné."},
}

// SetAsideText says to a person why a message is in quarantine; empty for a code of another version.
func SetAsideText(code string) request.Text {
	if text, ours := setAsideText[code]; ours {
		return text
	}
	return ingest.Reason(code).Text()
}

// tooManyLines tells the operator that a sender's requests wait for the next day.
func (m *Message) tooManyLines(today request.Date, most int) ledger.OutboxEntry {
	sender := m.Sender.Address
	return outbox.New(outbox.OperatorAlert, fmt.Sprintf("lines-per-day %s %s %s", m.Row.Box.Inbox, sender, today), ledger.OutboxEntry{Message: m.Row.ID}, outbox.Alert{
		CanWait: true,
		Title:   request.Text{EN: "One sender’s requests wait until tomorrow", FR: "Les demandes d’un expéditeur attendent jusqu’à demain"},
		What: request.Text{
			EN: fmt.Sprintf("%s had %d lines judged today, as many as lines_per_day allows. Further requests of this sender lie in the inbox and are judged when the next day begins. Nothing is lost, and everybody else’s requests go on.", sender, most),
			FR: fmt.Sprintf("%d lignes de %s ont été examinées aujourd’hui, soit le maximum permis par lines_per_day. Les autres demandes de cette personne restent dans la boîte et seront examinées dès le lendemain. Rien n’est perdu, et les demandes des autres suivent leur cours.", most, sender)},
		Hint: request.Text{
			EN: "If a machine writes from this address, have it stopped. If a person asks for that much, raise lines_per_day of this inbox: they are judged at the next pass.",
			FR: "Si une machine écrit à partir de cette adresse, faites-la arrêter. Si une personne demande autant, augmentez lines_per_day pour cette boîte\u00a0: les demandes seront examinées au prochain passage."},
		Details: []string{"inbox " + m.Row.Box.Inbox}})
}

// triesAlert tells whoever helps people that one of them tried three times and got nowhere.
func (m *Message) triesAlert() outbox.Alert {
	sender, folder := m.Sender.Address, m.Verdict.Destination
	return outbox.Alert{
		Title: request.Text{EN: sender + " needs a person’s help", FR: sender + " a besoin de l’aide d’une personne"},
		What: request.Text{
			EN: fmt.Sprintf("%s wrote three mails within an hour that could not be used, and got an answer to each that says why. The subject of the last is “%s”.", sender, m.Verdict.Subject),
			FR: fmt.Sprintf("%s a écrit en moins d’une heure trois courriels qui n’ont pas pu être utilisés, et a reçu chaque fois une réponse qui dit pourquoi. L’objet du dernier est «\u00a0%s\u00a0».", sender, m.Verdict.Subject)},
		Hint: request.Text{
			EN: "Read the mail in the folder " + folder + " and write to " + sender + " yourself. Further mails that cannot be used are not answered for an hour; requests and decisions always are.",
			FR: "Lisez le courriel dans le dossier " + folder + " et écrivez vous-même à " + sender + ". Pendant une heure, les autres courriels inutilisables restent sans réponse; les demandes et les décisions en reçoivent toujours une."},
		Details: []string{"inbox " + m.Row.Box.Inbox, fmt.Sprintf("message %d", m.Row.ID)}}
}

// silenceAlert tells the operator that a sender gets no more answers that report nothing.
func (m *Message) silenceAlert() outbox.Alert {
	sender := m.Sender.Address
	return outbox.Alert{
		CanWait: true,
		Title:   request.Text{EN: "One sender is not answered any more: " + sender, FR: "Un expéditeur ne reçoit plus de réponses\u00a0: " + sender},
		What: request.Text{
			EN: fmt.Sprintf("%s got %d answers within an hour to mails that could not be used, and wrote another one. It was filed without an answer. Requests and decisions from this address are still handled and answered.", sender, mostEmptyReplies),
			FR: fmt.Sprintf("%s a reçu en une heure %d réponses à des courriels inutilisables, et en a envoyé un autre. Il a été classé sans réponse. Les demandes et les décisions de cette adresse sont toujours traitées et reçoivent une réponse.", sender, mostEmptyReplies)},
		Hint: request.Text{
			EN: "If a machine writes from this address, have it stopped, or have it mark its mail (Auto-Submitted). If it is a person, write to them. You get this mail once a day for each sender.",
			FR: "Si une machine écrit à partir de cette adresse, faites-la arrêter ou faites marquer ses courriels (Auto-Submitted). S’il s’agit d’une personne, écrivez-lui. Vous recevez ce courriel une fois par jour pour chaque expéditeur."},
		Details: []string{"inbox " + m.Row.Box.Inbox, fmt.Sprintf("message %d", m.Row.ID)}}
}

// heldAlert asks the operator whether a message is from whom it says.
func (m *Message) heldAlert(from, folder string, reason request.Text, why string) outbox.Alert {
	return outbox.Alert{
		CanWait: true,
		Title:   request.Text{EN: "A message is held: is it from " + from + "?", FR: "Un message est retenu\u00a0: a-t-il été envoyé par " + from + "?"},
		What: request.Text{
			EN: fmt.Sprintf("%s It says that it comes from %s; its subject is “%s”.", reason.EN, from, m.Verdict.Subject),
			FR: fmt.Sprintf("%s Le message se dit envoyé par %s; son objet est «\u00a0%s\u00a0».", reason.FR, from, m.Verdict.Subject)},
		Hint: request.Text{
			EN: "Ask " + from + ", not by answering the message. If they sent it, move it from the folder " + folder + " back to the inbox: its request is then judged as theirs. If not, leave it there. Other messages that say they come from this address today are held with it. A decision is never taken from such a message.",
			FR: "Posez la question à " + from + ", mais pas en répondant au message. Si cette personne l’a envoyé, remettez-le du dossier " + folder + " dans la boîte de réception\u00a0: sa demande sera alors examinée comme la sienne. Sinon, laissez-le là. Les autres messages qui se disent envoyés de cette adresse aujourd’hui sont retenus avec lui. Aucune décision n’est jamais tirée d’un tel message."},
		Details: []string{"inbox " + m.Row.Box.Inbox, fmt.Sprintf("UID %d", m.Row.UID), why},
	}
}

// unreadAlert tells the operator of a request whose sender may not be written to.
func (m *Message) unreadAlert(code string, reason request.Text, file string) outbox.Alert {
	return outbox.Alert{
		CanWait: true,
		Title:   request.Text{EN: "A request could not be read, and its sender was not told: " + code, FR: "Une demande n’a pas pu être lue et l’expéditeur n’en a pas été avisé\u00a0: " + code},
		What: request.Text{
			EN: fmt.Sprintf("%s It came from %s in a mail that a machine sent or forwarded, so nobody was answered.", reason.EN, m.Sender.Address),
			FR: fmt.Sprintf("%s Elle est arrivée de %s dans un courriel envoyé ou transféré par une machine; personne n’a donc reçu de réponse.", reason.FR, m.Sender.Address)},
		Hint: request.Text{
			EN: "Look into the folder " + m.Verdict.Destination + ". If it is a request, tell the requester what to correct, and to write to the inbox directly, without a rule in between. You get this mail once a day for each reason.",
			FR: "Consultez le dossier " + m.Verdict.Destination + ". S’il s’agit d’une demande, dites à la personne ce qu’il faut corriger et demandez-lui d’écrire directement à la boîte, sans règle de transfert. Vous recevez ce courriel une fois par jour pour chaque motif."},
		Details: []string{"inbox " + m.Row.Box.Inbox, fmt.Sprintf("UID %d", m.Row.UID), file},
	}
}

// quarantineAlert tells the operator of a message in quarantine.
func (m *Message) quarantineAlert(code string, reason request.Text, detail string) outbox.Alert {
	return outbox.Alert{
		CanWait: m.Mail != nil && !m.Inbox.Config.Serves(m.Sender), Stands: "quarantine", // a proven sender waits for an answer
		Title: request.Text{EN: "A message was set aside: " + code, FR: "Un message a été mis de côté\u00a0: " + code},
		What:  reason,
		Hint: request.Text{
			EN: "Look into the folder " + m.Inbox.Config.Folders.Quarantined + ". If the message is genuine, move it back to the inbox: it is then judged again. handrail ledger status lists all of them. You get this mail once a day for each reason.",
			FR: "Consultez le dossier " + m.Inbox.Config.Folders.Quarantined + ". Si le message est authentique, remettez-le dans la boîte de réception\u00a0: il sera alors examiné de nouveau. handrail ledger status les énumère tous. Vous recevez ce courriel une fois par jour pour chaque motif."},
		Details: []string{"inbox " + m.Row.Box.Inbox, fmt.Sprintf("UID %d", m.Row.UID), detail},
	}
}

// asideAlert tells the operator of a row that is not tried any more. The daily mail cannot tell of itself.
func asideAlert(a *ledger.Attempt, row, kind string) outbox.Alert {
	return outbox.Alert{
		CanWait: kind != outbox.OperatorDaily, Stands: "set-aside",
		Title: request.Text{EN: "One thing could not be done and is set aside: " + row, FR: "Une chose n’a pas pu être faite et est mise de côté\u00a0: " + row},
		What: request.Text{
			EN: fmt.Sprintf("It failed %d times over more than an hour, or Handrail stopped over it. Everything else goes on. Nothing is lost.", max(a.Faults, a.Deaths)),
			FR: fmt.Sprintf("Elle a échoué %d fois en plus d’une heure, ou Handrail s’est arrêté à cause d’elle. Tout le reste continue. Rien n’est perdu.", max(a.Faults, a.Deaths))},
		Hint: request.Text{
			EN: "Read the reason below and fix it, then run: handrail retry " + row + ". If the reason looks like a defect of Handrail, report it; handrail ledger status lists everything that is set aside.",
			FR: "Lisez le motif ci-dessous et corrigez-le, puis lancez\u00a0: handrail retry " + row + ". Si le motif semble être un défaut de Handrail, signalez-le; handrail ledger status énumère tout ce qui est mis de côté."},
		Details: []string{a.Words}}
}
