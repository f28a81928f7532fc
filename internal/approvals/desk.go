// Package approvals owns what an officer decides: who is asked about which lines, what their answers mean and whether they may
// give them, reminders and reassignment, questions to the requester and the way back, and the section 32 manager's word.
//
// It refuses to know how a line was judged, and how a mail is worded.
package approvals

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"handrail/ingest"
	"handrail/ingest/reply"
	"handrail/internal/batch"
	"handrail/internal/compose"
	"handrail/internal/department"
	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/rules"
)

// Requests takes back what a requester withdraws by answering our mail, in the transaction that reads the answer.
type Requests interface {
	Withdraw(ctx context.Context, tx *ledger.Tx, now time.Time, m *incoming.Message, submission int64, commands []reply.Command) ([]ledger.OutboxEntry, error)
}

// Options is what a Desk is made of. All of it is required unless it says otherwise.
type Options struct {
	Engine  *batch.Job
	Ledger  *ledger.Ledger
	Log     *slog.Logger
	Dept    *department.Department
	Records *record.Reader
	// BlankForm is the form for a policy and in a language; all: with every field.
	BlankForm func(policy *rules.Policy, lang request.Lang, all bool) ([]byte, error)
	// Code makes an escalation code that nobody can guess; nil: from the system's randomness.
	Code func() string
}

// Desk is where officers' decisions are asked for and taken. It is safe for concurrent use once Serve was called.
type Desk struct {
	engine  *batch.Job
	ledger  *ledger.Ledger
	log     *slog.Logger
	dept    *department.Department
	records *record.Reader
	newCode func() string
	// blankForm goes along to who wrote without one.
	blankForm func(policy *rules.Policy, lang request.Lang, all bool) ([]byte, error)
	requests  Requests
	newsIn    sync.Map // which entry's mail tells an officer of a link of the chain
}

// New checks the options.
func New(o Options) (*Desk, error) {
	if o.Engine == nil || o.Ledger == nil || o.Log == nil || o.Dept == nil || o.Records == nil || o.BlankForm == nil {
		return nil, errors.New("approvals need a job, a ledger, a log, a department, its records and the blank form")
	}
	if o.Code == nil {
		o.Code = randomCode
	}
	return &Desk{engine: o.Engine, ledger: o.Ledger, log: o.Log, dept: o.Dept, records: o.Records, newCode: o.Code, blankForm: o.BlankForm}, nil
}

// Serve names the room that takes back what is withdrawn.
func (desk *Desk) Serve(r Requests) { desk.requests = r }

// Mails are the mails about decisions.
func (desk *Desk) Mails() compose.Mails {
	return compose.Mails{
		outbox.Escalation: composer{desk}.composeEscalation, outbox.Reminder: composer{desk}.composeReminder, outbox.Digest: composer{desk}.composeDigest, outbox.Section32: composer{desk}.composeSection32,
		outbox.Section32Told: composer{desk}.composeSection32Told,
		outbox.Decision:      composer{desk}.composeDecision, outbox.Receipt: composer{desk}.composeReceipt, outbox.AskBack: composer{desk}.composeAskBack,
		outbox.Notice: composer{desk}.composeNotice, outbox.Question: composer{desk}.composeQuestion, outbox.Reply: composer{desk}.composeReply,
		outbox.Relay: composer{desk}.composeRelay, outbox.PassedOn: composer{desk}.composePassedOn, outbox.Asked: composer{desk}.composeAsked,
		outbox.QuestionReminder: composer{desk}.composeQuestionReminder, outbox.QuestionUnanswered: composer{desk}.composeQuestionUnanswered,
		outbox.LineChange: composer{desk}.composeLineChange, outbox.Revocation: composer{desk}.composeRevocation, outbox.RevocationReceipt: composer{desk}.composeRevocationReceipt,
		outbox.NotAuthorized: composer{desk}.composeNotAuthorized, outbox.WithdrawQuestion: composer{desk}.composeWithdrawQuestion, outbox.UndoQuestion: composer{desk}.composeUndoQuestion,
		outbox.StillWaiting: composer{desk}.composeStillWaiting,
	}
}

// HoldsDecisions reports whether a mail brings a decision workbook of ours.
func (desk *Desk) HoldsDecisions(ctx context.Context, mail *ingest.Mail) bool {
	return readSheet(ctx, mail) != nil
}
