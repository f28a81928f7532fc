package approvals

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/outbox"
	"handrail/internal/record"
)

// away says who does not decide on the day of now: by the configuration, or because they said so by mail.
func (desk *Desk) away(ctx context.Context, tx *ledger.Tx, box *department.Inbox, now time.Time) (func(email string) bool, error) {
	announced, err := tx.Officers.Absences(ctx)
	if err != nil {
		return nil, err
	}
	today := desk.dept.Day(now)
	return func(email string) bool {
		a, said := announced[strings.ToLower(email)]
		return said && !today.Before(a.From) && !today.After(a.Until) || box.Roster().Away(email, today)
	}, nil
}

// canDecide reports whether somebody can decide a line on a day: they are in the roster, there, and it is within their authority.
func canDecide(roster *officers.Roster, away func(email string) bool, email string, l *officers.EscalatedLine) bool {
	return !away(email) && roster.May(email, l.Said(), l.Origin) // nobody outside the roster may
}

// Route finds who decides each line and leaves their mails to be made, one for each officer and submission; nobody are
// the references of the lines that no officer may decide.
func (desk *Desk) Route(ctx context.Context, tx *ledger.Tx, now time.Time, box *department.Inbox, lines []officers.EscalatedLine, r officers.Routing) (owed []ledger.OutboxEntry, nobody []string, err error) {
	if len(lines) == 0 {
		return nil, nil, nil
	}
	away, err := desk.away(ctx, tx, box, now)
	if err != nil {
		return nil, nil, err
	}
	unreachable := func(email string) bool {
		return slices.ContainsFunc(r.Unreachable, func(a string) bool { return strings.EqualFold(a, email) })
	}
	absent := away
	away = func(email string) bool { return absent(email) || unreachable(email) }
	byOfficer := map[string][]officers.EscalatedLine{}
	var order []officers.Choice
	for _, l := range lines {
		choice, ok := box.Roster().Choose(l.Said(), l.Origin, officers.Asking{Away: away, Leaving: r.Leaving, Asked: r.Besides[l.Line]})
		if !ok || unreachable(choice.Email) || r.Besides != nil && away(choice.Email) {
			nobody = append(nobody, l.Reference)
			continue
		}
		if r.Instead != "" {
			choice.InsteadOf = r.Instead
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
		more, err := desk.askLater(ctx, tx, now, box, c, byOfficer[c.Email+" "+c.InsteadOf], r)
		if err != nil {
			return nil, nil, err
		}
		owed = append(owed, more...)
	}
	return owed, nobody, nil
}

// askLater leaves the mail to one officer to be made: at once, or with the day's others.
func (desk *Desk) askLater(ctx context.Context, tx *ledger.Tx, now time.Time, box *department.Inbox, c officers.Choice, lines []officers.EscalatedLine, r officers.Routing) ([]ledger.OutboxEntry, error) {
	daily, err := desk.inDailyMail(ctx, tx, now, c.Officer)
	if err != nil {
		return nil, err
	}
	if daily {
		var waiting []ledger.DigestLine
		for _, l := range lines {
			waiting = append(waiting, ledger.DigestLine{Officer: c.Email, Line: l.Line, InsteadOf: c.InsteadOf})
		}
		if err := tx.Officers.AddDigestLines(ctx, now, waiting...); err != nil {
			return nil, err
		}
		at := desk.dept.DigestAt(box, now)
		to := desk.dept.Role(outbox.Digest, c.Email)
		tx.Then(func() {
			desk.log.Info("lines wait for a daily mail", "to", to, "lines", len(lines), "due", at.UTC().Format(time.RFC3339))
		})
		return []ledger.OutboxEntry{outbox.New(outbox.Digest, c.Email+" "+desk.dept.Day(at).String(), ledger.OutboxEntry{DueAt: at}, outbox.DigestDetail{Officer: c.Email})}, nil
	}
	d := outbox.EscalationDetail{Officer: c.Email, InsteadOf: c.InsteadOf, Why: r.Why}
	submissions := map[int64]bool{}
	for _, l := range lines {
		d.Lines = append(d.Lines, l.Line)
		submissions[l.Submission] = true
	}
	o := ledger.OutboxEntry{Message: r.Message, Answers: askingOf(c.Email)}
	if len(submissions) == 1 {
		o.Submission = lines[0].Submission
	}
	return []ledger.OutboxEntry{outbox.New(outbox.Escalation, r.Cause+" "+c.Email, o, d)}, nil
}

// mostSingleMails is how many mails of their own ask one officer for decisions in a day. What comes after them waits for the
// officer's daily mail.
const mostSingleMails = 8

// inDailyMail reports whether lines wait for an officer's daily mail: because the roster says so, or because the officer had as many
// mails today as one can work through.
func (desk *Desk) inDailyMail(ctx context.Context, tx *ledger.Tx, now time.Time, o officers.Officer) (bool, error) {
	if o.Digest {
		return true, nil
	}
	n, err := tx.Outbox.CountKind(ctx, outbox.Escalation, askingOf(o.Email), desk.dept.Day(now).Time(desk.dept.Zone))
	return n >= mostSingleMails, err
}

// askingOf is the name under which the mails are counted that ask an officer.
func askingOf(officer string) string { return "asking " + strings.ToLower(officer) }

// reroute takes what still waits of an escalation from its officer, for the backup or who else may decide it, unless somebody else is
// asked about it already. The old code decides no more; lines that find nobody are the operator's to see to. placed is false, and
// nothing is done, when no line finds anybody.
func (desk *Desk) reroute(ctx context.Context, tx *ledger.Tx, now time.Time, a *openEscalation, r officers.Routing) (owed []ledger.OutboxEntry, placed bool, err error) {
	r.Instead, r.Leaving = a.escalation.Officer, a.escalation.Officer
	if a.escalation.InsteadOf != "" {
		r.Instead = a.escalation.InsteadOf // whose place it is, however often it is passed on
	}
	r.Cause = fmt.Sprintf("%s from %s", r.Cause, a.escalation.Code)
	asked, err := desk.whoIsAsked(ctx, tx)
	if err != nil {
		return nil, false, err
	}
	passed := append(slices.Clone(r.Unreachable), a.escalation.Officer)
	lines := record.EscalatedLines(a.files, a.waiting)
	rest := slices.DeleteFunc(slices.Clone(lines), func(l officers.EscalatedLine) bool { return asked.byAnother(l.Line, passed) })
	owed, nobody, err := desk.Route(ctx, tx, now, a.files[0].Inbox, rest, r)
	if err != nil || len(owed) == 0 && len(rest) == len(lines) {
		return nil, false, err
	}
	if len(nobody) > 0 {
		owed = append(owed, outbox.NobodyDecides(a.submission(), nobody))
	}
	if _, err = tx.Escalations.Move(ctx, now, a.escalation.ID, a.escalation.State, ledger.EscalationRerouted); err != nil {
		return nil, false, err
	}
	return owed, true, tx.Escalations.TakeFrom(ctx, now, a.escalation.Officer, linesOf(a.escalation.Tokens))
}
