package likeness

import (
	"math/bits"
	"strings"
	"unicode/utf8"

	"github.com/hbollon/go-edlib"
)

// maxWord is how many bytes of a word are compared letter by letter.
const maxWord = 40

// spelling says how alike the letters of two folded words are, from 0 to 1: 1 for the same, 0 for two words. A typing
// mistake (a letter left out, doubled, wrong, or two that changed places) is forgiven by the length of the word; a word
// with digits is never mistyped, it is another number or model.
func spelling(a, b string) float64 {
	if a == b {
		return 1
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	allowed, n := 0, len(b)
	if !ascii(b) {
		n = utf8.RuneCountInString(b)
	}
	switch {
	case len(b) > maxWord:
	case n >= 13:
		allowed = 3
	case n >= 9:
		allowed = 2
	case n >= 5:
		allowed = 1
	}
	// Most words are told apart without counting: by their lengths, and by the letters that only one of them has.
	if allowed == 0 || len(b)-len(a) > 4*allowed || bits.OnesCount32(letterSet(a)^letterSet(b)) > 2*allowed || hasDigit(a) || hasDigit(b) {
		return 0
	}
	d := edlib.OSADamerauLevenshteinDistance(a, b)
	if d > allowed {
		return 0
	}
	likeness := 1 - 0.09*float64(d)
	if a[0] != b[0] {
		likeness -= 0.07
	}
	return likeness
}

// letterSet are the bytes of a word as bits; bytes that share a bit only make words look nearer.
func letterSet(s string) uint32 {
	var set uint32
	for i := 0; i < len(s); i++ {
		set |= 1 << (s[i] & 31)
	}
	return set
}

// abbreviated reports whether short is a short form of long: its beginning ("dist", where long is a usual word), or its
// first letter with some of its consonants ("crk" for "creek").
func abbreviated(short, long string, usual bool) bool {
	if len(short) >= len(long) || len(short) < 3 || short[0] != long[0] || !ascii(long) {
		return false
	}
	if usual && len(short) >= 4 && strings.HasPrefix(long, short) {
		return true
	}
	if strings.ContainsAny(short[1:], "aeiouy0123456789") || !usual && 2*len(short) < len(long) {
		return false
	}
	last := strings.TrimRight(long, "aeiou")
	j := 1
	for i := 1; i < len(long) && j < len(short); i++ {
		if long[i] == short[j] {
			j++
		}
	}
	return j == len(short) && short[j-1] == last[len(last)-1]
}
