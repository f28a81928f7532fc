package adopt

import (
	"fmt"
	"slices"
	"strings"

	"handrail/ingest/forms"
	"handrail/internal/request"
)

// Block is the proposal as the [form] part of a configuration. What is not sure is there as a comment, to be uncommented.
func (p *Proposal) Block() string {
	var b strings.Builder
	fmt.Fprintf(&b, "[form]\n# The form on sheet %s, as handrail adopt saw it. Lines that begin with # are what it is not sure of.\n", quote(p.Sheet))
	p.writeIgnore(&b)
	p.writeAliases(&b)
	p.writeAnswers(&b)
	p.writeDefaults(&b)
	return b.String()
}

func (p *Proposal) writeIgnore(b *strings.Builder) {
	for _, s := range p.Columns {
		if s.Field == "" && len(s.Second) > 0 && s.Second[0].Likely() {
			fmt.Fprintf(b, "# ignore = [%s] # %s looks like %s, which another header is: if it is something else, a value there is not asked about\n",
				quote(s.Words), s.Cell, s.Second[0].Name)
		}
	}
}

func (p *Proposal) writeAliases(b *strings.Builder) {
	b.WriteString("\n[form.aliases]\n")
	for _, name := range fieldNames() {
		words := p.Config.Aliases[name]
		if len(words) == 0 {
			continue
		}
		fmt.Fprintf(b, "%s = [%s] # %s\n", name, quoteAll(words), p.places(name))
	}
	for _, s := range slices.Concat(p.Columns, p.Boxes) {
		if s.Field != "" || len(s.Second) == 0 || s.Second[0].Score < 0.5 || p.has(s.Second[0].Name) {
			continue
		}
		others := make([]string, 0, len(s.Second))
		for _, r := range s.Second[1:] {
			others = append(others, r.Name)
		}
		note := "perhaps"
		if len(others) > 0 {
			note += ", or " + strings.Join(others, ", ")
		}
		fmt.Fprintf(b, "# %s = [%s] # %s: %s\n", s.Second[0].Name, quote(s.Words), s.Cell, note)
	}
}

// places are where the aliases of a field stand, and the second choice of what is no more than likely.
func (p *Proposal) places(name string) string {
	var all []string
	for _, s := range slices.Concat(p.Columns, p.Boxes) {
		if s.Field != name || s.Alias == "" {
			continue
		}
		place := s.Cell
		if s.Kind == "box" {
			place += ", value in " + s.Value
		}
		if s.Why != "" && s.Why != "its words" {
			place += ": " + s.Why
		}
		for _, r := range s.Second {
			if s.Score < 0.85 && r.Name != name {
				place += ", or " + r.Name
				break
			}
		}
		all = append(all, place)
	}
	return strings.Join(all, "; ")
}

func (p *Proposal) writeAnswers(b *strings.Builder) {
	if len(p.Config.Answers) == 0 && len(p.answers) == 0 {
		return
	}
	b.WriteString("\n[form.answers]\n")
	codes := make([]string, 0, len(p.Config.Answers))
	for code := range p.Config.Answers {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for _, code := range codes {
		fmt.Fprintf(b, "%s = [%s]\n", key(code), quoteAll(p.Config.Answers[code]))
	}
	for _, u := range p.answers {
		f, _ := request.FieldByName(u.field)
		var may []string
		for _, c := range f.Info().Choices {
			may = append(may, c.Code)
		}
		fmt.Fprintf(b, "# %s = [%s] # an answer to %s: %s?\n", key(may[0]), quote(u.words), u.field, strings.Join(may, ", "))
	}
}

func (p *Proposal) writeDefaults(b *strings.Builder) {
	begun := false
	for _, l := range p.Lacks {
		f, _ := request.FieldByName(l.Field)
		if value := defaults[f]; value != "" {
			if !begun {
				b.WriteString("\n[form.defaults]\n")
				begun = true
			}
			fmt.Fprintf(b, "# %s = %s # only if that is so of every line of this form\n", l.Field, quote(value))
		}
	}
}

// fieldNames are all that an alias can name, in the form's order.
func fieldNames() []string {
	names := []string{"requester", "email", "branch", "language"}
	for _, info := range request.Fields() {
		names = append(names, info.Name)
	}
	return names
}

func quoteAll(words []string) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = quote(w)
	}
	return strings.Join(all, ", ")
}

// quote writes a basic string of TOML.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// key writes a key of TOML: bare where it may be.
func key(s string) string {
	for _, r := range s {
		if (r < 'a' || r > 'z') && r != '_' && r != '-' {
			return quote(s)
		}
	}
	return s
}

// Nearest are labels and headers of a form that was not recognised, with what they may mean: for inspect.
func (p *Proposal) Nearest() []Seen {
	var near []Seen
	for _, s := range slices.Concat(p.Columns, p.Boxes) {
		if s.Field != "" || len(s.Second) > 0 || s.Kind == "column" {
			near = append(near, s)
		}
	}
	return near
}

// Options are how a form is read with the proposal.
func (p *Proposal) Options(currency string) forms.Options { return p.Config.Options(currency) }
