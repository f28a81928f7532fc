package standing

import (
	"context"
	"slices"
	"strings"

	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

func readStopped(ctx context.Context, tx *ledger.Tx, _ query) (items []Item, all int, err error) {
	s, err := tx.Stops.Now(ctx)
	if err != nil || s == nil {
		return nil, 0, err
	}
	return []Item{{What: request.Text{EN: "said by " + s.By, FR: "demandé par " + s.By}, Since: s.StoppedAt, Words: s.Reason}}, 1, nil
}

// readChanges lists what waits for owners, and what is approved and waits for its day.
func readChanges(ctx context.Context, tx *ledger.Tx, q query) (items []Item, all int, err error) {
	list, err := tx.Changes.Waiting(ctx)
	if err != nil {
		return nil, 0, err
	}
	approved, err := tx.Changes.Approved(ctx)
	if err != nil {
		return nil, 0, err
	}
	list = slices.DeleteFunc(list, func(c ledger.Change) bool { return !q.last.IsZero() && c.Reminders == 0 }) // the operator hears of it when its owners were reminded
	if q.last.IsZero() {
		list = append(list, approved...)
	}
	for i := range list[:min(len(list), q.most)] {
		c := &list[i]
		what, err := changeText(ctx, tx, c)
		if err != nil {
			return nil, 0, err
		}
		items = append(items, Item{What: what, Since: c.ProposedAt})
	}
	return items, len(list), nil
}

// changeText says which change waits, who proposed it, who approved it, and until when.
func changeText(ctx context.Context, tx *ledger.Tx, c *ledger.Change) (request.Text, error) {
	text, _, err := tx.Documents.Text(ctx, c.Hash)
	if err != nil {
		return request.Text{}, err
	}
	what := request.Text{EN: strings.TrimSpace(c.Kind + " " + c.Scope), FR: strings.TrimSpace(c.Kind + " " + c.Scope)}
	if guarded := department.GuardedTitle(c.Kind); !guarded.IsZero() {
		what = guarded
	}
	if c.Kind == department.PolicyText {
		named := strings.TrimSpace(text.Name + " " + text.Version)
		what = request.Text{EN: named + " for the inbox " + c.Scope, FR: named + " pour la boîte " + c.Scope}
	}
	by := request.Text{EN: "proposed by " + c.ProposedBy, FR: "proposée par " + c.ProposedBy}
	if c.ProposedBy == "" {
		by = request.Text{EN: "proposed by a file on the server", FR: "proposée par un fichier du serveur"}
	}
	answers, err := tx.Changes.Answers(ctx, c.ID)
	if err != nil {
		return what, err
	}
	what.EN, what.FR = what.EN+", "+by.EN, what.FR+", "+by.FR
	for _, a := range answers {
		if a.Approves {
			what.EN, what.FR = what.EN+", approved by "+a.Owner, what.FR+", approuvée par "+a.Owner
		}
	}
	if c.State == ledger.ChangeApproved && !c.From.IsZero() {
		what.EN, what.FR = what.EN+", in force on "+c.From.String(), what.FR+", en vigueur le "+c.From.String()
	}
	return what, nil
}
