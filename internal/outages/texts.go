package outages

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
)

var nothingToDo = request.Text{EN: "Nothing to do.", FR: "Rien à faire."}

// minute is an instant as the operator reads it, in the department's zone.
func minute(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("2006-01-02 15:04") + " (" + zone.String() + ")"
}

// lasted is a length of time in words.
func lasted(d time.Duration) request.Text {
	d = d.Round(time.Minute)
	same := func(s string) request.Text { return request.Text{EN: s, FR: s} }
	switch days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour), int(d/time.Minute)%60; {
	case days > 1:
		return request.Text{EN: fmt.Sprintf("%d days %d h", days, hours%24), FR: fmt.Sprintf("%d jours %d h", days, hours%24)}
	case hours > 0:
		return same(fmt.Sprintf("%d h %d min", hours, minutes))
	default:
		return same(fmt.Sprintf("%d min", max(1, minutes)))
	}
}

func beganTitle(n *batch.OutageNews) request.Text {
	what := batch.OutageText(n.Name)
	if n.Class == ingest.CredentialsError {
		return request.Text{EN: "Login refused: " + what.EN, FR: "Connexion refusée\u00a0: " + what.FR}
	}
	return request.Text{EN: "Does not work: " + what.EN, FR: "Ne fonctionne pas\u00a0: " + what.FR}
}

func endedTitle(n *batch.OutageNews) request.Text {
	what := batch.OutageText(n.Name)
	if n.Unneeded {
		return request.Text{EN: "Not needed any more: " + what.EN, FR: "N’est plus nécessaire\u00a0: " + what.FR}
	}
	return request.Text{EN: "Works again: " + what.EN, FR: "Fonctionne de nouveau\u00a0: " + what.FR}
}

// began says of an outage since when it lasts, what waits, and when it is tried again.
func began(n *batch.OutageNews, zone *time.Location) request.Text {
	what, waits := batch.OutageText(n.Name), waiting(n)
	t := request.Text{
		EN: fmt.Sprintf("Since %s, %s cannot be used. %s", minute(n.Began, zone), what.EN, waits.EN),
		FR: fmt.Sprintf("Depuis le %s, impossible d’utiliser %s. %s", minute(n.Began, zone), what.FR, waits.FR)}
	switch {
	case n.Next.IsZero():
	case n.Class == ingest.CredentialsError:
		t.EN += " The login is tried again at " + minute(n.Next, zone) + ", or as soon as its secret changes."
		t.FR += " La connexion sera retentée le " + minute(n.Next, zone) + ", ou dès que son secret changera."
	default:
		t.EN += " Handrail goes on trying by itself."
		t.FR += " Handrail continue d’essayer de lui-même."
	}
	return t
}

// waiting says what an outage keeps waiting.
func waiting(n *batch.OutageNews) request.Text {
	var en, fr []string
	for _, step := range ledger.Steps() {
		if words, ok := stepWaits[step]; ok && n.Waits[step] > 0 {
			en, fr = append(en, fmt.Sprintf(words.EN, n.Waits[step])), append(fr, fmt.Sprintf(words.FR, n.Waits[step]))
		}
	}
	if len(en) == 0 {
		return request.Text{EN: "What needs it waits, and nothing is lost.", FR: "Ce qui en a besoin attend, et rien n’est perdu."}
	}
	return request.Text{EN: "Waiting for it: " + strings.Join(en, ", ") + ". Nothing is lost.", FR: "En attente\u00a0: " + strings.Join(fr, ", ") + ". Rien n’est perdu."}
}

// stepWaits counts the rows of a step; the forms fit one as well as many.
var stepWaits = map[ledger.Step]request.Text{
	ledger.JudgeStep:  {EN: "messages to judge (%d)", FR: "messages à examiner (%d)"},
	ledger.FileStep:   {EN: "messages to move to their folder (%d)", FR: "messages à classer dans leur dossier (%d)"},
	ledger.AnswerStep: {EN: "mails to write (%d)", FR: "courriels à rédiger (%d)"},
	ledger.SendStep:   {EN: "mails to send (%d)", FR: "courriels à envoyer (%d)"},
	ledger.KeepStep:   {EN: "copies of sent mails (%d)", FR: "copies de courriels envoyés (%d)"},
	ledger.RemindStep: {EN: "reminders (%d)", FR: "rappels (%d)"},
}

