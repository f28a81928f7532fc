package adopt

import (
	"fmt"

	"handrail/internal/request"
)

// defaults are what may stand in [form.defaults], as somebody would type it. What a person declares cannot.
var defaults = map[request.Field]string{
	request.Commodity: "goods", request.Payment: "acquisition card", request.Tax: "0",
}

// findLacks lists what the policy reads and the form does not ask for.
func (p *Proposal) findLacks(needs Needs) {
	if p.HeaderRows == nil && len(p.Config.Aliases) == 0 {
		return
	}
	listed := map[request.Field]bool{}
	add := func(f request.Field, required bool) {
		if listed[f] || p.has(f.String()) || f == request.Currency || f == request.Item {
			return
		}
		listed[f] = true
		p.Lacks = append(p.Lacks, Lack{f.String(), required, p.advice(f, needs.Languages)})
	}
	for _, f := range needs.Required {
		add(f, true)
	}
	for _, f := range needs.Read {
		add(f, false)
	}
}

// advice is what to do about a field that the form does not ask for.
func (p *Proposal) advice(f request.Field, languages request.Languages) request.Text {
	info := f.Info()
	label := languages.Join(info.Label, languages.Of()[0], " / ")
	switch {
	case f == request.Total && p.has("net"):
		return request.Text{
			EN: "it is the subtotal and the tax together where the form gives both, or its footer does",
			FR: "c’est la somme du sous-total et des taxes, si le formulaire ou son pied donne les deux"}
	case f == request.Net && p.has("total"):
		return request.Text{EN: "add a column “" + label + "”: the total alone does not say what the price before tax is",
			FR: "ajoutez une colonne «\u00a0" + label + "\u00a0»\u00a0: le total seul ne dit pas le prix avant les taxes"}
	case defaults[f] != "":
		return request.Text{
			EN: fmt.Sprintf("add a column or a box “%s”; or, if every line of this form is the same, write it once under [form.defaults], such as %s = %q", label, info.Name, defaults[f]),
			FR: fmt.Sprintf("ajoutez une colonne ou une case «\u00a0%s\u00a0»; ou, si toutes les lignes du formulaire sont pareilles, écrivez-le une fois sous [form.defaults], par exemple %s = %q", label, info.Name, defaults[f])}
	case info.PerRequest:
		return request.Text{EN: "add a box “" + label + "” above the table", FR: "ajoutez une case «\u00a0" + label + "\u00a0» au-dessus du tableau"}
	}
	return request.Text{EN: "add a column or a box “" + label + "”", FR: "ajoutez une colonne ou une case «\u00a0" + label + "\u00a0»"}
}
