package notify

import (
	"fmt"

	"handrail/internal/request"
	"handrail/templates"
)

// Answer tells a requester what became of one submission: one mail, every line, the annotated workbook.
type Answer struct {
	Envelope
	Submission string // "HR-2026-000123"
	FileName   string // of the workbook that was mailed in
	Received   request.Date
	Requester  request.Origin
	Policy     request.PolicyMark
	Lines      []Line
	// Problems of the workbook as a whole, not of one line: a footer that was left out, a second table.
	Problems []request.Problem
	// DecideBy is when an officer's decision on the escalated lines is due; zero when none waits.
	DecideBy request.Date
	Workbook *Attachment // annotated; nil only in previews
}

// tally is what the wording of mails with lines may use.
type tally struct {
	Submission, FileName, Department, Inbox             string
	Lines, Approved, Escalated, Returned, Declined      int
	Kept                                                int // of Approved: before, and not again
	New                                                 int // of Approved: the others
	Withdrawn                                           int
	ToOfficer, ToManager                                int // of Escalated: who was asked
	ToCorrect                                           bool
	Unread                                              bool // something of the workbook is in no line, and must be fixed
	Total, Received, DecideBy, DecideByShort, DecidedBy string
	First                                               string // the title of the first line
	Example                                             int    // a line's number, for an example; 0 when they have none
}

func (c *Composer) tally(lang request.Lang, submission string, lines []Line) tally {
	t := tally{Submission: cleanLine(submission), Department: c.id.Name.Or(lang), Inbox: c.id.Inbox,
		Lines: len(lines), Total: total(lines, lang)}
	for i := range lines {
		if t.Example == 0 {
			t.Example = lines[i].Number
		}
		switch lines[i].Outcome {
		case request.Approved:
			t.Approved++
			if lines[i].Kept {
				t.Kept++
			} else {
				t.New++
			}
		case request.Escalated:
			t.Escalated++
			if lines[i].AwaitsManager {
				t.ToManager++
			} else {
				t.ToOfficer++
			}
		case request.Returned:
			t.Returned++
		case request.Declined, request.Revoked:
			t.Declined++
		default:
			t.Withdrawn++
		}
	}
	t.ToCorrect = t.Returned > 0
	if len(lines) > 0 {
		t.First = clip(cleanLine(lines[0].Title), maxTitle)
	}
	return t
}

// Answer composes the one mail that answers a submission.
func (c *Composer) Answer(a Answer) (Mail, error) {
	return c.compose(draft{
		kind: "answer", env: a.Envelope, attach: attachments(a.Workbook), from: sentBy(&a.Envelope, &a.Requester),
		data: func(l request.Lang) any {
			t := c.tally(l, a.Submission, a.Lines)
			t.FileName = clip(cleanLine(a.FileName), maxTitle)
			for i := range a.Problems {
				t.Unread = t.Unread || a.Problems[i].Severity == request.ReturnSeverity
			}
			t.ToCorrect = t.ToCorrect || t.Unread
			t.Received = day(a.Received, l)
			if !a.DecideBy.Before(request.DateOf(a.Now.In(c.id.Location))) {
				t.DecideBy, t.DecideByShort = day(a.DecideBy, l), shortDay(a.DecideBy, l)
			}
			return t
		},
		blocks: func(v *voice) ([]templates.Block, error) {
			t := v.data.(tally)
			blocks := []templates.Block{v.lead(leadTone(&t)), {Counts: v.counts(&t)}}
			for i := range a.Problems {
				p := &a.Problems[i]
				blocks = append(blocks, templates.Block{Note: v.problemNote(p)})
			}
			blocks = v.groups(blocks, a.Lines, &a.Policy)
			blocks = v.meansIfApproved(blocks, a.Lines, &a.Policy)
			blocks = v.text(blocks, "workbook")
			blocks = append(blocks, v.policyFacts(&a.Policy))
			return blocks, nil
		},
	})
}

// sentBy is whose mail is answered: the proven address that the answer goes to, for whom the form says.
func sentBy(e *Envelope, o *request.Origin) request.Origin {
	from := request.Origin{Sender: e.To}
	if o != nil {
		from.Name = o.Name
	}
	return from
}

func attachments(all ...*Attachment) []*Attachment {
	var some []*Attachment
	for _, a := range all {
		if a != nil {
			some = append(some, a)
		}
	}
	return some
}

// leadTone colours the top of a mail by what the reader must do: correct, wait, or go on.
func leadTone(t *tally) templates.Tone {
	switch {
	case t.ToCorrect:
		return templates.Mend
	case t.Escalated > 0:
		return templates.Waiting
	case t.Declined > 0 && t.Approved == 0:
		return templates.Bad
	case t.New > 0 && t.Declined == 0:
		return templates.Good
	default:
		return templates.Plain
	}
}

