package notify

import (
	"fmt"
	htmltemplate "html/template"
	"strings"

	"handrail/internal/request"
	"handrail/templates"
)

// Escalation asks an officer to decide lines, by answering the mail.
type Escalation struct {
	Envelope
	// Code is the officer's code for this mail. It stands in the subject, in the Message-ID and in every button.
	Code       string
	Submission string // "HR-2026-000123", "" when the lines come from several
	Requester  request.Origin
	Policy     request.PolicyMark
	Lines      []Line // each with its Number
	DecideBy   request.Date
	// Instead names the officer whom the reader stands in for; Why says why the lines came here ("no answer in two
	// days", "above the limit of …"). Both may be empty.
	Instead  string
	Why      request.Text
	Workbook *Attachment // with decision and reason columns
}

// asked is what the wording of an officer's mails may use.
type asked struct {
	tally
	Requester, Unit, Code, Instead string
	DaysLeft                       int
	Expired                        string
}

func (c *Composer) asked(l request.Lang, e *Escalation) asked {
	a := asked{tally: c.tally(l, e.Submission, e.Lines), Requester: requester(e.Requester), Unit: clip(cleanLine(e.Requester.Unit), maxTitle),
		Code: e.Code, Instead: clip(cleanLine(e.Instead), maxTitle)}
	a.Received = day(e.Requester.Received, l)
	a.DecideBy, a.DecideByShort = day(e.DecideBy, l), shortDay(e.DecideBy, l)
	return a
}

// requester is the name on the form, else the address.
func requester(o request.Origin) string {
	for _, s := range []string{o.Name, o.Sender, o.Email} {
		if s = clip(cleanLine(s), maxTitle); s != "" {
			return s
		}
	}
	return ""
}

// Escalation composes the mail that asks for decisions.
func (c *Composer) Escalation(e Escalation) (Mail, error) { return c.ask("escalation", e) }

// Digest asks for everything that waits for an officer in one mail: lines of several requests, each with its
// Requester, sorted by supplier by the caller; e.Requester stays empty.
func (c *Composer) Digest(e Escalation) (Mail, error) { return c.ask("digest", e) }

// Reminder asks again for what is still open: the same code, buttons and lines, with a subject that says it waits.
func (c *Composer) Reminder(e Escalation) (Mail, error) { return c.ask("reminder", e) }

func (c *Composer) ask(kind string, e Escalation) (Mail, error) {
	if e.Code == "" {
		return Mail{}, fmt.Errorf("compose the %s mail to %s: it has no code to be answered with", kind, quoteForError(e.To))
	}
	return c.compose(draft{
		kind: kind, env: e.Envelope, code: e.Code, generated: true, attach: attachments(e.Workbook),
		data: func(l request.Lang) any { return c.asked(l, &e) },
		blocks: func(v *voice) ([]templates.Block, error) {
			a := v.data.(asked)
			blocks := []templates.Block{v.lead(templates.Waiting)}
			if s := v.sentence(e.Why); s != "" {
				blocks = append(blocks, templates.Block{Note: &templates.Note{Tone: templates.Plain, Label: v.word("note"), Text: s}})
			}
			blocks = append(blocks, templates.Block{Facts: v.askedFacts(&a, &e)})
			if len(e.Lines) > 1 {
				blocks = append(blocks, templates.Block{Buttons: v.allButtons(&e)})
			}
			blocks = append(blocks, templates.Block{Heading: v.say("lines")})
			blocks = v.askedLines(blocks, &e)
			blocks = append(blocks, templates.Block{Heading: v.say("how")}, templates.Block{Steps: v.steps("ways")}, templates.Block{Text: v.say("besides")})
			blocks = append(blocks, v.means(&e.Policy), v.policyFacts(&e.Policy))
			return blocks, nil
		},
	})
}

// askedLines are the cards of an officer's mail, at most maxLines of them.
func (v *voice) askedLines(blocks []templates.Block, e *Escalation) []templates.Block {
	cards := make([]templates.Line, 0, min(len(e.Lines), maxLines))
	for i := range e.Lines[:min(len(e.Lines), maxLines)] {
		cards = append(cards, v.askedCard(&e.Lines[i], e))
	}
	blocks = append(blocks, templates.Block{Lines: cards})
	if more := len(e.Lines) - len(cards); more > 0 {
		blocks = append(blocks, templates.Block{Text: v.count("more-lines", more)})
	}
	return blocks
}

// steps is a wording phrase of one step a paragraph.
func (v *voice) steps(name string) []string {
	s := v.say(name)
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n\n")
}

func (v *voice) askedFacts(a *asked, e *Escalation) []templates.Fact {
	var facts []templates.Fact
	who := a.Requester
	if mail := cleanLine(e.Requester.Sender); mail != "" && mail != who {
		who += " <" + mail + ">"
	}
	v.fact(&facts, "requester", who)
	v.fact(&facts, "unit", a.Unit)
	v.fact(&facts, "received", a.Received)
	v.fact(&facts, "request", a.Submission)
	v.fact(&facts, "asked-total", a.Total)
	v.fact(&facts, "decide-by", a.DecideBy)
	v.fact(&facts, "instead", a.Instead)
	return facts
}

