package statement

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// budgetHeaders are the headers of a budget file, folded, in English and French.
var budgetHeaders = map[string]int{
	"costcentre": budgetCentre, "costcenter": budgetCentre, "centredecouts": budgetCentre, "centredecout": budgetCentre,
	"budget": budgetAmount, "amount": budgetAmount, "montant": budgetAmount, "allotment": budgetAmount, "affectation": budgetAmount,
	"fiscalyear": budgetYear, "year": budgetYear, "exercice": budgetYear, "exercicefinancier": budgetYear, "annee": budgetYear,
	"currency": budgetCurrency, "devise": budgetCurrency,
}

const (
	budgetCentre = iota + 1
	budgetAmount
	budgetYear
	budgetCurrency
	budgetFields
)

// Budget is what a file says that one cost centre has for the fiscal year.
type Budget struct {
	CostCentre string
	Currency   string // ISO 4217
	Amount     decimal.Decimal
}

// ReadBudgets reads cost centre budgets for the fiscal year that begins in year from a CSV or a workbook with the columns cost centre, budget
// and, where the file holds several years, fiscal year ("2026-27", "2026-2027" or the year it begins). Amounts without a
// currency are in currency. A row that cannot be read, or that repeats a cost centre, is a problem and not a budget.
func ReadBudgets(ctx context.Context, data []byte, name string, year int, currency string, bounds workbook.Bounds) ([]Budget, []request.Problem, error) {
	o := Options{Name: name, Currency: currency}
	rows, err := anyRows(ctx, data, bounds, o)
	if err != nil {
		return nil, nil, err
	}
	r := budgetReader{name: name, year: year, currency: currency, seen: map[centreCurrency]bool{}}
	for i := range rows {
		if r.at[budgetCentre] == 0 || r.at[budgetAmount] == 0 {
			r.header(&rows[i])
			continue
		}
		r.read(&rows[i])
	}
	if r.at[budgetCentre] == 0 || r.at[budgetAmount] == 0 {
		return nil, nil, refuse(o, "no-header", 0, "No header was found: a budget file needs the columns Cost centre and Budget.",
			"Aucun en-tête n’a été trouvé\u00a0: un fichier de budgets doit avoir les colonnes Centre de coûts et Budget.")
	}
	return r.budgets, r.problems, nil
}

// anyRows are the rows of a CSV, or of a workbook's first visible sheet.
func anyRows(ctx context.Context, data []byte, bounds workbook.Bounds, o Options) ([]record, error) {
	b, err := openIfWorkbook(ctx, data, bounds)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Name, err)
	}
	if b != nil {
		for i, s := range b.Sheets() {
			if s.State == workbook.Visible && s.Kind == "worksheet" {
				rows, _, err := sheetRows(ctx, b, i)
				return rows, err
			}
		}
		return nil, refuse(o, "empty", 0, "It has no visible sheet.", "Il n’a aucune feuille visible.")
	}
	text, err := decoded(data, o)
	if err != nil {
		return nil, err
	}
	separator, most := ',', 0
	for _, sep := range []rune{',', ';', '\t', '|'} {
		first, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
		if n := strings.Count(first, string(sep)); n > most {
			separator, most = sep, n
		}
	}
	rows, err := splitRows(ctx, text, separator)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, errTooManyCells):
		return nil, tooManyCells(o)
	case err != nil:
		return nil, refuse(o, "damaged", 0, "A quoted cell is not closed or is written wrongly.", "Une cellule entre guillemets n’est pas fermée ou est mal écrite.")
	}
	return rows, nil
}

type centreCurrency struct{ centre, currency string }

type budgetReader struct {
	name     string
	year     int // in which it begins
	currency string
	at       [budgetFields]int
	seen     map[centreCurrency]bool
	budgets  []Budget
	problems []request.Problem
}

func (r *budgetReader) header(row *record) {
	var at [budgetFields]int
	for i, c := range row.cells {
		for _, v := range headerVariants(c.text) {
			if f := budgetHeaders[request.Fold(v)]; f > 0 && at[f] == 0 {
				at[f] = i + 1
				break
			}
		}
	}
	if at[budgetCentre] > 0 && at[budgetAmount] > 0 {
		r.at = at
	}
}

func (r *budgetReader) cell(row *record, f int) cellValue {
	if i := r.at[f]; i > 0 && i <= len(row.cells) {
		return row.cells[i-1]
	}
	return cellValue{}
}

func (r *budgetReader) problem(row *record, f int, code, en, fr string) {
	r.problems = append(r.problems, request.Problem{Sheet: r.name, Cell: workbook.Column(max(1, r.at[f])) + strconv.Itoa(row.line), Code: code,
		Severity: request.ReturnSeverity, Message: request.Text{EN: en, FR: fr}})
}

func (r *budgetReader) read(row *record) {
	centre := r.cell(row, budgetCentre).text
	if empty(row) || strings.HasPrefix(request.Fold(centre), "total") {
		return
	}
	if y := r.cell(row, budgetYear).text; y != "" && !r.isYear(y) {
		return
	}
	amount := r.cell(row, budgetAmount)
	sum, written, why := parseSum(amount, anyMark)
	currency := strings.ToUpper(r.cell(row, budgetCurrency).text)
	switch {
	case currency == "" && written != "":
		currency = written
	case currency == "":
		currency = r.currency
	}
	key := centreCurrency{request.CentreKey(centre), currency}
	_, known := request.MinorDigits(currency)
	switch {
	case centre == "":
		r.problem(row, budgetCentre, "missing-cost-centre", "This row has a budget and no cost centre.", "Cette ligne a un budget, mais pas de centre de coûts.")
	case why != "" || sum.IsNegative():
		r.problem(row, budgetAmount, "not-a-number", request.QuoteEN(amount.text)+" is not a budget.", request.QuoteFR(amount.text)+" n’est pas un budget.")
	case !known:
		r.problem(row, budgetCurrency, "not-a-currency", request.QuoteEN(currency)+" is not a currency.", request.QuoteFR(currency)+" n’est pas une devise.")
	case r.seen[key]:
		r.problem(row, budgetCentre, "duplicate", "The cost centre "+request.QuoteEN(centre)+" already has a budget above.", "Le centre de coûts "+request.QuoteFR(centre)+" a déjà un budget plus haut.")
	default:
		r.seen[key] = true
		r.budgets = append(r.budgets, Budget{CostCentre: centre, Currency: currency, Amount: sum})
	}
}

var yearPattern = regexp.MustCompile(`^(\d{4})(?:[-/–](\d{2}|\d{4}))?$`)

// isYear reports whether a fiscal year as people write it is the one asked for.
func (r *budgetReader) isYear(s string) bool {
	m := yearPattern.FindStringSubmatch(strings.ReplaceAll(s, " ", ""))
	if m == nil {
		return false
	}
	first, _ := strconv.Atoi(m[1])
	return first == r.year
}
