package workbook

import (
	"context"
	"fmt"
	"regexp"
	"strings"
)

// wardrobe collects the cell formats that our cells need and adds them to styles.xml, re-using what an earlier
// annotation left there.
type wardrobe struct {
	k       *Book
	part    string // "" when the workbook has no styles
	edits   *edits
	root    element
	lists   [4]styleList
	name    string // of the workbook's font
	size    string
	formats map[dress]int
	places  map[string]int64 // where the root's children begin
}

// styleList is one of the collections of styles.xml.
type styleList struct {
	element
	found bool
	known map[string]int // recent children, by their bytes
	spans []extent       // the children as they came, of fonts and formats
	added []string
}

const (
	fontList = iota
	fillList
	borderList
	formatList
)

var styleListNames = [4]string{"fonts", "fills", "borders", "cellXfs"}

// mostFormats is Excel's limit of cell formats, less some room.
const mostFormats = 65_000

var (
	fontName = regexp.MustCompile(`name val="([^"<]*)"`)
	fontSize = regexp.MustCompile(`sz val="([0-9.]+)"`)
)

const emptyStyles = xmlDeclaration + `<styleSheet xmlns="%s"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>`

func (k *Book) newWardrobe(ctx context.Context) (*wardrobe, error) {
	w := &wardrobe{k: k, name: "Calibri", size: "11", formats: map[dress]int{}, places: map[string]int64{}}
	var s *scanner
	var err error
	if r, ok := relOfKind(k.mainRels, relStyles); ok && k.a.has(r.target) {
		w.part = k.fileOf(r.target).Name
		if w.edits, s, err = k.document(ctx, r.target); err != nil {
			return nil, err
		}
	} else {
		raw := fmt.Sprintf(emptyStyles, k.mainNS())
		w.edits = &edits{part: []byte(raw)}
		if s, err = scanBytes(ctx, w.edits.part, "styles.xml", k.b); err != nil {
			return nil, err
		}
		if err := s.next(); err != nil {
			return nil, err
		}
	}
	if err := w.read(s); err != nil {
		return nil, err
	}
	if l := &w.lists[fontList]; l.count > 0 {
		first := w.edits.part[l.inner:l.end]
		if i := strings.Index(string(first), "font>"); i >= 0 {
			first = first[:min(len(first), 600)]
		}
		if m := fontName.FindSubmatch(first); m != nil {
			w.name = string(m[1])
		}
		if m := fontSize.FindSubmatch(first); m != nil {
			w.size = string(m[1])
		}
	}
	w.pad()
	return w, nil
}

// pad makes sure that the lists begin with what every program takes for granted: a standard font, border and format,
// and two fills whose meaning is fixed.
func (w *wardrobe) pad() {
	p := tagPrefix(w.root.name)
	standard := [4][]string{
		fontList:   {dress{}.font(p, w.name, w.size)},
		fillList:   {fmt.Sprintf(`<%[1]sfill><%[1]spatternFill patternType="none"/></%[1]sfill>`, p), fmt.Sprintf(`<%[1]sfill><%[1]spatternFill patternType="gray125"/></%[1]sfill>`, p)},
		borderList: {fmt.Sprintf(`<%[1]sborder><%[1]sleft/><%[1]sright/><%[1]stop/><%[1]sbottom/><%[1]sdiagonal/></%[1]sborder>`, p)},
		formatList: {fmt.Sprintf(`<%[1]sxf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>`, p)},
	}
	for i := range w.lists {
		if l := &w.lists[i]; l.count < len(standard[i]) {
			l.added = append(l.added, standard[i][l.count:]...)
		}
	}
}

// placeFor is where a list that the part does not have must stand, by the schema's order.
func (w *wardrobe) placeFor(list int) int64 {
	order := []string{"numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst"}
	at := int64(-1)
	later := false
	for _, n := range order {
		if place, ok := w.places[n]; ok && later && (at < 0 || place < at) {
			at = place
		}
		later = later || n == styleListNames[list]
	}
	return at
}

