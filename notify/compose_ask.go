package notify

import (
	"fmt"
	htmltemplate "html/template"
	"strings"

	"handrail/internal/request"
	"handrail/templates"
)

// AskBack answers a reply that was not clear: nothing was decided, these are the words that decide.
type AskBack struct {
	Envelope
	Code       string // the escalation's code: a reply to this mail decides
	Submission string
	Policy     request.PolicyMark
	Written    string       // what the officer wrote
	Unclear    string       // the words in it that were not understood; empty where it is all of them
	Why        request.Text // why it was not clear
	Lines      []Line       // still open, with their Numbers
	// Confirms is true for a section 32 manager, who confirms or says NO, and decides nothing.
	Confirms bool
	// DidYouMean is what would be a clear answer, one command a line; empty where there is none.
	DidYouMean request.Text
}

// AskBack composes the question back.
func (c *Composer) AskBack(a AskBack) (Mail, error) {
	e := Escalation{Envelope: a.Envelope, Code: a.Code, Submission: a.Submission, Lines: a.Lines, Policy: a.Policy}
	return c.compose(draft{
		kind: "askback", env: a.Envelope, code: a.Code, officer: true, from: sentBy(&a.Envelope, nil),
		data: func(l request.Lang) any { return c.asked(l, &e) },
		blocks: func(v *voice) ([]templates.Block, error) {
			blocks := []templates.Block{v.lead(templates.Mend)}
			if s := v.sentence(a.Why); s != "" {
				blocks = append(blocks, templates.Block{Note: &templates.Note{Tone: templates.Mend, Label: v.word("reason"), Text: s}})
			}
			blocks = v.quote(blocks, v.label("you-wrote"), a.Written)
			blocks = v.quote(blocks, v.say("unclear"), a.Unclear)
			if words := a.DidYouMean.In(v.lang); words != "" {
				blocks = v.quote(blocks, v.label("did-you-mean"), words)
				blocks = append(blocks, templates.Block{Buttons: []templates.Button{v.meant(words, a.Code)}})
			}
			if a.Confirms {
				blocks = append(blocks, templates.Block{Buttons: v.managerButtons(a.Code)})
				plain := e
				plain.Code = "" // its lines are shown, and have no buttons to decide with
				return v.answerable(blocks, &plain), nil
			}
			blocks = append(blocks, templates.Block{Heading: v.say("how")}, templates.Block{Steps: v.steps("ways")})
			return v.answerable(blocks, &e), nil
		},
	})
}

// meant is the button that carries exactly the commands that were proposed.
func (v *voice) meant(commands, code string) templates.Button {
	b := templates.Button{Tone: templates.Good, Label: v.word("button-meant"),
		Href: htmltemplate.URL(mailto(v.c.id.ReplyTo, v.word("did-you-mean")+" ["+code+"]", commands))}
	if !strings.Contains(commands, "\n") { // several stand above, one a line
		b.Type, b.TypeLabel = commands, v.label("or-type")
	}
	return b
}

// managerButtons are what a section 32 manager may answer.
func (v *voice) managerButtons(code string) []templates.Button {
	return []templates.Button{v.button(templates.Good, v.say("confirm"), v.word("command-confirm"), code),
		v.button(templates.Bad, v.say("refuse"), v.word("command-no")+v.commandColon(), code)}
}

// quote adds somebody's own words.
func (v *voice) quote(blocks []templates.Block, label, words string) []templates.Block {
	lines := cleanLines(words, maxQuoteLine)
	if len(lines) == 0 {
		return blocks
	}
	return append(blocks, templates.Block{Quote: &templates.Quote{Label: label, Lines: lines}})
}

