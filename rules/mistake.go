package rules

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hbollon/go-edlib"

	"handrail/internal/request"
)

// Mistake is one thing wrong in a policy's text, at its place.
type Mistake struct {
	File   string `json:"file"`
	Line   int    `json:"line"`            // from 1
	Column int    `json:"column"`          // from 1, in characters
	Where  string `json:"where,omitempty"` // `guardrail "split-supplier"`, "" at the top of the file
	What   string `json:"what"`            // what is wrong, and what to write
	// The same in French.
	WhereFR string `json:"where_fr,omitempty"`
	WhatFR  string `json:"what_fr"`
}

// Error is "policy.toml:41:8: guardrail "split-supplier": what".
func (m Mistake) Error() string { return m.In(request.English) }

// In is Error in a language.
func (m Mistake) In(l request.Lang) string {
	s := fmt.Sprintf("%s:%d:%d: ", m.File, m.Line, m.Column)
	where, colon := m.Where, ": "
	if l == request.French {
		where, colon = m.WhereFR, " : "
	}
	if where != "" {
		s += where + colon
	}
	return s + m.Words().In(l)
}

// Words are what is wrong, in both languages. A mistake of an earlier version has only English ones.
func (m Mistake) Words() request.Text {
	return request.Text{EN: m.What, FR: cmp.Or(m.WhatFR, m.What)}
}

// inBoth writes one sentence in both languages: arguments that are texts, or errors that have words, are put in by language.
func inBoth(en, fr string, args ...any) request.Text {
	inEN, inFR := slices.Clone(args), slices.Clone(args)
	for i, a := range args {
		switch a := a.(type) {
		case request.Text:
			inEN[i], inFR[i] = a.EN, a.FR
		case wordsError:
			inEN[i], inFR[i] = a.EN, a.FR
		}
	}
	return request.Text{EN: fmt.Sprintf(en, inEN...), FR: fmt.Sprintf(fr, inFR...)}
}

// wordsError is an error in both languages.
type wordsError request.Text

func (e wordsError) Error() string { return e.EN }

// noDay are the words for a text that is no day of the calendar.
func noDay(text string, err error) request.Text {
	if iso, _, ok := writtenDay(text); ok {
		return inBoth("%q is not a date written as year-month-day; write %s", "%q n’est pas une date écrite année-mois-jour; écrivez %s", text, iso)
	}
	return inBoth("%s", "%[2]q n’est pas une date écrite année-mois-jour, comme 2026-12-01", err, text)
}

// errorWords are the words of an error, English ones where it has no others.
func errorWords(err error) request.Text {
	if words := (wordsError{}); errors.As(err, &words) {
		return request.Text(words)
	}
	return request.Text{EN: err.Error(), FR: err.Error()}
}

// frenchPlaces are the kinds of places that a mistake names.
var frenchPlaces = map[string]string{"guardrail": "balise", "limit": "limite", "limits": "limites", "total": "total", "list": "liste", "exemption": "exemption",
	"case": "cas", "line": "ligne", "request": "demande", "story": "histoire", "registers": "registres", "authority": "autorité", "approval": "approbation",
	"attestation": "attestation", "aliases": "autres adresses"}

// frenchPlace is a place in French: `balise "split-supplier"`. What is the name of a key stays as it is written.
func frenchPlace(where string) string {
	kind, rest, named := strings.Cut(where, " ")
	if fr, ok := frenchPlaces[kind]; ok && named {
		return fr + " " + rest
	}
	return where
}

// Mistakes are all that is wrong in a policy, in the order of its text. It is the error of Load for a file that could be
// read.
type Mistakes []Mistake

// mostTold is how many mistakes are told of one text. Nobody puts more right before the next look.
const mostTold = 60

// Error is one mistake a line.
func (m Mistakes) Error() string { return m.In(request.English) }

// In is Error in a language.
func (m Mistakes) In(l request.Lang) string {
	told := m
	if len(m) > mostTold {
		told = m[:mostTold]
	}
	lines := make([]string, len(told))
	for i, x := range told {
		lines[i] = x.In(l)
	}
	if n := len(m) - len(told); n > 0 {
		lines = append(lines, inBoth("… and %d more", "… et %d autres", n).In(l))
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the single mistakes to errors.As.
func (m Mistakes) Unwrap() []error {
	errs := make([]error, len(m))
	for i, x := range m {
		errs[i] = x
	}
	return errs
}

func (m Mistakes) sorted() Mistakes {
	slices.SortStableFunc(m, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(m)
}

// longestGuess is the longest word, and mostGuesses the longest list of candidates, for which a suggestion is looked for.
const (
	longestGuess = 60
	mostGuesses  = 300
)

// nearest is the candidate that somebody who wrote word most likely meant, "" when none is near.
func nearest(word string, candidates []string) string {
	for _, c := range candidates {
		if request.Fold(c) == request.Fold(word) || frenchWords[request.Fold(word)] == c {
			return c
		}
	}
	if len(word) > longestGuess || len(candidates) > mostGuesses {
		return ""
	}
	best, bestDistance := "", 1+len(word)/3
	for _, c := range candidates {
		if d := edlib.LevenshteinDistance(word, c); d < bestDistance || d == bestDistance && best == "" {
			best, bestDistance = c, d
		}
	}
	return best
}

// meant is "; did you mean "total"?" or nothing.
func meant(word string, candidates []string) request.Text {
	if n := nearest(word, candidates); n != "" {
		return inBoth("; did you mean %q?", "; vouliez-vous écrire %q?", n)
	}
	return request.Text{}
}
