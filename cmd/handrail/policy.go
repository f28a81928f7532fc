package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"handrail/rules"
)

const defaultPolicy = "esdc-micro-acquisition"

// loadPolicy loads a policy by file, or by the name of a shipped one; "" is the shipped default.
func loadPolicy(named string) (*rules.Policy, error) {
	if named == "" {
		named = defaultPolicy
	}
	var p *rules.Policy
	var err error
	if slices.Contains(rules.Shipped(), named) {
		p, err = rules.LoadShipped(named)
	} else {
		p, err = rules.Load(named)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fail(exitUsage, "shipped policies: "+strings.Join(rules.Shipped(), ", "), "policy %s: no such file, and no shipped policy of that name", named)
	case err != nil:
		return nil, fail(exitUsage, "", "%w", err)
	}
	return p, nil
}

// loadPolicy loads the policy that the configuration names, relative to the configuration's folder.
func (c *Config) loadPolicy() (*rules.Policy, error) {
	if slices.Contains(rules.Shipped(), c.Policy) {
		return loadPolicy(c.Policy)
	}
	return loadPolicy(c.resolve(c.Policy))
}

type policyCommand struct {
	Check policyCheckCommand `cmd:"" help:"Lint a policy: every mistake with file, line and column."`
}

type policyCheckCommand struct {
	File string `arg:"" help:"Policy file, or the name of a shipped one."`
}

func (c *policyCheckCommand) Run(t *terminal) error {
	p, err := loadPolicy(c.File)
	if err != nil {
		var f *failure
		if errors.As(err, &f) && !strings.Contains(f.Error(), "no such file") {
			f.code = exitAct // for policy: something is wrong with it
		}
		return err
	}
	mark := p.Mark()
	fmt.Fprintf(t.out, "%s %s is in order: %d guardrails.\n%s\n", mark.Name, mark.Version, len(mark.Guardrails), p.Hash())
	return nil
}
