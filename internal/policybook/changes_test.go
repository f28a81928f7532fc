package policybook

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
	"handrail/rules"
)

// A policy as a small department has it, for tests of what officers change in it.
const portText = `# Small purchases of the invented Port Authority.

name     = "Small purchases"
version  = "2026-04"
currency = "CAD"
fiscal_year_starts = 4
holidays = "CA"

[authority]
name      = "Finance Branch, Port Authority"
title     = "Director, Procurement"
reference = "Directive 3"
date      = 2026-04-01

[approval]
means     = { en = "The request is inside the guardrails.", fr = "La demande respecte les balises." }
next_step = { en = "Give {reference} to your cardholder.", fr = "Remettez {reference} au titulaire de la carte." }

[limits]
request = "10000.00"    # tax included

[[total]]
name = "supplier_month"
by   = ["supplier", "cost_centre"]
days = 30

# What nobody buys.
[[list]]
name   = "prohibited"
values = ["gift cards", "cartes-cadeaux", "alcohol", "alcool"]

[[guardrail]]
id      = "value-limit"
action  = "escalate"
when    = 'line.total > limits.request'
fields  = ["total"]
title   = { en = "Above the limit", fr = "Au-delà de la limite" }
message = { en = "{line.total} is above the limit of {limits.request}.", fr = "{line.total} dépasse la limite de {limits.request}." }
source  = "Directive 3, section 3"

# The column is the department's own.
[[guardrail]]
id      = "prohibited-item"
action  = "escalate"
when    = 'given("extra.Expense category") && listed("prohibited", line.extra["Expense category"])'
title   = { en = "Not to be bought", fr = "Achat exclu" }
message = { en = "{line.extra.Expense category} is not to be bought.", fr = "{line.extra.Expense category} ne peut être acheté." }
source  = "Directive 3, section 5"

[[guardrail]]
id      = "closed-day"
action  = "note"
when    = 'weekend(received) || holiday(received)'
title   = { en = "On a day off", fr = "Un jour de congé" }
message = { en = "It came on a day off.", fr = "Elle est arrivée un jour de congé." }
source  = "Directive 3, section 8"

[[guardrail]]
id      = "split-supplier"
action  = "escalate"
when    = 'counts.supplier_month > 1 && totals.supplier_month > limits.request'
fields  = ["supplier", "total"]
title   = { en = "Above the limit with this supplier", fr = "Limite dépassée chez ce fournisseur" }
message = { en = "With {line.supplier} it is {totals.supplier_month} in 30 days.", fr = "Chez {line.supplier}, on atteint {totals.supplier_month} en 30 jours." }
source  = "Directive 3, section 4"
reason  = true
from    = 2026-04-01

[[exemption]]
guardrail  = "split-supplier"
when       = 'line.commodity == "construction"'
granted_by = "Director, Procurement"
reference  = "Memo 7"
until      = 2027-04-01
`

const portTests = `# Two cases for each guardrail.
[request]
unit = "Port Office"

[line]
supplier    = "Northern Software Inc."
commodity   = "services"
cost_centre = "4711"
total       = "5000.00"

[[case]]
name    = "value-limit: exactly the limit"
date    = 2026-11-18
line    = { total = "10000.00" }
outcome = "approved"

[[case]]
name     = "value-limit: a cent above"
date     = 2026-11-18
line     = { total = "10000.01" }
outcome  = "escalated"
findings = ["value-limit"]

[[case]]
name     = "prohibited-item: gift cards"
date     = 2026-11-18
line     = { extra = { "Expense category" = "Gift cards" } }
outcome  = "escalated"
findings = ["prohibited-item"]

[[case]]
name     = "closed-day: a Saturday"
date     = 2026-11-21
outcome  = "approved"
findings = ["closed-day"]

[[case]]
name     = "split-supplier: a second mail within the month"
date     = 2026-11-18
history  = [{ date = 2026-11-02, total = "5000.01" }]
outcome  = "escalated"
findings = ["split-supplier"]
`

func policyOf(t testing.TB, raw string) *rules.Policy {
	t.Helper()
	p, err := rules.LoadWith(context.Background(), "port.toml", rules.Options{Read: func(string) ([]byte, error) { return []byte(raw), nil }})
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	return p
}

// hand types into a workbook as a person does.
type hand struct {
	t testing.TB
	f *excelize.File
	l request.Lang
}

func opened(t testing.TB, data []byte, l request.Lang) *hand {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return &hand{t, f, l}
}

