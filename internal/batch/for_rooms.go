package batch

import (
	"context"

	"github.com/robfig/cron/v3"

	"handrail/internal/ledger"
)

// Wake says in the transaction that changes rows that steps have something to do once it is committed.
func (j *Job) Wake(ctx context.Context, tx *ledger.Tx, steps ...Step) error {
	return j.wake.wake(ctx, tx, steps...)
}

// Count adds rows that a step finished to what this pass reports.
func (j *Job) Count(s Step, n int) { j.counts.add(s, n) }

// NoteTrouble keeps what somebody must hear of at the end of the pass.
func (j *Job) NoteTrouble(err error) { j.troubles.note(err) }

// MailMemory is the memory for the bytes of mails, and bookMemory for what is read from them: see room.
func (j *Job) MailMemory() *Memory { return j.memory.mails }

// BookMemory is the memory for what is read from mails: workbooks, lines, answers.
func (j *Job) BookMemory() *Memory { return j.memory.books }

// WeeklySchedule is when reports are made.
func (j *Job) WeeklySchedule() (cron.Schedule, error) { return j.schedule(j.o.Schedule.Weekly) }
