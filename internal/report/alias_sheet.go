package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"handrail/internal/request"
)

// AliasRow is a merchant's text that stands for a supplier because people said so.
type AliasRow struct {
	ID       int64
	Merchant string
	Supplier string
	At       time.Time // when it was learned, or written down
	By       string    // an address
	New      bool      // in this period
	Lessons  []AliasLesson
	Matched  int       // how many charges were matched through it in this period
	EndedAt  time.Time // zero while it is in force
	EndedBy  string
}

// AliasLesson is a match by hand that taught an alias.
type AliasLesson struct {
	Bought  request.Date
	Charged request.Money
	Line    string // its reference
}

// aliasTable lists the aliases, new ones first, and lets finance remove, correct and add some.
func (p cardSheets) aliasTable() table {
	return table{
		name: p.s.say(request.Text{EN: "Aliases", FR: "Autres noms de marchands"}), id: "Aliases", currency: -1,
		title: request.Text{EN: "Merchants that are suppliers under another name", FR: "Marchands qui sont des fournisseurs sous un autre nom"},
		note: request.Text{EN: "Learned from matches made by hand, and used to match further charges. If one is wrong, write “remove” or the right supplier in the framed column; to add one, write merchant and supplier in a new row below. Mail this workbook back.",
			FR: "Appris des rapprochements faits à la main, et utilisés pour rapprocher d’autres achats. Si l’un est erroné, inscrivez «\u00a0retirer\u00a0» ou le bon fournisseur dans la colonne encadrée; pour en ajouter un, inscrivez le marchand et le fournisseur dans une nouvelle rangée au bas. Renvoyez ce classeur."},
		empty: request.Text{EN: "None.", FR: "Aucun."},
		columns: []column{
			{request.Text{EN: "State", FR: "État"}, 30, wrapped, false}, {colAliasMerchant, 30, wrapped, false}, {colAliasOf, 32, wrapped, false},
			{request.Text{EN: "Learned from: bought, amount, line", FR: "Appris de\u00a0: achat, montant, ligne"}, 44, wrapped, false},
			{request.Text{EN: "By", FR: "Par"}, 30, wrapped, false}, {request.Text{EN: "On", FR: "Le"}, 13, day, false},
			{request.Text{EN: "Matched (period)", FR: "Rapprochés (période)"}, 15, count, false}, {colAliasCorrect, 30, entry, false}, {colAliasKey, 18, text, false},
		},
		rows: func(yield func([]any) bool) {
			list := slices.Clone(p.s.Aliases)
			slices.SortStableFunc(list, func(a, b AliasRow) int {
				return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(request.Fold(a.Merchant), request.Fold(b.Merchant)), cmp.Compare(a.ID, b.ID))
			})
			for i := range list {
				a := &list[i]
				if !yield([]any{p.aliasState(a), a.Merchant, a.Supplier, p.aliasLessons(a), a.By, request.DateOf(p.s.local(a.At)), a.Matched, "", aliasKey(a.ID)}) {
					return
				}
			}
		},
	}
}

// rank puts new aliases before those in force, and those before ended ones.
func (a *AliasRow) rank() int {
	switch {
	case !a.EndedAt.IsZero():
		return 2
	case a.New:
		return 0
	}
	return 1
}

func (p cardSheets) aliasState(a *AliasRow) string {
	switch a.rank() {
	case 0:
		return p.s.say(request.Text{EN: "new in this period", FR: "nouveau pendant la période"})
	case 1:
		return p.s.say(request.Text{EN: "in force", FR: "en vigueur"})
	}
	on := request.DateOf(p.s.local(a.EndedAt)).String()
	return p.s.say(request.Text{EN: "ended on " + on + " by " + a.EndedBy, FR: "retiré le " + on + " par " + a.EndedBy})
}

func (p cardSheets) aliasLessons(a *AliasRow) string {
	if len(a.Lessons) == 0 {
		return p.s.say(request.Text{EN: "written down", FR: "inscrit à la main"})
	}
	var list []string
	for i, l := range a.Lessons {
		if i == mostListed {
			list = append(list, p.s.say(request.Text{EN: "and ", FR: "et "})+strconv.Itoa(len(a.Lessons)-i)+p.s.say(request.Text{EN: " more", FR: " de plus"}))
			break
		}
		list = append(list, l.Bought.String()+", "+l.Charged.In(p.s.Lang)+", "+l.Line)
	}
	return strings.Join(list, "; ")
}
