package reconcile

import "testing"

// Every rule and every reason has its words in both languages.
func TestRulesAndReasonsHaveWords(t *testing.T) {
	for _, r := range []Rule{ByHand, ByReference, BySupplierID, BySupplier, ManyToOne, OneToMany, ByAmendment, ByRefund} {
		if w := r.Word(); w.EN == "" || w.FR == "" {
			t.Errorf("rule %s: %+v", r, w)
		}
	}
	for _, r := range []Reason{NoApproval, WrongAmount, WrongCurrency, WrongReference, Late, Duplicate, BeforeApproval, AfterDeclining, NoSupplier, ZeroAmount, SetAside, NoLine, Tied} {
		if w := r.Word(); w.EN == "" || w.FR == "" {
			t.Errorf("reason %s: %+v", r, w)
		}
	}
}
