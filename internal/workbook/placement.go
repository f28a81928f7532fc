package workbook

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"handrail/internal/request"
)

// Apart is a reason why an answer is not where it would be sorted, filtered or printed together with the lines.
type Apart uint8

// The reasons.
const (
	NoRoom       Apart = iota + 1 // the sheet has no three free columns
	Occupied                      // something else stands at the right of the lines
	Connected                     // the table is filled from a query or a map
	Irregular                     // the table's own list of columns does not fit the sheet
	InTotals                      // a line stands in the table's row of totals
	Headerless                    // the table's headers are no part of it
	PrintUnknown                  // the print area is no plain range, or leaves out the lines
)

// placement says where the answer of one sheet goes, and what grows with it.
type placement struct {
	first, last int // the columns; first is past the sheet's edge where there is no room
	beside      int // the last column of the lines
	table       *Table
	inTable     bool  // the answer is, or will be, in a table
	filter      Range // the sheet's filter with the answer in it; zero when it stays as it is
	prints      string
	apart       []Apart
}

// answerHeaders are the headers of the three columns: result, why, reference.
var answerHeaders = [3]request.Text{{EN: "Result", FR: "Résultat"}, {EN: "Why", FR: "Pourquoi"}, {EN: "Reference", FR: "Référence"}}

// AnswerHeaders are the headers of the answer's columns in both languages, that of the workbook first.
func AnswerHeaders(languages request.Languages, l request.Lang) (headers [3]string) {
	for i, h := range answerHeaders {
		headers[i] = languages.Join(h, l, " / ")
	}
	return headers
}

// isAnswerHeader reports whether a text is the header of the answer's column n, alone or in both languages.
func isAnswerHeader(n int, text string) bool {
	h := answerHeaders[n]
	text = strings.TrimSuffix(strings.TrimSpace(text), ownName)
	return text == h.EN || text == h.FR || text == h.EN+" / "+h.FR || text == h.FR+" / "+h.EN
}

// Apart says why the answer of the annotated sheet will not be sorted, filtered or printed with its lines.
func (k *Book) Apart(ctx context.Context, a *Annotation) ([]Apart, error) {
	l, err := k.Layout(ctx, a.Sheet)
	if err != nil {
		return nil, err
	}
	if k.partNotes[a.Sheet].dataStart == 0 {
		return []Apart{NoRoom}, nil
	}
	if a.HeaderRow == 0 && !a.Replace {
		old, err := k.findBlocks(ctx, a.Sheet)
		if err != nil {
			return nil, err
		}
		a = a.over(old)
	}
	return k.place(&l, a).apart, nil
}

// place decides where the answer of a sheet with a table goes.
func (k *Book) place(l *Layout, a *Annotation) placement {
	if a.HeaderRow == 0 {
		return k.placeLabels(l, a)
	}
	p := placement{first: max(a.Column, 1)}
	p.beside = p.first - 1
	moved := false
	if a.Replace {
		if a.LastCol > 0 {
			p.beside = min(a.LastCol, p.first-1)
		}
		moved = p.beside < p.first-1
	} else {
		at := l.place(p.first, a.HeaderRow, 3)
		moved = at != p.first
		p.first = at
	}
	if p.last = p.first + 2; p.last > maxCols {
		p.apart = append(p.apart, NoRoom)
		return p
	}
	p.join(l, a.HeaderRow, moved, a.Marks)
	k.extendPrint(&p, a.Sheet, Range{p.first, a.HeaderRow, p.last, a.HeaderRow})
	return p
}

// placeLabels decides where the three answers of a form of one line go.
func (k *Book) placeLabels(l *Layout, a *Annotation) placement {
	top := max(a.LabelRow, 1)
	p := placement{first: max(a.Column, 1)}
	if !a.Replace {
		for c := range l.lastValue {
			if int(l.lastValue[c]) >= top {
				p.first = max(p.first, c+2)
			}
		}
		p.first = l.place(p.first, 1, 2)
	}
	p.beside = p.first - 1
	if p.last = p.first + 1; p.last > maxCols {
		p.apart = append(p.apart, NoRoom)
		return p
	}
	k.extendPrint(&p, a.Sheet, Range{p.first, top, p.last, top})
	return p
}

