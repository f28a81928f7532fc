package policybook

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
	"handrail/rules"
)

// The rows of every sheet: the title, what the sheet is for, the headers, and a line of help under them.
const (
	titleRow  = 1
	introRow  = 2
	headerRow = 3
	helpRow   = 4
	firstRow  = 5
)

// spare is how many empty rows below the last one have the look and the drop-downs of a row.
const spare = 25

// rowsOf are the rows of every sheet that a policy and its tests fill.
func rowsOf(doc, tests *text, l request.Lang) map[string][]*record {
	v := vocabularyOf(doc)
	c := &conv{l, v}
	rows := map[string][]*record{}
	rows["about"] = aboutRecords(doc, l)
	rows["limits"] = limitRecords(c, doc)
	rows["guardrails"] = guardrailTable.records(c, doc, doc.all("guardrail"))
	for _, g := range doc.all("guardrail") {
		for _, s := range subsOf(g, "variant") {
			r := variantTable.record(c, doc, s)
			r.cells["guardrail"] = g.get("id").text()
			rows["variants"] = append(rows["variants"], r)
		}
	}
	rows["totals"] = totalTable.records(c, doc, doc.all("total"))
	for _, r := range listTable.records(c, doc, doc.all("list")) {
		rows["lists"] = append(rows["lists"], listRows(r)...)
	}
	rows["exemptions"] = exemptionTable.records(c, doc, doc.all("exemption"))
	if tests != nil {
		usual, cases := exampleRecords(tests)
		rows["examples"] = append(rows["examples"], usual)
		for _, g := range cases {
			for _, r := range g.rows { // so that they stay together when the sheet is sorted
				r.cells["name"] = g.get("name")
			}
			rows["examples"] = append(rows["examples"], g.rows...)
		}
	}
	return rows
}

// listRows are the rows of one list: what is set for all of it stands beside its first entry.
func listRows(r *record) []*record {
	entries := strings.Split(r.get("entries"), "\n")
	var all []*record
	for i, e := range entries {
		row := &record{cells: map[string]string{"list": r.get("list"), "entry": e}}
		if i == 0 {
			for _, col := range []string{"as", "near", "file", "sheet", "column", "other"} {
				row.cells[col] = r.get(col)
			}
		}
		all = append(all, row)
	}
	return all
}

// exampleColumns are the columns of the sheet Examples for the fields that its rows say, all usual ones of a policy's own kind first.
func exampleColumns(rows []*record) []column {
	used := map[string]bool{"supplier": true, "total": true, "cost_centre": true, "commodity": true, "request.unit": true}
	for _, r := range rows {
		for k, s := range r.cells {
			if s != "" {
				used[k] = true
			}
		}
	}
	var cols []column
	for _, f := range request.Fields() {
		if used[f.Name] {
			cols = append(cols, column{id: f.Name, head: f.Label, width: 18, help: both(f.Name, f.Name)})
		}
	}
	var extras []string
	for k := range used {
		if strings.HasPrefix(k, "extra.") {
			extras = append(extras, k)
		}
	}
	slices.Sort(extras)
	for _, k := range extras {
		h := "[" + strings.TrimPrefix(k, "extra.") + "]"
		cols = append(cols, column{id: k, head: both(h, h), width: 18, help: both("A column of your own.", "Une colonne à vous.")})
	}
	for _, k := range exampleKeys {
		if used[k] {
			cols = append(cols, column{id: k, head: exampleHeads[k], width: 18, help: both(k, k)})
		}
	}
	return cols
}

// codesOf are the words of a column with fixed answers, by its id.
func codesOf(sheet, col string) []coded {
	switch col {
	case "on", "reason", "taken_back":
		if sheet != "examples" {
			return yesNo
		}
	case "near":
		if sheet == "totals" {
			return yesNo
		}
	case "action":
		return actions
	case "outcome":
		return outcomes
	case "role":
		return roles
	case "period":
		return periods
	case "scope":
		return scopes
	case "as":
		return listedAs
	}
	return nil
}

