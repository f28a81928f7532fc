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

// sendPatience is how long sending may fail.
const sendPatience = 30 * time.Minute

// leastPatience is how long an inbox may go without success, however often it is looked into.
const leastPatience = 15 * time.Minute

// Options say what is monitored.
type Options struct {
	Ledger *ledger.Ledger
	// LastSuccess is when each inbox was last looked into with success, by its name; zero for never.
	LastSuccess func() map[string]time.Time
	// LastSendings is when a mail server last took a mail and when it last did not, as far as this process knows.
	LastSendings func() (accepted, failed time.Time)
	// Sending is the name of the outage in which nothing can be sent, RefusedLogin the class of one in which a login is refused.
	Sending, RefusedLogin string
	// WeeksMissed counts the weekly workbooks that are late.
	WeeksMissed func(ctx context.Context, tx *ledger.Tx, now time.Time) (int, error)
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
	// OldestOwed is since when somebody is to be told something that no mail says yet.
	OldestOwed string `json:"oldest_owed,omitempty"`
	// SentAt is when a mail server last took a mail, SendFailedAt when it last did not.
	SentAt       string `json:"last_sent,omitempty"`
	SendFailedAt string `json:"last_send_failure,omitempty"`
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
	sent, failed, since := m.sending(&s.Status)
	if age := m.o.Now().Sub(since); !since.IsZero() && age > sendPatience {
		not(fmt.Sprintf("nothing could be sent for %s", age.Round(time.Second)))
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
	}{{s.WaitingSince, &h.OldestWaiting}, {s.UnsentSince, &h.OldestUnsent}, {s.OwedSince, &h.OldestOwed}, {sent, &h.SentAt}, {failed, &h.SendFailedAt}} {
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

// status is what the ledger says.
type status struct {
	ledger.Status
	weeksMissed int
}

func (m *Monitor) status(ctx context.Context) (s status, err error) {
	now := m.o.Now()
	err = m.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		if s.Status, err = tx.Status(ctx, now, 0); err != nil {
			return err
		}
		s.weeksMissed, err = m.o.WeeksMissed(ctx, tx, now)
		return err
	})
	return s, err
}

// sending is when a mail server last took a mail and when it last did not, and since when nothing can be sent; zero for never.
func (m *Monitor) sending(s *ledger.Status) (sent, failed, since time.Time) {
	sent, failed = m.o.LastSendings()
	if s.SentAt.After(sent) {
		sent = s.SentAt // by another run
	}
	for i := range s.Outages {
		if o := &s.Outages[i]; o.Name == m.o.Sending {
			since = o.FailedAt
			if o.LastAt.After(failed) {
				failed = o.LastAt
			}
		}
	}
	return sent, failed, since
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
	oldest      = prometheus.NewDesc("handrail_oldest_seconds", "Age of what waits longest: a message to be judged, a mail to be sent, a line with an officer, something to be told that no mail says yet (owed); 0 when nothing waits.", []string{"what"}, nil)
	attempts    = prometheus.NewDesc("handrail_attempts", "Rows of a step that failed and are tried again (failed), that are set aside until somebody releases them (aside), or that a run works on (in_hand).", []string{"state", "step"}, nil)
	outagesDesc = prometheus.NewDesc("handrail_outages", "How many servers, logins and folders around the job do not work.", nil, nil)
	sentDesc    = prometheus.NewDesc("handrail_sending_last_success_timestamp_seconds", "When a mail server last took a mail; 0 never.", nil, nil)
	unsentDesc  = prometheus.NewDesc("handrail_sending_last_failure_timestamp_seconds", "When a mail server last did not take a mail, as far as is known; 0 never.", nil, nil)
	loginsDesc  = prometheus.NewDesc("handrail_logins_refused", "How many logins are refused.", nil, nil)
	textsDesc   = prometheus.NewDesc("handrail_texts_refused", "How many policies and lists of officers on disk have mistakes and are not taken.", nil, nil)
	weeksDesc   = prometheus.NewDesc("handrail_weeks_missed", "How many people have not got the workbook of a week that was due.", nil, nil)
	backupDesc  = prometheus.NewDesc("handrail_backup_last_timestamp_seconds", "When handrail ledger backup last wrote a copy that was verified; 0 never. Not there on PostgreSQL.", nil, nil)
	chain       = prometheus.NewDesc("handrail_chain_links", "Links of the chain of decisions.", nil, nil)
)

// Describe lists the metrics.
func (m *Monitor) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{buildInfo, ledgerUp, lastSuccess, messages, linesDesc, mails, escalations, dueDesc, oldest, attempts, outagesDesc, sentDesc, unsentDesc,
		loginsDesc, textsDesc, weeksDesc, backupDesc, chain} {
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
		gauge(lastSuccess, stamp(at), name)
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
	gauge(oldest, age(s.OwedSince), "owed")
	gauge(chain, float64(s.Head.Seq))
	m.collectTold(gauge, &s)
}

// collectTold gives what an operator has to hear of.
func (m *Monitor) collectTold(gauge func(*prometheus.Desc, float64, ...string), s *status) {
	sent, failed, _ := m.sending(&s.Status)
	gauge(sentDesc, stamp(sent))
	gauge(unsentDesc, stamp(failed))
	logins := 0
	for i := range s.Outages {
		if s.Outages[i].Class == m.o.RefusedLogin {
			logins++
		}
	}
	gauge(loginsDesc, float64(logins))
	gauge(textsDesc, float64(len(s.RefusedTexts)))
	gauge(weeksDesc, float64(s.weeksMissed))
	if m.o.Ledger.Dialect() == ledger.SQLite {
		gauge(backupDesc, stamp(s.BackedUpAt))
	}
}

// stamp is an instant as Prometheus has it; 0 for never.
func stamp(at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return float64(at.UnixMilli()) / 1000
}
