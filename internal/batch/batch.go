// Package batch owns the scheduled job: the order in which things happen between the shared inbox and the people who
// are answered. One file a verb: collect, judge, file, answer, send, keep, remind, weekly.
//
// Every row owns its attempts. A step takes rows in hand in a small transaction before any of their bytes are read, and
// commits each in its next state by a compare-and-set that names the holder; whoever loses it writes nothing. Each row of a
// batch succeeds or fails alone. What is the row's own fault counts for it and sets it aside in the end; what is the fault of
// a server, a login, a folder or the ledger counts for them. The ledger is the truth; a wake-up only says that rows of a step
// may be due, and the sweep says so of all steps, so that a lost, late or doubled wake-up changes nothing.
//
// batch refuses to know how a mail is parsed, how a workbook is read, what a guardrail says, how a mail is worded and
// how a row is stored: it calls the packages that do, and owns what must happen before what.
package batch

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// Step is one verb of the job.
type Step string

// The steps, in the order in which a request meets them.
const (
	Collect Step = "collect"
	Judge   Step = "judge"
	File    Step = "file"
	Answer  Step = "answer"
	Send    Step = "send"
	Keep    Step = "keep"
	Remind  Step = "remind"
	Weekly  Step = "weekly"
	Daily   Step = "daily"
)

// collecting is the step that looks into one inbox.
func collecting(inbox string) Step { return Collect + " " + Step(inbox) }

// Options is what a Job is made of. All of it is required unless it says otherwise; New checks.
type Options struct {
	Ledger   *ledger.Ledger
	Inboxes  []InboxOptions
	Sender   Sender
	Schedule ScheduleConfig
	// From is the envelope sender of mails that belong to no inbox.
	From string
	// Now is the clock. A step reads it once: all its rows have the same instant.
	Now func() time.Time
	Log *slog.Logger
	// Workers is how many mails are judged, answered and sent side by side; 0: one for each processor.
	Workers int
	// Reconnect is how long to wait before a lost connection for announcements is opened again, the first time; 0: a
	// usual time.
	Reconnect time.Duration
	// Look is how often the files of policies and officers are looked at while the job runs on its schedule; 0: a usual
	// time.
	Look time.Duration
	// Connections is how many mails are sent side by side: what the mail server allows; 0: one.
	Connections int
	// Lease is how long rows stay in the hand of a machine that says nothing more, where several share a ledger; 0: a usual
	// time.
	Lease time.Duration
}

// InboxOptions is one inbox and how to connect to it.
type InboxOptions struct {
	Config ingest.InboxConfig
	// MaxLines is the most lines of a form that comes to it; 0: a usual number. It says how much memory is needed.
	MaxLines int
	// Mailbox opens it.
	Mailbox Mailbox
}

// Rooms are the steps that know what a purchase is. The engine says when they run, and over which rows.
type Rooms struct {
	// Begin finds out by which texts to judge, before anything else runs.
	Begin func(ctx context.Context, now time.Time) error
	// LookAtTexts takes up policies and lists of officers that changed on disk.
	LookAtTexts func(ctx context.Context) error
	// Judge, Answer and Remind work on the rows of a claim.
	Judge, Answer, Remind func(ctx context.Context, c *Claim) error
	// Weekly makes the reports that are due; again: one failed and is tried again.
	Weekly func(ctx context.Context) (again bool, err error)
	// Daily looks whether the operator is to be told of something. It asks the ledger once a day.
	Daily func(ctx context.Context) error
	// Role says who gets a mail of a kind, for a log that names nobody.
	Role func(kind, recipient string) string
	// Review sees to it that what waits lies with somebody who can do something about it. It is called often, and looks at little
	// unless something changed.
	Review func(ctx context.Context) error
	// LeftMail tells the operator of mail that is left in an inbox, in the transaction that says that they are told.
	LeftMail func(ctx context.Context, tx *ledger.Tx, now time.Time, left LeftMail) error
	// SetAside does what follows when rows are not tried any more, in the transaction that says so of them.
	SetAside func(ctx context.Context, tx *ledger.Tx, now time.Time, rows []ledger.Attempt) error
	// Refused does what follows when a mail was refused for good, in the transaction that says so of it. The mail has its bytes.
	Refused func(ctx context.Context, tx *ledger.Tx, now time.Time, mail *ledger.Outgoing) error
	// TellOperator leaves what the operator hears of outages, in the transaction that notes that it is told.
	TellOperator func(ctx context.Context, tx *ledger.Tx, now time.Time, news OperatorNews) error
	// Posts: there is a webhook.
	Posts bool
	// Notify is called with each sweep and at the end of a pass, in no transaction: it gives the webhook what waits for it,
	// and says ahead what expires.
	Notify func(ctx context.Context) error
	// PostNow gives one outage to the webhook while there is no ledger to keep it.
	PostNow func(ctx context.Context, n OutageNews) error
}

