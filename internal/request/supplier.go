package request

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// SupplierName is a supplier's name in the form by which suppliers are compared: after NFKC, case folding, and removal
// of accents, invisible characters, punctuation, spaces and legal suffixes ("Inc.", "Ltée"), with letters of other
// scripts that look like Latin ones, and digits among letters that look like letters, read as those. Two names with the
// same form are one supplier. It is "" when nothing that identifies a supplier is left.
func SupplierName(s string) string {
	words := dropLegalForm(supplierWords(s))
	for i, w := range words {
		words[i] = lookOf(w)
	}
	return strings.Join(words, "")
}

// SupplierWords are the words of a supplier's name, folded as SupplierName folds them, legal forms and articles left in.
func SupplierWords(s string) []string { return supplierWords(s) }

// LegalForm reports whether a word of SupplierWords says what kind of company a supplier is, never which one.
func LegalForm(word string) bool { return legalForm(word) }

// LookOf is a word of SupplierWords by how it looks in the typefaces of forms: words that cannot be told apart are the same.
func LookOf(word string) string { return lookOf(word) }

// lookOf writes a folded word by how it looks: "0" among letters is an "o", and "1", "l" and a capital "I" cannot be told
// apart in the typefaces of forms. A number stays a number.
func lookOf(word string) string {
	if !strings.ContainsAny(word, "01iv") || strings.IndexFunc(word, unicode.IsLetter) < 0 {
		return word
	}
	return looks.Replace(word)
}

var looks = strings.NewReplacer("0", "o", "1", "l", "i", "l", "vv", "w")

// supplierWords splits a name into folded words of letters and digits.
func supplierWords(s string) []string {
	if ascii, ok := asciiWords(s); ok {
		return ascii
	}
	// A mark of trade is no part of a name; NFKC would make letters of it.
	s = strings.Map(func(r rune) rune {
		if r == '™' || r == '℠' || r == '®' || r == '©' {
			return ' '
		}
		return r
	}, s)
	// Look-alikes are read before folding and again after it: folding turns a capital with no Latin twin into a small
	// letter that has one, and NFKC brings letters in fancy dress back into their alphabets.
	s = norm.NFKC.String(s)
	s = strings.Map(latinTwin, s)
	folder := folders.Get().(*cases.Caser)
	s = folder.String(s)
	folders.Put(folder)
	s = norm.NFKD.String(s)
	var words []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	for _, r := range s {
		r = latinTwin(r)
		switch {
		case r < 0, unicode.Is(unicode.Mn, r), unicode.Is(unicode.Me, r), invisible(r):
			// An accent or a character that nobody sees: as if it were not there.
		case r == 'œ':
			word.WriteString("oe")
		case r == 'æ':
			word.WriteString("ae")
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.Mc, r):
			word.WriteRune(r)
		case r == '&' || r == '+':
			flush()
			words = append(words, "and")
		case (r == '\'' || r == '’') && len(words) == 0 && word.String() == "l":
			flush() // an article
		case r == '.' || r == '\'' || r == '’' || r == '`':
			// "S.A.R.L." is one word, "D'Amour" is too.
		default:
			flush()
		}
	}
	flush()
	return sameWords(words)
}

// folders are reused because a folder is costly to make and may not be shared between goroutines at work.
var folders = sync.Pool{New: func() any { c := cases.Fold(); return &c }}

// asciiWords is supplierWords for plain ASCII, which is most names, without the tables of Unicode.
func asciiWords(s string) ([]string, bool) {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return nil, false
		}
	}
	words := make([]string, 0, 6)
	word := make([]byte, 0, len(s))
	flush := func() {
		if len(word) > 0 {
			words = append(words, string(word))
			word = word[:0]
		}
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z':
			word = append(word, c+('a'-'A'))
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			word = append(word, c)
		case c == '\'' && len(words) == 0 && string(word) == "l":
			flush() // an article
		case c == '.' || c == '\'' || c == '`' || c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f:
		case c == '&' || c == '+':
			flush()
			words = append(words, "and")
		default:
			flush()
		}
	}
	flush()
	return sameWords(words), true
}

// sameWords writes words that mean the same in one way.
func sameWords(words []string) []string {
	for i, w := range words {
		if w == "et" {
			words[i] = "and"
		}
	}
	return words
}

// invisible reports whether r leaves no ink: format and control characters, joiners, variation selectors, fillers.
func invisible(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return false // they part words
	case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Cc, r), unicode.Is(unicode.Variation_Selector, r), unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
		return true
	case r == 0x2800: // braille blank
		return true
	}
	return false
}

// latinTwin reads a letter that looks like a Latin one as that one. The pairs are the ones of Unicode's confusables
// that a reader of a name in a usual typeface cannot tell apart; digits stay digits, for "3M" is not "EM".
func latinTwin(r rune) rune {
	if r < 0x80 {
		return r
	}
	if t, ok := latinTwins[r]; ok {
		return t
	}
	return r
}

