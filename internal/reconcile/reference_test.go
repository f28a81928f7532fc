package reconcile_test

import (
	"strings"
	"testing"

	"handrail/internal/reconcile"
)

func TestNumbersOfLinesAsPeopleListThem(t *testing.T) {
	const a, b = "HR-2026-000001-01", "HR-2026-000001-02"
	for said, want := range map[string]string{
		a: a, "hr 2026 000001 01, please": a, a + ", " + b: a + " " + b, a + "\n" + b: a + " " + b, a + " and " + b: a + " " + b, a + " et " + b: a + " " + b,
		a + " & " + b: a + " " + b, a + "; " + a: a,
		a + " or " + b: "", a + " ou " + b: "", "HR-2026-000001": "", a + ", HR-2026-000001": "", "perhaps": "",
	} {
		list, ok := reconcile.ReferencesIn(said)
		if got := strings.Join(list, " "); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v, want %q", said, got, ok, want)
		}
	}
}
