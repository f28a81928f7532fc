package notify

import (
	"fmt"
	"strings"

	"handrail/internal/request"
	"handrail/templates"
)

// Bounds of what stands above an officer's buttons, in characters, so that the first of them is on a phone's first screen.
const (
	maxBrief      = 160
	maxAlike      = 3
	maxNear       = 12
	maxCardTitle  = 100
	maxRowTitle   = 72 // of one or two
	maxRowName    = 36
	maxRowFinding = 60
	tightTitle    = 36 // of more, which then fill one line each
	tightName     = 28
	tightFinding  = 40
)

// askedCard is a line as an officer needs it. What is bought, from whom, for how much and why it came stands above the
// buttons; what explains it, with the sources, below.
func (v *voice) askedCard(l *Line, e *Escalation) templates.Line {
	t := templates.Line{Tone: tone(l.Outcome), Result: l.Outcome.Word().In(v.lang), Amount: v.amount(l.Total), Title: clip(v.title(l), maxCardTitle)}
	if l.Outcome == request.Escalated {
		t.Result = v.word("to-decide")
	}
	if l.Number > 0 {
		t.Number = v.word("line") + nbsp + fmt.Sprint(l.Number)
		t.Buttons = v.lineButtons(l, e)
	}
	v.fact(&t.Facts, "supplier", clip(cleanLine(l.Supplier), maxCardTitle))
	v.fact(&t.Facts, "requester", AskedBy(&l.Requester, v.lang))
	for _, c := range l.Changes {
		t.Reasons = append(t.Reasons, templates.Reason{Label: v.label("changed"), Text: v.sentence(c)})
	}
	v.brief(&t, l)
	v.fact(&t.Details, "description", clip(cleanLine(l.Description), maxSentence))
	v.fact(&t.Details, "justification", clip(cleanLine(l.Justification), maxSentence))
	v.fact(&t.Details, "rationale", clip(cleanLine(l.Rationale), maxSentence))
	v.fact(&t.Details, "cost-centre", clip(cleanLine(l.CostCentre), maxTitle))
	v.fact(&t.Details, "needed-by", v.day(l.NeededBy))
	t.Details = append(t.Details, v.authorized(&l.Section32))
	v.fact(&t.Details, "reference", cleanLine(l.Reference))
	v.addHistory(&t, l)
	v.addNear(&t, l)
	v.addAlike(&t, l)
	return t
}

// brief says why a line came: the first reason in a sentence and the others by their titles, above the buttons; each with its
// source, and whatever else was found, below.
func (v *voice) brief(t *templates.Line, l *Line) {
	why := whyItCame(l)
	for i, f := range why {
		full := clip(cleanLine(f.ForOfficer().In(v.lang)), maxSentence)
		below := v.finding(f)
		if i == 0 {
			t.Brief = append(t.Brief, templates.Reason{Label: v.label("why"), Text: clip(full, maxBrief)})
			if title := v.sentence(f.Title); clip(full, maxBrief) == full && title != "" {
				below.Label, below.Text = v.label("rule"), title
			}
		}
		if len(t.Reasons) < maxFindings {
			t.Reasons = append(t.Reasons, below)
		}
	}
	if len(why) > 1 {
		t.Brief = append(t.Brief, templates.Reason{Label: v.label("also"), Text: clip(titles(why[1:], v.lang), maxBrief)})
	}
	rest := *l
	rest.Findings = nil
	for i := range l.Findings {
		if f := &l.Findings[i]; f.Action != request.Escalate || f.ExemptedBy != "" {
			rest.Findings = append(rest.Findings, *f)
		}
	}
	var others templates.Line
	v.reasons(&others, &rest)
	t.Reasons = append(t.Reasons, others.Reasons...)
}

// rows are lines in short: what, how much, who asked where that differs, from whom and why.
func (v *voice) rows(lines []Line) []templates.Row {
	rows := make([]templates.Row, len(lines))
	title, name, finding := maxRowTitle, maxRowName, maxRowFinding
	if len(lines) > 2 {
		title, name, finding = tightTitle, tightName, tightFinding
	}
	for i := range lines {
		l := &lines[i]
		why := whyItCame(l)
		note := clip(cleanLine(l.Supplier), name)
		if len(why) > 0 {
			if note != "" {
				note += v.end() + " "
			}
			note += clip(titles(why[:1], v.lang), finding)
		}
		if len(why) > 1 {
			note += fmt.Sprintf(" (+%d)", len(why)-1)
		}
		if who := v.c.subjectSender(&l.Requester); who != "" {
			note = clip(who, tightName) + ", " + note
		}
		rows[i] = templates.Row{Title: clip(v.title(l), title), Amount: v.amount(l.Total), Note: note}
		if l.Number > 0 {
			rows[i].Number = fmt.Sprintf("%d.", l.Number)
		}
	}
	return rows
}

