package batch_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/ledgertest"
	"handrail/internal/mailtest"
	"handrail/internal/programtest"
	"handrail/internal/request"
	"handrail/rules"
)

// program is the real program at a department: the binary with its crash points, a configuration file, and whatever lies
// in the ledger between two of its runs.
type program struct {
	*agency
	bin, dir string
	config   ledger.Config
}

// built is the binary that can be killed at every crash point and be told the time, built once for all tests.
var built = sync.OnceValues(func() (string, error) {
	bin := filepath.Join(os.Getenv(programDir), "handrail")
	return bin, programtest.Copy(programtest.Source, bin, "-tags", "crashpoints")
})

// programDir is where TestMain says that the binary may lie until all tests are done.
const programDir = "HANDRAIL_TEST_PROGRAM_DIR"

// connections is how many connections to the mail server the program has, each with a mail on its way at most.
const connections = 2

// install puts the program to work at a department; config is its ledger, in a file of its own when that is empty.
func install(t testing.TB, config ledger.Config) *program { return installAt(t, config, nil) }

func installAt(t testing.TB, config ledger.Config, at func(*mailtest.Options)) *program {
	t.Helper()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{agency: openOffice(t, at), bin: bin, dir: t.TempDir(), config: config}
	if config.URL == "" {
		p.config.URL = filepath.Join(p.dir, "ledger.db")
	}
	p.writePolicy("")
	p.writeFile("password", "secret\n")
	p.writeFile("handrail.toml", p.configuration())
	recorded, err := ledgertest.Open(t, p.config)
	if err == nil {
		err = recorded.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *program) writeFile(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	// Written long ago: the program waits for a text that was touched just now.
	if err := os.Chtimes(path, monday.Add(-time.Hour), monday.Add(-time.Hour)); err != nil {
		p.t.Fatal(err)
	}
}

// writePolicy writes the shipped policy with more text at its end.
func (p *program) writePolicy(more string) {
	p.t.Helper()
	shipped, err := rules.LoadShipped("esdc-micro-acquisition")
	if err != nil {
		p.t.Fatal(err)
	}
	p.policy = shipped
	p.writeFile("policy.toml", shipped.Text()+"\n"+more)
}

// configuration is what a department would write: three officers, one of whom gets one mail a day.
func (p *program) configuration() string {
	imapHost, imapPort := hostPort(p.t, p.office.IMAPAddr())
	smtpHost, smtpPort := hostPort(p.t, p.office.SMTPAddr())
	return strings.NewReplacer("{ledger}", p.address(), "{imap}", fmt.Sprintf("host = %q\nport = %d", imapHost, imapPort),
		"{smtp}", fmt.Sprintf("host = %q\nport = %d", smtpHost, smtpPort)).Replace(`
policy = "policy.toml"
[department]
domains = ["` + testDomain + `"]
operator = "` + testOps + `"
name = { en = "Department of Tests", fr = "Ministère des Essais" }
[schedule]
time_zone = "America/Toronto"
poll = "*/5 * * * *"
weekly = "0 7 * * 1"
[ledger]
url = "{ledger}"
keep_mail_days = 90
[[inbox]]
name = "requests"
{imap}
tls = "none"
username = "` + testInbox + `"
password = { file = "password" }
authserv_id = ["mx.` + testDomain + `"]
statement_senders = ["` + testFinance + `"]
[inbox.folders]
sent = "Sent"
[smtp]
{smtp}
tls = "none"
username = "` + testInbox + `"
password = { file = "password" }
from = "` + testInbox + `"
connections = 2
[[officer]]
email = "` + testOfficer + `"
name = "Odile Officer"
language = "en"
limit = "25000.00"
cost_centres = ["4410"]
[[officer]]
email = "` + testDeputy + `"
name = "Dario Deputy"
language = "en"
limit = "25000.00"
cost_centres = ["7700"]
digest = true
[[officer]]
email = "` + testHead + `"
name = "Hana Head"
language = "fr"
[decisions]
hold = "0s"
[finance]
recipients = ["` + testFinance + `"]
language = "en"
`)
}

// command is one run of the program as of the department's clock.
func (p *program) command(ctx context.Context, crash string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, p.bin, append(args, "--config", filepath.Join(p.dir, "handrail.toml"))...)
	c.Env = append(os.Environ(), "HANDRAIL_CLOCK="+p.now().Format(time.RFC3339), "HANDRAIL_CRASH="+crash,
		"HANDRAIL_CRASH_TRACE="+filepath.Join(p.dir, "trace"))
	return c
}

