package department

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/internal/batch"
	"handrail/internal/guarded"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/owners"
	"handrail/internal/registers"
	"handrail/internal/request"
)

// The kinds under which the ledger keeps what owners guard beside policies, officers and registers.
const (
	OwnersText   = "owners"
	SettingsText = "settings"
)

// guards reports whether what widens of a file has to wait for owners.
func (dept *Department) guards(file string) bool {
	return dept.Owners.Any() && dept.proposals != nil && !dept.Owners.Trusts(file)
}

// textOf is a value as the ledger keeps it.
func textOf(kind, name string, v any) (ledger.Text, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return ledger.Text{}, err
	}
	return bodyText(kind, name, body), nil
}

func bodyText(kind, name string, body []byte) ledger.Text {
	sum := sha256.Sum256(body)
	return ledger.Text{Hash: "sha256:" + hex.EncodeToString(sum[:]), Kind: kind, Name: name, Body: body}
}

// keptValue reads a value that is in force; found is false where none is.
func keptValue(ctx context.Context, tx *ledger.Tx, kind, scope string, into any) (hash string, found bool, err error) {
	text, found, err := tx.Documents.TextInForce(ctx, kind, scope)
	if err != nil || !found {
		return "", false, err
	}
	return text.Hash, true, json.Unmarshal(text.Body, into)
}

// ask proposes to owners what a file or the configuration wants, in the place of what is in force (base). Where nothing waits any more, what it
// proposed before is withdrawn. What owners declined is not asked again. It needs Decide.
func (dept *Department) ask(ctx context.Context, tx *ledger.Tx, now time.Time, want ledger.Text, base string, rows []guarded.Row) error {
	if dept.proposals == nil {
		return nil
	}
	waits := len(guarded.Widening(rows)) > 0 && dept.guards(trustedAs(want.Kind))
	if t, ok := dept.proposals.(teller); ok && !waits && len(rows) > 0 && dept.Owners.Any() {
		if err := t.Counted(ctx, tx, now, want.Kind, want.Hash, rows); err != nil {
			return err
		}
	}
	if !waits {
		open, some, err := tx.Changes.Open(ctx, want.Kind, "")
		if err != nil || !some || open.ProposedBy != "" {
			return err
		}
		return tx.Changes.Withdraw(ctx, now, open.ID, "")
	}
	last, some, err := tx.Changes.Latest(ctx, want.Kind, "")
	if err != nil || some && last.State == ledger.ChangeDeclined && last.Hash == want.Hash {
		return err
	}
	if err := tx.Documents.KeepText(ctx, now, want); err != nil {
		return err
	}
	detail, err := json.Marshal(map[string]any{"words": RowWords(rows)})
	if err != nil {
		return err
	}
	_, err = dept.proposals.Propose(ctx, tx, now, ledger.Change{Kind: want.Kind, Hash: want.Hash, Base: base, Detail: detail})
	return err
}

// teller tells owners of what counts without them.
type teller interface {
	Counted(ctx context.Context, tx *ledger.Tx, now time.Time, kind, hash string, rows []guarded.Row) error
}

// mostRows is how many rows a change keeps in words; of a register of another year more would be no help.
const mostRows = 60

// RowWords says rows in words: what waits first, then what counts already.
func RowWords(rows []guarded.Row) (words []request.Text) {
	for _, r := range guarded.Widening(rows) {
		words = append(words, r.Words())
	}
	for _, r := range guarded.Narrowing(rows) {
		w := r.Words()
		words = append(words, request.Text{EN: "Counts already: " + w.EN, FR: "Compte déjà\u00a0: " + w.FR})
	}
	if n := len(words) - mostRows; n > 0 {
		words = append(words[:mostRows], request.Text{EN: fmt.Sprintf("And %d more.", n), FR: fmt.Sprintf("Et %d autres.", n)})
	}
	return words
}

// RegisterText is the kind under which changes of a register are kept.
func RegisterText(k registers.Kind) string { return registerText + string(k) }

// trustedAs is how [owners] trusted names the file of a kind.
func trustedAs(kind string) string {
	if k, ok := strings.CutPrefix(kind, registerText); ok {
		return trustedName(registers.Kind(k))
	}
	return kind
}

