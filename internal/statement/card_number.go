package statement

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
)

// fewestCardDigits and mostCardDigits bound the length of a card number (ISO/IEC 7812).
const (
	fewestCardDigits = 13
	mostCardDigits   = 19
)

// CutMark stands in the place of what was cut off a card number.
const CutMark = "••••"

// CutCards replaces every full card number in a text by a mark and its last four digits. A card number has a network's
// beginning and length (13 to 19 digits) and satisfies the Luhn check; between its digits may stand single spaces of any width,
// dots or dashes. What is an account number (IBAN) is left.
func CutCards(s string) string {
	if digitsIn(s) < fewestCardDigits {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); {
		if !isDigit(s[i]) {
			from := i
			for i < len(s) && !isDigit(s[i]) {
				i++
			}
			out.WriteString(s[from:i])
			continue
		}
		if n := ibanRest(s, i); n > 0 {
			out.WriteString(s[i : i+n])
			i += n
			continue
		}
		groups := digitGroups(s[i:])
		if n := cardGroups(groups); n > 0 {
			digits := joinDigits(groups[:n])
			out.WriteString(CutMark + digits[len(digits)-4:])
			i += groups[n-1].end
			continue
		}
		out.WriteString(s[i : i+groups[0].end])
		i += groups[0].end
	}
	return out.String()
}

// digitGroup is a run of digits; end is where it ends, in bytes from the first group's start.
type digitGroup struct {
	digits string
	end    int
}

// digitGroups reads groups of digits with single separators between them, as far as a card number can reach.
func digitGroups(s string) []digitGroup {
	var groups []digitGroup
	digits := 0
	for i := 0; ; {
		start := i
		for i < len(s) && isDigit(s[i]) {
			i++
		}
		groups = append(groups, digitGroup{s[start:i], i})
		digits += i - start
		if digits > mostCardDigits {
			return groups
		}
		n := separator(s[i:])
		if n == 0 || i+n >= len(s) || !isDigit(s[i+n]) {
			return groups
		}
		i += n
	}
}

// separators stand between the groups of a card number: spaces and dashes as people, spreadsheets and web pages write them.
var separators = []string{" ", "-", ".", "\t", "\u00a0", "\u202f", "\u2007", "\u2009", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", "&nbsp;", "&#160;", "&#xa0;", "&#xA0;",
	"\xa0", "\x96", "\x97"} // the last three in Windows-1252

// separator is the length of the separator that a text begins with: one, or a dash between spaces; 0 for none.
func separator(s string) int {
	n := 0
	for range 3 {
		more := 0
		for _, sep := range separators {
			if strings.HasPrefix(s[n:], sep) {
				more = len(sep)
				break
			}
		}
		if more == 0 {
			return n
		}
		n += more
	}
	return n
}

func joinDigits(groups []digitGroup) string {
	var b strings.Builder
	for _, g := range groups {
		b.WriteString(g.digits)
	}
	return b.String()
}

// cardGroups is how many of the first groups make a card number, 0 when they make none. The longest one counts.
func cardGroups(groups []digitGroup) int {
	found, digits := 0, ""
	for n, g := range groups {
		if digits += g.digits; len(digits) > mostCardDigits {
			break
		}
		if len(digits) >= fewestCardDigits && network(digits) && luhn(digits) {
			found = n + 1
		}
	}
	return found
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func digitsIn(s string) int {
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			n++
		}
	}
	return n
}

// issued are the beginnings of numbers of each network, with the lengths that it issues.
var issued = []struct{ from, to, lengths string }{
	{"4", "4", "13 16 19"},           // Visa
	{"51", "55", "16"},               // Mastercard
	{"2221", "2720", "16"},           // Mastercard
	{"34", "34", "15"},               // American Express
	{"37", "37", "15"},               // American Express
	{"300", "305", "14 16 17 18 19"}, // Diners Club
	{"3095", "3095", "14 16 17 18 19"},
	{"36", "36", "14 15 16 17 18 19"},
	{"38", "39", "14 16 17 18 19"},
	{"3528", "3589", "16 17 18 19"}, // JCB
	{"6011", "6011", "16 17 18 19"}, // Discover
	{"644", "659", "16 17 18 19"},   // Discover, RuPay
	{"62", "62", "16 17 18 19"},     // UnionPay
	{"60", "60", "16"},              // RuPay, private labels
	{"81", "82", "16"},              // UnionPay, RuPay
	{"50", "50", "16 17 18 19"},     // Maestro, Verve
	{"56", "58", "16 17 18 19"},     // Maestro
	{"63", "63", "16 17 18 19"},     // Maestro, InstaPayment
	{"67", "67", "16 17 18 19"},     // Maestro
	{"2200", "2204", "16 17 18 19"}, // Mir
	{"9792", "9792", "16"},          // Troy
}

// network reports whether the digits have a beginning and a length that a card network issues.
func network(d string) bool {
	length := strconv.Itoa(len(d))
	for _, n := range issued {
		if head := d[:len(n.from)]; head >= n.from && head <= n.to && strings.Contains(n.lengths, length) {
			return true
		}
	}
	return false
}

// ibanRest is how many bytes of an account number (ISO 13616) follow, where two letters before a place say that one begins there
// and its check digits are right; 0 elsewhere.
func ibanRest(s string, at int) int {
	const fewest, most = 15, 34
	if at < 2 || !isCapital(s[at-1]) || !isCapital(s[at-2]) || at > 2 && (isCapital(s[at-3]) || isDigit(s[at-3])) {
		return 0
	}
	var all []byte
	i := at - 2
	for ; i < len(s) && len(all) < most; i++ {
		if s[i] == ' ' && i+1 < len(s) && (isCapital(s[i+1]) || isDigit(s[i+1])) {
			continue
		}
		if !isCapital(s[i]) && !isDigit(s[i]) {
			break
		}
		all = append(all, s[i])
	}
	if len(all) < fewest {
		return 0
	}
	rest := 0
	for _, c := range append(slices.Clone(all[4:]), all[:4]...) {
		if isDigit(c) {
			rest = (rest*10 + int(c-'0')) % 97
		} else {
			rest = (rest*100 + int(c-'A') + 10) % 97
		}
	}
	if rest != 1 {
		return 0
	}
	return i - at
}

func isCapital(b byte) bool { return b >= 'A' && b <= 'Z' }

func luhn(d string) bool {
	sum, double := 0, false
	for i := len(d) - 1; i >= 0; i-- {
		v := int(d[i] - '0')
		if double {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
		double = !double
	}
	return sum%10 == 0
}

// lastFour is the end of a card number, masked or not; of fewer digits, all of them.
func lastFour(s string) string {
	var digits []byte
	for i := range len(s) {
		if isDigit(s[i]) {
			digits = append(digits, s[i])
		}
	}
	if len(digits) > 4 {
		digits = digits[len(digits)-4:]
	}
	return string(digits)
}

// cutForm is the rows as CSV with every card number cut; those in the column of card numbers, counted from 1, whatever they
// are, for a spreadsheet that rounds one makes it look like none.
func cutForm(rows []record, header, column int) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	var cells []string
	for _, r := range rows {
		cells = cells[:0]
		for i, c := range r.cells {
			cut := CutCards(c.text)
			if i+1 == column && r.line > header && digitsIn(cut) > 4 {
				cut = "••••" + lastFour(cut)
			}
			cells = append(cells, cut)
		}
		if len(cells) == 0 {
			cells = append(cells, "")
		}
		_ = w.Write(cells) // into memory
	}
	w.Flush()
	return b.Bytes()
}
