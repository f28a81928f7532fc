package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file without a header is refused, shown as it would be read, and its profile proposed; one with a header is read.
func TestStatementIsShown(t *testing.T) {
	dir := t.TempDir()
	bare, plain := filepath.Join(dir, "bare.csv"), filepath.Join(dir, "plain.csv")
	for path, text := range map[string]string{
		bare:  "2026-11-03,NORTHWIND,452.00,,4500********1234\n2026-11-20,PAYMENT THANK YOU,,523.43,4500********1234\n",
		plain: "Date,Marchand,Montant,Statut\n2026-11-18,BOREAL DATA,1130.00,En attente\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args []string
		code int
		want []string
	}{
		{[]string{"statement", bare}, exitInput, []string{"no_header = true", `debit = "C"`, "payment to the card", "by what stands in it"}},
		{[]string{"statement", "--lang", "fr", "--sender", "a@bank.example", bare}, exitInput, []string{"sans en-tête", `senders = ["a@bank.example"]`, "paiement de la carte"}},
		{[]string{"statement", plain}, exitDone, []string{"header is in row 1", "of them pending", "status"}},
		{[]string{"statement", filepath.Join(dir, "none.csv")}, exitInput, nil},
	} {
		var out, errs bytes.Buffer
		code := run(t.Context(), c.args, &terminal{out: &out, err: &errs})
		if code != c.code {
			t.Errorf("%v ended with %d, want %d: %s", c.args, code, c.code, errs.String())
		}
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%v does not say %q:\n%s", c.args, want, out.String())
			}
		}
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"statement", "--format", "json", plain}, &terminal{out: &out, err: &errs}); code != exitDone {
		t.Fatalf("%d: %s", code, errs.String())
	}
	var got statementJSON
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || got.Rows["pending"] != 1 || got.First[0].Status != "pending" || len(got.Reading.Columns) != 4 {
		t.Errorf("%+v, %v", got, err)
	}
}
