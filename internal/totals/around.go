package totals

import (
	"cmp"
	"slices"

	"handrail/internal/likeness"
	"handrail/internal/request"
)

// MostAlike bounds how many names, and how many needs, one is alike to: the most alike ones. There are no chains: what is
// alike to something alike is not looked at.
const MostAlike = 200

const (
	perKey    = 60  // of what meets under one key of the index, the latest so many are looked at
	keysAsked = 12  // of a need's words, the rarest so many are looked up
	compared  = 100 // of what was found, those with the most keys in common are compared
)

// Around finds what is alike among the lines that it was given: those of a workbook, of a test's history, or of a past that
// is judged again. Each different name and need is compared once, with what the index finds, so that the work grows with
// their number and not with its square. It is for one goroutine; a nil Around finds nothing.
type Around struct {
	reader  *Reader
	names   index[likeness.Name]
	needs   index[likeness.Need]
	weights likeness.Weights
}

// NewAround is one without lines.
func NewAround(r *Reader) *Around {
	a := &Around{reader: r}
	usual := likeness.Usual()
	a.weights = grown{a, usual}
	return a
}

// grown are weights that learn from the needs as they come in.
type grown struct {
	a     *Around
	usual likeness.Weights
}

// Weight is the weight of a word among the needs so far.
func (g grown) Weight(term string) float64 {
	return likeness.Learned(g.usual, len(g.a.needs.items), func(t string) int { return len(g.a.needs.postings[t]) }).Weight(term)
}

// index holds different texts under the keys by which those that are alike meet.
type index[T any] struct {
	ids      map[string]int
	items    []indexed[T]
	postings map[string][]int
}

type indexed[T any] struct {
	form, text string
	it         T
	links      []link
}

type link struct{ id, score int }

// find scores what meets an item under some of the keys, those first that share the most.
func (x *index[T]) find(keys []string, weight func(string) float64, score func(T) int, least int) (links []link) {
	shared := map[int]float64{}
	for _, k := range keys {
		list := x.postings[k]
		for _, id := range list[max(0, len(list)-perKey):] {
			shared[id] += weight(k)
		}
	}
	ids := make([]int, 0, len(shared))
	for id := range shared {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b int) int { return cmp.Or(cmp.Compare(shared[b], shared[a]), cmp.Compare(b, a)) })
	for _, id := range ids[:min(len(ids), compared)] {
		if s := score(x.items[id].it); s >= least {
			links = append(links, link{id, s})
		}
	}
	return links
}

// put adds an item with what it is alike to.
func (x *index[T]) put(form, text string, it T, keys []string, links []link) {
	id := len(x.items)
	if x.ids == nil {
		x.ids, x.postings = map[string]int{}, map[string][]int{}
	}
	x.ids[form] = id
	x.items = append(x.items, indexed[T]{form, text, it, links})
	for _, l := range links {
		other := &x.items[l.id]
		other.links = append(other.links, link{id, l.score})
	}
	for _, k := range keys {
		x.postings[k] = append(x.postings[k], id)
	}
}

// alike are the items of links, the most alike first.
func (x *index[T]) alike(by string, links []link) []request.Alike {
	list := make([]request.Alike, len(links))
	for i, l := range links {
		list[i] = request.Alike{By: by, Form: x.items[l.id].form, Text: x.items[l.id].text, Score: l.score}
	}
	return Nearest(list)
}

// Add adds what a line says.
func (a *Around) Add(l *request.Line) {
	if a == nil {
		return
	}
	if text := textOf(l, request.Supplier); text != "" {
		form := request.SupplierName(text)
		if _, known := a.names.ids[form]; !known && form != "" {
			name := a.reader.Name(text)
			a.names.put(form, text, name, name.Blocks(), a.nearName(name))
		}
	}
	text := NeedTextOf(l)
	need := a.reader.Need(text)
	if _, known := a.needs.ids[need.Form()]; !known && need.Form() != "" {
		terms := a.rarest(need)
		a.needs.put(need.Form(), text.Said(), need, terms, a.nearNeed(need, terms))
	}
}

func (a *Around) nearName(name likeness.Name) []link {
	return a.names.find(name.Blocks(), func(string) float64 { return 1 }, func(o likeness.Name) int { return likeness.Names(name, o) }, likeness.NamesAlike)
}

func (a *Around) nearNeed(need likeness.Need, terms []string) []link {
	return a.needs.find(terms[:min(len(terms), keysAsked)], a.weights.Weight, func(o likeness.Need) int { return likeness.Needs(need, o, a.weights) }, likeness.NeedsAlike)
}

// rarest are a need's words, those first under which the least is found.
func (a *Around) rarest(need likeness.Need) []string {
	terms := need.Terms()
	slices.SortStableFunc(terms, func(x, y string) int {
		return cmp.Or(cmp.Compare(len(a.needs.postings[x]), len(a.needs.postings[y])), cmp.Compare(a.weights.Weight(y), a.weights.Weight(x)))
	})
	return terms
}

// Near is what a line's supplier and need are probably the same as.
func (a *Around) Near(l *request.Line) (near request.Near) {
	if a == nil {
		return near
	}
	if text := textOf(l, request.Supplier); text != "" {
		form := request.SupplierName(text)
		id, known := a.names.ids[form]
		switch {
		case known:
			near.Suppliers = a.names.alike(request.BySupplier, a.names.items[id].links)
		case form != "":
			near.Suppliers = a.names.alike(request.BySupplier, a.nearName(a.reader.Name(text)))
		}
	}
	need := a.reader.Need(NeedTextOf(l))
	id, known := a.needs.ids[need.Form()]
	switch {
	case known:
		near.Needs = a.needs.alike(request.ByNeed, a.needs.items[id].links)
	case need.Form() != "":
		near.Needs = a.needs.alike(request.ByNeed, a.nearNeed(need, a.rarest(need)))
	}
	return near
}
