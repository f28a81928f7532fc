package report

import (
	"cmp"
	"strings"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// chartRange is a run of cells in one column, or in one row: categories or values.
type chartRange struct {
	sheet       string
	col         int
	first, last int // rows
	lastCol     int // of a run in the row first; 0 for a column
}

func (r chartRange) String() string {
	if r.lastCol == 0 {
		return columnRange(r.sheet, r.col, r.first, r.last)
	}
	absolute := func(col int) string {
		return strings.ReplaceAll(cellName(col, r.first), workbook.Column(col), "$"+workbook.Column(col)+"$")
	}
	if r.lastCol == r.col {
		return quoted(r.sheet) + "!" + absolute(r.col)
	}
	return quoted(r.sheet) + "!" + absolute(r.col) + ":" + absolute(r.lastCol)
}

// picture is a chart: one looks at it, the figures stand in the cells.
type picture struct {
	kind       excelize.ChartType
	heading    request.Text
	categories chartRange
	series     []chartSeries
	money      bool // values are amounts, shown without cents
	width      int  // in pixels; 0: pictureWidth
	bare       bool // an axis says the values, not a figure at each
}

// chartSeries is one row of bars. Its name is a cell: the library writes it as a reference whatever it is.
type chartSeries struct {
	name, values chartRange
	colour       string
}

// Sizes of pictures in pixels. Two stand side by side on the summary.
const (
	pictureWidth  = 480
	pictureBase   = 90
	pictureBar    = 26
	rowPixels     = 20
	chartedGroups = 8 // bars of a chart of groups at most
)

func pictureHeight(bars int) int { return pictureBase + pictureBar*bars }

// chart puts a picture at a cell.
func (b *book) chart(sheet, cell string, c picture, height int) {
	plain := excelize.Font{Size: 10, Color: black, Family: "Calibri"}
	ticks := excelize.Font{Size: 8, Color: black, Family: "Calibri"} // amounts stand side by side
	chart := &excelize.Chart{
		Type:       c.kind,
		Title:      excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: b.say(c.heading), Font: &excelize.Font{Size: 12, Bold: true, Color: black, Family: "Calibri"}}}},
		Legend:     excelize.ChartLegend{Position: "none"},
		PlotArea:   excelize.ChartPlotArea{ShowVal: len(c.series) == 1 && !c.bare},
		XAxis:      excelize.ChartAxis{ReverseOrder: c.kind != excelize.Col && c.kind != excelize.ColStacked, Font: plain, TickLabelPosition: excelize.ChartTickLabelLow},
		YAxis:      excelize.ChartAxis{None: len(c.series) == 1 && !c.bare, Font: ticks, Minimum: ptr(0.0)},
		Dimension:  excelize.ChartDimension{Width: uint(cmp.Or(c.width, pictureWidth)), Height: uint(height)},
		Format:     excelize.GraphicOptions{AltText: b.say(c.heading), Positioning: "oneCell"},
		VaryColors: ptr(false),
	}
	if c.money {
		whole := excelize.ChartNumFmt{CustomNumFmt: b.localised("#,##0")}
		chart.PlotArea.NumFmt, chart.YAxis.NumFmt = whole, whole
	}
	if len(c.series) > 1 {
		chart.Legend = excelize.ChartLegend{Position: "bottom", Font: &plain}
	}
	for _, s := range c.series {
		chart.Series = append(chart.Series, excelize.ChartSeries{Name: s.name.String(), Categories: c.categories.String(), Values: s.values.String(),
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{s.colour}}})
	}
	b.check(b.file.AddChart(sheet, cell, chart))
}

// pictures puts up to two pictures side by side and leaves the rows they cover.
func (p *sheetWriter) pictures(s *page, height int, left, right *picture) {
	if p.err != nil {
		return
	}
	for i, c := range []*picture{left, right} {
		if c != nil {
			p.chart(s.name, cellName([]int{1, 4}[i], s.row), *c, height)
		}
	}
	s.skip(height/rowPixels + 2)
}

// decisionPictures are decisions by outcome, and the cost centres that spend most, in the policy's currency. outcomes are
// the rows of the summary with its outcomes.
func (p *sheetWriter) decisionPictures(s *page, first, last int) {
	c := &p.sheets[p.centres]
	left := &picture{kind: excelize.Bar, heading: outcomeSection, categories: chartRange{sheet: s.name, col: 1, first: first, last: last},
		series: []chartSeries{{oneCell(s.name, 3, first-1), chartRange{sheet: s.name, col: 3, first: first, last: last}, dark}}}
	n := min(c.tallies[p.Currency], chartedGroups)
	var right *picture
	if n > 0 {
		right = &picture{kind: excelize.Bar, heading: request.Text{EN: "Approved, by cost centre, " + p.Currency, FR: "Approuvé, par centre de coûts, " + p.Currency}, money: true,
			categories: chartRange{sheet: c.name, col: 1, first: c.first, last: c.first + n - 1},
			series:     []chartSeries{{c.headOf(groupApproved), c.column(groupApproved, n), dark}}}
	}
	p.pictures(s, pictureHeight(max(n, last-first+1)), left, right)
}

// cardPictures are budgets with what is used of them, and the age of approvals without a charge, in the policy's currency.
func (p *sheetWriter) cardPictures(s *page) {
	var left, right *picture
	bars := 3
	if p.commitments >= 0 {
		c := &p.sheets[p.commitments]
		if n := min(c.tallies[p.Currency], chartedGroups); n > 0 {
			bars = max(bars, n)
			left = &picture{kind: excelize.BarStacked, heading: request.Text{EN: "Budgets and what is used of them, " + p.Currency, FR: "Budgets et utilisation, " + p.Currency}, money: true,
				categories: chartRange{sheet: c.name, col: 1, first: c.first, last: c.first + n - 1}}
			for _, part := range []struct {
				col    int
				colour string
			}{{budgetSpent, dark}, {budgetUnapproved, alert}, {budgetCommitted, "6FA3B3"}, {budgetFree, "DCE7EA"}} {
				left.series = append(left.series, chartSeries{c.headOf(part.col), c.column(part.col, n), part.colour})
			}
		}
	}
	if p.uncharged >= 0 {
		c := &p.sheets[p.uncharged]
		if len(c.codes) > 0 && c.codes[0] == p.Currency {
			at, to := firstAge+1, firstAge+len(ages)
			right = &picture{kind: excelize.Col, heading: request.Text{EN: "Approvals without a charge, " + p.Currency, FR: "Approbations sans achat, " + p.Currency}, money: true,
				categories: chartRange{sheet: c.name, col: at, lastCol: to, first: c.header},
				series:     []chartSeries{{oneCell(c.name, 1, c.totals), chartRange{sheet: c.name, col: at, lastCol: to, first: c.totals}, dark}}}
		}
	}
	if left == nil && right == nil {
		return
	}
	if left == nil {
		left, right = right, nil
	}
	p.pictures(s, pictureHeight(bars+2), left, right)
}

func oneCell(sheet string, col, row int) chartRange {
	return chartRange{sheet: sheet, col: col, lastCol: col, first: row}
}

// headOf is the heading of a table's column.
func (p *placed) headOf(col int) chartRange { return oneCell(p.name, col+1, p.header) }

// column is the first n cells of a table's column, as a run for a chart.
func (p *placed) column(col, n int) chartRange {
	return chartRange{sheet: p.name, col: col + 1, first: p.first, last: p.first + n - 1}
}
