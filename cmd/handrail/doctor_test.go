package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"handrail/internal/demo"
	"handrail/internal/doctor"
	"handrail/internal/ledgertest"
	"handrail/internal/mailtest"
)

// clinic is a department's installation as a newcomer has it: a configuration file, its secrets, and a mail server.
type clinic struct {
	t      testing.TB
	dir    string
	office *mailtest.Office
	text   string
	more   []string // further arguments of doctor
}

func openClinic(t testing.TB, change func(*mailtest.Options)) *clinic {
	t.Helper()
	o := mailtest.Options{Domains: []string{demo.Domain}, AuthServID: "mx." + demo.Domain, Now: time.Now}
	for _, a := range []string{demo.Inbox, demo.Officer, demo.OfficerF, demo.Finance, demo.Operator} {
		o.Users = append(o.Users, mailtest.User{Address: a, Password: demo.Password, Token: "a.b.c"})
	}
	if change != nil {
		change(&o)
	}
	office, err := mailtest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = office.Close() })
	c := &clinic{t: t, dir: t.TempDir(), office: office}
	_, imapPort, _ := net.SplitHostPort(office.IMAPAddr())
	_, smtpPort, _ := net.SplitHostPort(office.SMTPAddr())
	c.text = fmt.Sprintf(`policy = "esdc-micro-acquisition"
[department]
name = { en = "Department of Examples", fr = "Ministère des Exemples" }
domains = [%q]
operator = %q
[schedule]
time_zone = "America/Toronto"
poll = "*/5 * * * *"
weekly = "0 7 * * 1"
[ledger]
url = "data/handrail.db"
[[inbox]]
name = "requests"
host = "127.0.0.1"
port = %s
tls = "none"
username = %q
password = { file = "imap-password" }
authserv_id = ["mx.%s"]
statement_senders = [%q]
[smtp]
host = "127.0.0.1"
port = %s
tls = "none"
username = %q
password = { file = "smtp-password" }
from = %q
[[officer]]
email = %q
name = "Dana Whitfield"
title = "Manager, Procurement"
[finance]
recipients = [%q]
language = "en"
`, demo.Domain, demo.Operator, imapPort, demo.Inbox, demo.Domain, demo.Finance, smtpPort, demo.Inbox, demo.Inbox, demo.Officer, demo.Finance)
	for _, name := range []string{"imap-password", "smtp-password"} {
		c.write(name, demo.Password+"\n", 0o600)
	}
	if err := os.Mkdir(filepath.Join(c.dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	ledgertest.Create(t, c.ledger())
	return c
}

// ledger is where the configuration says that it is.
func (c *clinic) ledger() string { return filepath.Join(c.dir, "data/handrail.db") }

// noLedger takes the ledger away.
func (c *clinic) noLedger() {
	c.t.Helper()
	if err := os.Remove(c.ledger()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.t.Fatal(err)
	}
}

func (c *clinic) write(name, text string, mode os.FileMode) {
	c.t.Helper()
	path := filepath.Join(c.dir, name)
	if err := errors.Join(os.WriteFile(path, []byte(text), mode), os.Chmod(path, mode)); err != nil {
		c.t.Fatal(err)
	}
}

// edit replaces a part of the configuration, which must be there.
func (c *clinic) edit(old, new string) {
	c.t.Helper()
	if !strings.Contains(c.text, old) {
		c.t.Fatalf("the configuration holds no %q", old)
	}
	c.text = strings.Replace(c.text, old, new, 1)
}

// doctor runs the command as a newcomer would.
func (c *clinic) doctor(args ...string) (code int, stdout, stderr string) {
	c.t.Helper()
	c.write("handrail.toml", c.text, 0o600)
	var out, errs bytes.Buffer
	args = append([]string{"doctor", "--config", filepath.Join(c.dir, "handrail.toml")}, args...)
	code = run(context.Background(), append(args, c.more...), &terminal{in: strings.NewReader(""), out: &out, err: &errs, now: time.Now})
	return code, out.String(), errs.String()
}

// said joins a text that was broken into lines.
func said(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestDoctorIsContentAndFilesItsTestMessage(t *testing.T) {
	c := openClinic(t, nil)
	code, out, errs := c.doctor()
	if code != exitDone || errs != "" {
		t.Fatalf("exit %d, %s\n%s", code, errs, out)
	}
	for _, want := range []string{"where it is", "next weekly workbook Mon", "0 messages, 0 lines", "in one step (MOVE)", "announced by the server (IDLE)",
		"made Processed, Quarantine", "arrival: in INBOX", "it was removed, and mx." + demo.Domain + " wrote its own", "moved to Processed", "clock: agrees", "Everything works"} {
		if !strings.Contains(said(out), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if n := c.office.Count(demo.Inbox, "Processed"); n != 1 {
		t.Errorf("%d messages in Processed", n)
	}
	for line := range strings.Lines(out) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > terminalWidth && !strings.Contains(line, c.dir) {
			t.Errorf("a line of %d characters: %s", n, line)
		}
	}
}

func TestDoctorWithoutMailChangesNothing(t *testing.T) {
	c := openClinic(t, nil)
	code, out, _ := c.doctor("--no-mail", "--format", "json")
	if code != exitDone {
		t.Errorf("exit %d", code)
	}
	var all struct {
		Checks []doctor.Finding
		Counts map[doctor.State]int
	}
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all.Checks) < 15 || all.Counts[doctor.Fine] < 10 {
		t.Errorf("%v: %s", err, out)
	}
	folders, err := c.office.Folders(demo.Inbox)
	if err != nil || len(folders) != 2 || c.office.NumSubmitted() != 0 {
		t.Errorf("folders %v, %d mails, %v", folders, c.office.NumSubmitted(), err)
	}
}

// Each mistake that a newcomer makes is answered with what is wrong, where, and what to do next.
func TestDoctorNamesEveryNewcomersMistake(t *testing.T) {
	withTLS := func(o *mailtest.Options) { o.TLS = true }
	for _, m := range []struct {
		name   string
		office func(*mailtest.Options)
		make   func(c *clinic)
		code   int
		says   []string
	}{
		{"wrong host", nil, func(c *clinic) {
			c.edit(`host = "127.0.0.1"`, `host = "imap.nowhere.invalid"`)
			c.edit(`tls = "none"`, `tls = "tls"`)
		}, exitUnreachable, []string{`no server called "imap.nowhere.invalid" is known here: correct host under [[inbox]]`}},
		{"wrong port", nil, func(c *clinic) {
			_, port, _ := net.SplitHostPort(c.office.IMAPAddr())
			c.edit("port = "+port, "port = 1")
		}, exitUnreachable, []string{"nothing answers on port 1 of 127.0.0.1: check port under [[inbox]] (993 with tls"}},
		{"TLS where there is none", nil, func(c *clinic) { c.edit(`tls = "none"`, `tls = "tls"`) },
			exitAct, []string{`does not begin with TLS: set tls = "starttls" under [[inbox]]`}},
		{"STARTTLS where there is none", nil, func(c *clinic) {
			c.edit("tls = \"none\"\nusername = \""+demo.Inbox+"\"\npassword = { file = \"smtp", "tls = \"starttls\"\nusername = \""+demo.Inbox+"\"\npassword = { file = \"smtp")
		},
			exitAct, []string{`offers no STARTTLS`, `set tls = "tls" and port = 465 under [smtp]`}},
		{"a private authority", withTLS, func(c *clinic) {
			c.edit(`tls = "none"`, `tls = "tls"`)
			c.edit(`tls = "none"`, `tls = "tls"`)
		}, exitAct, []string{"does not know the authority behind the certificate", "ca_file under [[inbox]]", "ca_file under [smtp]"}},
		{"wrong password", nil, func(c *clinic) { c.write("imap-password", "not it", 0o600) },
			exitAct, []string{"log in:", "try the same account and password in a mail program", "imap-password, one line"}},
		{"wrong SMTP password", nil, func(c *clinic) { c.write("smtp-password", "not it", 0o600) },
			exitAct, []string{"535", "the secret under [smtp]"}},
		{"no password file", nil, func(c *clinic) { _ = os.Remove(filepath.Join(c.dir, "imap-password")) },
			exitAct, []string{"imap-password is not there", "install -m 600 /dev/null"}},
		{"a password that others can read", nil, func(c *clinic) { c.write("imap-password", demo.Password, 0o644) },
			exitDone, []string{"can be read by others (mode 0644)", "chmod 600"}},
		{"wrong folder", nil, func(c *clinic) { c.edit("tls = \"none\"", "tls = \"none\"\nfolder = \"Inbox/Requests\"") },
			exitAct, []string{"folder must be one of the account's: INBOX, Sent"}},
		{"nobody to believe", nil, func(c *clinic) { c.edit("authserv_id = [\"mx."+demo.Domain+"\"]", "") },
			exitAct, []string{"authserv_id is empty, so nobody can be believed"}},
		{"an unwritable folder", nil, func(c *clinic) { c.edit("data/handrail.db", "/proc/handrail/handrail.db") },
			exitAct, []string{"ledger folder:", "/proc/handrail"}},
		{"another program's file", nil, func(c *clinic) {
			c.write("data/handrail.db", "not a database, but long enough to be mistaken for one\n", 0o600)
		},
			exitAct, []string{"this is not a Handrail ledger", "name another file under [ledger] url"}},
		{"a policy that is not there", nil, func(c *clinic) { c.edit(`policy = "esdc-micro-acquisition"`, `policy = "ours.toml"`) },
			exitAct, []string{"no shipped policy of that name", "shipped policies: esdc-micro-acquisition"}},
		{"the wrong time zone", nil, func(c *clinic) { c.edit("America/Toronto", "UTC") },
			exitDone, []string{"name the department's own zone"}},
		{"an officer nobody listens to", nil, func(c *clinic) { c.edit("authserv_id", "allowed_domains = [\"elsewhere.example\"]\nauthserv_id") },
			exitAct, []string{`answers from there are not taken by inbox "requests"`}},
		{"a recipient who does not exist", nil, func(c *clinic) { c.edit("recipients = [\""+demo.Finance, "recipients = [\"nobody@"+demo.Domain) },
			exitAct, []string{"nobody@" + demo.Domain + " would be refused: 550"}},
		{"the inbox as finance", nil, func(c *clinic) { c.edit("recipients = [\""+demo.Finance, "recipients = [\""+demo.Inbox) },
			exitAct, []string{"the weekly workbook would come back to the job"}},
		{"no templates there", nil, func(c *clinic) { c.text += "[templates]\ndir = \"wording\"\n" },
			exitAct, []string{"wording:", "leave templates.dir empty"}},
	} {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			c := openClinic(t, m.office)
			m.make(c)
			code, out, errs := c.doctor("--wait", "5s")
			if code != m.code {
				t.Errorf("exit %d, want %d", code, m.code)
			}
			for _, want := range m.says {
				if !strings.Contains(said(out), want) {
					t.Errorf("no %q in\n%s%s", want, out, errs)
				}
			}
		})
	}
}

