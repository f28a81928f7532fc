package batch_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/ledgertest"
	"handrail/internal/request"
	"handrail/rules"
)

// splitPolicy has a limit for each kind of window: the days, the fiscal quarter and year, and one unit's requesters.
const splitPolicy = `name = "Splitting"
version = "1"
currency = "CAD"
fiscal_year_starts = 4
[authority]
name = "A"
title = "B"
reference = "C"
date = 2026-04-01
[approval]
means = { en = "m", fr = "m" }
next_step = { en = "{reference}", fr = "{reference}" }
[limits]
week = "3000.00"
quarter = "5000.00"
year = "6000.00"
[[total]]
name = "week"
by = ["supplier", "cost_centre"]
days = 7
[[total]]
name = "quarter"
by = ["supplier", "cost_centre"]
period = "quarter"
[[total]]
name = "year"
by = ["supplier", "unit"]
period = "year"
[[guardrail]]
id = "split"
action = "escalate"
when = 'totals.week > limits.week || totals.quarter > limits.quarter || totals.year > limits.year'
fields = ["total"]
title = { en = "t", fr = "t" }
message = { en = "m", fr = "m" }
source = "s"
`

func splitting(t testing.TB, oldnew ...string) *rules.Policy {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy.toml")
	if err := os.WriteFile(file, []byte(strings.NewReplacer(oldnew...).Replace(splitPolicy)), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := rules.Load(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// onBoth runs a test in a department of each database. again is a second job on the same ledger: on PostgreSQL with
// connections of its own, as on another machine.
func onBoth(t *testing.T, change func(*job.Options), test func(t *testing.T, d *agency, again *job.Job)) {
	t.Helper()
	run := func(t *testing.T, first, second *ledger.Ledger) {
		d := open(t, func(o *job.Options) {
			if first != nil {
				o.Ledger = first
			}
			change(o)
		})
		o := d.options
		d.ledger = o.Ledger
		if second != nil {
			o.Ledger = second
		}
		again, err := job.New(o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = again.Close() })
		test(t, d, again)
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, nil, nil)
	})
	t.Run("postgresql", func(t *testing.T) {
		t.Parallel()
		config := postgres(t)
		var records [2]*ledger.Ledger
		for i := range records {
			recorded, err := ledgertest.Open(t, config)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = recorded.Close() })
			records[i] = recorded
		}
		run(t, records[0], records[1])
	})
}

