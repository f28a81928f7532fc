package batch_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/rules"
)

// What a clever requester may try to stay under the limits, each through the real job. The guardrails are those of the
// shipped policy unless a test says otherwise.

// judged sends a workbook, lets it be judged, and tells its lines by their order in it.
func (d *agency) judged(from string, form []byte) []ledger.Line {
	d.t.Helper()
	id := d.arrive(from, d.now(), form)
	if err := d.job.JudgeThese(d.t.Context(), id); err != nil {
		d.t.Fatal(err)
	}
	var lines []ledger.Line
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) (err error) {
		s, found, err := tx.Submissions.ByReference(d.t.Context(), request.Reference{Year: d.job.Day(d.now()).Year, Number: d.mails})
		if err != nil || !found {
			return err
		}
		lines, err = tx.Lines.OfSubmissions(d.t.Context(), []int64{s.ID})
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return lines
}

// A file that has the numbers of two versions of one line replaces neither, and stops nothing.
func TestTwoVersionsOfALineInOneFile(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) { o.Inboxes[0].Policy = splitting(t) })
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
func (d *agency) halves(second []any) ledger.Line {
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
	t.Parallel()
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
			d := open(t, func(o *job.Options) { o.Inboxes[0].Policy = splitting(t) })
			if l := d.halves(second); l.Outcome != request.Escalated {
				t.Errorf("the second half is %s, by %q", l.Outcome, l.Keys)
			}
		})
	}
}

// Lines that were recorded when keys were made otherwise count under today's as well.
func TestThePastCountsUnderKeysThatAreMadeOtherwise(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) { o.Inboxes[0].Policy = splitting(t) })
	d.once() // notes what is keyed
	d.judged(testStaff, table(t, "Benefits", []any{"Part one", "Northwind Systems", "", 2000, "4410"}))
	if err := d.ledger.Decide(t.Context(), func(tx *ledger.Tx) error {
		if _, err := tx.Totals.Rekey(t.Context(), 0, 10, func(*ledger.Line) []string { return []string{"as it was"} }); err != nil {
			return err
		}
		noted, err := tx.Meta(t.Context(), "lines counted by totals")
		if err != nil {
			return err
		}
		return tx.SetMeta(t.Context(), "lines counted by totals", strings.Replace(noted, request.KeyForm, "key form 1", 1))
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
	t.Parallel()
	d := open(t, nil)
	asked := request.Line{}
	asked.Values[request.Total] = request.Value{Given: true, Number: decimal.NewFromInt(10)}
	asked.Values[request.AuthorizedBy] = request.Value{Given: true, Text: "amara+boss@" + testDomain}
	for _, origin := range []request.Origin{{Sender: "officer+2@" + testDomain}, {Sender: testStaff, Email: "Officer+forms@" + testDomain}} {
		if d.options.Inboxes[0].Roster.May(testOfficer, &asked, &origin) {
			t.Errorf("%s decides what %s %s asks for", testOfficer, origin.Sender, origin.Email)
		}
	}
	a := judgement.Assessed{Facts: request.Facts{Line: asked, Request: request.Origin{Sender: testStaff}, OwnDomains: []string{testDomain}}}
	if a.MayConfirm() {
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
	p, err := rules.Load(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Small steps are added up over every way in which one line can go back to another, whatever supplier and cost centre
// the amendment names.
func TestAmendmentsInSmallSteps(t *testing.T) {
	t.Parallel()
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
			d := open(t, func(o *job.Options) { o.Inboxes[0].Policy = cumulative(t) })
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
				l := d.judged(testStaff, table(t, "Benefits", []any{"Part", "Maison " + string(rune('A'+n)), "", s.amount, 1000 + n, amends, "", "", replaces}))[0]
				if l.Outcome != s.outcome {
					t.Errorf("step %d is %s, want %s", n+1, l.Outcome, s.outcome)
				}
				asked = append(asked, l)
			}
			d.sound()
		})
	}
}

