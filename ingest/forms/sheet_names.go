package forms

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"handrail/internal/request"
)

// sheetRole is what a sheet's name says that the sheet is.
type sheetRole uint8

const (
	requestSheet sheetRole = iota // or nothing in particular
	exampleSheet                  // a worked example, or instructions with one
	otherSheet                    // something beside the request: quotes, a history, a list of prices
)

// Words of sheet names, folded. A name has a role when all of its words are of that role or mean nothing, and one is of
// the role: “Price list” is a list, “Sample kits” is not a sample.
var (
	exampleWords = wordSet("example examples exemple exemples sample samples specimen instruction instructions consigne consignes directives guide guidance " +
		"readme lisezmoi help aide notice tutorial howto modedemploi")
	otherWords = wordSet("quote quotes quotation quotations soumission soumissions devis bid bids comparison comparaison comparatif history historique archive archives " +
		"archived old ancien anciens ancienne anciennes previous precedent precedente precedents precedentes log journal lookup lookups lists listes catalogue catalogues " +
		"catalog budget budgets summary sommaire pricelist price prices prix tarif tarifs data donnees")
	plainWords = wordSet("a an and the of for to in on our your this how fill out use user users form forms request requests requisition requisitions purchase purchases order " +
		"orders item items line lines filled completed worked please read first list supplier suppliers vendor vendors three " +
		"le la les l de du des d et un une pour ce cette notre nos votre vos formulaire formulaires demande demandes requete achat achats commande commandes article articles " +
		"ligne lignes rempli remplie remplis remplies remplir comment liste fournisseur fournisseurs trois")
	// togetherWords join words that only mean something together.
	togetherWords = strings.NewReplacer("read me", "readme", "lisez moi", "lisezmoi", "how to", "howto", "mode d emploi", "modedemploi", "price list", "pricelist")
)

// roleOf is what a name says. A copy of a sheet (“Example (2)”) is no part of the template: somebody made it to fill it in.
func roleOf(name string, names []string) sheetRole {
	if isCopy(name, names) {
		return requestSheet
	}
	var folded []string
	for w := range strings.FieldsFuncSeq(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '&' }) {
		if w == "&" {
			w = "and"
		}
		folded = append(folded, request.Fold(w))
	}
	role, plain := requestSheet, true
	for w := range strings.FieldsSeq(togetherWords.Replace(strings.Join(folded, " "))) {
		switch {
		case exampleWords[w]:
			role = exampleSheet
		case otherWords[w]:
			role = max(role, otherSheet)
		case plainWords[w], strings.Trim(w, "0123456789") == "":
		default:
			plain = false
		}
	}
	if !plain || role == exampleSheet && slices.ContainsFunc(folded, func(w string) bool { return w == "and" || w == "et" }) {
		return requestSheet // “Form and instructions” is the form
	}
	return role
}

// How programs name the copy of a sheet: “Form (2)” (Excel), “Form_2” (LibreOffice), “Copy of Form” (Google), “Form-1”.
var (
	copyEnd   = regexp.MustCompile(`^(.+?)\s*(?:\(\d{1,3}\)|[_-]\d{1,3})$`)
	copyStart = regexp.MustCompile(`^(?i:copy of|copie de)\s+(.+)$`)
)

// isCopy reports whether a sheet is named as the copy of another one that is there.
func isCopy(name string, names []string) bool {
	for _, pattern := range []*regexp.Regexp{copyEnd, copyStart} {
		if m := pattern.FindStringSubmatch(name); m != nil && slices.Contains(names, m[1]) {
			return true
		}
	}
	return false
}
