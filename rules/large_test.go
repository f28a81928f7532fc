package rules

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file of 22 MB is no policy and no list: its size is looked at, and nothing of it is read.
func TestLargeTextsAreRefusedUnread(t *testing.T) {
	large := bytes.Repeat([]byte("x"), 22<<20)
	dir := t.TempDir()
	policy := filepath.Join(dir, "policy.toml")
	if err := os.WriteFile(policy, large, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(context.Background(), policy); err == nil || !strings.Contains(err.Error(), "at most 1048576 are read") {
		t.Errorf("a policy of 22 MB: %v", err)
	}
	_, err := LoadWith(context.Background(), "p.toml", Options{
		Read: func(name string) ([]byte, error) {
			if filepath.Base(name) == "p.toml" {
				return []byte("[[list]]\nname = \"large\"\nfile = \"large.csv\"\n"), nil
			}
			return large, nil
		},
	})
	if err == nil || !strings.Contains(err.Error(), "large.csv has 23068672 bytes, and at most 16777216 are read") {
		t.Errorf("a list of 22 MB: %v", err)
	}
}

// A context that ends ends the loading, with its own error and no policy.
func TestLoadingEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	reads := 0
	p, err := LoadWith(ctx, "p.toml", Options{Read: func(string) ([]byte, error) {
		reads++
		cancel()
		return []byte("name = 1\n[[guardrail]]\nid = \"a\"\n"), nil
	}})
	if p != nil || !errors.Is(err, context.Canceled) || reads != 1 {
		t.Errorf("%v, %v after %d reads", p, err, reads)
	}
}
