package forms

import (
	"strings"
	"unicode"

	"handrail/internal/request"
)

// sumKind is what a row under the lines says.
type sumKind uint8

const (
	noSum sumKind = iota
	subtotalSum
	taxSum
	shippingSum
	totalSum
	withTaxSum   // a total that says that the tax is in it
	reductionSum // a discount, a deposit, a payment: what nobody can give to a line without asking
	columnSums   // a row without a label, or with sums in several columns
)

// footerStems are the words that say what a sum is, folded; footerFillers may stand beside them.
var footerStems = map[string]sumKind{
	"subtotal": subtotalSum, "soustotal": subtotalSum, "subtotals": subtotalSum, "soustotaux": subtotalSum,
	"total": totalSum, "totals": totalSum, "totaux": totalSum, "sum": totalSum, "somme": totalSum, "balance": totalSum, "solde": totalSum, "totale": totalSum, "totales": totalSum,
	"tax": taxSum, "taxes": taxSum, "taxe": taxSum, "gst": taxSum, "hst": taxSum, "pst": taxSum, "qst": taxSum, "rst": taxSum, "vat": taxSum, "tps": taxSum,
	"tvq": taxSum, "tvh": taxSum, "tvp": taxSum, "tva": taxSum,
	"shipping": shippingSum, "freight": shippingSum, "delivery": shippingSum, "handling": shippingSum, "postage": shippingSum, "transport": shippingSum,
	"livraison": shippingSum, "manutention": shippingSum, "expedition": shippingSum, "carriage": shippingSum, "courier": shippingSum, "transportation": shippingSum,
	"port": shippingSum, "ecofee": shippingSum, "ecofees": shippingSum, "ecofrais": shippingSum, "messagerie": shippingSum,
	"discount": reductionSum, "discounts": reductionSum, "rabais": reductionSum, "remise": reductionSum, "escompte": reductionSum, "rebate": reductionSum,
	"deposit": reductionSum, "acompte": reductionSum, "depot": reductionSum, "credit": reductionSum, "paid": reductionSum, "paye": reductionSum,
	"prepaid": reductionSum, "tradein": reductionSum, "surcharge": reductionSum, "contingency": reductionSum, "imprevus": reductionSum, "duty": reductionSum,
	"douane": reductionSum, "customs": reductionSum, "tip": reductionSum, "pourboire": reductionSum, "coupon": reductionSum,
}

var footerFillers = wordSet(`of for the this all in on at to and plus with within incl included including inclusive excl excluded excluding exclusive exempt before after pre post less
	due payable order requisition request page sheet form purchase estimated estimate approximate amount amounts cost costs price value charge charges fee fees grand overall final
	lines items line item section part sales goods services provincial federal harmonized quebec ontario rate net gross cad usd eur gbp ca us can dollars s h sh other if any only
	avant apres hors ht ttc taxable general generale montant montants cout couts prix frais de des du d la le les et l a au aux payer commande demande feuille estime estimee
	estimatif incluse incluses inclus comprises comprise compris sur vente ventes provinciale federale harmonisee taux brut brute lignes articles autres eventuel`)

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

var (
	beforeWords = wordSet("before avant hors ht excl excluded excluding exclusive pre pretax net exempt")
	withWords   = wordSet("after apres incl included including inclusive inclus incluse incluses compris comprise comprises ttc with")
)

// footerKind is what the label of a sum says, noSum when it is no such label: every word of it must be one of a sum's, so
// that a "Total station", a "Freight dolly" and "Sum Ltd" are things to buy. strict is false for a label that begins with
// subtotal or total and goes on with words of its own, such as a section's name: a sum beside it must say that it is one.
func footerKind(label string) (kind sumKind, strict bool) {
	if len(label) > longestHeader {
		return noSum, false
	}
	var buf [longestHeader]string
	words := footerTokens(buf[:0], label)
	if len(words) == 0 || len(words) > 24 {
		return noSum, false
	}
	seen := [columnSums + 1]bool{}
	strict = true
	before, with := false, false
	for i, w := range words {
		k, stem := footerStems[w]
		switch {
		case stem:
			seen[k] = true
		case footerFillers[w], len(w) == 1, strings.IndexFunc(w, func(r rune) bool { return !unicode.IsDigit(r) }) < 0:
		case i > 0 && (seen[subtotalSum] || seen[totalSum]):
			strict = false
		default:
			return noSum, false
		}
		before = before || beforeWords[w]
		with = with || withWords[w]
	}
	return kindOf(seen, before, with), strict
}

func kindOf(seen [columnSums + 1]bool, before, with bool) sumKind {
	switch {
	case seen[reductionSum]:
		return reductionSum
	case seen[subtotalSum]:
		return subtotalSum
	case seen[totalSum] && before:
		return subtotalSum
	case seen[totalSum] && with:
		return withTaxSum
	case seen[totalSum] && seen[taxSum] && !seen[shippingSum]:
		return taxSum
	case seen[totalSum] && seen[shippingSum] && !seen[taxSum]:
		return shippingSum
	case seen[totalSum]:
		return totalSum
	case seen[shippingSum]:
		return shippingSum
	case seen[taxSum]:
		return taxSum
	}
	return noSum
}

// footerTokens are the folded words of a label; "sub-total" and "sous total" are one.
func footerTokens(words []string, label string) []string {
	for w := range strings.FieldsFuncSeq(label, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		folded := request.Fold(w)
		if folded == "" {
			continue
		}
		if n := len(words); n > 0 && strings.HasPrefix(folded, "tota") && (words[n-1] == "sub" || words[n-1] == "sous") {
			words[n-1] += folded
			continue
		}
		if n := len(words); n > 0 && (folded == "frais" || folded == "fee" || folded == "fees") && (words[n-1] == "eco") {
			words[n-1] += folded
			continue
		}
		if len(words) == cap(words) {
			return words
		}
		words = append(words, folded)
	}
	// "sub" that stood alone at the end of a word list is no word of a sum.
	return words
}

// belowWords begin what stands under a table: signatures, notes, addresses, other tables.
var belowWords = wordSet(`signature signatures signed signe approved approval approvals approuve approuvee approbation approbations authorized authorised authorization authorisation autorise autorisation
	date name nom notes note remarks remarques comments commentaires purpose but objet justification reason motif raison requested demande recommended recommande certified certification
	certifie attestation declaration reviewed verifie prepared prepare received recu receiving reception reserved reserve office quote quotes quotation soumission soumissions
	instructions directives address adresse ship deliver livrer attention contact telephone phone courriel email terms conditions account accounts compte comptes distribution
	ventilation imputation budget finance finances manager gestionnaire director directeur directrice supervisor superviseur principal librarian buyer acheteur purchasing
	approvisionnement controller controleur witness temoin return retourner legend legende`)

// beginsBelow reports whether a text is how something begins that stands under a table, and is no line of it.
func beginsBelow(s string) bool {
	if strings.HasSuffix(s, ":") {
		return true
	}
	var buf [4]string
	words := footerTokens(buf[:0], s[:min(len(s), longestHeader)])
	return len(words) > 0 && belowWords[words[0]]
}
