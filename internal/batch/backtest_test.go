package batch_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"handrail/ingest/forms"
	"handrail/internal/department"
	"handrail/internal/intake"
	"handrail/internal/job"
	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/ledgertest"
	"handrail/internal/record"
	"handrail/internal/replay"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/totals"
	"handrail/rules"
)

// policyWith is the shipped policy with replacements in its text, as a department would change it.
func policyWith(t testing.TB, oldnew ...string) *rules.Policy {
	t.Helper()
	text, err := rules.ShippedText("esdc-micro-acquisition")
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(oldnew...).Replace(string(text))
	if changed == string(text) && len(oldnew) > 0 {
		t.Fatalf("nothing to replace in the policy: %q", oldnew)
	}
	file := filepath.Join(t.TempDir(), "policy.toml")
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := rules.LoadWith(context.Background(), file, rules.Options{Rows: department.ListRows})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (d *agency) backtest(o replay.BacktestOptions) *report.Backtest {
	d.t.Helper()
	o.Minutes = decimal.NewFromInt(10)
	var b *report.Backtest
	head := func() (h ledger.Head) {
		if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) (err error) {
			h, err = tx.Chain.Head(d.t.Context())
			return err
		}); err != nil {
			d.t.Fatal(err)
		}
		return h
	}
	before := head()
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) (err error) {
		b, err = replay.Backtest(d.t.Context(), tx, o)
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	if after := head(); after != before {
		d.t.Errorf("the backtest wrote to the ledger: the chain went from %s to %s", before, after)
	}
	return b
}

// flips are a backtest's lines that would have been decided otherwise: "000001-01 approved escalated".
func flips(b *report.Backtest) []string {
	var all []string
	for _, f := range b.Flips {
		all = append(all, strings.TrimPrefix(f.Reference, "HR-2026-")+" "+string(f.Before)+" "+string(f.After))
	}
	return all
}

// aPast is a department with a past in which everything happened: approvals, a split over two mails, refusals, a
// withdrawal, a workbook that came back with another amount, and one with a lower one.
func aPast(t *testing.T) *agency {
	d, asked := escalated(t, nil) // 1: 10,735 at Mille Pages; 5,989 and 5,876 at Prairie Data
	d.reply(testOfficer, asked, "DECLINE 2: one need, bought in two parts")
	d.pass(24 * time.Hour)
	d.send(testStaff, "Small", "Form attached.", d.form(testStaff, request.English,
		line("Chairs", "Northwind Inc.", "3500", "455", "3955"), line("Desks", "Contoso", "6500", "845", "7345")))
	d.once() // 2: both approved
	annotated := d.inbox(testStaff)[len(d.inbox(testStaff))-1].Attachments[0].Data
	d.pass(24 * time.Hour)
	d.send(testStaff, "Less", "See attached.", changeCell(t, changeCell(t, annotated, "G13", 3955, 3855), "E13", 3500, 3400))
	d.once() // 3: the chairs come back for less, and keep their approval
	d.send(testOther, "More chairs", "Form attached.", d.form(testOther, request.English, line("Chairs again", "NORTHWIND", "4000", "520", "4520", "justification", "Two more people were hired.")))
	d.once() // 4
	d.send(testOther, "Prairie", "Form attached.", d.form(testOther, request.English, line("Data", "Prairie Data Inc.", "3000", "390", "3390")))
	d.once() // 5: counts what waits at Prairie Data
	d.sound()
	if g := d.lines()["HR-2026-000003-01"].Guardrails; !slices.Contains(g, judgement.LowerAmount) {
		t.Fatalf("the chairs did not keep their approval: %v", g)
	}
	return d
}

func TestABacktestOfThePolicyInForceFlipsNothing(t *testing.T) {
	t.Parallel()
	d := aPast(t)
	b := d.backtest(replay.BacktestOptions{Policy: d.policy})
	if got := flips(b); len(got) != 0 {
		for _, f := range b.Flips {
			t.Errorf("%s: was %v, is %v", f.Reference, f.BeforeFindings, f.AfterFindings)
		}
	}
	if b.All.Before.Lines != len(d.lines()) || fmt.Sprint(b.All.Before) != fmt.Sprint(b.All.After) {
		t.Errorf("%d lines judged again of %d: before %+v, after %+v", b.All.Before.Lines, len(d.lines()), b.All.Before, b.All.After)
	}
	if b.Kept != 0 || len(b.Failures) != 0 {
		t.Errorf("kept %d, failures %v", b.Kept, b.Failures)
	}
}

