package outbox

// The kinds of mails, as the ledger names them.
const (
	Result        = "submission"
	Escalation    = "escalation"
	Digest        = "digest"
	Section32     = "section32"
	Decision      = "decision"
	Receipt       = "receipt"
	AskBack       = "ask-back"
	Notice        = "notice"
	Question      = "question"
	Reply         = "reply"
	Refusal       = "refusal"
	Statement     = "statement"
	SetAside      = "set-aside"
	OperatorAlert = "alert"
)

// Kind is one row of the table of mails.
type Kind struct {
	Name string
	To   string // who gets it
	Says string // what it is for
	// Wording is the file of its words in templates/en and templates/fr, without .txt. It is also the name of its sample in
	// notify, which a kind in several variants has one of for each: "notice-expired".
	Wording string
	// Case: writing it needs the whole request as the ledger recorded it.
	Case bool
	// Limited: it goes to the sender of a mail because of that mail alone, so it counts in answers_per_day. An officer's
	// receipt does not: a decision takes effect once, so it cannot go round in circles.
	Limited bool
}

// Kinds is the table of mails that are written from entries. Each has one composer, which the room registers that knows what
// it is about.
func Kinds() []Kind {
	return []Kind{
		{Name: Result, Wording: "answer", To: "requester", Says: "every line of a submission, with the annotated workbook", Case: true, Limited: true},
		{Name: Escalation, Wording: "escalation", To: "officer", Says: "the lines to decide", Case: true},
		{Name: Digest, Wording: "digest", To: "officer", Says: "all that waits, once a day"},
		{Name: Section32, Wording: "section32", To: "section 32 manager", Says: "the lines to confirm", Case: true},
		{Name: Decision, Wording: "decision", To: "requester", Says: "what an officer decided", Case: true},
		{Name: Receipt, Wording: "receipt", To: "officer", Says: "what was recorded, and how to take it back"},
		{Name: AskBack, Wording: "askback", To: "officer", Says: "the answer could be read two ways", Limited: true},
		{Name: Notice, Wording: "notice", To: "sender", Says: "why a mail had no effect, or what it did", Limited: true},
		{Name: Question, Wording: "question", To: "requester", Says: "what an officer asks"},
		{Name: Reply, Wording: "reply", To: "officer", Says: "what the requester answered"},
		{Name: Refusal, Wording: "unreadable", To: "sender", Says: "why nothing could be read, with the blank form", Limited: true},
		{Name: Statement, Wording: "alert", To: "sender of a statement", Says: "what of it could not be used"},
		{Name: SetAside, Wording: "notice", To: "proven sender", Says: "a person looks at the message"},
		{Name: OperatorAlert, Wording: "alert", To: "operator", Says: "what nobody else can fix"},
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
