package statement

import (
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// shownAmount is what a number's format shows.
type shownAmount struct {
	currency request.FoundCurrency
	instead  string // what is shown that is not the number, such as 13%; "…" for nothing
}

// shownBy is what a format makes of a number; nil when it shows it as it is.
func shownBy(f *workbook.CellFormat, value string) *shownAmount {
	if f == nil {
		return nil
	}
	n, err := decimal.NewFromString(value)
	if err != nil {
		return nil
	}
	s := f.For(n)
	if s == nil {
		return nil
	}
	shown := shownAmount{currency: request.FoundCurrency{Code: s.Currency, Dollar: s.Dollar, Unclear: s.Unclear}}
	switch {
	case n.IsZero() && (s.Hides() || strings.Trim(s.Mark, "-–— $€£()") == ""):
	case s.Hides():
		shown.instead = "…"
	case s.Replaces():
		shown.instead = s.Mark
	case s.Percent || s.Scale > 0:
		shown.instead = s.Show(n)
	}
	if shown.instead == "" && !shown.currency.Named() {
		return nil
	}
	return &shown
}

// headerCurrencies notes the currencies that the headers of amounts name.
func (s *sheetReader) headerCurrencies() {
	for _, f := range []field{chargeAmount, debitAmount, creditAmount, originalAmount} {
		if i := s.at[f]; i > 0 {
			s.named[f] = request.FindCurrency(s.header.cells[i-1].text)
		}
	}
}

// asShown takes the currency of an amount from its header and its format; false when they contradict each other or the row, or when the cell shows
// something else than it holds.
func (s *sheetReader) asShown(r *record, f field, v cellValue, code *string) bool {
	if v.shown != nil && v.shown.instead != "" {
		s.problem(r, f, request.ReturnSeverity, "shown-otherwise",
			"The cell holds "+v.text+" but shows "+request.QuoteEN(v.shown.instead)+". Format the amounts as plain numbers and send the statement again.",
			"La cellule contient "+v.text+", mais affiche "+request.QuoteFR(v.shown.instead)+". Mettez les montants au format nombre et renvoyez le relevé.")
		return false
	}
	given := s.cell(r, chargeCurrency).text != ""
	take := func(found request.FoundCurrency) bool {
		switch {
		case !found.Named():
			return true
		case found.Code == *code && *code != "":
			given = true
			return true
		case found.Unclear, found.Code != "" && given, found.Dollar && *code != "" && !request.IsDollar(*code):
			return false
		case found.Code != "":
			*code, given = found.Code, true
		}
		return true
	}
	ok := take(s.named[f])
	if v.shown != nil {
		ok = ok && take(v.shown.currency)
	}
	if !ok {
		s.problem(r, f, request.ReturnSeverity, "currency-conflict",
			"The amount, its header and the currency of the row name different currencies. Export the statement with one currency a row.",
			"Le montant, son en-tête et la devise de la ligne indiquent des devises différentes. Exportez le relevé avec une seule devise par ligne.")
	}
	return ok
}
