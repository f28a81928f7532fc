package rules

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"handrail/internal/request"
)

// The page says every guardrail with its source in both languages, and holds no script, no condition, no entry of a list, no
// place that was not filled in, and no address.
func TestThePageOfTheRules(t *testing.T) {
	policies := map[string]*Policy{}
	for _, name := range Shipped() {
		p, err := LoadShipped(name)
		if err != nil {
			t.Fatal(err)
		}
		policies[name] = p
	}
	own, err := loadReference(referencePolicy())
	if err != nil {
		t.Fatal(err)
	}
	policies["the reference’s"] = own
	on := request.Date{Year: 2026, Month: 11, Day: 30}
	place := regexp.MustCompile(`\{[a-z_]+\.`)
	for name, p := range policies {
		for _, l := range []request.Lang{request.English, request.French} {
			var b bytes.Buffer
			if err := p.WritePage(&b, l, on); err != nil {
				t.Fatal(err)
			}
			page := b.String()
			if !strings.Contains(page, `<html lang="`+string(spoken(p, l))+`">`) || strings.Count(page, "<h1>") != 1 || strings.Contains(page, "<script") || strings.Contains(page, "src=") || strings.Contains(page, `href="h`) {
				t.Errorf("%s, %s: its language, its heading, or what it loads", name, l)
			}
			if strings.Count(page, "<th>") > 0 || place.MatchString(page) || strings.Contains(page, "@dept.example") || strings.Contains(page, "line.total") {
				t.Errorf("%s, %s: a header without its scope, a condition, a place or an address:\n%s", name, l, place.FindString(page))
			}
			for _, g := range p.guardrails {
				if !strings.Contains(page, `id="rule-`+g.id+`"`) {
					t.Errorf("%s, %s: %s is not there", name, l, g.id)
				}
			}
			for _, list := range p.lists {
				for _, e := range list.entries {
					if len(e) > 20 && strings.Contains(page, e) {
						t.Errorf("%s, %s: the entry %q", name, l, e)
					}
				}
			}
		}
	}
	var b bytes.Buffer
	if err := own.WritePage(&b, request.French, on); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Harbour Patrol", "2\u00a0500,00", "Director, Procurement", own.Hash(), "10\u00a0000,00"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// spoken is the language in which a policy is shown to whoever asks for another.
func spoken(p *Policy, l request.Lang) request.Lang {
	if !p.languages.Speaks(l) {
		return p.languages[0]
	}
	return l
}

// A guardrail names the totals that it and its variants read, and a built-in finding reads none.
func TestTotalsRead(t *testing.T) {
	p, err := LoadShipped("gc-low-dollar")
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"split-supplier": "supplier_year", "goods-threshold": "cumulative", "card-prohibited": "", "currency": "", "none": ""} {
		if got := strings.Join(p.TotalsRead(id), ","); got != want {
			t.Errorf("%s reads %q, want %q", id, got, want)
		}
	}
}