// beginWithOwners finds out who owns the rules: those that the ledger says, once there were any. Others in the configuration, or none, are a
// change that waits for those.
func (dept *Department) beginWithOwners(ctx context.Context, now time.Time) error {
	want := dept.configured.owners
	return dept.ledger.Decide(ctx, func(tx *ledger.Tx) error {
		var kept owners.Config
		hash, found, err := keptValue(ctx, tx, OwnersText, "", &kept)
		if err != nil {
			return err
		}
		text, err := textOf(OwnersText, "", want.Config())
		if err != nil {
			return err
		}
		if !found {
			if dept.Owners = want; want.Any() {
				_, err = tx.Documents.PutInForce(ctx, now, "", text)
			}
			return err
		}
		dept.Owners = owners.New(kept)
		if !dept.Owners.Any() { // both owners agreed that there are none: whoever is named now begins
			if want.Any() {
				dept.Owners = want
				_, err = tx.Documents.PutInForce(ctx, now, "", text)
			}
			return err
		}
		batch.Crash("owners.before-commit")
		return dept.ask(ctx, tx, now, text, hash, guarded.Owners(kept, want.Config()))
	})
}

// beginWithSettings finds out which of the settings that could widen a yes are in force: with owners what the ledger says, and of the configuration
// what narrows it. The rest waits for owners, and counts from the start after they agreed.
func (dept *Department) beginWithSettings(ctx context.Context, now time.Time) error {
	want := dept.configured.settings
	counts := want
	err := dept.ledger.Decide(ctx, func(tx *ledger.Tx) error {
		counts = want
		var rows []guarded.Row
		if dept.guards(SettingsText) {
			var kept guarded.Settings
			_, found, err := keptValue(ctx, tx, SettingsText, "", &kept)
			if err != nil {
				return err
			}
			if found {
				rows, counts = dept.withoutGone(kept).Compare(want)
			}
		} else if _, found, err := keptValue(ctx, tx, SettingsText, "", &guarded.Settings{}); err != nil || !found {
			return err // there never were owners: nothing is kept
		}
		text, err := textOf(SettingsText, "", counts)
		if err != nil {
			return err
		}
		if _, err := tx.Documents.PutInForce(ctx, now, "", text); err != nil {
			return err
		}
		wanted, err := textOf(SettingsText, "", want)
		if err != nil {
			return err
		}
		batch.Crash("settings.before-commit")
		return dept.ask(ctx, tx, now, wanted, text.Hash, rows)
	})
	if err != nil {
		return err
	}
	return dept.useSettings(counts)
}

// withoutGone leaves out the settings of inboxes that are no more.
func (dept *Department) withoutGone(kept guarded.Settings) guarded.Settings {
	there := guarded.Settings{}
	for k, v := range kept {
		if !strings.HasPrefix(k, "inbox.") || dept.inboxOf(k) != "" {
			there[k] = v
		}
	}
	return there
}

