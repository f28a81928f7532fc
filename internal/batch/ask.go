package batch

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/notify"
)

// newAsked is a code to be given out over those of the lines that still wait, numbered in the order of their workbooks.
func (j *Job) newAsked(now time.Time, d *escalationDetail, files []*caseFile) *asked {
	a := &asked{files: files, escalation: ledger.Escalation{Code: j.o.Code(), Officer: d.Officer, InsteadOf: d.InsteadOf,
		State: ledger.EscalationOpen, OpenedAt: now, ExpiresAt: now.Add(j.o.Decisions.expires())}}
	wanted := amongLines(d.Lines)
	for _, f := range files {
		for i := range f.lines {
			if c := &f.lines[i]; wanted(c) && c.line.Outcome == request.Escalated && !c.kept {
				a.escalation.Tokens = append(a.escalation.Tokens, ledger.Token{Line: c.line.ID, Digest: c.line.Digest})
			}
		}
	}
	a.number()
	a.escalation.Submission = a.submission()
	a.escalation.NextAt = j.calendar(files[0].box).after(now, j.o.Decisions.remindAfter())
	return a
}

// number gives the lines their numbers, in the order of their tokens.
func (a *asked) number() {
	for i := range a.escalation.Tokens {
		t := &a.escalation.Tokens[i]
		t.Ordinal = i + 1
	}
	a.index()
}

// bySupplier numbers the lines so that those of one supplier stand together, whoever asked for them.
func (a *asked) bySupplier() {
	supplier := map[int64]string{}
	for _, f := range a.files {
		for i := range f.lines {
			supplier[f.lines[i].line.ID] = request.SupplierName(f.lines[i].line.Supplier)
		}
	}
	slices.SortStableFunc(a.escalation.Tokens, func(x, y ledger.Token) int { return cmp.Compare(supplier[x.Line], supplier[y.Line]) })
	a.number()
}

// askOfficer is the one mail to an officer: the escalated lines of a submission that are theirs to decide.
func (j *Job) askOfficer(ctx context.Context, now time.Time, m *made) error {
	var d escalationDetail
	if err := json.Unmarshal(m.owed.Detail, &d); err != nil {
		return err
	}
	files := []*caseFile{m.file}
	if m.owed.Submission == 0 {
		var err error
		if files, err = j.openLines(ctx, d.Lines); err != nil {
			return err
		}
	} else if _, err := m.file.unpack(); err != nil {
		return err
	}
	a := j.newAsked(now, &d, files)
	mail, err := j.compose(ctx, a, "escalation", d.Why, now)
	if err != nil || mail == nil {
		return err
	}
	m.escalation = &a.escalation
	m.mails = append(m.mails, a.outgoing("escalation", m.owed.Cause, *mail, now))
	return nil
}

// askDaily is an officer's one mail of the day, over all that waits for it.
func (j *Job) askDaily(ctx context.Context, now time.Time, m *made) error {
	var d digestDetail
	if err := json.Unmarshal(m.owed.Detail, &d); err != nil {
		return err
	}
	var waiting []ledger.DigestLine
	err := j.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		waiting, err = tx.DigestLines(ctx, d.Officer)
		return err
	})
	if err != nil || len(waiting) == 0 {
		return err
	}
	e := escalationDetail{Officer: d.Officer}
	for _, w := range waiting {
		m.daily = append(m.daily, w.Line)
		e.Lines = append(e.Lines, w.Line)
		e.InsteadOf = w.InsteadOf
	}
	// Lines of somebody else's are named as such; the officer's own and a colleague's in one mail are nobody's place.
	if slices.ContainsFunc(waiting, func(w ledger.DigestLine) bool { return w.InsteadOf != e.InsteadOf }) {
		e.InsteadOf = ""
	}
	files, err := j.openLines(ctx, e.Lines)
	if err != nil {
		return err
	}
	a := j.newAsked(now, &e, files)
	a.bySupplier()
	mail, err := j.compose(ctx, a, "digest", request.Text{}, now)
	if err != nil || mail == nil {
		return err
	}
	m.escalation = &a.escalation
	m.mails = append(m.mails, a.outgoing("escalation", "digest "+m.owed.Cause, *mail, now))
	return nil
}

// openLines reads the requests that lines belong to.
func (j *Job) openLines(ctx context.Context, lines []int64) (files []*caseFile, err error) {
	err = j.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
		e := ledger.Escalation{}
		for _, id := range lines {
			e.Tokens = append(e.Tokens, ledger.Token{Line: id})
		}
		a, err := j.readAsked(ctx, tx, e)
		if err != nil {
			return err
		}
		_, err = a.unpack()
		files = a.files
		return err
	})
	return files, err
}

// compose writes the mail that asks for decisions, nil when nothing waits any more.
func (j *Job) compose(ctx context.Context, a *asked, kind string, why request.Text, now time.Time) (*notify.Mail, error) {
	lines := a.lines(a.waiting)
	if len(lines) == 0 {
		return nil, nil // withdrawn, replaced or decided in the meantime
	}
	if err := j.addHistory(ctx, a, lines); err != nil {
		return nil, err
	}
	officer := a.officer()
	cause := kind + " " + a.escalation.Code
	if kind == "reminder" {
		cause = fmt.Sprintf("%s %d", cause, a.escalation.Reminders+1)
	}
	e := a.asking(j.envelope(officer.Email, officer.Name, officer.Language, cause, now, thread{}), lines)
	e.Why, e.DecideBy = why, j.decideBy(a.files[0].box, a.escalation.OpenedAt)
	var err error
	if e.Workbook, err = a.decisionBook(lines, officer.Language); err != nil {
		return nil, err
	}
	writer := j.writer(a.files[0].box)
	ask := writer.Escalation
	switch kind {
	case "digest":
		ask = writer.Digest
	case "reminder":
		ask = writer.Reminder
	}
	mail, err := ask(e)
	return &mail, err
}
