package department

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/rules"
)

// PolicyTests is the kind under which the ledger keeps the tests of policies.
const PolicyTests = "policy-tests"

// PolicyCandidate is a policy that could come into force, with its tests.
type PolicyCandidate struct {
	Policy *rules.Policy
	Tests  []byte // nil: it has none
	// TestsName is the file of the tests, for mistakes.
	TestsName string
	Report    *rules.TrialReport // how its tests came out; nil before Check, or without tests
}

// GateError says why a policy that is in order does not come into force.
type GateError struct{ Why request.Text }

// Error says why in English.
func (e *GateError) Error() string { return e.Why.EN }

// policyDetail is what a change of a policy keeps beside its text.
type policyDetail struct {
	Tests string `json:"tests,omitempty"` // the hash of the kept tests
	Cases int    `json:"cases,omitempty"`
}

// LoadPolicy loads a policy and the tests beside it, both through read. The error is rules.Mistakes where a text has mistakes.
func (dept *Department) LoadPolicy(ctx context.Context, file string, read func(name string) ([]byte, error)) (*PolicyCandidate, error) {
	p, err := rules.LoadWith(ctx, file, rules.Options{Read: read, Rows: ListRows})
	if err != nil {
		return nil, err
	}
	c, err := dept.Candidate(p, nil, rules.TestFileOf(file))
	if err != nil {
		return nil, err
	}
	c.Tests, err = read(c.TestsName)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.Tests = nil
		return c, nil
	case err != nil:
		return nil, fmt.Errorf("read policy tests: %w", err)
	case c.Tests == nil:
		c.Tests = []byte{}
	}
	return c, nil
}

// Candidate is a policy with its tests, nil where it has none. The error says why the department cannot use it.
func (dept *Department) Candidate(p *rules.Policy, tests []byte, testsName string) (*PolicyCandidate, error) {
	if err := dept.fits(p); err != nil {
		return nil, err
	}
	return &PolicyCandidate{Policy: p, Tests: tests, TestsName: testsName}, nil
}

// Check says why a policy must not come into force in the place of another: its tests are missing where there are owners, or do not pass, or its
// version was in force before with another text. The tests' mistakes and failures are rules.Mistakes, the rest is a *GateError. before is nil where nothing
// is in force yet.
func (dept *Department) Check(ctx context.Context, c *PolicyCandidate, before *rules.Policy) error {
	if c.Tests == nil && dept.Owners.Any() && before != nil {
		return &GateError{request.Text{
			EN: fmt.Sprintf("%s %s has no tests: where the rules have owners, a text comes with them. Put %s beside it (docs/policies.md, Tests)", c.Policy.Name(), c.Policy.Version(), filepath.Base(c.TestsName)),
			FR: fmt.Sprintf("%s %s n’a pas de tests\u00a0: lorsque les règles ont des responsables, un texte est accompagné de ses tests. Joignez %s (docs/policies.md, Tests)", c.Policy.Name(), c.Policy.Version(), filepath.Base(c.TestsName))}}
	}
	if c.Tests != nil {
		trials, err := rules.TrialsOf(ctx, c.Policy, c.TestsName, c.Tests)
		if err != nil {
			return err
		}
		report := trials.Run()
		if c.Report = &report; len(report.Failures) > 0 {
			return report.Failures
		}
	}
	return dept.checkVersion(ctx, c.Policy)
}

// checkVersion refuses a text whose version was in force before with another text. Lists may change without it: they are often exported.
func (dept *Department) checkVersion(ctx context.Context, p *rules.Policy) error {
	var were []ledger.Text
	if err := dept.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		were, err = tx.Documents.WereInForce(ctx, PolicyText, p.Name(), p.Version())
		return err
	}); err != nil {
		return err
	}
	for i := range were {
		if was, err := rules.ReadBundle(were[i].Body); err != nil || was.Text() == p.Text() {
			continue
		}
		return &GateError{request.Text{
			EN: fmt.Sprintf("version = %q: this version of %s was in force before with another text. Give the new text a version of its own, such as %q", p.Version(), p.Name(), NextVersion(p.Version())),
			FR: fmt.Sprintf("version = %q\u00a0: cette version de %s a déjà été en vigueur avec un autre texte. Donnez au nouveau texte une version qui lui est propre, par exemple %q", p.Version(), p.Name(), NextVersion(p.Version()))}}
	}
	return nil
}

