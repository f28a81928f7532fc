package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// identityName is the row of meta that says which ledger this is: the same in every copy of it, and in no other ledger.
const identityName = "identity"

// newIdentity is four groups of four hexadecimal digits, to be compared by eye and over the telephone.
func newIdentity() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return fmt.Sprintf("%x-%x-%x-%x", b[0:2], b[2:4], b[4:6], b[6:8])
}

// Identity tells this ledger, with all its copies and backups, from every other.
func (l *Ledger) Identity() string {
	if known := l.identity.Load(); known != nil {
		return *known
	}
	return ""
}

// giveIdentity gives one to a ledger that has none: a new one, or one that an earlier version made. The caller holds the
// migration lock.
func (l *Ledger) giveIdentity(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", identityName, newIdentity())
	if err != nil {
		return fmt.Errorf("give the ledger an identity: %w", err)
	}
	return nil
}

// identify reads the identity and holds it against the configuration's.
func (l *Ledger) identify(ctx context.Context) error {
	var identity string
	err := l.read.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = $1", identityName).Scan(&identity)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read the ledger's identity: %w", err)
	}
	if wanted := strings.TrimSpace(l.cfg.Identity); wanted != "" && !strings.EqualFold(wanted, identity) {
		return l.otherLedger("open the ledger", wanted, identity)
	}
	l.identity.Store(&identity)
	return nil
}

func (l *Ledger) otherLedger(what, wanted, found string) *Error {
	e := l.trouble(OtherLedger, what, nil)
	e.Why.EN += fmt.Sprintf(": its identity is %s, and %s is wanted", orNone(found, "none"), wanted)
	e.Why.FR += fmt.Sprintf("\u00a0: son identité est %s, et %s est attendue", orNone(found, "aucune"), wanted)
	return e
}

func orNone(s, none string) string {
	if s == "" {
		return none
	}
	return s
}
