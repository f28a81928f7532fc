package policybook

import (
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

// TestMistakesAreAnsweredAtTheirCells makes the mistakes of an author in a workbook, and asks for place, what, and what to write, in both
// languages.
func TestMistakesAreAnsweredAtTheirCells(t *testing.T) {
	guardrail := func(id string, values map[string]any) func(*hand) {
		return func(h *hand) { h.set("guardrails", h.row("guardrails", "id", id), values) }
	}
	limit := func(values map[string]any) func(*hand) {
		return func(h *hand) { h.set("limits", h.row("limits", "limit", "request"), values) }
	}
	add := func(id string, values map[string]any) func(*hand) {
		return func(h *hand) { h.set(id, h.below(id), values) }
	}
	style := func(id string, col, says string, s *excelize.Style) func(*hand) {
		return func(h *hand) {
			n, err := h.f.NewStyle(s)
			if err != nil {
				h.t.Fatal(err)
			}
			c := ref(h.col(id, col), h.row(id, col, says))
			_ = h.f.SetCellStyle(h.tab(id), c, c, n)
		}
	}
	good := map[string]any{"on": "yes", "id": "new-rule", "title_en": "A", "title_fr": "B", "action": "note", "kind": "must be filled in", "what": "tax", "message_en": "Give the tax.", "message_fr": "Indiquez les taxes.", "source_en": "Directive 3"}
	rule := func(values map[string]any) func(*hand) {
		all := map[string]any{}
		for k, v := range good {
			all[k] = v
		}
		for k, v := range values {
			all[k] = v
		}
		return add("guardrails", all)
	}
	cases := []struct {
		name  string
		do    func(h *hand)
		at    string   // "limits.amount"
		words []string // of both languages
	}{
		{"an amount in words", limit(map[string]any{"amount": "ten thousand"}), "limits.amount", []string{"15000.00", "15 000,00"}},
		{"an amount that may be two", limit(map[string]any{"amount": "10,000 to 12,000"}), "limits.amount", []string{"15000.00"}},
		{"a negative amount", limit(map[string]any{"amount": -5000}), "limits.amount", []string{"negative", "négative"}},
		{"another currency", limit(map[string]any{"amount": "EUR 5,000.00"}), "limits.amount", []string{"EUR", "CAD"}},
		{"no amount", limit(map[string]any{"amount": ""}), "limits.amount", []string{"missing", "manque"}},
		{"no name", add("limits", map[string]any{"amount": 5}), "limits.limit", []string{"missing", "manque"}},
		{"a day that is none", limit(map[string]any{"from": "2027-02-30"}), "limits.from", []string{"2027-02-30", "calendar", "calendrier"}},
		{"a day by its serial number", limit(map[string]any{"until": "46388"}), "limits.until", nil},
		{"from after until", limit(map[string]any{"from": date("2027-02-01"), "until": date("2027-01-01")}), "limits.until", []string{"after", "suivre"}},
		{"two amounts on one day", func(h *hand) {
			limit(map[string]any{"until": date("2027-02-01")})(h)
			add("limits", map[string]any{"limit": "request", "amount": 15000, "from": date("2027-01-01")})(h)
		}, "limits.from", []string{"same day", "même jour"}},
		{"a day without a limit", func(h *hand) {
			limit(map[string]any{"until": date("2027-01-01")})(h)
			add("limits", map[string]any{"limit": "request", "amount": 15000, "from": date("2027-01-04")})(h)
		}, "limits.from", []string{"no amount", "aucun montant"}},
		{"a limit for a branch alone", add("limits", map[string]any{"limit": "requests", "amount": 5, "whom": "Port Patrol"}), "limits.limit", []string{"request", "vouliez-vous"}},
		{"a limit with a capital", add("limits", map[string]any{"limit": "Training", "amount": 5}), "limits.", []string{"small letters"}},
		{"a condition that is none", add("limits", map[string]any{"limit": "request", "amount": 5, "whom": "comodity: goods"}), "limits.whom", []string{"field", "champ"}},
		{"an action that is none", guardrail("value-limit", map[string]any{"action": "escalat"}), "guardrails.action", []string{"escalate", "vouliez-vous"}},
		{"no action", guardrail("value-limit", map[string]any{"action": ""}), "guardrails.action", []string{"missing", "manque"}},
		{"an unknown kind", guardrail("value-limit", map[string]any{"kind": "amount over a limit"}), "guardrails.kind", []string{"amount above a limit", "montant"}},
		{"no kind", guardrail("value-limit", map[string]any{"kind": ""}), "guardrails.kind", []string{"missing", "manque"}},
		{"an unknown field", guardrail("value-limit", map[string]any{"what": "totl"}), "guardrails.what", []string{"field", "champ"}},
		{"an unknown limit", guardrail("value-limit", map[string]any{"value": "limit reqest"}), "guardrails.value", []string{"did you mean “request”", "vouliez-vous dire «\u00a0request\u00a0»"}},
		{"an unknown list", guardrail("prohibited-item", map[string]any{"value": "prohibitd"}), "guardrails.value", []string{"did you mean “prohibited”", "vouliez-vous dire"}},
		{"an unknown total", guardrail("split-supplier", map[string]any{"total": "supplier_mont"}), "guardrails.total", []string{"did you mean “supplier_month”", "vouliez-vous"}},
		{"a number in words", guardrail("split-supplier", map[string]any{"number": "two"}), "guardrails.number", []string{"2"}},
		{"an unknown how", guardrail("value-limit", map[string]any{"how": "over"}), "guardrails.how", []string{"more than", "plus de"}},
		{"a kind without its cell", guardrail("value-limit", map[string]any{"value": ""}), "guardrails.value", []string{"needs", "besoin"}},
		{"an only-where that is none", guardrail("value-limit", map[string]any{"only": "payment is invoice"}), "guardrails.only", []string{": invoice", "condition"}},
		{"a kind and CEL", guardrail("value-limit", map[string]any{"cel": "line.total > limits.request"}), "guardrails.cel", []string{"contradict", "contredisent"}},
		{"expert without CEL", rule(map[string]any{"kind": "expert", "what": ""}), "guardrails.cel", []string{"CEL"}},
		{"CEL that is none", rule(map[string]any{"kind": "expert", "what": "", "cel": "line.total >"}), "guardrails.cel", nil},
		{"CEL with an unknown field", rule(map[string]any{"kind": "expert", "what": "", "cel": "line.totl > limits.request"}), "guardrails.cel", []string{"total"}},
		{"an id twice", rule(map[string]any{"id": "value-limit"}), "guardrails.id", []string{"already", "déjà"}},
		{"an id with a space", rule(map[string]any{"id": "new rule"}), "guardrails.id", []string{"hyphens"}},
		{"no id", rule(map[string]any{"id": ""}), "guardrails.id", []string{"missing", "manque"}},
		{"no French", rule(map[string]any{"message_fr": ""}), "guardrails.message_fr", []string{"French", "français"}},
		{"no English", rule(map[string]any{"title_en": ""}), "guardrails.title_en", []string{"English", "anglais"}},
		{"no source", rule(map[string]any{"source_en": ""}), "guardrails.source_en", []string{"missing", "manque"}},
		{"an unknown place in a message", rule(map[string]any{"message_fr": "{line.totl} est trop."}), "guardrails.message_fr", []string{"totl"}},
		{"on, neither yes nor no", guardrail("value-limit", map[string]any{"on": "maybe"}), "guardrails.on", []string{"yes or no", "oui ou non"}},
		{"a formula where a limit is", func(h *hand) {
			_ = h.f.SetCellFormula(h.tab("limits"), ref(h.col("limits", "amount"), firstRow), "5000*2")
		}, "limits.amount", []string{"formula", "formule"}},
		{"an error in a cell", func(h *hand) {
			_ = h.f.SetCellFormula(h.tab("guardrails"), ref(h.col("guardrails", "value"), firstRow), "NA()")
		}, "guardrails.value", []string{"formula", "formule"}},
		{"text in the colour of its ground", style("guardrails", "message_en", "It came on a day off.", &excelize.Style{Font: &excelize.Font{Color: "FFFFFF"}, Fill: fill("FFFFFF")}), "guardrails.message_en", []string{"colour", "couleur"}},
		{"a row crossed out", style("guardrails", "id", "closed-day", &excelize.Style{Font: &excelize.Font{Strike: true}}), "guardrails.id", []string{"crossed out", "biffé"}},
		{"thousands that are shown divided", func(h *hand) {
			format := `0.0,"k"`
			n, _ := h.f.NewStyle(&excelize.Style{CustomNumFmt: &format})
			c := ref(h.col("limits", "amount"), firstRow)
			_ = h.f.SetCellStyle(h.tab("limits"), c, c, n)
		}, "limits.amount", []string{"shows", "affiche"}},
		{"an exemption from nothing", add("exemptions", map[string]any{"guardrail": "split-suplier", "granted_en": "D", "reference": "Memo 9"}), "exemptions.guardrail", []string{"split-supplier", "vouliez-vous"}},
		{"nobody granted it", add("exemptions", map[string]any{"guardrail": "split-supplier", "reference": "Memo 9"}), "exemptions.granted_en", []string{"granted", "accordé"}},
		{"a placeholder as a reference", add("exemptions", map[string]any{"guardrail": "split-supplier", "granted_en": "Director", "reference": "TBD"}), "exemptions.reference", []string{"TBD"}},
		{"a total of days in words", add("totals", map[string]any{"name": "t", "by": "supplier", "days": "ninety"}), "totals.days", []string{"whole number", "nombre entier"}},
		{"a total by something unknown", add("totals", map[string]any{"name": "t", "by": "suplier", "days": 9}), "totals.by", []string{"supplier"}},
		{"a total twice", add("totals", map[string]any{"name": "supplier_month", "by": "supplier", "days": 9}), "totals.name", []string{"already", "déjà"}},
		{"an entry without a list", add("lists", map[string]any{"entry": "alcohol"}), "lists.list", []string{"missing", "manque"}},
		{"a variant of nothing", add("variants", map[string]any{"guardrail": "value-limt", "only": "amends filled in", "action": "note"}), "variants.guardrail", []string{"value-limit", "vouliez-vous"}},
		{"an example that fails", func(h *hand) {
			h.set("examples", h.row("examples", "name", "value-limit: a cent above"), map[string]any{"outcome": "approved"})
		}, "examples.outcome", []string{"escalated"}},
		{"an example of an unknown guardrail", func(h *hand) {
			h.set("examples", h.row("examples", "name", "value-limit: a cent above"), map[string]any{"findings": "value-limits"})
		}, "examples.findings", []string{"value-limit"}},
		{"an example without a date", add("examples", map[string]any{"name": "x", "outcome": "approved"}), "examples.date", []string{"missing", "manque"}},
		{"a line before nothing", add("examples", map[string]any{"name": "nobody", "role": "before", "date": date("2026-01-01")}), "examples.name", []string{"example", "exemple"}},
		{"the version is the old one", func(h *hand) { h.about("version", "2026-04"); limit(map[string]any{"amount": 9000})(h) }, "about.value", []string{"2026-04", "version"}},
		{"a currency that is none", func(h *hand) { h.about("currency", "dollars") }, "about.value", []string{"ISO 4217"}},
		{"a section 32 that is none", func(h *hand) { h.about("section_32", "confirm") }, "about.value", []string{"confirmed"}},
		{"no reference in the next step", func(h *hand) {
			h.set("about", h.row("about", "key", "approval.next_step"), map[string]any{"en": "Buy it."})
		}, "about.en", []string{"{reference}"}},
		{"a column of nobody", func(h *hand) {
			c := h.col("guardrails", "what")
			_ = h.f.SetCellValue(h.tab("guardrails"), ref(c, headerRow), "Watt")
		}, "guardrails.", []string{"column", "colonne"}},
		{"a sheet that is gone", func(h *hand) { _ = h.f.DeleteSheet(h.tab("lists")) }, "lists.", []string{"missing", "manque"}},
		{"a hidden sheet", func(h *hand) { _ = h.f.SetSheetVisible(h.tab("exemptions"), false) }, "exemptions.", []string{"hidden", "masquée"}},
	}
	p := policyOf(t, portText)
	answered, asked := 0, 0
	for _, lang := range []request.Lang{request.English} {
		plain := made(t, p, []byte(portText), []byte(portTests), Options{Name: "port.toml", Lang: lang})
		for _, c := range cases {
			h := opened(t, plain, lang)
			h.about("version", "2027-01")
			asked++
			c.do(h)
			id, col, _ := strings.Cut(c.at, ".")
			want := h.tab(id)
			letters := ""
			if col != "" {
				letters, _ = excelize.ColumnNumberToName(h.col(id, col))
			}
			r := back(t, h.saved(), Options{})
			ok := false
			for _, m := range r.Mistakes {
				at := m.Sheet == want && (letters == "" || strings.TrimRight(m.Cell, "0123456789") == letters)
				for _, w := range c.words {
					at = at && (strings.Contains(m.Words.EN, w) || strings.Contains(m.Words.FR, w))
				}
				ok = ok || at && m.Words.EN != "" && m.Words.FR != ""
			}
			if ok && r.Policy == nil && len(r.Mistakes) <= 3 {
				answered++
				continue
			}
			t.Errorf("%s: want it at %s %s with %q, got %d:", c.name, want, letters, c.words, len(r.Mistakes))
			for _, m := range r.Mistakes {
				t.Logf("    %s | %s", m, m.Words.FR)
			}
		}
	}
	t.Logf("%d of %d mistakes are answered at their cells", answered, asked)
	if asked < 40 {
		t.Error("fewer than forty")
	}
}
