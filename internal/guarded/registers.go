package guarded

import (
	"encoding/json"
	"fmt"
	"slices"

	"handrail/internal/registers"
	"handrail/internal/request"
)

// Register compares two registers of one kind. narrowed is the one before with what only narrows.
func Register(before, after *registers.Register) (rows []Row, narrowed *registers.Register, err error) {
	var body []byte
	switch before.Kind {
	case registers.CostCentresKind:
		rows, body, err = compared(before, after, costCentres)
	case registers.PeopleKind:
		rows, body, err = compared(before, after, people)
	default:
		rows, body, err = compared(before, after, suppliers)
	}
	if err != nil {
		return nil, nil, err
	}
	narrowed, err = registers.Restore(before.Kind, body)
	return rows, narrowed, err
}

func compared[E any](before, after *registers.Register, compare func(b, a []E) ([]Row, []E)) (rows []Row, body []byte, err error) {
	var b, a []E
	if err := json.Unmarshal(before.Body, &b); err != nil {
		return nil, nil, fmt.Errorf("the register %s in force: %w", before.Kind, err)
	}
	if err := json.Unmarshal(after.Body, &a); err != nil {
		return nil, nil, fmt.Errorf("the register %s: %w", after.Kind, err)
	}
	rows, counts := compare(b, a)
	if counts == nil {
		counts = []E{}
	}
	body, err = json.Marshal(counts)
	return rows, body, err
}

// days compares the days of an entry.
func (c comparison) days(name string, bf, bu, af, au request.Date) (from, until request.Date) {
	from, until = af, au
	if bf != af {
		widens := af.IsZero() || !bf.IsZero() && af.Before(bf)
		*c.rows = append(*c.rows, Row{part(name, "from", "à compter du"), dayText(bf), dayText(af), widens})
		if widens {
			from = bf
		}
	}
	if bu != au {
		widens := au.IsZero() || !bu.IsZero() && au.After(bu)
		*c.rows = append(*c.rows, Row{part(name, "until", "jusqu’au"), dayText(bu), dayText(au), widens})
		if widens {
			until = bu
		}
	}
	return from, until
}

func dayText(d request.Date) request.Text {
	if d.IsZero() {
		return request.Text{EN: "no day", FR: "aucune date"}
	}
	return same(d.String())
}

// text compares a value that means something else whenever it changes.
func (c comparison) text(what request.Text, before, after string) string {
	if l := c.list(anyChange, what, one(before), one(after), nothing); len(l) > 0 {
		return l[0]
	}
	return ""
}

func costCentres(before, after []registers.CostCentre) (rows []Row, counts []registers.CostCentre) {
	was := map[string][]int{}
	for i := range before {
		key := request.CentreForm(before[i].Code)
		was[key] = append(was[key], i)
	}
	kept := map[int]bool{}
	find := func(a *registers.CostCentre) *registers.CostCentre {
		at := was[request.CentreForm(a.Code)]
		for _, first := range []bool{true, false} { // of the same day first
			for _, i := range at {
				if !kept[i] && (!first || before[i].From == a.From) {
					kept[i] = true
					return &before[i]
				}
			}
		}
		return nil
	}
	for i := range after {
		a := after[i]
		b := find(&a)
		name := "Cost centre " + a.Code
		if b == nil {
			rows = append(rows, added("Cost centre "+a.Code, "Centre de coûts "+a.Code, a.Branch))
			continue
		}
		c := comparison{&rows}
		x := a
		x.From, x.Until = c.days(name, b.From, b.Until, a.From, a.Until)
		x.Branch = c.text(part(name, "branch", "direction générale"), b.Branch, a.Branch)
		x.BranchFR = c.text(part(name, "branch (French)", "direction générale (français)"), b.BranchFR, a.BranchFR)
		x.Unit = c.text(part(name, "unit", "unité"), b.Unit, a.Unit)
		x.Managers = c.list(moreOrNone, part(name, "managers", "gestionnaires"), b.Managers, a.Managers, all)
		counts = append(counts, x)
	}
	for i := range before {
		if !kept[i] {
			rows = append(rows, removed("Cost centre "+before[i].Code, "Centre de coûts "+before[i].Code, before[i].Branch, false))
		}
	}
	return frenchNames(rows, "Cost centre ", "Centre de coûts "), counts
}