// maker writes a workbook.
type maker struct {
	book   *excelize.File
	lang   request.Lang
	other  request.Lang
	only   bool // the policy is in one language: headers and titles are too, and texts have one column
	styles map[string]int
	err    error
}

const (
	dark, tint, border, ink, quiet, entryGround, markGround = "1B4B5A", "EAF1F3", "9FB4BB", "1A1A1A", "505A63", "FFFFFF", "F3F6F9"
)

func write(w io.Writer, p *rules.Policy, raw, tests []byte, o Options) error {
	if o.Lang != request.French {
		o.Lang = request.English
	}
	doc, err := parseText(raw)
	if err != nil {
		return fmt.Errorf("write policy workbook: %w", err)
	}
	if !plainShape(doc) {
		return fmt.Errorf("write policy workbook: the text writes its guardrails, totals or lists in braces; write them under headings, [[guardrail]]")
	}
	only := onlyOf(languagesOf(doc))
	if only != "" {
		o.Lang = only // who may read another language writes this one
	}
	var trials *text
	if tests != nil {
		if trials, err = parseText(tests); err != nil {
			return fmt.Errorf("write policy workbook: tests: %w", err)
		}
	}
	rows := rowsOf(doc, trials, o.Lang)
	if p != nil {
		for i, spec := range p.TotalSpecs() {
			if i < len(rows["totals"]) {
				rows["totals"][i].cells["means"] = rules.TotalWords(spec).In(o.Lang)
			}
		}
	}
	markDays(rows["limits"], o.Lang)
	rows["changes"] = changeRows(o.Changes, o.Lang)
	m := &maker{book: excelize.NewFile(), lang: o.Lang, styles: map[string]int{}}
	defer func() { _ = m.book.Close() }()
	if m.only = only != ""; m.only {
		m.other = m.lang
	} else if m.other = request.French; m.lang == request.French {
		m.other = request.English
	}
	for i := range sheets {
		s := sheets[i]
		if s.id == "examples" {
			s.cols = slices.Clone(s.cols)
			s.cols = append(s.cols, exampleColumns(rows["examples"])...)
		}
		m.sheet(&s, rows[s.id], i == 0)
	}
	m.help()
	m.original(raw, tests, o)
	if m.err != nil {
		return fmt.Errorf("write policy workbook: %w", m.err)
	}
	m.book.SetActiveSheet(0)
	title := ""
	if p != nil {
		title = p.Name() + " " + p.Version()
	}
	if err := m.book.SetDocProps(&excelize.DocProperties{Title: title, Subject: both("Handrail policy workbook", "Classeur de politique Handrail").In(o.Lang), Creator: "Handrail", LastModifiedBy: "Handrail"}); err != nil {
		return err
	}
	return m.book.Write(w)
}

// plainShape reports whether everything that has rows stands under headings.
func plainShape(doc *text) bool {
	for _, e := range doc.sections[0].keys {
		if slices.Contains(rowsOfOthers, e.path[0]) {
			return false
		}
	}
	for _, s := range doc.sections {
		if len(s.path) > 1 && slices.Contains(rowsOfOthers, s.path[0]) && !(s.array && slices.Equal(s.path, []string{"guardrail", "variant"})) {
			return false // [guardrail.title] and its like have no cells
		}
	}
	return true
}

func changeRows(list []Version, l request.Lang) []*record {
	var rows []*record
	for _, v := range list {
		r := &record{cells: map[string]string{"version": v.Version, "proposed": v.ProposedBy, "approved": strings.Join(v.ApprovedBy, "\n"), "words": v.Words.In(l)}}
		if !v.From.IsZero() {
			r.cells["from"] = v.From.String()
		}
		if !v.Until.IsZero() {
			r.cells["until"] = v.Until.String()
		}
		rows = append(rows, r)
	}
	return rows
}

