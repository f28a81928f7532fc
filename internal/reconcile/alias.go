package reconcile

import (
	"slices"

	"handrail/internal/request"
	"handrail/internal/statement"
)

// Alias says that a merchant's text stands for a supplier: "NTHN LTS 8842" for Northern Lights Signs. A person taught it.
type Alias struct {
	Merchant string // without what processors and banks put around it, as LearnedAlias gives it
	Supplier string
}

// LearnedAlias is what a person's match of a charge with lines teaches; ok is false when that is nothing: the merchant is a
// processor alone, or only words that stand in many names, or the supplier's name already, or the lines are of several suppliers.
// It is for matches by hand only: what a rule found would teach the rule its own mistakes.
func LearnedAlias(c *statement.Charge, lines ...*Line) (a Alias, ok bool) {
	if len(lines) == 0 || !c.TouchesBudget() || processorAlone(c.Merchant) || soldByOthers(c.Merchant) {
		return Alias{}, false
	}
	if p := request.PlaceholderIn(request.Supplier, c.Merchant); p == request.MeansNothing || p == request.MeansLater {
		return Alias{}, false
	}
	supplier, form := lines[0].Supplier, request.SupplierName(lines[0].Supplier)
	for _, l := range lines {
		if f := request.SupplierName(l.Supplier); f == "" || f != form {
			return Alias{}, false
		}
	}
	merchant := merchantName(c.Merchant)
	if words := namingWords(merchant); !slices.ContainsFunc(words, telling) {
		return Alias{}, false
	}
	if len(newNameIndex(map[string]string{form: supplier}).suppliers(c.Merchant)) > 0 {
		return Alias{}, false
	}
	return Alias{Merchant: merchant, Supplier: supplier}, true
}

// taught holds, by the form of a merchant's name, the suppliers that people said it is.
func (m *matcher) taught() map[string][]string {
	out := map[string][]string{}
	for _, a := range m.Aliases {
		form, supplier := m.names.form(a.Merchant), m.byName[request.SupplierName(a.Supplier)]
		if form != "" && supplier != "" && !processorAlone(a.Merchant) && !slices.Contains(out[form], supplier) {
			out[form] = append(out[form], supplier)
		}
	}
	return out
}

// withTaught adds what people said of a merchant to what its name says. An alias counts as much as the name: where the two
// are of different suppliers, neither is preferred, and amounts and dates have to tell.
func withTaught(named []supplierScore, taught []string) []supplierScore {
	if len(taught) == 0 {
		return named
	}
	list := slices.Clone(named) // several merchants share it
	for i := range list {
		list[i].score = sameName
	}
	for _, s := range taught {
		if !slices.ContainsFunc(list, func(c supplierScore) bool { return c.supplier == s }) {
			list = append(list, supplierScore{supplier: s, score: sameName})
		}
	}
	return list
}
