package forms

import (
	"math"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// money knows the currency of a line, and how exact its amounts are.
type money struct {
	standard string // the policy's currency
	code     string // "" when the line names one that cannot be read
	digits   int32
}

// use takes the currency that a line, or what stands above the table, names; the policy's stands in for none.
func (m *money) use(v *request.Value) {
	m.code = m.standard
	switch {
	case v.Given:
		m.code = v.Text
	case v.Faulty:
		m.code = ""
	}
	m.digits = 2
	if d, ok := request.MinorDigits(m.code); ok {
		m.digits = d
	}
}

// aMillionth is the change by rounding that nobody needs to hear of: what is left of a double.
var aMillionth = decimal.New(1, -6)

// amount reads the number in a cell as field f. A stored number is a double: money in it is rounded half away from
// zero to the minor unit, and note says so when that changed more than a millionth. Typed text is read strictly.
func (m *money) amount(f request.Field, c *workbook.Cell, l request.Lang) (n decimal.Decimal, note request.Text, err error) {
	isMoney := f.Info().Kind == request.MoneyKind
	switch {
	case isNumber(c):
		if n, err = doubleOf(c); err != nil {
			return n, note, err
		}
		if err = request.CheckMagnitude(n); err != nil || !isMoney {
			return n, note, err
		}
		if -n.Exponent() <= m.decimals(f) {
			return n, note, nil
		}
		exact := n
		n = n.Round(m.decimals(f))
		if exact.Sub(n).Abs().Cmp(aMillionth) > 0 {
			note = roundedText(exact.String(), m.write(f, n))
		}
		return n, note, nil
	case isText(c) && !isMoney:
		return request.ReadNumber(textOf(c), l)
	case isText(c):
		a, note, err := request.ReadAmount(textOf(c), request.TypedIn{Field: f, Lang: l, Decimals: m.decimals(f)})
		if err == nil && a.Currency != "" && m.code != "" && a.Currency != m.code {
			err = &request.Misread{Code: "currency-conflict", Message: currencyConflictText(textOf(c), a.Currency, m.code)}
		}
		return a.Number, note, err
	case isDate(c):
		return n, note, &request.Misread{Code: request.CodeNotANumber, Message: dateAsNumberText(c.Value)}
	}
	return n, note, &request.Misread{Code: request.CodeNotANumber, Message: noNumberText(c.Value)}
}

func (m *money) decimals(f request.Field) int32 {
	if f == request.UnitPrice {
		return max(request.UnitDecimals, m.digits)
	}
	return m.digits
}

// write is the plain text of a number of field f: 9775.00, a unit price with the decimals it needs, a quantity as is.
func (m *money) write(f request.Field, n decimal.Decimal) string {
	if f.Info().Kind != request.MoneyKind {
		return n.String()
	}
	if -n.Exponent() > m.digits && !n.Equal(n.Truncate(m.digits)) {
		return n.String()
	}
	return n.StringFixed(m.digits)
}

// exactDigits is how many significant digits every double keeps.
const exactDigits = 15

// doubleOf is the number a cell holds, as the shortest decimal that stands for its double: the file's 1.0049999999999999
// is the 1.005 that somebody typed.
func doubleOf(c *workbook.Cell) (decimal.Decimal, error) {
	raw := c.Raw
	if n, ok := shortNumber(raw); ok {
		return n, nil
	}
	if strings.IndexFunc(raw, func(r rune) bool { return !strings.ContainsRune("0123456789+-.eE", r) }) >= 0 {
		return decimal.Decimal{}, notFinite(raw)
	}
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return decimal.Decimal{}, notFinite(raw)
	}
	if f == 0 {
		return decimal.Decimal{}, nil
	}
	if math.Abs(f) >= 1e18 || math.Abs(f) < 1e-18 {
		// Far beyond any amount: keep arithmetic on it cheap.
		if math.Abs(f) < 1 {
			return decimal.Decimal{}, nil
		}
		return decimal.New(1, 18), nil
	}
	return decimal.NewFromFloat(f), nil
}

func notFinite(raw string) error {
	return &request.Misread{Code: "not-finite", Message: notFiniteText(raw)}
}

// shortNumber reads a plain decimal of up to 15 digits, which is its double's shortest decimal already.
func shortNumber(raw string) (decimal.Decimal, bool) {
	var n int64
	digits, point := 0, -1
	negative := strings.HasPrefix(raw, "-")
	s := strings.TrimPrefix(raw, "-")
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			n = n*10 + int64(c-'0')
			if digits++; digits > exactDigits {
				return decimal.Decimal{}, false
			}
		case c == '.' && point < 0 && i > 0 && i < len(s)-1:
			point = digits
		default:
			return decimal.Decimal{}, false
		}
	}
	if digits == 0 {
		return decimal.Decimal{}, false
	}
	if negative {
		n = -n
	}
	if point < 0 {
		point = digits
	}
	return decimal.New(n, int32(point-digits)), true
}
