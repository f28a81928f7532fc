package forms

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// help puts what to write into the problems of the line's cells that could not be read, where what stands there shows what
// was meant.
func (t *formTable) help(l *request.Line) {
	for f, c := range t.cells {
		if c == nil || !l.Values[f].Faulty {
			continue
		}
		field := request.Field(f)
		t.r.helpWith(field, valueCell{label: field.Info().Label, ref: l.Values[f].Cell, cell: c}, l.Problems, &l.Values)
	}
	if total, tax := t.cells[request.Total], &l.Values[request.Tax]; total != nil && l.Values[request.Total].Faulty && t.cells[request.Tax] == nil &&
		!tax.Given && !tax.Faulty && tax.Cell != "" && isText(total) && plusTax.MatchString(textOf(total)) {
		l.Problems = append(l.Problems, t.r.problem(request.Tax.Info().Label, tax.Cell, "missing-tax", missingTaxText()))
	}
	t.foreign(l)
}

// foreign asks for the currency of a line that names none and whose words name American dollars.
func (t *formTable) foreign(l *request.Line) {
	currency := &l.Values[request.Currency]
	if currency.Given || currency.Faulty || t.r.options.Currency == "USD" {
		return
	}
	for _, f := range [...]request.Field{request.Title, request.Description, request.Justification} {
		words := americanDollars(l.Values[f].Text)
		if words == "" {
			continue
		}
		cell := currency.Cell
		if cell == "" {
			cell = l.Values[f].Cell
		}
		l.Problems = append(l.Problems, t.r.problem(request.Currency.Info().Label, cell, "no-currency", foreignProseText(words)))
		return
	}
}

// americanDollars are the words of a text that say so, "" when none do.
func americanDollars(s string) string {
	if !strings.Contains(s, "US") && !strings.Contains(s, "U.S.") && !strings.Contains(s, "américain") {
		return ""
	}
	for _, words := range [...]string{"US funds", "U.S. funds", "US dollars", "U.S. dollars", "USD", "dollars US", "dollars américains", "fonds américains", "devise américaine"} {
		at := strings.Index(s, words)
		if end := at + len(words); at >= 0 && (end == len(s) || !isLetter(s[end])) && (at == 0 || !isLetter(s[at-1])) {
			return words
		}
	}
	return ""
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80 }

// helpWith replaces the sentence of the problem at the cell by one that helps more.
func (r *formReader) helpWith(f request.Field, cell valueCell, problems []request.Problem, values *request.Values) {
	for i := range problems {
		p := &problems[i]
		if p.Cell != cell.ref || p.Severity != request.ReturnSeverity || !isText(cell.cell) && f.Info().Kind != request.ChoiceKind {
			continue
		}
		switch p.Code {
		case request.CodeNotANumber, request.CodeEstimate, request.CodePercentage, request.CodeRange, request.CodeNotADate, request.CodeUnknownChoice,
			request.CodeNotAnAddress, request.CodeUnknownCurrency, request.CodeNotAReference:
			if better := better(f, p.Code, textOf(cell.cell), values); !better.IsZero() {
				p.Message = at(cell.label, cell.ref, better)
			}
		}
	}
}

// better is a sentence about a text that could not be read as f, empty when the reader's own says as much.
func better(f request.Field, code, s string, values *request.Values) request.Text {
	info := f.Info()
	switch info.Kind {
	case request.MoneyKind, request.NumberKind:
		if f == request.Tax {
			if t := betterTax(s, code, values); !t.IsZero() {
				return t
			}
		}
		switch {
		case f == request.Total && plusTax.MatchString(s):
			return oneTotalText(s)
		case freeWords[request.Fold(s)]:
			return freeOfChargeText(s, f)
		case severalAmounts(s) && code == request.CodeNotANumber:
			return severalAmountsText(s)
		case !strings.ContainsFunc(s, unicode.IsDigit) || f == request.AuthorizedAmount && code == request.CodeNotANumber || f == request.Quantity:
			return noAnswerText(s, f.Instead())
		}
	case request.DateKind:
		if !strings.ContainsFunc(s, unicode.IsDigit) {
			return noAnswerText(s, f.Instead())
		}
	case request.ChoiceKind:
		return betterChoice(f, s)
	case request.EmailKind, request.ReferenceKind:
		return noAnswerText(s, f.Instead())
	case request.CurrencyKind:
		if strings.Trim(s, "$ ") == "" {
			return dollarText(s)
		}
		return noAnswerText(s, f.Instead())
	}
	return request.Text{}
}

var (
	plusTax = regexp.MustCompile(`(?i)\d.*(?:\+|\bplus\b|\bbefore\b|\bexcl|\bavant\b|\bsans\b|\bhors\b).*(?:tax|hst|gst|pst|qst|vat|tps|tvq|tvh|tva)`)
	percent = regexp.MustCompile(`^[^\d]{0,12}(\d{1,2}(?:[.,]\d{1,3})?)\s*%[^\d]{0,12}$`)
	number  = regexp.MustCompile(`\d[\d.,\x{00a0}\x{202f}]*`)
)

