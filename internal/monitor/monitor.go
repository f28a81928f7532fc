// Package monitor answers an operator's monitoring while the job runs: /healthz says whether it works, /metrics counts what
// is in the ledger. It shows no names, subjects or amounts, and refuses to know how the job works.
package monitor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// Config is the [monitor] table of the configuration: where an operator's monitoring looks.
type Config struct {
	Listen string `toml:"listen" comment:"Where run answers /healthz and /metrics, such as 127.0.0.1:9464; empty: nowhere. Neither shows names, subjects or amounts, and neither asks for a password: keep it on loopback or inside the cluster."`
}

// Validate names every mistake.
func (c Config) Validate() error {
	if c.Listen == "" {
		return nil
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("listen: %q is not an address such as 127.0.0.1:9464", c.Listen)
	}
	return nil
}

// leastPatience is how long an inbox may go without success, however often it is looked into.
const leastPatience = 15 * time.Minute

// Options say what is monitored.
type Options struct {
	Ledger *ledger.Ledger
	// LastSuccess is when each inbox was last looked into with success, by its name; zero for never.
	LastSuccess func() map[string]time.Time
	// Gap is the time between two looks of the schedule.
	Gap             time.Duration
	Now             func() time.Time
	Version, Commit string // of the program
}

// Monitor answers for one running job.
type Monitor struct {
	o Options
	// patience is how long an inbox may go without success before something is wrong.
	patience time.Duration
}

// New makes a monitor that answers nobody yet.
func New(o Options) *Monitor { return &Monitor{o: o, patience: max(leastPatience, 3*o.Gap)} }

// Serve begins to answer at an address; stop ends it.
func (m *Monitor) Serve(address string, log *slog.Logger) (stop func(), err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("monitor: %w", err)
	}
	server := &http.Server{Handler: m.Handler(), ReadHeaderTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the monitoring address no longer answers", "error", err)
		}
	}()
	log.Info("monitoring", "address", listener.Addr().String())
	return func() {
		_ = server.Close()
		<-done
	}, nil
}

// Handler answers GET /healthz and GET /metrics.
func (m *Monitor) Handler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(m, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", m.health)
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError}))
	return mux
}

// health is what /healthz says: 200 when everything that must be there answers, else 503.
type health struct {
	Ready   bool              `json:"ready"`
	Why     []string          `json:"why,omitempty"`
	Inboxes map[string]string `json:"last_success"`
	// OldestWaiting is when the oldest message was collected that is not judged yet.
	OldestWaiting string `json:"oldest_waiting,omitempty"`
	OldestUnsent  string `json:"oldest_unsent,omitempty"`
	// Failed rows are tried again by themselves, those set aside are not; Outages do not work around the job. None of them
	// keeps the job from working on the rest.
	Failed   int `json:"rows_failed"`
	SetAside int `json:"rows_set_aside"`
	Outages  int `json:"outages"`
}

func (m *Monitor) health(out http.ResponseWriter, r *http.Request) {
	h := health{Ready: true, Inboxes: map[string]string{}}
	not := func(why string) { h.Ready, h.Why = false, append(h.Why, why) }
	s, err := m.status(r.Context())
	if err != nil {
		not("the ledger cannot be read")
	}
	for name, at := range m.o.LastSuccess() {
		if at.IsZero() {
			h.Inboxes[name] = "never"
			not(fmt.Sprintf("inbox %q was not looked into yet", name))
			continue
		}
		h.Inboxes[name] = at.UTC().Format(time.RFC3339)
		if age := m.o.Now().Sub(at); age > m.patience {
			not(fmt.Sprintf("inbox %q was last looked into %s ago", name, age.Round(time.Second)))
		}
	}
	for _, f := range []struct {
		at   time.Time
		into *string
	}{{s.WaitingSince, &h.OldestWaiting}, {s.UnsentSince, &h.OldestUnsent}} {
		if !f.at.IsZero() {
			*f.into = f.at.UTC().Format(time.RFC3339)
		}
	}
	h.Failed, h.SetAside, h.Outages = ledger.Total(s.Attempts.Failed), ledger.Total(s.Attempts.Aside), len(s.Outages)
	out.Header().Set("Content-Type", "application/json")
	if !h.Ready {
		out.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(out).Encode(h) // whoever asked has gone, or has it
}

func (m *Monitor) status(ctx context.Context) (s ledger.Status, err error) {
	err = m.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		s, err = tx.Status(ctx, m.o.Now(), 0)
		return err
	})
	return s, err
}

