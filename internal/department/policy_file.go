package department

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"handrail/internal/ledger"
	"handrail/rules"
)

// loadText reads the policy of an inbox, with its tests, from its file.
func (dept *Department) loadText(ctx context.Context, box *Inbox) (c *PolicyCandidate, r *reading, err error) {
	r = newReading()
	c, err = dept.LoadPolicy(ctx, box.PolicyFile, r.open)
	return c, r, err
}

// fits refuses a policy that asks for what the configuration does not have.
func (dept *Department) fits(p *rules.Policy) error {
	if p.ReadsBudget() && dept.Finance.Budgets == "" {
		return fmt.Errorf("the policy %s %s compares with budgets, and finance.budgets names no file", p.Name(), p.Version())
	}
	return nil
}

// beginWithPolicies finds out what judges: for every inbox the text of its file, or the one that the ledger says is in force where
// the file is invalid or is being written just now. A file that is not there, and an invalid one where nothing was in
// force, are mistakes of whoever starts the job: a *RefusedError.
func (dept *Department) beginWithPolicies(ctx context.Context, now time.Time) error {
	policies := map[string]*rules.Policy{}
	for _, name := range dept.Order {
		box := dept.Inboxes[name]
		first := dept.firstText
		if box.PolicyFile == "" {
			first = dept.firstShipped
		}
		p, err := first(ctx, now, box)
		if err != nil {
			return err
		}
		policies[name] = p
	}
	var before map[string]string
	changed, err := dept.putInForce(ctx, now, policies, func(tx *ledger.Tx, changed []string) error {
		for _, name := range changed {
			if before[name] == "" && dept.Owners.Any() && dept.proposals != nil {
				if err := dept.proposals.Began(ctx, tx, now, name, policies[name]); err != nil {
					return err
				}
			}
		}
		return nil
	}, func(tx *ledger.Tx) (err error) {
		before, err = tx.Documents.InForce(ctx, PolicyText)
		return err
	})
	if err != nil {
		return err
	}
	for _, name := range changed {
		p := policies[name]
		dept.log.Info("a policy is in force", "inbox", name, "policy", p.Name(), "version", p.Version(), "hash", p.Hash())
	}
	return nil
}

// firstShipped is the policy of an inbox whose policy comes with the program, when the job starts. With owners, another text in force stays, and what
// the program brings is proposed.
func (dept *Department) firstShipped(ctx context.Context, now time.Time, box *Inbox) (*rules.Policy, error) {
	p := box.InboxOptions.Policy
	if !dept.Owners.Any() {
		return p, nil
	}
	kept, err := dept.keptText(ctx, box, p)
	if err != nil || kept == nil || kept.Written() == p.Written() {
		return p, err
	}
	return kept, dept.proposeFile(ctx, now, box, &PolicyCandidate{Policy: p})
}

// firstText is the policy of an inbox when the job starts.
func (dept *Department) firstText(ctx context.Context, now time.Time, box *Inbox) (*rules.Policy, error) {
	w := &box.policyWatch
	w.mu.Lock()
	defer w.mu.Unlock()
	c, r, err := dept.loadText(ctx, box)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var p *rules.Policy
	if c != nil {
		p = c.Policy
	}
	kept, before := dept.keptText(ctx, box, p)
	if before != nil {
		return nil, before
	}
	same := func() bool { return err == nil && kept != nil && c.Policy.Written() == kept.Written() }
	if !same() {
		if c, r, err = dept.waitForText(ctx, box, c, r, err); ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err == nil && !same() {
			err = dept.Check(ctx, c, kept)
		}
	}
	refused := &RefusedError{Kind: PolicyText, Inbox: box.Config.Name, File: box.PolicyFile, Err: err}
	switch {
	case err == nil:
		w.handle(r)
		if taken := dept.textTaken(ctx, PolicyText, box.Config.Name); taken != nil {
			return nil, taken
		}
		if dept.Owners.Any() && kept != nil && !same() {
			return kept, dept.proposeFile(ctx, now, box, c)
		}
		return c.Policy, nil
	case kept != nil && errors.Is(err, errBeingWritten):
		return kept, nil // it is taken as soon as it has rested
	case kept == nil || errors.Is(err, fs.ErrNotExist):
		return nil, refused
	}
	w.handle(r)
	refused.Kept = kept.Name() + " " + kept.Version()
	return kept, dept.refuseText(ctx, now, refused, r.digest())
}

