package forms

import (
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// recalculate notes formulas whose stored result is not what their own arithmetic comes to, in a workbook whose results can be old or are worked out
// anew when somebody opens it: what is stored is then not what a person sees. Formulas of other cells than the row's, and functions
// beyond sums, products and rounding, are not worked out.
func (t *formTable) recalculate(l *request.Line, row *workbook.Row) {
	if c := t.r.calc; !c.Manual && !c.OnLoad {
		return
	}
	for _, fc := range t.fields {
		c, v := t.cells[fc.field], &l.Values[fc.field]
		if c == nil || !c.HasFormula || !v.Given || !takesNumbers(fc.field) {
			continue
		}
		want, ok := evaluate(c.FormulaText(), row)
		if !ok || v.Number.Sub(want).Abs().Cmp(t.tolerance(c)) < 0 {
			continue
		}
		l.Problems = append(l.Problems, t.r.noteAt(fc.field.Info().Label, v.Cell, "stale-formula", oldResultText(v.Text, want.StringFixed(t.money.digits))))
	}
}

// tolerance is by how much a stored result may differ from the arithmetic: a minor unit, or the last digit that is shown where the workbook
// calculates with those.
func (t *formTable) tolerance(c *workbook.Cell) decimal.Decimal {
	if t.r.calc.AsShown {
		if s := t.r.formatOf(c).For(decimal.New(1, 0)); s != nil && s.Digits {
			return decimal.Max(minorUnit(t.money.digits), minorUnit(int32(s.Decimals)))
		}
	}
	return minorUnit(t.money.digits)
}

func oldResultText(stored, want string) request.Text {
	return text("the formula’s stored result is "+stored+", but it comes to "+want+". Open the workbook, let it recalculate (F9), and save it.",
		"le résultat enregistré de la formule est "+frenchNumber(stored)+", mais elle donne "+frenchNumber(want)+". Ouvrez le classeur, laissez-le recalculer (F9), puis enregistrez-le.")
}

// longestSum is more than the formula of any sum on a form.
const longestSum = 200

// evaluate works out a formula of plain arithmetic over cells of its own row; ok is false for any other.
func evaluate(formula string, row *workbook.Row) (n decimal.Decimal, ok bool) {
	if formula == "" || len(formula) > longestSum {
		return n, false
	}
	e := &arithmetic{text: strings.ToUpper(strings.ReplaceAll(formula, " ", "")), row: row}
	n = e.sum()
	return n, !e.failed && e.at == len(e.text)
}

// arithmetic reads a formula from left to right.
type arithmetic struct {
	text   string
	at     int
	depth  int
	row    *workbook.Row
	failed bool
}

func (e *arithmetic) fail() decimal.Decimal {
	e.failed = true
	return decimal.Zero
}

func (e *arithmetic) take(s string) bool {
	if !e.failed && strings.HasPrefix(e.text[e.at:], s) {
		e.at += len(s)
		return true
	}
	return false
}

func (e *arithmetic) sum() decimal.Decimal {
	if e.depth++; e.depth > 20 {
		return e.fail()
	}
	defer func() { e.depth-- }()
	n := e.product()
	for !e.failed {
		switch {
		case e.take("+"):
			n = n.Add(e.product())
		case e.take("-"):
			n = n.Sub(e.product())
		default:
			return n
		}
	}
	return n
}

func (e *arithmetic) product() decimal.Decimal {
	n := e.factor()
	for !e.failed {
		switch {
		case e.take("*"):
			n = n.Mul(e.factor())
		case e.take("/"):
			d := e.factor()
			if e.failed || d.IsZero() {
				return e.fail()
			}
			n = n.DivRound(d, 12)
		default:
			return n
		}
	}
	return n
}

func (e *arithmetic) factor() decimal.Decimal {
	var n decimal.Decimal
	switch {
	case e.take("-"):
		return e.factor().Neg()
	case e.take("+"):
		return e.factor()
	case e.take("("):
		n = e.sum()
		if !e.take(")") {
			return e.fail()
		}
	case e.take("SUM("):
		n = e.fold(decimal.Zero, decimal.Decimal.Add)
	case e.take("PRODUCT("):
		n = e.fold(decimal.New(1, 0), decimal.Decimal.Mul)
	case e.take("ROUND("):
		n = e.sum()
		if !e.take(",") {
			return e.fail()
		}
		places := e.sum()
		if !e.take(")") || !places.IsInteger() || places.Abs().Cmp(decimal.New(12, 0)) > 0 {
			return e.fail()
		}
		n = n.Round(int32(places.IntPart()))
	default:
		n = e.operand()
	}
	if e.take("%") {
		n = n.Shift(-2)
	}
	return n
}

// fold takes the arguments of a sum or a product.
func (e *arithmetic) fold(n decimal.Decimal, with func(decimal.Decimal, decimal.Decimal) decimal.Decimal) decimal.Decimal {
	for !e.failed {
		from := e.at
		if first, ok := e.column(); ok && e.take(":") {
			last, ok := e.column()
			if !ok || last < first || last-first > 100 {
				return e.fail()
			}
			for col := first; col <= last; col++ {
				if e.row.Cell(col) != nil {
					n = with(n, e.value(col))
				}
			}
		} else {
			e.at = from
			n = with(n, e.sum())
		}
		if e.take(")") {
			return n
		}
		if !e.take(",") {
			return e.fail()
		}
	}
	return n
}

// operand is a number or a cell of the row.
func (e *arithmetic) operand() decimal.Decimal {
	end := e.at
	for end < len(e.text) && (e.text[end] >= '0' && e.text[end] <= '9' || e.text[end] == '.') {
		end++
	}
	if end > e.at {
		n, err := decimal.NewFromString(e.text[e.at:end])
		if err != nil {
			return e.fail()
		}
		e.at = end
		return n
	}
	col, ok := e.column()
	if !ok {
		return e.fail()
	}
	return e.value(col)
}

// column is the column of a reference to the row.
func (e *arithmetic) column() (int, bool) {
	end := e.at
	for end < len(e.text) && (e.text[end] == '$' || e.text[end] >= '0' && e.text[end] <= '9' || e.text[end] >= 'A' && e.text[end] <= 'Z') {
		end++
	}
	col, row, ok := workbook.ParseRef(strings.ReplaceAll(e.text[e.at:end], "$", ""))
	if !ok || row != e.row.Number || end < len(e.text) && (e.text[end] == '!' || e.text[end] == '(') {
		return 0, false
	}
	e.at = end
	return col, true
}

// value is the number in a column of the row; an empty cell is zero.
func (e *arithmetic) value(col int) decimal.Decimal {
	c := e.row.Cell(col)
	switch {
	case c == nil || isBlank(c):
		return decimal.Zero
	case !isNumber(c):
		return e.fail()
	}
	n, err := doubleOf(c)
	if err != nil {
		return e.fail()
	}
	return n
}
