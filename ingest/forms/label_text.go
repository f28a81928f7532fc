package forms

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// label takes the text of a cell apart: the label that it is, and the value that stands behind its colon, if one does.
func (w *formWords) label(s string) (m meaning, header, inline string, ok bool) {
	if m, ok := w.lookup(s); ok {
		return m, s, "", true
	}
	if len(s) > longestHeader {
		return meaning{}, "", "", false
	}
	head, rest, found := strings.Cut(s, ":")
	if !found {
		return meaning{}, "", "", false
	}
	if m, ok = w.lookup(request.Clean(head)); !ok {
		return meaning{}, "", "", false
	}
	rest = request.Clean(rest)
	if isHelp(rest) || !saysSomething(rest) {
		return m, s, "", true // lines to write on, or how to
	}
	if !w.mayAnswer(m, rest) {
		return meaning{}, "", "", false
	}
	return m, request.Clean(head), rest, true
}

// dressed looks a label up without its number ("1. Vendor"), its help in brackets ("Supplier (legal name)") and its second
// line ("Vendor", "as on the invoice"). What is in brackets may change what is asked ("Total (before tax)", "Supplier
// (contact)"), so that only what plainly does not is left away.
func (w *formWords) dressed(s string) (meaning, bool) {
	if first := s[0]; first > '9' && !strings.ContainsAny(s, "()[\n") {
		return meaning{}, false
	}
	bare := withoutNumber(s)
	if first, second, two := strings.Cut(bare, "\n"); two && isHelp(second) {
		bare = first
	}
	address := false
	for range 2 {
		open := strings.LastIndexAny(bare, "([")
		if open <= 0 {
			break
		}
		end := strings.IndexAny(bare[open:], ")]")
		if end < 0 {
			break
		}
		if help := bare[open+1 : open+end]; addressWords[request.Fold(help)] {
			address = true
		} else if !isHelp(help) {
			break
		}
		bare = bare[:open] + bare[open+end+1:]
	}
	bare = request.Clean(bare)
	if bare == s || bare == "" {
		return meaning{}, false
	}
	m, ok := w.plain(bare)
	return m, ok && (!address || asksAddress(m))
}

// withoutNumber takes "1.", "2)", "3.1", "b)" from the beginning of a label.
func withoutNumber(s string) string {
	i := 0
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.' && i > 0) {
		i++
	}
	if i == 0 && len(s) > 2 && s[1] == ')' && (s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z') {
		i = 1
	}
	if i == 0 || i > 5 {
		return s
	}
	rest := strings.TrimLeft(s[i:], ".)-–")
	if r, _ := utf8.DecodeRuneInString(rest); rest == s[i:] && s[i-1] != '.' && !unicode.IsSpace(r) {
		return s // "3D printer"
	}
	return request.Clean(rest)
}

// helpWords are what stands in brackets behind a label and asks for nothing else, folded.
var helpWords = map[string]bool{
	"required": true, "mandatory": true, "optional": true, "obligatoire": true, "requis": true, "requise": true, "facultatif": true, "facultative": true,
	"ifknown": true, "siconnu": true, "siconnue": true, "ifapplicable": true, "ifany": true, "sapplicable": true, "silyalieu": true, "lecasecheant": true, "sapplique": true,
	"legalname": true, "fulllegalname": true, "fullname": true, "nomlegal": true, "nomcomplet": true, "raisonsociale": true, "denominationsociale": true,
	"shorttitle": true, "titrecourt": true,
	"yyyymmdd": true, "aaaammjj": true, "ddmmyyyy": true, "jjmmaaaa": true, "mmddyyyy": true,
	"yesno": true, "ouinon": true, "yn": true, "on": true, "yesornon": true, "ouiounon": true, "truefalse": true, "vraifaux": true,
	"checkone": true, "chooseone": true, "selectone": true, "tickone": true, "checkonlyone": true, "cochezune": true, "cocherune": true, "cochezuneseulecase": true,
	"choisir": true, "choisissez": true, "select": true, "choose": true, "pleaseprint": true, "print": true, "enlettresmoulees": true, "printname": true,
	"requiredfield": true, "champobligatoire": true,
}

