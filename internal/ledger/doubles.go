package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// mostDoubles is how many an error lists.
const mostDoubles = 20

// nameDoubles lists the rows that a unique index should have refused, when a migration on PostgreSQL could not build one
// again because of them. Nothing of that migration was committed.
func (l *Ledger) nameDoubles(ctx context.Context, db *sql.DB, failed error) error {
	var refused *pgconn.PgError
	if l.dialect != PostgreSQL || !errors.As(failed, &refused) || refused.Code != "23505" {
		return failed
	}
	list, err := doubles(ctx, db)
	if err != nil {
		return errors.Join(failed, fmt.Errorf("list the rows that are there twice: %w", err))
	}
	if len(list) == 0 {
		return failed
	}
	e := l.trouble(Doubles, "upgrade the ledger", failed)
	if more := len(list) - mostDoubles; more > 0 {
		list = append(list[:mostDoubles], fmt.Sprintf("+ %d", more))
	}
	all := strings.Join(list, "; ")
	e.Why.EN += ": " + all
	e.Why.FR += "\u00a0: " + all
	return e
}

// uniqueIndex is what PostgreSQL knows of one.
type uniqueIndex struct {
	table     string
	columns   []string
	predicate string
}

// doubles reads the tables themselves, row by row, and trusts no index.
func doubles(ctx context.Context, db *sql.DB) (list []string, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, "SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_bitmapscan = off"); err != nil {
		return nil, err
	}
	indexes, err := uniqueIndexes(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, x := range indexes {
		more, err := x.doubles(ctx, tx)
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", x.table, err)
		}
		list = append(list, more...)
	}
	return list, nil
}

// uniqueIndexes are those with text, of the schema's tables.
func uniqueIndexes(ctx context.Context, tx *sql.Tx) (list []uniqueIndex, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT c.relname, string_agg(a.attname, ',' ORDER BY k.place), COALESCE(pg_get_expr(i.indpred, i.indrelid), '')
		FROM pg_catalog.pg_index i
		JOIN pg_catalog.pg_class c ON c.oid = i.indrelid AND c.relnamespace = current_schema()::regnamespace
		CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
		JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
		WHERE i.indisunique AND c.relname NOT LIKE 'river\_%'
		GROUP BY c.relname, i.indexrelid, i.indpred, i.indrelid HAVING bool_or(a.atttypid = 'text'::regtype) ORDER BY c.relname, i.indexrelid`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var x uniqueIndex
		var columns string
		if err := rows.Scan(&x.table, &columns, &x.predicate); err != nil {
			return nil, err
		}
		x.columns = strings.Split(columns, ",")
		list = append(list, x)
	}
	return list, rows.Err()
}

func (x *uniqueIndex) doubles(ctx context.Context, tx *sql.Tx) (list []string, err error) {
	texts := make([]string, len(x.columns))
	for i, c := range x.columns {
		texts[i] = pgx.Identifier{c}.Sanitize() + `::text COLLATE "C"`
	}
	key := strings.Join(texts, ", ")
	query := "SELECT COUNT(*), " + key + " FROM " + pgx.Identifier{x.table}.Sanitize()
	if x.predicate != "" {
		query += " WHERE " + x.predicate
	}
	rows, err := tx.QueryContext(ctx, query+" GROUP BY "+key+" HAVING COUNT(*) > 1 ORDER BY "+key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var n int64
		values := make([]sql.NullString, len(x.columns))
		into := []any{&n}
		for i := range values {
			into = append(into, &values[i])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		said := make([]string, len(values))
		for i, v := range values {
			said[i] = fmt.Sprintf("%s %q", x.columns[i], v.String)
		}
		list = append(list, fmt.Sprintf("%s %s (%d×)", x.table, strings.Join(said, ", "), n))
	}
	return list, rows.Err()
}