// markDays says beside amounts where they overlap and where days are without one.
func markDays(rows []*record, l request.Lang) {
	by := map[string][]*record{}
	for _, r := range rows {
		k := r.get("limit") + "\x00" + r.get("whom") + "\x00" + r.get("cel")
		by[k] = append(by[k], r)
	}
	for _, group := range by {
		overlaps, gaps := daysOf(group)
		for _, m := range overlaps {
			m.row.cells["mark"] = overlapText(m).In(l)
		}
		for _, m := range gaps {
			m.row.cells["mark"] = gapText(m).In(l)
		}
		first, last := byDay(group)[0], byDay(group)[len(group)-1]
		if group[0].get("whom") != "" || group[0].get("cel") != "" {
			continue
		}
		if f := first.get("from"); f != "" && first.get("mark") == "" {
			first.cells["mark"] = bothf("Before %s there is no amount: lines of those days go to an officer.", "Avant le %s, il n’y a aucun montant\u00a0: les lignes de ces jours vont à un agent.", f).In(l)
		}
		if u := last.get("until"); u != "" && last.get("mark") == "" {
			last.cells["mark"] = bothf("From %s on there is no amount: lines of those days go to an officer.", "À partir du %s, il n’y a aucun montant\u00a0: les lignes de ces jours vont à un agent.", u).In(l)
		}
	}
}

func (m *maker) style(name string, make func() *excelize.Style) int {
	if id, ok := m.styles[name]; ok || m.err != nil {
		return id
	}
	id, err := m.book.NewStyle(make())
	m.fail(err)
	m.styles[name] = id
	return id
}

func (m *maker) fail(err error) {
	if m.err == nil {
		m.err = err
	}
}

func fill(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

func boxes(colour string) []excelize.Border {
	var sides []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		sides = append(sides, excelize.Border{Type: side, Color: colour, Style: 1})
	}
	return sides
}

func (m *maker) look(kind kindOfCell) int {
	return m.style("cell"+strconv.Itoa(int(kind)), func() *excelize.Style {
		s := &excelize.Style{Font: &excelize.Font{Size: 10, Color: ink, Family: "Calibri"}, Border: boxes(border), Fill: fill(entryGround),
			Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}
		format := "@"
		switch kind {
		case day:
			format = "yyyy-mm-dd"
			s.Alignment.Horizontal = "center"
		case money:
			format = "#,##0.00"
			s.Alignment.Horizontal = "right"
		case digits:
			format = "0"
			s.Alignment.Horizontal = "right"
		case yes:
			s.Alignment.Horizontal = "center"
		case code:
			s.Font.Family = "Consolas"
			s.Font.Size = 9
		case ofHandrail:
			s.Fill = fill(markGround)
			s.Font.Color = quiet
		}
		s.CustomNumFmt = &format
		return s
	})
}

func ref(col, row int) string {
	s, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return "A1"
	}
	return s
}

// bilingual is a text in the workbook's language and, below it, in the other.
func (m *maker) bilingual(t request.Text, sep string) string {
	a, b := t.In(m.lang), t.In(m.other)
	if a == b || b == "" {
		return a
	}
	return a + sep + b
}

