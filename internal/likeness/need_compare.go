package likeness

import (
	"math"
	"strings"
)

// How a score is made of what two texts share.
const (
	ofShorter = 0.65 // of the shorter text more than of the longer: who pads a text does not change the need
	ofTitles  = 0.5  // of the words of either title, the share that the other text has anywhere, against all words
	oneWord   = 0.82 // for a single telling word in common, which is often a chance
	otherHead = 0.75 // for two titles that begin with things of which the other text says nothing: chairs and lunch for one room
)

// Needs says how alike two needs are, from 0 to 100, whichever comes first: how much of what both say they have in common,
// weighed, and how much of what each title names the other text names too. 100 are equal forms; from NeedsAlike on they are
// probably about one need. Texts that say nothing are alike to none.
func Needs(a, b Need, w Weights) int {
	if a.form == "" || b.form == "" {
		return 0
	}
	if a.form == b.form {
		return 100
	}
	if a.form > b.form {
		a, b = b, a // words that are nearly the same are paired in the order of the first text
	}
	x, y := weighed(a.terms, w), weighed(b.terms, w)
	both, telling := meetings(x, y)
	if both == 0 || telling == 0 {
		return 0
	}
	sumX, sumY := total(x), total(y)
	s := ofShorter*min(1, both/min(sumX, sumY)) + (1-ofShorter)*both/max(sumX, sumY)
	titleX, okX := titleShare(x)
	titleY, okY := titleShare(y)
	switch {
	case okX && okY:
		s = (1-ofTitles)*s + ofTitles*(titleX+titleY)/2
	case okX || okY:
		s = (1-ofTitles)*s + ofTitles*(titleX+titleY)
	}
	if telling == 1 {
		s *= oneWord
	}
	if apart(x, y) {
		s *= otherHead
	}
	return int(math.Round(99 * min(1, s)))
}

// apart reports whether two titles name two things: each begins with telling words, and the other text has none of them.
func apart(x, y []weighedTerm) bool {
	for _, list := range [...][]weighedTerm{x, y} {
		heads := false
		for _, t := range list {
			if t.head && t.usual > tells {
				if t.met > 0 {
					return false
				}
				heads = true
			}
		}
		if !heads {
			return false
		}
	}
	return true
}

// A weighedTerm is a term with its weight in this vocabulary, and how well the other text has it, from 0 to 1.
type weighedTerm struct {
	term
	once   float64 // its weight
	weight float64 // the same, times how often the texts name it
	tells  bool
	met    float64
}

func weighed(terms []term, w Weights) []weighedTerm {
	list := make([]weighedTerm, len(terms))
	for i, t := range terms {
		once := w.Weight(t.text)
		list[i] = weighedTerm{term: t, once: once, weight: once * t.count, tells: max(once, t.usual) > tells}
	}
	return list
}

// meetings pairs the terms of two texts, sorted both, and says what they have in common by weight, and how many of those
// terms tell something.
func meetings(x, y []weighedTerm) (both float64, telling int) {
	meet := func(i, j int, s float64) {
		x[i].met, y[j].met = s, s
		both += s * min(x[i].weight, y[j].weight)
		if x[i].tells {
			telling++
		}
	}
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch strings.Compare(x[i].text, y[j].text) {
		case 0:
			meet(i, j, 1)
			i++
			j++
		case -1:
			i++
		default:
			j++
		}
	}
	for i := range x {
		if x[i].met > 0 || !x[i].tells {
			continue
		}
		for j := range y {
			if y[j].met > 0 || !y[j].tells {
				continue
			}
			if s := almostTerm(x[i].text, y[j].text); s > 0 {
				meet(i, j, s)
				break
			}
		}
	}
	return both, telling
}

// titleShare is how much of what a title names the other text has; not ok when there is no title that names something.
func titleShare(list []weighedTerm) (share float64, ok bool) {
	met, all := 0.0, 0.0
	for _, t := range list {
		if t.title {
			all += t.once
			met += t.once * t.met
		}
	}
	if all < 0.2 {
		return 0, false
	}
	return met / all, true
}

func total(list []weighedTerm) float64 {
	sum := 0.0
	for _, t := range list {
		sum += t.weight
	}
	return sum
}

// almostTerm says how alike two stems are that are not the same: a typing mistake, or one word of both languages.
func almostTerm(a, b string) float64 {
	if strings.ContainsAny(a[:1], "=@#") || strings.ContainsAny(b[:1], "=@#") {
		return 0
	}
	common := 0
	for common < len(a) && common < len(b) && a[common] == b[common] {
		common++
	}
	if common >= 5 && common*10 >= max(len(a), len(b))*7 {
		return 0.9
	}
	if s := spelling(a, b); s > 0.85 && len(a) > 4 && len(b) > 4 {
		return s
	}
	return 0
}