var errBeingWritten = errors.New("is being written just now: try again when that is done")

// waitForText lets a file that was written just now rest, once. It errs with errBeingWritten when that was not enough.
func (dept *Department) waitForText(ctx context.Context, box *Inbox, c *PolicyCandidate, r *reading, err error) (*PolicyCandidate, *reading, error) {
	if box.policyWatch.rested(r, dept.engine.Now()) {
		return c, r, err
	}
	select {
	case <-ctx.Done():
		return nil, r, ctx.Err()
	case <-time.After(TextRest):
	}
	c, again, err := dept.loadText(ctx, box)
	if again.digest() != r.digest() {
		return nil, again, fmt.Errorf("policy %s %w", box.PolicyFile, errBeingWritten)
	}
	return c, again, err
}

// keptText is the policy that the ledger says is in force for an inbox, to be judged by with this program's helpers; nil where there is none, or where
// this program cannot judge by it any more. Where it is the one that was just loaded, it is not built again.
func (dept *Department) keptText(ctx context.Context, box *Inbox, loaded *rules.Policy) (p *rules.Policy, err error) {
	err = dept.ledger.View(ctx, func(tx *ledger.Tx) error {
		noted, err := tx.Documents.InForce(ctx, PolicyText)
		if err != nil || noted[box.Config.Name] == "" {
			return err
		}
		if loaded != nil && loaded.Hash() == noted[box.Config.Name] {
			p = loaded
			return nil
		}
		text, found, err := tx.Documents.Text(ctx, noted[box.Config.Name])
		if err != nil || !found {
			return err
		}
		p, err = rules.Renew(text.Body)
		if err == nil {
			err = dept.fits(p)
		}
		if err != nil {
			dept.log.Warn("the text in force cannot be used by this program any more", "inbox", box.Config.Name, "policy", text.Name, "version", text.Version, "error", err)
			p = nil
		}
		return nil
	})
	return p, err
}

func (dept *Department) lookAtPolicy(ctx context.Context, box *Inbox) error {
	if box.PolicyFile == "" {
		return nil
	}
	w := &box.policyWatch
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.other() {
		return nil
	}
	now := dept.engine.Now()
	c, r, err := dept.loadText(ctx, box)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !w.rested(r, now) {
		return nil
	}
	before := box.Policy()
	same := err == nil && c.Policy.Written() == before.Written()
	if err == nil && !same {
		err = dept.Check(ctx, c, before)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if err != nil {
		w.handle(r)
		return dept.refuseText(ctx, now, &RefusedError{Kind: PolicyText, Inbox: box.Config.Name, File: box.PolicyFile, Kept: before.Name() + " " + before.Version(), Err: err}, r.digest())
	}
	var changed []string
	switch {
	case !dept.Owners.Any():
		changed, err = dept.putInForce(ctx, now, map[string]*rules.Policy{box.Config.Name: c.Policy}, nil)
	case same:
		err = dept.withdrawFile(ctx, now, box)
	default:
		err = dept.proposeFile(ctx, now, box, c)
	}
	if err != nil {
		return err // and tried again
	}
	if err := dept.textTaken(ctx, PolicyText, box.Config.Name); err != nil {
		return err
	}
	w.handle(r)
	if len(changed) > 0 {
		dept.log.Info("another text of the policy is in force", "inbox", box.Config.Name, "policy", c.Policy.Name(), "version", c.Policy.Version(), "hash", c.Policy.Hash(),
			"before", before.Hash(), "changes", len(rules.Diff(before, c.Policy)))
	}
	return nil
}
