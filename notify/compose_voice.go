package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/templates"
)

// voice speaks one language in one mail. The first phrase that cannot be said stops the mail: err keeps it.
type voice struct {
	c    *Composer
	lang request.Lang
	mail string
	data any
	now  time.Time
	err  error
	// officer is true in a mail to somebody who decides and corrects nothing.
	officer bool
	// trial is true in a mail about lines of which nothing is recorded: it says what would become of them.
	trial bool
}

const nbsp = "\u00a0"

// say fills a phrase of this mail's wording file with the mail's data.
func (v *voice) say(name string) string { return v.speak(v.mail+"."+name, v.data) }

// word is a fixed word or label that all mails share.
func (v *voice) word(name string) string { return v.speak("words."+name, nil) }

// count fills a shared phrase with a number.
func (v *voice) count(name string, n int) string {
	return v.speak("words."+name, struct{ N int }{n})
}

func (v *voice) speak(name string, data any) string {
	s, err := v.c.set.Say(string(v.lang), name, data)
	if err != nil && v.err == nil {
		v.err = err
	}
	return s
}

// label is a word with the colon of the language: "Source:", « Source : ».
func (v *voice) label(name string) string { return v.word(name) + v.end() }

// labelled is "Source: text".
func (v *voice) labelled(name, text string) string { return v.label(name) + " " + text }

func (v *voice) end() string {
	if v.lang == request.French {
		return nbsp + ":"
	}
	return ":"
}

// lead is the top of the mail: its phrases "headline" and "next".
func (v *voice) lead(t templates.Tone) templates.Block {
	return templates.Block{Lead: &templates.Lead{Tone: t, Headline: v.say("headline"), Next: v.say("next")}}
}

// text is a paragraph of the mail's wording; an empty phrase gives no block.
func (v *voice) text(blocks []templates.Block, name string) []templates.Block {
	if s := v.say(name); s != "" {
		blocks = append(blocks, templates.Block{Text: s})
	}
	return blocks
}

// means is the box that says what an approval is; every mail with an approved line has it.
func (v *voice) means(p *request.PolicyMark) templates.Block {
	return templates.Block{Note: &templates.Note{Tone: templates.Plain, Label: v.word("means"), Text: cleanLine(p.Means.In(v.lang))}}
}

// meansIfApproved adds that box where a line of the mail is approved.
func (v *voice) meansIfApproved(blocks []templates.Block, lines []Line, p *request.PolicyMark) []templates.Block {
	for i := range lines {
		if lines[i].Outcome == request.Approved {
			return append(blocks, v.means(p))
		}
	}
	return blocks
}

// from is the first line of a mail about somebody's: the address that was proven, and the form's name as whom it is for.
func (v *voice) from(o *request.Origin) string {
	if o.Sender == "" {
		return ""
	}
	return v.speak("words.from", struct{ From string }{AskedBy(o, v.lang)})
}

// policyFacts identifies the policy that judged.
func (v *voice) policyFacts(p *request.PolicyMark) templates.Block {
	var facts []templates.Fact
	if p.Name != "" {
		v.fact(&facts, "policy", strings.TrimSpace(cleanLine(p.NameIn(v.lang))+" "+cleanLine(p.Version)))
	}
	if !v.officer {
		v.fact(&facts, "policy-hash", shortHash(p.Hash))
	}
	return templates.Block{Facts: facts}
}

// shortHash keeps what a person compares; workbook and ledger have all of it.
func shortHash(h string) string {
	algorithm, digits, ok := strings.Cut(cleanLine(h), ":")
	if !ok || len(digits) <= 16 {
		return cleanLine(h)
	}
	return algorithm + ":" + digits[:16] + "…"
}

func (v *voice) footer() []string {
	lines := []string{v.speak("words.automatic", struct{ Department, Inbox string }{v.c.id.Name.Or(v.lang), v.c.id.Inbox})}
	if help := v.c.id.Help.In(v.lang); help != "" {
		lines = append(lines, cleanLine(help))
	}
	privacy := v.c.id.Privacy.In(v.lang)
	if privacy == "" {
		privacy = v.word("privacy")
	}
	return append(lines, cleanLine(privacy))
}

var (
	monthsEN = [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	shortEN  = [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
	monthsFR = [12]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
	shortFR  = [12]string{"janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc."}
)

// day is "December 3, 2026" or "3 décembre 2026".
func day(d request.Date, l request.Lang) string {
	if d.IsZero() {
		return ""
	}
	if l == request.French {
		return fmt.Sprintf("%s%s%s%s%d", ordinalFR(d.Day), nbsp, monthsFR[d.Month-1], nbsp, d.Year)
	}
	return fmt.Sprintf("%s%s%d, %d", monthsEN[d.Month-1], nbsp, d.Day, d.Year)
}

// shortDay is "Dec 3" or "3 déc.", for subjects.
func shortDay(d request.Date, l request.Lang) string {
	if d.IsZero() {
		return ""
	}
	if l == request.French {
		return ordinalFR(d.Day) + nbsp + shortFR[d.Month-1]
	}
	return fmt.Sprintf("%s%s%d", shortEN[d.Month-1], nbsp, d.Day)
}

func ordinalFR(day int) string {
	if day == 1 {
		return "1er"
	}
	return fmt.Sprint(day)
}

// day says a date in full.
func (v *voice) day(d request.Date) string { return day(d, v.lang) }

// when says an instant in the inbox's zone: "November 24, 2026, 14:05" or "24 novembre 2026, 14 h 05".
func (v *voice) when(t time.Time) string { return v.c.when(t, v.lang) }

// until says until when something can be done: the time alone on the same day. In French it follows « d’ici ».
func (c *Composer) until(t, now time.Time, l request.Lang) string {
	t, now = t.In(c.id.Location), now.In(c.id.Location)
	sameDay := request.DateOf(t) == request.DateOf(now)
	switch {
	case !sameDay && l == request.French:
		return "le " + c.when(t, l)
	case !sameDay:
		return c.when(t, l)
	case l == request.French:
		return fmt.Sprintf("%d%sh%s%02d", t.Hour(), nbsp, nbsp, t.Minute())
	}
	return t.Format("15:04")
}

func (c *Composer) when(t time.Time, l request.Lang) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(c.id.Location)
	if l == request.French {
		return fmt.Sprintf("%s, %d%sh%s%02d", day(request.DateOf(t), l), t.Hour(), nbsp, nbsp, t.Minute())
	}
	return fmt.Sprintf("%s, %02d:%02d", day(request.DateOf(t), l), t.Hour(), t.Minute())
}

// total adds up the lines' amounts, currency by currency: "$9,775.00 + 120.00 EUR". Unreadable amounts are left out;
// "" when there is none.
func total(lines []Line, l request.Lang) string {
	sums := map[string]decimal.Decimal{}
	var currencies []string
	for i := range lines {
		m := lines[i].Total
		if m == nil {
			continue
		}
		if _, seen := sums[m.Currency]; !seen {
			currencies = append(currencies, m.Currency)
		}
		sums[m.Currency] = sums[m.Currency].Add(m.Amount)
	}
	slices.Sort(currencies)
	parts := make([]string, len(currencies))
	for i, c := range currencies {
		parts[i] = request.Money{Amount: sums[c], Currency: c}.In(l)
	}
	return strings.Join(parts, " + ")
}
