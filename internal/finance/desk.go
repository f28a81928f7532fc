// Package finance owns what finance sends and gets: card statements on their way in, matches made by hand, and the week's
// report with its corrections.
//
// It refuses to know how a statement is read, how a charge is matched and what a workbook looks like: reconcile does.
package finance

import (
	"errors"

	"handrail/internal/batch"
	"handrail/internal/compose"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
)

// Options is what a Desk is made of. All of it is required.
type Options struct {
	Engine *batch.Job
	Ledger *ledger.Ledger
	Dept   *department.Department
}

// Desk is finance's. It is safe for concurrent use.
type Desk struct {
	engine *batch.Job
	ledger *ledger.Ledger
	dept   *department.Department
}

// New checks the options.
func New(o Options) (*Desk, error) {
	if o.Engine == nil || o.Ledger == nil || o.Dept == nil {
		return nil, errors.New("finance needs a job, a ledger and a department")
	}
	return &Desk{engine: o.Engine, ledger: o.Ledger, dept: o.Dept}, nil
}

// Mails are the mails to finance.
func (desk *Desk) Mails() compose.Mails {
	return compose.Mails{outbox.Statement: desk.composeStatement, outbox.Corrections: desk.composeCorrections, outbox.Weekly: desk.composeWeekly}
}
