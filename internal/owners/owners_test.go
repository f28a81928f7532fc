package owners

import (
	"slices"
	"strings"
	"testing"
)

func TestWhoSuffices(t *testing.T) {
	t.Parallel()
	c := Config{Procurement: []string{"P1@d.example", "p2@d.example", "both@d.example"}, Finance: []string{"f1@d.example", "both@d.example"}}
	any2 := c
	any2.AnyTwo = true
	for _, x := range []struct {
		name     string
		c        Config
		proposed string
		approved []string
		want     bool
	}{
		{"nobody", c, "", nil, false},
		{"the proposer alone", c, "p1@d.example", nil, false},
		{"approving one's own", c, "p1@d.example", []string{"P1@d.example"}, false},
		{"one of each", c, "p1@d.example", []string{"F1@D.example"}, true},
		{"two of procurement", c, "p1@d.example", []string{"p2@d.example"}, false},
		{"two of procurement, any two", any2, "p1@d.example", []string{"p2@d.example"}, true},
		{"a file and one", c, "", []string{"f1@d.example"}, false},
		{"a file and both", c, "", []string{"f1@d.example", "p2@d.example"}, true},
		{"a file and one twice, any two", any2, "", []string{"f1@d.example", "F1@d.example"}, false},
		{"in both lists, alone", c, "both@d.example", []string{"both@d.example"}, false},
		{"in both lists, with procurement", c, "both@d.example", []string{"p1@d.example"}, true},
		{"in both lists, with finance", c, "both@d.example", []string{"f1@d.example"}, true},
		{"a stranger", c, "p1@d.example", []string{"x@d.example"}, false},
		{"a stranger proposed", c, "x@d.example", []string{"f1@d.example"}, false},
	} {
		if got := New(x.c).Enough(x.proposed, x.approved); got != x.want {
			t.Errorf("%s: %v", x.name, got)
		}
	}
	o := New(c)
	if got := o.Missing("p1@d.example", nil); !slices.Equal(got, []string{"both@d.example", "f1@d.example"}) {
		t.Errorf("missing after procurement: %q", got)
	}
	if got := o.Missing("", nil); len(got) != 4 {
		t.Errorf("missing after a file: %q", got)
	}
	if o.Missing("p1@d.example", []string{"f1@d.example"}) != nil {
		t.Error("somebody is missing where it is enough")
	}
	if o.Role("P2@d.example") != Procurement || o.Role("f1@d.example") != Finance || o.Role("x@d.example") != "" || New(Config{}).Any() {
		t.Error("roles")
	}
}

func TestOwnersAreChecked(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]Config{
		"":                         {},
		"both lists are needed":    {Procurement: []string{"a@d.example"}},
		"is not an e-mail address": {Procurement: []string{"a"}, Finance: []string{"b@d.example"}},
		"two different people":     {Procurement: []string{"a@d.example"}, Finance: []string{"A@d.example"}},
		"there are none":           {AnyTwo: true},
	} {
		err := c.Validate()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
