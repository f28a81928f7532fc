package totals

import "handrail/internal/request"

// supplier is who a line buys from, as far as it says.
type supplier struct {
	name   string // request.SupplierName
	number string // request.BusinessNumber, valid
	other  string // request.BusinessNumber, any other
}

func supplierOf(l *request.Line) supplier {
	var s supplier
	if v := &l.Values[request.Supplier]; v.Given && !v.Faulty {
		s.name = request.SupplierName(v.Text)
	}
	if v := &l.Values[request.SupplierID]; v.Given && !v.Faulty {
		if s.number = request.BusinessNumber(v.Text); !request.ValidBusinessNumber(s.number) {
			s.number, s.other = "", s.number
		}
	}
	return s
}

// Lines are the same supplier's when their valid business numbers are; two valid numbers are two suppliers whatever the
// names. A line without a valid number is the same supplier's as any of its name, and as any with the same other number. A
// line is added under
//
//	b:NUMBER          its valid number
//	a:NAME            its name, with or without a number
//	n:NAME            its name, where it has no valid number
//	x:OTHER           a number that is not valid
//	b:NUMBER&a:NAME   both, to be taken off where both are asked for
//	x:OTHER&a:NAME
//
// so that whoever has a number asks b: and n:, which have no line in common, and whoever has none asks a:.
func (s supplier) added() (keys []string) {
	switch {
	case s.number != "":
		keys = append(keys, "b:"+s.number)
	case s.other != "":
		keys = append(keys, "x:"+s.other)
	}
	if s.name == "" {
		return keys
	}
	for _, k := range keys[:len(keys):len(keys)] {
		keys = append(keys, k+"&a:"+s.name)
	}
	keys = append(keys, "a:"+s.name)
	if s.number == "" {
		keys = append(keys, "n:"+s.name)
	}
	return keys
}

// called is a name or a number that a total asks for: the line's own, or the of-th of those around it.
type called struct {
	key string
	of  int
	all bool // of a name: its lines count with whatever number they have
}

// asked are the keys of the supplier's own lines and of those around it. A supplier around may be known by a name, by a valid
// number, or by both. Names that count whole have lines in common with numbers that are asked for; those are taken off.
func (s supplier) asked(around []request.Alike) (keys []Key) {
	names, numbers := s.called(around)
	if s.number != "" {
		keys = append(keys, Key{Key: "b:" + s.number, Sign: 1})
		for _, n := range names {
			if n.all {
				keys = append(keys, Key{Key: "b:" + s.number + "&a:" + n.key, Sign: -1, Supplier: n.of})
			}
		}
	}
	for _, n := range names {
		kind := "n:"
		if n.all {
			kind = "a:"
		}
		keys = append(keys, Key{Key: kind + n.key, Sign: 1, Supplier: n.of})
	}
	for _, b := range numbers {
		keys = append(keys, Key{Key: b.key, Sign: 1, Supplier: b.of})
		for _, n := range names {
			if n.all { // those without a valid number are none of the number's
				keys = append(keys, Key{Key: b.key + "&a:" + n.key, Sign: -1, Supplier: b.of})
			}
		}
	}
	return keys
}

// called are the names and the further numbers of a supplier and of those around it, each once.
func (s supplier) called(around []request.Alike) (names, numbers []called) {
	all := s.number == "" // who has no number of its own is whoever is called so
	put := func(list []called, c called) []called {
		for i := range list {
			if list[i].key == c.key {
				list[i].all = list[i].all || c.all
				return list
			}
		}
		return append(list, c)
	}
	if s.name != "" {
		names = append(names, called{s.name, 0, all})
	}
	if s.other != "" {
		numbers = append(numbers, called{"x:" + s.other, 0, false})
	}
	for i := range around {
		a := &around[i]
		if a.Why == request.SaidTwo {
			continue
		}
		if a.Form != "" && a.Form != s.name {
			names = put(names, called{a.Form, i + 1, all || a.Whole})
		}
		if a.Number != "" && a.Number != s.number {
			numbers = put(numbers, called{"b:" + a.Number, i + 1, false})
		}
	}
	return names, numbers
}
