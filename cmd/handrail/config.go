package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"handrail/ingest"
	"handrail/ingest/forms"
	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/notify/smtp"
)

// Config is the whole configuration: nothing of its own, only the packages' Config types under their headings.
type Config struct {
	Policy     string                 `toml:"policy" comment:"The policy: a file of yours, or the name of a shipped one (esdc-micro-acquisition)."`
	Department batch.DepartmentConfig `toml:"department"`
	Schedule   batch.ScheduleConfig   `toml:"schedule"`
	Ledger     ledger.Config          `toml:"ledger"`
	Templates  templatesConfig        `toml:"templates"`
	Inbox      []ingest.InboxConfig   `toml:"inbox"`
	SMTP       smtp.Config            `toml:"smtp"`
	Officer    []batch.Officer        `toml:"officer"`
	Decisions  batch.DecisionsConfig  `toml:"decisions"`
	Finance    batch.FinanceConfig    `toml:"finance"`
	Form       forms.Config           `toml:"form"`
	Monitor    monitorConfig          `toml:"monitor"`

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

func loadChecked(named string, validate func(*Config) []batch.Problem) (*Config, error) {
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
func readConfig(named string, validate func(*Config) []batch.Problem) (*Config, []configMistake, error) {
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
	for _, m := range decodeAll(path, text, c) {
		mistakes = append(mistakes, configMistake{Text: m})
	}
	place := locate(path, text)
	if len(mistakes) == 0 {
		for _, m := range validate(c) {
			mistakes = append(mistakes, configMistake{m.Key, fmt.Sprintf("%s: %s: %s", place.of(m.Key), m.Key, m.Text)})
		}
	}
	c.resolveSecrets()
	return c, mistakes, nil
}

// largestConfig is far beyond any configuration: what is larger is another file, and is not read.
const largestConfig = 256 << 10

func readSmall(path string) ([]byte, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > largestConfig {
		return nil, fmt.Errorf("%s has %d bytes, and at most %d are read: is it the right file?", path, info.Size(), largestConfig)
	}
	return os.ReadFile(path)
}

// decodeAll decodes text strictly into c and answers every mistake, not only the first: a value of the wrong type is
// noted, blanked out and decoded again.
func decodeAll(path string, text []byte, into *Config) (mistakes []string) {
	text = slices.Clone(text)
	for range 100 {
		fresh := Config{path: into.path}
		err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&fresh)
		var unknown *toml.StrictMissingError
		var wrong *toml.DecodeError
		switch {
		case err == nil:
			*into = fresh
			return mistakes
		case errors.As(err, &unknown):
			for _, e := range unknown.Errors {
				row, col := e.Position()
				mistakes = append(mistakes, fmt.Sprintf("%s:%d:%d: %s: unknown key", path, row, col, strings.Join(e.Key(), ".")))
			}
			return mistakes
		case errors.As(err, &wrong):
			row, col := wrong.Position()
			key := strings.Join(wrong.Key(), ".")
			if key != "" {
				key += ": "
			}
			mistakes = append(mistakes, fmt.Sprintf("%s:%d:%d: %s%s", path, row, col, key, plainTypeError(wrong.Error())))
			if key == "" || !blankLine(text, row) {
				return mistakes // the text itself is not TOML: what follows cannot be trusted
			}
		default:
			return append(mistakes, fmt.Sprintf("%s: %v", path, err))
		}
	}
	return mistakes
}

var typeError = regexp.MustCompile(`cannot decode TOML (\w+) into struct field \S+ of type (\S+)`)

// plainTypeError says which kind of value is needed, in words of the file instead of the program's.
func plainTypeError(s string) string {
	s = strings.TrimPrefix(s, "toml: ")
	m := typeError.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	needed := "a table"
	switch t := m[2]; {
	case t == "[]string":
		needed = "a list of texts"
	case strings.HasPrefix(t, "[]"):
		needed = "a list"
	case t == "string":
		needed = "a text in quotes"
	case strings.HasPrefix(t, "int"):
		needed = "a whole number"
	case t == "bool":
		needed = "true or false"
	case strings.HasSuffix(t, "Secret"):
		needed = "a place such as { file = \"…\" }"
	}
	return "is a " + m[1] + ", but " + needed + " is needed"
}

// blankLine overwrites the row-th line with spaces; false when there is nothing left to blank.
func blankLine(text []byte, row int) bool {
	line := 1
	changed := false
	for i, b := range text {
		if b == '\n' {
			line++
			continue
		}
		if line == row && b != ' ' {
			text[i] = ' '
			changed = true
		}
	}
	return changed
}

// addPart files what a package says about its part under the part's key.
func addPart(all *batch.Problems, key string, err error) {
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

func (c *Config) validateForm() []batch.Problem {
	var all batch.Problems
	addPart(&all, "form", c.Form.Validate())
	return all
}

// validate asks every package about its part, and checks what only the whole can tell.
func (c *Config) validate() []batch.Problem {
	var all batch.Problems
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
	part("finance", c.Finance.Validate())
	part("form", c.Form.Validate())
	part("monitor", c.Monitor.Validate())
	return all
}

// officers are those of the configuration and those of the file that it names.
func (c *Config) officers(ctx context.Context) ([]batch.Officer, error) {
	all := slices.Clone(c.Officer)
	if c.Decisions.Officers == "" {
		return all, nil
	}
	data, err := os.ReadFile(c.resolve(c.Decisions.Officers))
	if err != nil {
		return nil, err
	}
	more, err := batch.ReadOfficers(ctx, data, filepath.Base(c.Decisions.Officers))
	return append(all, more...), err
}

// officerMistakes checks the roster as a whole. A mistake in the file is named by its row or by the officer's address.
func (c *Config) officerMistakes() (all batch.Problems) {
	const file = "decisions.officers"
	officers, err := c.officers(context.Background())
	if err != nil {
		for line := range strings.Lines(err.Error()) {
			all.Add(file, "%s", strings.TrimSpace(line))
		}
		return all
	}
	_, err = batch.NewRoster(officers)
	var problems batch.Problems
	errors.As(err, &problems)
	for _, p := range problems {
		var i int
		if n, _ := fmt.Sscanf(p.Key, "officer[%d]", &i); n == 1 && i >= len(c.Officer) {
			all.Add(file, "officer %s: %s", officers[i].Email, p.Text)
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
