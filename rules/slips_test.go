package rules

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// orderly is a policy in order, each line of which a slip below takes out.
const orderly = `name = "Test"
version = "1"
currency = "CAD"
holidays = "CA"

[authority]
name = "Branch"
title = "Director"
reference = "Directive 12"
date = 2026-04-01

[approval]
means = { en = "Inside.", fr = "Conforme." }
next_step = { en = "Quote {reference}.", fr = "Citez {reference}." }

[limits]
request = "10000.00"
pretax = [{ amount = "8000.00", until = 2026-10-01 }, { amount = "8500.00", from = 2026-10-01 }]

[[total]]
name = "month"
by = ["supplier"]
days = 30

[[list]]
name = "barred"
values = ["alcohol", "gift cards"]

[[guardrail]]
id = "value-limit"
action = "escalate"
when = 'line.total > limits.request || line.net > limits.pretax'
fields = ["total"]
title = { en = "Too much", fr = "Trop élevé" }
message = { en = "{line.total} is too much.", fr = "{line.total} dépasse la limite." }
source = "Section 3"

[[guardrail]]
id = "month"
action = "return"
when = 'totals.month > limits.request && !listed("barred", line.title) && line.commodity == "goods"'
title = { en = "Month", fr = "Mois" }
message = { en = "Say why {totals.month}.", fr = "Dites pourquoi {totals.month}." }
source = "Section 4"
reason = true
from = 2026-04-01

[[exemption]]
guardrail = "month"
when = 'line.commodity == "construction"'
granted_by = "Director"
reference = "Memo 7"
until = 2027-04-01
`

// A slip is one change of orderly. at is the text of the line where it must be put right; en and fr are what the mistake must say of it, and
// what to write.
type slipOf struct{ was, is, at, en, fr string }

