package batch_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/finance"
	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/ledgertest"
	"handrail/internal/reconcile"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/internal/workbook"
	"handrail/rules"
)

// The totals of every sheet, and the control totals, are what a reader who shares no code with the report makes of the
// ledger's exported CSV: random ledgers, four reports each, over the fiscal year's end and a change of the clocks.
// HANDRAIL_TEST_LEDGERS says how many ledgers more.
func TestSumsOfTheWorkbookAreThoseOfTheExportedLedger(t *testing.T) {
	seeds := []uint64{1, 2, 3}
	if testing.Short() {
		seeds = seeds[:1]
	}
	if more, err := strconv.Atoi(os.Getenv("HANDRAIL_TEST_LEDGERS")); err == nil {
		for range more {
			seeds = append(seeds, rand.Uint64N(1e9))
		}
	}
	policy, err := rules.LoadShipped("esdc-micro-acquisition")
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("America/Toronto")
	if err != nil {
		t.Fatal(err)
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			g := &ledgerWeeks{t: t, r: rand.New(rand.NewPCG(seed, 11)), policy: policy, zone: zone, start: time.Date(2027, 2, 22, 14, 0, 0, 0, time.UTC)}
			g.record, err = ledgertest.Open(t, ledger.Config{URL: filepath.Join(t.TempDir(), "l.db")})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = g.record.Close() }()
			g.prepare()
			compared := 0
			for _, name := range []string{"2027-W11", "2027-W12", "2027-W13a", "2027-W13b"} {
				period, err := report.ParsePeriod(name, time.April)
				if err != nil {
					t.Fatal(err)
				}
				compared += g.week(period)
			}
			if compared < 150 {
				t.Errorf("only %d totals that are not zero were compared", compared)
			}
		})
	}
}

// ledgerWeeks is a random ledger whose weeks are reported one after the other.
type ledgerWeeks struct {
	t        *testing.T
	r        *rand.Rand
	record   *ledger.Ledger
	policy   *rules.Policy
	zone     *time.Location
	start    time.Time
	requests int
	now      time.Time
}

func (g *ledgerWeeks) update(do func(ctx context.Context, tx *ledger.Tx) error) {
	g.t.Helper()
	if err := g.record.Decide(g.t.Context(), func(tx *ledger.Tx) error { return do(g.t.Context(), tx) }); err != nil {
		g.t.Fatal(err)
	}
}

func (g *ledgerWeeks) prepare() {
	g.now = g.start
	g.update(func(ctx context.Context, tx *ledger.Tx) error {
		return tx.Documents.KeepText(ctx, g.now, ledger.Text{Hash: g.policy.Hash(), Kind: "policy", Name: g.policy.Name(), Version: g.policy.Version(), Body: g.policy.Bundle()})
	})
}

// vary gives a line an outcome, an amount and a currency by chance.
func (g *ledgerWeeks) vary(a *judgement.Assessed) {
	v := &a.Facts.Line.Values
	a.Verdict.Outcome = []request.Outcome{request.Approved, request.Approved, request.Approved, request.Escalated, request.Escalated, request.Returned}[g.r.IntN(6)]
	cents := int64(g.r.IntN(400_000) + 1)
	if g.r.IntN(8) == 0 {
		cents += 1_000_000
	}
	total := request.FromMinor(cents, "CAD").Amount
	net := total.Div(decimal.RequireFromString("1.13")).Round(2)
	v[request.Total].Number, v[request.Net].Number, v[request.Tax].Number = total, net, total.Sub(net)
	v[request.CostCentre].Text = []string{"1234", "0420", "77-A"}[g.r.IntN(3)]
	v[request.Supplier].Text = fmt.Sprintf("Atelier %d Numérique inc.", g.r.IntN(12))
	v[request.SupplierID] = request.Value{}
	switch g.r.IntN(12) {
	case 0, 1:
		v[request.Currency] = request.Value{Text: "USD", Cell: "O12", Given: true}
	case 2:
		v[request.Tax] = request.Value{}
	case 3:
		if a.Verdict.Outcome != request.Approved {
			v[request.Total] = request.Value{}
		}
	}
}

