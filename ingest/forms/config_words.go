package forms

import (
	"strings"

	"handrail/ingest"
	"handrail/internal/request"
)

// validateIgnored looks at [form] ignore; aliases holds, by folded alias, the field it was given to.
func (c Config) validateIgnored(wrong *ingest.Mistakes, aliases map[string]string) {
	seen := map[string]bool{}
	for _, header := range c.Ignore {
		folded := request.Fold(header)
		switch {
		case folded == "":
			wrong.Add("ignore", "%q has no letter and no digit, and those are all that counts in a header; write the header as it stands on the form", header)
		case len(header) > longestHeader:
			wrong.Add("ignore", "%q… is longer than a header can be", header[:40])
		case aliases[folded] != "":
			wrong.Add("ignore", "%q is an alias of %s: either it means that or it means nothing; remove it here or under aliases.%s", header, aliases[folded], aliases[folded])
		case seen[folded]:
			wrong.Add("ignore", "%q is there twice; case, accents, punctuation and spaces do not count", header)
		}
		seen[folded] = true
	}
}

// validateAnswers looks at [form.answers]: every code is an answer of some field, and no word means two answers of one field.
func (c Config) validateAnswers(wrong *ingest.Mistakes) {
	type taken struct{ key, code string }
	given := map[request.Field]map[string]taken{}
	for _, own := range []bool{false, true} { // words for one field replace those for all
		if own {
			given = map[request.Field]map[string]taken{}
		}
		for _, key := range sortedNames(c.Answers) {
			if strings.Contains(key, ".") != own {
				continue
			}
			path := "answers." + key
			fields, code := answerTarget(key)
			if len(fields) == 0 {
				wrong.Add(path, "%q is no answer of a field; the answers are %s; for one field only write \"field.answer\", such as \"standalone.no\"", key, answerCodes())
				continue
			}
			if len(c.Answers[key]) == 0 {
				wrong.Add(path, "the list is empty: name at least one word of the form, or remove the key")
			}
			for _, word := range c.Answers[key] {
				form := answerForm(word)
				if form == "" {
					wrong.Add(path, "%q is empty: write the word or sign as it stands on the form", word)
					continue
				}
				for _, f := range fields {
					if given[f] == nil {
						given[f] = map[string]taken{}
					}
					if before, ok := given[f][form]; ok && before.code != code {
						wrong.Add(path, "%q is already %q (answers.%s) for the field %s; a word can mean one answer of a field only: remove it from one of the two", word, before.code, before.key, f)
						break
					}
					if shipped, _, err := request.ParseChoice(f, word); err == nil && shipped != code {
						wrong.Add(path, "%q means %q for the field %s on every form; remove it here, or write the field: \"FIELD.%s\"", word, shipped, f, code)
						break
					}
					given[f][form] = taken{key, code}
				}
			}
		}
	}
}

func answerCodes() string {
	var codes []string
	seen := map[string]bool{}
	for _, info := range request.Fields() {
		for _, choice := range info.Choices {
			if !seen[choice.Code] {
				seen[choice.Code] = true
				codes = append(codes, choice.Code)
			}
		}
	}
	return strings.Join(codes, ", ")
}

// validateDefaults reads every value as a cell of its field would be read.
func (c Config) validateDefaults(wrong *ingest.Mistakes) {
	words, err := newFormWords(nil, nil)
	if err != nil {
		wrong.Add("defaults", "%v", err)
		return
	}
	o := c.Options("")
	if err := words.learn(o); err != nil {
		return // said at answers or ignore
	}
	for _, name := range sortedNames(c.Defaults) {
		path, typed := "defaults."+name, c.Defaults[name]
		f, ok := request.FieldByName(name)
		switch _, at, above := aliasTarget(name); {
		case above && at != notAbove:
			wrong.Add(path, "%q is who asks, and nobody can be that for every form; a default is for a field of a line: %s", name, fieldNames())
			continue
		case !ok:
			wrong.Add(path, "there is no field %q; the fields are %s", name, fieldNames())
			continue
		case declared(f):
			wrong.Add(path, "what a person declares cannot be a default: add a box or a column for it to the form")
			continue
		case !saysSomething(typed):
			wrong.Add(path, "%q says nothing: write the value as somebody would type it, or remove the key", typed)
			continue
		}
		r := formReader{words: words, form: &Form{}, options: o}
		m := money{standard: "CAD"}
		m.use(&request.Value{})
		var v request.Value
		for _, p := range r.read(f, valueCell{cell: textCell(1, typed)}, &m, &v) {
			if p.Severity == request.ReturnSeverity {
				wrong.Add(path, "%s", strings.TrimSpace(strings.TrimPrefix(p.Message.EN, ":")))
			}
		}
	}
}

func fieldNames() string {
	var names []string
	for _, info := range request.Fields() {
		names = append(names, info.Name)
	}
	return strings.Join(names, ", ")
}

// declared is true for what only the person who asks can say, of each purchase.
func declared(f request.Field) bool {
	switch f {
	case request.Security, request.Remote, request.Standalone, request.InternalCapacity, request.PublicServant, request.TermsAccepted,
		request.AuthorizedBy, request.AuthorizedOn, request.AuthorizedAmount, request.AuthorizedKind, request.AuthorizedUntil, request.Rationale, request.Justification, request.Amends:
		return true
	}
	return false
}