func (m *maker) sheet(s *sheet, rows []*record, first bool) {
	tab := s.name.In(m.lang)
	if first {
		m.fail(m.book.SetSheetName("Sheet1", tab))
	} else {
		_, err := m.book.NewSheet(tab)
		m.fail(err)
	}
	if m.err != nil || s.id == "help" {
		return
	}
	cols := s.ordered(m.lang)
	if m.only {
		cols = m.alone(cols, rows)
	}
	if s.id == "examples" {
		cols = s.cols
	}
	m.top(tab, s, len(cols))
	last := firstRow + len(rows) + spare
	if s.id == "changes" || s.id == "about" {
		last = firstRow + max(len(rows), 10) - 1
	}
	helpHeight := 1
	for i, c := range cols {
		n := i + 1
		letters, _ := excelize.ColumnNumberToName(n)
		m.fail(m.book.SetColWidth(tab, letters, letters, c.width))
		m.text(tab, n, headerRow, m.headText(s, c), m.headStyle())
		if m.only && c.helpOfTwo {
			c.help = request.Text{}
		}
		m.text(tab, n, helpRow, c.help.In(m.lang), m.helpStyle())
		helpHeight = max(helpHeight, lineCount(c.help.In(m.lang), c.width*1.1))
		m.fail(m.book.SetCellStyle(tab, ref(n, firstRow), ref(n, last), m.look(c.as)))
		m.choices(tab, n, last, c)
	}
	m.fail(m.book.SetRowHeight(tab, headerRow, 32))
	m.fail(m.book.SetRowHeight(tab, helpRow, 12.5*float64(helpHeight)+8))
	for i, r := range rows {
		row := firstRow + i
		height := 1
		for j, c := range cols {
			shown := m.put(tab, j+1, row, s, c, r.get(c.id))
			height = max(height, lineCount(shown, c.width*1.12))
		}
		m.fail(m.book.SetRowHeight(tab, row, min(13.2*float64(height)+4, 400)))
	}
	m.finish(tab, s, cols)
}

// alone are the columns of a policy in one language: those of the other are left out, where nothing stands in them.
func (m *maker) alone(cols []column, rows []*record) []column {
	other := request.French
	if m.lang == other {
		other = request.English
	}
	return slices.DeleteFunc(cols, func(c column) bool {
		of := c.id
		if i := strings.LastIndexByte(of, '_'); i >= 0 {
			of = of[i+1:]
		}
		return of == string(other) && !slices.ContainsFunc(rows, func(r *record) bool { return r.get(c.id) != "" })
	})
}

// headText is a header in both languages, where they differ.
func (m *maker) headText(s *sheet, c column) string {
	if strings.HasPrefix(c.id, "extra.") {
		return c.head.EN
	}
	return m.bilingual(c.head, "\n")
}

func (m *maker) headStyle() int {
	return m.style("head", func() *excelize.Style {
		return &excelize.Style{Font: &excelize.Font{Size: 10, Bold: true, Color: "FFFFFF", Family: "Calibri"}, Fill: fill(dark), Border: boxes(border),
			Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}
	})
}

func (m *maker) helpStyle() int {
	return m.style("help", func() *excelize.Style {
		return &excelize.Style{Font: &excelize.Font{Size: 9, Italic: true, Color: quiet, Family: "Calibri"}, Fill: fill(tint), Border: boxes(border),
			Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}
	})
}

// top writes the title and what the sheet is for.
func (m *maker) top(tab string, s *sheet, cols int) {
	title := m.style("title", func() *excelize.Style {
		return &excelize.Style{Font: &excelize.Font{Size: 16, Bold: true, Color: "FFFFFF", Family: "Calibri"}, Fill: fill(dark), Alignment: &excelize.Alignment{Vertical: "center", Indent: 1}}
	})
	intro := m.style("intro", func() *excelize.Style {
		return &excelize.Style{Font: &excelize.Font{Size: 10, Color: ink, Family: "Calibri"}, Fill: fill(tint), Alignment: &excelize.Alignment{Vertical: "center", WrapText: true, Indent: 1}}
	})
	m.fail(m.book.SetRowHeight(tab, titleRow, 26))
	m.fail(m.book.SetCellStyle(tab, ref(1, titleRow), ref(max(cols, 1), titleRow), title))
	m.fail(m.book.SetCellStyle(tab, ref(1, introRow), ref(max(cols, 1), introRow), intro))
	m.text(tab, 1, titleRow, m.bilingual(s.name, " / "), title)
	width, end := 0.0, 0
	for _, c := range s.cols {
		if width += c.width; end == 0 || width <= 150 {
			end++
		}
	}
	end = max(1, min(end, cols))
	width = 0
	for _, c := range s.cols[:min(end, len(s.cols))] {
		width += c.width
	}
	text := m.bilingual(s.help, "\n")
	if m.only && !s.helpOfOne.IsZero() {
		text = s.helpOfOne.In(m.lang)
	}
	if end > 1 {
		m.fail(m.book.MergeCell(tab, ref(1, introRow), ref(end, introRow)))
	}
	m.text(tab, 1, introRow, text, intro)
	m.fail(m.book.SetRowHeight(tab, introRow, 13.5*float64(lineCount(text, max(width, 20)*1.05))+6))
}