// addressWords ask for an address, so that they only dress a label that asks for one anyway.
var addressWords = map[string]bool{"email": true, "courriel": true, "emailaddress": true, "adressecourriel": true, "adressedecourriel": true, "emailcourriel": true}

func asksAddress(m meaning) bool {
	return m.above == aboveEmail || m.field != request.NoField && m.field.Info().Kind == request.EmailKind
}

// isHelp reports whether a text beside a label only says how to fill it in.
func isHelp(s string) bool {
	s = request.Clean(strings.Trim(request.Clean(s), "()[]"))
	if s == "" {
		return false
	}
	folded := request.Fold(s)
	if folded == "" {
		return strings.Trim(s, "*$ ") == "" // an asterisk, a currency sign
	}
	if helpWords[folded] {
		return true
	}
	low := strings.ToLower(s)
	for _, begins := range []string{"as on ", "as it appears", "as shown", "as per ", "e.g.", "eg ", "ex.", "p. ex.", "for example", "par exemple", "comme sur", "tel que", "telle que",
		"such as", "if different", "if known", "if you know", "si vous", "si connu", "see note", "voir note", "maximum ", "max. ", "in full", "au complet", "please ", "veuillez "} {
		if strings.HasPrefix(low, begins) {
			return begins != "if different"
		}
	}
	return false
}

// saysSomething reports whether a text holds a letter, a digit or the sign of a check box; "____" and "......" do not.
func saysSomething(s string) bool { return request.Fold(s) != "" || hasBoxSign(s) }

// longestInline is the longest text behind a colon that may be a value; what is longer explains something.
const longestInline = 120

// mayAnswer reports whether the text behind a label's colon may be its value, and not prose or the next labels.
func (w *formWords) mayAnswer(m meaning, rest string) bool {
	for more := rest; ; {
		head, behind, found := strings.Cut(more, ":")
		if !found {
			break
		}
		if w.endsInLabel(head) {
			return false
		}
		more = behind
	}
	switch words := len(strings.Fields(rest)); {
	case m.field != request.NoField && isFreeText(m.field):
		return true
	case len(rest) > longestInline, words >= 6 && strings.HasSuffix(rest, "."):
		return false
	case asksText(m):
		return true
	}
	return len(rest) <= maxAnswer || hasBoxSign(rest)
}

// endsInLabel reports whether a text ends in a known label, after a few other words.
func (w *formWords) endsInLabel(s string) bool {
	words := strings.Fields(s)
	for n := 1; n <= min(4, len(words)); n++ {
		if _, ok := w.lookup(strings.Join(words[len(words)-n:], " ")); ok {
			return true
		}
	}
	return false
}

// isIgnored reports whether a header or label is one of [form] ignore.
func (w *formWords) isIgnored(s string) bool {
	if len(w.ignored) == 0 || len(s) > longestHeader {
		return false
	}
	return w.ignored[request.Fold(s)]
}

// readable reports whether a cell can be read as what a label asks for.
func (w *formWords) readable(m meaning, c *workbook.Cell) bool {
	if m.field == request.NoField {
		text := textOf(c)
		if m.above == aboveLanguage {
			_, ok := request.ParseLanguage(text)
			return ok || hasBoxSign(text)
		}
		_, err := request.ParseEmail(text)
		return m.above == aboveEmail && err == nil
	}
	r := formReader{words: w, form: &Form{}}
	var v request.Value
	m2 := money{standard: "CAD"}
	m2.use(&v)
	problems := r.read(m.field, valueCell{label: m.label(), cell: c}, &m2, &v)
	return v.Given && !hasReturn(problems)
}
