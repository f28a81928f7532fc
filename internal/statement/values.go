package statement

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// misreading is why a value was not read; "" when it was.
type misreading string

const (
	notRead        misreading = "not-read"
	twoWays        misreading = "two-ways"
	fractionOfCent misreading = "fraction"
)

// dateOrder is which way round days and months stand in a column of dates such as 05/04/2016.
type dateOrder uint8

const (
	unknownOrder dateOrder = iota
	dayFirst
	monthFirst
	shortYears // two-digit years that may as well stand in front
	yearFirst  // 26/11/25, by a profile
	excelDays  // the day numbers of a spreadsheet, by a profile
)

// dateOrder looks at every date of the statement: a first part above 12 is a day, a second part above 12 is one too. A
// statement that shows both, or neither, leaves its dates unread.
func (s *sheetReader) dateOrder() dateOrder {
	if order, ok := orders[s.options.profile().Dates]; ok {
		return order
	}
	var day, month bool
	short, inFront := 0, 0
	for i := range s.rows {
		for _, f := range []field{postingDate, transactionDate} {
			v := s.cell(&s.rows[i], f)
			if v.text == "" || !v.date.IsZero() {
				continue
			}
			if a, b, c, ok := threeNumbers(v.text); ok && a <= 31 && b <= 31 {
				day = day || a > 12 && b <= 12
				month = month || b > 12 && a <= 12
				if c < 100 {
					short++
					if a >= 20 && b <= 12 && c >= 1 && c <= 31 {
						inFront++
					}
				}
			}
		}
	}
	switch {
	case short > 0 && short == inFront:
		return shortYears // 26/11/25: in every row the first number may be the year
	case day && month:
		s.bothOrders = true
	case day && !month:
		return dayFirst
	case month && !day:
		return monthFirst
	}
	return unknownOrder
}

// threeNumbers splits 05/04/2016, 5-4-16 or 05.04.2016.
func threeNumbers(s string) (a, b, c int, ok bool) {
	parts := strings.FieldsFunc(withoutTime(s), func(r rune) bool { return r == '/' || r == '-' || r == '.' })
	if len(parts) != 3 {
		return 0, 0, 0, false
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(strings.TrimSpace(p))
		if err != nil || v < 0 || len(p) > 4 {
			return 0, 0, 0, false
		}
		n[i] = v
	}
	if len(parts[0]) > 2 || len(parts[2]) != 4 && len(parts[2]) != 2 {
		return 0, 0, 0, false
	}
	return n[0], n[1], n[2], true
}

// withoutTime cuts a time of day off a date.
func withoutTime(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, "T "); i >= 8 && strings.Contains(s[i:], ":") {
		return s[:i]
	}
	return s
}

// monthWords are the beginnings by which a month's name is known in either language, folded.
var monthWords = map[string]time.Month{
	"jan": 1, "feb": 2, "fev": 2, "mar": 3, "apr": 4, "avr": 4, "may": 5, "mai": 5, "jun": 6, "juin": 6, "jul": 7, "juil": 7,
	"aug": 8, "aou": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}

// parseDay reads a date: ISO in its usual forms, a day with the month in words, or three numbers in the column's order.
func parseDay(s string, order dateOrder) (request.Date, misreading) {
	s = withoutTime(s)
	if order == excelDays && allDigits(s) && len(s) == 5 {
		if d := serialDay(s, false); !d.IsZero() {
			return plausible(d)
		}
	}
	for _, layout := range []string{"2006-01-02", "2006/01/02", "2006.01.02", "20060102"} {
		if t, err := time.Parse(layout, s); err == nil {
			return plausible(request.DateOf(t))
		}
	}
	if a, b, c, ok := threeNumbers(s); ok {
		if order == yearFirst && c < 100 {
			return calendarDay(2000+a, time.Month(b), c)
		}
		if c < 100 {
			c += 2000
		}
		day, month := a, b
		switch {
		case order == shortYears, order == yearFirst:
			return request.Date{}, twoWays
		case a == b:
		case order == monthFirst:
			day, month = b, a
		case (order == unknownOrder || order == excelDays) && a > 12 && b <= 12:
		case (order == unknownOrder || order == excelDays) && b > 12 && a <= 12:
			day, month = b, a
		case order == unknownOrder, order == excelDays:
			return request.Date{}, twoWays
		}
		return calendarDay(c, time.Month(month), day)
	}
	return wordyDay(s)
}

