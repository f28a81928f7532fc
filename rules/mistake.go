package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Mistake is one thing wrong in a policy's text, at its place.
type Mistake struct {
	File   string `json:"file"`
	Line   int    `json:"line"`            // from 1
	Column int    `json:"column"`          // from 1, in characters
	Where  string `json:"where,omitempty"` // `guardrail "split-supplier"`, "" at the top of the file
	What   string `json:"what"`
}

// Error is "policy.toml:41:8: guardrail "split-supplier": what".
func (m Mistake) Error() string {
	s := fmt.Sprintf("%s:%d:%d: ", m.File, m.Line, m.Column)
	if m.Where != "" {
		s += m.Where + ": "
	}
	return s + m.What
}

// Mistakes are all that is wrong in a policy, in the order of its text. It is the error of Load for a file that could be
// read.
type Mistakes []Mistake

// Error is one mistake a line.
func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, x := range m {
		lines[i] = x.Error()
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
	if len(word) > longestGuess || len(candidates) > mostGuesses {
		return ""
	}
	best, bestDistance := "", 1+len(word)/3
	for _, c := range candidates {
		if d := editDistance([]rune(word), []rune(c)); d < bestDistance || d == bestDistance && best == "" {
			best, bestDistance = c, d
		}
	}
	return best
}

// meant is "; did you mean "total"?" or nothing.
func meant(word string, candidates []string) string {
	if n := nearest(word, candidates); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return ""
}

// editDistance counts the insertions, removals and replacements that turn a into b.
func editDistance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			next := min(row[j+1]+1, row[j]+1)
			if x == y {
				next = min(next, diagonal)
			} else {
				next = min(next, diagonal+1)
			}
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
