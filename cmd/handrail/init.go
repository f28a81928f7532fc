package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"handrail/ingest"
	"handrail/ingest/forms"
	"handrail/internal/batch"
	"handrail/internal/demo"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/mailserver"
	"handrail/internal/officers"
	"handrail/internal/request"
	"handrail/notify/smtp"
)

//go:generate go run handrail/cmd/handrail init --example ../../config.example.toml

type initCommand struct {
	Config  string `default:"handrail.toml" placeholder:"F" help:"Where to write the configuration."`
	Example string `hidden:"" placeholder:"F" help:"Write the repository's example file and nothing else."`
}

func (c *initCommand) Run(t *terminal) error {
	text, err := exampleConfig()
	if err != nil {
		return err
	}
	if c.Example != "" {
		return os.WriteFile(c.Example, text, 0o644)
	}
	if err := os.MkdirAll(filepath.Dir(c.Config), 0o755); err != nil {
		return fail(exitInput, "choose a place you may write to with --config", "%w", err)
	}
	file, err := os.OpenFile(c.Config, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fail(exitUsage, "--config names another place", "%s exists already and is left as it is", c.Config)
	}
	if err != nil {
		return fail(exitInput, "choose a place you may write to with --config", "write the configuration: %w", err)
	}
	if _, err := file.Write(text); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := file.Close(); err != nil {
		return err
	}
	data := filepath.Join(filepath.Dir(c.Config), filepath.Dir(sampleConfig().Ledger.URL))
	if err := os.MkdirAll(data, 0o700); err != nil {
		return fail(exitInput, "", "make the folder of the ledger: %w", err)
	}
	fmt.Fprintf(t.out, "%s: a configuration to fill in; every key is explained in it\n%s: the folder of the ledger\n", c.Config, data)
	t.wrap(0, fmt.Sprintf("next: fill in the inbox, smtp, officers and finance, then handrail ledger create --config %s, and handrail doctor --config %s", c.Config, c.Config))
	return nil
}

// sampleConfig is the configuration that init writes: a department with one inbox and two officers.
func sampleConfig() Config {
	inbox := ingest.InboxConfig{Name: "requests", Host: "imap.department.example", TLS: ingest.TLSImplicit, Username: demo.Inbox, Auth: ingest.AuthPassword,
		Password: ingest.Secret{File: "imap-password"}, Address: demo.Inbox, AuthservID: []string{"mx.department.example"},
		OnUnauthenticated: ingest.Quarantine}
	smtp := smtp.Config{Host: "smtp.department.example", TLS: mailserver.TLSStart, Auth: smtp.AuthPassword, Username: demo.Inbox,
		Password: mailserver.Secret{File: "smtp-password"}, From: demo.Inbox}
	hold := ingest.Duration(10 * time.Minute)
	return Config{
		Policy:     defaultPolicy,
		Decisions:  officers.DecisionsConfig{Hold: &hold},
		Department: department.Config{Name: demo.Department(), Domains: []string{demo.Domain}, Operator: demo.Operator},
		Schedule:   batch.ScheduleConfig{TimeZone: "America/Toronto", Poll: "*/5 * * * *", Weekly: "0 7 * * 1"},
		Ledger:     ledger.Config{URL: "data/handrail.db"},
		Inbox:      []ingest.InboxConfig{inbox.WithDefaults()},
		SMTP:       smtp.WithDefaults(),
		Officer: []officers.Officer{
			{Email: demo.OfficerF, Name: "Michel Gagnon", Title: "Agent d’approvisionnement", Language: request.French, Limit: "25000.00"},
			{Email: demo.Officer, Name: "Dana Whitfield", Title: "Manager, Procurement", Language: request.English},
		},
		Finance: department.FinanceConfig{Recipients: []string{demo.Finance}, Language: request.English},
		Form: forms.Config{Aliases: map[string][]string{"supplier": {"Vendor name", "Payee"}}, Answers: map[string][]string{"yes": {"☒", "Y"}},
			Defaults: map[string]string{}},
	}
}

const exampleHead = `# The configuration of Handrail, with every key and what it means. Made by handrail init from the program itself.
# Fill in what is your own; keys you leave out have the value shown here or none. Amounts and times are text in quotes.
# Secrets never stand in this file: name a file, an environment variable or a command that gives them.

`

// exampleConfig is sampleConfig as commented TOML.
func exampleConfig() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(exampleHead)
	e := toml.NewEncoder(&b)
	e.SetIndentTables(false)
	if err := e.Encode(sampleConfig()); err != nil {
		return nil, fmt.Errorf("write the example configuration: %w", err)
	}
	return showSecrets(b.Bytes()), nil
}

// showSecrets writes where a secret is instead of the secret that encoders never write.
func showSecrets(text []byte) []byte {
	var out [][]byte
	section := ""
	for line := range bytes.Lines(text) {
		switch t := string(bytes.TrimSpace(line)); {
		case strings.HasPrefix(t, "["):
			section = t
		case t == "password = '<secret>'" && section == "[smtp]":
			line = []byte("password = { file = 'smtp-password' }\n")
		case t == "password = '<secret>'":
			line = []byte("password = { file = 'imap-password' }\n")
		case t == "client_secret = ''":
			line = []byte("# client_secret = { env = 'HANDRAIL_CLIENT_SECRET' }\n")
		}
		out = append(out, line)
	}
	return bytes.Join(out, nil)
}
