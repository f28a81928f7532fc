package forms_test

import (
	"bytes"
	"context"
	"testing"

	"handrail/ingest/forms"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

var attestation = request.Attestation{Text: request.Text{EN: "All of it is unclassified and remote.", FR: "Tout est non classifié et à distance."},
	Values: []request.AttestedValue{{Field: request.Security, Code: "unclassified"}, {Field: request.Remote, Code: "yes"}}}

// A yes fills what a line leaves empty, and says from where; a line's own answer counts before it; no, and no answer, fill nothing.
func TestAnAttestationFillsWhatLinesLeaveEmpty(t *testing.T) {
	for _, c := range []struct {
		lang      request.Lang
		said, own string // of the box, and of the line for its security
		security  string
		remote    string
		codes     []string
	}{
		{request.English, "yes", "", "unclassified", "yes", []string{"attested"}},
		{request.French, "oui", "", "unclassified", "yes", []string{"attested"}},
		{request.English, "yes", "protected A", "protected A", "yes", []string{"other-than-attested", "attested"}},
		{request.English, "yes", "unclassified", "unclassified", "yes", []string{"attested"}},
		{request.English, "no", "", "", "", nil},
		{request.English, "", "", "", "", nil},
		{request.French, "", "protégé A", "protected A", "", nil},
		{request.English, "perhaps", "", "", "", []string{request.CodeUnknownChoice}},
	} {
		line := map[request.Field]string{request.Title: "Date picker", request.Supplier: "Ottercreek", request.Total: "4520"}
		if c.own != "" {
			line[request.Security] = c.own
		}
		var b bytes.Buffer
		if err := workbook.NewForm(&b, workbook.FormOptions{Lang: c.lang, Attestation: attestation,
			Entries: &workbook.FormEntries{Attested: c.said, Lines: []map[request.Field]string{line, line}}}); err != nil {
			t.Fatal(err)
		}
		book, err := workbook.Open(context.Background(), b.Bytes(), workbook.DefaultBounds())
		if err != nil {
			t.Fatal(err)
		}
		f, err := forms.Read(context.Background(), book, forms.Options{Attestation: attestation})
		if err != nil || f.Lines.Len() != 2 {
			t.Fatalf("%q: %v", c.said, err)
		}
		for _, l := range f.Lines.All() {
			security, remote := l.Values[request.Security], l.Values[request.Remote]
			if security.Text != c.security || remote.Text != c.remote {
				t.Errorf("%q, %q: security %q, remote %q", c.said, c.own, security.Text, remote.Text)
			}
			var codes []string
			for _, p := range l.Problems {
				codes = append(codes, p.Code)
				if p.Cell == "" || p.Message.FR == "" || (p.Severity == request.NoteSeverity) != (c.said != "perhaps") {
					t.Errorf("%q: %+v", c.said, p)
				}
			}
			if len(codes) != len(c.codes) || len(codes) > 0 && codes[0] != c.codes[0] {
				t.Errorf("%q, %q: %q, want %q", c.said, c.own, codes, c.codes)
			}
			if c.remote == "yes" && remote.Cell != f.Labels[len(f.Labels)-1].Value {
				t.Errorf("remote is said to stand in %s", remote.Cell)
			}
		}
		// Without the policy's attestation the box is nothing.
		if plain, err := forms.Read(context.Background(), book, forms.Options{}); err != nil || plain.Lines.At(0).Values[request.Remote].Given {
			t.Errorf("%q: filled without an attestation, %v", c.said, err)
		}
	}
}
