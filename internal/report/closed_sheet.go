package report

import (
	"cmp"
	"slices"

	"handrail/internal/request"
)

// closedTable lists the lines for which nothing more will be charged, the newest first, and lets finance open them again.
func (p cardSheets) closedTable() table {
	return table{
		name: p.s.say(request.Text{EN: "Closed lines", FR: "Lignes fermées"}), id: "Closed", currency: 4,
		title: request.Text{EN: "Lines that finance closed: nothing more will be charged", FR: "Lignes fermées par les finances\u00a0: plus rien ne sera porté au compte"},
		note: request.Text{EN: "They stay approved, and count in what guardrails add up; their money is committed no longer. To open one again, write “reopen” in the framed column, with the reason beside it, and mail this workbook back.",
			FR: "Elles restent approuvées et comptent dans les totaux des balises; leur montant n’est plus engagé. Pour en rouvrir une, inscrivez «\u00a0rouvrir\u00a0» dans la colonne encadrée, avec le motif à côté, et renvoyez ce classeur."},
		empty: request.Text{EN: "None.", FR: "Aucune."},
		columns: []column{
			{colReference, 21, text, false}, {request.Title.Info().Label, 32, wrapped, false}, {request.Supplier.Info().Label, 28, wrapped, false},
			{request.CostCentre.Info().Label, 14, text, false}, {headCurrency, 10, text, false}, {colApproved, 16, amount, true},
			{request.Text{EN: "Approved on", FR: "Approuvée le"}, 13, day, false}, {request.Text{EN: "Closed on", FR: "Fermée le"}, 13, day, false},
			{request.Text{EN: "Closed by", FR: "Fermée par"}, 30, wrapped, false}, {request.Text{EN: "Reason", FR: "Motif"}, 34, wrapped, false},
			{colReopen, 18, entry, false}, {colWhyClosed, 34, entry, false},
		},
		rows: func(yield func([]any) bool) {
			list := slices.Clone(p.s.Closed)
			slices.SortStableFunc(list, func(a, b ClosedLine) int {
				x, y := &p.s.Cards.Lines[a.Line], &p.s.Cards.Lines[b.Line]
				return cmp.Or(y.Closed.Compare(x.Closed), cmp.Compare(x.Reference, y.Reference))
			})
			for _, c := range list {
				l := &p.s.Cards.Lines[c.Line]
				if !yield([]any{l.Reference, l.Title, l.Supplier, l.CostCentre, l.Total.Currency, l.Total, request.DateOf(p.s.local(l.Decided)), l.Closed, c.By, c.Reason, "", ""}) {
					return
				}
			}
		},
	}
}