// table is a department's own small form: no more than a policy about amounts reads.
func table(t testing.TB, unit string, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	all := append([][]any{{"Branch", unit}, nil, {"Title", "Supplier", "Business number", "Total", "Cost centre", "Amends", "Description", "Currency", "Reference", "Section 32 manager"}}, rows...)
	for i := range all {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &all[i]); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// factsOf is what a line was judged by.
func factsOf(t testing.TB, l *ledger.Line) (f request.Facts) {
	t.Helper()
	if err := json.Unmarshal(l.Facts, &f); err != nil {
		t.Fatalf("facts of %s: %v", l.Reference, err)
	}
	return f
}

// arrive puts a mail with a workbook into the ledger as collect does, and tells its row.
func (d *agency) arrive(from string, received time.Time, form []byte) int64 {
	d.t.Helper()
	raw := d.letter(from, "Purchase", "", parts("mixed", plainText+"Form attached.", attachedFile("form.xlsx", form)))
	var id int64
	if err := d.ledger.Update(d.t.Context(), func(tx *ledger.Tx) error {
		added, err := tx.Messages.Add(d.t.Context(), received, []ledger.Incoming{{Box: ledger.Box{Inbox: "requests", Folder: "INBOX", UIDValidity: 1},
			UID: uint32(d.mails), Received: received, Raw: []byte(raw)}}) //nolint:gosec // few
		if err == nil {
			id = added[0].ID
		}
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return id
}

// Mails are judged by workers at once, and in any order: one that was held back is judged after later ones. The same
// supplier is written in several ways, by several people of a unit, over the ends of weeks, quarters and fiscal years.
// In no window does the machine approve more than the window's limit.
func TestSplitMailsJudgedAtOnceNeverPassALimit(t *testing.T) {
	t.Parallel()
	onBoth(t, func(o *job.Options) { o.Inboxes[0].Policy = splitting(t) }, func(t *testing.T, d *agency, again *job.Job) {
		example := 0
		rapid.Check(t, func(rt *rapid.T) {
			example++
			d.splitOnce(rt, again, example)
		})
		d.sound()
	})
}

// drawSupplier is one supplier as a clever requester writes it: by one name or by one number, never twice alike.
func drawSupplier(rt *rapid.T, byName bool, example int) (name, id string) {
	if byName {
		spelling := rapid.SampledFrom([]string{"Prairie Data %d Inc.", "PRAIRIE DATA %d LTÉE", "Prаirie  Data %d", "Prai\u200brie Data-%d, s.e.n.c.", "The Práirie Data %d Co. Ltd."})
		return fmt.Sprintf(spelling.Draw(rt, "name"), example), ""
	}
	number := fmt.Sprintf("%09d", 700_000_000+example)
	spelling := rapid.SampledFrom([]string{number, number + "RT0001", number[:3] + " " + number[3:6] + " " + number[6:], number[:5] + "-" + number[5:] + " rc 0002"})
	return rapid.StringMatching(`[A-Z][a-z]{5} [A-Z][a-z]{5}`).Draw(rt, "name"), spelling.Draw(rt, "number")
}

// lastDay is a fiscal year's last day, a Wednesday: the days around it are in two quarters, years and weeks.
var lastDay = request.Date{Year: 2027, Month: 3, Day: 31}

// mostLines is how many lines a mail has at most.
const mostLines = 2

func (d *agency) splitOnce(rt *rapid.T, again *job.Job, example int) {
	before := d.mails
	byName := rapid.Bool().Draw(rt, "by name")
	var ids []int64
	sent := 0
	for range rapid.IntRange(2, 7).Draw(rt, "mails") {
		var lines [][]any
		for range rapid.IntRange(1, mostLines).Draw(rt, "lines") {
			name, id := drawSupplier(rt, byName, example)
			cents := rapid.Int64Range(1, 300_000).Draw(rt, "cents")
			lines = append(lines, []any{"Part", name, id, float64(cents) / 100, "44-10"})
		}
		day := lastDay.AddDays(rapid.IntRange(-9, 9).Draw(rt, "day"))
		received := time.Date(day.Year, day.Month, day.Day, 4+rapid.IntRange(0, 23).Draw(rt, "hour"), 30, 0, 0, time.UTC)
		from := rapid.SampledFrom([]string{testStaff, testOther, testHead}).Draw(rt, "from")
		sent += len(lines)
		ids = append(ids, d.arrive(from, received, table(d.t, "Benefits", lines...)))
	}
	d.judgeAtOnce(rt, again, rapid.Permutation(ids).Draw(rt, "order"))
	approved, lines := d.approvedSince(rt, before)
	if lines != sent {
		rt.Fatalf("%d lines were judged, %d were sent", lines, sent)
	}
	for last := lastDay.AddDays(-9); !last.After(lastDay.AddDays(16)); last = last.AddDays(1) {
		if sum := between(approved, last.AddDays(-6), last); sum > 300_000 {
			rt.Fatalf("approved %d cents in the week to %s: %v", sum, last, approved)
		}
	}
	for _, half := range [2][2]request.Date{{lastDay.AddDays(-30), lastDay}, {lastDay.AddDays(1), lastDay.AddDays(30)}} {
		if sum := between(approved, half[0], half[1]); sum > 500_000 {
			rt.Fatalf("approved %d cents in a quarter: %v", sum, approved)
		}
	}
}

// judgeAtOnce lets four workers of two jobs judge mails, as they come.
func (d *agency) judgeAtOnce(rt *rapid.T, again *job.Job, ids []int64) {
	d.mu.Lock()
	d.clock = time.Date(2027, 4, 20, 12, 0, 0, 0, time.UTC)
	d.mu.Unlock()
	work := make(chan int64, len(ids))
	for _, id := range ids {
		work <- id
	}
	close(work)
	faults := make(chan error, len(ids))
	var wait sync.WaitGroup
	for i := range 4 {
		j := [...]*job.Job{d.job, again}[i%2]
		wait.Go(func() {
			for id := range work {
				if err := j.JudgeThese(d.t.Context(), id); err != nil {
					faults <- err
				}
			}
		})
	}
	wait.Wait()
	close(faults)
	for err := range faults {
		rt.Fatal(err)
	}
}

// approvedSince is what the machine approved of the mails after the first ones, in cents by day, and how many lines those
// mails had. Mails are numbered as they are judged, in whatever order.
func (d *agency) approvedSince(rt *rapid.T, mails int) (approved map[request.Date]int64, lines int) {
	var references []string
	for n := mails + 1; n <= d.mails; n++ {
		for i := range mostLines {
			references = append(references, request.Reference{Year: 2027, Number: n, Line: i + 1}.String())
		}
	}
	approved = map[request.Date]int64{}
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		found, err := tx.Lines.ByReference(d.t.Context(), references)
		lines = len(found)
		for _, l := range found {
			if l.Outcome == request.Approved {
				approved[l.Day] += l.Amount
			}
		}
		return err
	}); err != nil {
		rt.Fatal(err)
	}
	return approved, lines
}

func between(approved map[request.Date]int64, from, to request.Date) (sum int64) {
	for day, cents := range approved {
		if !day.Before(from) && !day.After(to) {
			sum += cents
		}
	}
	return sum
}