func (w *wardrobe) read(s *scanner) error {
	w.root = begin(s)
	current := -1
	var child int64
	for s.kind != eofToken {
		if err := s.next(); err != nil {
			return err
		}
		switch {
		case s.kind == startToken && s.depth == 2:
			current = -1
			if s.space == mainSpace {
				w.places[string(s.name)] = s.at
			}
			for i, n := range styleListNames {
				if s.is(n) {
					current = i
					w.lists[i] = styleList{element: begin(s), found: true, known: map[string]int{}}
				}
			}
		case s.kind == startToken && s.depth == 3:
			child = s.at
		case s.kind == endToken && s.depth == 2 && current >= 0:
			l := &w.lists[current]
			l.known[string(w.edits.part[child:s.after])] = l.count
			l.count++
			if current == fontList || current == formatList {
				l.spans = append(l.spans, extent{child, s.after})
			}
			if len(l.known) > 4096 {
				clear(l.known) // keep to what an earlier annotation could have added: the last ones
			}
		case s.kind == endToken && s.depth == 1 && current >= 0:
			w.lists[current].end = s.at
			current = -1
		case s.kind == endToken && s.depth == 0:
			w.root.end = s.at
		}
	}
	return nil
}

func (w *wardrobe) add(list int, xml string) int {
	if xml == "" {
		return 0
	}
	l := &w.lists[list]
	if i, ok := l.known[xml]; ok {
		return i
	}
	if l.known == nil {
		l.known = map[string]int{}
	}
	i := l.count + len(l.added)
	l.added = append(l.added, xml)
	l.known[xml] = i
	return i
}

// format is the index of the cell format for a dress. A workbook that has as many formats as Excel can hold gets our
// texts without ours.
func (w *wardrobe) format(d dress) int {
	if i, ok := w.formats[d]; ok {
		return i
	}
	if l := &w.lists[formatList]; l.count+len(l.added) >= mostFormats {
		return 0
	}
	p := tagPrefix(w.root.name)
	i := w.add(formatList, d.xf(p, w.add(fontList, d.font(p, w.name, w.size)), w.add(fillList, d.fill(p)), w.add(borderList, d.border(p))))
	w.formats[d] = i
	return i
}

// result is the new styles part; changed is false when nothing was added.
func (w *wardrobe) result() (styles newPart, changed bool) {
	changed = w.part == ""
	atEnd := ""
	for i := range w.lists {
		l := &w.lists[i]
		if len(l.added) == 0 {
			continue
		}
		changed = true
		if !l.found {
			xml := fmt.Sprintf(`<%[1]s%[2]s count="%[3]d">%[4]s</%[1]s%[2]s>`, tagPrefix(w.root.name), styleListNames[i], len(l.added), strings.Join(l.added, ""))
			if at := w.placeFor(i); at >= 0 {
				w.edits.insert(at, xml)
			} else {
				atEnd += xml
			}
			continue
		}
		tag := w.edits.part[l.from:l.inner]
		if from, to, ok := attrExtent(tag, "count"); ok {
			w.edits.replace(l.from+int64(from), l.from+int64(to), fmt.Sprintf(` count="%d"`, l.count+len(l.added)))
		}
		w.edits.insertInto(l.element, strings.Join(l.added, ""))
	}
	if !changed {
		return styles, false
	}
	w.edits.insertInto(w.root, atEnd)
	return w.edits.result(), true
}

// attrExtent finds ` name="value"` in a start tag that is known to be well formed.
func attrExtent(tag []byte, name string) (from, to int, ok bool) {
	quote := byte(0)
	for i := 0; i < len(tag); i++ {
		switch c := tag[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case isSpace(c):
			rest := tag[i+1:]
			if len(rest) <= len(name)+1 || string(rest[:len(name)]) != name || rest[len(name)] != '=' && !isSpace(rest[len(name)]) {
				continue
			}
			j := len(name)
			for j < len(rest) && rest[j] != '"' && rest[j] != '\'' {
				j++
			}
			for e := j + 1; e < len(rest); e++ {
				if rest[e] == rest[j] {
					return i, i + 1 + e + 1, true
				}
			}
		}
	}
	return 0, 0, false
}

func (k *Book) mainNS() string {
	if k.strict {
		return mainStrictNS
	}
	return mainNS
}

func (k *Book) relNS() string {
	if k.strict {
		return relStrictNS
	}
	return relNS
}
