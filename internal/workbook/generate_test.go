package workbook

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"strconv"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zip"
)

// genColumns is the width of a generated table, whose header stands in row 2.
const genColumns = 20

var genHeaders = [genColumns]string{
	"Item", "Title", "Justification", "Supplier", "Business number", "Category", "Delivery date", "Start date", "Quantity", "Unit price",
	"Subtotal", "Tax rate", "Tax", "Total", "Currency", "Cost centre", "Payment method", "Recurring", "Within limit", "Remarks",
}

// generate writes a workbook as Excel does, down to the attributes that it adds to everything: a table of 20 columns
// under a merged title, with shared strings, dates, shared and plain formulas with stored values, booleans, empty cells
// that are only formatted, styles, validations, conditional formats, a logo, a filter, print settings, and a second
// sheet with lists.
func generate(tb testing.TB, rows int) []byte {
	tb.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 6) })
	g := genBook{ids: map[string]int{}}
	sheet := g.sheet(rows)
	lists := g.lists()
	for _, p := range []struct {
		name string
		data []byte
	}{
		{"[Content_Types].xml", []byte(genTypes)},
		{"_rels/.rels", []byte(genRels("officeDocument", "xl/workbook.xml"))},
		{"xl/workbook.xml", []byte(genWorkbook)},
		{"xl/_rels/workbook.xml.rels", []byte(genRels("worksheet", "worksheets/sheet1.xml", "worksheet", "worksheets/sheet2.xml", "styles", "styles.xml", "sharedStrings", "sharedStrings.xml"))},
		{"xl/worksheets/sheet1.xml", sheet},
		{"xl/worksheets/_rels/sheet1.xml.rels", []byte(genRels("drawing", "../drawings/drawing1.xml"))},
		{"xl/worksheets/sheet2.xml", lists},
		{"xl/drawings/drawing1.xml", []byte(genDrawing)},
		{"xl/drawings/_rels/drawing1.xml.rels", []byte(genRels("image", "../media/image1.png"))},
		{"xl/media/image1.png", genLogo(tb)},
		{"xl/styles.xml", []byte(genStyles)},
		{"xl/sharedStrings.xml", g.sharedStrings()},
	} {
		w, err := z.Create(p.name)
		if err == nil {
			_, err = w.Write(p.data)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// genBook collects the shared strings of a workbook in the order in which its cells first use them.
type genBook struct {
	ids   map[string]int
	texts []string
	uses  int
}

func (g *genBook) text(s string) int {
	g.uses++
	id, known := g.ids[s]
	if !known {
		id = len(g.texts)
		g.ids[s] = id
		g.texts = append(g.texts, s)
	}
	return id
}

func (g *genBook) sharedStrings() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, xmlDeclaration+`<sst xmlns="%s" count="%d" uniqueCount="%d">`, mainNS, g.uses, len(g.texts))
	for _, s := range g.texts {
		fmt.Fprintf(&b, `<si><t>%s</t></si>`, escaped(s))
	}
	b.WriteString(`</sst>`)
	return b.Bytes()
}

// The cell formats of genStyles.
const (
	genPlain = iota
	genTitle
	genHead
	genInteger
	genMoney
	genDate
	genPercent
	genWrap
)

