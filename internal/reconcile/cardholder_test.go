package reconcile

import "testing"

func TestCardholdersAreComparedByPerson(t *testing.T) {
	for _, x := range []struct {
		a, b string
		want sameness
	}{
		{"Alice Tremblay", "TREMBLAY, ALICE", samePers},
		{"Tremblay, Alice", "alice.tremblay@dept.example", samePers},
		{"Alice M. Tremblay", "ALICE TREMBLAY", samePers},
		{"Mme Alice Tremblay", "Tremblay Alice", samePers},
		{"TREMBLAY A", "Alice Tremblay", unsure},
		{"A. Tremblay", "Tremblay, Alice", unsure},
		{"Tremblay", "Alice Tremblay", unsure},
		{"atremblay@dept.example", "Alice Tremblay", unsure},
		{"TREMBLAY ALIC", "Alice Tremblay", unsure},
		{"", "Alice Tremblay", unsure},
		{"TREMBLAY B", "Alice Tremblay", other},
		{"Bob Roy", "Alice Tremblay", other},
		{"André Tremblay", "Alice Tremblay", other},
		{"bob.roy@dept.example", "A. Tremblay", other},
	} {
		if got := samePerson(x.a, x.b); got != x.want {
			t.Errorf("%q and %q: %d, want %d", x.a, x.b, got, x.want)
		}
		if got := samePerson(x.b, x.a); got != x.want {
			t.Errorf("%q and %q: %d, want %d", x.b, x.a, got, x.want)
		}
	}
}
