package notify

import (
	"fmt"

	"handrail/internal/request"
	"handrail/templates"
)

// Corrections tells finance what became of a weekly workbook that came back with answers about charges and lines.
type Corrections struct {
	Envelope
	Done    []Correction // what was done
	Asked   []Correction // what can be read two ways, or needs a reason: nothing of it was done
	NotUsed []Correction // what names no charge: nothing of it was done
	Charges bool         // some of Asked or NotUsed is about charges: the words for these are said
}

// Correction is one answer, or what is wrong with several of one sheet.
type Correction struct {
	Where   request.Text // "handrail-2026-W48.xlsx, sheet “Matched”, row 12"
	About   request.Text // the charge: "NORTHWIND INC, 2026-11-24, $4,500.00"
	Wrote   string       // the answer as it was written; "" where it does not matter
	What    request.Text // what was done, or why nothing was
	Instead request.Text // what to write instead
}

// mostCorrections is how many answers of each part a mail names; it says how many more there are.
const mostCorrections = 40

// Corrections composes the mail.
func (c *Composer) Corrections(n Corrections) (Mail, error) {
	type data struct {
		Done, Asked, NotUsed, Open int
		Charges                    bool
	}
	return c.compose(draft{
		kind: "corrections", env: n.Envelope,
		data: func(request.Lang) any {
			return data{len(n.Done), len(n.Asked), len(n.NotUsed), len(n.Asked) + len(n.NotUsed), n.Charges}
		},
		blocks: func(v *voice) ([]templates.Block, error) {
			tone := templates.Mend
			if len(n.Asked)+len(n.NotUsed) == 0 {
				tone = templates.Good
			}
			blocks := []templates.Block{v.lead(tone)}
			for _, part := range []struct {
				name string
				list []Correction
			}{{"asked", n.Asked}, {"not-used", n.NotUsed}, {"done", n.Done}} {
				if len(part.list) == 0 {
					continue
				}
				steps := make([]string, 0, len(part.list))
				for i := range part.list {
					if i == mostCorrections {
						steps = append(steps, fmt.Sprintf(v.say("more"), len(part.list)-i))
						break
					}
					steps = append(steps, v.correction(&part.list[i]))
				}
				blocks = append(blocks, templates.Block{Heading: v.say(part.name)}, templates.Block{Steps: steps})
			}
			return v.text(blocks, "words"), nil
		},
	})
}

// correction is one step: where, of which charge, what was written, what became of it and what to write instead.
func (v *voice) correction(c *Correction) string {
	s := v.sentence(c.Where)
	if about := v.sentence(c.About); about != "" {
		s += " (" + about + ")"
	}
	if s != "" {
		s += v.end() + " "
	}
	if c.Wrote != "" {
		wrote := clip(cleanLine(c.Wrote), maxTitle)
		s += request.Text{EN: "you wrote “" + wrote + "”. ", FR: "vous avez écrit «\u00a0" + wrote + "\u00a0». "}.In(v.lang)
	}
	s += v.sentence(c.What)
	if instead := v.sentence(c.Instead); instead != "" {
		s += " " + instead
	}
	return s
}
