package workbook

import (
	"context"
	"fmt"
	"strings"
)

// planRelations edits what says how the parts hang together: the workbook, the relationships, the content types.
func (p *packageSplice) planRelations(ctx context.Context) error {
	if err := p.editMain(ctx); err != nil {
		return err
	}
	if err := p.addRels(ctx, p.k.main, p.mainRels); err != nil {
		return err
	}
	return p.addTypes(ctx)
}

// editMain names the report in the workbook part, and gives names of sheets their new ranges.
func (p *packageSplice) editMain(ctx context.Context) error {
	if p.tab == "" && len(p.names) == 0 {
		return nil
	}
	e, s, err := p.k.document(ctx, p.k.main)
	if err != nil {
		return err
	}
	var sheets, name element
	var is sheetName
	for s.kind != eofToken {
		switch {
		case s.kind == startToken && s.depth == 2 && s.is("sheets"):
			sheets = begin(s)
		case s.kind == endToken && s.depth == 1 && s.is("sheets"):
			sheets.end = s.at
		case s.kind == startToken && s.depth == 3 && s.is("definedName"):
			name, is = begin(s), sheetName{s.attrText("name"), atoi(s.attr("localSheetId"))}
		case s.kind == endToken && s.depth == 2 && s.is("definedName"):
			if text, ok := p.names[is]; ok && !name.empty {
				e.replace(name.inner, s.at, escaped(text))
			}
		}
		if err := s.next(); err != nil {
			return err
		}
	}
	if p.tab != "" {
		e.insertInto(sheets, related(tagPrefix(sheets.name)+"sheet", p.tab, p.k.relNS(), p.tabRel))
	}
	p.changed[partKey(p.k.main)] = e.result()
	return nil
}

// addRels adds relationships to those of a part, and takes out that of the calculation chain when it goes.
func (p *packageSplice) addRels(ctx context.Context, part string, list []newRel) error {
	isMain := part == p.k.main
	if len(list) == 0 && (!isMain || p.noCalc == "") {
		return nil
	}
	name := relsPart(part)
	text := func(px string) string {
		var b strings.Builder
		for _, r := range list {
			fmt.Fprintf(&b, `<%sRelationship Id="%s" Type="%s/%s" Target="%s"/>`, px, r.id, p.k.relNS(), r.kind, r.target)
		}
		return b.String()
	}
	if !p.k.a.has(name) {
		p.added = append(p.added, newPart{name: name, data: []byte(xmlDeclaration + `<Relationships xmlns="` + packageNS + `">` + text("") + "</Relationships>")})
		return nil
	}
	e, s, err := p.k.document(ctx, name)
	if err != nil {
		return err
	}
	top := begin(s)
	var gone element
	for s.kind != eofToken {
		if s.kind == startToken && s.depth == 2 && isMain && p.noCalc != "" && relKind(s.attrText("Type")) == relCalcChain {
			gone = begin(s)
		}
		if s.kind == endToken && s.depth == 1 && gone.name != "" {
			e.replace(gone.from, s.after, "")
			gone = element{}
		}
		if s.kind == endToken && s.depth == 0 {
			top.end = s.at
		}
		if err := s.next(); err != nil {
			return err
		}
	}
	e.insertInto(top, text(tagPrefix(top.name)))
	p.changed[partKey(name)] = e.result()
	return nil
}

// addTypes says what the new parts are.
func (p *packageSplice) addTypes(ctx context.Context) error {
	if len(p.types) == 0 && p.noCalc == "" {
		return nil
	}
	e, s, err := p.k.document(ctx, contentTypesPart)
	if err != nil {
		return err
	}
	top := begin(s)
	vml := false
	fresh := map[string]bool{} // a type may be left over from a part that is gone
	for _, n := range p.added {
		fresh[partKey(n.name)] = true
	}
	var gone element
	for s.kind != eofToken {
		if s.kind == startToken && s.depth == 2 {
			vml = vml || string(s.name) == "Default" && strings.EqualFold(s.attrText("Extension"), "vml")
			if name := partKey(s.attrText("PartName")); name != "" && (name == partKey(p.noCalc) || fresh[name]) {
				gone = begin(s)
			}
		}
		if s.kind == endToken && s.depth == 1 && gone.name != "" {
			e.replace(gone.from, s.after, "")
			gone = element{}
		}
		if s.kind == endToken && s.depth == 0 {
			top.end = s.at
		}
		if err := s.next(); err != nil {
			return err
		}
	}
	var b strings.Builder
	px := tagPrefix(top.name)
	// Defaults stand before overrides by custom; any order is valid.
	for _, t := range p.types {
		if strings.Contains(t, `Extension="vml"`) {
			if vml {
				continue
			}
			vml = true
		}
		fmt.Fprintf(&b, t, px)
	}
	e.insertInto(top, b.String())
	p.changed[partKey(contentTypesPart)] = e.result()
	return nil
}