// An amendment that lowers its own approved line, and not below zero in all, is approved; anything else below zero goes to an officer or
// comes back, and totals go on counting what was approved first.
func TestAnAmendmentThatLowersItsOriginal(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	asks := func(who, title, supplier, net, tax, total string, more ...string) ledger.Line {
		t.Helper()
		return d.judged(who, d.form(who, request.English, line(title, supplier, net, tax, total, append([]string{"cost_centre", "9900"}, more...)...)))[0]
	}
	ask := func(title, supplier, net, tax, total string, more ...string) ledger.Line {
		t.Helper()
		return asks(testStaff, title, supplier, net, tax, total, more...)
	}
	first := ask("Clean-up of log tables", "Boreal", "5000", "650", "5650")
	if first.Outcome != request.Approved {
		t.Fatalf("the original: %s %v", first.Outcome, first.Guardrails)
	}
	lower := []string{"amends", first.Reference, "justification", "Two tables were already gone."}
	steps := []struct {
		supplier, net, tax, total string
		more                      []string
		want                      request.Outcome
	}{
		{"Boreal", "-500", "-65", "-565", lower, request.Approved},
		{"Austral", "-500", "-65", "-565", lower, request.Escalated},                                            // another supplier's; it waits, and counts
		{"Boreal", "-500", "-65", "-565", append([]string{"cost_centre", "9901"}, lower...), request.Escalated}, // another cost centre's
		{"Boreal", "-500", "-65", "-565", append([]string{"security", "protected B"}, lower...), request.Escalated},
		{"Boreal", "-3000", "-390", "-3390", lower, request.Approved},
		{"Boreal", "-100", "-13", "-113", lower, request.Escalated},                                 // nothing is left
		{"Boreal", "-500", "-65", "-565", []string{"justification", "A credit."}, request.Returned}, // amends nothing
	}
	for i, s := range steps {
		if l := ask("Fewer log tables to clean up", s.supplier, s.net, s.tax, s.total, s.more...); l.Outcome != s.want {
			t.Errorf("step %d: %s, want %s: %v", i+1, l.Outcome, s.want, l.Guardrails)
		}
	}
	second := ask("Clean-up of other tables", "Austral", "5000", "650", "5650")
	lower[1] = second.Reference
	if l := asks(testOther, "Fewer log tables to clean up", "Austral", "-500", "-65", "-565", lower...); l.Outcome != request.Escalated {
		t.Errorf("another requester's: %s", l.Outcome)
	}
	second = ask("Photographs of seven bridges", "Zephyr", "5000", "650", "5650")
	lower[1] = second.Reference
	if err := d.ledger.Update(t.Context(), func(tx *ledger.Tx) error {
		day := d.job.Day(d.now())
		charge := ledger.Charge{Row: 2, Identity: ledger.DigestOf([]byte("charge")), Occurrence: 1, Posted: day, Transacted: day, Amount: 520000, Currency: "CAD", Merchant: "Austral"}
		if _, _, err := tx.Charges.AddStatement(t.Context(), d.now(), ledger.Statement{SHA256: ledger.DigestOf([]byte("file")), FileName: "card.csv"}, []ledger.Charge{charge}); err != nil {
			return err
		}
		charge, _, err := tx.Charges.ByIdentity(t.Context(), charge.Identity)
		if err != nil {
			return err
		}
		_, err = tx.Charges.Settle(t.Context(), d.now(), []ledger.Settlement{{Charge: charge.ID, From: ledger.NewRow, To: ledger.MatchedRow, Rule: "reference", Score: 100,
			Parts: []ledger.Part{{Line: second.ID, Minor: charge.Amount}}}})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if l := ask("Two bridges fewer to photograph", "Zephyr", "-100", "-13", "-113", lower...); l.Outcome != request.Approved {
		t.Errorf("what was not charged: %s %v", l.Outcome, l.Guardrails)
	}
	if l := ask("Even fewer bridges to photograph", "Zephyr", "-500", "-65", "-565", lower...); l.Outcome != request.Escalated {
		t.Errorf("what was charged: %s", l.Outcome)
	}
}

// What amends a line that nobody knows goes back, for it could be anybody's.
func TestAnAmendmentOfAnUnknownLineGoesBack(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) { o.Inboxes[0].Policy = cumulative(t) })
	l := d.judged(testStaff, table(t, "Benefits", []any{"Part", "Cedar", "", 100, "4410", "HR-2026-000099-01"}))[0]
	f := factsOf(t, &l)
	if l.Outcome != request.Returned || len(f.Line.Problems) != 1 || f.Line.Problems[0].Code != "unknown-line" || f.Line.Problems[0].Cell != "F4" {
		t.Errorf("%s with %+v", l.Outcome, f.Line.Problems)
	}
}

