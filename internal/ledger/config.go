package ledger

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Config says where the ledger is, and how long it keeps what is only needed for a while.
type Config struct {
	// URL is the path of an SQLite file, or "postgres://…" when several machines share the work.
	URL string `toml:"url" comment:"A file, or postgres://user@host/database when several machines share the work."`
	// Identity is which ledger it must be; "" takes any.
	Identity string `toml:"identity" comment:"What handrail ledger create printed: no other ledger is worked on then, whatever lies at the url. Empty: not compared."`
	// KeepMailDays is the age at which the bytes of mails and workbooks go; 0 keeps them until they are disposed of.
	KeepMailDays int `toml:"keep_mail_days" comment:"How many days mails and workbooks are kept as they came and went; 0: until handrail ledger dispose. Decisions stay."`
}

// Validate reports what is wrong with the configuration, before anything is opened.
func (c Config) Validate() error {
	if strings.TrimSpace(c.URL) == "" {
		return errors.New("url is empty: name a file, such as handrail.db, or a postgres:// address")
	}
	if strings.ContainsAny(c.URL, "\x00?") && c.Dialect() == SQLite {
		return fmt.Errorf("url %q: a file's path bears no question mark", c.URL)
	}
	scheme, _, found := strings.Cut(c.URL, "://")
	if found && scheme != "postgres" && scheme != "postgresql" {
		return fmt.Errorf("url begins with %s://: only a file's path and postgres:// are known", scheme)
	}
	if c.KeepMailDays < 0 || c.KeepMailDays > 0 && c.KeepMailDays < shortestAge {
		return fmt.Errorf("keep_mail_days: %d: at least %d, so that a request can be answered and disputed, or 0 for no limit", c.KeepMailDays, shortestAge)
	}
	if c.Dialect() == PostgreSQL {
		if _, err := url.Parse(c.URL); err != nil {
			return errors.New("url is not a readable postgres:// address")
		}
	}
	return nil
}

// shortestAge is 60 days, within which a workbook may come back, and a month.
const shortestAge = 90

// Dialect is which database the URL names.
func (c Config) Dialect() Dialect {
	if strings.HasPrefix(c.URL, "postgres://") || strings.HasPrefix(c.URL, "postgresql://") {
		return PostgreSQL
	}
	return SQLite
}

// String names the place without its password, for messages and logs.
func (c Config) String() string {
	if c.Dialect() == SQLite {
		return c.URL
	}
	u, err := url.Parse(c.URL)
	if err != nil {
		return "postgres://<unreadable>"
	}
	u.RawQuery = ""
	return u.Redacted()
}

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
