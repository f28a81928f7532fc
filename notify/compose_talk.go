package notify

import (
	"fmt"
	"slices"
	"time"

	"handrail/internal/request"
	"handrail/templates"
)

// Reader is who reads a mail that several people get.
type Reader string

// The readers. Wording knows them as .Role.
const (
	ToRequester Reader = "requester"
	ToOfficer   Reader = "officer"
	ToManager   Reader = "manager" // under section 32
	// ToCardholder is whose card a line names.
	ToCardholder Reader = "cardholder"
	ToContact    Reader = "contact" // the inbox's person for whatever a program cannot answer
)

// Talk is what a mail says in which one person's words, or what they did, reach another.
type Talk struct {
	Envelope
	Reader     Reader
	Code       string // with it lines can be decided or taken back from the mail; "" none
	Submission string
	Policy     request.PolicyMark
	// Sender is the proven sender whose words or act it is, For the name that a form gives; Holder has a mail or a question now.
	Sender, For, Holder string
	Words               string // of the sender
	Why                 request.Text
	Lines               []Line
	Files               []*Attachment
	// Holders have lines of the request and can decide them or confirm their money, in the order in which they were asked.
	Holders []Holding
	// Until is when something happens by itself, Day the day on which.
	Until time.Time
	Day   request.Date
	// Charged: a card charge stands against one of the lines already.
	Charged bool
	// Replaced: the lines were changed, not withdrawn. WasApproved: they were approved before.
	Replaced, WasApproved bool
}

// Holding is somebody who is asked about lines of a request.
type Holding struct {
	Who     string // the proven address, with the name that the roster gives it
	Since   request.Date
	Manager bool // who confirms the money, and decides nothing else
}

// talked is what the wording of these mails may use.
type talked struct {
	asked
	Role, Sender, For, Holder, Until, Day string
	Charged, Replaced, WasApproved        bool
	Revoked, Form                         bool
	Held                                  bool // somebody has lines of the request
}

// talk is what such a mail has beside its lead.
type talk struct {
	kind      string
	tone      templates.Tone
	generated bool // nobody's mail is answered
	decides   bool // its lines are open, each with its buttons
	needsCode bool
	buttons   func(v *voice) []templates.Button
	meaning   bool // it says what follows for a number that was given out
}

func (c *Composer) talk(t Talk, o talk) (Mail, error) {
	if o.needsCode && t.Code == "" {
		return Mail{}, fmt.Errorf("compose the %s mail to %s: it has no code to be answered with", o.kind, quoteForError(t.To))
	}
	e := Escalation{Envelope: t.Envelope, Code: t.Code, Submission: t.Submission, Lines: t.Lines, Policy: t.Policy}
	return c.compose(draft{
		kind: o.kind, env: t.Envelope, code: t.Code, generated: o.generated, attach: t.Files,
		data: func(l request.Lang) any {
			name := func(s string) string { return clip(cleanLine(s), maxTitle) }
			return talked{asked: c.asked(l, &e), Role: string(t.Reader), Sender: name(t.Sender), For: name(t.For), Holder: name(t.Holder),
				Until: c.when(t.Until, l), Day: day(t.Day, l), Charged: t.Charged,
				Replaced: t.Replaced, WasApproved: t.WasApproved, Form: len(t.Files) > 0, Held: len(t.Holders) > 0,
				Revoked: slices.ContainsFunc(t.Lines, func(l Line) bool { return l.Outcome == request.Revoked })}
		},
		blocks: func(v *voice) ([]templates.Block, error) {
			blocks := []templates.Block{v.lead(o.tone)}
			if o.buttons != nil {
				blocks = append(blocks, templates.Block{Buttons: o.buttons(v)})
			}
			if s := v.sentence(t.Why); s != "" {
				blocks = append(blocks, templates.Block{Note: &templates.Note{Tone: templates.Plain, Label: v.word("reason"), Text: s}})
			}
			blocks = v.holders(blocks, t.Holders)
			if t.Words != "" {
				blocks = v.quote(blocks, v.say("wrote"), t.Words)
			}
			if o.decides && t.Code != "" {
				return v.answerable(blocks, &e), nil
			}
			if o.meaning {
				blocks = v.text(blocks, "meaning")
			}
			blocks = v.groups(blocks, t.Lines, &t.Policy)
			return v.meansIfApproved(blocks, t.Lines, &t.Policy), nil
		},
	})
}