func TestDoctorShowsHowTheNewestMessagesWouldBeTaken(t *testing.T) {
	c := openClinic(t, nil)
	for i, raw := range []string{
		"Authentication-Results: border.elsewhere.example; dmarc=pass header.from=" + demo.Domain + "\r\nFrom: Ann <ann@" + demo.Domain + ">\r\nSubject: Hello\r\nMessage-ID: <1@x>\r\n\r\nHello\r\n",
		"From: Mailer <mailer-daemon@elsewhere.example>\r\nReturn-Path: <>\r\nSubject: Undelivered\r\nAuto-Submitted: auto-replied\r\nMessage-ID: <2@x>\r\n\r\nNo.\r\n",
	} {
		if _, err := c.office.Deliver(demo.Inbox, mailtest.Inbox, []byte(raw), time.Now().Add(time.Duration(i)*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	code, out, _ := c.doctor("--no-mail")
	for _, want := range []string{"ann@" + demo.Domain + ": other, it is set aside in quarantine (no Authentication-Results of mx." + demo.Domain,
		"bounce, it is matched to the mail that came back", "topmost Authentication-Results are by border.elsewhere.example (1 of 2)", "write it into authserv_id"} {
		if !strings.Contains(said(out), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if code != exitAct {
		t.Errorf("exit %d", code)
	}
}

// A verdict that a border server lets in from outside would make anybody an officer.
func TestDoctorSeesThatAForgedVerdictIsBelieved(t *testing.T) {
	// The server vouches under another name than the one configured, and so leaves ours in the mail.
	c := openClinic(t, func(o *mailtest.Options) { o.AuthServID = "other." + demo.Domain })
	code, out, _ := c.doctor()
	if code != exitAct || !strings.Contains(said(out), "would have been believed: whoever can submit mail by this server could be anybody") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// leave puts a ledger where the configuration names it: one that an earlier version left, from its dump.
func (c *clinic) leave(dump string) *sql.DB {
	c.t.Helper()
	text, err := os.ReadFile(dump)
	if err != nil {
		c.t.Fatal(err)
	}
	c.noLedger()
	path := c.ledger()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		c.t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Exec(string(text)); err != nil {
		c.t.Fatal(err)
	}
	return db
}

// firstLedger is a ledger as the first version of the schema left it.
const firstLedger = "../../internal/ledger/testdata/versions/0001.sql"

func TestDoctorKnowsAnOldLedger(t *testing.T) {
	c := openClinic(t, nil)
	db := c.leave(firstLedger)
	_, out, _ := c.doctor("--no-mail")
	if text := said(out); !strings.Contains(text, "an older version of Handrail wrote this ledger") || !strings.Contains(text, "back it up first") || !strings.Contains(text, "handrail ledger upgrade") {
		t.Errorf("of an old ledger it says\n%s", out)
	}
	upgrade := func() string {
		t.Helper()
		var out bytes.Buffer
		if code := run(t.Context(), []string{"ledger", "upgrade", "--config", filepath.Join(c.dir, "handrail.toml")},
			&terminal{in: strings.NewReader(""), out: &out, err: &out, now: time.Now}); code != exitDone {
			t.Fatalf("exit %d\n%s", code, out.String())
		}
		return out.String()
	}
	if text := upgrade(); !strings.Contains(text, "was brought from version 1 to version ") || !strings.Contains(text, "\nidentity: ") {
		t.Errorf("the upgrade says %s", text)
	}
	if text := upgrade(); !strings.Contains(text, "nothing to do") {
		t.Errorf("the second upgrade says %s", text)
	}
	if code, out, _ := c.doctor("--no-mail"); code != exitDone || !strings.Contains(said(out), "6 messages, 5 lines") {
		t.Errorf("brought up to date: exit %d\n%s", code, out)
	}
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (4000, 1)"); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := c.doctor("--no-mail"); code != exitAct || !strings.Contains(said(out), "a newer version of Handrail wrote this ledger: it is at version 4000") {
		t.Errorf("of a newer ledger: exit %d\n%s", code, out)
	}
}

// recorded is how an explanation ends: with the same result, or with the reason why this program does not judge it again.
var recorded = regexp.MustCompile(`That is what was recorded\.|another version\s+of\s+the\s+helpers`)

// Years of decisions stay explained: what an earlier version decided is judged again after an upgrade, or shown as it was
// recorded where the policy's helpers have changed since, and its file proves itself.
func TestAnUpgradedLedgerIsStillExplained(t *testing.T) {
	dumps, err := filepath.Glob(filepath.Join(filepath.Dir(firstLedger), "*.sql"))
	if err != nil || len(dumps) < 5 {
		t.Fatalf("%d ledgers of earlier versions, %v", len(dumps), err)
	}
	for _, dump := range dumps {
		t.Run(filepath.Base(dump), func(t *testing.T) {
			t.Parallel()
			a := &archive{t: t, dir: t.TempDir(), now: demoDay}
			config := a.path("handrail.toml")
			a.handrail("init", "--config", config)
			(&clinic{t: t, dir: a.dir}).leave(dump)
			if code := a.handrail("explain", "HR-2026-000003-01", "--config", config); code != exitDone && !strings.Contains(a.seen.String(), "hint: back it up, then run `handrail ledger upgrade`") {
				t.Errorf("before: exit code %d\n%s", code, a.seen.String())
			}
			if code := a.handrail("ledger", "upgrade", "--config", config); code != exitDone {
				t.Fatalf("exit code %d\n%s", code, a.seen.String())
			}
			for _, line := range []string{"HR-2026-000001-01", "HR-2026-000001-02", "HR-2026-000001-03", "HR-2026-000002-01", "HR-2026-000003-01"} {
				if code := a.handrail("explain", line, "--config", config); !recorded.MatchString(a.seen.String()) {
					t.Errorf("exit code %d\n%s", code, a.seen.String())
				}
			}
			if code := a.handrail("ledger", "verify", "--config", config); code != exitDone {
				t.Errorf("exit code %d\n%s", code, a.seen.String())
			}
			a.file("HR-2026-000003", "case.zip")
			if code := a.handrail("file", "--verify", a.path("case.zip")); code != exitDone || !strings.Contains(a.seen.String(), "2026-W48") {
				t.Errorf("exit code %d\n%s", code, a.seen.String())
			}
		})
	}
}

// The team that runs a tenant is told which consent is missing, from the token itself.
func TestDoctorReadsTheConsentFromTheToken(t *testing.T) {
	jwt := func(roles string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(`{"roles":[`+roles+`]}`)) + ".x"
	}
	for _, m := range []struct {
		name, answer string
		status       int
		says         []string
	}{
		{"no consent", `{"access_token":"` + jwt("") + `","token_type":"Bearer","expires_in":3600}`, 200,
			[]string{"the token lacks IMAP.AccessAsApp and SMTP.SendAsApp", "Grant admin consent", "New-ServicePrincipal -AppId 0000-app", "Add-MailboxPermission -Identity " + demo.Inbox}},
		{"no mailbox permission", `{"access_token":"` + jwt(`"IMAP.AccessAsApp","SMTP.SendAsApp"`) + `","token_type":"Bearer","expires_in":3600}`, 200,
			[]string{"what is missing is the mailbox's side", "Add-MailboxPermission"}},
		{"expired secret", `{"error":"invalid_client","error_description":"AADSTS7000222: The provided client secret keys are expired."}`, 401,
			[]string{"the client secret has expired"}},
		{"no such application", `{"error":"unauthorized_client","error_description":"AADSTS700016: Application with identifier was not found"}`, 400,
			[]string{`compare client_id with "Application (client) ID"`}},
	} {
		t.Run(m.name, func(t *testing.T) {
			issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(m.status)
				fmt.Fprint(w, m.answer)
			}))
			defer issuer.Close()
			c := openClinic(t, nil)
			c.edit(`password = { file = "imap-password" }`, fmt.Sprintf(`auth = "oauth2-client"
oauth2 = { token_url = %q, client_id = "0000-app", client_secret = { file = "imap-password" }, scopes = ["x"] }`, issuer.URL))
			code, out, errs := c.doctor("--no-mail")
			for _, want := range m.says {
				if !strings.Contains(said(out), want) {
					t.Errorf("no %q in\n%s%s", want, out, errs)
				}
			}
			if code != exitAct || strings.Contains(out, demo.Password+"\n") {
				t.Errorf("exit %d\n%s", code, out)
			}
		})
	}
}
