package batch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// What docs/design.md#a-workbook-that-comes-back says, rule by rule. The rows are of a department's own small form, whose last
// column holds the number; the policy has limits of 3,000 a week and 6,000 a year.

// part is a row of it.
func part(supplier string, total any, reference string) []any {
	return []any{"Part", supplier, "", total, "4410", "", "", "", reference}
}

// set moves a line as an officer, the requester or the job does.
func (d *agency) set(l ledger.Line, to request.Outcome) {
	d.t.Helper()
	if err := d.ledger.Decide(d.t.Context(), func(tx *ledger.Tx) error {
		moved, err := moveLine(d.t.Context(), tx, d.now(), ledger.Move{Line: l.ID, From: l.Outcome, To: to, By: testOfficer, Reason: "so decided"})
		if err == nil && !moved {
			err = fmt.Errorf("%s is not %s", l.Reference, l.Outcome)
		}
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
}

// Each row comes back in a workbook of its own: as what line it counts, and how it is decided.
func TestARowThatComesBack(t *testing.T) {
	t.Parallel()
	type again struct {
		outcome  request.Outcome // of the row that came back; "" when it kept its decision and nothing was judged
		replaces bool
		before   request.Outcome // of the line that it was
	}
	d := open(t, func(o *job.Options) { o.Inboxes[0].Policy = splitting(t) })
	for n, c := range []struct {
		name  string
		total any
		then  request.Outcome // what became of the line before it comes back; "" nothing
		who   string          // who sends it back; "" the same person
		back  any             // the total with which it comes back
		other string          // the supplier with which it comes back; "" the same
		after time.Duration
		want  again
	}{
		{"approved, unchanged", 2000, "", "", 2000, "", 0, again{"", false, request.Approved}},
		{"escalated, unchanged", 4000, "", "", 4000, "", 0, again{"", false, request.Escalated}},
		{"returned, unchanged", "many", "", "", "many", "", 0, again{"", false, request.Returned}},
		{"declined, unchanged", 4000, request.Declined, "", 4000, "", 0, again{"", false, request.Declined}},
		{"approved by an officer, unchanged", 4000, request.Approved, "", 4000, "", 0, again{"", false, request.Approved}},
		{"withdrawn, unchanged: asked for anew", 4000, request.Withdrawn, "", 4000, "", 0, again{request.Escalated, true, request.Superseded}},
		{"revoked, unchanged: asked for anew", 1400, request.Revoked, "", 1400, "", 0, again{request.Approved, true, request.Superseded}},
		{"revoked, unchanged: what was revoked counts on", 2000, request.Revoked, "", 2000, "", 0, again{request.Escalated, true, request.Superseded}},
		{"approved, lower: stands and is noted", 2000, "", "", 1500, "", 0, again{request.Approved, true, request.Superseded}},
		{"approved by an officer, lower and above the limit: stands", 5000, request.Approved, "", 4500, "", 0, again{request.Approved, true, request.Superseded}},
		{"approved by an officer, lower at another supplier: judged anew", 5000, request.Approved, "", 4500, "Another", 0, again{request.Escalated, true, request.Superseded}},
		{"approved, lower and nothing", 2000, "", "", 0, "", 0, again{request.Approved, true, request.Superseded}},
		{"approved, lower than nothing: judged anew", 2000, "", "", -1, "", 0, again{request.Escalated, true, request.Superseded}},
		{"approved, higher: judged anew", 2000, "", "", 3500, "", 0, again{request.Escalated, true, request.Superseded}},
		{"escalated, lower: judged anew", 4000, "", "", 3500, "", 0, again{request.Escalated, true, request.Superseded}},
		{"escalated, lower and inside: judged anew", 4000, "", "", 2500, "", 0, again{request.Approved, true, request.Superseded}},
		{"declined, lower: judged anew", 4000, request.Declined, "", 3500, "", 0, again{request.Escalated, true, request.Superseded}},
		{"returned, mended", "many", "", "", 2000, "", 0, again{request.Approved, true, request.Superseded}},
		{"of somebody else: a new line", 2000, "", testOther, 900, "", 0, again{request.Approved, false, request.Approved}},
		{"of somebody else, unchanged: a new line", 1000, "", testOther, 1000, "", 0, again{request.Approved, false, request.Approved}},
		{"after 59 days", 2000, "", "", 900, "", 59 * 24 * time.Hour, again{request.Approved, true, request.Superseded}},
		{"after 60 days: a new line", 2000, "", "", 900, "", 60 * 24 * time.Hour, again{request.Approved, false, request.Approved}},
		{"after 60 days, and still open", 4000, "", "", 3500, "", 60 * 24 * time.Hour, again{request.Escalated, true, request.Superseded}},
	} {
		supplier := fmt.Sprintf("Maison %d", n)
		first := d.arriveWith(testStaff, "", table(t, "Branch "+supplier, part(supplier, c.total, "")))[0]
		if c.then != "" {
			d.set(first, c.then)
		}
		d.pass(c.after)
		who, other := c.who, c.other
		if who == "" {
			who = testStaff
		}
		if other == "" {
			other = supplier
		}
		before := d.all()
		d.arriveWith(who, "", table(t, "Branch "+supplier, part(other, c.back, first.Reference)))
		now := d.all()
		got := again{before: now[first.Reference].Outcome}
		for reference, l := range now {
			if _, old := before[reference]; !old {
				got.outcome, got.replaces = l.Outcome, l.Supersedes == first.ID
			}
		}
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	d.sound()
}

// all are all lines by reference, revoked ones as well.
func (d *agency) all() map[string]ledger.Line {
	d.t.Helper()
	all := d.lines()
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		return tx.Reports.LinesWith(d.t.Context(), request.Revoked, request.Date{Year: 2026, Month: 1, Day: 1}, request.Date{Year: 2028, Month: 1, Day: 1},
			func(w *ledger.WeekLine) error { all[w.Reference] = w.Line; return nil })
	}); err != nil {
		d.t.Fatal(err)
	}
	return all
}

// A workbook whose request still waits for an officer is the same one however old it is, with all of its lines.
func TestAnOpenRequestStaysTheSame(t *testing.T) {
	t.Parallel()
	for _, open := range []bool{true, false} {
		d := openSplitting(t, func(o *job.Options) { o.Decisions.SameLineDays = 10 })
		lines := d.judged(testStaff, table(t, "Benefits", part("Small", 900, ""), part("Large", 4000, "")))
		if !open {
			d.set(lines[1], request.Declined)
		}
		d.pass(10 * 24 * time.Hour)
		back := d.arriveWith(testStaff, "", table(t, "Benefits", part("Small", 1000, lines[0].Reference)))[0]
		if same := back.Supersedes == lines[0].ID; same != open {
			t.Errorf("open %v: replaced its predecessor %v", open, same)
		}
	}
}

func openSplitting(t *testing.T, change func(*job.Options)) *agency {
	t.Helper()
	return open(t, func(o *job.Options) {
		o.Inboxes[0].Policy = splitting(t)
		change(o)
	})
}

// A number means the same line in one row only; rows that share one are new lines, and so are rows with numbers of nobody.
// The answer says so of each. What is no number of ours is the department's own.
func TestNumbersThatMeanNoLineOfTheSenderAreNewLines(t *testing.T) {
	t.Parallel()
	d := openSplitting(t, func(*job.Options) {})
	first := d.judged(testStaff, table(t, "Benefits", part("Northwind", 500, "")))[0]
	d.send(testStaff, "Again", "Form attached.", table(t, "Benefits",
		part("Northwind", 400, first.Reference), part("Northwind", 300, first.Reference),
		part("Cedar", 200, "HR-2026-000077-01"), part("Aspen", 50, "HR-2026-000001"), part("Boreal", 100, "PO 4711")))
	d.once()
	said := ""
	for _, m := range d.inbox(testStaff) {
		if strings.Contains(m.Text, "HR-2026-000002-01") {
			said = unwrapped(m.Text)
		}
	}
	lines := d.lines()
	for i, want := range []string{
		"Another row has the number " + first.Reference + " as well: all of them count as new lines.",
		"Another row has the number " + first.Reference + " as well: all of them count as new lines.",
		"This row has the number HR-2026-000077-01, which is not that of an open or recent line of yours: it counts as a new line.",
		"Reference (I7): “HR-2026-000001” is not the number of a line.", "",
	} {
		l := lines[fmt.Sprintf("HR-2026-000002-%02d", i+1)]
		if l.Outcome != request.Approved || l.Supersedes != 0 {
			t.Errorf("row %d: %s, replaces %d", i+4, l.Outcome, l.Supersedes)
		}
		if !strings.Contains(said, want) {
			t.Errorf("the answer does not say %q:\n%s", want, said)
		}
	}
	if l := lines["HR-2026-000002-05"]; factsOf(t, &l).Line.Extra["Reference"] != "PO 4711" {
		t.Errorf("the department's own reference is lost")
	}
	if lines[first.Reference].Outcome != request.Approved {
		t.Errorf("the line that two rows claimed is %s", lines[first.Reference].Outcome)
	}
	d.sound()
}

// A row that has the number of an old version means the latest one: nothing counts twice, and a decided version is not
// brought back to life.
func TestTheNumberOfAnOldVersionMeansTheLatest(t *testing.T) {
	t.Parallel()
	d := openSplitting(t, func(*job.Options) {})
	row := func(total any, l ledger.Line) ledger.Line {
		return d.judged(testStaff, table(t, "Benefits", part("Northwind", total, l.Reference)))[0]
	}
	first := row(2000, ledger.Line{})
	second := row(2500, first)
	third := row(2900, first)
	if third.Outcome != request.Approved || third.Supersedes != second.ID {
		t.Errorf("%s, replaces %d; want to replace %d", third.Outcome, third.Supersedes, second.ID)
	}
	if sum := factsOf(t, &third).Totals["year"]; sum.Amount.String() != "2900" || sum.Count != 1 {
		t.Errorf("the year's total is %s over %d lines: an old version counts", sum.Amount, sum.Count)
	}
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Superseded, "000002-01": request.Superseded, "000003-01": request.Approved})
	d.sound()
}

