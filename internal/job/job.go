// Package job puts the rooms together: the job as a department runs it. It owns which room does which step, and what each of
// them is given.
//
// It refuses to know a configuration file, a command line, and what any room does.
package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"handrail/ingest"
	"handrail/ingest/forms"
	"handrail/internal/approvals"
	"handrail/internal/batch"
	"handrail/internal/changes"
	"handrail/internal/compose"
	"handrail/internal/department"
	"handrail/internal/finance"
	"handrail/internal/incoming"
	"handrail/internal/intake"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/outages"
	"handrail/internal/owners"
	"handrail/internal/record"
	"handrail/internal/registers"
	"handrail/internal/request"
	"handrail/internal/standing"
	"handrail/internal/undelivered"
	"handrail/notify"
	"handrail/rules"
)

// Options is what a job is made of. All of it is required unless it says otherwise.
type Options struct {
	Ledger     *ledger.Ledger
	Inboxes    []InboxOptions
	Composer   *notify.Composer
	Sender     batch.Sender
	Department department.Config
	Schedule   batch.ScheduleConfig
	Finance    department.FinanceConfig
	Decisions  officers.DecisionsConfig
	// From is the envelope sender of mails that belong to no inbox.
	From string
	// BlankForm is the form that goes along with a refusal, for a policy and in a language; all: with every field.
	BlankForm func(policy *rules.Policy, lang request.Lang, all bool) ([]byte, error)
	// Now is the clock. A step reads it once: all its rows have the same instant.
	Now func() time.Time
	Log *slog.Logger
	// OfficersFile is read when the job begins and again whenever it changes; Rosters makes of it the roster of every
	// inbox, by name. Both may be empty: then the rosters of the inboxes stand.
	OfficersFile string
	Rosters      func(ctx context.Context, file []byte) (map[string]*officers.Roster, error)
	// Owners own the rules; nobody: the files count.
	Owners owners.Config
	// Registers are the files of the department's registers, their paths resolved.
	Registers registers.Config
	// LookupTXT asks the DNS for the keys of senders; nil: this machine's resolver.
	LookupTXT ingest.LookupTXT
	// Webhook takes what the operator must hear while mail cannot be sent; nil: nobody does.
	Webhook outages.Poster
	// Expiries is what was seen of certificates; nil: nothing is.
	Expiries *outages.Expiries
	// Code makes an escalation code that nobody can guess; nil: from the system's randomness.
	Code func() string
	// What the engine is told; 0 of each: a usual number or time. See batch.Options.
	Workers, Connections   int
	Reconnect, Look, Lease time.Duration
	// MessageDeadline is how long reading one message may take, AnswerDeadline writing one answer; 0: a usual time. Neither
	// is ever the deadline of a transaction.
	MessageDeadline, AnswerDeadline time.Duration
}

// InboxOptions is one inbox with the policy and the officers that go with it.
type InboxOptions struct {
	Config ingest.InboxConfig
	// Policy judges, where PolicyFile is empty. A file is read when the job begins and again whenever it changes.
	Policy     *rules.Policy
	PolicyFile string
	Roster     *officers.Roster
	Form       forms.Config
	// Mailbox opens it.
	Mailbox batch.Mailbox
}

// Job is the engine with its rooms, and what is in force.
type Job struct {
	*batch.Job
	Department *department.Department
	Approvals  *approvals.Desk
}

// New makes a job. Nothing connects before its Run or Once.
func New(o Options) (*Job, error) {
	var missing error
	if o.Composer == nil {
		missing = errors.Join(missing, errors.New("a job needs somebody to write mails"))
	}
	if o.BlankForm == nil {
		missing = errors.Join(missing, errors.New("a job needs the blank form"))
	}
	engine := batch.Options{Ledger: o.Ledger, Sender: o.Sender, Schedule: o.Schedule, From: o.From, Now: o.Now, Log: o.Log,
		Workers: o.Workers, Connections: o.Connections, Reconnect: o.Reconnect, Look: o.Look, Lease: o.Lease}
	house := department.Options{Ledger: o.Ledger, Log: o.Log, Composer: o.Composer, Config: o.Department, Finance: o.Finance, Decisions: o.Decisions,
		Owners: owners.New(o.Owners), TimeZone: o.Schedule.TimeZone, From: o.From, OfficersFile: o.OfficersFile, Rosters: o.Rosters, Registers: o.Registers}
	for _, i := range o.Inboxes {
		engine.Inboxes = append(engine.Inboxes, batch.InboxOptions{Config: i.Config, MaxLines: i.Form.MaxLines, Mailbox: i.Mailbox})
		house.Inboxes = append(house.Inboxes, department.InboxOptions{Config: i.Config, Policy: i.Policy, PolicyFile: i.PolicyFile, Roster: i.Roster, Form: i.Form})
	}
	j, err := batch.New(engine)
	if err = errors.Join(err, missing); err != nil {
		return nil, err
	}
	house.Engine = j
	dept, err := department.New(house)
	if err != nil {
		return nil, err
	}
	rooms, decisions, err := newRooms(o, j, dept)
	if err != nil {
		return nil, fmt.Errorf("put the job together: %w", err)
	}
	j.Serve(rooms)
	return &Job{Job: j, Department: dept, Approvals: decisions}, nil
}