func (m *maker) text(tab string, col, row int, s string, style int) {
	if m.err != nil {
		return
	}
	cell := ref(col, row)
	if s != "" {
		m.fail(m.book.SetCellStr(tab, cell, s))
	}
	m.fail(m.book.SetCellStyle(tab, cell, cell, style))
}

// put writes a cell, and says what it shows.
func (m *maker) put(tab string, col, row int, s *sheet, c column, said string) string {
	if said == "" || m.err != nil {
		return said
	}
	cell := ref(col, row)
	if codes := codesOf(s.id, c.id); codes != nil {
		said = wordOf(codes, said, m.lang)
	}
	if isNothing(said) {
		said = nothingWord.In(m.lang)
	}
	switch c.as {
	case day:
		if d, err := time.Parse(time.DateOnly, said); err == nil {
			m.fail(m.book.SetCellValue(tab, cell, d))
			m.fail(m.book.SetCellStyle(tab, cell, cell, m.look(day)))
			return said
		}
	case money:
		if d, err := decimal.NewFromString(said); err == nil && d.Exponent() >= -2 {
			f, _ := d.Float64()
			m.fail(m.book.SetCellFloat(tab, cell, f, -1, 64))
			return said
		}
	case digits:
		if n, err := strconv.Atoi(said); err == nil {
			m.fail(m.book.SetCellInt(tab, cell, int64(n)))
			return said
		}
	}
	m.fail(m.book.SetCellStr(tab, cell, said))
	return said
}

func (m *maker) choices(tab string, col, last int, c column) {
	if c.choices == nil || m.err != nil {
		return
	}
	d := excelize.NewDataValidation(true)
	d.SetSqref(ref(col, firstRow) + ":" + ref(col, last+500))
	if c.id == "kind" { // too long for a list of its own
		help := sheetOf("help").name.In(m.lang)
		d.SetSqrefDropList(fmt.Sprintf("'%s'!$A$%d:$A$%d", help, kindsRow, kindsRow+len(kinds)))
	} else {
		m.fail(d.SetDropList(c.choices(m.lang)))
	}
	d.ShowErrorMessage = false // anything may be typed: Handrail answers in words
	m.fail(m.book.AddDataValidation(tab, d))
}

// finish sets how the sheet is seen and printed.
func (m *maker) finish(tab string, s *sheet, cols []column) {
	if m.err != nil {
		return
	}
	frozen := 1
	if s.id == "guardrails" {
		frozen = 2
	}
	if s.id == "about" || s.id == "changes" {
		frozen = 1
	}
	top := ref(frozen+1, firstRow)
	m.fail(m.book.SetPanes(tab, &excelize.Panes{Freeze: true, XSplit: frozen, YSplit: headerRow, TopLeftCell: ref(frozen+1, headerRow+1), ActivePane: "bottomRight",
		Selection: []excelize.Selection{{SQRef: top, ActiveCell: top, Pane: "bottomRight"}}}))
	grid, zoom := false, 100.0
	m.fail(m.book.SetSheetView(tab, 0, &excelize.ViewOptions{ShowGridLines: &grid, ZoomScale: &zoom}))
	orientation, size, fit, tall, one := "landscape", 1, true, 0, 1
	width := 0.0
	for _, c := range cols {
		width += c.width
	}
	titles := fmt.Sprintf("'%s'!$%d:$%d", tab, headerRow, headerRow)
	if width <= pageWidth {
		m.fail(m.book.SetSheetProps(tab, &excelize.SheetPropsOptions{FitToPage: &fit}))
		m.fail(m.book.SetPageLayout(tab, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &size, FitToWidth: &one, FitToHeight: &tall}))
	} else { // as many pages across as it takes, each with what names the rows
		scale, order := uint(printScale), "overThenDown"
		fit = false // said, so that the part declares what programs that save it again need
		m.fail(m.book.SetSheetProps(tab, &excelize.SheetPropsOptions{FitToPage: &fit}))
		m.fail(m.book.SetPageLayout(tab, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &size, AdjustTo: &scale, PageOrder: &order}))
		letters, _ := excelize.ColumnNumberToName(frozen)
		titles = fmt.Sprintf("'%s'!$A:$%s,'%s'!$%d:$%d", tab, letters, tab, headerRow, headerRow)
	}
	margin, foot := 0.3, 0.5
	m.fail(m.book.SetPageMargins(tab, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &margin, Bottom: &foot}))
	m.fail(m.book.SetHeaderFooter(tab, &excelize.HeaderFooterOptions{OddFooter: "&L&10" + strings.ReplaceAll(s.name.In(m.lang), "&", "&&") + "&R&10&P / &N"}))
	m.fail(m.book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: tab, RefersTo: titles}))
}

