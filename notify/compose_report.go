package notify

import (
	"fmt"
	"time"

	"handrail/internal/request"
	"handrail/templates"
)

// Weekly brings finance the reconciliation workbook of a period.
type Weekly struct {
	Envelope
	Period   string // "2026-W47"
	From, To request.Date
	Edition  int // 1, and 2 on when the report was made again
	// Lines decided in the period by outcome, and what was approved.
	Decided  map[request.Outcome]int
	Approved []request.Money // one sum per currency
	// Waiting is how many lines wait for an officer, OldestDays for how many days the oldest does.
	Waiting, OldestDays int
	// Turnaround is the median from receipt to decision; 0 when nothing was decided.
	Turnaround time.Duration
	// Statement rows matched and left over; both 0 with Statements 0 when no statement came.
	Statements, Matched, Left int
	// Figures are further lines of the summary, said as they are.
	Figures  []Figure
	Workbook *Attachment
	// News is what came into force since the reader's last mail, a paragraph each.
	News []request.Text
}

// Figure is one number of a summary with its label, each in both languages.
type Figure struct {
	Label, Value request.Text
}

type period struct {
	Period, From, To, Department      string
	Edition, Decided, Waiting, Days   int
	Left, Matched, Statements         int
	Approved, Turnaround              string
	ApprovedLines, Escalated, Decline int
}

// Weekly composes finance's weekly mail.
func (c *Composer) Weekly(w Weekly) (Mail, error) {
	return c.compose(draft{
		kind: "weekly", env: w.Envelope, generated: true, attach: attachments(w.Workbook),
		data: func(l request.Lang) any {
			p := period{Period: cleanLine(w.Period), From: day(w.From, l), To: day(w.To, l), Department: c.id.Name.Or(l),
				Edition: w.Edition, Waiting: w.Waiting, Days: w.OldestDays, Left: w.Left, Matched: w.Matched, Statements: w.Statements,
				ApprovedLines: w.Decided[request.Approved], Approved: sums(w.Approved, l), Turnaround: duration(w.Turnaround, l)}
			for _, n := range w.Decided {
				p.Decided += n
			}
			return p
		},
		blocks: func(v *voice) ([]templates.Block, error) {
			p := v.data.(period)
			t := templates.Good
			if w.Left > 0 || w.Waiting > 0 {
				t = templates.Waiting
			}
			blocks := []templates.Block{v.lead(t), {Counts: v.decided(w.Decided)}}
			var facts []templates.Fact
			v.fact(&facts, "period", v.say("span"))
			v.fact(&facts, "approved-value", p.Approved)
			v.fact(&facts, "turnaround", p.Turnaround)
			v.fact(&facts, "waiting", v.say("waiting"))
			v.fact(&facts, "statements", v.say("statements"))
			for _, f := range w.Figures {
				facts = append(facts, templates.Fact{Label: v.sentence(f.Label) + v.end(), Value: v.sentence(f.Value)})
			}
			blocks = append(blocks, templates.Block{Facts: facts})
			return v.text(v.rulesNews(blocks, w.News), "workbook"), nil
		},
	})
}

func (v *voice) decided(by map[request.Outcome]int) []templates.Count {
	t := tally{Returned: by[request.Returned], Escalated: by[request.Escalated], Approved: by[request.Approved],
		Declined:  by[request.Declined] + by[request.Revoked],
		Withdrawn: by[request.Withdrawn] + by[request.Superseded]}
	return v.counts(&t)
}

func sums(all []request.Money, l request.Lang) string {
	s := ""
	for i, m := range all {
		if i > 0 {
			s += " + "
		}
		s += m.In(l)
	}
	return s
}

// duration says a length of time in its two largest units: "2 d 3 h", "3 h 20 min", "« 4 min »".
func duration(d time.Duration, l request.Lang) string {
	if d <= 0 {
		return ""
	}
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	dayUnit := "d"
	if l == request.French {
		dayUnit = "j"
	}
	switch {
	case days > 0:
		return fmt.Sprintf("%d%s%s %d%sh", days, nbsp, dayUnit, hours, nbsp)
	case hours > 0:
		return fmt.Sprintf("%d%sh %d%smin", hours, nbsp, minutes, nbsp)
	default:
		return fmt.Sprintf("%d%smin", max(minutes, 1), nbsp)
	}
}

// Alert tells the operator that somebody must act.
type Alert struct {
	Envelope
	Title   request.Text // "The inbox could not be read"
	What    request.Text // what happened, one or two sentences
	Hint    request.Text // what to do now
	Run     string       // id of the run, for the logs
	Details []string     // lines for a technician: server words, ids; no personal data
	// Over: what was told before is over, and nothing needs to be done.
	Over bool
}

// Alert composes the operator's mail.
func (c *Composer) Alert(a Alert) (Mail, error) {
	type data struct {
		Title, Department string
		Over              bool
	}
	tone := templates.Bad
	if a.Over {
		tone = templates.Good
	}
	return c.compose(draft{
		kind: "alert", env: a.Envelope, generated: true,
		data: func(l request.Lang) any {
			return data{Title: clip(cleanLine(a.Title.In(l)), maxTitle), Department: c.id.Name.Or(l), Over: a.Over}
		},
		blocks: func(v *voice) ([]templates.Block, error) {
			next := v.sentence(a.Hint)
			if next == "" {
				next = v.say("next")
			}
			blocks := []templates.Block{{Lead: &templates.Lead{Tone: tone, Headline: v.sentence(a.Title), Next: next}}}
			if what := v.sentence(a.What); what != "" {
				blocks = append(blocks, templates.Block{Text: what})
			}
			var facts []templates.Fact
			v.fact(&facts, "run", cleanLine(a.Run))
			v.fact(&facts, "time", v.when(a.Now))
			blocks = append(blocks, templates.Block{Facts: facts})
			if len(a.Details) > 0 {
				lines := make([]string, 0, len(a.Details))
				for i, d := range a.Details {
					if i == maxQuoteLine {
						lines = append(lines, "…")
						break
					}
					lines = append(lines, clip(cleanLine(d), maxSentence))
				}
				blocks = append(blocks, templates.Block{Quote: &templates.Quote{Label: v.label("details"), Lines: lines}})
			}
			return blocks, nil
		},
	})
}
