package report

import (
	"strconv"
	"strings"
	"unicode"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Headings of what finance says of merchants.
var (
	colAliasMerchant = request.Text{EN: "Merchant’s text", FR: "Texte du marchand"}
	colAliasOf       = request.Text{EN: "Is the supplier", FR: "Est le fournisseur"}
	colAliasCorrect  = request.Text{EN: "Correct (fill in)", FR: "Corriger (à remplir)"}
	colAliasKey      = request.Text{EN: "Alias key", FR: "Clé de l’autre nom"}
)

// ReturnedAlias is what finance says of a merchant's text: that it is no name of a supplier's, is another's, or is one's.
type ReturnedAlias struct {
	ID       int64 // of the alias that the row is of; 0 for a row that somebody added
	Merchant string
	Supplier string // of an added row
	Remove   bool
	Other    string // another supplier, where one is named; with Remove it may be a reason as well
	Said     string // as it was written
	Place    RowPlace
}

// readAlias reads a row of the sheet of aliases: at are the columns of merchant, supplier, answer and key.
func (h *Returned) readAlias(r *workbook.Row, at []int, file string) {
	value := func(i int) string {
		if c := r.Cell(at[i]); c != nil {
			return request.Clean(c.Value)
		}
		return ""
	}
	a := ReturnedAlias{Merchant: value(0), Supplier: value(1), Said: value(2), Place: RowPlace{file, h.sheet, r.Number}}
	problem := func(what request.Text) { h.Problems = append(h.Problems, RowProblem{a.Place, what}) }
	said, name := aliasWords(value(2))
	if key := value(3); key != "" {
		id, ok := readAliasKey(key)
		switch {
		case said == aliasKept:
			return
		case !ok || a.Merchant == "":
			problem(request.Text{
				EN: "The key or the merchant’s text is damaged in this row: nothing was done. Copy it again from the workbook that you were sent.",
				FR: "La clé ou le texte du marchand est endommagé dans cette rangée\u00a0: rien n’a été fait. Copiez-le de nouveau à partir du classeur reçu.",
			})
			return
		case said == aliasUnclear:
			problem(request.Text{
				EN: request.QuoteEN(value(2)) + " does not say what is wrong with this name. Write “remove”, or the supplier that the merchant is, or leave the cell empty.",
				FR: request.QuoteFR(value(2)) + " n’indique pas ce qui est erroné dans ce nom. Inscrivez «\u00a0retirer\u00a0», ou le fournisseur dont il s’agit, ou laissez la cellule vide.",
			})
			return
		}
		a.ID, a.Remove, a.Other = id, said == aliasRemoved, name
		h.Aliases = append(h.Aliases, a)
		return
	}
	switch {
	case said == aliasNamed && a.Supplier == "":
		a.Supplier = name
	case said == aliasRemoved || a.Merchant == "" && a.Supplier == "":
		return
	}
	if a.Merchant == "" || a.Supplier == "" {
		problem(request.Text{
			EN: "A row that is added needs both: the merchant’s text as the statement has it, and the supplier as it stands on lines.",
			FR: "Une rangée ajoutée doit porter les deux\u00a0: le texte du marchand tel qu’au relevé, et le fournisseur tel qu’il figure aux lignes.",
		})
		return
	}
	h.Aliases = append(h.Aliases, a)
}

const aliasKeyMark = "N-"

func aliasKey(id int64) string { return aliasKeyMark + strconv.FormatInt(id, 10) }

func readAliasKey(s string) (id int64, ok bool) {
	digits, is := strings.CutPrefix(s, aliasKeyMark)
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, is && err == nil && id > 0
}

// aliasAnswer is what somebody wrote beside an alias.
type aliasAnswer int

const (
	aliasKept    aliasAnswer = iota // nothing, or that it is right
	aliasRemoved                    // it is wrong
	aliasNamed                      // it is another supplier's
	aliasUnclear
)

// aliasWords reads an answer beside an alias: "remove", « retirer », the name of another supplier. After a word for removing, what
// follows is the other supplier or the reason: only who knows the suppliers can tell.
func aliasWords(text string) (said aliasAnswer, name string) {
	text = strings.TrimFunc(request.Clean(text), func(r rune) bool { return strings.ContainsRune("!…", r) || unicode.IsSpace(r) })
	plain := plainWords(text)
	switch {
	case text == "" || strings.Trim(text, "-–—.") == "" || request.Fold(text) == "na" || request.Fold(text) == "so":
		return aliasKept, ""
	case strings.Contains(text, "?"):
		return aliasUnclear, ""
	case removeAliasWords(plain):
		return aliasRemoved, ""
	case keepAliasWords(plain):
		return aliasKept, ""
	case unclearAliasWords(plain):
		return aliasUnclear, ""
	}
	head, tail := text, ""
	if i := strings.IndexFunc(text, func(r rune) bool { return strings.ContainsRune(":;,–—(.", r) }); i > 0 {
		head, tail = text[:i], strings.Trim(text[i:], ":;,–—().\u00a0 ")
	} else if before, after, found := strings.Cut(text, " - "); found {
		head, tail = before, request.Clean(after)
	}
	switch plain := plainWords(head); {
	case removeAliasWords(plain) && tail != "":
		if name, pointed := afterPointer(tail); pointed {
			return aliasNamed, name
		}
		if saysMaybe(tail) {
			return aliasUnclear, ""
		}
		return aliasRemoved, tail
	case keepAliasWords(plain), unclearAliasWords(plain):
		return aliasUnclear, ""
	}
	name, _ = afterPointer(text)
	if request.SupplierName(name) == "" || !strings.ContainsFunc(name, unicode.IsLetter) {
		return aliasUnclear, ""
	}
	return aliasNamed, name
}

// afterPointer is a supplier's name without the words that point at it: "should be Cedar", « c’est Cedar ».
func afterPointer(s string) (name string, pointed bool) {
	plain := strings.ReplaceAll(s, "’", "'")
	for _, p := range []string{"it should be ", "should be ", "must be ", "it is ", "it's ", "this is ", "actually ", "replace with ", "replace by ", "replaced by ", "change to ", "supplier: ", "supplier is ", "->", "→", "=",
		"c'est plutôt ", "c'est ", "ceci est ", "ce devrait être ", "devrait être ", "doit être ", "il s'agit de ", "remplacer par ", "remplacé par ", "changer pour ", "fournisseur : ", "fournisseur: ", "fournisseur\u00a0: ", "plutôt "} {
		if len(plain) > len(p) && strings.EqualFold(plain[:len(p)], p) {
			return strings.Trim(plain[len(p):], " .:\u00a0"), true
		}
	}
	return s, false
}

func removeAliasWords(s string) bool {
	switch s {
	case "remove", "removed", "remove alias", "remove name", "remove from list", "delete", "deleted", "del", "drop", "wrong", "incorrect", "not correct", "not right", "not true", "false", "mistake", "error", "in error", "not them", "not same", "not same supplier", "different", "different supplier", "other supplier", "another supplier", "undo", "forget", "forget alias", "end", "cancel", "stop", "not theirs", "not supplier", "no match", "rm", "do not use", "don t use",
		"retirer", "retire", "retiree", "retirez", "enlever", "enleve", "enlevez", "supprimer", "supprime", "supprimez", "effacer", "efface", "oter", "errone", "erronee", "faux", "fausse", "incorrecte", "pas correct", "pas exact", "inexact", "inexacte", "mauvais", "mauvais fournisseur", "erreur", "par erreur", "pas eux", "pas meme", "pas meme fournisseur", "n pas meme fournisseur", "n pas eux", "different fr", "differents", "autre fournisseur", "un autre fournisseur", "oublier", "annuler", "annule", "ne pas utiliser", "pas fournisseur":
		return true
	}
	return false
}

func keepAliasWords(s string) bool {
	switch s {
	case "ok", "okay", "right", "correct", "keep", "kept", "fine", "good", "true", "confirmed", "checked", "leave", "stays", "no change", "unchanged", "same", "none", "nothing",
		"juste", "exact", "exacte", "garder", "gardez", "bon", "bonne", "vrai", "confirme", "confirmee", "verifie", "verifiee", "laisser", "reste", "inchange", "aucun changement", "pas de changement", "meme", "rien", "aucun":
		return true
	}
	return false
}

// unclearAliasWords could mean that the name is right, or that it is to be corrected.
func unclearAliasWords(s string) bool {
	switch s {
	case "yes", "y", "no", "n", "oui", "o", "non", "x", "1", "0", "not sure", "unsure", "maybe", "perhaps", "don t know", "unknown", "check", "to check", "tbd", "see email", "see mail", "see note", "ask", "pas sur", "pas certain", "incertain", "peut etre", "inconnu", "verifier", "verifiez", "voir courriel", "voir note", "demander", "correct if needed":
		return true
	}
	return false
}
