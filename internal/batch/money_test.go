package batch_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/finance"
	"handrail/internal/ledger"
	"handrail/internal/ledgertest"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/internal/workbook"
	"handrail/rules"
)

// Money is in one place, in every edition and over the year's end: lines are charged as a plan says, whole, in parts, with more than was
// approved, converted, given back; some are closed; statements come late. What the workbook says, read from the file, and what guardrails
// see of budgets is what a model makes of the plan alone, which knows neither the matcher nor the ledger. HANDRAIL_TEST_LEDGERS says how many
// plans more.
func TestMoneyIsInOnePlace(t *testing.T) {
	seeds := []uint64{1, 2, 3, 4}
	if testing.Short() {
		seeds = seeds[:1]
	}
	if more, err := strconv.Atoi(os.Getenv("HANDRAIL_TEST_LEDGERS")); err == nil {
		for range more {
			seeds = append(seeds, rand.Uint64N(1e9))
		}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			m := newMoneyYear(t, seed, time.Date(2027, 3, 1, 14, 0, 0, 0, time.UTC))
			m.weeks("2027-W09", "2027-W10", "2027-W11", "2027-W12", "2027-W13a", "2027-W13b", "2027-W14", "2027-W15")
			for _, p := range m.played { // what was reported once is what a further edition says
				m.compareSheets(p, m.build(p, 9, false), m.expect[p.Name])
			}
			if m.compared < 200 {
				t.Errorf("only %d sums that are not zero were compared", m.compared)
			}
		})
	}
}

// A year of it, week by week, and the first week of the next one.
func TestAYearOfMoney(t *testing.T) {
	if testing.Short() {
		t.Skip("a year of weeks")
	}
	t.Parallel()
	m := newMoneyYear(t, 2026, time.Date(2026, 4, 6, 14, 0, 0, 0, time.UTC))
	var names []string
	for n := 15; n <= 53; n++ {
		names = append(names, fmt.Sprintf("2026-W%02d", n))
	}
	for n := 1; n <= 12; n++ {
		names = append(names, fmt.Sprintf("2027-W%02d", n))
	}
	m.weeks(append(names, "2027-W13a", "2027-W13b", "2027-W14")...)
	for _, p := range m.played[len(m.played)-12:] {
		m.compareSheets(p, m.build(p, 9, false), m.expect[p.Name])
	}
	if m.compared < 1500 {
		t.Errorf("only %d sums that are not zero were compared", m.compared)
	}
}

// A statement that comes weeks late is counted in the week of its charges: in no edition is money both committed and spent.
func TestALateStatementInEveryEdition(t *testing.T) {
	t.Parallel()
	m := newMoneyYear(t, 1, time.Date(2027, 1, 4, 14, 0, 0, 0, time.UTC))
	var periods []report.Period
	for _, name := range []string{"2027-W01", "2027-W02", "2027-W03"} {
		p, err := report.ParsePeriod(name, time.April)
		if err != nil {
			t.Fatal(err)
		}
		periods = append(periods, p)
	}
	m.approve(periods[0])
	m.due = nil
	l := m.lines[0] // the others are not charged
	charge := func(p report.Period, minor int64) {
		m.now = p.To.Time(m.zone)
		m.mailIn([]moneyCharge{{line: l, minor: minor, inLine: minor, Charge: statement.Charge{Transacted: p.From.AddDays(2), Posted: p.From.AddDays(3),
			Merchant: strings.ToUpper(strings.TrimSuffix(l.Supplier, " Ltd.")), Amount: request.FromMinor(minor, l.Currency), Card: "4242", Reference: l.Reference}}})
	}
	of := func(p report.Period, edition int) moneyRow {
		var sum moneyRow
		for _, row := range sheetRows(t, m.build(p, edition, true), "Commitments", "Cost centre") {
			if row["Currency"] == l.Currency && row["Cost centre"] == l.CostCentre {
				sum = moneyRow{inMinor(row["Committed"]) - m.others(l), 0, inMinor(row["Spent"]), inMinor(row["Spent without approval"])}
			}
		}
		return sum
	}
	most, half := l.Amount*6/10, l.Amount/2
	m.build(periods[0], 1, true)
	m.build(periods[1], 1, true)
	charge(periods[2], most)
	if got := of(periods[2], 1); got != (moneyRow{l.Amount - most, 0, most, 0}) {
		t.Errorf("in the third week: %+v of %d", got, l.Amount)
	}
	charge(periods[1], half)
	if got := of(periods[1], 2); got != (moneyRow{l.Amount - half, 0, half, 0}) {
		t.Errorf("in the second week, as it is made again: %+v of %d", got, l.Amount)
	}
	if got := of(periods[2], 2); got != (moneyRow{0, 0, most + half, 0}) {
		t.Errorf("in the third week, as it is made again: %+v of %d", got, l.Amount)
	}
}

