package changes

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"handrail/internal/department"
	"handrail/internal/guarded"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/registers"
	"handrail/internal/request"
	"handrail/notify"
)

// guardedDetail is what a change keeps beside its text: the difference in words, as it was when it was proposed.
type guardedDetail struct {
	Words []request.Text `json:"words"`
}

func wordsOf(c *ledger.Change) []request.Text {
	var d guardedDetail
	_ = json.Unmarshal(c.Detail, &d) // written by us
	return d.Words
}

// serveGuarded names who describes and enforces what is no policy.
func (r *Room) serveGuarded() {
	for _, kind := range []string{department.OfficersText, department.OwnersText, department.SettingsText} {
		r.Serve(kind, guardedThings{r})
	}
	for _, k := range registers.Kinds() {
		r.Serve(department.RegisterText(k), guardedThings{r})
	}
	r.Serve(startKind, starts{r})
}

// guardedThings is the kind of changes of officers, registers, settings and owners.
type guardedThings struct{ room *Room }

// Describe says what changes, row by row, and from when it counts.
func (k guardedThings) Describe(_ context.Context, _ *ledger.Tx, c ledger.Change) (Proposal, error) {
	p := Proposal{Title: department.GuardedTitle(c.Kind), Words: wordsOf(&c)}
	when := request.Text{EN: "at once, without a restart", FR: "dès maintenant, sans redémarrage"}
	if c.Kind == department.OwnersText || c.Kind == department.SettingsText {
		when = request.Text{EN: "from the next start of Handrail, which the operator does", FR: "au prochain démarrage de Handrail, que fait l’exploitant"}
	}
	p.Facts = []notify.Figure{
		{Label: request.Text{EN: "Where it comes from", FR: "Provenance"}, Value: request.Text{EN: "a file on the server: what only narrows counts already, what widens waits for two owners", FR: "un fichier du serveur\u00a0: ce qui ne fait que restreindre compte déjà, ce qui élargit attend deux responsables"}},
		{Label: request.Text{EN: "Once approved, it counts", FR: "Une fois approuvé, cela compte"}, Value: when}}
	return p, nil
}

// Enforce puts it in force.
func (k guardedThings) Enforce(ctx context.Context, now time.Time, c ledger.Change) error {
	return k.room.dept.EnforceGuarded(ctx, now, c, func(*ledger.Tx) error { return nil })
}

// Counted tells owners of what counts without them: a trusted file, or what only narrows. It needs Decide.
func (r *Room) Counted(ctx context.Context, tx *ledger.Tx, now time.Time, kind, hash string, rows []guarded.Row) error {
	var owed []ledger.OutboxEntry
	d := noteDetail{Good: true, Title: joined(request.Text{EN: "Changed on the server, and in force", FR: "Modifié sur le serveur, et en vigueur"}, department.GuardedTitle(kind)),
		What:  request.Text{EN: "It counts without you, since it only narrows, or since the file is named trusted ([owners] trusted).", FR: "Cela compte sans vous, parce que cela ne fait que restreindre ou parce que le fichier est déclaré fiable ([owners] trusted)."},
		Next:  request.Text{EN: "Nothing to do now, if it is right. If not, mail STOP, and have the file put right.", FR: "Rien à faire maintenant, si c’est exact. Sinon, envoyez ARRÊTER et faites corriger le fichier."},
		Label: request.Text{EN: "What changed", FR: "Ce qui a changé"}, Details: department.RowWords(rows)}
	for _, owner := range r.owners.All() {
		d.To = owner
		owed = append(owed, outbox.New(outbox.OwnersNote, fmt.Sprintf("counted %s %s %s", kind, hash, owner), ledger.OutboxEntry{}, d))
	}
	return r.owe(ctx, tx, now, owed)
}
