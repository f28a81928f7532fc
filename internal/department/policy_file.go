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

// loadText reads the policy of an inbox from its file.
func (dept *Department) loadText(ctx context.Context, box *Inbox) (p *rules.Policy, r *reading, err error) {
	r = newReading()
	p, err = rules.LoadWith(ctx, box.PolicyFile, rules.Options{Read: r.open, Rows: ListRows})
	if err == nil {
		err = dept.fits(p)
	}
	return p, r, err
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
		if box.PolicyFile == "" {
			policies[name] = box.InboxOptions.Policy
			continue
		}
		p, err := dept.firstText(ctx, now, box)
		if err != nil {
			return err
		}
		policies[name] = p
	}
	changed, err := dept.putInForce(ctx, now, policies)
	if err != nil {
		return err
	}
	for _, name := range changed {
		p := policies[name]
		dept.log.Info("a policy is in force", "inbox", name, "policy", p.Name(), "version", p.Version(), "hash", p.Hash())
	}
	return nil
}

// firstText is the policy of an inbox when the job starts.
func (dept *Department) firstText(ctx context.Context, now time.Time, box *Inbox) (*rules.Policy, error) {
	w := &box.policyWatch
	w.mu.Lock()
	defer w.mu.Unlock()
	p, r, err := dept.loadText(ctx, box)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	kept, before := dept.keptText(ctx, box, p)
	if before != nil {
		return nil, before
	}
	if kept == nil || p == nil || p.Hash() != kept.Hash() {
		if p, r, err = dept.waitForText(ctx, box, p, r, err); ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	refused := &RefusedError{Kind: PolicyText, Inbox: box.Config.Name, File: box.PolicyFile, Err: err}
	switch {
	case err == nil:
		w.handle(r)
		return p, dept.textTaken(ctx, PolicyText, box.Config.Name)
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
func (dept *Department) waitForText(ctx context.Context, box *Inbox, p *rules.Policy, r *reading, err error) (*rules.Policy, *reading, error) {
	if box.policyWatch.rested(r, dept.engine.Now()) {
		return p, r, err
	}
	select {
	case <-ctx.Done():
		return nil, r, ctx.Err()
	case <-time.After(TextRest):
	}
	p, again, err := dept.loadText(ctx, box)
	if again.digest() != r.digest() {
		return nil, again, fmt.Errorf("policy %s %w", box.PolicyFile, errBeingWritten)
	}
	return p, again, err
}

// keptText is the policy that the ledger says is in force for an inbox; nil where there is none, or where this program
// cannot judge by it any more. Where it is the one that was just loaded, it is not built again.
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
		p, err = rules.Unbundle(text.Body)
		if err == nil && dept.fits(p) != nil {
			p = nil
		}
		if errors.Is(err, rules.ErrOtherHelpers) {
			p, err = nil, nil
		}
		return err
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
	p, r, err := dept.loadText(ctx, box)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !w.rested(r, now) {
		return nil
	}
	before := box.Policy()
	if err != nil {
		w.handle(r)
		return dept.refuseText(ctx, now, &RefusedError{Kind: PolicyText, Inbox: box.Config.Name, File: box.PolicyFile, Kept: before.Name() + " " + before.Version(), Err: err}, r.digest())
	}
	changed, err := dept.putInForce(ctx, now, map[string]*rules.Policy{box.Config.Name: p})
	if err != nil {
		return err // and tried again
	}
	if err := dept.textTaken(ctx, PolicyText, box.Config.Name); err != nil {
		return err
	}
	w.handle(r)
	if len(changed) > 0 {
		dept.log.Info("another text of the policy is in force", "inbox", box.Config.Name, "policy", p.Name(), "version", p.Version(), "hash", p.Hash(),
			"before", before.Hash(), "changes", len(rules.Diff(before, p)))
	}
	return nil
}
