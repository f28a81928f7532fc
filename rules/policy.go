package rules

import (
	"time"

	"handrail/internal/request"
)

// Policy is a policy file that was read, checked whole and made ready to judge. It does not change and may be used by
// several goroutines at once.
type Policy struct {
	name, version, currency string
	hash                    string
	bundle                  []byte
	mark                    request.PolicyMark
	totals                  []request.TotalSpec
	needs                   []request.Field
	fiscalStart             time.Month
}

// Name is the policy's own name.
func (p *Policy) Name() string { return p.name }

// Version is the policy's own version.
func (p *Policy) Version() string { return p.version }

// Hash is "sha256:…" over everything that judging depends on: the text, the lists, the holidays and the version of the
// helpers.
func (p *Policy) Hash() string { return p.hash }

// Bundle is everything that Hash covers, enough to rebuild the policy with Unbundle.
func (p *Policy) Bundle() []byte { return p.bundle }

// Mark identifies the policy in mails and workbooks.
func (p *Policy) Mark() request.PolicyMark { return p.mark }

// Currency is the currency of all the policy's amounts, ISO 4217.
func (p *Policy) Currency() string { return p.currency }

// TotalSpecs are the totals the policy asks for, in the order of its text.
func (p *Policy) TotalSpecs() []request.TotalSpec { return p.totals }

// FiscalStart is the month in which the policy's fiscal year begins, for TotalSpec.Window.
func (p *Policy) FiscalStart() time.Month { return p.fiscalStart }

// Needs are the fields that a guardrail, an override, an exemption or a total reads, in the form's order.
func (p *Policy) Needs() []request.Field { return p.needs }
