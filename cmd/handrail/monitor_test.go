package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"handrail/ingest"
	"handrail/internal/demo"
	"handrail/internal/ledger"
	"handrail/internal/mailtest"
	"handrail/internal/monitor"
)

// monitored is a job on a mail server, its monitor, and the clock that the monitor reads.
type monitored struct {
	*monitor.Monitor
	w   *wiring
	now func() time.Time
}

func runningMonitor(t *testing.T) *monitored {
	t.Helper()
	c := openClinic(t, nil)
	c.write("handrail.toml", c.text, 0o600)
	config, err := loadConfig(filepath.Join(c.dir, "handrail.toml"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.office.Deliver(demo.Inbox, mailtest.Inbox, []byte("From: x@y.example\r\nSubject: hi\r\nMessage-ID: <a@y.example>\r\n\r\nhi\r\n"), time.Now()); err != nil {
		t.Fatal(err)
	}
	w, err := wire(t.Context(), config, &terminal{now: time.Now}, slog.New(slog.DiscardHandler), ledger.Run)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.close() })
	m := &monitored{w: w, now: time.Now}
	if m.Monitor, err = config.monitor(w, func() time.Time { return m.now() }); err != nil {
		t.Fatal(err)
	}
	return m
}

func get(m *monitored, path string) (code int, body string) {
	r := httptest.NewRecorder()
	m.Handler().ServeHTTP(r, httptest.NewRequest("GET", path, nil))
	return r.Code, r.Body.String()
}

func TestHealthSaysWhetherTheJobWorks(t *testing.T) {
	m := runningMonitor(t)
	type health struct {
		Ready   bool
		Why     []string
		Inboxes map[string]string `json:"last_success"`
		Failed  string            `json:"last_send_failure"`
	}
	var h health
	read := func(want int) {
		t.Helper()
		code, body := get(m, "/healthz")
		h = health{}
		if err := json.Unmarshal([]byte(body), &h); err != nil || code != want {
			t.Fatalf("%d, want %d: %s (%v)", code, want, body, err)
		}
	}
	if read(503); h.Ready || h.Inboxes["requests"] != "never" {
		t.Errorf("before the first look: %+v", h)
	}
	if _, err := m.w.job.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	if read(200); !h.Ready || h.Inboxes["requests"] == "never" {
		t.Errorf("after a pass: %+v", h)
	}
	// Sending fails: patience first, then not; what is known of it is said either way.
	outage := func(since time.Duration, class string) {
		t.Helper()
		at := time.Now().Add(-since)
		if err := m.w.ledger.Update(t.Context(), func(tx *ledger.Tx) error {
			return errors.Join(tx.Attempts.EndOutage(t.Context(), at, "smtp"),
				tx.Attempts.NoteOutage(t.Context(), ledger.Outage{Name: "smtp", Failures: 3, FailedAt: at, LastAt: at, RetryAt: at, Class: class, Words: "535 no"}),
				tx.Standing.NoteRefusedText(t.Context(), "policy", "requests", at))
		}); err != nil {
			t.Fatal(err)
		}
	}
	outage(20*time.Minute, "unreachable")
	if read(200); h.Failed == "" {
		t.Errorf("sending has failed for twenty minutes: %+v", h)
	}
	outage(31*time.Minute, string(ingest.CredentialsError))
	if read(503); len(h.Why) != 1 || !strings.Contains(h.Why[0], "nothing could be sent for 31m") {
		t.Errorf("sending has failed for half an hour: %+v", h)
	}
	_, given := get(m, "/metrics")
	for _, want := range []string{"handrail_logins_refused 1", "handrail_texts_refused 1", "handrail_weeks_missed 0", "handrail_backup_last_timestamp_seconds 0", "handrail_sending_last_failure_timestamp_seconds 1"} {
		if !strings.Contains(given, want) {
			t.Errorf("no %s in\n%s", want, given)
		}
	}
	if err := m.w.ledger.Update(t.Context(), func(tx *ledger.Tx) error { return tx.Attempts.EndOutage(t.Context(), time.Now(), "smtp") }); err != nil {
		t.Fatal(err)
	}
	m.now = func() time.Time { return time.Now().Add(time.Hour) }
	if read(503); h.Ready || len(h.Why) != 1 || !strings.Contains(h.Why[0], "requests") {
		t.Errorf("after an hour of silence: %+v", h)
	}
}

