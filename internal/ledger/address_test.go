package ledger

import (
	"strings"
	"testing"
)

// An address is understood in both forms that PostgreSQL knows, or refused in words; and its password is in neither.
func TestAnAddressIsUnderstoodOrRefusedAndNeverShown(t *testing.T) {
	t.Parallel()
	const secret = "s3cret"
	for _, c := range []struct {
		url     string
		dialect Dialect
		shown   string
		refused string // what the refusal says; "" where it is understood
	}{
		{"data/handrail.db", SQLite, "data/handrail.db", ""},
		{"C:/data/a@b.db", SQLite, "C:/data/a@b.db", ""},
		{"./host=x.db", SQLite, "./host=x.db", ""},
		{"postgres://u:s3cret@db.example/handrail", PostgreSQL, "postgres://u@db.example/handrail", ""},
		{"postgresql://u:s3cret@db.example:5433/handrail?sslmode=require&sslpassword=s3cret", PostgreSQL, "postgres://u@db.example:5433/handrail", ""},
		{"postgres://u@db.example/handrail?password=s3cret", PostgreSQL, "postgres://u@db.example/handrail", ""},
		{"postgres://db.example/handrail?user=u&password=s3cret", PostgreSQL, "postgres://db.example/handrail", ""},
		{"postgres://u:a/s3cret@db.example/handrail", PostgreSQL, unreadable, "%2F"},
		{"postgres://u:12/s3cret@db.example/handrail", PostgreSQL, unreadable, "%2F"},
		{"postgres://u:12#s3cret@db.example/handrail", PostgreSQL, unreadable, "%23"},
		{"postgres://u:12?s3cret@db.example/handrail", PostgreSQL, unreadable, "%3F"},
		{"postgres://u:%zzs3cret@db.example/handrail", PostgreSQL, unreadable, "readable"},
		{"host=db.example port=5433 user=u password=s3cret dbname=handrail", PostgreSQL, "postgres://u@db.example/handrail", ""},
		{"  password = 's3cret and more' host=db.example dbname=handrail user=u", PostgreSQL, "postgres://u@db.example/handrail", ""},
		{"DBNAME=handrail PASSWORD=s3cret", PostgreSQL, unreadable, "readable"},
		{"host=db.example password='s3cret", PostgreSQL, unreadable, "readable"},
		{"keepalive=1 password=s3cret host=db.example", PostgreSQL, "", ""},
		{"u:s3cret@db.example/handrail", SQLite, "<unreadable>", "begins with postgres://"},
		{"db.example/handrail?password=s3cret", SQLite, "<unreadable>", "question mark"},
		{"mysql://u:s3cret@db.example/handrail", SQLite, "<unreadable>", "mysql://"},
		{"jdbc:postgresql://db.example/handrail?password=s3cret", SQLite, "<unreadable>", "begins with postgres://"},
		{"POSTGRES://u:s3cret@db.example/handrail", SQLite, "<unreadable>", "POSTGRES://"},
	} {
		cfg := Config{URL: c.url}
		err := cfg.Validate()
		if cfg.Dialect() != c.dialect || (c.shown != "" && cfg.String() != c.shown) {
			t.Errorf("%s is %s, shown as %s", c.url, cfg.Dialect(), cfg)
		}
		if (err != nil) != (c.refused != "") || err != nil && !strings.Contains(err.Error(), c.refused) {
			t.Errorf("%s: %v", c.url, err)
		}
		if strings.Contains(cfg.String(), secret) || err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s is shown as %s, %v", c.url, cfg, err)
		}
		if c.dialect == PostgreSQL && c.refused == "" && c.shown != "" {
			parsed, err := postgres{(&Ledger{cfg: cfg})}.postgresConfig()
			if err != nil || !strings.HasPrefix(parsed.ConnConfig.Password, secret) || parsed.ConnConfig.Host != "db.example" || parsed.ConnConfig.Database != "handrail" {
				t.Errorf("%s is not understood: %v", c.url, err)
			}
		}
	}
}

// The other form opens a ledger as well.
func TestALedgerAtAnAddressOfKeywords(t *testing.T) {
	t.Parallel()
	cfg := postgresConfig(t)
	parsed, err := postgres{(&Ledger{cfg: cfg})}.postgresConfig()
	if err != nil {
		t.Fatal(err)
	}
	c := parsed.ConnConfig
	words := Config{URL: "host=" + c.Host + " port=" + portOf(cfg) + " user=" + c.User + " dbname=" + c.Database + " password=s3cret sslmode=disable search_path=" + schemaOf(t, cfg)}
	l, err := Create(t.Context(), words)
	if err != nil {
		t.Fatal(err)
	}
	history(t, l)
	identity := l.Identity()
	closeAll(t, l)
	if same := openTest(t, cfg); same.Identity() != identity {
		t.Errorf("it is another ledger: %s and %s", same.Identity(), identity)
	}
}

func portOf(cfg Config) string {
	u, err := parseAddress(cfg.URL)
	if err != nil {
		return ""
	}
	return u.Port()
}
