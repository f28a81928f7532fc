package workbook

import (
	"context"
	"strings"
)

// styles is what reading needs from styles.xml: which cell formats show a date, and which show something else than the value.
type styles struct {
	dates  []bool         // by index into cellXfs
	shown  []styleShown   // by index into cellXfs
	codes  map[int]string // by the number of a format
	parsed map[styleShown]*CellFormat
}

// styleShown is what a cell format shows; it is read when a cell asks for it.
type styleShown struct {
	format    *CellFormat // nil shows the value as it is
	number    int32       // of the number format
	known     bool
	custom    bool // the workbook has a code for the number
	invisible bool
	struck    bool
}

// styleReader collects the lists of styles.xml.
type styleReader struct {
	*scanner
	dates  map[int]bool   // by the number of a format
	codes  map[int]string // by the number of a format
	list   string         // the collection at hand
	inks   []string       // by font: its colour; "" for the usual one
	struck []bool         // by font
	papers []string       // by fill: the colour behind the letters; "" for none
	cells  []styleParts
}

// styleParts is one of cellXfs.
type styleParts struct{ number, font, fill int32 }

func (k *Book) readStyles(ctx context.Context) error {
	k.styles = &styles{}
	r, ok := relOfKind(k.mainRels, relStyles)
	if !ok || !k.a.has(r.target) {
		return nil
	}
	s, c, err := k.a.scanSmall(ctx, r.target)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := s.next(); err != nil {
		return err
	}
	if !s.is("styleSheet") {
		return s.bad("the root element is <%s>", s.name)
	}
	read := &styleReader{scanner: s, dates: map[int]bool{}, codes: map[int]string{}}
	for s.kind != eofToken {
		if err := s.next(); err != nil {
			return err
		}
		if s.elements > k.b.StyleElements {
			return overBound("StyleElements", s.part, "", int64(s.elements), int64(k.b.StyleElements))
		}
		read.take()
	}
	k.styles = read.styles()
	return nil
}

// take reads what the current token says of a style.
func (r *styleReader) take() {
	switch {
	case r.kind == endToken && r.depth == 1:
		r.list = ""
	case r.kind != startToken:
	case r.depth == 2:
		r.list = string(r.name)
	case r.list == "numFmts" && r.depth == 3 && r.is("numFmt"):
		id, code := atoi(r.attr("numFmtId")), r.attrText("formatCode")
		r.dates[id], r.codes[id] = showsDate(code), code
	case r.list == "fonts" && r.depth == 3 && r.is("font"):
		r.inks, r.struck = append(r.inks, ""), append(r.struck, false)
	case r.list == "fonts" && r.depth == 4 && r.is("color") && len(r.inks) > 0:
		r.inks[len(r.inks)-1] = r.colour()
	case r.list == "fonts" && r.depth == 4 && r.is("strike") && len(r.struck) > 0:
		off := string(r.attr("val"))
		r.struck[len(r.struck)-1] = off != "0" && off != "false"
	case r.list == "fills" && r.depth == 3 && r.is("fill"):
		r.papers = append(r.papers, "")
	case r.list == "fills" && r.depth == 4 && len(r.papers) > 0:
		if kind := string(r.attr("patternType")); !r.is("patternFill") || kind != "solid" {
			r.papers[len(r.papers)-1] = mixedPaper
			if r.is("patternFill") && (kind == "" || kind == "none") {
				r.papers[len(r.papers)-1] = ""
			}
		} else {
			r.papers[len(r.papers)-1] = solidPaper
		}
	case r.list == "fills" && r.depth == 5 && r.is("fgColor") && len(r.papers) > 0 && r.papers[len(r.papers)-1] == solidPaper:
		r.papers[len(r.papers)-1] = r.colour()
	case r.list == "cellXfs" && r.depth == 3 && r.is("xf"):
		r.cells = append(r.cells, styleParts{int32(atoi(r.attr("numFmtId"))), int32(atoi(r.attr("fontId"))), int32(atoi(r.attr("fillId")))})
	}
}

// A fill whose colour is not known is like no ink.
const (
	mixedPaper = "mixed"
	solidPaper = "solid"
	white      = "FFFFFF"
)

// colour is the colour of the current tag in a form that is the same for the same colour; "" when it is the usual one.
func (r *styleReader) colour() string {
	if rgb := r.attr("rgb"); len(rgb) >= 6 {
		return strings.ToUpper(string(rgb[len(rgb)-6:]))
	}
	tint := string(r.attr("tint"))
	if theme := r.attr("theme"); theme != nil {
		if string(theme) == "0" && (tint == "" || tint == "0") {
			return white // the first colour of a theme is the paper
		}
		return "theme " + string(theme) + " " + tint
	}
	switch i := string(r.attr("indexed")); i {
	case "1", "9":
		return white
	case "", "64":
		return ""
	default:
		return "indexed " + i
	}
}

// styles puts the lists together.
func (r *styleReader) styles() *styles {
	out := &styles{dates: make([]bool, len(r.cells)), shown: make([]styleShown, len(r.cells)), codes: r.codes}
	for i, c := range r.cells {
		date, custom := r.dates[int(c.number)]
		out.dates[i] = date || !custom && builtInDate(int(c.number))
		out.shown[i] = styleShown{number: c.number, custom: custom, invisible: r.invisible(c),
			struck: int(c.font) < len(r.struck) && r.struck[c.font]}
	}
	return out
}

