package notify

import (
	"handrail/internal/request"
	"handrail/templates"
)

// Trial tells a person what would become of each line of a workbook that they wanted checked. Nothing of it is recorded.
type Trial struct {
	Envelope
	FileName string
	Policy   request.PolicyMark
	Lines    []Line // those that are shown; none has a number of its own, unless it came back with one
	More     int    // lines beyond those
	Tally    TrialTally
	Problems []request.Problem // of the workbook as a whole
	Workbook *Attachment       // annotated
}

// TrialTally counts all lines of a trial by what would become of them.
type TrialTally struct {
	Lines, Approved, Escalated, Returned int
	Kept                                 int // rows that came back unchanged: their decision stands
}

// Trial composes the answer to a trial. Its first line says that it is one.
func (c *Composer) Trial(t Trial) (Mail, error) {
	type data struct {
		TrialTally
		FileName, Inbox string
		Unread          bool
	}
	d := data{TrialTally: t.Tally, FileName: clip(cleanLine(t.FileName), maxTitle), Inbox: c.id.Inbox}
	for i := range t.Problems {
		d.Unread = d.Unread || t.Problems[i].Severity == request.ReturnSeverity
	}
	return c.compose(draft{
		kind: "trial", env: t.Envelope, attach: attachments(t.Workbook), // its first line says TRIAL, and not who sent it
		data: func(request.Lang) any { return d },
		blocks: func(v *voice) ([]templates.Block, error) {
			v.trial = true
			tone := templates.Good
			switch {
			case d.Returned > 0 || d.Unread || d.Lines == 0:
				tone = templates.Mend
			case d.Escalated > 0:
				tone = templates.Waiting
			case d.Approved == 0:
				tone = templates.Plain
			}
			blocks := []templates.Block{v.lead(tone)}
			for i := range t.Problems {
				blocks = append(blocks, templates.Block{Note: v.problemNote(&t.Problems[i])})
			}
			blocks = v.groups(blocks, t.Lines, nil)
			if t.More > 0 {
				blocks = append(blocks, templates.Block{Text: v.count("more-lines", t.More)})
			}
			blocks = v.text(blocks, "workbook")
			return append(blocks, v.policyFacts(&t.Policy)), nil
		},
	})
}
