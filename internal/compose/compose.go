// Package compose owns the answer step: it writes the mails that entries of the outbox ask for, with what each of them needs
// in hand, and keeps their finished bytes. The rooms bring a composer for each kind of mail that is theirs.
//
// It refuses to decide what is told to whom, and to send.
package compose

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"handrail/internal/batch"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/rules"
)

// Mail writes the mails of one entry into its draft.
type Mail func(ctx context.Context, now time.Time, m *Draft) error

// Mails are composers by kind: those of one room, or of all.
type Mails map[string]Mail

// Options is what a Writer is made of. All of it is required unless it says otherwise.
type Options struct {
	Engine  *batch.Job
	Ledger  *ledger.Ledger
	Dept    *department.Department
	Records *record.Reader
	// BlankForm is the form that goes along with a refusal, for a policy and in a language; all: with every field.
	BlankForm func(policy *rules.Policy, lang request.Lang, all bool) ([]byte, error)
	// Rooms are the mails that the rooms compose.
	Rooms []Mails
	// Deadline is how long writing one answer may take; 0: a usual time. It is never the deadline of a transaction.
	Deadline time.Duration
}

// Writer is the answer step. It is safe for concurrent use.
type Writer struct {
	engine    *batch.Job
	ledger    *ledger.Ledger
	dept      *department.Department
	records   *record.Reader
	blankForm func(policy *rules.Policy, lang request.Lang, all bool) ([]byte, error)
	mails     Mails
	deadline  time.Duration
}

// New checks the options: every kind of the table of mails has one composer.
func New(o Options) (*Writer, error) {
	if o.Engine == nil || o.Ledger == nil || o.Dept == nil || o.Records == nil || o.BlankForm == nil {
		return nil, errors.New("the answer step needs a job, a ledger, a department, its records and the blank form")
	}
	w := &Writer{engine: o.Engine, ledger: o.Ledger, dept: o.Dept, records: o.Records, blankForm: o.BlankForm, mails: Mails{},
		deadline: batch.Shortened("HANDRAIL_ANSWER_DEADLINE", cmp.Or(o.Deadline, usualDeadline))}
	own := Mails{outbox.Answer: w.answer, outbox.Unreadable: w.unreadable, outbox.OperatorAlert: w.alert, outbox.Trial: w.trial}
	for _, room := range append(slices.Clone(o.Rooms), own) {
		for kind, mail := range room {
			if _, twice := w.mails[kind]; twice {
				return nil, fmt.Errorf("two rooms compose the mail %q", kind)
			}
			w.mails[kind] = mail
		}
	}
	for _, k := range outbox.Kinds() {
		if w.mails[k.Name] == nil {
			return nil, fmt.Errorf("no room composes the mail %q", k.Name)
		}
	}
	return w, nil
}

// Draft is what one owed answer became: mails, and for an officer the escalation with its tokens.
type Draft struct {
	Entry      ledger.OutboxEntry
	Case       *record.Case // while it is being made, for those that are about a submission
	Escalation *ledger.Escalation
	DailyLines []int64 // the lines that a daily mail took, whether they still waited or not
	ToldLines  []int64 // the lines that a manager's daily mail took
	Mails      []ledger.Outgoing
	Told       []int64              // other entries that the mails say as well
	News       []int64              // links of the chain that the mails tell of, each to its recipient
	Spent      []ledger.Digest      // kept bytes that nothing needs once the mails are
	Next       []ledger.OutboxEntry // what else is to be told at once: the rest of a mail that would be too long
	err        error
}

