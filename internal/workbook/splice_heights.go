package workbook

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Heights in points: what a row of one line needs, each further line, and up to where a fixed height is that of one line
// in any font. Numbers and Google fix every row at it; nobody chose that.
const (
	oneLineHeight = 16
	lineHeight    = 15
	anyLineHeight = 24
)

// rowTag writes a row's start tag for a row that gains cells, or loses ours: without the hint of its spans, and high
// enough for what we say, unless somebody fixed the height. need is what our texts need now. A height that an earlier
// answer of ours needed and this one does not goes, and the program that opens the workbook measures the row.
func (p *sheetSplice) rowTag(dst, tag []byte, row int, need float64) []byte {
	if from, to, ok := attrExtent(tag, "spans"); ok {
		p.tag = append(append(p.tag[:0], tag[:from]...), tag[to:]...)
		tag = p.tag
	}
	from, to, ok := attrExtent(tag, "ht")
	if !ok {
		if need <= oneLineHeight {
			return append(dst, tag...)
		}
		// Excel and LibreOffice do not always measure rows again when they open a file.
		at := bytes.IndexAny(tag, " \t\r\n/>")
		return append(appendHeight(append(dst, tag[:at]...), need), tag[at:]...)
	}
	have, err := strconv.ParseFloat(string(extentValue(tag[from:to])), 64)
	if err != nil {
		return append(dst, tag...)
	}
	chosen := attrTrue(tag, "customHeight") && have > anyLineHeight
	if before, ours := p.old.height(row); ours && before > oneLineHeight {
		if chosen = chosen && math.Abs(have-before) > 2; !chosen && need < before {
			dst = append(dst, tag[:from]...)
			return append(dst, withoutAttr(tag[to:], "customHeight")...)
		}
	}
	if !chosen && need > have {
		dst = appendHeight(append(dst, tag[:from]...), need)
		tag = tag[to:]
	}
	return append(dst, tag...)
}

// withoutAttr is a start tag, or what is left of one, without an attribute.
func withoutAttr(tag []byte, name string) []byte {
	if from, to, ok := attrExtent(tag, name); ok {
		return append(bytes.Clone(tag[:from]), tag[to:]...)
	}
	return tag
}

func appendHeight(dst []byte, points float64) []byte {
	return append(strconv.AppendFloat(append(dst, ` ht="`...), points, 'f', -1, 64), '"')
}

// attrTrue reports whether a start tag has the attribute, and it is true.
func attrTrue(tag []byte, name string) bool {
	from, to, ok := attrExtent(tag, name)
	if !ok {
		return false
	}
	v := string(extentValue(tag[from:to]))
	return v == "1" || v == "true"
}

// extentValue is the value within the extent of an attribute, without the space around it.
func extentValue(extent []byte) []byte {
	at := bytes.IndexAny(extent, `"'`)
	return bytes.TrimSpace(extent[at+1 : len(extent)-1])
}

// height estimates the points that our texts need in a row.
func (p *sheetSplice) height(i int) float64 {
	lines := 1
	cells := p.ourCells(i)
	for n, width := range p.widths { // two columns in a form of one line
		lines = max(lines, wrappedLines(cells[n].text, width))
	}
	return linesHeight(lines)
}

func linesHeight(lines int) float64 { return math.Min(lineHeight*float64(lines)+1, 409) }

// wrappedLines estimates how many lines a text takes in a column.
func wrappedLines(s string, width float64) int {
	lines := 0
	for more := true; more; {
		var line string
		line, s, more = strings.Cut(s, "\n")
		lines += max(1, int(math.Ceil(float64(utf8.RuneCountInString(line))*1.08/math.Max(width-1, 1))))
	}
	return lines
}

const whyWidth = 60

// WhyFits reports whether a text fits into the column Why of a row that is so many points high.
func WhyFits(text string, points float64) bool {
	return wrappedLines(text, whyWidth) <= max(1, int(points/lineHeight))
}

// WhyRoom is about how many characters the column Why shows in a row that is so many points high.
func WhyRoom(points float64) int {
	return int(float64(max(1, int(points/lineHeight))) * (whyWidth - 6))
}