// An original that grows after it was amended is held against the limit with its amendments, and the mail says so.
func TestAnOriginalGrowsAfterItWasAmended(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "Fixes", "Form attached.", d.form(testStaff, request.English, line("Keyboard fixes", "Cedar", "1130", "0", "1130")))
	d.once()
	answer := d.inbox(testStaff)[0]
	d.send(testStaff, "More", "Form attached.", d.form(testStaff, request.English, line("Carpets", "Boreal", "7910", "0", "7910", "cost_centre", "9900", "amends", "HR-2026-000001-01")))
	d.send(testStaff, "Fixes", "Corrected.", changeCell(t, changeCell(t, answer.Attachments[0].Data, "E13", 1130, 3130), "G13", 1130, 3130))
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

// arriveWith is arrive with headers and parts of the test's own.
func (d *agency) arriveWith(from, headers string, files ...[]byte) []ledger.Line {
	d.t.Helper()
	list := []string{plainText + "Forms attached."}
	for i, f := range files {
		list = append(list, attachedFile("form"+strconv.Itoa(i+1)+".xlsx", f))
	}
	raw := []byte(d.letter(from, "Purchase", headers, parts("mixed", list...)))
	before := d.lines()
	var id int64
	if err := d.ledger.Update(d.t.Context(), func(tx *ledger.Tx) error {
		added, err := tx.Messages.Add(d.t.Context(), d.now(), []ledger.Incoming{{Box: ledger.Box{Inbox: "requests", Folder: "INBOX", UIDValidity: 1},
			UID: uint32(d.mails), Received: d.now(), Raw: raw}}) //nolint:gosec // few
		if err == nil {
			id = added[0].ID
		}
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	if err := d.job.JudgeThese(d.t.Context(), id); err != nil {
		d.t.Fatal(err)
	}
	var lines []ledger.Line
	for reference, l := range d.lines() {
		if _, old := before[reference]; !old {
			lines = append(lines, l)
		}
	}
	slices.SortFunc(lines, func(a, b ledger.Line) int { return int(a.ID - b.ID) })
	return lines
}

// The amount of a line, told in every way that might keep it under the limit. Each is sent alone, for a need and at a
// supplier of its own, so that nothing but the amounts decides.
func TestAmountsThatOnlyLookSmall(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	needs := []string{"Window washing", "Headsets", "Translation of a brochure", "Ergonomic chairs", "Road salt", "Forklift training", "Piano tuning",
		"Soil samples", "Camera lenses", "Bookbinding", "Welding gas", "Sign-language interpreter", "Courier bags", "Printed maps", "Beehive inspection"}
	for n, c := range []struct {
		name            string
		net, tax, total string
		with            []string
		outcome         request.Outcome
		by              string
	}{
		{"inside", "8849.56", "1150.44", "10000", nil, request.Approved, "near-limit"},
		{"tax left out", "9500", "", "9500", nil, request.Returned, "pretax-trap"},
		{"tax and subtotal left out", "", "", "9500", nil, request.Returned, "pretax-trap"},
		{"no tax, of a supplier that charges it", "9500", "0", "9500", []string{"supplier_id", "123456782RT0001"}, request.Escalated, "pretax-trap"},
		{"total left out", "9500", "", "", nil, request.Returned, "value-limit"},
		{"quantity and price against the subtotal", "5000", "650", "5650", []string{"quantity", "3", "unit_price", "5000"}, request.Returned, "arithmetic"},
		{"quantity and price without a subtotal", "", "0", "5000", []string{"quantity", "3", "unit_price", "5000"}, request.Returned, "arithmetic"},
		{"quantity and price without subtotal and tax", "", "", "5000", []string{"quantity", "3", "unit_price", "5000"}, request.Returned, "arithmetic"},
		{"quantity and price that agree", "", "650", "5650", []string{"quantity", "2", "unit_price", "2500"}, request.Approved, ""},
		{"a negative quantity and a negative price", "5000", "0", "5000", []string{"quantity", "-2", "unit_price", "-2500"}, request.Escalated, "negative-amount"},
		{"a total below its parts", "12000", "0", "5000", nil, request.Returned, "arithmetic"},
		{"a negative tax", "12000", "-3000", "9000", nil, request.Escalated, "negative-amount"},
		{"another currency just below", "9999", "0", "9999", []string{"currency", "USD"}, request.Escalated, "currency"},
		{"a range", "4000 - 12000", "0", "4000", nil, request.Returned, "fixed-price"},
		{"an hourly rate", "90/h", "0", "90", nil, request.Returned, "fixed-price"},
	} {
		l := d.judged(testStaff, d.form(testStaff, request.English, line(needs[n], "Maison "+strconv.Itoa(100+n), c.net, c.tax, c.total, c.with...)))[0]
		if l.Outcome != c.outcome || c.by != "" && !slices.Contains(l.Guardrails, c.by) {
			t.Errorf("%s: %s by %v, want %s by %s", c.name, l.Outcome, l.Guardrails, c.outcome, c.by)
		}
	}
}

// What is missing, absurd, unknown, nothing or less than nothing has an outcome of its own, and the requester reads which
// cell to fix; a credit never makes room.
func TestValuesThatNobodyCanMean(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	cases := []struct {
		name            string
		net, tax, total string
		with            []string
		outcome         request.Outcome
		by, says        string
	}{
		{"no supplier", "100", "13", "113", []string{"supplier", ""}, request.Returned, "split-supplier", "Fill in"},
		{"no cost centre", "100", "13", "113", []string{"cost_centre", ""}, request.Returned, "split-supplier", "Fill in"},
		{"no amount at all", "", "", "", nil, request.Returned, "fixed-price", "Give one fixed price above zero"},
		{"a day of another century", "100", "13", "113", []string{"authorized_on", "1912-06-01"}, request.Returned, "", "The date 1912-06-01 cannot be meant"},
		{"a day that is centuries away", "100", "13", "113", []string{"authorized_on", "2206-11-16"}, request.Returned, "", "The date 2206-11-16 cannot be meant"},
		{"a day that no calendar has", "100", "13", "113", []string{"authorized_on", "2026-02-30"}, request.Returned, "", "2026-02-30"},
		{"a day that can be read two ways", "100", "13", "113", []string{"authorized_on", "01/02/2026"}, request.Returned, "", "01/02/2026"},
		{"an authorization of tomorrow", "100", "13", "113", []string{"authorized_on", "2026-11-24"}, request.Escalated, "section-32-late", ""},
		{"a currency that nobody has", "100", "13", "113", []string{"currency", "XQX"}, request.Returned, "", "“XQX” is not an answer here"},
		{"two currencies", "100", "13", "US$113", []string{"currency", "CAD"}, request.Returned, "", ""},
		{"nothing", "0", "0", "0", nil, request.Returned, "fixed-price", "Give one fixed price above zero"},
		{"a credit note", "-9000", "-1170", "-10170", nil, request.Returned, "negative-amount", "Credits are not approved by themselves"},
	}
	for n, c := range cases {
		d.send(testStaff, c.name, "Form attached.", d.form(testStaff, request.English, line("Window washing", "Maison "+strconv.Itoa(100+n), c.net, c.tax, c.total, c.with...)))
	}
	d.once()
	lines, answers := d.lines(), d.inbox(testStaff)
	for n, c := range cases {
		reference := fmt.Sprintf("HR-2026-%06d-01", n+1)
		l := lines[reference]
		if l.Outcome != c.outcome || c.by != "" && !slices.Contains(l.Guardrails, c.by) {
			t.Errorf("%s: %s by %v, want %s by %q", c.name, l.Outcome, l.Guardrails, c.outcome, c.by)
		}
		i := slices.IndexFunc(answers, func(m *ingest.Mail) bool { return strings.Contains(m.Text, reference) })
		if i < 0 {
			t.Errorf("%s: the requester is told nothing", c.name)
		} else if said := unwrapped(answers[i].Text); !strings.Contains(said, c.says) {
			t.Errorf("%s: the requester is not told %q:\n%s", c.name, c.says, said)
		}
	}

	// The credit note stands before two halves of a purchase, and lowers nothing.
	for _, half := range []request.Outcome{request.Approved, request.Escalated} {
		l := d.judged(testOther, d.form(testOther, request.English, line("Headsets", "Maison 111", "5000", "650", "5650")))[0]
		if l.Outcome != half {
			t.Errorf("after a credit note: %s by %v, want %s", l.Outcome, l.Guardrails, half)
		}
	}
}

// Ways to bring the second half so that it is not seen beside the first.
func TestTheSecondHalfIsSeenHoweverItComes(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	half := func(supplier string, with ...string) []byte {
		return d.form(testStaff, request.English, line("Work for "+supplier, supplier, "6000", "0", "6000", append(with, "justification", "New need.")...))
	}
	outcomes := func(lines []ledger.Line) (all []request.Outcome) {
		for _, l := range lines {
			all = append(all, l.Outcome)
		}
		return all
	}
	want := func(what string, lines []ledger.Line, outcome ...request.Outcome) {
		t.Helper()
		if got := outcomes(lines); !slices.Equal(got, outcome) {
			t.Errorf("%s: %v, want %v", what, got, outcome)
		}
	}
	want("two workbooks in one mail", d.arriveWith(testStaff, "", half("Alder"), half("ALDER Inc.")), request.Approved, request.Escalated)
	want("one workbook twice in a mail", d.arriveWith(testStaff, "", half("Birch"), half("Birch")), request.Approved)
	want("the first of two mails", d.arriveWith(testStaff, "", half("Cedar")), request.Approved)
	want("the same workbook in the second mail", d.arriveWith(testOther, "", half("Cedar")), request.Escalated)
	d.pass(48 * time.Hour)
	want("a mail that says it is of last year", d.arriveWith(testStaff, "Date: Wed, 1 Jan 2025 09:00:00 +0000\r\n", half("Cedar")), request.Escalated)
	want("a mail that says it is of next year", d.arriveWith(testStaff, "Date: Sat, 1 Jan 2028 09:00:00 +0000\r\n", half("Cedar"))) // its clock is wrong: set aside
	want("dates on the form that leave the year", d.arriveWith(testStaff, "", half("Cedar", "authorized_on", "2025-12-04", "terms_accepted", "2025-12-05")), request.Escalated)
	want("a credit beside it", d.arriveWith(testStaff, "", d.form(testStaff, request.English,
		line("Envelopes", "Dogwood", "6000", "0", "6000"), line("Whiteboards", "Dogwood", "6000", "0", "6000"), line("Credit", "Dogwood", "-5000", "0", "-5000"))),
		request.Escalated, request.Escalated, request.Returned)
	want("after the credit", d.arriveWith(testStaff, "", half("Dogwood")), request.Escalated)
	d.sound()
}

// A row or column that is hidden is a line like the others, and counts.
func TestAHiddenRowCounts(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	form := d.form(testStaff, request.English, line("Envelopes", "Elm", "6000", "0", "6000"), line("Whiteboards", "Elm", "6000", "0", "6000"))
	f, err := excelize.OpenReader(bytes.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if err := f.SetRowVisible(f.GetSheetName(0), 14, false); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	lines := d.judged(testStaff, b.Bytes())
	if len(lines) != 2 || lines[0].Outcome != request.Escalated || lines[1].Outcome != request.Escalated {
		t.Fatalf("%d lines", len(lines))
	}
	if shown := factsOf(t, &lines[1]); !shown.Line.Hidden {
		t.Error("the hidden row is not flagged")
	}
}

// What was approved and withdrawn makes no room for what replaces it: its number was given out.
func TestWithdrawingAndAskingAgain(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ask := func(title string) { // a purchase of 6,000.00 at the same supplier
		d.send(testStaff, title, "Form attached.", d.form(testStaff, request.English, line(title, "Fir", "6000", "0", "6000", "justification", "New need.")))
		d.once()
	}
	ask("Envelopes")
	answer := d.inbox(testStaff)[0]
	d.reply(testStaff, answer, "WITHDRAW")
	ask("Whiteboards")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Withdrawn, "000002-01": request.Escalated})
	d.send(testStaff, "Envelopes again", "As before.", answer.Attachments[0].Data)
	d.once()
	ask("Window washing")
	d.wantOutcomes(map[string]request.Outcome{"000003-01": request.Escalated, "000004-01": request.Escalated})
	d.sound()
}

// One need at two suppliers in turn, in other words each time, is seen by the red flags.
func TestOneNeedAtTwoSuppliersInTurn(t *testing.T) {
	t.Parallel()
	flags, err := rules.LoadShipped("red-flags")
	if err != nil {
		t.Fatal(err)
	}
	d := open(t, func(o *job.Options) { o.Inboxes[0].Policy = flags })
	var last ledger.Line
	for i, need := range []string{"Repair of the accessible benefit forms", "accessible benefit forms: repair", "Rераir, accessible benefit fоrms", "Rep\u200bair the accessible benefit forms"} {
		last = d.judged(testStaff, table(t, "Benefits", []any{"Part", []string{"Grove", "Hazel"}[i%2], "", 3000, "4410", "", need}))[0]
		d.pass(24 * time.Hour)
	}
	if last.Outcome != request.Escalated || !slices.Contains(last.Guardrails, "split-need") {
		t.Errorf("the fourth part is %s by %v", last.Outcome, last.Guardrails)
	}
	if other := d.judged(testStaff, table(t, "Benefits", []any{"Chairs", "Grove", "", 3000, "5520", "", "Twelve office chairs with arms"}))[0]; slices.Contains(other.Guardrails, "split-need") {
		t.Errorf("another need is %s by %v", other.Outcome, other.Guardrails)
	}
}
