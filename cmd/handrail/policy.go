package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"handrail/internal/department"
	"handrail/internal/ledger"
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
	} else if isWorkbook(named) {
		p, _, err = workbookPolicy(ctx, named)
		if failed := (*failure)(nil); errors.As(err, &failed) {
			return nil, err
		}
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

// policyInForce is the policy that the configuration names, for a command that works with what is in force: where its file has mistakes, or where owners
// have not approved it, it is the text in force that the ledger keeps, and t hears of that. record may be nil: then the ledger is opened where it is needed.
func (c *Config) policyInForce(ctx context.Context, t *terminal, record *ledger.Ledger) (*rules.Policy, error) {
	p, err := c.loadPolicy(ctx)
	if err == nil && len(c.Owners.Procurement)+len(c.Owners.Finance) == 0 {
		return p, nil
	}
	if record == nil {
		opened, openErr := ledger.Open(ctx, c.ledgerConfig(), ledger.Read)
		if openErr != nil {
			return p, err // without a ledger nothing is in force yet
		}
		defer func() { _ = opened.Close() }()
		record = opened
	}
	kept, keptErr := c.keptInForce(ctx, record)
	switch {
	case keptErr != nil || kept == nil:
		return p, err
	case err != nil:
		fmt.Fprintf(t.err, "handrail: %s cannot be used; %s %s is in force, and is used instead:\n%v\n", filepath.Base(c.Policy), kept.Name(), kept.Version(), err)
		return kept, nil
	case kept.Written() != p.Written():
		fmt.Fprintf(t.err, "handrail: %s is not what is in force; %s %s is, and is used\n", filepath.Base(c.Policy), kept.Name(), kept.Version())
		return kept, nil
	}
	return p, nil
}

// keptInForce is the text in force for the first inbox that has the configuration's own policy; nil where there is none.
func (c *Config) keptInForce(ctx context.Context, record *ledger.Ledger) (p *rules.Policy, err error) {
	name := ""
	for _, box := range c.Inbox {
		if box = box.WithDefaults(); box.Policy == "" || box.Policy == c.Policy {
			name = box.Name
			break
		}
	}
	err = record.View(ctx, func(tx *ledger.Tx) error {
		noted, err := tx.Documents.InForce(ctx, department.PolicyText)
		hash := noted[name]
		if hash == "" && len(noted) == 1 { // the inbox was called otherwise
			for _, only := range noted {
				hash = only
			}
		}
		if err != nil || hash == "" {
			return err
		}
		text, found, err := tx.Documents.Text(ctx, hash)
		if err != nil || !found {
			return err
		}
		p, err = rules.Renew(text.Body)
		return err
	})
	return p, err
}

type policyCommand struct {
	Check     policyCheckCommand     `cmd:"" help:"Lint a policy: every mistake with file, line and column."`
	Test      policyTestCommand      `cmd:"" help:"Run a policy's test file, and name the guardrails that no test trips."`
	Backtest  policyBacktestCommand  `cmd:"" help:"Judge the ledger's lines again with another text, and say what would have been decided otherwise."`
	Bench     policyBenchCommand     `cmd:"" help:"Play stories of divided needs and of honest people against a policy, and say which it catches and whom it stops."`
	Workbook  policyWorkbookCommand  `cmd:"" help:"Make a workbook of a policy, for somebody who edits it in a spreadsheet program; or make the text again of such a workbook."`
	Diff      policyDiffCommand      `cmd:"" help:"Say in words what is otherwise in another version of a policy."`
	Show      policyShowCommand      `cmd:"" help:"Show a policy: its text, its tests, or what it says as a page for staff and the public."`
	Reference policyReferenceCommand `cmd:"" help:"Every key, helper and mistake of the language of policies, as Markdown."`
}

type policyCheckCommand struct {
	File string       `arg:"" help:"Policy file, or the name of a shipped one."`
	Lang request.Lang `enum:"en,fr" default:"en" help:"Language of the text: en or fr."`
	formatted
}

// policyVerdict is what check and test say of a policy: the policy is null where its text, or that of its tests, has
// mistakes.
type policyVerdict struct {
	Policy     *checkPolicy   `json:"policy"`
	Guardrails int            `json:"guardrails,omitempty"`
	Mistakes   rules.Mistakes `json:"mistakes"`
	Remarks    rules.Mistakes `json:"remarks,omitempty"` // what is in order and perhaps not meant
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
		return t.wrongPolicy(err, c.formatted, c.Lang)
	}
	mark := p.Mark()
	if c.asJSON() {
		return t.document(policyVerdict{Policy: &checkPolicy{mark.Name, mark.Version, mark.Hash}, Guardrails: len(mark.Guardrails), Mistakes: rules.Mistakes{}, Remarks: p.Remarks()})
	}
	inOrder := request.Text{EN: "%s %s is in order: %d guardrails.\n%s\n", FR: "%s %s est en ordre : %d balises.\n%s\n"}
	fmt.Fprintf(t.out, inOrder.In(c.Lang), mark.Name, mark.Version, len(mark.Guardrails), p.Hash())
	t.remarks(p.Remarks(), c.Lang)
	return nil
}

