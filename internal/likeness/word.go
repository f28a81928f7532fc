package likeness

// IsPlace reports whether a folded word is a place that stands behind suppliers' names: a country, a province, a larger town.
func IsPlace(word string) bool { return words().places[word] != "" }

// IsOwn reports whether a folded word tells a firm from others: it is neither a trade, nor what any firm is, nor a word that many
// names begin with (northern, grand), in English or French.
func IsOwn(word string) bool {
	lex := words()
	if n, ok := lex.notion(word); ok {
		return n.kind == own
	}
	return !lex.crafts[word]
}

// IsTrade reports whether a folded word says what a firm does, or what any firm is.
func IsTrade(word string) bool {
	lex := words()
	if n, ok := lex.notion(word); ok {
		return n.kind == trade || n.kind == corp
	}
	return lex.crafts[word]
}
