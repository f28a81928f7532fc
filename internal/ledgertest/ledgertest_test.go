package ledgertest

import (
	"path/filepath"
	"testing"

	"handrail/internal/ledger"
)

// A copied ledger is as good as a made one: sound, up to date, and no other's copy.
func TestACopiedLedgerIsOneOfItsOwn(t *testing.T) {
	dir, known := t.TempDir(), map[string]string{}
	for _, name := range []string{"first.db", "second.db", "third.db"} {
		l, err := Open(t, ledger.Config{URL: filepath.Join(dir, name)})
		if err != nil {
			t.Fatal(err)
		}
		if other, taken := known[l.Identity()]; taken || l.Identity() == "" {
			t.Errorf("%s has the identity %q, like %s", name, l.Identity(), other)
		}
		known[l.Identity()] = name
		if from, to := l.Upgraded(); from != to {
			t.Errorf("%s was brought from version %d to %d", name, from, to)
		}
		if err := l.View(t.Context(), func(tx *ledger.Tx) error {
			v, err := tx.Chain.Verify(t.Context())
			if err == nil && len(v.Faults) > 0 {
				t.Errorf("%s: %v", name, v.Faults)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	again, err := Open(t, ledger.Config{URL: filepath.Join(dir, "first.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if known[again.Identity()] != "first.db" {
		t.Errorf("the first one has the identity %s when it is opened again", again.Identity())
	}
}