// answerable adds open lines in short, each with its buttons, when the mail has a code.
func (v *voice) answerable(blocks []templates.Block, e *Escalation) []templates.Block {
	if len(e.Lines) == 0 {
		return blocks
	}
	cards := make([]templates.Line, 0, min(len(e.Lines), maxLines))
	for i := range e.Lines[:min(len(e.Lines), maxLines)] {
		l := &e.Lines[i]
		if l.Outcome == request.Escalated && e.Code != "" && l.Number > 0 {
			cards = append(cards, v.askedCard(l, e))
		} else {
			cards = append(cards, v.card(l, &e.Policy))
		}
	}
	blocks = append(blocks, templates.Block{Heading: v.say("lines")}, templates.Block{Lines: cards})
	if more := len(e.Lines) - len(cards); more > 0 {
		blocks = append(blocks, templates.Block{Text: v.count("more-lines", more)})
	}
	return v.meansIfApproved(blocks, e.Lines, &e.Policy)
}

// Question carries an officer's question to the requester, and the requester's answer to the officer.
type Question struct {
	Envelope
	// Code is set in the mail to the officer: with it the lines can be decided from there. It is "" to the requester.
	Code       string
	Submission string
	Policy     request.PolicyMark
	From       string // whose words they are: the proven address, with the name that the roster gives it
	For        string // the name on the form, in the mail to the officer
	Words      string
	Lines      []Line // what it is about; may be empty
	Files      []*Attachment
}

type spoken struct {
	asked
	From, For, Sender string // Sender is From as subjects say it
}

// Question composes the mail that carries an officer's question to the requester.
func (c *Composer) Question(q Question) (Mail, error) { return c.relay("question", q) }

// Reply composes the mail that carries the requester's answer to the officer. It needs a code.
func (c *Composer) Reply(q Question) (Mail, error) {
	if q.Code == "" {
		return Mail{}, fmt.Errorf("compose the reply mail to %s: it has no code to be answered with", quoteForError(q.To))
	}
	return c.relay("reply", q)
}

func (c *Composer) relay(kind string, q Question) (Mail, error) {
	e := Escalation{Envelope: q.Envelope, Code: q.Code, Submission: q.Submission, Lines: q.Lines, Policy: q.Policy}
	return c.compose(draft{
		kind: kind, env: q.Envelope, code: q.Code, generated: true, attach: q.Files, officer: q.Code != "",
		data: func(l request.Lang) any {
			return spoken{c.asked(l, &e), clip(cleanLine(q.From), maxTitle), clip(cleanLine(q.For), maxTitle), c.subjectSender(&request.Origin{Sender: q.From})}
		},
		blocks: func(v *voice) ([]templates.Block, error) {
			blocks := []templates.Block{v.lead(templates.Waiting)}
			blocks = v.quote(blocks, v.say("wrote"), q.Words)
			return v.answerable(blocks, &e), nil
		},
	})
}

// Section32 asks the manager named on the form whether the money was authorized.
type Section32 struct {
	Envelope
	Code       string
	Submission string
	Requester  request.Origin
	Policy     request.PolicyMark
	Lines      []Line // with their section 32 evidence as declared
	ReplyBy    request.Date
}

// Section32 composes the request to confirm.
func (c *Composer) Section32(s Section32) (Mail, error) {
	if s.Code == "" {
		return Mail{}, fmt.Errorf("compose the section32 mail to %s: it has no code to be answered with", quoteForError(s.To))
	}
	e := Escalation{Envelope: s.Envelope, Code: s.Code, Submission: s.Submission, Requester: s.Requester, Lines: s.Lines,
		Policy: s.Policy, DecideBy: s.ReplyBy}
	return c.compose(draft{
		kind: "section32", env: s.Envelope, code: s.Code, generated: true, officer: true,
		data: func(l request.Lang) any { return c.asked(l, &e) },
		blocks: func(v *voice) ([]templates.Block, error) {
			a := v.data.(asked)
			blocks := []templates.Block{v.lead(templates.Waiting), {Rows: v.rows(bare(s.Lines[:min(len(s.Lines), maxSummary)]))},
				{Buttons: v.managerButtons(s.Code)}, {Heading: v.say("lines")}}
			cards := make([]templates.Line, 0, min(len(s.Lines), maxLines))
			for i := range s.Lines[:min(len(s.Lines), maxLines)] {
				l := &s.Lines[i]
				card := v.card(&Line{Reference: l.Reference, Row: l.Row, Title: l.Title, Supplier: l.Supplier, Total: l.Total, Outcome: l.Outcome, AwaitsManager: true}, nil)
				card.Facts = append(card.Facts, v.authorized(&l.Section32))
				cards = append(cards, card)
			}
			blocks = append(blocks, templates.Block{Lines: cards})
			if more := len(s.Lines) - len(cards); more > 0 {
				blocks = append(blocks, templates.Block{Text: v.count("more-lines", more)})
			}
			blocks = append(v.text(blocks, "meaning"), templates.Block{Facts: v.askedFacts(&a)})
			return v.meansIfApproved(blocks, s.Lines, &s.Policy), nil
		},
	})
}

