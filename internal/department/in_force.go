package department

import (
	"context"
	"fmt"
	"maps"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/rules"
)

// InForce is what judges at one instant: the policy of every inbox, and what their lines are counted under. It does not
// change; another text makes another one.
type InForce struct {
	Policies map[string]*rules.Policy // by inbox
	Keying   Keying
}

func (dept *Department) newInForce(policies map[string]*rules.Policy) *InForce {
	return &InForce{policies, KeyingOf(policies, dept.Finance.Budgets != "")}
}

// adopt makes everything that is done from now on go by other policies.
func (dept *Department) adopt(f *InForce) {
	dept.force.Store(f)
	for name, p := range f.Policies {
		if box := dept.Inboxes[name]; box != nil {
			box.policy.Store(p)
		}
	}
}

// InForce is what the ledger says is in force. That another machine put another text in force is seen here, so that
// all of them judge by the same.
func (dept *Department) InForce(ctx context.Context, tx *ledger.Tx) (*InForce, error) {
	noted, err := tx.Documents.InForce(ctx, PolicyText)
	if err != nil {
		return nil, err
	}
	now := dept.force.Load()
	policies := maps.Clone(now.Policies)
	other := false
	for name, hash := range noted {
		if p := policies[name]; dept.Inboxes[name] == nil || p != nil && p.Hash() == hash {
			continue
		}
		if policies[name], err = dept.policyBy(ctx, tx, hash, rules.Unbundle); err != nil {
			return nil, fmt.Errorf("the policy in force for the inbox %q: %w", name, err)
		}
		other = true
	}
	if !other {
		return now, nil
	}
	f := dept.newInForce(policies)
	dept.adopt(f)
	return f, nil
}

// PolicyText is the kind under which the ledger keeps policies.
const PolicyText = "policy"

// putInForce makes policies judge from now on: the past is counted in their totals, their texts are kept, and each change
// is linked in the chain, in the same transaction as the last page of the past. It says which inboxes have another text. also, where it is not nil, runs
// in that transaction after it, and first before it.
func (dept *Department) putInForce(ctx context.Context, now time.Time, policies map[string]*rules.Policy, also func(tx *ledger.Tx, changed []string) error,
	first ...func(tx *ledger.Tx) error) (changed []string, err error) {
	all := maps.Clone(policies)
	for name, p := range dept.policies() {
		if all[name] == nil {
			all[name] = p
		}
	}
	f := dept.newInForce(all)
	err = dept.keyTotals(ctx, &f.Keying, func(tx *ledger.Tx) error {
		changed = nil
		for _, do := range first {
			if err := do(tx); err != nil {
				return err
			}
		}
		for _, name := range dept.Order {
			p := policies[name]
			if p == nil {
				continue
			}
			other, err := tx.Documents.PutInForce(ctx, now, name, ledger.Text{Hash: p.Hash(), Kind: PolicyText, Name: p.Name(), Version: p.Version(), Body: p.Bundle()})
			if err != nil {
				return err
			}
			if other {
				changed = append(changed, name)
			}
		}
		if also != nil {
			if err := also(tx, changed); err != nil {
				return err
			}
		}
		batch.Crash("policy.before-commit")
		return nil
	})
	batch.Crash("policy.after-commit")
	if err == nil {
		dept.adopt(f)
	}
	return changed, err
}

// policies are the policies in force, by inbox.
func (dept *Department) policies() map[string]*rules.Policy {
	if f := dept.force.Load(); f != nil {
		return f.Policies
	}
	return nil
}

// PolicyOf is the policy that judged, by its hash: one in force, or one that the ledger keeps. It is for what the policy
// says; an earlier version of Handrail may have judged by it with other helpers.
func (dept *Department) PolicyOf(ctx context.Context, tx *ledger.Tx, hash string) (*rules.Policy, error) {
	return dept.policyBy(ctx, tx, hash, rules.ReadBundle)
}

func (dept *Department) policyBy(ctx context.Context, tx *ledger.Tx, hash string, rebuild func([]byte) (*rules.Policy, error)) (*rules.Policy, error) {
	for _, p := range dept.policies() {
		if p.Hash() == hash {
			return p, nil
		}
	}
	text, found, err := tx.Documents.Text(ctx, hash)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("the policy %s is not in the ledger", hash)
	}
	return rebuild(text.Body)
}
