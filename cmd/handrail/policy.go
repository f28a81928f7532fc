package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"handrail/internal/department"
	"handrail/internal/request"
	"handrail/rules"
)

const defaultPolicy = "esdc-micro-acquisition"

// loadPolicy loads a policy by file, or by the name of a shipped one; "" is the shipped default.
func loadPolicy(ctx context.Context, named string) (*rules.Policy, error) {
	if named == "" {
		named = defaultPolicy
	}
	var p *rules.Policy
	var err error
	if slices.Contains(rules.Shipped(), named) {
		p, err = rules.LoadShipped(named)
	} else {
		p, err = rules.LoadWith(ctx, named, rules.Options{Rows: department.ListRows})
	}
	if err != nil {
		return nil, noPolicy(named, err)
	}
	return p, nil
}

// noPolicy says why there is no policy where one is named.
func noPolicy(named string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fail(exitUsage, "shipped policies: "+strings.Join(rules.Shipped(), ", "), "policy %s: no such file, and no shipped policy of that name", named)
	}
	return fail(exitUsage, "", "%w", err)
}

// loadPolicy loads the policy that the configuration names, relative to the configuration's folder.
func (c *Config) loadPolicy(ctx context.Context) (*rules.Policy, error) {
	if slices.Contains(rules.Shipped(), c.Policy) {
		return loadPolicy(ctx, c.Policy)
	}
	return loadPolicy(ctx, c.resolve(c.Policy))
}

type policyCommand struct {
	Check    policyCheckCommand    `cmd:"" help:"Lint a policy: every mistake with file, line and column."`
	Test     policyTestCommand     `cmd:"" help:"Run a policy's test file, and name the guardrails that no test trips."`
	Backtest policyBacktestCommand `cmd:"" help:"Judge the ledger's lines again with another text, and say what would have been decided otherwise."`
	Diff     policyDiffCommand     `cmd:"" help:"Say in words what is otherwise in another version of a policy."`
}

type policyCheckCommand struct {
	File string `arg:"" help:"Policy file, or the name of a shipped one."`
	formatted
}

// policyVerdict is what check and test say of a policy: the policy is null where its text, or that of its tests, has
// mistakes.
type policyVerdict struct {
	Policy     *checkPolicy   `json:"policy"`
	Guardrails int            `json:"guardrails,omitempty"`
	Mistakes   rules.Mistakes `json:"mistakes"`
	*trialVerdict
}

// trialVerdict is what test says besides.
type trialVerdict struct {
	Cases     int            `json:"cases"`
	Failures  rules.Mistakes `json:"failures"`
	Untripped []string       `json:"untripped"` // guardrails that no case trips
}

func (c *policyCheckCommand) Run(ctx context.Context, t *terminal) error {
	p, err := loadPolicy(ctx, c.File)
	if err != nil {
		return t.wrongPolicy(err, c.formatted)
	}
	mark := p.Mark()
	if c.asJSON() {
		return t.document(policyVerdict{Policy: &checkPolicy{mark.Name, mark.Version, mark.Hash}, Guardrails: len(mark.Guardrails), Mistakes: rules.Mistakes{}})
	}
	fmt.Fprintf(t.out, "%s %s is in order: %d guardrails.\n%s\n", mark.Name, mark.Version, len(mark.Guardrails), p.Hash())
	return nil
}

// wrongPolicy gives mistakes in a policy, or in its tests, the exit code of something that is wrong, and lists them where
// a document is asked for.
func (t *terminal) wrongPolicy(err error, f formatted) error {
	var mistakes rules.Mistakes
	switch {
	case !errors.As(err, &mistakes):
		return err
	case f.asJSON():
		if err := t.document(policyVerdict{Mistakes: mistakes}); err != nil {
			return err
		}
		return somebodyMustAct()
	}
	return fail(exitAct, "", "%w", err)
}

type policyTestCommand struct {
	File string `arg:"" help:"Policy file (its tests stand beside it, in FILE.test.toml), its test file, or the name of a shipped policy."`
	formatted
}

