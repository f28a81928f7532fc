package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// page is one sheet being streamed, from its first row to its last.
type page struct {
	*book
	name    string
	stream  *excelize.StreamWriter
	row     int // the row that comes next
	width   int // columns
	widths  []float64
	letters []string // of the columns
}

// layout is how a sheet is seen and printed.
type layout struct {
	widths    []float64
	freezeRow int // rows above stay in view; 0 for none
	freezeCol int
	repeat    int // this row is printed on every page; 0 for none
	portrait  bool
}

// Paper sizes as .xlsx numbers them; wide tables get wider paper, so that one page across stays readable.
const (
	letterPaper  = 1
	tabloidPaper = 3
	legalPaper   = 5
)

func (l layout) paper() int {
	switch total := l.total() / float64(l.across()); {
	case total > 230:
		return tabloidPaper
	case total > 170:
		return legalPaper
	}
	return letterPaper
}

func (l layout) total() float64 {
	total := 0.0
	for _, w := range l.widths {
		total += w
	}
	return total
}

// across is how many pages a sheet is wide: very wide ones take two, with their first column repeated, because on one
// nobody could read them.
func (l layout) across() int {
	if l.total() > 280 {
		return 2
	}
	return 1
}

// open begins a sheet. Sheets come in the order they are opened.
func (b *book) open(name string, l layout) *page {
	p := &page{book: b, name: name, row: 1, width: len(l.widths), widths: l.widths}
	for i := range l.widths {
		p.letters = append(p.letters, workbook.Column(i+1))
	}
	if b.err != nil {
		return p
	}
	if b.sheets++; b.sheets == 1 {
		b.fail(b.file.SetSheetName("Sheet1", name))
	} else if _, err := b.file.NewSheet(name); err != nil {
		b.fail(err)
	}
	b.dress(name, l)
	if b.err != nil {
		return p
	}
	var err error
	if p.stream, err = b.file.NewStreamWriter(name); err != nil {
		b.fail(err)
		return p
	}
	// From the last to the first: the library writes them in the opposite order, and Excel wants them ascending.
	for i := len(l.widths) - 1; i >= 0; i-- {
		b.check(p.stream.SetColWidth(i+1, i+1, l.widths[i]))
	}
	if l.freezeRow > 0 || l.freezeCol > 0 {
		corner := cellName(l.freezeCol+1, l.freezeRow+1)
		pane := "bottomRight"
		switch {
		case l.freezeCol == 0:
			pane = "bottomLeft"
		case l.freezeRow == 0:
			pane = "topRight"
		}
		b.check(p.stream.SetPanes(&excelize.Panes{Freeze: true, XSplit: l.freezeCol, YSplit: l.freezeRow, TopLeftCell: corner, ActivePane: pane,
			Selection: []excelize.Selection{{SQRef: corner, ActiveCell: corner, Pane: pane}}}))
	}
	return p
}

func (b *book) check(err error) {
	if err != nil {
		b.fail(err)
	}
}

// dress sets the print layout; it must come before the stream begins.
func (b *book) dress(name string, l layout) {
	orientation := "landscape"
	if l.portrait {
		orientation = "portrait"
	}
	steps := []error{
		b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: ptr(true)}),
		b.file.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: ptr(false)}),
		b.file.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &orientation, FitToWidth: ptr(l.across()), FitToHeight: ptr(0), Size: ptr(l.paper())}),
		b.file.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: ptr(0.4), Right: ptr(0.4), Top: ptr(0.5), Bottom: ptr(0.6)}),
		b.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&L&9" + escapeFooter(b.footer) + "&C&9&A&R&9&P / &N"}),
	}
	for _, err := range steps {
		b.check(err)
	}
	if l.repeat > 0 {
		row := strconv.Itoa(l.repeat)
		titles := quoted(name) + "!$" + row + ":$" + row
		if l.across() > 1 {
			titles = quoted(name) + "!$A:$A," + titles
		}
		b.check(b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: titles, Scope: name}))
	}
}

func quoted(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }

func escapeFooter(s string) string { return strings.ReplaceAll(s, "&", "&&") }

func ptr[T any](v T) *T { return &v }

const lineHeight = 15.0

// fit is how high a row must be for its wrapped text; 0 when one line is enough. No program measures rows by itself
// when it opens a file that gives no heights.
func (p *page) fit(cells []excelize.Cell) float64 {
	most := 1
	for i, c := range cells {
		if i >= len(p.widths) || !p.wraps[c.StyleID] {
			continue
		}
		if s, ok := c.Value.(string); ok && float64(len(s)) > p.widths[i]-2 {
			most = max(most, wrappedLines(s, p.widths[i]-2))
		}
	}
	if most == 1 {
		return 0
	}
	return lineHeight * float64(min(most, 20))
}

// put writes one row of finished cells and moves on; without a height it gets the one its text needs.
func (p *page) put(height float64, cells ...excelize.Cell) {
	if p.err != nil {
		return
	}
	if height == 0 {
		height = p.fit(cells)
	}
	var opts []excelize.RowOpts
	if height > 0 {
		opts = append(opts, excelize.RowOpts{Height: height})
	}
	values := make([]any, len(cells))
	for i, c := range cells {
		values[i] = c
	}
	p.check(p.stream.SetRow("A"+strconv.Itoa(p.row), values, opts...))
	p.row++
}

// skip leaves n rows empty.
func (p *page) skip(n int) { p.row += n }

// band writes one text in a look that fills the whole width.
func (p *page) band(height float64, s string, l cellStyle) {
	cells := make([]excelize.Cell, p.width)
	for i := range cells {
		cells[i].StyleID = p.style(l)
	}
	cells[0] = p.cell(s, l)
	p.put(height, cells...)
}

// head writes title and subtitle.
func (p *page) head(heading, under string) {
	p.band(30, heading, cellStyle{kind: title, bare: true})
	p.band(18, under, cellStyle{kind: subtitle, bare: true})
}

// section writes a heading line over a block.
func (p *page) section(t request.Text) { p.band(22, p.say(t), cellStyle{kind: heading}) }

// paragraph writes text over the whole width, merged so that it wraps.
func (p *page) paragraph(s string, k kind) {
	total := 0.0
	for _, w := range p.widths {
		total += w
	}
	row := p.row
	p.band(15.5*float64(wrappedLines(s, total)), s, cellStyle{kind: k, bare: true})
	if p.err == nil && p.width > 1 {
		p.check(p.stream.MergeCell(cellName(1, row), cellName(p.width, row)))
	}
}

func wrappedLines(s string, width float64) int {
	n := 0
	for part := range strings.SplitSeq(s, "\n") {
		n += 1 + int(float64(utf8.RuneCountInString(part))/width)
	}
	return n
}

// close ends the sheet.
func (p *page) close() {
	if p.err != nil {
		return
	}
	if err := p.stream.Flush(); err != nil {
		p.fail(fmt.Errorf("sheet %q: %w", p.name, err))
	}
}
