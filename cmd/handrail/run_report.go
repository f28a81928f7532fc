package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/internal/ledger"
)

// lateRows are the rows that failed and are not done.
type lateRows struct {
	all  int
	some []failedRow // the first of them
}

// reportOnce says what one pass did, on standard output, and what somebody must know of, on standard error.
func (t *terminal) reportOnce(r *batch.Report, late lateRows, f formatted) error {
	if f.asJSON() {
		return t.reportOnceJSON(r, late)
	}
	did := doneWords(r.Done)
	switch {
	case did != "":
	case len(r.Troubles) > 0:
		did = "nothing was done"
	default:
		did = "nothing was waiting"
	}
	fmt.Fprintln(t.out, "handrail: "+did)
	if r.Pending.Later > 0 {
		fmt.Fprintf(t.out, "later: %d, the first at %s\n", r.Pending.Later, minute(r.Pending.NextAt))
	}
	if late.all > 0 {
		fmt.Fprintf(t.out, "to be tried again by the next run: %d\n", late.all)
	}
	return troubleOf(r.Troubles, late.some)
}

// doneWords counts what each step finished; "" nothing.
func doneWords(done map[batch.Step]int) string {
	var did []string
	for _, s := range []struct {
		step batch.Step
		one  string
		many string
	}{
		{batch.Collect, "message collected", "messages collected"}, {batch.Judge, "judged", "judged"}, {batch.File, "filed", "filed"},
		{batch.Answer, "answer written", "answers written"}, {batch.Send, "mail sent", "mails sent"},
		{batch.Remind, "reminder", "reminders"}, {batch.Weekly, "weekly report", "weekly reports"},
	} {
		switch n := done[s.step]; {
		case n == 1:
			did = append(did, "1 "+s.one)
		case n > 1:
			did = append(did, fmt.Sprintf("%d %s", n, s.many))
		}
	}
	return strings.Join(did, ", ")
}

// reportOnceJSON is reportOnce for a script.
func (t *terminal) reportOnceJSON(r *batch.Report, late lateRows) error {
	trouble := troubleOf(r.Troubles, late.some)
	answer := struct {
		Done     map[batch.Step]int `json:"done"` // what each step finished
		Later    int                `json:"later"`
		NextAt   time.Time          `json:"next_at,omitzero"`
		Again    int                `json:"tried_again"` // by the next run
		Outages  []outage           `json:"outages"`
		Failed   []failedRow        `json:"rows_failed"`
		Troubles []string           `json:"troubles"` // as they stand on standard error
	}{r.Done, r.Pending.Later, r.Pending.NextAt, late.all, []outage{}, append([]failedRow{}, late.some...), []string{}}
	for _, err := range r.Troubles {
		var o *batch.OutageError
		if errors.As(err, &o) {
			answer.Outages = append(answer.Outages, outageIn(o))
		}
	}
	var f *failure
	if errors.As(trouble, &f) {
		for _, one := range f.all {
			answer.Troubles = append(answer.Troubles, one.Error())
		}
	}
	if err := t.document(answer); err != nil {
		return err
	}
	return trouble
}

// outageIn is an outage as the pass met it.
func outageIn(o *batch.OutageError) outage {
	return outage{Name: o.Name, What: batch.OutageWords(o.Name), Since: o.Since, Next: o.Until, Words: o.Words, Hint: batch.OutageHint(o.Name, string(o.Class), o.Words).EN}
}

// mostRows is how many rows that failed are named one by one.
const mostRows = 5

// troubleOf joins what went wrong, each thing once and with its hint; nil when nothing did. The exit code is the gravest.
func troubleOf(all []error, late []failedRow) error {
	if len(all) == 0 {
		return nil
	}
	f := &failure{code: exitAct, err: errors.Join(all...)}
	said, rows := map[string]bool{}, 0
	for _, err := range all {
		one := troubleWith(err, late)
		f.code = max(f.code, one.code)
		var row *batch.RowError
		if errors.As(err, &row) {
			if rows++; rows > mostRows {
				continue
			}
		}
		if text := one.Error(); !said[text] {
			said[text] = true
			f.all = append(f.all, one)
		}
	}
	if more := rows - mostRows; more > 0 {
		f.all = append(f.all, &failure{code: exitAct, err: fmt.Errorf("%d more rows failed", more), hint: whatFailed})
	}
	return f
}

const whatFailed = "the next run tries them again, and nothing else waits for them; handrail ledger status lists what failed, how often and why"

// troubleWith is jobTrouble with what is known of the row that failed.
func troubleWith(err error, late []failedRow) *failure {
	var row *batch.RowError
	if errors.As(err, &row) {
		it := failedRow{Row: fmt.Sprintf("%s:%s", row.Step, row.Row), What: stepWords[ledger.Step(row.Step)], Words: row.Err.Error()}
		for i := range late {
			if late[i].Row == it.Row {
				it = late[i]
			}
		}
		return &failure{code: exitAct, err: fmt.Errorf("%s: failed: %s", it.named(), it.Words), hint: whatFailed}
	}
	var f *failure
	if !errors.As(jobTrouble(err), &f) {
		f = &failure{code: exitUnreachable, err: err}
	}
	return f
}

// outageTrouble says what does not work around the job.
func outageTrouble(o *batch.OutageError) *failure {
	what := outageIn(o)
	var ours *ledger.Error
	if errors.As(o.Err, &ours) {
		what.Hint = ours.Hint.EN
	}
	var server *ingest.ServerError
	if errors.As(o.Err, &server) {
		what.Hint = server.Hint().EN
	}
	if o.Class == ingest.CredentialsError {
		what.Hint = fmt.Sprintf("%s It is tried again after %s, or when its secret changes.", strings.TrimSpace(what.Hint), minute(o.Until))
	}
	return &failure{code: exitUnreachable, err: fmt.Errorf("%s has not worked since %s: %s", what.What, minute(what.Since), what.Words), hint: what.Hint}
}

// lateTrouble says what of ours waits too long.
func lateTrouble(late *batch.LateError) *failure {
	const aside = "handrail ledger status lists them, and the command that releases each when its cause is gone; this is said once a day"
	const mails = "handrail ledger status shows the server's words beside each mail; the next run tries them again"
	f := &failure{code: exitAct, hint: mails}
	switch {
	case late.Aside == 1:
		f.err, f.hint = errors.New("1 row is set aside, and is not tried again before somebody releases it"), aside
	case late.Aside > 1:
		f.err, f.hint = fmt.Errorf("%d rows are set aside, and are not tried again before somebody releases them", late.Aside), aside
	case late.Mails == 1:
		f.err = errors.New("1 mail has waited for more than an hour, because a mail server puts it off")
	default:
		f.err = fmt.Errorf("%d mails have waited for more than an hour, because a mail server puts them off", late.Mails)
	}
	return f
}

// findLate reads the rows that failed and are not done. A ledger that cannot be asked is told of by the rest.
func findLate(ctx context.Context, l *ledger.Ledger, attempts []ledger.Attempt) (late lateRows) {
	_ = l.View(ctx, func(tx *ledger.Tx) error {
		counts, err := tx.Attempts.Count(ctx)
		if err == nil {
			late.all = ledger.Total(counts.Failed)
			late.some, err = describeRows(ctx, tx, attempts)
		}
		return err
	})
	return late
}
