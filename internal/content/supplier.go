package content

import (
	"slices"
	"strings"
	"unicode"

	"handrail/internal/request"
)

// SeveralSuppliers reports whether a supplier's name stands for no one supplier: "Various suppliers", "Amazon or Best Buy", two
// firms with their legal forms in one cell. A name that has "or" inside and one legal form behind it (Now or Never Inc.) is one.
func SeveralSuppliers(name string) bool {
	if request.PlaceholderIn(request.Supplier, strings.TrimSpace(name)) != request.NoPlaceholder {
		return true
	}
	if len(name) > maxName {
		name = name[:maxName]
	}
	words := strings.FieldsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '.' && r != '/'
	})
	folded := make([]string, len(words))
	for i, w := range words {
		folded[i] = request.Fold(w)
	}
	return vague(name, folded) || alternatives(words, folded) || len(firms(name)) > 1
}

// maxName is longer than any supplier's name.
const maxName = 1000

// vague reports whether a name is made of words that name nobody: at least one that says that nobody is chosen, or what somebody
// does ("Contractor", "Local caterer"), and otherwise only words that go with those.
func vague(name string, words []string) bool {
	nobody, role := false, false
	for i, w := range words {
		switch {
		case slices.Contains(nobodyWords, w):
			nobody = true
		case slices.Contains(roleWords, w):
			nobody, role = true, true
		case w == "" || slices.Contains(supplierWords, w):
		case role && i == len(words)-1 && (len(w) == 1 || strings.Trim(w, "0123456789") == ""): // Vendor A, Supplier 2
		default:
			return false
		}
	}
	return nobody && !strings.Contains(name, "&")
}

// alternatives reports whether a name offers a choice: X or Y, X ou Y, and/or.
func alternatives(words, folded []string) bool {
	for i := 1; i+1 < len(words); i++ {
		w := words[i]
		if w == "and/or" || w == "et/ou" {
			return true
		}
		if w != "or" && w != "ou" && w != "OR" && w != "OU" || i > 1 && folded[i-1] == "o" {
			continue
		}
		if folded[i+1] == "similar" || folded[i+1] == "equivalent" || folded[i+1] == "other" || folded[i+1] == "autre" || folded[i+1] == "another" {
			return true
		}
		// One legal form at the end is that of one firm: Now or Never Inc.
		if legalForm(folded[len(folded)-1]) && !slices.ContainsFunc(folded[:i], legalForm) {
			continue
		}
		return true
	}
	return false
}

func legalForm(folded string) bool {
	switch folded {
	case "inc", "ltd", "ltee", "limited", "limitee", "corp", "corporation", "llc", "llp", "enr", "senc", "sencrl", "incorporated", "incorporee", "gmbh", "plc":
		return true
	}
	return false
}

// firms are the different firms of a cell: names that end with a legal form of their own, or stand on lines of their own.
func firms(name string) []string {
	var found []string
	add := func(s string) {
		if form := request.SupplierName(s); form != "" && !slices.Contains(found, form) {
			found = append(found, form)
		}
	}
	for line := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '\n' || r == ';' || r == '|' }) {
		words := strings.Fields(line)
		if !strings.ContainsRune(name, ';') && line != name && !slices.ContainsFunc(words, func(w string) bool { return legalForm(request.Fold(w)) }) {
			continue // an address below the name
		}
		start := 0
		for i, w := range words {
			if !legalForm(request.Fold(w)) || i == start {
				continue
			}
			rest := words[i+1:]
			if len(rest) >= 2 && joins(rest[0], w) && legalForm(request.Fold(words[len(words)-1])) {
				add(strings.Join(words[start:i+1], " "))
				start = i + 2
				if !joinWord(rest[0]) {
					start = i + 1
				}
			}
		}
		add(strings.Join(words[start:], " "))
	}
	return found
}

// joins reports whether what follows a legal form begins another firm.
func joins(next, form string) bool { return joinWord(next) || strings.HasSuffix(form, ",") }

func joinWord(w string) bool {
	return slices.Contains([]string{"and", "et", "&", "+", "or", "ou"}, w)
}

// TaxNumber reports whether a supplier's number is one of a tax account: a business number with RT behind it, or a Québec one
// with TQ.
func TaxNumber(s string) bool {
	folded := strings.ToLower(request.Fold(s))
	for _, mark := range [...]string{"rt", "tq"} {
		if at := strings.Index(folded, mark); at >= 9 && strings.Trim(folded[at-9:at], "0123456789") == "" {
			return true
		}
	}
	return false
}
