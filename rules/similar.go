package rules

import (
	"unicode/utf8"

	"github.com/hbollon/go-edlib"

	"handrail/internal/request"
)

// maxSimilar is how many words of a text are compared: enough for any description, few enough to bound the work.
const maxSimilar = 300

// similarity says how alike two texts are, from 0 to 100: of the words that stand in either, the share that stands in
// both, whatever their order, case, accents and plural endings (Jaccard). Words that differ in one letter in six count as
// the same, so that a typing mistake does not make another need.
func similarity(a, b string) int {
	x, y := request.NeedWords(a), request.NeedWords(b)
	if len(x) > maxSimilar {
		x = x[:maxSimilar]
	}
	if len(y) > maxSimilar {
		y = y[:maxSimilar]
	}
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	x, y, shared := split(x, y)
	used := make([]bool, len(y))
	for _, w := range x {
		for j, v := range y {
			if !used[j] && almost(w, v) {
				used[j] = true
				shared++
				break
			}
		}
	}
	almosts := 0
	for _, u := range used {
		if u {
			almosts++
		}
	}
	return 100 * shared / (shared + len(x) + len(y) - 2*almosts)
}

// split takes the words that stand in both sorted lists out of them and counts them.
func split(x, y []string) (onlyX, onlyY []string, shared int) {
	i, j := 0, 0
	for i < len(x) && j < len(y) {
		switch {
		case x[i] == y[j]:
			shared++
			i++
			j++
		case x[i] < y[j]:
			onlyX = append(onlyX, x[i])
			i++
		default:
			onlyY = append(onlyY, y[j])
			j++
		}
	}
	return append(onlyX, x[i:]...), append(onlyY, y[j:]...), shared
}

// almost reports whether two words differ by a typing mistake. Words with digits never do: they are models and numbers.
func almost(a, b string) bool {
	longer := max(len(a), len(b))
	if longer < 5 || longer > 40 || len(a)-len(b) > longer/6+1 || len(b)-len(a) > longer/6+1 || digitIn(a) || digitIn(b) {
		return false
	}
	return edlib.LevenshteinDistance(a, b) <= max(1, longer/6)
}

func digitIn(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= '0' && s[i] <= '9' {
			return true
		}
	}
	return false
}

// nameLikeness says how alike two names are, from 0 to 100, by the letters of their supplier forms: 100 minus the share
// of letters that must change.
func nameLikeness(a, b string) int {
	longer := max(utf8.RuneCountInString(a), utf8.RuneCountInString(b))
	if longer == 0 {
		return 0
	}
	return 100 - 100*edlib.LevenshteinDistance(a, b)/longer
}
