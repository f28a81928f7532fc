package forms

import (
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// isBlank is true for a cell that says nothing: no value but spaces, and no formula whose result is missing. A formula
// that answers "" says nothing either: forms prepare rows with =IF(A10="","",…).
func isBlank(c *workbook.Cell) bool {
	if !c.HasValue {
		return !c.HasFormula
	}
	return c.Type == workbook.StringCell && request.Clean(c.Value) == ""
}

func isText(c *workbook.Cell) bool   { return c.HasValue && c.Type == workbook.StringCell }
func isNumber(c *workbook.Cell) bool { return c.HasValue && c.Type == workbook.NumberCell }
func isDate(c *workbook.Cell) bool   { return c.HasValue && c.Type == workbook.DateCell }
func isBool(c *workbook.Cell) bool   { return c.HasValue && c.Type == workbook.BoolCell }
func isError(c *workbook.Cell) bool  { return c.HasValue && c.Type == workbook.ErrorCell }

// textOf is what a cell says, without the spaces around it.
func textOf(c *workbook.Cell) string { return request.Clean(c.Value) }

func (r *formReader) columnHidden(col int) bool { return r.layout.ColHidden(col) }

// minorUnit is the smallest unit of a currency with that many decimals: the tolerance of sums.
func minorUnit(digits int32) decimal.Decimal { return decimal.New(1, -digits) }

// languageVotes guesses the language of a form that does not say it: the one of its labels and answers. A shipped form
// labels everything in both languages, so answers count more.
type languageVotes struct{ en, fr int }

func (v *languageVotes) label(m meaning) { v.add(m.lang, 1) }

func (v *languageVotes) choice(l request.Lang) { v.add(l, 3) }

func (v *languageVotes) add(l request.Lang, weight int) {
	switch l {
	case request.English:
		v.en += weight
	case request.French:
		v.fr += weight
	}
}

// guess is the language with more votes, unknown when both have as many.
func (v *languageVotes) guess() request.Lang {
	switch {
	case v.en > v.fr:
		return request.English
	case v.fr > v.en:
		return request.French
	}
	return request.UnknownLang
}

// No sales tax is below a hundredth, and a cell that shows 13% holds 0.13: thirteen cents to whoever adds it up.
var (
	oneDollar      = decimal.New(1, 0)
	hundredDollars = decimal.New(100, 0)
)

// checkTax refuses a tax that must be a rate.
func (r *formReader) checkTax(l *request.Line) {
	net, tax := &l.Values[request.Net], &l.Values[request.Tax]
	if !net.Given || !tax.Given || !tax.Number.IsPositive() || tax.Number.Cmp(oneDollar) >= 0 || net.Number.Cmp(hundredDollars) < 0 {
		return
	}
	l.Problems = append(l.Problems, r.problem(request.Tax.Info().Label, tax.Cell, request.CodePercentage, rateText(tax.Text)))
	*tax = request.Value{Cell: tax.Cell, Faulty: true}
}

// deriveTotal fills a missing total with subtotal plus tax when both are there, and notes it. ref is the cell where
// the total would stand, "" when the form has no place for one.
func (r *formReader) deriveTotal(l *request.Line, ref string) {
	total, net, tax := &l.Values[request.Total], &l.Values[request.Net], &l.Values[request.Tax]
	if total.Given || total.Faulty || !net.Given || !tax.Given || net.Faulty || tax.Faulty {
		return
	}
	m := money{standard: r.options.Currency}
	m.use(&l.Values[request.Currency])
	total.Number = net.Number.Add(tax.Number)
	total.Text, total.Given = m.write(request.Total, total.Number), true
	if total.Cell == "" {
		total.Cell = ref
	}
	if total.Cell == "" {
		total.Cell = net.Cell
	}
	l.Problems = append(l.Problems, r.noteAt(request.Total.Info().Label, total.Cell, "derived-total", derivedTotalText(total.Text)))
}

// problem is something that sends the line back.
func (r *formReader) problem(label request.Text, ref, code string, message request.Text) request.Problem {
	p := r.noteAt(label, ref, code, message)
	p.Severity = request.ReturnSeverity
	return p
}

// noteAt is something worth knowing about the value of a field.
func (r *formReader) noteAt(label request.Text, ref, code string, message request.Text) request.Problem {
	return r.note(ref, code, at(r.options.Words.Called(label), ref, message))
}

// note is something worth knowing.
func (r *formReader) note(ref, code string, message request.Text) request.Problem {
	return request.Problem{Sheet: r.form.Sheet, Cell: ref, Code: code, Severity: request.NoteSeverity, Message: message}
}

// misread is the problem of a value that could not be read.
func (r *formReader) misread(label request.Text, ref string, err error) request.Problem {
	m, ok := err.(*request.Misread) //nolint:errorlint // reading a cell wraps nothing
	if !ok {
		m = &request.Misread{Code: request.CodeNotANumber, Message: request.Text{EN: err.Error(), FR: err.Error()}}
	}
	return r.problem(label, ref, m.Code, m.Message)
}

// at says where: the field's name and its cell before the sentence.
func at(label request.Text, ref string, message request.Text) request.Text {
	place := func(name string) string {
		if ref == "" {
			return name
		}
		return strings.TrimSpace(name + " (" + ref + ")")
	}
	return request.Text{EN: place(label.EN) + ": " + message.EN, FR: place(label.FR) + "\u00a0: " + message.FR}
}

func hasReturn(problems []request.Problem) bool {
	for _, p := range problems {
		if p.Severity == request.ReturnSeverity {
			return true
		}
	}
	return false
}
