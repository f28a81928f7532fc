package incoming

import (
	"context"
	"fmt"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
)

// withinDailyLines postpones a request whose sender had as many lines judged today as an inbox allows. The operator hears of it
// once a day.
func (j *Processor) withinDailyLines(ctx context.Context, h *Message) error {
	now, most := j.engine.Now(), h.Inbox.Config.LinesPerDay
	today := j.dept.Day(now)
	var lines int
	if err := j.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		lines, err = tx.RequesterLines(ctx, h.Sender.Address, today.AddDays(-31), today.Time(j.dept.Zone))
		return err
	}); err != nil || lines < most {
		return err
	}
	postponed := &batch.PostponedError{Sender: h.Sender.Address, Until: today.AddDays(1).Time(j.dept.Zone), Lines: lines}
	err := j.ledger.Update(ctx, func(tx *ledger.Tx) error {
		if _, err := tx.Owe(ctx, outbox.Due([]ledger.Owed{h.tooManyLines(today, most)}, now)...); err != nil {
			return err
		}
		return j.engine.Wake(ctx, tx, batch.Answer)
	})
	if err != nil {
		return err
	}
	return postponed
}

// tooManyLines tells the operator that a sender's requests wait for the next day.
func (h *Message) tooManyLines(today request.Date, most int) ledger.Owed {
	sender := h.Sender.Address
	return outbox.New(outbox.OperatorAlert, fmt.Sprintf("lines-per-day %s %s %s", h.Row.Box.Inbox, sender, today), ledger.Owed{Message: h.Row.ID}, outbox.Alert{
		Title: request.Text{EN: "One sender’s requests wait until tomorrow", FR: "Les demandes d’un expéditeur attendent jusqu’à demain"},
		What: request.Text{
			EN: fmt.Sprintf("%s had %d lines judged today, as many as lines_per_day allows. Further requests of this sender lie in the inbox and are judged when the next day begins. Nothing is lost, and everybody else’s requests go on.", sender, most),
			FR: fmt.Sprintf("%d lignes de %s ont été examinées aujourd’hui, soit le maximum permis par lines_per_day. Les autres demandes de cette personne restent dans la boîte et seront examinées dès le lendemain. Rien n’est perdu, et les demandes des autres suivent leur cours.", most, sender)},
		Hint: request.Text{
			EN: "If a machine writes from this address, have it stopped. If a person asks for that much, raise lines_per_day of this inbox: they are judged at the next pass.",
			FR: "Si une machine écrit à partir de cette adresse, faites-la arrêter. Si une personne demande autant, augmentez lines_per_day pour cette boîte\u00a0: les demandes seront examinées au prochain passage."},
		Details: []string{"inbox " + h.Row.Box.Inbox}})
}
