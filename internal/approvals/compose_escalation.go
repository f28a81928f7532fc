package approvals

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/internal/compose"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// newOpenEscalation is a code to be given out over those of the lines that still wait, numbered in the order of their workbooks.
func (desk composer) newOpenEscalation(now time.Time, d *outbox.EscalationDetail, files []*record.Case) *openEscalation {
	a := &openEscalation{files: files, escalation: ledger.Escalation{Code: desk.desk.newCode(), Officer: d.Officer, InsteadOf: d.InsteadOf,
		State: ledger.EscalationOpen, OpenedAt: now, AskedAt: now, ExpiresAt: now.Add(desk.desk.dept.Decisions.ExpiryTime())}}
	wanted := amongLines(d.Lines)
	for _, f := range files {
		for i := range f.Lines {
			if c := &f.Lines[i]; wanted(c) && c.Recorded.Outcome == request.Escalated && !c.Kept {
				a.escalation.Tokens = append(a.escalation.Tokens, ledger.Token{Line: c.Recorded.ID, Digest: c.Recorded.Digest})
			}
		}
	}
	a.number()
	a.escalation.Submission = a.submission()
	a.escalation.NextAt = desk.desk.dept.Calendar(files[0].Inbox).After(now, desk.desk.dept.Decisions.RemindTime())
	return a
}

// number gives the lines their numbers, in the order of their tokens.
func (a *openEscalation) number() {
	for i := range a.escalation.Tokens {
		t := &a.escalation.Tokens[i]
		t.Ordinal = i + 1
	}
	a.index()
}

// bySupplier numbers the lines so that those of one supplier stand together, whoever asked for them.
func (a *openEscalation) bySupplier() {
	supplier := map[int64]string{}
	for _, f := range a.files {
		for i := range f.Lines {
			supplier[f.Lines[i].Recorded.ID] = request.SupplierName(f.Lines[i].Recorded.Supplier)
		}
	}
	slices.SortStableFunc(a.escalation.Tokens, func(x, y ledger.Token) int { return cmp.Compare(supplier[x.Line], supplier[y.Line]) })
	a.number()
}

// composeEscalation is the one mail to an officer: the escalated lines of a submission that are theirs to decide.
func (desk composer) composeEscalation(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d outbox.EscalationDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	files := []*record.Case{m.Case}
	if m.Entry.Submission == 0 {
		var err error
		if files, err = desk.openLines(ctx, d.Lines); err != nil {
			return err
		}
	} else if _, err := m.Case.Unpack(); err != nil {
		return err
	}
	a := desk.newOpenEscalation(now, &d, files)
	mail, err := desk.escalationMail(ctx, m, a, outbox.Escalation, d.Why, now)
	if err != nil || mail == nil {
		return err
	}
	m.Escalation = &a.escalation
	m.Mails = append(m.Mails, a.outgoing(outbox.Escalation, m.Entry.Cause, *mail, now))
	return nil
}

// digestLines is how many lines one daily mail asks about, those that waited longest: each of them can be seen in it, and its
// code decides no line that cannot. The others follow at once in mails of their own.
const digestLines = 40

// afterDigest is the cause of the mail that follows another of the same day.
func afterDigest(cause string, after int) string {
	if after > 0 {
		cause = strings.TrimSuffix(cause, fmt.Sprintf(" +%d", after))
	}
	return fmt.Sprintf("%s +%d", cause, after+1)
}

