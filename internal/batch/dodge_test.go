package batch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/rules"
)

// What a clever requester may try to stay under the limits, each through the real job. The guardrails are those of the
// shipped policy unless a test says otherwise.

// judged sends a workbook, lets it be judged, and tells its lines by their order in it.
func (d *department) judged(from string, form []byte) []ledger.Line {
	d.t.Helper()
	id := d.arrive(from, d.now(), form)
	if err := d.job.judge(d.t.Context(), []int64{id}); err != nil {
		d.t.Fatal(err)
	}
	var lines []ledger.Line
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) (err error) {
		s, found, err := tx.SubmissionByReference(d.t.Context(), request.Reference{Year: d.job.day(d.now()).Year, Number: d.mails})
		if err != nil || !found {
			return err
		}
		lines, err = tx.LinesOf(d.t.Context(), []int64{s.ID})
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return lines
}

// A file that bears the numbers of two versions of one line replaces neither, and stops nothing.
func TestTwoVersionsOfALineInOneFile(t *testing.T) {
	d := open(t, func(o *Options) { o.Inboxes[0].Policy = splitting(t) })
	first := d.judged(testStaff, table(t, "Benefits", []any{"Part", "Northwind", "", 2000, "4410"}))[0]
	second := d.judged(testStaff, table(t, "Benefits", []any{"Part", "Northwind", "", 2100, "4410", "", "", "", first.Reference}))[0]
	both := d.judged(testStaff, table(t, "Benefits", []any{"Part", "Northwind", "", 10, "4410", "", "", "", first.Reference},
		[]any{"Part", "Northwind", "", 20, "4410", "", "", "", second.Reference}))
	if len(both) != 2 || both[0].Supersedes != 0 || both[1].Supersedes != 0 {
		t.Errorf("lines %+v", both)
	}
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Superseded, "000002-01": request.Approved, "000003-01": request.Approved, "000003-02": request.Approved})
	d.sound()
}

// halves asks for 2,000.00 twice, the second time as a clever requester writes it, and tells what became of the second.
func (d *department) halves(second []any) ledger.Line {
	d.t.Helper()
	first := d.judged(testStaff, table(d.t, "Benefits", []any{"Part one", "Northwind Systems Inc.", "123456782 RT0001", 2000, "CC-4410"}))[0]
	if first.Outcome != request.Approved {
		d.t.Fatalf("the first half is %s", first.Outcome)
	}
	d.pass(24 * time.Hour)
	return d.judged(testOther, table(d.t, "Benefits", second))[0]
}

// However the supplier, its number and the cost centre are written, the second half counts the first.
func TestAnotherSpellingIsNoOtherSupplier(t *testing.T) {
	for name, second := range map[string][]any{
		"look-alike letters":        {"Part two", "Nоrthwind Sуstems", "", 2000, "CC-4410"},
		"digits for letters":        {"Part two", "N0rthwind Systems", "", 2000, "CC-4410"},
		"a capital I for l":         {"Part two", "NORTHWlND SYSTEMS", "", 2000, "CC-4410"},
		"invisible characters":      {"Part two", "North\u200bwind\u00ad Sys\u2060tems", "", 2000, "CC-4410"},
		"accents":                   {"Part two", "Nórthwïnd Systems", "", 2000, "CC-4410"},
		"a French legal form":       {"Part two", "Northwind Systems, s.e.n.c.r.l.", "", 2000, "CC-4410"},
		"enr.":                      {"Part two", "NORTHWIND SYSTEMS (enr.)", "", 2000, "CC-4410"},
		"Ltée":                      {"Part two", "Les Northwind Systems Ltée", "", 2000, "CC-4410"},
		"a mark of trade":           {"Part two", "Northwind Systems™", "", 2000, "CC-4410"},
		"another name, same number": {"Part two", "Boreal Works", "BN 123 456 782", 2000, "CC-4410"},
		"a letter in the number":    {"Part two", "Boreal Works", "l23456782RT0002", 2000, "CC-4410"},
		"a number as a number":      {"Part two", "Boreal Works", 123456782, 2000, "CC-4410"},
		"a wrong check digit":       {"Part two", "Northwind Systems", "123456789", 2000, "CC-4410"},
		"the cost centre in Greek":  {"Part two", "Northwind Systems", "", 2000, "СС 44 10"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t, func(o *Options) { o.Inboxes[0].Policy = splitting(t) })
			if l := d.halves(second); l.Outcome != request.Escalated {
				t.Errorf("the second half is %s, by %q", l.Outcome, l.Keys)
			}
		})
	}
}

