package statement

import (
	"fmt"
	"slices"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

const mostOneWay = 0.8

// signs counts the amounts of a column by their sign: those of payments to the card by themselves.
type signs struct {
	below, above, paidBelow, paidAbove int
	boughtBelow, backAbove             int // whose texts say that something was bought, or given back
	otherwise                          int // whose texts say the other thing
}

func (n signs) negative() bool { return n.below+n.paidBelow > 0 }

// What the texts of rows say about their signs, folded.
var (
	boughtWords = []string{"achat", "achats", "purchase", "checkcard"}
	backWords   = []string{"refund", "remboursement", "avoir", "credit", "retour", "return"}
)

// bySign counts what a row's text says beside its sign.
func (n *signs) bySign(text string, negative bool) {
	words := request.SupplierWords(text)
	bought, back := hasAny(words, boughtWords...), hasAny(words, backWords...)
	switch {
	case bought == back:
	case bought && negative:
		n.boughtBelow++
	case back && !negative:
		n.backAbove++
	default:
		n.otherwise++
	}
}

func (s *sheetReader) signsOf(f field) (n signs) {
	for i := range s.rows {
		r := &s.rows[i]
		amount, _, why := parseSum(s.cell(r, f), s.point[f])
		if why != "" || amount.IsZero() || s.footer(r) || s.balance(r) || s.at[statusField] > 0 && s.statusOf(s.cell(r, statusField).text) == declinedStatus {
			continue
		}
		switch paid := saysPayment(s.cell(r, merchantName).text); {
		case paid && amount.IsNegative():
			n.paidBelow++
		case paid:
			n.paidAbove++
		case amount.IsNegative():
			n.below++
			n.bySign(s.cell(r, merchantName).text, true)
		default:
			n.above++
			n.bySign(s.cell(r, merchantName).text, false)
		}
	}
	return n
}

// purchaseSign decides which sign purchases have in a column of amounts: by the configuration, by payments to the card, which have the
// other one, and else by what most rows have. A file in which nearly all are below zero may be of purchases or of money back: it
// is refused, for reading it wrongly would be wrong in every row.
func (s *sheetReader) purchaseSign() error {
	if s.at[debitAmount] > 0 {
		n := s.signsOf(debitAmount)
		s.minusDebits = n.below > 1 && n.above == 0
		if err := s.mostlyCredits(n); err != nil {
			return err
		}
	}
	if s.at[directionField] != 0 || s.at[chargeAmount] == 0 {
		return nil
	}
	n := s.signsOf(chargeAmount)
	all := n.below + n.above
	negative, known := s.options.negativePurchases()
	s.negative = negative
	switch {
	case known && negative && all > 2 && float64(n.above) > mostOneWay*float64(all) && n.paidAbove == 0,
		known && !negative && all > 2 && float64(n.below) > mostOneWay*float64(all) && n.paidBelow == 0:
		return s.signContradicts(n, negative)
	case known:
		return nil
	case n.paidAbove > 0 && n.paidBelow == 0 && 2*n.below > all:
		s.negative = true
		return nil
	case 2*n.below > all && n.boughtBelow > 0 && n.backAbove > 0 && n.otherwise == 0:
		s.negative = true
		return nil
	case all > 1 && 2*n.below > all: // money back is seldom the most of a statement
		return s.signUnknown(n)
	case all == 1 && n.below == 1 && n.paidBelow+n.paidAbove == 0:
		s.note(&s.header, s.at[chargeAmount], request.NoteSeverity, "one-refund", "The only amount is below zero and was taken for money back. If this bank writes purchases with a minus, set purchases = \"negative\" in the sender's profile.",
			"Le seul montant est négatif et a été lu comme un remboursement. Si cette banque inscrit les achats avec un moins, inscrivez purchases = \"negative\" dans le profil de l’expéditeur.")
	}
	return nil
}

// mostlyCredits looks at a file with more money back than purchases: its two columns may have each other's headers. Where nearly all is
// money back it is refused, unless a profile says which column is which.
func (s *sheetReader) mostlyCredits(debits signs) error {
	if s.at[creditAmount] == 0 || s.why[s.at[creditAmount]-1] == byProfile {
		return nil
	}
	credits := s.signsOf(creditAmount)
	back, all := credits.below+credits.above, credits.below+credits.above+debits.below+debits.above
	if 2*back <= all {
		return nil
	}
	c, d := workbook.Column(s.at[creditAmount]), workbook.Column(s.at[debitAmount])
	if all > 2 && float64(back) > mostOneWay*float64(all) {
		return refuse(s.options, "sign", s.header.line,
			fmt.Sprintf("%d of %d amounts stand in column %s, the credits: they are all money back, or columns %s and %s have each other's headers. Say which in the sender's profile: columns = { debit = …, credit = … }.", back, all, c, d, c),
			fmt.Sprintf("%d montants sur %d sont dans la colonne %s, celle des crédits\u00a0: ce sont tous des remboursements, ou les en-têtes des colonnes %s et %s sont inversés. Dites-le dans le profil de l’expéditeur\u00a0: columns = { debit = …, credit = … }.", back, all, c, d, c))
	}
	s.note(&s.header, s.at[creditAmount], request.NoteSeverity, "mostly-credits", "There is more money back than purchases: the columns of debits and credits may have each other's headers.",
		"Il y a plus de remboursements que d’achats\u00a0: les en-têtes des colonnes de débits et de crédits sont peut-être inversés.")
	return nil
}

func (s *sheetReader) signUnknown(n signs) error {
	column := workbook.Column(s.at[chargeAmount])
	return refuse(s.options, "sign", s.header.line,
		fmt.Sprintf("%d of %d amounts in column %s are below zero: they are purchases of a bank that writes them with a minus, or money back. Say which: purchases = \"negative\" or \"positive\" in the sender's profile, or statement_purchases_negative = true in [finance.reconcile] for every sender.", n.below, n.below+n.above, column),
		fmt.Sprintf("%d montants sur %d de la colonne %s sont négatifs\u00a0: ce sont les achats d’une banque qui les inscrit avec un moins, ou des remboursements. Dites-le\u00a0: purchases = \"negative\" ou \"positive\" dans le profil de l’expéditeur, ou statement_purchases_negative = true dans [finance.reconcile] pour tous.", n.below, n.below+n.above, column))
}

func (s *sheetReader) signContradicts(n signs, negative bool) error {
	column, said, saidFR, there, thereFR, count := workbook.Column(s.at[chargeAmount]), "with a minus", "avec un moins", "above", "positifs", n.above
	if !negative {
		said, saidFR, there, thereFR, count = "without a minus", "sans moins", "below", "négatifs", n.below
	}
	return refuse(s.options, "sign", s.header.line,
		fmt.Sprintf("The configuration says that this bank writes purchases %s, and %d of %d amounts in column %s are %s zero: they are all money back, or the bank writes them otherwise now. Correct purchases in the sender's profile (or statement_purchases_negative), or send the money back together with the purchases.", said, count, n.below+n.above, column, there),
		fmt.Sprintf("La configuration dit que cette banque inscrit les achats %s, mais %d montants sur %d de la colonne %s sont %s\u00a0: ce sont tous des remboursements, ou la banque les inscrit autrement. Corrigez purchases dans le profil de l’expéditeur (ou statement_purchases_negative), ou envoyez les remboursements avec les achats.", saidFR, count, n.below+n.above, column, thereFR))
}

// saysPayment reports the text of a payment to the card that is no shop's: more than the one word.
func saysPayment(text string) bool {
	words := request.SupplierWords(text)
	return len(words) > 1 && paymentWords.say(words) && !feeWords.say(words) && !hasAny(words, "reversal", "returned", "nsf", "retourne")
}

func paidToCard(c *Charge) bool { return saysPayment(c.Merchant) && c.Amount.Amount.IsPositive() }

// typeKinds are the words of a column of types, folded, that say what a row is; the others say only debit or credit.
var typeKinds = map[string]Kind{"payment": Payment, "paiement": Payment, "fee": Fee, "frais": Fee, "interest": Interest, "interet": Interest, "interets": Interest,
	"cashadvance": Cash, "avancedefonds": Cash, "cash": Cash, "cashwithdrawal": Cash, "atmwithdrawal": Cash, "abmwithdrawal": Cash, "cpt": Cash, "fees": Fee, "feesandcharges": Fee, "servicecharge": Fee, "reversal": Reversal, "contrepassation": Reversal}

// kindOf says what a row is: by a column of types, and else by its text, its category and its sign.
func (s *sheetReader) kindOf(r *record, c *Charge) Kind {
	if kind := typeKinds[request.Fold(s.cell(r, directionField).text)]; kind != Purchase {
		return kind
	}
	if kind := typeKinds[request.Fold(r.text(s.typed-1))]; s.typed > 0 && (kind == Cash || kind == Fee || kind == Interest) && c.Amount.Amount.IsPositive() {
		return kind
	}
	return kindOf(c)
}

// reversedDates notes a purchase that was posted before it was made: the two columns may be the wrong way round.
func (s *sheetReader) reversedDates(r *record, c *Charge) {
	if c.Posted.Before(c.Transacted) && slices.Min([]int{s.at[postingDate], s.at[transactionDate]}) > 0 {
		s.problem(r, postingDate, request.NoteSeverity, "posted-before", "This row was posted before the day of its purchase: the two dates may stand the wrong way round.",
			"Cette ligne a été comptabilisée avant le jour de l’achat\u00a0: les deux dates sont peut-être inversées.")
	}
}
