package batch

import (
	"context"
	"fmt"
	"strings"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// routed is an escalated line on its way to whoever decides it.
type routed struct {
	id         int64
	submission int64
	reference  string
	line       func() *request.Line // made whole when it is asked for
	origin     *request.Origin
}

// routing is why lines go to somebody, and what the mail to them says of it.
type routing struct {
	cause   string // with the officer, what makes it one mail for ever
	message int64  // the mail that caused it
	why     request.Text
	instead string // the officer who was asked before; "" nobody
	leaving string // the officer who is asked no more; "" nobody
}

// away says who does not decide on the day of now: by the configuration, or because they said so by mail.
func (j *Job) away(ctx context.Context, tx *ledger.Tx, box *inbox, now time.Time) (func(email string) bool, error) {
	announced, err := tx.Absences(ctx)
	if err != nil {
		return nil, err
	}
	today := j.day(now)
	return func(email string) bool {
		a, said := announced[strings.ToLower(email)]
		return said && !today.Before(a.From) && !today.After(a.Until) || box.Roster().Away(email, today)
	}, nil
}

// route finds who decides each line and leaves their mails to be made, one for each officer and submission; nobody are
// the references of the lines that no officer may decide.
func (j *Job) route(ctx context.Context, tx *ledger.Tx, now time.Time, box *inbox, lines []routed, r routing) (owed []ledger.Owed, nobody []string, err error) {
	if len(lines) == 0 {
		return nil, nil, nil
	}
	away, err := j.away(ctx, tx, box, now)
	if err != nil {
		return nil, nil, err
	}
	byOfficer := map[string][]routed{}
	var order []Choice
	for _, l := range lines {
		choice, ok := box.Roster().Choose(l.line(), l.origin, away, r.leaving)
		if !ok {
			nobody = append(nobody, l.reference)
			continue
		}
		if r.instead != "" {
			choice.InsteadOf = r.instead
		}
		if strings.EqualFold(choice.InsteadOf, choice.Email) {
			choice.InsteadOf = "" // it came back to whose it was
		}
		key := choice.Email + " " + choice.InsteadOf
		if byOfficer[key] == nil {
			order = append(order, choice)
		}
		byOfficer[key] = append(byOfficer[key], l)
	}
	for _, c := range order {
		more, err := j.askLater(ctx, tx, now, box, c, byOfficer[c.Email+" "+c.InsteadOf], r)
		if err != nil {
			return nil, nil, err
		}
		owed = append(owed, more...)
	}
	return owed, nobody, nil
}

// askLater leaves the mail to one officer to be made: at once, or with the day's others.
func (j *Job) askLater(ctx context.Context, tx *ledger.Tx, now time.Time, box *inbox, c Choice, lines []routed, r routing) ([]ledger.Owed, error) {
	if c.Digest {
		var waiting []ledger.DigestLine
		for _, l := range lines {
			waiting = append(waiting, ledger.DigestLine{Officer: c.Email, Line: l.id, InsteadOf: c.InsteadOf})
		}
		if err := tx.AddDigestLines(ctx, now, waiting...); err != nil {
			return nil, err
		}
		at := j.digestAt(box, now)
		return []ledger.Owed{owe(owedDigest, c.Email+" "+j.day(at).String(), ledger.Owed{DueAt: at}, digestDetail{Officer: c.Email})}, nil
	}
	d := escalationDetail{Officer: c.Email, InsteadOf: c.InsteadOf, Why: r.why}
	submissions := map[int64]bool{}
	for _, l := range lines {
		d.Lines = append(d.Lines, l.id)
		submissions[l.submission] = true
	}
	o := ledger.Owed{Message: r.message}
	if len(submissions) == 1 {
		o.Submission = lines[0].submission
	}
	return []ledger.Owed{owe(owedEscalation, r.cause+" "+c.Email, o, d)}, nil
}

// nobodyDecides tells the operator of lines that no officer may decide.
func nobodyDecides(cause string, submission int64, references []string) ledger.Owed {
	return owe(owedAlert, "nobody decides "+cause, ledger.Owed{Submission: submission}, alertDetail{
		Title: request.Text{EN: "No officer may decide a line", FR: "Aucun agent ne peut décider d’une ligne"},
		What: request.Text{
			EN: "Every officer who could decide is the requester or the section 32 manager of the line, or was asked already. Nobody decides their own request.",
			FR: "Chaque agent qui pourrait décider est le demandeur ou le gestionnaire délégataire (article 32) de la ligne, ou a déjà été consulté. Personne ne décide de sa propre demande."},
		Hint: request.Text{
			EN: "Add another officer without a limit to the configuration; the lines wait until then.",
			FR: "Ajoutez à la configuration un autre agent sans limite; les lignes attendent d’ici là."},
		Details: references})
}

// routedOf are lines as they stand in the ledger, ready to go to somebody else.
func routedOf(files []*caseFile, which func(*caseLine) bool) (list []routed) {
	for _, f := range files {
		for i := range f.lines {
			if c := &f.lines[i]; which(c) {
				list = append(list, f.routed(c))
			}
		}
	}
	return list
}

func (f *caseFile) routed(c *caseLine) routed {
	return routed{c.line.ID, f.submission.ID, c.line.Reference, c.facts.line, &f.origin}
}

// reroute takes what still waits of an escalation from its officer, for the backup or who else may decide it. The old code
// decides no more; lines that find nobody are the operator's to see to. It does nothing when no line finds anybody.
func (j *Job) reroute(ctx context.Context, tx *ledger.Tx, now time.Time, a *asked, r routing) (owed []ledger.Owed, err error) {
	r.instead, r.leaving = a.escalation.Officer, a.escalation.Officer
	if a.escalation.InsteadOf != "" {
		r.instead = a.escalation.InsteadOf // whose place it is, however often it is passed on
	}
	r.cause = fmt.Sprintf("%s from %s", r.cause, a.escalation.Code)
	owed, nobody, err := j.route(ctx, tx, now, a.files[0].box, routedOf(a.files, a.waiting), r)
	if err != nil || len(owed) == 0 {
		return nil, err
	}
	if len(nobody) > 0 {
		owed = append(owed, nobodyDecides(r.cause, a.submission(), nobody))
	}
	_, err = tx.MoveEscalation(ctx, now, a.escalation.ID, a.escalation.State, ledger.EscalationRerouted)
	return owed, err
}