// The words for no tax, for a tax inside the total, and for nothing to pay, folded.
var (
	noTaxWords = map[string]bool{"na": true, "none": true, "no": true, "notax": true, "nil": true, "exempt": true, "taxexempt": true, "exempted": true, "zero": true,
		"zerorated": true, "notapplicable": true, "nocharge": true, "so": true, "sansobjet": true, "aucune": true, "aucun": true, "aucunetaxe": true, "neant": true,
		"detaxe": true, "detaxee": true, "exonere": true, "exoneree": true, "exempte": true, "exemptee": true, "nontaxable": true, "rien": true, "pasdetaxe": true,
		"nonapplicable": true, "sanstaxe": true, "sanstaxes": true, "free": true, "taxfree": true}
	includedWords = map[string]bool{"incl": true, "included": true, "inc": true, "inclus": true, "incluse": true, "incluses": true, "comprises": true, "compris": true,
		"taxincluded": true, "taxesincluses": true, "taxesincl": true, "intotal": true, "taxincl": true, "includedintotal": true}
	freeWords = map[string]bool{"free": true, "nocharge": true, "gratuit": true, "gratuite": true, "sansfrais": true, "nocost": true, "offert": true, "complimentary": true}
)

// betterTax knows what people write in place of a tax.
func betterTax(s, code string, values *request.Values) request.Text {
	folded := request.Fold(s)
	switch {
	case noTaxWords[folded]:
		return noAnswerText(s, request.Tax.Instead())
	case folded == "" && strings.ContainsAny(s, "-–—"):
		return dashTaxText(s)
	case includedWords[folded]:
		return taxIncludedText(s)
	case code == request.CodePercentage:
		if m := percent.FindStringSubmatch(s); m != nil && values[request.Net].Given {
			rate, err := decimal.NewFromString(strings.Replace(m[1], ",", ".", 1))
			if err == nil {
				return taxRateText(s, values[request.Net].Number.Mul(rate).Shift(-2).StringFixed(2))
			}
		}
	default:
		if sum, ok := sumOf(s); ok {
			return taxSumText(s, sum)
		}
	}
	return request.Text{}
}

func severalAmounts(s string) bool { _, ok := sumOf(s); return ok }

// sumOf adds up the amounts of a text that names several, such as "GST 25.00 QST 49.88".
func sumOf(s string) (string, bool) {
	found := number.FindAllString(s, 6)
	if len(found) < 2 || strings.Contains(s, "%") {
		return "", false
	}
	sum := decimal.Decimal{}
	for _, n := range found {
		a, err := request.ParseAmount(strings.TrimRight(n, ".,\u00a0\u202f"), 2)
		if err != nil {
			return "", false
		}
		sum = sum.Add(a.Number)
	}
	return sum.StringFixed(2), strings.ContainsFunc(s, unicode.IsLetter) || strings.Contains(s, "+")
}

// betterChoice names the answers, and what makes this one uncertain.
func betterChoice(f request.Field, s string) request.Text {
	folded := request.Fold(s)
	instead := f.Instead()
	switch {
	case folded == "x" || strings.Trim(s, "✗✘×☒ ") == "":
		return crossText(s, instead)
	case f == request.Security && (folded == "nc" || folded == "none" || folded == "aucun" || folded == "aucune"):
		return unclassifiedText(s)
	case f == request.PublicServant && (strings.HasPrefix(folded, "former") || strings.HasPrefix(folded, "ancien") || strings.HasPrefix(folded, "retired") || strings.HasPrefix(folded, "retrait")):
		return formerText(s)
	case f == request.Payment && (strings.HasPrefix(folded, "rembours") || strings.HasPrefix(folded, "reimburs")):
		return reimbursementText(s)
	case len(f.Info().Choices) > 4 && f != request.Security:
		return request.Text{}
	case f == request.Remote && (strings.HasPrefix(folded, "oui") || strings.HasPrefix(folded, "yes")) && len(folded) > 6 && !strings.Contains(folded, "no"):
		return qualifiedText(s)
	}
	return noAnswerText(s, instead)
}

// withoutName returns a line whose supplier is a placeholder and has a business number all the same: the number would say who
// it is, and its writer says that nobody knows.
func (t *formTable) withoutName(l *request.Line) {
	name := &l.Values[request.Supplier]
	if t.cells[request.Supplier] == nil || name.Given || name.Faulty || !l.Values[request.SupplierID].Given {
		return
	}
	for i := range l.Problems {
		if p := &l.Problems[i]; p.Code == request.CodePlaceholder && p.Cell == name.Cell {
			p.Severity = request.ReturnSeverity
		}
	}
}

