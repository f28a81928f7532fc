package reply

import (
	"strings"
	"time"
	"unicode"

	"handrail/ingest"
	"handrail/internal/request"
)

// question reads "QUESTION 2: why now?" with all that follows it to the next command. is says that it is one: "question" alone
// is only a word.
func (s *sense) question(i, k int) (next int, ask *AskBack, is bool) {
	st := &s.sentences[i]
	at := k
	if at < len(st.tokens) && st.tokens[at].is("for", "about", "on", "re", "pour", "sur", "concernant", "of") {
		at++
	}
	sc, end, ok := scopeAt(st.tokens, at)
	if !ok || end >= len(st.tokens) || !st.tokens[end].is(":", "-") {
		return 0, nil, false
	}
	c := Command{Verb: Ask}
	sc.put(&c)
	words := textOf(st.line, st.tokens[end+1:])
	if len(st.tokens) > end+1 && !st.closes { // the rest of its line belongs to it
		words = ingest.Clip(ingest.CleanLine(st.line[st.tokens[end+1].start:]), maxReason)
	}
	var b strings.Builder
	b.WriteString(words)
	for next = i + 1; next < len(s.sentences) && b.Len() < maxWrapped; next++ {
		more := &s.sentences[next]
		if more.line == st.line && more.at == st.at {
			continue
		}
		if !more.opens {
			continue
		}
		if n, _ := actions.at(more.tokens, 0); n > 0 {
			if c := clauseAt(more.tokens, 0); c.next > 0 && c.ok || more.tokens[0].is("question") {
				break
			}
		}
		b.WriteByte(' ')
		b.WriteString(ingest.CleanLine(more.line))
	}
	c.Reason = strings.TrimSpace(b.String())
	if c.Reason == "" {
		return 0, s.ask(AskDetail, nil), true
	}
	if sc.others {
		return 0, s.ask(AskLines, nil), true
	}
	return next, s.add(c, sc.explicit()), true
}

// detail reads the address, the name or the day that a command needs, to the end of its line.
func (s *sense) detail(i int, v Verb, k int) (next int, ask *AskBack) {
	st := &s.sentences[i]
	for next = i + 1; next < len(s.sentences) && s.sentences[next].at == st.at; next++ { // "b.smith@…" has full stops
	}
	if k >= len(st.tokens) {
		return 0, s.ask(AskDetail, nil)
	}
	rest := strings.TrimSpace(st.line[st.tokens[k].start:])
	rest = strings.TrimRight(strings.TrimLeft(rest, ": "), " .!,")
	folded := fold(rest)
	for _, lead := range []string{"to ", "a ", "le ", "la ", "the "} {
		if cut, ok := strings.CutPrefix(folded, lead); ok {
			folded, rest = cut, strings.TrimSpace(rest[strings.IndexByte(rest, ' ')+1:])
		}
	}
	rest, folded = withoutThanks(rest), withoutThanks(folded)
	c := Command{Verb: v}
	if v == Away {
		until, ok := dayOf(folded, s.today)
		if !ok {
			return 0, s.ask(AskDetail, nil)
		}
		c.Until = until
		return next, s.add(c, true)
	}
	// Mail programs write a link behind an address: backup@x <mailto:backup@x>.
	if address, link, found := strings.Cut(folded, " "); found && strings.Trim(link, "<>[]()") == "mailto:"+address {
		folded = address
	}
	if open := strings.LastIndexByte(folded, '<'); open > 0 && strings.HasSuffix(folded, ">") { // Bob <bob@x>
		folded = folded[open:]
	}
	switch address := strings.Trim(folded, "<>"); {
	case ingest.IsAddress(address):
		c.Address = address
	case isPersonName(rest):
		c.Name = ingest.CleanLine(rest)
	default:
		return 0, s.ask(AskDetail, nil)
	}
	return next, s.add(c, true)
}

// withoutThanks cuts what is polite from the end of a line.
func withoutThanks(s string) string {
	for _, end := range []string{"thanks", "thank you", "please", "merci", "svp", "Thanks", "Thank you", "Please", "Merci", "SVP"} {
		if cut, ok := strings.CutSuffix(s, end); ok {
			s = strings.TrimRight(cut, " ,.!")
		}
	}
	return s
}

// isPersonName reports whether a text is one to four words that could be a person's name.
func isPersonName(s string) bool {
	words := strings.Fields(s)
	if len(words) == 0 || len(words) > 4 {
		return false
	}
	for _, w := range words {
		for _, c := range w {
			if !unicode.IsLetter(c) && !strings.ContainsRune("'’-.,", c) {
				return false
			}
		}
	}
	return true
}

