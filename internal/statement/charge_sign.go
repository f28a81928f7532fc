package statement

import (
	"slices"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// direction is what a column that says debit or credit says of a row.
type direction uint8

const (
	noDirection direction = iota
	debitRow
	creditRow
	signedRow // it may be either, and its sign says which
)

// directionWords are the words of such a column, folded.
var directionWords = map[string]direction{
	"d": debitRow, "dr": debitRow, "db": debitRow, "dt": debitRow, "debit": debitRow, "charge": debitRow, "purchase": debitRow, "sale": debitRow,
	"achat": debitRow, "vente": debitRow,
	"c": creditRow, "cr": creditRow, "ct": creditRow, "credit": creditRow, "refund": creditRow, "return": creditRow, "remboursement": creditRow,
	"retour": creditRow, "payment": creditRow, "paiement": creditRow, "fee": debitRow, "frais": debitRow, "interest": debitRow, "interet": debitRow, "interets": debitRow,
	"cashadvance": debitRow, "avancedefonds": debitRow, "cash": debitRow, "reversal": creditRow, "contrepassation": creditRow,
	"adjustment": signedRow, "ajustement": signedRow,
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
	known, other, numbers, debits := 0, 0, 0, 0
	for n := range s.rows {
		text := s.cell(&s.rows[n], directionField).text
		switch _, _, why := parseSum(cellValue{text: text}, anyMark); {
		case text == "":
		case directionWords[request.Fold(text)] != noDirection:
			known++
			if d := directionWords[request.Fold(text)]; d == debitRow || request.Fold(text) != "payment" && request.Fold(text) != "paiement" {
				debits++
			}
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
	case known == 0, other > 0 && !certain, debits == 0: // a column in which every row is a payment says nothing
		s.drop(directionField)
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
			s.plusDebits, s.minusRows = s.plusDebits || amount.IsPositive(), s.minusRows || amount.IsNegative()
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
	case signedRow:
		switch {
		case s.plusDebits:
			return amount, true
		case s.minusRows:
			return amount.Neg(), true
		}
	}
	s.problem(r, directionField, request.ReturnSeverity, "no-direction", request.QuoteEN(text)+" says neither debit nor credit.", request.QuoteFR(text)+" n’indique ni débit ni crédit.")
	return decimal.Zero, false
}

// balances are rows that a bank puts among the charges and that are none, folded. "New balance" is not among them: it is
// also a shop.
var balances = []string{"previousbalance", "openingbalance", "closingbalance", "balanceforward", "balancebroughtforward",
	"soldeprecedent", "soldeanterieur", "soldereporte", "nouveausolde", "soldedouverture", "soldedefermeture", "soldedecloture"}

// balance recognises a row that states a balance.
func (s *sheetReader) balance(r *record) bool {
	return slices.Contains(balances, request.Fold(s.cell(r, merchantName).text))
}