var refusedSlips = []slipOf{
	{`en = "Too much"`, `en = "Too "much" for us"`, `title = { en = "Too "much`, `“much”`, `guillemets`},
	{`fr = "Trop élevé"`, `fr = 'Trop d'argent'`, `title = { en = "Too much"`, `"Trop d'argent"`, `apostrophe`},
	{`id = "month"`, `id = “month”`, `id = “month”`, `id = "month"`, `guillemets droits`},
	{`name = "Branch"`, `name = « Branch »`, `name = « Branch »`, `name = "Branch"`, `guillemets droits`},
	{`title = "Director"`, `title = "Director”`, `title = "Director”`, `title = "Director"`, `guillemet droit`},
	{`fields = ["total"]`, `fields = [“total”]`, `fields = [“total”]`, `fields = ["total"]`, `guillemets`},
	{`reference = "Memo 7"`, `reference = "Memo 7`, `reference = "Memo 7`, `reference = "Memo 7"`, `fermant`},
	{`reference = "Directive 12"`, `reference = Directive 12`, `reference = Directive 12`, `reference = "Directive 12"`, `guillemets`},
	{`granted_by = "Director"`, `granted_by = 'Director"`, `granted_by = 'Director"`, `granted_by = "Director"`, `les mêmes`},
	{`source = "Section 4"`, `source "Section 4"`, `source "Section 4"`, `source = "Section 4"`, `il manque =`},
	{`version = "1"`, `version : "1"`, `version : "1"`, `version = "1"`, `deux-points`},
	{`version = "1"`, `version := "1"`, `version := "1"`, `version = "1"`, `écrivez version`},
	{"[[guardrail]]\nid = \"value", "[guardrail]\nid = \"value", `[guardrail]`, `[[guardrail]]`, `deux paires de crochets`},
	{`[[total]]`, `[total]`, `[total]`, `[[total]]`, `[[total]]`},
	{`[[exemption]]`, `[exemption]`, `[exemption]`, `[[exemption]]`, `[[exemption]]`},
	{`[limits]`, `[[limits]]`, `[[limits]]`, `[limits]`, `crochets simples`},
	{`[[list]]`, `[[list]`, `[[list]`, `[[list]]`, `crochets`},
	{`[[list]]`, `[[liste]]`, `[[liste]]`, `list`, `en anglais`},
	{`[authority]`, `[Authority]`, `[Authority]`, `small letters`, `minuscules`},
	{"source = \"Section 3\"", "source = \"Section 3\"\nsource = \"Section 9\"", `source = "Section 9"`, `line 36`, `deux fois`},
	{"[[total]]", "[limits]\nother = \"5.00\"\n\n[[total]]", "[limits]\nother", `line 16`, `deux fois`},
	{`request = "10000.00"`, `request = 10 000,00`, `request = 10 000,00`, `request = "10000.00"`, `avec un point`},
	{`request = "10000.00"`, `request = "10.000,00"`, `request = "10.000,00"`, `request = "10000.00"`, `écrivez request = "10000.00"`},
	{`request = "10000.00"`, `request = "CA$10,000"`, `request = "CA$10,000"`, `request = "10000.00"`, `chiffres et un point`},
	{`request = "10000.00"`, `request = "10000.00 EUR"`, `request = "10000.00 EUR"`, `EUR`, `la devise de la politique est CAD`},
	{`request = "10000.00"`, `request = 10000`, `request = 10000`, `request = "10000.00"`, `entre guillemets`},
	{`request = "10000.00"`, `request = "-10000.00"`, `request = "-10000.00"`, `"10000.00"`, `négative`},
	{`date = 2026-04-01`, `date = 1 avril 2026`, `date = 1 avril 2026`, `date = 2026-04-01`, `année-mois-jour`},
	{`date = 2026-04-01`, `date = 01.04.2026`, `date = 01.04.2026`, `date = 2026-04-01`, `date = 2026-04-01`},
	{`until = 2027-04-01`, `until = "2027-04-01"`, `until = "2027-04-01"`, `until = 2027-04-01`, `sans guillemets`},
	{`until = 2027-04-01`, `until = 2027-02-30`, `until = 2027-02-30`, `until = 2027-03-01`, `n’existe pas`},
	{"reason = true", "reason = oui", "reason = oui", "reason = true", "reason = true"},
	{"reason = true", "reason = \"yes\"", "reason = \"yes\"", "reason = true", "reason = true"},
	{"days = 30", "days = \"30 days\"", "days = \"30 days\"", "days = 30", "days = 30"},
	{"days = 30", "days = 30 jours", "days = 30 jours", "days = 30", "nombre entier"},
	{`by = ["supplier"]`, `by = "supplier"`, `by = "supplier"`, `by = ["supplier"]`, `une liste`},
	{`by = ["supplier"]`, `by = [supplier]`, `by = [supplier]`, `by = ["supplier"]`, `guillemets`},
	{`by = ["supplier"]`, `by = ["supplier"`, `by = ["supplier"`, `by = ["supplier"]`, `fermant`},
	{`values = ["alcohol", "gift cards"]`, `values = ["alcohol" "gift cards"]`, `values = ["alcohol" "gift`, `values = ["alcohol", "gift cards"]`, `virgule`},
	{`title = { en = "Month", fr = "Mois" }`, `title = en = "Month", fr = "Mois"`, `title = en`, `{ en = "Month", fr = "Mois" }`, `accolades`},
	{`title = { en = "Month", fr = "Mois" }`, `title = { en = "Month" fr = "Mois" }`, `title = { en = "Month" fr`, `{ en = "Month", fr = "Mois" }`, `virgule`},
	{`title = { en = "Month", fr = "Mois" }`, `title = { en = "Month", fr = "Mois"`, `title = { en = "Month", fr = "Mois"`, `brace`, `accolade fermante`},
	{`title = { en = "Month", fr = "Mois" }`, `title = "Month"`, `title = "Month"`, `both languages`, `deux langues`},
	{`title = { en = "Month", fr = "Mois" }`, `titre = { en = "Month", fr = "Mois" }`, `titre =`, `"title"`, `en anglais`},
	{`reference = "Memo 7"`, `reference = "Memo 7" // new`, `reference = "Memo 7" //`, `#`, `remarque`},
	{"reason = true", "reason = true\nTo be agreed with finance.", "To be agreed", `put # before`, `placez #`},
	{"reason = true", "reason =\u00a0true", "reason =\u00a0true", `no-break`, `insécables`},
	{`file = "x"`, `file = "x"`, ``, ``, ``},
	{`when = 'line.commodity == "construction"'`, `when = "line.commodity == "construction""`, `when = "line.commodity`, `when = 'line.commodity == "construction"'`, `apostrophes`},
	{`line.commodity == "goods"`, `line.commodity = "goods"`, `when = 'totals.month`, `write ==`, `écrivez ==`},
	{`line.commodity == "goods"`, `line.commodity == "furniture"`, `when = 'totals.month`, `never "furniture"`, `ne vaut jamais`},
	{`&& line.commodity == "goods"`, `et line.commodity == "goods"`, `when = 'totals.month`, `&&`, `écrivez &&`},
	{`line.net > limits.pretax`, `line.net > "8000"`, `when = 'line.total`, `money("500.00")`, `montant et texte`},
	{`line.net > limits.pretax`, `line.nett > limits.pretax`, `when = 'line.total`, `"net"`, `vouliez-vous écrire "net"`},
	{`totals.month > limits.request`, `totals.months > limits.request`, `when = 'totals.months`, `"month"`, `vouliez-vous écrire "month"`},
	{`listed("barred"`, `listed("bared"`, `when = 'totals.month`, `"barred"`, `vouliez-vous écrire "barred"`},
	{`!listed("barred", line.title)`, `line.title in barred`, `when = 'totals.month`, `listed("barred"`, `est une liste`},
	{`guardrail = "month"`, `guardrail = "months"`, `guardrail = "months"`, `"month"`, `vouliez-vous écrire "month"`},
	{`{ en = "Say why {totals.month}."`, `{ en = "Say why {totals.mnth}."`, `message = { en = "Say`, `"month"`, `vouliez-vous écrire "month"`},
	{`{line.total} is`, `{line.total is`, `message = { en = "{line.total is`, `brace`, `accolade`},
	{`action = "escalate"`, `action = "escalade"`, `action = "escalade"`, `"escalate"`, `vouliez-vous écrire "escalate"`},
	{"action = \"escalate\"\n", "", `id = "value-limit"`, `action = `, `il manque action`},
	{`from = 2026-04-01`, "from = 2026-04-01\nuntil = 2026-04-01", `until = 2026-04-01`, `until = 2026-04-02`, `le lendemain, until = 2026-04-02`},
	{`from = 2026-10-01 }`, `from = 2026-09-30 }`, `{ amount = "8500.00"`, `the same day, 2026-09-30: let the one end where the other begins, until = 2026-09-30`, `le 2026-09-30`},
	{`version = "1"`, "version = \"1\u00a0\"", `"1`, `write version = "1"`, `écrivez version = "1"`},
	{`from = 2026-04-01`, "from = 2026-04-01\nuntil = 2026-01-01", `until = 2026-01-01`, `before it begins`, `précède le début`},
	{`, until = 2026-10-01`, `, until = 2026-11-01`, `pretax = [`, `two amounts`, `deux montants`},
	{`currency = "CAD"`, `currency = "dollars"`, `currency = "dollars"`, `"CAD"`, `"CAD"`},
	{`source = "Section 3"`, `source = "C:\policies\list"`, `source = "C:\pol`, `backslash`, `barre oblique`},
	{`Too much`, `Co` + "\xfb" + `t`, `title = { en = "Co`, `UTF-8`, `UTF-8`},
}

