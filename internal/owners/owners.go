// Package owners knows whose the rules are: who of procurement and of finance must agree before something else is in force.
//
// It refuses to know what is changed, and how they are asked.
package owners

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"handrail/ingest"
	"handrail/internal/request"
)

// The roles of owners.
const (
	Procurement = "procurement"
	Finance     = "finance"
)

// Config is who owns the rules. Empty: nobody does, and the file of the policy counts.
type Config struct {
	Procurement []string `toml:"procurement" comment:"The owners of the rules in procurement: their addresses. With owners, a policy comes into force once two of them agreed by mail, one of each list (docs/policies.md, Owners); without, the file counts."`
	Finance     []string `toml:"finance" comment:"The owners in finance."`
	AnyTwo      bool     `toml:"any_two" comment:"Any two different owners suffice, of whichever list."`
	Trusted     []string `toml:"trusted" comment:"Files that count at once, because they are exported by whoever keeps them: officers, registers.cost_centres, registers.people, registers.suppliers. Owners are told. Of all others, what widens waits for owners."`
}

// trustable are the files that can be trusted.
var trustable = []string{"officers", "registers.cost_centres", "registers.people", "registers.suppliers"}

// Validate names every mistake.
func (c Config) Validate() error {
	var p ingest.Mistakes
	for _, list := range []struct {
		key       string
		addresses []string
	}{{Procurement, c.Procurement}, {Finance, c.Finance}} {
		for i, a := range list.addresses {
			if m, err := mail.ParseAddress(a); err != nil || m.Address != a {
				p.Add(fmt.Sprintf("%s[%d]", list.key, i), "%q is not an e-mail address", a)
			}
		}
	}
	for i, t := range c.Trusted {
		if !slices.Contains(trustable, t) {
			p.Add(fmt.Sprintf("trusted[%d]", i), "%q is not one of %s", t, strings.Join(trustable, ", "))
		}
	}
	switch o := New(c); {
	case !o.Any() && c.AnyTwo:
		p.Add("any_two", "this says which owners suffice, and there are none: name them with procurement and finance, or remove the line")
	case !o.Any():
	case len(c.Procurement) == 0:
		p.Add(Procurement, "both lists are needed: name an owner in procurement, such as procurement = [\"a.director@department.example\"]")
	case len(c.Finance) == 0:
		p.Add(Finance, "both lists are needed: name an owner in finance, such as finance = [\"a.manager@department.example\"]")
	case len(o.All()) < 2:
		p.Add(Finance, "two different people are needed, and %s is the only one", o.All()[0])
	}
	return p.Err()
}

// Owners are the people who own the rules. The zero Owners are nobody.
type Owners struct {
	roles  map[string][]string // by address in lower case
	order  []string            // addresses as they were written
	anyTwo bool
	config Config
}

// New makes the owners of a configuration that was checked.
func New(c Config) Owners {
	o := Owners{roles: map[string][]string{}, anyTwo: c.AnyTwo, config: c}
	for _, list := range []struct {
		role      string
		addresses []string
	}{{Procurement, c.Procurement}, {Finance, c.Finance}} {
		for _, a := range list.addresses {
			key := strings.ToLower(a)
			if o.roles[key] == nil {
				o.order = append(o.order, a)
			}
			if !slices.Contains(o.roles[key], list.role) {
				o.roles[key] = append(o.roles[key], list.role)
			}
		}
	}
	return o
}

// Config is what the owners were made of.
func (o Owners) Config() Config { return o.config }

// Trusts reports whether a file counts at once: "officers", "registers.people".
func (o Owners) Trusts(file string) bool { return slices.Contains(o.config.Trusted, file) }

// Any reports whether there are owners.
func (o Owners) Any() bool { return len(o.order) > 0 }

// All are the owners' addresses, procurement first.
func (o Owners) All() []string { return slices.Clone(o.order) }

// Is reports whether an address is an owner's.
func (o Owners) Is(address string) bool { return len(o.roles[strings.ToLower(address)]) > 0 }

// Others are the owners but one.
func (o Owners) Others(address string) []string {
	return slices.DeleteFunc(o.All(), func(a string) bool { return strings.EqualFold(a, address) })
}

// Role is an owner's role, the first where they have both; "" for nobody.
func (o Owners) Role(address string) string {
	if roles := o.roles[strings.ToLower(address)]; len(roles) > 0 {
		return roles[0]
	}
	return ""
}

// Enough reports whether who proposed and who approved suffice: two different owners, one of each role unless any two do. Whoever proposed counts
// as one of the two, and nobody twice; a proposer who is no owner, such as a file on the server, counts for nothing.
func (o Owners) Enough(proposedBy string, approvedBy []string) bool {
	who := o.distinct(append([]string{proposedBy}, approvedBy...))
	for i, a := range who {
		for _, b := range who[i+1:] {
			if o.anyTwo || o.together(a, b) {
				return true
			}
		}
	}
	return false
}

// Missing are the owners of whom one more is needed: those whose approval would be enough, or bring it nearer where nobody's would.
func (o Owners) Missing(proposedBy string, approvedBy []string) []string {
	if o.Enough(proposedBy, approvedBy) {
		return nil
	}
	have := o.distinct(append([]string{proposedBy}, approvedBy...))
	rest := slices.DeleteFunc(o.All(), func(a string) bool { return slices.Contains(have, strings.ToLower(a)) })
	enough := slices.DeleteFunc(slices.Clone(rest), func(a string) bool { return !o.Enough(proposedBy, append(slices.Clone(approvedBy), a)) })
	if len(enough) > 0 {
		return enough
	}
	return rest
}

// together reports whether two different people have the two roles: an address in both lists counts as one of them.
func (o Owners) together(a, b string) bool {
	return slices.Contains(o.roles[a], Procurement) && slices.Contains(o.roles[b], Finance) ||
		slices.Contains(o.roles[a], Finance) && slices.Contains(o.roles[b], Procurement)
}

// distinct are the owners among addresses, each once.
func (o Owners) distinct(addresses []string) (who []string) {
	for _, a := range addresses {
		if key := strings.ToLower(a); o.Is(a) && !slices.Contains(who, key) {
			who = append(who, key)
		}
	}
	return who
}

// RoleText says a role in words.
func RoleText(role string) request.Text {
	switch role {
	case Procurement:
		return request.Text{EN: "procurement", FR: "approvisionnement"}
	case Finance:
		return request.Text{EN: "finance", FR: "finances"}
	}
	return request.Text{}
}