func (h *hand) saved() []byte {
	h.t.Helper()
	var b bytes.Buffer
	if err := h.f.Write(&b); err != nil {
		h.t.Fatal(err)
	}
	return b.Bytes()
}

func (h *hand) tab(id string) string { return sheetOf(id).name.In(h.l) }

// col is the number of a column, by its id.
func (h *hand) col(id, col string) int {
	h.t.Helper()
	rows, err := h.f.GetRows(h.tab(id))
	if err != nil {
		h.t.Fatal(err)
	}
	for i, s := range rows[headerRow-1] {
		if c := sheetOf(id).columnHeaded(s); c != nil && c.id == col || id == "examples" && exampleHead(s) == col {
			return i + 1
		}
	}
	return 0
}

// row is the row in whose column something stands; below gives the first empty one.
func (h *hand) row(id, col, says string) int {
	h.t.Helper()
	rows, err := h.f.GetRows(h.tab(id))
	if err != nil {
		h.t.Fatal(err)
	}
	c := h.col(id, col)
	for i := headerRow; i < len(rows); i++ {
		if len(rows[i]) >= c && rows[i][c-1] == says {
			return i + 1
		}
	}
	h.t.Fatalf("%s: no row says %q under %s", id, says, col)
	return 0
}

func (h *hand) below(id string) int {
	h.t.Helper()
	rows, err := h.f.GetRows(h.tab(id))
	if err != nil {
		h.t.Fatal(err)
	}
	last := 0
	for i, r := range rows {
		for _, s := range r {
			if s != "" {
				last = i + 1
			}
		}
	}
	return last + 1
}

func (h *hand) set(id string, row int, values map[string]any) {
	h.t.Helper()
	for col, v := range values {
		c := h.col(id, col)
		if c == 0 && id == "examples" {
			rows, _ := h.f.GetRows(h.tab(id))
			c = len(rows[headerRow-1]) + 1
			head := col
			if strings.HasPrefix(col, "extra.") {
				head = "[" + strings.TrimPrefix(col, "extra.") + "]"
			}
			_ = h.f.SetCellValue(h.tab(id), ref(c, headerRow), head)
		}
		if c == 0 {
			h.t.Fatalf("no column %s on %s", col, id)
		}
		if err := h.f.SetCellValue(h.tab(id), ref(c, row), v); err != nil {
			h.t.Fatal(err)
		}
	}
}

func (h *hand) about(key string, value any) {
	h.set("about", h.row("about", "key", key), map[string]any{"value": value})
}