func people(before, after []registers.Person) (rows []Row, counts []registers.Person) {
	was := map[string]int{}
	for i := range before {
		for _, a := range before[i].Addresses {
			was[request.Mailbox(a)] = i
		}
	}
	kept := map[int]bool{}
	for i := range after {
		a := after[i]
		at := -1
		for _, address := range a.Addresses {
			if j, ok := was[request.Mailbox(address)]; ok && !kept[j] {
				at, kept[j] = j, true
				break
			}
		}
		name := a.Addresses[0]
		if at < 0 {
			rows = append(rows, added(name, name, a.Branch))
			continue
		}
		b := &before[at]
		c := comparison{&rows}
		x := a
		x.Addresses = c.list(more, part(name, "addresses", "adresses"), b.Addresses, a.Addresses, nothing)
		x.From, x.Until = c.days(name, b.From, b.Until, a.From, a.Until)
		x.Branch = c.text(part(name, "branch", "direction générale"), b.Branch, a.Branch)
		x.Unit = c.text(part(name, "unit", "unité"), b.Unit, a.Unit)
		x.MayAskFor = c.list(moreOrNone, part(name, "may ask for", "peut demander pour"), b.MayAskFor, a.MayAskFor, all)
		counts = append(counts, x)
	}
	for i := range before {
		if !kept[i] {
			rows = append(rows, removed(before[i].Addresses[0], before[i].Addresses[0], before[i].Branch, false))
		}
	}
	return rows, counts
}

// suppliers: what is one supplier with what can only add up less or more by a change of what was known, so any change waits; a supplier that is only
// added, and is nobody else by another name or an owner, counts at once.
func suppliers(before, after []registers.Supplier) (rows []Row, counts []registers.Supplier) {
	was := map[string][]int{}
	for i := range before {
		key := request.SupplierName(before[i].Name)
		was[key] = append(was[key], i)
	}
	counts = slices.Clone(before)
	kept := map[int]bool{}
	for i := range after {
		a := &after[i]
		name := "Supplier " + a.Name
		at := -1
		for _, same := range []bool{true, false} {
			for _, j := range was[request.SupplierName(a.Name)] {
				if at < 0 && !kept[j] && (!same || equal(before[j].Numbers, a.Numbers)) {
					at = j
				}
			}
		}
		if at < 0 {
			r := added(name, "Fournisseur "+a.Name, supplierText(a))
			r.Widens = len(a.Aliases) > 0 || a.Owner != ""
			if rows = append(rows, r); !r.Widens {
				counts = append(counts, *a)
			}
			continue
		}
		kept[at] = true
		b := &before[at]
		c := comparison{&rows}
		c.text(part(name, "name", "nom"), b.Name, a.Name)
		c.list(anyChange, part(name, "other names", "autres noms"), b.Aliases, a.Aliases, nothing)
		c.list(anyChange, part(name, "business numbers", "numéros d’entreprise"), b.Numbers, a.Numbers, nothing)
		c.text(part(name, "owner", "propriétaire"), b.Owner, a.Owner)
	}
	for i := range before {
		if !kept[i] {
			rows = append(rows, removed("Supplier "+before[i].Name, "Fournisseur "+before[i].Name, supplierText(&before[i]), true))
		}
	}
	return frenchNames(rows, "Supplier ", "Fournisseur "), counts
}

func supplierText(s *registers.Supplier) string {
	text := ""
	for _, list := range [][]string{s.Aliases, s.Numbers, one(s.Owner)} {
		for _, x := range list {
			if text != "" {
				text += "; "
			}
			text += x
		}
	}
	return text
}

func added(en, fr, as string) Row {
	if as == "" {
		as = "✓"
	}
	return Row{What: request.Text{EN: en + ", added", FR: fr + ", ajouté"}, After: same(as), Widens: true}
}

func removed(en, fr, as string, widens bool) Row {
	if as == "" {
		as = "✓"
	}
	return Row{What: request.Text{EN: en + ", removed", FR: fr + ", retiré"}, Before: same(as), Widens: widens}
}

// frenchNames puts the French word before a name where a row has the English one.
func frenchNames(rows []Row, en, fr string) []Row {
	for i := range rows {
		if w := rows[i].What.FR; len(w) > len(en) && w[:len(en)] == en {
			rows[i].What.FR = fr + w[len(en):]
		}
	}
	return rows
}