// Lines that were recorded when keys were made otherwise count under today's as well.
func TestThePastCountsUnderKeysThatAreMadeOtherwise(t *testing.T) {
	d := open(t, func(o *Options) { o.Inboxes[0].Policy = splitting(t) })
	d.once() // notes what is keyed
	d.judged(testStaff, table(t, "Benefits", []any{"Part one", "Northwind Systems", "", 2000, "4410"}))
	if err := d.ledger.Decide(t.Context(), func(tx *ledger.Tx) error {
		if _, err := tx.Rekey(t.Context(), 0, 10, func(*ledger.Line) []string { return []string{"as it was"} }); err != nil {
			return err
		}
		noted, err := tx.Meta(t.Context(), totalsKeyed)
		if err != nil {
			return err
		}
		return tx.SetMeta(t.Context(), totalsKeyed, strings.Replace(noted, request.KeyForm, "key form 1", 1))
	}); err != nil {
		t.Fatal(err)
	}
	d.once()
	if l := d.judged(testStaff, table(t, "Benefits", []any{"Part two", "Northwind Systems", "", 2000, "4410"}))[0]; l.Outcome != request.Escalated {
		t.Errorf("the second half is %s", l.Outcome)
	}
	d.sound()
}

// Tagged addresses of one mailbox are one person: nobody decides their own request, and nobody confirms it.
func TestATaggedAddressIsNobodyElse(t *testing.T) {
	d := open(t, nil)
	asked := request.Line{}
	asked.Values[request.Total] = request.Value{Given: true, Number: decimal.NewFromInt(10)}
	asked.Values[request.AuthorizedBy] = request.Value{Given: true, Text: "amara+boss@" + testDomain}
	for _, origin := range []request.Origin{{Sender: "officer+2@" + testDomain}, {Sender: testStaff, Email: "Officer+forms@" + testDomain}} {
		if d.job.o.Inboxes[0].Roster.May(testOfficer, &asked, &origin) {
			t.Errorf("%s decides what %s %s asks for", testOfficer, origin.Sender, origin.Email)
		}
	}
	a := Assessed{Facts: request.Facts{Line: asked, Request: request.Origin{Sender: testStaff}, OwnDomains: []string{testDomain}}}
	if a.mayConfirm() {
		t.Error("a requester confirms under a tagged address")
	}
	lines := d.judged("manager+2@"+testDomain, d.form("manager+2@"+testDomain, request.English, line("Chairs", "Cedar", "100", "13", "113")))
	if l := lines[0]; l.Outcome != request.Escalated || !slices.Contains(l.Guardrails, "separation-of-duties") {
		t.Errorf("requester and manager in one: %s by %v", l.Outcome, l.Guardrails)
	}
}

