package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handrail/internal/mailserver"
	"handrail/internal/request"
	"handrail/rules"
)

// shortConfig says only what has no default.
const shortConfig = `policy = "esdc-micro-acquisition"

[department]
name = { en = "Department of Tests", fr = "Ministère des Essais" }
domains = ["department.example"]
operator = "operations@department.example"

[schedule]
time_zone = "America/Toronto"
poll = "*/5 * * * *"
weekly = "0 7 * * 1"

[ledger]
url = "handrail.db"

[[inbox]]
name = "requests"
host = "imap.department.example"
username = "purchases@department.example"
password = { file = "imap-password" }
authserv_id = ["mx.department.example"]

[smtp]
host = "smtp.department.example"
username = "purchases@department.example"
password = { env = "SMTP_PASSWORD" }
from = "purchases@department.example"

[[officer]]
email = "officer@department.example"

[finance]
recipients = ["finance@department.example"]
language = "en"
`

func writeConfig(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "handrail.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAShortConfigurationIsEnough(t *testing.T) {
	path := writeConfig(t, shortConfig)
	c, err := loadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(filepath.Dir(path), "imap-password"); c.Inbox[0].Password.File != want {
		t.Errorf("the secret's file is looked for at %s, not beside the configuration", c.Inbox[0].Password.File)
	}
	if c.ledgerConfig().URL != filepath.Join(filepath.Dir(path), "handrail.db") {
		t.Errorf("the ledger is at %s, not beside the configuration", c.ledgerConfig().URL)
	}
}

func TestEveryMistakeIsNamedAtItsPlace(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"unknown key":             {`weekly = "0 7 * * 1"`, `weekly = "0 7 * * 1"` + "\n" + `monthly = "x"`, ":12:1: schedule.monthly: unknown key"},
		"a key that is gone":      {`host = "imap.department.example"`, `host = "imap.department.example"` + "\n" + `answers_per_day = 500`, ":19:1: inbox.answers_per_day: this key is gone, remove the line: "},
		"spam":                    {`host = "imap.department.example"`, `host = "imap.department.example"` + "\n" + `spam_headers = ["X-Spam"]`, ":19:17: inbox[0].spam_headers[0]: "},
		"wrong type":              {`recipients = ["finance@department.example"]`, `recipients = "finance@department.example"`, ":33:14: finance.recipients: is a string, but a list of texts is needed"},
		"plaintext":               {`host = "imap.department.example"`, `host = "imap.department.example"` + "\n" + `tls = "none"`, ":19:1: inbox[0].tls: "},
		"a day that no month has": {`weekly = "0 7 * * 1"`, `weekly = "0 7 31 2 *"`, `:11:1: schedule.weekly: "0 7 31 2 *" never comes: `},
		"wrong zone":              {`"America/Toronto"`, `"Toronto"`, ":9:1: schedule.time_zone: "},
		"officer's limit":         {`email = "officer@department.example"`, `email = "officer@department.example"` + "\n" + `limit = "lots"`, ":31:1: officer[0].limit: "},
		"not an address":          {`operator = "operations@department.example"`, `operator = "operations"`, ":6:1: department.operator: "},
		"language":                {`language = "en"`, `language = "de"`, ":34:1: finance.language: "},
		"hold":                    {`[finance]`, "[decisions]\nhold = \"48h\"\n\n[finance]", ":33:1: decisions.hold: "},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(shortConfig, c.from) {
				t.Fatalf("the configuration does not hold %q", c.from)
			}
			path := writeConfig(t, strings.Replace(shortConfig, c.from, c.to, 1))
			_, err := loadConfig(path)
			if err == nil || !strings.Contains(err.Error(), path+c.want) {
				t.Errorf("want %q in:\n%v", c.want, err)
			}
		})
	}
}

// The demo's configuration must stay one that a file could describe.
func TestTheDemosConfigurationIsOne(t *testing.T) {
	c := sampleConfig()
	if mistakes := c.validate(); len(mistakes) > 0 {
		t.Errorf("the sample configuration is refused: %v", mistakes)
	}
	if _, err := rules.LoadShipped(defaultPolicy); err != nil {
		t.Error(err)
	}
	if c.SMTP.TLS == mailserver.TLSNone || c.Finance.Language == request.UnknownLang {
		t.Error("the sample configuration is not one to start from")
	}
}
