package mailserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Secret is a password or a client secret, or where to find one. Exactly one of the fields is set. It prints as
// <secret> whatever the verb, so that no log, dump or error can show it.
type Secret struct {
	// Value is the secret itself; for tests and the demo. A configuration file should name a file, a variable or a command.
	Value string `toml:"value" comment:"The secret itself. Prefer file, env or command."`
	File  string `toml:"file" comment:"A file that holds the secret, readable by its owner only."`
	Env   string `toml:"env" comment:"An environment variable that holds the secret."`
	// Command is a program and its arguments; its standard output is the secret. No shell is involved.
	Command []string `toml:"command" comment:"A program, with its arguments, that prints the secret."`
}

const secretShown = "<secret>"

// commandTime bounds a command that prints a secret: a keyring that asks a question would wait for ever.
const commandTime = 20 * time.Second

// IsZero reports whether no secret is configured.
func (s Secret) IsZero() bool {
	return s.Value == "" && s.File == "" && s.Env == "" && len(s.Command) == 0
}

// String is "<secret>", or "" when there is none.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return secretShown
}

// GoString keeps %#v from printing the secret.
func (s Secret) GoString() string { return s.String() }

// Format keeps every other verb from printing it.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// MarshalText keeps encoders from writing it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue keeps slog from writing it.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Mistake says what is wrong with where the secret is said to be, "" when nothing is; key is its name in the
// configuration. A secret that is not required may be missing.
func (s Secret) Mistake(key string, required bool) string {
	n := 0
	for _, set := range []bool{s.Value != "", s.File != "", s.Env != "", len(s.Command) > 0} {
		if set {
			n++
		}
	}
	switch {
	case n == 0 && required:
		return fmt.Sprintf("is missing; say where it is: %s = { file = \"…\" }, { env = \"…\" } or { command = [\"…\"] }", lastKey(key))
	case n > 1:
		return fmt.Sprintf("names the secret in %d ways; keep one of file, env, command and value", n)
	}
	return ""
}

// Read returns the secret. The final line break of a file or of a command's output is not part of it. The error says
// where it was looked for, never what was found.
func (s Secret) Read(ctx context.Context) (string, error) {
	switch {
	case s.File != "":
		b, err := os.ReadFile(s.File)
		if err != nil {
			return "", fmt.Errorf("read the secret: %w", err)
		}
		return notEmpty(string(b), "file "+s.File)
	case s.Env != "":
		return notEmpty(os.Getenv(s.Env), "environment variable "+s.Env)
	case len(s.Command) > 0:
		return s.run(ctx)
	case s.Value != "":
		return s.Value, nil
	}
	return "", errors.New("no secret is configured")
}

func (s Secret) run(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, s.Command[0], s.Command[1:]...)
	cmd.Stderr = &stderr
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("read the secret from command %s: %w: %s", s.Command[0], err, firstWords(stderr.String()))
	}
	return notEmpty(string(out), "command "+s.Command[0])
}

// Place says what the secret is and where it is read from, "password, file /etc/handrail/password"; "" where the configuration
// holds it. It never says the secret.
func (s Secret) Place(what string) string {
	switch {
	case s.File != "":
		return what + ", file " + s.File
	case s.Env != "":
		return what + ", environment variable " + s.Env
	case len(s.Command) > 0:
		return what + ", command " + s.Command[0]
	}
	return ""
}

func notEmpty(s, where string) (string, error) {
	s = strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r")
	if s == "" {
		return "", fmt.Errorf("%s holds no secret: it is empty", where)
	}
	return s, nil
}

func lastKey(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }

// firstWords is what a command complained of, on one line and not much of it.
func firstWords(s string) string {
	const most = 200
	r := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " "))
	if len(r) > most {
		return string(r[:most]) + "…"
	}
	return string(r)
}
