package batch_test

import (
	"bytes"
	"context"
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
			m := &moneyYear{expect: map[string]map[moneyKey]moneyRow{}}
			m.ledgerWeeks = ledgerWeeks{t: t, r: rand.New(rand.NewPCG(seed, 25)), policy: policy, zone: zone, start: time.Date(2027, 3, 1, 14, 0, 0, 0, time.UTC)}
			m.record, err = ledgertest.Open(t, ledger.Config{URL: filepath.Join(t.TempDir(), "l.db")})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = m.record.Close() }()
			m.prepare()
			for _, name := range []string{"2027-W09", "2027-W10", "2027-W11", "2027-W12", "2027-W13a", "2027-W13b", "2027-W14", "2027-W15"} {
				period, err := report.ParsePeriod(name, time.April)
				if err != nil {
					t.Fatal(err)
				}
				m.play(period)
			}
			for _, p := range m.played { // what was reported once is what a further edition says
				m.compareSheets(p, m.build(p, 9, false), m.expect[p.Name])
			}
			if m.compared < 200 {
				t.Errorf("only %d sums that are not zero were compared", m.compared)
			}
		})
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

// approve adds lines on the week's first day, each with a supplier of its own, and plans their charges.
func (m *moneyYear) approve(p report.Period) {
	m.now = p.From.Time(m.zone).Add(10 * time.Hour)
	m.update(func(ctx context.Context, tx *ledger.Tx) error {
		lines, err := addRequest(ctx, tx, m.policy, m.now, 20*m.requests, 8, func(a *judgement.Assessed) {
			v := &a.Facts.Line.Values
			total := request.FromMinor(int64(20_000+m.r.IntN(900_000)), "CAD").Amount
			v[request.Total].Number, v[request.Net].Number, v[request.Tax] = total, total, request.Value{}
			v[request.CostCentre].Text = moneyCentres[m.r.IntN(3)]
			v[request.Supplier].Text, v[request.SupplierID] = m.word()+" "+m.word()+" Ltd.", request.Value{}
			if m.r.IntN(4) == 0 {
				v[request.Currency] = request.Value{Text: "USD", Cell: "O12", Given: true}
			}
		})
		m.requests++
		if err == nil { // a department with budgets counts lines by their cost centres
			_, err = tx.Totals.Rekey(ctx, lines[0].ID-1, len(lines), func(l *ledger.Line) []string { return append(l.Keys, request.CentreKey(l.CostCentre)) })
		}
		for i := range lines {
			l := &moneyLine{NewLine: lines[i], on: p.From}
			m.lines = append(m.lines, l)
			m.plan(l)
		}
		return err
	})
}

// word is a name that no other one is like.
func (m *moneyYear) word() string {
	b := make([]byte, 9)
	for i := range b {
		b[i] = "abcdefghijklmnopqrstuvwxyz"[m.r.IntN(26)]
	}
	return strings.ToUpper(string(b[:1])) + string(b[1:])
}

// plan says how a line is charged, over the weeks that follow.
func (m *moneyYear) plan(l *moneyLine) {
	slack := min(2500, l.Amount/100)
	var parts []int64
	switch m.r.IntN(9) {
	case 0: // never
	case 1, 2:
		parts = []int64{l.Amount}
	case 3: // within tolerance
		parts = []int64{l.Amount + m.r.Int64N(2*slack) - slack}
	case 4: // beyond it
		parts = []int64{l.Amount + slack + 1 + m.r.Int64N(20_000)}
	case 5, 6: // in parts, that come to it or not
		rest := l.Amount
		for n := 2 + m.r.IntN(5); n > 1; n-- {
			part := rest/int64(n) - m.r.Int64N(rest/int64(4*n)) - 1
			parts, rest = append(parts, part), rest-part
		}
		if m.r.IntN(2) == 0 {
			parts = append(parts, rest-m.r.Int64N(3)) // a cent or two of rounding
		}
	case 7: // in parts, the last one beyond, and one after it
		parts = []int64{l.Amount / 3, l.Amount - l.Amount/3 + slack + 700, l.Amount/5 + 11}
	case 8: // given back, all or some of it
		parts = []int64{l.Amount, -l.Amount / (1 + m.r.Int64N(3))}
	}
	day := l.on.AddDays(1 + m.r.IntN(5))
	lag, converted := m.r.IntN(2), l.Currency == "USD" && m.r.IntN(2) == 0
	for _, part := range parts {
		c := moneyCharge{line: l, minor: part, inLine: part, late: m.r.IntN(6) == 0}
		amount, original := request.FromMinor(part, l.Currency), request.Money{}
		if converted {
			original, c.minor = amount, part*137/100
			amount = request.FromMinor(c.minor, "CAD")
		}
		c.Charge = statement.Charge{Transacted: day, Posted: day.AddDays(lag), Merchant: strings.ToUpper(strings.TrimSuffix(l.Supplier, " Ltd.")), Amount: amount, Original: original,
			Card: []string{"4242", "1111"}[m.r.IntN(2)], CostCentre: moneyCentres[m.r.IntN(3)], Reference: l.Reference}
		if part < 0 {
			c.Kind, c.Card = statement.Refund, m.due[len(m.due)-1].Card
		}
		m.due = append(m.due, c)
		day = day.AddDays(2 + m.r.IntN(13))
	}
}

