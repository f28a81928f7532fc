package main

import (
	"strings"
	"testing"
)

// What an operator types in the middle of a bad day is understood, or answered with what would be.
func TestAskSaysWhoIsAskedOrWhatToDo(t *testing.T) {
	a := newArchive(t)
	a.sql("UPDATE line SET outcome = 'escalated' WHERE reference = '" + splitLine + "'")
	for _, c := range []struct {
		args []string
		code int
		want []string
	}{
		{[]string{"HR-2026-4"}, exitUsage, []string{"is not a number such as HR-2026-000123", "handrail ledger status lists what waits"}},
		{[]string{"HR-2026-009999"}, exitUsage, []string{"no request of that number", "handrail ledger status"}},
		{[]string{otherHalf}, exitUsage, []string{"none of its lines waits", "handrail explain"}},
		{[]string{splitLine, "--to", "nobody@department.example"}, exitUsage, []string{"is no officer of the roster", "the officers are "}},
		{[]string{strings.ToLower(splitLine)}, exitDone, []string{"asked: ", "about " + splitLine, "a running job writes the mail within a minute"}},
		{[]string{splitLine, "--format", "json"}, exitDone, []string{`"lines"`, splitLine, `"asked"`}},
	} {
		if code := a.handrail(append(append([]string{"ask"}, c.args...), "--config", a.path("handrail.toml"))...); code != c.code {
			t.Errorf("%v: exit code %d\n%s", c.args, code, a.seen.String())
		}
		said := strings.Join(strings.Fields(a.seen.String()), " ")
		for _, want := range c.want {
			if !strings.Contains(said, want) {
				t.Errorf("%v does not say %q:\n%s", c.args, want, a.seen.String())
			}
		}
	}
}
