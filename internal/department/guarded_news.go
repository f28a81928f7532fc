package department

import (
	"context"
	"encoding/json"
	"fmt"

	"handrail/internal/guarded"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/owners"
	"handrail/internal/registers"
	"handrail/internal/request"
)

// registerLinks is the kind of the links by which registers came into force.
const registerLinks = "register"

// guardedNews is what a recipient is told beside policies: with owners, what else came into force; without, once, that there are none.
func (dept *Department) guardedNews(ctx context.Context, tx *ledger.Tx, recipient string, links []ledger.InForceLink) (said []request.Text, seqs []int64, err error) {
	if !dept.Owners.Any() {
		told, err := tx.Changes.WasTold(ctx, recipient, ledger.NoOwnersLink)
		if err != nil || told {
			return nil, nil, err
		}
		return []request.Text{{
				EN: "The rules have no owners: what stands in the files on the server counts at once, nobody can say STOP, and there are no standing approvals. This is said once.",
				FR: "Les règles n’ont pas de responsables\u00a0: ce qui se trouve dans les fichiers du serveur compte aussitôt, personne ne peut demander l’arrêt, et il n’y a pas d’approbations permanentes. Cet avis n’est donné qu’une fois."}},
			[]int64{ledger.NoOwnersLink}, nil
	}
	seen := map[string]bool{}
	for i := range links {
		k := &links[i]
		kind := k.Kind
		if kind == registerLinks {
			kind = registerText + k.Scope
		}
		title, day := GuardedTitle(kind), dept.Day(k.At)
		text := request.Text{EN: fmt.Sprintf("%s: changed on %s.", title.EN, day), FR: fmt.Sprintf("%s\u00a0: modification du %s.", title.FR, day)}
		rows, err := rowsOf(ctx, tx, k)
		if err != nil {
			return nil, nil, err
		}
		for _, w := range RowWords(rows) {
			text.EN, text.FR = text.EN+" "+w.EN, text.FR+" "+w.FR
		}
		seqs = append(seqs, k.Seq)
		if !seen[text.EN] { // of another inbox as well
			said = append(said, text)
		}
		seen[text.EN] = true
	}
	return said, seqs, nil
}

// rowsOf is the difference of what a link put in force, as what counted before and counts now; none where the ledger keeps no two texts of it.
func rowsOf(ctx context.Context, tx *ledger.Tx, k *ledger.InForceLink) (rows []guarded.Row, err error) {
	var both [2]ledger.Text
	for i, hash := range []string{k.Before, k.Hash} {
		found := false
		if both[i], found, err = tx.Documents.Text(ctx, hash); err != nil || !found {
			return nil, err
		}
	}
	defer func() {
		for i := range rows {
			rows[i].Widens = true // all of it counts
		}
	}()
	read := func(before, after any) bool {
		return json.Unmarshal(both[0].Body, before) == nil && json.Unmarshal(both[1].Body, after) == nil
	}
	switch k.Kind {
	case OfficersText:
		var before, after []officers.Officer
		if read(&before, &after) {
			rows, _ = guarded.Officers(before, after)
		}
	case OwnersText:
		var before, after owners.Config
		if read(&before, &after) {
			rows = guarded.Owners(before, after)
		}
	case SettingsText:
		var before, after guarded.Settings
		if read(&before, &after) {
			rows, _ = before.Compare(after)
		}
	case registerLinks:
		before, errB := registers.Restore(registers.Kind(k.Scope), both[0].Body)
		after, errA := registers.Restore(registers.Kind(k.Scope), both[1].Body)
		if errB == nil && errA == nil {
			rows, _, err = guarded.Register(before, after)
		}
	}
	return rows, err
}
