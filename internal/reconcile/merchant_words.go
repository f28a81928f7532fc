package reconcile

import (
	"strings"

	"handrail/internal/likeness"
	"handrail/internal/request"
)

const (
	cutWidth    = 13 // letters: banks cut a merchant's text at 22 or 25, processors theirs some letters before
	mostSlips   = 2  // in a whole name
	wordsToTell = 2  // of a name that agree before the rest may differ: a town behind it, words that a bank cut off
)

// wordsAgree reports whether a merchant's name says a supplier's word by word: each is the same but for one slip, the last one may
// be cut off. What goes on behind one of them must be a place or a number, or the words before it tell the supplier.
func wordsAgree(merchant string, m, s *naming) bool {
	i, j, slips := agreeing(merchant, m.looks, s.looks)
	if j == 0 {
		return false
	}
	told, own := 0, false
	for n := range j {
		if s.told(n) {
			told++
			own = own || s.kinds[n] == ownWord
		}
	}
	size := letters(s.looks[:j])
	switch moreOfMerchant, moreOfSupplier := m.words[i:], s.words[j:]; {
	case j == 0 || slips > mostSlips:
		return false
	case aside(moreOfMerchant) && aside(moreOfSupplier):
		return (told > 0 || len(moreOfSupplier) == 0) && (slips == 0 || size >= fewestLike*slips)
	case slips > 0 && len(moreOfSupplier) > 0: // a slip and a name cut off together say too little
		return false
	case len(moreOfMerchant) > 0 && (len(moreOfSupplier) > 0 || !own && !likeness.IsPlace(strings.Join(moreOfMerchant, "_"))):
		return false // "Grand Toit" and "Grand Toit-Vert": nothing there is a firm's own
	}
	return told > 0 && j >= wordsToTell && size >= fewestLike*(slips+1)
}

// agreeing counts the words of a merchant's and a supplier's name that say the same from the beginning, and the slips in them.
func agreeing(merchant string, m, s []string) (i, j, slips int) {
	whole, begun := strings.Join(s, ""), ""
	for n, w := range m { // written together or apart: "BOREALDATA", "WAL-MART"
		if begun += w; begun == whole {
			return n + 1, len(s), 0
		}
	}
	for i < len(m) && j < len(s) {
		switch a, b := m[i], s[j]; {
		case a == b:
		case i == len(m)-1 && i > 0 && strings.HasPrefix(b, a) && wasCut(merchant, i, a):
		case oneSlip(a, b) && hasLetter(a) && (len(a) != len(b) || len(a) >= fewestLike): // books and boots are two words
			slips++
		default:
			return i, j, slips
		}
		i, j = i+1, j+1
	}
	return i, j, slips
}

// aside reports whether words behind a name tell nothing of whose it is: a place, a number, a store's code.
func aside(words []string) bool {
	for _, w := range words {
		if !likeness.IsPlace(w) && !regions[w] && !countries[w] && !commonWords[request.LookOf(w)] && !request.LegalForm(w) && !strings.ContainsAny(w, "0123456789") {
			return false
		}
	}
	return true
}

func hasLetter(word string) bool { return strings.Trim(word, "0123456789") != "" }

// wasCut reports whether a merchant's text may have been cut off in its last word: it is as long as banks leave them, or two whole
// words stand before.
func wasCut(merchant string, before int, last string) bool {
	return len(merchant) >= cutWidth && len(last) >= 3 || before >= wordsToTell
}

// naming is a name's words without what kind of company it is and without articles, as they are written and as they look.
type naming struct {
	words, looks []string
	kinds        []wordKind // worked out when asked for
}

type wordKind uint8

const (
	tellsNothing wordKind = iota + 1
	beginsNames           // northern, grand
	ownWord
)

// told reports whether a word of a supplier's name tells it from others of its trade.
func (n *naming) told(i int) bool {
	if n.kinds == nil {
		n.kinds = make([]wordKind, len(n.words))
	}
	if n.kinds[i] == 0 {
		switch w := n.words[i]; {
		case !telling(n.looks[i]) || likeness.IsTrade(w):
			n.kinds[i] = tellsNothing
		case likeness.IsOwn(w):
			n.kinds[i] = ownWord
		default:
			n.kinds[i] = beginsNames
		}
	}
	return n.kinds[i] > tellsNothing
}

func read(name string) naming {
	var n naming
	words := request.SupplierWords(name)
	for len(words) > 1 && request.LegalForm(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	for _, w := range words {
		if !isParticle(w) {
			n.words = append(n.words, w)
		}
	}
	if len(n.words) == 0 {
		n.words = words
	}
	n.looks = make([]string, len(n.words))
	for i, w := range n.words {
		n.looks[i] = request.LookOf(w)
	}
	return n
}

// isParticle reports whether a word joins others and is left out as often as not.
func isParticle(word string) bool {
	switch word {
	case "the", "of", "and", "le", "la", "les", "l", "de", "du", "des", "d", "en":
		return true
	}
	return false
}

// namingWords are a name's words as they look, without what kind of company it is.
func namingWords(name string) []string { return read(name).looks }

func letters(words []string) int {
	n := 0
	for _, w := range words {
		n += len(w)
	}
	return n
}

// oneSlip reports whether two words differ by a letter wrong, missing, too many, or two swapped.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || len(b) < 3 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
