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

// DNSOutage is the outage of a resolver that does not answer for the department's own mail.
const DNSOutage = dnsOutage

// Closed says that something around the job is left alone for now; nil when it may be tried.
func (j *Job) Closed(name string) error {
	if closed := j.outages.closed(name, nil); closed != nil {
		return closed
	}
	return nil
}

// Failed notes that something around the job does not work; the error is for whatever needed it.
func (j *Job) Failed(ctx context.Context, name string, cause error) error {
	return j.outages.failed(ctx, name, nil, cause)
}

// Works notes that something around the job works. Where it did not before, what waited for it is due.
func (j *Job) Works(ctx context.Context, name string) {
	if j.outages.isKnown(name) {
		j.outages.works(ctx, name)
	}
}

// MailMemory is the memory for the bytes of mails, and bookMemory for what is read from them: see room.
func (j *Job) MailMemory() *Memory { return j.memory.mails }

// BookMemory is the memory for what is read from mails: workbooks, lines, answers.
func (j *Job) BookMemory() *Memory { return j.memory.books }

// WeeklySchedule is when reports are made.
func (j *Job) WeeklySchedule() (cron.Schedule, error) { return j.schedule(j.o.Schedule.Weekly) }
