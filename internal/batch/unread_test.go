package batch_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/rules"
)

// withColumn adds a column of the department's own at the right of the table, with a value in its first line.
func withColumn(t *testing.T, form []byte, header, value string) []byte {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close() //nolint:errcheck // in memory
	sheet := x.GetSheetName(0)
	rows, err := x.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if !slices.ContainsFunc(row, func(s string) bool { return strings.HasPrefix(s, "Why this supplier") }) {
			continue
		}
		for n, text := range []string{header, value} {
			cell, err := excelize.CoordinatesToCellName(len(row)+1, i+1+n)
			if err == nil {
				err = x.SetCellStr(sheet, cell, text)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		var b bytes.Buffer
		if err := x.Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	t.Fatal("the form has no header row")
	return nil
}

const readsCode = `
[[guardrail]]
id      = "code"
action  = "note"
when    = 'line.extra["Cost centre code"] == "0"'
title   = { en = "Code", fr = "Code" }
message = { en = "Code.", fr = "Code." }
source  = "Note 8"
`

// A column that nobody understood and that resembles a field sends its lines to an officer. The requester and the officer
// read what it says, the operator hears of the header once, after a restart too, and each of the three ways ends it.
func TestAnUnknownHeaderEscalatesAndIsToldOnce(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	d.begins()
	buy := func(title string) ledger.Line {
		t.Helper()
		form := d.form(testStaff, request.English, line(title, title+" Inc.", "100", "13", "113"))
		d.send(testStaff, title, "Form attached.", withColumn(t, form, "Cost centre code", "9917"))
		d.work()
		for _, l := range d.lines() {
			if l.Supplier == title+" Inc." {
				return l
			}
		}
		t.Fatalf("%s was not judged", title)
		return ledger.Line{}
	}
	wantEscalated := func(title string) {
		t.Helper()
		if l := buy(title); l.Judged != request.Escalated || !slices.Equal(l.Guardrails, []string{rules.UnreadGuardrail}) {
			t.Errorf("%s was judged %s by %v", title, l.Judged, l.Guardrails)
		}
		if n := len(d.told()); n != 1 {
			t.Errorf("after %s the operator was told %d things, want one", title, n)
		}
	}
	wantEscalated("Desk")
	said := "“Cost centre code” says “9917” and was not read. It may be what the form calls “Cost centre”."
	if officer := d.inbox(testOfficer); len(officer) != 1 || !strings.Contains(unwrapped(officer[0].Text), said+" Nothing was compared with it.") {
		t.Errorf("the officer got %d mails: %+v", len(officer), officer)
	}
	staff := d.inbox(testStaff)
	if len(staff) != 1 {
		t.Fatalf("the requester got %d mails", len(staff))
	}
	for _, want := range []string{said + " So an officer looks at the line.", "Nothing was read from this column: “Cost centre code”."} {
		if !strings.Contains(unwrapped(staff[0].Text), want) {
			t.Errorf("the requester’s mail does not say %q:\n%s", want, staff[0].Text)
		}
	}
	for _, want := range []string{"A header of a form is not understood: “Cost centre code”", "Un en-tête de formulaire n’est pas compris\u00a0: «\u00a0Cost centre code\u00a0»",
		`cost_centre = ["Cost centre code"]`, `ignore = ["Cost centre code"]`, `line.extra["Cost centre code"]`} {
		if told := d.told(); len(told) != 1 || !strings.Contains(told[0], want) {
			t.Errorf("the operator is not told %q: %q", want, told)
		}
	}
	wantEscalated("Chair")
	d.restart(nil)
	wantEscalated("Lamp")

	wantApproved := func(title string) {
		t.Helper()
		if l := buy(title); l.Judged != request.Approved || len(d.told()) != 1 {
			t.Errorf("%s was judged %s by %v, and the operator was told %d things", title, l.Judged, l.Guardrails, len(d.told()))
		}
	}
	d.restart(func(_ *desk, o *job.Options) { o.Inboxes[0].Form.Ignore = []string{"cost centre CODE"} })
	wantApproved("Ignored")
	d.restart(func(_ *desk, o *job.Options) {
		o.Inboxes[0].Form.Ignore, o.Inboxes[0].Form.Aliases = nil, map[string][]string{"cost_centre": {"Cost centre code"}}
	})
	wantApproved("Aliased")
	d.restart(func(_ *desk, o *job.Options) { o.Inboxes[0].Form.Aliases = nil })
	d.begins()
	d.edit("policy.toml", versioned(d.policy(""), "2026-12")+readsCode)
	d.look()
	wantApproved("Read")
}
