// Package incoming owns the judge step: it takes received messages from their bytes to what is decided about them. It parses
// and classifies them within the memory that there is, calls the room that knows each kind, and holds the decider's lock
// while they decide.
//
// It refuses to know what a request, an answer or a statement says: those are the rooms' own.
package incoming

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/internal/compose"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
)

// Options is what a Processor is made of. All of it is required unless it says otherwise.
type Options struct {
	Engine *batch.Job
	Ledger *ledger.Ledger
	Log    *slog.Logger
	Dept   *department.Department
	// Refused does what follows when a mail of ours came back, in the transaction that notes it.
	Refused func(ctx context.Context, tx *ledger.Tx, now time.Time, mail *ledger.Outgoing) error
	// Deadline is how long either part of reading one message may take; 0: a usual time. It is never the deadline of a
	// transaction.
	Deadline time.Duration
	// LookupTXT asks the DNS; nil: this machine's resolver.
	LookupTXT ingest.LookupTXT
}

// Processor is the judge step. It is safe for concurrent use once Serve was called.
type Processor struct {
	engine   *batch.Job
	ledger   *ledger.Ledger
	log      *slog.Logger
	dept     *department.Department
	refused  func(ctx context.Context, tx *ledger.Tx, now time.Time, mail *ledger.Outgoing) error
	deadline time.Duration
	lookup   ingest.LookupTXT

	requests   Requests
	answers    Answers
	statements Statements
	changes    Changes // nil: there are no owners
}

// New checks the options.
func New(o Options) (*Processor, error) {
	if o.Engine == nil || o.Ledger == nil || o.Log == nil || o.Dept == nil || o.Refused == nil {
		return nil, errors.New("the judge step needs a job, a ledger, a log, a department, and what follows a mail that came back")
	}
	if o.LookupTXT == nil {
		o.LookupTXT = ingest.DNS
	}
	return &Processor{lookup: o.LookupTXT, engine: o.Engine, ledger: o.Ledger, log: o.Log, dept: o.Dept, refused: o.Refused,
		deadline: batch.Shortened("HANDRAIL_MESSAGE_DEADLINE", cmp.Or(o.Deadline, usualDeadline))}, nil
}

// Serve names the rooms that know what messages bring.
func (p *Processor) Serve(r Requests, a Answers, s Statements) {
	p.requests, p.answers, p.statements = r, a, s
}

// ServeOwners names the room that reads what owners of the rules write.
func (p *Processor) ServeOwners(c Changes) { p.changes = c }

// Mails are the mails that this step composes itself.
func (p *Processor) Mails() compose.Mails {
	return compose.Mails{outbox.SetAside: p.composeSetAside}
}
