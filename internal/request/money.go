package request

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
	"golang.org/x/text/currency"
)

// Money is an exact sum in one currency. Its zero value is no money in no currency.
type Money struct {
	Amount   decimal.Decimal
	Currency string // ISO 4217
}

// MinorDigits is how many decimals the smallest unit of an ISO 4217 currency has: 2 for CAD, 0 for JPY, 3 for KWD.
// ok is false when code is not a currency.
func MinorDigits(code string) (digits int32, ok bool) {
	u, err := currency.ParseISO(code)
	if err != nil || u.String() == "XXX" {
		return 2, false
	}
	scale, _ := currency.Standard.Rounding(u)
	return int32(scale), true
}

// FromMinor makes money from the integer minor units that the ledger keeps (977500 CAD is 9,775.00 CAD).
func FromMinor(minor int64, code string) Money {
	digits, _ := MinorDigits(code)
	return Money{decimal.New(minor, -digits), code}
}

// Minor is the sum in minor units, for the ledger. It errs when the sum has a fraction of a minor unit or does not
// fit, because either would change the amount in silence.
func (m Money) Minor() (int64, error) {
	digits, _ := MinorDigits(m.Currency)
	shifted := m.Amount.Shift(digits)
	if !shifted.IsInteger() {
		return 0, fmt.Errorf("%s %s has a fraction of the smallest unit", m.Amount, m.Currency)
	}
	if shifted.Abs().Cmp(decimal.New(1, 18)) >= 0 {
		return 0, fmt.Errorf("%s %s is too large to keep", m.Amount, m.Currency)
	}
	return shifted.IntPart(), nil
}

// Plain is the amount with the currency's decimals and a point, "9775.00": the form for JSON and CSV.
func (m Money) Plain() string {
	digits, _ := MinorDigits(m.Currency)
	return m.Amount.StringFixed(digits)
}

const (
	noBreakSpace = "\u00a0"
	minusSign    = "-"
)

// In writes the sum for a reader: "$9,775.00" in English and "9 775,00 $" in French, with no-break spaces, for
// Canadian dollars; other currencies have their ISO code ("9,775.00 EUR", "9 775,00 EUR").
func (m Money) In(l Lang) string {
	digits, _ := MinorDigits(m.Currency)
	return m.write(l, m.Amount.StringFixed(digits))
}

func (m Money) write(l Lang, plain string) string {
	sign := ""
	if rest, negative := strings.CutPrefix(plain, "-"); negative {
		sign, plain = minusSign, rest
	}
	whole, cents, _ := strings.Cut(plain, ".")
	group, point := ",", "."
	if l == French {
		group, point = noBreakSpace, ","
	}
	number := groupDigits(whole, group)
	if cents != "" {
		number += point + cents
	}
	switch {
	case m.Currency == "":
		return sign + number
	case m.Currency == "CAD" && l == French:
		return sign + number + noBreakSpace + "$"
	case m.Currency == "CAD":
		return sign + "$" + number
	default:
		return sign + number + noBreakSpace + m.Currency
	}
}

// CountIn writes a whole number for a reader: "20,000" in English, "20 000" in French with a no-break space.
func CountIn(l Lang, n int64) string {
	return Money{Amount: decimal.NewFromInt(n)}.write(l, strconv.FormatInt(n, 10))
}

func groupDigits(whole, sep string) string {
	if len(whole) <= 3 {
		return whole
	}
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(sep)
		}
		b.WriteRune(r)
	}
	return b.String()
}
