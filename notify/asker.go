package notify

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"handrail/internal/request"
)

// AskedBy says who asks: the address that the mail server proved, and the name on the form only as that of the person it
// is for. Without an address (handrail check) it is the name.
func AskedBy(o *request.Origin, l request.Lang) string {
	sender := clip(cleanLine(o.Sender), maxTitle)
	name := formName(o)
	switch {
	case sender == "":
		return clip(cleanLine(o.Name), maxTitle)
	case name == "":
		return sender
	case l == request.French:
		return sender + ", pour " + name
	}
	return sender + ", for " + name
}

// formName is the name on the form where it is not the name that the proven address has.
func formName(o *request.Origin) string {
	name := clip(cleanLine(o.Name), maxTitle)
	if name == "" || sameName(name, o.Sender) {
		return ""
	}
	return name
}

// sameName reports whether an address is that of a name, as departments make them: priya.nair@, nair-priya@, pnair@.
func sameName(name, address string) bool {
	local, _, _ := strings.Cut(address, "@")
	words, parts := nameWords(name), nameWords(local)
	if len(words) == 0 || len(parts) == 0 {
		return false
	}
	joined := strings.Join(parts, "")
	if joined == strings.Join(words, "") || joined == words[0][:firstLetter(words[0])]+strings.Join(words[1:], "") {
		return true
	}
	slices.Sort(words)
	slices.Sort(parts)
	return slices.Equal(words, parts)
}

func firstLetter(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// nameWords are the words of a name in small letters, without accents and digits.
func nameWords(s string) []string {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
	return strings.FieldsFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) })
}

// subjectSender is who asks, short enough for a subject: without the domain where that is the department's own.
func (c *Composer) subjectSender(o *request.Origin) string {
	local, domain, _ := strings.Cut(cleanLine(o.Sender), "@")
	who := local
	if !strings.EqualFold(domain, c.id.Inbox[strings.LastIndexByte(c.id.Inbox, '@')+1:]) {
		who = cleanLine(o.Sender)
	}
	if who == "" {
		who = cleanLine(o.Name)
	}
	return clip(subjectWords(who), maxSubjectSender)
}

// subjectWords are foreign words as they may stand in a subject: without what frames a code there, and without the
// quotation marks that we set around them.
func subjectWords(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if strings.ContainsRune("[]{}<>#\"“”„«»", r) {
			return ' '
		}
		return r
	}, cleanLine(s))), " ")
}

// Bounds of a subject, in characters, without the code behind it.
const (
	usualSubject     = 100
	maxSubjectSender = 36
	maxThing         = 70
	leastThing       = 12
)

// subjectThing is what is bought, in a subject.
func subjectThing(title string) string { return clipWords(subjectWords(title), maxThing) }

// shortened is what is bought, in a subject that is so many characters too long.
func shortened(thing string, over int) string {
	return clipWords(thing, max(utf8.RuneCountInString(thing)-over, leastThing))
}

// clipWords shortens s to n characters, at the end of a word where one is near.
func clipWords(s string, n int) string {
	short := clip(s, n)
	if short == s {
		return s
	}
	short = strings.TrimSuffix(short, "…")
	if at := strings.LastIndexByte(short, ' '); at > len(short)*2/3 {
		short = short[:at]
	}
	return strings.TrimRight(short, " ,;:.-") + "…"
}

// roomier is data whose subject can say more shortly what is bought.
type roomier interface{ shorter(over int) any }

func (a asked) shorter(over int) any    { a.Thing = shortened(a.Thing, over); return a }
func (s spoken) shorter(over int) any   { s.Thing = shortened(s.Thing, over); return s }
func (r recorded) shorter(over int) any { r.Thing = shortened(r.Thing, over); return r }

// subject is the mail's own, no longer than usual where that is possible.
func (v *voice) subject() string {
	s := cleanLine(v.say("subject"))
	if over := utf8.RuneCountInString(s) - usualSubject; over > 0 {
		if data, ok := v.data.(roomier); ok {
			v.data = data.shorter(over)
			s = cleanLine(v.say("subject"))
		}
	}
	return clip(s, maxSubject)
}