// Compose writes the mails that are owed. Annotating and composing happen side by side and outside any transaction; then
// one transaction takes what is owed, each for itself, and keeps the finished bytes of every mail.
func (writer *Writer) Compose(ctx context.Context, h *batch.Claim) error {
	now := writer.engine.Now()
	all, weights, err := writer.entriesDue(ctx, now, h.IDs())
	if err != nil {
		return err
	}
	for rest := all; len(rest) > 0; {
		n := atOnce(rest, weights)
		if err := writer.composeSome(ctx, now, h, rest[:n], weights); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// composeSome writes some of the mails that are owed, within the memory that their workbooks and lines need, and keeps them. What
// they hold is let go of with the mails.
func (writer *Writer) composeSome(ctx context.Context, now time.Time, h *batch.Claim, all []Draft, weights map[int64]ledger.CaseWeight) error {
	held, err := writer.roomToAnswer(ctx, all, weights)
	defer held.Release()
	if err != nil {
		return err
	}
	if err := writer.readCases(ctx, all); err != nil {
		return err
	}
	writer.composeAll(ctx, now, all, held)
	err = writer.ledger.Update(ctx, func(tx *ledger.Tx) error {
		for i := range all {
			m := &all[i]
			if m.err == nil {
				m.err = tx.Alone(ctx, func() error { return writer.saveDraft(ctx, tx, now, h, m) })
			}
			if batch.IsLedgerError(m.err) && ctx.Err() == nil {
				return m.err
			}
		}
		batch.Crash("answer.before-commit")
		return nil
	})
	batch.Crash("answer.after-commit")
	if err != nil {
		return err
	}
	for i := range all {
		m := &all[i]
		m.Mails = nil // their bytes are kept
		if m.err != nil {
			h.Fail(m.Entry.ID, fmt.Errorf("answer %s %s: %w", m.Entry.Kind, m.Entry.Cause, m.err))
		}
	}
	return nil
}

// saveDraft takes one owed answer and keeps its mails.
func (writer *Writer) saveDraft(ctx context.Context, tx *ledger.Tx, now time.Time, h *batch.Claim, m *Draft) error {
	if mine, err := h.Finish(ctx, tx, batch.Key(m.Entry.ID)); err != nil || !mine {
		return err
	}
	if won, err := tx.Outbox.Composed(ctx, now, m.Entry.ID); err != nil || !won {
		return err
	}
	if err := save(ctx, tx, now, m); err != nil {
		return err
	}
	if len(m.Spent) > 0 {
		if err := tx.Documents.Forget(ctx, m.Spent...); err != nil {
			return err
		}
	}
	if len(m.Next) > 0 {
		if _, err := tx.Outbox.Add(ctx, outbox.Due(m.Next, now)...); err != nil {
			return err
		}
		if err := writer.engine.Wake(ctx, tx, batch.Answer); err != nil {
			return err
		}
	}
	tx.Then(func() { writer.engine.Count(batch.Answer, 1) })
	return writer.engine.Wake(ctx, tx, batch.Send)
}

// entriesDue is what is owed, and what each submission weighs that it is about.
func (writer *Writer) entriesDue(ctx context.Context, now time.Time, ids []int64) (all []Draft, weights map[int64]ledger.CaseWeight, err error) {
	err = writer.ledger.View(ctx, func(tx *ledger.Tx) error {
		owed, err := tx.Outbox.Due(ctx, now, ids)
		if err != nil {
			return err
		}
		var submissions []int64
		for _, o := range owed {
			all = append(all, Draft{Entry: o})
			if o.Submission != 0 {
				submissions = append(submissions, o.Submission)
			}
		}
		weights, err = tx.Lines.WeighCases(ctx, submissions)
		return err
	})
	return all, weights, err
}

// Answers are made together up to these bounds, so that those of one batch need not wait for memory: a line with its facts
// is some kilobytes, and a form can have thousands.
const (
	linesAtOnce = 2000
	bytesAtOnce = 4 << 20 // of workbooks
)

// atOnce is how many of the next answers are made at once: at least one.
func atOnce(next []Draft, weights map[int64]ledger.CaseWeight) int {
	var lines, bytes int64
	for i := range next {
		w := weights[next[i].Entry.Submission]
		lines, bytes = lines+w.Lines, bytes+w.Bytes
		if i > 0 && (lines > linesAtOnce || bytes > bytesAtOnce) {
			return i
		}
	}
	return len(next)
}

// readCases gives every answer its case file, read in one transaction: on SQLite each one that begins after a write
// throws away what the connection had cached. Two answers about one submission share its file.
func (writer *Writer) readCases(ctx context.Context, next []Draft) error {
	var submissions []int64
	for i := range next {
		if o := &next[i].Entry; needsCase(o.Kind) && !slices.Contains(submissions, o.Submission) {
			submissions = append(submissions, o.Submission)
		}
	}
	return writer.ledger.View(ctx, func(tx *ledger.Tx) error {
		files, err := writer.records.Read(ctx, tx, submissions)
		for i := range next {
			next[i].Case = files[next[i].Entry.Submission]
		}
		return err
	})
}

func save(ctx context.Context, tx *ledger.Tx, now time.Time, m *Draft) error {
	if m.Escalation != nil {
		opened, err := tx.Escalations.Add(ctx, now, []ledger.Escalation{*m.Escalation})
		if err != nil {
			return err
		}
		for i := range m.Mails {
			m.Mails[i].Escalation = opened[0]
		}
	}
	if len(m.DailyLines) > 0 {
		var d outbox.DigestDetail
		if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
			return err
		}
		if err := tx.Officers.TakeDigestLines(ctx, d.Officer, m.DailyLines); err != nil {
			return err
		}
		batch.Crash("answer.daily-mail")
	}
	if len(m.ToldLines) > 0 {
		var d outbox.DigestDetail
		if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
			return err
		}
		if err := tx.Officers.TakeToldLines(ctx, d.Officer, m.ToldLines); err != nil {
			return err
		}
	}
	for i := range m.Mails {
		if err := tx.Changes.Told(ctx, now, strings.ToLower(m.Mails[i].Recipient), m.News...); err != nil {
			return err
		}
	}
	if len(m.Told) > 0 {
		if err := tx.Outbox.ComposedInto(ctx, now, m.Told); err != nil {
			return err
		}
	}
	_, err := tx.Outbox.AddMails(ctx, now, m.Mails)
	return err
}

func (writer *Writer) composeAll(ctx context.Context, now time.Time, all []Draft, held batch.Reservations) {
	work := make(chan *Draft)
	var wait sync.WaitGroup
	for range min(writer.engine.Workers(), len(all)) {
		wait.Go(func() {
			for m := range work {
				made, err := batch.Within(ctx, "writing the answer", writer.deadline, func(ctx context.Context) (*Draft, error) {
					defer held.Lend()()
					own := *m // who is given up goes on writing to its own
					batch.CrashFor("answer.make", batch.Key(own.Entry.ID))
					return &own, writer.compose(ctx, now, &own)
				})
				if err == nil {
					*m = *made
				}
				m.err, m.Case = err, nil
			}
		})
	}
	for i := range all {
		work <- &all[i]
	}
	close(work)
	wait.Wait()
}

// usualDeadline is how long writing one answer usually may take.
const usualDeadline = 5 * time.Minute

// compose writes the mails of one entry.
func (writer *Writer) compose(ctx context.Context, now time.Time, m *Draft) error {
	compose := writer.mails[m.Entry.Kind]
	if compose == nil {
		return fmt.Errorf("this version does not know how to answer %q", m.Entry.Kind)
	}
	return compose(ctx, now, m)
}

func needsCase(kind string) bool {
	k, _ := outbox.KindOf(kind)
	return k.Case
}