// composeDigest is an officer's mail of the day, over all that waits for it.
func (desk composer) composeDigest(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d outbox.DigestDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	var waiting []ledger.DigestLine
	err := desk.desk.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		waiting, err = tx.Officers.DigestLines(ctx, d.Officer)
		return err
	})
	if err != nil || len(waiting) == 0 {
		return err
	}
	more := len(waiting) - digestLines
	if more > 0 {
		waiting = waiting[:digestLines]
		m.Next = append(m.Next, outbox.New(outbox.Digest, afterDigest(m.Entry.Cause, d.After), ledger.OutboxEntry{}, outbox.DigestDetail{Officer: d.Officer, After: d.After + 1}))
	}
	e := outbox.EscalationDetail{Officer: d.Officer}
	for _, w := range waiting {
		m.DailyLines = append(m.DailyLines, w.Line)
		e.Lines = append(e.Lines, w.Line)
		e.InsteadOf = w.InsteadOf
	}
	// Lines of somebody else's are named as such; the officer's own and a colleague's in one mail are nobody's place.
	if slices.ContainsFunc(waiting, func(w ledger.DigestLine) bool { return w.InsteadOf != e.InsteadOf }) {
		e.InsteadOf = ""
	}
	files, err := desk.openLines(ctx, e.Lines)
	if err != nil {
		return err
	}
	a := desk.newOpenEscalation(now, &e, files)
	a.bySupplier()
	a.more = max(more, 0)
	mail, err := desk.escalationMail(ctx, m, a, outbox.Digest, request.Text{}, now)
	if err != nil || mail == nil {
		return err
	}
	m.Escalation = &a.escalation
	m.Mails = append(m.Mails, a.outgoing(outbox.Escalation, "digest "+m.Entry.Cause, *mail, now))
	return nil
}

// openLines reads the requests that lines belong to.
func (desk composer) openLines(ctx context.Context, lines []int64) (files []*record.Case, err error) {
	err = desk.desk.ledger.View(ctx, func(tx *ledger.Tx) error {
		e := ledger.Escalation{}
		for _, id := range lines {
			e.Tokens = append(e.Tokens, ledger.Token{Line: id})
		}
		a, err := desk.desk.readEscalation(ctx, tx, e)
		if err != nil {
			return err
		}
		_, err = a.unpack()
		files = a.files
		return err
	})
	return files, err
}

// escalationMail writes the mail that asks for decisions, nil when nothing waits any more.
func (desk composer) escalationMail(ctx context.Context, m *compose.Draft, a *openEscalation, kind string, why request.Text, now time.Time) (*notify.Mail, error) {
	lines := a.lines(a.waiting)
	if len(lines) == 0 {
		return nil, nil // withdrawn, replaced or decided in the meantime
	}
	if err := desk.addHistory(ctx, a, lines); err != nil {
		return nil, err
	}
	officer := a.officer()
	cause := kind + " " + a.escalation.Code
	if kind == outbox.Reminder {
		cause = fmt.Sprintf("%s %d", cause, a.escalation.Reminders+1)
	}
	e := a.asking(desk.desk.dept.Envelope(officer.Email, officer.Name, officer.Language, cause, now, outbox.Thread{}), lines)
	e.More = a.more
	e.Why, e.DecideBy = why, desk.desk.dept.DecideBy(a.files[0].Inbox, a.escalation.AskedAt)
	if kind != outbox.Digest || len(a.files) == 1 {
		e.Requester = a.requester()
	}
	var err error
	if e.News, err = desk.news(ctx, now, m, officer.Email, a.files[0].Inbox); err != nil {
		return nil, err
	}
	if e.Workbook, err = a.decisionBook(lines, officer.Language); err != nil {
		return nil, err
	}
	files, err := desk.requestFiles(ctx, a)
	if err != nil {
		return nil, err
	}
	e.Files, e.LeftOut = files.files, files.left
	writer := desk.desk.dept.Composer(a.files[0].Inbox)
	ask := writer.Escalation
	switch kind {
	case outbox.Digest:
		ask = writer.Digest
	case outbox.Reminder:
		ask = writer.Reminder
	}
	mail, err := ask(e)
	return &mail, err
}

// news is what came into force since the officer's last mail: each of it stands in one mail to the officer, whichever is written first.
func (desk composer) news(ctx context.Context, now time.Time, m *compose.Draft, officer string, box *department.Inbox) (said []request.Text, err error) {
	var links []int64
	officer = strings.ToLower(officer)
	if err := desk.desk.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		said, links, err = desk.desk.dept.News(ctx, tx, now, officer, box)
		return err
	}); err != nil {
		return nil, err
	}
	for _, link := range links {
		by, claimed := desk.desk.newsIn.LoadOrStore(fmt.Sprintf("%s %d", officer, link), m.Entry.ID)
		if claimed && by != m.Entry.ID {
			return nil, nil // another mail to this officer, being written as well, says it
		}
	}
	m.News = links
	return said, nil
}
