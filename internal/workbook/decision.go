package workbook

import (
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

// DecisionSheet is the workbook in which an officer decides: the escalated lines, and a decision and a reason column.
type DecisionSheet struct {
	Lang  request.Lang // of the words around the lines; UnknownLang: English
	Title string       // "HR-2026-000123, Amara Osei"
	Code  string       // the officer's code, as a cell shows it
	Lines []DecisionLine
}

// DecisionLine is one line to decide.
type DecisionLine struct {
	Number                     int // what the officer's mail calls it
	Reference, Title, Supplier string
	Amount                     *request.Money // nil: could not be read
	Why, Details               []string       // a sentence each, in the sheet's language
	NeedsReason                bool           // an approval must say why
}

// The columns of a decision sheet. What is answered stands beside what is asked, so that a phone shows both.
const (
	decideNumber = iota + 1
	decideTitle
	decideSupplier
	decideAmount
	decideDecision
	decideReason
	decideWhy
	decideDetails
	decideReference
	decideColumns = decideReference
)

// decideHeaders are the headers of those columns. Few of them are labels of the request form, on purpose: a decision
// sheet must never read as a request.
var decideHeaders = [decideColumns + 1]request.Text{
	decideNumber:    {EN: "Line", FR: "Ligne"},
	decideTitle:     {EN: "What", FR: "Objet"},
	decideSupplier:  {EN: "From whom", FR: "Auprès de"},
	decideAmount:    {EN: "Amount", FR: "Montant"},
	decideDecision:  {EN: "Decision", FR: "Décision"},
	decideReason:    {EN: "Reason", FR: "Motif"},
	decideWhy:       {EN: "Why it needs you", FR: "Pourquoi elle vous est soumise"},
	decideDetails:   {EN: "Details", FR: "Précisions"},
	decideReference: {EN: "Reference", FR: "Numéro de référence"},
}

var (
	decideSheetName = request.Text{EN: "Your decision", FR: "Votre décision"}
	decideCode      = request.Text{EN: "Code", FR: "Code"}
	decideHow       = request.Text{
		EN: "Choose Approve or Decline for each line, say why where a reason is needed, save, and reply to the mail with this workbook. What you leave empty stays open.",
		FR: "Choisissez Approuver ou Refuser pour chaque ligne, indiquez le motif lorsqu’il est nécessaire, enregistrez, puis répondez au courriel en joignant ce classeur. Ce que vous laissez vide reste ouvert."}
	decideApprove  = request.Text{EN: "Approve", FR: "Approuver"}
	decideDecline  = request.Text{EN: "Decline", FR: "Refuser"}
	decideChoose   = request.Text{EN: "Choose Approve or Decline, or leave it empty.", FR: "Choisissez Approuver ou Refuser, ou laissez la cellule vide."}
	decideSayWhy   = request.Text{EN: "Needed to decline.", FR: "Nécessaire pour refuser."}
	decideSayTwice = request.Text{EN: "Needed to approve and to decline.", FR: "Nécessaire pour approuver comme pour refuser."}
)

const (
	decideTitleRow  = 1
	decideHowRow    = 2
	decideCodeRow   = 3
	decideHeaderRow = 4
)

var decideWidths = [decideColumns + 1]float64{decideNumber: 9, decideTitle: 28, decideSupplier: 22, decideAmount: 16,
	decideDecision: 15, decideReason: 34, decideWhy: 52, decideDetails: 44, decideReference: 22}

// NewDecisionSheet writes the workbook. Only the decision and reason cells can be changed without lifting the sheet's
// protection, which guards no secret: ReadDecisions and its caller hold every other cell against the ledger.
func NewDecisionSheet(w io.Writer, d DecisionSheet) error {
	if d.Lang != request.French {
		d.Lang = request.English
	}
	book := excelize.NewFile()
	defer func() { _ = book.Close() }() // nothing was spilled to disk: the sheet is small
	s := &decisionSheet{DecisionSheet: d, quoted: map[int]int{}, form: &form{FormOptions: FormOptions{Lang: d.Lang}, book: book, sheet: decideSheetName.In(d.Lang)}}
	for _, step := range []func() error{s.form.makeStyles, s.makeStyles, s.writeHead, s.writeLines, s.addChecks, s.finish} {
		if err := step(); err != nil {
			return fmt.Errorf("write the decision sheet: %w", err)
		}
	}
	if err := book.Write(w); err != nil {
		return fmt.Errorf("write the decision sheet: %w", err)
	}
	return nil
}

type decisionSheet struct {
	DecisionSheet
	form               *form
	told, money, plain int         // styles of what is shown: text, amounts, and the quiet columns
	quoted             map[int]int // of a style, the same for texts that begin like a formula
}

func (s *decisionSheet) makeStyles() error {
	shown := func(horizontal, format string, size float64) (int, error) {
		return s.form.book.NewStyle(&excelize.Style{
			Font:         &excelize.Font{Size: size, Color: formText, Family: "Calibri"},
			Fill:         solid(formTint),
			Border:       boxed("C9D6DA"),
			Alignment:    &excelize.Alignment{Vertical: "top", Horizontal: horizontal, WrapText: true, Indent: indent(horizontal)},
			Protection:   &excelize.Protection{Locked: true},
			CustomNumFmt: &format,
		})
	}
	var err error
	if s.told, err = shown("left", textFormat, 11); err != nil {
		return err
	}
	if s.money, err = shown("right", moneyFormat, 11); err != nil {
		return err
	}
	s.plain, err = shown("left", textFormat, 10)
	return err
}

func (s *decisionSheet) writeHead() error {
	f := s.form
	if err := f.book.SetSheetName("Sheet1", f.sheet); err != nil {
		return err
	}
	for col := 1; col <= decideColumns; col++ {
		name, err := excelize.ColumnNumberToName(col)
		if err != nil {
			return err
		}
		if err := f.book.SetColWidth(f.sheet, name, name, decideWidths[col]); err != nil {
			return err
		}
	}
	if err := f.paint(1, decideTitleRow, decideColumns, decideTitleRow, f.styles.title); err != nil {
		return err
	}
	if err := f.paint(1, decideHowRow, decideColumns, decideCodeRow, f.styles.ground); err != nil {
		return err
	}
	for _, r := range []struct {
		row, col int
		text     string
		style    int
		height   float64
	}{
		{decideTitleRow, 1, decideSheetName.In(s.Lang) + " – " + s.Title, f.styles.title, 32},
		{decideHowRow, 1, decideHow.In(s.Lang), f.styles.panel, 36},
		{decideCodeRow, 1, decideCode.In(s.Lang), f.styles.label, 20},
		{decideCodeRow, 2, s.Code, f.styles.ground, 20},
	} {
		if err := f.book.SetRowHeight(f.sheet, r.row, r.height); err != nil {
			return err
		}
		if err := f.put(r.col, r.row, r.text, r.style); err != nil {
			return err
		}
	}
	// The sentence spans what a laptop shows at once.
	if err := f.book.MergeCell(f.sheet, cellName(1, decideHowRow), cellName(decideReason, decideHowRow)); err != nil {
		return err
	}
	for col := 1; col <= decideColumns; col++ {
		if err := f.put(col, decideHeaderRow, decideHeaders[col].In(s.Lang), f.styles.header); err != nil {
			return err
		}
	}
	return f.book.SetRowHeight(f.sheet, decideHeaderRow, 24)
}

func (s *decisionSheet) writeLines() error {
	f := s.form
	for i := range s.Lines {
		l, row := &s.Lines[i], decideHeaderRow+1+i
		texts := map[int]string{decideTitle: l.Title, decideSupplier: l.Supplier, decideWhy: strings.Join(l.Why, "\n"),
			decideDetails: strings.Join(l.Details, "\n"), decideReference: l.Reference}
		height := 1
		for col, text := range texts {
			style := s.told
			if col >= decideWhy {
				style = s.plain
			}
			if couldBeFormula(text) {
				style = s.typed(style)
			}
			if err := f.put(col, row, text, style); err != nil {
				return err
			}
			height = max(height, lines(text, decideWidths[col]-3))
		}
		if err := f.book.SetCellInt(f.sheet, cellName(decideNumber, row), int64(l.Number)); err != nil {
			return err
		}
		if err := s.writeAmount(row, l.Amount); err != nil {
			return err
		}
		for col, style := range map[int]int{decideNumber: s.told, decideAmount: s.money, decideDecision: f.styles.choice[unmarked], decideReason: f.styles.text[unmarked]} {
			if err := f.paint(col, row, col, row, style); err != nil {
				return err
			}
		}
		if err := f.book.SetRowHeight(f.sheet, row, min(400, max(34, 14.5*float64(height)+6))); err != nil {
			return err
		}
	}
	return nil
}

// typed is a style whose text stays text when somebody types it again, as after an apostrophe. excelize has no word for
// it, and would take two styles that differ in nothing else for one.
func (s *decisionSheet) typed(style int) int {
	if at, ok := s.quoted[style]; ok {
		return at
	}
	list, yes := s.form.book.Styles.CellXfs, true
	xf := list.Xf[style]
	xf.QuotePrefix = &yes
	list.Xf = append(list.Xf, xf)
	list.Count = len(list.Xf)
	s.quoted[style] = list.Count - 1
	return list.Count - 1
}

func (s *decisionSheet) writeAmount(row int, m *request.Money) error {
	cell := cellName(decideAmount, row)
	if m == nil {
		return s.form.book.SetCellStr(s.form.sheet, cell, "–")
	}
	amount, _ := m.Amount.Float64() // a sum of money has fewer digits than a double keeps
	return s.form.book.SetCellFloat(s.form.sheet, cell, amount, -1, 64)
}

func (s *decisionSheet) addChecks() error {
	f := s.form
	for i := range s.Lines {
		row := decideHeaderRow + 1 + i
		decision := excelize.NewDataValidation(true)
		decision.SetSqref(cellName(decideDecision, row))
		decision.SetInput(decideHeaders[decideDecision].In(s.Lang), decideChoose.In(s.Lang))
		decision.SetError(excelize.DataValidationErrorStyleStop, decideHeaders[decideDecision].In(s.Lang), decideChoose.In(s.Lang))
		if err := decision.SetDropList([]string{decideApprove.In(s.Lang), decideDecline.In(s.Lang)}); err != nil {
			return err
		}
		reason := excelize.NewDataValidation(true)
		reason.SetSqref(cellName(decideReason, row))
		help := decideSayWhy
		if s.Lines[i].NeedsReason {
			help = decideSayTwice
		}
		reason.SetInput(decideHeaders[decideReason].In(s.Lang), help.In(s.Lang))
		for _, v := range []*excelize.DataValidation{decision, reason} {
			if err := f.book.AddDataValidation(f.sheet, v); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *decisionSheet) finish() error {
	f := s.form
	if err := f.dressSheet(f.sheet, "landscape"); err != nil {
		return err
	}
	first := cellName(decideDecision, decideHeaderRow+1)
	if err := f.book.SetPanes(f.sheet, &excelize.Panes{
		Freeze: true, XSplit: 1, TopLeftCell: "B1", ActivePane: "topRight",
		Selection: []excelize.Selection{{SQRef: first, ActiveCell: first, Pane: "topRight"}},
	}); err != nil {
		return err
	}
	if err := f.book.SetHeaderFooter(f.sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&9Handrail&R&9&P / &N"}); err != nil {
		return err
	}
	language := "en-CA"
	if s.Lang == request.French {
		language = "fr-CA"
	}
	return f.book.SetDocProps(&excelize.DocProperties{Title: decideSheetName.In(s.Lang), Creator: "Handrail", LastModifiedBy: "Handrail", Language: language})
}