// NextVersion is a version that could follow another: its last number is one higher.
func NextVersion(v string) string {
	end := strings.LastIndexAny(v, "0123456789") + 1
	start := end
	for start > 0 && v[start-1] >= '0' && v[start-1] <= '9' {
		start--
	}
	if start == end {
		return v + ".2"
	}
	digits := []byte(v[start:end])
	for i := len(digits) - 1; ; i-- {
		if i < 0 {
			return v[:start] + "1" + string(digits) + v[end:]
		}
		if digits[i] != '9' {
			digits[i]++
			return v[:start] + string(digits) + v[end:]
		}
		digits[i] = '0'
	}
}

// Proposer asks owners about a change, in the transaction that keeps it.
type Proposer interface {
	Propose(ctx context.Context, tx *ledger.Tx, now time.Time, c ledger.Change) (ledger.Change, error)
	// Began tells owners which text is the first that is in force for an inbox.
	Began(ctx context.Context, tx *ledger.Tx, now time.Time, inbox string, p *rules.Policy) error
}

// ServeProposals names who asks owners.
func (dept *Department) ServeProposals(p Proposer) { dept.proposals = p }

// ProposePolicy keeps a policy with its tests as a change that waits for owners. by is "" for a file on the server. It needs Decide.
func (dept *Department) ProposePolicy(ctx context.Context, tx *ledger.Tx, now time.Time, scope, by string, message int64, c *PolicyCandidate) (ledger.Change, error) {
	p := c.Policy
	noted, err := tx.Documents.InForce(ctx, PolicyText)
	if err != nil {
		return ledger.Change{}, err
	}
	if err := tx.Documents.KeepText(ctx, now, ledger.Text{Hash: p.Hash(), Kind: PolicyText, Name: p.Name(), Version: p.Version(), Body: p.Bundle()}); err != nil {
		return ledger.Change{}, err
	}
	d := policyDetail{}
	if c.Tests != nil {
		tests := bodyText(PolicyTests, p.Name(), c.Tests)
		tests.Version, d.Tests = p.Version(), tests.Hash
		if err := tx.Documents.KeepText(ctx, now, tests); err != nil {
			return ledger.Change{}, err
		}
	}
	if c.Report != nil {
		d.Cases = c.Report.Cases
	}
	detail, err := json.Marshal(d)
	if err != nil {
		return ledger.Change{}, err
	}
	change := ledger.Change{Kind: PolicyText, Scope: scope, Hash: p.Hash(), Base: noted[scope], Detail: detail, ProposedBy: by, Message: message}
	if date := p.Mark().Authority.Date; date.After(dept.Day(now)) {
		change.From = date
	}
	return dept.proposals.Propose(ctx, tx, now, change)
}

// TestsOf are the tests that a change of a policy keeps, nil where it has none, and how many cases they have.
func TestsOf(ctx context.Context, tx *ledger.Tx, c *ledger.Change) (tests []byte, cases int, err error) {
	var d policyDetail
	if json.Unmarshal(c.Detail, &d) != nil || d.Tests == "" {
		return nil, 0, nil
	}
	text, _, err := tx.Documents.Text(ctx, d.Tests)
	return text.Body, d.Cases, err
}