// Job is the scheduled job. It is safe for many goroutines.
type Job struct {
	o         Options
	rooms     Rooms
	zone      *time.Location
	inboxes   map[string]*inbox
	order     []string
	holder    string // names this run in the ledger
	engine    *engine
	wake      waker
	end       context.CancelCauseFunc // ends what Run or Once does, for a reason that trying again does not cure
	outages   *outages
	claims    claims
	weekOpen  atomic.Bool // the weeks were not gone through with success since they were last due
	dayOpen   atomic.Bool // the operator's daily mail may be looked for: in a pass, once all else is done
	counts    *counts
	troubles  troubles
	lastPolls lastPolls
	sendings  sendings
	memory    memoryPools
}

// New checks the options and makes the job. Nothing connects before Run or Once, which need Serve before them.
func New(o Options) (*Job, error) {
	var missing []error
	need := func(there bool, what string) {
		if !there {
			missing = append(missing, fmt.Errorf("a job needs %s", what))
		}
	}
	need(o.Ledger != nil, "a ledger")
	need(len(o.Inboxes) > 0, "an inbox")
	need(o.Sender != nil, "somebody to send mails")
	need(o.Now != nil, "a clock")
	need(o.Log != nil, "a log")
	if err := errors.Join(missing...); err != nil {
		return nil, err
	}
	if err := o.Schedule.Validate(); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(o.Schedule.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("time zone: %w", err)
	}
	o.Lease = Shortened("HANDRAIL_LEASE", cmp.Or(o.Lease, usualLease))
	j := &Job{o: o, zone: zone, inboxes: map[string]*inbox{}, counts: newCounts(), holder: rand.Text()}
	j.outages = &outages{record: o.Ledger, now: j.Now, log: o.Log, note: j.troubles.note, again: j.wakeAll}
	for _, i := range o.Inboxes {
		i.Config = i.Config.WithDefaults()
		name := i.Config.Name
		switch {
		case j.inboxes[name] != nil:
			return nil, fmt.Errorf("two inboxes are called %q", name)
		case i.Mailbox == nil:
			return nil, fmt.Errorf("inbox %q has nothing that opens it", name)
		}
		j.inboxes[name] = &inbox{InboxOptions: i, outages: j.outages}
		j.order = append(j.order, name)
	}
	if j.memory, err = memoryFor(o.Inboxes); err != nil {
		return nil, err
	}
	j.shareAccounts()
	return j, nil
}

// Serve gives the job the rooms whose steps it runs. It is called once, before Run or Once.
func (j *Job) Serve(r Rooms) {
	j.rooms = r
	j.engine = newEngine(j.stages())
	j.engine.turn = j.turnOf
	j.wake = here{j.engine}
}

// Now is the instant of a step.
func (j *Job) Now() time.Time { return j.o.Now().Truncate(time.Microsecond) }

// Day is the calendar day of t in the department's zone.
func (j *Job) Day(t time.Time) request.Date { return request.DateOf(t.In(j.zone)) }

// Close gives the connections to the mail servers back.
func (j *Job) Close() error {
	var all []error
	for _, box := range j.inboxes {
		all = append(all, box.close())
	}
	return errors.Join(all...)
}
