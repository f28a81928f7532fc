package notify

import (
	"fmt"
	"strings"

	"handrail/internal/request"
	"handrail/templates"
)

// Proposal asks an owner of the rules about a change of what is in force.
type Proposal struct {
	Envelope
	Code          string
	Title         request.Text // what is changed
	Before, After string       // the versions; "" where there are none
	By            string       // the owner who proposed it; "" a file on the server
	From          request.Date // its day; zero: at once
	ReplyBy       request.Date
	Approved      []string // who approved it
	Missing       []string // of whom one more is needed
	Own           bool     // the reader proposed it
	Again         bool     // it is a reminder
	Changes       []request.Text
	Facts         []Figure
	Files         []*Attachment
	// Why says why the reader's answer decided nothing, and Written what it was; both empty elsewhere.
	Why     request.Text
	Written string
}

// mostChanges is how many lines of a difference a mail shows.
const mostChanges = 60

type proposal struct {
	Title, Before, After, By, From, ReplyBy string
	Approved, Missing                       string
	Own, Again, Asked                       bool
}

// Proposal composes the question to an owner, or the copy to the owner who proposed it.
func (c *Composer) Proposal(p Proposal) (Mail, error) {
	if p.Code == "" {
		return Mail{}, fmt.Errorf("compose the proposal mail to %s: it has no code to be answered with", quoteForError(p.To))
	}
	return c.compose(draft{
		kind: "proposal", env: p.Envelope, code: p.Code, generated: p.Written == "", officer: true, attach: p.Files,
		data: func(l request.Lang) any {
			or := " or "
			and := " and "
			if l == request.French {
				or, and = " ou ", " et "
			}
			return proposal{Title: clip(cleanLine(p.Title.In(l)), maxTitle), Before: cleanLine(p.Before), After: cleanLine(p.After), By: cleanLine(p.By),
				From: day(p.From, l), ReplyBy: day(p.ReplyBy, l), Approved: listed(p.Approved, and), Missing: listed(p.Missing, or), Own: p.Own, Again: p.Again, Asked: !p.Why.IsZero()}
		},
		blocks: func(v *voice) ([]templates.Block, error) {
			tone := templates.Waiting
			if !p.Why.IsZero() {
				tone = templates.Mend
			}
			blocks := []templates.Block{v.lead(tone)}
			if s := v.sentence(p.Why); s != "" {
				blocks = append(blocks, templates.Block{Note: &templates.Note{Tone: templates.Mend, Label: v.word("reason"), Text: s}})
				blocks = v.quote(blocks, v.label("you-wrote"), p.Written)
			}
			blocks = append(blocks, templates.Block{Buttons: v.ownersButtons(&p)}, templates.Block{Heading: v.say("changes")})
			lines := make([]string, 0, len(p.Changes))
			for i := range p.Changes {
				lines = append(lines, oneStep(p.Changes[i].In(v.lang)))
			}
			if len(lines) > mostChanges {
				lines = append(lines[:mostChanges], "…")
			}
			if len(lines) == 0 {
				lines = []string{v.say("none")}
			}
			blocks = append(blocks, templates.Block{Steps: lines})
			blocks = v.figures(blocks, p.Facts)
			if len(p.Files) > 0 {
				blocks = v.text(blocks, "files")
			}
			return v.text(blocks, "ways"), nil
		},
	})
}

// ownersButtons are what an owner may answer: whoever proposed may only take it back.
func (v *voice) ownersButtons(p *Proposal) []templates.Button {
	if p.Own {
		return []templates.Button{v.button(templates.Plain, v.say("withdraw"), v.word("command-withdraw"), p.Code)}
	}
	return []templates.Button{v.button(templates.Good, v.say("approve"), v.word("command-approve"), p.Code),
		v.button(templates.Bad, v.say("decline"), v.word("command-decline")+v.commandColon(), p.Code)}
}

// rulesNews adds what came into force since the reader's last mail.
func (v *voice) rulesNews(blocks []templates.Block, news []request.Text) []templates.Block {
	for i := range news {
		blocks = append(blocks, templates.Block{Note: &templates.Note{Tone: templates.Plain, Label: v.word("rules-changed"), Text: clip(cleanLine(news[i].In(v.lang)), 2*maxSentence)}})
	}
	return blocks
}

// figures adds labels with their values.
func (v *voice) figures(blocks []templates.Block, figures []Figure) []templates.Block {
	var facts []templates.Fact
	for _, f := range figures {
		facts = append(facts, templates.Fact{Label: v.sentence(f.Label) + v.end(), Value: v.sentence(f.Value)})
	}
	if len(facts) == 0 {
		return blocks
	}
	return append(blocks, templates.Block{Facts: facts})
}

// oneStep is a difference of several lines as one step: "Limit, amount: was 1; is 2".
func oneStep(s string) string {
	lines := cleanLines(s, mostChanges)
	if len(lines) < 2 {
		return strings.Join(lines, "")
	}
	return clip(lines[0]+" "+strings.Join(lines[1:], "; "), 2*maxSentence)
}

// listed joins names: "a, b and c".
func listed(names []string, last string) string {
	clean := make([]string, len(names))
	for i, n := range names {
		clean[i] = cleanLine(n)
	}
	if len(clean) < 2 {
		return strings.Join(clean, "")
	}
	return strings.Join(clean[:len(clean)-1], ", ") + last + clean[len(clean)-1]
}

// OwnersNote tells an owner of the rules, or who wrote like one, what became of a change, or why their mail had no effect.
type OwnersNote struct {
	Envelope
	Title, What, Next request.Text
	Good              bool         // something is in force, or recorded
	Label             request.Text // above Details
	Details           []request.Text
	Files             []*Attachment
}

// OwnersNote composes the note.
func (c *Composer) OwnersNote(n OwnersNote) (Mail, error) {
	type data struct{ Title, Next string }
	return c.compose(draft{
		kind: "owners-note", env: n.Envelope, generated: n.InReplyTo == "", officer: true, attach: n.Files,
		data: func(l request.Lang) any {
			return data{Title: clip(cleanLine(n.Title.In(l)), 2*maxTitle), Next: clip(cleanLine(n.Next.In(l)), maxSentence)}
		},
		blocks: func(v *voice) ([]templates.Block, error) {
			tone := templates.Mend
			if n.Good {
				tone = templates.Good
			}
			blocks := []templates.Block{v.lead(tone)}
			if what := v.sentence(n.What); what != "" {
				blocks = append(blocks, templates.Block{Text: what})
			}
			if len(n.Details) == 0 {
				return blocks, nil
			}
			if label := v.sentence(n.Label); label != "" {
				blocks = append(blocks, templates.Block{Heading: label})
			}
			var lines []string
			for i := range n.Details {
				if len(lines) >= mostChanges {
					lines = append(lines, "…")
					break
				}
				lines = append(lines, oneStep(n.Details[i].In(v.lang)))
			}
			return append(blocks, templates.Block{Steps: lines}), nil
		},
	})
}