// refreshGuarded takes from the ledger what another machine, or owners, put in force.
func (dept *Department) refreshGuarded(ctx context.Context) error {
	if !dept.Owners.Any() {
		return nil
	}
	rosters := map[string]*officers.Roster{}
	kept := map[registers.Kind]*registers.Register{}
	err := dept.ledger.View(ctx, func(tx *ledger.Tx) error {
		noted, err := tx.Documents.InForce(ctx, OfficersText)
		if err != nil {
			return err
		}
		for name, box := range dept.Inboxes {
			now, err := textOf(OfficersText, "", box.Roster().Officers())
			if err != nil || noted[name] == "" || noted[name] == now.Hash {
				continue
			}
			var list []officers.Officer
			if _, found, err := keptValue(ctx, tx, OfficersText, name, &list); err != nil || !found {
				return err
			}
			if rosters[name], err = officers.NewRoster(list); err != nil {
				return fmt.Errorf("the officers in force: %w", err)
			}
		}
		list, err := tx.Registers.List(ctx)
		if err != nil {
			return err
		}
		for _, w := range dept.registerWatches {
			is := func(r ledger.Register) bool { return r.Kind == string(w.kind) }
			if w.file == "" && w.inForce() != "" && !slices.ContainsFunc(list, is) { // owners agreed that there is none
				kept[w.kind] = nil
			}
		}
		for _, r := range list {
			w := dept.watchOf(registers.Kind(r.Kind))
			if w == nil || w.inForce() == r.Hash {
				continue
			}
			full, found, err := tx.Registers.Read(ctx, r.Kind)
			if err != nil || !found {
				return err
			}
			if kept[w.kind], err = registers.Restore(w.kind, full.Body); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	dept.useRosters(rosters)
	for k, r := range kept {
		dept.watchOf(k).force.Store(r)
	}
	if len(kept) > 0 {
		dept.useRegisters()
	}
	return nil
}

func (dept *Department) watchOf(k registers.Kind) *registerWatch {
	for _, w := range dept.registerWatches {
		if w.kind == k {
			return w
		}
	}
	return nil
}

// Guards reports whether a kind of change is of what owners guard beside policies.
func Guards(kind string) bool {
	return kind == OfficersText || kind == OwnersText || kind == SettingsText || strings.HasPrefix(kind, registerText)
}

// GuardedTitle says what a change of a kind is about.
func GuardedTitle(kind string) request.Text {
	switch kind {
	case OfficersText:
		return request.Text{EN: "Officers and their limits", FR: "Agents et leurs limites"}
	case OwnersText:
		return guarded.OwnersTitle
	case SettingsText:
		return guarded.SettingTitle
	}
	switch t, _ := RegisterOf(kind); {
	case t.EN == "":
		return request.Text{}
	default:
		return request.Text{EN: strings.ToUpper(t.EN[:1]) + t.EN[1:], FR: strings.ToUpper(t.FR[:1]) + t.FR[1:]}
	}
}

// gone is the text of a register that the configuration names no more.
var gone = []byte("null")

// goneRows says that a register is gone.
func goneRows(kept *registers.Register) []guarded.Row {
	what, _ := RegisterOf(registerText + string(kept.Kind))
	return []guarded.Row{{What: what, Before: request.Text{EN: fmt.Sprintf("%d entries", kept.Entries), FR: fmt.Sprintf("%d entrées", kept.Entries)},
		After: request.Text{EN: "none: nothing is compared with it any more", FR: "aucun\u00a0: plus rien n’y est comparé"}, Widens: true}}
}

// EnforceGuarded puts an approved change in force; also runs in the same transaction. Officers and registers count at once, on other machines with
// their next look; owners and settings from the next start.
func (dept *Department) EnforceGuarded(ctx context.Context, now time.Time, c ledger.Change, also func(tx *ledger.Tx) error) error {
	err := dept.ledger.Decide(ctx, func(tx *ledger.Tx) error {
		text, found, err := tx.Documents.Text(ctx, c.Hash)
		if err != nil || !found {
			return errors.Join(err, fmt.Errorf("the approved text %s is not in the ledger", c.Hash))
		}
		if err := tx.Changes.Enforce(ctx, now, c.ID); err != nil {
			return err
		}
		if err := dept.enforce(ctx, tx, now, c.Kind, text); err != nil {
			return err
		}
		batch.Crash("guarded.before-commit")
		return also(tx)
	})
	if err != nil {
		return err
	}
	dept.log.Info("an approved change is in force", "text", c.Kind, "hash", c.Hash)
	return dept.refreshGuarded(ctx)
}

func (dept *Department) enforce(ctx context.Context, tx *ledger.Tx, now time.Time, kind string, text ledger.Text) error {
	switch kind {
	case OwnersText, SettingsText:
		_, err := tx.Documents.PutInForce(ctx, now, "", text)
		return err
	case OfficersText:
		var after map[string][]officers.Officer
		if err := json.Unmarshal(text.Body, &after); err != nil {
			return err
		}
		for _, name := range dept.Order {
			list, there := after[name]
			if !there {
				continue
			}
			one, err := textOf(OfficersText, "", list)
			if err != nil {
				return err
			}
			if _, err := tx.Documents.PutInForce(ctx, now, name, one); err != nil {
				return err
			}
		}
		return nil
	}
	k := registers.Kind(strings.TrimPrefix(kind, registerText))
	if string(text.Body) == string(gone) {
		return tx.Registers.Drop(ctx, now, string(k))
	}
	r, err := registers.Restore(k, text.Body)
	if err != nil {
		return err
	}
	_, err = tx.Registers.PutInForce(ctx, now, ledger.Register{Kind: string(k), Hash: r.Hash, File: text.Name, Entries: r.Entries, Body: r.Body})
	return err
}

// OwnersInForce are the owners of the rules that the ledger says are in force, whatever the configuration names.
func OwnersInForce(ctx context.Context, tx *ledger.Tx) (owners.Owners, error) {
	var kept owners.Config
	if _, _, err := keptValue(ctx, tx, OwnersText, "", &kept); err != nil {
		return owners.Owners{}, err
	}
	return owners.New(kept), nil
}
