package ledger

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// RoundTrip is how long the database takes to answer nothing, the median of five; 0 on SQLite, which lies beside the job.
func (l *Ledger) RoundTrip(ctx context.Context) (time.Duration, error) {
	if l.dialect != PostgreSQL {
		return 0, nil
	}
	conn, err := l.read.Conn(ctx)
	if err != nil {
		return 0, l.explain("ask the database", err)
	}
	defer func() { _ = conn.Close() }()
	var took [5]time.Duration
	for i := range took {
		var one int
		start := time.Now()
		if err := conn.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
			return 0, l.explain("ask the database", err)
		}
		took[i] = time.Since(start)
	}
	slices.Sort(took[:])
	return took[len(took)/2], nil
}

// Collation is with which version of its collation the database was made, and which one its operating system has now. They
// are "" on SQLite, and where PostgreSQL does not know.
func (l *Ledger) Collation(ctx context.Context) (made, now string, err error) {
	if l.dialect != PostgreSQL {
		return "", "", nil
	}
	err = l.read.QueryRowContext(ctx, `SELECT COALESCE(datcollversion, ''), COALESCE(pg_database_collation_actual_version(oid), '')
		FROM pg_database WHERE datname = current_database()`).Scan(&made, &now)
	var old *pgconn.PgError
	if errors.As(err, &old) && (old.Code == "42703" || old.Code == "42883") { // PostgreSQL before 15
		return "", "", nil
	}
	return made, now, l.explain("ask the database", err)
}
