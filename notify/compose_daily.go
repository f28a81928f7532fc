package notify

import (
	"fmt"
	"time"

	"handrail/internal/request"
	"handrail/templates"
)

// OperatorDaily tells the operator once a day all that stands, and what happened since the last one and could wait.
type OperatorDaily struct {
	Envelope
	Standing []Standing
	News     []News
}

// Standing is all of one kind that stands until a person does something.
type Standing struct {
	Title request.Text // "Lines that nobody can decide"
	Hint  request.Text // what to do
	Items []StandingItem
	All   int // Items, and those that are not listed
}

// StandingItem is one thing that stands.
type StandingItem struct {
	What  request.Text // "HR-2026-000123-04 of a.tremblay@department.example"
	Since time.Time
	Words string // why, in a server's or the program's own words
}

// News is what happened once, and could wait for this mail.
type News struct {
	Title   request.Text
	What    request.Text
	Hint    request.Text
	At      time.Time
	Details []string
}

// daily is what the wording of this mail may use.
type daily struct {
	Standing, News int
	First          string // the title of what comes first
	Department     string
}

// mostWholeNews is how much news is said in full; of the rest the titles.
const mostWholeNews = 20

// OperatorDaily composes it.
func (c *Composer) OperatorDaily(o OperatorDaily) (Mail, error) {
	return c.compose(draft{
		kind: "operator-daily", env: o.Envelope, generated: true,
		data: func(l request.Lang) any {
			d := daily{News: len(o.News), Department: c.id.Name.Or(l)}
			var first request.Text
			for i := range o.Standing {
				d.Standing += o.Standing[i].All
			}
			switch {
			case len(o.Standing) > 0:
				first = o.Standing[0].Title
			case len(o.News) > 0:
				first = o.News[0].Title
			}
			d.First = clip(cleanLine(first.In(l)), maxTitle)
			return d
		},
		blocks: func(v *voice) ([]templates.Block, error) {
			tone := templates.Waiting
			if len(o.Standing) > 0 {
				tone = templates.Bad
			}
			blocks := []templates.Block{v.lead(tone)}
			for i := range o.Standing {
				blocks = append(blocks, v.standing(&o.Standing[i])...)
			}
			return append(blocks, v.news(o.News)...), nil
		},
	})
}

// standing is one kind of what stands: what, since when, why, and what to do.
func (v *voice) standing(s *Standing) []templates.Block {
	var rows []templates.Row
	for i := range s.Items {
		item := &s.Items[i]
		rows = append(rows, templates.Row{Title: clip(v.sentence(item.What), maxSentence), Amount: v.since(item.Since), Note: clip(cleanLine(item.Words), maxSentence)})
	}
	if more := s.All - len(s.Items); more > 0 {
		rows = append(rows, templates.Row{Title: v.count("more", more), Note: v.word("status-lists")})
	}
	return []templates.Block{{Heading: fmt.Sprintf("%s (%d)", v.sentence(s.Title), s.All)}, {Rows: rows},
		{Note: &templates.Note{Tone: templates.Plain, Label: v.word("to-do"), Text: v.sentence(s.Hint)}}}
}

// since is "since Nov 30, 09:12" or « depuis le 30 nov., 9 h 12 ».
func (v *voice) since(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(v.c.id.Location)
	at := shortDay(request.DateOf(t), v.lang)
	if v.lang == request.French {
		return fmt.Sprintf("%s %s, %d%sh%s%02d", v.word("since"), at, t.Hour(), nbsp, nbsp, t.Minute())
	}
	return fmt.Sprintf("%s %s, %02d:%02d", v.word("since"), at, t.Hour(), t.Minute())
}

// news is what happened since the last mail.
func (v *voice) news(all []News) (blocks []templates.Block) {
	var rows []templates.Row
	for i := range all {
		n := &all[i]
		if i >= mostWholeNews {
			rows = append(rows, templates.Row{Title: v.sentence(n.Title), Note: v.when(n.At)})
			continue
		}
		blocks = append(blocks, templates.Block{Heading: v.sentence(n.Title)}, templates.Block{Text: v.when(n.At) + v.end() + " " + v.sentence(n.What)},
			templates.Block{Note: &templates.Note{Tone: templates.Plain, Label: v.word("to-do"), Text: v.sentence(n.Hint)}})
		var lines []string
		for _, d := range n.Details[:min(len(n.Details), maxQuoteLine)] {
			lines = append(lines, clip(cleanLine(d), maxSentence))
		}
		if len(lines) > 0 {
			blocks = append(blocks, templates.Block{Quote: &templates.Quote{Label: v.label("details"), Lines: lines}})
		}
	}
	if len(rows) > 0 {
		blocks = append(blocks, templates.Block{Heading: v.count("more", len(rows))}, templates.Block{Rows: rows})
	}
	return blocks
}
