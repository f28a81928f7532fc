package request

import (
	"bytes"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Placeholder says what a text that only holds the place of an answer means by it.
type Placeholder uint8

// The senses of a placeholder.
const (
	NoPlaceholder  Placeholder = iota
	MeansNothing               // n/a, none, a dash, one letter, xxx: nothing was written
	MeansLater                 // TBD, à venir, pending: it is not known yet
	MeansElsewhere             // see quote, as discussed: it stands in another place
	MeansAbove                 // same as above, idem, a ditto mark: it stands in the row above
	MeansAny                   // various, the usual, whoever is cheapest: nothing certain is named
	MeansSample                // the form's own words, its example, or a name that stands for any name
	MeansDoubt                 // a value that its writer was not sure of: Larkwater?
)

// CodePlaceholder is the code of the note on a cell that was read as empty because a placeholder stands in it, and
// CodeHint that of a note that says what to write instead of what a guardrail will refuse. Neither is of use where no
// guardrail minds: see Unsaid.
const (
	CodePlaceholder = "placeholder"
	CodeHint        = "hint"
	// CodeAttested says which answers of a line come from the attestation above the table.
	CodeAttested = "attested"
)

// Unsaid reports whether a problem is kept from its reader: it explains what stands in a cell, and none of the findings
// that count names that cell.
func (p *Problem) Unsaid(findings []Finding) bool {
	if p.Severity != NoteSeverity || p.Code != CodePlaceholder && p.Code != CodeHint && p.Code != CodeAttested {
		return false
	}
	for i := range findings {
		if findings[i].ExemptedBy != "" {
			continue
		}
		for _, cell := range findings[i].Cells {
			if cell == p.Cell {
				return false
			}
		}
	}
	return true
}

// Said are the problems that the reader of a line judged so is told of; problems itself when that is all of them.
func Said(problems []Problem, findings []Finding) []Problem {
	for i := range problems {
		if !problems[i].Unsaid(findings) {
			continue
		}
		said := append([]Problem(nil), problems[:i]...)
		for j := i + 1; j < len(problems); j++ {
			if !problems[j].Unsaid(findings) {
				said = append(said, problems[j])
			}
		}
		return said
	}
	return problems
}

// longestPlaceholder bounds the texts that are looked at, in bytes: the longest is a hint of a form.
const longestPlaceholder = 160

// PlaceholderIn says whether a text in field f only holds the place of an answer. f is a field whose value is a text, an
// address or a reference; NoField is a column of the form's own, where less is a placeholder, for nobody knows what is asked
// there. Amounts, days and choices have no placeholder: what cannot be read there is asked about.
func PlaceholderIn(f Field, s string) Placeholder {
	if s == "" || len(s) > longestPlaceholder {
		return NoPlaceholder
	}
	var buf [longestPlaceholder + 8]byte
	folded := AppendFold(buf[:0], s)
	if len(folded) == 0 {
		return onlyMarks(s)
	}
	if p := phraseIn(f, folded); p != NoPlaceholder {
		return p
	}
	if p := saysNothing(f, s, folded); p != NoPlaceholder {
		return p
	}
	switch f {
	case SupplierID:
		if p := sampleNumber(folded); p != NoPlaceholder {
			return p
		}
		return beforeRemark(s)
	case Repository:
		return sampleRepository(s)
	case Licence, StandingOffer, TitleOther:
		return beforeRemark(s)
	case Supplier:
		return doubtfulSupplier(s)
	case CostCentre, GLAccount:
		if s[len(s)-1] == '?' {
			return MeansDoubt
		}
	case Description, Justification, Rationale:
		return pointer(s, folded)
	case Title:
		if p := example(s); p != NoPlaceholder {
			return p
		}
		return phraseIn(f, bytes.TrimRight(folded, "0123456789"))
	case NoField:
		return opensWith(s, MeansLater)
	}
	return NoPlaceholder
}

// PlaceholderName is PlaceholderIn for what stands above the table: who asks, and for which branch. Short names in
// capitals are names there: NA, SO, IT.
func PlaceholderName(s string) Placeholder {
	if len(s) > longestPlaceholder {
		return NoPlaceholder
	}
	if n := len(s); n >= 2 && n <= 4 && strings.IndexFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' }) < 0 && s[0] != 'T' && s[0] != 'X' {
		return NoPlaceholder
	}
	return PlaceholderIn(above, s)
}

