package workbook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The widths of our columns, in characters.
var ourWidths = []float64{24, whyWidth, 21}

// Annotate writes the workbook to w with the annotation in it. Every part that is not touched is copied as the bytes
// it came in. The error is an *Error where the workbook is at fault (a part that only writing needs is damaged), and
// otherwise about a or w; what was written is then no workbook.
func (k *Book) Annotate(ctx context.Context, w io.Writer, a Annotation) error {
	if err := a.validate(k); err != nil {
		return err
	}
	var err error
	p := &packageSplice{k: k, a: &a, changed: map[string]newPart{}, dropped: map[string]bool{}, splices: map[string]*sheetSplice{}, names: map[sheetName]string{}}
	if p.wardrobe, err = k.newWardrobe(ctx); err != nil {
		return err
	}
	for i, one := range a.sheets() {
		if err := p.planOne(ctx, one, i > 0); err != nil {
			return err
		}
	}
	p.planReport(ctx)
	p.planStyles()
	if err := p.planRelations(ctx); err != nil {
		return err
	}
	return p.write(ctx, w)
}

// planOne decides what becomes of one sheet with what belongs to it.
func (p *packageSplice) planOne(ctx context.Context, one *Annotation, other bool) error {
	layout, err := p.k.Layout(ctx, one.Sheet)
	if err != nil {
		return err
	}
	p.a, p.sheetRels = one, nil
	if err := p.planSheet(ctx, &layout); err != nil {
		return err
	}
	if other && len(one.Marks) == 0 {
		p.sheet.leaveOut()
	}
	p.splices[partKey(p.sheet.part)] = p.sheet
	if err := p.planComments(ctx); err != nil {
		return err
	}
	if err := p.planCalc(&layout); err != nil {
		return err
	}
	return p.addRels(ctx, p.sheet.part, p.sheetRels)
}

// packageSplice is everything that becomes of the parts of one workbook.
type packageSplice struct {
	k        *Book
	a        *Annotation // of the sheet that is planned
	wardrobe *wardrobe
	sheet    *sheetSplice            // that is planned
	splices  map[string]*sheetSplice // by partKey

	changed map[string]newPart // by partKey: what becomes of a part
	dropped map[string]bool    // by partKey
	added   []newPart

	mainRels  []newRel // of the workbook part
	sheetRels []newRel // of the sheet that is planned
	types     []string // overrides and defaults for the content types
	tab       string   // attributes of the report's <sheet>, "" when it is there already
	tabRel    string
	names     map[sheetName]string // new ranges of names
	styles    string               // the part of the cell formats, which is known when the sheets are written
	noCalc    string               // the calculation chain's part, when it goes
}

type newPart struct {
	name string
	data []byte
	// write, when set, streams the part instead: thousands of comments need not be in memory at once.
	write func(io.Writer) error
}

type newRel struct{ id, kind, target string }

// planSheet decides where our cells go.
func (p *packageSplice) planSheet(ctx context.Context, l *Layout) error {
	a := p.a
	s := &sheetSplice{k: p.k, layout: l, part: p.k.sheets[a.Sheet].part, widths: ourWidths, relNS: p.k.relNS(), style: -1}
	p.sheet = s
	s.notes = p.k.partNotes[a.Sheet]
	if s.notes.dataStart == 0 || a.HeaderRow == 0 && len(a.Marks) == 0 {
		s.leaveOut()
		return nil
	}
	var err error
	switch {
	case a.HeaderRow == 0 && !a.Replace:
		if s.old, err = p.k.findBlocks(ctx, a.Sheet); err != nil {
			return err
		}
	case a.HeaderRow > 0 && a.Replace:
		if s.old, err = p.k.findOld(ctx, a, ourWidths); err != nil {
			return err
		}
	}
	s.notes = p.k.partNotes[a.Sheet] // looking for old answers reads the sheet again
	at := p.k.place(l, a.over(s.old))
	if s.first, s.last, s.beside, s.filter = at.first, at.last, at.beside, at.filter; s.last > maxCols {
		s.leaveOut()
		return nil
	}
	s.tailor = &tailor{w: p.wardrobe, alone: s.beside < 1 || a.HeaderRow == 0, standard: s.notes.styleOf(s.beside), formats: map[int]*[cuts]int{}}
	p.rename(l, a, &at)
	if a.HeaderRow == 0 {
		p.planLabels(a.over(s.old))
		return nil
	}
	headers := a.Headers
	if at.table != nil {
		if headers, err = p.extendTable(ctx, at.table, headers); err != nil {
			return err
		}
	}
	p.planRows(l, headers)
	return nil
}

