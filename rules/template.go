package rules

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"handrail/internal/request"
)

// template is a message in both languages with places for the line's own values.
type template struct {
	text  request.Text // as written
	en    []piece
	fr    []piece
	reads []source
}

// piece is a literal text, or a place.
type piece struct {
	literal string
	place   bool
	from    source
}

// place resolves what stands between braces: any variable of expressions that is one value, or extra.Header.
func (c *compiler) place(name string) (source, error) {
	if header, ok := strings.CutPrefix(name, "line."+request.ByExtra); ok && request.CompareForm(header) != "" {
		return source{kind: extraSource, header: header}, nil
	}
	if total, ok := strings.CutPrefix(name, "added."); ok {
		return c.added(total)
	}
	v, ok := c.known[name]
	if !ok || v.from.kind == domainsSource {
		return source{}, wordsError(c.unknownName(name))
	}
	return v.from, nil
}

// added resolves {added.NAME}: the names and texts that a total added up, which may be written in several ways.
func (c *compiler) added(total string) (source, error) {
	var names []string
	for i := range c.policy.totals {
		spec := &c.policy.totals[i]
		switch {
		case !spec.LooksAround():
		case spec.Name == total:
			return source{kind: addedSource, index: i}, nil
		default:
			names = append(names, spec.Name)
		}
	}
	return source{}, wordsError(inBoth("there is no total %q with near = true or by need%s", "il n’y a pas de total %q avec near = true ou par need%s", total, meant(total, names)))
}

// template reads a message. Faults are of the English text first, then of the French; at counts characters.
func (c *compiler) template(t request.Text) (tmpl template, en, fr []fault) {
	tmpl = template{text: t}
	tmpl.en, en = c.pieces(t.EN, &tmpl.reads)
	tmpl.fr, fr = c.pieces(t.FR, &tmpl.reads)
	return tmpl, en, fr
}

func (c *compiler) pieces(s string, reads *[]source) (pieces []piece, faults []fault) {
	at := 0 // characters so far
	for s != "" {
		open := strings.IndexAny(s, "{}")
		if open < 0 {
			return append(pieces, piece{literal: s}), faults
		}
		if open > 0 {
			pieces = append(pieces, piece{literal: s[:open]})
			at += len([]rune(s[:open]))
			s = s[open:]
		}
		end := strings.IndexByte(s, '}')
		if s[0] == '}' || end < 0 {
			return pieces, append(faults, fault{at, inBoth("a brace stands alone: a place for a value is written {line.total}", "une accolade est seule : la place d’une valeur s’écrit {line.total}")})
		}
		if inner := s[1:end]; strings.Contains(inner, "{") {
			name := strings.FieldsFunc(inner+" ", func(r rune) bool { return r == ' ' || r == '{' || r == ',' })
			likely := "line.total"
			if len(name) > 0 {
				likely = name[0]
			}
			return pieces, append(faults, fault{at, inBoth("a closing brace is missing: write {%s}", "il manque une accolade fermante : écrivez {%s}", likely)})
		}
		name := strings.TrimSpace(s[1:end])
		from, err := c.place(name)
		if err != nil {
			faults = append(faults, fault{at + 1, errorWords(err)})
		} else {
			pieces = append(pieces, piece{place: true, from: from})
			*reads = append(*reads, from)
		}
		at += len([]rune(s[:end+1]))
		s = s[end+1:]
	}
	return pieces, faults
}

// fill writes the message for one line in both languages.
func (t *template) fill(e *evaluation) request.Text {
	return request.Text{EN: e.fill(t.en, request.English), FR: e.fill(t.fr, request.French)}
}

func (e *evaluation) fill(pieces []piece, l request.Lang) string {
	var b strings.Builder
	stopped := false // what was said for a place ends with a full stop: Alpha Inc.
	for _, p := range pieces {
		switch {
		case p.place:
			said := e.say(p.from, l)
			b.WriteString(said)
			stopped = strings.HasSuffix(said, ".")
		case stopped && strings.HasPrefix(p.literal, ".") && !strings.HasPrefix(p.literal, ".."):
			b.WriteString(p.literal[1:])
			stopped = false
		default:
			b.WriteString(p.literal)
			stopped = false
		}
	}
	return b.String()
}

