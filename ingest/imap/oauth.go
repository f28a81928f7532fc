package imap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"handrail/ingest"
	"handrail/internal/mailserver"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// TokenSource gives a bearer token that is valid now. Its errors wrap the issuer's words and never hold a secret.
type TokenSource interface {
	Token(ctx context.Context) (string, error)
	// Secret is what tokens are got with, "" where it cannot be read: to tell whether another one than one that was refused is
	// there by now.
	Secret(ctx context.Context) string
}

// DevicePrompt is what a person needs in order to confirm a device.
type DevicePrompt struct {
	URL, Code string
	Expires   time.Time
}

// ErrDeviceNotConfirmed is returned when a device flow has no stored token and nobody is there to confirm one: run
// handrail doctor at a terminal once.
var ErrDeviceNotConfirmed = errors.New("no stored token: run handrail doctor at a terminal once and confirm the device")

// NewTokens makes the token source that the configuration asks for. prompt may be nil (see Options.Prompt).
func NewTokens(c ingest.InboxConfig, prompt func(DevicePrompt)) (TokenSource, error) {
	c = c.WithDefaults()
	switch c.Auth {
	case ingest.AuthOAuth2Client:
		return &clientTokens{o: c.OAuth2}, nil
	case ingest.AuthOAuth2Device:
		return &deviceTokens{o: c.OAuth2, prompt: prompt}, nil
	}
	return nil, fmt.Errorf("auth = %q needs no token", c.Auth)
}

// clientTokens gets tokens for the application itself, and keeps one until it expires.
type clientTokens struct {
	o     ingest.OAuth2
	mu    sync.Mutex
	token *oauth2.Token
}

func (t *clientTokens) Token(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token.Valid() {
		return t.token.AccessToken, nil
	}
	secret, err := t.o.ClientSecret.Read(ctx)
	if err != nil {
		return "", tokenError(t.o, err)
	}
	ctx, cancel := context.WithTimeout(ctx, issuerTime)
	defer cancel()
	config := clientcredentials.Config{ClientID: t.o.ClientID, ClientSecret: secret, TokenURL: t.o.TokenURL, Scopes: t.o.Scopes}
	if t.token, err = config.Token(ctx); err != nil {
		return "", tokenError(t.o, err)
	}
	return t.token.AccessToken, nil
}

// issuerTime bounds what is waited for an issuer of tokens: sending has no other limit there.
const issuerTime = 30 * time.Second

// Secret is the client secret.
func (t *clientTokens) Secret(ctx context.Context) string {
	return ingest.InboxConfig{Auth: ingest.AuthOAuth2Client, OAuth2: t.o}.LoginSecret(ctx)
}

// Secret is the client secret with the token that a person granted.
func (t *deviceTokens) Secret(ctx context.Context) string {
	return ingest.InboxConfig{Auth: ingest.AuthOAuth2Device, OAuth2: t.o}.LoginSecret(ctx)
}

// deviceTokens gets tokens with a refresh token that a person granted once. The file is the only place it is kept.
type deviceTokens struct {
	o      ingest.OAuth2
	prompt func(DevicePrompt)
	mu     sync.Mutex
}

func (t *deviceTokens) Token(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	config, err := t.config(ctx)
	if err != nil {
		return "", tokenError(t.o, err)
	}
	stored, err := readToken(t.o.TokenFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		stored, err = t.confirm(ctx, config)
		if err != nil {
			return "", tokenError(t.o, err)
		}
		if err := writeToken(t.o.TokenFile, stored); err != nil {
			return "", err
		}
	case err != nil:
		return "", tokenError(t.o, err)
	}
	ctx, cancel := context.WithTimeout(ctx, issuerTime)
	defer cancel()
	fresh, err := config.TokenSource(ctx, stored).Token()
	if err != nil {
		return "", tokenError(t.o, err)
	}
	// Issuers may give a new refresh token and forget the old one: keep it before using anything.
	if fresh.RefreshToken != stored.RefreshToken || fresh.AccessToken != stored.AccessToken {
		if err := writeToken(t.o.TokenFile, fresh); err != nil {
			return "", err
		}
	}
	return fresh.AccessToken, nil
}