// hints notes beside a value that was read what a guardrail may refuse it for, in the words that mend it.
func (t *formTable) hints(l *request.Line) {
	t.lowered(l)
	t.withoutName(l)
	if v := &l.Values[request.Licence]; v.Given {
		if id, code, ok := request.LicenceInWords(v.Text); ok {
			t.hint(l, request.Licence, licenceText(v.Text, id, code))
		}
	}
	if v := &l.Values[request.Repository]; v.Given && !strings.Contains(v.Text, "://") {
		t.hint(l, request.Repository, noAnswerText(v.Text, request.Repository.Instead()))
	}
	t.zeros(l)
}

// lowered reads typed amounts below zero on a line that amends another: there they lower it. Elsewhere they stay refused.
func (t *formTable) lowered(l *request.Line) {
	if !l.Values[request.Amends].Given {
		return
	}
	for _, f := range [...]request.Field{request.UnitPrice, request.Net, request.Tax, request.Total} {
		v, c := &l.Values[f], t.cells[f]
		if !v.Faulty || c == nil || !isText(c) {
			continue
		}
		at := slices.IndexFunc(l.Problems, func(p request.Problem) bool { return p.Cell == v.Cell && p.Code == request.CodeNegativeAmount })
		a, err := request.ParseAmount(textOf(c), moneyDigits(t.r.options.Currency))
		if at < 0 || err != nil || a.Currency != "" && a.Currency != l.Currency(t.r.options.Currency) {
			continue
		}
		v.Number, v.Text, v.Given, v.Faulty = a.Number, a.Number.StringFixed(moneyDigits(t.r.options.Currency)), true, false
		l.Problems = slices.Delete(l.Problems, at, at+1)
	}
}

// zeros notes amounts of nothing, which a guardrail may refuse.
func (t *formTable) zeros(l *request.Line) {
	for _, f := range [...]request.Field{request.UnitPrice, request.Net, request.Total, request.AuthorizedAmount} {
		if f == request.Net && l.Values[request.Total].Given && l.Values[request.Total].Number.IsZero() {
			continue // said of the total
		}
		if v := &l.Values[f]; v.Given && v.Number.IsZero() && t.cells[f] != nil && !t.cells[f].HasFormula {
			t.hint(l, f, zeroText(f))
		}
	}
}

func (t *formTable) hint(l *request.Line, f request.Field, message request.Text) {
	cell := l.Values[f].Cell
	l.Problems = append(l.Problems, t.r.noteAt(f.Info().Label, cell, request.CodeHint, message))
}

// lonely says of a line with one filled cell, or with a word for a sum as its title and no supplier, that it may be no request at all.
func (t *formTable) lonely(l *request.Line, row *workbook.Row) {
	if t.doubt != nil {
		return // it is said already
	}
	if title := t.cells[request.Title]; title != nil && !l.Values[request.Supplier].Given && isText(title) && isSumLabel(textOf(title)) {
		t.returnRow(l, row, sumRowText(textOf(title)))
		return
	}
	var only *workbook.Cell
	filled := 0
	t.each(row, func(c *workbook.Cell, _ columnPlan) bool {
		only = c
		filled++
		return filled < 2
	})
	switch {
	case filled != 1 || isError(only) || only.HasFormula:
	case isNumber(only):
		t.returnRow(l, row, lonelyAmountText(only.Value))
	case isText(only):
		if _, err := request.ParseAmount(textOf(only), request.UnitDecimals); err == nil {
			t.returnRow(l, row, lonelyAmountText(textOf(only)))
		} else {
			t.returnRow(l, row, lonelyTextText(textOf(only)))
		}
	}
}

// isSumLabel is true for a label of a total or a subtotal that says nothing else. Shipping and taxes may be lines.
func isSumLabel(s string) bool {
	kind, strict := footerKind(s)
	return strict && (kind == totalSum || kind == subtotalSum || kind == withTaxSum)
}

func (t *formTable) returnRow(l *request.Line, row *workbook.Row, message request.Text) {
	p := t.r.note(t.firstCell(row), "not-a-line", message)
	p.Severity = request.ReturnSeverity
	l.Problems = append(l.Problems, p)
}

// twoSuppliers reports whether a text names two suppliers: "A / B", "A or B". A name between quotation marks is one.
func twoSuppliers(s string) bool {
	if len(s) < 7 || strings.ContainsAny(s[:1], `"`) || strings.HasPrefix(s, "“") || strings.HasPrefix(s, "«") {
		return false
	}
	for _, between := range [...]string{" / ", " or ", " ou ", " OR ", " OU "} {
		if a, b, ok := strings.Cut(s, between); ok && startsName(a) && startsName(b) {
			return true
		}
	}
	return false
}

// startsName reports whether a text begins as names do, with a capital letter or a digit, and is more than a letter.
func startsName(s string) bool {
	s = strings.TrimSpace(s)
	for _, r := range s {
		return len(s) > 2 && (unicode.IsUpper(r) || unicode.IsDigit(r))
	}
	return false
}
