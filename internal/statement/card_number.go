package statement

import (
	"bytes"
	"encoding/csv"
	"strings"
)

// fewestCardDigits and mostCardDigits bound the length of a card number (ISO/IEC 7812).
const (
	fewestCardDigits = 13
	mostCardDigits   = 19
)

// CutCards replaces every full card number in a text by a mark and its last four digits. A card number is 13 to 19
// digits, single spaces, dots or dashes between them, that begin like a card network's and satisfy the Luhn check.
func CutCards(s string) string {
	if digitsIn(s) < fewestCardDigits {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); {
		if !isDigit(s[i]) {
			out.WriteByte(s[i])
			i++
			continue
		}
		groups := digitGroups(s[i:])
		if n := cardGroups(groups); n > 0 {
			digits := joinDigits(groups[:n])
			out.WriteString("••••" + digits[len(digits)-4:])
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
		switch {
		case digits > mostCardDigits:
			return groups
		case i+1 < len(s) && strings.IndexByte(" -.", s[i]) >= 0 && isDigit(s[i+1]):
			i++
		case strings.HasPrefix(s[i:], "\u00a0") && i+2 < len(s) && isDigit(s[i+2]):
			i += 2
		default:
			return groups
		}
	}
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

// network reports whether the digits have a beginning and a length that a card network issues.
func network(d string) bool {
	two := int(d[0]-'0')*10 + int(d[1]-'0')
	switch n := len(d); {
	case d[0] == '4':
		return n == 13 || n == 16 || n == 19
	case two >= 51 && two <= 55, two >= 22 && two <= 27:
		return n == 16
	case two == 34 || two == 37:
		return n == 15
	case two == 30 || two == 36 || two == 38 || two == 39:
		return n == 14 || n == 16
	case two == 35:
		return n == 16 || n == 19
	case d[0] == '6', two == 50, two >= 56 && two <= 58:
		return n >= 16
	}
	return false
}

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
