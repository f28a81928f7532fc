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

// How alike a name is of which only a person said whose it is: less than the same name, and less still where the name says another.
const (
	aliasName    = 97
	disputedName = 95
)

// withTaught adds what people said of a merchant to what its name says. Where the two are of different suppliers, or people named
// two, neither is preferred, and amounts and dates have to tell.
func withTaught(named []supplierScore, taught []string) []supplierScore {
	if len(taught) == 0 {
		return named
	}
	list := slices.Clone(named) // several merchants share it
	for _, s := range taught {
		if !slices.ContainsFunc(list, func(c supplierScore) bool { return c.supplier == s }) {
			list = append(list, supplierScore{supplier: s, byAlias: true})
		}
	}
	score := sameName
	switch {
	case len(list) > 1:
		score = disputedName
	case list[0].byAlias:
		score = aliasName
	}
	for i := range list {
		list[i].score = score
	}
	return list
}

// Form is a merchant's text in the form by which aliases are compared: two charges of one form are of one merchant.
func (a Alias) Form() string { return request.SupplierName(merchantName(a.Merchant)) }

// Stands reports whether a merchant's text may have an alias at all: it is more than a processor and words of many names.
func (a Alias) Stands() bool {
	return a.Form() != "" && !processorAlone(a.Merchant) && !soldByOthers(a.Merchant) && slices.ContainsFunc(namingWords(merchantName(a.Merchant)), telling)
}