// A changed row states the new full amount and takes its predecessor's place in totals; a row that amends states the
// addition, and limits look at both together.
func TestAChangedRowReplacesAndAnAmendmentAdds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		reference bool // else it amends
		total     any
		want      request.Outcome
		year      string
	}{
		{"a new full amount inside the limit", true, 2900, request.Approved, "2900"},
		{"a new full amount above the limit", true, 3100, request.Escalated, "3100"},
		{"an addition inside the limit", false, 900, request.Approved, "2900"},
		{"an addition that passes it", false, 1100, request.Escalated, "3100"},
	} {
		d := openSplitting(t, func(*job.Options) {})
		first := d.judged(testStaff, table(t, "Benefits", part("Northwind", 2000, "")))[0]
		row := part("Northwind", c.total, "")
		if c.reference {
			row[8] = first.Reference
		} else {
			row[5] = first.Reference
		}
		l := d.judged(testStaff, table(t, "Benefits", row))[0]
		if sum := factsOf(t, &l).Totals["year"]; l.Outcome != c.want || sum.Amount.String() != c.year {
			t.Errorf("%s: %s with a total of %s, want %s with %s", c.name, l.Outcome, sum.Amount, c.want, c.year)
		}
	}
}

// More unchanged rows than one question to the ledger names at once are answered as a few are, each row once; with some that
// changed among them, those alone are judged.
func TestManyRowsThatComeBackUnchangedAreAnswered(t *testing.T) {
	t.Parallel()
	const rows = 2*256 + 5
	d := openSplitting(t, func(*job.Options) {})
	form := func(change map[int]int) []byte {
		var all [][]any
		for i := range rows {
			total := 100
			if changed, ok := change[i]; ok {
				total = changed
			}
			reference := ""
			if change != nil {
				reference = request.Reference{Year: 2026, Number: 1, Line: i + 1}.String()
			}
			all = append(all, part(fmt.Sprintf("Maison %d", i), total, reference))
		}
		return table(t, "Benefits", all...)
	}
	d.send(testStaff, "Purchases", "Form attached.", form(nil))
	d.once()
	for n, c := range []struct {
		change map[int]int
		judged int // lines in the ledger afterwards
	}{{map[int]int{}, rows}, {map[int]int{3: 200, rows - 1: 150}, rows + 2}} {
		d.pass(time.Hour)
		d.send(testStaff, "Again", "Form attached.", form(c.change))
		d.once()
		if got := d.office.Count(testStaff, "INBOX"); got != n+2 {
			t.Fatalf("the requester has %d mails, want %d", got, n+2)
		}
		if got := len(d.all()); got != c.judged {
			t.Errorf("%d lines, want %d", got, c.judged)
		}
		d.says(d.last(testStaff), "It came back unchanged: its decision stands.", "approved before", "no new approval")
		marks := d.sheet(d.last(testStaff).Attachments[0].Data, "Sheet1")
		if got := strings.Count(marks, "|HR-2026-0000"); got < rows {
			t.Errorf("%d of %d rows of the workbook bear a number", got, rows)
		}
	}
	d.sound()
}
