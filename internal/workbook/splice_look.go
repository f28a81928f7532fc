package workbook

import (
	"bytes"
	"regexp"
)

// cut is which of our cells a cell is. How it looks depends also on the cell beside it.
type cut uint8

const (
	noCut cut = iota
	headCut
	headTextCut // a header that could be a formula
	plainCut
	plainTextCut
	markCut // and one for each kind
	cuts    = int(markCut) + markKinds
)

// dress is how a cell of that cut looks where nothing stands beside it.
func (c cut) dress() dress {
	switch c {
	case headCut:
		return headDress
	case headTextCut:
		d := headDress
		d.apostrophe = true
		return d
	case plainCut:
		return plainDress
	case plainTextCut:
		d := plainDress
		d.apostrophe = true
		return d
	default:
		return markDress(MarkKind(c - markCut))
	}
}

// cutFor is the cut of a text.
func cutFor(text string, usual, formula cut) cut {
	if couldBeFormula(text) {
		return formula
	}
	return usual
}

// tailor gives our cells of one sheet the formats that go with the cells beside them.
type tailor struct {
	w        *wardrobe
	alone    bool // nothing stands beside our cells
	standard int  // the format of a cell that the file leaves out
	formats  map[int]*[cuts]int
	style    int // the latest
	latest   *[cuts]int
}

// format is the index of the cell format for one of our cells beside a cell with a style, -1 for a cell that the file
// leaves out.
func (l *tailor) format(style int, c cut) int {
	if style < 0 {
		style = l.standard
	}
	if l.latest == nil || l.style != style {
		f, ok := l.formats[style]
		if !ok {
			f = &[cuts]int{}
			for i := range f {
				f[i] = -1
			}
			l.formats[style] = f
		}
		l.style, l.latest = style, f
	}
	if f := l.latest[c]; f >= 0 {
		return f
	}
	f := 0
	switch {
	case c == noCut:
	case l.alone:
		f = l.w.format(c.dress())
	default:
		f = l.w.beside(style, c)
	}
	l.latest[c] = f
	return f
}

var (
	fontColour = regexp.MustCompile(`color( [^>]*?)/?>`)
	standing   = regexp.MustCompile(`vertical="(top|center)"`)
	underlined = regexp.MustCompile(`<(\w+:)?u[ />]`)
	turned     = regexp.MustCompile(`textRotation="[1-9]|"centerContinuous"|"fill"`)
)

// firstPattern is the first fill that may paint anything: the two before it are fixed by the file format.
const firstPattern = 2

// beside is the format of a cell of ours next to one with the format style: its font, fill and border, with our own
// colours for the mark alone. A header is dressed exactly as the one beside it.
func (w *wardrobe) beside(style int, c cut) int {
	l := &w.lists[formatList]
	if style >= len(l.spans) {
		return w.format(c.dress())
	}
	xf := w.edits.part[l.spans[style].from:l.spans[style].to]
	tag := xf[:bytes.IndexByte(xf, '>')+1]
	if c == headCut && !turned.Match(xf) {
		return style
	}
	number := func(name string) int {
		if from, to, ok := attrExtent(tag, name); ok {
			return atoi(extentValue(tag[from:to]))
		}
		return 0
	}
	if l.count+len(l.added) >= mostFormats {
		return 0
	}
	p := tagPrefix(w.root.name)
	d, fill := c.dress(), number("fillId")
	name, size, colour := w.fontOf(number("fontId"))
	if d.ink == "" && fill >= firstPattern {
		d.colour = colour
	}
	if c != headCut && c != headTextCut {
		d.vertical = "bottom"
		if m := standing.FindSubmatch(xf); m != nil {
			d.vertical = string(m[1])
		}
	}
	if d.paper != "" {
		fill = w.add(fillList, d.fill(p))
	}
	return w.add(formatList, d.xf(p, w.add(fontList, d.font(p, name, size)), fill, number("borderId")))
}

// fontOf is the name, size and colour of a font of the workbook. A link's colour is the link's.
func (w *wardrobe) fontOf(id int) (name, size, colour string) {
	name, size = w.name, w.size
	l := &w.lists[fontList]
	if id >= len(l.spans) {
		return name, size, ""
	}
	font := w.edits.part[l.spans[id].from:l.spans[id].to]
	if m := fontName.FindSubmatch(font); m != nil {
		name = string(m[1])
	}
	if m := fontSize.FindSubmatch(font); m != nil {
		size = string(m[1])
	}
	if m := fontColour.FindSubmatch(font); m != nil && !underlined.Match(font) {
		colour = string(m[1])
	}
	return name, size, colour
}

// styleOf is the format of the last cell in the bytes of a row when it stands in column col; -1 when it does not.
func styleOf(row []byte, col int) int {
	at := bytes.LastIndex(row, []byte("<c "))
	if at < 0 {
		return -1
	}
	tag := row[at:]
	tag = tag[:bytes.IndexByte(tag, '>')+1]
	from, to, ok := attrExtent(tag, "r")
	if !ok {
		return -1
	}
	if c, _, n := scanRef(extentValue(tag[from:to])); n == 0 || c != col {
		return -1
	}
	if from, to, ok = attrExtent(tag, "s"); !ok {
		return 0
	}
	return atoi(extentValue(tag[from:to]))
}