func (c *policyTestCommand) Run(ctx context.Context, t *terminal) error {
	trials, err := c.load(ctx)
	var wrong rules.Mistakes
	switch {
	case errors.As(err, &wrong):
		return t.wrongPolicy(err, c.formatted)
	case errors.Is(err, fs.ErrNotExist):
		return fail(exitUsage, "the tests of department.toml stand beside it in department"+rules.TestSuffix+"; docs/policies.md shows how to write them", "%w", err)
	case err != nil:
		return fail(exitUsage, "", "%w", err)
	}
	report := trials.Run()
	if c.asJSON() {
		return c.document(t, &report)
	}
	for _, f := range report.Failures {
		fmt.Fprintln(t.out, f)
	}
	covered := report.Guardrails - len(report.Untripped)
	fmt.Fprintf(t.out, "%s %s: %d cases, %d failures.\n", report.Policy.Name(), report.Policy.Version(), report.Cases, len(report.Failures))
	fmt.Fprintf(t.out, "Guardrails that a test trips: %d of %d.", covered, report.Guardrails)
	if len(report.Untripped) > 0 {
		fmt.Fprintf(t.out, " No test trips %s.", strings.Join(report.Untripped, ", "))
	}
	fmt.Fprintln(t.out)
	if len(report.Failures) > 0 {
		return somebodyMustAct()
	}
	return nil
}

func (c *policyTestCommand) document(t *terminal, r *rules.TrialReport) error {
	p := mark(r.Policy)
	v := policyVerdict{Policy: &p, Guardrails: r.Guardrails, Mistakes: rules.Mistakes{}, trialVerdict: &trialVerdict{
		Cases: r.Cases, Failures: append(rules.Mistakes{}, r.Failures...), Untripped: append([]string{}, r.Untripped...)}}
	if err := t.document(v); err != nil || len(r.Failures) == 0 {
		return err
	}
	return somebodyMustAct()
}

func (c *policyTestCommand) load(ctx context.Context) (*rules.Trials, error) {
	if slices.Contains(rules.Shipped(), c.File) {
		return rules.ShippedTrials(c.File)
	}
	return rules.LoadTrials(ctx, c.File, rules.Options{Rows: department.ListRows})
}

type policyDiffCommand struct {
	Before string       `arg:"" help:"Policy file, or the name of a shipped one."`
	After  string       `arg:"" help:"The other version."`
	Lang   request.Lang `enum:"en,fr" default:"en" help:"Language of the text: en or fr."`
	formatted
}

type policyDiff struct {
	Before  checkPolicy    `json:"before"`
	After   checkPolicy    `json:"after"`
	Changes []rules.Change `json:"changes"`
}

func (c *policyDiffCommand) Run(ctx context.Context, t *terminal) error {
	before, err := loadPolicy(ctx, c.Before)
	if err != nil {
		return err
	}
	after, err := loadPolicy(ctx, c.After)
	if err != nil {
		return err
	}
	d := policyDiff{mark(before), mark(after), rules.Diff(before, after)}
	if c.asJSON() {
		return t.document(d)
	}
	for _, change := range d.Changes {
		for line := range strings.Lines(change.Words.In(c.Lang)) {
			text := strings.TrimLeft(line, " ")
			t.wrap(len(line)-len(text), text)
		}
	}
	none := request.Text{EN: "The two are the same.", FR: "Les deux versions sont identiques."}
	if before.Hash() != after.Hash() {
		none = request.Text{EN: "Nothing that is judged or said differs; only comments, layout or order do.", FR: "Rien de ce qui est jugé ou dit ne diffère; seuls les commentaires, la présentation ou l’ordre diffèrent."}
	}
	if len(d.Changes) == 0 {
		fmt.Fprintln(t.out, none.In(c.Lang))
	}
	return nil
}

func mark(p *rules.Policy) checkPolicy {
	m := p.Mark()
	return checkPolicy{Name: m.Name, Version: m.Version, Hash: m.Hash}
}