// cumulative is a policy that looks at nothing but an original with its amendments.
func cumulative(t *testing.T) *rules.Policy {
	t.Helper()
	text := splitPolicy[:strings.Index(splitPolicy, "[[total]]")] + `[[total]]
name = "family"
by = ["amends"]
days = 3650
[[guardrail]]
id = "creep"
action = "escalate"
when = 'totals.family > limits.week'
title = { en = "t", fr = "t" }
message = { en = "m", fr = "m" }
source = "s"
`
	file := filepath.Join(t.TempDir(), "policy.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := rules.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Small steps are added up over every way in which one line can go back to another, whatever supplier and cost centre
// the amendment names.
func TestAmendmentsInSmallSteps(t *testing.T) {
	// step asks for an amount that amends the n-th line asked for, or replaces it.
	type step struct {
		amount            float64
		amends, replaces  int
		outcome           request.Outcome
		lowerCase, padded bool
	}
	for name, steps := range map[string][]step{
		"the original again and again":      {{1500, 0, 0, request.Approved, false, false}, {1000, 1, 0, request.Approved, false, false}, {500, 1, 0, request.Approved, false, false}, {0.01, 1, 0, request.Escalated, false, false}},
		"an amendment of an amendment":      {{1500, 0, 0, request.Approved, false, false}, {1500, 1, 0, request.Approved, false, false}, {0.01, 2, 0, request.Escalated, false, false}},
		"an old version":                    {{1500, 0, 0, request.Approved, false, false}, {1600, 0, 1, request.Approved, false, false}, {1400, 1, 0, request.Approved, false, false}, {1, 2, 0, request.Escalated, false, false}},
		"the original grows afterwards":     {{1000, 0, 0, request.Approved, false, false}, {1900, 1, 0, request.Approved, false, false}, {1200, 0, 1, request.Escalated, false, false}},
		"an amendment that stops to be one": {{1000, 0, 0, request.Approved, false, false}, {1900, 1, 0, request.Approved, false, false}, {2100, 0, 2, request.Escalated, false, false}},
		"the number in small letters":       {{1500, 0, 0, request.Approved, false, false}, {1501, 1, 0, request.Escalated, true, false}},
		"the number with a space":           {{1500, 0, 0, request.Approved, false, false}, {1501, 1, 0, request.Escalated, false, true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t, func(o *Options) { o.Inboxes[0].Policy = cumulative(t) })
			var asked []ledger.Line
			for n, s := range steps {
				amends, replaces := "", ""
				if s.amends > 0 {
					amends = asked[s.amends-1].Reference
				}
				if s.replaces > 0 {
					replaces = asked[s.replaces-1].Reference
				}
				if s.lowerCase {
					amends = strings.ToLower(amends)
				}
				if s.padded {
					amends = "\u00a0" + amends + " "
				}
				l := d.judged(testStaff, table(t, "Benefits", []any{"Part", "Supplier " + string(rune('A'+n)), "", s.amount, 1000 + n, amends, "", "", replaces}))[0]
				if l.Outcome != s.outcome {
					t.Errorf("step %d is %s, want %s", n+1, l.Outcome, s.outcome)
				}
				asked = append(asked, l)
			}
			d.sound()
		})
	}
}

// What amends a line that nobody knows goes back, for it could be anybody's.
func TestAnAmendmentOfAnUnknownLineGoesBack(t *testing.T) {
	d := open(t, func(o *Options) { o.Inboxes[0].Policy = cumulative(t) })
	l := d.judged(testStaff, table(t, "Benefits", []any{"Part", "Cedar", "", 100, "4410", "HR-2026-000099-01"}))[0]
	f := factsOf(t, &l)
	if l.Outcome != request.Returned || len(f.Line.Problems) != 1 || f.Line.Problems[0].Code != "unknown-line" || f.Line.Problems[0].Cell != "F4" {
		t.Errorf("%s with %+v", l.Outcome, f.Line.Problems)
	}
}

// An original that grows after it was amended is held against the limit with its amendments, and the mail says so.
func TestAnOriginalGrowsAfterItWasAmended(t *testing.T) {
	d := open(t, nil)
	d.send(testStaff, "Fixes", "Form attached.", d.form(testStaff, request.English, line("Fixes", "Cedar", "1130", "0", "1130")))
	d.once()
	answer := d.inbox(testStaff)[0]
	d.send(testStaff, "More", "Form attached.", d.form(testStaff, request.English, line("More", "Boreal", "7910", "0", "7910", "cost_centre", "9900", "amends", "HR-2026-000001-01")))
	d.send(testStaff, "Fixes", "Corrected.", changeCell(t, changeCell(t, answer.Attachments[0].Data, "I14", 1130, 3130), "K14", 1130, 3130))
	d.once()
	l := d.lines()["HR-2026-000003-01"]
	if l.Outcome != request.Escalated || !slices.Contains(l.Guardrails, "value-limit") {
		t.Errorf("%s by %v", l.Outcome, l.Guardrails)
	}
	if text := d.inbox(testOfficer)[0].Text; !strings.Contains(text, "With the lines that amend it, the total is $11,040.00") {
		t.Errorf("the officer reads:\n%s", text)
	}
	d.sound()
}
