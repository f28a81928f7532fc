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
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"handrail/ingest"
	"handrail/ingest/forms"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/notify"
	"handrail/rules"
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
)

// collecting is the step that looks into one inbox.
func collecting(inbox string) Step { return Collect + " " + Step(inbox) }

// Options is what a Job is made of. All of it is required unless it says otherwise; New checks.
type Options struct {
	Ledger     *ledger.Ledger
	Inboxes    []InboxOptions
	Composer   *notify.Composer
	Sender     Sender
	Department DepartmentConfig
	Schedule   ScheduleConfig
	Finance    FinanceConfig
	// From is the envelope sender of mails that belong to no inbox.
	From string
	// BlankForm is the form that goes along with a refusal, for a policy and in a language.
	BlankForm func(policy *rules.Policy, lang request.Lang) ([]byte, error)
	// Now is the clock. A step reads it once: all its rows bear the same instant.
	Now       func() time.Time
	Log       *slog.Logger
	Decisions DecisionsConfig
	// OfficersFile is read when the job begins and again whenever it changes; Rosters makes of it the roster of every
	// inbox, by name. Both may be empty: then the rosters of the inboxes stand.
	OfficersFile string
	Rosters      func(ctx context.Context, file []byte) (map[string]*Roster, error)
	// Code makes an escalation code that nobody can guess; nil: from the system's randomness.
	Code func() string
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
	// MessageDeadline is how long reading one message may take, AnswerDeadline writing one answer; 0: a usual time. Neither
	// is ever the deadline of a transaction.
	MessageDeadline, AnswerDeadline time.Duration
	// Lease is how long rows stay in the hand of a machine that says nothing more, where several share a ledger; 0: a usual
	// time.
	Lease time.Duration
}

// InboxOptions is one inbox with the policy and the officers that go with it.
type InboxOptions struct {
	Config ingest.InboxConfig
	// Policy judges, where PolicyFile is empty. A file is read when the job begins and again whenever it changes.
	Policy     *rules.Policy
	PolicyFile string
	Roster     *Roster
	Form       forms.Config
	// Mailbox opens it.
	Mailbox Mailbox
}

// Job is the scheduled job. It is safe for many goroutines.
type Job struct {
	o             Options
	zone          *time.Location
	inboxes       map[string]*inbox
	order         []string
	force         atomic.Pointer[inForce]
	officersWatch watched
	holder        string // names this run in the ledger
	engine        *engine
	wake          waker
	end           context.CancelCauseFunc // ends what Run or Once does, for a reason that trying again does not cure
	outages       *outages
	hands         handsAtWork
	weekOpen      atomic.Bool // the weeks were not gone through with success since they were last due
	report        *tallies
	troubles      troubles
	looks         looks
	budgetFile    budgetFile
	holidays      map[request.Date]bool
	opened        openedBooks
	room          room
}

// New checks the options and makes the job. Nothing connects before Run or Once.
func New(o Options) (*Job, error) {
	var missing []error
	need := func(there bool, what string) {
		if !there {
			missing = append(missing, fmt.Errorf("a job needs %s", what))
		}
	}
	need(o.Ledger != nil, "a ledger")
	need(len(o.Inboxes) > 0, "an inbox")
	need(o.Composer != nil, "somebody to write mails")
	need(o.Sender != nil, "somebody to send mails")
	need(o.BlankForm != nil, "the blank form")
	need(o.Now != nil, "a clock")
	need(o.Log != nil, "a log")
	need(o.OfficersFile == "" || o.Rosters != nil, "somebody to read the file of officers")
	if err := errors.Join(missing...); err != nil {
		return nil, err
	}
	for _, err := range []error{o.Department.Validate(), o.Schedule.Validate(), o.Finance.Validate(), o.Decisions.Validate()} {
		if err != nil {
			return nil, err
		}
	}
	zone, err := time.LoadLocation(o.Schedule.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("time zone: %w", err)
	}
	if o.Code == nil {
		o.Code = randomCode
	}
	o.MessageDeadline = shortened("HANDRAIL_MESSAGE_DEADLINE", cmp.Or(o.MessageDeadline, messageDeadline))
	o.AnswerDeadline = shortened("HANDRAIL_ANSWER_DEADLINE", cmp.Or(o.AnswerDeadline, answerDeadline))
	o.Lease = shortened("HANDRAIL_LEASE", cmp.Or(o.Lease, usualLease))
	j := &Job{o: o, zone: zone, inboxes: map[string]*inbox{}, report: newTallies(), holidays: map[request.Date]bool{}}
	j.holder = randomCode()
	j.outages = &outages{record: o.Ledger, now: j.now, log: o.Log, note: j.troubles.note, again: j.wakeAll}
	for _, day := range o.Decisions.Holidays {
		d, err := request.ParseDate(day)
		if err != nil {
			return nil, fmt.Errorf("holidays: %w", err)
		}
		j.holidays[d] = true
	}
	policies := map[string]*rules.Policy{}
	for _, i := range o.Inboxes {
		name := i.Config.Name
		switch {
		case j.inboxes[name] != nil:
			return nil, fmt.Errorf("two inboxes are called %q", name)
		case (i.Policy == nil) == (i.PolicyFile == ""):
			return nil, fmt.Errorf("inbox %q needs a policy or the file of one", name)
		case i.Roster == nil:
			return nil, fmt.Errorf("inbox %q has no officers", name)
		case i.Mailbox == nil:
			return nil, fmt.Errorf("inbox %q has nothing that opens it", name)
		}
		if i.Policy != nil {
			if err := j.fits(i.Policy); err != nil {
				return nil, fmt.Errorf("inbox %q: %w", name, err)
			}
			policies[name] = i.Policy
		}
		box := &inbox{InboxOptions: i, outages: j.outages}
		box.roster.Store(i.Roster)
		box.Config = box.Config.WithDefaults()
		if len(box.Config.OwnDomains) == 0 {
			box.Config.OwnDomains = o.Department.Domains
		}
		box.composer = o.Composer
		if address := box.Config.Address; address != "" {
			var err error
			if box.composer, err = o.Composer.ForInbox(address); err != nil {
				return nil, fmt.Errorf("inbox %q: %w", name, err)
			}
		}
		j.inboxes[name] = box
		j.order = append(j.order, name)
	}
	if j.room, err = roomFor(o.Inboxes); err != nil {
		return nil, err
	}
	j.engine = newEngine(j.stages())
	j.engine.turn = j.turnOf
	j.wake = here{j.engine}
	j.shareAccounts()
	j.adopt(j.newInForce(policies))
	return j, nil
}

// now is the instant of a step.
func (j *Job) now() time.Time { return j.o.Now().Truncate(time.Microsecond) }

// day is the calendar day of t in the department's zone.
func (j *Job) day(t time.Time) request.Date { return request.DateOf(t.In(j.zone)) }

// Close gives the connections to the mail servers back.
func (j *Job) Close() error {
	var all []error
	for _, box := range j.inboxes {
		all = append(all, box.close())
	}
	return errors.Join(all...)
}
