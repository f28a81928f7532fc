package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/internal/demo"
	"handrail/internal/mailtest"
	"handrail/internal/mailtest/dovecot"
	"handrail/internal/programtest"
	"handrail/internal/request"
)

// docs/quick-start.md, word for word: its commands in its order with the real program, its configuration with nothing
// changed but where the servers are. At its end a form that somebody filled and mailed is answered by the running
// service, and finance's workbook is there. On the post office, and on a Dovecot that gets the inbox's mail by LMTP.
func TestTheQuickStartWordForWord(t *testing.T) {
	t.Run("post office", func(t *testing.T) {
		q := newQuickStart(t, demo.Password)
		q.imapPort = portOf(t, q.office.IMAPAddr())
		q.follow()
	})
	t.Run("Dovecot", func(t *testing.T) {
		server, err := dovecot.Start()
		if errors.Is(err, dovecot.ErrMissing) && os.Getenv("HANDRAIL_TEST_DOVECOT") == "" {
			t.Skip("the page was followed on the post office only: ", err)
		} else if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := server.Close(); err != nil {
				t.Error(err)
			}
		})
		q := newQuickStart(t, dovecot.Password)
		q.imapPort = strconv.Itoa(server.IMAPPort)
		handOn(t, q.office, server)
		q.follow()
		if n := q.office.Count(demo.Inbox, "INBOX"); n == 0 {
			t.Error("the border server handed nothing on: this ran on the post office")
		}
	})
}

// quickClerk is who fills the form.
const quickClerk = "amara.osei@" + demo.Domain

// newQuickStart is somebody in an empty directory, and the department's border mail server, which takes what is sent.
func newQuickStart(t *testing.T, password string) *quickStart {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skipf("bash is not installed: %v", err)
	}
	o := mailtest.Options{Domains: []string{demo.Domain}, AuthServID: "mx." + demo.Domain, Now: time.Now}
	for _, a := range []string{demo.Inbox, demo.Officer, demo.Finance, demo.Operator, quickClerk} {
		o.Users = append(o.Users, mailtest.User{Address: a, Password: password})
	}
	office, err := mailtest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = office.Close() })

	return &quickStart{t: t, bash: bash, password: password, dir: t.TempDir(), office: office}
}

// handOn gives what the border server takes for the inbox to Dovecot, as it comes.
func handOn(t *testing.T, office *mailtest.Office, server *dovecot.Server) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- carryOn(ctx, office, server) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("mail was not handed on to Dovecot: %v", err)
		}
	})
}

