package batch

import (
	"context"
	"fmt"
	"strings"
	"time"

	"handrail/ingest/reply"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/notify"
)

// handOver gives what is open of a mail to somebody in the roster who may decide every line of it.
func (j *Job) handOver(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, e *ledger.Escalation, to string) ([]ledger.Owed, error) {
	refuse := func(en, fr string) ([]ledger.Owed, error) {
		return h.askBack(e, request.Text{EN: en + " Nothing was handed over.", FR: fr + " Rien n’a été confié."}), nil
	}
	officer, known := h.box.Roster().ByEmail(to)
	away, err := j.away(ctx, tx, h.box, now)
	if err != nil {
		return nil, err
	}
	switch {
	case !known:
		return refuse(to+" is not an officer of the roster.", to+" ne figure pas parmi les agents désignés.")
	case strings.EqualFold(to, h.sender.Address):
		return refuse("The lines are yours already.", "Les lignes sont déjà les vôtres.")
	case away(officer.Email):
		return refuse(to+" is away.", to+" est en absence.")
	}
	a, err := j.askedIn(ctx, tx, e)
	if err != nil {
		return nil, err
	}
	lines := routedOf(a.files, a.waiting)
	if len(lines) == 0 {
		return h.notice(noticeDetail{Kind: notify.Changed, Submission: e.Submission}), nil
	}
	for _, l := range lines {
		if !h.box.Roster().May(officer.Email, l.line(), l.origin) {
			return refuse(to+" may not decide "+l.reference+": it is above their limit, or their own.",
				to+" ne peut pas décider de "+l.reference+"\u00a0: la ligne dépasse sa limite, ou la concerne.")
		}
	}
	instead := e.Officer
	if e.InsteadOf != "" {
		instead = e.InsteadOf
	}
	owed, err := j.askLater(ctx, tx, now, h.box, Choice{officer, instead}, lines, routing{cause: "handed over from " + e.Code, message: h.message.ID,
		why: request.Text{EN: a.files[0].displayName(e.Officer) + " handed these lines over to you.", FR: a.files[0].displayName(e.Officer) + " vous confie ces lignes."}})
	if err != nil {
		return nil, err
	}
	if _, err := tx.MoveEscalation(ctx, now, e.ID, e.State, ledger.EscalationRerouted); err != nil {
		return nil, err
	}
	return append(owed, h.notice(noticeDetail{Kind: notify.HandedOver, Submission: a.submission(), By: officer.Email})...), nil
}

// askedIn reads what an escalation is about within a transaction.
func (j *Job) askedIn(ctx context.Context, tx *ledger.Tx, e *ledger.Escalation) (*asked, error) {
	a, err := j.readAsked(ctx, tx, *e)
	if err != nil {
		return nil, err
	}
	return a.unpack()
}

// tellHandedOn answers somebody whose lines went to another officer in the meantime.
func (j *Job) tellHandedOn(ctx context.Context, tx *ledger.Tx, h *heard, e *ledger.Escalation) ([]ledger.Owed, error) {
	d := noticeDetail{Kind: notify.HandedOver, Submission: e.Submission, Why: request.Text{EN: "Nothing was decided.", FR: "Rien n’a été décidé."}}
	if len(e.Tokens) == 0 {
		return h.notice(d), nil
	}
	lines, err := tx.Lines(ctx, []int64{e.Tokens[0].Line})
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	all, err := tx.EscalationsOf(ctx, lines[0].Submission)
	if err != nil {
		return nil, err
	}
	for _, other := range all {
		if other.ID > e.ID && len(other.Tokens) > 0 && !noteOf(&other).Receipt {
			d.By = other.Officer
		}
	}
	return h.notice(d), nil
}