// onePass makes one pass, and says whether the program died by SIGKILL. Troubles of which the operator is told are none here.
func (p *program) onePass(crash string) (killed bool) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 2*time.Minute)
	defer cancel()
	out, err := p.command(ctx, crash, "run", "--once").CombinedOutput()
	if wasKilled(err) && ctx.Err() == nil {
		p.bury()
		return true
	}
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		p.t.Fatalf("run with crash %q at %s: %v\n%s", crash, p.now(), err, out)
	}
	return false
}

// killedAfter kills a pass after some time, wherever it is by then; killed is false for one that was done before.
func (p *program) killedAfter(d time.Duration) (killed bool) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), d)
	defer cancel()
	out, err := p.command(ctx, "", "run", "--once").CombinedOutput()
	if errors.Is(err, context.DeadlineExceeded) {
		return false // it came to its end before the signal did, and all was well
	}
	var exit *exec.ExitError
	if err != nil && !wasKilled(err) && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		p.t.Fatalf("run at %s: %v\n%s", p.now(), err, out)
	}
	if !wasKilled(err) {
		return false
	}
	p.bury()
	return true
}

// address is the ledger's address for the program: on PostgreSQL its sessions have a name of their own.
func (p *program) address() string {
	name := p.sessions()
	if name == "" {
		return p.config.URL
	}
	return p.config.URL + "&application_name=" + name
}

// sessions is the name of the program's sessions on PostgreSQL, "" on SQLite.
func (p *program) sessions() string {
	if !strings.HasPrefix(p.config.URL, "postgres") {
		return ""
	}
	u, err := url.Parse(p.config.URL)
	if err != nil {
		p.t.Fatal(err)
	}
	return "of-" + u.Query().Get("search_path")
}

// bury ends what a killed program left on PostgreSQL, where a statement that it had sent goes on without it and commits,
// and then rescues its jobs.
func (p *program) bury() {
	p.t.Helper()
	name := p.sessions()
	if name == "" {
		return
	}
	db, err := sql.Open("pgx", p.config.URL)
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(p.t.Context(), "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE application_name = $1", name); err != nil {
		p.t.Fatal(err)
	}
	p.rescue()
}

// rescue gives the queue's jobs of a machine that is gone, or stands still, to the others. On PostgreSQL the queue does so by
// itself after ninety seconds; on SQLite the next start does.
func (p *program) rescue() {
	p.t.Helper()
	if !strings.HasPrefix(p.config.URL, "postgres") {
		return
	}
	db, err := sql.Open("pgx", p.config.URL)
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(p.t.Context(), "UPDATE river_job SET state = 'available' WHERE state = 'running'"); err != nil {
		p.t.Fatal(err)
	}
}

func wasKilled(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// met lists the crash points that the runs since the last call met, in their order.
func (p *program) met() []string {
	p.t.Helper()
	path := filepath.Join(p.dir, "trace")
	text, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		p.t.Fatal(err)
	}
	return strings.Fields(string(text))
}

// look reads the ledger while no run is at it, and holds what is outside against the invariants.
func (p *program) look() *outside {
	p.t.Helper()
	recorded, err := ledger.Open(p.t.Context(), p.config, ledger.Read)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = recorded.Close() }()
	p.ledger = recorded
	return p.outside()
}

// reads is the first mail to somebody whose subject holds some words.
func (p *program) reads(who, words string) *ingest.Mail {
	p.t.Helper()
	for _, m := range p.inbox(who) {
		if strings.Contains(m.Subject, words) {
			return m
		}
	}
	p.t.Fatalf("%s has no mail about %q", who, words)
	return nil
}

// A small department's weeks, so told that every step of the job has something to do in one of them.
type chapter struct {
	name string
	at   time.Time // when the job looks
	do   func(p *program)
}

