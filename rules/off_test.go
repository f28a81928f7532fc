package rules_test

import (
	"context"
	"strings"
	"testing"

	"handrail/rules"
)

// TestAGuardrailThatIsOff is in the text, judges nothing, and the difference says so.
func TestAGuardrailThatIsOff(t *testing.T) {
	raw, err := rules.ShippedText("gc-low-dollar")
	if err != nil {
		t.Fatal(err)
	}
	load := func(s string) *rules.Policy {
		p, err := rules.LoadWith(context.Background(), "p.toml", rules.Options{Read: func(string) ([]byte, error) { return []byte(s), nil }})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	on := load(string(raw))
	off := load(strings.Replace(string(raw), "id      = \"standing-offer\"\n", "id      = \"standing-offer\"\non      = false\n", 1))
	d := rules.Diff(on, off)
	if len(d) != 1 || d[0].What != "on" {
		t.Fatalf("%+v", d)
	}
	t.Log(d[0].Words)
	tests, err := rules.ShippedTests("gc-low-dollar")
	if err != nil {
		t.Fatal(err)
	}
	trials, err := rules.TrialsOf(context.Background(), off, "p.test.toml", tests)
	if err != nil {
		t.Fatal(err)
	}
	failed := trials.Run().Failures
	if len(failed) == 0 {
		t.Error("its own case finds it still")
	}
	for _, f := range failed {
		if !strings.Contains(f.What, "standing-offer") {
			t.Errorf("%s", f)
		}
	}
}
