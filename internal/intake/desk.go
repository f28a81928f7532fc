// Package intake owns requests on their way in: reading the forms of a message, numbering and judging their lines, what comes
// back changed or unchanged, what amends an earlier line, and what a requester takes back.
//
// It refuses to know who decides what it escalates, and how anybody is written to.
package intake

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/internal/department"
	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/record"
)

// Router finds who decides lines, in the transaction that judged them, and who had them when they change.
type Router interface {
	// Route leaves entries for those who are asked; nobody are the references of lines that no officer may decide.
	Route(ctx context.Context, tx *ledger.Tx, now time.Time, box *department.Inbox, lines []officers.EscalatedLine, r officers.Routing) (owed []ledger.OutboxEntry, nobody []string, err error)
	// BeforeChange says which officers must hear that a requester withdraws or replaces lines: it is called before they move, and
	// what it returns, with those that did.
	BeforeChange(ctx context.Context, tx *ledger.Tx, now time.Time, m *incoming.Message, lines []int64, replaced bool) (tell func(moved []int64) []ledger.OutboxEntry, err error)
	// TellCardholders tells the cardholders of lines whose approval was withdrawn, or replaced at another supplier.
	TellCardholders(ctx context.Context, tx *ledger.Tx, m *incoming.Message, lines []int64, replaced bool) ([]ledger.OutboxEntry, error)
}

// Answers reads a decision workbook that came where a form was expected.
type Answers interface {
	HoldsDecisions(ctx context.Context, mail *ingest.Mail) bool
	Read(ctx context.Context, m *incoming.Message) error
}

// Options is what a Desk is made of. All of it is required.
type Options struct {
	Engine  *batch.Job
	Ledger  *ledger.Ledger
	Log     *slog.Logger
	Dept    *department.Department
	Records *record.Reader
	Router  Router
	Answers Answers
}

// Desk takes requests in. It is safe for concurrent use.
type Desk struct {
	engine  *batch.Job
	ledger  *ledger.Ledger
	log     *slog.Logger
	dept    *department.Department
	records *record.Reader
	router  Router
	answers Answers

	budgetFile budgetFile
}

// New checks the options.
func New(o Options) (*Desk, error) {
	if o.Engine == nil || o.Ledger == nil || o.Log == nil || o.Dept == nil || o.Records == nil || o.Router == nil || o.Answers == nil {
		return nil, errors.New("intake needs a job, a ledger, a log, a department, its records, and those who route and read answers")
	}
	return &Desk{engine: o.Engine, ledger: o.Ledger, log: o.Log, dept: o.Dept, records: o.Records, router: o.Router, answers: o.Answers}, nil
}
