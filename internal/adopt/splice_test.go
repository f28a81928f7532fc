package adopt

import (
	"errors"
	"strings"
	"testing"
)

func TestSpliceKeepsEveryOtherByte(t *testing.T) {
	const block = "# from adopt\n[form]\n\n[form.aliases]\nsupplier = [\"Vendor\"]\n"
	for name, c := range map[string]struct{ before, after string }{
		"at the end":     {"policy = \"p\" # mine\n\n[ledger]\nurl = \"x\"\n", "policy = \"p\" # mine\n\n[ledger]\nurl = \"x\"\n\n" + block},
		"no line end":    {"[ledger]\nurl = \"x\"", "[ledger]\nurl = \"x\"\n\n" + block},
		"nothing":        {"", block},
		"in the middle":  {"a = 1\n# about the form\n[form]\nmax_lines = 3\n[form.aliases]\ntitle = [\n\"[x]\",\n]\n\n# about the monitor\n[monitor]\nlisten = \"\" # here\n", "a = 1\n# about the form\n" + block + "\n# about the monitor\n[monitor]\nlisten = \"\" # here\n"},
		"in two places":  {"[form]\nmax_lines = 3\n\n[ledger]\nurl = \"x\"\n\n[form.aliases]\ntitle = [\"T\"]\n", block + "\n[ledger]\nurl = \"x\"\n\n"},
		"windows' lines": {"[ledger]\r\nurl = \"x\"\r\n", "[ledger]\r\nurl = \"x\"\r\n\r\n" + strings.ReplaceAll(block, "\n", "\r\n")},
	} {
		got, err := Splice([]byte(c.before), block, true)
		if err != nil || string(got.Text) != c.after {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, got.Text, c.after)
		}
		if _, err := Splice([]byte(c.before), block, false); errors.Is(err, ErrFormThere) != strings.Contains(c.before, "[form") {
			t.Errorf("%s without replace: %v", name, err)
		}
	}
	got, err := Splice([]byte("[form]\nmax_lines = 7\n"), block, true, "max_lines = 7")
	if err != nil || !strings.Contains(string(got.Text), "[form]\nmax_lines = 7\n") || len(got.Removed) != 2 {
		t.Errorf("what is kept: %v %s", err, got.Text)
	}
	for _, wrong := range []string{"form = { max_lines = 3 }\n", "form.max_lines = 3\n", "[ledger\n"} {
		if _, err := Splice([]byte(wrong), block, true); err == nil {
			t.Errorf("%s was changed", wrong)
		}
	}
}
