package request

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The codes of what cannot be read in a cell. They are stable: JSON output and mails name them.
const (
	CodeAmbiguousNumber   = "ambiguous-number"   // 1,234 and 1.234: two readings
	CodeNotANumber        = "not-a-number"       // letters, dates, 5k
	CodeRange             = "range"              // 5000-6000, up to 5000
	CodeEstimate          = "estimate"           // approx. 5000, TBD
	CodeHourlyRate        = "hourly-rate"        // 85/h, and any other price per stretch of time
	CodePercentage        = "percentage"         // 13%
	CodeFractionOfCent    = "fraction-of-cent"   // 10.005 typed as money
	CodeTooManyDecimals   = "too-many-decimals"  // more than six in a unit price or a quantity
	CodeNumberTooLarge    = "number-too-large"   // a trillion or more
	CodeNegativeAmount    = "negative-amount"    // -500.00
	CodeControlCharacters = "control-characters" // invisible characters that would change what one sees
	CodeNotADate          = "not-a-date"         // not a day at all
	CodeAmbiguousDate     = "ambiguous-date"     // 01/02/2026
	CodeUnlikelyDate      = "unlikely-date"      // before 2000 or after 2099
	CodeUnknownChoice     = "unknown-choice"     // not one of the answers of the field
	CodeNotAnAddress      = "not-an-address"     // not an e-mail address
	CodeSeveralAddresses  = "several-addresses"  // more than one
	CodeUnknownCurrency   = "unknown-currency"   // not an ISO 4217 code
	CodeNotAReference     = "not-a-reference"    // not HR-…
)

// Misread says why a typed text could not be read, for the person who typed it. All Parse functions of this package
// that take typed text return it as their error.
type Misread struct {
	Code    string // one of the Code constants
	Message Text   // whole sentences: what is wrong and what to write instead
}

// Error is the English sentence.
func (m *Misread) Error() string { return m.Message.EN }

func misread(code, en, fr string) *Misread { return &Misread{code, Text{en, fr}} }

// Clean trims every kind of space around s.
func Clean(s string) string {
	// Most cells need nothing done: look before calling the Unicode tables.
	if s == "" || (plainASCII(s[0]) && plainASCII(s[len(s)-1])) {
		return s
	}
	return strings.TrimFunc(s, isSpace)
}

func plainASCII(c byte) bool { return c > ' ' && c < 0x7f }

func isSpace(r rune) bool {
	return isUnseen(r) || unicode.IsSpace(r)
}

// HasControl reports whether s holds characters that do not print, or that turn the order of what is printed:
// C0 and C1 controls except tab and line ends, and the bidirectional overrides, embeddings and isolates.
func HasControl(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || c < ' ' || c == 0x7f {
			return hasControlRune(s[i:])
		}
	}
	return false
}

func hasControlRune(s string) bool {
	for _, r := range s {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
		case r < ' ', r >= 0x7f && r < 0xa0:
			return true
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return true
		case r == '\ufffe' || r == '\uffff':
			return true
		}
	}
	return false
}

func controlMisread() *Misread {
	return misread(CodeControlCharacters,
		"This cell holds invisible control characters. Clear it and type its content again by hand.",
		"Cette cellule contient des caractères de contrôle invisibles. Effacez-la et retapez son contenu à la main.")
}

const quotedRunes = 40

// shown is s as a message may quote it: on one line, printable, and short.
func shown(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range Clean(s) {
		if n == quotedRunes {
			b.WriteRune('…')
			break
		}
		switch {
		case unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f' && r != '\u2009':
			r = ' '
		case !unicode.IsPrint(r) && !unicode.IsSpace(r):
			r = '\ufffd'
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// QuoteEN and QuoteFR put what a cell says between the quotation marks of the language, shortened and made printable.
func QuoteEN(s string) string { return "“" + shown(s) + "”" }

// QuoteFR is QuoteEN in French: « … » with no-break spaces.
func QuoteFR(s string) string { return "«\u00a0" + shown(s) + "\u00a0»" }
