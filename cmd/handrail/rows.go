package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
)

// stepWords says what a step does with one of its rows.
var stepWords = map[ledger.Step]string{
	ledger.CollectStep: "fetch a message",
	ledger.JudgeStep:   "judge a message",
	ledger.FileStep:    "move a message to its folder",
	ledger.AnswerStep:  "write a mail",
	ledger.SendStep:    "send a mail",
	ledger.KeepStep:    "put a copy of a mail into Sent",
	ledger.RemindStep:  "remind an officer",
	ledger.WeeklyStep:  "make a weekly workbook",
}

// failedRow is a row that failed, as a person and as a script read it.
type failedRow struct {
	Row      string      `json:"row"`
	Step     ledger.Step `json:"step"`
	What     string      `json:"what"` // in words
	Kind     string      `json:"kind,omitempty"`
	Person   string      `json:"person,omitempty"`
	Failures int         `json:"failures"`         // of its own
	Deaths   int         `json:"deaths,omitempty"` // of the program, or deadlines passed, while it was in hand alone
	Alone    bool        `json:"alone,omitempty"`  // it is tried without others
	Since    time.Time   `json:"since"`
	Last     time.Time   `json:"last,omitzero"`
	Next     time.Time   `json:"next_at,omitzero"`
	Aside    time.Time   `json:"set_aside_at,omitzero"`
	WaitsFor string      `json:"waits_for,omitempty"` // the outage
	Words    string      `json:"words"`
	Release  string      `json:"release,omitempty"` // the command that does
}

// describeRow says what an attempt is about.
func describeRow(ctx context.Context, tx *ledger.Tx, a *ledger.Attempt) (failedRow, error) {
	facts, _, err := tx.Attempts.RowFacts(ctx, a.Step, a.Key)
	r := failedRow{Row: a.Row(), Step: a.Step, What: stepWords[a.Step], Kind: facts.Kind, Person: facts.Person, Failures: a.Faults, Deaths: a.Deaths,
		Alone: a.Alone, Since: a.FailedAt, Last: a.LastAt, Aside: a.AsideAt, WaitsFor: a.WaitsFor, Words: a.Words}
	if a.AsideAt.IsZero() {
		r.Next = a.RetryAt
	} else {
		r.Release = releasing(a)
	}
	return r, err
}

func describeRows(ctx context.Context, tx *ledger.Tx, attempts []ledger.Attempt) ([]failedRow, error) {
	rows := make([]failedRow, len(attempts))
	for i := range attempts {
		var err error
		if rows[i], err = describeRow(ctx, tx, &attempts[i]); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// releasing is the command that releases a row, as one types it in a shell.
func releasing(a *ledger.Attempt) string {
	row := a.Row()
	if strings.ContainsAny(row, " '\"$&;|<>()*?\\`#~") {
		row = "'" + strings.ReplaceAll(row, "'", `'\''`) + "'"
	}
	return "handrail retry " + row
}

// named is the row with what it is: "answer:12, write a mail (decision)".
func (r *failedRow) named() string {
	about := r.Kind
	switch {
	case r.Person == "":
	case r.Step == ledger.SendStep || r.Step == ledger.KeepStep:
		about += " to " + r.Person
	case r.Step == ledger.RemindStep:
		about += r.Person
	default:
		about += "from " + r.Person
	}
	if about != "" {
		about = " (" + about + ")"
	}
	return r.Row + ", " + cmp.Or(r.What, string(r.Step)) + about
}

// story says how often it failed, since when, and when it is tried again.
func (r *failedRow) story(now time.Time, zone *time.Location) string {
	said := "failed"
	switch {
	case r.Failures == 1:
		said += " once"
	case r.Failures > 1:
		said += fmt.Sprintf(" %d times", r.Failures)
	case r.WaitsFor != "":
		said = "waits for " + batch.OutageWords(r.WaitsFor)
	}
	said += " since " + minuteIn(r.Since, zone)
	if r.Alone {
		said += ", is tried alone because Handrail stopped over it or gave it up"
	}
	return said + nextTry(r.Next, now, zone)
}

// nextTry says when something is tried again.
func nextTry(at, now time.Time, zone *time.Location) string {
	switch {
	case at.IsZero():
		return ""
	case at.After(now):
		return ", next try " + minuteIn(at, zone)
	}
	return ", next try in the next pass"
}

// outage is something around the job that does not work.
type outage struct {
	Name     string    `json:"name"`
	What     string    `json:"what"` // in words
	Since    time.Time `json:"since"`
	Failures int       `json:"failures,omitempty"`
	Next     time.Time `json:"next_at,omitzero"`
	Words    string    `json:"words"`
	Hint     string    `json:"hint,omitempty"`
}

func outageOf(o *ledger.Outage) outage {
	return outage{Name: o.Name, What: batch.OutageWords(o.Name), Since: o.FailedAt, Failures: o.Failures, Next: o.RetryAt, Words: o.Words,
		Hint: batch.OutageHint(o.Name, o.Class, o.Words).EN}
}

func minute(at time.Time) string { return minuteIn(at, time.Local) }

func minuteIn(at time.Time, zone *time.Location) string {
	return at.In(zone).Format("2006-01-02 15:04")
}