func TestABacktestSaysWhatWouldHaveBeenOtherwise(t *testing.T) {
	t.Parallel()
	d := aPast(t)
	b := d.backtest(replay.BacktestOptions{Policy: policyWith(t, `request = "10000.00"`, `request = "7000.00"`)})
	want := []string{"000002-02 approved escalated", "000004-01 approved escalated"}
	if got := flips(b); !slices.Equal(got, want) {
		t.Fatalf("a stricter limit flips %v, want %v", got, want)
	}
	desks := b.Flips[0]
	if desks.Total.Plain() != "7345.00" || desks.Unit != "Benefits" || desks.Supplier != "Contoso" || desks.Final != request.Approved {
		t.Errorf("desks: %+v", desks)
	}
	why := report.Why(desks.After, desks.AfterFindings)
	if !strings.Contains(why.EN, "value-limit: $7,345.00") || !strings.Contains(why.FR, "7\u00a0345,00\u00a0$") {
		t.Errorf("desks under the stricter text: %+v", why)
	}
	// The second purchase of chairs breaks the limit only with what the first one adds to its total.
	if why := report.Why(b.Flips[1].After, b.Flips[1].AfterFindings).EN; !strings.Contains(why, "split-supplier") {
		t.Errorf("chairs: %s", why)
	}
	i := slices.IndexFunc(b.Guardrails, func(g report.BacktestGroup) bool { return g.Name == "value-limit" })
	if i < 0 {
		t.Fatalf("guardrails: %+v", b.Guardrails)
	}
	if g := b.Guardrails[i]; g.Before.Lines != 1 || g.After.Lines != 2 || g.Flips != 1 || g.After.Amount.Plain() != "18080.00" || g.After.OfficerHours.String() != "0.3" {
		t.Errorf("value-limit: %+v", g)
	}
	if len(b.Units) != 1 || b.Units[0].Name != "Benefits" || b.Units[0].Flips != 2 || b.Units[0].After.Escalated != b.Units[0].Before.Escalated+2 {
		t.Errorf("units: %+v", b.Units)
	}
	// What an officer declined counts only where the officer would have been asked.
	lenient := d.backtest(replay.BacktestOptions{Policy: policyWith(t, `request = "10000.00"`, `request = "12000.00"`)})
	want = []string{"000001-01 escalated approved", "000001-02 escalated approved", "000001-03 escalated approved"}
	got := flips(lenient)
	if len(got) < 3 || !slices.Equal(got[:3], want) {
		t.Errorf("a lenient limit flips %v, want %v first", got, want)
	}
	if i := slices.IndexFunc(lenient.Flips, func(f report.BacktestFlip) bool {
		return f.Before == request.Approved && strings.Contains(f.Reference, "000005")
	}); i >= 0 {
		t.Errorf("what was approved then must not be flipped by itself: %v", got)
	}
	turns := lenient.Turns()
	if len(turns) == 0 || turns[0].Before != request.Escalated || turns[0].Final[request.Declined] != 1 {
		t.Errorf("turns: %+v", turns)
	}
}

// Under a text that returns the first half, the second half is no split: the totals are those that would have been.
func TestABacktestHasTheTotalsThatWouldHaveBeen(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "Half", "Form attached.", d.form(testStaff, request.English, line("Data cleaning", "Prairie Data", "5300", "689", "5989", "rationale", "short")))
	d.once()
	d.send(testOther, "Other half", "Form attached.", d.form(testOther, request.English, line("Chart library", "Prairie Data", "5200", "676", "5876")))
	d.once()
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000002-01": request.Escalated})
	stricter := policyWith(t, `'!says("rationale")'`, `'!says("rationale") || size(line.rationale) < 10'`)
	want := []string{"000001-01 approved returned", "000002-01 escalated approved"}
	if got := flips(d.backtest(replay.BacktestOptions{Policy: stricter})); !slices.Equal(got, want) {
		t.Errorf("flips %v, want %v", got, want)
	}
	// Before the first day nothing is judged again, and everything counts as it was decided.
	since := d.backtest(replay.BacktestOptions{Policy: stricter, Since: request.Date{Year: 2026, Month: 12, Day: 1}})
	if len(since.Flips) != 0 || since.Kept != 2 || since.All.Before.Lines != 0 {
		t.Errorf("since December: %v, kept %d, judged %d", flips(since), since.Kept, since.All.Before.Lines)
	}
	d.pass(24 * time.Hour)
	d.send(testOther, "A third", "Form attached.", d.form(testOther, request.English, line("Ladders", "Prairie Data", "100", "13", "113")))
	d.once()
	since = d.backtest(replay.BacktestOptions{Policy: stricter, Since: request.Date{Year: 2026, Month: 11, Day: 24}})
	if len(since.Flips) != 0 || since.All.Before.Escalated != 1 || since.Kept != 2 {
		t.Errorf("the third line must see both halves as they were decided: %v, %+v", flips(since), since.All)
	}
	if other := d.backtest(replay.BacktestOptions{Policy: stricter, Inbox: "another"}); other.Kept != 3 || other.All.Before.Lines != 0 {
		t.Errorf("another inbox: kept %d, judged %d", other.Kept, other.All.Before.Lines)
	}
}

