package department

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/rules"
)

// newsFor is how long after a text came into force somebody is still told of it.
const newsFor = 45 * 24 * time.Hour

// News is what a recipient is told in their next mail: which texts came into force since, each with the difference in words, and by which links of the
// chain. Who tells it notes them with Changes.Told. box is whose policy counts; nil all.
func (dept *Department) News(ctx context.Context, tx *ledger.Tx, now time.Time, recipient string, box *Inbox) (said []request.Text, links []int64, err error) {
	list, err := tx.Changes.ToTell(ctx, recipient, now.Add(-newsFor), PolicyText, OfficersText, OwnersText, SettingsText, registerLinks)
	if err != nil {
		return nil, nil, err
	}
	texts := slices.IndexFunc(list, func(k ledger.InForceLink) bool { return k.Kind != PolicyText })
	if texts < 0 {
		texts = len(list)
	}
	written := map[string]bool{}
	for _, k := range list[:texts] {
		if box != nil && k.Scope != "" && k.Scope != box.Config.Name {
			continue
		}
		links = append(links, k.Seq)
		if text := dept.newsOf(ctx, tx, &k); !text.IsZero() && !written[text.EN] { // inboxes that share a policy change together
			written[text.EN] = true
			said = append(said, text)
		}
	}
	more, seqs, err := dept.guardedNews(ctx, tx, recipient, list[texts:])
	return append(said, more...), append(links, seqs...), err
}

// newsOf says one change in a paragraph; empty where nothing that people wrote is otherwise, or where it cannot be read any more.
func (dept *Department) newsOf(ctx context.Context, tx *ledger.Tx, k *ledger.InForceLink) (text request.Text) {
	var both [2]*rules.Policy
	for i, hash := range []string{k.Before, k.Hash} {
		kept, found, err := tx.Documents.Text(ctx, hash)
		if err != nil || !found {
			return text
		}
		if both[i], err = rules.ReadBundle(kept.Body); err != nil {
			return text
		}
	}
	before, after := both[0], both[1]
	if before.Written() == after.Written() {
		return text
	}
	day := dept.Day(k.At)
	text.EN = fmt.Sprintf("%s %s is in force since %s, in place of %s.", after.Name(), after.Version(), day, before.Version())
	text.FR = fmt.Sprintf("%s %s est en vigueur depuis le %s, à la place de %s.", after.Name(), after.Version(), day, before.Version())
	for _, c := range rules.Diff(before, after) {
		text.EN, text.FR = text.EN+" "+oneLine(c.Words.EN), text.FR+" "+oneLine(c.Words.FR)
	}
	return text
}

func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' }), " ")
}
