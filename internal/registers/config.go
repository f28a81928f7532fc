package registers

import (
	"path/filepath"
	"strings"

	"handrail/ingest"
)

// Config names the files of the registers; "" is none.
type Config struct {
	CostCentres string `toml:"cost_centres" comment:"The department's cost centres, CSV or XLSX with the columns cost centre, branch, branch (French), unit, manager, from, until; only the first is needed. A line with another one goes to an officer. Empty: none."`
	People      string `toml:"people" comment:"Who may ask, CSV or XLSX with the columns email, name, branch, unit, cost centre, may ask for, from, until; only the first is needed. The branch of a person is the one here, whatever the form says. Empty: none."`
	Suppliers   string `toml:"suppliers" comment:"Known suppliers, CSV or XLSX with the columns name, aliases, business number, owner; only the first is needed. A supplier that is not here is no mistake. Empty: none."`
}

// Kind is one of the registers.
type Kind string

// The registers.
const (
	CostCentresKind Kind = "cost_centres"
	PeopleKind      Kind = "people"
	SuppliersKind   Kind = "suppliers"
)

// Kinds are the registers in the order in which they are shown.
func Kinds() []Kind { return []Kind{CostCentresKind, PeopleKind, SuppliersKind} }

// File is where a register stands; "" it is not configured.
func (c Config) File(k Kind) string {
	switch k {
	case CostCentresKind:
		return c.CostCentres
	case PeopleKind:
		return c.People
	case SuppliersKind:
		return c.Suppliers
	}
	return ""
}

// Resolved is the configuration with every path made by resolve.
func (c Config) Resolved(resolve func(string) string) Config {
	return Config{CostCentres: resolve(c.CostCentres), People: resolve(c.People), Suppliers: resolve(c.Suppliers)}
}

// Validate names every mistake. What stands in the files is looked at when they are read: a register with a mistake leaves the last
// one in force, and stops no command.
func (c Config) Validate() error {
	var p ingest.Mistakes
	seen := map[string]Kind{}
	for _, k := range Kinds() {
		file := strings.TrimSpace(c.File(k))
		if file == "" {
			continue
		}
		file = filepath.Clean(file)
		if other, twice := seen[file]; twice {
			p.Add(string(k), "%s is the register %s already: each register is a file of its own", file, other)
		}
		seen[file] = k
	}
	return p.Err()
}
