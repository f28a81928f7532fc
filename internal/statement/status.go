package statement

import (
	"slices"

	"handrail/internal/request"
)

// rowStatus is what a column of statuses says of a row.
type rowStatus uint8

const (
	unknownStatus rowStatus = iota
	postedStatus
	pendingStatus
	declinedStatus
)

// statusWords are the words of such a column, folded. "Approved" is none: to one bank it is authorised and to another what the
// cardholder's chief said.
var statusWords = func() map[string]rowStatus {
	words := map[string]rowStatus{}
	for status, list := range map[rowStatus][]string{
		postedStatus: {"posted", "cleared", "settled", "completed", "complete", "booked", "billed", "final", "processed", "comptabilisé", "comptabilisée", "inscrit",
			"inscrite", "reporté", "reportée", "porté au compte", "portée au compte", "réglé", "réglée", "traité", "traitée", "complété", "complétée", "terminé", "terminée", "facturé", "facturée"},
		pendingStatus: {"pending", "authorized", "authorised", "authorization", "authorisation", "authorization hold", "hold", "in progress", "processing", "not posted", "unposted",
			"en attente", "autorisé", "autorisée", "autorisation", "en cours", "en traitement", "en cours de traitement", "non comptabilisé", "non comptabilisée", "à venir"},
		declinedStatus: {"declined", "refused", "rejected", "denied", "failed", "void", "voided", "cancelled", "canceled", "expired",
			"refusé", "refusée", "rejeté", "rejetée", "annulé", "annulée", "échoué", "échouée", "expiré", "expirée"},
	} {
		for _, w := range list {
			words[request.Fold(w)] = status
		}
	}
	return words
}()

// statusOf is what a word of the status column means, by the profile first.
func (s *sheetReader) statusOf(text string) rowStatus {
	key, p := request.Fold(text), s.options.profile()
	in := func(list []string) bool {
		return slices.ContainsFunc(list, func(w string) bool { return request.Fold(w) == key })
	}
	switch {
	case in(p.Pending):
		return pendingStatus
	case in(p.Posted):
		return postedStatus
	case in(p.Declined):
		return declinedStatus
	}
	if key == "approved" || key == "approuve" || key == "approuvee" {
		return s.approved
	}
	return statusWords[key]
}

// statusColumn drops a column of statuses that says nothing about the bank's progress: an office's "Reviewed", for one.
func (s *sheetReader) statusColumn() {
	if s.at[statusField] == 0 {
		return
	}
	pending, declined, told := false, false, false
	for n := range s.rows {
		status := s.statusOf(s.cell(&s.rows[n], statusField).text)
		pending, declined, told = pending || status == pendingStatus, declined || status == declinedStatus, told || status != unknownStatus
	}
	if pending && declined { // the words are the bank's own: what it approved and has not pending is posted
		s.approved = postedStatus
	}
	if told {
		return
	}
	s.note(&s.header, s.at[statusField], request.NoteSeverity, "no-status", "No word in this column says posted, pending or declined: it was carried through.",
		"Aucun mot de cette colonne n’indique comptabilisé, en attente ou refusé\u00a0: elle a été conservée telle quelle.")
	s.drop(statusField)
}

// drop makes the column of a field one that is carried through.
func (s *sheetReader) drop(f field) {
	i := s.at[f]
	s.at[f], s.out.fields[i-1] = 0, noField
	s.extra = append(s.extra, i-1)
	slices.Sort(s.extra)
}

// readStatus takes a row's status; false when the row is no charge, or nobody can say.
func (s *sheetReader) readStatus(r *record, c *Charge) bool {
	if s.at[statusField] == 0 {
		return true
	}
	text := s.cell(r, statusField).text
	switch s.statusOf(text) {
	case pendingStatus:
		c.Status = Pending
	case declinedStatus:
		s.problem(r, statusField, request.NoteSeverity, "declined", "This row was declined or cancelled ("+request.QuoteEN(text)+") and was not counted as a charge.",
			"Cette ligne a été refusée ou annulée ("+request.QuoteFR(text)+"); elle n’a pas été comptée comme un achat.")
		return false
	case unknownStatus:
		if text == "" {
			return true // banks that mark what is pending leave the rest empty
		}
		s.problem(r, statusField, request.ReturnSeverity, "status", request.QuoteEN(text)+" may mean posted or pending. Name the word in the sender's profile, under posted, pending or declined.",
			request.QuoteFR(text)+" peut vouloir dire comptabilisé ou en attente. Inscrivez ce mot dans le profil de l’expéditeur, sous posted, pending ou declined.")
		return false
	}
	return true
}