// Every metric that an alert or the dashboard reads is one that the job gives.
func TestAlertsAndDashboardReadMetricsThatAreThere(t *testing.T) {
	m := runningMonitor(t)
	if _, err := m.w.job.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, given := get(m, "/metrics")
	for _, want := range []string{`handrail_messages{state="quarantined"} 1`, `handrail_oldest_seconds{what="message"} 0`, "handrail_ledger_up 1", `handrail_inbox_last_success_timestamp_seconds{inbox="requests"} 1`,
		`handrail_attempts{state="aside",step="weekly"} 0`, `handrail_attempts{state="failed",step="send"} 0`, `handrail_attempts{state="in_hand",step="collect"} 0`, "handrail_outages 0"} {
		if !strings.Contains(given, want) {
			t.Errorf("no %s in\n%s", want, given)
		}
	}
	for _, private := range []string{"x@y.example", "hi\n"} {
		if strings.Contains(given, private) {
			t.Errorf("the metrics show %q", private)
		}
	}
	for _, file := range []string{"alerts.yaml", "grafana.json"} {
		text, err := os.ReadFile(filepath.Join("../../docs/deploy/monitoring", file))
		if err != nil {
			t.Fatal(err)
		}
		names := regexp.MustCompile(`handrail_[a-z_]+`).FindAllString(string(text), -1)
		if len(names) < 5 {
			t.Errorf("%s reads only %v", file, names)
		}
		for _, n := range names {
			if !strings.Contains(given, "\n"+n) {
				t.Errorf("%s reads %s, which the job does not give", file, n)
			}
		}
	}
}

func TestAlertRulesAreSound(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed")
	}
	if out, err := exec.Command(promtool, "check", "rules", "../../docs/deploy/monitoring/alerts.yaml").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestServiceUnitIsSound(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	text, err := os.ReadFile("../../docs/deploy/systemd/handrail.service")
	if err != nil {
		t.Fatal(err)
	}
	// The program is not installed here: any other stands for it.
	unit := filepath.Join(t.TempDir(), "handrail.service")
	text = []byte(strings.NewReplacer("/usr/bin/handrail", "/bin/true", "Documentation=man:handrail(1)\n", "").Replace(string(text)))
	if err := os.WriteFile(unit, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(analyze, "verify", unit).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
	out, err := exec.Command(analyze, "security", "--offline=true", "--threshold=20", unit).CombinedOutput()
	if err != nil {
		t.Errorf("it is more exposed than 2.0 of 10: %v\n%s", err, out)
	}
}

func TestCompletionAndManPageKnowEveryCommand(t *testing.T) {
	man := output(t, "man")
	bash := output(t, "completion", "bash")
	fish := output(t, "completion", "fish")
	parser, err := kong.New(new(commands), kong.Name("handrail"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	eachCommand(parser.Model.Node, nil, func(path []string, node *kong.Node) {
		n++
		command, last := strings.Join(path, " "), path[len(path)-1]
		if !strings.Contains(man, ".SS \"handrail "+strings.ReplaceAll(command, "-", `\-`)) {
			t.Errorf("the man page lacks %s", command)
		}
		if !strings.Contains(bash, "' "+command+"'") && !strings.Contains(bash, fmt.Sprintf("%q", " "+command)) || !strings.Contains(fish, "-a "+last+" ") {
			t.Errorf("completion lacks %s", command)
		}
		for _, f := range flagsOf(node) {
			if !strings.Contains(bash, "--"+f.Name) || !strings.Contains(fish, " -l "+f.Name+" ") || !strings.Contains(man, `\-\-`+strings.ReplaceAll(f.Name, "-", `\-`)) {
				t.Errorf("%s: --%s is missing in the man page or a completion", command, f.Name)
			}
		}
	})
	if n < 20 {
		t.Errorf("%d commands", n)
	}
}
