package intake

import (
	"context"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/internal/totals"
)

const (
	knownFrom   = 2 // requests: a name that is on fewer may be the mistaken one
	mostCounted = 3 // of the names that one is alike to
)

// newSuppliers notes which lines name a supplier that no line that counts named before, and that is probably one which several requests
// name. It says so only; nothing comes of it.
func newSuppliers(ctx context.Context, tx *ledger.Tx, keyed *totals.LineKeys, from int, out []request.Outside) error {
	lines := map[string][]int{} // by the form of their supplier
	var forms []string
	for i := range out {
		if len(onlyAlike(out[i].Near.Suppliers)) == 0 {
			continue
		}
		line := keyed.Lines.At(from + i)
		form := request.SupplierName(line.Values[request.Supplier].Text)
		if lines[form] == nil {
			forms = append(forms, form)
		}
		lines[form] = append(lines[form], i)
	}
	if len(forms) == 0 {
		return nil
	}
	known, err := tx.Suppliers.Known(ctx, forms)
	if err != nil {
		return err
	}
	for _, form := range forms {
		if known[form] != "" {
			continue
		}
		alike := onlyAlike(out[lines[form][0]].Near.Suppliers)
		for _, a := range alike[:min(len(alike), mostCounted)] {
			n, err := tx.Suppliers.Requests(ctx, a.Form)
			if err != nil {
				return err
			}
			if n < knownFrom {
				continue
			}
			for _, i := range lines[form] {
				line := keyed.Lines.At(from + i)
				out[i].New = &request.RegisterCheck{Kind: request.SupplierNew, Form: line.Values[request.Supplier].Text, Register: a.Text, Requests: n}
			}
			break
		}
	}
	return nil
}

// onlyAlike are names of which neither a register nor anybody said anything.
func onlyAlike(near []request.Alike) (list []request.Alike) {
	for i := range near {
		if near[i].Why == "" {
			list = append(list, near[i])
		}
	}
	return list
}
