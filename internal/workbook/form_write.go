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
	rows := []struct {
		row    int
		text   string
		style  int
		height float64
	}{
		{titleRow, f.label(formTitle), f.styles.title, 34},
		{subtitleRow, "", f.styles.subtitle, 20},
		{introRow, formIntro.In(f.Lang), f.styles.intro, 26},
		{f.headerRow - 1, formTableTitle.In(f.Lang), f.styles.section, 26},
	}
	if f.Policy != "" {
		rows[1].text = formVersion.In(f.Lang) + f.Policy
	}
	for _, r := range rows {
		if err := f.book.SetRowHeight(f.sheet, r.row, r.height); err != nil {
			return err
		}
		if err := f.paint(1, r.row, f.lastCol, r.row, r.style); err != nil {
			return err
		}
		if r.text == "" {
			continue
		}
		if err := f.put(1, r.row, r.text, r.style); err != nil {
			return err
		}
	}
	return nil
}

func (f *form) entryStyle(e entry) int {
	switch e.as {
	case request.MoneyKind:
		if e.info.Field == request.UnitPrice {
			return f.styles.price
		}
		return f.styles.money
	case request.NumberKind:
		return f.styles.count
	case request.DateKind:
		return f.styles.date
	case request.ChoiceKind:
		return f.styles.choice
	default:
		// Text: a business number or a cost centre keeps its leading zeros.
		return f.styles.text
	}
}

func (f *form) writeAbove() error {
	for row := aboveRow; row < f.headerRow-1; row++ {
		if err := f.book.SetRowHeight(f.sheet, row, aboveHeight); err != nil {
			return err
		}
	}
	for _, e := range f.above {
		if err := f.put(e.col-1, e.row, f.label(e.label), f.styles.label); err != nil {
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

// writePanel puts how to use the form, and what an approval is, right of the fields above the table.
func (f *form) writePanel() error {
	first, last := cellName(leastColumns+1, aboveRow), cellName(f.panelEnd(), f.headerRow-2)
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
	if err := f.book.MergeCell(f.sheet, first, last); err != nil {
		return err
	}
	if err := f.book.SetCellStyle(f.sheet, first, last, f.styles.panel); err != nil {
		return err
	}
	return f.book.SetCellRichText(f.sheet, first, runs)
}

// panelEnd is the last column of the panel: wide enough to read, not as wide as a form with every column.
func (f *form) panelEnd() int {
	width := 0.0
	for col := leastColumns + 1; col <= f.lastCol; col++ {
		if width += f.width(col); width >= panelWidth {
			return col
		}
	}
	return f.lastCol
}

// steps are the numbered steps in one language.
func (f *form) steps(l request.Lang) []string {
	to := f.MailTo
	if to == "" {
		to = howToInbox.In(l)
	}
	var list []string
	for _, s := range howToSteps {
		list = append(list, strings.ReplaceAll(s.In(l), "{to}", to))
	}
	return list
}

func (f *form) writeTable() error {
	if err := f.book.SetRowHeight(f.sheet, f.headerRow, headerHeight); err != nil {
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
	// Only the first column is frozen: freezing the header too would freeze everything above it, half of a small screen.
	entry := cellName(f.above[0].col, f.above[0].row)
	if err := f.book.SetPanes(f.sheet, &excelize.Panes{
		Freeze: true, XSplit: 1, TopLeftCell: "B1", ActivePane: "topRight",
		Selection: []excelize.Selection{{SQRef: entry, ActiveCell: entry, Pane: "topRight"}},
	}); err != nil {
		return err
	}
	header := strconv.Itoa(f.headerRow)
	if err := f.book.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: "'" + f.sheet + "'!$" + header + ":$" + header, Scope: f.sheet,
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

// dressSheet sets how a sheet is seen, printed (one page wide) and protected.
func (f *form) dressSheet(sheet, orientation string) error {
	if err := f.book.SetSheetView(sheet, 0, &excelize.ViewOptions{ShowGridLines: ptr(false), ZoomScale: ptr(100.0)}); err != nil {
		return err
	}
	if err := f.book.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: ptr(true)}); err != nil {
		return err
	}
	if err := f.book.SetPageLayout(sheet, &excelize.PageLayoutOptions{
		Orientation: &orientation, FitToWidth: ptr(1), FitToHeight: ptr(0), Size: ptr(letterPaper),
	}); err != nil {
		return err
	}
	if err := f.book.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{
		Left: ptr(0.4), Right: ptr(0.4), Top: ptr(0.5), Bottom: ptr(0.6),
	}); err != nil {
		return err
	}
	if err := f.book.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&9" + formTitle.In(f.Lang) + "&R&9&P / &N"}); err != nil {
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