// over is the annotation of a form of one line in the place of an earlier one.
func (a *Annotation) over(old *oldAnswers) *Annotation {
	if a.HeaderRow > 0 || old == nil || len(old.blocks) == 0 {
		return a
	}
	b := *a
	b.Column, b.LabelRow, b.Replace = old.blocks[0].FirstCol, old.blocks[0].FirstRow, true
	return &b
}

// rename gives the sheet's own names the ranges that have our columns in them.
func (p *packageSplice) rename(l *Layout, a *Annotation, at *placement) {
	if at.prints != "" {
		p.names[sheetName{printAreaName, a.Sheet}] = at.prints
	}
	name := sheetName{filterName, a.Sheet}
	if old := p.k.names[name]; old != "" && at.filter != (Range{}) {
		sheet := old[:strings.LastIndexByte(old, '!')+1]
		f := at.filter
		p.names[name] = fmt.Sprintf("%s$%s$%d:$%s$%d", sheet, Column(f.FirstCol), f.FirstRow, Column(f.LastCol), f.LastRow)
	}
}

// planRows puts our three columns beside a table.
func (p *packageSplice) planRows(l *Layout, headers [3]string) {
	a, s := p.a, p.sheet
	// A table's header cells must read as the table says, so where somebody drew a table over our columns they stay.
	ours := Range{s.first, a.HeaderRow, s.last, a.HeaderRow}
	headed := !slices.ContainsFunc(l.Tables, func(t Table) bool { return t.Range.Overlaps(ours) })
	s.rows = make([]int, 0, len(a.Marks)+1)
	if headed {
		s.rows = append(s.rows, a.HeaderRow)
	}
	for _, m := range a.Marks {
		s.rows = append(s.rows, m.Row)
	}
	type word struct {
		kind   MarkKind
		result string
	}
	words := map[word]string{} // with their symbols; there are few
	s.cells = func(i int) (cells [3]ourCell) {
		if !headed {
			i++
		}
		if i == 0 {
			for n, h := range headers {
				cells[n] = ourCell{h, cutFor(h, headCut, headTextCut)}
			}
			return cells
		}
		m := &a.Marks[i-1]
		if m.Kind == PlainMark && m.Result == "" && m.Why == "" && m.Reference == "" {
			return cells
		}
		result, known := words[word{m.Kind, m.Result}]
		if !known {
			result = m.Kind.withSymbol(m.Result)
			words[word{m.Kind, m.Result}] = result
		}
		return [3]ourCell{{result, markCut + cut(m.Kind)}, {m.Why, cutFor(m.Why, plainCut, plainTextCut)}, {m.Reference, cutFor(m.Reference, plainCut, plainTextCut)}}
	}
}

// planLabels puts the three answers of a form of one line to the right of what the sheet holds.
func (p *packageSplice) planLabels(a *Annotation) {
	s := p.sheet
	top := max(a.LabelRow, 1)
	s.widths = []float64{18, whyWidth}
	s.rows = []int{top, top + 1, top + 2}
	m := a.Marks[0]
	s.cells = func(i int) [3]ourCell {
		text := [3]string{m.Kind.withSymbol(m.Result), m.Why, m.Reference}[i]
		answer := ourCell{text, cutFor(text, plainCut, plainTextCut)}
		if i == 0 {
			answer.cut = markCut + cut(m.Kind)
		}
		return [3]ourCell{{a.Headers[i], cutFor(a.Headers[i], headCut, headTextCut)}, answer}
	}
}

