package workbook

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// A CellFormat is what a cell format makes a person see instead of, or beside, the value. It is read once for each format of
// the workbook.
type CellFormat struct {
	// Invisible is true when the letters have the colour of what is behind them.
	Invisible bool
	// Struck is true when the letters are crossed out.
	Struck   bool
	sections []FormatSection // numbers: as many as the code has, at most three
	text     *FormatSection  // nil: text is shown as it is
	// negative and zero are the sections of such numbers where the code has no conditions.
	negative, zero int
	conditions     bool
}

// FormatSection is one of the parts of a format code, which show different numbers.
type FormatSection struct {
	// Currency is what the section names, such as "EUR"; "" when it names none or only a sign that many countries use.
	Currency string
	Dollar   bool   // a "$" without a country
	Unclear  bool   // a sign of several currencies, such as ¥, or two currencies
	Mark     string // the words and signs around the number, as they are shown
	Words    bool   // Mark says more than a currency, or stands among the digits
	Digits   bool   // the number is shown, be it scaled or rounded
	General  bool   // as it is
	Percent  bool
	Scale    int // how many times the number is divided by a thousand
	Decimals int
	Zeros    int  // digits that are shown at least
	Elapsed  bool // hours, minutes or seconds
	Date     bool
	// Day, Month and Year are what a date shows.
	Day, Month, Year     bool
	Scientific, Fraction bool

	code      string
	grouped   bool
	text      bool   // "@"
	condition string // "<", ">=", …; "" without one
	bound     float64
}

type formatToken struct {
	kind byte // '0', '#', '?' a digit; '.' the point; 'l' a literal; 'g' General; '@' the text; '%', 'E', '/'
	text string
}

// shows reports whether a section puts anything on the page.
func (s *FormatSection) shows() bool {
	return s.Digits || s.General || s.Date || s.Elapsed || s.Mark != ""
}

// Hides reports whether the section shows nothing at all.
func (s *FormatSection) Hides() bool { return !s.shows() }

// Replaces reports whether the section shows words or signs in the place of the number.
func (s *FormatSection) Replaces() bool {
	return s.Mark != "" && !s.Digits && !s.General && !s.Date && !s.Elapsed
}

// For is the section that shows a number; nil when the number is shown as it is.
func (f *CellFormat) For(number decimal.Decimal) *FormatSection {
	switch {
	case f == nil || len(f.sections) == 0:
		return nil
	case !f.conditions && number.IsNegative():
		return &f.sections[f.negative]
	case !f.conditions && number.IsZero():
		return &f.sections[f.zero]
	case !f.conditions:
		return &f.sections[0]
	}
	n := number.InexactFloat64()
	last := len(f.sections) - 1
	for i := range f.sections {
		s := &f.sections[i]
		switch {
		case s.condition != "" && s.holds(n), s.condition == "" && i == last, s.condition == "" && i == 1 && n < 0:
			return s
		}
	}
	return nil
}

// ForText is the section that shows text; nil when text is shown as it is.
func (f *CellFormat) ForText() *FormatSection {
	if f == nil {
		return nil
	}
	return f.text
}

func (s *FormatSection) holds(n float64) bool {
	switch s.condition {
	case "<":
		return n < s.bound
	case "<=":
		return n <= s.bound
	case ">":
		return n > s.bound
	case ">=":
		return n >= s.bound
	case "=":
		return n == s.bound
	}
	return n != s.bound
}

// longestCode is beyond what any program lets somebody type as a format.
const longestCode = 1000

// unknownFormat is what is said of a format that was not read.
func unknownFormat() *CellFormat {
	return &CellFormat{sections: []FormatSection{{Mark: "…", Words: true}}}
}