func date(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

// ordinary are the changes of a year: what a hand does in cells, and what becomes of the text.
var ordinary = []struct {
	name string
	do   func(h *hand)
	text func(s string) string
}{
	{"another limit from a date", func(h *hand) {
		h.set("limits", h.row("limits", "limit", "request"), map[string]any{"until": date("2027-01-01")})
		h.set("limits", h.below("limits"), map[string]any{"limit": "request", "amount": "15 000,00 $", "from": "1er janvier 2027"})
		h.set("examples", h.below("examples"), map[string]any{"name": "from January 15,000", "date": date("2027-01-04"), "total": "12000.00", "outcome": "approved"})
	}, func(s string) string {
		return strings.Replace(s, `request = "10000.00" `, "request = [\n  { amount = \"10000.00\", until = 2027-01-01 },\n  { amount = \"15000.00\", from = 2027-01-01 },\n] ", 1)
	}},
	{"another limit for a branch", func(h *hand) {
		h.set("limits", h.below("limits"), map[string]any{"limit": "request", "amount": 5000, "whom": "Port Patrol"})
		h.set("examples", h.below("examples"), map[string]any{"name": "the Patrol", "date": date("2026-11-18"), "total": 7500, "request.unit": "Port Patrol", "outcome": "escalated", "findings": "value-limit"})
	}, func(s string) string {
		return strings.Replace(s, "\n[[total]]", "\n[[limits_for]]\nwhen    = 'request.unit == \"Port Patrol\"'\nrequest = \"5000.00\"\n\n[[total]]", 1)
	}},
	{"a prohibited item", func(h *hand) {
		n := h.below("lists")
		h.set("lists", n, map[string]any{"list": "prohibited", "entry": "electric bikes"})
		h.set("lists", n+1, map[string]any{"list": "prohibited", "entry": "vélos électriques"})
		h.set("examples", h.below("examples"), map[string]any{"name": "bikes", "date": date("2026-11-18"), "extra.Expense category": "Vélos électriques", "outcome": "soumise", "findings": "prohibited-item"})
	}, func(s string) string {
		return strings.Replace(s, `"alcool"]`, `"alcool", "electric bikes", "vélos électriques"]`, 1)
	}},
	{"an exemption for a programme", func(h *hand) {
		h.set("exemptions", h.below("exemptions"), map[string]any{"guardrail": "prohibited-item", "whom": "[Programme] filled in and [Programme]: Harbour Heritage", "until": "2027-04-01", "granted_en": "Director, Procurement", "reference": "Memo 14"})
	}, func(s string) string {
		return s + "\n[[exemption]]\nguardrail  = \"prohibited-item\"\nwhen       = 'given(\"extra.Programme\") && line.extra[\"Programme\"] == \"Harbour Heritage\"'\ngranted_by = \"Director, Procurement\"\nreference  = \"Memo 14\"\nuntil      = 2027-04-01\n"
	}},
	{"off for a pilot", func(h *hand) {
		h.set("exemptions", h.below("exemptions"), map[string]any{"guardrail": "split-supplier", "from": date("2027-01-04"), "until": date("2027-04-01"), "granted_en": "Director, Procurement", "reference": "Memo 15"})
	}, func(s string) string {
		return s + "\n[[exemption]]\nguardrail  = \"split-supplier\"\ngranted_by = \"Director, Procurement\"\nreference  = \"Memo 15\"\nfrom       = 2027-01-04\nuntil      = 2027-04-01\n"
	}},
	{"a message in other words", func(h *hand) {
		h.set("guardrails", h.row("guardrails", "id", "value-limit"), map[string]any{"message_en": "{line.total} is more than {limits.request}. Procurement answers you.", "message_fr": "{line.total} dépasse {limits.request}. L’approvisionnement vous répond."})
	}, func(s string) string {
		return strings.Replace(s, `message = { en = "{line.total} is above the limit of {limits.request}.", fr = "{line.total} dépasse la limite de {limits.request}." }`, `message = { en = "{line.total} is more than {limits.request}. Procurement answers you.", fr = "{line.total} dépasse {limits.request}. L’approvisionnement vous répond." }`, 1)
	}},
	{"a holiday", func(h *hand) {
		h.set("guardrails", h.row("guardrails", "id", "closed-day"), map[string]any{"value": "weekend, holiday, 2026-12-24"})
		h.set("examples", h.below("examples"), map[string]any{"name": "Christmas Eve", "date": date("2026-12-24"), "outcome": "approved", "findings": "closed-day"})
	}, func(s string) string {
		return strings.Replace(s, `holiday(received)'`, `holiday(received) || received == date("2026-12-24")'`, 1)
	}},
	{"section 32 by mail", func(h *hand) { h.about("section_32", "confirmed") }, func(s string) string {
		return strings.Replace(s, "holidays = \"CA\"\n", "holidays = \"CA\"\nsection_32 = \"confirmed\"\n", 1)
	}},
	{"a sum over 90 days", func(h *hand) {
		h.set("totals", h.below("totals"), map[string]any{"name": "supplier_quarter", "by": "supplier, cost_centre", "days": "90 days"})
		h.set("guardrails", h.below("guardrails"), map[string]any{"on": "x", "id": "split-supplier-90", "title_en": "Above the limit in 90 days", "title_fr": "Limite dépassée en 90 jours", "action": "escalate", "kind": "sum above a limit",
			"value": "request", "total": "supplier_quarter", "number": 2, "message_en": "{totals.supplier_quarter} in 90 days.", "message_fr": "{totals.supplier_quarter} en 90 jours.", "source_en": "Memo 18", "fields": "Supplier, total"})
		h.set("examples", h.below("examples"), map[string]any{"name": "90 days", "date": date("2026-11-18"), "total": 6000, "outcome": "escalated", "findings": "split-supplier-90"})
		h.set("examples", h.below("examples"), map[string]any{"name": "90 days", "role": "before", "date": date("2026-09-18"), "total": 6000})
		h.set("examples", h.row("examples", "name", "split-supplier: a second mail within the month"), map[string]any{"findings": "split-supplier, split-supplier-90"})
	}, func(s string) string {
		s = strings.Replace(s, "days = 30\n", "days = 30\n\n[[total]]\nname = \"supplier_quarter\"\nby   = [\"supplier\", \"cost_centre\"]\ndays = 90\n", 1)
		return strings.Replace(s, "from    = 2026-04-01\n", "from    = 2026-04-01\n\n[[guardrail]]\nid      = \"split-supplier-90\"\naction  = \"escalate\"\nwhen    = 'counts.supplier_quarter > 1 && totals.supplier_quarter > limits.request'\nfields  = [\"supplier\", \"total\"]\ntitle   = { en = \"Above the limit in 90 days\", fr = \"Limite dépassée en 90 jours\" }\nmessage = { en = \"{totals.supplier_quarter} in 90 days.\", fr = \"{totals.supplier_quarter} en 90 jours.\" }\nsource  = \"Memo 18\"\n", 1)
	}},
	{"a higher limit for training", func(h *hand) {
		h.set("limits", h.below("limits"), map[string]any{"limit": "request", "amount": "12,000.00", "whom": "[Expense category] filled in\n[Expense category] reads: training, formation"})
		h.set("examples", h.below("examples"), map[string]any{"name": "training", "date": date("2026-11-18"), "total": "11000.00", "extra.Expense category": "Training", "outcome": "approved"})
	}, func(s string) string {
		return strings.Replace(s, "\n[[total]]", "\n[[limits_for]]\nwhen    = 'given(\"extra.Expense category\") && plain(line.extra[\"Expense category\"]) in [\"training\", \"formation\"]'\nrequest = \"12000.00\"\n\n[[total]]", 1)
	}},
}

// TestOrdinaryChanges does what an officer does in a year, in cells alone, and finds the text that an author would have written: as the
// program writes workbooks, and as LibreOffice and openpyxl save them.
func TestOrdinaryChanges(t *testing.T) {
	before := policyOf(t, portText)
	plain := made(t, before, []byte(portText), []byte(portTests), Options{Name: "port.toml"})
	dir := t.TempDir()
	for _, c := range ordinary {
		h := opened(t, plain, request.English)
		h.about("version", "2027-01")
		c.do(h)
		if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(c.name, " ", "-")+".xlsx"), h.saved(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, hands := range []struct {
		name string
		save func(t *testing.T, dir string) string
	}{{"as saved", func(_ *testing.T, dir string) string { return dir }}, {"LibreOffice", libreOffice}, {"openpyxl", openpyxl}} {
		t.Run(hands.name, func(t *testing.T) {
			saved := hands.save(t, dir)
			for _, c := range ordinary {
				data, err := os.ReadFile(filepath.Join(saved, strings.ReplaceAll(c.name, " ", "-")+".xlsx"))
				if err != nil {
					t.Fatal(err)
				}
				r := back(t, data, Options{})
				for _, m := range r.Mistakes {
					t.Errorf("%s: %s", c.name, m)
				}
				after := c.text(strings.Replace(portText, `"2026-04"`, `"2027-01"`, 1))
				if string(r.Text) != after {
					t.Errorf("%s: the text is not the one an author would write:\n%s", c.name, lineDiff(after, string(r.Text)))
				}
				if r.Policy != nil {
					if d := rules.Diff(policyOf(t, after), r.Policy); len(d) > 0 {
						t.Errorf("%s: %v", c.name, d)
					}
				}
			}
		})
	}
}

func lineDiff(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	var out []string
	for _, s := range b {
		if !slices.Contains(a, s) {
			out = append(out, "+ "+s)
		}
	}
	for _, s := range a {
		if !slices.Contains(b, s) {
			out = append(out, "- "+s)
		}
	}
	if len(out) == 0 {
		return got
	}
	return strings.Join(out, "\n")
}

// libreOffice opens and saves the workbooks of a folder, which is what it does after an edit.
func libreOffice(t *testing.T, dir string) string {
	soffice, err := exec.LookPath("soffice")
	if err != nil || testing.Short() {
		t.Skip("LibreOffice is not here")
	}
	out := t.TempDir()
	files, _ := filepath.Glob(filepath.Join(dir, "*.xlsx"))
	args := append([]string{"--headless", "-env:UserInstallation=file://" + filepath.Join(t.TempDir(), "office"), "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", out}, files...)
	if text, err := exec.Command(soffice, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return out
}

func openpyxl(t *testing.T, dir string) string {
	python := ""
	for _, p := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(p, "-c", "import openpyxl").Run() == nil {
			python = p
		}
	}
	if python == "" || testing.Short() {
		t.Skip("openpyxl is not here")
	}
	out := t.TempDir()
	script := "import sys, glob, os, openpyxl\nfor f in glob.glob(sys.argv[1] + '/*.xlsx'):\n    openpyxl.load_workbook(f).save(os.path.join(sys.argv[2], os.path.basename(f)))\n"
	if text, err := exec.Command(python, "-c", script, dir, out).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return out
}