var latinTwins = map[rune]rune{
	// Cyrillic
	'А': 'A', 'В': 'B', 'С': 'C', 'Е': 'E', 'Н': 'H', 'І': 'I', 'Ј': 'J', 'К': 'K', 'М': 'M', 'О': 'O', 'Р': 'P', 'Ѕ': 'S', 'Т': 'T',
	'Х': 'X', 'У': 'Y', 'Ү': 'Y', 'Ѵ': 'V', 'Ԛ': 'Q', 'Ԝ': 'W', 'Ԍ': 'G', 'Ӏ': 'l', 'Ԁ': 'D',
	'а': 'a', 'с': 'c', 'е': 'e', 'һ': 'h', 'і': 'i', 'ј': 'j', 'о': 'o', 'р': 'p', 'ѕ': 's', 'х': 'x', 'у': 'y', 'ү': 'y', 'ѵ': 'v',
	'ԛ': 'q', 'ԝ': 'w', 'ԁ': 'd', 'ӏ': 'l', 'к': 'k', 'м': 'm', 'т': 't', 'в': 'b', 'н': 'h', 'г': 'r', 'п': 'n',
	// Greek
	'Α': 'A', 'Β': 'B', 'Ε': 'E', 'Ζ': 'Z', 'Η': 'H', 'Ι': 'I', 'Κ': 'K', 'Μ': 'M', 'Ν': 'N', 'Ο': 'O', 'Ρ': 'P', 'Τ': 'T', 'Υ': 'Y',
	'Χ': 'X', 'ο': 'o', 'ν': 'v', 'ι': 'i', 'ρ': 'p', 'υ': 'u', 'α': 'a', 'ϲ': 'c', 'Ϲ': 'C', 'κ': 'k', 'γ': 'y', 'ϳ': 'j', 'τ': 't',
	'ε': 'e', 'η': 'n', 'χ': 'x', 'ω': 'w',
	// Armenian
	'օ': 'o', 'ո': 'n', 'ս': 'u', 'հ': 'h', 'ց': 'g', 'զ': 'q', 'Ս': 'U', 'Օ': 'O', 'Տ': 'S',
	// Latin letters that pass for others, and letters without a decomposition
	'ı': 'i', 'ȷ': 'j', 'ɑ': 'a', 'ɡ': 'g', 'ſ': 's', 'ø': 'o', 'Ø': 'O', 'ł': 'l', 'Ł': 'L', 'đ': 'd', 'Đ': 'D', 'ħ': 'h', 'Ħ': 'H',
	'ƚ': 'l', 'ɩ': 'i', 'ɪ': 'i', 'ʏ': 'y', 'ᴀ': 'a', 'ʙ': 'b', 'ᴄ': 'c', 'ᴅ': 'd', 'ᴇ': 'e', 'ꜰ': 'f', 'ɢ': 'g', 'ʜ': 'h', 'ᴊ': 'j',
	'ᴋ': 'k', 'ʟ': 'l', 'ᴍ': 'm', 'ɴ': 'n', 'ᴏ': 'o', 'ᴘ': 'p', 'ʀ': 'r', 'ꜱ': 's', 'ᴛ': 't', 'ᴜ': 'u', 'ᴠ': 'v', 'ᴡ': 'w', 'ᴢ': 'z',
	// Cherokee capitals
	'Ꭺ': 'A', 'Ᏼ': 'B', 'Ꮯ': 'C', 'Ꭰ': 'D', 'Ꭼ': 'E', 'Ꮋ': 'H', 'Ꭵ': 'i', 'Ꭻ': 'J', 'Ꮶ': 'K', 'Ꮮ': 'L', 'Ꮇ': 'M', 'Ꮲ': 'P', 'Ꮢ': 'R',
	'Ꮪ': 'S', 'Ꭲ': 'T', 'Ꮩ': 'V', 'Ꮃ': 'W', 'Ꮓ': 'Z',
}

// legalForms are the words that say what kind of company a supplier is, never which one, folded as supplierWords does.
var legalForms = map[string]bool{
	"inc": true, "incorporated": true, "incorporee": true, "ltd": true, "limited": true, "ltee": true, "limitee": true,
	"llc": true, "llp": true, "lp": true, "ulc": true, "plc": true, "corp": true, "corporation": true, "co": true, "company": true,
	"cie": true, "compagnie": true, "enr": true, "enrg": true, "senc": true, "sencrl": true, "srl": true, "sarl": true, "sec": true,
	"sa": true, "sas": true, "gmbh": true, "ag": true, "bv": true, "nv": true, "pty": true, "pllc": true, "pc": true, "coop": true,
	"reg": true, "regd": true, "registered": true, "ab": true, "oy": true, "spa": true, "kg": true, "ulcs": true, "lllp": true,
}

