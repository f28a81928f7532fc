package ledger

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

var (
	// keywords is how an address in libpq's other form begins: host=db dbname=handrail password=….
	keywords = regexp.MustCompile(`(?i)^\s*(host|hostaddr|port|dbname|database|user|password|passfile|service|servicefile|application_name|connect_timeout|options|search_path|sslmode|sslcert|sslkey|sslpassword|sslrootcert|target_session_attrs|client_encoding|channel_binding|krbsrvname|krbspn|gssencmode|require_auth|timezone)\s*=|\s(host|dbname|password|sslpassword)\s*=`)
	// withoutScheme is user:password@host, which is no file; C:/… is one.
	withoutScheme = regexp.MustCompile(`^(?:[^/\\]{2,}:|[^/\\]:[^/\\])[^\\]*@`)
)

func isWord(s string) bool {
	return s != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

// Dialect is which database the URL names.
func (c Config) Dialect() Dialect {
	if isURL(c.URL) || keywords.MatchString(c.URL) {
		return PostgreSQL
	}
	return SQLite
}

func isURL(s string) bool {
	return strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://")
}

// unreadable stands for an address of which not even a part can be shown: nobody knows which part is the password.
const unreadable = "postgres://<unreadable>"

// String names the place without its password, for messages and logs: of an address only what is known to be the user,
// the host and the database.
func (c Config) String() string {
	if c.Dialect() == SQLite {
		if strings.Contains(c.URL, "://") || strings.Contains(c.URL, "?") || withoutScheme.MatchString(c.URL) {
			return "<unreadable>" // no file's path: see Validate
		}
		return c.URL
	}
	if isURL(c.URL) {
		u, err := parseAddress(c.URL)
		if err != nil {
			return unreadable
		}
		return shown(u.User.Username(), u.Host, strings.TrimPrefix(u.Path, "/"))
	}
	parsed, err := parseKeywords(c.URL)
	if err != nil {
		return unreadable
	}
	host := parsed.Host
	if strings.HasPrefix(host, "/") {
		host = "" // a socket of this machine
	}
	return shown(parsed.User, host, parsed.Database)
}

func shown(user, host, database string) string {
	u := url.URL{Scheme: "postgres", Host: host, Path: "/" + database}
	if user != "" {
		u.User = url.User(user)
	}
	return u.String()
}

func (c Config) validateAddress() error {
	if isURL(c.URL) {
		_, err := parseAddress(c.URL)
		return err
	}
	_, err := parseKeywords(c.URL)
	return err
}

// parseKeywords refuses PASSWORD=, which PostgreSQL's programs do not know and would send as something else.
func parseKeywords(s string) (*pgconn.Config, error) {
	parsed, err := pgconn.ParseConfig(s)
	if err != nil {
		return nil, errors.New("url is not a readable address: write host=… dbname=… user=…, with a value that holds blanks in single quotes, or postgres://user@host/database")
	}
	for name := range parsed.RuntimeParams {
		if lower := strings.ToLower(name); lower != name && keywords.MatchString(lower+"=") {
			return nil, fmt.Errorf("url is not a readable address: write %s in small letters", lower)
		}
	}
	return parsed, nil
}

// parseAddress refuses what splits elsewhere than its writer meant: a password with a / ? or # would show up as a host or a
// path.
func parseAddress(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, errors.New("url is not a readable postgres:// address: in a password write / ? # @ and : as %2F %3F %23 %40 and %3A, or give it by PGPASSWORD or a passfile")
	}
	if u.Fragment != "" || strings.HasSuffix(s, "#") || strings.Contains(u.Path, "@") || u.User == nil && strings.Contains(u.RawQuery, "@") {
		return nil, errors.New("url: something that belongs to the user or the password stands behind the host: in a password write / ? # @ and : as %2F %3F %23 %40 and %3A, or give it by PGPASSWORD or a passfile")
	}
	return u, nil
}
