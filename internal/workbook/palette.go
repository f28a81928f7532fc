package workbook

import (
	"fmt"
	"strings"
)

// paint is a pair of colours with a contrast of at least 4.5 to 1, WCAG's AA for text, and a symbol, so that nobody
// depends on colour.
type paint struct {
	symbol     string
	ink, paper string // RRGGBB; "" leaves the workbook's own
}

var paints = [markKinds]paint{
	PlainMark:     {},
	ApprovedMark:  {"✔", "0B5A1E", "E3F4E4"},
	EscalatedMark: {"▲", "6B4400", "FFF1CC"},
	ReturnedMark:  {"◄", "8A1C13", "FDE3E1"},
	DeclinedMark:  {"✘", "6A1B5A", "F6E4F2"},
	WithdrawnMark: {"○", "454545", "ECECEC"},
	NoteMark:      {"●", "0B4A80", "E2EEF9"},
}

const (
	headInk, headPaper = "FFFFFF", "1F3B57"
	noticePaper        = "F3F6F9"
	titleInk           = "1F3B57"
	quietInk           = "505A63"
	linkInk            = "0B4A80"
	lineColour         = "9AA5B1"
)

// Symbol is the sign that stands before the result, "" for a PlainMark.
func (k MarkKind) Symbol() string { return paints[k].symbol }

// withSymbol is a result as it is shown.
func (k MarkKind) withSymbol(s string) string {
	if sign := k.Symbol(); sign != "" && s != "" {
		return sign + " " + s
	}
	return s
}

// dress is how one of our cells looks.
type dress struct {
	ink, paper string
	colour     string // the attributes of a font's colour, where there is no ink
	bold       bool
	bigger     int // points on top of the workbook's size
	underline  bool
	boxed      bool
	wrap       bool
	top        bool   // align to the top; otherwise to the middle
	vertical   string // where texts stand in a cell, as the cell beside has it; "" for the dress's own
	apostrophe bool   // text that must stay text when it is typed again
	whole      bool   // a count
}

func markDress(k MarkKind) dress {
	p := paints[k]
	return dress{ink: p.ink, paper: p.paper, bold: p.symbol != "", boxed: true, wrap: true, top: true}
}

var (
	headDress  = dress{ink: headInk, paper: headPaper, bold: true, boxed: true, wrap: true}
	plainDress = dress{boxed: true, wrap: true, top: true}
)

// lookDress is how a cell of the report looks.
func lookDress(c ReportCell) dress {
	d := dress{wrap: true, top: true, whole: c.Count}
	switch c.Look {
	case TitleLook:
		d = dress{ink: titleInk, bold: true, bigger: 6, top: true}
	case SectionLook:
		d = dress{ink: titleInk, bold: true, bigger: 2, top: true}
	case HeadLook:
		d = headDress
	case LabelLook:
		d.bold = true
	case QuietLook:
		d.ink = quietInk
	case NoticeLook:
		d.paper, d.boxed = noticePaper, true
	case MarkLook:
		d = markDress(c.Mark)
	}
	if c.Link != "" {
		d.ink, d.underline = linkInk, true
	}
	return d
}

func (d dress) font(p, name, size string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<%sfont>", p)
	if d.bold {
		fmt.Fprintf(&b, "<%sb/>", p)
	}
	if d.underline {
		fmt.Fprintf(&b, "<%su/>", p)
	}
	if d.bigger > 0 {
		size = bigger(size, d.bigger)
	}
	fmt.Fprintf(&b, `<%ssz val="%s"/>`, p, size)
	if d.ink != "" {
		fmt.Fprintf(&b, `<%scolor rgb="FF%s"/>`, p, d.ink)
	}
	if d.ink == "" && d.colour != "" {
		fmt.Fprintf(&b, `<%scolor%s/>`, p, d.colour)
	}
	fmt.Fprintf(&b, `<%sname val="%s"/></%sfont>`, p, name, p)
	return b.String()
}

func (d dress) fill(p string) string {
	if d.paper == "" {
		return ""
	}
	return fmt.Sprintf(`<%[1]sfill><%[1]spatternFill patternType="solid"><%[1]sfgColor rgb="FF%[2]s"/><%[1]sbgColor indexed="64"/></%[1]spatternFill></%[1]sfill>`, p, d.paper)
}

func (d dress) border(p string) string {
	if !d.boxed {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<%sborder>", p)
	for _, side := range []string{"left", "right", "top", "bottom"} {
		fmt.Fprintf(&b, `<%[1]s%[2]s style="thin"><%[1]scolor rgb="FF%[3]s"/></%[1]s%[2]s>`, p, side, lineColour)
	}
	fmt.Fprintf(&b, "<%[1]sdiagonal/></%[1]sborder>", p)
	return b.String()
}

func (d dress) xf(p string, font, fill, border int) string {
	var b strings.Builder
	format, applyFormat := 49, "" // text
	if d.whole {
		format = 3 // #,##0
	}
	applyFormat = ` applyNumberFormat="1"`
	fmt.Fprintf(&b, `<%sxf numFmtId="%d" fontId="%d" fillId="%d" borderId="%d" xfId="0"`, p, format, font, fill, border)
	if d.apostrophe {
		b.WriteString(` quotePrefix="1"`)
	}
	b.WriteString(applyFormat + ` applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">`)
	vertical := "center"
	switch {
	case d.vertical != "":
		vertical = d.vertical
	case d.top:
		vertical = "top"
	}
	horizontal := "left"
	if d.whole {
		horizontal = "center" // at the right it would touch the text of the next column
	}
	fmt.Fprintf(&b, `<%salignment horizontal="%s" vertical="%s"`, p, horizontal, vertical)
	if d.wrap {
		b.WriteString(` wrapText="1"`)
	}
	fmt.Fprintf(&b, "/></%sxf>", p)
	return b.String()
}

// bigger adds points to a size as styles.xml writes it.
func bigger(size string, by int) string {
	var f float64
	if _, err := fmt.Sscanf(size, "%g", &f); err != nil {
		f = 11
	}
	return fmt.Sprintf("%g", f+float64(by))
}