// counts are the outcomes that occur, in the order of the groups below them.
func (v *voice) counts(t *tally) []templates.Count {
	var out []templates.Count
	for _, c := range []struct {
		n    int
		tone templates.Tone
		word string
	}{{t.Returned, templates.Mend, "returned"}, {t.ToOfficer, templates.Waiting, "escalated"}, {t.ToManager, templates.Waiting, "to-confirm"},
		{t.Declined, templates.Bad, "declined"}, {t.New, templates.Good, "approved"}, {t.Kept, templates.Plain, "kept"}, {t.Withdrawn, templates.Plain, "withdrawn"}} {
		if c.n > 0 {
			out = append(out, templates.Count{Tone: c.tone, Number: fmt.Sprint(c.n), Word: v.count("count-"+c.word, c.n)})
		}
	}
	return out
}

func (v *voice) problemNote(p *request.Problem) *templates.Note {
	n := &templates.Note{Tone: templates.Plain, Label: v.word("note"), Text: v.sentence(p.Message)}
	if p.Severity == request.ReturnSeverity {
		n.Tone, n.Label = templates.Mend, v.word("to-correct")
	}
	if where := v.cells(p.Cell); where != "" {
		n.Text += " (" + where + ")"
	}
	return n
}

// order is how groups of lines follow each other: what the reader must act on comes first.
var order = [...]string{"returned", "escalated", "to-confirm", "declined", "approved", "kept", "withdrawn"}

// group is the one of them that a line belongs to.
func group(l *Line) string {
	switch l.Outcome {
	case request.Escalated:
		if l.AwaitsManager {
			return "to-confirm"
		}
	case request.Approved:
		if l.Kept {
			return "kept"
		}
	case request.Revoked:
		return "declined"
	case request.Superseded:
		return "withdrawn"
	}
	return string(l.Outcome)
}

// groups writes the lines under a heading for each outcome, at most maxLines of them in full.
func (v *voice) groups(blocks []templates.Block, lines []Line, policy *request.PolicyMark) []templates.Block {
	left := maxLines
	for _, name := range order {
		var cards []templates.Line
		n := 0
		for i := range lines {
			if group(&lines[i]) != name {
				continue
			}
			if n++; left > 0 {
				left--
				cards = append(cards, v.card(&lines[i], policy))
			}
		}
		if n == 0 {
			continue
		}
		heading := "group-" + name
		if v.trial && (name == "approved" || name == "escalated" || name == "to-confirm" || name == "returned") {
			heading = "would-" + heading
		}
		blocks = append(blocks, templates.Block{Heading: v.count(heading, n)}, templates.Block{Lines: cards})
		if more := n - len(cards); more > 0 {
			blocks = append(blocks, templates.Block{Text: v.count("more-lines", more)})
		}
	}
	return blocks
}

// Unreadable answers a message in which no request could be read, or that is not accepted: the reason, what to do, and
// the blank form.
type Unreadable struct {
	Envelope
	// Code is a workbook error's code ("old-format", "password-protected", …), or "no-attachment", "own-department",
	// "several-forms"; it chooses the advice. An unknown code gets the general advice.
	Code     string
	Reason   request.Text // what is wrong, one sentence
	FileName string       // of the attachment, "" when there was none
	Form     *Attachment  // the blank form in the reader's language
}

// Unreadable composes the polite reply to a message without a readable request.
func (c *Composer) Unreadable(u Unreadable) (Mail, error) {
	type data struct{ Code, FileName, Subject, Inbox, Department, Reason string }
	return c.compose(draft{
		kind: "unreadable", env: u.Envelope, attach: attachments(u.Form), from: sentBy(&u.Envelope, nil),
		data: func(l request.Lang) any {
			return data{Code: u.Code, FileName: clip(cleanLine(u.FileName), maxTitle), Subject: clip(cleanLine(u.Answers), maxTitle),
				Inbox: c.id.Inbox, Department: c.id.Name.Or(l), Reason: clip(cleanLine(u.Reason.In(l)), maxSentence)}
		},
		blocks: func(v *voice) ([]templates.Block, error) {
			advice := "how-" + u.Code
			if !c.set.Has(string(v.lang), v.mail+"."+advice) {
				advice = "how-other"
			}
			blocks := []templates.Block{v.lead(templates.Mend)}
			if reason := v.sentence(u.Reason); reason != "" {
				blocks = append(blocks, templates.Block{Note: &templates.Note{Tone: templates.Mend, Label: v.word("reason"), Text: reason}})
			}
			if steps := v.steps(advice); len(steps) > 0 {
				blocks = append(blocks, templates.Block{Heading: v.say("how")}, templates.Block{Steps: steps})
			}
			if u.Form != nil {
				blocks = v.text(blocks, "form")
			}
			return blocks, nil
		},
	})
}