// others is what the lines beside one commit in its cost centre and currency.
func (m *moneyYear) others(than *moneyLine) (sum int64) {
	for _, l := range m.lines {
		if l != than && l.Currency == than.Currency && l.CostCentre == than.CostCentre {
			sum += l.Amount
		}
	}
	return sum
}

func newMoneyYear(t *testing.T, seed uint64, start time.Time) *moneyYear {
	t.Helper()
	policy, err := rules.LoadShipped("esdc-micro-acquisition")
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("America/Toronto")
	if err != nil {
		t.Fatal(err)
	}
	m := &moneyYear{expect: map[string]map[moneyKey]moneyRow{}}
	m.ledgerWeeks = ledgerWeeks{t: t, r: rand.New(rand.NewPCG(seed, 25)), policy: policy, zone: zone, start: start}
	if m.record, err = ledgertest.Open(t, ledger.Config{URL: filepath.Join(t.TempDir(), "l.db")}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.record.Close() })
	m.prepare()
	return m
}

// weeks plays weeks by their names.
func (m *moneyYear) weeks(names ...string) {
	m.t.Helper()
	for _, name := range names {
		period, err := report.ParsePeriod(name, time.April)
		if err != nil {
			m.t.Fatal(err)
		}
		m.play(period)
	}
}

// moneyYear plays the weeks of a plan and keeps the model of it.
type moneyYear struct {
	ledgerWeeks
	lines    []*moneyLine
	due      []moneyCharge // not on a statement yet
	counted  []moneyCharge // reported
	file     int
	played   []report.Period
	expect   map[string]map[moneyKey]moneyRow // by the week's name
	compared int
}

// moneyLine is an approved line and what its charges used of it, in minor units.
type moneyLine struct {
	ledger.NewLine
	on     request.Date
	used   int64
	closed bool
}

// moneyCharge is a charge of a plan.
type moneyCharge struct {
	statement.Charge
	minor, inLine int64 // as charged, and in the line's currency
	line          *moneyLine
	late          bool // the statement comes when the week was reported
	left          bool // without approval
}

type moneyKey struct{ centre, currency string }

// moneyRow is a row of Commitments, in minor units.
type moneyRow struct{ committed, carried, spent, unapproved int64 }

var moneyCentres = []string{"1234", "0420", "77-A"}

// play lets a week happen, and compares what its editions say.
func (m *moneyYear) play(p report.Period) {
	_, to := p.Bounds(m.zone)
	m.approve(p)
	m.strangers(p)
	late := m.statements(p)
	m.closeSome(to)
	m.now = to
	m.count()
	m.compareSheets(p, m.build(p, 1, true), m.snapshot(p))
	if len(late) > 0 {
		m.mailIn(late)
		m.count()
		m.compareSheets(p, m.build(p, 2, true), m.snapshot(p))
	}
	m.expect[p.Name], m.played = m.snapshot(p), append(m.played, p)
	m.compareGuardrails(p)
}

// count is the model: what a charge uses of its line, and whether it has one that it may be charged to.
func (m *moneyYear) count() {
	for i := range m.counted {
		c := &m.counted[i]
		if c.Row < 0 {
			continue // counted before
		}
		c.Row = -1
		l := c.line
		switch {
		case l == nil || c.inLine > 0 && l.used >= l.Amount:
			c.left = true
		case c.inLine < 0: // a refund gives money back, and no approval
		case c.inLine < l.Amount-l.used-min(2500, l.Amount/100):
			l.used += c.inLine
		default:
			l.used = l.Amount
		}
	}
}