var (
	months = map[string]time.Month{"january": 1, "jan": 1, "janvier": 1, "janv": 1, "february": 2, "feb": 2, "fevrier": 2, "fevr": 2, "fev": 2, "march": 3, "mar": 3, "mars": 3, "april": 4, "apr": 4, "avril": 4, "avr": 4,
		"may": 5, "mai": 5, "june": 6, "jun": 6, "juin": 6, "july": 7, "jul": 7, "juillet": 7, "juil": 7, "august": 8, "aug": 8, "aout": 8, "september": 9, "sept": 9, "sep": 9, "septembre": 9, "october": 10, "oct": 10, "octobre": 10,
		"november": 11, "nov": 11, "novembre": 11, "december": 12, "dec": 12, "decembre": 12}
	weekdays = map[string]time.Weekday{"sunday": 0, "dimanche": 0, "monday": 1, "lundi": 1, "tuesday": 2, "mardi": 2, "wednesday": 3, "mercredi": 3, "thursday": 4, "jeudi": 4, "friday": 5, "vendredi": 5, "saturday": 6, "samedi": 6,
		"sun": 0, "mon": 1, "tue": 2, "tues": 2, "wed": 3, "thu": 4, "thurs": 4, "fri": 5, "sat": 6, "dim": 0, "lun": 1, "mer": 3, "jeu": 4, "ven": 5, "sam": 6}
)

// dayOf reads a day as people write it: 2026-12-01, December 1, 1 Dec 2026, "Tue, Dec 1st", "1er décembre", "lundi". Without a
// year it is the next such day after today. A day in figures alone, such as 01/12/2026, can mean two.
func dayOf(folded string, today request.Date) (request.Date, bool) {
	if d, err := request.ParseDate(strings.TrimSpace(folded)); err == nil {
		return d, true
	}
	var day, year int
	var month time.Month
	weekday := time.Weekday(-1)
	for _, t := range tokensOf(folded) {
		w := strings.TrimSuffix(t.text, ".")
		switch {
		case t.kind == number && t.n > 1900 && t.n < 2200 && year == 0:
			year = t.n
		case t.kind == number && t.n <= 31 && day == 0:
			day = t.n
		case ordinals[w] > 0 && day == 0:
			day = ordinals[w]
		case t.kind == word && months[w] > 0 && month == 0:
			month = months[w]
		case t.kind == word && isWeekday(w) && weekday < 0:
			weekday = weekdays[w]
		case dayOrdinal(w) > 0 && day == 0:
			day = dayOrdinal(w)
		case t.is(",", ".", "the", "of", "le", "inclusively", "included", "inclusivement", "inclus"):
		default:
			return request.Date{}, false
		}
	}
	return completeDay(day, month, year, weekday, today)
}

func isWeekday(w string) bool {
	_, is := weekdays[w]
	return is
}

// dayOrdinal reads "21st", "3rd", "11th".
func dayOrdinal(w string) (n int) {
	for i := range len(w) {
		if w[i] < '0' || w[i] > '9' {
			if s := w[i:]; i > 0 && (s == "st" || s == "nd" || s == "rd" || s == "th") && n <= 31 {
				return n
			}
			return 0
		}
		if n = n*10 + int(w[i]-'0'); n > 31 {
			return 0
		}
	}
	return 0
}

// completeDay puts the parts of a day together.
func completeDay(day int, month time.Month, year int, weekday time.Weekday, today request.Date) (request.Date, bool) {
	noon := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 12, 0, 0, 0, time.UTC) }
	now := noon(today.Year, today.Month, today.Day)
	var t time.Time
	switch {
	case day > 0 && month > 0 && year > 0:
		t = noon(year, month, day)
	case day > 0 && month > 0 && !today.IsZero():
		if t = noon(today.Year, month, day); t.Before(now) {
			t = noon(today.Year+1, month, day)
		}
	case day == 0 && month == 0 && year == 0 && weekday >= 0 && !today.IsZero():
		t = now.AddDate(0, 0, 1)
		for t.Weekday() != weekday {
			t = t.AddDate(0, 0, 1)
		}
		return request.DateOf(t), true
	default:
		return request.Date{}, false
	}
	d := request.DateOf(t)
	if d.Day != day || weekday >= 0 && t.Weekday() != weekday {
		return request.Date{}, false // February 30, or a Monday that is none
	}
	return d, true
}