func TestABacktestNamesAGuardrailThatFails(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "One", "Form attached.", d.form(testStaff, request.English, line("Chairs", "Northwind", "100", "13", "113")))
	d.once()
	b := d.backtest(replay.BacktestOptions{Policy: policyWith(t, `'!says("rationale")'`, `'!says("rationale") || 1 / (size(line.supplier) - 9) == 7'`)})
	if len(b.Failures) != 1 || b.Failures[0].Guardrail != "rationale" || b.Failures[0].First != "HR-2026-000001-01" || !strings.Contains(b.Failures[0].Why, "division by zero") {
		t.Errorf("failures: %+v", b.Failures)
	}
	if got := flips(b); !slices.Equal(got, []string{"000001-01 approved escalated"}) {
		t.Errorf("flips %v", got)
	}
}

func TestABacktestAsWorkbookAndJSON(t *testing.T) {
	t.Parallel()
	d := aPast(t)
	b := d.backtest(replay.BacktestOptions{Policy: policyWith(t, `request = "10000.00"`, `request = "7000.00"`), MostLines: 1000})
	if len(b.Lines) != b.All.After.Lines || b.CutAt != 0 || len(b.Months) == 0 || len(b.Largest) != b.All.After.Escalated || len(b.Short()) != 3 || len(b.Sheet(request.French)) < 10 {
		t.Errorf("%d lines of %d one by one, %d months, %d of %d escalated ones are the largest, %v", len(b.Lines), b.All.After.Lines, len(b.Months), len(b.Largest), b.All.After.Escalated, b.Short())
	}
	for _, l := range []request.Lang{request.English, request.French} {
		file := filepath.Join(t.TempDir(), "backtest.xlsx")
		out, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := report.WriteBacktest(out, b, l, d.now()); err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		keepForLooking(t, file, "backtest-"+string(l)+".xlsx")
		book, err := excelize.OpenFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sheets := book.GetSheetList()
		if len(sheets) != 6 { // summary, flips, by month, by branch, by guardrail, line by line
			t.Fatalf("sheets %v", sheets)
		}
		rows, err := book.GetRows(sheets[1], excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		last := rows[len(rows)-2:]
		for i, reference := range []string{"HR-2026-000002-02", "HR-2026-000004-01"} {
			if last[i][0] != reference || last[i][7] != request.Approved.Word().In(l) || last[i][9] != request.Escalated.Word().In(l) || len(last[i][10]) < 40 {
				t.Errorf("%s: row %v", l, last[i])
			}
		}
		if name, err := book.GetCellValue(sheets[0], "B6"); err != nil || name != "4" {
			t.Errorf("%s: approved as decided is %q (%v), want 4", l, name, err)
		}
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	}
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"reference":"HR-2026-000002-02"`, `"total":"7345.00"`, `"before":"approved","after":"escalated"`, `"officer_minutes_per_line":"10"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("JSON lacks %s", want)
		}
	}
}