// week lets a week happen: requests come, officers decide, a statement arrives, finance sets aside and takes back. Then it
// makes the report and compares; it answers how many sums that are not zero were compared.
func (g *ledgerWeeks) week(period report.Period) int {
	from, to := period.Bounds(g.zone)
	var approved []ledger.NewLine
	for g.now.Add(7 * time.Hour).Before(to) {
		g.now = g.now.Add(time.Duration(1+g.r.IntN(20)) * time.Hour)
		if !g.now.Before(to) {
			g.now = to.Add(-time.Hour)
		}
		g.update(func(ctx context.Context, tx *ledger.Tx) error {
			lines, err := addRequest(ctx, tx, g.policy, g.now, 20*g.requests, 1+g.r.IntN(4), g.vary)
			g.requests++
			approved = append(approved, lines...)
			return err
		})
	}
	g.decide(to)
	g.charge(period, approved)
	g.thinkAgain(to)
	var book bytes.Buffer
	var settlements []ledger.Settlement
	if err := g.record.View(g.t.Context(), func(tx *ledger.Tx) error {
		r, err := finance.BuildReport(g.t.Context(), tx, finance.ReportOptions{Period: period, From: from, To: to, Lang: request.English, Edition: 1, Zone: g.zone, Now: to.Add(time.Hour),
			Currency: "CAD", FiscalStart: time.April, Settle: true, Policy: func(string) (*rules.Policy, error) { return g.policy, nil }})
		settlements = r.Settlements
		if err != nil {
			return err
		}
		return report.Write(&book, r.Contents)
	}); err != nil {
		g.t.Fatal(err)
	}
	g.update(func(ctx context.Context, tx *ledger.Tx) error {
		_, err := tx.Charges.Settle(ctx, finance.SettledAt(to), settlements)
		return err
	})
	g.now = to
	return g.compare(period, book.Bytes())
}

// decide lets officers decide some of what waits.
func (g *ledgerWeeks) decide(to time.Time) {
	g.update(func(ctx context.Context, tx *ledger.Tx) error {
		var waiting []int64
		if err := tx.Reports.WaitingAt(ctx, to, func(w *ledger.WeekLine) error { waiting = append(waiting, w.ID); return nil }); err != nil {
			return err
		}
		for _, id := range waiting {
			if g.r.IntN(3) == 0 {
				continue
			}
			outcome := []request.Outcome{request.Approved, request.Declined, request.Withdrawn}[g.r.IntN(3)]
			if _, err := moveLine(ctx, tx, to.Add(-time.Minute), ledger.Move{Line: id, From: request.Escalated, To: outcome, By: testOfficer}); err != nil {
				return err
			}
		}
		return nil
	})
}

// charge brings a statement: most of what was approved, some of it refunded, in another sum, or in two parts, and charges
// that nobody knows.
func (g *ledgerWeeks) charge(period report.Period, lines []ledger.NewLine) {
	var charges []statement.Charge
	add := func(merchant, reference, centre string, amount request.Money) {
		day := period.From.AddDays(g.r.IntN(period.From.DaysUntil(period.To) + 1))
		c := statement.Charge{Statement: "card.csv", Row: len(charges) + 2, Posted: day, Transacted: day, Merchant: merchant, Amount: amount, Card: "4242", CostCentre: centre, Reference: reference}
		c.Fingerprint, c.Occurrence = fmt.Sprintf("%08x%024x", period.From.Day, g.r.Uint64()), 1
		charges = append(charges, c)
	}
	for i := range lines {
		l := &lines[i]
		if !l.HasAmount || g.r.IntN(4) == 0 {
			continue
		}
		whole := request.FromMinor(l.Amount, l.Currency)
		reference := l.Reference
		if g.r.IntN(3) == 0 {
			reference = ""
		}
		switch g.r.IntN(8) {
		case 0:
			add(l.Supplier, reference, l.CostCentre, request.FromMinor(l.Amount+1+int64(g.r.IntN(300)), l.Currency))
		case 1:
			add(l.Supplier, l.Reference, l.CostCentre, request.FromMinor(l.Amount/3, l.Currency))
			add(l.Supplier, l.Reference, l.CostCentre, request.FromMinor(l.Amount-l.Amount/3, l.Currency))
		case 2:
			add(l.Supplier, l.Reference, l.CostCentre, whole)
			add(l.Supplier, l.Reference, l.CostCentre, request.FromMinor(-l.Amount, l.Currency))
		default:
			add(l.Supplier, reference, l.CostCentre, whole)
		}
	}
	for range 4 {
		add("Parking", "", []string{"", "1234"}[g.r.IntN(2)], request.FromMinor(int64(g.r.IntN(5_000)), []string{"CAD", "USD"}[g.r.IntN(2)]))
	}
	rows, err := finance.LedgerCharges(charges)
	if err != nil {
		g.t.Fatal(err)
	}
	g.update(func(ctx context.Context, tx *ledger.Tx) error {
		_, _, err := tx.Charges.AddStatement(ctx, g.now, ledger.Statement{SHA256: ledger.DigestOf([]byte(period.Name)), FileName: "card.csv"}, rows)
		return err
	})
}