func (g *genBook) sheet(rows int) []byte {
	last := rows + 2
	var b bytes.Buffer
	b.Grow(rows*1100 + 8192)
	fmt.Fprintf(&b, xmlDeclaration+`<worksheet xmlns="%s" xmlns:r="%s" xmlns:mc="%s" mc:Ignorable="x14ac" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac">`+
		`<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="A1:T%d"/><sheetViews><sheetView tabSelected="1" workbookViewId="0"><pane ySplit="2" topLeftCell="A3" activePane="bottomLeft" state="frozen"/>`+
		`<selection pane="bottomLeft" activeCell="A3" sqref="A3"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15" x14ac:dyDescent="0.25"/><cols>`+
		`<col min="1" max="1" width="6.7109375" customWidth="1"/><col min="2" max="3" width="38.7109375" customWidth="1"/><col min="4" max="20" width="14.7109375" customWidth="1"/></cols><sheetData>`,
		mainNS, relNS, markupNS, last)
	fmt.Fprintf(&b, `<row r="1" spans="1:20" ht="26.25" customHeight="1" x14ac:dyDescent="0.4"><c r="A1" s="%d" t="s"><v>%d</v></c><c r="B1" s="%[1]d"/><c r="C1" s="%[1]d"/><c r="D1" s="%[1]d"/></row>`, genTitle, g.text("Requests / Demandes"))
	b.WriteString(`<row r="2" spans="1:20" ht="30" x14ac:dyDescent="0.25">`)
	for c, h := range genHeaders {
		fmt.Fprintf(&b, `<c r="%s" s="%d" t="s"><v>%d</v></c>`, Ref(c+1, 2), genHead, g.text(h))
	}
	b.WriteString(`</row>`)
	for r := range rows {
		g.row(&b, r, last)
	}
	fmt.Fprintf(&b, `</sheetData><autoFilter ref="A2:T%[1]d"/><mergeCells count="1"><mergeCell ref="A1:D1"/></mergeCells>`+
		`<conditionalFormatting sqref="N3:N%[1]d"><cfRule type="cellIs" dxfId="0" priority="1" operator="greaterThan"><formula>10000</formula></cfRule></conditionalFormatting>`+
		`<conditionalFormatting sqref="G3:G%[1]d"><cfRule type="expression" dxfId="1" priority="2"><formula>AND(G3&lt;&gt;"",G3&lt;H3)</formula></cfRule></conditionalFormatting>`+
		`<dataValidations count="2"><dataValidation type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1" sqref="Q3:Q%[1]d"><formula1>Lists!$A$2:$A$4</formula1></dataValidation>`+
		`<dataValidation type="decimal" operator="greaterThanOrEqual" allowBlank="1" showErrorMessage="1" sqref="J3:J%[1]d"><formula1>0</formula1></dataValidation></dataValidations>`+
		`<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/><pageSetup orientation="landscape" fitToHeight="0"/><drawing r:id="rId1"/></worksheet>`, last)
	return b.Bytes()
}

// row writes request r, all its values computed as a spreadsheet would compute them.
func (g *genBook) row(b *bytes.Buffer, r, last int) {
	n := r + 3
	fmt.Fprintf(b, `<row r="%d" spans="1:20" x14ac:dyDescent="0.25">`, n)
	words := func(col, format int, s string) {
		fmt.Fprintf(b, `<c r="%s" s="%d" t="s"><v>%d</v></c>`, Ref(col, n), format, g.text(s))
	}
	number := func(col, format int, formula string, v float64) {
		fmt.Fprintf(b, `<c r="%s" s="%d">%s<v>%s</v></c>`, Ref(col, n), format, formula, strconv.FormatFloat(v, 'f', -1, 64))
	}
	price := float64((r*7919+13)%450_000+99) / 100
	quantity, rate := float64(r*31%12+1), []float64{0.13, 0.05, 0.14975, 0.15}[r%4]
	subtotal := quantity * price
	tax := math.Round(subtotal*rate*100) / 100
	number(1, genInteger, "", float64(r+1))
	words(2, genPlain, fmt.Sprintf("%s for team %d, lot %d", genGoods[r%len(genGoods)], r%97, r*3/4))
	words(3, genWrap, fmt.Sprintf("Needed for project %d by the end of the quarter; the present stock & its spares ran out in week %d.", r%400, r%5+40))
	words(4, genPlain, fmt.Sprintf("%s %s Inc.", genTowns[r*13%len(genTowns)], genTrades[r*17%len(genTrades)]+" "+strconv.Itoa(r*29%60)))
	words(5, genPlain, fmt.Sprintf("%09d RT0001", 100_000_000+r*29%60*7_654_321))
	words(6, genPlain, []string{"goods", "services", "construction"}[r%3])
	number(7, genDate, "", float64(46_000+r%365))
	number(8, genDate, "", float64(45_900+r*7%365))
	number(9, genInteger, "", quantity)
	number(10, genMoney, "", price)
	f := `<f t="shared" si="0"/>`
	if r == 0 {
		f = fmt.Sprintf(`<f t="shared" ref="K3:K%d" si="0">I3*J3</f>`, last)
	}
	number(11, genMoney, f, subtotal)
	number(12, genPercent, "", rate)
	number(13, genMoney, fmt.Sprintf("<f>ROUND(K%d*L%d,2)</f>", n, n), tax)
	number(14, genMoney, fmt.Sprintf("<f>K%d+M%d</f>", n, n), subtotal+tax)
	words(15, genPlain, "CAD")
	words(16, genPlain, strconv.Itoa(10_400+r%83))
	words(17, genPlain, []string{"acquisition card", "invoice", "purchase order"}[r*5%3])
	fmt.Fprintf(b, `<c r="R%d" s="%d" t="b"><v>%d</v></c>`, n, genPlain, r%2)
	verdict := "yes"
	if subtotal+tax > 10_000 {
		verdict = "no"
	}
	fmt.Fprintf(b, `<c r="S%d" s="%d" t="str"><f>IF(N%d&gt;10000,"no","yes")</f><v>%s</v></c>`, n, genPlain, n, verdict)
	if r%10 == 0 {
		words(20, genWrap, fmt.Sprintf("See quote %d", r))
	} else {
		fmt.Fprintf(b, `<c r="T%d" s="%d"/>`, n, genWrap)
	}
	b.WriteString(`</row>`)
}

