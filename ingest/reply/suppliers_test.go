package reply

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// What people write about two suppliers is read as it was meant, or not at all: the table's second half are traps.
func TestWhatPeopleWriteOfTwoSuppliers(t *testing.T) {
	data, err := os.ReadFile("testdata/suppliers.tsv")
	if err != nil {
		t.Fatal(err)
	}
	said, traps := 0, 0
	for line := range strings.Lines(string(data)) {
		text, want, found := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		if !found || strings.HasPrefix(line, "#") {
			continue
		}
		text = strings.ReplaceAll(text, `\n`, "\n")
		commands, ask := commandsOf(text)
		if got := saidOfSuppliers(commands, ask); got != want {
			t.Errorf("%q is read as %q, want %q (%+v)", text, got, want, ask)
		}
		if strings.Contains(want, "TWO") || strings.Contains(want, "ONE ") || want == "ONE" {
			said++
		} else {
			traps++
		}
	}
	if said < 70 || traps < 60 {
		t.Errorf("%d sentences and %d traps", said, traps)
	}
}

func saidOfSuppliers(commands []Command, ask *AskBack) string {
	if ask != nil {
		return "NONE"
	}
	names := map[Verb]string{TwoSuppliers: "TWO", OneSupplier: "ONE", Approve: "APPROVE", Decline: "DECLINE", Ask: "ASK"}
	var all []string
	for _, c := range commands {
		s := names[c.Verb]
		for _, n := range c.Lines {
			if c.Verb != Ask {
				s += fmt.Sprintf(" %d", n)
			}
		}
		if c.OfSuppliers() && c.Reason != "" {
			s += " [" + c.Reason + "]"
		}
		if c.Suppliers != "" {
			s += " says " + names[c.Suppliers]
		}
		all = append(all, s)
	}
	return strings.Join(all, "; ")
}
