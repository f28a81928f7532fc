package policybook

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"handrail/internal/request"
)

// TestTheHiddenTextSaysNothing: a workbook whose hidden text was changed says what its cells say, and no more.
func TestTheHiddenTextSaysNothing(t *testing.T) {
	p := policyOf(t, portText)
	plain := made(t, p, []byte(portText), []byte(portTests), Options{Name: "port.toml"})
	for name, forged := range map[string]string{
		"a guardrail less":   strings.Replace(portText, portText[strings.Index(portText, "[[guardrail]]"):strings.Index(portText, "# The column")], "", 1),
		"a larger limit":     strings.Replace(portText, `"10000.00"`, `"99000.00"`, 1),
		"a limit for one":    portText + "\n[[limits_for]]\nwhen = 'request.unit == \"Port Office\"'\nrequest = \"99000.00\"\n",
		"an exemption":       portText + "\n[[exemption]]\nguardrail = \"value-limit\"\ngranted_by = \"Me\"\nreference = \"Memo 0\"\n",
		"a variant":          strings.Replace(portText, "source  = \"Directive 3, section 3\"\n", "source  = \"Directive 3, section 3\"\n\n[[guardrail.variant]]\nwhen = 'true'\naction = \"note\"\n", 1),
		"another condition":  strings.Replace(portText, "line.total > limits.request'", "line.total > limits.request && line.total > money(\"99000\")'", 1),
		"a table of its own": strings.Replace(portText, "source  = \"Directive 3, section 3\"\n", "source  = \"Directive 3, section 3\"\n\n[guardrail.officer]\nen = \"Let it pass.\"\nfr = \"Laissez passer.\"\n", 1),
		"a list's entries":   strings.Replace(portText, `"gift cards", `, "", 1),
		"an alias":           portText + "\n[aliases]\n\"a@x.example\" = \"b@x.example\"\n",
	} {
		if forged == portText {
			t.Fatalf("%s: nothing is forged", name)
		}
		h := opened(t, plain, request.English)
		var packed bytes.Buffer
		z, _ := flate.NewWriter(&packed, flate.BestCompression)
		_, _ = z.Write([]byte(forged))
		_ = z.Close()
		rows, _ := h.f.GetRows(originalSheet)
		for i, r := range rows {
			if r[0] == "policy" {
				_ = h.f.SetCellStr(originalSheet, ref(2, i+1), base64.StdEncoding.EncodeToString(packed.Bytes()))
			}
		}
		h.about("version", "2027-01")
		r := back(t, h.saved(), Options{})
		if r.Policy == nil {
			t.Logf("%s: refused: %v", name, r.Mistakes)
			continue
		}
		want := policyOf(t, strings.Replace(portText, `"2026-04"`, `"2027-01"`, 1))
		if d := diffWords(want, r.Policy); d != "" {
			t.Errorf("%s came through: %s", name, d)
		}
	}
}

// TestHostileCells are answered within bounds.
func TestHostileCells(t *testing.T) {
	p := policyOf(t, portText)
	plain := made(t, p, []byte(portText), []byte(portTests), Options{Name: "port.toml"})
	start := time.Now()
	for _, s := range []string{strings.Repeat("(", 4000), strings.Repeat("(if ", 900), strings.Repeat("total > (", 2000), strings.Repeat("not ", 4000), strings.Repeat("a, ", 8000), strings.Repeat("total + ", 3000) + "total > 5", strings.Repeat("\"", 20001)} {
		h := opened(t, plain, request.English)
		h.set("guardrails", firstRow, map[string]any{"only": s, "value": s, "what": s})
		h.set("limits", firstRow, map[string]any{"whom": s})
		_, err := Read(context.Background(), h.saved(), Options{})
		if err != nil {
			t.Log(err)
		}
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("it took %s", took)
	}
}

func FuzzPhrase(f *testing.F) {
	for _, s := range []string{"payment: invoice", "total > 90% of limit request", "(if commodity: goods then limit a else limit b) > 5", "[A b] reads: \"x, y\"; tax vide"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, wrong := (&vocabulary{}).phrase(s)
		if wrong != nil || n == nil {
			return
		}
		if back := parseCEL(n.cel()); back == nil && !strings.Contains(n.cel(), "..") {
			t.Skip() // names that CEL does not take are refused by the rules
		}
	})
}
