package rules

import (
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"handrail/internal/request"
)

// attestation reads [attestation]: one statement above the form's table that fills fields of every line. Only a field with
// fixed answers can be attested, and not who authorized the money or why: those are said line by line or box by box.
func (s *schema) attestation(root *table) {
	v := s.get(root, "", "attestation", unstable.InlineTable, false)
	if v == nil {
		return
	}
	const where = "attestation"
	s.keys(v.table, where, "text", "values")
	text, _ := s.both(v.table, where, "text", true)
	values := s.get(v.table, where, "values", unstable.InlineTable, true)
	if values == nil {
		return
	}
	a := request.Attestation{Text: text}
	for _, name := range values.table.keys {
		entry := values.table.entries[name]
		f, ok := request.FieldByName(name)
		if !ok || f.Info().Kind != request.ChoiceKind {
			s.fault(entry.keyAt, where, "%q is no field with fixed answers%s", "%q n’est pas un champ à réponses fixes%s", name, meant(name, attestable()))
			continue
		}
		codes := codesOf(source{kind: fieldSource, field: f})
		if entry.kind != unstable.String || !slices.Contains(codes, entry.text) {
			s.fault(entry.at, where, "%s must be one of %s", "%s doit être l’une des valeurs %s", name, strings.Join(codes, ", "))
			continue
		}
		a.Values = append(a.Values, request.AttestedValue{Field: f, Code: entry.text})
	}
	if len(values.table.keys) == 0 {
		s.fault(values.at, where, "values is empty: say which fields a yes fills in, such as { remote = \"yes\" }", "values est vide : indiquez les champs qu’un oui remplit, par exemple { remote = \"yes\" }")
	}
	slices.SortFunc(a.Values, func(x, y request.AttestedValue) int { return int(x.Field) - int(y.Field) })
	s.p.attestation = a
}

// attestable are the names of the fields with fixed answers.
func attestable() []string {
	var names []string
	for _, info := range request.Fields() {
		if info.Kind == request.ChoiceKind {
			names = append(names, info.Name)
		}
	}
	return names
}

// attestedWords say what a yes answers, in the words of the form.
func attestedWords(p *Policy) request.Text {
	var en, fr []string
	for _, v := range p.attestation.Values {
		info := p.words.Info(v.Field)
		for _, c := range info.Choices {
			if c.Code == v.Code {
				en, fr = append(en, info.Label.EN+" = "+c.Label.EN), append(fr, info.Label.FR+" = "+c.Label.FR)
			}
		}
	}
	return request.Text{EN: strings.Join(en, ", "), FR: strings.Join(fr, ", ")}
}
