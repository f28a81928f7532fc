package forms

import (
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// readingOrder is the order in which the fields of a line are read: the currency first, because it says how many
// decimals money has.
var readingOrder = func() []request.Field {
	order := []request.Field{request.Currency}
	for _, info := range request.Fields() {
		if info.Field != request.Currency {
			order = append(order, info.Field)
		}
	}
	return order
}()

// valueCell is a cell to be read as a field.
type valueCell struct {
	label request.Text
	ref   string
	cell  *workbook.Cell
}

// read reads a cell as field f into v, and says what is wrong or worth knowing. A value that could not be read is left
// faulty: empty would mean that nobody wrote anything.
func (r *formReader) read(f request.Field, at valueCell, m *money, v *request.Value) []request.Problem {
	c := at.cell
	if isBlank(c) {
		return nil
	}
	fault := func(err error) []request.Problem {
		v.Faulty = true
		return []request.Problem{r.misread(at.label, at.ref, err)}
	}
	if err := unreadable(c); err != nil {
		return fault(err)
	}
	info := f.Info()
	switch info.Kind {
	case request.MoneyKind, request.NumberKind:
		n, note, err := m.amount(f, c)
		if err != nil {
			return fault(err)
		}
		v.Number, v.Text, v.Given = n, m.write(f, n), true
		if note.IsZero() {
			return nil
		}
		return []request.Problem{r.noteAt(at.label, at.ref, "rounded", note)}
	case request.DateKind:
		d, err := dayOf(c)
		if err != nil {
			return fault(err)
		}
		v.Date, v.Text, v.Given = d, d.String(), true
		return nil
	}
	s, err := plainText(c)
	if err != nil {
		return fault(err)
	}
	if s == "" {
		return nil
	}
	switch info.Kind {
	case request.ChoiceKind:
		var lang request.Lang
		if s, lang, err = choiceOf(info, c, s); err == nil {
			r.votes.choice(lang)
		}
	case request.EmailKind:
		s, err = request.ParseEmail(s)
	case request.CurrencyKind:
		s, err = request.ParseCurrency(s)
	case request.ReferenceKind:
		var ref request.Reference
		if ref, err = request.ParseLineReference(s); err == nil {
			s = ref.String()
		}
	}
	if err != nil {
		return fault(err)
	}
	v.Text, v.Given = s, true
	if isDate(c) && (info.Kind == request.TextKind || info.Kind == request.URLKind) {
		return []request.Problem{r.noteAt(at.label, at.ref, "date-in-text", dateInTextText(s))}
	}
	return nil
}

// unreadable says why a cell holds nothing that can be used whatever its field is; nil when it does.
func unreadable(c *workbook.Cell) error {
	switch {
	case isError(c):
		return &request.Misread{Code: "error-value", Message: errorValueText(c.Value)}
	case c.HasFormula && !c.HasValue:
		return &request.Misread{Code: "formula-without-value", Message: formulaWithoutValueText}
	}
	return nil
}

// fifteenDigits is where a spreadsheet program stops to keep every digit of a number.
var fifteenDigits = decimal.New(1, 15)

// plainText is what a cell says as text: a number without exponent or separators, a day as ISO, a truth value as TRUE
// or FALSE.
func plainText(c *workbook.Cell) (string, error) {
	if err := unreadable(c); err != nil {
		return "", err
	}
	if isNumber(c) {
		n, err := doubleOf(c)
		if err != nil {
			return "", err
		}
		if n.Abs().Cmp(fifteenDigits) >= 0 {
			return "", &request.Misread{Code: "too-many-digits", Message: tooManyDigitsText(c.Raw)}
		}
		return n.String(), nil
	}
	s := textOf(c)
	if request.HasControl(s) {
		return "", &request.Misread{Code: request.CodeControlCharacters, Message: controlText}
	}
	if strings.ContainsRune(s, '\r') {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	return s, nil
}

// dayOf is the day a cell names. Only a cell with a date format holds one; a bare number might be anything.
func dayOf(c *workbook.Cell) (request.Date, error) {
	switch {
	case isDate(c):
		s := c.Value
		if len(s) > len("2026-12-01") {
			s = s[:len("2026-12-01")] // the time of day
		}
		d, err := request.ParseDate(s)
		if err != nil {
			return d, &request.Misread{Code: request.CodeNotADate, Message: noDayText(c.Value)}
		}
		return d, request.CheckDay(d)
	case isText(c):
		return request.ParseDay(textOf(c))
	case isNumber(c):
		return request.Date{}, &request.Misread{Code: "number-as-date", Message: numberAsDateText(c.Value)}
	}
	return request.Date{}, &request.Misread{Code: request.CodeNotADate, Message: noDayText(c.Value)}
}

// choiceOf reads an answer. A tick box, which is TRUE or FALSE, answers where yes and no are the answers.
func choiceOf(info request.FieldInfo, c *workbook.Cell, s string) (string, request.Lang, error) {
	if isBool(c) && len(info.Choices) == 2 && info.Choices[0].Code == "yes" {
		if s == "TRUE" {
			return "yes", request.UnknownLang, nil
		}
		return "no", request.UnknownLang, nil
	}
	return request.ParseChoice(info.Field, s)
}
