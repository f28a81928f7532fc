package forms

import (
	"regexp"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// placeholder reads a text that only holds the place of an answer: nobody has written anything then, and the note says
// so to whoever is asked to fill in the cell. ok is false for any other text.
func (r *formReader) placeholder(f request.Field, at valueCell, s string) (note request.Problem, ok bool) {
	means := request.PlaceholderIn(f, s)
	if means == request.NoPlaceholder {
		return request.Problem{}, false
	}
	key := saidOf{f, s}
	words, said := r.saidOf[key]
	if !said {
		words = r.placeholderWords(f, means, s)
		if means != request.MeansAbove && len(r.saidOf) < mostSaid { // forms say n/a in every line
			if r.saidOf == nil {
				r.saidOf = map[saidOf]request.Text{}
			}
			r.saidOf[key] = words
		}
	}
	return r.noteAt(at.label, at.ref, request.CodePlaceholder, words), true
}

// saidOf is what a sentence was made for.
type saidOf struct {
	field request.Field
	text  string
}

const mostSaid = 200

// placeholderWords say in one sentence why a text is no answer and what to write instead.
func (r *formReader) placeholderWords(f request.Field, means request.Placeholder, s string) request.Text {
	instead := f.Instead()
	switch means {
	case request.MeansAbove:
		if above := r.textAbove(f); above != "" {
			return sameAsAboveText(f, s, above)
		}
		return aloneAboveText(s, instead)
	case request.MeansDoubt:
		if f == request.Supplier {
			return doubtfulSupplierText(s, instead)
		}
	}
	return noAnswerText(s, instead)
}

// textAbove is what the field says in the nearest row above that has it, for a proposal; "" when there is none.
func (r *formReader) textAbove(f request.Field) string {
	lines := &r.form.Lines
	if r.proposals == nil {
		r.proposals = map[request.Field]proposal{}
	}
	known := r.proposals[f]
	for i := lines.Len() - 1; i >= known.lines; i-- {
		if l := lines.At(i); l.Values[f].Given {
			known.text = l.Values[f].Text
			break
		}
	}
	known.lines = lines.Len()
	r.proposals[f] = known
	return known.text
}

// proposal is what a field said last among so many lines.
type proposal struct {
	lines int
	text  string
}

// placeholderExtra reports whether a text in a column of the form's own is a placeholder, and notes it on the line.
func (r *formReader) placeholderExtra(l *request.Line, header, ref, s string) bool {
	means := request.PlaceholderIn(request.NoField, s)
	if means == request.NoPlaceholder {
		return false
	}
	label := request.Text{EN: header, FR: header}
	l.Problems = append(l.Problems, r.noteAt(label, ref, request.CodePlaceholder, r.placeholderWords(request.NoField, means, s)))
	return true
}

// named is what a label above the table says of the requester or the branch; a placeholder says nothing, and is noted.
func (r *formReader) named(l *foundLabel, s string) string {
	if s == "" || request.PlaceholderName(s) == request.NoPlaceholder {
		return s
	}
	r.form.Problems = append(r.form.Problems, r.noteAt(l.m.label(), l.place(), request.CodePlaceholder, noAnswerText(s, request.NoField.Instead())))
	return ""
}

// isErrorText reports whether a text is an error that a formula showed before it was pasted as text.
func isErrorText(c *workbook.Cell) bool {
	if !isText(c) || c.Value == "" || c.Value[0] != '#' {
		return false
	}
	switch strings.ToUpper(textOf(c)) {
	case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#VALEUR!", "#NOM?", "#NOMBRE!", "#NUL!":
		return true
	}
	return false
}

// atMost begins an authorized amount that says of itself what it is: the most.
var atMost = regexp.MustCompile(`(?i)^(?:max(?:imum)?\.?|up to|at most|jusqu[’']à|au plus|au maximum|maximum de|max\. de)\s*:?\s*(\D{0,5}\d.*)$`)

// withoutMost is a cell without the words that an authorized amount does not need.
func withoutMost(c *workbook.Cell) *workbook.Cell {
	if m := atMost.FindStringSubmatch(textOf(c)); m != nil {
		plain := *c
		plain.Value = m[1]
		return &plain
	}
	return c
}