// snapshot is what Commitments must say.
func (m *moneyYear) snapshot(p report.Period) map[moneyKey]moneyRow {
	rows := map[moneyKey]moneyRow{}
	year := report.FiscalYearOf(p.To, time.April)
	for _, l := range m.lines {
		if rest := l.Amount - l.used; rest > 0 && !l.closed {
			key := moneyKey{l.CostCentre, l.Currency}
			row := rows[key]
			row.committed += rest
			if l.on.Before(year.From) {
				row.carried += rest
			}
			rows[key] = row
		}
	}
	for i := range m.counted {
		c := &m.counted[i]
		if c.Posted.Before(year.From) || c.Posted.After(year.To) || c.Kind == statement.Payment || c.left && c.CostCentre == "" {
			continue
		}
		key := moneyKey{c.CostCentre, c.Amount.Currency}
		if !c.left {
			key.centre = c.line.CostCentre
		}
		row := rows[key]
		if c.left {
			row.unapproved += c.minor
		} else {
			row.spent += c.minor
		}
		rows[key] = row
	}
	return rows
}

// build makes an edition, and settles with it what a report that is sent settles.
func (m *moneyYear) build(p report.Period, edition int, settle bool) []byte {
	m.t.Helper()
	from, to := p.Bounds(m.zone)
	var book bytes.Buffer
	var settlements []ledger.Settlement
	if err := m.record.View(m.t.Context(), func(tx *ledger.Tx) error {
		r, err := finance.BuildReport(m.t.Context(), tx, finance.ReportOptions{Period: p, From: from, To: to, Lang: request.English, Edition: edition, Zone: m.zone, Now: to.Add(time.Hour),
			Currency: "CAD", FiscalStart: time.April, Settle: settle, Policy: func(string) (*rules.Policy, error) { return m.policy, nil }})
		settlements = r.Settlements
		if err != nil {
			return err
		}
		return report.Write(&book, r.Contents)
	}); err != nil {
		m.t.Fatal(err)
	}
	m.update(func(ctx context.Context, tx *ledger.Tx) error {
		_, err := tx.Charges.Settle(ctx, finance.SettledAt(to), settlements)
		return err
	})
	return book.Bytes()
}

// compareSheets reads a workbook and holds its sheets against what the model expects, and against each other.
func (m *moneyYear) compareSheets(p report.Period, book []byte, want map[moneyKey]moneyRow) {
	m.t.Helper()
	seen := map[moneyKey]bool{}
	committed := minors{}
	for _, row := range sheetRows(m.t, book, "Commitments", "Cost centre") {
		key := moneyKey{row["Cost centre"], row["Currency"]}
		seen[key] = true
		got := moneyRow{inMinor(row["Committed"]), inMinor(row["of which from before the year"]), inMinor(row["Spent"]), inMinor(row["Spent without approval"])}
		if got != want[key] {
			m.t.Errorf("%s, %v: the workbook says %+v, the plan %+v", p.Name, key, got, want[key])
		}
		if used := inMinor(row["Used in all"]); used != got.committed+got.spent+got.unapproved || got.committed < 0 || got.carried < 0 || got.carried > got.committed {
			m.t.Errorf("%s, %v: used in all %d of %+v", p.Name, key, used, got)
		}
		committed[key.currency] += got.committed
		for _, sum := range []int64{got.committed, got.spent, got.unapproved} {
			m.compared += min(1, int(max(sum, -sum)))
		}
	}
	for key := range want {
		if !seen[key] {
			m.t.Errorf("%s, %v: not in the workbook, %+v", p.Name, key, want[key])
		}
	}
	open := minors{}
	for _, row := range sheetRows(m.t, book, "Approvals without charge", "Reference") {
		approved, rest := inMinor(row["Approved"]), inMinor(row["Still to come"])
		if open[row["Currency"]] += rest; approved != inMinor(row["Charged so far"])+rest || rest <= 0 {
			m.t.Errorf("%s, %s: %d approved, %s charged so far, %d still to come", p.Name, row["Reference"], approved, row["Charged so far"], rest)
		}
	}
	maps.DeleteFunc(committed, func(_ string, sum int64) bool { return sum == 0 })
	if !maps.Equal(open, committed) {
		m.t.Errorf("%s: %v is committed, and %v still to come", p.Name, committed, open)
	}
	m.compareFlow(p, book)
}

