package mailtest

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.FixedZone("EST", -5*3600))

const (
	intake = "requests@dept.example"
	staff  = "marie@dept.example"
)

func start(t testing.TB, change func(*Options)) *Office {
	t.Helper()
	o := Options{
		Domains: []string{"dept.example"},
		Users: []User{
			{Address: intake, Password: "p1", Token: "t1", Folders: []string{"Processed"}},
			{Address: staff, Password: "p2"},
			{Address: "supplier@elsewhere.example", Password: "p3"},
		},
		Now:  func() time.Time { return noon },
		Pace: time.Microsecond,
	}
	if change != nil {
		change(&o)
	}
	office, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := office.Close(); err != nil {
			t.Error(err)
		}
	})
	return office
}

func mailOf(from, subject, body string) []byte {
	return []byte("From: <" + from + ">\r\nTo: <" + intake + ">\r\nSubject: " + subject + "\r\nMessage-ID: <" + subject + "@dept.example>\r\n\r\n" + body + "\r\n")
}

// submit sends with the standard library's client, which owes nothing to the code under test.
func submit(office *Office, user, password, from string, to []string, raw []byte) error {
	c, err := smtp.Dial(office.SMTPAddr())
	if err != nil {
		return err
	}
	defer c.Close()
	if office.o.StartTLS {
		if err := c.StartTLS(&tls.Config{RootCAs: office.CertPool(), ServerName: "localhost"}); err != nil {
			return err
		}
	}
	if user != "" {
		if err := c.Auth(smtp.PlainAuth("", user, password, "127.0.0.1")); err != nil {
			return err
		}
	}
	if err := c.Mail(from); err != nil {
		return err
	}
	for _, r := range to {
		if err := c.Rcpt(r); err != nil {
			return err
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}

func login(t testing.TB, office *Office, user, password string) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(office.IMAPAddr(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.Login(user, password).Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

func messages(t testing.TB, office *Office, user, folder string) []Message {
	t.Helper()
	list, err := office.Messages(user, folder)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestSubmissionIsDeliveredWithItsHeaders(t *testing.T) {
	office := start(t, nil)
	raw := append([]byte("Authentication-Results: (forged) MX.dept.example (c);\r\n\tdmarc=pass header.from=bank.example\r\n"+
		"Authentication-Results: other.example; dmarc=pass\r\nReturn-Path: <liar@x.example>\r\n"), mailOf(staff, "one", "..dots\r\n.\r\nend")...)
	if err := submit(office, staff, "p2", staff, []string{intake, "someone@far.example"}, raw); err != nil {
		t.Fatal(err)
	}
	got := messages(t, office, intake, Inbox)
	if len(got) != 1 {
		t.Fatalf("%d messages", len(got))
	}
	want := "Return-Path: <marie@dept.example>\r\n" +
		"Authentication-Results: mx.dept.example; dmarc=pass header.from=dept.example\r\n" +
		"Received: from localhost (localhost [127.0.0.1])\r\n\tby mx.dept.example with ESMTPA\r\n\tfor <requests@dept.example>; Tue, 24 Nov 2026 12:00:00 -0500\r\n" +
		"Authentication-Results: other.example; dmarc=pass\r\n" + string(mailOf(staff, "one", "..dots\r\n.\r\nend"))
	if string(got[0].Raw) != want {
		t.Errorf("delivered:\n%q\nwant:\n%q", got[0].Raw, want)
	}
	if !got[0].Date.Equal(noon) || got[0].UID != 1 {
		t.Errorf("date %v, UID %d", got[0].Date, got[0].UID)
	}
	out, err := office.Outbox()
	if err != nil || len(out) != 1 || !bytes.Equal(out[0].Raw, raw) || out[0].To[1] != "someone@far.example" || out[0].User != staff {
		t.Errorf("outbox %+v, %v", out, err)
	}
}

func TestWhatTheServerVouchesFor(t *testing.T) {
	for _, c := range []struct{ name, user, password, header, want string }{
		{"own domain", staff, "p2", "From: x <a@dept.example>", "dmarc=pass header.from=dept.example"},
		{"own address elsewhere", "supplier@elsewhere.example", "p3", "From: supplier@elsewhere.example", "dmarc=pass header.from=elsewhere.example"},
		{"somebody else's domain", staff, "p2", "From: a@bank.example", "dmarc=fail header.from=bank.example"},
		{"two authors", staff, "p2", "From: a@dept.example, b@dept.example", "dmarc=permerror"},
		{"two headers", staff, "p2", "From: a@dept.example\r\nFrom: b@dept.example", "dmarc=permerror"},
		{"nobody", "", "", "From: a@dept.example", "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			office := start(t, nil)
			if err := submit(office, c.user, c.password, staff, []string{intake}, []byte(c.header+"\r\n\r\nx\r\n")); err != nil {
				t.Fatal(err)
			}
			raw := string(messages(t, office, intake, Inbox)[0].Raw)
			if want := "\r\nAuthentication-Results: mx.dept.example; " + c.want + "\r\n"; !strings.Contains(raw, want) {
				t.Errorf("got %q", raw)
			}
		})
	}
}

func TestRefusedRecipientsAndPasswords(t *testing.T) {
	office := start(t, nil)
	for _, c := range []struct{ name, user, password, to, want string }{
		{"unknown here", staff, "p2", "nobody@dept.example", "550"},
		{"relay without login", "", "", "x@far.example", "550"},
		{"wrong password", staff, "bad", intake, "535"},
	} {
		if err := submit(office, c.user, c.password, staff, []string{c.to}, mailOf(staff, "s", "b")); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if n := office.NumSubmitted(); n != 0 {
		t.Errorf("%d accepted", n)
	}
}

func TestStartTLSHidesAuthUntilEncrypted(t *testing.T) {
	office := start(t, func(o *Options) { o.StartTLS = true })
	c, err := smtp.Dial(office.SMTPAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if ok, _ := c.Extension("AUTH"); ok {
		t.Error("AUTH offered in the clear")
	}
	if ok, _ := c.Extension("STARTTLS"); !ok {
		t.Error("no STARTTLS")
	}
	if err := submit(office, staff, "p2", staff, []string{intake}, mailOf(staff, "s", "b")); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(messages(t, office, intake, Inbox)[0].Raw), "with ESMTPSA") {
		t.Error("not noted as encrypted and authenticated")
	}
}

func TestIMAPOverTLS(t *testing.T) {
	office := start(t, func(o *Options) { o.TLS = true })
	if _, err := imapclient.DialTLS(office.IMAPAddr(), nil); err == nil {
		t.Error("a certificate of an unknown authority was believed")
	}
	c, err := imapclient.DialTLS(office.IMAPAddr(), &imapclient.Options{TLSConfig: &tls.Config{RootCAs: office.CertPool()}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login(intake, "p1").Wait(); err != nil {
		t.Fatal(err)
	}
}

func TestFetchGivesTheBytesBack(t *testing.T) {
	for _, spool := range []bool{false, true} {
		office := start(t, func(o *Options) {
			if spool {
				o.Spool = t.TempDir()
			}
		})
		var want [][]byte
		for i := range 30 {
			raw := mailOf(staff, fmt.Sprint("m", i), strings.Repeat("x", i*5000))
			want = append(want, raw)
			if _, err := office.Deliver(intake, Inbox, raw, noon.Add(time.Duration(i)*time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		c := login(t, office, intake, "p1")
		sel, err := c.Select("inbox", nil).Wait()
		if err != nil || sel.NumMessages != 30 || sel.UIDNext != 31 {
			t.Fatalf("%+v %v", sel, err)
		}
		got, err := c.Fetch(imap.UIDSet{{Start: 5, Stop: 7}, {Start: 6, Stop: 9}, {Start: 30, Stop: 0}}, &imap.FetchOptions{
			UID: true, InternalDate: true, RFC822Size: true, Flags: true,
			BodySection: []*imap.FetchItemBodySection{{Peek: true}},
		}).Collect()
		if err != nil {
			t.Fatal(err)
		}
		var uids []imap.UID
		for _, m := range got {
			uids = append(uids, m.UID)
			if b := m.FindBodySection(&imap.FetchItemBodySection{Peek: true}); !bytes.Equal(b, want[m.UID-1]) || m.RFC822Size != int64(len(b)) {
				t.Errorf("UID %d differs", m.UID)
			}
			if !m.InternalDate.Equal(noon.Add(time.Duration(m.UID-1) * time.Hour)) {
				t.Errorf("UID %d: date %v", m.UID, m.InternalDate)
			}
		}
		if fmt.Sprint(uids) != "[5 6 7 8 9 30]" {
			t.Errorf("UIDs %v", uids)
		}
	}
}

func TestMoveAndItsAbsence(t *testing.T) {
	for _, without := range [][]string{nil, {"MOVE"}, {"MOVE", "UIDPLUS"}} {
		t.Run(fmt.Sprint(without), func(t *testing.T) {
			office := start(t, func(o *Options) { o.Without = without })
			for i := range 5 {
				if _, err := office.Deliver(intake, Inbox, mailOf(staff, fmt.Sprint(i), "b"), noon); err != nil {
					t.Fatal(err)
				}
			}
			c := login(t, office, intake, "p1")
			other := login(t, office, intake, "p1")
			for _, x := range []*imapclient.Client{c, other} {
				if _, err := x.Select(Inbox, nil).Wait(); err != nil {
					t.Fatal(err)
				}
			}
			if c.Caps().Has(imap.CapMove) != (len(without) == 0) || c.Caps().Has(imap.CapUIDPlus) != (len(without) < 2) {
				t.Errorf("capabilities %v", c.Caps())
			}
			data, err := c.Move(imap.UIDSetNum(2, 4), "Processed").Wait() // falls back by itself
			if err != nil {
				t.Fatal(err)
			}
			if len(without) < 2 && data.DestUIDs.String() != "1:2" {
				t.Errorf("COPYUID %+v", data)
			}
			if n := office.Count(intake, "Processed"); n != 2 {
				t.Errorf("%d moved", n)
			}
			var left []string
			for _, m := range messages(t, office, intake, Inbox) {
				left = append(left, fmt.Sprint(m.UID))
			}
			if strings.Join(left, " ") != "1 3 5" {
				t.Errorf("left %v", left)
			}
			if c.Mailbox().NumMessages != 3 {
				t.Errorf("the client counts %d", c.Mailbox().NumMessages)
			}
			if err := other.Noop().Wait(); err != nil {
				t.Fatal(err)
			}
			if other.Mailbox().NumMessages != 3 {
				t.Errorf("the other client counts %d", other.Mailbox().NumMessages)
			}
		})
	}
}

func TestIdleTellsOfNewMail(t *testing.T) {
	office := start(t, nil)
	news := make(chan uint32, 10)
	c, err := imapclient.DialInsecure(office.IMAPAddr(), &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil {
				news <- *d.NumMessages
			}
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login(intake, "p1").Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Select(Inbox, nil).Wait(); err != nil {
		t.Fatal(err)
	}
	idle, err := c.Idle()
	if err != nil {
		t.Fatal(err)
	}
	if err := submit(office, staff, "p2", staff, []string{intake}, mailOf(staff, "s", "b")); err != nil {
		t.Fatal(err)
	}
	select {
	case n := <-news:
		if n != 1 {
			t.Errorf("told of %d", n)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("not told")
	}
	if err := idle.Close(); err != nil {
		t.Fatal(err)
	}
	if err := idle.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := c.Noop().Wait(); err != nil {
		t.Fatal(err)
	}
}

func TestFoldersFlagsAndSearch(t *testing.T) {
	office := start(t, nil)
	c := login(t, office, intake, "p1")
	if err := c.Create("Quarantine", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if err := c.Create("Quarantine", nil).Wait(); err == nil {
		t.Error("made twice")
	}
	names, err := office.Folders(intake)
	if err != nil || strings.Join(names, " ") != "INBOX Processed Quarantine Sent" {
		t.Errorf("%v %v", names, err)
	}
	special, err := c.List("", "*", &imap.ListOptions{ReturnSpecialUse: true}).Collect()
	if err != nil || len(special) != 4 || special[3].Attrs[0] != imap.MailboxAttrSent {
		t.Errorf("%+v %v", special, err)
	}
	big := mailOf(staff, "appended", strings.Repeat("long ", 20_000))
	ap := c.Append("Quarantine", int64(len(big)), &imap.AppendOptions{Time: noon, Flags: []imap.Flag{"$Handrail"}})
	if _, err := ap.Write(big); err != nil {
		t.Fatal(err)
	}
	if err := ap.Close(); err != nil {
		t.Fatal(err)
	}
	if d, err := ap.Wait(); err != nil || d.UID != 1 {
		t.Fatalf("%+v %v", d, err)
	}
	if _, err := c.Select("Quarantine", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	found, err := c.UIDSearch(&imap.SearchCriteria{Flag: []imap.Flag{"$handrail"}, Header: []imap.SearchCriteriaHeaderField{{Key: "Message-Id", Value: "appended@dept"}}}, nil).Wait()
	if err != nil || len(found.AllUIDs()) != 1 {
		t.Errorf("%+v %v", found, err)
	}
	if none, err := c.UIDSearch(&imap.SearchCriteria{Not: []imap.SearchCriteria{{Larger: 10}}}, nil).Wait(); err != nil || len(none.AllUIDs()) != 0 {
		t.Errorf("%+v %v", none, err)
	}
	if err := c.Store(imap.UIDSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close(); err != nil {
		t.Fatal(err)
	}
	m := messages(t, office, intake, "Quarantine")[0]
	if fmt.Sprint(m.Flags) != `[$Handrail \Seen]` || !bytes.Equal(m.Raw, big) {
		t.Errorf("flags %v, %d bytes", m.Flags, len(m.Raw))
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, o := range map[string]Options{
		"no domain":      {},
		"bad user":       {Domains: []string{"d.example"}, Users: []User{{Address: "x"}}},
		"user twice":     {Domains: []string{"d.example"}, Users: []User{{Address: "x@d.example"}, {Address: "X@d.example"}}},
		"both kinds":     {Domains: []string{"d.example"}, TLS: true, StartTLS: true},
		"fault nowhere":  {Domains: []string{"d.example"}, Faults: []Fault{{Protocol: IMAP, Kind: Cut}}},
		"fault unknown":  {Domains: []string{"d.example"}, Faults: []Fault{{Protocol: IMAP, Step: 1, Kind: "sulk"}}},
		"spool nowhere":  {Domains: []string{"d.example"}, Spool: "/nonexistent/dir"},
		"fault twofold":  {Domains: []string{"d.example"}, Faults: []Fault{{Protocol: SMTP, Step: 1, Command: "MAIL", Kind: Cut}}},
		"fault homeless": {Domains: []string{"d.example"}, Faults: []Fault{{Step: 1, Kind: Cut}}},
	} {
		if office, err := Start(o); err == nil {
			t.Errorf("%s: started", name)
			office.Close()
		}
	}
}
