package ledger

import (
	"context"
	"fmt"
	"time"
)

// Registers are the department's registers in force: of each kind the last one that was right.
type Registers struct{ tx *Tx }

// Register is one register in force.
type Register struct {
	Kind    string // "cost_centres", "people", "suppliers"
	Hash    string // "sha256:…", of Body
	File    string // its name, without where it lies
	Entries int
	TakenAt time.Time
	Body    []byte // nil where it was not asked for
}

// List reads which registers are in force, without their bodies, by kind.
func (rg Registers) List(ctx context.Context) (list []Register, err error) {
	err = rg.tx.each(ctx, func(scan func(...any) error) error {
		var r Register
		err := scan(&r.Kind, &r.Hash, &r.File, &r.Entries, instant{&r.TakenAt})
		list = append(list, r)
		return err
	}, "SELECT kind, hash, file, entries, taken_at FROM register ORDER BY kind")
	if err != nil {
		return nil, fmt.Errorf("list the registers in force: %w", err)
	}
	return list, nil
}

// Read reads the register of a kind.
func (rg Registers) Read(ctx context.Context, kind string) (r Register, found bool, err error) {
	found, err = rg.tx.one(ctx, []any{&r.Kind, &r.Hash, &r.File, &r.Entries, instant{&r.TakenAt}, &r.Body},
		"SELECT kind, hash, file, entries, taken_at, body FROM register WHERE kind = $1", kind)
	if err != nil {
		return Register{}, false, fmt.Errorf("read the register %s: %w", kind, err)
	}
	return r, found, nil
}

// PutInForce keeps a register in the place of the one of its kind, and notes in the chain that it counts from now on; other is false
// where it is the same. It needs Decide.
func (rg Registers) PutInForce(ctx context.Context, now time.Time, r Register) (other bool, err error) {
	before, err := rg.noteChange(ctx, now, r.Kind, r.Hash)
	if err != nil || before == r.Hash {
		return false, err
	}
	_, err = rg.tx.exec(ctx, `INSERT INTO register (kind, hash, file, entries, taken_at, body) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (kind) DO UPDATE SET hash = excluded.hash, file = excluded.file, entries = excluded.entries, taken_at = excluded.taken_at, body = excluded.body`,
		r.Kind, r.Hash, r.File, r.Entries, micros(now), nonNil(r.Body))
	if err != nil {
		return false, fmt.Errorf("keep the register %s: %w", r.Kind, err)
	}
	rg.tx.removes = rg.tx.removes || before != ""
	return true, nil
}

// Drop ends a register that the configuration names no more. It needs Decide.
func (rg Registers) Drop(ctx context.Context, now time.Time, kind string) error {
	if before, err := rg.noteChange(ctx, now, kind, ""); err != nil || before == "" {
		return err
	}
	rg.tx.removes = true
	if _, err := rg.tx.exec(ctx, "DELETE FROM register WHERE kind = $1", kind); err != nil {
		return fmt.Errorf("end the register %s: %w", kind, err)
	}
	return nil
}

// noteChange links in the chain that another register counts, where it is another one, and says which one did.
func (rg Registers) noteChange(ctx context.Context, now time.Time, kind, hash string) (before string, err error) {
	if !rg.tx.deciding {
		return "", errNotDeciding
	}
	if _, err := rg.tx.one(ctx, []any{&before}, "SELECT hash FROM register WHERE kind = $1", kind); err != nil {
		return "", fmt.Errorf("read which register %s is in force: %w", kind, err)
	}
	if before == hash {
		return before, nil
	}
	public := fmt.Appendf(nil, `{"kind":%q,"hash":%q,"before":%q}`, kind, hash, before)
	_, err = rg.tx.Chain.Append(ctx, now, Entry{Kind: "register.changed", Subject: kind, Public: public})
	return before, err
}
