package request

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// UnitDecimals is how many decimals a unit price or a quantity may have.
const UnitDecimals = 6

// numberDigits bounds the digits before the decimal mark of every number of a form: beyond it, ten thousand lines could
// not be added up in the ledger's integers.
const numberDigits = 12

// maxTyped is longer than any number a person types; what is longer is prose.
const maxTyped = 64

// Amount is a sum of money as somebody typed it.
type Amount struct {
	Number decimal.Decimal
	// Currency is the ISO 4217 code written beside the number, "" when there was none or only a "$", which many
	// countries use.
	Currency string
}

// ParseAmount reads typed money strictly. It takes 1234.56, 1,234.56 and 1 234,56 (any kind of space), with $, CAD or
// another currency before or behind. decimals is how many the currency has (MinorDigits); what has more is a
// problem, and so is whatever could be read in two ways, because a guess about money is worse than a question. The
// error is a *Misread.
func ParseAmount(s string, decimals int32) (Amount, error) {
	t, core, err := typedNumber(s)
	if err != nil {
		return Amount{}, err
	}
	code, ok := t.currency()
	if !ok {
		return Amount{}, classify(s)
	}
	n, err := t.decimal(s, core)
	if err != nil {
		return Amount{}, err
	}
	if !n.Equal(n.Truncate(decimals)) {
		if decimals >= UnitDecimals {
			return Amount{}, tooManyDecimals(s)
		}
		return Amount{}, misread(CodeFractionOfCent,
			QuoteEN(s)+" has fractions of a cent. Write the amount that will be paid, rounded to the cent, such as "+n.StringFixed(decimals)+".",
			QuoteFR(s)+" comporte des fractions de cent. Inscrivez le montant qui sera payé, arrondi au cent, comme "+strings.Replace(n.StringFixed(decimals), ".", ",", 1)+".")
	}
	return Amount{n, code}, nil
}

// ParseNumber reads a typed quantity by the same grammar, without a currency and with up to six decimals. The error
// is a *Misread.
func ParseNumber(s string) (decimal.Decimal, error) {
	t, core, err := typedNumber(s)
	if err != nil {
		return decimal.Decimal{}, err
	}
	if t.before != "" || t.after != "" {
		return decimal.Decimal{}, classify(s)
	}
	n, err := t.decimal(s, core)
	if err != nil {
		return decimal.Decimal{}, err
	}
	if !n.Equal(n.Truncate(UnitDecimals)) {
		return decimal.Decimal{}, tooManyDecimals(s)
	}
	return n, nil
}

// CheckMagnitude errs with a *Misread when n is too large to be an amount or a quantity of a request.
func CheckMagnitude(n decimal.Decimal) error {
	if n.NumDigits()+int(n.Exponent()) <= numberDigits {
		return nil
	}
	return misread(CodeNumberTooLarge,
		"This number is a trillion or more. Check it: a digit or a decimal point may be wrong.",
		"Ce nombre atteint mille milliards ou plus. Vérifiez-le\u00a0: un chiffre ou la virgule est peut-être de trop.")
}

func tooManyDecimals(s string) *Misread {
	return misread(CodeTooManyDecimals,
		QuoteEN(s)+" has more than six decimals. Round it to six or fewer.",
		QuoteFR(s)+" compte plus de six décimales. Arrondissez à six ou moins.")
}

// typed is a number taken apart: -$1,234.56 CAD is minus, "$", "1,234.56", "CAD".
type typed struct {
	negative      bool
	before, after string // upper case, without spaces
	lead, tail    string // the same as they are written
}

func typedNumber(s string) (typed, string, error) {
	if HasControl(s) {
		return typed{}, "", controlMisread()
	}
	s = Clean(s)
	if len(s) > maxTyped {
		return typed{}, "", classify(s)
	}
	first := strings.IndexFunc(s, isDigit)
	if first < 0 {
		return typed{}, "", classify(s)
	}
	if first > 0 && (s[first-1] == '.' || s[first-1] == ',') { // .50
		first--
	}
	last := strings.LastIndexFunc(s, isDigit) + 1
	var t typed
	lead, tail := s[:first], s[last:]
	t.negative, lead = cutMinus(lead)
	if t.negative && lead != "" && Clean(lead) == "" {
		return typed{}, "", classify(s) // "- 5" may be a bullet
	}
	t.before, t.after, t.lead, t.tail = mark(lead), mark(tail), lead, tail
	return t, s[first:last], nil
}