var remarkedSlips = []slipOf{
	{`line.total > limits.request || line.net > limits.pretax`, `line.total > limits.request && line.total < limits.request || line.net > limits.pretax && line.net < limits.pretax`, `when = 'line.total`, `never true`, `jamais vraie`},
	{`line.total > limits.request ||`, `line.total > limits.request || line.total <= limits.request ||`, `when = 'line.total`, `always true`, `toujours vraie`},
	{`line.commodity == "goods"`, `line.commodity == "goods" && line.commodity == "services"`, `when = 'totals.month`, `never true`, `||`},
	{`request = "10000.00"`, "request = \"10000.00\"\nspare = \"5.00\"", `spare = "5.00"`, `limits nothing`, `ne limite rien`},
	{`{ amount = "8500.00", from = 2026-10-01 }`, `{ amount = "8500.00", from = 2026-11-01 }`, `pretax = [`, `2026-10-01 to 2026-10-31`, `du 2026-10-01 au 2026-10-31`},
	{`, from = 2026-10-01 }`, `, from = 2026-10-01, until = 2027-04-01 }`, `pretax = [`, `2027-04-01`, `à partir du 2027-04-01`},
	{`until = 2027-04-01`, `until = 2026-01-01`, `until = 2026-01-01`, `saves no line`, `aucune ligne`},
	{`values = ["alcohol", "gift cards"]`, `values = []`, `values = []`, `empty`, `vide`},
	{`fr = "Dites pourquoi {totals.month}."`, `fr = "Dites pourquoi."`, `message = { en = "Say`, `{totals.month}`, `{totals.month}`},
	{`message = { en = "Say why {totals.month}.", fr = "Dites pourquoi {totals.month}." }`, `message = { en = "The month is full.", fr = "Le mois est complet." }`, `message = { en = "The month`, `what to do`, `quoi faire`},
	{`{line.total} is too much.", fr = "{line.total} dépasse la limite."`, `{totals.month} is too much.", fr = "{totals.month} dépasse la limite."`, `message = { en = "{totals`, `does not read`, `ne lit pas`},
	{"[[exemption]]", "[[guardrail]]\nid = \"third\"\naction = \"note\"\nwhen = 'line.total > limits.request || line.net > limits.pretax'\ntitle = { en = \"a\", fr = \"a\" }\nmessage = { en = \"a\", fr = \"a\" }\nsource = \"s\"\n\n[[exemption]]", `when = 'line.total > limits.request || line.net > limits.pretax'` + "\ntitle", `asks the same`, `la même chose`},
}

