package mailserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSecretIsReadFromWhereItIs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pw")
	if err := os.WriteFile(file, []byte("from file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HANDRAIL_TEST_SECRET", "from env")
	for want, s := range map[string]Secret{"from file": {File: file}, "from env": {Env: "HANDRAIL_TEST_SECRET"}, "from command": {Command: []string{"echo", "from command"}}, "v": {Value: "v"}} {
		if got, err := s.Read(t.Context()); err != nil || got != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
	for _, s := range []Secret{{}, {File: file + "x"}, {Env: "HANDRAIL_TEST_NOT_SET"}, {Command: []string{"false"}}, {Command: []string{"true"}}} {
		if got, err := s.Read(t.Context()); err == nil || got != "" {
			t.Errorf("%q, %v", got, err)
		}
	}
}

func TestSecretNeverPrints(t *testing.T) {
	const canary = "canary-7f3a"
	for _, s := range []Secret{{Value: canary}, {File: "/run/" + canary}, {Env: canary}, {Command: []string{"pass", canary}}} {
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", s, "in", struct{ S Secret }{s})
		j, err := json.Marshal(map[string]Secret{"s": s})
		if err != nil {
			t.Fatal(err)
		}
		all := fmt.Sprintf("%v %+v %#v %s %q %d %x", s, s, s, s, s, s, s) + log.String() + string(j)
		if strings.Contains(all, canary) || strings.Contains(all, fmt.Sprintf("%x", canary)) || !strings.Contains(all, "<secret>") {
			t.Errorf("%s", all)
		}
	}
}

func TestMistakesOfASecretAreNamed(t *testing.T) {
	if got := (Secret{}).Mistake("oauth2.client_secret", true); !strings.Contains(got, "client_secret = { file") {
		t.Errorf("%q", got)
	}
	if got := (Secret{}).Mistake("client_secret", false); got != "" {
		t.Errorf("%q", got)
	}
	if got := (Secret{Env: "A", File: "B"}).Mistake("password", true); !strings.Contains(got, "2 ways") {
		t.Errorf("%q", got)
	}
}

func TestOnlyThisMachineIsLoopback(t *testing.T) {
	for host, want := range map[string]bool{"localhost": true, "LOCALHOST.": true, "127.0.0.1": true, "127.8.8.8": true, "::1": true, "[::1]": true,
		"localhost.example": false, "10.0.0.1": false, "imap.department.example": false, "": false} {
		if got := IsLoopback(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}