// leaveOut gives up our columns on a sheet that has no place for them; the comments and the report remain.
func (s *sheetSplice) leaveOut() {
	s.first, s.last, s.rows, s.widths = maxCols+1, maxCols, nil, nil
	s.tailor = &tailor{alone: true}
}

// planComments decides what becomes of the sheet's comments. Where the comments or the drawing that came with the
// workbook cannot be read, they stay as they are and there are no comments of ours: the columns say the same.
func (p *packageSplice) planComments(ctx context.Context) error {
	part := p.sheet.part
	if p.sheet.notes.dataStart == 0 {
		return nil // no rows, no cells to speak of
	}
	rels, err := p.k.a.relationships(ctx, part)
	if err != nil {
		return err
	}
	list := joined(p.a.Comments)
	old, has := relOfKind(rels, relComments)
	has = has && p.k.a.has(old.target)
	if !has && len(list) == 0 {
		return nil
	}
	var drawing string
	for _, r := range rels {
		if r.id == p.sheet.notes.legacy && r.kind == relVML && !r.external && p.k.a.has(r.target) {
			drawing = r.target
		}
	}
	if p.sheet.notes.legacy != "" && drawing == "" {
		return nil // the drawing it names is missing
	}
	gone, fresh := []string(nil), list
	var comments newPart
	if has {
		var cells []string
		if comments, gone, cells, err = p.k.editComments(ctx, old.target, list); err != nil {
			return ctx.Err()
		}
		fresh = nil
		wanted := map[string]bool{}
		for _, c := range cells {
			wanted[c] = true
		}
		for _, c := range list {
			if wanted[c.Cell] {
				fresh = append(fresh, c)
			}
		}
	}
	if drawing != "" {
		vml, err := p.k.editVML(ctx, drawing, gone, fresh)
		if err != nil {
			return ctx.Err()
		}
		p.changed[partKey(drawing)] = vml
	} else if len(fresh) > 0 {
		name := p.newName("xl/drawings/vmlDrawing", ".vml")
		p.added = append(p.added, newPart{name: name, write: func(w io.Writer) error { return writeVML(w, fresh) }})
		id := p.newID(rels, "rIdHandrailDrawing")
		p.sheetRels = append(p.sheetRels, newRel{id, relVML, "/" + name})
		p.sheet.legacy = id
		p.types = append(p.types, `<%[1]sDefault Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>`)
	}
	if has {
		p.changed[partKey(old.target)] = comments
		return nil
	}
	name := p.newName("xl/comments", ".xml")
	p.added = append(p.added, newPart{name: name, write: func(w io.Writer) error { return p.k.writeComments(w, list) }})
	p.sheetRels = append(p.sheetRels, newRel{p.newID(rels, "rIdHandrailComments"), relComments, "/" + name})
	p.types = append(p.types, override(name, "comments"))
	return nil
}

func override(name, kind string) string {
	return `<%[1]sOverride PartName="/` + name + `" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.` + kind + `+xml"/>`
}

// newName is a part name that is not taken.
func (p *packageSplice) newName(stem, ext string) string {
	for i := 1; ; i++ {
		name := fmt.Sprintf("%s%d%s", stem, i, ext)
		taken := p.k.a.has(name)
		for _, n := range p.added {
			taken = taken || n.name == name
		}
		if !taken {
			return name
		}
	}
}

func (p *packageSplice) newID(rels []relationship, stem string) string {
	taken := make(map[string]bool, len(rels))
	for _, r := range rels {
		taken[r.id] = true
	}
	id := stem
	for i := 2; taken[id]; i++ {
		id = fmt.Sprintf("%s%d", stem, i)
	}
	return id
}

