package imap

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/mailserver"
	"handrail/internal/mailtest/dovecot"
)

type fixedToken string

func (t fixedToken) Token(context.Context) (string, error) { return string(t), nil }
func (t fixedToken) Secret(context.Context) string         { return string(t) }

// signJWT is a bearer token for an account (HS256).
func signJWT(email string, expires time.Time) string {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	body := part(`{"alg":"HS256","typ":"JWT"}`) + "." +
		part(fmt.Sprintf(`{"iss":"https://issuer.example","sub":%q,"email":%q,"iat":%d,"exp":%d}`, email, email, time.Now().Unix()-10, expires.Unix()))
	key, _ := base64.StdEncoding.DecodeString(dovecot.TokenKey)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(body))
	return body + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// issuer plays the authorization server on loopback.
func issuer(t *testing.T, handle func(form map[string]string) string) (*httptest.Server, *int) {
	t.Helper()
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		_ = r.ParseForm()
		form := map[string]string{"path": r.URL.Path}
		for k := range r.Form {
			form[k] = r.Form.Get(k)
		}
		if user, secret, ok := r.BasicAuth(); ok {
			form["client_id"], form["client_secret"] = user, secret
		}
		answer := handle(form)
		w.Header().Set("Content-Type", "application/json")
		if strings.Contains(answer, `"error"`) {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(server.Close)
	return server, &calls
}

func TestClientCredentialsAreKeptUntilTheyExpire(t *testing.T) {
	var got map[string]string
	server, calls := issuer(t, func(form map[string]string) string {
		got = form
		return `{"access_token":"abc","token_type":"Bearer","expires_in":3600}`
	})
	c := ingest.InboxConfig{Auth: ingest.AuthOAuth2Client, OAuth2: ingest.OAuth2{ClientID: "id", ClientSecret: mailserver.Secret{Value: "canary-17"}, TokenURL: server.URL, Scopes: []string{"scope"}}}
	tokens, err := NewTokens(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if token, err := tokens.Token(context.Background()); err != nil || token != "abc" {
			t.Fatalf("%q, %v", token, err)
		}
	}
	if *calls != 1 || got["grant_type"] != "client_credentials" || got["client_secret"] != "canary-17" || got["scope"] != "scope" {
		t.Errorf("%d calls, %v", *calls, got)
	}
}

func TestARefusedTokenShowsTheIssuersWordsAndNoSecret(t *testing.T) {
	server, _ := issuer(t, func(map[string]string) string {
		return `{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret","access_token":"leak-99"}`
	})
	c := ingest.InboxConfig{Auth: ingest.AuthOAuth2Client, OAuth2: ingest.OAuth2{ClientID: "id", ClientSecret: mailserver.Secret{Value: "canary-17"}, TokenURL: server.URL}}
	tokens, _ := NewTokens(c, nil)
	_, err := tokens.Token(context.Background())
	if err == nil || !strings.Contains(err.Error(), "AADSTS7000215") || strings.Contains(err.Error(), "canary-17") || strings.Contains(err.Error(), "leak-99") {
		t.Errorf("%v", err)
	}
}

// An issuer that is away, busy or silent is tried again in minutes; one that says no refused the login, and the operator reads
// where the secret is.
func TestAnIssuerThatCannotAnswerIsNoRefusedLogin(t *testing.T) {
	file := filepath.Join(t.TempDir(), "client-secret")
	if err := os.WriteFile(file, []byte("canary-17"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name   string
		status int
		body   string
		class  mailserver.Class
		hint   string
	}{
		{"503 in HTML", 503, "<html>away</html>", mailserver.NetworkError, "reached"},
		{"500", 500, `{"error":"server_error"}`, mailserver.NetworkError, "reached"},
		{"429", 429, `{"error":"x"}`, mailserver.NetworkError, "reached"},
		{"busy with 400", 400, `{"error":"temporarily_unavailable"}`, mailserver.NetworkError, "reached"},
		{"wrong secret", 401, `{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret"}`, mailserver.CredentialsError, "write the secret’s value"},
		{"expired secret", 401, `{"error":"invalid_client","error_description":"AADSTS7000222: expired"}`, mailserver.CredentialsError, "has expired"},
		{"no token", 200, `{"token_type":"Bearer"}`, mailserver.ProtocolError, "doctor"},
		{"away", 0, "", mailserver.NetworkError, "reached"},
	} {
		t.Run(x.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(x.status)
				_, _ = w.Write([]byte(x.body))
			}))
			defer server.Close()
			if x.status == 0 {
				server.Close()
			}
			tokens, err := NewTokens(ingest.InboxConfig{Auth: ingest.AuthOAuth2Client,
				OAuth2: ingest.OAuth2{ClientID: "id", ClientSecret: mailserver.Secret{File: file}, TokenURL: server.URL}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = tokens.Token(t.Context())
			var e *mailserver.Error
			if !errors.As(err, &e) || e.Class != x.class || !strings.Contains(e.Hint().EN, x.hint) || strings.Contains(err.Error(), "canary-17") {
				t.Fatalf("%v", err)
			}
			if named := strings.Contains(err.Error(), file); named != (x.class == mailserver.CredentialsError) {
				t.Errorf("the secret's place: %v", err)
			}
		})
	}
}

func TestDeviceFlowKeepsItsTokenForItsOwnerOnly(t *testing.T) {
	refresh := 0
	server, _ := issuer(t, func(form map[string]string) string {
		switch {
		case form["path"] == "/device":
			return `{"device_code":"dc","user_code":"WDJB-MJHT","verification_uri":"https://issuer.example/device","expires_in":600,"interval":1}`
		case form["grant_type"] == "refresh_token":
			refresh++
			return fmt.Sprintf(`{"access_token":"fresh","token_type":"Bearer","expires_in":3600,"refresh_token":"r%d"}`, refresh)
		}
		return `{"access_token":"first","token_type":"Bearer","expires_in":1,"refresh_token":"r0"}`
	})
	file := filepath.Join(t.TempDir(), "token.json")
	c := ingest.InboxConfig{Auth: ingest.AuthOAuth2Device, OAuth2: ingest.OAuth2{ClientID: "id", TokenURL: server.URL + "/token", DeviceURL: server.URL + "/device", TokenFile: file}}
	unattended, _ := NewTokens(c, nil)
	if _, err := unattended.Token(context.Background()); !errors.Is(err, ErrDeviceNotConfirmed) {
		t.Errorf("without a token and without a person: %v", err)
	}
	shown := DevicePrompt{}
	tokens, _ := NewTokens(c, func(p DevicePrompt) { shown = p })
	token, err := tokens.Token(context.Background())
	if err != nil || token != "fresh" || shown.Code != "WDJB-MJHT" {
		t.Fatalf("%q, %+v, %v", token, shown, err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if kept, err := readToken(file); err != nil || kept.RefreshToken != "r1" {
		t.Errorf("the file keeps %+v, %v: the issuer's newest refresh token", kept, err)
	}
	if token, err := unattended.Token(context.Background()); err != nil || token != "fresh" || refresh != 1 {
		t.Errorf("%q, %v after %d refreshes", token, err, refresh)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := unattended.Token(context.Background()); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a token that others can read: %v", err)
	}
}