// ended says from when to when an outage lasted.
func ended(n *batch.OutageNews, zone *time.Location) request.Text {
	what, took := batch.OutageText(n.Name), lasted(n.Ended.Sub(n.Began))
	t := request.Text{
		EN: fmt.Sprintf("From %s to %s (%s), %s could not be used. What waited for it goes on by itself now.", minute(n.Began, zone), minute(n.Ended, zone), took.EN, what.EN),
		FR: fmt.Sprintf("Du %s au %s (%s), impossible d’utiliser %s. Ce qui attendait reprend maintenant de lui-même.", minute(n.Began, zone), minute(n.Ended, zone), took.FR, what.FR)}
	if n.Unneeded {
		t.EN = fmt.Sprintf("Since %s, %s could not be used. Nothing waits for it any more, so nobody tried again whether it works.", minute(n.Began, zone), what.EN)
		t.FR = fmt.Sprintf("Depuis le %s, impossible d’utiliser %s. Plus rien ne l’attend; personne n’a donc vérifié si tout fonctionne.", minute(n.Began, zone), what.FR)
	}
	if n.Unsaid {
		t.EN += " You were not told when it began, because no mail could be sent and no webhook is configured."
		t.FR += " Le début n’a pas pu vous être annoncé, car aucun courriel ne pouvait partir et aucun webhook n’est configuré."
	}
	return t
}

func hintOf(n *batch.OutageNews) request.Text {
	return batch.OutageHint(n.Name, string(n.Class), n.Words)
}

// beganAlert is one mail about all that began.
func beganAlert(list []batch.OutageNews, zone *time.Location) outbox.Alert {
	a := outbox.Alert{Title: beganTitle(&list[0])}
	if len(list) > 1 {
		a.Title = request.Text{EN: fmt.Sprintf("%d servers or folders do not work", len(list)), FR: fmt.Sprintf("%d serveurs ou dossiers ne fonctionnent pas", len(list))}
	}
	var what, hints []request.Text
	for i := range list {
		n := &list[i]
		what = append(what, began(n, zone))
		if h := hintOf(n); !slices.Contains(hints, h) {
			hints = append(hints, h)
		}
		a.Details = append(a.Details, n.Name+": "+n.Words)
	}
	a.What, a.Hint = joined(what), joined(hints[:min(len(hints), 2)])
	if len(list) > 2 {
		a.What = shortly(list, zone)
	}
	a.Hint.EN += " You are told once when it works again."
	a.Hint.FR += " Un seul avis suivra, lorsque tout fonctionnera de nouveau."
	return a
}

// endedAlert is one mail about all that ended.
func endedAlert(list []batch.OutageNews, zone *time.Location) outbox.Alert {
	a := outbox.Alert{Title: endedTitle(&list[0]), Hint: nothingToDo, Over: true}
	if len(list) > 1 {
		a.Title = request.Text{EN: fmt.Sprintf("%d servers or folders work again", len(list)), FR: fmt.Sprintf("%d serveurs ou dossiers fonctionnent de nouveau", len(list))}
	}
	var what []request.Text
	for i := range list {
		what = append(what, ended(&list[i], zone))
		a.Details = append(a.Details, "last error: "+list[i].Name+": "+list[i].Words)
	}
	a.What = joined(what)
	if len(list) > 2 {
		a.What = shortly(list, zone)
	}
	return a
}

// shortly lists many outages, since a mail's sentence has an end.
func shortly(list []batch.OutageNews, zone *time.Location) request.Text {
	const most = 5
	var en, fr []string
	for i := range list[:min(len(list), most)] {
		what, since := batch.OutageText(list[i].Name), minute(list[i].Began, zone)
		en, fr = append(en, what.EN+" since "+since), append(fr, what.FR+" depuis le "+since)
	}
	t := request.Text{EN: strings.Join(en, "; "), FR: strings.Join(fr, "; ")}
	if more := len(list) - most; more > 0 {
		t.EN += fmt.Sprintf("; and %d more below", more)
		t.FR += fmt.Sprintf("; et %d de plus ci-dessous", more)
	}
	return request.Text{EN: "This is about: " + t.EN + ". Nothing is lost.", FR: "Il s’agit de\u00a0: " + t.FR + ". Rien n’est perdu."}
}

func joined(texts []request.Text) (all request.Text) {
	for i, t := range texts {
		if i > 0 {
			all.EN, all.FR = all.EN+" ", all.FR+" "
		}
		all.EN, all.FR = all.EN+t.EN, all.FR+t.FR
	}
	return all
}

// webhookAlert says that the webhook takes nothing.
func webhookAlert(why error) outbox.Alert {
	return outbox.Alert{CanWait: true,
		Title: request.Text{EN: "The webhook does not take what it is given", FR: "Le webhook n’accepte pas ce qui lui est transmis"},
		What: request.Text{
			EN: "Something that mail could not say was posted to the webhook for a day, in vain. If sending fails again, nobody hears of it before it works.",
			FR: "Ce qu’aucun courriel ne pouvait annoncer a été transmis en vain au webhook pendant une journée. Si l’envoi échoue de nouveau, personne ne l’apprendra avant son rétablissement."},
		Hint: request.Text{
			EN: "Correct webhook under [operator], and try it with handrail doctor.",
			FR: "Corrigez webhook sous [operator], et essayez-le avec handrail doctor."},
		Details: []string{why.Error()}}
}