// legalPhrases are legal forms in several words.
var legalPhrases = [][]string{
	{"limited", "partnership"}, {"general", "partnership"}, {"limited", "liability", "company"}, {"societe", "par", "actions"},
	{"societe", "en", "commandite"}, {"societe", "en", "nom", "collectif"}, {"societe", "a", "responsabilite", "limitee"},
}

// legalForm reports whether a word says what kind of company a supplier is. "lnc" passes for "Inc".
func legalForm(word string) bool {
	return legalForms[word] || strings.HasPrefix(word, "l") && legalForms["i"+word[1:]]
}

// articles begin a name, and are left out as often as not.
var articles = map[string]bool{"the": true, "le": true, "la": true, "les": true, "l": true}

// dropLegalForm takes an article off the beginning and legal suffixes off the end, and the "and" that "& Co." leaves. A
// name made of nothing else keeps its first word, so that "Limited" is still a supplier.
func dropLegalForm(words []string) []string {
	if len(words) > 1 && articles[words[0]] {
		words = words[1:]
	}
	n := len(words)
	for n > 1 {
		if of := phraseAt(words[:n]); of > 0 && of < n {
			n -= of
			continue
		}
		last := words[n-1]
		// "S A R L" with spaces is one word as well.
		if joined, count := spelledOut(words[:n]); count > 1 && n > count && legalForm(joined) {
			n -= count
			continue
		}
		if legalForm(last) || last == "and" {
			n--
			continue
		}
		break
	}
	return words[:n]
}

// phraseAt is how many words at the end of a name are a legal form in several words.
func phraseAt(words []string) int {
	for _, phrase := range legalPhrases {
		if n := len(words) - len(phrase); n > 0 && slices.Equal(words[n:], phrase) {
			return len(phrase)
		}
	}
	return 0
}

// spelledOut joins the single letters at the end of words.
func spelledOut(words []string) (joined string, count int) {
	i := len(words)
	for i > 0 && len(words[i-1]) == 1 && words[i-1][0] >= 'a' {
		i--
	}
	return strings.Join(words[i:], ""), len(words) - i
}

// BusinessNumber is a supplier's business number in the form by which suppliers are compared: the nine digits of a Canada
// Revenue Agency number, whatever stands before them and whichever account follows ("BN 12345 6789 RT 0001" is
// "123456789"), else its letters and digits in capitals. It is "" when there is no letter or digit, and when what stands
// there says "none". Whether the number exists is not looked at, nor is its check digit: a number that is wrong is the
// same wrong number wherever it is used.
func BusinessNumber(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(s) {
		r = latinTwin(r)
		switch {
		case unicode.IsDigit(r):
			b.WriteByte('0' + byte(digitValue(r)))
		case unicode.IsLetter(r):
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	n := b.String()
	switch n {
	case "NA", "SO", "NONE", "AUCUN", "UNKNOWN", "INCONNU", "TBD", "NIL":
		return ""
	}
	if strings.Trim(n, "0") == "" {
		return ""
	}
	if m := agencyNumber.FindStringSubmatch(n); m != nil {
		if digits := strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(m[1]); strings.Trim(digits, "0") != "" {
			return digits
		}
	}
	return n
}

// ValidBusinessNumber reports whether a number, in the form of BusinessNumber, is one that the Canada Revenue Agency could
// have given: nine digits, of which the last one checks the others (Luhn).
func ValidBusinessNumber(number string) bool {
	if len(number) != 9 || strings.Trim(number, "0123456789") != "" || strings.Trim(number, "0") == "" {
		return false
	}
	sum := 0
	for i, c := range number {
		d := int(c - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// agencyNumber is a Canada Revenue Agency number in capitals, perhaps with its name before it and accounts behind it. A
// letter that passes for a digit is one.
var agencyNumber = regexp.MustCompile(`^(?:BN|NE|NO|CRA|ARC|GST|HST|TPS|TVH)*([0-9OIL]{3}[0-9]{3}[0-9OIL]{3})(?:R[A-Z].*)?$`)

func digitValue(r rune) int {
	// Every decimal digit block of Unicode is ten code points from zero to nine.
	zero := r
	for unicode.IsDigit(zero-1) && r-zero < 9 {
		zero--
	}
	return int(r-zero) % 10
}

// SameSupplier reports whether two lines name one supplier: by their business numbers where both have one, else by their names.
func SameSupplier(a, b *Line) bool {
	said := func(l *Line, f Field) string {
		if v := &l.Values[f]; v.Given && !v.Faulty {
			return v.Text
		}
		return ""
	}
	if x, y := BusinessNumber(said(a, SupplierID)), BusinessNumber(said(b, SupplierID)); x != "" && y != "" {
		return x == y
	}
	x := SupplierName(said(a, Supplier))
	return x != "" && x == SupplierName(said(b, Supplier))
}
