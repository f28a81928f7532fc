package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Text is a policy, roster, template or configuration that decisions name by its hash.
type Text struct {
	Hash    string
	Kind    string // "policy", "roster", "templates", …
	Name    string
	Version string
	KeptAt  time.Time
	Body    []byte
}

// KeepText stores a text under its hash; what is there already stays.
func (tx *Tx) KeepText(ctx context.Context, now time.Time, t Text) error {
	_, err := tx.exec(ctx, `INSERT INTO kept_text (hash, kind, name, version, kept_at, body) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (hash) DO NOTHING`, t.Hash, t.Kind, t.Name, t.Version, micros(now), nonNil(t.Body))
	if err != nil {
		return fmt.Errorf("keep %s %s: %w", t.Kind, t.Hash, err)
	}
	return nil
}

func nonNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// Text reads a text by its hash.
func (tx *Tx) Text(ctx context.Context, hash string) (t Text, found bool, err error) {
	found, err = tx.one(ctx, []any{&t.Hash, &t.Kind, &t.Name, &t.Version, instant{&t.KeptAt}, &t.Body},
		"SELECT hash, kind, name, version, kept_at, body FROM kept_text WHERE hash = $1", hash)
	if err != nil {
		return Text{}, false, fmt.Errorf("read the text %s: %w", hash, err)
	}
	return t, found, nil
}

// InForce says which texts of a kind are in force: the hash noted last for every inbox.
func (tx *Tx) InForce(ctx context.Context, kind string) (map[string]string, error) {
	prefix := "in force: " + kind + " "
	hashes := map[string]string{}
	err := tx.each(ctx, func(scan func(...any) error) error {
		var name, hash string
		if err := scan(&name, &hash); err != nil {
			return err
		}
		hashes[strings.TrimPrefix(name, prefix)] = hash
		return nil
	}, "SELECT name, value FROM meta WHERE substr(name, 1, $1) = $2", len(prefix), prefix)
	if err != nil {
		return nil, fmt.Errorf("read which %s is in force: %w", kind, err)
	}
	return hashes, nil
}

// PutInForce notes in the chain that another policy judges from now on, when it is not the one noted last for this
// inbox, and keeps its text. It needs Decide.
func (tx *Tx) PutInForce(ctx context.Context, now time.Time, inbox string, t Text) (changed bool, err error) {
	if !tx.deciding {
		return false, errNotDeciding
	}
	name := "in force: " + t.Kind + " " + inbox
	last, err := tx.Meta(ctx, name)
	if err != nil || last == t.Hash {
		return false, err
	}
	if err := tx.KeepText(ctx, now, t); err != nil {
		return false, err
	}
	public := fmt.Appendf(nil, `{"kind":%q,"hash":%q,"before":%q}`, t.Kind, t.Hash, last)
	if _, err := tx.Append(ctx, now, Entry{Kind: t.Kind + ".changed", Subject: t.Hash, Public: public}); err != nil {
		return false, err
	}
	return true, tx.SetMeta(ctx, name, t.Hash)
}

// Meta reads a note of the job about itself; "" when there is none.
func (tx *Tx) Meta(ctx context.Context, name string) (string, error) {
	var value string
	if _, err := tx.one(ctx, []any{&value}, "SELECT value FROM meta WHERE name = $1", name); err != nil {
		return "", fmt.Errorf("read note %s: %w", name, err)
	}
	return value, nil
}

// SetMeta writes one.
func (tx *Tx) SetMeta(ctx context.Context, name, value string) error {
	_, err := tx.exec(ctx, "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	if err != nil {
		return fmt.Errorf("write note %s: %w", name, err)
	}
	return nil
}