var errEnough = errors.New("enough was read")

// isReport reports whether a sheet is one that an earlier annotation wrote. One that cannot be read is somebody else's.
func (k *Book) isReport(ctx context.Context, i int) bool {
	if !strings.HasPrefix(strings.ToLower(k.sheets[i].Name), strings.ToLower(reportName)) || k.sheets[i].Kind != relWorksheet {
		return false
	}
	ours := false
	err := k.Rows(ctx, i, func(r *Row) error {
		if c := r.Cell(1); r.Number == 1 && c != nil {
			ours = c.Value == reportName || c.Value == TrialTitle || strings.HasPrefix(c.Value, reportOf)
		}
		return errEnough
	})
	return ours && errors.Is(err, errEnough)
}

// planReport puts the report on the sheet of an earlier annotation, or on a new last one.
func (p *packageSplice) planReport(ctx context.Context) {
	k := p.k
	data, rels := k.reportSheet(p.a.Report, p.wardrobe)
	for i := range k.sheets {
		if p.splices[partKey(k.sheets[i].part)] == nil && k.isReport(ctx, i) {
			part := k.fileOf(k.sheets[i].part).Name
			p.changed[partKey(part)] = newPart{data: data}
			key := partKey(relsPart(k.sheets[i].part))
			switch {
			case rels == nil:
				p.dropped[key] = true
			case k.a.has(key):
				p.changed[key] = newPart{data: rels}
			default:
				p.added = append(p.added, newPart{name: relsPart(k.sheets[i].part), data: rels})
			}
			return
		}
	}
	name := p.newName("xl/worksheets/handrail", ".xml")
	p.added = append(p.added, newPart{name: name, data: data})
	if rels != nil {
		p.added = append(p.added, newPart{name: relsPart(name), data: rels})
	}
	p.types = append(p.types, override(name, "worksheet"))
	p.tabRel = p.newID(k.mainRels, "rIdHandrail")
	p.mainRels = append(p.mainRels, newRel{p.tabRel, relWorksheet, "/" + name})
	id := 1
	for _, s := range k.sheets {
		id = max(id, s.id+1)
	}
	p.tab = fmt.Sprintf(` name="%s" sheetId="%d"`, k.freeSheetName(), id)
}

// freeSheetName is "Handrail", or "Handrail (2)" when somebody has a sheet of that name.
func (k *Book) freeSheetName() string {
	taken := make(map[string]bool, len(k.sheets))
	for _, s := range k.sheets {
		taken[foldedName(s.Name)] = true
	}
	name := reportName
	for i := 2; taken[foldedName(name)]; i++ {
		name = fmt.Sprintf("%s (%d)", reportName, i)
	}
	return name
}

// planCalc drops the calculation chain when a formula gives way to our cells: Excel makes a new one, and would call a
// chain that names a cell without a formula damage.
func (p *packageSplice) planCalc(l *Layout) error {
	if !l.hasFormula(p.sheet.first, p.sheet.last, p.a.HeaderRow) {
		return nil
	}
	if r, ok := relOfKind(p.k.mainRels, relCalcChain); ok && p.k.a.has(r.target) {
		p.noCalc = p.k.fileOf(r.target).Name
		p.dropped[partKey(r.target)] = true
	}
	return nil
}

// planStyles says where the cell formats go. Which ones there are is known once the sheets are written.
func (p *packageSplice) planStyles() {
	if p.styles = p.wardrobe.part; p.styles != "" {
		return
	}
	p.styles = "xl/styles.xml" // openpyxl looks nowhere else
	if p.k.a.has(p.styles) {
		p.styles = p.newName("xl/styles", ".xml")
	}
	p.types = append(p.types, override(p.styles, "styles"))
	p.mainRels = append(p.mainRels, newRel{p.newID(p.k.mainRels, "rIdHandrailStyles"), relStyles, "/" + p.styles})
}
