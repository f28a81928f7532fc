package forms

import (
	"regexp"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// What a person sees is what is judged: this file says what a cell shows that is not its value.

// formatOf is what the cell's format shows that is not the value; nil for most cells, and for words that stand in no cell.
func (r *formReader) formatOf(c *workbook.Cell) *workbook.CellFormat {
	if c.Style < 0 || r.src == nil {
		return nil
	}
	return r.src.FormatOf(c.Style)
}

// language is that of the form as far as it is known while its cells are read.
func (r *formReader) language() request.Lang {
	if r.form.Origin.Language != request.UnknownLang {
		return r.form.Origin.Language
	}
	return r.votes.guess()
}

// noticeable is the share of a number beyond which its rounding on the sheet is worth a word.
var noticeable = decimal.New(5, -3)

// shownNumber holds what a cell of field f shows against the number n that it holds.
func (m *money) shownNumber(f request.Field, f2 *workbook.CellFormat, n decimal.Decimal, l request.Lang) (note request.Text, err error) {
	s := f2.For(n)
	if s == nil {
		return note, nil
	}
	holds := m.write(f, n)
	switch {
	case s.Hides() && n.IsZero():
		return hiddenZeroText, nil
	case s.Hides():
		return note, &request.Misread{Code: "hidden-by-format", Message: hidesText(holds)}
	case s.Replaces() && n.IsZero() && strings.Trim(s.Mark, "-–— $€£()") == "":
		return note, nil // an accountant's zero
	case s.Replaces():
		return note, &request.Misread{Code: "replaced-by-format", Message: showsText(holds, s.Mark)}
	case s.Elapsed, s.Date:
		return note, &request.Misread{Code: "replaced-by-format", Message: showsTimeText(holds)}
	case s.Percent:
		return note, &request.Misread{Code: request.CodePercentage, Message: showsText(holds, s.Show(n))}
	case s.Scale > 0:
		return note, &request.Misread{Code: "scaled-by-format", Message: showsText(holds, s.Show(n))}
	case n.IsPositive() && strings.ContainsAny(s.Mark, "-−–("):
		return note, &request.Misread{Code: "replaced-by-format", Message: showsText(holds, s.Show(n))}
	case s.Words:
		if note, err = m.shownWords(f, s, n, l); err != nil {
			return note, err
		}
	}
	if off := s.Rounds(n); off.IsPositive() && off.Cmp(n.Abs().Mul(noticeable)) > 0 {
		return roundsText(holds, s.Show(n)), nil
	}
	return note, nil
}

// shownWords reads the words around a number as if somebody had typed them.
func (m *money) shownWords(f request.Field, s *workbook.FormatSection, n decimal.Decimal, l request.Lang) (note request.Text, err error) {
	shown := s.Show(n)
	var read decimal.Decimal
	if f.Info().Kind == request.MoneyKind {
		var a request.Amount
		a, note, err = request.ReadAmount(strings.Trim(shown, "()"), request.TypedIn{Field: f, Lang: l, Decimals: max(m.decimals(f), int32(s.Decimals))})
		read = a.Number
	} else {
		read, note, err = request.ReadNumber(shown, l)
	}
	if err == nil && read.Sub(n.Abs()).Abs().Cmp(s.Rounds(n)) > 0 || err != nil {
		return note, &request.Misread{Code: "replaced-by-format", Message: showsText(m.write(f, n), shown)}
	}
	return note, nil
}

// shownCode is the text of a number in a field of text as its format shows it: 00471 and not 471. note says so.
func (r *formReader) shownCode(c *workbook.Cell, plain string) (s string, note request.Text, err error) {
	f := r.formatOf(c)
	if f == nil || !isNumber(c) {
		return plain, note, nil
	}
	n, err := doubleOf(c)
	if err != nil {
		return plain, note, err
	}
	section := f.For(n)
	switch {
	case section == nil || section.Date:
		return plain, note, nil
	case section.Hides():
		return plain, note, &request.Misread{Code: "hidden-by-format", Message: hidesText(plain)}
	case section.Replaces():
		return plain, note, &request.Misread{Code: "replaced-by-format", Message: showsText(plain, section.Mark)}
	case section.Elapsed, section.Scientific, section.Fraction:
		return plain, note, nil
	case section.Zeros > 1 || section.Words || section.Percent || section.Scale > 0:
		if shown := section.Show(n); shown != plain {
			return shown, shownCodeText(plain, shown), nil
		}
	}
	return plain, note, nil
}

// hiddenText is the problem of a text that its format does not show.
func hiddenText(f *workbook.CellFormat, c *workbook.Cell) error {
	s := f.ForText()
	switch {
	case s == nil || !isText(c):
	case s.Hides():
		return &request.Misread{Code: "hidden-by-format", Message: hidesText(textOf(c))}
	case s.Replaces():
		return &request.Misread{Code: "replaced-by-format", Message: showsText(textOf(c), s.Mark)}
	}
	return nil
}

// keyField reports whether lines are added up, paid or found by what the field says, so that a slip of the program must not pass.
func keyField(f request.Field) bool {
	switch f {
	case request.CostCentre, request.GLAccount, request.SupplierID, request.Supplier, request.StandingOffer, request.Licence:
		return true
	}
	return false
}

// codeField reports whether the field holds a code, in which a dash is a hyphen.
func codeField(f request.Field) bool {
	switch f {
	case request.CostCentre, request.GLAccount, request.SupplierID, request.StandingOffer, request.Licence, request.Repository:
		return true
	}
	return false
}

// exponent is a long number as a spreadsheet program shows it: its last digits are lost.
var exponent = regexp.MustCompile(`^\d(?:[.,]\d+)?[eE]\+\d+$`)

// shownDay is what is wrong with the day a date cell shows.
func (r *formReader) shownDay(c *workbook.Cell, d request.Date) (note request.Text, err error) {
	f := r.formatOf(c)
	if f == nil {
		return note, nil
	}
	n, ok := shortNumber(c.Raw)
	if !ok {
		n = decimal.New(1, 0)
	}
	switch s := f.For(n); {
	case s == nil || !s.Date && (s.Digits || s.General):
	case s.Hides():
		return note, &request.Misread{Code: "hidden-by-format", Message: hidesText(d.String())}
	case s.Replaces():
		return note, &request.Misread{Code: "replaced-by-format", Message: showsText(d.String(), s.Mark)}
	case !s.Day || !s.Month:
		return note, &request.Misread{Code: request.CodeAmbiguousDate, Message: dayNotShownText(d.String())}
	case !s.Year:
		return yearNotShownText(d.String()), nil
	}
	return note, nil
}

var (
	hiddenZeroText = text("the cell holds 0 and shows nothing. It was read as 0.", "la cellule contient 0 et n’affiche rien. Elle a été lue comme 0.")
	invisibleText  = text("the letters have the colour of the cell, so nobody sees them. The cell was read.", "le texte a la couleur de la cellule, donc personne ne le voit. La cellule a été lue.")
	outsideText    = text("the value comes from another workbook. It was read as it is stored here.", "la valeur provient d’un autre classeur. Elle a été lue telle qu’elle est enregistrée ici.")
)

func hidesText(holds string) request.Text {
	e, f := quoted(holds)
	return text("the cell holds "+e+", but its format shows nothing. Choose the format Number or Text, and check what it then shows.",
		"la cellule contient "+f+", mais son format n’affiche rien. Choisissez le format Nombre ou Texte, et vérifiez ce qui s’affiche alors.")
}

func showsText(holds, shows string) request.Text {
	he, hf := quoted(holds)
	se, sf := quoted(shows)
	return text("the cell holds "+he+" but shows "+se+". Choose the format Number, and write the amount that is meant.",
		"la cellule contient "+hf+", mais affiche "+sf+". Choisissez le format Nombre, et inscrivez la valeur voulue.")
}

func showsTimeText(holds string) request.Text {
	e, f := quoted(holds)
	return text("the cell holds "+e+" but shows a time. Choose the format Number, and write the amount that is meant.",
		"la cellule contient "+f+", mais affiche une heure. Choisissez le format Nombre, et inscrivez la valeur voulue.")
}

func roundsText(holds, shows string) request.Text {
	return text("the cell shows "+shows+" and holds "+holds+"; the value it holds was read.", "la cellule affiche "+frenchNumber(shows)+" et contient "+frenchNumber(holds)+"; c’est cette valeur qui a été lue.")
}

func shownCodeText(holds, shows string) request.Text {
	se, sf := quoted(shows)
	return text("the cell holds the number "+holds+" and shows "+se+"; what it shows was read.", "la cellule contient le nombre "+holds+" et affiche "+sf+"; c’est ce qu’elle affiche qui a été lu.")
}

func dayNotShownText(day string) request.Text {
	return text("the cell holds "+day+", but it does not show the day, so another one may be meant. Write the day as 2026-12-01.",
		"la cellule contient "+day+", mais elle n’affiche pas le jour\u00a0: un autre jour est peut-être voulu. Inscrivez le jour sous la forme 2026-12-01.")
}

func yearNotShownText(day string) request.Text {
	return text("the cell does not show the year; it holds "+day+"; that day was read.", "la cellule n’affiche pas l’année; elle contient "+day+"; c’est cette date qui a été lue.")
}

func dateInCodeText(value string) request.Text {
	return about(value, "is a date; Excel may have changed what you typed. Format the cell as Text and type it again.",
		"est une date; Excel a peut-être converti autre chose. Mettez la cellule au format Texte et saisissez la valeur de nouveau.")
}

// struckText is about letters that are crossed out.
func struckText(s string) request.Text {
	return about(s, "is crossed out. Clear the cell or write the value that counts, or take the line through it away.",
		"est barré. Videz la cellule ou inscrivez la valeur qui compte, ou enlevez la barre.")
}
