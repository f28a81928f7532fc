package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Documents is what is kept under its hash: the bytes of mails and workbooks, the texts of policies and lists, and
// which of those are in force.
type Documents struct{ tx *Tx }

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
func (ds Documents) KeepText(ctx context.Context, now time.Time, t Text) error {
	_, err := ds.tx.exec(ctx, `INSERT INTO kept_text (hash, kind, name, version, kept_at, body) VALUES ($1, $2, $3, $4, $5, $6)
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
func (ds Documents) Text(ctx context.Context, hash string) (t Text, found bool, err error) {
	found, err = ds.tx.one(ctx, []any{&t.Hash, &t.Kind, &t.Name, &t.Version, instant{&t.KeptAt}, &t.Body},
		"SELECT hash, kind, name, version, kept_at, body FROM kept_text WHERE hash = $1", hash)
	if err != nil {
		return Text{}, false, fmt.Errorf("read the text %s: %w", hash, err)
	}
	return t, found, nil
}

// InForce says which texts of a kind are in force: the hash noted last for every inbox.
func (ds Documents) InForce(ctx context.Context, kind string) (map[string]string, error) {
	prefix := inForceKey(kind, "")
	hashes := map[string]string{}
	err := ds.tx.each(ctx, func(scan func(...any) error) error {
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

// TextInForce is the text of a kind that is in force for an inbox; found is false where none is.
func (ds Documents) TextInForce(ctx context.Context, kind, inbox string) (t Text, found bool, err error) {
	hash, err := ds.tx.Meta(ctx, inForceKey(kind, inbox))
	if err != nil || hash == "" {
		return Text{}, false, err
	}
	return ds.Text(ctx, hash)
}

// inForceKey is under which name the hash of what is in force is noted.
func inForceKey(kind, inbox string) string { return "in force: " + kind + " " + inbox }

// WereInForce lists the texts of a kind, by name and version, that were ever in force for any inbox.
func (ds Documents) WereInForce(ctx context.Context, kind, name, version string) (list []Text, err error) {
	err = ds.tx.each(ctx, func(scan func(...any) error) error {
		var t Text
		err := scan(&t.Hash, &t.Kind, &t.Name, &t.Version, instant{&t.KeptAt}, &t.Body)
		list = append(list, t)
		return err
	}, `SELECT t.hash, t.kind, t.name, t.version, t.kept_at, t.body FROM kept_text t WHERE t.kind = $1 AND t.name = $2 AND t.version = $3
		AND EXISTS (SELECT 1 FROM chain c WHERE c.subject = t.hash AND c.kind = $4) ORDER BY t.kept_at, t.hash`, kind, name, version, kind+".changed")
	if err != nil {
		return nil, fmt.Errorf("look for what was in force: %w", err)
	}
	return list, nil
}

// PutInForce notes in the chain that another policy judges from now on, when it is not the one noted last for this
// inbox, and keeps its text. It needs Decide.
func (ds Documents) PutInForce(ctx context.Context, now time.Time, inbox string, t Text) (changed bool, err error) {
	if !ds.tx.deciding {
		return false, errNotDeciding
	}
	name := inForceKey(t.Kind, inbox)
	last, err := ds.tx.Meta(ctx, name)
	if err != nil || last == t.Hash {
		return false, err
	}
	if err := ds.KeepText(ctx, now, t); err != nil {
		return false, err
	}
	public := fmt.Appendf(nil, `{"kind":%q,"scope":%q,"hash":%q,"before":%q}`, t.Kind, inbox, t.Hash, last)
	if _, err := ds.tx.Chain.Append(ctx, now, Entry{Kind: t.Kind + ".changed", Subject: t.Hash, Public: public}); err != nil {
		return false, err
	}
	return true, ds.tx.SetMeta(ctx, name, t.Hash)
}

// KeepBytes stores bytes under their digest: attachments, reports. What is there already is not written twice.
func (ds Documents) KeepBytes(ctx context.Context, now time.Time, blobs ...[]byte) error {
	return ds.keepBytes(ctx, now, blobs)
}

func (ds Documents) keepBytes(ctx context.Context, now time.Time, blobs [][]byte) error {
	const width = 4
	flat := make([]any, 0, width*len(blobs))
	seen := make(map[Digest]bool, len(blobs))
	for _, b := range blobs {
		d := DigestOf(b)
		if seen[d] {
			continue
		}
		seen[d] = true
		if b == nil {
			b = []byte{}
		}
		flat = append(flat, d.bytes(), len(b), micros(now), b)
	}
	_, err := ds.tx.insert(ctx, insertion{"INSERT INTO kept_bytes (sha256, size, kept_at, bytes)", width,
		"ON CONFLICT (sha256) DO UPDATE SET kept_at = excluded.kept_at, bytes = excluded.bytes"}, flat, nil)
	if err != nil {
		return fmt.Errorf("keep bytes: %w", err)
	}
	return nil
}

// Bytes reads what was kept under a digest; nil when it was disposed of or never kept.
func (ds Documents) Bytes(ctx context.Context, d Digest) ([]byte, error) {
	var b []byte
	if _, err := ds.tx.one(ctx, []any{&b}, "SELECT bytes FROM kept_bytes WHERE sha256 = $1", d.bytes()); err != nil {
		return nil, fmt.Errorf("read bytes %s: %w", d, err)
	}
	return b, nil
}

// ReplaceBytes puts other bytes in the place of what was kept under a digest, which stays: a statement whose card
// numbers were cut to their last four. What was there is overwritten; on SQLite also in the log, once nobody reads.
func (ds Documents) ReplaceBytes(ctx context.Context, d Digest, b []byte) error {
	ds.tx.removes = true
	_, err := ds.tx.exec(ctx, "UPDATE kept_bytes SET bytes = $1 WHERE sha256 = $2", b, d.bytes())
	if err != nil {
		return fmt.Errorf("replace bytes %s: %w", d, err)
	}
	return nil
}
