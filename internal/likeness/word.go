package likeness

// IsPlace reports whether a folded word is a place that stands behind suppliers' names: a country, a province, a larger town.
func IsPlace(word string) bool { return words().places[word] != "" }

// IsTrade reports whether a folded word says what a firm does, or what any firm is, in English or French: it does not tell which one.
func IsTrade(word string) bool {
	lex := words()
	if n, ok := lex.notion(word); ok {
		return n.kind == trade || n.kind == corp
	}
	return lex.crafts[word]
}
