package notify

import (
	"fmt"
	"slices"
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
	// DecideBy is the day by which the decision is expected. Once it is past, the mail says so and asks for no day.
	DecideBy request.Date
	// Instead names the officer whom the reader stands in for; Why says why the lines came here ("no answer in two
	// days", "… is away until …"). Both may be empty.
	Instead string
	Why     request.Text
	// More is how many lines wait beside these, for mails of their own.
	More     int
	Workbook *Attachment // with decision and reason columns
	// Files are what the requester attached, LeftOut what of it does not go along.
	Files   []*Attachment
	LeftOut []LeftOut
	// News is what came into force since the reader's last mail, a paragraph each.
	News []request.Text
}

// LeftOut is a file that does not go along.
type LeftOut struct {
	Name string
	Why  request.Text
}

// asked is what the wording of an officer's mails may use.
type asked struct {
	tally
	// Requester is the proven address of who asks, For the form's name where that is another; Who and Thing are short, for
	// subjects. Others is how many lines there are beside the first, People how many asked.
	Requester, For, Who, Thing string
	Others, People             int
	Unit, Code, Instead, Why   string
	Overdue, OverdueShort      string
	Gist                       string // of a single line: from whom, and why it came
	More                       int
}

func (c *Composer) asked(l request.Lang, e *Escalation) asked {
	a := asked{tally: c.tally(l, e.Submission, e.Lines), Requester: clip(cleanLine(e.Requester.Sender), maxTitle), For: formName(&e.Requester),
		Who: c.subjectSender(&e.Requester), Unit: clip(cleanLine(e.Requester.Unit), maxTitle),
		Code: e.Code, Instead: clip(cleanLine(e.Instead), maxTitle), Why: clip(cleanLine(e.Why.In(l)), maxSentence), Others: len(e.Lines) - 1, More: e.More}
	if a.Requester == "" {
		a.Requester, a.For = a.For, ""
	}
	a.Thing = subjectThing(a.First)
	a.Received = day(e.Requester.Received, l)
	if today := request.DateOf(e.Now.In(c.id.Location)); !e.DecideBy.IsZero() && e.DecideBy.Before(today) {
		a.Overdue, a.OverdueShort = day(e.DecideBy, l), shortDay(e.DecideBy, l)
	} else {
		a.DecideBy, a.DecideByShort = day(e.DecideBy, l), shortDay(e.DecideBy, l)
	}
	people := map[string]bool{}
	for i := range e.Lines {
		people[cleanLine(e.Lines[i].Requester.Sender+e.Lines[i].Requester.Name)] = true
	}
	a.People = len(people)
	if len(e.Lines) == 1 {
		a.Gist = gist(&e.Lines[0], l)
	}
	return a
}

// Escalation composes the mail that asks for decisions.
func (c *Composer) Escalation(e Escalation) (Mail, error) { return c.ask("escalation", e) }

// Digest asks for everything that waits for an officer in one mail: lines of several requests, each with its
// Requester, sorted by supplier by the caller; e.Requester stays empty.
func (c *Composer) Digest(e Escalation) (Mail, error) { return c.ask("digest", e) }

// Reminder asks again for what is still open: the same code, buttons and lines, with a subject that says it waits.
func (c *Composer) Reminder(e Escalation) (Mail, error) { return c.ask("reminder", e) }

// Bounds of an officer's mail.
const (
	// maxBody is how many bytes of HTML it has: mail programs cut at 102 KB. Lines that do not fit as cards stand in it as rows.
	maxBody = 95 << 10
	// maxRows is how many lines stand in it in short. All of them are in its workbook.
	maxRows = 60
	// maxSummary is how many lines are summed up above the buttons for all of them. With more, these stand below the lines.
	maxSummary = 5
)

func (c *Composer) ask(kind string, e Escalation) (Mail, error) {
	if e.Code == "" {
		return Mail{}, fmt.Errorf("compose the %s mail to %s: it has no code to be answered with", kind, quoteForError(e.To))
	}
	cards, rows := min(len(e.Lines), maxLines), maxRows
	for {
		m, err := c.askInShort(kind, &e, cards, rows)
		switch {
		case err != nil || len(m.html) <= maxBody || cards <= 1 && rows <= 1:
			return m, err
		case cards > 1:
			cards = max(1, min(cards-1, cards*maxBody/len(m.html)))
		default:
			rows /= 2
		}
	}
}