func carryOn(ctx context.Context, office *mailtest.Office, server *dovecot.Server) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for given := 0; ; {
		if office.Count(demo.Inbox, "INBOX") > given {
			list, err := office.Messages(demo.Inbox, "INBOX")
			if err != nil {
				return err
			}
			for ; given < len(list); given++ {
				if err := server.Deliver(quickClerk, demo.Inbox, list[given].Raw); err != nil {
					return err
				}
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func portOf(t *testing.T, addr string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// here is the time that the clocks of the page's department show: its days and months are not those of this machine.
func (q *quickStart) here() time.Time { return time.Now().In(mustZone(q.t, "America/Toronto")) }

// follow does what the page says and looks at what came of it.
func (q *quickStart) follow() {
	t := q.t
	text, err := os.ReadFile("../../docs/quick-start.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := quickBlock.FindAllStringSubmatch(string(text), -1)
	for _, block := range blocks {
		if block[1] == "toml" {
			q.configure(block[2])
			continue
		}
		for line := range strings.Lines(block[2]) {
			if line = strings.TrimSpace(line); line == "./handrail run" {
				q.serve(quickClerk)
			} else {
				q.command(line)
			}
		}
	}
	if q.commands < 12 || !q.served {
		t.Errorf("%d commands, service %t: the page is written otherwise than this test reads it", q.commands, q.served)
	}
	for _, said := range []string{"Everything works", "Accessibility audit"} {
		if !strings.Contains(q.output.String(), said) {
			t.Errorf("nothing said %q:\n%s", said, q.output.String())
		}
	}
	for name, holds := range map[string]bool{"week.xlsx": false, "month.xlsx": true} {
		book, err := excelize.OpenFile(filepath.Join(q.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		found, err := book.SearchSheet("Decisions", "HR-"+q.here().Format("2006")+"-000001-01")
		if err != nil || len(found) > 0 != holds {
			t.Errorf("%s: the line is in %v of Decisions, %v", name, found, err)
		}
		_ = book.Close()
	}
}

var quickBlock = regexp.MustCompile("(?ms)^```(sh|toml)\n(.*?)^```$")

// quickStart is a newcomer in a directory of their own.
type quickStart struct {
	t         *testing.T
	bash, dir string
	password  string // of every mailbox
	office    *mailtest.Office
	imapPort  string // where the inbox is
	commands  int
	served    bool
	output    bytes.Buffer
}

// configure saves the page's configuration, with the servers where they are here.
func (q *quickStart) configure(text string) {
	q.t.Helper()
	for host, port := range map[string]string{"imap.department.example": q.imapPort, "smtp.department.example": portOf(q.t, q.office.SMTPAddr())} {
		old := fmt.Sprintf("host = %q\n", host)
		if !strings.Contains(text, old) {
			q.t.Fatalf("the page does not say %s", old)
		}
		text = strings.Replace(text, old, fmt.Sprintf("host = \"127.0.0.1\"\nport = %s\ntls = \"none\"\n", port), 1)
	}
	if err := os.WriteFile(filepath.Join(q.dir, "handrail.toml"), []byte(text), 0o600); err != nil {
		q.t.Fatal(err)
	}
}

// command runs one line of the page. What is built is built from this source; the demo has a test of its own.
func (q *quickStart) command(line string) {
	q.t.Helper()
	q.commands++
	line = strings.ReplaceAll(line, "HR-2026-", q.here().Format("HR-2006-"))
	line = strings.ReplaceAll(line, "--period 2026-11 ", q.here().Format("--period 2006-01 "))
	cmd := exec.Command(q.bash, "-c", line)
	cmd.Dir = q.dir
	if strings.HasPrefix(line, "go run ") {
		return
	}
	if source, found := strings.CutPrefix(line, "go build -o handrail ./"); found {
		if err := programtest.Copy(path.Join("handrail", source), filepath.Join(q.dir, "handrail")); err != nil {
			q.t.Fatal(err)
		}
		return
	}
	cmd.Stdin = strings.NewReader(q.password + "\n")
	out, err := cmd.CombinedOutput()
	q.output.Write(out)
	if err != nil {
		q.t.Fatalf("%s: %v\n%s", line, err, out)
	}
}

// serve starts the service, mails a filled form, waits for the answer, and stops the service as Ctrl-C does.
func (q *quickStart) serve(clerk string) {
	q.t.Helper()
	q.served = true
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, filepath.Join(q.dir, "handrail"), "run")
	cmd.Dir = q.dir
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		q.t.Fatal(err)
	}
	q.mailForm(clerk)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for q.office.Count(clerk, "INBOX") == 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			q.t.Fatalf("no answer came\n%s", said.String())
		}
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		q.t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		q.t.Errorf("stopped by Ctrl-C: %v\n%s", err, said.String())
	}
	answers, err := q.office.Messages(clerk, "INBOX")
	if err != nil || len(answers) != 1 || !bytes.Contains(answers[0].Raw, []byte("Subject: Your line is approved")) {
		q.t.Errorf("%d answers, %v\n%s", len(answers), err, said.String())
	}
}

// mailForm fills the form that the page made, as somebody does in Excel, and mails it.
func (q *quickStart) mailForm(from string) {
	q.t.Helper()
	path := filepath.Join(q.dir, "request-form.xlsx")
	form, err := excelize.OpenFile(path)
	if err != nil {
		q.t.Fatal(err)
	}
	defer func() { _ = form.Close() }()
	day := func(back int) string { return q.here().AddDate(0, 0, -back).Format(time.DateOnly) }
	right := map[string]string{"Requester": "Amara Osei", "Email": from, "Branch": "Service Delivery", "Language": "English", "Cost centre": "4410-20",
		"Section 32 manager": "helen.park@" + demo.Domain, "Section 32 date": day(4), "Section 32 amount": "9000", "Payment": "acquisition card",
		"Cardholder": "card.holder@" + demo.Domain, "Commodity type": "services", "Attestation": "yes",
		"Standalone work": "yes", "Internal capacity": "none", "Terms accepted on": day(2), "Licence": "MIT",
		"Open repository": "https://github.com/department-example/work"}
	below := map[string]string{"Title": "Accessibility audit", "Title in the other language": "Vérification de l’accessibilité", "Supplier": "Northwind Accessibility Inc.",
		"Why this supplier": "Best of three quotes.", "Subtotal": "4000", "Tax": "520", "Total": "4520"}
	sheet := form.GetSheetList()[0]
	rows, err := form.GetRows(sheet)
	if err != nil {
		q.t.Fatal(err)
	}
	set := 0
	for r, row := range rows {
		for c, label := range row {
			label, _, _ = strings.Cut(label, " / ")
			value, dc, dr := right[label], 1, 0
			if v, ok := below[label]; ok {
				value, dc, dr = v, 0, 1
			}
			if value == "" {
				continue
			}
			cell, err := excelize.CoordinatesToCellName(c+1+dc, r+1+dr)
			if err == nil {
				err = form.SetCellValue(sheet, cell, value)
			}
			if err != nil {
				q.t.Fatal(err)
			}
			set++
		}
	}
	if set != len(right)+len(below) {
		q.t.Fatalf("%d of %d cells were found in the form", set, len(right)+len(below))
	}
	var b bytes.Buffer
	if err := form.Write(&b); err != nil {
		q.t.Fatal(err)
	}
	m := demo.Mail{File: "quick-start", From: from, Name: "Amara Osei", Subject: "A small purchase", Text: "The form is attached.\n", Language: request.English}
	raw, err := demo.WriteMail(m, 0, "request-form.xlsx", b.Bytes(), time.Now())
	if err != nil {
		q.t.Fatal(err)
	}
	mailAs(q.t, q.office, from, q.password, raw)
}

// mailAs hands a mail to the post office as somebody's mail program does.
func mailAs(t *testing.T, office *mailtest.Office, from, password string, raw []byte) {
	t.Helper()
	if err := demo.SendAs(t.Context(), office, from, password, raw, time.Now); err != nil {
		t.Fatal(err)
	}
}
