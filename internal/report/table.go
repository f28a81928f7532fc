package report

import (
	"fmt"
	"iter"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// column is one column of a table.
type column struct {
	head  request.Text
	width float64
	kind  kind
	sum   bool // amounts are added up per currency above the table
}

// table is a sheet with one real Excel table: title, totals per currency, header, rows. Rows are walked twice, once to
// add up and once to write, so that a hundred thousand of them never stand in memory as cells.
type table struct {
	name, id string // of the sheet; of the Excel table
	title    request.Text
	note     request.Text
	columns  []column
	currency int // the column (from 0) that holds the currency of the sums; -1 without sums
	rows     iter.Seq[[]any]
	empty    request.Text // said in the first cell when there is no row
}

// placed is where a table's parts stand, known before anything is written.
type placed struct {
	table
	header, first, last int // rows; last is first when the table is empty
	totals              int // the row of the first currency's totals
	count               int
	sums                map[string][]decimal.Decimal // currency -> per column
	tallies             map[string]int
	codes               []string
	shown               map[string]bool // currencies that any cell is in
}

const (
	headRows    = 2
	mostRows    = 1_048_576
	maxRowsText = "the sheet %q would have %d rows, an Excel sheet has %d: choose a shorter period"
)

// place adds up a table and decides where it stands.
func place(t table, main string) placed {
	p := placed{table: t, sums: map[string][]decimal.Decimal{}, tallies: map[string]int{}, shown: map[string]bool{}}
	for row := range t.rows {
		p.count++
		for _, v := range row {
			if m, ok := v.(request.Money); ok && m.Currency != "" {
				p.shown[m.Currency] = true
			}
		}
		if t.currency < 0 {
			continue
		}
		code, _ := row[t.currency].(string)
		if code == "" {
			continue
		}
		p.tallies[code]++
		sums := p.sums[code]
		if sums == nil {
			sums = make([]decimal.Decimal, len(t.columns))
			p.sums[code] = sums
		}
		for i, c := range t.columns {
			if m, ok := row[i].(request.Money); ok && c.sum && m.Currency == code {
				sums[i] = sums[i].Add(m.Amount)
			}
		}
	}
	p.codes = reconcile.Currencies(p.sums, main)
	p.totals = headRows + 1
	if !t.note.IsZero() {
		p.totals++
	}
	p.header = p.totals + len(p.codes) + 1
	p.first = p.header + 1
	p.last = max(p.first, p.header+p.count)
	return p
}

// at is the absolute range of a column's cells, for formulas elsewhere.
func (p *placed) at(col int) string { return columnRange(p.name, col+1, p.first, p.last) }

// total is the exact sum of a column in a currency.
func (p *placed) total(code string, col int) decimal.Decimal {
	if sums := p.sums[code]; sums != nil {
		return sums[col]
	}
	return decimal.Zero
}

// write lays out the sheet and leaves its rows to the end.
func (b *book) write(p placed, under string) {
	if p.last > mostRows {
		b.fail(fmt.Errorf(maxRowsText, p.name, p.last, mostRows))
		return
	}
	l := layout{freezeRow: p.header, freezeCol: 1, repeat: p.header}
	for _, c := range p.columns {
		l.widths = append(l.widths, c.width)
	}
	s := b.open(p.name, l)
	s.head(b.say(p.title), under)
	if !p.note.IsZero() {
		s.band(0, b.say(p.note), cellStyle{kind: aside, bare: true})
		s.row = headRows + 2
	}
	for _, code := range p.codes {
		s.totals(&p, code)
	}
	s.skip(1)
	heads := make([]excelize.Cell, len(p.columns))
	for i, c := range p.columns {
		heads[i] = b.cell(b.say(c.head), cellStyle{kind: headKind(c.kind)})
	}
	s.put(32, heads...)
	s.tableRows(&p)
	if b.err == nil {
		b.check(s.stream.AddTable(&excelize.Table{
			Range: cellName(1, p.header) + ":" + cellName(len(p.columns), p.last), Name: p.id, StyleName: "TableStyleLight1", ShowRowStripes: ptr(false),
		}))
	}
	s.close()
}

// headKind puts the heading of figures over the figures.
func headKind(k kind) kind {
	switch k {
	case count, amount, duration, percent, hours:
		return headerRight
	}
	return header
}

// totals writes one currency's totals: formulas over the table, with the exact sums as their stored values.
func (s *page) totals(p *placed, code string) {
	cells := make([]excelize.Cell, len(p.columns))
	codes := fmt.Sprintf("$%s$%d:$%s$%d", workbook.Column(p.currency+1), p.first, workbook.Column(p.currency+1), p.last)
	for i, c := range p.columns {
		cells[i].StyleID = s.style(cellStyle{strong: true})
		if !c.sum {
			continue
		}
		name := workbook.Column(i + 1)
		sum := request.Money{Amount: p.total(code, i), Currency: code}
		places, _ := request.MinorDigits(code)
		// Rounded, because a sum of doubles drifts by less than a cent and an exact sum does not.
		cells[i] = s.cell(formula{fmt.Sprintf(`ROUND(SUMIFS(%s$%d:%s$%d,%s,"%s"),%d)`, name, p.first, name, p.last, codes, code, places), sum},
			cellStyle{kind: amount, strong: true})
	}
	cells[0] = s.cell(s.say(request.Text{EN: "Total ", FR: "Total "})+code, cellStyle{strong: true})
	if len(p.columns) > 1 && !p.columns[1].sum && p.currency != 1 {
		cells[1] = s.cell(formula{fmt.Sprintf(`COUNTIF(%s,"%s")`, codes, code), p.tallies[code]}, cellStyle{kind: rowCount, strong: true})
	}
	s.put(0, cells...)
}

// tableRows writes the rows; an empty table gets one row that says so, for a table needs one.
func (s *page) tableRows(p *placed) {
	if p.count > 0 {
		s.later(p)
		return
	}
	cells := make([]excelize.Cell, len(p.columns))
	for i := range cells {
		cells[i].StyleID = s.style(cellStyle{})
	}
	cells[0] = s.cell(s.say(p.empty), cellStyle{kind: text})
	s.put(0, cells...)
}
