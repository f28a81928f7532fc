package approvals

import (
	"context"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
)

// offerAgain is how long lines wait that found nobody, because every mail about them was refused, before the roster is asked
// once more: an address that was corrected, or an officer who was added, gets them then.
const offerAgain = time.Hour

// handOver gives what waits for somebody whose mail was refused to the backup, else to another officer who can be reached. When
// there is nobody, the operator hears at once, and the lines are offered again every hour.
func (desk reminder) handOver(ctx context.Context, now time.Time, h *batch.Claim, a *openEscalation) error {
	e := &a.escalation
	return desk.update(ctx, now, "hand-over", func(tx *ledger.Tx) ([]ledger.OutboxEntry, error) {
		if mine, err := h.Finish(ctx, tx, batch.Key(e.ID)); err != nil || !mine {
			return nil, err
		}
		if won, err := tx.Escalations.Reminded(ctx, e.ID, e.Reminders, now.Add(offerAgain), false); err != nil || !won {
			return nil, err
		}
		unreachable, err := tx.Outbox.RefusedRecipients(ctx)
		if err != nil {
			return nil, err
		}
		owed, placed, err := desk.instead(ctx, tx, now, a, append(unreachable, e.Officer))
		if err == nil && !placed {
			owed = append(owed, nobodyReached(e, desk.desk.dept.Zone))
		}
		return owed, err
	})
}

// instead asks somebody else about the lines of an escalation; placed is false when there is nobody.
func (desk reminder) instead(ctx context.Context, tx *ledger.Tx, now time.Time, a *openEscalation, unreachable []string) (owed []ledger.OutboxEntry, placed bool, err error) {
	e := &a.escalation
	if e.Kind != ledger.ConfirmationCode {
		return desk.desk.reroute(ctx, tx, now, a, officers.Routing{Cause: "undelivered", Why: notReached(a.files[0].DisplayName(e.Officer)), Unreachable: unreachable})
	}
	lines := record.EscalatedLines(a.files, a.waiting)
	owed, nobody, err := desk.desk.Route(ctx, tx, now, a.files[0].Inbox, lines, officers.Routing{Cause: "undelivered " + e.Code, Why: whyManagerNotReached, Unreachable: unreachable})
	if err != nil || len(owed) == 0 {
		return nil, false, err
	}
	if len(nobody) > 0 {
		owed = append(owed, outbox.NobodyDecides(a.submission(), nobody))
	}
	_, err = tx.Escalations.Move(ctx, now, e.ID, e.State, ledger.EscalationRerouted)
	return owed, true, err
}

var whyManagerNotReached = request.Text{
	EN: "The mail to the section 32 manager named on the form was refused, so nobody confirmed.",
	FR: "Le courriel au gestionnaire délégataire (article 32) nommé dans le formulaire a été refusé\u00a0: personne n’a donc confirmé."}

// notReached says why lines came to somebody else.
func notReached(officer string) request.Text {
	return request.Text{
		EN: "The mail to " + officer + " was refused by the mail server.",
		FR: "Le courriel à " + officer + " a été refusé par le serveur de courriel."}
}

// nobodyReached tells the operator at once of lines whose mails were refused to everybody who may decide.
func nobodyReached(e *ledger.Escalation, zone *time.Location) ledger.OutboxEntry {
	details := []string{"officer " + e.Officer, "since " + e.OpenedAt.In(zone).Format(time.DateTime)}
	for i := range e.Tokens {
		if t := &e.Tokens[i]; t.Open() {
			details = append(details, t.Reference)
		}
	}
	mail := batch.Key(e.Undelivered)
	return outbox.New(outbox.OperatorAlert, "undelivered "+e.Code, ledger.OutboxEntry{Submission: e.Submission}, outbox.Alert{
		Title: request.Text{EN: "Lines wait, and nobody who may decide them can be reached", FR: "Des lignes attendent, et aucune personne qui peut en décider n’est joignable"},
		What: request.Text{
			EN: "The mail to " + e.Officer + " was refused for good, and there is nobody else who may decide these lines and whose mail is delivered. They wait.",
			FR: "Le courriel à " + e.Officer + " a été refusé définitivement, et personne d’autre qui peut décider de ces lignes ne reçoit nos courriels. Elles attendent."},
		Hint: request.Text{
			EN: "Correct the officer’s address in the configuration, or add an [[officer]] without a limit: the lines go there within an hour. If the address is right and works again, send the mail once more: handrail retry send:" + mail + " --to " + e.Officer + ".",
			FR: "Corrigez l’adresse de l’agent dans la configuration, ou ajoutez un [[officer]] sans limite\u00a0: les lignes lui parviendront en moins d’une heure. Si l’adresse est exacte et fonctionne de nouveau, renvoyez le courriel\u00a0: handrail retry send:" + mail + " --to " + e.Officer + "."},
		Details: details})
}
