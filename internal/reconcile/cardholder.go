package reconcile

import (
	"slices"
	"strings"

	"handrail/internal/request"
)

// sameness is what two spellings say of two people.
type sameness int

const (
	unsure   sameness = iota // an initial, a family name alone: it may be the same person
	samePers                 // two whole names in common
	other                    // names that cannot be one person's
)

// samePerson compares people, however they are written: "TREMBLAY A", "A. Tremblay", "Tremblay, Alice", alice.tremblay@….
func samePerson(a, b string) sameness {
	x, y := personWords(a), personWords(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) == 0 {
		return unsure
	}
	if slices.Equal(x, y) && len(x) > 1 && len(x[0]) > 1 && len(x[1]) > 1 {
		return samePers
	}
	if len(x) == 1 {
		return oneWord(x[0], y)
	}
	rest, whole, first := slices.Clone(y), 0, 0
	for _, w := range x { // whole names before initials, which may stand for any of them
		if i := slices.Index(rest, w); i >= 0 && len(w) > 1 {
			rest, whole = slices.Delete(rest, i, i+1), whole+1
		}
	}
	for _, w := range x {
		if slices.Contains(y, w) && len(w) > 1 {
			continue
		}
		if i := slices.IndexFunc(rest, func(o string) bool { return initialOf(w, o) }); i >= 0 {
			rest, first = slices.Delete(rest, i, i+1), first+1
		}
	}
	switch {
	case whole+first < len(x):
		// A slip or a short form in one of them ("Alic", "Jon") is no proof of another person.
		if slices.ContainsFunc(x, func(w string) bool {
			return !slices.Contains(y, w) && slices.ContainsFunc(rest, func(o string) bool { return len(w) > 1 && len(o) > 1 && related(w, o) })
		}) {
			return unsure
		}
		return other
	case whole > 1:
		return samePers
	}
	return unsure
}

// oneWord compares a single word, a family name or the beginning of an address ("atremblay"), with a whole name.
func oneWord(word string, name []string) sameness {
	for i, w := range name {
		if related(word, w) || initialOf(word, w) {
			return unsure
		}
		for j, o := range name {
			if i != j && (o[:1]+w == word || w+o[:1] == word) {
				return unsure
			}
		}
	}
	if len(name) == 1 {
		return unsure // a name against a login: nobody knows
	}
	return other
}

func initialOf(a, b string) bool {
	return (len(a) == 1 || len(b) == 1) && a[0] == b[0]
}

var titles = codes("mr mrs ms miss dr prof m mme mlle")

// personWords are the folded words of a person's name or of the name in an address, without titles.
func personWords(s string) []string {
	s, _, _ = strings.Cut(s, "@")
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(".,_-'’;/", r) {
			return ' '
		}
		return r
	}, s)
	var words []string
	for _, w := range request.SupplierWords(s) {
		if !(titles[w] && len(w) > 1) && strings.Trim(w, "0123456789") != "" {
			words = append(words, w)
		}
	}
	return words
}

// otherCard reports whether a match has a charge on the card of somebody who is surely not a line's cardholder.
func (m *matcher) otherCard(lines, charges []int) bool {
	for _, c := range charges {
		for _, l := range lines {
			if samePerson(m.lines[l].Cardholder, m.charges[c].Cardholder) == other {
				return true
			}
		}
	}
	return false
}
