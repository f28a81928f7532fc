package policybook

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/rules"
)

// TestWhatHandsDoBesides edits nothing that counts: rows sorted, rows in between, columns moved, a sheet in the other language.
func TestWhatHandsDoBesides(t *testing.T) {
	p := policyOf(t, portText)
	plain := made(t, p, []byte(portText), []byte(portTests), Options{Name: "port.toml"})
	for _, c := range []struct {
		name string
		do   func(h *hand)
	}{
		{"nothing", func(*hand) {}},
		{"empty rows in between", func(h *hand) {
			_ = h.f.InsertRows(h.tab("guardrails"), firstRow+1, 2)
			_ = h.f.InsertRows(h.tab("examples"), firstRow+2, 1)
			_ = h.f.InsertRows(h.tab("lists"), firstRow, 1)
			_ = h.f.InsertRows(h.tab("limits"), 2, 1)
		}},
		{"rows in another order", func(h *hand) {
			_ = h.f.DuplicateRowTo(h.tab("guardrails"), firstRow, firstRow+4)
			_ = h.f.RemoveRow(h.tab("guardrails"), firstRow)
			_ = h.f.DuplicateRowTo(h.tab("examples"), firstRow+1, firstRow+5)
			_ = h.f.RemoveRow(h.tab("examples"), firstRow+1)
		}},
		{"a sheet with its French name", func(h *hand) {
			_ = h.f.SetSheetName("Guardrails", "Balises")
			_ = h.f.SetSheetName("Limits", "Limites")
		}},
		{"a sheet with a name of its own", func(h *hand) { _ = h.f.SetSheetName("Exemptions", "Who is let off") }},
		{"a column moved", func(h *hand) {
			tab := h.tab("limits")
			_ = h.f.InsertCols(tab, "A", 1)
			from, _ := h.f.GetRows(tab)
			for row := headerRow; row <= len(from); row++ {
				s, _ := h.f.GetCellValue(tab, ref(3, row))
				_ = h.f.SetCellValue(tab, ref(1, row), s)
			}
			_ = h.f.RemoveCol(tab, "C")
		}},
		{"a space around a name", func(h *hand) {
			h.set("limits", firstRow, map[string]any{"limit": " request\u00a0"})
			h.set("guardrails", h.row("guardrails", "id", "value-limit"), map[string]any{"id": "value-limit "})
		}},
		{"words of the other language", func(h *hand) {
			row := h.row("guardrails", "id", "value-limit")
			h.set("guardrails", row, map[string]any{"on": "oui", "action": "soumettre", "kind": "montant au-delà d’une limite", "what": "Total", "value": "limite request"})
			h.set("limits", firstRow, map[string]any{"amount": "10 000,00 $"})
			h.set("exemptions", firstRow, map[string]any{"until": "1er avril 2027", "whom": "commodity : construction"})
			h.set("examples", h.row("examples", "name", "value-limit: a cent above"), map[string]any{"outcome": "soumise", "date": "18 novembre 2026"})
		}},
	} {
		h := opened(t, plain, request.English)
		c.do(h)
		r := back(t, h.saved(), Options{})
		for _, m := range r.Mistakes {
			t.Errorf("%s: %s", c.name, m)
		}
		if string(r.Text) != portText {
			t.Errorf("%s: %s", c.name, lineDiff(portText, string(r.Text)))
		}
		if string(r.Tests) != portTests && c.name != "rows in another order" {
			t.Errorf("%s: tests: %s", c.name, lineDiff(portTests, string(r.Tests)))
		}
	}
	// A row that is deleted is a guardrail less, with the comment above it.
	h := opened(t, plain, request.English)
	h.about("version", "2026-05")
	_ = h.f.RemoveRow(h.tab("guardrails"), h.row("guardrails", "id", "prohibited-item"))
	_ = h.f.RemoveRow(h.tab("examples"), h.row("examples", "name", "prohibited-item: gift cards"))
	h.set("guardrails", h.row("guardrails", "id", "closed-day"), map[string]any{"on": "no"})
	_ = h.f.RemoveRow(h.tab("examples"), h.row("examples", "name", "closed-day: a Saturday"))
	r := back(t, h.saved(), Options{})
	for _, m := range r.Mistakes {
		t.Errorf("deleted: %s", m)
	}
	from, to := strings.Index(portText, "# The column is"), strings.Index(portText, "[[guardrail]]\nid      = \"closed-day\"")
	want := strings.Replace(portText[:from]+portText[to:], `"2026-04"`, `"2026-05"`, 1)
	want = strings.Replace(want, "id      = \"closed-day\"\n", "id      = \"closed-day\"\non      = false\n", 1)
	if string(r.Text) != want {
		t.Errorf("deleted: %s", lineDiff(want, string(r.Text)))
	}
}

