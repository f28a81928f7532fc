package guarded

import (
	"strings"

	"handrail/internal/officers"
	"handrail/internal/request"
)

// Officers compares two rosters. narrowed is the one before with what only narrows: who is gone, a lower limit, a smaller part of the house. Absences,
// names, languages and the order of who is asked first count at once as well.
func Officers(before, after []officers.Officer) (rows []Row, narrowed []officers.Officer) {
	was := map[string]*officers.Officer{}
	for i := range before {
		was[strings.ToLower(before[i].Email)] = &before[i]
	}
	is := map[string]bool{}
	for i := range after {
		o := after[i]
		key := strings.ToLower(o.Email)
		is[key] = true
		b := was[key]
		if b == nil {
			rows = append(rows, Row{What: request.Text{EN: "Officer " + officerName(&o) + ", added", FR: "Agent " + officerName(&o) + ", ajouté"}, After: authority(&o), Widens: true})
			continue
		}
		counts := o
		name := officerName(&o)
		limit := func(x *officers.Officer) []string {
			if x.Limit == "" {
				return nil
			}
			return []string{x.Limit}
		}
		c := comparison{rows: &rows}
		if b.Limit != o.Limit {
			widens := o.Limit == "" || b.Limit != "" && higher.widens(limit(b), limit(&o))
			rows = append(rows, Row{part(name, "limit", "limite"), limitText(b), limitText(&o), widens})
			if widens {
				counts.Limit = b.Limit
			}
		}
		counts.Units = c.list(moreOrNone, part(name, "branches", "directions générales"), b.Units, o.Units, all)
		counts.CostCentres = c.list(moreOrNone, part(name, "cost centres", "centres de coûts"), b.CostCentres, o.CostCentres, all)
		counts.Commodities = c.list(moreOrNone, part(name, "goods or services", "biens ou services"), b.Commodities, o.Commodities, all)
		counts.Assistants = c.list(more, part(name, "who may write on their behalf", "qui peut écrire en son nom"), b.Assistants, o.Assistants, nothing)
		if backup := c.list(more, part(name, "backup", "remplacement"), one(b.Backup), one(o.Backup), nothing); len(backup) == 0 {
			counts.Backup = ""
		} else {
			counts.Backup = backup[0]
		}
		narrowed = append(narrowed, counts)
	}
	for i := range before {
		if !is[strings.ToLower(before[i].Email)] {
			name := officerName(&before[i])
			rows = append(rows, Row{What: request.Text{EN: "Officer " + name + ", removed", FR: "Agent " + name + ", retiré"}, Before: authority(&before[i])})
		}
	}
	for i := range narrowed { // a backup who is gone, or not in force yet, is none
		if b := narrowed[i].Backup; b != "" && !inRoster(narrowed, b) {
			narrowed[i].Backup = ""
		}
	}
	if _, err := officers.NewRoster(narrowed); err != nil && len(before) > 0 {
		return rows, before // nobody would be left for some line: all of it waits
	}
	return rows, narrowed
}

func inRoster(list []officers.Officer, address string) bool {
	for i := range list {
		if strings.EqualFold(list[i].Email, address) {
			return true
		}
	}
	return false
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func officerName(o *officers.Officer) string {
	if o.Name == "" {
		return o.Email
	}
	return o.Name + " <" + o.Email + ">"
}

func limitText(o *officers.Officer) request.Text {
	if o.Limit == "" {
		return request.Text{EN: "no limit", FR: "aucune limite"}
	}
	return same(o.Limit)
}

// authority says what an officer may decide.
func authority(o *officers.Officer) request.Text {
	l := limitText(o)
	t := request.Text{EN: "limit " + l.EN, FR: "limite " + l.FR}
	if o.Limit == "" {
		t = l
	}
	for _, list := range [][]string{o.Units, o.CostCentres, o.Commodities} {
		if len(list) > 0 {
			said := ", " + strings.Join(list, "; ")
			t.EN, t.FR = t.EN+said, t.FR+said
		}
	}
	return t
}

// comparison adds a row for every value that differs.
type comparison struct{ rows *[]Row }

// list compares two lists and gives the one that counts at once.
func (c comparison) list(r rule, what request.Text, before, after []string, none request.Text) []string {
	if equal(before, after) {
		return after
	}
	widens := r.widens(before, after)
	*c.rows = append(*c.rows, Row{what, saidList(before, none), saidList(after, none), widens})
	if widens {
		return r.meet(before, after)
	}
	return after
}
