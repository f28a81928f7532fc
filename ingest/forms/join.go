package forms

import (
	"cmp"
	"context"
	"crypto/sha256"
	"maps"
	"slices"
	"strconv"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// join makes one form of the sheets that were found: those with lines, or else the first one.
func (b *bookReader) join(ctx context.Context) (*Form, error) {
	filled := slices.DeleteFunc(slices.Clone(b.found), func(r *formReader) bool { return r.form.Lines.Len() == 0 })
	if len(filled) == 0 {
		return b.nothingFilled(), nil
	}
	first := filled[0]
	if first.table != nil && !first.orders() && slices.ContainsFunc(filled[1:], (*formReader).orders) {
		// A list of something that stands before the request.
		b.unread = append(b.unread, first.unlikely()...)
		b.leave(first, "list")
		filled = filled[1:]
		first = filled[0]
	}
	boxes := b.boxes()
	if err := b.inheritLate(ctx, filled, boxes); err != nil {
		return nil, err
	}
	f := first.form
	said := sheetsSaid{}
	if len(filled) > 1 {
		said.add(f)
	}
	for _, r := range b.found {
		switch {
		case r == first:
		case slices.Contains(filled, r):
			b.add(first, r, said)
		default:
			b.addEmpty(f, r, r == boxes && slices.ContainsFunc(filled, func(o *formReader) bool { return o.inherit == r && !o.boxed }))
		}
	}
	slices.SortStableFunc(f.Others, func(x, y Part) int { return x.SheetIndex - y.SheetIndex })
	f.Problems = append(f.Problems, b.unread...)
	f.LeftAlone = append(f.LeftAlone, b.left...)
	f.Lines.Seal()
	return f, nil
}

// nothingFilled is the form of a workbook that has the form and no line.
func (b *bookReader) nothingFilled() *Form {
	at := max(0, slices.IndexFunc(b.found, func(r *formReader) bool { return !r.form.Blank() }))
	f := b.found[at].form
	f.Problems = append(f.Problems, b.unread...)
	f.LeftAlone = append(f.LeftAlone, b.left...)
	for _, l := range b.left {
		if l.Why == "example" {
			f.Problems = append(f.Problems, request.Problem{Sheet: l.Sheet, Cell: firstOf(l.Cells), Code: "example-sheet",
				Severity: request.NoteSeverity, Message: exampleSheetText(l.Sheet, f.Sheet)})
		}
	}
	f.Lines.Seal()
	return f
}

func firstOf(cells string) string {
	first, _, _ := strings.Cut(cells, ":")
	return first
}

// inheritLate reads the sheets again whose boxes stand on a sheet after them.
func (b *bookReader) inheritLate(ctx context.Context, filled []*formReader, boxes *formReader) error {
	for _, r := range filled {
		if r.table == nil || r.boxed || r == boxes || r.inherit == boxes {
			continue
		}
		again := b.reader(r.form.SheetIndex)
		again.inherit = boxes
		if _, err := again.readSheet(ctx); err != nil {
			return err
		}
		if err := again.close(ctx); err != nil {
			return err
		}
		*r = *again
	}
	return nil
}

// add takes the lines of one more sheet.
func (b *bookReader) add(first, r *formReader, said sheetsSaid) {
	f, o := first.form, r.form
	problems := r.contradictions(first)
	if same := said.add(o); same != "" {
		problems = append(problems, request.Problem{Sheet: o.Sheet, Code: "same-as-sheet", Severity: request.ReturnSeverity, Message: sameSheetText(o.Sheet, same)})
	}
	for _, l := range o.Lines.All() {
		for _, p := range problems {
			if p.Cell == "" {
				p.Cell = firstCellOf(l)
			}
			l.Problems = append(l.Problems, p)
		}
		f.Lines.Add(l)
	}
	f.Others = append(f.Others, o.part(o.Lines.Len()))
	o.Lines = request.Lines{}
	f.Problems = append(f.Problems, o.Problems...)
	f.LeftAlone = append(f.LeftAlone, o.LeftAlone...)
}

// firstCellOf is the first cell of a line that says anything.
func firstCellOf(l *request.Line) string {
	first := workbook.Ref(1, l.Row)
	at := 0
	for i := range l.Values {
		v := &l.Values[i]
		col, row, ok := workbook.ParseRef(v.Cell)
		if ok && row == l.Row && (v.Given || v.Faulty) && (at == 0 || col < at) {
			first, at = v.Cell, col
		}
	}
	return first
}

// addEmpty takes what is to be said of a sheet without lines: rows that were emptied, and what is wrong with it. boxes is
// true when lines of other sheets take what stands above its table.
func (b *bookReader) addEmpty(f *Form, r *formReader, boxes bool) {
	for _, p := range r.form.Problems {
		if boxes || p.Code == "cleared-row" || p.Severity == request.ReturnSeverity {
			if p.Code != "no-lines" && p.Code != "formula-only-rows" {
				f.Problems = append(f.Problems, p)
			}
		}
	}
	if boxes {
		f.Others = append(f.Others, r.form.part(0))
		o := r.form.Origin
		o.Name, o.Email, o.Unit = cmp.Or(o.Name, f.Origin.Name), cmp.Or(o.Email, f.Origin.Email), cmp.Or(o.Unit, f.Origin.Unit)
		f.Origin = o
	}
}

// contradictions are what a further sheet says about who asks, held against the first: an address or a branch that differs
// is asked about, since limits and answers depend on it; a name or a language is noted. What the first leaves empty is taken.
func (r *formReader) contradictions(first *formReader) (asked []request.Problem) {
	f := first.form
	o := &f.Origin
	one := func(at above, first *string, more string, ask bool) {
		switch {
		case more == "" || request.Fold(*first) == request.Fold(more):
		case *first == "":
			*first = more
		default:
			m := meaning{above: at}
			p := r.problem(m.label(), r.cellOf(m.name()), "two-requesters", twoRequestersText(r.form.Sheet, f.Sheet, more, *first))
			if !ask {
				p.Severity = request.NoteSeverity
				f.Problems = append(f.Problems, p)
				return
			}
			asked = append(asked, p)
		}
	}
	one(aboveEmail, &o.Email, r.said.Email, true)
	one(aboveBranch, &o.Unit, r.said.Unit, true)
	one(aboveRequester, &o.Name, r.said.Name, false)
	if l := r.said.Language; l != request.UnknownLang {
		switch first.said.Language {
		case l:
		case request.UnknownLang:
			o.Language, first.said.Language = l, l
		default:
			p := r.problem(meaning{above: aboveLanguage}.label(), r.cellOf("language"), "two-requesters", twoLanguagesText(f.Sheet))
			p.Severity = request.NoteSeverity
			f.Problems = append(f.Problems, p)
		}
	}
	return asked
}

// cellOf is the cell of a label's value.
func (r *formReader) cellOf(name string) string {
	for _, l := range r.form.Labels {
		if l.Name == name && l.Given {
			return l.Value
		}
	}
	return workbook.Ref(1, 1)
}

// sheetsSaid are what the lines of each sheet say, by digest, with the sheet's name.
type sheetsSaid map[[sha256.Size]byte]string

// add takes the lines of a sheet. It gives the earlier sheet that says the same, "" when there is none: a copy that nobody
// has filled in yet would be bought twice. Lines with numbers of their own were told apart before.
func (s sheetsSaid) add(f *Form) (same string) {
	h := sha256.New()
	var b []byte
	for _, l := range f.Lines.All() {
		b = append(b[:0], l.Reference...)
		for i := range l.Values {
			if v := &l.Values[i]; v.Given || v.Faulty {
				b = append(strconv.AppendInt(append(b, '\n'), int64(i), 10), '=')
				if v.Text == "" {
					b = append(b, v.Number.String()...)
				}
				b = append(b, v.Text...)
			}
		}
		for _, header := range slices.Sorted(maps.Keys(l.Extra)) {
			b = append(append(append(append(b, '\n'), header...), '='), l.Extra[header]...)
		}
		h.Write(append(b, 0))
	}
	digest := [sha256.Size]byte(h.Sum(nil))
	if same = s[digest]; same == "" {
		s[digest] = f.Sheet
	}
	return same
}
