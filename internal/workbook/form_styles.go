package workbook

import "github.com/xuri/excelize/v2"

// Colours of the form. Text on its ground keeps a contrast of at least 7:1 (WCAG AAA), borders of entry cells 3:1.
const (
	formDark   = "1B4B5A" // title and table header ground
	formTint   = "EAF1F3" // ground around the entry cells
	formBorder = "5F7F89"
	formText   = "1A1A1A"
	formAlert  = "7A0C0C"
	formAlarm  = "FFE8E0" // ground of a cell to look at again
	formHatch  = "FFD9A0" // ground under the (black) hatching of a missing cell
	formNeeded = "FFE9B8" // ground of an entry cell that will be asked for
	formCase   = "FFF7E3" // ground of one that is asked for in a case
)

const (
	moneyFormat = "#,##0.00"
	priceFormat = "#,##0.00####"
	countFormat = "#,##0.####"
	dateFormat  = "yyyy-mm-dd"
	textFormat  = "@"
	alertMark   = `"▲ "`
)

// formStyles are indexes into the workbook's styles.
type formStyles struct {
	title, subtitle, intro, ground, label, panel, header, statement int
	text, line, money, price, count, date, choice                   [needed + 1]int
	helpTitle, helpHead, helpText                                   int
	missing, alertMoney, alertDate                                  int // of conditional formats
}

func solid(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

func boxed(colour string) []excelize.Border {
	var sides []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		sides = append(sides, excelize.Border{Type: side, Color: colour, Style: 1})
	}
	return sides
}

// indent keeps text off the border of its cell; centred text needs none.
func indent(horizontal string) int {
	if horizontal == "center" {
		return 0
	}
	return 1
}

func (f *form) makeStyles() error {
	var err error
	locked := &excelize.Protection{Locked: true}
	plain := func(size float64, bold bool, colour, ground string, wrap bool) int {
		if err != nil {
			return 0
		}
		s := &excelize.Style{
			Font:       &excelize.Font{Size: size, Bold: bold, Color: colour, Family: "Calibri"},
			Alignment:  &excelize.Alignment{Horizontal: "left", Vertical: "center", WrapText: wrap, Indent: 1},
			Protection: locked,
		}
		if ground != "" {
			s.Fill = solid(ground)
		}
		var id int
		id, err = f.book.NewStyle(s)
		return id
	}
	entry := func(format, horizontal string, wrap bool) (ids [needed + 1]int) {
		for m, ground := range [needed + 1]string{"FFFFFF", formCase, formNeeded} {
			if err != nil {
				return ids
			}
			ids[m], err = f.book.NewStyle(&excelize.Style{
				Font:         &excelize.Font{Size: 10, Color: formText, Family: "Calibri"},
				Fill:         solid(ground),
				Border:       boxed(formBorder),
				Alignment:    &excelize.Alignment{Vertical: "center", Horizontal: horizontal, WrapText: wrap, Indent: indent(horizontal), ShrinkToFit: !wrap && horizontal == "left"},
				Protection:   &excelize.Protection{Locked: false},
				CustomNumFmt: &format,
			})
		}
		return ids
	}
	f.styles = formStyles{
		title:     plain(16, true, "FFFFFF", formDark, false),
		subtitle:  plain(10, false, "FFFFFF", formDark, false),
		intro:     plain(10, true, formText, formTint, true),
		ground:    plain(10, false, formText, formTint, false),
		label:     plain(10, false, formText, formTint, true),
		statement: plain(10, true, formText, formTint, true),
		helpTitle: plain(16, true, formDark, "", true),
		helpHead:  plain(12, true, formDark, "", true),
		helpText:  plain(11, false, formText, "", true),
		text:      entry(textFormat, "left", true),
		line:      entry(textFormat, "left", false),
		choice:    entry("General", "left", true),
		money:     entry(moneyFormat, "right", false),
		price:     entry(priceFormat, "right", false),
		count:     entry(countFormat, "right", false),
		date:      entry(dateFormat, "center", false),
	}
	if err != nil {
		return err
	}
	return f.makeSpecialStyles()
}

func (f *form) makeSpecialStyles() error {
	var err error
	if f.styles.header, err = f.book.NewStyle(&excelize.Style{
		Font:       &excelize.Font{Size: 10, Bold: true, Color: "FFFFFF", Family: "Calibri"},
		Fill:       solid(formDark),
		Border:     boxed("FFFFFF"),
		Alignment:  &excelize.Alignment{Vertical: "center", Horizontal: "center", WrapText: true},
		Protection: &excelize.Protection{Locked: true},
	}); err != nil {
		return err
	}
	if f.styles.panel, err = f.book.NewStyle(&excelize.Style{
		Font:       &excelize.Font{Size: 10, Color: formText, Family: "Calibri"},
		Fill:       solid(formTint),
		Alignment:  &excelize.Alignment{Horizontal: "left", Vertical: "top", WrapText: true, Indent: 1},
		Protection: &excelize.Protection{Locked: true},
	}); err != nil {
		return err
	}
	// Hatching, and a mark before the figure, so that colour is never the only sign.
	if f.styles.missing, err = f.book.NewConditionalStyle(&excelize.Style{
		Fill:   excelize.Fill{Type: "pattern", Pattern: 14, Color: []string{formHatch}},
		Border: boxed(formAlert),
	}); err != nil {
		return err
	}
	alert := func(format string) (int, error) {
		return f.book.NewConditionalStyle(&excelize.Style{
			Font: &excelize.Font{Bold: true, Color: formAlert}, Fill: solid(formAlarm), CustomNumFmt: &format,
		})
	}
	if f.styles.alertMoney, err = alert(alertMark + moneyFormat); err != nil {
		return err
	}
	f.styles.alertDate, err = alert(alertMark + dateFormat)
	return err
}
