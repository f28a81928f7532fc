package likeness

import "math"

// Weights say how much a term of a need tells, from 0 (a word of every purchase) to about 1 (a word that few have).
type Weights interface {
	Weight(term string) float64
}

type usualWeights struct{ lex *lexicon }

// Usual are built-in weights of the words of purchases in both languages, for a ledger that has few texts.
func Usual() Weights { return usualWeights{words()} }

func (u usualWeights) Weight(term string) float64 { return u.lex.usual(term) }

// usual is what a term tells when nothing is known of a vocabulary.
func (lex *lexicon) usual(t string) float64 {
	if t == "" {
		return 0
	}
	switch t[0] {
	case '=':
		if n, ok := lex.byID[t]; ok {
			return n
		}
	case '@':
		return 0.5
	case '#':
		if allDigits(t[1:]) {
			return 0.12
		}
		return 0.9
	}
	if len(t) < 3 {
		return 0.3
	}
	return 1
}

// enoughTexts is how many texts of a ledger weigh as much as the built-in weights.
const enoughTexts = 300

// atLeast is the share of what a term usually tells that it keeps however often a ledger has it: who repeats a need a
// thousand times does not make it nothing.
const atLeast = 0.3

// Learned joins weights with the counts of a ledger: of says in how many of its texts a term stands. A word that stands in
// every text tells little, one that is rare tells much; the more texts, the more they count.
func Learned(usual Weights, texts int, of func(term string) int) Weights {
	if texts <= 0 || of == nil {
		return usual
	}
	return learnedWeights{usual, float64(texts), of}
}

type learnedWeights struct {
	usual Weights
	texts float64
	of    func(string) int
}

func (l learnedWeights) Weight(term string) float64 {
	usual := l.usual.Weight(term)
	seen := math.Max(0, float64(l.of(term)))
	// The inverse of how many texts have it: 1 for a term of one text, 0 for one that stands in all.
	rare := math.Log((l.texts+1)/(seen+1)) / math.Log(l.texts+1)
	rare = math.Min(1, math.Max(atLeast*usual, rare*1.15))
	share := l.texts / (l.texts + enoughTexts)
	// A number or a usual word that happens to be rare is still one.
	return usual*(1-share) + share*math.Min(rare, usual*2)
}
