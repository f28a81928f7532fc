package batch

import (
	"context"
	"fmt"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// PostponedError says that a message waits for another day: one sender's work is bounded, so that everybody else's goes on.
type PostponedError struct {
	Sender string
	Until  time.Time
	Lines  int // of the sender that were judged today
}

// Error names nobody: it stands in logs.
func (e *PostponedError) Error() string {
	return fmt.Sprintf("its sender had %d lines judged today, as many as lines_per_day allows; it waits until %s", e.Lines, e.Until.UTC().Format(time.RFC3339))
}

// dailyWork is what messages wait for that are postponed.
const dailyWork = "the sender's lines of the day"

// withinDailyWork postpones a request whose sender had as many lines judged today as an inbox allows. The operator hears of it
// once a day.
func (j *Job) withinDailyWork(ctx context.Context, h *heard) error {
	now, most := j.now(), h.box.Config.LinesPerDay
	today := j.day(now)
	var lines int
	if err := j.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		lines, err = tx.RequesterLines(ctx, h.sender.Address, today.AddDays(-31), today.Time(j.zone))
		return err
	}); err != nil || lines < most {
		return err
	}
	postponed := &PostponedError{Sender: h.sender.Address, Until: today.AddDays(1).Time(j.zone), Lines: lines}
	err := j.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		if _, err := tx.Owe(ctx, dueAt([]ledger.Owed{h.tooManyLines(today, most)}, now)...); err != nil {
			return err
		}
		return j.wakeUp(ctx, tx, Answer)
	})
	if err != nil {
		return err
	}
	return postponed
}

// tooManyLines tells the operator that a sender's requests wait for the next day.
func (h *heard) tooManyLines(today request.Date, most int) ledger.Owed {
	sender := h.sender.Address
	return owe(owedAlert, fmt.Sprintf("lines-per-day %s %s %s", h.message.Box.Inbox, sender, today), ledger.Owed{Message: h.message.ID}, alertDetail{
		Title: request.Text{EN: "One sender’s requests wait until tomorrow", FR: "Les demandes d’un expéditeur attendent jusqu’à demain"},
		What: request.Text{
			EN: fmt.Sprintf("%s had %d lines judged today, as many as lines_per_day allows. Further requests of this sender lie in the inbox and are judged when the next day begins. Nothing is lost, and everybody else’s requests go on.", sender, most),
			FR: fmt.Sprintf("%d lignes de %s ont été examinées aujourd’hui, soit le maximum permis par lines_per_day. Les autres demandes de cette personne restent dans la boîte et seront examinées dès le lendemain. Rien n’est perdu, et les demandes des autres suivent leur cours.", most, sender)},
		Hint: request.Text{
			EN: "If a machine writes from this address, have it stopped. If a person asks for that much, raise lines_per_day of this inbox: they are judged at the next pass.",
			FR: "Si une machine écrit à partir de cette adresse, faites-la arrêter. Si une personne demande autant, augmentez lines_per_day pour cette boîte\u00a0: les demandes seront examinées au prochain passage."},
		Details: []string{"inbox " + h.message.Box.Inbox}})
}