// askInShort writes an officer's mail with so many lines as cards, and so many of the others as rows.
func (c *Composer) askInShort(kind string, e *Escalation, cards, rows int) (Mail, error) {
	return c.compose(draft{
		kind: kind, env: e.Envelope, code: e.Code, generated: true, officer: true,
		attach: append(attachments(e.Workbook), e.Files...),
		data:   func(l request.Lang) any { return c.asked(l, e) },
		blocks: func(v *voice) ([]templates.Block, error) {
			a := v.data.(asked)
			blocks := []templates.Block{v.lead(templates.Waiting)}
			several, few := len(e.Lines) > 1, len(e.Lines) <= maxSummary
			if several && few {
				blocks = append(blocks, templates.Block{Rows: v.rows(e.Lines)}, templates.Block{Buttons: v.allButtons(e)}, templates.Block{Heading: v.say("lines")})
			}
			full := make([]templates.Line, 0, cards)
			for i := range e.Lines[:cards] {
				full = append(full, v.askedCard(&e.Lines[i], e))
			}
			blocks = append(blocks, templates.Block{Lines: full})
			if rest := e.Lines[cards:]; len(rest) > 0 {
				blocks = append(blocks, templates.Block{Heading: v.count("in-short", len(rest))}, templates.Block{Rows: v.rows(rest[:min(len(rest), rows)])})
				if more := len(rest) - rows; more > 0 {
					blocks = append(blocks, templates.Block{Text: v.count("more-lines", more)})
				}
			}
			if several && !few {
				blocks = append(blocks, templates.Block{Heading: v.say("all")}, templates.Block{Buttons: v.allButtons(e)})
			}
			if e.More > 0 {
				blocks = append(blocks, templates.Block{Text: v.count("more-mails", e.More)})
			}
			blocks = v.files(blocks, e)
			blocks = append(blocks, templates.Block{Heading: v.say("how")}, templates.Block{Steps: v.steps("ways")}, templates.Block{Text: v.say("besides")})
			if facts := v.askedFacts(&a); len(facts) > 0 {
				blocks = append(blocks, templates.Block{Heading: v.word("request")}, templates.Block{Facts: facts})
			}
			return append(v.rulesNews(blocks, e.News), v.means(&e.Policy), v.policyFacts(&e.Policy)), nil
		},
	})
}

// steps is a wording phrase of one step a paragraph.
func (v *voice) steps(name string) []string {
	s := v.say(name)
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n\n")
}

// askedFacts identify the request, below everything that a decision needs.
func (v *voice) askedFacts(a *asked) []templates.Fact {
	var facts []templates.Fact
	v.fact(&facts, "unit", a.Unit)
	v.fact(&facts, "received", a.Received)
	v.fact(&facts, "reference", a.Submission)
	v.fact(&facts, "instead", a.Instead)
	return facts
}

// files names what the requester attached: what goes along, and what does not, with the reason.
func (v *voice) files(blocks []templates.Block, e *Escalation) []templates.Block {
	var facts []templates.Fact
	names := make([]string, 0, len(e.Files))
	for _, f := range e.Files {
		names = append(names, clip(cleanLine(f.Name), maxTitle))
	}
	v.fact(&facts, "files", strings.Join(names, ", "))
	for i := range e.LeftOut {
		f := &e.LeftOut[i]
		v.fact(&facts, "left-out", clip(cleanLine(f.Name), maxTitle)+" ("+v.sentence(f.Why)+")")
	}
	if len(facts) == 0 {
		return blocks
	}
	return append(blocks, templates.Block{Heading: v.word("files-heading")}, templates.Block{Facts: facts})
}

// whyItCame are the findings that an officer is asked about, as the policy lists them.
func whyItCame(l *Line) []*request.Finding {
	var why []*request.Finding
	for i := range l.Findings {
		if f := &l.Findings[i]; f.Action == request.Escalate && f.ExemptedBy == "" {
			why = append(why, f)
		}
	}
	return why
}

// titles are short words for findings: "Tax is missing; Same supplier again".
func titles(why []*request.Finding, l request.Lang) string {
	var said []string
	for _, f := range why {
		t := f.Title
		if t.IsZero() {
			t = f.ForOfficer()
		}
		if s := clip(cleanLine(t.In(l)), maxBrief/2); !slices.Contains(said, s) {
			said = append(said, s)
		}
	}
	return strings.Join(said, "; ")
}

// gist is from whom a line buys, and why it came.
func gist(l *Line, lang request.Lang) string {
	var parts []string
	for _, s := range []string{clip(cleanLine(l.Supplier), maxRowName), titles(whyItCame(l), lang)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return clip(strings.Join(parts, ". "), maxTitle)
}
