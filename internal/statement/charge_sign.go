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
	"+": debitRow, "-": creditRow,
	"capture": debitRow, "purchases": debitRow, "achats": debitRow, "chargeback": creditRow,
	"d": debitRow, "dr": debitRow, "db": debitRow, "dt": debitRow, "debit": debitRow, "charge": debitRow, "purchase": debitRow, "sale": debitRow,
	"achat": debitRow, "vente": debitRow,
	"c": creditRow, "cr": creditRow, "ct": creditRow, "credit": creditRow, "refund": creditRow, "return": creditRow, "remboursement": creditRow,
	"retour": creditRow, "payment": creditRow, "paiement": creditRow, "fee": debitRow, "frais": debitRow, "interest": debitRow, "interet": debitRow, "interets": debitRow,
	"cashadvance": debitRow, "avancedefonds": debitRow, "cash": debitRow, "reversal": creditRow, "contrepassation": creditRow,
	"adjustment": signedRow, "ajustement": signedRow,
}

// directionOf is what a word of such a column says.
func directionOf(text string) direction {
	if text == "+" || text == "-" {
		return directionWords[text]
	}
	return directionWords[request.Fold(text)]
}

// directionNames are headers that can only mean such a column; others, such as Type, mean it when all their words do.
var directionNames = []string{"dr/cr", "cr/dr", "d/c", "c/d", "debit/credit", "credit/debit", "debit or credit", "debit credit indicator", "dc indicator",
	"débit/crédit", "crédit/débit", "débit ou crédit", "indicateur débit crédit"}

// directionColumn decides whether the column that may say debit or credit does.
func (s *sheetReader) directionColumn() {
	i := s.at[directionField]
	if i == 0 {
		s.directionByContent()
		return
	}
	known, other, numbers, debits := 0, 0, 0, 0
	for n := range s.rows {
		text := s.cell(&s.rows[n], directionField).text
		switch _, _, why := parseSum(cellValue{text: text}, anyMark); {
		case text == "":
		case directionOf(text) != noDirection:
			known++
			if d := directionOf(text); d == debitRow || request.Fold(text) != "payment" && request.Fold(text) != "paiement" {
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
		if request.Fold(s.header.cells[i-1].text) != "category" && request.Fold(s.header.cells[i-1].text) != "categorie" { // an office's categories are none of the bank's
			s.typed = i
		}
		if s.drop(directionField); certain && known == 0 && s.used(i-1) {
			s.contrary = i
			return
		}
		s.directionByContent()
	}
}

// directionByContent takes a column of another header for the one that says debit or credit, where no amount has a sign and both words stand in it, and nothing
// else.
func (s *sheetReader) directionByContent() {
	if s.at[chargeAmount] == 0 || s.signsOf(chargeAmount).negative() {
		return
	}
	for i := range s.header.cells {
		if f := s.out.fields[i]; f == postingDate || f == transactionDate || f == merchantName || f == chargeAmount || f == chargeCurrency || f == statusField || !s.used(i) {
			continue
		}
		debits, credits, others := 0, 0, 0
		for n := range s.rows {
			switch text := s.rows[n].text(i); {
			case text == "" || s.footer(&s.rows[n]) || s.repeatsHeader(&s.rows[n]):
			case directionOf(text) == debitRow:
				debits++
			case directionOf(text) == creditRow:
				credits++
			default:
				others++
			}
		}
		if debits > 0 && credits > 0 && others == 0 {
			s.at[s.out.fields[i]] = 0
			s.at[directionField], s.out.fields[i], s.why[i] = i+1, directionField, byContent
			s.extra = slices.DeleteFunc(s.extra, func(x int) bool { return x == i })
			return
		}
	}
}

// debitSign learns which sign the bank gives debits, where a column says which rows they are.
func (s *sheetReader) debitSign() {
	if s.at[directionField] == 0 {
		return
	}
	for n := range s.rows {
		amount, _, why := parseSum(s.cell(&s.rows[n], chargeAmount), s.point[chargeAmount])
		if why == "" && directionOf(s.cell(&s.rows[n], directionField).text) == debitRow {
			s.plusDebits = s.plusDebits || amount.IsPositive()
			if amount.IsNegative() {
				s.minusDebitRows++
			}
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
	switch directionOf(text) {
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
		case s.minusDebitRows > 0:
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
