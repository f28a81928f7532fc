package workbook

import (
	"math"
	"strings"

	"github.com/shopspring/decimal"
)

// Show is what the section makes of a number, with a point for decimals and commas between thousands where the section
// groups them. It is for numbers: a day, a fraction and an exponent are shown by their number.
func (s *FormatSection) Show(n decimal.Decimal) string {
	if s.Date || s.Elapsed || s.Scientific || s.Fraction {
		return n.String()
	}
	minus := n.IsNegative() && s.condition == "" && !strings.ContainsAny(s.Mark, "-(−")
	n = n.Abs()
	again := FormatSection{Date: s.Date, code: s.code}
	tokens := again.read()
	if s.Percent {
		n = n.Shift(2)
	}
	n = n.Shift(int32(-3 * s.Scale))
	whole, fraction, _ := strings.Cut(n.StringFixed(int32(s.Decimals)), ".")
	if whole == "0" {
		whole = ""
	}
	var b strings.Builder
	if minus {
		b.WriteByte('-')
	}
	lead, places := s.wholePart(tokens, whole)
	point := false
	at := 0
	for _, t := range tokens {
		switch t.kind {
		case 'l':
			b.WriteString(t.text)
		case '%':
			b.WriteByte('%')
		case 'g', '@':
			b.WriteString(n.String())
		case '.':
			point = true
			if at == 0 {
				b.WriteString(s.group(whole))
			}
			b.WriteByte('.')
		case '0', '#', '?':
			if !point {
				if at == 0 {
					b.WriteString(lead)
				}
				b.WriteString(places[at])
				at++
				continue
			}
			if d := fraction[:min(1, len(fraction))]; d != "" && (t.kind == '0' || strings.Trim(fraction, "0") != "") {
				b.WriteString(d)
			}
			fraction = fraction[min(1, len(fraction)):]
		}
	}
	return strings.TrimSpace(b.String())
}

// wholePart puts the digits of a whole number into the section's places, from the right; lead is what has none.
func (s *FormatSection) wholePart(tokens []formatToken, digits string) (lead string, places []string) {
	var kinds []byte
	for _, t := range tokens {
		if t.kind == '.' {
			break
		}
		if t.kind == '0' || t.kind == '#' || t.kind == '?' {
			kinds = append(kinds, t.kind)
		}
	}
	places = make([]string, len(kinds))
	padded := digits
	if len(padded) < s.Zeros {
		padded = strings.Repeat("0", s.Zeros-len(padded)) + padded
	}
	if s.grouped {
		// Grouped digits have no literals among them: the first place takes them all.
		if len(places) > 0 {
			places[len(places)-1] = s.group(padded)
		}
		return "", places
	}
	for i := len(kinds) - 1; i >= 0 && padded != ""; i-- {
		places[i], padded = padded[len(padded)-1:], padded[:len(padded)-1]
	}
	return padded, places
}

func (s *FormatSection) group(digits string) string {
	if !s.grouped || len(digits) <= 3 {
		return digits
	}
	var b strings.Builder
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}

// Rounds is by how much the section's rounding moves a number; zero where it shows all of it.
func (s *FormatSection) Rounds(n decimal.Decimal) decimal.Decimal {
	if !s.Digits || s.General || s.Date || s.Elapsed || s.Scientific || s.Fraction {
		return decimal.Zero
	}
	places := s.Decimals - 3*s.Scale
	if s.Percent {
		places += 2
	}
	if -n.Exponent() <= int32(places) {
		return decimal.Zero
	}
	return n.Sub(n.Round(int32(min(places, math.MaxInt16)))).Abs()
}