// askedCard is a line as an officer needs it: what, how much, why, after which rule, and what happened before.
func (v *voice) askedCard(l *Line, e *Escalation) templates.Line {
	t := v.card(l, nil)
	if l.Outcome == request.Escalated {
		t.Result = v.word("to-decide")
	}
	t.Facts = nil
	v.fact(&t.Facts, "supplier", clip(cleanLine(l.Supplier), maxTitle))
	v.fact(&t.Facts, "requester", clip(cleanLine(l.Requester), maxTitle))
	v.fact(&t.Facts, "description", clip(cleanLine(l.Description), maxSentence))
	var facts []templates.Fact
	v.fact(&facts, "cost-centre", clip(cleanLine(l.CostCentre), maxTitle))
	v.fact(&facts, "needed-by", v.day(l.NeededBy))
	v.fact(&facts, "justification", clip(cleanLine(l.Justification), maxSentence))
	v.fact(&facts, "rationale", clip(cleanLine(l.Rationale), maxSentence))
	v.fact(&facts, "section-32", v.evidence(&l.Section32))
	v.fact(&facts, "reference", cleanLine(l.Reference))
	if l.Row > 0 {
		v.fact(&facts, "row", fmt.Sprint(l.Row))
	}
	t.Details = facts
	for _, c := range l.Changes {
		t.Reasons = append(t.Reasons, templates.Reason{Label: v.label("changed"), Text: v.sentence(c)})
	}
	if len(l.History) > 0 {
		t.HistoryOf = v.label("history")
		for i := range l.History {
			if i == maxHistory {
				t.History = append(t.History, templates.Fact{Label: "…", Value: v.count("more-lines", len(l.History)-i)})
				break
			}
			t.History = append(t.History, v.history(&l.History[i]))
		}
	}
	if l.Number > 0 {
		t.Buttons = v.lineButtons(l, e)
	}
	return t
}

func (v *voice) history(h *HistoryLine) templates.Fact {
	parts := []string{v.amount(h.Total)}
	for _, s := range []string{clip(cleanLine(h.Supplier), maxTitle), clip(cleanLine(h.Title), maxTitle), v.day(h.On)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if h.Outcome != "" {
		parts = append(parts, strings.ToLower(h.Outcome.Word().In(v.lang)))
	}
	return templates.Fact{Label: cleanLine(h.Reference) + v.end(), Value: strings.Join(parts, ", ")}
}

// evidence says who authorized the money, and how well that is known.
func (v *voice) evidence(s *Section32Evidence) string {
	if s.Evidence == "" {
		return v.word("evidence-none")
	}
	parts := make([]string, 0, 4)
	if m := clip(cleanLine(s.Manager), maxTitle); m != "" {
		parts = append(parts, m)
	}
	if !s.On.IsZero() {
		parts = append(parts, v.day(s.On))
	}
	if s.Amount != nil {
		parts = append(parts, s.Amount.In(v.lang))
	}
	return strings.Join(parts, ", ") + " (" + v.word("evidence-"+string(s.Evidence)) + ")"
}

// button is a mailto: link whose subject bears the code and whose body is the command; a command that ends in a colon
// waits for a reason.
func (v *voice) button(t templates.Tone, label, command, code string) templates.Button {
	bare := strings.TrimRight(command, ": "+nbsp)
	subject, typed := bare+" ["+code+"]", bare
	if bare != command {
		typed = bare + v.end() + " " + v.word("your-reason")
	}
	return templates.Button{Tone: t, Label: label, Type: typed, TypeLabel: v.label("or-type"),
		Href: htmltemplate.URL(mailto(v.c.id.ReplyTo, subject, command))}
}

func (v *voice) allButtons(e *Escalation) []templates.Button {
	approve, label := v.word("command-approve")+" "+v.word("command-all"), "button-approve-all"
	for i := range e.Lines {
		if e.Lines[i].NeedsReason {
			approve, label = approve+v.commandColon(), "button-approve-all-why"
			break
		}
	}
	return []templates.Button{
		v.button(templates.Good, v.count(label, len(e.Lines)), approve, e.Code),
		v.button(templates.Bad, v.count("button-decline-all", len(e.Lines)), v.word("command-decline")+" "+v.word("command-all")+v.commandColon(), e.Code),
	}
}

func (v *voice) lineButtons(l *Line, e *Escalation) []templates.Button {
	approve, label := fmt.Sprintf("%s %d", v.word("command-approve"), l.Number), "button-approve"
	if l.NeedsReason {
		approve, label = approve+v.commandColon(), "button-approve-why"
	}
	return []templates.Button{
		v.button(templates.Good, v.count(label, l.Number), approve, e.Code),
		v.button(templates.Bad, v.count("button-decline", l.Number), fmt.Sprintf("%s %d", v.word("command-decline"), l.Number)+v.commandColon(), e.Code),
	}
}

// commandColon ends a command that wants a reason; the reader types on.
func (v *voice) commandColon() string {
	if v.lang == request.French {
		return " : "
	}
	return ": "
}