// TestWithoutTheOriginal: a workbook that lost its hidden sheet still says the policy, in an author's layout.
func TestWithoutTheOriginal(t *testing.T) {
	type policy struct {
		name       string
		raw, tests []byte
		p          *rules.Policy
	}
	all := []policy{{"port", []byte(portText), []byte(portTests), policyOf(t, portText)}}
	for _, n := range rules.Shipped() {
		raw, tests, p := shippedFiles(t, n)
		all = append(all, policy{n, raw, tests, p})
	}
	for _, c := range all {
		h := opened(t, made(t, c.p, c.raw, c.tests, Options{Name: c.name + ".toml"}), request.English)
		_ = h.f.DeleteSheet(originalSheet)
		r := back(t, h.saved(), Options{})
		for _, m := range r.Mistakes {
			t.Errorf("%s: %s", c.name, m)
		}
		if len(r.Notes) == 0 {
			t.Errorf("%s: nobody is told that comments are lost", c.name)
		}
		if r.Policy == nil {
			_ = os.WriteFile("/tmp/lost-"+c.name+".toml", r.Text, 0o600)
			continue
		}
		for _, d := range rules.Diff(c.p, r.Policy) {
			if d.What == "when" && d.Before != nil && alike(parseCEL(whenOf(c.raw, d.Name)), parseCEL(whenOf(r.Text, d.Name))) {
				continue // the same condition, in another order
			}
			if zero := strings.NewReplacer(`money("0.00")`, `money("0")`); d.Before != nil && d.After != nil && zero.Replace(d.Before.EN) == zero.Replace(d.After.EN) {
				continue // the same amount
			}
			t.Errorf("%s: %s", c.name, d.Words.EN)
		}
	}
}

func whenOf(raw []byte, id string) string {
	doc, err := parseText(raw)
	if err != nil {
		return ""
	}
	for _, g := range doc.all("guardrail") {
		if g.get("id").text() == id {
			return g.get("when").text()
		}
	}
	return ""
}

// largePolicy has so many guardrails, and an example for each.
func largePolicy(n int) (string, string) {
	var raw, tests strings.Builder
	head, _, _ := strings.Cut(portText, "[[guardrail]]")
	raw.WriteString(head)
	cases, _, _ := strings.Cut(portTests, "[[case]]")
	tests.WriteString(cases)
	for i := range n {
		fmt.Fprintf(&raw, "[[guardrail]]\nid      = \"rule-%d\"\naction  = \"note\"\nwhen    = 'given(\"tax\") && line.tax > money(\"%d\") && line.total > limits.request'\ntitle   = { en = \"Rule %d\", fr = \"Règle %d\" }\nmessage = { en = \"{line.tax} is more than %d.\", fr = \"{line.tax} dépasse %d.\" }\nsource  = \"Directive 3, section %d\"\n\n", i, i, i, i, i, i, i)
		fmt.Fprintf(&tests, "[[case]]\nname    = \"rule-%d\"\ndate    = 2026-11-18\nline    = { total = \"%d.00\" }\noutcome = \"approved\"\n\n", i, i+1)
	}
	raw.WriteString("[[guardrail]]\nid = \"t\"\naction = \"note\"\nwhen = 'counts.supplier_month > 1 && listed(\"prohibited\", line.supplier)'\ntitle = { en = \"A\", fr = \"B\" }\nmessage = { en = \"A\", fr = \"B\" }\nsource = \"Directive\"\n")
	return raw.String(), tests.String()
}

// TestTwoHundredGuardrails are written and read in well under a second each.
func TestTwoHundredGuardrails(t *testing.T) {
	raw, tests := largePolicy(200)
	p := policyOf(t, raw)
	start := time.Now()
	data := made(t, p, []byte(raw), []byte(tests), Options{Name: "large.toml"})
	wrote := time.Since(start)
	start = time.Now()
	r := back(t, data, Options{})
	read := time.Since(start)
	for _, m := range r.Mistakes {
		t.Error(m)
	}
	if string(r.Text) != raw || string(r.Tests) != tests {
		t.Error("another text")
	}
	t.Logf("written in %s, read and tried in %s, %d bytes", wrote, read, len(data))
}