// join takes the answer into the table or the filter of the lines.
func (p *placement) join(l *Layout, header int, moved bool, marks []Mark) {
	ours := Range{p.first, header, p.last, header}
	for i := range l.Tables {
		t := &l.Tables[i]
		switch {
		case t.Range.Overlaps(ours):
			p.inTable = true
			return
		case !t.HeaderRow && t.Range.FirstRow == header+1 && t.Range.Contains(p.beside, header+1):
			p.apart = append(p.apart, Headerless)
			return
		case t.Range.FirstRow != header || !t.Range.Contains(p.beside, header):
		case t.connected:
			p.apart = append(p.apart, Connected)
			return
		case t.irregular:
			p.apart = append(p.apart, Irregular)
			return
		case t.TotalRow && slices.ContainsFunc(marks, func(m Mark) bool { return m.Row == t.Range.LastRow }):
			p.apart = append(p.apart, InTotals)
			return
		case moved || t.Range.LastCol != p.first-1:
			p.apart = append(p.apart, Occupied)
			return
		default:
			p.table, p.inTable = t, true
			return
		}
	}
	if moved {
		p.apart = append(p.apart, Occupied)
		return
	}
	f := l.Filter
	if f != (Range{}) && f.FirstRow >= header-1 && f.FirstRow <= header+1 && f.FirstCol <= p.beside && f.LastCol < p.last {
		f.LastCol = p.last
		p.filter = f
	}
}

// The names that Excel gives to a sheet's print area, and to the range of its filter.
const (
	printAreaName = "_xlnm.Print_Area"
	filterName    = "_xlnm._FilterDatabase"
)

var printedRange = regexp.MustCompile(`^(.*!)?(?:\$?([A-Z]{1,3})\$?([0-9]*):\$?([A-Z]{1,3})\$?([0-9]*)|\$?[0-9]+:\$?[0-9]+)$`)

// extendPrint takes a range into the print area, which stays when it is there already.
func (k *Book) extendPrint(p *placement, sheet int, ours Range) {
	old, ok := k.names[sheetName{printAreaName, sheet}]
	if !ok || strings.TrimSpace(old) == "" {
		return // the whole sheet is printed
	}
	areas := splitAreas(old)
	found := false
	for i, area := range areas {
		m := printedRange.FindStringSubmatch(area)
		if m == nil {
			continue
		}
		if m[2] == "" { // whole rows
			found = found || strings.ContainsAny(area, ":")
			continue
		}
		from, to := m[3], m[5]
		if from == "" {
			from, to = "1", "1048576"
		}
		r, ok := ParseRange(m[2] + from + ":" + m[4] + to)
		if !ok || r.FirstRow > ours.FirstRow || r.LastRow < ours.FirstRow || r.FirstCol > p.beside && r.FirstCol > ours.FirstCol {
			continue
		}
		found = true
		if r.LastCol >= ours.LastCol && r.FirstCol <= ours.FirstCol {
			continue
		}
		row := func(s string) string {
			if s == "" {
				return ""
			}
			return "$" + s
		}
		areas[i] = m[1] + "$" + Column(min(r.FirstCol, ours.FirstCol)) + row(m[3]) + ":$" + Column(max(r.LastCol, ours.LastCol)) + row(m[5])
	}
	if !found {
		p.apart = append(p.apart, PrintUnknown)
	} else if now := strings.Join(areas, ","); now != old {
		p.prints = now
	}
}

// splitAreas divides a print area at the commas that are not in a sheet's name.
func splitAreas(s string) (areas []string) {
	quoted, from := false, 0
	for i := range len(s) {
		switch {
		case s[i] == '\'':
			quoted = !quoted
		case s[i] == ',' && !quoted:
			areas, from = append(areas, s[from:i]), i+1
		}
	}
	return append(areas, s[from:])
}