// pageWidth is how many characters of width fit a page of which nothing is too small to read, and printScale how small a wider sheet is.
const (
	pageWidth  = 250
	printScale = 60
)

// kindsRow is the first kind on the sheet Help.
const kindsRow = 6

// help writes the kinds and the fields.
func (m *maker) help() {
	if m.err != nil {
		return
	}
	s := sheetOf("help")
	tab := s.name.In(m.lang)
	m.top(tab, &sheet{name: s.name, help: s.help, cols: []column{{width: 34}, {width: 90}, {width: 40}}}, 3)
	for i, width := range []float64{34, 90, 40} {
		letters, _ := excelize.ColumnNumberToName(i + 1)
		m.fail(m.book.SetColWidth(tab, letters, letters, width))
	}
	say := func(t request.Text) string { return t.In(m.lang) }
	head := func(row int, texts ...request.Text) {
		for i, t := range texts {
			m.text(tab, i+1, row, say(t), m.headStyle())
		}
	}
	cell := m.look(words)
	line := func(row int, texts ...string) {
		height := 1
		for i, t := range texts {
			m.text(tab, i+1, row, t, cell)
			height = max(height, lineCount(t, []float64{34, 90, 40}[i]*1.12))
		}
		m.fail(m.book.SetRowHeight(tab, row, 13.2*float64(height)+4))
	}
	head(kindsRow-1, both("Kind of a guardrail", "Genre d’une balise"), both("Which cells it takes", "Les cellules qu’il utilise"), m.otherWord())
	row := kindsRow
	for _, k := range kinds {
		line(row, say(k.name), say(k.help), m.inOther(k.name))
		row++
	}
	line(row, say(expertKind), say(expertHelp), m.inOther(expertKind))
	row += 2
	head(row, both("A condition says", "Une condition dit"), both("Examples", "Exemples"), m.otherWord())
	row++
	for _, e := range phraseExamples {
		line(row, say(e.what), say(e.say), m.inOther(e.say))
		row++
	}
	row++
	head(row, both("Field", "Champ"), both("What it is", "Ce que c’est"), m.otherWord())
	row++
	for _, f := range request.Fields() {
		line(row, f.Name, say(f.Label), m.inOther(f.Label))
		row++
	}
	for _, f := range []struct {
		name string
		text request.Text
	}{{"request.unit", both("Branch of the requester", "Direction du demandeur")}, {"request.sender", both("Address that the mail came from", "Adresse d’où vient le courriel")}, {"request.email", both("Requester’s e-mail on the form", "Courriel du demandeur au formulaire")},
		{"received", both("Day on which the mail came", "Jour où le courriel est arrivé")}, {"today", both("Day on which it is judged", "Jour où il est jugé")}} {
		line(row, f.name, say(f.text), m.inOther(f.text))
		row++
	}
	m.finish(tab, s, nil)
}