// compareFlow holds the control totals of charges against the sheets that list them: each charge is on one of them, and once.
func (m *moneyYear) compareFlow(p report.Period, book []byte) {
	m.t.Helper()
	totals := storedTotals(m.t, book)
	for _, code := range []string{"CAD", "USD"} {
		closed, open := totals["Summary/minus: matched or set aside "+code], totals["Summary/gives: without approval at the end "+code]
		if matched := totals["Matched/Charged "+code]; !matched.Equal(closed) {
			m.t.Errorf("%s, %s: %s matched on the summary, %s on its sheet", p.Name, code, closed, matched)
		}
		if left := totals["Charges without approval/Charged "+code]; !left.Equal(open) {
			m.t.Errorf("%s, %s: %s without approval on the summary, %s on its sheet", p.Name, code, open, left)
		}
		if approved, off := totals["Matched/Approved "+code], totals["Matched/Difference "+code]; !approved.Add(off).Equal(sumIn(totals, "Matched/Charged "+code, book, m.t, code)) {
			m.t.Errorf("%s, %s: approved %s and a difference of %s are not what was charged", p.Name, code, approved, off)
		}
	}
}

// sumIn is what was charged of matches whose approval is in the charges' currency.
func sumIn(totals map[string]decimal.Decimal, total string, book []byte, t *testing.T, code string) decimal.Decimal {
	sum := totals[total]
	for _, row := range sheetRows(t, book, "Matched", "Reference") {
		if row["Currency"] == code && row["Approved"] == "" {
			sum = sum.Sub(decimal.RequireFromString(row["Charged"]))
		}
	}
	return sum
}

// compareGuardrails holds what guardrails see of a budget, as soon as the week was reported, against the model.
func (m *moneyYear) compareGuardrails(p report.Period) {
	m.t.Helper()
	year := report.FiscalYearOf(p.To, time.April)
	at, till := year.Bounds(m.zone)
	span := ledger.Span{From: year.From, To: year.To, At: at, Till: till}
	want := m.expect[p.Name]
	if err := m.record.View(m.t.Context(), func(tx *ledger.Tx) error {
		for _, code := range []string{"CAD", "USD"} {
			unapproved, err := tx.Charges.UnapprovedByCentre(m.t.Context(), span, code)
			if err != nil {
				return err
			}
			for _, centre := range moneyCentres {
				use, err := tx.Totals.CentreUse(m.t.Context(), ledger.CentreQuery{Key: request.CentreKey(centre), Currency: code, Year: span})
				if err != nil {
					return err
				}
				row := want[moneyKey{centre, code}]
				if use.Committed != row.committed || use.Spent != row.spent || unapproved[request.CentreKey(centre)] != row.unapproved {
					m.t.Errorf("after %s, %s in %s: guardrails see %+v and %d without approval, the workbook says %+v", p.Name, centre, code, use, unapproved[request.CentreKey(centre)], row)
				}
			}
		}
		return nil
	}); err != nil {
		m.t.Fatal(err)
	}
}

// inMinor is an amount of a sheet in minor units; nothing is zero.
func inMinor(cell string) int64 {
	d, _ := decimal.NewFromString(cell)
	return d.Shift(2).Round(0).IntPart()
}

// sheetRows reads a sheet's table, each row by its headings; the first column's heading is first.
func sheetRows(t *testing.T, data []byte, sheet, first string) (rows []map[string]string) {
	t.Helper()
	book, err := workbook.Open(context.Background(), data, workbook.DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range book.Sheets() {
		if s.Name != sheet {
			continue
		}
		var headings map[int]string
		if err := book.Rows(context.Background(), i, func(r *workbook.Row) error {
			cells := map[int]string{}
			for _, c := range r.Cells {
				cells[c.Col] = c.Value
			}
			switch {
			case headings == nil && cells[1] == first:
				headings = cells
			case headings != nil && cells[2] != "":
				row := map[string]string{}
				for col, heading := range headings {
					row[heading] = cells[col]
				}
				rows = append(rows, row)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	return rows
}
