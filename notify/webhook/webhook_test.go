package webhook

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestOnlyAnAddressThatKeepsSecretsIsTaken(t *testing.T) {
	for address, wrong := range map[string]string{
		"": "", "https://hooks.department.example/x": "", "http://127.0.0.1:8080/x": "", "http://localhost/x": "", "http://[::1]/x": "",
		"http://hooks.department.example/x": "in the clear", "http://localhost.example/": "in the clear", "ftp://x/": "not an address", "hooks": "not an address",
		"https://": "not an address", "https://user:canary@hooks.example/": "password", "https://hooks.example/%zz": "not an address",
	} {
		err := Config{Webhook: address}.Validate()
		if (err == nil) != (wrong == "") || err != nil && (!strings.Contains(err.Error(), wrong) || !strings.HasPrefix(err.Error(), "webhook: ") || strings.Contains(err.Error(), "canary")) {
			t.Errorf("%q: %v", address, err)
		}
	}
	if r, err := New(Config{}); r != nil || err != nil {
		t.Errorf("%v, %v", r, err)
	}
}

// A receiver has the document when it answers 2xx. Whatever else it answers is an error in its own words, without the address,
// and no redirect is followed.
func TestAPostIsTakenOrSaysWhyNot(t *testing.T) {
	elsewhere := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	var got, kind string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got, kind = string(body), r.Header.Get("Content-Type")
		switch r.URL.Query().Get("do") {
		case "accept":
			w.WriteHeader(http.StatusAccepted)
		case "refuse":
			http.Error(w, "invalid\n\x1b[31mpayload", http.StatusBadRequest)
		case "redirect":
			http.Redirect(w, r, other.URL, http.StatusPermanentRedirect)
		case "hang":
			<-r.Context().Done()
		}
	}))
	defer server.Close()
	post := func(ctx context.Context, address string) error {
		t.Helper()
		r, err := New(Config{Webhook: address})
		if err != nil {
			t.Fatal(err)
		}
		return r.Post(ctx, []byte(`{"text":"x"}`))
	}
	if err := post(t.Context(), server.URL+"/canary?do=accept"); err != nil || got != `{"text":"x"}` || !strings.HasPrefix(kind, "application/json") {
		t.Errorf("%v, %q, %q", err, got, kind)
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	closed := httptest.NewServer(nil)
	closed.Close()
	for address, want := range map[string]string{server.URL + "/canary?do=refuse": "400 Bad Request invalid [31mpayload", server.URL + "/canary?do=redirect": "308",
		server.URL + "/canary?do=hang": "deadline", closed.URL + "/canary": "refused"} {
		ctx := t.Context()
		if want == "deadline" {
			ctx = short
		}
		if err := post(ctx, address); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", want, err)
		}
	}
	if elsewhere != 0 {
		t.Error("a redirect was followed")
	}
}