// wordyDay reads "3 Nov 2026", "Nov 3, 2026", « 3 novembre 2026 », "03-NOV-26".
func wordyDay(s string) (request.Date, misreading) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '-' || r == '.' || r == '/' || r == '\u00a0' })
	if len(parts) != 3 {
		return request.Date{}, notRead
	}
	var month time.Month
	var numbers []int
	for _, p := range parts {
		if n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSuffix(p, "er"), "th")); err == nil {
			numbers = append(numbers, n)
			continue
		}
		word := request.Fold(p)
		for n := min(4, len(word)); n >= 3; n-- {
			if m, ok := monthWords[word[:n]]; ok {
				month = m
				break
			}
		}
	}
	if month == 0 || len(numbers) != 2 {
		return request.Date{}, notRead
	}
	day, year := numbers[0], numbers[1]
	if day > 31 {
		day, year = year, day
	}
	if year < 100 {
		year += 2000
	}
	return calendarDay(year, month, day)
}

func calendarDay(year int, month time.Month, day int) (request.Date, misreading) {
	d := request.Date{Year: year, Month: month, Day: day}
	if month < 1 || month > 12 || request.DateOf(d.Time(time.UTC)) != d {
		return request.Date{}, notRead
	}
	return plausible(d)
}

// plausible refuses years that no statement is from.
func plausible(d request.Date) (request.Date, misreading) {
	if d.Year < 1990 || d.Year > 2199 {
		return request.Date{}, notRead
	}
	return d, ""
}

// decimalStyle is the decimal mark of a column of amounts.
type decimalStyle uint8

const (
	anyMark decimalStyle = iota
	pointMark
	commaMark
	mixedMarks
)

// decimalStyle looks at a whole column: "1 234,56" and "12,5" say comma, "1,234.56" and "12.50" say point, "1,234" says
// nothing by itself.
func (s *sheetReader) decimalStyle(f field) decimalStyle {
	if s.at[f] == 0 {
		return anyMark
	}
	if mark, ok := marks[s.options.profile().Decimal]; ok {
		return mark
	}
	var point, comma bool
	for i := range s.rows {
		v := s.cell(&s.rows[i], f)
		if v.text == "" || v.exact {
			continue
		}
		switch markOf(v.text) {
		case pointMark:
			point = true
		case commaMark:
			comma = true
		}
	}
	switch {
	case point && comma:
		return mixedMarks
	case point:
		return pointMark
	case comma:
		return commaMark
	}
	return anyMark
}

// markOf is what one amount alone says about the decimal mark.
func markOf(s string) decimalStyle {
	point, comma := strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ',')
	last := max(point, comma)
	if last < 0 {
		return anyMark
	}
	this, other := pointMark, commaMark
	if comma == last {
		this, other = commaMark, pointMark
	}
	if point >= 0 && comma >= 0 {
		return this // the later one ends the whole number
	}
	if strings.Count(s, s[last:last+1]) > 1 {
		return other // 1,234,567: it groups
	}
	digits := 0
	for i := last + 1; i < len(s) && isDigit(s[i]); i++ {
		digits++
	}
	if digits != 3 {
		return this
	}
	before := 0
	for i := last - 1; i >= 0 && isDigit(s[i]); i-- {
		before++
	}
	if before == 0 || before > 3 || before == 1 && s[last-1] == '0' {
		return this // 1234.567, .125 or 0.125 cannot be grouped
	}
	return anyMark
}

// amountSigns are the marks of a currency that may stand at an amount.
var amountSigns = []struct{ mark, currency string }{
	{"CA$", "CAD"}, {"US$", "USD"}, {"C$", "CAD"}, {"CAD", "CAD"}, {"USD", "USD"}, {"EUR", "EUR"}, {"GBP", "GBP"}, {"$", ""}, {"€", "EUR"}, {"£", "GBP"},
}