// mostFormatCodes is more different formats than Excel allows in a workbook; those beyond are not read.
const mostFormatCodes = 2_000

// formatOf reads a format when a cell asks for it.
func (s *styles) formatOf(style int) *CellFormat {
	shown := &s.shown[style]
	if shown.known {
		return shown.format
	}
	shown.known = true
	key := styleShown{number: shown.number, invisible: shown.invisible, struck: shown.struck}
	f, known := s.parsed[key]
	switch {
	case known:
	case len(s.parsed) == mostFormatCodes:
		f = unknownFormat()
	default:
		code := s.codes[int(shown.number)]
		if !shown.custom {
			code = builtInCode(int(shown.number))
		}
		if f = parseFormatCode(code); shown.invisible || shown.struck {
			dressed := CellFormat{}
			if f != nil {
				dressed = *f
			}
			dressed.Invisible, dressed.Struck = shown.invisible, shown.struck
			f = &dressed
		}
		if s.parsed == nil {
			s.parsed = map[styleShown]*CellFormat{}
		}
		s.parsed[key] = f
	}
	shown.format = f
	return f
}

// invisible reports whether letters have the colour of what is behind them.
func (r *styleReader) invisible(c styleParts) bool {
	if int(c.font) >= len(r.inks) || r.inks[c.font] == "" {
		return false
	}
	paper := white
	if int(c.fill) < len(r.papers) && r.papers[c.fill] != "" {
		paper = r.papers[c.fill]
	}
	return r.inks[c.font] == paper
}

// FormatOf is what the cells of a style show that is not their value; nil when they show it as it is.
func (k *Book) FormatOf(style int) *CellFormat {
	if style < 0 || style >= len(k.styles.shown) {
		return nil
	}
	return k.styles.formatOf(style)
}

// builtInCode is the code of the formats that are known by their number alone. Those for money (5 to 8, 41 to 44) have the sign of
// whoever opens the file, which says nothing.
func builtInCode(id int) string {
	switch id {
	case 1:
		return "0"
	case 2:
		return "0.00"
	case 3, 5, 6, 37, 38, 41, 42:
		return "#,##0"
	case 4, 7, 8, 39, 40, 43, 44:
		return "#,##0.00"
	case 9:
		return "0%"
	case 10:
		return "0.00%"
	case 11, 48:
		return "0.00E+00"
	case 12, 13:
		return "# ?/?"
	case 14:
		return "mm-dd-yy"
	case 15:
		return "d-mmm-yy"
	case 16:
		return "d-mmm"
	case 17:
		return "mmm-yy"
	case 18, 19, 20, 21, 45, 47:
		return "h:mm:ss"
	case 22:
		return "m/d/yy h:mm"
	case 46:
		return "[h]:mm:ss"
	}
	return ""
}

// builtInDate reports whether a number format without a code of its own shows a date or a time of day: the ones every
// Excel has, and those of the East Asian and Thai versions.
func builtInDate(id int) bool {
	switch {
	case id >= 14 && id <= 22, id >= 27 && id <= 36, id == 45, id == 47, id >= 50 && id <= 58, id >= 71 && id <= 81:
		return true
	}
	return false
}

// showsDate reports whether a format code shows a date or a time of day. Elapsed time ([h]:mm) is a quantity, not a
// date. Only the section for positive numbers counts.
func showsDate(code string) bool {
	if strings.EqualFold(code, "General") || strings.EqualFold(code, "Standard") {
		return false
	}
	found := false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case ';':
			return found
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return found
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return found
			}
			if elapsed(code[i+1 : i+end]) {
				return false
			}
			i += end
		case 'd', 'D', 'm', 'M', 'y', 'Y', 'h', 'H', 's', 'S', 'j', 'J', 'a', 'A', 'T', 't':
			// J, A and T are the days and years of French and German codes; A also begins AM/PM, T a tab of numbers
			// never. "General" as one word among others has an A.
			if rest := code[i:]; c == 'a' || c == 'A' {
				found = found || strings.HasPrefix(strings.ToLower(rest), "aa") || strings.HasPrefix(strings.ToLower(rest), "am/pm")
				continue
			}
			if (c == 't' || c == 'T') && !strings.HasPrefix(strings.ToLower(code[i:]), "tt") {
				continue
			}
			if (c == 'j' || c == 'J') && !strings.HasPrefix(strings.ToLower(code[i:]), "jj") {
				continue
			}
			found = true
		case 'g', 'G':
			if len(code)-i >= 7 && strings.EqualFold(code[i:i+7], "General") {
				i += 6
			}
		case 'e':
			// Years of an era; "0.00e+00" is a number.
			if i+1 == len(code) || code[i+1] != '+' && code[i+1] != '-' {
				found = true
			}
		}
	}
	return found
}

// elapsed reports whether the inside of brackets counts hours, minutes or seconds past their usual ends.
func elapsed(s string) bool {
	s = strings.ToLower(s)
	return s != "" && (strings.Trim(s, "h") == "" || strings.Trim(s, "m") == "" || strings.Trim(s, "s") == "")
}
