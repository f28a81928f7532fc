package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write licences.txt, the man page, the list of commands and what explain prints anew")

// licenceOf recognises a licence by sentences that only it has.
func licenceOf(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	for _, l := range []struct{ id, mark string }{
		{"Apache-2.0", "Apache License Version 2.0"}, {"MPL-2.0", "Mozilla Public License Version 2.0"},
		{"MPL-2.0", "Mozilla Public License, version 2.0"}, {"BSD-3-Clause", "Neither the name"}, {"BSD-3-Clause", "names of its contributors may"},
		{"ISC", "Permission to use, copy, modify, and/or distribute"}, {"ISC", "Permission to use, copy, modify, and distribute"},
		{"MIT", "Permission is hereby granted, free of charge"}, {"BSD-2-Clause", "Redistribution and use in source and binary forms"},
		{"Unlicense", "released into the public domain"},
	} {
		if strings.Contains(text, l.mark) {
			return l.id
		}
	}
	return "unknown"
}

func TestEveryModuleHasItsLicence(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(lines)
	var table strings.Builder
	for _, line := range slices.Compact(lines) {
		path, dir, found := strings.Cut(line, " ")
		if !found {
			continue
		}
		licence := "unknown"
		files, _ := filepath.Glob(filepath.Join(dir, "[LlCU][IiOoNn][CcPpLl]*"))
		for _, f := range files {
			if text, err := os.ReadFile(f); err == nil && licence == "unknown" {
				licence = licenceOf(string(text))
			}
		}
		if licence == "unknown" {
			t.Errorf("%s: no licence is recognised in %s", path, dir)
		}
		table.WriteString(path + " " + licence + "\n")
	}
	if *update {
		if err := os.WriteFile("licences.txt", []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if table.String() != licenceTable {
		t.Errorf("licences.txt is out of date: go test ./cmd/handrail -run TestEveryModuleHasItsLicence -update")
	}
}

// output runs a command that must succeed.
func output(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), args, &terminal{in: strings.NewReader(""), out: &out, err: &errs, now: time.Now}); code != exitDone {
		t.Fatalf("handrail %s: exit %d\n%s%s", strings.Join(args, " "), code, out.String(), errs.String())
	}
	return out.String()
}

func TestBillOfMaterialsIsCycloneDX(t *testing.T) {
	var bom struct {
		BomFormat  string
		Components []struct{ Name, PURL string }
	}
	text := output(t, "version", "--sbom")
	if err := json.Unmarshal([]byte(text), &bom); err != nil || bom.BomFormat != "CycloneDX" {
		t.Fatalf("%v: %s", err, text)
	}
	if again := output(t, "version", "--sbom"); again != text {
		t.Error("two bills of the same program differ")
	}
}