// strangers are rows that belong to no line: purchases that nobody knows, and payments to the card, which touch no budget.
func (m *moneyYear) strangers(p report.Period) {
	for i := range 5 {
		day := p.From.AddDays(m.r.IntN(p.From.DaysUntil(p.To) + 1))
		c := moneyCharge{minor: 1_000 + m.r.Int64N(9_000), late: m.r.IntN(6) == 0}
		c.Charge = statement.Charge{Transacted: day, Posted: day, Merchant: strings.ToUpper(m.word()), Card: "4242", CostCentre: []string{"", "1234", "77-A"}[m.r.IntN(3)]}
		if i == 0 {
			c.minor, c.Kind, c.Merchant = -500_000, statement.Payment, "PAYMENT THANK YOU"
		}
		c.Amount = request.FromMinor(c.minor, []string{"CAD", "CAD", "USD"}[m.r.IntN(3)])
		m.due = append(m.due, c)
	}
}

// statements mails in what was posted by the week's end, and answers what comes late.
func (m *moneyYear) statements(p report.Period) (late []moneyCharge) {
	var now, later []moneyCharge
	for _, c := range m.due {
		switch {
		case c.Posted.After(p.To):
			later = append(later, c)
		case c.late && !slices.ContainsFunc(now, func(x moneyCharge) bool { return c.line != nil && x.line == c.line }):
			late = append(late, c)
		case slices.ContainsFunc(late, func(x moneyCharge) bool { return c.line != nil && x.line == c.line }):
			late = append(late, c) // a card's charges come in their order
		default:
			now = append(now, c)
		}
	}
	m.due = later
	m.mailIn(now)
	return late
}

func (m *moneyYear) mailIn(list []moneyCharge) {
	m.file++
	charges := make([]statement.Charge, len(list))
	for i := range list {
		c := &list[i].Charge
		c.Statement, c.Row, c.Fingerprint, c.Occurrence = fmt.Sprintf("%d.csv", m.file), i+2, fmt.Sprintf("%08x%024x", m.file, m.r.Uint64()), 1
		charges[i] = *c
	}
	rows, err := finance.LedgerCharges(charges)
	if err != nil {
		m.t.Fatal(err)
	}
	m.update(func(ctx context.Context, tx *ledger.Tx) error {
		_, _, err := tx.Charges.AddStatement(ctx, m.now, ledger.Statement{SHA256: ledger.DigestOf(fmt.Appendf(nil, "%d", m.file)), FileName: charges[0].Statement}, rows)
		return err
	})
	m.counted = append(m.counted, list...)
}

// closeSome closes lines of which something is still to come.
func (m *moneyYear) closeSome(to time.Time) {
	for _, l := range m.lines {
		if l.closed || m.r.IntN(25) > 0 {
			continue
		}
		l.closed = true
		m.update(func(ctx context.Context, tx *ledger.Tx) error {
			won, err := tx.Lines.Close(ctx, to.Add(-time.Minute), ledger.Closing{Line: l.ID, By: testFinance, Reason: "no more", Message: 1})
			if err == nil && !won {
				err = fmt.Errorf("line %s was not closed", l.Reference)
			}
			return err
		})
	}
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
