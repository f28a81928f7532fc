package rules

import (
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"handrail/internal/request"
)

// wordsAbove are what the form asks about the requester, by the names that [words] has for them.
var wordsAbove = []string{"requester", "email", "branch", "language"}

// Words are what the policy calls the fields of the form, in labels, help and answers.
func (p *Policy) Words() request.Words { return p.words }

// labelOf is what the policy calls a part of who asks.
func (p *Policy) labelOf(part originPart) request.Text {
	if own := p.words.Above[part.above()]; !own.Label.IsZero() {
		return own.Label
	}
	return part.label()
}

// above is the part's name in [words], "" where the form does not ask for it.
func (o originPart) above() string {
	switch o {
	case unitPart:
		return "branch"
	case namePart:
		return "requester"
	case emailPart:
		return "email"
	}
	return ""
}

// words reads [words]: labels and help of fields, and labels of their answers. No label may be another field's, or a form
// could not be read again.
func (s *schema) words(root *table) {
	v := s.get(root, "", "words", unstable.InlineTable, false)
	if v == nil {
		return
	}
	w := request.Words{Fields: map[request.Field]request.FieldWords{}, Above: map[string]request.FieldWords{}}
	called := calledAlready()
	for _, name := range v.table.keys {
		entry := v.table.entries[name]
		f, isField := request.FieldByName(name)
		if !isField && !slices.Contains(wordsAbove, name) {
			s.fault(entry.keyAt, "words", "%q is no field of the form%s", "%q n’est pas un champ du formulaire%s", name, meant(name, append(fieldNames(), wordsAbove...)))
			continue
		}
		if entry.table == nil {
			s.fault(entry.at, "words", "write %s = { label = { en = \"…\", fr = \"…\" }, help = { en = \"…\", fr = \"…\" } }", "écrivez %s = { label = { en = \"…\", fr = \"…\" }, help = { en = \"…\", fr = \"…\" } }", name)
			continue
		}
		where := "words." + name
		own := s.fieldWords(entry.table, where, f)
		if places := entry.table.entries["label"]; places != nil {
			for _, label := range []string{own.Label.EN, own.Label.FR} {
				folded := request.Fold(label)
				if other, there := called[folded]; there && other != name {
					s.fault(places.at, where, "the label %q is already that of %s", "le libellé %q est déjà celui de %s", label, other)
				} else if label != "" {
					called[folded] = name
				}
			}
		}
		if isField {
			w.Fields[f] = own
		} else {
			w.Above[name] = own
		}
	}
	s.p.words = w
}

// calledAlready are the labels that every form has had, by their folded text.
func calledAlready() map[string]string {
	called := map[string]string{}
	for _, info := range request.Fields() {
		for _, label := range append([]request.Text{info.Label}, info.Earlier...) {
			called[request.Fold(label.EN)], called[request.Fold(label.FR)] = info.Name, info.Name
		}
	}
	for _, part := range []originPart{namePart, emailPart, unitPart} {
		called[request.Fold(part.label().EN)], called[request.Fold(part.label().FR)] = part.above(), part.above()
	}
	return called
}

func (s *schema) fieldWords(t *table, where string, f request.Field) request.FieldWords {
	var own request.FieldWords
	choices := codesOf(source{kind: fieldSource, field: f})
	known := []string{"label", "help"}
	if f != request.NoField && f.Info().Kind == request.ChoiceKind {
		known = append(known, "choices")
	}
	s.keys(t, where, known...)
	own.Label, _ = s.both(t, where, "label", false)
	own.Help, _ = s.both(t, where, "help", false)
	answers := s.get(t, where, "choices", unstable.InlineTable, false)
	if answers == nil || len(known) == 2 {
		return own
	}
	own.Choices = map[string]request.Text{}
	for _, code := range answers.table.keys {
		if !slices.Contains(choices, code) {
			s.fault(answers.table.entries[code].keyAt, where, "%q is no answer of this field%s", "%q n’est pas une réponse de ce champ%s", code, meant(code, choices))
			continue
		}
		own.Choices[code], _ = s.both(answers.table, where, code, true)
	}
	return own
}

func fieldNames() []string {
	var names []string
	for _, info := range request.Fields() {
		names = append(names, info.Name)
	}
	return names
}

// words compares what the two call the fields of the form.
func (d *differ) words() {
	compare := func(name string, before, after request.FieldWords) {
		d.both("words", name, "label", before.Label, after.Label)
		d.both("words", name, "help", before.Help, after.Help)
		d.replaced("words", name, "choices", answersWords(before), answersWords(after))
	}
	for _, info := range request.Fields() {
		compare(info.Name, d.a.words.Fields[info.Field], d.b.words.Fields[info.Field])
	}
	for _, name := range wordsAbove {
		compare(name, d.a.words.Above[name], d.b.words.Above[name])
	}
}

// answersWords are the labels of the answers, in the order of their codes.
func answersWords(w request.FieldWords) request.Text {
	var en, fr []string
	for _, code := range slices.Sorted(maps.Keys(w.Choices)) {
		en, fr = append(en, code+" = "+w.Choices[code].EN), append(fr, code+" = "+w.Choices[code].FR)
	}
	return request.Text{EN: strings.Join(en, ", "), FR: strings.Join(fr, ", ")}
}
