package statement

import (
	"slices"
	"strings"

	"handrail/internal/request"
)

// TouchesBudget reports whether a row spends, or gives back, what a cost centre has: posted purchases and refunds do, what passes
// between the bank and the card's account does not.
func (c *Charge) TouchesBudget() bool {
	return c.Status == Posted && (c.Kind == Purchase || c.Kind == Refund || c.Kind == Reversal)
}

// A row is the bank's own where every word of its text belongs to what banks write about such rows: "PAYMENT - THANK YOU" is a
// payment, "PAYMENT SYSTEMS INC" a shop.
var (
	paymentWords = bankWords("payment payments paiement paiements paiemen pymt pmt autopay versement ausgleich verrekening",
		`thank thanks you merci received recu recue online internet web telephone phone automatic auto automatique preauthorized preautorise
		preauthorised pre authorized authorised bill facture by par cheque check eft ach pad transfer virement from de du la le en ligne votre your to account compte
		direct debit deposit card carte credit bank banque visa mastercard amex mc balance solde reversal returned return nsf retourne mobile app branch
		succursale centre ref no via t caisse kreditkarte einzahlung vorig overzicht`)
	feeWords = bankWords("fee fees frais cotisation",
		`annual annuel annuels annuelle membership adhesion foreign transaction transactions currency conversion exchange late payment overlimit over
		limit service charge charges monthly mensuel mensuels card carte cash advance returned replacement remplacement international cross border
		plan sc nsf dishonoured statement copy rush additional supplementary supplementaire supplementaires retard paiement depassement de du d la limite
		devises devise etrangere etrangeres operation operations avance davance fonds tenue compte account maintenance programme program administration admin
		rebate reversal credit adjustment`)
	interestWords = bankWords("interest interet interets dinteret dinterets",
		`charge charges charged purchase purchases cash advance advances on finance frais d de sur les achats avances periodic du des fonds
		balance transfer rebate reversal credit adjustment`)
	cashWords    = [][]string{{"cash", "advance"}, {"atm", "withdrawal"}, {"avance", "de", "fonds"}, {"avance", "de", "caisse"}, {"retrait", "gab"}, {"retrait", "guichet"}, {"retrait", "cb"}, {"retrait", "dab"}, {"retrait", "au", "guichet"}}
	reversedWith = []string{"reversal", "reversed", "contrepassation", "annulation", "renversement"}
)

// cashCategories are the merchant categories of cash: manual and automatic disbursements, and quasi cash.
var cashCategories = []string{"6010", "6011"}

// ownWords are words that a bank's own row has: one of heads at least, and none but these.
type ownWords struct{ heads, others map[string]bool }

func bankWords(heads, others string) ownWords {
	set := func(list string) map[string]bool {
		m := map[string]bool{}
		for _, w := range strings.Fields(list) {
			m[w] = true
		}
		return m
	}
	return ownWords{set(heads), set(others)}
}

func (o ownWords) say(words []string) bool {
	head := false
	for _, w := range words {
		switch {
		case o.heads[w]:
			head = true
		case o.others[w], digitsIn(w) == len(w):
		default:
			return false
		}
	}
	return head
}

// kindOf says what a row is by its text, its merchant's category and its sign.
func kindOf(c *Charge) Kind {
	back := c.Amount.Amount.IsNegative()
	words := request.SupplierWords(c.Merchant)
	switch {
	case interestWords.say(words), slices.Equal(words, []string{"finance", "charge"}), slices.Equal(words, []string{"finance", "charges"}):
		return Interest
	case feeWords.say(words), slices.Equal(words, []string{"service", "charge"}):
		return Fee
	case back && slices.Equal(words, []string{"direct", "debit"}):
		return Payment
	case paymentWords.say(words) && (back || hasAny(words, "reversal", "returned", "nsf", "retourne")):
		return Payment
	case back && hasAny(words, "autopay") && hasAny(words, "pymt", "pmt", "payment"): // with the bank's name before
		return Payment
	case slices.Contains(cashCategories, c.Category), (beginsLike(words, cashWords) || fromMachine(words)) && !back:
		return Cash
	case back && len(words) > 0 && slices.Contains(reversedWith, words[0]):
		return Reversal
	case back:
		return Refund
	}
	return Purchase
}

// fromMachine reports cash from a machine: its word, and one for taking money out.
func fromMachine(words []string) bool {
	machine := hasAny(words, "atm", "abm", "gab", "dab")
	return machine && (hasAny(words, "withdrawal", "withdrwl", "retrait", "wd") || hasAny(words, "w") && hasAny(words, "d")) || hasAny(words, "geldautomaat", "geldautomat")
}

func hasAny(words []string, any ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(any, w) })
}

func beginsLike(words []string, beginnings [][]string) bool {
	return slices.ContainsFunc(beginnings, func(b []string) bool { return len(words) >= len(b) && slices.Equal(words[:len(b)], b) })
}