// proposeFile proposes to owners what stands on the server in the place of what is in force. What was in force or proposed before is not
// proposed again: the file is only behind what owners mailed, or was declined.
func (dept *Department) proposeFile(ctx context.Context, now time.Time, box *Inbox, c *PolicyCandidate) error {
	name := box.Config.Name
	if dept.ScopeOf(box) != name || dept.proposals == nil {
		return nil
	}
	known := false
	if err := dept.ledger.View(ctx, func(tx *ledger.Tx) error {
		was, proposed, err := tx.Changes.Proposed(ctx, PolicyText, name, c.Policy.Hash())
		if err != nil {
			return err
		}
		latest, _, err := tx.Changes.Latest(ctx, PolicyText, name)
		if err != nil {
			return err
		}
		if was.State == ledger.ChangeWithdrawn && was.EndedBy == "" || was.State == ledger.ChangeReplaced && latest.ProposedBy == "" {
			proposed = false // by what stood on the server meanwhile
		}
		were, err := tx.Documents.WereInForce(ctx, PolicyText, c.Policy.Name(), c.Policy.Version())
		for i := range were {
			was, err := rules.ReadBundle(were[i].Body)
			known = known || err == nil && was.Written() == c.Policy.Written()
		}
		open, some, openErr := tx.Changes.Open(ctx, PolicyText, name)
		// What an owner proposed, or what is approved already, is not put aside by whoever can write a file.
		known = known || proposed || some && (open.ProposedBy != "" || open.State == ledger.ChangeApproved)
		return errors.Join(err, openErr)
	}); err != nil || known {
		if known {
			dept.log.Info("the policy on the server is not the one in force, and is not proposed to owners: it was before, or another one waits", "inbox", name, "version", c.Policy.Version())
		}
		return err
	}
	return dept.ledger.Decide(ctx, func(tx *ledger.Tx) error {
		_, err := dept.ProposePolicy(ctx, tx, now, name, "", 0, c)
		return err
	})
}

// withdrawFile ends the proposal of a file on the server that is as what is in force again.
func (dept *Department) withdrawFile(ctx context.Context, now time.Time, box *Inbox) error {
	if !dept.Owners.Any() || dept.ScopeOf(box) != box.Config.Name {
		return nil
	}
	var open ledger.Change
	var some bool
	if err := dept.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		open, some, err = tx.Changes.Open(ctx, PolicyText, box.Config.Name)
		return err
	}); err != nil || !some || open.ProposedBy != "" || open.State != ledger.ChangeWaiting {
		return err
	}
	return dept.ledger.Decide(ctx, func(tx *ledger.Tx) error {
		err := tx.Changes.Withdraw(ctx, now, open.ID, "")
		if errors.Is(err, ledger.ErrChangeOver) {
			return nil
		}
		return err
	})
}

// ScopeOf is the inbox under whose name a change of an inbox's policy is kept: the first that has the same file, or the same shipped policy.
func (dept *Department) ScopeOf(box *Inbox) string {
	for _, name := range dept.Order {
		if dept.Inboxes[name].sharesPolicy(box) {
			return name
		}
	}
	return box.Config.Name
}

func (b *Inbox) sharesPolicy(o *Inbox) bool {
	if b.PolicyFile != "" || o.PolicyFile != "" {
		return b.PolicyFile == o.PolicyFile
	}
	return b.InboxOptions.Policy.Hash() == o.InboxOptions.Policy.Hash()
}

// EnforcePolicy puts an approved policy in force for the inboxes that it is for.
func (dept *Department) EnforcePolicy(ctx context.Context, now time.Time, c ledger.Change) error {
	var text ledger.Text
	found := false
	if err := dept.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		text, found, err = tx.Documents.Text(ctx, c.Hash)
		return err
	}); err != nil {
		return err
	}
	scope := dept.Inboxes[c.Scope]
	if !found || scope == nil {
		return fmt.Errorf("the approved policy %s for the inbox %q is not in the ledger, or there is no such inbox any more", c.Hash, c.Scope)
	}
	p, err := rules.Renew(text.Body)
	if err == nil {
		err = dept.fits(p)
	}
	if err != nil {
		return fmt.Errorf("the approved policy %s %s cannot be used by this program: %w", text.Name, text.Version, err)
	}
	policies := map[string]*rules.Policy{}
	for _, name := range dept.Order {
		if dept.Inboxes[name].sharesPolicy(scope) {
			policies[name] = p
		}
	}
	changed, err := dept.putInForce(ctx, now, policies, func(tx *ledger.Tx, _ []string) error {
		return tx.Changes.Enforce(ctx, now, c.ID)
	})
	for _, name := range changed {
		dept.log.Info("an approved text of the policy is in force", "inbox", name, "policy", p.Name(), "version", p.Version(), "hash", p.Hash())
	}
	return err
}