// parseSum reads an amount of a statement. Negative are a minus at either end, brackets, and CR or CT (credit) behind.
// written is the currency beside it, "" when there is none.
func parseSum(v cellValue, style decimalStyle) (n decimal.Decimal, written string, why misreading) {
	if v.exact {
		n, err := decimal.NewFromString(v.text)
		if err != nil || !sensible(n) {
			return decimal.Zero, "", notRead
		}
		return n, "", ""
	}
	s := strings.ToUpper(strings.TrimSpace(v.text))
	s = strings.NewReplacer("\u2212", "-", "\u2013", "-", "\u00a0", " ", "\u202f", " ", "\u2009", " ", "'", "", "’", "").Replace(s)
	negative := 0
	for changed := true; changed; {
		changed = false
		trim := func(cut func(string) (string, bool), minus int) {
			if rest, ok := cut(s); ok && strings.TrimSpace(rest) != "" {
				s, changed = strings.TrimSpace(rest), true
				negative += minus
			}
		}
		trim(func(s string) (string, bool) { return strings.CutPrefix(s, "-") }, 1)
		trim(func(s string) (string, bool) { return strings.CutSuffix(s, "-") }, 1)
		trim(func(s string) (string, bool) { return strings.CutPrefix(s, "+") }, 0)
		trim(func(s string) (string, bool) { return strings.CutPrefix(s, "CR") }, 1)
		trim(func(s string) (string, bool) { return strings.CutPrefix(s, "DR") }, 0)
		trim(func(s string) (string, bool) { return strings.CutSuffix(s, "CR") }, 1)
		trim(func(s string) (string, bool) { return strings.CutSuffix(s, "CT") }, 1)
		trim(func(s string) (string, bool) { return strings.CutSuffix(s, "DR") }, 0)
		trim(func(s string) (string, bool) { return strings.CutSuffix(s, "DT") }, 0)
		trim(func(s string) (string, bool) {
			inner, ok := strings.CutPrefix(s, "(")
			if !ok {
				return s, false
			}
			return strings.CutSuffix(inner, ")")
		}, 1)
		for _, sign := range amountSigns {
			before := s
			trim(func(s string) (string, bool) { return strings.CutPrefix(s, sign.mark) }, 0)
			trim(func(s string) (string, bool) { return strings.CutSuffix(s, sign.mark) }, 0)
			if s != before && sign.currency != "" {
				if written != "" && written != sign.currency {
					return decimal.Zero, "", notRead
				}
				written = sign.currency
			}
		}
	}
	if negative > 1 {
		return decimal.Zero, "", notRead // "(-5.00)" and "-5.00 CR": whether that is money back is anybody's guess
	}
	n, why = digitsOf(s, style)
	if why == "" && !sensible(n) {
		why = notRead
	}
	if negative == 1 {
		n = n.Neg()
	}
	return n, written, why
}

var largestCharge = decimal.New(1, 12)

func sensible(n decimal.Decimal) bool { return n.Abs().LessThan(largestCharge) }

// digitsOf reads an unsigned number under the column's decimal mark.
func digitsOf(s string, style decimalStyle) (decimal.Decimal, misreading) {
	if s == "" || len(s) > 40 {
		return decimal.Zero, notRead
	}
	if style == anyMark || style == mixedMarks {
		mark := markOf(s)
		if mark == anyMark && strings.ContainsAny(s, ".,") {
			return decimal.Zero, twoWays
		}
		style = mark
	}
	point, group := byte('.'), byte(',')
	if style == commaMark {
		point, group = ',', '.'
	}
	whole, fraction, cut := strings.Cut(s, string(point))
	if cut && (fraction == "" || !allDigits(fraction)) || strings.IndexByte(fraction, group) >= 0 {
		return decimal.Zero, notRead
	}
	whole, ok := ungroup(whole, group)
	if !ok || whole == "" && fraction == "" {
		return decimal.Zero, notRead
	}
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	n, err := decimal.NewFromString(whole)
	if err != nil {
		return decimal.Zero, notRead
	}
	return n, ""
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// ungroup takes the separators out of a whole number; groups behind the first have three digits, and one kind of
// separator is used throughout.
func ungroup(s string, group byte) (string, bool) {
	if allDigits(s) {
		return s, true
	}
	sep := " "
	if strings.IndexByte(s, group) >= 0 {
		sep = string(group)
	}
	parts := strings.Split(s, sep)
	for i, p := range parts {
		if !allDigits(p) || len(p) > 3 || i > 0 && len(p) != 3 || p == "" {
			return "", false
		}
	}
	return strings.Join(parts, ""), true
}