// otherWord is the header over what is said in the other language, and inOther what is said: neither where there is one language.
func (m *maker) otherWord() request.Text {
	if m.only {
		return request.Text{}
	}
	return both("In the other language", "Dans l’autre langue")
}

func (m *maker) inOther(t request.Text) string {
	if m.only {
		return ""
	}
	return t.In(m.other)
}

var phraseExamples = []struct{ what, say request.Text }{
	{both("an answer", "une réponse"), both("payment: invoice; payment: not invoice; commodity: goods, services", "payment\u00a0: invoice; payment\u00a0: pas invoice; commodity\u00a0: goods, services")},
	{both("whether a cell is filled in", "si une cellule est remplie"), both("supplier filled in; tax empty; justification says nothing", "supplier rempli; tax vide; justification ne dit rien")},
	{both("an amount", "un montant"), both("total > limit request; net <= 5000.00; tax > 20% of net", "total > limite request; net <= 5000.00; tax > 20% de net")},
	{both("a day", "un jour"), both("received >= 2027-01-04; authorized_on > today", "received >= 2027-01-04; authorized_on > today")},
	{both("a column of your own", "une colonne à vous"), both("[Programme]: Harbour Heritage; [Expense category] reads: training, formation", "[Programme]\u00a0: Patrimoine; [Catégorie] se lit\u00a0: formation, training")},
	{both("a list", "une liste"), both("supplier on list ineligible; supplier near list ineligible", "supplier sur la liste ineligible; supplier près de la liste ineligible")},
	{both("one of two", "l’une de deux"), both("title filled in or description filled in", "title rempli ou description rempli")},
}

// lineCount is how many lines a text takes at a width in characters.
func lineCount(s string, width float64) int {
	n := 0
	for part := range strings.SplitSeq(s, "\n") {
		n += max(1, int(math.Ceil(float64(len([]rune(part)))/max(width, 1))))
	}
	return n
}

// Original: the text as it was, packed, so that no program changes a byte of it.

const chunk = 30_000

func (m *maker) original(raw, tests []byte, o Options) {
	if m.err != nil {
		return
	}
	if _, err := m.book.NewSheet(originalSheet); err != nil {
		m.fail(err)
		return
	}
	row := 1
	line := func(key, value string) {
		m.fail(m.book.SetCellStr(originalSheet, ref(1, row), key))
		m.fail(m.book.SetCellStr(originalSheet, ref(2, row), value))
		row++
	}
	line("handrail-policy-workbook", "1")
	line("note", both("The text this workbook was made from, for its comments and its layout. What counts is what the other sheets say.",
		"Le texte dont ce classeur est issu, pour ses commentaires et sa présentation. Ce qui compte est ce que disent les autres feuilles.").In(o.Lang))
	line("lang", string(o.Lang))
	line("name", o.Name)
	for _, part := range []struct {
		key string
		raw []byte
	}{{"policy", raw}, {"tests", tests}} {
		if part.raw == nil {
			continue
		}
		var packed bytes.Buffer
		z, err := flate.NewWriter(&packed, flate.BestCompression)
		m.fail(err)
		_, err = z.Write(part.raw)
		m.fail(err)
		m.fail(z.Close())
		s := base64.StdEncoding.EncodeToString(packed.Bytes())
		for len(s) > 0 {
			n := min(chunk, len(s))
			line(part.key, s[:n])
			s = s[n:]
		}
	}
	m.fail(m.book.SetSheetVisible(originalSheet, false))
}

// unpack is the other way round; nil where it is no text of ours, or too large.
func unpack(s string) []byte {
	packed, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil
	}
	const most = 1 << 20 // what the rules read of a policy
	raw, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), most+1))
	if err != nil || len(raw) > most {
		return nil
	}
	return raw
}

// Write writes a policy as a workbook. raw is its text and tests that of its tests, nil where it has none; p is the policy that raw is.
func Write(w io.Writer, p *rules.Policy, raw, tests []byte, o Options) error {
	return write(w, p, raw, tests, o)
}
