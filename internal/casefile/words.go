package casefile

import (
	"strings"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// mailWords says what a mail is, as a page and a list of files name it.
func mailWords(m *ledger.RecordMail) request.Text {
	if m.Message.ID != 0 {
		switch m.Message.Kind {
		case "request":
			return request.Text{EN: "The request, as mailed", FR: "La demande, telle qu’elle a été envoyée"}
		case "answer":
			return request.Text{EN: "An answer to a mail of ours", FR: "Une réponse à l’un de nos courriels"}
		}
		return request.Text{EN: "A mail received", FR: "Un courriel reçu"}
	}
	switch m.Outgoing.Kind {
	case "answer":
		return request.Text{EN: "The answer to the requester, with the annotated workbook", FR: "La réponse à la personne qui a fait la demande, avec le classeur annoté"}
	case "escalation":
		return request.Text{EN: "The mail that asked an officer to decide", FR: "Le courriel qui demandait à un agent de décider"}
	case "decision":
		return request.Text{EN: "The mail that told the requester of the decision", FR: "Le courriel qui annonçait la décision à la personne qui a fait la demande"}
	case "receipt":
		return request.Text{EN: "The receipt for an officer’s answer", FR: "L’accusé de réception de la réponse d’un agent"}
	case "reminder":
		return request.Text{EN: "A reminder to an officer", FR: "Un rappel à un agent"}
	case "question":
		return request.Text{EN: "An officer’s question, passed on to the requester", FR: "La question d’un agent, transmise à la personne qui a fait la demande"}
	case "reply":
		return request.Text{EN: "The requester’s reply, passed on to the officer", FR: "La réponse de la personne qui a fait la demande, transmise à l’agent"}
	case "section32":
		return request.Text{EN: "The mail that asked the section 32 manager to confirm", FR: "Le courriel qui demandait au gestionnaire délégataire (art. 32) de confirmer"}
	case "section32-told":
		return request.Text{EN: "The mail that told the section 32 manager of the line", FR: "Le courriel qui avisait le gestionnaire délégataire (art. 32) de la ligne"}
	case "askback":
		return request.Text{EN: "A mail that asked for a clearer answer", FR: "Un courriel qui demandait une réponse plus claire"}
	case "notice":
		return request.Text{EN: "A notice", FR: "Un avis"}
	}
	return request.Text{EN: "A mail sent", FR: "Un courriel envoyé"}
}

// fate says what became of a mail that was sent.
func fate(o *ledger.Outgoing) request.Text {
	switch o.State {
	case ledger.Accepted:
		if o.FilesLeftOut {
			return request.Text{EN: "too large for the mail server; accepted without its files", FR: "trop volumineux pour le serveur de courriel; accepté sans ses pièces jointes"}
		}
		return request.Text{EN: "accepted by the mail server", FR: "accepté par le serveur de courriel"}
	case ledger.Refused:
		return request.Text{EN: "refused by the mail server", FR: "refusé par le serveur de courriel"}
	case ledger.Settled:
		return request.Text{EN: "refused by the mail server; settled: " + o.EndedWhy, FR: "refusé par le serveur de courriel; réglé\u00a0: " + o.EndedWhy}
	case ledger.Redirected:
		return request.Text{EN: "refused by the mail server, and sent to another address", FR: "refusé par le serveur de courriel, puis envoyé à une autre adresse"}
	}
	return request.Text{EN: "not sent yet", FR: "pas encore envoyé"}
}

// actionWords says what a guardrail asked for.
func actionWords(f *request.Finding) request.Text {
	switch {
	case f.ExemptedBy != "":
		return request.Text{EN: "Exempted", FR: "Dispensée"}
	case f.Action == request.Note:
		return request.Text{EN: "Noted", FR: "Notée"}
	case f.Action == request.Escalate:
		return request.Text{EN: "To an officer", FR: "Soumise à un agent"}
	}
	return request.Text{EN: "To be corrected", FR: "À corriger"}
}

// evidenceWords says how the section 32 authorization is known.
func evidenceWords(list []ledger.Evidence) request.Text {
	best := request.Text{EN: "Declared by the requester, not verified", FR: "Déclarée par la personne qui a fait la demande, non vérifiée"}
	for _, e := range list {
		switch e.Kind {
		case ledger.AttachedEvidence:
			best = request.Text{EN: "The manager’s own mail came along", FR: "Le courriel du gestionnaire accompagnait la demande"}
		case ledger.ConfirmedEvidence:
			return request.Text{EN: "Confirmed by the manager by mail", FR: "Confirmée par le gestionnaire, par courriel"}
		}
	}
	return best
}

// ruleWords says how a charge was matched.
func ruleWords(c *ledger.Charge) request.Text {
	if c.Rule == "hand" {
		t := request.Text{EN: "by hand: " + c.SettledBy, FR: "à la main\u00a0: " + c.SettledBy}
		if c.SettledWhy != "" {
			t.EN, t.FR = t.EN+", reason: "+c.SettledWhy, t.FR+", motif\u00a0: "+c.SettledWhy
		}
		return t
	}
	return request.Text{EN: "by rule: " + c.Rule, FR: "par règle\u00a0: " + c.Rule}
}

// tone is a page's class for an outcome; the word beside it says the same.
func tone(o request.Outcome) string {
	switch o {
	case request.Approved:
		return "good"
	case request.Escalated:
		return "waiting"
	case request.Returned:
		return "mend"
	case request.Declined, request.Revoked:
		return "bad"
	}
	return "plain"
}

// gone stands where a name was disposed of.
func gone(s string) bool { return s == "" || s == "disposed" || strings.HasPrefix(s, "disposed:") }