// maxSaid bounds how much of a requester's own text a message repeats.
const maxSaid = 200

// say writes a value for a reader.
func (e *evaluation) say(s source, l request.Lang) string {
	var said string
	switch s.kind {
	case fieldSource:
		said = e.sayField(s.field, l)
	case extraSource:
		said = oneLine(e.facts.Line.ExtraText(s.header))
	case rowSource:
		said = strconv.Itoa(e.facts.Line.Row)
	case originSource:
		said = oneLine(s.origin.of(&e.facts.Request))
	case languageSource:
		said = string(e.facts.Request.Language)
	case receivedSource:
		said = inWords(e.facts.Request.Received, l)
	case todaySource:
		said = inWords(e.facts.Today, l)
	case countSource:
		said = strconv.Itoa(e.facts.Totals[e.policy.totals[s.index].Name].Count)
	case distinctSource:
		said = strconv.Itoa(e.facts.Totals[e.policy.totals[s.index].Name].Distinct)
	case addedSource:
		said = e.sayAdded(s.index, l)
	case totalSource:
		if sum, ok := e.facts.Totals[e.policy.totals[s.index].Name]; ok {
			said = request.Money{Amount: sum.Amount, Currency: e.policy.currency}.In(l)
		}
	case priceSource:
		said = e.sayPrice(s.index, l)
	case budgetSource:
		if e.facts.Budget != nil {
			said = request.Money{Amount: budgetParts[s.index].of(e.facts.Budget), Currency: e.policy.currency}.In(l)
		}
	case limitSource:
		if st := e.limit(s.index); st.amount != nil {
			said = request.Money{Amount: st.amount.Decimal, Currency: e.policy.currency}.In(l)
		}
	}
	if said == "" {
		return emptyText.In(l)
	}
	return said
}

var emptyText = request.Text{EN: "(empty)", FR: "(vide)"}

func (e *evaluation) sayField(f request.Field, l request.Lang) string {
	v := &e.facts.Line.Values[f]
	if !v.Given || v.Faulty {
		return oneLine(v.Text)
	}
	info := e.policy.words.Info(f)
	switch info.Kind {
	case request.MoneyKind:
		return sayMoney(request.Money{Amount: v.Number, Currency: e.facts.Line.Currency(e.policy.currency)}, l)
	case request.NumberKind:
		s := v.Number.String()
		if l == request.French {
			s = strings.Replace(s, ".", ",", 1)
		}
		return s
	case request.DateKind:
		return inWords(v.Date, l)
	case request.ChoiceKind:
		for _, c := range info.Choices {
			if c.Code == v.Text {
				return c.Label.In(l)
			}
		}
	}
	return oneLine(v.Text)
}

// sayMoney writes a sum with all the decimals it has: a unit price may have more than cents.
func sayMoney(m request.Money, l request.Lang) string {
	digits, _ := request.MinorDigits(m.Currency)
	if m.Amount.Equal(m.Amount.Round(digits)) {
		return m.In(l)
	}
	s := m.Amount.String()
	if l == request.French {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s + "\u00a0" + m.Currency
}

// oneLine makes a requester's text safe to repeat inside a sentence: one line, without control characters, not endless.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r == 0x7f:
			return ' '
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f:
			return -1
		}
		return r
	}, s)), " ")
	if r := []rune(s); len(r) > maxSaid {
		return string(r[:maxSaid-1]) + "…"
	}
	return s
}

var frenchMonths = [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}

// inWords writes a day: "December 1, 2026", « 1er décembre 2026 ».
func inWords(d request.Date, l request.Lang) string {
	if d.IsZero() {
		return ""
	}
	if l != request.French {
		return d.Time(time.UTC).Format("January 2, 2006")
	}
	n := strconv.Itoa(d.Day)
	if d.Day == 1 {
		n = "1er"
	}
	return fmt.Sprintf("%s\u00a0%s %d", n, frenchMonths[d.Month-1], d.Year)
}
