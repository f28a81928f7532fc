package forms

import (
	"cmp"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// moneyFields are the fields whose cells say which currency a line is in. What a manager authorized may be in another.
var moneyFields = [...]request.Field{request.UnitPrice, request.Net, request.Tax, request.Total, request.AuthorizedAmount}

// moneyShown is a cell with money, and the currency that its header, its format or its words name.
type moneyShown struct {
	field request.Field
	ref   string
	value *request.Value
	found request.FoundCurrency
	typed bool // the words in the cell name it
	zero  bool
}

// headerCurrency is the currency that a header of field f names; nil for none.
func headerCurrency(f request.Field, header string) *request.FoundCurrency {
	if f.Info().Kind != request.MoneyKind {
		return nil
	}
	if found := request.FindCurrency(header); found.Named() {
		return &found
	}
	return nil
}

// shownIn is what a cell with money and its header show of a currency; named is false when they show none.
func (r *formReader) shownIn(c *workbook.Cell, header *request.FoundCurrency) (found request.FoundCurrency, typed, named bool) {
	if isText(c) {
		found = request.CurrencyOf(textOf(c))
		typed = found.Named()
	} else if f := r.formatOf(c); f != nil && isNumber(c) {
		if n, err := doubleOf(c); err == nil {
			if s := f.For(n); s != nil {
				found = request.FoundCurrency{Code: s.Currency, Dollar: s.Dollar, Unclear: s.Unclear}
			}
		}
	}
	if header == nil {
		return found, typed, found.Named()
	}
	switch {
	case header.Unclear || found.Unclear,
		header.Code != "" && found.Code != "" && header.Code != found.Code,
		header.Code != "" && found.Dollar && !request.IsDollar(header.Code),
		header.Dollar && found.Code != "" && !request.IsDollar(found.Code):
		found = request.FoundCurrency{Unclear: true}
	default:
		found.Code = cmp.Or(found.Code, header.Code)
		found.Dollar = found.Code == "" && (found.Dollar || header.Dollar)
	}
	return found, typed, true
}

// settleCurrency decides what a line's amounts are in: what the line says; else the one currency that all of its amounts show; else the policy's.
// An amount that shows another is a problem, for what it is in is anybody's guess.
func (r *formReader) settleCurrency(v *request.Value, m *money, cells []moneyShown) (problems []request.Problem) {
	m.use(v)
	if v.Faulty {
		return nil
	}
	agreed, agree := "", true
	for i := range cells {
		c := &cells[i]
		switch {
		case c.field == request.AuthorizedAmount || c.zero && !c.found.Named():
		case c.found.Unclear || agreed != "" && c.found.Code != agreed || agreed == "" && c.found.Code == "":
			agree = false
		default:
			agreed = c.found.Code
		}
	}
	if !v.Given && agree && agreed != "" && agreed != m.code {
		first := &cells[0]
		*v = request.Value{Text: agreed, Given: true, Cell: cmp.Or(v.Cell, first.ref)}
		m.use(v)
		problems = append(problems, r.noteAt(request.Currency.Info().Label, first.ref, "currency-shown", currencyShownText(agreed)))
	}
	for i := range cells {
		c := &cells[i]
		wrong := c.found.Unclear || c.found.Code != "" && c.found.Code != m.code || c.found.Dollar && !request.IsDollar(m.code)
		if !wrong || c.value.Faulty || c.typed && c.found.Unclear {
			continue
		}
		c.value.Faulty = true
		problems = append(problems, r.problem(c.field.Info().Label, c.ref, "currency-conflict", shownCurrencyText(c.found, m.code, v.Given)))
	}
	return problems
}

// settleCurrency reads the currencies of the row at hand.
func (t *formTable) settleCurrency(l *request.Line) {
	v := &l.Values[request.Currency]
	any := false
	t.shown = t.shown[:0]
	for _, f := range moneyFields {
		c := t.cells[f]
		if c == nil || l.Values[f].Faulty {
			continue
		}
		found, typed, named := t.r.shownIn(c, t.headers[f])
		any = any || named
		t.shown = append(t.shown, moneyShown{f, l.Values[f].Cell, &l.Values[f], found, typed, c.Raw == "0" && isNumber(c)})
	}
	if !any {
		t.money.use(v)
		return
	}
	l.Problems = append(l.Problems, t.r.settleCurrency(v, &t.money, t.shown)...)
}

// settleLabels reads the currencies of the amounts above the table, or of a form of one line.
func (r *formReader) settleLabels(labels *[request.NumFields]*foundLabel, m *money) {
	var cells []moneyShown
	any := false
	for _, f := range moneyFields {
		l := labels[f]
		if l == nil || l.value == nil || isBlank(&l.value.cell) {
			continue
		}
		c := &l.value.cell
		found, typed, named := r.shownIn(c, headerCurrency(f, l.header))
		any = any || named
		r.shared[f].Cell = l.place()
		cells = append(cells, moneyShown{f, l.place(), &r.shared[f], found, typed, c.Raw == "0" && isNumber(c)})
	}
	v := &r.shared[request.Currency]
	if !any {
		m.use(v)
		return
	}
	problems := r.settleCurrency(v, m, cells)
	for i := range problems {
		f := request.Currency
		for _, c := range cells {
			if c.ref == problems[i].Cell && c.value.Faulty {
				f = c.field
			}
		}
		r.faults[f] = append(r.faults[f], problems[i])
	}
}

func currencyShownText(code string) request.Text {
	return textf("the amounts of this line show %[1]s, so it was read as %[1]s.", "les montants de cette ligne affichent %[1]s; la devise retenue est donc %[1]s.", code)
}

// shownCurrencyText says that an amount shows another currency than its line is in.
func shownCurrencyText(found request.FoundCurrency, want string, given bool) request.Text {
	switch {
	case found.Unclear:
		return textf("the cell, its format or its header shows two currencies, or a sign that can mean several. Write the code of the one that is meant, such as %s, under Currency, and format the amount as a plain number.",
			"la cellule, son format ou son en-tête affiche deux devises, ou un symbole qui peut en désigner plusieurs. Inscrivez le code de la devise voulue, comme %s, sous Devise, et mettez le montant au format nombre.", want)
	case found.Code == "":
		return textf("the cell or its header shows “$”, but the currency of this line is %s. Write the currency that is meant under Currency, or format the amount as a plain number.",
			"la cellule ou son en-tête affiche «\u00a0$\u00a0», alors que la devise de cette ligne est %s. Inscrivez la devise voulue sous Devise, ou mettez le montant au format nombre.", want)
	case given:
		return textf("the cell or its header shows %[1]s, but the currency of this line is %[2]s. Write %[1]s under Currency if the amount is in %[1]s; else format it as a plain number.",
			"la cellule ou son en-tête affiche %[1]s, alors que la devise de cette ligne est %[2]s. Inscrivez %[1]s sous Devise si le montant est en %[1]s; sinon, mettez-le au format nombre.", found.Code, want)
	}
	return textf("the cell or its header shows %[1]s, but other amounts of this line do not, and an empty currency means %[2]s. Write %[1]s or %[2]s under Currency, and format the amounts as plain numbers.",
		"la cellule ou son en-tête affiche %[1]s, mais d’autres montants de cette ligne non, et une devise vide signifie %[2]s. Inscrivez %[1]s ou %[2]s sous Devise, et mettez les montants au format nombre.", found.Code, want)
}
