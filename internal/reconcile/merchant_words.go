package reconcile

import (
	"strings"

	"handrail/internal/request"
)

const (
	cutWidth    = 15 // letters: banks cut a merchant's text at 22 or 25, processors theirs some letters before
	mostSlips   = 2  // in a whole name
	wordsToTell = 2  // of a name that agree before the rest may differ: a town behind it, words that a bank cut off
)

// wordsAgree reports whether a merchant's name says a supplier's word by word: each is the same but for one slip, the last one may
// be cut off, and either may go on where the other ends, once two words agree.
func wordsAgree(merchant, supplier string) bool {
	m, s := namingWords(merchant), namingWords(supplier)
	slips, at := 0, 0
	for ; at < len(m) && at < len(s); at++ {
		switch a, b := m[at], s[at]; {
		case a == b:
		case at == len(m)-1 && at > 0 && strings.HasPrefix(b, a) && wasCut(merchant, at, a):
		case oneSlip(a, b) && (len(a) != len(b) || len(a) >= fewestLike): // books and boots are two words
			slips++
		default:
			return false
		}
	}
	if at == 0 || slips > mostSlips {
		return false
	}
	if len(m) == len(s) {
		return slips == 0 || letters(s) >= fewestLike*slips
	}
	if slips > 0 && at < len(s) {
		return false // a slip and a name cut off together say too little
	}
	return at >= wordsToTell && letters(s[:at]) >= fewestLike*(slips+1)
}

// wasCut reports whether a merchant's text may have been cut off in its last word: it is as long as banks leave them, or two whole
// words stand before.
func wasCut(merchant string, before int, last string) bool {
	return len(merchant) >= cutWidth && len(last) >= 3 || before >= wordsToTell
}

// namingWords are a name's words without what kind of company it is.
func namingWords(name string) []string {
	words := request.SupplierWords(name)
	for i, w := range words {
		words[i] = request.LookOf(w)
	}
	for len(words) > 1 && request.LegalForm(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return words
}

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
