package outbox

import (
	"encoding/json"

	"handrail/internal/ledger"
	"handrail/notify"
)

// The kinds of mails, as the ledger names them.
const (
	Answer        = "answer"
	Escalation    = "escalation"
	Digest        = "digest"
	Section32     = "section32"
	Section32Told = "section32-told"
	Decision      = "decision"
	Receipt       = "receipt"
	AskBack       = "askback"
	Notice        = "notice"
	Question      = "question"
	Reply         = "reply"
	Unreadable    = "unreadable"
	Statement     = "statement"
	Corrections   = "corrections"
	SetAside      = "set-aside"
	Reminder      = "reminder"
	Weekly        = "weekly"
	OperatorAlert = "alert"
	OperatorDaily = "operator-daily"
	Proposal      = "proposal"
	OwnersNote    = "owners-note"

	Relay              = "relay"
	PassedOn           = "passed-on"
	Asked              = "asked"
	QuestionReminder   = "question-reminder"
	QuestionUnanswered = "question-unanswered"
	LineChange         = "line-change"
	Revocation         = "revocation"
	RevocationReceipt  = "revocation-receipt"
	NotAuthorized      = "not-authorized"
	WithdrawQuestion   = "withdraw-question"
	UndoQuestion       = "undo-question"
	StillWaiting       = "still-waiting"
	Trial              = "trial"
)

// Kind is one row of the table of mails.
type Kind struct {
	Name string
	To   string // who gets it
	Says string // what it is for
	// Wording is the mail whose words it shares; "" it has its own, in templates/en and templates/fr under its name.
	Wording string
	// Case: writing it needs the whole request as the ledger recorded it.
	Case bool
	// Limited: it goes to the sender of a mail because of that mail alone and may report nothing (ReportsNothing), so it
	// can go round in circles and is limited.
	Limited bool
}

// Kinds is the table of mails that are written from entries. Each has one composer, which the room registers that knows what
// it is about.
func Kinds() []Kind {
	return []Kind{
		{Name: Answer, To: "requester", Says: "every line of a submission, with the annotated workbook", Case: true},
		{Name: Escalation, To: "officer", Says: "the lines to decide", Case: true},
		{Name: Reminder, To: "officer or section 32 manager", Says: "what still waits for them"},
		{Name: Digest, To: "officer", Says: "all that waits, once a day"},
		{Name: Section32, To: "section 32 manager", Says: "the lines to confirm", Case: true},
		{Name: Section32Told, To: "section 32 manager", Says: "what was asked for on their authority, once a day, and how to say no"},
		{Name: Decision, To: "requester", Says: "what an officer decided", Case: true},
		{Name: Receipt, To: "officer", Says: "what was recorded, and how to take it back"},
		{Name: AskBack, To: "officer", Says: "the answer could be read two ways", Limited: true},
		{Name: Notice, To: "sender", Says: "why a mail had no effect, or what it did", Limited: true},
		{Name: Question, To: "requester", Says: "what an officer asks"},
		{Name: Reply, To: "officer", Says: "what the requester answered"},
		{Name: Relay, To: "the person who can answer", Says: "what somebody wrote to the inbox or in answer to a mail"},
		{Name: PassedOn, To: "sender", Says: "who has their mail, once a day"},
		{Name: Asked, To: "officer", Says: "that their question is with the requester"},
		{Name: QuestionReminder, To: "requester", Says: "that an officer still waits for an answer"},
		{Name: QuestionUnanswered, To: "officer and contact", Says: "that no answer came"},
		{Name: LineChange, To: "officer and cardholder", Says: "what a requester withdrew or changed of it"},
		{Name: Revocation, To: "requester", Says: "which approvals were taken back, and what their numbers mean now"},
		{Name: RevocationReceipt, Wording: "revocation", To: "officer", Says: "that the revocation is recorded"},
		{Name: NotAuthorized, To: "requester, officer and section 32 manager", Says: "what the manager did not authorize"},
		{Name: WithdrawQuestion, To: "requester", Says: "how to withdraw, to who wrote UNDO, once a day"},
		{Name: UndoQuestion, To: "officer", Says: "what is to be undone, while the requester's mail waits"},
		{Name: StillWaiting, To: "requester", Says: "who has had their lines for five working days, and then every ten"},
		{Name: Trial, To: "sender of a mail whose subject is CHECK", Says: "what would become of each line, with the annotated workbook; nothing of it is recorded"},
		{Name: Unreadable, To: "sender", Says: "why nothing could be read, with the blank form", Limited: true},
		{Name: Statement, Wording: "alert", To: "sender of a statement", Says: "what of it could not be used"},
		{Name: Corrections, To: "finance", Says: "which answers in a returned workbook were done, and what is asked about the others"},
		{Name: Weekly, To: "finance", Says: "the week's report, with its workbook"},
		{Name: Proposal, To: "owner", Says: "a change of what is in force, to approve or decline, with the difference, the tests and the backtest"},
		{Name: OwnersNote, To: "owner, or who wrote like one", Says: "what became of a change, or why a mail about one had no effect"},
		{Name: SetAside, Wording: "notice", To: "proven sender", Says: "a person looks at the message"},
		{Name: OperatorAlert, To: "operator", Says: "what nobody else can fix"},
		{Name: OperatorDaily, To: "operator", Says: "all that stands and all that could wait, once a working day"},
	}
}

// KindOf is the row of the table; false for a kind of another version.
func KindOf(name string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// ReportsNothing is true for an answer that says only why a mail had no effect. What tells of a request, a decision or another
// effect is never held back.
func ReportsNothing(o ledger.OutboxEntry) bool {
	k, _ := KindOf(o.Kind)
	if o.Kind != Notice {
		return k.Limited
	}
	var d struct {
		Kind notify.NoticeKind `json:"kind"`
	}
	if err := json.Unmarshal(o.Detail, &d); err != nil {
		return true
	}
	switch d.Kind {
	case notify.Undone, notify.RevokedLines, notify.WithdrawnLines, notify.HandedOver, notify.Absent, notify.ThankYou, notify.Remembered, notify.Forgotten:
		return false
	}
	return true
}
