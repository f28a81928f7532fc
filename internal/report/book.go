package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Colours of the workbook: text keeps a contrast of 7:1 with its ground.
const (
	dark  = "1B4B5A"
	tint  = "EAF1F3"
	rule  = "C9D6DA"
	black = "1A1A1A"
	alert = "7A0C0C"
)

// look names a cell style.
type cellStyle struct {
	kind     kind
	currency string // of amounts
	strong   bool   // a total
	bare     bool   // without a border: outside tables
	left     bool   // a figure beside a label
}

// kind is what a column holds.
type kind uint8

const (
	text kind = iota
	wrapped
	count
	rowCount // of a table, said as such
	amount
	day
	instant
	duration
	percent
	hours
	title
	subtitle
	heading
	header
	headerRight
	label
	note
	aside
	warning
	entry // left to the reader to fill in
)

// book is one workbook being written. The first error stays and every later step does nothing.
type book struct {
	file   *excelize.File
	lang   request.Lang
	footer string
	styles map[cellStyle]int
	wraps  map[int]bool // styles that wrap their text
	sheets int
	rows   map[string]rowsOf // what goes into the sheets' parts when the file is written, by part
	closed bool              // the list of styles is being written, or is
	err    error
}

func newBook(l request.Lang, footer string) *book {
	return &book{file: excelize.NewFile(), lang: l, footer: footer, styles: map[cellStyle]int{}, wraps: map[int]bool{}, rows: map[string]rowsOf{}}
}

func (b *book) say(t request.Text) string { return t.In(b.lang) }

func (b *book) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// localised is a number format that says its language, for programs that let it (LibreOffice); Excel groups digits as its
// reader's own locale does.
func (b *book) localised(format string) string {
	if b.lang == request.French {
		return "[$-C0C]" + format
	}
	return format
}

// moneyFormat is the number format of a currency in the book's language: the sign and its side are ours.
func (b *book) moneyFormat(code string) string {
	places, _ := request.MinorDigits(code)
	digits := b.localised("#,##0")
	if places > 0 {
		digits += "." + strings.Repeat("0", int(places))
	}
	switch {
	case code == "":
		return digits
	case code == "CAD" && b.lang == request.French:
		return digits + "\u00a0[$$-C0C]"
	case code == "CAD":
		return "[$$-1009]" + digits
	default:
		return digits + "\u00a0[$" + code + "]"
	}
}

// style finds or makes a style.
func (b *book) style(l cellStyle) int {
	if id, ok := b.styles[l]; ok {
		return id
	}
	if b.closed {
		b.fail(fmt.Errorf("the style %+v is made after the list of styles was written", l))
		return 0
	}
	s := &excelize.Style{
		Font:      &excelize.Font{Family: "Calibri", Size: 11, Color: black, Bold: l.strong},
		Alignment: &excelize.Alignment{Vertical: "top"},
	}
	if !l.bare {
		s.Border = []excelize.Border{{Type: "bottom", Color: rule, Style: 1}}
	}
	if l.strong {
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{tint}}
	}
	if slices.Contains([]kind{text, wrapped, note, label, warning}, l.kind) && !l.bare {
		s.Alignment.Horizontal, s.Alignment.Indent = "left", 1 // off the figures at its left
	}
	b.shape(s, l)
	if l.left {
		s.Alignment.Horizontal = "left"
	}
	id, err := b.file.NewStyle(s)
	if err != nil {
		b.fail(err)
	}
	b.styles[l], b.wraps[id] = id, s.Alignment.WrapText
	return id
}

func (b *book) shape(s *excelize.Style, l cellStyle) {
	format := func(f string) { s.CustomNumFmt = &f }
	fill := func(colour string) { s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}} }
	switch l.kind {
	case wrapped:
		s.Alignment.WrapText = true
	case count:
		format(b.localised("#,##0"))
	case rowCount:
		format(b.localised("#,##0") + `"` + b.say(request.Text{EN: " rows", FR: "\u00a0lignes"}) + `"`)
		s.Alignment.Horizontal, s.Alignment.Indent = "left", 1
	case amount:
		format(b.moneyFormat(l.currency))
	case day:
		format("yyyy-mm-dd")
		s.Alignment.Horizontal = "center"
	case instant:
		format("yyyy-mm-dd hh:mm")
		s.Alignment.Horizontal = "center"
	case duration:
		format("[h]:mm")
	case percent:
		format(b.localised(b.say(request.Text{EN: "0.0%", FR: "0.0\u00a0%"})))
	case hours:
		format(b.localised("#,##0.0"))
	case title:
		s.Font = &excelize.Font{Family: "Calibri", Size: 18, Bold: true, Color: "FFFFFF"}
		s.Alignment = &excelize.Alignment{Vertical: "center"}
		s.Border = nil
		fill(dark)
	case subtitle:
		s.Font.Color = "FFFFFF"
		s.Border = nil
		fill(dark)
	case heading:
		s.Font = &excelize.Font{Family: "Calibri", Size: 13, Bold: true, Color: dark}
		s.Border = []excelize.Border{{Type: "bottom", Color: dark, Style: 2}}
	case header, headerRight:
		s.Font = &excelize.Font{Family: "Calibri", Size: 11, Bold: true, Color: "FFFFFF"}
		s.Alignment = &excelize.Alignment{Vertical: "center", WrapText: true, Horizontal: "left", Indent: 1}
		if l.kind == headerRight {
			s.Alignment.Horizontal, s.Alignment.Indent = "right", 0
		}
		fill(dark)
	case label:
		s.Font.Bold = true
		s.Alignment.WrapText = true
	case note:
		s.Font.Color = "3D4F55"
		s.Alignment.WrapText = true
	case entry:
		s.Alignment.WrapText = true
		for _, side := range []string{"left", "right", "top", "bottom"} {
			s.Border = append(s.Border, excelize.Border{Type: side, Color: "5F7F89", Style: 1})
		}
		fill("FFFDE7")
	case aside:
		s.Font.Color = "3D4F55"
	case warning:
		s.Font.Color = alert
		s.Font.Bold = true
		s.Alignment.WrapText = true
	}
}

