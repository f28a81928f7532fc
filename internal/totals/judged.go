package totals

import (
	"maps"
	"slices"

	"handrail/internal/request"
)

// Judged is what people said of suppliers' names, by the forms of both: that they are one supplier, or two.
type Judged map[string]map[string]Said

// Said is what was said of a name beside another.
type Said struct {
	Same bool
	Text string // the other name, as it was written
}

// Put notes what was said of another name beside a form.
func (j Judged) Put(form, other string, s Said) {
	if j[form] == nil {
		j[form] = map[string]Said{}
	}
	j[form][other] = s
}

// Settle takes what is alike to a supplier's name as people said it is: names that are two suppliers are only marked so, those that are
// one are put in however little they are alike. The list may be shared and is not changed.
func (j Judged) Settle(form string, near []request.Alike) []request.Alike {
	said := j[form]
	if len(said) == 0 {
		return near
	}
	settled := make([]request.Alike, 0, len(near)+len(said))
	known := map[string]bool{}
	for _, a := range near {
		s, judged := said[a.Form]
		switch {
		case !judged:
			settled = append(settled, a)
		case !s.Same:
			a.Number, a.Whole, a.Why = "", false, request.SaidTwo
			if !slices.ContainsFunc(settled, func(b request.Alike) bool { return b.Form == a.Form }) {
				settled = append(settled, a)
			}
		case a.Why != "": // the register has numbers of it, too
			a.Whole, known[a.Form] = true, true
			settled = append(settled, a)
		}
	}
	for _, other := range slices.Sorted(maps.Keys(said)) {
		if s := said[other]; s.Same && !known[other] {
			settled = append(settled, request.Alike{By: request.BySupplier, Form: other, Text: s.Text, Score: 100, Whole: true, Why: request.SaidOne})
		}
	}
	sortAlike(settled)
	return settled[:min(len(settled), MostAlike)]
}

// Settle is what line i's supplier is taken for: what is alike, what the register of suppliers puts together with it, and in the end
// what people said. The list may be shared and is not changed.
func (k *LineKeys) Settle(i int, line *request.Line, near []request.Alike) []request.Alike {
	if k.Together != nil {
		near = together(near, k.Together(i, line))
	}
	return k.Judged.Settle(request.SupplierName(textOf(line, request.Supplier)), near)
}

// together puts what a register knows in place of what is only alike.
func together(near, known []request.Alike) []request.Alike {
	if len(known) == 0 {
		return near
	}
	list := slices.Clone(known)
	for _, a := range near {
		if !slices.ContainsFunc(known, func(b request.Alike) bool { return a.Form == b.Form }) {
			list = append(list, a)
		}
	}
	return Nearest(list)
}
