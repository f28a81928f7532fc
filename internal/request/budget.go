package request

import "github.com/shopspring/decimal"

// Budget is what was known of a cost centre's money in a fiscal year when one of its lines was judged. All amounts are in
// the policy's currency.
type Budget struct {
	CostCentre string          `json:"cost_centre"` // as the budget file writes it
	FiscalYear string          `json:"fiscal_year"` // "2026-27", of the day judged
	Amount     decimal.Decimal `json:"amount"`
	Committed  decimal.Decimal `json:"committed"` // approved in the year and not charged yet
	Spent      decimal.Decimal `json:"spent"`     // charged in the year
	Waiting    decimal.Decimal `json:"waiting"`   // with an officer, and may still be approved
	// Beside is what the other lines of the same workbook ask of the cost centre, so that two lines cannot both pass a
	// budget that they break together, in whatever order they stand.
	Beside decimal.Decimal `json:"beside"`
}

// Free is what is left for the line itself; below zero when the budget is overdrawn.
func (b *Budget) Free() decimal.Decimal {
	return b.Amount.Sub(b.Committed).Sub(b.Spent).Sub(b.Waiting).Sub(b.Beside)
}

// CentreKey is the bucket of day totals that all lines of a cost centre belong to, whatever the policy asks for; "" for a
// line that names none. No key of a TotalSpec begins like it.
func CentreKey(costCentre string) string {
	form := CompareForm(costCentre)
	if form == "" {
		return ""
	}
	return "budget=" + form + "\x1f"
}
