package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"handrail/ingest"
	"handrail/ingest/forms"
	"handrail/internal/batch"
	"handrail/internal/configfile"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/monitor"
	"handrail/internal/officers"
	"handrail/internal/owners"
	"handrail/internal/registers"
	"handrail/notify/smtp"
	"handrail/notify/webhook"
)

// Config is the whole configuration: nothing of its own, only the packages' Config types under their headings.
type Config struct {
	Policy     string                   `toml:"policy" comment:"The policy: a file of yours, or the name of a shipped one (esdc-micro-acquisition)."`
	Department department.Config        `toml:"department"`
	Schedule   batch.ScheduleConfig     `toml:"schedule"`
	Ledger     ledger.Config            `toml:"ledger"`
	Templates  templatesConfig          `toml:"templates"`
	Inbox      []ingest.InboxConfig     `toml:"inbox"`
	SMTP       smtp.Config              `toml:"smtp"`
	Officer    []officers.Officer       `toml:"officer"`
	Decisions  officers.DecisionsConfig `toml:"decisions"`
	Owners     owners.Config            `toml:"owners"`
	Registers  registers.Config         `toml:"registers"`
	Finance    department.FinanceConfig `toml:"finance"`
	Form       forms.Config             `toml:"form"`
	Monitor    monitor.Config           `toml:"monitor"`
	Operator   webhook.Config           `toml:"operator"`

	// path is the file it was read from; relative paths inside are relative to its folder.
	path string
}

type templatesConfig struct {
	Dir string `toml:"dir" comment:"A folder whose files replace the shipped wording and layout, file by file; empty: as shipped."`
}

// findConfig is the file that --config names, else handrail.toml here, else the system's.
func findConfig(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	for _, p := range []string{"handrail.toml", "/etc/handrail/handrail.toml"} {
		if _, err := os.Stat(p); err == nil {
			return p, nil
		}
	}
	return "", fail(exitUsage, "handrail init writes one; --config names another place",
		"no configuration: neither handrail.toml here nor /etc/handrail/handrail.toml exists")
}

// configMistake is one mistake of a configuration, with its place; Key is "" where the text itself cannot be read.
type configMistake struct{ Key, Text string }

// loadConfig reads and checks a configuration. Every mistake is named at once, with file, line, column and key,
// before anything connects.
func loadConfig(named string) (*Config, error) { return loadChecked(named, (*Config).validate) }

// loadFormConfig reads a configuration for a command that connects to nothing: what it says must be right, but only
// about the policy and the form must anything be there.
func loadFormConfig(named string) (*Config, error) {
	return loadChecked(named, (*Config).validateForm)
}

func loadChecked(named string, validate func(*Config) []ingest.Mistake) (*Config, error) {
	c, mistakes, err := readConfig(named, validate)
	if err != nil {
		return nil, err
	}
	return c, configTrouble(mistakes)
}

// configTrouble is the error that names every mistake; nil when there is none.
func configTrouble(mistakes []configMistake) error {
	if len(mistakes) == 0 {
		return nil
	}
	lines := make([]string, len(mistakes))
	for i, m := range mistakes {
		lines[i] = m.Text
	}
	return fail(exitUsage, "config.example.toml explains every key", "%s", strings.Join(lines, "\n"))
}

// readConfig reads a configuration and lists its mistakes. The error is about the file itself.
func readConfig(named string, validate func(*Config) []ingest.Mistake) (*Config, []configMistake, error) {
	path, err := findConfig(named)
	if err != nil {
		return nil, nil, err
	}
	text, err := readSmall(path)
	if err != nil {
		hint := "--config names the file, which the account that runs Handrail must be able to read"
		if errors.Is(err, fs.ErrNotExist) {
			hint = "handrail init writes a configuration to start from"
		}
		return nil, nil, fail(exitUsage, hint, "configuration: %w", err)
	}
	c := &Config{path: path}
	var mistakes []configMistake
	if at := policyTable.FindIndex(text); at != nil {
		row := 1 + strings.Count(string(text[:at[0]]), "\n")
		return c, []configMistake{{Text: fmt.Sprintf("%s:%d: policy is the name of a file or of a shipped policy, and no section: write the owners of the rules as [owners] with procurement = [\"…\"] and finance = [\"…\"]", path, row)}}, nil
	}
	for _, m := range configfile.Decode(path, text, c, goneKeys()) {
		mistakes = append(mistakes, configMistake{Text: m})
	}
	place := configfile.Locate(path, text)
	if len(mistakes) == 0 {
		for _, m := range validate(c) {
			mistakes = append(mistakes, configMistake{m.Key, fmt.Sprintf("%s: %s: %s", place.Of(m.Key), m.Key, m.Text)})
		}
	}
	c.resolveSecrets()
	return c, mistakes, nil
}

// policyTable is a section that somebody writes who looks for the owners of the policy.
var policyTable = regexp.MustCompile(`(?m)^[ \t]*\[policy[ \t]*(\.[^\]\n]*)?\]`)