// addHistory lists what a total adds up beside a line.
func (v *voice) addHistory(t *templates.Line, l *Line) {
	if len(l.History) == 0 {
		return
	}
	t.HistoryOf = v.label("history")
	for i := range l.History {
		if i == maxHistory {
			t.History = append(t.History, templates.Fact{Label: "…", Value: v.count("more-lines", len(l.History)-i)})
			break
		}
		t.History = append(t.History, v.history(&l.History[i]))
	}
}

// addNear names the suppliers that were added up although they are written otherwise, and how to say whether they are one.
func (v *voice) addNear(t *templates.Line, l *Line) {
	if len(l.Near) == 0 || l.Number == 0 {
		return
	}
	names := make([]string, 0, maxNear)
	for _, n := range l.Near[:min(len(l.Near), maxNear)] {
		names = append(names, clip(cleanLine(n), maxCardTitle))
	}
	number := fmt.Sprint(l.Number)
	two, one := v.word("command-two-suppliers")+" "+number, v.word("command-one-supplier")+" "+number
	t.Near = append(t.Near, templates.Fact{Label: v.label("near"), Value: strings.Join(names, "; ")},
		templates.Fact{Label: v.label("one-or-two"), Value: two + " / " + one})
}

// addAlike lists how lines alike were decided before, each in one line.
func (v *voice) addAlike(t *templates.Line, l *Line) {
	if len(l.Alike) == 0 {
		return
	}
	t.AlikeOf = v.label("alike")
	for i := range l.Alike[:min(len(l.Alike), maxAlike)] {
		h := &l.Alike[i]
		t.Alike = append(t.Alike, templates.Fact{Label: cleanLine(h.Reference) + v.end(), Value: h.decided(v.lang)})
	}
}

// Decided is an earlier decision in one line: number, day, supplier, amount, outcome, who and why.
func (h *HistoryLine) Decided(lang request.Lang) string {
	return cleanLine(h.Reference) + ", " + h.decided(lang)
}

func (h *HistoryLine) decided(lang request.Lang) string {
	parts := make([]string, 0, 4)
	if !h.On.IsZero() {
		parts = append(parts, day(h.On, lang))
	}
	if s := clip(cleanLine(h.Supplier), maxRowName); s != "" {
		parts = append(parts, s)
	}
	if h.Total != nil {
		parts = append(parts, h.Total.In(lang))
	}
	outcome := strings.ToLower(h.Outcome.Word().In(lang))
	if by := clip(cleanLine(h.By), maxRowName); by != "" {
		outcome += request.Text{EN: " by ", FR: " par "}.In(lang) + by
	}
	s := strings.Join(append(parts, outcome), ", ")
	if reason := clip(cleanLine(h.Reason), maxBrief); reason != "" {
		s += request.Text{EN: ": ", FR: "\u00a0: "}.In(lang) + reason
	}
	return s
}

func (v *voice) history(h *HistoryLine) templates.Fact {
	parts := []string{v.amount(h.Total)}
	for _, s := range []string{clip(cleanLine(h.Supplier), maxTitle), clip(cleanLine(h.Title), maxTitle), v.day(h.On)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	switch word := strings.ToLower(h.Outcome.Word().In(v.lang)); {
	case h.Outcome == "":
	case !h.TakenOn.IsZero():
		parts = append(parts, v.countsUntil(word, h.TakenOn, h.Until))
	default:
		parts = append(parts, word)
	}
	return templates.Fact{Label: cleanLine(h.Reference) + v.end(), Value: strings.Join(parts, ", ")}
}

// authorized is who authorized the money, under the policy's own label where it has one.
func (v *voice) authorized(s *Section32Evidence) templates.Fact {
	label := v.label("section-32")
	if own := s.Label.In(v.lang); own != "" {
		label = own + v.end()
	}
	return templates.Fact{Label: label, Value: v.evidence(s)}
}

// countsUntil says of an approval that was taken back until when it counts: "withdrawn on November 20, 2026, counts until …".
func (v *voice) countsUntil(what string, on, until request.Date) string {
	return v.speak("words.counts-until", struct{ What, On, Until string }{what, v.day(on), v.day(until)})
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
	switch {
	case s.Amount != nil && s.Blanket:
		parts = append(parts, v.speak("words.blanket", struct{ Amount, Until string }{s.Amount.In(v.lang), v.day(s.Until)}))
	case s.Amount != nil:
		parts = append(parts, s.Amount.In(v.lang))
	}
	return strings.Join(parts, ", ") + " (" + v.word("evidence-"+string(s.Evidence)) + ")"
}