// parseFormatCode reads a format code; nil when it shows numbers and text as they are.
func parseFormatCode(code string) *CellFormat {
	if len(code) > longestCode {
		return unknownFormat()
	}
	if code == "" || code == "@" || strings.EqualFold(code, "General") || strings.EqualFold(code, "Standard") {
		return nil
	}
	f := &CellFormat{}
	parts := splitFormat(code)
	for i, part := range parts {
		s := parseSection(part)
		// A section with @ that is not the only one shows text, wherever it stands.
		if i == 3 || i == len(parts)-1 && i > 0 && s.hasText() {
			f.text = &s
			break
		}
		if i == 0 && len(parts) == 1 && s.hasText() {
			if s.Mark == "" {
				return nil
			}
			s.General = true // a number is shown as it is
			text := s
			f.text = &text
		}
		if i < 3 {
			f.sections = append(f.sections, s)
			f.conditions = f.conditions || s.condition != ""
		}
	}
	if f.text != nil && f.text.hasText() && f.text.Mark == "" {
		f.text = nil
	}
	if len(f.sections) == 1 && f.text == nil && f.sections[0].wholeDay() {
		return nil
	}
	if len(f.sections) > 1 {
		f.negative = 1
	}
	if len(f.sections) > 2 {
		f.zero = 2
	}
	return f
}

func (s *FormatSection) wholeDay() bool {
	return s.Date && s.Day && s.Month && s.Year && s.condition == ""
}

func (s *FormatSection) hasText() bool { return s.text }

// splitFormat cuts a code at its semicolons.
func splitFormat(code string) []string {
	var parts []string
	from := 0
	for i := 0; i < len(code) && len(parts) < 4; i++ {
		switch code[i] {
		case '\\', '_', '*':
			i++
		case '"', '[':
			end := byte('"')
			if code[i] == '[' {
				end = ']'
			}
			if n := strings.IndexByte(code[i+1:], end); n >= 0 {
				i += n + 1
			}
		case ';':
			parts = append(parts, code[from:i])
			from = i + 1
		}
	}
	if len(parts) == 4 {
		return parts
	}
	return append(parts, code[from:])
}

// parseSection reads one part of a format code.
func parseSection(code string) FormatSection {
	s := FormatSection{Date: showsDate(code), code: code}
	s.finish(s.read())
	return s
}

// read takes the section apart and notes what it shows.
func (s *FormatSection) read() []formatToken {
	p := sectionReader{s: s, code: s.code}
	for p.at < len(s.code) {
		p.next()
	}
	s.Scale = p.commas
	return p.tokens
}

// sectionReader takes a section apart.
type sectionReader struct {
	s      *FormatSection
	code   string
	at     int
	tokens []formatToken
	point  bool // the decimal point was seen
	// commas that followed the last digit: they scale when no digit follows.
	commas int
}

func (p *sectionReader) literal(text string) {
	if text == "" {
		return
	}
	t := p.tokens
	if n := len(t); n > 0 && t[n-1].kind == 'l' {
		t[n-1].text += text
		return
	}
	p.tokens = append(t, formatToken{'l', text})
}

func (p *sectionReader) digit(kind byte) {
	if p.commas > 0 {
		p.s.grouped, p.commas = true, 0
	}
	p.s.Digits = true
	switch {
	case p.s.Scientific || p.s.Fraction:
	case p.point:
		p.s.Decimals++
	case kind == '0':
		p.s.Zeros++
	}
	p.tokens = append(p.tokens, formatToken{kind, ""})
}

func (p *sectionReader) next() {
	c := p.code[p.at]
	rest := p.code[p.at:]
	p.at++
	switch {
	case c == '"':
		n := strings.IndexByte(rest[1:], '"')
		if n < 0 {
			n = len(rest) - 1
		}
		p.literal(rest[1 : 1+n])
		p.at += n + 1
	case c == '\\' && len(rest) > 1:
		p.literal(p.rune())
	case c == '_' && len(rest) > 1:
		p.rune()
		p.literal(" ")
	case c == '*' && len(rest) > 1:
		p.rune()
	case c == '[':
		n := strings.IndexByte(rest, ']')
		if n < 0 {
			n = len(rest) - 1
		}
		p.bracket(rest[1:n])
		p.at += n
	case p.s.Date:
		p.date(c)
	case c == '0' || c == '#' || c == '?':
		p.digit(c)
	case c == '.' && (p.s.Digits || strings.ContainsAny(rest, "0#?")) && !p.point:
		p.point = true
		p.tokens = append(p.tokens, formatToken{'.', ""})
	case c == ',' && p.s.Digits:
		p.commas++
	case c == '%':
		p.s.Percent = true
		p.tokens = append(p.tokens, formatToken{'%', ""})
	case c == '@':
		p.s.text = true
		p.tokens = append(p.tokens, formatToken{'@', ""})
	case (c == 'E' || c == 'e') && p.s.Digits && len(rest) > 1 && (rest[1] == '+' || rest[1] == '-'):
		p.s.Scientific = true
		p.at++
	case c == '/' && p.s.Digits && !p.s.Date:
		p.s.Fraction = true
	case len(rest) >= 7 && strings.EqualFold(rest[:7], "General"), len(rest) >= 8 && strings.EqualFold(rest[:8], "Standard"):
		p.s.General = true
		p.at += 6
		if c == 'S' || c == 's' {
			p.at++
		}
		p.tokens = append(p.tokens, formatToken{'g', ""})
	default:
		p.at--
		p.literal(p.rune())
	}
}

