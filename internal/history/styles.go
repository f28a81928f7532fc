package history

import (
	"fmt"
	"slices"
	"strings"

	"handrail/internal/request"
	"handrail/internal/statement"
)

// dateColumns takes the likeliest column of days; the others fill in where it is empty.
func (r *reader) dateColumns(list []candidate) error {
	if len(list) == 0 {
		return r.lacks(request.Text{EN: "the day", FR: "le jour"}, date)
	}
	for i, x := range list {
		if i > 0 && x.rank == list[0].rank && !r.same(list[0].column, x.column) {
			return r.twice(date, list[0].column, x.column)
		}
	}
	for i, x := range list {
		d, err := r.dayColumn(x.column)
		if err != nil && i == 0 {
			return err
		}
		c := &r.h.Columns[x.column]
		if err != nil {
			c.Why = request.Text{EN: "column " + r.name(list[0].column) + " was taken for the date", FR: "la colonne " + r.name(list[0].column) + " a été prise pour la date"}
			continue
		}
		if i == 0 {
			r.take(date, x.column)
		} else {
			c.Why = request.Text{EN: "where column " + r.name(list[0].column) + " is empty, this is the date", FR: "là où la colonne " + r.name(list[0].column) + " est vide, c’est la date"}
		}
		r.dates = append(r.dates, d)
		if list[0].rank < 0 {
			break // the command line names it
		}
	}
	return nil
}

// dayColumn learns which way round days and months stand, from the whole column.
func (r *reader) dayColumn(column int) (dated, error) {
	d := dated{column: column}
	var firstLarge, secondLarge, numbers, short, yearFirst, real, realSmall, plain, filled, read int
	example := ""
	other := ""
	r.each(func(row *statement.CellRow) {
		c := row.At(column)
		if c.Blank() {
			return
		}
		filled++
		if c.IsDay() {
			real++
			if day, _, _ := c.Day(statement.AnyOrder); day.Day <= 12 {
				realSmall++
			}
			return
		}
		if a, b, y, ok := c.DayNumbers(); ok {
			if a == b && a <= 12 {
				read++
				return
			}
			numbers++
			switch {
			case a > 12 && b <= 12 && a <= 31:
				firstLarge++
			case b > 12 && a <= 12 && b <= 31:
				secondLarge++
			default:
				if example == "" {
					example = c.Text()
				}
			}
			if y < 100 {
				short++
				if a >= 20 && b >= 1 && b <= 12 && y >= 1 && y <= 31 {
					yearFirst++
				}
			}
			return
		}
		if _, _, ok := c.Day(statement.AnyOrder); ok {
			read++
			return
		}
		if !c.SerialDay().IsZero() {
			plain++
			return
		}
		if other == "" {
			other = c.Text()
		}
	})
	name := r.name(column)
	switch r.o.Dates {
	case "dmy":
		d.order = statement.DayFirst
		return d, nil
	case "mdy":
		d.order = statement.MonthFirst
		return d, nil
	case "ymd":
		d.order = statement.YearFirst
		return d, nil
	}
	flags := "say which: --dates dmy (day first) or --dates mdy (month first)"
	switch {
	case real > 1 && numbers > 1 && realSmall == real && (firstLarge == numbers || secondLarge == numbers):
		// A spreadsheet that reads months first made days of what it could, and left 13/04/2026 as text.
		return d, r.o.refuse("dates",
			fmt.Sprintf("Column %s holds days up to the 12th as dates and the others as text: a spreadsheet has swapped days and months. Export the file again and open it nowhere before.", name),
			fmt.Sprintf("La colonne %s contient des dates jusqu’au 12 du mois et du texte pour les autres\u00a0: un tableur a interverti les jours et les mois. Exportez de nouveau le fichier sans l’ouvrir ailleurs.", name), "")
	case short > 0 && short == yearFirst && numbers == short:
		return d, r.o.refuse("dates", fmt.Sprintf("The dates in column %s may begin with the day or with the year.", name),
			fmt.Sprintf("Les dates de la colonne %s peuvent commencer par le jour ou par l’année.", name), "say which: --dates dmy (day first) or --dates ymd (year first)")
	case firstLarge > 0 && secondLarge > 0:
		return d, r.o.refuse("dates", fmt.Sprintf("Column %s has days first in %d rows and months first in %d: one order for all is needed.", name, firstLarge, secondLarge),
			fmt.Sprintf("La colonne %s commence par le jour sur %d lignes et par le mois sur %d\u00a0: il faut un seul ordre.", name, firstLarge, secondLarge), "export the dates as year-month-day")
	case firstLarge > 0:
		d.order = statement.DayFirst
	case secondLarge > 0:
		d.order = statement.MonthFirst
	case numbers > 0:
		a, b := bothWays(example)
		return d, r.o.refuse("dates",
			fmt.Sprintf("The dates in column %s can be read in two ways: %s is %s or %s.", name, request.QuoteEN(example), a, b),
			fmt.Sprintf("Les dates de la colonne %s peuvent se lire de deux façons\u00a0: %s est le %s ou le %s.", name, request.QuoteFR(example), a, b), flags)
	case plain > 0 && plain*10 >= filled*9:
		d.serial = true
		r.h.Notes = append(r.h.Notes, request.Text{EN: fmt.Sprintf("The numbers in column %s were read as the days that spreadsheets count.", name),
			FR: fmt.Sprintf("Les nombres de la colonne %s ont été lus comme les jours que comptent les tableurs.", name)})
	case read == 0 && real == 0 && numbers == 0:
		return d, r.o.refuse("dates", fmt.Sprintf("Column %s holds no dates; it says %s.", name, request.QuoteEN(other)),
			fmt.Sprintf("La colonne %s ne contient pas de dates\u00a0: elle indique %s.", name, request.QuoteFR(other)), `say which column is the date: --map "HEADER=date"`)
	}
	return d, nil
}

