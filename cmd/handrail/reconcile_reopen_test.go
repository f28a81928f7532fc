package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/internal/demo"
	"handrail/internal/ledger"
)

// A week that was reported is opened again, once, with who and why in the record; everything else is refused with what to write.
func TestReconcileReopensAWeekThatWasReported(t *testing.T) {
	t.Parallel()
	c := openClinic(t, nil)
	c.write("handrail.toml", c.text, 0o600)
	config := filepath.Join(c.dir, "handrail.toml")
	reconcile := func(code int, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		now := func() time.Time { return time.Date(2026, 11, 25, 15, 0, 0, 0, time.UTC) }
		if got := run(t.Context(), append([]string{"reconcile", "--config", config}, args...), &terminal{in: strings.NewReader(""), out: &out, err: &out, now: now}); got != code {
			t.Errorf("%q: exit code %d, want %d: %s", args, got, code, out.String())
		}
		return strings.Join(strings.Fields(out.String()), " ")
	}
	reopen := func(code int, week string, more ...string) string {
		t.Helper()
		return reconcile(code, append([]string{"--reopen", week}, more...)...)
	}
	why := []string{"--reason", "the wrong card's statement", "--by", "A. Tremblay"}
	if said := reopen(exitInput, "2025-W47", why...); !strings.Contains(said, "week 2025-W47 was not reported to anybody") || !strings.Contains(said, "no week was reported yet") {
		t.Errorf("without any report: %s", said)
	}
	l, err := ledger.Open(t.Context(), ledger.Config{URL: c.ledger()}, ledger.Run)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	monday := time.Date(2025, 11, 17, 5, 0, 0, 0, time.UTC)
	if err := l.Update(t.Context(), func(tx *ledger.Tx) error {
		_, err := tx.Reports.Add(t.Context(), monday.AddDate(0, 0, 7), ledger.Report{Week: "2025-W47", Recipient: demo.Finance, Edition: 1, From: monday, To: monday.AddDate(0, 0, 7),
			Workbook: []byte("x"), Figures: []byte("{}")})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []struct {
		code int
		week string
		more []string
		says []string
	}{
		{exitUsage, "W47", why, []string{`"W47" is not a period`, "2027-W13a where a fiscal year ends in it"}},
		{exitUsage, "2025-W60", why, []string{"has no ISO week 60"}},
		{exitUsage, "2025-11", why, []string{"2025-11 is not a week", "2026-W47"}},
		{exitInput, "2999-W01", why, []string{"week 2999-W01 has not ended", "for the first time"}},
		{exitInput, "2025-W46", why, []string{"2025-W46 was not reported to anybody", "reported are 2025-W47 to 2025-W47"}},
		{exitUsage, "2025-W47", nil, []string{"needs both its reason and who opens it", "--by"}},
		{exitUsage, "2025-W47", []string{"--reason", " ", "--by", "x"}, []string{"needs both its reason"}},
		{exitUsage, "2025-W47", append([]string{"--out", "x.xlsx"}, why...), []string{"--reopen writes no workbook"}},
	} {
		said := reopen(bad.code, bad.week, bad.more...)
		for _, want := range bad.says {
			if !strings.Contains(said, want) {
				t.Errorf("%s %q: no %q in %s", bad.week, bad.more, want, said)
			}
		}
	}
	if said := reopen(exitDone, "2025-W47", why...); !strings.Contains(said, "2025-W47: open again; sent before to: "+demo.Finance) || !strings.Contains(said, "within a minute") {
		t.Errorf("%s", said)
	}
	if said := reopen(exitInput, "2025-W47", why...); !strings.Contains(said, "2025-W47 is open again already") {
		t.Errorf("a second time: %s", said)
	}
	if err := l.View(t.Context(), func(tx *ledger.Tx) error {
		links, err := tx.Chain.About(t.Context(), []string{"2025-W47"})
		if len(links["2025-W47"]) != 1 || !strings.Contains(string(links["2025-W47"][0].Private), `"by":"A. Tremblay"`) || !strings.Contains(string(links["2025-W47"][0].Private), "wrong card") {
			t.Errorf("the chain says %+v", links)
		}
		if err != nil {
			return err
		}
		v, err := tx.Chain.Verify(t.Context())
		for _, f := range v.Faults {
			t.Errorf("ledger: %s", f)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, bad := range [][]string{{"--reason", "x"}, nil} {
		said := reconcile(exitUsage, bad...)
		if !strings.Contains(said, "--reopen 2026-W47") && !strings.Contains(said, "missing flag: --out") {
			t.Errorf("%q: %s", bad, said)
		}
	}
}
