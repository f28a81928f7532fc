package statement

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// contradictory refuses a file whose rows contradict each other in what they all must have in common: read by any rule, some of them would be wrong
// without anybody seeing it.
func (s *sheetReader) contradictory() error {
	switch {
	case s.excelDays():
		return refuse(s.options, "excel-days", s.header.line,
			"The dates are the day numbers of a spreadsheet (46297 for 2026-10-02). Format the column as dates and export it again, or say so in the sender's profile: dates = \"excel\".",
			"Les dates sont les numéros de jour d’un tableur (46297 pour 2026-10-02). Mettez la colonne au format date et exportez-la de nouveau, ou dites-le dans le profil de l’expéditeur\u00a0: dates = \"excel\".")
	case s.bothOrders:
		return refuse(s.options, "dates", s.header.line,
			"Some dates have the day in front and others the month: those that could be both cannot be known. Export the dates as year-month-day.",
			"Certaines dates commencent par le jour et d’autres par le mois\u00a0: celles qui peuvent être les deux sont impossibles à lire. Exportez les dates sous la forme année-mois-jour.")
	case s.plusDebits && s.minusDebitRows > 1:
		return refuse(s.options, "sign", s.header.line,
			fmt.Sprintf("Column %s says debit of amounts above and below zero: type and sign contradict each other. Export the statement again, or set the columns in the sender's profile.", workbook.Column(s.at[directionField])),
			fmt.Sprintf("La colonne %s indique un débit pour des montants positifs et négatifs\u00a0: le type et le signe se contredisent. Exportez de nouveau le relevé ou inscrivez les colonnes dans le profil de l’expéditeur.", workbook.Column(s.at[directionField])))
	case s.contrary > 0 && !s.signsOf(chargeAmount).negative():
		return s.otherThanHeader(s.contrary, "direction")
	case s.lessThanSubtotal(), s.noAmounts():
		return s.otherThanHeader(s.at[chargeAmount], "amount")
	case s.wholeNumbers():
		return refuse(s.options, "cents", s.header.line,
			fmt.Sprintf("No amount in column %s has decimals, and the currencies are written small, as programs do that count in cents: they may be in cents. Say so in the sender's profile: decimal = \"cents\", or decimal = \"point\" where they are whole.", workbook.Column(s.at[chargeAmount])),
			fmt.Sprintf("Aucun montant de la colonne %s n’a de décimales et les devises sont en minuscules, comme dans les programmes qui comptent en cents\u00a0: ce sont peut-être des cents. Dites-le dans le profil de l’expéditeur\u00a0: decimal = \"cents\", ou decimal = \"point\" s’ils sont entiers.", workbook.Column(s.at[chargeAmount])))
	case s.at[debitAmount] == 0 || s.at[creditAmount] == 0:
		return nil
	}
	both, one := 0, 0
	for i := range s.rows {
		debit, _, why := parseSum(s.cell(&s.rows[i], debitAmount), s.point[debitAmount])
		credit, _, whyNot := parseSum(s.cell(&s.rows[i], creditAmount), s.point[creditAmount])
		switch isDebit, isCredit := why == "" && !debit.IsZero(), whyNot == "" && !credit.IsZero(); {
		case s.footer(&s.rows[i]):
		case isDebit && isCredit:
			both++
		case isDebit || isCredit:
			one++
		}
	}
	if both > one {
		return refuse(s.options, "ambiguous", s.header.line,
			fmt.Sprintf("Columns %s and %s have an amount each in most rows: nobody can say which of the two was charged. Name the right one in the sender's profile: columns = { amount = … }.", workbook.Column(s.at[debitAmount]), workbook.Column(s.at[creditAmount])),
			fmt.Sprintf("Les colonnes %s et %s contiennent chacune un montant dans la plupart des lignes\u00a0: nul ne peut dire lequel a été porté au compte. Désignez le bon dans le profil de l’expéditeur\u00a0: columns = { amount = … }.", workbook.Column(s.at[debitAmount]), workbook.Column(s.at[creditAmount])))
	}
	return nil
}