// What is in order, and looks like a slip: nothing may be said of it.
var traps = []slipOf{
	{was: `en = "Too much"`, is: `en = "Too \"much\" for us"`},
	{was: `en = "Too much"`, is: `en = "Too “much” for us"`},
	{was: `en = "Too much"`, is: `en = 'Too "much"'`},
	{was: `fr = "Trop élevé"`, is: `fr = "Trop d'argent"`},
	{was: `fr = "Trop élevé"`, is: `fr = "« Trop »"`},
	{was: `en = "Too much"`, is: `en = "Too much # see below"`},
	{was: `en = "Too much"`, is: `en = "When fr = more, en = less"`},
	{was: `en = "Too much"`, is: `en = "a, b [c] {line.total} = d // e"`},
	{was: `name = "Branch"`, is: `name = "Branch"      # [guardrail] or not`},
	{was: `name = "Branch"`, is: "\t name\t=\t\"Branch\""},
	{was: `name = "Branch"`, is: `name = """Branch"""`},
	{was: `name = "Branch"`, is: "name = \"\"\"\nBranch\n[of] two = lines\"\"\""},
	{was: `name = "Branch"`, is: `name = { en = "Branch", fr = "Direction" }`},
	{was: `name = "Test"`, is: `name = { en = "Test", fr = "Essai" }`},
	{was: `granted_by = "Director"`, is: `granted_by = { en = "Director", fr = "Directeur" }`},
	{was: `source = "Section 3"`, is: `source = { en = "Section 3", fr = "Article 3" }`},
	{was: `version = "1"`, is: `version = "2026/04/01"`},
	{was: `version = "1"`, is: "languages = [\"en\", \"fr\"]\nversion = \"1\""},
	{was: `fields = ["total"]`, is: "fields = [\n  \"total\",\n  \"net\", # both\n]"},
	{was: `values = ["alcohol", "gift cards"]`, is: "values = [\n  \"alcohol\",\n  \"gift\u00a0cards\",\n]"},
	{was: `when = 'line.commodity == "construction"'`, is: "when = '''\nline.commodity == \"construction\"\n'''"},
	{was: `when = 'line.commodity == "construction"'`, is: `when = "line.commodity == 'construction'"`},
	{was: `when = 'line.commodity == "construction"'`, is: "when = 'line.commodity\u00a0== \"construction\"'"},
	{was: `line.commodity == "goods"`, is: `(line.commodity == "goods" || line.commodity == "services")`},
	{was: `line.commodity == "goods"`, is: `line.commodity != "goods"`},
	{was: `line.commodity == "goods"`, is: `line.total > limits.request * "0.9" && line.total <= limits.request`},
	{was: `line.commodity == "goods"`, is: `(given("tax") ? line.tax > money("0") : line.total > money("1"))`},
	{was: `line.commodity == "goods"`, is: `month(received) >= 2 && month(received) <= 3`},
	{was: `line.commodity == "goods"`, is: `counts.month > 1 && counts.month < 3`},
	{was: `line.commodity == "goods"`, is: `line.title != "" && line.title != "x"`},
	{was: `reason = true`, is: `reason = false`},
	{was: "\n", is: "\r\n"},
	{was: `name = "Test"`, is: "\ufeffname = \"Test\""},
	{was: "until = 2027-04-01", is: "until = 2027-04-01 # the first day after the last"},
}