func bothWays(s string) (a, b string) {
	var c [3]int
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '-' || r == '.' || r == ' ' })
	for i := range min(3, len(parts)) {
		_, _ = fmt.Sscanf(parts[i], "%d", &c[i])
	}
	if c[2] < 100 {
		c[2] += 2000
	}
	return fmt.Sprintf("%04d-%02d-%02d", c[2], c[1], c[0]), fmt.Sprintf("%04d-%02d-%02d", c[2], c[0], c[1])
}

var moneyTargets = []target{total, net, tax, debit, credit, added, "unit_price", "authorized_amount", "quantity"}

// styles learns the decimal mark of each column of amounts, and the sign of purchases.
func (r *reader) styles() error {
	r.marks = map[int]statement.Mark{}
	var point, comma, unclear bool
	example := ""
	byColumn := map[int][3]bool{}
	for _, t := range moneyTargets {
		column := r.at[t] - 1
		if column < 0 {
			continue
		}
		var seen [3]bool
		r.each(func(row *statement.CellRow) {
			switch m, no := row.At(column).Mark(); {
			case m == statement.PointMark:
				seen[0] = true
			case m == statement.CommaMark:
				seen[1] = true
			case no:
				seen[2] = true
				if example == "" {
					example = row.At(column).Text()
				}
			}
		})
		byColumn[column] = seen
		point, comma, unclear = point || seen[0], comma || seen[1], unclear || seen[2]
	}
	chosen := map[string]statement.Mark{"point": statement.PointMark, "comma": statement.CommaMark}[r.o.Decimals]
	for column, seen := range byColumn {
		switch {
		case chosen != statement.AnyMark:
			r.marks[column] = chosen
		case seen[0] && !seen[1]:
			r.marks[column] = statement.PointMark
		case seen[1] && !seen[0]:
			r.marks[column] = statement.CommaMark
		case !seen[0] && !seen[1] && seen[2] && point && !comma:
			r.marks[column] = statement.PointMark // what the other columns say
		case !seen[0] && !seen[1] && seen[2] && comma && !point:
			r.marks[column] = statement.CommaMark
		}
	}
	if chosen == statement.AnyMark && unclear && point == comma {
		return r.o.refuse("amounts", "Its amounts can be read in two ways: "+request.QuoteEN(example)+" may have thousands or three decimals.",
			"Ses montants peuvent se lire de deux façons\u00a0: "+request.QuoteFR(example)+" peut avoir des milliers ou trois décimales.",
			"say which mark stands before the decimals: --decimals point or --decimals comma")
	}
	return r.sign()
}

// sign learns whether purchases have a minus, as in many exports of banks.
func (r *reader) sign() error {
	column := r.at[total] - 1
	if column < 0 {
		column = r.at[net] - 1
	}
	if column < 0 || r.at[direction] > 0 {
		return nil
	}
	switch r.o.Purchases {
	case "plus":
		return nil
	case "minus":
		r.minus = true
		return nil
	}
	negative, all := 0, 0
	r.each(func(row *statement.CellRow) {
		if n, _, _, _, ok := row.At(column).Sum(r.marks[column]); ok && !n.IsZero() {
			all++
			if n.IsNegative() {
				negative++
			}
		}
	})
	switch {
	case all < 5 && negative == 0, negative*3 < all:
	case all >= 5 && negative*5 > all*4:
		r.minus = true
		r.h.Notes = append(r.h.Notes, request.Text{
			EN: fmt.Sprintf("%d of %d amounts in column %s are below zero: they were taken for the purchases, and those above zero for money back.", negative, all, r.name(column)),
			FR: fmt.Sprintf("%d montants sur %d de la colonne %s sont négatifs\u00a0: ils ont été pris pour les achats, et les montants positifs pour des remboursements.", negative, all, r.name(column))})
	default:
		return r.o.refuse("sign", fmt.Sprintf("%d of %d amounts in column %s are below zero: purchases may be those above or those below.", negative, all, r.name(column)),
			fmt.Sprintf("%d montants sur %d de la colonne %s sont négatifs\u00a0: les achats peuvent être les uns ou les autres.", negative, all, r.name(column)),
			"say which sign purchases have: --purchases plus or --purchases minus")
	}
	return nil
}

// usedColumns are those whose texts rows keep.
func (r *reader) usedColumns() {
	money := []target{total, net, tax, debit, credit, direction, currency, record, added, date}
	for i := range r.h.Columns {
		c := &r.h.Columns[i]
		if c.target != noTarget && c.target != ignored && !slices.Contains(money, c.target) {
			r.h.used = append(r.h.used, *c)
		}
	}
	for i := range r.h.Columns {
		c := &r.h.Columns[i]
		if c.Header == "" || !slices.ContainsFunc(r.o.Extra, func(h string) bool { return request.CompareForm(h) == request.CompareForm(c.Header) }) {
			continue
		}
		x := *c
		x.extra, x.target, x.Field = true, noTarget, ""
		r.h.used = append(r.h.used, x)
		if c.Field == "" {
			c.Why = request.Text{EN: "the policy looks at it itself", FR: "la politique l’examine elle-même"}
			c.As = request.Text{EN: c.Header, FR: c.Header}
		}
	}
}
