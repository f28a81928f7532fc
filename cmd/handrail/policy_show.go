package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/rules"
)

type policyShowCommand struct {
	Name   string       `arg:"" optional:"" help:"Policy file, or the name of a shipped one; without it, the text in force by --config."`
	Config string       `placeholder:"F" help:"Configuration: show the text that is in force by its ledger, or else the one that it names."`
	Inbox  string       `help:"With --config: the text of this inbox, where several have their own."`
	Tests  bool         `help:"Its tests instead of the text."`
	Page   bool         `help:"One page in HTML for staff and the public: what the rules say, with their sources."`
	On     string       `placeholder:"2027-04-01" help:"With --page: as of this day; today without it."`
	Lang   request.Lang `enum:"en,fr" default:"en" help:"Language of the page: en or fr."`
	Out    string       `placeholder:"F" help:"Write it to a file."`
}

func (c *policyShowCommand) Run(ctx context.Context, t *terminal) error {
	switch {
	case c.Name == "" && c.Config == "":
		return fail(exitUsage, "handrail policy show gc-low-dollar, or handrail policy show --config handrail.toml", "say which policy: a file, the name of a shipped one, or --config")
	case c.Name != "" && c.Config != "":
		return fail(exitUsage, "", "say either a policy or --config")
	case c.Tests && c.Page:
		return fail(exitUsage, "", "say either --tests or --page")
	}
	write, err := c.shown(ctx, t)
	if err != nil {
		return err
	}
	if c.Out == "" {
		return write(t.out)
	}
	return writeOut(c.Out, write)
}

// shown is what is to be written.
func (c *policyShowCommand) shown(ctx context.Context, t *terminal) (func(io.Writer) error, error) {
	p, file, err := c.policy(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Page:
		on := request.DateOf(t.now())
		if c.On != "" {
			if on, err = request.ParseDate(c.On); err != nil {
				return nil, fail(exitUsage, "", "--on: %w", err)
			}
		}
		return func(w io.Writer) error { return p.WritePage(w, c.Lang, on) }, nil
	case c.Tests:
		text, err := policyTests(file)
		return func(w io.Writer) error { _, err := w.Write(text); return err }, err
	}
	return func(w io.Writer) error { _, err := io.WriteString(w, p.Text()); return err }, nil
}

// policyTests are the tests of a policy, by its file or the name of a shipped one.
func policyTests(file string) ([]byte, error) {
	if slices.Contains(rules.Shipped(), file) {
		return rules.ShippedTests(file)
	}
	text, err := rules.ReadFile(rules.TestFileOf(file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail(exitInput, "the tests of department.toml stand beside it in department"+rules.TestSuffix, "%w", err)
	}
	return text, err
}

// policy finds the policy, and the file or the name that it goes by.
func (c *policyShowCommand) policy(ctx context.Context) (*rules.Policy, string, error) {
	if c.Config == "" {
		p, err := loadPolicy(ctx, c.Name)
		return p, c.Name, err
	}
	config, err := loadConfig(c.Config)
	if err != nil {
		return nil, "", err
	}
	p, named, _, err := config.policyOf(ctx, c.Inbox)
	return p, named, err
}

// policyOf is the policy of an inbox, the one there is when inbox is empty: the text in force by the ledger, or else the one that the configuration
// names. named is that file, or the name of a shipped text; box is what the inbox is called.
func (c *Config) policyOf(ctx context.Context, inbox string) (p *rules.Policy, named, box string, err error) {
	if err := c.whichInbox(inbox); err != nil {
		return nil, "", "", err
	}
	box, named = inbox, c.Policy
	for _, i := range c.Inbox {
		i = i.WithDefaults()
		if box == "" || i.Name == box {
			if box = i.Name; i.Policy != "" {
				named = i.Policy
			}
			break
		}
	}
	if named == "" {
		named = defaultPolicy
	}
	if !slices.Contains(rules.Shipped(), named) {
		named = c.resolve(named)
	}
	p, err = c.textInForce(ctx, box)
	if p == nil && err == nil {
		p, err = loadPolicy(ctx, named)
	}
	return p, named, box, err
}

// textInForce is the text that the ledger says is in force for an inbox; nil where there is no ledger yet, or none of it.
func (c *Config) textInForce(ctx context.Context, inbox string) (p *rules.Policy, err error) {
	l, err := ledger.Open(ctx, c.ledgerConfig(), ledger.Read)
	if err != nil {
		return nil, nil // not made yet: the file counts
	}
	defer func() { _ = l.Close() }()
	err = l.View(ctx, func(tx *ledger.Tx) error {
		text, found, err := tx.Documents.TextInForce(ctx, department.PolicyText, inbox)
		if err != nil || !found {
			return err
		}
		if p, err = rules.ReadBundle(text.Body); err != nil {
			return fmt.Errorf("the policy in force %s: %w", text.Hash, err)
		}
		return nil
	})
	if err != nil {
		return nil, ledgerTrouble(err)
	}
	return p, nil
}
