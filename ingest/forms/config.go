package forms

import (
	"maps"
	"slices"

	"handrail/ingest"
	"handrail/internal/request"
)

// Config is the [form] part of the configuration: how a department's own form differs from the shipped one.
type Config struct {
	// Aliases are, for a field's name or for requester, email, branch or language, the headers and labels of the
	// department's own form.
	Aliases map[string][]string `toml:"aliases" comment:"The headers and labels of a department's own form: field = [\"its header\", …], such as supplier = [\"Vendor name\", \"Payee\"]."`
	// Answers are, for the code of a choice (yes, no, goods, unclassified, …), the words and signs of the department's own form.
	Answers map[string][]string `toml:"answers" comment:"What the answers are called on a department's own form: code = [\"word\", …], such as yes = [\"☒\", \"Y\"]; for one field only: \"standalone.no\" = [\"Part of a series\"]."`
	// Defaults are, for a field's name, the value of every line that leaves the field empty, as somebody would type it.
	Defaults map[string]string `toml:"defaults" comment:"What a line is where a department's own form neither asks nor says: field = \"value\", such as commodity = \"goods\"."`
	// Ignore are the headers and labels that are no field whatever they look like.
	Ignore   []string `toml:"ignore" comment:"Headers of a department's own form that mean nothing to the guardrails, such as [\"Office use\"]; a line with a value there is not asked about."`
	MaxLines int      `toml:"max_lines" comment:"The most lines one form may have; 0: 2000. A form with more is not read, and its sender is told how to split it. Memory grows with it: see the operators' page on size."`
}

const mostConfiguredLines = 100_000

// Validate names every mistake with the path of its key.
func (c Config) Validate() error {
	var wrong ingest.Mistakes
	given := map[string]string{} // folded alias to the field it was given to
	for _, name := range sortedNames(c.Aliases) {
		key := "aliases." + name
		if _, _, ok := aliasTarget(name); !ok {
			wrong.Add(key, "there is no field %q; the fields are %s", name, aliasTargets())
			continue
		}
		if len(c.Aliases[name]) == 0 {
			wrong.Add(key, "the list is empty: name at least one header, or remove the key")
		}
		for _, alias := range c.Aliases[name] {
			folded := request.Fold(alias)
			switch {
			case folded == "":
				wrong.Add(key, "%q has no letter and no digit, and those are all that counts in a header", alias)
			case len(alias) > longestHeader:
				wrong.Add(key, "%q… is longer than a header can be", alias[:40])
			case given[folded] != "" && given[folded] != name:
				wrong.Add(key, "%q is an alias of %s already; a header can mean one field only", alias, given[folded])
			default:
				given[folded] = name
			}
		}
	}
	c.validateIgnored(&wrong, given)
	c.validateAnswers(&wrong)
	c.validateDefaults(&wrong)
	if c.MaxLines < 0 || c.MaxLines > mostConfiguredLines {
		wrong.Add("max_lines", "%d is not between 0 and %d", c.MaxLines, mostConfiguredLines)
	}
	return wrong.Err()
}

// Options turns a valid configuration into what Read takes. currency is the policy's.
func (c Config) Options(currency string) Options {
	o := Options{Aliases: map[request.Field][]string{}, AboveAliases: map[string][]string{}, Currency: currency, MaxLines: c.MaxLines,
		Answers: c.Answers, Ignored: c.Ignore}
	for name, typed := range c.Defaults {
		if f, ok := request.FieldByName(name); ok {
			if o.Defaults == nil {
				o.Defaults = map[request.Field]string{}
			}
			o.Defaults[f] = typed
		}
	}
	for name, aliases := range c.Aliases {
		field, _, ok := aliasTarget(name)
		switch {
		case !ok:
		case field != request.NoField:
			o.Aliases[field] = aliases
		default:
			o.AboveAliases[name] = aliases
		}
	}
	return o
}

func aliasTarget(name string) (field request.Field, at above, ok bool) {
	if f, ok := request.FieldByName(name); ok {
		return f, notAbove, true
	}
	for _, a := range aboveLabels {
		if a.name == name {
			return request.NoField, a.at, true
		}
	}
	return request.NoField, notAbove, false
}

func aliasTargets() string {
	s := ""
	for _, info := range request.Fields() {
		s += info.Name + ", "
	}
	for i, a := range aboveLabels {
		if i > 0 {
			s += ", "
		}
		s += a.name
	}
	return s
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