// rune takes the next letter, of as many bytes as it has.
func (p *sectionReader) rune() string {
	if p.at >= len(p.code) {
		return ""
	}
	_, n := utf8.DecodeRuneInString(p.code[p.at:])
	p.at += n
	return p.code[p.at-n : p.at]
}

// bracket takes a colour, a condition, elapsed time, or a currency with its place.
func (p *sectionReader) bracket(inside string) {
	switch {
	case strings.HasPrefix(inside, "$"):
		symbol := inside[1:]
		if i := strings.IndexByte(symbol, '-'); i >= 0 { // before the language: [$$-en-CA]
			symbol = symbol[:i]
		}
		p.literal(symbol)
	case elapsed(inside):
		p.s.Elapsed = true
	case inside != "" && strings.IndexByte("<>=", inside[0]) >= 0:
		op := strings.TrimRight(inside[:min(2, len(inside))], "0123456789.-+ ")
		if bound, err := strconv.ParseFloat(strings.TrimSpace(inside[len(op):]), 64); err == nil {
			p.s.condition, p.s.bound = op, bound
		}
	}
}

// date notes which parts of a day the letters show. M is a month unless it stands by hours or seconds.
func (p *sectionReader) date(c byte) {
	switch c {
	case 'd', 'D', 'j', 'J':
		n := p.run(c)
		p.s.Day = p.s.Day || n <= 2
	case 'y', 'Y', 'e', 'a', 'A', 'b', 'B':
		p.run(c)
		p.s.Year = true
	case 'm', 'M':
		before := strings.TrimRight(p.code[:p.at-1], ": ")
		p.run(c)
		after := strings.TrimLeft(p.code[p.at:], ": ")
		minutes := endsInHours(before) || after != "" && (after[0] == 's' || after[0] == 'S')
		p.s.Month = p.s.Month || !minutes
	}
}

// endsInHours reports whether a code ends in hours: h, or elapsed ones in brackets. Other brackets hold a language or a colour.
func endsInHours(code string) bool {
	if strings.HasSuffix(code, "]") {
		if i := strings.LastIndexByte(code, '['); i >= 0 {
			code = code[i+1 : len(code)-1]
			return code != "" && strings.Trim(code, "hH") == ""
		}
	}
	return code != "" && (code[len(code)-1] == 'h' || code[len(code)-1] == 'H')
}

// run passes over further letters of the same kind and says how many there were in all.
func (p *sectionReader) run(c byte) int {
	n := 1
	for p.at < len(p.code) && p.code[p.at]|0x20 == c|0x20 {
		p.at++
		n++
	}
	return n
}

// finish says what the literals come to.
func (s *FormatSection) finish(tokens []formatToken) {
	if s.Elapsed {
		s.Date = false
	}
	if s.Date {
		return
	}
	var before, after strings.Builder
	out, last := &before, -1
	for i, t := range tokens {
		switch t.kind {
		case 'l':
			out.WriteString(t.text)
		case '0', '#', '?', '.', 'g', '@':
			out, last = &after, i
		}
	}
	inner := false
	if last >= 0 {
		// What stands among the digits is not behind them.
		after.Reset()
		seen := false
		for i, t := range tokens {
			switch {
			case t.kind != 'l':
				seen = seen || t.kind != '%'
			case i > last:
				after.WriteString(t.text)
			case seen:
				inner = true
			}
		}
	}
	s.Mark = strings.TrimSpace(strings.Join(strings.Fields(before.String()+" "+after.String()), " "))
	found := request.FindCurrency(s.Mark)
	s.Currency, s.Dollar, s.Unclear = found.Code, found.Dollar, found.Unclear
	s.Words = inner || strings.Trim(found.Rest, "()+-−–—_ \u00a0\u202f") != ""
}
