package batch

import (
	"context"
	"fmt"
	"maps"
	"time"

	"handrail/internal/ledger"
	"handrail/rules"
)

// inForce is what judges at one instant: the policy of every inbox, and what their lines are counted under. It does not
// change; another text makes another one.
type inForce struct {
	policies map[string]*rules.Policy // by inbox
	keying   keying
}

func (j *Job) newInForce(policies map[string]*rules.Policy) *inForce {
	return &inForce{policies, keyingOf(policies, j.o.Finance.Budgets != "")}
}

// adopt makes everything that is done from now on go by other policies.
func (j *Job) adopt(f *inForce) {
	j.force.Store(f)
	for name, p := range f.policies {
		if box := j.inboxes[name]; box != nil {
			box.policy.Store(p)
		}
	}
}

// judgedBy is what the ledger says is in force. That another machine put another text in force is seen here, so that
// all of them judge by the same.
func (j *Job) judgedBy(ctx context.Context, tx *ledger.Tx) (*inForce, error) {
	noted, err := tx.InForce(ctx, policyText)
	if err != nil {
		return nil, err
	}
	now := j.force.Load()
	policies := maps.Clone(now.policies)
	other := false
	for name, hash := range noted {
		if p := policies[name]; j.inboxes[name] == nil || p != nil && p.Hash() == hash {
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

// policyText is the kind under which the ledger keeps policies.
const policyText = "policy"

// putInForce makes policies judge from now on: the past is counted in their totals, their texts are kept, and each change
// is linked in the chain, in the same transaction as the last page of the past. It says which inboxes have another text.
func (j *Job) putInForce(ctx context.Context, now time.Time, policies map[string]*rules.Policy) (changed []string, err error) {
	all := maps.Clone(policies)
	for name, p := range j.policies() {
		if all[name] == nil {
			all[name] = p
		}
	}
	f := j.newInForce(all)
	err = j.keyTotals(ctx, &f.keying, func(tx *ledger.Tx) error {
		changed = nil
		for _, name := range j.order {
			p := policies[name]
			if p == nil {
				continue
			}
			other, err := tx.PutInForce(ctx, now, name, ledger.Text{Hash: p.Hash(), Kind: policyText, Name: p.Name(), Version: p.Version(), Body: p.Bundle()})
			if err != nil {
				return err
			}
			if other {
				changed = append(changed, name)
			}
		}
		crash("policy.before-commit")
		return nil
	})
	crash("policy.after-commit")
	if err == nil {
		j.adopt(f)
	}
	return changed, err
}

// policies are the policies in force, by inbox.
func (j *Job) policies() map[string]*rules.Policy {
	if f := j.force.Load(); f != nil {
		return f.policies
	}
	return nil
}