func BenchmarkWorkbookOfTwoHundred(b *testing.B) {
	raw, tests := largePolicy(200)
	p := policyOf(b, raw)
	data := made(b, p, []byte(raw), []byte(tests), Options{Name: "large.toml"})
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			made(b, p, []byte(raw), []byte(tests), Options{Name: "large.toml"})
		}
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			back(b, data, Options{})
		}
	})
}

// TestAnnotated workbooks are read again as they were, bear the mistakes, and are known as policies.
func TestAnnotated(t *testing.T) {
	p := policyOf(t, portText)
	for _, lang := range []request.Lang{request.English, request.French} {
		h := opened(t, made(t, p, []byte(portText), []byte(portTests), Options{Name: "port.toml", Lang: lang}), lang)
		h.about("version", "2027-01")
		h.set("guardrails", h.row("guardrails", "id", "value-limit"), map[string]any{"what": "totl"})
		h.set("limits", firstRow, map[string]any{"amount": "dix mille"})
		data := h.saved()
		r := back(t, data, Options{})
		if len(r.Mistakes) != 2 {
			t.Fatalf("%v", r.Mistakes)
		}
		var out bytes.Buffer
		extra := Extra{Backtest: []workbook.ReportRow{{{Text: "Approved", Look: workbook.LabelLook}, {Text: "12", Count: true}}}}
		if err := Annotate(context.Background(), &out, data, r, extra); err != nil {
			t.Fatal(err)
		}
		if dir := os.Getenv("POLICYBOOK_PICTURES"); dir != "" {
			_ = os.WriteFile(filepath.Join(dir, "annotated-"+string(lang)+".xlsx"), out.Bytes(), 0o600)
		}
		if !IsFile(context.Background(), out.Bytes()) {
			t.Error("the annotated workbook is no policy")
		}
		again := back(t, out.Bytes(), Options{})
		if fmt.Sprint(again.Mistakes) != fmt.Sprint(r.Mistakes) {
			t.Errorf("read again: %v, was %v", again.Mistakes, r.Mistakes)
		}
		a := opened(t, out.Bytes(), lang)
		comments, err := a.f.GetComments(a.tab("limits"))
		if err != nil || len(comments) != 1 || comments[0].Cell != "B5" {
			t.Errorf("comments: %v %v", comments, err)
		}
		// Corrected, it is in order, and says so of each example.
		a.set("guardrails", a.row("guardrails", "id", "value-limit"), map[string]any{"what": "total"})
		a.set("limits", firstRow, map[string]any{"amount": 10000})
		right := a.saved()
		r = back(t, right, Options{})
		for _, m := range r.Mistakes {
			t.Error(m)
		}
		out.Reset()
		if err := Annotate(context.Background(), &out, right, r, Extra{}); err != nil {
			t.Fatal(err)
		}
		a = opened(t, out.Bytes(), lang)
		rows, _ := a.f.GetRows(a.tab("examples"))
		if last := strings.Join(rows[firstRow], "|"); !strings.Contains(last, "expected") && !strings.Contains(last, "prévu") {
			t.Errorf("the example does not say how it came out: %s", last)
		}
		if final := back(t, out.Bytes(), Options{}); len(final.Mistakes) > 0 || string(final.Text) != strings.Replace(portText, "2026-04\"", "2027-01\"", 1) {
			t.Errorf("%v\n%s", final.Mistakes, lineDiff(portText, string(final.Text)))
		}
	}
}

// One language is enough for a source and for who granted an exemption, whichever it is.
func TestASourceInOneLanguage(t *testing.T) {
	p := policyOf(t, portText)
	for _, l := range []string{"en", "fr"} {
		h := opened(t, made(t, p, []byte(portText), []byte(portTests), Options{Name: "port.toml"}), request.English)
		h.about("version", "2026-05")
		other := map[string]string{"en": "fr", "fr": "en"}[l]
		h.set("guardrails", h.row("guardrails", "id", "value-limit"), map[string]any{"source_" + l: "Directive 3", "source_" + other: ""})
		h.set("exemptions", firstRow, map[string]any{"granted_" + l: "Port Council", "granted_" + other: ""})
		r := back(t, h.saved(), Options{})
		for _, m := range r.Mistakes {
			t.Errorf("%s: %s", l, m)
		}
		for _, want := range []string{`= "Directive 3"`, `= "Port Council"`} {
			if !strings.Contains(string(r.Text), want) {
				t.Errorf("%s: no %s in %s", l, want, r.Text)
			}
		}
	}
}