// above is what stands above the table: no field of a line.
const above = NumFields

// onlyMarks is what a text without a letter or a digit means: a ditto mark, or nothing.
func onlyMarks(s string) Placeholder {
	switch strings.ReplaceAll(Clean(s), " ", "") {
	case `"`, "''", "’’", "”", "“", "″", "〃", "“”", `""`, ",,":
		return MeansAbove
	}
	return MeansNothing
}

// phraseIn looks a folded text up in the declared list.
func phraseIn(f Field, folded []byte) Placeholder {
	if len(folded) > longestPhrase {
		return NoPlaceholder
	}
	for _, m := range placeholderPhrases()[string(folded)] {
		if m.where&(1<<f) != 0 {
			return m.means
		}
	}
	return NoPlaceholder
}

type meaningIn struct {
	where uint64 // a bit for each field; the lowest is a column of the form's own
	means Placeholder
}

const longestPhrase = 100

// placeholderPhrases are the declared phrases, folded, with their meanings by field.
var placeholderPhrases = sync.OnceValue(func() map[string][]meaningIn {
	all := map[string][]meaningIn{}
	add := func(phrase string, where uint64, means Placeholder) {
		if folded := Fold(phrase); folded != "" {
			all[folded] = append(all[folded], meaningIn{where, means})
		}
	}
	for _, list := range placeholderLists {
		for phrase := range strings.SplitSeq(list.phrases, "|") {
			add(phrase, list.where, list.means)
		}
	}
	for _, verb := range pointingVerbs {
		for _, thing := range pointedThings {
			add(verb+" "+thing, everywhere, MeansElsewhere)
		}
	}
	for _, info := range Fields() { // the form's own words, left where they stood
		label, here := info.Label, uint64(1)<<info.Field
		for _, own := range []string{label.EN, label.FR, label.EN + label.FR, label.FR + label.EN, label.EN + " name", "nom " + label.FR, "nom du " + label.FR,
			label.EN + " here", label.EN + " name here", "insert " + label.EN, "enter " + label.EN, "inscrire " + label.FR, "your " + label.EN,
			"select a " + label.EN, "choose a " + label.EN, info.Help.EN, info.Help.FR} {
			add(own, here, MeansSample)
		}
	}
	return all
})

// saysNothing is a text that says nothing whatever the words are: one letter, one letter again and again, a number in place of
// a name, an error that a formula left, and what stands between the brackets of a form that nobody filled.
func saysNothing(f Field, s string, folded []byte) Placeholder {
	if s[0] == '#' {
		switch strings.ToUpper(s) {
		case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!":
			return MeansNothing
		}
	}
	if f == Item || f == NoField {
		return bracketed(s)
	}
	first, n := utf8.DecodeRune(folded)
	switch {
	case n == len(folded):
		if strings.ContainsAny(s, "+#&@%°") {
			break // C++, C#
		}
		if !unicode.IsDigit(first) || digitsSayNothing(f) || first == '0' {
			return MeansNothing
		}
	case onlyOf(folded, 'x') || len(folded) > 2 && unicode.IsLetter(first) && onlyOf(folded, folded[0]):
		return MeansSample
	case onlyOf(folded, '0') && f != SupplierID:
		return MeansNothing
	case f == Supplier && onlyDigits(s):
		if len(folded) > 5 {
			return MeansDoubt // a vendor's number in the finance system
		}
		return MeansNothing
	case digitsSayNothing(f) && f != SupplierID && onlyDigits(s), f == SupplierID && len(s) < 5 && onlyDigits(s):
		return MeansNothing
	}
	return bracketed(s)
}

func digitsSayNothing(f Field) bool {
	switch f {
	case Title, TitleOther, Description, Supplier, Rationale, Justification, SupplierID, above:
		return true
	}
	return false
}

