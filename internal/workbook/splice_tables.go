package workbook

import (
	"context"
	"fmt"
	"strings"
)

// ownName tells a header of ours from one that a table has already: a table's names are unique.
const ownName = " (Handrail)"

// setAttr is a start tag with another value of an attribute that it has.
func setAttr(tag, name, value string) string {
	from, to, ok := attrExtent([]byte(tag), name)
	if !ok {
		return tag
	}
	return tag[:from] + " " + name + `="` + value + `"` + tag[to:]
}

// widened is a range of a table that reaches its last column, made to reach another.
func widened(ref string, from, to int) (string, bool) {
	r, ok := ParseRange(ref)
	if !ok || r.LastCol != from {
		return "", false
	}
	r.LastCol = to
	return r.String(), true
}

// extendTable takes our columns into a table, and returns their headers, which must be the table's names for them.
func (p *packageSplice) extendTable(ctx context.Context, t *Table, headers [3]string) ([3]string, error) {
	e, s, err := p.k.document(ctx, t.part)
	if err != nil {
		return headers, err
	}
	from, to := t.Range.LastCol, t.Range.LastCol+len(headers)
	widen := func() {
		x := tagAt(s)
		if ref, ok := widened(s.attrText("ref"), from, to); ok {
			e.replace(x.from, x.to, setAttr(x.tag, "ref", ref))
		}
	}
	var columns element
	var head tagExtent
	names, id := map[string]bool{}, 0
	for s.kind != eofToken {
		if s.kind == startToken && (s.depth == 1 || s.is("autoFilter") || s.is("sortState")) {
			widen()
		}
		switch {
		case s.kind == startToken && s.depth == 2 && s.is("tableColumns"):
			columns, head = begin(s), tagAt(s)
		case s.kind == startToken && s.depth == 3 && s.is("tableColumn"):
			columns.count++
			id = max(id, atoi(s.attr("id")))
			names[foldedName(s.attrText("name"))] = true
		case s.kind == endToken && s.depth == 1 && s.is("tableColumns"):
			columns.end = s.at
		}
		if err := s.next(); err != nil {
			return headers, err
		}
	}
	if columns.name == "" || columns.empty {
		return headers, s.bad("the table has no columns")
	}
	var add strings.Builder
	for i := range headers {
		if names[foldedName(headers[i])] {
			headers[i] += ownName
		}
		fmt.Fprintf(&add, `<%stableColumn id="%d" name="%s"/>`, tagPrefix(columns.name), id+1+i, escaped(headers[i]))
	}
	e.replace(head.from, head.to, setAttr(head.tag, "count", fmt.Sprint(columns.count+len(headers))))
	e.insertInto(columns, add.String())
	p.changed[partKey(t.part)] = e.result()
	return headers, nil
}

// widenFilter are the edits of a sheet that take our columns into its filter.
func (p *sheetSplice) widenFilter() (list []edit) {
	if p.filter == (Range{}) {
		return nil
	}
	for _, x := range p.notes.filter {
		from, to, ok := attrExtent([]byte(x.tag), "ref")
		if !ok {
			continue
		}
		r, ok := ParseRange(string(extentValue([]byte(x.tag[from:to]))))
		if ok && r.LastCol == p.layout.Filter.LastCol {
			r.LastCol = p.filter.LastCol
			list = append(list, edit{x.from, x.to, setAttr(x.tag, "ref", r.String())})
		}
	}
	return list
}
