package workbook

import (
	"math"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

const letterPaper = 1

func (f *form) openSheets() error {
	if err := f.book.SetSheetName("Sheet1", f.sheet); err != nil {
		return err
	}
	if _, err := f.book.NewSheet(f.help); err != nil {
		return err
	}
	for col := 1; col <= f.lastCol; col++ {
		name, err := excelize.ColumnNumberToName(col)
		if err != nil {
			return err
		}
		if err := f.book.SetColWidth(f.sheet, name, name, f.width(col)); err != nil {
			return err
		}
	}
	// The ground reaches from the title to the table's header.
	return f.paint(1, titleRow, f.lastCol, f.headerRow-1, f.styles.ground)
}

func cellName(col, row int) string {
	name, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		panic(err) // columns and rows of the form come from its own layout
	}
	return name
}

func absolute(col, row int) string {
	name, err := excelize.CoordinatesToCellName(col, row, true)
	if err != nil {
		panic(err)
	}
	return name
}

func (f *form) paint(col, row, lastCol, lastRow, style int) error {
	return f.book.SetCellStyle(f.sheet, cellName(col, row), cellName(lastCol, lastRow), style)
}

// put writes a label or a sentence.
func (f *form) put(col, row int, text string, style int) error {
	cell := cellName(col, row)
	if err := f.book.SetCellStr(f.sheet, cell, text); err != nil {
		return err
	}
	return f.book.SetCellStyle(f.sheet, cell, cell, style)
}

func (f *form) writeHead() error {
	if err := f.book.SetRowHeight(f.sheet, titleRow, 22); err != nil {
		return err
	}
	if err := f.paint(1, titleRow, f.lastCol, titleRow, f.styles.title); err != nil {
		return err
	}
	if err := f.put(1, titleRow, f.label(formTitle), f.styles.title); err != nil {
		return err
	}
	if f.Policy != "" {
		if err := f.put(blocksAcross+1, titleRow, formVersion.In(f.Lang)+f.Policy, f.styles.subtitle); err != nil {
			return err
		}
	}
	return f.across(1, introRow, f.mailed(formIntro, f.Lang), f.styles.intro)
}

func (f *form) entryStyle(e entry) int {
	switch e.as {
	case request.MoneyKind:
		if e.info.Field == request.UnitPrice {
			return f.styles.price[e.mark]
		}
		return f.styles.money[e.mark]
	case request.NumberKind:
		return f.styles.count[e.mark]
	case request.DateKind:
		return f.styles.date[e.mark]
	case request.ChoiceKind:
		return f.styles.choice[e.mark]
	case request.EmailKind, request.URLKind: // whole, and smaller where it must be: an address has no place to break
		return f.styles.line[e.mark]
	default:
		// Text: a business number or a cost centre keeps its leading zeros.
		return f.styles.text[e.mark]
	}
}

const (
	formLineHeight = 13.0 // points of one line of 10 points
	leastBox       = 16.0
)

// writeAbove puts labels and boxes. Labels are in the form's language alone, so that the header of the table, which stays in
// view, leaves the screen to the lines. A row is as high as its longest label; what is typed shrinks to its box.
func (f *form) writeAbove() error {
	for _, e := range f.above {
		if n := lines(e.label.In(f.Lang), f.width(e.col-1)); n > 1 {
			if err := f.raise(e.row, formLineHeight*float64(n)+2); err != nil {
				return err
			}
		}
		if err := f.put(e.col-1, e.row, e.label.In(f.Lang), f.styles.label); err != nil {
			return err
		}
		if err := f.paint(e.col, e.row, e.col, e.row, f.entryStyle(e)); err != nil {
			return err
		}
		if e.preset == "" {
			continue
		}
		if err := f.book.SetCellStr(f.sheet, cellName(e.col, e.row), e.preset); err != nil {
			return err
		}
	}
	return nil
}

// raise gives a row a height in points, unless it is higher already.
func (f *form) raise(row int, points float64) error {
	at, err := f.book.GetRowHeight(f.sheet, row)
	if err != nil || at >= points {
		return err
	}
	return f.book.SetRowHeight(f.sheet, row, points)
}

// writeAttestation puts the statement right of its box.
func (f *form) writeAttestation() error {
	e := f.above[len(f.above)-1]
	if !e.attest {
		return nil
	}
	return f.across(e.col+1, e.row, f.Attestation.Text.In(f.Lang), f.styles.statement)
}

