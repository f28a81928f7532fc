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

func (j *Department) newInForce(policies map[string]*rules.Policy) *InForce {
	return &InForce{policies, KeyingOf(policies, j.Finance.Budgets != "")}
}

// adopt makes everything that is done from now on go by other policies.
func (j *Department) adopt(f *InForce) {
	j.force.Store(f)
	for name, p := range f.Policies {
		if box := j.Inboxes[name]; box != nil {
			box.policy.Store(p)
		}
	}
}

// InForce is what the ledger says is in force. That another machine put another text in force is seen here, so that
// all of them judge by the same.
func (j *Department) InForce(ctx context.Context, tx *ledger.Tx) (*InForce, error) {
	noted, err := tx.InForce(ctx, PolicyText)
	if err != nil {
		return nil, err
	}
	now := j.force.Load()
	policies := maps.Clone(now.Policies)
	other := false
	for name, hash := range noted {
		if p := policies[name]; j.Inboxes[name] == nil || p != nil && p.Hash() == hash {
			continue
		}
		if policies[name], err = j.policyBy(ctx, tx, hash, rules.Unbundle); err != nil {
			return nil, fmt.Errorf("the policy in force for the inbox %q: %w", name, err)
		}
		other = true
	}
	if !other {
		return now, nil
	}
	f := j.newInForce(policies)
	j.adopt(f)
	return f, nil
}

// PolicyText is the kind under which the ledger keeps policies.
const PolicyText = "policy"

// putInForce makes policies judge from now on: the past is counted in their totals, their texts are kept, and each change
// is linked in the chain, in the same transaction as the last page of the past. It says which inboxes have another text.
func (j *Department) putInForce(ctx context.Context, now time.Time, policies map[string]*rules.Policy) (changed []string, err error) {
	all := maps.Clone(policies)
	for name, p := range j.policies() {
		if all[name] == nil {
			all[name] = p
		}
	}
	f := j.newInForce(all)
	err = j.keyTotals(ctx, &f.Keying, func(tx *ledger.Tx) error {
		changed = nil
		for _, name := range j.Order {
			p := policies[name]
			if p == nil {
				continue
			}
			other, err := tx.PutInForce(ctx, now, name, ledger.Text{Hash: p.Hash(), Kind: PolicyText, Name: p.Name(), Version: p.Version(), Body: p.Bundle()})
			if err != nil {
				return err
			}
			if other {
				changed = append(changed, name)
			}
		}
		batch.Crash("policy.before-commit")
		return nil
	})
	batch.Crash("policy.after-commit")
	if err == nil {
		j.adopt(f)
	}
	return changed, err
}

// policies are the policies in force, by inbox.
func (j *Department) policies() map[string]*rules.Policy {
	if f := j.force.Load(); f != nil {
		return f.Policies
	}
	return nil
}

// PolicyOf is the policy that judged, by its hash: one in force, or one that the ledger keeps. It is for what the policy
// says; an earlier version of Handrail may have judged by it with other helpers.
func (j *Department) PolicyOf(ctx context.Context, tx *ledger.Tx, hash string) (*rules.Policy, error) {
	return j.policyBy(ctx, tx, hash, rules.ReadBundle)
}

func (j *Department) policyBy(ctx context.Context, tx *ledger.Tx, hash string, rebuild func([]byte) (*rules.Policy, error)) (*rules.Policy, error) {
	for _, p := range j.policies() {
		if p.Hash() == hash {
			return p, nil
		}
	}
	text, found, err := tx.Text(ctx, hash)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("the policy %s is not in the ledger", hash)
	}
	return rebuild(text.Body)
}
