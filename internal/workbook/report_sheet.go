package workbook

import (
	"fmt"
	"strings"
)

// reportSheet writes the part of our own sheet and the relationships of its links, nil when it has none.
func (k *Book) reportSheet(r Report, w *wardrobe) (part, rels []byte) {
	var rows, merges, links, targets strings.Builder
	n := 0
	for i, row := range r.Rows {
		high := 0.0
		var cells strings.Builder
		col := 1
		for _, c := range row {
			span := max(c.Span, 1)
			d := lookDress(c)
			text := c.Text
			if c.Look == MarkLook {
				text = c.Mark.withSymbol(text)
			}
			d.apostrophe = couldBeFormula(text)
			s := w.format(d)
			reportCell(&cells, Ref(col, i+1), text, s, c.Count)
			for x := 1; x < span; x++ {
				fmt.Fprintf(&cells, `<c r="%s" s="%d"/>`, Ref(col+x, i+1), s)
			}
			if span > 1 {
				fmt.Fprintf(&merges, `<mergeCell ref="%s"/>`, Range{col, i + 1, col + span - 1, i + 1})
			}
			high = max(high, r.needs(c, text, col, span))
			if safeLink(c.Link) {
				n++
				fmt.Fprintf(&links, `<hyperlink ref="%s" r:id="rId%d"/>`, Ref(col, i+1), n)
				fmt.Fprintf(&targets, `<Relationship Id="rId%d" Type="%s/hyperlink" Target="%s" TargetMode="External"/>`, n, k.relNS(), escaped(c.Link))
			}
			col += span
		}
		fmt.Fprintf(&rows, `<row r="%d" ht="%g" customHeight="1">%s</row>`, i+1, min(high, 409), cells.String())
	}
	var b strings.Builder
	fmt.Fprintf(&b, xmlDeclaration+`<worksheet xmlns="%s" xmlns:r="%s"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>`+
		`<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/>`, k.mainNS(), k.relNS())
	var cols strings.Builder
	for i, width := range r.Widths {
		if width > 0 {
			fmt.Fprintf(&cols, `<col min="%d" max="%d" width="%g" customWidth="1"/>`, i+1, i+1, width)
		}
	}
	if cols.Len() > 0 {
		b.WriteString("<cols>" + cols.String() + "</cols>")
	}
	b.WriteString("<sheetData>" + rows.String() + "</sheetData>")
	if merges.Len() > 0 {
		b.WriteString("<mergeCells>" + merges.String() + "</mergeCells>")
	}
	if links.Len() > 0 {
		b.WriteString("<hyperlinks>" + links.String() + "</hyperlinks>")
		rels = []byte(xmlDeclaration + `<Relationships xmlns="` + packageNS + `">` + targets.String() + "</Relationships>")
	}
	b.WriteString(`<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/><pageSetup orientation="landscape" fitToHeight="0"/></worksheet>`)
	return []byte(b.String()), rels
}

func reportCell(b *strings.Builder, ref, text string, format int, count bool) {
	switch {
	case text == "":
		fmt.Fprintf(b, `<c r="%s" s="%d"/>`, ref, format)
	case count && simpleNumber([]byte(text)):
		fmt.Fprintf(b, `<c r="%s" s="%d"><v>%s</v></c>`, ref, format, text)
	default:
		fmt.Fprintf(b, `<c r="%s" s="%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, ref, format, escaped(text))
	}
}

// needs is how many points high a cell's text stands.
func (r *Report) needs(c ReportCell, text string, col, span int) float64 {
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
	return line*float64(wrappedLines(text, width)) + 1
}

func safeLink(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "mailto:")
}