// across writes a sentence from a column to that of the total, as high as it needs to be.
func (f *form) across(col, row int, text string, style int) error {
	first, last := cellName(col, row), cellName(leastColumns+1, row)
	if err := f.book.MergeCell(f.sheet, first, last); err != nil {
		return err
	}
	width := 0.0
	for c := col; c <= leastColumns+1; c++ {
		width += f.width(c)
	}
	if err := f.raise(row, max(leastBox, formLineHeight*float64(lines(text, width*1.15))+2)); err != nil {
		return err
	}
	if err := f.book.SetCellStr(f.sheet, first, text); err != nil {
		return err
	}
	return f.book.SetCellStyle(f.sheet, first, last, style)
}

// writePanel puts how to use the form, and what an approval is, right of the fields above the table.
func (f *form) writePanel() error {
	first, last := cellName(leastColumns+2, aboveRow), cellName(f.panelEnd(), f.headerRow-1)
	bold := &excelize.Font{Bold: true, Size: 11, Color: formText, Family: "Calibri"}
	normal := &excelize.Font{Size: 10, Color: formText, Family: "Calibri"}
	runs := []excelize.RichTextRun{{Text: howToTitle.In(f.Lang), Font: bold}}
	for i, step := range f.steps(f.Lang) {
		runs = append(runs, excelize.RichTextRun{Text: "\n" + strconv.Itoa(i+1) + ". " + step, Font: normal})
	}
	if !f.Means.IsZero() {
		runs = append(runs, excelize.RichTextRun{Text: "\n" + approvalTitle.In(f.Lang), Font: bold},
			excelize.RichTextRun{Text: "\n" + f.Means.In(f.Lang), Font: normal})
	}
	if err := f.fitPanel(runs); err != nil {
		return err
	}
	if err := f.book.MergeCell(f.sheet, first, last); err != nil {
		return err
	}
	if err := f.book.SetCellStyle(f.sheet, first, last, f.styles.panel); err != nil {
		return err
	}
	return f.book.SetCellRichText(f.sheet, first, runs)
}

