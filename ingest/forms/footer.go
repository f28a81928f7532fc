package forms

import (
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// sumRow is a row of sums in or under the table.
type sumRow struct {
	row   int
	kind  sumKind
	label string
	cells []sumCell
	line  int // its place among the lines, -1: it is none; a row of typed figures is one until they turn out to be sums
}

// sumCell is one figure of a row of sums.
type sumCell struct {
	col     int
	field   request.Field // Net, Tax or Total by its column, NoField under another header
	ref     string
	amount  decimal.Decimal
	trouble string // what stands there instead of an amount: a word, an error; "" when it can be read
	sums    bool   // a formula over several rows
	farther bool   // a formula that reads another sheet
	foreign bool   // it stands under a header that is no field: what it adds up is not known
}

// mostSums bounds the rows of sums; a form with more is asked about.
const mostSums = 200

// rowOfSums is what isSum collects.
type rowOfSums struct {
	sumRow
	strict   bool
	labels   int
	inColumn bool // the label stands where lines say what is bought
	left     bool // a figure stands left of the label
	quantity bool
}

// isSum reports whether a row holds sums, and keeps them until the lines are known.
func (t *formTable) isSum(row *workbook.Row, s *rowShape) bool {
	if s.texts > 3 {
		return false
	}
	if s.first != nil && s.texts-s.misfits > 2 {
		return false
	}
	sums, ok := t.sumsOf(row)
	if !ok {
		return false
	}
	nonzero, formula := false, false
	for _, c := range sums.cells {
		nonzero = nonzero || !c.amount.IsZero() || c.trouble != ""
		formula = formula || c.sums
	}
	follows := len(t.sums) > 0 && t.sums[len(t.sums)-1].row == row.Number-1 && t.sums[len(t.sums)-1].line < 0
	if sums.labels == 0 {
		return t.unlabelled(row, sums, formula, follows)
	}
	if !sums.strict {
		// "Total furniture": the figure must say that it is a sum.
		if sums.kind == totalSum || sums.kind == withTaxSum {
			sums.kind = subtotalSum
		}
		if !formula && (sums.kind != subtotalSum || !nonzero || !strings.HasPrefix(request.Fold(sums.label), "s")) {
			return false
		}
	}
	if sums.inColumn && !nonzero && !formula && !follows {
		return false
	}
	t.addSums(row, sums)
	return true
}

// sumsOf takes a row apart; ok is false when something in it is no part of a row of sums.
func (t *formTable) sumsOf(row *workbook.Row) (sums rowOfSums, ok bool) {
	sums.row, sums.line = row.Number, -1
	sums.strict = true
	ok = t.each(row, func(c *workbook.Cell, p columnPlan) bool {
		field := request.NoField
		if p.kind == fieldColumnKind {
			field = p.field
		}
		if isDate(c) || isBool(c) && c.Value != "FALSE" {
			return false
		}
		if isText(c) {
			return t.sumText(c, p, field, &sums)
		}
		if isBool(c) {
			return true
		}
		if field != request.NoField && !takesNumbers(field) {
			return false // an item number, a cost centre
		}
		cell := sumCell{col: c.Col, field: field, ref: workbook.Ref(c.Col, row.Number), sums: addsRows(c),
			foreign: p.kind == extraColumn, farther: c.HasFormula && strings.Contains(c.FormulaText(), "!")}
		switch {
		case !c.HasValue:
			cell.trouble = "="
		case isError(c):
			cell.trouble = c.Value
		default:
			n, err := doubleOf(c)
			if err != nil {
				return false
			}
			cell.amount = n.Round(moneyDigits(t.r.options.Currency))
			if sums.labels > 0 && sums.kind == taxSum && n.IsPositive() && n.Cmp(oneDollar) < 0 && field == request.NoField {
				return true // the rate
			}
		}
		sums.left = sums.left || sums.labels == 0 && !cell.amount.IsZero()
		sums.quantity = sums.quantity || field == request.Quantity && !cell.amount.IsZero()
		sums.cells = append(sums.cells, cell)
		return true
	})
	if !ok || sums.labels == 0 && len(sums.cells) == 0 {
		return sums, false
	}
	whole := sums.kind == totalSum || sums.kind == subtotalSum || sums.kind == withTaxSum
	if sums.labels > 0 && (sums.left || sums.quantity && !whole) {
		return sums, false
	}
	sums.cells = sums.figures()
	if sums.labels > 0 && !whole && len(sums.cells) > 1 {
		return sums, false // shipping with a tax and a total of its own is a line
	}
	return sums, true
}

// figures are the cells that say an amount of money: not the quantities, and of several under headers of money those.
func (s *rowOfSums) figures() []sumCell {
	var money, others []sumCell
	for _, c := range s.cells {
		switch c.field {
		case request.Net, request.Tax, request.Total:
			money = append(money, c)
		case request.Quantity:
		default:
			others = append(others, c)
		}
	}
	if len(money) > 0 {
		return money
	}
	if len(others) > 1 {
		return others[len(others)-1:]
	}
	return others
}

func (t *formTable) sumText(c *workbook.Cell, p columnPlan, field request.Field, sums *rowOfSums) bool {
	if isNothing(c, p) {
		return true
	}
	s := textOf(c)
	if kind, strict := footerKind(s); kind != noSum {
		if sums.labels > 0 {
			sums.labels++
			return sums.labels <= 3
		}
		if c.HasFormula {
			return false
		}
		sums.kind, sums.strict, sums.label, sums.labels = kind, strict, s, 1
		sums.inColumn = t.column(c) || field == request.Item
		return true
	}
	if len(s) <= 5 && (strings.HasSuffix(s, "$") || strings.HasPrefix(s, "$") && !hasDigit(s)) {
		return true
	}
	if _, ok := request.MinorDigits(s); ok {
		return true
	}
	if sums.labels == 0 {
		return false
	}
	numeric := field == request.NoField || takesNumbers(field)
	cell := sumCell{col: c.Col, field: field, ref: workbook.Ref(c.Col, sums.row)}
	if strings.HasSuffix(s, "%") && hasDigit(s) {
		return true
	}
	a, err := request.ParseAmount(s, moneyDigits(t.r.options.Currency))
	switch {
	case err == nil && numeric:
		cell.amount = a.Number
	case numeric && len(s) <= 40 && !sums.inColumn:
		cell.trouble = s
	default:
		return false
	}
	sums.cells = append(sums.cells, cell)
	return true
}

func moneyDigits(currency string) int32 {
	if d, ok := request.MinorDigits(currency); ok {
		return d
	}
	return 2
}

// unlabelled decides about a row of figures without a word. A formula that adds up rows says what it is, and so do the
// formulas under such a one; typed figures are a line until they turn out to be the sum of those above.
func (t *formTable) unlabelled(row *workbook.Row, sums rowOfSums, formula, follows bool) bool {
	formulas, money := true, false
	for i := range row.Cells {
		c := &row.Cells[i]
		formulas = formulas && (c.HasFormula || isBlank(c))
	}
	for _, c := range sums.cells {
		money = money || c.field == request.Net || c.field == request.Tax || c.field == request.Total
	}
	if !money {
		return false
	}
	sums.kind = columnSums
	if formula || formulas && follows && t.sums[len(t.sums)-1].kind == columnSums {
		t.addSums(row, sums)
		return true
	}
	for _, c := range sums.cells {
		if c.trouble != "" || c.amount.IsZero() {
			return false
		}
	}
	if len(t.sums) < mostSums && t.lastLine > 0 {
		sums.line = t.r.form.Lines.Len()
		t.sums = append(t.sums, sums.sumRow)
		t.asLine = true
	}
	return false
}

func (t *formTable) addSums(row *workbook.Row, sums rowOfSums) {
	f := t.r.form
	f.Footers = append(f.Footers, row.Number)
	if len(t.sums) < mostSums {
		f.Problems = append(f.Problems, t.r.note(t.firstCell(row), "footer", footerText(row.Number)))
	}
	switch sums.kind {
	case totalSum, withTaxSum, taxSum, columnSums:
		t.at = ended
	}
	switch n := len(t.sums); {
	case n < mostSums:
		t.sums = append(t.sums, sums.sumRow)
	case !t.manySums:
		t.manySums = true
		t.faults = append(t.faults, request.Problem{Sheet: f.Sheet, Cell: t.firstCell(row), Code: "too-many-sums", Severity: request.ReturnSeverity,
			Message: tooManySumsText(row.Number)})
	}
}

// addsRows reports whether a formula adds up several rows: SUM(H16:H28), SUBTOTAL(9,H16:H28).
func addsRows(c *workbook.Cell) bool {
	if !c.HasFormula {
		return false
	}
	s := c.FormulaText()
	for {
		at := strings.Index(s, "SU")
		if at < 0 {
			return false
		}
		s = s[at:]
		open := strings.IndexByte(s, '(')
		if open < 0 {
			return false
		}
		name := s[:open]
		s = s[open+1:]
		if name != "SUM" && name != "SUBTOTAL" && name != "SUMIF" && name != "SUMPRODUCT" {
			continue
		}
		end := strings.IndexByte(s, ')')
		if end < 0 {
			end = len(s)
		}
		for arg := range strings.FieldsFuncSeq(s[:end], func(r rune) bool { return r == ',' || r == ';' || r == '*' || r == '(' }) {
			from, to, is := strings.Cut(arg, ":")
			if !is {
				continue
			}
			_, r1, ok1 := workbook.ParseRef(strings.ReplaceAll(strings.TrimSpace(from), "$", ""))
			_, r2, ok2 := workbook.ParseRef(strings.ReplaceAll(strings.TrimSpace(to), "$", ""))
			if ok1 && ok2 && r1 != r2 {
				return true
			}
		}
	}
}