// keepForLooking copies what a test made to the directory that HANDRAIL_TEST_LOOK names, so that a person can look at it.
func keepForLooking(t *testing.T, file, name string) {
	t.Helper()
	dir := os.Getenv("HANDRAIL_TEST_LOOK")
	if dir == "" {
		return
	}
	data, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Lists of a policy may stand in workbooks.
func TestAPolicysListInAWorkbook(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	book := excelize.NewFile()
	if _, err := book.NewSheet("Suppliers"); err != nil {
		t.Fatal(err)
	}
	for cell, v := range map[string]any{"A1": "No.", "B1": "Name", "A2": 1, "B2": "Contoso Ltée", "A5": 2, "B5": "Fabrikam"} {
		if err := book.SetCellValue("Suppliers", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.SaveAs(filepath.Join(dir, "ineligible.xlsx")); err != nil {
		t.Fatal(err)
	}
	text, err := rules.ShippedText("esdc-micro-acquisition")
	if err != nil {
		t.Fatal(err)
	}
	load := func(sheet, column string) (*rules.Policy, error) {
		more := "\n[[list]]\nname = \"ineligible\"\nfile = \"ineligible.xlsx\"\nsheet = \"" + sheet + "\"\ncolumn = \"" + column + "\"\nas = \"supplier\"\n" +
			"[[guardrail]]\nid = \"ineligible\"\naction = \"escalate\"\nwhen = 'listed(\"ineligible\", line.supplier)'\n" +
			"title = { en = \"t\", fr = \"t\" }\nmessage = { en = \"m\", fr = \"m\" }\nsource = \"s\"\n"
		file := filepath.Join(dir, "policy.toml")
		if err := os.WriteFile(file, append(slices.Clone(text), more...), 0o600); err != nil {
			t.Fatal(err)
		}
		return rules.LoadWith(context.Background(), file, rules.Options{Rows: department.ListRows})
	}
	p, err := load("suppliers", "name")
	if err != nil {
		t.Fatal(err)
	}
	d := open(t, func(o *job.Options) { o.Inboxes[0].Policy = p })
	d.send(testStaff, "Two", "Form attached.", d.form(testStaff, request.English,
		line("Chairs", "CONTOSO LIMITED", "100", "13", "113"), line("Desks", "Northwind", "100", "13", "113")))
	d.once()
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Escalated, "000001-02": request.Approved})
	for _, wrong := range []struct{ sheet, column, want string }{
		{"Nobody", "Name", `ineligible.xlsx: has no sheet "Nobody"; its sheets are Sheet1, Suppliers`},
		{"Suppliers", "Nom", `ineligible.xlsx: has no column "Nom" in its first row`},
		{"Sheet1", "Name", `ineligible.xlsx: has no column "Name" in its first row`},
	} {
		if _, err := load(wrong.sheet, wrong.column); err == nil || !strings.Contains(err.Error(), wrong.want) {
			t.Errorf("sheet %s, column %s: %v, want %s", wrong.sheet, wrong.column, err, wrong.want)
		}
	}
}

// BenchmarkBacktest judges 100,000 lines of the ledger again under a stricter text. The budget is 30 s for all of them.
// Filling the ledger takes longer than the backtest: it runs when it is asked for by name with -benchtime 1x.
func BenchmarkBacktest(b *testing.B) {
	if b.N > 1 || testing.Short() {
		b.Skip("run it alone: -bench Backtest -benchtime 1x")
	}
	const lines, budget = 100_000, 30
	recorded := pastOf(b, lines)
	p := policyWith(b, `request = "10000.00"`, `request = "6000.00"`)
	b.ResetTimer()
	var result *report.Backtest
	if err := recorded.View(b.Context(), func(tx *ledger.Tx) (err error) {
		result, err = replay.Backtest(b.Context(), tx, replay.BacktestOptions{Policy: p, Minutes: decimal.NewFromInt(10)})
		return err
	}); err != nil {
		b.Fatal(err)
	}
	if result.All.Before.Lines != lines || len(result.Flips) == 0 {
		b.Fatalf("%d lines, %d flips", result.All.Before.Lines, len(result.Flips))
	}
	b.ReportMetric(b.Elapsed().Seconds()/budget, "x-must")
	b.ReportMetric(b.Elapsed().Seconds(), "s")
	b.ReportMetric(float64(len(result.Flips)), "flips")
}

// pastOf is a ledger with many lines, 20 a submission, judged by the shipped policy over two years.
func pastOf(b *testing.B, lines int) *ledger.Ledger {
	b.Helper()
	recorded, err := ledgertest.Open(b, ledger.Config{URL: filepath.Join(b.TempDir(), "ledger.db")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = recorded.Close() })
	d := &agency{t: b, policy: policyWith(b)}
	var form []map[request.Field]string
	for range 20 {
		form = append(form, line("Toner", "Supplier", "5300", "689", "5989"))
	}
	reading, err := judgement.ReadRequest(context.Background(), d.form(testStaff, request.English, form...), forms.Options{})
	if err != nil {
		b.Fatal(err)
	}
	const some = 50
	for done := 0; done < lines/20; done += some {
		now := monday.Add(time.Duration(done) * 3 * time.Hour)
		if err := recorded.Decide(b.Context(), func(tx *ledger.Tx) error {
			for i := range some {
				if err := fillPast(b, tx, d.policy, reading.Form, done+i, now); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	return recorded
}

// fillPast records a submission as judging does, with other suppliers and amounts for each number.
func fillPast(b *testing.B, tx *ledger.Tx, p *rules.Policy, form *forms.Form, n int, now time.Time) error {
	ctx := b.Context()
	added, err := tx.Messages.Add(ctx, now, []ledger.Incoming{{Box: ledger.Box{Inbox: "requests", Folder: "INBOX", UIDValidity: 1}, UID: uint32(n + 1), Received: now, //nolint:gosec // small
		Raw: fmt.Appendf(nil, "mail %d", n)}})
	if err != nil {
		return err
	}
	origin := form.Origin
	origin.Sender, origin.Received = testStaff, request.DateOf(now)
	s := ledger.Submission{Message: added[0].ID, Attachment: added[0].SHA256, Sender: testStaff, MailID: fmt.Sprint(n), Requester: testStaff, Year: 2026, Number: n + 1,
		Unit: origin.Unit, Received: origin.Received, ReceivedAt: now, Policy: p.Hash()}
	if s.ID, err = tx.Submissions.Add(ctx, now, s); err != nil {
		return err
	}
	var taken request.Lines
	reference := s.Reference()
	for i, l := range form.Lines.All() {
		total := decimal.New(int64(100_000+(n*7919+i*104729)%900_000), -2)
		for _, f := range []request.Field{request.Net, request.Total} {
			l.Values[f].Number, l.Values[f].Text = total, total.String()
		}
		l.Values[request.Tax].Number = decimal.Zero
		l.Values[request.Supplier].Text = fmt.Sprintf("Maison %d Inc.", (n*20+i)*31%20_011)
		reference.Line = i + 1
		l.Reference = reference.String()
		taken.Add(l)
	}
	elsewhere, err := intake.SumsElsewhere(ctx, tx, p, &totals.LineKeys{Origin: &origin, Lines: &taken}, 0, taken.Len())
	if err != nil {
		return err
	}
	lines := make([]ledger.NewLine, taken.Len())
	for i, a := range judgement.Assess(p, origin, &taken, elsewhere, nil, origin.Received, []string{testDomain}) {
		if lines[i], err = record.NewLine(&s, p, keysOf(p, &a.Facts.Line, &origin), origin, i+1, &a, 0, 0); err != nil {
			return err
		}
	}
	return tx.Lines.Add(ctx, now, lines, nil)
}

// A policy with a total that is new counts the lines of the past in it.
func TestANewTotalCountsThePast(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) {
		o.Inboxes[0].Policy = policyWith(t, `name = "supplier"
by   = ["supplier", "cost_centre"]`, `name = "supplier"
by   = ["supplier", "unit"]`, `name  = "recent"
by    = ["supplier", "cost_centre"]`, `name  = "recent"
by    = ["supplier", "unit"]`)
	})
	buy := func(title string) {
		d.send(testStaff, title, "Form attached.", d.form(testStaff, request.English, line(title, "Northwind Inc.", "6000", "780", "6780", "justification", "Two more people were hired.")))
		d.once()
		d.pass(40 * 24 * time.Hour)
	}
	buy("Chairs")
	d.start(nil) // the shipped policy: by supplier and cost centre
	buy("Desks")
	lines := d.lines()
	if first, second := lines["HR-2026-000001-01"], lines["HR-2027-000001-01"]; first.Outcome != request.Approved || second.Outcome != request.Escalated ||
		!slices.Contains(second.Guardrails, "split-supplier") {
		t.Errorf("the first is %s; the second is %s by %v", first.Outcome, second.Outcome, second.Guardrails)
	}
	d.sound()
}

// A ledger without a line is no mistake, and progress ends where the lines do.
func TestABacktestSaysHowFarItIs(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	if b := d.backtest(replay.BacktestOptions{Policy: policyWith(t)}); b.All.Before.Lines != 0 || b.Days().EN != "no line was judged again" {
		t.Errorf("an empty ledger: %d lines, %q", b.All.Before.Lines, b.Days().EN)
	}
	for range 3 {
		d.send(testStaff, "Purchases", "Form attached.", d.form(testStaff, request.English, line("Chairs", "Cedar", "100", "13", "113"), line("Desks", "Boreal", "100", "13", "113")))
	}
	d.once()
	var heard [][2]int
	d.backtest(replay.BacktestOptions{Policy: policyWith(t), Progress: func(done, of int) { heard = append(heard, [2]int{done, of}) }})
	if want := [][2]int{{2, 6}, {4, 6}, {6, 6}}; !slices.Equal(heard, want) {
		t.Errorf("progress %v, want %v", heard, want)
	}
}
