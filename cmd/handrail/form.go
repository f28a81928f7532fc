package main

import (
	"context"
	"fmt"
	"os"

	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/rules"
)

type formCommand struct {
	Lang   string `enum:"en,fr" default:"en" help:"Language that comes first, and of the drop-downs: en or fr."`
	Out    string `required:"" placeholder:"F.xlsx" help:"Where to write the form."`
	Policy string `placeholder:"F" help:"Policy whose fields the form asks for: a file, or a shipped name."`
	All    bool   `help:"Every field, not only those that a guardrail, a total or finance reads."`
	Config string `placeholder:"F" help:"Configuration that names the policy and the inbox."`
}

func (c *formCommand) Run(ctx context.Context, t *terminal) error {
	policy, mailTo, err := c.policy(ctx, t)
	if err != nil {
		return err
	}
	options := formFor(policy, request.Lang(c.Lang), mailTo, request.DateOf(t.now()))
	options.All = c.All
	file, err := os.Create(c.Out)
	if err != nil {
		return fail(exitInput, "choose a place you may write to with --out", "write the form: %w", err)
	}
	defer func() { _ = file.Close() }()
	if err := workbook.NewForm(file, options); err != nil {
		return fail(exitInput, "", "%s: %w", c.Out, err)
	}
	if err := file.Close(); err != nil {
		return fail(exitInput, "", "%s: %w", c.Out, err)
	}
	fmt.Fprintf(t.out, "%s: the request form for %s %s\n", c.Out, policy.Name(), policy.Version())
	return nil
}

func (c *formCommand) policy(ctx context.Context, t *terminal) (*rules.Policy, string, error) {
	named, mailTo := c.Policy, ""
	if c.Config != "" {
		config, err := loadFormConfig(c.Config)
		if err != nil {
			return nil, "", err
		}
		if len(config.Inbox) > 0 {
			mailTo = config.Inbox[0].Address
		}
		if named == "" {
			p, err := config.policyInForce(ctx, t, nil)
			return p, mailTo, err
		}
	}
	p, err := loadPolicy(ctx, named)
	return p, mailTo, err
}

// formFor describes the form that goes with a policy on a day.
func formFor(p *rules.Policy, lang request.Lang, mailTo string, today request.Date) workbook.FormOptions {
	mark := p.Mark()
	return workbook.FormOptions{
		Lang: p.Languages().Write(lang), Languages: p.Languages(), Fields: p.Needs(), Asks: p.Asks(today), Attestation: p.Attestation(), Words: p.Words(), Currency: p.Currency(), Policy: mark.Name + ", " + mark.Version,
		Means: mark.Means, MailTo: mailTo, RequestLimit: p.Limit("request", today), PretaxLimit: p.Limit("pretax", today),
	}
}
