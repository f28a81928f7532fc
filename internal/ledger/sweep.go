package ledger

import (
	"context"
	"fmt"
	"time"
)

// Step is a verb of the job whose rows carry their own state.
type Step string

// The steps that the sweep gives jobs to. Collecting goes by schedule and weekly reports by comparing with the ledger.
const (
	JudgeStep  Step = "judge"  // intake rows
	FileStep   Step = "file"   // intake rows
	AnswerStep Step = "answer" // owed answers
	SendStep   Step = "send"   // outgoing mails
	KeepStep   Step = "keep"   // outgoing mails of which Sent lacks a copy
	RemindStep Step = "remind" // escalations
)

// apart is how far the clocks of machines that share a ledger may lie apart before a row that one has just made due, and whose
// job another got, is not due to that one: it would wait for a sweep.
const apart = 5 * time.Second

// Steps lists them in the order in which work goes through them.
func Steps() []Step { return []Step{JudgeStep, FileStep, AnswerStep, SendStep, KeepStep, RemindStep} }

type sweepQuery struct {
	table, due, order string
	timed             bool // due takes the instant as $1
}

var sweeps = map[Step]sweepQuery{
	JudgeStep:  {"message", "state = 'received'", "id", false},
	FileStep:   {"message", "filed_at IS NULL AND state IN ('judged', 'quarantined')", "id", false},
	AnswerStep: {"owed", "state = 'owed' AND due_at <= $1", "due_at, id", true},
	SendStep:   {"outgoing", "state IN ('held', 'ready', 'deferred', 'unknown') AND next_at <= $1", "next_at, id", true},
	KeepStep:   {"outgoing", "sent_copy = 'due'", "id", false},
	RemindStep: {"escalation", "state IN ('open', 'asked') AND next_at <= $1", "next_at, id", true},
}

// withoutJob holds for rows whose job was never made, is done, was lost or was given up.
const withoutJob = `(job IS NULL OR NOT EXISTS (SELECT 1 FROM river_job j WHERE j.id = job
	AND j.state IN ('available', 'pending', 'retryable', 'running', 'scheduled')))`

// WithoutJob lists at most limit rows that are due at now and that no live job of the queue names.
func (tx *Tx) WithoutJob(ctx context.Context, step Step, now time.Time, limit int) ([]int64, error) {
	return tx.sweep(ctx, step, now, limit, " AND "+withoutJob)
}

// Due lists at most limit rows that are due at now, whether a job names them or not.
func (tx *Tx) Due(ctx context.Context, step Step, now time.Time, limit int) ([]int64, error) {
	return tx.sweep(ctx, step, now, limit, "")
}

func (tx *Tx) sweep(ctx context.Context, step Step, now time.Time, limit int, more string) ([]int64, error) {
	q, ok := sweeps[step]
	if !ok {
		return nil, fmt.Errorf("no step is called %q", step)
	}
	args := []any{limit}
	place := "$1"
	if q.timed {
		args, place = []any{micros(now), limit}, "$2"
	}
	var ids []int64
	err := tx.each(ctx, func(scan func(...any) error) error {
		var id int64
		if err := scan(&id); err != nil {
			return err
		}
		ids = append(ids, id)
		return nil
	}, "SELECT id FROM "+q.table+" WHERE "+q.due+more+" ORDER BY "+q.order+" LIMIT "+place, args...)
	if err != nil {
		return nil, fmt.Errorf("look for what is due to %s: %w", step, err)
	}
	return ids, nil
}

// GiveJob notes which job of the queue will do a step's rows. Insert the job through SQL in the same transaction.
func (tx *Tx) GiveJob(ctx context.Context, step Step, ids []int64, job int64) error {
	q, ok := sweeps[step]
	if !ok {
		return fmt.Errorf("no step is called %q", step)
	}
	if _, err := execIn(ctx, tx, "UPDATE "+q.table+" SET job = $1 WHERE id IN (%IN%)", []any{optional(job)}, ids); err != nil {
		return fmt.Errorf("note the job of %s: %w", step, err)
	}
	return nil
}

// Pending is what one pass leaves to do.
type Pending struct {
	Due    map[Step]int // at this instant
	Later  int          // rows whose time lies in the future
	NextAt time.Time    // of the first of those; zero when there is none
}

// None reports whether nothing is due.
func (p Pending) None() bool {
	for _, n := range p.Due {
		if n > 0 {
			return false
		}
	}
	return true
}

// Pending counts what is due at now and what lies later.
func (tx *Tx) Pending(ctx context.Context, now time.Time) (Pending, error) {
	p := Pending{Due: map[Step]int{}}
	for step, q := range sweeps {
		var args []any
		if q.timed {
			args = []any{micros(now)}
		}
		var n int
		if _, err := tx.one(ctx, []any{&n}, "SELECT COUNT(*) FROM "+q.table+" WHERE "+q.due, args...); err != nil {
			return Pending{}, fmt.Errorf("count what is due to %s: %w", step, err)
		}
		p.Due[step] = n
	}
	_, err := tx.one(ctx, []any{&p.Later, instant{&p.NextAt}}, `SELECT COUNT(*), MIN(at) FROM (
		SELECT due_at AS at FROM owed WHERE state = 'owed' AND due_at > $1
		UNION ALL SELECT next_at FROM outgoing WHERE state IN ('held', 'ready', 'deferred', 'unknown') AND next_at > $1
		UNION ALL SELECT next_at FROM escalation WHERE state IN ('open', 'asked') AND next_at > $1) later`, micros(now))
	if err != nil {
		return Pending{}, fmt.Errorf("count what lies later: %w", err)
	}
	return p, nil
}

// Recover is called by run when it starts, before the queue does. On SQLite this process holds the lock file, so
// whatever the queue believes to be running is not: its jobs become available at once, and its leader is forgotten
// (the queue itself would wait an hour). Mails left in sending become unknown; on PostgreSQL only those that have
// been in it since before stale, because another machine may be sending the others.
func (l *Ledger) Recover(ctx context.Context, now, stale time.Time) (unknown int64, err error) {
	err = l.Update(ctx, func(tx *Tx) error {
		if l.dialect == SQLite {
			stale = now.Add(time.Second)
			if _, err := tx.exec(ctx, "UPDATE river_job SET state = 'available' WHERE state = 'running'"); err != nil {
				return fmt.Errorf("give back interrupted jobs: %w", err)
			}
			if _, err := tx.exec(ctx, "DELETE FROM river_leader"); err != nil {
				return fmt.Errorf("forget the queue's leader: %w", err)
			}
		}
		unknown, err = tx.StaleSending(ctx, now, stale)
		return err
	})
	return unknown, err
}

// Jobs counts the queue's jobs: those that wait or run now, and those that wait for a later try. Running ones that ended
// knows are left out: they are done and not marked yet.
func (tx *Tx) Jobs(ctx context.Context, ended func(job int64) bool) (busy, later int, err error) {
	err = tx.each(ctx, func(scan func(...any) error) error {
		var id int64
		var state string
		if err := scan(&id, &state); err != nil {
			return err
		}
		switch {
		case state == "retryable" || state == "scheduled":
			later++
		case state == "available" || ended == nil || !ended(id):
			busy++
		}
		return nil
	}, "SELECT id, CAST(state AS TEXT) FROM river_job WHERE state IN ('available', 'running', 'retryable', 'scheduled')")
	if err != nil {
		return 0, 0, fmt.Errorf("count jobs: %w", err)
	}
	return busy, later, nil
}
