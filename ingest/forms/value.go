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
	format := r.formatOf(c)
	if format != nil {
		if format.Struck && !isBool(c) {
			return fault(&request.Misread{Code: "struck-out", Message: struckText(textOf(c))})
		}
		if err := hiddenText(format, c); err != nil {
			return fault(err)
		}
	}
	info := f.Info()
	problems := r.aside(at, format)
	switch info.Kind {
	case request.MoneyKind, request.NumberKind:
		return r.readNumber(f, at, m, v, format, problems)
	case request.DateKind:
		d, note, err := r.dayOf(c)
		if err != nil {
			return fault(err)
		}
		v.Date, v.Text, v.Given = d, d.String(), true
		return r.noteRead(problems, at, "read-as", note)
	}
	s, err := plainText(c)
	if err != nil {
		return fault(err)
	}
	if s, err = r.asShown(f, at, s, &problems); err != nil {
		return fault(err)
	}
	if s == "" {
		return nil
	}
	if info.Kind != request.ChoiceKind && info.Kind != request.CurrencyKind {
		if note, ok := r.placeholder(f, at, s); ok {
			return append(problems, note)
		}
	}
	said, note, err := r.answer(f, c, s)
	if err != nil {
		return fault(err)
	}
	problems = r.noteRead(problems, at, "read-as", note)
	if said == "" { // check boxes, none of them ticked
		return nil
	}
	v.Text, v.Given = said, true
	if isDate(c) && (info.Kind == request.TextKind || info.Kind == request.URLKind) {
		problems = append(problems, r.noteAt(at.label, at.ref, "date-in-text", dateInTextText(said)))
	}
	return problems
}

// answer is what a text says as a value of field f, and what was taken for granted; "" without an error is no answer.
func (r *formReader) answer(f request.Field, c *workbook.Cell, s string) (said string, note request.Text, err error) {
	said = s
	switch info := f.Info(); info.Kind {
	case request.TextKind:
		if f == request.Supplier && twoSuppliers(s) {
			err = &request.Misread{Code: "two-suppliers", Message: twoSuppliersText(s)}
		}
	case request.ChoiceKind:
		var lang request.Lang
		if said, lang, note, err = r.choice(info, c, s); err == nil {
			r.votes.choice(lang)
		}
	case request.EmailKind:
		if said, err = request.ParseEmail(s); err == nil && request.SampleAddress(said) && !strings.ContainsRune(s, '<') {
			err = &request.Misread{Code: "sample-address", Message: sampleAddressText(s, f.Instead())}
		}
	case request.CurrencyKind:
		if said, note, err = request.ReadCurrency(s); err == nil && said == "XTS" { // ISO's code for tests
			err = &request.Misread{Code: request.CodeUnknownCurrency, Message: noAnswerText(s, f.Instead())}
		}
	case request.ReferenceKind:
		var ref request.Reference
		if ref, err = request.ParseLineReference(s); err == nil {
			said = ref.String()
		}
	}
	return said, note, err
}

// readNumber reads an amount or a quantity.
func (r *formReader) readNumber(f request.Field, at valueCell, m *money, v *request.Value, format *workbook.CellFormat, problems []request.Problem) []request.Problem {
	c := at.cell
	fault := func(err error) []request.Problem {
		v.Faulty = true
		return []request.Problem{r.misread(at.label, at.ref, err)}
	}
	whole := c
	if f == request.AuthorizedAmount && isText(c) {
		c = withoutMost(c)
	}
	n, note, err := m.amount(f, c, r.language())
	if err != nil {
		return fault(err)
	}
	if f == request.Quantity && n.IsZero() && !c.HasFormula {
		return fault(&request.Misread{Code: "zero-quantity", Message: noAnswerText(c.Value, f.Instead())})
	}
	v.Number, v.Text, v.Given = n, m.write(f, n), true
	switch {
	case c != whole:
		problems = r.noteRead(problems, at, "read-as", mostText(textOf(whole), v.Text))
	case isText(c):
		problems = r.noteRead(problems, at, "read-as", note)
	default:
		problems = r.noteRead(problems, at, "rounded", note)
	}
	if format != nil && isNumber(c) {
		if note, err = m.shownNumber(f, format, n, r.language()); err != nil {
			*v = request.Value{Cell: v.Cell}
			return fault(err)
		}
		problems = r.noteRead(problems, at, "shown-otherwise", note)
	}
	return problems
}

