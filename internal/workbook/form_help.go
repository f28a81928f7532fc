package workbook

import (
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

const (
	helpWidth  = 78.0 // characters: the text of one printed page, upright
	helpLine   = 15.5
	helpIndent = "    "
)

// helpWriter writes the second sheet: everything the form says, in both languages, as plain reading text in one column,
// for those who do not see input messages or cell patterns. A label never has a cell of its own there, or the sheet
// would itself read as a form.
type helpWriter struct {
	f    *form
	row  int
	errs error
}

func (f *form) writeHelp() error {
	if err := f.book.SetColWidth(f.help, "A", "A", helpWidth); err != nil {
		return err
	}
	w := &helpWriter{f: f}
	for i, l := range f.Languages.Ordered(f.Lang) {
		switch {
		case i == 0 && !f.Languages.Single():
			w.say(otherLanguage.In(l), f.styles.helpText)
		case i > 0:
			w.say("", f.styles.helpText)
			if w.errs == nil { // each language begins a page of its own
				w.errs = f.book.InsertPageBreak(f.help, "A"+strconv.Itoa(w.row+1))
			}
		}
		w.language(l)
	}
	return w.errs
}

func (w *helpWriter) say(text string, style int) {
	if w.row++; w.errs != nil || text == "" {
		return
	}
	cell := "A" + strconv.Itoa(w.row)
	if w.errs = w.f.book.SetCellStr(w.f.help, cell, text); w.errs == nil {
		w.dress(cell, text, style)
	}
}

func (w *helpWriter) dress(cell, text string, style int) {
	if w.errs = w.f.book.SetCellStyle(w.f.help, cell, cell, style); w.errs != nil {
		return
	}
	height := helpLine * float64(lines(text, helpWidth))
	switch style {
	case w.f.styles.helpTitle:
		height += 14
	case w.f.styles.helpHead:
		height += 8
	}
	w.errs = w.f.book.SetRowHeight(w.f.help, w.row, height)
}

// field says a label in bold and its help after it, in one cell.
func (w *helpWriter) field(e entry, l request.Lang) {
	if w.row++; w.errs != nil {
		return
	}
	cell := "A" + strconv.Itoa(w.row)
	rest := "\u00a0– " + w.f.inputText(e, l)
	if w.errs = w.f.book.SetCellRichText(w.f.help, cell, []excelize.RichTextRun{
		{Text: helpIndent + e.label.In(l), Font: &excelize.Font{Bold: true, Size: 11, Color: formText, Family: "Calibri"}},
		{Text: rest, Font: &excelize.Font{Size: 11, Color: formText, Family: "Calibri"}},
	}); w.errs == nil {
		w.dress(cell, helpIndent+e.label.In(l)+rest, w.f.styles.helpText)
	}
}

func (w *helpWriter) language(l request.Lang) {
	s := w.f.styles
	w.say(formTitle.In(l), s.helpTitle)
	w.say(howToTitle.In(l), s.helpHead)
	w.say(w.f.mailed(formIntro, l), s.helpText)
	for i, step := range w.f.steps(l) {
		w.say(strconv.Itoa(i+1)+". "+step, s.helpText)
	}
	w.say(checksTitle.In(l), s.helpHead)
	for _, c := range checkText {
		w.say(c.In(l), s.helpText)
	}
	if w.f.checksDates() {
		label := func(field request.Field) string { return w.f.Words.Info(field).Label.In(l) }
		w.say(strings.NewReplacer("{authorized}", label(request.AuthorizedOn), "{terms}", label(request.TermsAccepted)).Replace(checkDates.In(l)), s.helpText)
	}
	if w.f.RequestLimit.IsPositive() && w.f.Currency != "" {
		limit := request.Money{Amount: w.f.RequestLimit, Currency: w.f.Currency}
		w.say(strings.ReplaceAll(limitText.In(l), "{limit}", limit.In(l)), s.helpText)
	}
	if !w.f.Means.IsZero() {
		w.say(approvalTitle.In(l), s.helpHead)
		w.say(w.f.Means.In(l), s.helpText)
	}
	w.say(privacyTitle.In(l), s.helpHead)
	w.say(privacyText.In(l), s.helpText)
	w.say(fieldsAboveTitle.In(l), s.helpHead)
	for _, e := range w.f.above {
		w.field(e, l)
	}
	w.say(fieldsTableTitle.In(l), s.helpHead)
	for _, e := range w.f.columns {
		w.field(e, l)
	}
}
