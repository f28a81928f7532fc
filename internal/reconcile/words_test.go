package reconcile_test

import (
	"testing"

	"handrail/internal/reconcile"
)

// Every rule and every reason has its words in both languages.
func TestRulesAndReasonsHaveWords(t *testing.T) {
	for _, r := range []reconcile.Rule{reconcile.ByHand, reconcile.ByReference, reconcile.BySupplierID, reconcile.BySupplier, reconcile.ByAlias, reconcile.ManyToOne, reconcile.OneToMany, reconcile.ByAmendment, reconcile.ByRefund} {
		if w := r.Word(); w.EN == "" || w.FR == "" {
			t.Errorf("rule %s: %+v", r, w)
		}
	}
	for _, r := range []reconcile.Reason{reconcile.NoApproval, reconcile.WrongAmount, reconcile.WrongCurrency, reconcile.WrongReference, reconcile.Late, reconcile.Duplicate, reconcile.BeforeApproval, reconcile.AfterDeclining, reconcile.NoSupplier, reconcile.ZeroAmount, reconcile.SetAside, reconcile.NoLine, reconcile.Tied} {
		if w := r.Word(); w.EN == "" || w.FR == "" {
			t.Errorf("reason %s: %+v", r, w)
		}
	}
}
