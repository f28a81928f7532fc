package workbook

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

// addChecks adds the help that shows at a cell, the drop-downs, and the live checks. They help the writer and decide
// nothing: the guardrails judge what arrives.
func (f *form) addChecks() error {
	for _, e := range f.above {
		if err := f.addInput(e, cellName(e.col, e.row)); err != nil {
			return err
		}
	}
	for _, e := range f.columns {
		if err := f.addInput(e, cellName(e.col, f.firstRow())+":"+cellName(e.col, f.lastRow())); err != nil {
			return err
		}
	}
	if err := f.markMissing(); err != nil {
		return err
	}
	if err := f.markAmounts(); err != nil {
		return err
	}
	return f.markDates()
}

// addInput gives the cells of an entry their help message and, by kind, a drop-down or a rule for what may be typed.
func (f *form) addInput(e entry, cells string) error {
	dv := excelize.NewDataValidation(true)
	dv.SetSqref(cells)
	title := e.label.In(f.Lang)
	if len([]rune(title)) > maxInputTitle {
		title = ""
	}
	dv.SetInput(title, clip(f.inputText(e, f.Lang), maxInputText))
	const stop, warn = excelize.DataValidationErrorStyleStop, excelize.DataValidationErrorStyleWarning
	var err error
	switch e.as {
	case request.ChoiceKind:
		var list []string
		for _, c := range e.choices {
			list = append(list, c.In(f.Lang))
		}
		err = dv.SetDropList(list)
		dv.SetError(stop, title, clip(strings.ReplaceAll(chooseError.In(f.Lang), "{list}", strings.Join(list, ", ")), maxErrorText))
	case request.MoneyKind, request.NumberKind:
		err = dv.SetRange(0, 1_000_000_000, excelize.DataValidationTypeDecimal, excelize.DataValidationOperatorBetween)
		dv.SetError(stop, title, numberError.In(f.Lang))
	case request.DateKind:
		// 2000-01-01 to 2099-12-31 as days of the 1900 date system.
		err = dv.SetRange(36526, 73050, excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween)
		dv.SetError(stop, title, dateError.In(f.Lang))
	case request.EmailKind:
		first, _, _ := strings.Cut(cells, ":")
		err = dv.SetRange(fmt.Sprintf(`AND(ISNUMBER(SEARCH("?@?*.?",%[1]s)),ISERROR(FIND(" ",TRIM(%[1]s))))`, first), "",
			excelize.DataValidationTypeCustom, 0)
		dv.SetError(warn, title, emailError.In(f.Lang))
	case request.CurrencyKind:
		err = dv.SetRange(3, 3, excelize.DataValidationTypeTextLength, excelize.DataValidationOperatorEqual)
		dv.SetError(stop, title, strings.ReplaceAll(currencyError.In(f.Lang), "{currency}", cmp.Or(f.Currency, "CAD")))
	}
	if err != nil {
		return err
	}
	return f.book.AddDataValidation(f.sheet, dv)
}

func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

func (f *form) rule(cells, formula string, style int) error {
	return f.book.SetConditionalFormat(f.sheet, cells, []excelize.ConditionalFormatOptions{
		{Type: "formula", Criteria: formula, Format: &style},
	})
}

// whole is the range of a column's entry cells.
func (f *form) whole(col int) string {
	return cellName(col, f.firstRow()) + ":" + cellName(col, f.lastRow())
}

// column finds the table column of a field; 0 when the form has none.
func (f *form) column(field request.Field) int {
	for _, e := range f.columns {
		if e.info.Field == field {
			return e.col
		}
	}
	return 0
}

// place finds the cell above the table of a field; "" when the form has none.
func (f *form) place(field request.Field) string {
	for _, e := range f.above {
		if e.info.Field == field {
			return absolute(e.col, e.row)
		}
	}
	return ""
}

// markAmounts marks amounts above a limit and amounts that do not add up.
func (f *form) markAmounts() error {
	at := func(field request.Field) string {
		if col := f.column(field); col > 0 {
			return "$" + cellName(col, f.firstRow())
		}
		return ""
	}
	net, tax, total := at(request.Net), at(request.Tax), at(request.Total)
	quantity, price := at(request.Quantity), at(request.UnitPrice)
	var onTotal, onNet []string
	if over(f.RequestLimit) {
		onTotal = append(onTotal, fmt.Sprintf("AND(ISNUMBER(%[1]s),%[1]s>%[2]s)", total, f.RequestLimit))
	}
	if over(f.PretaxLimit) {
		onNet = append(onNet, fmt.Sprintf(`AND(ISNUMBER(%[1]s),%[2]s="",%[1]s>%[3]s)`, net, tax, f.PretaxLimit))
		onTotal = append(onTotal, fmt.Sprintf(`AND(ISNUMBER(%[1]s),%[2]s="",%[3]s="",%[1]s>%[4]s)`, total, tax, net, f.PretaxLimit))
	}
	onTotal = append(onTotal, fmt.Sprintf("AND(COUNT(%[1]s,%[2]s,%[3]s)=3,ROUND(ABS(%[1]s+%[2]s-%[3]s),2)>=0.01)", net, tax, total))
	if quantity != "" && price != "" {
		onNet = append(onNet, fmt.Sprintf("AND(COUNT(%[1]s,%[2]s,%[3]s)=3,ROUND(ABS(%[1]s*%[2]s-%[3]s),2)>=0.01)", quantity, price, net))
	}
	if authorized := f.place(request.AuthorizedAmount); authorized != "" {
		onTotal = append(onTotal, fmt.Sprintf("AND(ISNUMBER(%[1]s),ISNUMBER(%[2]s),%[1]s>%[2]s)", total, authorized))
	}
	if err := f.rule(f.whole(f.column(request.Total)), "OR("+strings.Join(onTotal, ",")+")", f.styles.alertMoney); err != nil {
		return err
	}
	if len(onNet) == 0 {
		return nil
	}
	return f.rule(f.whole(f.column(request.Net)), "OR("+strings.Join(onNet, ",")+")", f.styles.alertMoney)
}

func over(limit decimal.Decimal) bool { return limit.IsPositive() }

// checksDates reports whether the form asks for both days that markDates compares.
func (f *form) checksDates() bool {
	return f.place(request.AuthorizedOn) != "" && f.place(request.TermsAccepted) != ""
}

// markDates marks a section 32 date that is later than the day the terms were accepted.
func (f *form) markDates() error {
	if !f.checksDates() {
		return nil
	}
	authorized, terms := f.place(request.AuthorizedOn), f.place(request.TermsAccepted)
	return f.rule(strings.ReplaceAll(authorized, "$", ""),
		fmt.Sprintf("AND(COUNT(%[1]s,%[2]s)=2,%[1]s>%[2]s)", authorized, terms), f.styles.alertDate)
}