var (
	genGoods  = []string{"Monitors", "Translation", "Safety boots", "Chairs", "Licences", "Toner", "Interpretation", "Courier", "Training", "Batteries", "Cabling"}
	genTowns  = []string{"Gatineau", "Moncton", "Lévis", "Ottawa", "Regina", "Sudbury", "Halifax"}
	genTrades = []string{"Supplies", "Services", "Technologies", "Traduction", "Logistics"}
)

func (g *genBook) lists() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, xmlDeclaration+`<worksheet xmlns="%s"><dimension ref="A1:A4"/><sheetData>`, mainNS)
	for i, s := range []string{"Payment methods", "acquisition card", "invoice", "purchase order"} {
		fmt.Fprintf(&b, `<row r="%d"><c r="A%[1]d" t="s"><v>%d</v></c></row>`, i+1, g.text(s))
	}
	b.WriteString(`</sheetData></worksheet>`)
	return b.Bytes()
}

// genRels writes relationships from pairs of kind and target.
func genRels(pairs ...string) string {
	s := xmlDeclaration + `<Relationships xmlns="` + packageNS + `">`
	for i := 0; i < len(pairs); i += 2 {
		s += fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/%s" Target="%s"/>`, i/2+1, relNS, pairs[i], pairs[i+1])
	}
	return s + `</Relationships>`
}

func genLogo(tb testing.TB) []byte {
	m := image.NewRGBA(image.Rect(0, 0, 160, 48))
	for x := range 160 {
		for y := range 48 {
			m.Set(x, y, color.RGBA{uint8(x), uint8(x * y), uint8(y * 5), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

const genTypes = xmlDeclaration + `<Types xmlns="` + contentNS + `"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
	`<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>` +
	`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
	`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
	`<Override PartName="/xl/worksheets/sheet2.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
	`<Override PartName="/xl/drawings/drawing1.xml" ContentType="application/vnd.openxmlformats-officedocument.drawing+xml"/>` +
	`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` +
	`<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`

const genWorkbook = xmlDeclaration + `<workbook xmlns="` + mainNS + `" xmlns:r="` + relNS + `"><workbookPr defaultThemeVersion="166925"/><bookViews><workbookView activeTab="0"/></bookViews>` +
	`<sheets><sheet name="Requests" sheetId="1" r:id="rId1"/><sheet name="Lists" sheetId="2" r:id="rId2"/></sheets><calcPr calcId="191029"/></workbook>`

const genDrawing = xmlDeclaration + `<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">` +
	`<xdr:oneCellAnchor><xdr:from><xdr:col>5</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>0</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="914400" cy="304800"/>` +
	`<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="Logo"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip xmlns:r="` + relNS + `" r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill>` +
	`<xdr:spPr><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic><xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>`

const genStyles = xmlDeclaration + `<styleSheet xmlns="` + mainNS + `"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts>` +
	`<fonts count="3"><font><sz val="11"/><color rgb="FF000000"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="18"/><name val="Calibri"/><family val="2"/></font>` +
	`<font><b/><sz val="11"/><color rgb="FFFFFFFF"/><name val="Calibri"/><family val="2"/></font></fonts>` +
	`<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FF1F4E78"/><bgColor indexed="64"/></patternFill></fill></fills>` +
	`<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left style="thin"><color auto="1"/></left><right style="thin"><color auto="1"/></right><top style="thin"><color auto="1"/></top><bottom style="thin"><color auto="1"/></bottom><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="8"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
	`<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="0" fontId="2" fillId="2" borderId="1" xfId="0" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>` +
	`<xf numFmtId="1" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/><xf numFmtId="4" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/>` +
	`<xf numFmtId="164" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/><xf numFmtId="10" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/>` +
	`<xf numFmtId="0" fontId="0" fillId="0" borderId="1" xfId="0" applyBorder="1" applyAlignment="1"><alignment wrapText="1"/></xf></cellXfs>` +
	`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles><dxfs count="2"><dxf><font><color rgb="FF9C0006"/></font><fill><patternFill><bgColor rgb="FFFFC7CE"/></patternFill></fill></dxf>` +
	`<dxf><font><b/></font></dxf></dxfs><tableStyles count="0" defaultTableStyle="TableStyleMedium2" defaultPivotStyle="PivotStyleLight16"/></styleSheet>`
