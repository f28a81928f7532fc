package smtp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"handrail/internal/mailserver"

	"github.com/pelletier/go-toml/v2"
)

func TestProvidersFigures(t *testing.T) {
	c := Config{Provider: ProviderExchange, Username: "box@dept.example"}.WithDefaults()
	if c.Host != "smtp.office365.com" || c.Port != 587 || c.TLS != mailserver.TLSStart || c.Auth != AuthOAuth2 || c.PerMinute != 30 || c.Connections != 3 || c.PerDay != 10_000 || c.From != "box@dept.example" {
		t.Errorf("%+v", c)
	}
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	if c := (Config{Provider: ProviderGmail}).WithDefaults(); c.Host != "smtp.gmail.com" || c.Port != 465 || c.PerDay != 2000 {
		t.Errorf("%+v", c)
	}
	if c := (Config{Provider: ProviderExchange, PerMinute: 5}).WithDefaults(); c.PerMinute != 5 {
		t.Error("a preset overrode what was written")
	}
}

func TestEveryMistakeIsNamedAtItsKey(t *testing.T) {
	good := Config{Host: "smtp.dept.example", Username: "box@dept.example", Password: mailserver.Secret{Env: "X"}}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for key, change := range map[string]func(*Config){
		"provider":    func(c *Config) { c.Provider = "aol" },
		"host":        func(c *Config) { c.Host = "https://x" },
		"port":        func(c *Config) { c.Port = 70000 },
		"tls":         func(c *Config) { c.TLS = mailserver.TLSNone },
		"auth":        func(c *Config) { c.Auth = "kerberos"; c.Password = mailserver.Secret{} },
		"username":    func(c *Config) { c.Username = ""; c.From = "a@b.example" },
		"password":    func(c *Config) { c.Password = mailserver.Secret{Env: "A", File: "B"} },
		"token_of":    func(c *Config) { c.TokenOf = "intake" },
		"from":        func(c *Config) { c.From = "Me <me@x.example>" },
		"hello":       func(c *Config) { c.Hello = "two words" },
		"per_minute":  func(c *Config) { c.PerMinute = -1 },
		"per_day":     func(c *Config) { c.PerDay = -1 },
		"connections": func(c *Config) { c.Connections = -1 },
		"timeout":     func(c *Config) { c.Timeout = -1 },
	} {
		c := good
		change(&c)
		err := c.Validate()
		if err == nil || !strings.HasPrefix(err.Error(), key+": ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", key, err)
		}
	}
	if err := (Config{Provider: "x", Port: -1, TLS: "maybe"}).Validate(); err == nil || strings.Count(err.Error(), "\n") < 5 {
		t.Errorf("not all at once: %v", err)
	}
	if err := (Config{Provider: ProviderExchange, Auth: AuthPassword, Username: "a@b.example", Password: mailserver.Secret{Env: "X"}}).Validate(); err == nil {
		t.Error("a password for Microsoft 365")
	}
}

func TestSecretNeverPrints(t *testing.T) {
	const canary = "canary-7f3a"
	c := Config{Host: "localhost", TLS: mailserver.TLSNone, Username: "a@b.example", Password: mailserver.Secret{Value: canary}}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "password", c.Password, "config", c)
	j, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	tm, err := toml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSender(c, Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprintf("%v %+v %#v %s %q %x %d", c, c, c, c.Password, c.Password, c.Password, c.Password) + log.String() + string(j) + string(tm) + fmt.Sprintf("%+v %#v", s.c, s.c)
	if strings.Contains(all, canary) || strings.Contains(all, fmt.Sprintf("%x", canary)) {
		t.Error("the secret shows")
	}
	if !strings.Contains(all, "<secret>") {
		t.Error("nothing says that there is one")
	}
}

func TestSenderChecksItsOptions(t *testing.T) {
	good := Config{Host: "localhost", TLS: mailserver.TLSNone, Username: "a@b.example", Password: mailserver.Secret{Value: "x"}}
	for name, f := range map[string]func() (*Sender, error){
		"bad config": func() (*Sender, error) { return NewSender(Config{}, Options{Now: time.Now}) },
		"no clock":   func() (*Sender, error) { return NewSender(good, Options{}) },
		"no tokens": func() (*Sender, error) {
			return NewSender(Config{Provider: ProviderGmail, Username: "a@b.example"}, Options{Now: time.Now})
		},
		"no certificates": func() (*Sender, error) {
			c := good
			c.CAFile = "/nonexistent"
			return NewSender(c, Options{Now: time.Now})
		},
	} {
		if s, err := f(); err == nil || s != nil {
			t.Errorf("%s: made", name)
		}
	}
}

func TestServerWordsAreCleaned(t *testing.T) {
	in := "550 no\r\nsuch\x1b[31m user\u202e\x00 \xff" + strings.Repeat("x", 2*maxWords)
	got := cleanWords(in)
	if !strings.HasPrefix(got, "550 no such[31m user x") || len([]rune(got)) != maxWords+1 || strings.ContainsAny(got, "\r\n\x1b\x00") {
		t.Errorf("%q", got)
	}
}
