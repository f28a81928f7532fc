package workbook

import (
	"fmt"
	"strconv"
	"strings"
)

// reportSheet writes the part of our own sheet and the relationships of its links, nil when it has none.
func (k *Book) reportSheet(r Report, w *wardrobe) (part, rels []byte) {
	var merges, links, targets []byte
	n := 0
	b := make([]byte, 0, r.size())
	b = fmt.Appendf(b, xmlDeclaration+`<worksheet xmlns="%s" xmlns:r="%s"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>`+
		`<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/>`, k.mainNS(), k.relNS())
	b = r.cols(b)
	b = append(b, "<sheetData>"...)
	for i, row := range r.Rows {
		high := r.height(row)
		b = append(strconv.AppendInt(append(b, `<row r="`...), int64(i+1), 10), `" ht="`...)
		b = append(strconv.AppendFloat(b, min(high, 409), 'g', -1, 64), `" customHeight="1">`...)
		col := 1
		for _, c := range row {
			span := max(c.Span, 1)
			d := lookDress(c)
			text := c.shown()
			d.apostrophe = couldBeFormula(text)
			s := w.format(d)
			b = appendReportCell(b, col, i+1, text, s, c.Count)
			for x := 1; x < span; x++ {
				b = appendReportCell(b, col+x, i+1, "", s, false)
			}
			if span > 1 {
				merges = fmt.Appendf(merges, `<mergeCell ref="%s"/>`, Range{col, i + 1, col + span - 1, i + 1})
			}
			if safeLink(c.Link) {
				n++
				links = fmt.Appendf(links, `<hyperlink ref="%s" r:id="rId%d"/>`, Ref(col, i+1), n)
				targets = fmt.Appendf(targets, `<Relationship Id="rId%d" Type="%s/hyperlink" Target="%s" TargetMode="External"/>`, n, k.relNS(), escaped(c.Link))
			}
			col += span
		}
		b = append(b, "</row>"...)
	}
	b = append(b, "</sheetData>"...)
	b = appendWithin(b, "mergeCells", merges)
	b = appendWithin(b, "hyperlinks", links)
	if len(links) > 0 {
		rels = []byte(xmlDeclaration + `<Relationships xmlns="` + packageNS + `">` + string(targets) + "</Relationships>")
	}
	b = append(b, `<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/><pageSetup orientation="landscape" fitToHeight="0"/></worksheet>`...)
	return b, rels
}

// size is about how many bytes the sheet takes.
func (r *Report) size() int {
	const head, cell = 1 << 10, 110
	n := head
	for _, row := range r.Rows {
		for i := range row {
			n += len(row[i].Text) + cell*max(row[i].Span, 1)
		}
	}
	return n
}

func (r *Report) cols(b []byte) []byte {
	var cols []byte
	for i, width := range r.Widths {
		if width > 0 {
			cols = fmt.Appendf(cols, `<col min="%d" max="%d" width="%g" customWidth="1"/>`, i+1, i+1, width)
		}
	}
	return appendWithin(b, "cols", cols)
}

// appendWithin appends an element that is left out when it holds nothing.
func appendWithin(b []byte, name string, inner []byte) []byte {
	if len(inner) == 0 {
		return b
	}
	b = append(append(append(b, '<'), name...), '>')
	b = append(append(append(b, inner...), "</"...), name...)
	return append(b, '>')
}

func appendReportCell(b []byte, col, row int, text string, format int, count bool) []byte {
	b = append(appendRef(append(b, `<c r="`...), col, row), `" s="`...)
	b = strconv.AppendInt(b, int64(format), 10)
	switch {
	case text == "":
		return append(b, `"/>`...)
	case count && simpleNumber([]byte(text)):
		return append(append(append(b, `"><v>`...), text...), "</v></c>"...)
	default:
		b = append(b, `" t="inlineStr"><is><t xml:space="preserve">`...)
		return append(appendEscaped(b, text), "</t></is></c>"...)
	}
}

// shown is the cell's text as it stands on the sheet.
func (c *ReportCell) shown() string {
	if c.Look == MarkLook {
		return c.Mark.withSymbol(c.Text)
	}
	return c.Text
}

// height is how many points high a row stands.
func (r *Report) height(row []ReportCell) float64 {
	high, col := 0.0, 1
	for _, c := range row {
		span := max(c.Span, 1)
		high = max(high, r.needs(c, col, span))
		col += span
	}
	return high
}

// needs is how many points high a cell's text stands.
func (r *Report) needs(c ReportCell, col, span int) float64 {
	line := 15.0
	switch c.Look {
	case TitleLook:
		return 24
	case SectionLook:
		return 20
	case HeadLook, NoticeLook:
		line = 16
	}
	width := 0.0
	for i := col - 1; i < col-1+span; i++ {
		if i < len(r.Widths) && r.Widths[i] > 0 {
			width += r.Widths[i]
		} else {
			width += 9
		}
	}
	return line*float64(wrappedLines(c.shown(), width)) + 1
}

func safeLink(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "mailto:")
}
