package incoming

import (
	"context"
	"fmt"
	"time"

	"handrail/ingest"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
)

// Message is one message taken apart: all of judging that can be done before the decider's lock is taken.
type Message struct {
	Row       ledger.Message
	Collected request.Date // when the row was
	Inbox     *department.Inbox
	InForce   *department.InForce // what judges it
	Mail      *ingest.Mail
	Sender    ingest.Sender
	Verdict   ledger.MessageVerdict
	// Silent: nobody may be written to because of this mail. What it asks for is done all the same.
	Silent bool
	// Requests are the workbooks in it that ask for something, Answer what somebody answers to a mail of ours, and Statement
	// what it brings for finance.
	Requests          []Work
	Answer, Statement Work
	// WholeForm: an officer asks for the blank form with every field.
	WholeForm bool
	// Owed is what reading it left to be told.
	Owed []ledger.OutboxEntry
	// cut is a card statement's mail without its card numbers; nil for other mails.
	cut []byte
	// classified says what is to be done with it, until that is done.
	classified *ingest.Classified
	// bounced is the mail of ours that a mail server could not deliver; nil for other messages.
	bounced *bouncedMail
}

// Work is something that a message asks for, read and not decided yet.
type Work interface {
	// Decide records it in the decider's transaction, and says what is owed for it.
	Decide(ctx context.Context, tx *ledger.Tx, now time.Time) ([]ledger.OutboxEntry, error)
	// Held is about how many bytes it takes until it is decided.
	Held() int64
}

// Requests reads forms and judges them.
type Requests interface {
	// Read opens every workbook of the mail; what cannot be read is answered.
	Read(ctx context.Context, m *Message) error
	// BringsForm reports whether one of its workbooks is a request form. Nothing of it is judged.
	BringsForm(ctx context.Context, m *Message) (bool, error)
}

// Answers reads what people write to mails of ours, and acts on it.
type Answers interface {
	Read(ctx context.Context, m *Message) error
	// ReadLetter reads what a person wrote who answers nothing of ours and brings no form; taken is false where the blank form says
	// all there is to say. handOn: what a person can answer may go to a person.
	ReadLetter(ctx context.Context, m *Message, handOn bool) (taken bool, err error)
	// PassOn sends the words that came with a corrected workbook to the officer whose question they answer.
	PassOn(ctx context.Context, tx *ledger.Tx, now time.Time, m *Message) ([]ledger.OutboxEntry, error)
}

// Statements reads what finance sends.
type Statements interface {
	// Takes reports whether a mail is for Read.
	Takes(ctx context.Context, m *Message, u *ingest.Classified) bool
	Read(ctx context.Context, m *Message)
	// WithoutCards is the mail of a card statement without its card numbers, whatever became of the mail; nil for other
	// mails.
	WithoutCards(ctx context.Context, m *Message) ([]byte, error)
}

// Changes reads what owners of the rules write: policies, and answers to what they were asked.
type Changes interface {
	// Takes reads a mail that is for it; taken is false for every other mail.
	Takes(ctx context.Context, m *Message, u *ingest.Classified) (taken bool, err error)
}

// WithoutForm leaves the one polite reply with the blank form.
func (m *Message) WithoutForm() []ledger.OutboxEntry {
	before := len(m.Owed)
	m.refuse(ingest.NoAttachmentCode, request.Text{}, "")
	owed := m.Owed[before:]
	m.Owed = m.Owed[:before]
	return owed
}

// Notice leaves a notice to the message's sender.
func (m *Message) Notice(d outbox.NoticeDetail) []ledger.OutboxEntry {
	d.To, d.Thread = m.Sender.Address, outbox.ThreadOf(m.Mail)
	return []ledger.OutboxEntry{outbox.New(outbox.Notice, fmt.Sprintf("message %d", m.Row.ID), ledger.OutboxEntry{Message: m.Row.ID, Submission: d.Submission}, d)}
}
