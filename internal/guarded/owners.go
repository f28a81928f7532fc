package guarded

import (
	"slices"
	"strings"

	"handrail/internal/owners"
	"handrail/internal/request"
)

// Owners compares who owns the rules. Every change waits: who is added could approve, and who is removed could have stopped.
func Owners(before, after owners.Config) (rows []Row) {
	for _, role := range []struct {
		name          request.Text
		before, after []string
	}{
		{request.Text{EN: "procurement", FR: "approvisionnement"}, before.Procurement, after.Procurement},
		{request.Text{EN: "finance", FR: "finances"}, before.Finance, after.Finance},
	} {
		all := slices.Concat(role.before, role.after)
		for i, a := range all {
			if contains(all[:i], a) {
				continue
			}
			was, is := contains(role.before, a), contains(role.after, a)
			r := Row{What: part(a, "owner in "+role.name.EN, "responsable ("+role.name.FR+")"), Before: yesNo(was), After: yesNo(is), Widens: true}
			if was != is {
				rows = append(rows, r)
			}
		}
	}
	if before.AnyTwo != after.AnyTwo {
		rows = append(rows, Row{request.Text{EN: "Any two owners suffice", FR: "Deux responsables quelconques suffisent"}, yesNo(before.AnyTwo), yesNo(after.AnyTwo), true})
	}
	c := comparison{&rows}
	c.list(anyChange, request.Text{EN: "Files that count without owners", FR: "Fichiers qui comptent sans les responsables"}, before.Trusted, after.Trusted, nothing)
	if len(after.Procurement)+len(after.Finance) == 0 && len(rows) > 0 {
		rows = append(rows, Row{What: request.Text{EN: "Owners of the rules", FR: "Responsables des règles"}, Before: same(strings.Join(slices.Concat(before.Procurement, before.Finance), "; ")), Widens: true})
	}
	return rows
}

func yesNo(yes bool) request.Text {
	if yes {
		return request.Text{EN: "yes", FR: "oui"}
	}
	return request.Text{EN: "no", FR: "non"}
}