// Relay composes the mail that carries somebody's words to the person who can answer them.
func (c *Composer) Relay(t Talk) (Mail, error) {
	return c.talk(t, talk{kind: "relay", tone: templates.Waiting, generated: true, decides: true})
}

// holders says who has lines of a request, and since when.
func (v *voice) holders(blocks []templates.Block, holders []Holding) []templates.Block {
	if len(holders) == 0 {
		return blocks
	}
	facts := make([]templates.Fact, 0, len(holders))
	for i := range holders {
		h, label := &holders[i], "with-officer"
		if h.Manager {
			label = "with-manager"
		}
		v.fact(&facts, label, clip(cleanLine(h.Who), maxTitle)+", "+v.word("since")+" "+day(h.Since, v.lang))
	}
	return append(blocks, templates.Block{Facts: facts})
}

// StillWaiting tells a requester who has had their lines for some days without deciding.
func (c *Composer) StillWaiting(t Talk) (Mail, error) {
	return c.talk(t, talk{kind: "still-waiting", tone: templates.Waiting, generated: true})
}

// PassedOn tells a sender which person has their mail. Files are the blank form, where they may have meant to send one.
func (c *Composer) PassedOn(t Talk) (Mail, error) {
	return c.talk(t, talk{kind: "passed-on", tone: templates.Good})
}

// Asked tells an officer that a question is with the requester.
func (c *Composer) Asked(t Talk) (Mail, error) {
	return c.talk(t, talk{kind: "asked", tone: templates.Good, decides: true})
}

// QuestionReminder reminds a requester of an officer's question.
func (c *Composer) QuestionReminder(t Talk) (Mail, error) {
	return c.talk(t, talk{kind: "question-reminder", tone: templates.Waiting, generated: true})
}

// QuestionUnanswered tells the officer who asked, and the contact, that no answer came.
func (c *Composer) QuestionUnanswered(t Talk) (Mail, error) {
	return c.talk(t, talk{kind: "question-unanswered", tone: templates.Waiting, generated: true, decides: true})
}

// LineChange tells an officer that a requester withdrew or changed what the officer was asked about, or had approved.
func (c *Composer) LineChange(t Talk) (Mail, error) {
	return c.talk(t, talk{kind: "line-change", tone: templates.Plain, generated: true})
}

// Revocation tells a requester that approvals were taken back, and what their numbers mean now. Files are the workbook as it
// stands.
func (c *Composer) Revocation(t Talk) (Mail, error) {
	return c.talk(t, talk{kind: "revocation", tone: templates.Bad, meaning: true})
}

// NotAuthorized tells of a section 32 manager's NO.
func (c *Composer) NotAuthorized(t Talk) (Mail, error) {
	return c.talk(t, talk{kind: "not-authorized", tone: templates.Bad, meaning: true})
}

// WithdrawQuestion asks a requester whether they want to withdraw: the button's subject names their request.
func (c *Composer) WithdrawQuestion(t Talk) (Mail, error) {
	if t.Submission == "" {
		return Mail{}, fmt.Errorf("compose the withdraw-question mail to %s: it is about no request", quoteForError(t.To))
	}
	return c.talk(t, talk{kind: "withdraw-question", tone: templates.Mend, buttons: func(v *voice) []templates.Button {
		return []templates.Button{v.button(templates.Bad, v.say("withdraw"), v.word("command-withdraw"), t.Submission)}
	}})
}

// UndoQuestion asks an officer what of a decision is to be taken back, while the requester's mail waits.
func (c *Composer) UndoQuestion(t Talk) (Mail, error) {
	return c.talk(t, talk{kind: "undo-question", tone: templates.Mend, needsCode: true, buttons: func(v *voice) []templates.Button {
		return []templates.Button{v.button(templates.Plain, v.say("undo"), v.word("command-undo"), t.Code)}
	}})
}
