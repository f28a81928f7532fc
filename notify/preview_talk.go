package notify

import (
	"time"

	"handrail/internal/request"
)

// The samples of the mails in which one person's words, or what they did, reach another.

const (
	sampleRequesterAddress = "amelie.tremblay@department.example"
	sampleOfficerShown     = "Jordan Singh (jordan.singh@department.example)"
)

func inLang(l request.Lang, en, fr string) string { return request.Text{EN: en, FR: fr}.In(l) }

func sampleTalk(env Envelope, lines ...Line) Talk {
	return Talk{Envelope: env, Submission: "HR-2026-000123", Policy: samplePolicy(), Lines: lines}
}

func sampleRelay(l request.Lang) Talk {
	t := sampleTalk(sampleOfficer("relay", l), numbered(splitLine())...)
	t.Reader, t.Code, t.Sender, t.For = ToOfficer, "7f3k-9m2p-x4wq-8r6t", sampleRequesterAddress, "Amélie Tremblay"
	t.Words = inLang(l, "Is there still something that you need from me?", "Vous faut-il encore quelque chose de ma part?")
	return t
}

// sampleHolders are two officers who are asked about the same lines.
func sampleHolders() []Holding {
	return []Holding{{Who: sampleOfficerShown, Since: request.Date{Year: 2026, Month: time.November, Day: 23}},
		{Who: "Hana Head (hana.head@department.example)", Since: request.Date{Year: 2026, Month: time.November, Day: 30}}}
}

func sampleStillWaiting(l request.Lang) Talk {
	t := sampleTalk(sampleReply("still-waiting", l), splitLine())
	t.Reader, t.Holder, t.Holders = ToRequester, "Hana Head (hana.head@department.example)", sampleHolders()
	return t
}

func samplePassedOn(l request.Lang) Talk {
	t := sampleTalk(sampleReply("passed-on", l))
	t.Reader, t.Sender, t.Holder = ToRequester, sampleRequesterAddress, sampleOfficerShown
	t.Holders = sampleHolders()[:1]
	return t
}

func sampleAsked(kind string, l request.Lang) Talk {
	t := sampleTalk(sampleOfficer(kind, l), numbered(splitLine())...)
	t.Reader, t.Code, t.Sender, t.Holder = ToOfficer, "7f3k-9m2p-x4wq-8r6t", sampleOfficerShown, sampleRequesterAddress
	t.Day = request.Date{Year: 2026, Month: time.December, Day: 1}
	t.Words = inLang(l, "Was the postal rule known when the first phase was bought?", "La règle postale était-elle connue lors de l’achat de la première phase?")
	return t
}

func sampleQuestionReminder(l request.Lang) Talk {
	t := sampleAsked("question-reminder", l)
	t.Envelope, t.Reader, t.Code = sampleReply("question-reminder", l), ToRequester, ""
	return t
}

func sampleLineChange(l request.Lang) Talk {
	line := splitLine()
	line.Outcome = request.Withdrawn
	t := sampleTalk(sampleOfficer("line-change", l), line)
	t.Reader, t.Sender, t.For = ToOfficer, sampleRequesterAddress, "Amélie Tremblay"
	return t
}

func sampleRevocation(to Reader, l request.Lang) Talk {
	line := approvedLine()
	line.Outcome, line.DecidedBy, line.DecidedAt = request.Revoked, "Jordan Singh", sampleNow
	line.Reason = inLang(l, "The budget was cut.", "Le budget a été réduit.")
	env := sampleReply("revocation", l)
	if to == ToOfficer {
		env = sampleOfficer("revocation", l)
	}
	t := sampleTalk(env, line)
	t.Reader, t.Sender = to, sampleOfficerShown
	return t
}

func sampleNotAuthorized(l request.Lang) Talk {
	line := approvedLine()
	line.Outcome, line.DecidedBy, line.DecidedAt = request.Returned, "claire.roy@department.example", sampleNow
	line.Reason = inLang(l, "Nobody asked me.", "Personne ne m’a consultée.")
	t := sampleTalk(sampleReply("not-authorized", l), line)
	t.Reader, t.Sender = ToRequester, "claire.roy@department.example"
	return t
}

func sampleWithdrawQuestion(l request.Lang) Talk {
	t := sampleTalk(sampleReply("withdraw-question", l), splitLine())
	t.Reader, t.Sender, t.Words = ToRequester, sampleRequesterAddress, inLang(l, "Please undo this.", "Annuler, s’il vous plaît.")
	return t
}

func sampleUndoQuestion(l request.Lang) Talk {
	t := sampleTalk(sampleOfficer("undo-question", l), decidedLines(l)...)
	t.Reader, t.Code, t.Sender, t.Until = ToOfficer, "2v5c-8n4d-r6w2-yj3p", sampleOfficerShown, sampleNow.Add(48*time.Hour)
	t.Words = inLang(l, "UNDO line 2 only", "ANNULER la ligne 2 seulement")
	return t
}
