package rules

import (
	"fmt"
	"strings"
)

// What a text may have inside each other, looked at before anything reads it: readers of TOML, and CEL's checker, take time that grows with
// the square of it and faster. No text that people write comes near.
const (
	maxDepth = 50 // lists and tables in lists and tables, and names joined by points
	maxLoops = 12 // all, exists, map and filter of one expression

	maxAllText  = 250_000 // characters of all conditions of a text together
	maxAllLoops = 1_000
)

// tooDeep says where lists, tables or joined names go deeper than maxDepth.
func (d *document) tooDeep() *Mistake {
	text := d.text
	depth, points := 0, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '#':
			for i+1 < len(text) && text[i+1] != '\n' {
				i++
			}
		case '"', '\'':
			i = endOfString(text, i)
		case '[', '{':
			depth++
			points = 0
		case ']', '}':
			depth--
			points = 0
		case '.':
			points++
		case ',', '=':
			points = 0
		case '\n':
			points = 0
		}
		if depth > maxDepth || points > maxDepth {
			line, column := d.place(i)
			return &Mistake{File: d.file, Line: line, Column: column, What: fmt.Sprintf("over %d lists, tables or names stand inside each other here: a policy has two or three", maxDepth),
				WhatFR: fmt.Sprintf("plus de %d listes, tables ou noms s’emboîtent ici\u00a0: une politique en compte deux ou trois", maxDepth)}
		}
	}
	return nil
}

// endOfString is the place of the last quotation mark of the string that begins at i; the end of the text where there is none.
func endOfString(text []byte, i int) int {
	quote := text[i]
	if i+2 < len(text) && text[i+1] == quote && text[i+2] == quote {
		for j := i + 3; j < len(text); j++ {
			switch {
			case text[j] == '\\' && quote == '"':
				j++
			case text[j] == quote && j+2 < len(text) && text[j+1] == quote && text[j+2] == quote:
				return j + 2
			}
		}
		return len(text) - 1
	}
	for j := i + 1; j < len(text); j++ {
		switch {
		case text[j] == '\\' && quote == '"':
			j++
		case text[j] == quote, text[j] == '\n':
			return j
		}
	}
	return len(text) - 1
}

// bounds says of an expression that it goes through lists too often, or that there is too much in all of them together.
func (c *compiler) bounds(text string) []fault {
	n := 0
	for _, loop := range []string{".all(", ".exists(", ".exists_one(", ".map(", ".filter("} {
		n += strings.Count(text, loop)
	}
	c.text, c.loops = c.text+len(text), c.loops+n
	switch {
	case n > maxLoops:
		return []fault{{0, inBoth("the expression goes through lists %d times (all, exists, map, filter), and at most %d are read",
			"l’expression parcourt des listes %d fois (all, exists, map, filter), et au plus %d sont lues", n, maxLoops)}}
	case c.text > maxAllText:
		return []fault{{0, inBoth("all conditions together have over %d characters up to here, and no more are read",
			"toutes les conditions ensemble comptent plus de %d caractères jusqu’ici, et pas un de plus n’est lu", maxAllText)}}
	case c.loops > maxAllLoops:
		return []fault{{0, inBoth("all conditions together go through lists over %d times up to here, and no more are read",
			"toutes les conditions ensemble parcourent des listes plus de %d fois jusqu’ici, et pas une de plus n’est lue", maxAllLoops)}}
	}
	return nil
}