// The metrics. Their values come from the ledger when they are asked for, so that they are right after a restart and the
// same on every machine that shares it.
var (
	buildInfo   = prometheus.NewDesc("handrail_build_info", "1, with the version.", []string{"version", "commit"}, nil)
	ledgerUp    = prometheus.NewDesc("handrail_ledger_up", "1 when the ledger can be read.", nil, nil)
	lastSuccess = prometheus.NewDesc("handrail_inbox_last_success_timestamp_seconds", "When this process last looked into the inbox with success; 0 never.", []string{"inbox"}, nil)
	messages    = prometheus.NewDesc("handrail_messages", "Messages by state.", []string{"state"}, nil)
	linesDesc   = prometheus.NewDesc("handrail_lines", "Lines by outcome.", []string{"outcome"}, nil)
	mails       = prometheus.NewDesc("handrail_mails", "Outgoing mails by state.", []string{"state"}, nil)
	escalations = prometheus.NewDesc("handrail_escalations", "Escalations by state.", []string{"state"}, nil)
	dueDesc     = prometheus.NewDesc("handrail_due", "Rows that are due now, by step.", []string{"step"}, nil)
	oldest      = prometheus.NewDesc("handrail_oldest_seconds", "Age of what waits longest: a message to be judged, a mail to be sent, a line with an officer; 0 when nothing waits.", []string{"what"}, nil)
	attempts    = prometheus.NewDesc("handrail_attempts", "Rows of a step that failed and are tried again (failed), that are set aside until somebody releases them (aside), or that a run works on (in_hand).", []string{"state", "step"}, nil)
	outagesDesc = prometheus.NewDesc("handrail_outages", "How many servers, logins and folders around the job do not work.", nil, nil)
	chain       = prometheus.NewDesc("handrail_chain_links", "Links of the chain of decisions.", nil, nil)
)

// Describe lists the metrics.
func (m *Monitor) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{buildInfo, ledgerUp, lastSuccess, messages, linesDesc, mails, escalations, dueDesc, oldest, attempts, outagesDesc, chain} {
		to <- d
	}
}

// Collect reads the ledger once.
func (m *Monitor) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	gauge(buildInfo, 1, m.o.Version, m.o.Commit)
	for name, at := range m.o.LastSuccess() {
		seconds := 0.0
		if !at.IsZero() {
			seconds = float64(at.UnixMilli()) / 1000
		}
		gauge(lastSuccess, seconds, name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	s, err := m.status(ctx)
	if err != nil {
		gauge(ledgerUp, 0)
		return
	}
	gauge(ledgerUp, 1)
	for _, state := range []ledger.MessageState{ledger.Received, ledger.Judged, ledger.Filed, ledger.Quarantined, ledger.Released} {
		gauge(messages, float64(s.Messages[state]), string(state))
	}
	for _, outcome := range []request.Outcome{request.Approved, request.Escalated, request.Returned, request.Declined, request.Withdrawn, request.Revoked, request.Superseded} {
		gauge(linesDesc, float64(s.Lines[outcome]), string(outcome))
	}
	for _, state := range ledger.OutgoingStates() {
		gauge(mails, float64(s.Outgoing[state]), string(state))
	}
	for state, n := range s.Escalations {
		gauge(escalations, float64(n), string(state))
	}
	for _, step := range ledger.Steps() {
		gauge(dueDesc, float64(s.Pending.Due[step]), string(step))
	}
	for state, byStep := range map[string]map[ledger.Step]int{"failed": s.Attempts.Failed, "aside": s.Attempts.Aside, "in_hand": s.Attempts.Claimed} {
		for step, n := range byStep {
			gauge(attempts, float64(n), state, string(step))
		}
	}
	gauge(outagesDesc, float64(len(s.Outages)))
	age := func(since time.Time) float64 {
		if since.IsZero() {
			return 0
		}
		return max(0, m.o.Now().Sub(since).Seconds())
	}
	gauge(oldest, age(s.WaitingSince), "message")
	gauge(oldest, age(s.UnsentSince), "mail")
	gauge(oldest, age(s.Oldest.JudgedAt), "escalation")
	gauge(chain, float64(s.Head.Seq))
}