// thinkAgain sets a charge aside, and takes a match back.
func (g *ledgerWeeks) thinkAgain(to time.Time) {
	var list []ledger.Settlement
	for _, row := range g.table("statement_row") {
		id, _ := strconv.ParseInt(row["id"], 10, 64)
		switch {
		case row["state"] == "left" && g.r.IntN(6) == 0:
			list = append(list, ledger.Settlement{Charge: id, From: ledger.LeftRow, To: ledger.IgnoredRow, By: testFinance})
		case row["state"] == "matched" && g.r.IntN(12) == 0:
			list = append(list, ledger.Settlement{Charge: id, From: ledger.MatchedRow, To: ledger.LeftRow, Reason: string(reconcile.NoLine), By: testFinance})
		}
	}
	g.update(func(ctx context.Context, tx *ledger.Tx) error {
		_, err := tx.Charges.Settle(ctx, to.Add(-time.Minute), list)
		return err
	})
}

// table is a table of the ledger as ledger export writes it.
func (g *ledgerWeeks) table(name string) []map[string]string {
	g.t.Helper()
	var out bytes.Buffer
	if err := g.record.View(g.t.Context(), func(tx *ledger.Tx) error {
		_, err := tx.Records.Export(g.t.Context(), &out, name, ledger.CSV, false)
		return err
	}); err != nil {
		g.t.Fatal(err)
	}
	records, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(records) == 0 {
		g.t.Fatalf("export of %s: %v", name, err)
	}
	var rows []map[string]string
	for _, r := range records[1:] {
		row := map[string]string{}
		for i, column := range records[0] {
			row[column] = r[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// minors are sums in minor units by currency; every currency of these ledgers has two decimals.
type minors map[string]int64

func (m minors) add(currency, minor string) {
	if minor != "" {
		n, err := strconv.ParseInt(minor, 10, 64)
		if err != nil {
			panic(err)
		}
		m[currency] += n
	}
}

// expected recomputes from the export alone what each sheet's column must come to: "Sheet/Column".
type expected struct {
	zone             *time.Location
	period           report.Period
	from, to         time.Time
	lines, charges   []map[string]string
	byLine, byCharge map[string][]map[string]string
	sums             map[string]minors
}

func (e *expected) sum(column, currency, minor string) {
	if e.sums[column] == nil {
		e.sums[column] = minors{}
	}
	e.sums[column].add(currency, minor)
}

// fiscalYear is the first day of the one that the period ends in.
func (e *expected) fiscalYear() string {
	if e.period.To.String() >= "2027-04-01" {
		return "2027-04-01"
	}
	return "2026-04-01"
}

// in reports whether an exported instant lies in the period.
func (e *expected) in(at string) bool {
	return at != "" && !instantOf(at).Before(e.from) && instantOf(at).Before(e.to)
}

func instantOf(at string) time.Time {
	when, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		panic(err)
	}
	return when
}

func (e *expected) localDay(at string) string { return instantOf(at).In(e.zone).Format(time.DateOnly) }

func (e *expected) ofLines() {
	fiscal, year := e.fiscalYear(), e.period.To.String()[:4]
	for _, l := range e.lines {
		code, amount := l["currency"], l["amount"]
		officer := l["judged"] == "escalated"
		decidedHere := e.in(l["decided_at"])
		waits := officer && (l["decided_at"] == "" || !instantOf(l["decided_at"]).Before(e.to))
		if waits {
			e.sum("Waiting/Total", code, amount)
			e.sum("Summary/gives: waiting at the end", code, amount)
			e.sum("Cost centres/Waiting", code, amount)
		}
		if officer && instantOf(l["judged_at"]).Before(e.from) && (l["decided_at"] == "" || !instantOf(l["decided_at"]).Before(e.from)) {
			e.sum("Summary/Waiting at the start", code, amount)
		}
		if e.in(l["judged_at"]) {
			e.sum("Summary/plus: received", code, amount)
		}
		if officer && decidedHere || !officer && e.in(l["judged_at"]) {
			e.sum("Summary/minus: decided or withdrawn", code, amount)
		}
		if decidedHere {
			e.sum("Decisions/Total", code, amount)
		}
		if l["outcome"] != "approved" {
			if decidedHere {
				e.sum("Cost centres/Not approved", code, amount)
			}
			continue
		}
		large := len(amount) >= len("1000000") && amount > "1000000" // above 10,000.00
		if decidedHere {
			for _, column := range []string{"Cost centres/Approved", "Suppliers/Approved", "Taxes/Total"} {
				e.sum(column, code, amount)
			}
			if large {
				e.sum("Publication/contract_value", code, amount)
			}
		}
		on := e.localDay(l["decided_at"])
		if !large && on[:4] == year {
			e.sum("Small contracts/Total", code, amount)
		}
		e.ofRest(l, on, fiscal)
	}
}

// ofRest is what of an approved line no charge has used.
func (e *expected) ofRest(l map[string]string, on, fiscal string) {
	code := l["currency"]
	whole, used := minors{}, minors{}
	whole.add(code, l["amount"])
	for _, part := range e.byLine[l["id"]] {
		used.add(code, part["used"])
	}
	rest := whole[code] - used[code]
	if rest <= 0 {
		return
	}
	said := strconv.FormatInt(rest, 10)
	e.sum("Approvals without charge/Approved", code, l["amount"])
	e.sum("Approvals without charge/Charged so far", code, strconv.FormatInt(used[code], 10))
	e.sum("Approvals without charge/Still to come", code, said)
	e.sum("Approvals without charge/"+age(on, e.period.To.String())+" days", code, said)
	e.sum("Commitments/Committed", code, said)
	if on < fiscal {
		e.sum("Commitments/of which from before the year", code, said)
	}
	if on <= "2027-03-31" && strings.HasPrefix(e.period.Name, "2027-W13") {
		e.sum("Year-end/Still to come", code, said)
	}
}

// age is the bucket of an approval by the days from its day to the period's last.
func age(on, last string) string {
	a, _ := time.Parse(time.DateOnly, on)
	b, _ := time.Parse(time.DateOnly, last)
	switch days := int(b.Sub(a).Hours() / 24); {
	case days <= 7:
		return "0–7"
	case days <= 30:
		return "8–30"
	case days <= 60:
		return "31–60"
	}
	return "61–90"
}

func (e *expected) ofCharges() {
	fiscal := e.fiscalYear()
	for _, c := range e.charges {
		code, amount := c["currency"], c["amount"]
		closed := c["state"] == "matched" || c["state"] == "ignored"
		here := closed && e.in(c["settled_at"]) || c["state"] == "left" && c["reason"] == "zero"
		if c["posted"] < e.period.From.String() && (!closed || here) {
			e.sum("Summary/Without approval at the start", code, amount)
		}
		if c["posted"] >= e.period.From.String() {
			e.sum("Summary/plus: new on statements", code, amount)
		}
		if here {
			e.sum("Summary/minus: matched or set aside", code, amount)
		}
		if c["state"] == "left" || c["state"] == "ignored" && here {
			e.sum("Charges without approval/Charged", code, amount)
		}
		if c["state"] == "left" {
			e.sum("Summary/gives: without approval at the end", code, amount)
			if c["cost_centre"] != "" && c["posted"] >= fiscal {
				e.sum("Commitments/Spent without approval", code, amount)
			}
		}
		if c["state"] == "matched" && c["posted"] >= fiscal {
			for _, part := range e.byCharge[c["id"]] {
				e.sum("Commitments/Spent", code, part["minor"])
			}
		}
	}
}

// ofMatches puts the charges that were matched in the period together by their lines and their rule.
func (e *expected) ofMatches() {
	amounts := map[string]map[string]string{}
	for _, l := range e.lines {
		amounts[l["id"]] = l
	}
	groups := map[string][]map[string]string{}
	for _, c := range e.charges {
		if c["state"] == "matched" && e.in(c["settled_at"]) {
			key := c["rule"]
			if key == string(reconcile.ByPart) {
				key += " of " + c["id"] // each part stands by itself
			}
			for _, part := range e.byCharge[c["id"]] {
				key += " " + part["line"]
			}
			groups[key] = append(groups[key], c)
		}
	}
	for _, charges := range groups {
		code, refund := charges[0]["currency"], charges[0]["rule"] == "refund"
		approved, charged := minors{}, minors{}
		for _, c := range charges {
			charged.add(code, c["amount"])
		}
		same := true
		for _, c := range charges {
			for _, part := range e.byCharge[c["id"]] {
				same = same && amounts[part["line"]]["currency"] == code
				approved.add(code, part["used"])
			}
		}
		said := func(n int64) string { return strconv.FormatInt(n, 10) }
		e.sum("Matched/Charged", code, said(charged[code]))
		if !same && !refund {
			continue
		}
		e.sum("Matched/Approved", code, said(approved[code]))
		if off := charged[code] - approved[code]; off != 0 && !refund {
			e.sum("Variances/Approved", code, said(approved[code]))
			e.sum("Variances/Charged", code, said(charged[code]))
			e.sum("Variances/Difference", code, said(off))
		}
	}
}

// compare holds a workbook against the ledger as it is exported after it.
func (g *ledgerWeeks) compare(period report.Period, book []byte) (compared int) {
	e := &expected{zone: g.zone, period: period, lines: g.table("line"), charges: g.table("statement_row"), sums: map[string]minors{},
		byLine: map[string][]map[string]string{}, byCharge: map[string][]map[string]string{}}
	e.from, e.to = period.Bounds(g.zone)
	for _, m := range g.table("statement_match") {
		e.byLine[m["line"]] = append(e.byLine[m["line"]], m)
		e.byCharge[m["statement_row"]] = append(e.byCharge[m["statement_row"]], m)
	}
	e.ofLines()
	e.ofCharges()
	e.ofMatches()
	sheets := storedTotals(g.t, book)
	for _, key := range slices.Sorted(maps.Keys(e.sums)) {
		for code, minor := range e.sums[key] {
			want := decimal.New(minor, -2)
			if got := sheets[key+" "+code]; !got.Equal(want) {
				g.t.Errorf("%s, %s %s: the workbook says %s, the exported ledger %s", period.Name, key, code, got, want)
			}
			if minor != 0 {
				compared++
			}
		}
	}
	// And the workbook says of nothing that there is a sum where the ledger has none.
	for key, got := range sheets {
		column, code := key[:len(key)-4], key[len(key)-3:]
		if _, asked := e.sums[column]; asked && !got.IsZero() && e.sums[column][code] == 0 {
			g.t.Errorf("%s, %s: the workbook says %s, the exported ledger nothing", period.Name, key, got)
		}
	}
	return compared
}

// storedTotals are the totals over the tables of every sheet, and the summary's control totals, as they are stored:
// "Sheet/Column CAD".
func storedTotals(t *testing.T, data []byte) map[string]decimal.Decimal {
	t.Helper()
	book, err := workbook.Open(context.Background(), data, workbook.DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]decimal.Decimal{}
	for i, sheet := range book.Sheets() {
		totals := map[string]map[int]string{}
		seen := false
		if err := book.Rows(context.Background(), i, func(r *workbook.Row) error {
			cells := map[int]string{}
			for _, c := range r.Cells {
				cells[c.Col] = c.Value
			}
			code, isTotal := strings.CutPrefix(cells[1], "Total ")
			switch {
			case sheet.Name == "Summary":
				if v, err := decimal.NewFromString(cells[4]); err == nil && len(cells[2]) == 3 {
					found["Summary/"+cells[1]+" "+cells[2]] = v
				}
			case isTotal:
				totals[code] = cells
			case !seen && len(totals) > 0 && len(cells) > 2: // the headers stand under the totals
				seen = true
				for code, cells2 := range totals {
					for col, heading := range cells {
						if v, err := decimal.NewFromString(cells2[col]); err == nil {
							found[sheet.Name+"/"+heading+" "+code] = v
						}
					}
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	return found
}
