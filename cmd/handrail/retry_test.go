package main

import (
	"path/filepath"
	"strings"
	"testing"

	"handrail/internal/ledger"
)

// A row is released beside the running job, which goes on with its own ledger.
func TestRetryWorksBesideTheJob(t *testing.T) {
	c := openClinic(t, nil)
	c.write("handrail.toml", c.text, 0o600)
	path, config := filepath.Join(c.dir, "data/handrail.db"), filepath.Join(c.dir, "handrail.toml")
	const row = "weekly:2026-W47 finance@department.example"
	step, key, _ := ledger.ParseRow(row)
	job, err := ledger.Open(t.Context(), ledger.Config{URL: path}, ledger.Run)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = job.Close() }()
	if err := failRow(path, step, key, "aside", "no space left"); err != nil {
		t.Fatal(err)
	}
	if said := string(handrail(t, exitDone, "retry", row, "--config", config)); !strings.Contains(said, row+": released") {
		t.Errorf("%s", said)
	}
	if err := job.Update(t.Context(), func(tx *ledger.Tx) error {
		failed, err := tx.Attempts.Failed(t.Context(), true, 1)
		if len(failed) > 0 {
			t.Errorf("the job still sees %+v", failed)
		}
		return err
	}); err != nil {
		t.Errorf("the job cannot go on: %v", err)
	}
}