// remarks prints what is in order and perhaps not meant.
func (t *terminal) remarks(remarks rules.Mistakes, l request.Lang) {
	if len(remarks) > 0 {
		fmt.Fprintln(t.out, remarks.In(l))
	}
}

// wrongPolicy gives mistakes in a policy, or in its tests, the exit code of something that is wrong, and lists them where
// a document is asked for.
func (t *terminal) wrongPolicy(err error, f formatted, l request.Lang) error {
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
	if l == request.French {
		return fail(exitAct, "", "%s", mistakes.In(l))
	}
	return fail(exitAct, "", "%w", err)
}

type policyTestCommand struct {
	File string       `arg:"" help:"Policy file (its tests stand beside it, in FILE.test.toml), its test file, or the name of a shipped policy."`
	Lang request.Lang `enum:"en,fr" default:"en" help:"Language of the text: en or fr."`
	formatted
}

func (c *policyTestCommand) Run(ctx context.Context, t *terminal) error {
	trials, err := c.load(ctx)
	var wrong rules.Mistakes
	switch {
	case errors.As(err, &wrong):
		return t.wrongPolicy(err, c.formatted, c.Lang)
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
		fmt.Fprintln(t.out, f.In(c.Lang))
	}
	t.remarks(report.Remarks, c.Lang)
	covered := report.Guardrails - len(report.Untripped)
	cases := request.Text{EN: "%s %s: %d cases, %d failures.\n", FR: "%s %s : %d cas, %d échecs.\n"}
	fmt.Fprintf(t.out, cases.In(c.Lang), report.Policy.Name(), report.Policy.Version(), report.Cases, len(report.Failures))
	trips := request.Text{EN: "Guardrails that a test trips: %d of %d.", FR: "Balises qu’un essai déclenche : %d sur %d."}
	fmt.Fprintf(t.out, trips.In(c.Lang), covered, report.Guardrails)
	fmt.Fprintln(t.out)
	if len(report.Failures) > 0 {
		return somebodyMustAct()
	}
	return nil
}

func (c *policyTestCommand) document(t *terminal, r *rules.TrialReport) error {
	p := mark(r.Policy)
	v := policyVerdict{Policy: &p, Guardrails: r.Guardrails, Mistakes: rules.Mistakes{}, Remarks: r.Remarks, trialVerdict: &trialVerdict{
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
	if isWorkbook(c.File) {
		p, r, err := workbookPolicy(ctx, c.File)
		if err != nil {
			return nil, err
		}
		if r.Tests == nil {
			return nil, fail(exitUsage, "", "%s has no examples", c.File)
		}
		return rules.TrialsOf(ctx, p, r.TestName, r.Tests)
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
