package batch

import (
	"context"

	"github.com/robfig/cron/v3"

	"handrail/internal/ledger"
)

// wakeUp says in the transaction that changes rows that steps have something to do once it is committed.
func (j *Job) wakeUp(ctx context.Context, tx *ledger.Tx, steps ...Step) error {
	return j.wake.wake(ctx, tx, steps...)
}

// count adds rows that a step finished to what this pass reports.
func (j *Job) count(s Step, n int) { j.report.add(s, n) }

// noteTrouble keeps what somebody must hear of at the end of the pass.
func (j *Job) noteTrouble(err error) { j.troubles.note(err) }

// mailMemory is the memory for the bytes of mails, and bookMemory for what is read from them: see room.
func (j *Job) mailMemory() *memory { return j.room.mails }

func (j *Job) bookMemory() *memory { return j.room.books }

// weeklySchedule is when reports are made.
func (j *Job) weeklySchedule() (cron.Schedule, error) { return j.schedule(j.o.Schedule.Weekly) }
