// Package webhook gives the operator's receiver one JSON document at a time, over HTTPS: what a mail cannot say because mail is
// what failed. It refuses to know what a document says, and when it is tried again.
package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"handrail/internal/mailserver"
)

// Config is the [operator] of the configuration.
type Config struct {
	Webhook string `toml:"webhook" comment:"Who hears of an outage while mail cannot be sent: an address (https) that takes JSON by POST. Whoever knows it can post there. Empty: nobody does before mail works again."`
}

// Validate names what is wrong. It connects to nothing.
func (c Config) Validate() error {
	if c.Webhook == "" {
		return nil
	}
	u, err := url.Parse(c.Webhook)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("webhook: is not an address such as https://hooks.department.example/handrail")
	case u.User != nil:
		return errors.New("webhook: holds a user or a password, which is not sent; use an address that needs none")
	case u.Scheme == "http" && !mailserver.IsLoopback(u.Hostname()):
		return fmt.Errorf("webhook: http sends in the clear; it is allowed to this very machine only (localhost, 127.0.0.1, ::1), not to %q", u.Hostname())
	}
	return nil
}

// timeout is how long one post may take in all.
const timeout = 10 * time.Second

// Receiver is where documents go. It is safe for concurrent use.
type Receiver struct {
	address string
	host    string
	client  *http.Client
}

// New checks the configuration; nil, and no error, where it names no receiver.
func New(c Config) (*Receiver, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("operator: %w", err)
	}
	if c.Webhook == "" {
		return nil, nil
	}
	u, err := url.Parse(c.Webhook)
	if err != nil {
		return nil, errors.New("operator: webhook: is not an address")
	}
	return &Receiver{address: c.Webhook, host: u.Host, client: &http.Client{Timeout: timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// Host is where the receiver is; the rest of its address may be a secret.
func (r *Receiver) Host() string { return r.host }

// Post gives one JSON document, once. The receiver has it when it answers 2xx; it is sent to no other address, whatever the
// answer. The error holds the receiver's words, and of its address no more than the host.
func (r *Receiver) Post(ctx context.Context, document []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.address, bytes.NewReader(document))
	if err != nil {
		return fmt.Errorf("post to %s: the address cannot be used", r.host)
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("User-Agent", "Handrail")
	answer, err := r.client.Do(request)
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err // without the address
	}
	if err != nil {
		return fmt.Errorf("post to %s: %w", r.host, err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode/100 == 2 {
		return nil
	}
	words, _ := io.ReadAll(io.LimitReader(answer.Body, 500)) // half of them are as good
	return fmt.Errorf("post to %s: %s %s", r.host, answer.Status, plain(string(words)))
}

// plain is a receiver's words on one line, and not many of them.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	r := []rune(strings.Join(strings.Fields(s), " "))
	return string(r[:min(len(r), 200)])
}