// aside notes what is worth knowing of a cell whatever it says. The usual cell has nothing of the kind.
func (r *formReader) aside(at valueCell, format *workbook.CellFormat) (problems []request.Problem) {
	if format != nil && format.Invisible && !isBool(at.cell) {
		problems = append(problems, r.noteAt(at.label, at.ref, "invisible", invisibleText))
	}
	if at.cell.HasFormula && at.cell.RefersOutside() {
		problems = append(problems, r.noteAt(at.label, at.ref, "other-workbook", outsideText))
	}
	return problems
}

func (r *formReader) noteRead(problems []request.Problem, at valueCell, code string, note request.Text) []request.Problem {
	if note.IsZero() {
		return problems
	}
	return append(problems, r.noteAt(at.label, at.ref, code, note))
}

// asShown is a text as the cell shows it: with the zeros of its format, with hyphens where a code has dashes. A date or an exponent in the place of a
// code is an error.
func (r *formReader) asShown(f request.Field, at valueCell, s string, problems *[]request.Problem) (string, error) {
	c := at.cell
	switch {
	case isNumber(c):
		shown, note, err := r.shownCode(c, s)
		*problems = r.noteRead(*problems, at, "read-as", note)
		return shown, err
	case isDate(c) && keyField(f):
		return s, &request.Misread{Code: "date-in-code", Message: dateInCodeText(s)}
	case !isText(c):
		return s, nil
	case codeField(f):
		if s = request.Clean(request.PlainCode(s)); exponent.MatchString(s) {
			return s, &request.Misread{Code: "too-many-digits", Message: tooManyDigitsText(s)}
		}
	}
	return s, nil
}

// unreadable says why a cell holds nothing that can be used whatever its field is; nil when it does.
func unreadable(c *workbook.Cell) error {
	switch {
	case isError(c):
		return &request.Misread{Code: "error-value", Message: errorValueText(c.Value)}
	case isErrorText(c):
		return &request.Misread{Code: "error-value", Message: errorValueText(textOf(c))}
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
	s := request.Visible(textOf(c))
	if request.HasControl(s) {
		return "", &request.Misread{Code: request.CodeControlCharacters, Message: controlText}
	}
	if strings.ContainsRune(s, '\r') {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	return s, nil
}

// dayOf is the day a cell names. Only a cell with a date format holds one; a bare number might be anything.
func (r *formReader) dayOf(c *workbook.Cell) (d request.Date, note request.Text, err error) {
	switch {
	case isDate(c):
		s := c.Value
		if len(s) > len("2026-12-01") {
			s = s[:len("2026-12-01")] // the time of day
		}
		d, err := request.ParseDate(s)
		if err != nil {
			return d, note, &request.Misread{Code: request.CodeNotADate, Message: noDayText(c.Value)}
		}
		if err := request.CheckDay(d); err != nil {
			return d, note, err
		}
		if strings.HasPrefix(c.Value[len(s):], "T23:59") {
			return d, note, request.NearMidnight(d)
		}
		note, err = r.shownDay(c, d)
		return d, note, err
	case isText(c):
		return request.ReadDay(textOf(c), r.language())
	case isNumber(c):
		return d, note, &request.Misread{Code: "number-as-date", Message: numberAsDateText(c.Value)}
	}
	return d, note, &request.Misread{Code: request.CodeNotADate, Message: noDayText(c.Value)}
}

// choiceOf reads an answer. A tick box, which is TRUE or FALSE, answers where yes and no are the answers.
func choiceOf(info request.FieldInfo, c *workbook.Cell, s string, l request.Lang) (string, request.Lang, request.Text, error) {
	if isBool(c) && len(info.Choices) == 2 && info.Choices[0].Code == "yes" {
		if s == "TRUE" {
			return "yes", request.UnknownLang, request.Text{}, nil
		}
		return "no", request.UnknownLang, request.Text{}, nil
	}
	return request.ReadChoice(info.Field, s, l)
}