// Section32Told composes a manager's mail of the day: what was asked for on their authority. Nothing waits for an answer.
func (c *Composer) Section32Told(s Section32) (Mail, error) {
	if s.Code == "" {
		return Mail{}, fmt.Errorf("compose the section32-told mail to %s: it has no code to be answered with", quoteForError(s.To))
	}
	e := Escalation{Envelope: s.Envelope, Code: s.Code, Submission: s.Submission, Requester: s.Requester, Lines: s.Lines, Policy: s.Policy}
	return c.compose(draft{
		kind: "section32-told", env: s.Envelope, code: s.Code, generated: true, officer: true,
		data: func(l request.Lang) any { return c.asked(l, &e) },
		blocks: func(v *voice) ([]templates.Block, error) {
			a := v.data.(asked)
			blocks := []templates.Block{v.lead(templates.Plain)}
			if len(s.Lines) == 1 {
				blocks = append(blocks, templates.Block{Buttons: []templates.Button{v.button(templates.Bad, v.say("refuse"), v.word("command-no")+v.commandColon(), s.Code)}})
			}
			blocks = append(blocks, templates.Block{Heading: v.say("lines")})
			cards := make([]templates.Line, 0, len(s.Lines)) // all of them: its code says no to none that cannot be seen
			for i := range s.Lines {
				cards = append(cards, v.toldCard(&s.Lines[i], len(s.Lines) > 1, s.Code))
			}
			blocks = append(blocks, templates.Block{Lines: cards})
			blocks = append(v.text(blocks, "meaning"), templates.Block{Facts: v.askedFacts(&a)})
			return v.meansIfApproved(blocks, s.Lines, &s.Policy), nil
		},
	})
}

// toldCard is a line that names its reader as section 32 manager; one of several has a button of its own.
func (v *voice) toldCard(l *Line, several bool, code string) templates.Line {
	number := l.Number
	if !several {
		number = 0
	}
	card := v.card(&Line{Number: number, Reference: l.Reference, Title: l.Title, Supplier: l.Supplier, Total: l.Total, Outcome: l.Outcome}, nil)
	card.Next, card.NextLabel = "", "" // the number is the requester's to use
	v.fact(&card.Facts, "requester", AskedBy(&l.Requester, v.lang))
	v.fact(&card.Facts, "cost-centre", clip(cleanLine(l.CostCentre), maxTitle))
	v.fact(&card.Facts, "section-32", v.evidence(&l.Section32))
	if several {
		label := v.word("line") + nbsp + fmt.Sprint(l.Number) + v.end() + " " + v.say("refuse")
		card.Buttons = []templates.Button{v.button(templates.Bad, label, fmt.Sprintf("%s %d", v.word("command-decline"), l.Number)+v.commandColon(), code)}
	}
	return card
}

// bare are lines without what was found of them, which is not a manager's to judge.
func bare(lines []Line) []Line {
	out := make([]Line, len(lines))
	for i := range lines {
		out[i] = Line{Number: lines[i].Number, Title: lines[i].Title, Supplier: lines[i].Supplier, Total: lines[i].Total}
	}
	return out
}
