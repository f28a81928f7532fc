package reconcile

import (
	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// Tolerance is how much what is charged may differ from an approved amount, in its currency: what rules match by. A person
// may go beyond it, with a reason.
func (o Options) Tolerance(approved request.Money) (decimal.Decimal, error) {
	o, err := o.withDefaults()
	if err != nil {
		return decimal.Zero, err
	}
	minor, err := approved.Minor()
	if err != nil {
		return decimal.Zero, err
	}
	m := matcher{Options: o}
	return request.FromMinor(m.tolerance(minor, approved.Currency), approved.Currency).Amount, nil
}