// goAway records that an officer is away, and hands what lies with them to their backup at once.
func (j *Job) goAway(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, until request.Date) ([]ledger.Owed, error) {
	officer, known := h.box.Roster().ByEmail(h.sender.Address)
	if !known {
		return h.notice(noticeDetail{Kind: notify.NoEffect, Why: request.Text{
			EN: "Only officers of the roster announce absences.", FR: "Seuls les agents désignés annoncent des absences."}}), nil
	}
	if officer.Backup == "" {
		return h.notice(noticeDetail{Kind: notify.NoEffect, Why: request.Text{
			EN: "The roster names no backup for you, so nobody could decide in your place. Ask " + j.o.Department.Operator + " to name one.",
			FR: "Aucun remplaçant n’est désigné pour vous\u00a0: personne ne pourrait décider à votre place. Demandez à " + j.o.Department.Operator + " d’en désigner un."}}), nil
	}
	today := j.day(now)
	if until.After(today.AddDays(366)) {
		return h.notice(noticeDetail{Kind: notify.NoEffect, Why: request.Text{
			EN: until.String() + " is more than a year away. Nothing was recorded.", FR: "Le " + until.String() + " est dans plus d’un an. Rien n’a été enregistré."}}), nil
	}
	if err := tx.NoteAbsence(ctx, now, ledger.Absence{Officer: strings.ToLower(officer.Email), From: today, Until: until, Message: h.message.ID}); err != nil {
		return nil, err
	}
	if until.Before(today) {
		return h.notice(noticeDetail{Kind: notify.Absent, Until: until, Why: request.Text{EN: "That day is over: you count as back.", FR: "Cette date est passée\u00a0: vous êtes de retour."}}), nil
	}
	open, err := tx.OpenEscalations(ctx, officer.Email)
	if err != nil {
		return nil, err
	}
	why := request.Text{EN: displayed(officer) + " is away until " + until.String() + ".", FR: displayed(officer) + " est en absence jusqu’au " + until.String() + "."}
	owed, err := j.leaveDaily(ctx, tx, now, h, officer)
	if err != nil {
		return nil, err
	}
	for i := range open {
		if note := noteOf(&open[i]); note.Receipt || note.Section32 {
			continue
		}
		a, err := j.askedIn(ctx, tx, &open[i])
		if err != nil {
			return nil, err
		}
		if a.files[0].box == nil {
			continue
		}
		more, err := j.reroute(ctx, tx, now, a, routing{cause: fmt.Sprintf("away %d", h.message.ID), message: h.message.ID, why: why})
		if err != nil {
			return nil, err
		}
		owed = append(owed, more...)
	}
	return append(owed, h.notice(noticeDetail{Kind: notify.Absent, Until: until, By: officer.Backup})...), nil
}

// leaveDaily sends the lines that wait for an absent officer's next daily mail to who decides in the meantime.
func (j *Job) leaveDaily(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, officer Officer) ([]ledger.Owed, error) {
	waiting, err := tx.DigestLines(ctx, officer.Email)
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	var e ledger.Escalation
	var lines []int64
	for _, w := range waiting {
		lines = append(lines, w.Line)
		e.Tokens = append(e.Tokens, ledger.Token{Line: w.Line})
	}
	a, err := j.askedIn(ctx, tx, &e)
	if err != nil {
		return nil, err
	}
	among := amongLines(lines)
	open := func(c *caseLine) bool {
		return among(c) && c.line.Outcome == request.Escalated && !c.kept
	}
	found := routedOf(a.files, open)
	owed, nobody, err := j.route(ctx, tx, now, h.box, found, routing{cause: fmt.Sprintf("away %d daily", h.message.ID), message: h.message.ID,
		instead: officer.Email, leaving: officer.Email})
	if err != nil || len(owed) == 0 {
		return nil, err
	}
	var gone []int64
	stay := setOf(nobody)
	for _, l := range found {
		if !stay[l.reference] { // those stay in the officer's own mail
			gone = append(gone, l.id)
		}
	}
	return owed, tx.TakeDigestLines(ctx, officer.Email, gone)
}

// announcesAbsence reports whether a mail without a code is an officer's AWAY UNTIL, and nothing else.
func (h *heard) announcesAbsence(ctx context.Context) (bool, error) {
	officer, known := h.box.Roster().ByEmail(h.sender.Address)
	if !known || !h.sender.Trusted() || h.message.Released {
		return false, nil
	}
	text, err := reply.NewText(ctx, h.mail)
	if err != nil {
		return false, err
	}
	commands, ask, err := reply.Parse(ctx, text, h.sender.Name, officer.Name)
	return ask == nil && len(commands) == 1 && commands[0].Verb == reply.Away, err
}