// number is the double nearest to an exact sum: what a workbook can store.
func number(d decimal.Decimal) float64 { return d.InexactFloat64() }

// serial is a moment of the wall clock as days of the 1900 date system. It is rounded up to the billionth of a day: the
// library cuts digits off, and ten o'clock less a nanosecond shows as 09:59.
func serial(t time.Time) float64 {
	_, offset := t.Zone()
	const unixEpoch = 25569
	return math.Ceil((float64(t.Unix()+int64(offset))/86_400+unixEpoch)*1e9) / 1e9
}

func daySerial(d request.Date) int {
	return int(d.Time(time.UTC).Unix()/86_400) + 25569
}

const longestText = 32_000 // Excel keeps 32,767 characters in a cell

// safe is text as a cell may hold it. Finance exports sheets to CSV again, where text that begins like a formula would
// become one: such text is prefixed with an apostrophe. Control characters, which no .xlsx can hold, become spaces.
func safe(s string) string {
	clean := true
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			clean = false
			break
		}
	}
	startsFormula := s != "" && strings.IndexByte("=+-@\t\r\n", s[0]) >= 0
	if !clean {
		s = strings.Map(func(r rune) rune {
			switch {
			case r == utf8.RuneError, r == 0xfffe, r == 0xffff:
				return '\ufffd'
			case r < 0x20 && r != '\n', r >= 0x7f && r < 0xa0:
				return ' '
			}
			return r
		}, s)
		// A full-width sign or one after invisible characters is a formula to some programs as well.
		first := strings.TrimLeft(s, " \u00a0\u200b\u200e\u200f\ufeff\n")
		if r, _ := utf8.DecodeRuneInString(first); first != "" && strings.ContainsRune("=+-@\uff1d\uff0b\uff0d\uff20", r) {
			startsFormula = true
		}
	}
	if startsFormula {
		s = "'" + s
	}
	if len(s) > longestText {
		if r := []rune(s); len(r) > longestText {
			s = string(r[:longestText-1]) + "…"
		}
	}
	return s
}

// cell is one value with its look. Text is made safe here, at the one place where every cell passes.
func (b *book) cell(v any, l cellStyle) excelize.Cell {
	c := excelize.Cell{StyleID: b.style(l)}
	switch v := v.(type) {
	case nil:
	case string:
		if v != "" {
			c.Value = safe(v)
		}
	case request.Text:
		c.Value = safe(b.say(v))
	case request.Money:
		if v.Currency != "" {
			l.kind, l.currency = amount, v.Currency
			c.StyleID, c.Value = b.style(l), number(v.Amount)
		}
	case decimal.Decimal:
		c.Value = number(v)
	case request.Date:
		if !v.IsZero() {
			c.Value = daySerial(v)
		}
	case time.Time:
		if !v.IsZero() {
			c.Value = serial(v)
		}
	case time.Duration:
		c.Value = math.Ceil(v.Seconds()/86_400*1e12) / 1e12
	case formula:
		inner := b.cell(v.value, l)
		inner.Formula = v.text
		return inner
	case int:
		c.Value = v
	case int64:
		c.Value = v
	case float64:
		c.Value = v
	default:
		b.fail(fmt.Errorf("a cell cannot hold a %T", v))
	}
	return c
}

// formula is a formula together with what it comes to: readers that do not calculate, and the ledger's own sums, must
// see the same figure.
type formula struct {
	text  string
	value any
}

func cellName(col, row int) string {
	name, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		panic(err) // columns and rows come from our own layout
	}
	return name
}

func columnRange(sheet string, col, first, last int) string {
	name := workbook.Column(col)
	return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", strings.ReplaceAll(sheet, "'", "''"), name, first, name, last)
}