func (t *deviceTokens) config(ctx context.Context) (*oauth2.Config, error) {
	secret := ""
	if !t.o.ClientSecret.IsZero() {
		var err error
		if secret, err = t.o.ClientSecret.Read(ctx); err != nil {
			return nil, err
		}
	}
	return &oauth2.Config{ClientID: t.o.ClientID, ClientSecret: secret, Scopes: t.o.Scopes,
		Endpoint: oauth2.Endpoint{TokenURL: t.o.TokenURL, DeviceAuthURL: t.o.DeviceURL}}, nil
}

func (t *deviceTokens) confirm(ctx context.Context, config *oauth2.Config) (*oauth2.Token, error) {
	if t.prompt == nil {
		return nil, ErrDeviceNotConfirmed
	}
	device, err := config.DeviceAuth(ctx)
	if err != nil {
		return nil, err
	}
	t.prompt(DevicePrompt{URL: device.VerificationURI, Code: device.UserCode, Expires: device.Expiry})
	token, err := config.DeviceAccessToken(ctx, device)
	if err != nil {
		return nil, err
	}
	if token.RefreshToken == "" {
		return nil, errors.New("the issuer gave no refresh token; allow offline access for this application")
	}
	return token, nil
}

// tokenError says whose fault it is that there is no token: an issuer that is away or busy is tried again in a moment, one that
// says no refused the login. It keeps the issuer's code and words and leaves out the response, which may hold tokens.
func tokenError(o ingest.OAuth2, err error) error {
	e := &mailserver.Error{Class: mailserver.CredentialsError, Server: o.TokenURL, Doing: "get a token", Err: err}
	if u, parseErr := url.Parse(o.TokenURL); parseErr == nil && u.Host != "" {
		e.Server = u.Host
	}
	var r *oauth2.RetrieveError
	switch {
	case errors.As(err, &r):
		code, words := r.ErrorCode, ingest.Clip(ingest.CleanLine(r.ErrorDescription), 300)
		status := 0
		if r.Response != nil {
			status = r.Response.StatusCode
			if code == "" {
				code = r.Response.Status
			}
		}
		if busyIssuer(status, r.ErrorCode) {
			e.Class, e.Err = mailserver.NetworkError, fmt.Errorf("the issuer of tokens cannot answer now: %s %s", code, words)
			return e
		}
		e.Err = fmt.Errorf("the issuer of tokens refused: %s %s", code, words)
		e.Secret = o.ClientSecret.Place("client secret")
	case isTLS(err):
		e.Class = mailserver.TLSError
	case isNetwork(err):
		e.Class = mailserver.NetworkError
	case strings.HasPrefix(err.Error(), "oauth2: "): // it answers, and with no token
		e.Class = mailserver.ProtocolError
	}
	return e
}

// busyIssuer reports whether an issuer means that a later try may succeed.
func busyIssuer(status int, code string) bool {
	switch code {
	case "temporarily_unavailable", "server_error", "slow_down":
		return true
	}
	return status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
}

type storedToken struct {
	AccessToken  string    `json:"access_token"`
	RefreshToken string    `json:"refresh_token"`
	Expiry       time.Time `json:"expiry"`
}

func readToken(file string) (*oauth2.Token, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others (mode %04o): chmod 600 it, and revoke the token if others had access", file, info.Mode().Perm())
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var s storedToken
	if err := json.Unmarshal(b, &s); err != nil || s.RefreshToken == "" {
		return nil, fmt.Errorf("%s holds no token: remove it and run handrail doctor at a terminal", file)
	}
	return &oauth2.Token{AccessToken: s.AccessToken, RefreshToken: s.RefreshToken, Expiry: s.Expiry, TokenType: "Bearer"}, nil
}

// writeToken replaces the file whole: half a token would lock the inbox until somebody confirms the device again.
func writeToken(file string, t *oauth2.Token) error {
	b, err := json.Marshal(storedToken{t.AccessToken, t.RefreshToken, t.Expiry})
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".token-*") // created with mode 0600
	if err != nil {
		return fmt.Errorf("keep the token: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("keep the token: %w", err)
	}
	return nil
}
