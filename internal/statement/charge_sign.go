package statement

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// direction is what a column that says debit or credit says of a row.
type direction uint8

const (
	noDirection direction = iota
	debitRow
	creditRow
)

// directionWords are the words of such a column, folded.
var directionWords = map[string]direction{
	"d": debitRow, "dr": debitRow, "db": debitRow, "dt": debitRow, "debit": debitRow, "charge": debitRow, "purchase": debitRow, "sale": debitRow,
	"achat": debitRow, "vente": debitRow,
	"c": creditRow, "cr": creditRow, "ct": creditRow, "credit": creditRow, "refund": creditRow, "return": creditRow, "remboursement": creditRow,
	"retour": creditRow, "payment": creditRow, "paiement": creditRow,
}

// directionNames are headers that can only mean such a column; others, such as Type, mean it when all their words do.
var directionNames = []string{"dr/cr", "cr/dr", "d/c", "c/d", "debit/credit", "credit/debit", "debit or credit", "debit credit indicator", "dc indicator",
	"débit/crédit", "crédit/débit", "débit ou crédit", "indicateur débit crédit"}

// directionColumn decides whether the column that may say debit or credit does.
func (s *sheetReader) directionColumn() {
	i := s.at[directionField]
	if i == 0 {
		return
	}
	known, other, numbers := 0, 0, 0
	for n := range s.rows {
		text := s.cell(&s.rows[n], directionField).text
		switch _, _, why := parseSum(cellValue{text: text}, anyMark); {
		case text == "":
		case directionWords[request.Fold(text)] != noDirection:
			known++
		case why == "":
			numbers++
		default:
			other++
		}
	}
	certain := slices.ContainsFunc(directionNames, func(name string) bool { return request.Fold(name) == request.Fold(s.header.cells[i-1].text) })
	switch {
	case known == 0 && numbers > 0 && s.at[chargeAmount] == 0 && s.at[debitAmount] == 0:
		s.at[directionField], s.at[chargeAmount], s.out.fields[i-1] = 0, i, chargeAmount // one column for both, signed
	case known == 0, other > 0 && !certain:
		s.at[directionField], s.out.fields[i-1] = 0, noField
		s.extra = append(s.extra, i-1)
		slices.Sort(s.extra)
	}
}

// debitSign learns which sign the bank gives debits, where a column says which rows they are.
func (s *sheetReader) debitSign() {
	if s.at[directionField] == 0 {
		return
	}
	for n := range s.rows {
		amount, _, why := parseSum(s.cell(&s.rows[n], chargeAmount), s.point[chargeAmount])
		if why == "" && directionWords[request.Fold(s.cell(&s.rows[n], directionField).text)] == debitRow {
			s.plusDebits = s.plusDebits || amount.IsPositive()
		}
	}
}

// signed gives an amount the sign that the row's debit or credit says; ok is false when it says neither, or when the
// amount contradicts it.
func (s *sheetReader) signed(r *record, amount decimal.Decimal) (decimal.Decimal, bool) {
	if s.at[directionField] == 0 {
		return amount, true
	}
	text := s.cell(r, directionField).text
	switch directionWords[request.Fold(text)] {
	case debitRow:
		if amount.IsNegative() && s.plusDebits {
			s.problem(r, directionField, request.ReturnSeverity, "ambiguous-sign", "This row is a debit below zero, and other debits are above: it could be a purchase or money back.",
				"Cette ligne est un débit négatif alors que d’autres sont positifs\u00a0: ce peut être un achat ou un remboursement.")
			return decimal.Zero, false
		}
		return amount.Abs(), true
	case creditRow:
		return amount.Abs().Neg(), true
	}
	s.problem(r, directionField, request.ReturnSeverity, "no-direction", request.QuoteEN(text)+" says neither debit nor credit.", request.QuoteFR(text)+" n’indique ni débit ni crédit.")
	return decimal.Zero, false
}

const (
	fewestForSign = 5 // rows; of fewer nobody can say what the bank's sign is
	mostNegative  = 0.8
)

// purchaseSign refuses a statement whose amounts are nearly all below zero: there a minus means a purchase, and reading it
// as money back would be wrong for every row. The configuration says so once.
func (s *sheetReader) purchaseSign() error {
	if s.options.PurchasesNegative || s.at[directionField] != 0 || s.at[chargeAmount] == 0 {
		return nil
	}
	negative, all := 0, 0
	for n := range s.rows {
		amount, _, why := parseSum(s.cell(&s.rows[n], chargeAmount), s.point[chargeAmount])
		if why != "" || amount.IsZero() || s.footer(&s.rows[n]) {
			continue
		}
		all++
		if amount.IsNegative() {
			negative++
		}
	}
	if all < fewestForSign || float64(negative) <= mostNegative*float64(all) {
		return nil
	}
	return refuse(s.options, "sign", s.header.line,
		fmt.Sprintf("%d of %d amounts in column %s are below zero. If this bank writes purchases with a minus, set statement_purchases_negative = true in [finance.reconcile].", negative, all, workbook.Column(s.at[chargeAmount])),
		fmt.Sprintf("%d montants sur %d de la colonne %s sont négatifs. Si cette banque inscrit les achats avec un moins, indiquez statement_purchases_negative = true dans [finance.reconcile].", negative, all, workbook.Column(s.at[chargeAmount])))
}

// balances are rows that a bank puts among the charges and that are none, folded. "New balance" is not among them: it is
// also a shop.
var balances = []string{"previousbalance", "openingbalance", "closingbalance", "balanceforward", "balancebroughtforward",
	"soldeprecedent", "soldeanterieur", "soldereporte", "nouveausolde", "soldedouverture", "soldedefermeture", "soldedecloture"}

// balance recognises a row that states a balance.
func (s *sheetReader) balance(r *record) bool {
	return slices.Contains(balances, request.Fold(s.cell(r, merchantName).text))
}
