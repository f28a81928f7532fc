package standing

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"handrail/internal/batch"
	"handrail/internal/department"
	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
)

func same(s string) request.Text { return request.Text{EN: s, FR: s} }

func readStranded(ctx context.Context, tx *ledger.Tx, q query) (items []Item, all int, err error) {
	list, all, err := tx.Standing.Stranded(ctx, q.most)
	if len(list) > 0 && q.justBegan(list[0].Since) {
		return nil, 0, err // the oldest of them
	}
	for i := range list {
		l := &list[i]
		items = append(items, Item{What: request.Text{EN: l.Reference + " of " + l.Requester, FR: l.Reference + " de " + l.Requester}, Since: l.Since})
	}
	return items, all, err
}

func readOutages(ctx context.Context, tx *ledger.Tx, q query) (items []Item, all int, err error) {
	list, err := tx.Attempts.Outages(ctx)
	list = slices.DeleteFunc(list, func(o ledger.Outage) bool { return q.justBegan(o.FailedAt) })
	for i := range list[:min(len(list), q.most)] {
		o := &list[i]
		items = append(items, Item{What: outageText(o.Name), Since: o.FailedAt, Words: o.Words})
	}
	return items, len(list), err
}

func readAside(ctx context.Context, tx *ledger.Tx, q query) (items []Item, all int, err error) {
	list, err := tx.Attempts.Failed(ctx, true, q.most)
	if err != nil {
		return nil, 0, err
	}
	for i := range list {
		a := &list[i]
		items = append(items, Item{What: same("handrail retry " + a.Row()), Since: a.FailedAt, Words: a.Words})
	}
	counts, err := tx.Attempts.Count(ctx)
	return items, ledger.Total(counts.Aside), err
}

func readRefused(ctx context.Context, tx *ledger.Tx, q query) (items []Item, all int, err error) {
	list, all, err := tx.Standing.RefusedMails(ctx, q.most)
	for i := range list {
		m := &list[i]
		at := m.SettledAt
		if at.IsZero() {
			at = m.MadeAt
		}
		kind, _ := outbox.KindOf(m.Kind)
		items = append(items, Item{Since: at, Words: m.Words, What: request.Text{
			EN: fmt.Sprintf("mail %d (%s) to %s: %s", m.ID, m.Kind, m.Recipient, kind.Says),
			FR: fmt.Sprintf("courriel %d (%s) à %s", m.ID, m.Kind, m.Recipient)}})
	}
	return items, all, err
}

func readTexts(ctx context.Context, tx *ledger.Tx, q query) (items []Item, all int, err error) {
	list, err := tx.Standing.RefusedTexts(ctx)
	for _, t := range list[:min(len(list), q.most)] {
		what := request.Text{EN: "the list of officers", FR: "la liste des agents"}
		if register, ok := department.RegisterOf(t.Kind); ok {
			what = request.Text{EN: register.EN, FR: "le " + register.FR}
		} else if t.Inbox != "" {
			what = request.Text{EN: "the policy of the inbox " + t.Inbox, FR: "la politique de la boîte " + t.Inbox}
		}
		items = append(items, Item{What: what, Since: t.Since})
	}
	return items, len(list), err
}

func (r Reader) readWeeks(ctx context.Context, tx *ledger.Tx, q query) (items []Item, all int, err error) {
	list, err := r.WeeksMissed(ctx, tx, q.now)
	for _, w := range list[:min(len(list), q.most)] {
		items = append(items, Item{Since: w.Due, What: request.Text{EN: "week " + w.Week + " for " + w.Recipient, FR: "semaine " + w.Week + " pour " + w.Recipient}})
	}
	return items, len(list), err
}

func readQuestions(ctx context.Context, tx *ledger.Tx, q query) (items []Item, all int, err error) {
	list, all, err := tx.Standing.Questions(ctx, true, q.most)
	for _, o := range list {
		items = append(items, Item{Since: o.Since, What: request.Text{
			EN: fmt.Sprintf("%s: %s asks %s", o.Submission, o.Officer, o.Requester),
			FR: fmt.Sprintf("%s\u00a0: %s interroge %s", o.Submission, o.Officer, o.Requester)}})
	}
	return items, all, err
}

func readQuarantine(ctx context.Context, tx *ledger.Tx, q query) (items []Item, all int, err error) {
	list, all, err := tx.Standing.Quarantined(ctx, q.last, q.most)
	for i := range list {
		m := &list[i]
		why, from := incoming.SetAsideText(m.Reason), cmp.Or(m.Sender, "?")
		items = append(items, Item{Since: m.ReceivedAt, What: request.Text{
			EN: fmt.Sprintf("message %d from %s (%s). %s", m.ID, from, m.Reason, why.EN),
			FR: fmt.Sprintf("message %d de %s (%s). %s", m.ID, from, m.Reason, why.FR)}})
	}
	return items, all, err
}

// outageText says what does not work.
func outageText(name string) request.Text {
	text := request.Text{EN: batch.OutageWords(name), FR: name}
	switch kind, of, _ := strings.Cut(name, " "); kind {
	case "smtp":
		text.FR = "le serveur de courriel qui envoie ([smtp])"
	case "imap":
		text.FR = "le serveur de courriel de la boîte " + of
	case "folder":
		inbox, folder, _ := strings.Cut(of, "/")
		text.FR = "le dossier " + folder + " de la boîte " + inbox
	}
	return text
}
