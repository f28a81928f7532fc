package policybook

import (
	"bytes"
	"context"
	"os"
	"testing"

	"handrail/internal/request"
	"handrail/rules"
)

// shippedFiles are a shipped policy's text, its tests and itself.
func shippedFiles(t testing.TB, name string) (raw, tests []byte, p *rules.Policy) {
	t.Helper()
	raw, err := rules.ShippedText(name)
	if err != nil {
		t.Fatal(err)
	}
	if tests, err = os.ReadFile("../../rules/policies/" + name + ".test.toml"); err != nil {
		t.Fatal(err)
	}
	if p, err = rules.LoadShipped(name); err != nil {
		t.Fatal(err)
	}
	return raw, tests, p
}

func made(t testing.TB, p *rules.Policy, raw, tests []byte, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, p, raw, tests, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func back(t testing.TB, data []byte, o Options) *Result {
	t.Helper()
	r, err := Read(context.Background(), data, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestUneditedComesBackByteForByte(t *testing.T) {
	for _, name := range rules.Shipped() {
		for _, lang := range []request.Lang{request.English, request.French} {
			raw, tests, p := shippedFiles(t, name)
			data := made(t, p, raw, tests, Options{Lang: lang, Name: name + ".toml"})
			r := back(t, data, Options{})
			for _, m := range r.Mistakes {
				t.Errorf("%s %s: mistake: %s", name, lang, m)
			}
			for _, m := range r.Notes {
				t.Errorf("%s %s: note: %s", name, lang, m)
			}
			if !bytes.Equal(r.Text, raw) {
				_ = os.WriteFile("/tmp/got.toml", r.Text, 0o600)
				t.Errorf("%s %s: the text is another one", name, lang)
			}
			if !bytes.Equal(r.Tests, tests) {
				_ = os.WriteFile("/tmp/got.test.toml", r.Tests, 0o600)
				t.Errorf("%s %s: the tests are other ones", name, lang)
			}
			if r.Policy == nil {
				t.Errorf("%s %s: no policy", name, lang)
			} else if d := rules.Diff(p, r.Policy); len(d) > 0 {
				t.Errorf("%s: %v", name, d)
			}
		}
	}
}

func diffWords(a, b *rules.Policy) string {
	s := ""
	for _, c := range rules.Diff(a, b) {
		s += c.Words.EN + "\n"
	}
	return s
}