// newRooms makes the rooms and introduces them to each other.
func newRooms(o Options, j *batch.Job, dept *department.Department) (r batch.Rooms, decisions *approvals.Desk, err error) {
	records := record.NewReader(dept, o.Ledger)
	refused, err := undelivered.New(undelivered.Options{Engine: j, Log: o.Log, Dept: dept})
	if err != nil {
		return r, nil, err
	}
	messages, err := incoming.New(incoming.Options{Engine: j, Ledger: o.Ledger, Log: o.Log, Dept: dept, Refused: refused.Refused, Deadline: o.MessageDeadline, LookupTXT: o.LookupTXT})
	if err != nil {
		return r, nil, err
	}
	decisions, err = approvals.New(approvals.Options{Engine: j, Ledger: o.Ledger, Log: o.Log, Dept: dept, Records: records, BlankForm: o.BlankForm, Code: o.Code})
	if err != nil {
		return r, nil, err
	}
	requests, err := intake.New(intake.Options{Engine: j, Ledger: o.Ledger, Log: o.Log, Dept: dept, Records: records, Router: decisions, Answers: decisions})
	if err != nil {
		return r, nil, err
	}
	books, err := finance.New(finance.Options{Engine: j, Ledger: o.Ledger, Dept: dept})
	if err != nil {
		return r, nil, err
	}
	operator, err := standing.New(standing.Options{Engine: j, Ledger: o.Ledger, Dept: dept, Schedule: o.Schedule})
	if err != nil {
		return r, nil, err
	}
	room, err := changes.New(changes.Options{Engine: j, Ledger: o.Ledger, Log: o.Log, Dept: dept, Code: o.Code})
	if err != nil {
		return r, nil, err
	}
	dept.ServeProposals(room)
	messages.ServeOwners(room)
	messages.Serve(requests, decisions, books)
	decisions.Serve(requests)
	mails, err := compose.New(compose.Options{Engine: j, Ledger: o.Ledger, Dept: dept, Records: records, BlankForm: o.BlankForm, Deadline: o.AnswerDeadline,
		Rooms: []compose.Mails{messages.Mails(), decisions.Mails(), books.Mails(), operator.Mails(), room.Mails()}})
	if err != nil {
		return r, nil, err
	}
	told, err := outages.New(outages.Options{Engine: j, Ledger: o.Ledger, Log: o.Log, Dept: dept, Webhook: o.Webhook, Expiries: o.Expiries})
	if err != nil {
		return r, nil, err
	}
	return batch.Rooms{
		Begin: func(ctx context.Context, now time.Time) error {
			if err := dept.Begin(ctx, now); err != nil {
				return err
			}
			return room.Look(ctx)
		},
		LookAtTexts: func(ctx context.Context) error { return errors.Join(dept.LookAtTexts(ctx), room.Look(ctx)) },
		Judge: func(ctx context.Context, c *batch.Claim) error {
			if err := messages.Judge(ctx, c); err != nil {
				return err
			}
			return room.EnforceDue(ctx)
		},
		Answer: mails.Compose, Remind: decisions.Remind, Weekly: books.Weekly,
		Daily: operator.Daily, Role: dept.Role,
		Review: decisions.Review,
		SetAside: func(ctx context.Context, tx *ledger.Tx, now time.Time, rows []ledger.Attempt) error {
			return errors.Join(messages.SetAside(ctx, tx, now, rows), told.AlertAside(ctx, tx, now, rows))
		},
		LeftMail: messages.LeftMail, Refused: refused.Refused,
		TellOperator: told.TellOperator, Posts: o.Webhook != nil, Notify: told.Notify, PostNow: told.PostNow,
	}, decisions, nil
}
