package notify

import (
	"fmt"
	"time"

	"handrail/internal/request"
	"handrail/templates"
)

// Decision tells a requester what an officer decided, or that lines were withdrawn or revoked: one mail for each mail
// of the officer's, not one a line.
type Decision struct {
	Envelope
	Submission string
	Requester  request.Origin
	Policy     request.PolicyMark
	Lines      []Line // those that this decision is about, with who decided, when and why
	Open       int    // lines of the submission that still wait for an officer
	Workbook   *Attachment
}

type decided struct {
	tally
	Open int
}

// Decision composes the mail that follows an officer's decision.
func (c *Composer) Decision(d Decision) (Mail, error) {
	return c.compose(draft{
		kind: "decision", env: d.Envelope, attach: attachments(d.Workbook), from: sentBy(&d.Envelope, &d.Requester),
		data: func(l request.Lang) any { return decided{c.tally(l, d.Submission, d.Lines), d.Open} },
		blocks: func(v *voice) ([]templates.Block, error) {
			t := v.data.(decided)
			blocks := []templates.Block{v.lead(leadTone(&t.tally))}
			if len(d.Lines) > 1 {
				blocks = append(blocks, templates.Block{Counts: v.counts(&t.tally)})
			}
			blocks = v.groups(blocks, d.Lines, &d.Policy)
			blocks = v.meansIfApproved(blocks, d.Lines, &d.Policy)
			if d.Workbook != nil {
				blocks = v.text(blocks, "workbook")
			}
			return append(blocks, v.policyFacts(&d.Policy)), nil
		},
	})
}

// Receipt tells an officer what was recorded from a mail, and how to take it back.
type Receipt struct {
	Envelope
	Code       string // the receipt's own code, for UNDO
	Submission string
	Policy     request.PolicyMark
	Lines      []Line // as decided, with their Numbers
	Open       int    // lines of the same mail that are still open
	// HeldUntil is when the requester is told; zero when it was told at once. Until then UNDO takes it back.
	HeldUntil time.Time
	// Suppliers says what is remembered of suppliers from now on; empty where the mail said nothing of them.
	Suppliers request.Text
}

type recorded struct {
	tally
	Code, HeldUntil string
	Thing           string // the title of the first line, short, for the subject
	Open            int
}

// Receipt composes the officer's receipt.
func (c *Composer) Receipt(r Receipt) (Mail, error) {
	if r.Code == "" {
		return Mail{}, fmt.Errorf("compose the receipt mail to %s: it has no code to be undone with", quoteForError(r.To))
	}
	return c.compose(draft{
		kind: "receipt", env: r.Envelope, code: r.Code, officer: true, from: sentBy(&r.Envelope, nil),
		data: func(l request.Lang) any {
			d := recorded{tally: c.tally(l, r.Submission, r.Lines), Code: r.Code, Open: r.Open}
			d.Thing = subjectThing(d.First)
			if !r.HeldUntil.IsZero() {
				d.HeldUntil = c.until(r.HeldUntil, r.Now, l)
			}
			return d
		},
		blocks: func(v *voice) ([]templates.Block, error) {
			t := v.data.(recorded)
			undo := v.button(templates.Plain, v.say("undo"), v.word("command-undo"), r.Code)
			blocks := []templates.Block{v.lead(templates.Good), {Counts: v.counts(&t.tally)}, {Buttons: []templates.Button{undo}}}
			if s := v.sentence(r.Suppliers); s != "" {
				blocks = append(blocks, templates.Block{Note: &templates.Note{Tone: templates.Plain, Label: v.word("remembered"), Text: s}})
			}
			blocks = v.groups(blocks, r.Lines, nil)
			blocks = v.meansIfApproved(blocks, r.Lines, &r.Policy)
			return append(blocks, v.policyFacts(&r.Policy)), nil
		},
	})
}

// NoticeKind says what a Notice is about.
type NoticeKind string

// The notices. Each says what happened and what to do, and decides nothing.
const (
	Duplicate      NoticeKind = "duplicate"       // to a requester: this workbook was answered already
	AlreadyDecided NoticeKind = "already-decided" // to an officer: somebody decided first
	Changed        NoticeKind = "changed"         // the request changed since the mail with this code
	WithdrawnLines NoticeKind = "withdrawn"       // the requester withdrew the lines
	NotYours       NoticeKind = "not-yours"       // the code or the line belongs to somebody else
	Unproven       NoticeKind = "unproven"        // the mail server could not vouch for the sender
	Undone         NoticeKind = "undone"          // a decision was taken back
	TooLate        NoticeKind = "too-late"        // UNDO after the hold
	RevokedLines   NoticeKind = "revoked"         // to finance: approvals were taken back
	HandedOver     NoticeKind = "handed-over"     // to the officer who wrote ASSIGN
	Absent         NoticeKind = "absent"          // to the officer who wrote AWAY
	ThankYou       NoticeKind = "thank-you"       // to a section 32 manager who confirmed
	NoEffect       NoticeKind = "no-effect"       // nothing was done, for a reason that Why says
	Remembered     NoticeKind = "remembered"      // to who said that suppliers are two, or one
	Forgotten      NoticeKind = "forgotten"       // to who took that back
	NoticeSetAside NoticeKind = "set-aside"       // to a sender: the message could not be read, and a person looks at it
)

// Notice is a short mail about something that has, or had, no further effect.
type Notice struct {
	Envelope
	Kind       NoticeKind
	Submission string
	By         string    // who decided first, or who took over
	At         time.Time // when that was
	Until      request.Date
	Why        request.Text
	Policy     request.PolicyMark // of Lines; may be zero when no line is approved
	Lines      []Line             // as they stand now; may be empty
}

type noted struct {
	tally
	Kind, By, At, Until string
}

// from is whose mail a notice is about: its reader's, but where somebody else revoked, and where nobody knows.
func (n *Notice) from() request.Origin {
	if n.Kind == RevokedLines || n.Kind == Unproven {
		return request.Origin{}
	}
	return sentBy(&n.Envelope, nil)
}

// Notice composes one of the short mails.
func (c *Composer) Notice(n Notice) (Mail, error) {
	return c.compose(draft{
		kind: "notice", env: n.Envelope, officer: n.Kind != Duplicate, from: n.from(),
		data: func(l request.Lang) any {
			return noted{tally: c.tally(l, n.Submission, n.Lines), Kind: string(n.Kind), By: clip(cleanLine(n.By), maxTitle),
				At: c.when(n.At, l), Until: day(n.Until, l)}
		},
		blocks: func(v *voice) ([]templates.Block, error) {
			blocks := []templates.Block{v.lead(templates.Plain)}
			label := "reason"
			if n.Kind == Remembered || n.Kind == Forgotten || n.Kind == Undone {
				label = "remembered"
			}
			if s := v.sentence(n.Why); s != "" {
				blocks = append(blocks, templates.Block{Note: &templates.Note{Tone: templates.Plain, Label: v.word(label), Text: s}})
			}
			blocks = v.groups(blocks, n.Lines, &n.Policy)
			blocks = v.meansIfApproved(blocks, n.Lines, &n.Policy)
			return blocks, nil
		},
	})
}
