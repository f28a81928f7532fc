package ledger

import (
	"errors"
	"fmt"
	"strings"
)

// Config says where the ledger is, and how long it keeps what is only needed for a while.
type Config struct {
	// URL is the path of an SQLite file, or PostgreSQL's address when several machines share the work: postgres://… or
	// libpq's host=… dbname=….
	URL string `toml:"url" comment:"A file, or postgres://user@host/database when several machines share the work."`
	// Identity is which ledger it must be; "" takes any.
	Identity string `toml:"identity" comment:"What handrail ledger create printed: no other ledger is worked on then, whatever lies at the url. Empty: not compared."`
	// KeepMailDays is the age at which the bytes of mails and workbooks go; 0 keeps them until they are disposed of.
	KeepMailDays int `toml:"keep_mail_days" comment:"How many days mails and workbooks are kept as they came and went; 0: until handrail ledger dispose. Decisions stay."`
}

// Validate reports what is wrong with the configuration, before anything is opened. Nothing of an address that may hold a
// password is repeated.
func (c Config) Validate() error {
	if strings.TrimSpace(c.URL) == "" {
		return errors.New("url is empty: name a file, such as handrail.db, or a postgres:// address")
	}
	if c.KeepMailDays < 0 || c.KeepMailDays > 0 && c.KeepMailDays < shortestAge {
		return fmt.Errorf("keep_mail_days: %d: at least %d, so that a request can be answered and disputed, or 0 for no limit", c.KeepMailDays, shortestAge)
	}
	if c.Dialect() == PostgreSQL {
		return c.validateAddress()
	}
	switch scheme, _, found := strings.Cut(c.URL, "://"); {
	case found && isWord(scheme):
		return fmt.Errorf("url begins with %s://: only a file's path and postgres:// are known", scheme)
	case found, withoutScheme.MatchString(c.URL):
		return errors.New("url is neither a file's path nor an address that is understood: a database's begins with postgres://")
	case strings.ContainsAny(c.URL, "\x00?"):
		return errors.New("url: a file's path has no question mark; a database's address begins with postgres://")
	}
	return nil
}

// shortestAge is 60 days, within which a workbook may come back, and a month.
const shortestAge = 90

// Mode is what a ledger is opened for.
type Mode uint8

// The modes. On PostgreSQL Run and Write are the same.
const (
	// Read looks and changes nothing. It works beside a running job, and on a medium that cannot be written.
	Read Mode = iota
	// Write is for one command beside a running job. It does not migrate: an old ledger is brought up to date by the job
	// itself, or when nothing else works on it.
	Write
	// Run is for the job: it brings an old ledger up to date. On SQLite it holds the lock file, so that one job works on a
	// file at a time.
	Run
)
