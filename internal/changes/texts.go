package changes

import (
	"fmt"
	"strings"

	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
	"handrail/notify"
	"handrail/rules"
)

var nothingNow = request.Text{EN: "Nothing to do now.", FR: "Rien à faire maintenant."}

// noEffect begins every note about a mail that decided nothing.
var noEffect = request.Text{EN: "Nothing was decided", FR: "Rien n’a été décidé"}

var (
	twoCodes = noteDetail{Title: noEffect,
		What: request.Text{EN: "Your mail does not say which change it is about: it must answer one mail of ours, and no other.", FR: "Votre courriel n’indique pas de quelle modification il s’agit\u00a0: il doit répondre à un seul de nos courriels."},
		Next: request.Text{EN: "Now: open the mail that asks about the change, and press one of its buttons.", FR: "Maintenant\u00a0: ouvrez le courriel qui porte sur la modification et appuyez sur l’un de ses boutons."}}
	otherMail = noteDetail{Title: noEffect,
		What: request.Text{EN: "Your mail has our code and answers somebody else’s message. Such a mail decides nothing.", FR: "Votre courriel porte notre code et répond au message de quelqu’un d’autre. Un tel courriel ne décide rien."},
		Next: twoCodes.Next}
	notForAnother = noteDetail{Title: noEffect,
		What: request.Text{EN: "Somebody else sent this mail in your name. An owner of the rules answers in person.", FR: "Une autre personne a envoyé ce courriel en votre nom. Une personne responsable des règles répond elle-même."},
		Next: request.Text{EN: "Now: answer from your own mailbox.", FR: "Maintenant\u00a0: répondez depuis votre propre boîte."}}
	wholeOnly = request.Text{EN: "The text is approved or declined as a whole: write APPROVE or DECLINE without numbers.", FR: "Le texte est approuvé ou refusé en entier\u00a0: écrivez APPROUVER ou REFUSER, sans numéro."}
	otherText = request.Text{
		EN: "The file that came with your mail is not the text you were asked about, so nothing was approved. To propose it, mail it without APPROVE; to approve the text below, answer without a file.",
		FR: "Le fichier joint à votre courriel n’est pas le texte qui vous était soumis\u00a0: rien n’a été approuvé. Pour le proposer, envoyez-le sans APPROUVER; pour approuver le texte ci-dessous, répondez sans fichier."}
	onlyTheseWords = request.Text{EN: "Only APPROVE, DECLINE and, from whoever proposed, WITHDRAW decide here.", FR: "Seuls APPROUVER, REFUSER et, de la part de la personne qui a proposé, RETIRER décident ici."}
	noTrial        = notify.Figure{Label: request.Text{EN: "The last twelve months, judged again", FR: "Les douze derniers mois, jugés de nouveau"},
		Value: request.Text{EN: "this could not be worked out; the operator’s log says why", FR: "impossible à établir; le journal de l’exploitant dit pourquoi"}}
)

// joined puts a name behind a title.
func joined(title, name request.Text) request.Text {
	return request.Text{EN: title.EN + ": " + name.EN, FR: title.FR + "\u00a0: " + name.FR}
}

// names lists addresses: "a, b or c".
func names(list []string, last string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + last + list[len(list)-1]
}

