package report

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"handrail/internal/request"
	"handrail/internal/statement"
)

// CorrectedRow is a charge of which a later file said something else, or more.
type CorrectedRow struct {
	At            time.Time // when the file came
	File          string
	Before, After statement.Charge
}

// NotRepeatedRow is a charge that a later file of its card and days has not.
type NotRepeatedRow struct {
	At     time.Time
	File   string // that lacks it
	Charge statement.Charge
}

// correctedTable lists what files that came in the period replaced of earlier rows.
func (p cardSheets) correctedTable() table {
	return table{
		name: p.s.say(request.Text{EN: "Corrected rows", FR: "Lignes corrigées"}), id: "Corrected", currency: -1,
		title: request.Text{EN: "Rows of statements that a later file corrected", FR: "Lignes de relevés corrigées par un fichier ultérieur"},
		note: request.Text{EN: "A row that comes again is counted once, as the newest file has it. What a person said of it stays; what a rule matched is matched again where amount, day or reference changed.",
			FR: "Une ligne qui revient est comptée une seule fois, telle que le fichier le plus récent la donne. Ce qu’une personne en a dit reste; ce qu’une règle a rapproché l’est de nouveau si le montant, le jour ou la référence a changé."},
		empty: request.Text{EN: "None in this period.", FR: "Aucune pendant la période."},
		columns: []column{
			{request.Text{EN: "File", FR: "Fichier"}, 28, wrapped, false}, {request.Text{EN: "Came", FR: "Reçu"}, 17, instant, false}, {colMerchant, 32, wrapped, false},
			{colBought, 13, day, false}, {colCard, 9, text, false}, {request.Text{EN: "What was replaced", FR: "Ce qui a été remplacé"}, 60, wrapped, false},
			{request.Text{EN: "Row before", FR: "Ligne d’avant"}, 28, wrapped, false}, {colFingerprint, 36, text, false},
		},
		rows: func(yield func([]any) bool) {
			for i := range p.s.Corrected {
				c := &p.s.Corrected[i]
				said := replaced(&c.Before, &c.After, p.s.Lang)
				if said != "" && !yield([]any{c.File, p.s.local(c.At), c.After.Merchant, c.After.Transacted, c.After.Card, said, c.Before.Statement + ", " + strconv.Itoa(c.Before.Row), c.After.Fingerprint}) {
					return
				}
			}
		},
	}
}

// replaced says what differs between a row and what it became, "" where that is nothing that finance sees.
func replaced(before, after *statement.Charge, l request.Lang) string {
	var said []string
	status := func(s statement.Status) string {
		if s == statement.Pending {
			return request.Text{EN: "pending", FR: "en attente"}.In(l)
		}
		return request.Text{EN: "posted", FR: "inscrit"}.In(l)
	}
	tell := func(label request.Text, was, is string) {
		if was == is {
			return
		}
		if was == "" {
			was = "–"
		}
		said = append(said, label.In(l)+request.Text{EN: ": ", FR: "\u00a0: "}.In(l)+was+" → "+is)
	}
	tell(request.Text{EN: "status", FR: "état"}, status(before.Status), status(after.Status))
	tell(request.Text{EN: "amount", FR: "montant"}, before.Amount.In(l), after.Amount.In(l))
	tell(request.Text{EN: "bought", FR: "acheté"}, before.Transacted.String(), after.Transacted.String())
	tell(request.Text{EN: "posted", FR: "inscrit"}, before.Posted.String(), after.Posted.String())
	tell(request.Text{EN: "merchant", FR: "marchand"}, before.Merchant, after.Merchant)
	tell(request.Text{EN: "reference", FR: "référence"}, before.Reference, after.Reference)
	tell(request.Text{EN: "cost centre", FR: "centre de coûts"}, before.CostCentre, after.CostCentre)
	tell(request.Text{EN: "card", FR: "carte"}, before.Card, after.Card)
	tell(request.Text{EN: "cardholder", FR: "titulaire"}, before.Cardholder, after.Cardholder)
	tell(request.Text{EN: "category", FR: "catégorie"}, before.Category, after.Category)
	for _, header := range slices.Sorted(maps.Keys(after.Extra)) {
		tell(request.Text{EN: header, FR: header}, before.Extra[header], after.Extra[header])
	}
	return strings.Join(said, "; ")
}

// notRepeatedTable lists the charges that files which came in the period should have and have not.
func (p cardSheets) notRepeatedTable() table {
	return table{
		name: p.s.say(request.Text{EN: "Rows not repeated", FR: "Lignes non reprises"}), id: "NotRepeated", currency: 5,
		title: request.Text{EN: "Rows that a later file of the same card and days does not have", FR: "Lignes qu’un fichier ultérieur de la même carte et des mêmes jours ne contient pas"},
		note: request.Text{EN: "They stay as they are, and count. If the bank took one back, write “not a purchase” beside it on the sheet where it stands; if an amount was corrected, one of the two does not count.",
			FR: "Elles restent telles quelles et comptent. Si la banque en a annulé une, inscrivez «\u00a0pas un achat\u00a0» à côté, dans la feuille où elle figure; si un montant a été corrigé, l’une des deux ne compte pas."},
		empty: request.Text{EN: "None in this period.", FR: "Aucune pendant la période."},
		columns: []column{
			{request.Text{EN: "File that lacks it", FR: "Fichier qui ne l’a pas"}, 28, wrapped, false}, {request.Text{EN: "Came", FR: "Reçu"}, 17, instant, false}, {colMerchant, 34, wrapped, false},
			{colBought, 13, day, false}, {colCard, 9, text, false}, {headCurrency, 10, text, false}, {colCharged, 16, amount, true},
			{request.Text{EN: "Statement, row", FR: "Relevé, ligne"}, 28, wrapped, false}, {colFingerprint, 36, text, false},
		},
		rows: func(yield func([]any) bool) {
			for i := range p.s.NotRepeated {
				r := &p.s.NotRepeated[i]
				c := &r.Charge
				if !yield([]any{r.File, p.s.local(r.At), c.Merchant, c.Transacted, c.Card, c.Amount.Currency, c.Amount, c.Statement + ", " + strconv.Itoa(c.Row), c.Fingerprint}) {
					return
				}
			}
		},
	}
}