// cutMinus takes the minus off what stands before the digits: "-$" and "$-" alike, with either minus sign.
func cutMinus(lead string) (negative bool, rest string) {
	for _, sign := range []string{"-", "−"} {
		if rest, ok := strings.CutPrefix(lead, sign); ok {
			return true, rest
		}
		if rest, ok := strings.CutSuffix(lead, sign); ok {
			return true, rest
		}
	}
	return false, lead
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func mark(s string) string {
	return strings.Map(func(r rune) rune {
		if isSpace(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

// currencyMarks are the spellings met beside Canadian amounts; plain ISO codes need no entry.
var currencyMarks = map[string]string{
	"": "", "$": "",
	"CAD$": "CAD", "$CAD": "CAD", "CA$": "CAD", "$CA": "CAD", "C$": "CAD", "CAN$": "CAD", "$CAN": "CAD",
	"CDN": "CAD", "CDN$": "CAD", "$CDN": "CAD", "CAN": "CAD",
	"US$": "USD", "$US": "USD", "USD$": "USD", "$USD": "USD", "€": "EUR", "EUR€": "EUR",
}

// currency reconciles the marks before and behind; ok is false when one of them is no currency or they disagree.
func (t typed) currency() (code string, ok bool) {
	before, ok := markCurrency(t.before)
	if !ok {
		return "", false
	}
	after, ok := markCurrency(t.after)
	switch {
	case !ok:
		return "", false
	case t.before == t.after && t.before == "$":
		return "", false
	case before == "" || before == after:
		return after, true
	case after == "":
		return before, true
	}
	return "", false
}

func markCurrency(m string) (string, bool) {
	if code, ok := currencyMarks[m]; ok {
		return code, true
	}
	if len(m) != 3 {
		return "", false
	}
	_, ok := MinorDigits(m)
	return m, ok
}

// decimal reads the digits and separators; s is the whole text, for messages.
func (t typed) decimal(s, core string) (decimal.Decimal, error) {
	whole, frac, why := splitNumber(core)
	switch why {
	case malformed:
		return decimal.Decimal{}, classify(s)
	case twoReadings:
		return decimal.Decimal{}, ambiguous(s, whole, frac)
	}
	if frac != "" {
		whole += "." + frac
	}
	n, err := decimal.NewFromString(whole)
	if err != nil {
		return decimal.Decimal{}, classify(s)
	}
	if t.negative {
		n = n.Neg()
	}
	if err := CheckMagnitude(n); err != nil {
		return decimal.Decimal{}, err
	}
	return n, nil
}

type reading int

const (
	clear reading = iota
	malformed
	twoReadings
)

// splitNumber finds the digits before and behind the decimal mark. A comma or a space groups by three, a comma or a
// point marks decimals, and one of them cannot do both.
func splitNumber(core string) (whole, frac string, why reading) {
	groups, seps, ok := digitGroups(core)
	if !ok {
		return "", "", malformed
	}
	n := len(seps)
	if n == 0 {
		return groups[0], "", clear
	}
	last := seps[n-1]
	// Everything in front of the last separator must group in one way.
	grouping := byte(0)
	for _, sep := range seps[:n-1] {
		if sep == '.' && last != ',' || (grouping != 0 && sep != grouping) {
			return "", "", malformed
		}
		grouping = sep
	}
	wellGrouped := grouping == 0 || groupsOfThree(groups[:n])
	head, tail := groups[n-1], groups[n]
	joined := strings.Join(groups[:n], "")
	switch {
	case last == ' ':
		if grouping == ',' {
			return "", "", malformed
		}
		if !groupsOfThree(groups) {
			return joined, tail, twoReadings // 12 34
		}
		return joined + tail, "", clear
	case !wellGrouped:
		return "", "", malformed
	case last == ',' && grouping == ',': // 1,234,567
		if !groupsOfThree(groups) {
			return "", "", malformed
		}
		return joined + tail, "", clear
	case last == '.' && grouping == ',': // 1,234.56
		return joined, tail, clear
	case grouping == '.': // 1.234,56
		if len(tail) == 3 {
			return "", "", malformed
		}
		return joined, tail, clear
	case len(tail) == 3 && len(head) <= 3 && head != "" && strings.Trim(joined, "0") != "":
		return joined, tail, twoReadings // 1,234 and 1.234, and 1 234,567
	default: // 1234.56, 1234,56, 1 234,56, 0.125
		if joined == "" {
			joined = "0"
		}
		return joined, tail, clear
	}
}

// digitGroups takes 1,234.56 apart into its digits and its separators; every kind of space counts as ' '. Only the
// first group may be empty (.50).
func digitGroups(core string) (groups []string, seps []byte, ok bool) {
	start := 0
	for i := 0; i < len(core); {
		r, size := utf8.DecodeRuneInString(core[i:])
		if isDigit(r) {
			i++
			continue
		}
		sep := byte(' ')
		switch {
		case r == ',' || r == '.':
			sep = byte(r)
		case !unicode.In(r, unicode.Zs):
			return nil, nil, false
		}
		if start == i && (i > 0 || sep == ' ') {
			return nil, nil, false
		}
		groups, seps = append(groups, core[start:i]), append(seps, sep)
		i += size
		start = i
	}
	if start == len(core) {
		return nil, nil, false
	}
	return append(groups, core[start:]), seps, true
}

func groupsOfThree(groups []string) bool {
	if len(groups[0]) == 0 || len(groups[0]) > 3 {
		return false
	}
	for _, g := range groups[1:] {
		if len(g) != 3 {
			return false
		}
	}
	return true
}

func ambiguous(s, whole, frac string) *Misread {
	large, small := whole+frac, whole+"."+frac
	return misread(CodeAmbiguousNumber,
		QuoteEN(s)+" can be read as "+large+" or as "+small+". Write it with a point and two decimals and nothing between the thousands, such as "+large+".00.",
		QuoteFR(s)+" peut se lire "+large+" ou "+strings.Replace(small, ".", ",", 1)+". Inscrivez-le avec une virgule et deux décimales, sans rien entre les milliers, comme "+large+",00.")
}
