package ledger

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"strings"
)

// CopiedTable is one table of a copy.
type CopiedTable struct {
	Name   string
	Rows   int64
	Digest Digest // over all rows, the same on both sides
}

// Copy moves everything of an SQLite ledger into an empty one on PostgreSQL and reads it back: counts and contents of
// every table must be the same, and the chain must verify there, or nothing is committed. Jobs of the queue are not
// copied, the sweep makes new ones. No run may work on the source meanwhile; open it with Run to make sure. progress,
// when not nil, is told after every table.
func Copy(ctx context.Context, from, to *Ledger, progress func(CopiedTable)) ([]CopiedTable, error) {
	if from.dialect != SQLite || to.dialect != PostgreSQL {
		return nil, errors.New("a ledger is copied from an SQLite file to PostgreSQL")
	}
	var out []CopiedTable
	err := from.View(ctx, func(source *Tx) error {
		return to.Decide(ctx, func(target *Tx) error {
			if err := target.mustBeEmpty(ctx); err != nil {
				return err
			}
			// It becomes the ledger that it is a copy of.
			if _, err := target.exec(ctx, "DELETE FROM meta"); err != nil {
				return err
			}
			for _, table := range tables {
				c, err := copyTable(ctx, source, target, table)
				if err != nil {
					return fmt.Errorf("copy table %s: %w", table, err)
				}
				out = append(out, c)
				if progress != nil {
					progress(c)
				}
			}
			return target.afterCopy(ctx)
		})
	})
	if err != nil {
		return nil, err
	}
	identity := from.Identity()
	to.identity.Store(&identity)
	return out, nil
}

func (tx *Tx) mustBeEmpty(ctx context.Context) error {
	for _, table := range tables {
		var n int64
		query := "SELECT COUNT(*) FROM " + table
		if table == "meta" {
			query += " WHERE name <> '" + identityName + "'"
		}
		if _, err := tx.one(ctx, []any{&n}, query); err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("the ledger at %s is not empty: its table %s has %d rows", tx.l.cfg, table, n)
		}
	}
	return nil
}

func copyTable(ctx context.Context, source, target *Tx, table string) (CopiedTable, error) {
	const batch = 512
	sent := newRowDigest()
	var statement insertion
	var flat []any
	flush := func() error {
		_, err := target.insert(ctx, statement, flat, nil)
		flat = flat[:0]
		return err
	}
	err := source.rows(ctx, table, func(columns []string, row []any) error {
		if row == nil {
			return nil
		}
		statement = insertion{"INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ")", len(columns), ""}
		sent.add(row)
		for _, v := range row {
			if b, ok := v.([]byte); ok {
				v = append([]byte{}, b...)
			}
			flat = append(flat, v)
		}
		if len(flat) >= batch*len(columns) {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return CopiedTable{}, err
	}
	got := newRowDigest()
	err = target.rows(ctx, table, func(columns []string, row []any) error {
		if row != nil {
			got.add(row)
		}
		return nil
	})
	if err != nil {
		return CopiedTable{}, fmt.Errorf("read back: %w", err)
	}
	if *got != *sent {
		return CopiedTable{}, fmt.Errorf("%d rows were sent, and %d came back that are not the same", sent.rows, got.rows)
	}
	return CopiedTable{table, sent.rows, sent.sum}, nil
}

// afterCopy lets the database number on from where the file stopped, and verifies the chain.
func (tx *Tx) afterCopy(ctx context.Context) error {
	for _, table := range identified {
		if _, err := tx.exec(ctx, "SELECT setval(pg_get_serial_sequence($1, 'id'), (SELECT COALESCE(MAX(id), 0) + 1 FROM "+table+"), false)", table); err != nil {
			return fmt.Errorf("number on in %s: %w", table, err)
		}
	}
	tx.head = nil
	v, err := tx.Chain.Verify(ctx)
	if err != nil {
		return err
	}
	if len(v.Faults) > 0 {
		return fmt.Errorf("the copied ledger does not verify: %s", v.Faults[0])
	}
	return nil
}

// rowDigest is the same for the same rows in any order: the databases sort text differently.
type rowDigest struct {
	rows int64
	sum  Digest
}

func newRowDigest() *rowDigest { return &rowDigest{} }

func (d *rowDigest) add(row []any) {
	h := sha256.New()
	for _, v := range row {
		writeValue(h, v)
	}
	var one Digest
	h.Sum(one[:0])
	for i := range d.sum {
		d.sum[i] ^= one[i]
	}
	d.rows++
}

func writeValue(h hash.Hash, v any) {
	switch v := v.(type) {
	case nil:
		h.Write([]byte{0})
	case int64:
		h.Write([]byte{1})
		writeInt(h, v)
	case string:
		h.Write([]byte{2})
		writePart(h, v)
	case []byte:
		h.Write([]byte{3})
		writePart(h, string(v))
	default:
		h.Write([]byte{4})
		writePart(h, fmt.Sprintf("%T %v", v, v))
	}
}