func onlyOf(folded []byte, c byte) bool {
	for _, b := range folded {
		if b != c {
			return false
		}
	}
	return true
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// bracketed is a text that stands between brackets whole, as forms mark what is to be filled in: [insert], <vendor>.
func bracketed(s string) Placeholder {
	for _, b := range [...][2]string{{"[", "]"}, {"<", ">"}, {"{{", "}}"}} {
		if strings.HasPrefix(s, b[0]) && strings.HasSuffix(s, b[1]) && strings.Count(s, b[0]) == 1 && !strings.ContainsAny(s, "@:") {
			return MeansSample
		}
	}
	return NoPlaceholder
}

// opening is what stands before the first comma, colon, bracket, dash or line end of s, and what follows it.
func opening(s string) (head, rest string) {
	at, size := -1, 0
	for i, r := range s {
		switch r {
		case ',', ';', ':', '(', '\n', '–', '—':
			at, size = i, utf8.RuneLen(r)
		case '-':
			if i > 0 && s[i-1] == ' ' {
				at, size = i, 1
			}
		}
		if at >= 0 {
			return Clean(s[:at]), Clean(s[at+size:])
		}
	}
	return s, ""
}

// beforeRemark is a placeholder with a remark in brackets behind it: "s.o. (biens)".
func beforeRemark(s string) Placeholder {
	open := strings.IndexByte(s, '(')
	if open < 1 || s[len(s)-1] != ')' {
		return NoPlaceholder
	}
	var buf [longestPlaceholder + 8]byte
	return phraseIn(Supplier, AppendFold(buf[:0], s[:open]))
}

// opensWith is a text that begins as a placeholder and goes on: "TBD - waiting on quotes". One whose initials are those of
// what follows is spelled out: "TBD (Thornbury Bridge Design)".
func opensWith(s string, want Placeholder) Placeholder {
	head, rest := opening(s)
	if rest == "" {
		head, rest, _ = strings.Cut(s, " ")
		if !isShortLater(head) || rest == "" || want != MeansLater {
			return NoPlaceholder
		}
	}
	var buf [longestPlaceholder + 8]byte
	folded := AppendFold(buf[:0], head)
	p := phraseIn(Supplier, folded)
	if p == NoPlaceholder || p != want && p != MeansLater || initials(rest) == string(folded) {
		return NoPlaceholder
	}
	return p
}

func isShortLater(word string) bool {
	if len(word) > len("t.b.d.") {
		return false
	}
	var buf [2 * len("t.b.d.") * utf8.UTFMax]byte
	switch string(AppendFold(buf[:0], word)) {
	case "tbd", "tba", "tbc":
		return true
	}
	return false
}

// initials are the first letters of the words that are written in capitals.
func initials(s string) string {
	var b strings.Builder
	for word := range strings.FieldsSeq(strings.Trim(s, "()")) {
		if r, _ := utf8.DecodeRuneInString(word); unicode.IsUpper(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// doubtfulSupplier is a name with a doubt written beside it.
func doubtfulSupplier(s string) Placeholder {
	if s[len(s)-1] == '?' {
		return MeansDoubt
	}
	if open := strings.LastIndexByte(s, '('); open > 0 && s[len(s)-1] == ')' {
		var buf [longestPlaceholder + 8]byte
		if phraseIn(Supplier, AppendFold(buf[:0], s[open:])) == MeansLater {
			return MeansDoubt
		}
	}
	head, _ := opening(s)
	if len(head) < len(s) && opensWith(s, MeansLater) == MeansLater {
		return MeansDoubt
	}
	return NoPlaceholder
}

// pointer is a text that points at another place, or begins with what is to be settled.
func pointer(s string, folded []byte) Placeholder {
	if p := example(s); p != NoPlaceholder {
		return p
	}
	space := strings.IndexByte(s, ' ')
	if space < 0 || space > 6 && folded[0] != 't' && folded[0] != 'a' {
		return NoPlaceholder
	}
	var buf [8 * utf8.UTFMax]byte
	if space <= 6 {
		rest := s[space+1:]
		switch string(AppendFold(buf[:0], s[:space])) {
		case "see", "voir", "cf": // a cell: "see F2"
			if len(rest) <= 3 {
				return MeansElsewhere
			}
		case "idem", "ditto", "same", "pareil":
			if strings.Count(rest, " ") < 2 {
				return MeansAbove
			}
		case "tbd", "tba", "tbc":
			return MeansDoubt
		}
	}
	for _, start := range [...]string{"asper", "okper", "okpar", "selon"} {
		if hasPrefix(folded, start) && strings.Count(s, " ") <= 2 {
			return MeansElsewhere
		}
	}
	for _, start := range [...]string{"tobedetermined", "tobeconfirmed", "adeterminer", "aconfirmer"} {
		if hasPrefix(folded, start) {
			return MeansDoubt
		}
	}
	return NoPlaceholder
}

func hasPrefix(folded []byte, start string) bool {
	return len(folded) >= len(start) && string(folded[:len(start)]) == start
}

// example is the form's own example, left where it stood.
func example(s string) Placeholder {
	for _, start := range exampleStarts {
		if len(s) >= len(start) && strings.EqualFold(s[:len(start)], start) {
			return MeansSample
		}
	}
	if s[len(s)-1] == ')' {
		var buf [longestPlaceholder + 8]byte
		switch string(AppendFold(buf[:0], s[strings.LastIndexByte(s, '(')+1:])) {
		case "example", "exemple", "sample", "specimen":
			return MeansSample
		}
	}
	return NoPlaceholder
}

var exampleStarts = [...]string{"e.g.", "eg.", "ex.:", "ex. :", "ex.\u00a0:", "ex :", "ex\u00a0:", "ex:", "p. ex.", "p.ex.", "for example", "example:",
	"exemple:", "exemple :", "exemple\u00a0:", "par exemple"}

// sampleNumber is a business number that is none: counting digits, one digit again and again, a mask, a suffix alone.
func sampleNumber(folded []byte) Placeholder {
	number := folded
	if i := bytes.IndexByte(folded, 'r'); i >= 0 {
		number = folded[:i]
	}
	switch {
	case len(number) == 0 || onlyOf(number, number[0]):
		return MeansSample
	case string(number) == "123456789" || string(number) == "987654321":
		return MeansSample
	}
	return NoPlaceholder
}

// sampleRepository is an address that leads to no repository: a prefix, a host alone, or the address of an example.
func sampleRepository(s string) Placeholder {
	low := strings.ToLower(s)
	address, web := strings.CutPrefix(low, "https://")
	if !web {
		address, web = strings.CutPrefix(low, "http://")
	}
	if !web && !strings.HasPrefix(low, "www.") {
		return NoPlaceholder
	}
	host, path, _ := strings.Cut(strings.TrimPrefix(address, "www."), "/")
	path = strings.Trim(path, "/")
	switch {
	case host == "" || path == "" && (publicHosts[host] || host == "example.com" || host == "example.org" || host == "exemple.com"):
		return MeansSample
	}
	for part := range strings.SplitSeq(path, "/") {
		switch part {
		case "your-org", "your-repo", "yourorg", "yourrepo", "your-team", "your-project", "votre-organisation", "votre-depot", "placeholder":
			return MeansSample
		}
	}
	switch path {
	case "org/repo", "owner/repo", "user/repo", "username/repo", "organization/repository", "organisation/depot":
		return MeansSample
	}
	if strings.HasSuffix(path, "/test") {
		return MeansDoubt
	}
	return NoPlaceholder
}

var publicHosts = map[string]bool{"github.com": true, "gitlab.com": true, "bitbucket.org": true, "codeberg.org": true, "sourceforge.net": true}

// SampleAddress reports whether an e-mail address is one that forms show as an example, or that somebody made up to try
// the form. An address with a name before it is somebody's.
func SampleAddress(address string) bool {
	local, domain, ok := strings.Cut(address, "@")
	if !ok {
		return false
	}
	switch domain {
	case "test.com", "test.ca", "email.com", "domain.com", "domaine.ca", "abc.com", "xyz.com":
		return true
	}
	return sampleLocals[local]
}

var sampleLocals = map[string]bool{"name": true, "your.name": true, "yourname": true, "votre.nom": true, "firstname.lastname": true,
	"first.last": true, "prenom.nom": true, "prénom.nom": true, "email": true, "courriel": true, "test": true, "testing": true, "essai": true,
	"john.doe": true, "jane.doe": true, "jean.untel": true, "johndoe": true, "janedoe": true, "manager.x": true, "na": true, "aaa": true,
	"xxx": true, "abc": true, "asdf": true, "foo": true}
