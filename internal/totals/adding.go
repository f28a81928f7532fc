package totals

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"handrail/internal/likeness"
	"handrail/internal/request"
)

// mostNamed is how many lines of something alike are named; its count counts all.
const mostNamed = 5

// Adding puts one total together from what its keys add up to. The zero Adding is ready.
type Adding struct {
	amount decimal.Decimal
	count  int
	values []string
	around map[around]*request.Alike // with Count and Lines only
}

// around says whose the lines are: one of the suppliers of a Near, or one of the needs.
type around struct {
	by string
	n  int
}

func (a *Adding) of(k Key) (of []around) {
	if k.Supplier > 0 {
		of = append(of, around{request.BySupplier, k.Supplier})
	}
	if k.Need > 0 {
		of = append(of, around{request.ByNeed, k.Need})
	}
	return of
}

func (a *Adding) alike(w around) *request.Alike {
	found := a.around[w]
	if found == nil {
		if a.around == nil {
			a.around = map[around]*request.Alike{}
		}
		found = &request.Alike{}
		a.around[w] = found
	}
	return found
}

// Add adds what a key comes to, with its sign.
func (a *Adding) Add(k Key, amount decimal.Decimal, count int) {
	a.amount = a.amount.Add(amount.Mul(decimal.NewFromInt(int64(k.Sign))))
	a.count += k.Sign * count
	for _, w := range a.of(k) {
		a.alike(w).Count += k.Sign * count
	}
}

// Values adds the values that lines of a key have.
func (a *Adding) Values(values []string) { a.values = append(a.values, values...) }

// Name names lines of a key that is somebody else's, as far as there is room.
func (a *Adding) Name(k Key, lines []string) {
	for _, w := range a.of(k) {
		found := a.alike(w)
		for _, l := range lines {
			if len(found.Lines) < mostNamed && !slices.Contains(found.Lines, l) {
				found.Lines = append(found.Lines, l)
			}
		}
	}
}

// Sum is the total, with those of near that added something, and the suppliers that would have if people had not said otherwise.
func (a *Adding) Sum(spec *request.TotalSpec, near *request.Near) request.Sum {
	slices.Sort(a.values)
	a.values = slices.Compact(a.values)
	s := request.Sum{Amount: a.amount, Count: a.count}
	s.SetValues(a.values)
	for w, found := range a.around {
		list := near.Suppliers
		if w.by == request.ByNeed {
			list = near.Needs
		}
		if found.Count == 0 || w.n > len(list) {
			continue
		}
		alike := list[w.n-1]
		alike.Count, alike.Lines = found.Count, found.Lines
		s.Alike = append(s.Alike, alike)
	}
	for i := range near.Suppliers {
		if n := &near.Suppliers[i]; spec.Near && n.Why == request.SaidTwo {
			s.Alike = append(s.Alike, *n)
		}
	}
	sortAlike(s.Alike)
	if len(s.Alike) > 0 {
		s.Scored = likeness.Version
	}
	return s
}

// Join adds up what a total comes to in a workbook and outside it.
func Join(inside, outside request.Sum) request.Sum {
	s := request.Sum{Amount: inside.Amount.Add(outside.Amount), Count: inside.Count + outside.Count,
		Lines: append(slices.Clip(inside.Lines), outside.Lines...), Scored: max(inside.Scored, outside.Scored)}
	values := append(slices.Clip(inside.Values()), outside.Values()...)
	slices.Sort(values)
	s.SetValues(slices.Compact(values))
	s.Alike = slices.Clone(inside.Alike)
	for _, o := range outside.Alike {
		at := slices.IndexFunc(s.Alike, func(a request.Alike) bool { return a.By == o.By && a.Form == o.Form && a.Number == o.Number })
		if at < 0 {
			s.Alike = append(s.Alike, o)
			continue
		}
		a := &s.Alike[at]
		a.Count += o.Count
		a.Lines = append(slices.Clip(a.Lines), o.Lines...)
		a.Lines = a.Lines[:min(len(a.Lines), mostNamed)]
	}
	sortAlike(s.Alike)
	return s
}

// sortAlike puts the most alike first, in an order that nothing but they decides.
func sortAlike(list []request.Alike) {
	slices.SortFunc(list, func(a, b request.Alike) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.By, b.By), cmp.Compare(a.Form, b.Form), cmp.Compare(a.Number, b.Number))
	})
}

// NearIn is what was found alike when a total was added up.
func NearIn(s *request.Sum) (near request.Near) {
	for _, a := range s.Alike {
		if a.By == request.ByNeed {
			near.Needs = append(near.Needs, a)
		} else {
			near.Suppliers = append(near.Suppliers, a)
		}
	}
	return near
}

// Nearest puts what is alike in order, the most alike first, and keeps MostAlike.
func Nearest(list []request.Alike) []request.Alike {
	sortAlike(list)
	return list[:min(len(list), MostAlike)]
}

// NameAlike names more lines of what is alike: those of a key of somebody else. near is NearIn of the sum.
func NameAlike(s *request.Sum, near *request.Near, k Key, lines []string) {
	name := func(list []request.Alike, n int) {
		if n == 0 || n > len(list) {
			return
		}
		of := &list[n-1]
		for i := range s.Alike {
			a := &s.Alike[i]
			if a.By != of.By || a.Form != of.Form || a.Number != of.Number {
				continue
			}
			a.Lines = slices.Clone(a.Lines)
			for _, l := range lines {
				if !slices.Contains(a.Lines, l) {
					a.Lines = append(a.Lines, l)
				}
			}
		}
	}
	name(near.Suppliers, k.Supplier)
	name(near.Needs, k.Need)
}
