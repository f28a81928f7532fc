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
var ourWidths = []float64{24, 60, 21}

// Annotate writes the workbook to w with the annotation in it. Every part that is not touched is copied as the bytes
// it came in. The error is an *Error where the workbook is at fault (a part that only writing needs is damaged), and
// otherwise about a or w; what was written is then no workbook.
func (k *Book) Annotate(ctx context.Context, w io.Writer, a Annotation) error {
	if err := a.validate(k); err != nil {
		return err
	}
	layout, err := k.Layout(ctx, a.Sheet)
	if err != nil {
		return err
	}
	p := &packageSplice{k: k, a: &a, changed: map[string]newPart{}, dropped: map[string]bool{}}
	if p.wardrobe, err = k.newWardrobe(ctx); err != nil {
		return err
	}
	p.planSheet(&layout)
	if err := p.planComments(ctx); err != nil {
		return err
	}
	p.planReport(ctx)
	if err := p.planCalc(&layout); err != nil {
		return err
	}
	if err := p.planStyles(); err != nil {
		return err
	}
	if err := p.planRelations(ctx); err != nil {
		return err
	}
	return p.write(ctx, w)
}

// packageSplice is everything that becomes of the parts of one workbook.
type packageSplice struct {
	k        *Book
	a        *Annotation
	wardrobe *wardrobe
	sheet    *sheetSplice

	changed map[string]newPart // by partKey: what becomes of a part
	dropped map[string]bool    // by partKey
	added   []newPart

	mainRels  []newRel // of the workbook part
	sheetRels []newRel // of the annotated sheet
	types     []string // overrides and defaults for the content types
	tab       string   // attributes of the report's <sheet>, "" when it is there already
	tabRel    string
	noCalc    string // the calculation chain's part, when it goes
}

type newPart struct {
	name string
	data []byte
	// write, when set, streams the part instead: thousands of comments need not be in memory at once.
	write func(io.Writer) error
}

type newRel struct{ id, kind, target string }

// planSheet decides where our cells go.
func (p *packageSplice) planSheet(l *Layout) {
	a := p.a
	s := &sheetSplice{k: p.k, notes: p.k.partNotes[a.Sheet], layout: l, part: p.k.sheets[a.Sheet].part, widths: ourWidths, relNS: p.k.relNS()}
	p.sheet = s
	if s.notes.dataStart == 0 {
		s.leaveOut()
		return
	}
	if a.HeaderRow == 0 {
		p.planLabels(l)
		return
	}
	s.first = max(a.Column, 1)
	if a.Replace {
		last := a.HeaderRow
		if n := len(a.Marks); n > 0 {
			last = a.Marks[n-1].Row
		}
		s.clear = Range{s.first, a.HeaderRow, s.first + 2, last}
	} else {
		s.first = l.place(s.first, a.HeaderRow, 3)
	}
	s.last = s.first + 2
	if s.last > maxCols {
		s.leaveOut()
		return
	}
	// A table's header cells must read as the table says, so where somebody drew a table over our columns they stay.
	headed := !slices.ContainsFunc(l.Tables, func(t Table) bool { return t.Range.Overlaps(s.clear) })
	if headed {
		s.rows = append(s.rows, a.HeaderRow)
	} else {
		s.clear.FirstRow++
	}
	s.rows = slices.Grow(s.rows, len(a.Marks))
	for _, m := range a.Marks {
		s.rows = append(s.rows, m.Row)
	}
	f := p.markFormats()
	head := p.wardrobe.format(headDress)
	type word struct {
		kind   MarkKind
		result string
	}
	words := map[word]string{} // with their symbols; there are few
	s.cells = func(i int) [3]ourCell {
		if !headed {
			i++
		}
		if i == 0 {
			return [3]ourCell{p.textCell(a.Headers[0], headDress, head), p.textCell(a.Headers[1], headDress, head), p.textCell(a.Headers[2], headDress, head)}
		}
		m := &a.Marks[i-1]
		if m.Kind == PlainMark && m.Result == "" && m.Why == "" && m.Reference == "" {
			return [3]ourCell{}
		}
		result, known := words[word{m.Kind, m.Result}]
		if !known {
			result = m.Kind.withSymbol(m.Result)
			words[word{m.Kind, m.Result}] = result
		}
		return [3]ourCell{{result, f[m.Kind]}, p.textCell(m.Why, plainDress, f[PlainMark]), p.textCell(m.Reference, plainDress, f[PlainMark])}
	}
}

