package forms

import (
	"regexp"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// scaledHeader is a header of amounts that are not whole ones: in thousands, millions or cents, or for a stretch of time.
var scaledHeader = regexp.MustCompile(`(?i)\$\s?0{3}|\(\s*0{3}'?s?\s*\)|\b0{3}'?s\b|\bk\s?\$|\$\s?k\b|\(\s*k\s*\)|\bm\s?\$|\(\s*m\s*\)|\bthousands?\b|\bmilliers?\b|\bmillions?\b|\bcents?\b|¢` +
	`|/\s?(?:yr|year|mo|month|week|day|h|hr|hour|an|année|mois|semaine|jour|heure)\b|\bper (?:year|month|week|day|hour)\b|\bpar (?:an|mois|semaine|jour|heure)\b|\bmonthly\b|\bmensuel(?:le)?\b`)

// isScaled reports whether a header of an amount says that its numbers are not the amounts of the line. A price for one may be
// that of a month: the quantity says of how many.
func isScaled(f request.Field, header string) bool {
	return f.Info().Kind == request.MoneyKind && f != request.UnitPrice && len(header) <= longestHeader && scaledHeader.MatchString(header)
}

// scaledField is the amount that a header of thousands or months is about; known where it is one of its own labels.
func scaledField(header string, known request.Field) request.Field {
	if known != request.NoField || len(header) > longestHeader || !scaledHeader.MatchString(header) {
		return known
	}
	bare := strings.TrimSpace(strings.NewReplacer("()", "", "( )", "").Replace(scaledHeader.ReplaceAllString(header, " ")))
	if like := Resembling(bare); len(like) > 0 {
		if f, ok := request.FieldByName(like[0].Name); ok && isScaled(f, header) {
			return f
		}
	}
	return request.NoField
}

// Notes above a table that are about all its amounts: "All amounts in US dollars", « Montants en milliers de dollars ».
var (
	aboutAmounts   = regexp.MustCompile(`(?i)\b(?:amounts?|prices?|figures|sums?|costs?|montants?|prix|sommes?|coûts?)\b`)
	aboutThousands = regexp.MustCompile(`(?i)\bthousands?\b|\bmilliers?\b|\bmillions?\b|\(\s*0{3}'?s?\s*\)`)
)

// longestNote is more than people write about the amounts of a table.
const longestNote = 120

// sheetNote takes what a row above the table says of all amounts: their currency, where no box names one, or that they are in thousands.
func (r *formReader) sheetNote(row *workbook.Row) {
	for i := range row.Cells {
		c := &row.Cells[i]
		if !isText(c) || len(c.Value) > longestNote || !aboutAmounts.MatchString(c.Value) {
			continue
		}
		if _, label := r.words.lookup(textOf(c)); label {
			continue
		}
		ref := workbook.Ref(c.Col, row.Number)
		if aboutThousands.MatchString(c.Value) && r.scaled == nil {
			r.scaled = &request.UnreadCell{Header: shortened(textOf(c)), Field: request.Total.String(), Cell: ref, Text: shortened(textOf(c))}
		}
		found := request.FindCurrency(textOf(c))
		if v := &r.shared[request.Currency]; found.Code != "" && found.Code != r.options.Currency && !v.Given && !v.Faulty && !found.Unclear {
			*v = request.Value{Text: found.Code, Cell: ref, Given: true}
			r.form.Problems = append(r.form.Problems, r.noteAt(request.Currency.Info().Label, ref, "currency-of-sheet", sheetCurrencyText(textOf(c), found.Code)))
		}
	}
}

func sheetCurrencyText(said, code string) request.Text {
	return request.Text{EN: request.QuoteEN(said) + " was read as the currency of all lines: " + code + ".",
		FR: request.QuoteFR(said) + " a été lu comme la devise de toutes les lignes\u00a0: " + code + "."}
}