// validateOwners checks the owners of the rules: their mail must be read as the department's own.
func (c *Config) validateOwners() error {
	var all ingest.Mistakes
	addPart(&all, "", c.Owners.Validate())
	for _, list := range []struct {
		key       string
		addresses []string
	}{{owners.Procurement, c.Owners.Procurement}, {owners.Finance, c.Owners.Finance}} {
		for i, a := range list.addresses {
			if _, domain, ok := strings.Cut(a, "@"); ok && len(c.Department.Domains) > 0 && !slices.Contains(c.Department.Domains, strings.ToLower(domain)) {
				all.Add(fmt.Sprintf("%s[%d]", list.key, i), "%s is at none of the department's domains (department.domains), so that its mail would decide nothing", a)
			}
		}
	}
	return all.Err()
}

// goneKeys are keys of earlier versions, with what the operator does now. A limit that somebody relies on is not ignored in
// silence.
func goneKeys() map[string]string {
	return map[string]string{
		"inbox.answers_per_day": "this key is gone, remove the line: answers to requests and decisions are not limited any more, and what reports nothing always is (docs/inbox.md, How many answers)",
	}
}

// largestConfig is far beyond any configuration: what is larger is another file, and is not read.
const largestConfig = 256 << 10

func readSmall(path string) ([]byte, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > largestConfig {
		return nil, fmt.Errorf("%s has %d bytes, and at most %d are read: is it the right file?", path, info.Size(), largestConfig)
	}
	return os.ReadFile(path)
}

// addPart files what a package says about its part under the part's key.
func addPart(all *ingest.Mistakes, key string, err error) {
	if err == nil {
		return
	}
	for line := range strings.Lines(err.Error()) {
		sub, text, found := strings.Cut(strings.TrimSpace(line), ": ")
		if !found {
			sub, text = "", line
		}
		switch {
		case key == "":
		case sub == "":
			sub = key
		default:
			sub = key + "." + sub
		}
		all.Add(sub, "%s", text)
	}
}

func (c *Config) validateForm() []ingest.Mistake {
	var all ingest.Mistakes
	addPart(&all, "form", c.Form.Validate())
	return all
}

// validate asks every package about its part, and checks what only the whole can tell.
func (c *Config) validate() []ingest.Mistake {
	var all ingest.Mistakes
	part := func(key string, err error) { addPart(&all, key, err) }
	if c.Policy == "" {
		all.Add("policy", "name a policy: a file, or a shipped one such as \"esdc-micro-acquisition\"")
	}
	part("department", c.Department.Validate())
	part("schedule", c.Schedule.Validate())
	part("ledger", c.Ledger.Validate())
	if len(c.Inbox) == 0 {
		all.Add("inbox", "at least one [[inbox]] is needed")
	}
	for i := range c.Inbox {
		part(fmt.Sprintf("inbox[%d]", i), c.Inbox[i].WithDefaults().Validate())
	}
	part("smtp", c.SMTP.WithDefaults().Validate())
	all = append(all, c.officerMistakes()...)
	part("decisions", c.Decisions.Validate())
	part("owners", c.validateOwners())
	part("registers", c.Registers.Validate())
	part("finance", c.Finance.Validate())
	part("form", c.Form.Validate())
	part("monitor", c.Monitor.Validate())
	part("operator", c.Operator.Validate())
	return all
}

// officers are those of the configuration and those of the file that it names.
func (c *Config) officers(ctx context.Context) ([]officers.Officer, error) {
	all := slices.Clone(c.Officer)
	if c.Decisions.Officers == "" {
		return all, nil
	}
	data, err := os.ReadFile(c.resolve(c.Decisions.Officers))
	if err != nil {
		return nil, err
	}
	more, err := officers.ReadOfficers(ctx, data, filepath.Base(c.Decisions.Officers))
	return append(all, more...), err
}

// officerMistakes checks the roster as a whole. A mistake in the file is named by its row or by the officer's address.
func (c *Config) officerMistakes() (all ingest.Mistakes) {
	const file = "decisions.officers"
	everybody, err := c.officers(context.Background())
	if err != nil {
		for line := range strings.Lines(err.Error()) {
			all.Add(file, "%s", strings.TrimSpace(line))
		}
		return all
	}
	_, err = officers.NewRoster(everybody)
	var problems ingest.Mistakes
	errors.As(err, &problems)
	for _, p := range problems {
		var i int
		if n, _ := fmt.Sscanf(p.Key, "officer[%d]", &i); n == 1 && i >= len(c.Officer) {
			all.Add(file, "officer %s: %s", everybody[i].Email, p.Text)
			continue
		}
		all = append(all, p)
	}
	return all
}

// resolveSecrets makes the files that secrets lie in relative to the configuration's folder.
func (c *Config) resolveSecrets() {
	for i := range c.Inbox {
		box := &c.Inbox[i]
		for _, file := range []*string{&box.Password.File, &box.OAuth2.ClientSecret.File, &box.OAuth2.TokenFile, &box.CAFile} {
			*file = c.resolve(*file)
		}
	}
	c.SMTP.Password.File, c.SMTP.CAFile = c.resolve(c.SMTP.Password.File), c.resolve(c.SMTP.CAFile)
}

// resolve makes a path of the configuration relative to the configuration's own folder.
func (c *Config) resolve(p string) string {
	if p == "" || filepath.IsAbs(p) || c.path == "" {
		return p
	}
	return filepath.Join(filepath.Dir(c.path), p)
}