// fitPanel raises the rows above the table, all alike, where they are too low for the panel beside them.
func (f *form) fitPanel(runs []excelize.RichTextRun) error {
	width := 0.0
	for col := leastColumns + 2; col <= f.panelEnd(); col++ {
		width += f.width(col)
	}
	needed := 4.0
	for _, run := range runs {
		needed += formLineHeight * float64(lines(strings.TrimPrefix(run.Text, "\n"), width*1.1))
	}
	for row := aboveRow; row < f.headerRow; row++ {
		points, err := f.book.GetRowHeight(f.sheet, row)
		if err != nil {
			return err
		}
		needed -= points
	}
	if needed <= 0 {
		return nil
	}
	each := needed / float64(f.headerRow-aboveRow)
	for row := aboveRow; row < f.headerRow; row++ {
		points, err := f.book.GetRowHeight(f.sheet, row)
		if err == nil {
			err = f.raise(row, points+each)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// panelEnd is the last column of the panel: wide enough to read, not as wide as a form with every column.
func (f *form) panelEnd() int {
	width := 0.0
	for col := leastColumns + 2; col <= f.lastCol; col++ {
		if width += f.width(col); width >= panelWidth {
			return col
		}
	}
	return f.lastCol
}

// steps are the numbered steps in one language.
func (f *form) steps(l request.Lang) []string {
	var list []string
	for _, s := range howToSteps {
		list = append(list, f.mailed(s, l))
	}
	return list
}

// mailed says where the form goes, in a sentence about it.
func (f *form) mailed(sentence request.Text, l request.Lang) string {
	to := f.MailTo
	if to == "" {
		to = howToInbox.In(l)
	}
	return strings.ReplaceAll(sentence.In(l), "{to}", to)
}

func (f *form) writeTable() error {
	height := leastHeader
	for _, e := range f.columns {
		height = max(height, formLineHeight*float64(lines(f.label(e.label), f.width(e.col)))+4)
	}
	if err := f.book.SetRowHeight(f.sheet, f.headerRow, height); err != nil {
		return err
	}
	for _, e := range f.columns {
		if err := f.put(e.col, f.headerRow, f.label(e.label), f.styles.header); err != nil {
			return err
		}
		if err := f.paint(e.col, f.firstRow(), e.col, f.lastRow(), f.entryStyle(e)); err != nil {
			return err
		}
	}
	// No height of their own: rows grow with what is typed, and with what the answer writes beside them.
	return nil
}

// finish sets what belongs to the sheet and the document as a whole.
func (f *form) finish() error {
	if err := f.dressSheet(f.sheet, "landscape"); err != nil {
		return err
	}
	if err := f.dressSheet(f.help, "portrait"); err != nil {
		return err
	}
	// The header stays in view, and the title of the line that one writes in.
	entry := cellName(f.above[0].col, f.above[0].row)
	if err := f.book.SetPanes(f.sheet, &excelize.Panes{
		Freeze: true, XSplit: 1, YSplit: f.headerRow, TopLeftCell: cellName(2, f.firstRow()), ActivePane: "topRight",
		Selection: []excelize.Selection{{SQRef: entry, ActiveCell: entry, Pane: "topRight"}},
	}); err != nil {
		return err
	}
	if err := f.breakColumns(); err != nil {
		return err
	}
	header := strconv.Itoa(f.headerRow)
	if err := f.book.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: "'" + f.sheet + "'!$A:$A,'" + f.sheet + "'!$" + header + ":$" + header, Scope: f.sheet,
	}); err != nil {
		return err
	}
	language := "en-CA"
	if f.Lang == request.French {
		language = "fr-CA"
	}
	f.book.SetActiveSheet(0)
	return f.book.SetDocProps(&excelize.DocProperties{
		Title: f.label(formTitle), Subject: f.Policy, Creator: "Handrail", LastModifiedBy: "Handrail", Language: language,
	})
}

// printScale keeps the smallest text of the form, 10 points, at 8 on paper: what does not fit goes on another page.
const printScale = 80

// pageWidth is how many characters of width a letter page on its side holds at printScale, in a wide font.
const pageWidth = 132.0

// breakColumns begins another page where the columns pass the page's edge; the titles of the lines are on every page.
func (f *form) breakColumns() error {
	used := f.width(1)
	for col := 2; col <= f.lastCol; col++ {
		if used += f.width(col); used <= pageWidth {
			continue
		}
		if err := f.book.InsertPageBreak(f.sheet, cellName(col, 1)); err != nil {
			return err
		}
		used = f.width(1) + f.width(col)
	}
	return nil
}

// dressSheet sets how a sheet is seen, printed and protected.
func (f *form) dressSheet(sheet, orientation string) error {
	if err := f.book.SetSheetView(sheet, 0, &excelize.ViewOptions{ShowGridLines: ptr(false), ZoomScale: ptr(100.0)}); err != nil {
		return err
	}
	layout := &excelize.PageLayoutOptions{Orientation: &orientation, Size: ptr(letterPaper)}
	if sheet == f.sheet {
		layout.AdjustTo, layout.PageOrder = ptr(uint(printScale)), ptr("overThenDown")
	} else {
		if err := f.book.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: ptr(true)}); err != nil {
			return err
		}
		layout.FitToWidth, layout.FitToHeight = ptr(1), ptr(0)
	}
	if err := f.book.SetPageLayout(sheet, layout); err != nil {
		return err
	}
	if err := f.book.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{
		Left: ptr(0.3), Right: ptr(0.3), Top: ptr(0.4), Bottom: ptr(0.6),
	}); err != nil {
		return err
	}
	if err := f.book.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&10" + formTitle.In(f.Lang) + "&R&10&P / &N"}); err != nil {
		return err
	}
	// Without a password: the protection keeps labels from slips of the hand, it guards no secret.
	return f.book.ProtectSheet(sheet, &excelize.SheetProtectionOptions{
		SelectLockedCells: true, SelectUnlockedCells: true, FormatColumns: true, FormatRows: true, InsertRows: true, EditScenarios: true,
	})
}

func ptr[T any](v T) *T { return &v }

// lines is how many lines a text takes at a width in characters.
func lines(text string, width float64) int {
	n := 0
	for part := range strings.SplitSeq(text, "\n") {
		n += max(1, int(math.Ceil(float64(len([]rune(part)))/width)))
	}
	return n
}
