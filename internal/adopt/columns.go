package adopt

import (
	"cmp"
	"slices"

	"handrail/ingest/forms"
	"handrail/internal/request"
)

// ofColumn is what a column may mean: by its lower part, by the whole, and where the lower part says nothing by the upper.
func (a *adopter) ofColumn(h header) []forms.Resemblance {
	var found []forms.Resemblance
	switch {
	case h.top == "" || h.bottom == "":
		found = a.meanings.of(h.words())
	case forms.IsNoField(h.bottom):
	default:
		found = a.meanings.of(h.bottom)
		if len(found) == 0 || !found[0].Likely() {
			if whole := a.meanings.of(h.words()); len(whole) > 0 && whole[0].Likely() {
				found = whole
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(found), func(r forms.Resemblance) bool { return isOrigin(r.Name) })
}

// columns gives each column of a table the field that it most likely is, and each field one column.
func (a *adopter) columns(g *grid, t *table, footers []Seen) []Seen {
	line := t.firstLine(g)
	var all []Seen
	for _, h := range t.columns {
		all = append(all, Seen{Cell: h.at.ref(), Words: h.words(), Kind: "column", col: h.col, row: h.at.row, Second: a.ofColumn(h), answers: g.answers(h.col, line)})
	}
	a.settleAmounts(all, footers)
	give(all, leastOfColumn)
	joinTaxes(all)
	a.settleTitle(all)
	lower := map[string]int{}
	for _, h := range t.columns {
		lower[h.bottom]++
	}
	for i := range all {
		s := &all[i]
		if s.Field == "" {
			continue
		}
		if name, known := forms.KnownLabel(t.columns[i].words()); known && name == s.Field {
			s.Why = "one of Handrail’s own labels"
			continue
		}
		s.Alias = t.columns[i].words()
		if h := t.columns[i]; h.top != "" && h.bottom != "" && lower[h.bottom] == 1 {
			if name, known := forms.KnownLabel(h.bottom); known && name == s.Field {
				s.Alias, s.Why = "", "one of Handrail’s own labels, under “"+h.top+"”"
				continue
			}
			s.Alias = h.bottom
		}
		s.Why = cmp.Or(s.Why, "its words")
	}
	return all
}

// leastOfColumn is how sure a column's words must be. What somebody answers for is not taken on a perhaps.
func leastOfColumn(s *Seen) float64 {
	if f, ok := request.FieldByName(s.Second[0].Name); ok && (f.Info().PerRequest || f.Info().Kind == request.ChoiceKind) && f != request.CostCentre && f != request.GLAccount {
		return 0.6
	}
	return possible
}

// give takes the surest header first, and gives each field once. A header whose field is gone gets its second choice
// where least allows that.
func give(all []Seen, least func(*Seen) float64) {
	taken := map[string]bool{}
	for i := range all {
		taken[all[i].Field] = true // set beforehand
	}
	delete(taken, "")
	for {
		at, field, score := -1, "", 0.0
		for i := range all {
			if all[i].Field != "" {
				continue
			}
			for n, r := range all[i].Second {
				if taken[r.Name] || r.Score < least(&all[i]) || n > 0 && !interchangeable(all[i].Second[0].Name, r.Name) {
					continue
				}
				if r.Score > score {
					at, field, score = i, r.Name, r.Score
				}
				break
			}
		}
		if at < 0 {
			return
		}
		all[at].Field, all[at].Score = field, score
		taken[field] = true
	}
}

// interchangeable is true for fields that the same word stands for on different forms.
func interchangeable(first, second string) bool {
	money := func(name string) bool { return name == "net" || name == "total" }
	if first == "total" && second == "tax" { // "Tax included" beside "Total with tax"
		return true
	}
	what := func(name string) bool { return name == "title" || name == "description" }
	return first == second || money(first) && money(second) || what(first) && what(second)
}

// settleAmounts looks at the amounts of a line together: where tax stands under the table only, the one amount of a line
// is before tax, whatever it is called.
func (a *adopter) settleAmounts(all []Seen, footers []Seen) {
	has := func(name string) bool {
		return slices.ContainsFunc(all, func(s Seen) bool {
			return len(s.Second) > 0 && s.Second[0].Name == name && s.Second[0].Score >= possible
		})
	}
	taxBelow := slices.ContainsFunc(footers, func(s Seen) bool { return s.Field == "tax" })
	if has("net") || has("tax") || !taxBelow || !has("unit_price") {
		return
	}
	for i := range all {
		if len(all[i].Second) > 0 && all[i].Second[0].Name == "total" {
			all[i].Field, all[i].Score = "net", 0.7
			all[i].Why = "the tax stands under the table only, so this is before tax"
			return
		}
	}
}

// settleTitle finds what is bought: a form that asks for it once calls it Item or Description, and mails name a line by
// its title.
func (a *adopter) settleTitle(all []Seen) {
	at := func(name string) *Seen {
		for i := range all {
			if all[i].Field == name {
				return &all[i]
			}
		}
		return nil
	}
	title, description, item := at("title"), at("description"), at("item")
	if title != nil {
		return
	}
	if description == nil {
		for i := range all { // "Item" beside "Ln"
			if s := &all[i]; s.Field == "" && len(s.Second) > 0 && s.Second[0].Name == "item" && !numbersLines(s.Words) {
				s.Field, s.Score, s.Why = "title", 0.8, "the lines are numbered elsewhere, so this says what is bought"
				return
			}
		}
		if item != nil && !numbersLines(item.Words) {
			item.Field, item.Score, item.Why = "title", 0.8, "nothing else says what is bought"
		}
		return
	}
	if _, known := forms.KnownLabel(description.Words); known && !a.needs.requires("title") || a.needs.requires("description") && !a.needs.requires("title") {
		return
	}
	description.Field, description.Why = "title", "the form says only once what is bought, and a line is named by its title"
}

// numbersLines is true for a header that can only count: Line, No., Item #.
func numbersLines(words string) bool {
	for _, r := range forms.Resembling(words) {
		if r.Name == "item" {
			name, known := forms.KnownLabel(words)
			return !known || name != "item"
		}
	}
	return false
}