// planLabels puts the three answers of a form of one line to the right of what the sheet holds.
func (p *packageSplice) planLabels(l *Layout) {
	a, s := p.a, p.sheet
	top := max(a.LabelRow, 1)
	s.first = max(a.Column, 1)
	if a.Replace {
		s.clear = Range{s.first, top, s.first + 1, top + 2}
	} else {
		for c := range l.lastValue {
			if int(l.lastValue[c]) >= top {
				s.first = max(s.first, c+2)
			}
		}
		s.first = l.place(s.first, 1, 2)
	}
	s.last = s.first + 1
	if s.last > maxCols {
		s.leaveOut()
		return
	}
	s.widths = []float64{18, 60}
	s.rows = []int{top, top + 1, top + 2}
	f := p.markFormats()
	head := p.wardrobe.format(headDress)
	m := a.Marks[0]
	s.cells = func(i int) [3]ourCell {
		answer := p.textCell([3]string{m.Kind.withSymbol(m.Result), m.Why, m.Reference}[i], plainDress, f[PlainMark])
		if i == 0 {
			answer.format = f[m.Kind]
		}
		return [3]ourCell{p.textCell(a.Headers[i], headDress, head), answer}
	}
}

// leaveOut gives up our columns on a sheet that has no place for them; the comments and the report remain.
func (s *sheetSplice) leaveOut() {
	s.first, s.last, s.rows, s.widths = maxCols+1, maxCols, nil, nil
}

func (p *packageSplice) markFormats() (f [markKinds]int) {
	f[PlainMark] = p.wardrobe.format(plainDress)
	for _, m := range p.a.Marks {
		if f[m.Kind] == 0 {
			f[m.Kind] = p.wardrobe.format(markDress(m.Kind))
		}
	}
	// Texts that could be formulas have formats of their own, which must be known before the styles are written.
	for _, m := range p.a.Marks {
		if couldBeFormula(m.Why) || couldBeFormula(m.Reference) {
			p.apostrophe(plainDress)
			break
		}
	}
	for _, h := range p.a.Headers {
		if couldBeFormula(h) {
			p.apostrophe(headDress)
		}
	}
	return f
}

func (p *packageSplice) apostrophe(d dress) int {
	d.apostrophe = true
	return p.wardrobe.format(d)
}

func (p *packageSplice) textCell(text string, d dress, format int) ourCell {
	if couldBeFormula(text) {
		format = p.apostrophe(d)
	}
	return ourCell{text, format}
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
			ours = c.Value == reportName || strings.HasPrefix(c.Value, reportOf)
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
		if i != p.a.Sheet && k.isReport(ctx, i) {
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

func (p *packageSplice) planStyles() error {
	w := p.wardrobe
	styles, changed := w.result()
	switch {
	case !changed:
	case w.part != "":
		p.changed[partKey(w.part)] = styles
	default:
		name := "xl/styles.xml" // openpyxl looks nowhere else
		if p.k.a.has(name) {
			name = p.newName("xl/styles", ".xml")
		}
		styles.name = name
		p.added = append(p.added, styles)
		p.types = append(p.types, override(name, "styles"))
		p.mainRels = append(p.mainRels, newRel{p.newID(p.k.mainRels, "rIdHandrailStyles"), relStyles, "/" + name})
	}
	return nil
}
