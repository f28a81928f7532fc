package forms

import (
	"slices"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// footerSums is what the rows of sums come to, beside what the lines come to.
type footerSums struct {
	t     *formTable
	lines []lineSums
	cum   [3][]decimal.Decimal // of each amount: what the lines before come to
	odd   []int                // lines before with an amount that could not be read
	own   [3]bool              // some line has a subtotal, a tax, a total of its own

	currency string // of the lines
	mixed    bool   // they have more than one

	section  int           // the row of the last section's subtotal
	baseIs   request.Field // what the lines are added up by: their subtotals, or their totals where they have no others
	tax      *sumCell
	shipping *sumCell
	total    *sumCell
	withTax  bool // the total says that the tax is in it
	taxes    decimal.Decimal
	ships    decimal.Decimal
	wrong    bool
}

// lineSums are the amounts of one line.
type lineSums struct {
	row     int
	given   [3]bool // net, tax, total
	amount  [3]decimal.Decimal
	unknown bool // an amount could not be read
}

var summedFields = [3]request.Field{request.Net, request.Tax, request.Total}

// settleSums checks the rows of sums against the lines, and gives tax, shipping and total of the whole to the lines.
func (t *formTable) settleSums() {
	if len(t.sums) == 0 {
		return
	}
	s := footerSums{t: t}
	s.readLines()
	s.findTyped()
	for i := range t.sums {
		if t.sums[i].line < 0 && !s.wrong {
			s.take(i)
		}
	}
	if !s.wrong {
		s.finish()
	}
}

func (s *footerSums) readLines() {
	for i, l := range s.t.r.form.Lines.All() {
		c := l.Currency(s.t.r.options.Currency)
		s.mixed = s.mixed || i > 0 && c != s.currency
		s.currency = c
		x := lineSums{row: l.Row}
		for n, f := range summedFields {
			v := &l.Values[f]
			x.unknown = x.unknown || v.Faulty
			if v.Given {
				x.given[n], x.amount[n] = true, v.Number
				s.own[n] = s.own[n] || !derived(l, f)
			}
		}
		s.lines = append(s.lines, x)
	}
	s.addUp()
	s.baseIs = request.Net
	if !s.own[0] && s.own[2] {
		s.baseIs = request.Total
	}
}

// derived reports whether a total is only what the reader added up.
func derived(l *request.Line, f request.Field) bool {
	return f == request.Total && slices.ContainsFunc(l.Problems, func(p request.Problem) bool { return p.Code == "derived-total" })
}

// place is where a field stands among summedFields; 0 for all others.
func sumPlace(f request.Field) int { return max(slices.Index(summedFields[:], f), 0) }

// addUp prepares sum.
func (s *footerSums) addUp() {
	for at := range s.cum {
		s.cum[at] = make([]decimal.Decimal, len(s.lines)+1)
	}
	s.odd = make([]int, len(s.lines)+1)
	for i := range s.lines {
		l := &s.lines[i]
		for at := range s.cum {
			s.cum[at][i+1] = s.cum[at][i].Add(l.amount[at])
		}
		s.odd[i+1] = s.odd[i]
		if l.unknown {
			s.odd[i+1]++
		}
	}
}

// sum adds up a field over the lines between two rows; known is false when a line there has an amount that could not be read.
func (s *footerSums) sum(f request.Field, from, to int) (sum decimal.Decimal, n int, known bool) {
	at := sumPlace(f)
	first, _ := slices.BinarySearchFunc(s.lines, from+1, func(l lineSums, row int) int { return l.row - row })
	last, _ := slices.BinarySearchFunc(s.lines, to, func(l lineSums, row int) int { return l.row - row })
	if last <= first {
		return sum, 0, true
	}
	return s.cum[at][last].Sub(s.cum[at][first]), last - first, s.odd[last] == s.odd[first]
}

// near reports whether two sums are the same but for a cent a line.
func (s *footerSums) near(a, b decimal.Decimal, n int) bool {
	digits := moneyDigits(s.t.r.options.Currency)
	return a.Sub(b).Abs().Cmp(minorUnit(digits).Mul(decimal.New(int64(max(n, 1)), 0))) <= 0
}

// findTyped looks for rows of typed figures that are the sums of two lines or more above them, and for those right under
// such a row: they are no lines.
func (s *footerSums) findTyped() {
	for i := range s.t.sums {
		r := &s.t.sums[i]
		if r.line < 0 {
			continue
		}
		sums := i > 0 && s.t.sums[i-1].line < 0 && s.t.sums[i-1].kind == columnSums && s.t.sums[i-1].row == r.row-1
		if !sums {
			sums = true
			for _, c := range r.cells {
				all, n, known := s.sum(c.field, 0, r.row)
				sums = sums && known && n > 1 && s.near(c.amount, all, n)
			}
		}
		if !sums {
			continue
		}
		s.t.drop = append(s.t.drop, r.line)
		s.lines = slices.DeleteFunc(s.lines, func(l lineSums) bool { return l.row == r.row })
		s.addUp()
		r.line = -1
		f := s.t.r.form
		f.Footers = append(f.Footers, r.row)
		f.Problems = append(f.Problems, s.t.r.note(r.cells[0].ref, "footer", footerText(r.row)))
	}
}

// take takes one row of sums.
func (s *footerSums) take(i int) {
	r := &s.t.sums[i]
	for _, c := range r.cells {
		if c.trouble != "" {
			s.fail(c.ref, "footer-unreadable", footerUnreadableText(r.label, c.trouble))
			return
		}
	}
	if len(r.cells) == 0 {
		return // a label without an amount
	}
	switch {
	case r.kind == reductionSum:
		if c := &r.cells[len(r.cells)-1]; !c.amount.IsZero() {
			s.fail(c.ref, "footer-reduction", footerReductionText(r.label, c.amount.StringFixed(moneyDigits(s.t.r.options.Currency))))
		}
	case len(r.cells) > 1:
		for j := range r.cells {
			s.column(&r.cells[j], r.row)
		}
	case r.kind == columnSums:
		s.unnamed(i)
	case r.kind == subtotalSum:
		s.subtotal(&r.cells[0], r.row)
	case r.kind == taxSum:
		s.taxes, s.tax = s.taxes.Add(r.cells[0].amount), &r.cells[0]
	case r.kind == shippingSum:
		s.ships, s.shipping = s.ships.Add(r.cells[0].amount), &r.cells[0]
	default:
		s.whole(&r.cells[0], r.row, r.kind == withTaxSum)
	}
}

// column checks the sum of one column.
func (s *footerSums) column(c *sumCell, row int) {
	all, n, known := s.sum(c.field, 0, row)
	section, m, _ := s.sum(c.field, s.section, row)
	switch {
	case s.near(c.amount, all, n), s.near(c.amount, section, m), !known:
	case c.field == request.Tax && s.t.taxParts: // the sum of one of several taxes
	case !s.own[sumPlace(c.field)] && c.field == request.Tax:
		s.taxes, s.tax = s.taxes.Add(c.amount), c
	case !s.own[sumPlace(c.field)] && c.field == request.Total:
		s.total = c
	default:
		s.disagree(c, all)
	}
}

// subtotal checks the sum of a section or of all lines; it may also repeat what was added up so far.
func (s *footerSums) subtotal(c *sumCell, row int) {
	f := s.fieldOf(c)
	all, n, known := s.sum(f, 0, row)
	section, m, _ := s.sum(f, s.section, row)
	net, _, _ := s.sum(request.Net, 0, row)
	switch {
	case s.near(c.amount, section, m), s.near(c.amount, all, n), s.own[0] && s.near(c.amount, net, n): // under whichever column
		s.section = row
	case s.near(c.amount, all.Add(s.ships), n), s.near(c.amount, all.Add(s.ships).Add(s.taxes), n):
	case !known && !c.foreign:
		s.fail(c.ref, "footer-unreadable", footerUncheckedText(row))
	default:
		s.disagree(c, all)
	}
}

// fieldOf is what a sum under a header adds up.
func (s *footerSums) fieldOf(c *sumCell) request.Field {
	if c.field == request.Net || c.field == request.Tax || c.field == request.Total {
		if s.own[sumPlace(c.field)] {
			return c.field
		}
	}
	return s.baseIs
}

// whole checks the total: the lines' own, or what subtotal, shipping and tax come to.
func (s *footerSums) whole(c *sumCell, row int, withTax bool) {
	s.total = c
	s.withTax = s.withTax || withTax
	f := s.fieldOf(c)
	own, n, known := s.sum(f, 0, row)
	if s.near(c.amount, own.Add(s.ships).Add(s.taxes), n) {
		return
	}
	if section, m, _ := s.sum(f, s.section, row); s.section > 0 && s.tax == nil && s.shipping == nil && s.near(c.amount, section, m) {
		s.section, s.total = row, nil
		return
	}
	net, _, _ := s.sum(request.Net, 0, row)
	tax, _, _ := s.sum(request.Tax, 0, row)
	total, _, _ := s.sum(request.Total, 0, row)
	switch {
	case s.own[2] && s.near(c.amount, total, n):
		return
	case s.own[1] && s.near(c.amount, net.Add(tax).Add(s.ships), n):
		return
	case c.foreign:
		s.total = nil
	case !known:
		s.fail(c.ref, "footer-unreadable", footerUncheckedText(row))
	case s.withTax && s.tax == nil && !s.own[1] && !s.own[2] && c.amount.Cmp(own.Add(s.ships)) > 0:
		return
	default:
		s.disagree(c, own.Add(s.ships).Add(s.taxes))
	}
}

// unnamed takes figures without labels, one under the other: the first is the sum of the lines, the last what all come to,
// and one between them that is a rate of tax is the tax.
func (s *footerSums) unnamed(i int) {
	var run []*sumCell
	first := i
	for first > 0 && s.t.sums[first-1].kind == columnSums && s.t.sums[first-1].row == s.t.sums[first].row-1 && s.t.sums[first-1].line < 0 {
		first--
	}
	for j := first; j <= i; j++ {
		if len(s.t.sums[j].cells) != 1 {
			return
		}
		run = append(run, &s.t.sums[j].cells[0])
	}
	next := i+1 < len(s.t.sums) && s.t.sums[i+1].kind == columnSums && s.t.sums[i+1].row == s.t.sums[i].row+1
	c := run[len(run)-1]
	switch len(run) {
	case 1:
		s.subtotal(c, s.t.sums[i].row)
	case 2:
		if !next && !s.near(c.amount, run[0].amount, len(s.lines)) {
			s.fail(c.ref, "footer-unnamed", footerUnnamedText(c.ref))
		}
	case 3:
		if tax := run[1]; s.near(c.amount, run[0].amount.Add(tax.amount), len(s.lines)) && likeTax(tax.amount, run[0].amount) && !next {
			s.taxes, s.tax, s.total = s.taxes.Add(tax.amount), tax, c
			return
		}
		s.fail(c.ref, "footer-unnamed", footerUnnamedText(c.ref))
	default:
		s.fail(c.ref, "footer-unnamed", footerUnnamedText(c.ref))
	}
}

// taxRates are those that are charged at a counter, in thousandths of a per cent; a tax without a label must be one of them.
var taxRates = []int64{0, 5_000, 6_000, 7_000, 9_975, 11_000, 12_000, 13_000, 14_000, 14_975, 15_000, 20_000}

func likeTax(tax, net decimal.Decimal) bool {
	for _, rate := range taxRates {
		if net.Mul(decimal.New(rate, -5)).Sub(tax).Abs().Cmp(decimal.New(2, -2)) <= 0 {
			return true
		}
	}
	return false
}

// fail sends all lines back: nobody knows which of them the sum speaks of.
func (s *footerSums) fail(ref, code string, message request.Text) {
	f := s.t.r.form
	if ref == "" {
		ref = workbook.Ref(1, max(f.LastRow, 1))
	}
	s.t.faults = append(s.t.faults, request.Problem{Sheet: f.Sheet, Cell: ref, Code: code, Severity: request.ReturnSeverity, Message: message})
	s.wrong = true
}

// returnAll gives every line what is wrong with the sums under them, as with a value that all share. Without a line it is the form's.
func (t *formTable) returnAll() {
	f := t.r.form
	switch {
	case len(t.faults) == 0:
		return
	case f.Lines.Len() == 0:
		f.Problems = append(f.Problems, t.faults...)
		return
	}
	for i := range f.Lines.Len() {
		l := f.Lines.At(i)
		l.Problems = append(l.Problems, t.faults...)
		f.Lines.Put(i, &l)
	}
}

func (s *footerSums) disagree(c *sumCell, lines decimal.Decimal) {
	digits := moneyDigits(s.t.r.options.Currency)
	if c.foreign {
		return // the sum of a column of the form's own
	}
	if c.farther { // what another sheet adds to it is not known here
		s.t.r.form.Problems = append(s.t.r.form.Problems, s.t.r.note(c.ref, "footer-elsewhere", footerElsewhereText(c.ref)))
		return
	}
	s.fail(c.ref, "footer-mismatch", footerMismatchText(c.ref, c.amount.StringFixed(digits), lines.StringFixed(digits)))
}