// noAmounts reports a column of amounts that holds a running balance, whose steps are another column's amounts, or the same number in every row beside a column of sums.
func (s *sheetReader) noAmounts() bool {
	if s.at[chargeAmount] == 0 || s.why[s.at[chargeAmount]-1] == byProfile {
		return false
	}
	at := s.at[chargeAmount] - 1
	if s.wholeBesideSums(at) {
		return true
	}
	for _, i := range s.extra {
		if !s.used(i) {
			continue
		}
		var before, otherBefore decimal.Decimal
		rows, steps, equal, sums := 0, 0, 0, 0
		for n := range s.rows {
			amount, _, why := parseSum(s.rows[n].at(at), s.point[chargeAmount])
			other, _, whyNot := parseSum(s.rows[n].at(i), anyMark)
			if why != "" || whyNot != "" || s.footer(&s.rows[n]) {
				continue
			}
			if step := amount.Sub(before).Abs(); rows > 0 && !step.IsZero() && (step.Equal(other.Abs()) || step.Equal(otherBefore.Abs())) {
				steps++
			}
			if rows > 0 && amount.Equal(before) && amount.IsInteger() && !other.Equal(otherBefore) {
				equal++
			}
			if !other.IsInteger() {
				sums++
			}
			before, otherBefore = amount, other
			rows++
		}
		if rows > 3 && (steps == rows-1 || equal == rows-1 && sums > 0) {
			return true
		}
	}
	return false
}

// wholeBesideSums reports amounts without decimals beside a column of no amount in which most numbers have some: numbers of something, whose header is the
// amount's.
func (s *sheetReader) wholeBesideSums(at int) bool {
	whole := 0
	for n := range s.rows {
		v := s.rows[n].at(at)
		if amount, _, why := parseSum(v, s.point[chargeAmount]); why != "" || v.exact || amount.IsZero() || s.footer(&s.rows[n]) {
			continue
		}
		if decimals(v.text) > 0 {
			return false
		}
		whole++
	}
	if whole < fewestWhole {
		return false
	}
	for i, f := range s.out.fields {
		if i == at || f == originalAmount || f == debitAmount || f == creditAmount || !s.used(i) {
			continue
		}
		sums := 0
		for n := range s.rows {
			v := s.rows[n].at(i)
			if _, _, why := parseSum(v, anyMark); why == "" && !v.exact && decimals(v.text) > 0 {
				sums++
			}
		}
		if 2*sums >= whole {
			return true
		}
	}
	return false
}

// excelDays reports a file in which every date is the number of a day of our time.
func (s *sheetReader) excelDays() bool {
	if s.dates == excelDays {
		return false
	}
	some := false
	for i := range s.rows {
		for _, f := range []field{postingDate, transactionDate} {
			switch v := s.cell(&s.rows[i], f); {
			case v.text == "" || s.footer(&s.rows[i]):
			case v.exact || !v.date.IsZero() || len(v.text) != 5 || !allDigits(v.text) || v.text < "36000" || v.text > "73000":
				return false
			default:
				some = true
			}
		}
	}
	return some
}

// fewestWhole is how many amounts without decimals make one ask whether they are in cents.
const fewestWhole = 4

// wholeNumbers reports a file of amounts that may be in cents: none has decimals, one at least is large, and the currencies are written small, as programs
// write them that count in cents.
func (s *sheetReader) wholeNumbers() bool {
	s.cents = s.options.profile().Decimal == "cents"
	if s.at[chargeAmount] == 0 || s.at[chargeCurrency] == 0 || s.options.profile().Decimal != "" {
		return false
	}
	all, large := 0, false
	for i := range s.rows {
		v, code := s.cell(&s.rows[i], chargeAmount), s.cell(&s.rows[i], chargeCurrency).text
		amount, _, why := parseSum(v, s.point[chargeAmount])
		if why != "" || v.exact || amount.IsZero() || s.footer(&s.rows[i]) {
			continue
		}
		places, known := request.MinorDigits(strings.ToUpper(code))
		if decimals(v.text) > 0 || !amount.IsInteger() || code != strings.ToLower(code) || !known || places == 0 {
			return false
		}
		all++
		large = large || amount.Abs().IntPart() >= 1000
	}
	return all >= fewestWhole && large
}

// lessThanSubtotal reports an amount that is less than its subtotal or tax.
func (s *sheetReader) lessThanSubtotal() bool {
	if s.at[chargeAmount] == 0 || s.why[s.at[chargeAmount]-1] == byProfile {
		return false
	}
	for _, i := range s.extra {
		if h := request.Fold(s.header.cells[i].text); h != "subtotal" && h != "soustotal" && h != "net" && h != "netamount" && h != "tax" && h != "vat" && h != "taxes" || !s.used(i) {
			continue
		}
		for n := range s.rows {
			amount, _, why := parseSum(s.cell(&s.rows[n], chargeAmount), s.point[chargeAmount])
			part, _, whyNot := parseSum(s.rows[n].at(i), anyMark)
			if why == "" && whyNot == "" && amount.Abs().LessThan(part.Abs()) && !s.footer(&s.rows[n]) {
				return true
			}
		}
	}
	return false
}