func chapters(t testing.TB) []chapter {
	nothing := func(*program) {}
	return []chapter{
		{"requests come", toronto(t, "2026-11-23 10:05"), func(p *program) {
			p.send(testStaff, "Four purchases", "Form attached.", p.form(testStaff, request.English,
				line("Screen reader fixes", "Northwind", "4000", "520", "4520"), line("Calculator redesign", "Mille Pages", "9500", "1235", "10735"),
				line("Course material", "Zenith", "9600", "1248", "10848"), line("Usability tests", "Cedar", "1800", "234", "2034", "rationale", "")))
			p.send(testOther, "Un achat", "Formulaire ci-joint.", p.form(testOther, request.French, line("Traduction", "Boréal", "12000", "1560", "13560")))
			p.send(testOther, "Gear", "Form attached.", p.form(testOther, request.English, line("Gear", "Quartz", "11000", "1430", "12430", "cost_centre", "7700")))
			p.send(testStaff, "A question", "How do I fill in the form?")
			p.send(testStaff, "Broken", "Form attached.", []byte("PK\x03\x04 and nothing more"))
		}},
		{"an officer answers, finance sends a statement", toronto(t, "2026-11-23 12:00"), func(p *program) {
			asked := p.reads(testOfficer, "and 1 more")
			p.mailReply(testOfficer, asked, "APPROVE 1\nDECLINE 2: the library has this material already")
			p.send(testFinance, "Card activity", "Attached.", cardStatement(row("2026-11-23", "NORTHWIND", "4520.00", "HR-2026-000001-01"), row("2026-11-23", "Coffee", "5.00", "")))
		}},
		{"the mail of the day", toronto(t, "2026-11-24 09:00"), nothing},
		{"a reminder", toronto(t, "2026-11-25 14:00"), (*program).askTooLate},
		{"the week", toronto(t, "2026-11-30 07:30"), nothing},
		{"somebody else is asked", toronto(t, "2026-11-30 15:00"), nothing},
		{"a statement comes late", toronto(t, "2026-12-01 10:00"), func(p *program) {
			p.send(testFinance, "Card activity", "Late.", cardStatement(row("2026-11-25", "MILLE PAGES", "10735.00", "HR-2026-000001-02")))
		}},
		{"the next week, and the corrected one", toronto(t, "2026-12-07 07:30"), nothing},
		{"codes expire", toronto(t, "2026-12-15 15:00"), nothing},
		{"the policy changes", toronto(t, "2026-12-16 10:00"), func(p *program) { p.writePolicy("# reviewed in December\n") }},
		{"a change is refused", toronto(t, "2026-12-16 11:00"), func(p *program) { p.writePolicy("[no such table]\n") }},
		{"old mail goes", toronto(t, "2027-03-02 10:00"), func(p *program) { p.writePolicy("# reviewed in December\n") }},
	}
}

// askTooLate leaves an escalation of a line that was decided meanwhile, as a machine does that composed its mail just then.
func (p *program) askTooLate() {
	p.t.Helper()
	recorded, err := ledgertest.Open(p.t, p.config)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = recorded.Close() }()
	if err := recorded.Update(p.t.Context(), func(tx *ledger.Tx) error {
		all, err := tx.Escalations.ByID(p.t.Context(), []int64{1, 2, 3, 4, 5, 6}) // what died in hand is asked about in another order
		decided := slices.IndexFunc(all, func(e ledger.Escalation) bool { return e.State == ledger.EscalationDecided })
		if err != nil || decided < 0 {
			return fmt.Errorf("no escalation is decided: %+v: %w", all, err)
		}
		late := all[decided]
		late.Code, late.NextAt = "late"+late.Code[4:], p.now()
		_, err = tx.Escalations.Add(p.t.Context(), p.now(), []ledger.Escalation{late})
		return err
	}); err != nil {
		p.t.Fatal(err)
	}
}

// begin begins a chapter: its time has come, and what people do in it is done.
func (p *program) begin(c chapter) {
	p.mu.Lock()
	p.clock = c.at
	p.mu.Unlock()
	c.do(p)
}

// rest lets the program finish what a kill left, ten minutes later.
func (p *program) rest() {
	p.t.Helper()
	for range 2 { // what was in hand is tried alone, after all others: that may take one more pass
		p.agency.pass(10 * time.Minute)
		p.onePass("")
	}
}