// TestSlipsOfAuthors counts on its own texts how many slips are refused or remarked on at the line where they must be put right, in words of both
// languages that say what to write, and how many texts in order are left alone.
func TestSlipsOfAuthors(t *testing.T) {
	slips, right, left := 0, 0, 0
	try := func(s slipOf, all bool) (string, Mistakes, Mistakes) {
		n := 1
		if s.was == "\n" {
			n = -1
		}
		text := strings.Replace(orderly, s.was, s.is, n)
		if text == orderly {
			t.Fatalf("%q is not in the text", s.was)
		}
		p, err := build(context.Background(), "p.toml", "p.toml", []byte(text), nil)
		var wrong Mistakes
		if err != nil && !errors.As(err, &wrong) {
			t.Fatal(err)
		}
		if p == nil {
			return text, wrong, nil
		}
		return text, wrong, p.Remarks()
	}
	told := func(text string, s slipOf, all Mistakes) string {
		at := strings.Index(text, s.at)
		line := 1 + strings.Count(text[:max(at, 0)], "\n")
		if s.at != "" && strings.HasSuffix(s.at, "\ntitle") {
			line = 1 + strings.Count(text[:strings.LastIndex(text, s.at)], "\n")
		}
		for i, m := range all {
			switch {
			case m.Line != line:
			case !strings.Contains(m.What, s.en):
				return fmt.Sprintf("%q is not in %q", s.en, m.What)
			case !strings.Contains(m.WhatFR, s.fr):
				return fmt.Sprintf("%q is not in %q", s.fr, m.WhatFR)
			case i > 0:
				return "told after what only follows from it: " + all[0].Error()
			default:
				return ""
			}
		}
		return fmt.Sprintf("not told at line %d: %v", line, all)
	}
	for _, s := range refusedSlips {
		if s.at == "" {
			continue
		}
		slips++
		text, wrong, _ := try(s, false)
		if why := told(text, s, wrong); why != "" {
			t.Errorf("%s\n  %s", s.is, why)
			continue
		}
		right++
	}
	for _, s := range remarkedSlips {
		slips++
		text, wrong, remarks := try(s, false)
		if why := told(text, s, remarks); why != "" || len(wrong) > 0 {
			t.Errorf("%s\n  %s %v", s.is, why, wrong)
			continue
		}
		right++
	}
	for _, s := range traps {
		if _, wrong, remarks := try(s, true); len(wrong)+len(remarks) > 0 {
			t.Errorf("in order, and complained about: %s\n  %v %v", s.is, wrong, remarks)
			continue
		}
		left++
	}
	t.Logf("%d of %d slips told at their line with what to write in both languages; %d of %d texts in order left alone", right, slips, left, len(traps))
}

// However long a text goes on being wrong, it is answered soon, and with no more mistakes than somebody reads.
func TestHostileTextsAreRefusedSoon(t *testing.T) {
	for name, text := range map[string]string{
		"a slip on every line":      strings.Repeat("a b c “d\n", maxPolicy/12),
		"open brackets":             "x = " + strings.Repeat("[", 100_000),
		"open texts":                strings.Repeat("a = '''\n", maxPolicy/8),
		"lists that never end":      strings.Repeat("a = [\n", maxPolicy/6),
		"one line":                  "a = \"" + strings.Repeat("b\" ", maxPolicy/3),
		"headings that cannot be":   strings.Repeat("[[a b]\n", maxPolicy/8),
		"braces without end":        strings.Repeat("t = { en = \"a, fr = \n", maxPolicy/22),
		"not UTF-8 at the very end": strings.Repeat("# a\n", maxPolicy/4-2) + "\xff",
	} {
		start := time.Now()
		_, err := build(context.Background(), "p.toml", "p.toml", []byte(text), nil)
		var wrong Mistakes
		if !errors.As(err, &wrong) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if n := strings.Count(wrong.Error(), "\n"); n > mostTold+5 {
			t.Errorf("%s: %d lines of mistakes", name, n)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s took %s", name, took)
		} else {
			t.Logf("%s: %s, %d mistakes", name, took.Round(time.Millisecond), len(wrong))
		}
	}
	_, err := LoadWith(context.Background(), "p.toml", Options{Read: func(string) ([]byte, error) { return bytes.Repeat([]byte("a"), 22<<20), nil }})
	if err == nil || !strings.Contains(err.Error(), "is it the right file") {
		t.Errorf("22 MB: %v", err)
	}
}