// dayText says a day.
func dayText(d request.Date) request.Text {
	months := [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
	first := fmt.Sprint(d.Day)
	if d.Day == 1 {
		first = "1er"
	}
	return request.Text{EN: fmt.Sprintf("%s\u00a0%d, %d", d.Month, d.Day, d.Year), FR: fmt.Sprintf("%s\u00a0%s\u00a0%d", first, months[d.Month-1], d.Year)}
}

func anotherMust(missing []string) noteDetail {
	return noteDetail{Title: request.Text{EN: "Nothing was decided: another owner must approve", FR: "Rien n’a été décidé\u00a0: une autre personne responsable doit approuver"},
		What: request.Text{EN: "You proposed this change. Nobody approves their own; your proposal counts as yours already.", FR: "Vous avez proposé cette modification. Personne n’approuve sa propre proposition; elle compte déjà pour vous."},
		Next: request.Text{EN: fmt.Sprintf("Nothing to do now: it waits for %s.", names(missing, " or ")), FR: fmt.Sprintf("Rien à faire maintenant\u00a0: elle attend %s.", names(missing, " ou "))}}
}

func recorded(missing []string) noteDetail {
	return noteDetail{Good: true, Title: request.Text{EN: "Your approval is recorded", FR: "Votre approbation est enregistrée"},
		What: request.Text{EN: "One more owner must approve before the change comes into force.", FR: "Une autre personne responsable doit approuver avant que la modification entre en vigueur."},
		Next: request.Text{EN: fmt.Sprintf("Nothing to do now: it waits for %s.", names(missing, " or ")), FR: fmt.Sprintf("Rien à faire maintenant\u00a0: elle attend %s.", names(missing, " ou "))}}
}

func approvedAlready(c *ledger.Change) noteDetail {
	d := dayText(c.From)
	return noteDetail{Good: true, Title: request.Text{EN: "This change is approved already", FR: "Cette modification est déjà approuvée"},
		What: request.Text{EN: "It comes into force on " + d.EN + ".", FR: "Elle entrera en vigueur le " + d.FR + "."}, Next: nothingNow}
}

func approvedFor(c *ledger.Change, by string) noteDetail {
	d := dayText(c.From)
	return noteDetail{Good: true, Title: request.Text{EN: "Approved, in force on " + d.EN, FR: "Approuvée, en vigueur le " + d.FR},
		What: request.Text{EN: by + " approved it, and that is enough.", FR: by + " l’a approuvée, ce qui suffit."},
		Next: request.Text{EN: "Nothing to do now. Until that day, a DECLINE of any owner ends it.", FR: "Rien à faire maintenant. Jusqu’à ce jour, un REFUSER de toute personne responsable y met fin."}}
}

func declined(by, reason string) noteDetail {
	d := noteDetail{Title: request.Text{EN: "Declined", FR: "Refusée"},
		What: request.Text{EN: by + " declined this change. What was in force stays.", FR: by + " a refusé cette modification. Ce qui était en vigueur le demeure."},
		Next: request.Text{EN: "Nothing to do now. A corrected text can be mailed at any time.", FR: "Rien à faire maintenant. Un texte corrigé peut être envoyé en tout temps."}}
	if reason != "" {
		d.Label, d.Details = request.Text{EN: "Why", FR: "Motif"}, []request.Text{{EN: reason, FR: reason}}
	}
	return d
}

func withdrawn(by string) noteDetail {
	return noteDetail{Title: request.Text{EN: "Withdrawn", FR: "Retirée"},
		What: request.Text{EN: by + " took the proposal back. What was in force stays.", FR: by + " a retiré sa proposition. Ce qui était en vigueur le demeure."}, Next: nothingNow}
}

func notYours(c *ledger.Change) noteDetail {
	by := request.Text{EN: c.ProposedBy, FR: c.ProposedBy}
	if c.ProposedBy == "" {
		by = request.Text{EN: "a file on the server", FR: "un fichier du serveur"}
	}
	return noteDetail{Title: noEffect,
		What: request.Text{EN: "Only whoever proposed a change takes it back: this one was proposed by " + by.EN + ".", FR: "Seule la personne qui a proposé une modification la retire\u00a0: celle-ci l’a été par " + by.FR + "."},
		Next: request.Text{EN: "Now: if you do not want it, reply DECLINE: and why.", FR: "Maintenant\u00a0: si vous n’en voulez pas, répondez REFUSER\u00a0: et le motif."}}
}

func mistaken(file string) noteDetail {
	return noteDetail{Title: request.Text{EN: "Not proposed: " + file + " needs a correction", FR: "Non proposé\u00a0: " + file + " est à corriger"},
		What:  request.Text{EN: "Nobody was asked, and what was in force stays. Everything that was found is below, with its place.", FR: "Personne n’a été consulté, et ce qui était en vigueur le demeure. Tout ce qui a été trouvé figure ci-dessous, avec l’endroit."},
		Next:  request.Text{EN: "Now: correct it and mail the whole text again, with its tests.", FR: "Maintenant\u00a0: corrigez et renvoyez le texte entier, avec ses tests."},
		Label: request.Text{EN: "To correct", FR: "À corriger"}}
}

func bookMistaken(file string) noteDetail {
	d := mistaken(file)
	d.What = request.Text{EN: "Nobody was asked, and what was in force stays. The workbook comes back with every mistake marked at its cell.", FR: "Personne n’a été consulté, et ce qui était en vigueur le demeure. Le classeur vous revient, chaque erreur marquée dans sa cellule."}
	d.Next = request.Text{EN: "Now: correct the cells in the attached workbook and mail it again.", FR: "Maintenant\u00a0: corrigez les cellules dans le classeur joint et renvoyez-le."}
	return d
}

func inForceAlready(p *rules.Policy) noteDetail {
	named := p.Name() + " " + p.Version()
	return noteDetail{Title: request.Text{EN: "Already in force: " + named, FR: "Déjà en vigueur\u00a0: " + named},
		What: request.Text{EN: "The text that you mailed is the one in force, word for word. Nobody was asked.", FR: "Le texte que vous avez envoyé est celui qui est en vigueur, mot pour mot. Personne n’a été consulté."}, Next: nothingNow}
}

func waitsAlready(c *ledger.Change, p *rules.Policy, own bool, missing []string) noteDetail {
	named := p.Name() + " " + p.Version()
	d := noteDetail{Title: request.Text{EN: "Waits already: " + named, FR: "Déjà en attente\u00a0: " + named},
		What: request.Text{EN: c.ProposedBy + " proposed this very text, and it waits for " + names(missing, " or ") + ".", FR: c.ProposedBy + " a proposé ce même texte, qui attend " + names(missing, " ou ") + "."}, Next: nothingNow}
	if c.State == ledger.ChangeApproved {
		on := dayText(c.From)
		d.What = request.Text{EN: "This very text is approved and comes into force on " + on.EN + ".", FR: "Ce même texte est approuvé et entrera en vigueur le " + on.FR + "."}
	} else if !own {
		d.Next = request.Text{EN: "Now: to approve it, press the button in the mail that asked you.", FR: "Maintenant\u00a0: pour l’approuver, appuyez sur le bouton du courriel qui vous l’a soumis."}
	}
	return d
}

func isInForce(title request.Text, since request.Date, declines, followed bool) noteDetail {
	on := dayText(since)
	d := noteDetail{Title: joined(request.Text{EN: "In force since " + on.EN, FR: "En vigueur depuis le " + on.FR}, title), Next: nothingNow, Good: true}
	if followed {
		d.What = request.Text{EN: "A newer text was proposed since.", FR: "Un texte plus récent a été proposé depuis."}
	}
	if declines {
		d.Good = false
		d.What = request.Text{EN: "Enough owners approved it before your mail came, so declining it has no effect any more.", FR: "Assez de personnes responsables l’ont approuvée avant votre courriel\u00a0: la refuser n’a plus d’effet."}
		d.Next = request.Text{EN: "Now: to go back, mail the earlier text with a new version. To have every line go to an officer until then, mail STOP.", FR: "Maintenant\u00a0: pour revenir en arrière, envoyez le texte antérieur avec une nouvelle version. Pour que, d’ici là, chaque ligne soit soumise à un agent, envoyez ARRÊTER."}
	}
	return d
}

func wasReplaced(title, newer request.Text) noteDetail {
	d := noteDetail{Title: joined(request.Text{EN: "Nothing was decided: this was replaced", FR: "Rien n’a été décidé\u00a0: cette version a été remplacée"}, title),
		What: request.Text{EN: "You answered an older mail.", FR: "Vous avez répondu à un courriel antérieur."}, Next: nothingNow}
	if !newer.IsZero() {
		d.What = request.Text{EN: "You answered an older mail: it was replaced by " + newer.EN + ".", FR: "Vous avez répondu à un courriel antérieur\u00a0: elle a été remplacée par " + newer.FR + "."}
		d.Next = request.Text{EN: "Now: answer the newest mail about it.", FR: "Maintenant\u00a0: répondez au courriel le plus récent à ce sujet."}
	}
	return d
}

func wasDeclined(title request.Text, by string) noteDetail {
	return noteDetail{Title: joined(request.Text{EN: "Nothing was decided: this was declined", FR: "Rien n’a été décidé\u00a0: cette version a été refusée"}, title),
		What: request.Text{EN: by + " declined it before your mail came.", FR: by + " l’a refusée avant votre courriel."},
		Next: request.Text{EN: "Now: to have it after all, mail the text again with a new version.", FR: "Maintenant\u00a0: pour l’obtenir malgré tout, renvoyez le texte avec une nouvelle version."}}
}

func wasWithdrawn(title request.Text, by string) noteDetail {
	who := request.Text{EN: by, FR: by}
	if by == "" {
		who = request.Text{EN: "The server", FR: "Le serveur"}
	}
	return noteDetail{Title: joined(request.Text{EN: "Nothing was decided: this was withdrawn", FR: "Rien n’a été décidé\u00a0: cette version a été retirée"}, title),
		What: request.Text{EN: who.EN + " took it back before your mail came.", FR: who.FR + " l’a retirée avant votre courriel."}, Next: nothingNow}
}

func noOwner(policy bool) noteDetail {
	d := noteDetail{Title: noEffect,
		What: request.Text{EN: "Only the owners of the rules decide about them, and you are not one of them.", FR: "Seules les personnes responsables des règles en décident, et vous n’en faites pas partie."},
		Next: request.Text{EN: "Now: if you want a rule changed, write to procurement.", FR: "Maintenant\u00a0: si vous souhaitez qu’une règle change, écrivez à l’approvisionnement."}}
	if policy {
		d.Title = request.Text{EN: "Not proposed: only owners of the rules mail a policy", FR: "Non proposé\u00a0: seules les personnes responsables des règles envoient une politique"}
		d.What = request.Text{EN: "The policy in your mail was not read. The owners of the rules hear that it came.", FR: "La politique jointe à votre courriel n’a pas été lue. Les personnes responsables des règles apprennent qu’elle est arrivée."}
	}
	return d
}

func strangerWrote(owner, who string, policy bool) noteDetail {
	d := noteDetail{To: owner, Title: request.Text{EN: "Somebody who is no owner answered about the rules: " + who, FR: "Une personne non responsable a répondu au sujet des règles\u00a0: " + who},
		What: request.Text{EN: "Nothing was decided, and they were told so. This is said once a day.", FR: "Rien n’a été décidé, et la personne en a été avisée. Cet avis est donné une fois par jour."},
		Next: request.Text{EN: "Now: if this person should be an owner, have the configuration changed ([owners]); else ask what they meant.", FR: "Maintenant\u00a0: si cette personne doit être responsable, faites modifier la configuration ([owners]); sinon, demandez-lui ce qu’elle voulait."}}
	if policy {
		d.Title = request.Text{EN: "Somebody who is no owner mailed a policy: " + who, FR: "Une personne non responsable a envoyé une politique\u00a0: " + who}
	}
	return d
}

func began(owner, inbox string, p *rules.Policy) noteDetail {
	named := p.Name() + " " + p.Version()
	return noteDetail{To: owner, Good: true, Title: request.Text{EN: "In force: " + named, FR: "En vigueur\u00a0: " + named},
		What: request.Text{EN: "This is the first text by which the inbox " + inbox + " judges. It stood on the server; from now on a change needs two owners.", FR: "C’est le premier texte selon lequel la boîte " + inbox + " juge. Il se trouvait sur le serveur; désormais, une modification exige deux personnes responsables."},
		Next: request.Text{EN: "Now: if this is not the text you own, mail the right one with its tests.", FR: "Maintenant\u00a0: si ce n’est pas le bon texte, envoyez le bon avec ses tests."}}
}

// inForce tells an owner that a change is in force, and by whom.
func inForce(c *ledger.Change, since request.Date, named request.Text, approved []string, words []request.Text) noteDetail {
	on := dayText(since)
	d := noteDetail{Good: true, Title: joined(request.Text{EN: "In force since " + on.EN, FR: "En vigueur depuis le " + on.FR}, named),
		Next:    request.Text{EN: "Nothing to do now. Officers and finance read what changed in their next mail.", FR: "Rien à faire maintenant. Les agents et les finances liront ce qui a changé dans leur prochain courriel."},
		Details: words}
	by := request.Text{EN: "by " + c.ProposedBy, FR: "par " + c.ProposedBy}
	if c.ProposedBy == "" {
		by = request.Text{EN: "by a file on the server", FR: "par un fichier du serveur"}
	}
	d.What = request.Text{EN: fmt.Sprintf("Proposed %s, approved by %s.", by.EN, names(approved, " and ")), FR: fmt.Sprintf("Proposée %s, approuvée par %s.", by.FR, names(approved, " et "))}
	if len(words) > 0 {
		d.Label = request.Text{EN: "What changed", FR: "Ce qui a changé"}
	}
	return d
}

// fileProposed tells the operator that what stands on the server waits for owners.
func (r *Room) fileProposed(c *ledger.Change) outbox.Alert {
	what := request.Text{EN: c.Kind + " " + c.Scope, FR: c.Kind + " " + c.Scope}
	if t := department.GuardedTitle(c.Kind); t.EN != "" {
		what = t
	}
	if c.Kind == "policy" {
		what = request.Text{EN: "the policy of the inbox " + c.Scope, FR: "la politique de la boîte " + c.Scope}
	}
	all := r.owners.All()
	return outbox.Alert{CanWait: true,
		Title: request.Text{EN: "A file on the server waits for owners: " + what.EN, FR: "Un fichier du serveur attend les personnes responsables\u00a0: " + what.FR},
		What: request.Text{
			EN: fmt.Sprintf("What stands on the server now is not in force: the rules have owners, and %s were asked. What was in force stays until two of them agree.", names(all, " and ")),
			FR: fmt.Sprintf("Ce qui se trouve maintenant sur le serveur n’est pas en vigueur\u00a0: les règles ont des personnes responsables, et %s ont été consultées. Ce qui était en vigueur le demeure jusqu’à l’accord de deux d’entre elles.", names(all, " et "))},
		Hint: request.Text{EN: "Nothing to do, if the file was changed on purpose. If not, find out who wrote it, and put the former one back: the proposal ends then.", FR: "Rien à faire si le fichier a été modifié volontairement. Sinon, cherchez qui l’a écrit et remettez l’ancien\u00a0: la proposition prendra fin."}}
}

// notInForce tells the operator that an approved change does not come into force.
func notInForce(c *ledger.Change, cause error) outbox.Alert {
	return outbox.Alert{
		Title:   request.Text{EN: "An approved change does not come into force", FR: "Une modification approuvée n’entre pas en vigueur"},
		What:    request.Text{EN: "Its owners approved it, and this program cannot use it. What was in force stays. It is tried again.", FR: "Les personnes responsables l’ont approuvée, et ce programme ne peut pas l’utiliser. Ce qui était en vigueur le demeure. Un nouvel essai aura lieu."},
		Hint:    request.Text{EN: "Read the reason below. The owners can mail a corrected text, which takes its place.", FR: "Lisez le motif ci-dessous. Les personnes responsables peuvent envoyer un texte corrigé, qui prendra sa place."},
		Details: []string{c.Kind + " " + c.Scope, cause.Error()}}
}
