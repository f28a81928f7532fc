package batch_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handrail/ingest"
	"handrail/ingest/imap"
	"handrail/internal/job"
	"handrail/internal/mailtest"
	"handrail/internal/officers"
	"handrail/internal/request"
	"handrail/rules"
)

const (
	testSecond = "achats@" + testDomain
	testAgent  = "agente@" + testDomain
)

// second adds another inbox with an account, folders, a policy, a language and officers of its own.
func second(t *testing.T, limit string) (at func(*mailtest.Options), change func(*job.Options)) {
	t.Helper()
	text, err := rules.ShippedText("esdc-micro-acquisition")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "second.toml")
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), `request = "10000.00" `, `request = "`+limit+`" `, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	policy, err := rules.Load(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	roster, err := officers.NewRoster([]officers.Officer{{Email: testAgent, Name: "Agathe Agente", Language: request.French}})
	if err != nil {
		t.Fatal(err)
	}
	at = func(o *mailtest.Options) {
		for _, a := range []string{testSecond, testAgent} {
			o.Users = append(o.Users, mailtest.User{Address: a, Password: "secret", Token: "a.b.c", Folders: []string{"Demandes"}})
		}
	}
	return at, func(o *job.Options) {
		box := job.InboxOptions{Policy: policy, Roster: roster, Config: o.Inboxes[0].Config}
		box.Config.Name, box.Config.Username, box.Config.Address, box.Config.Folder = "demandes", testSecond, testSecond, "Demandes"
		box.Config.Folders = ingest.Folders{Processed: "Traités", Quarantined: "Quarantaine", Escalated: "Soumis"}
		box.Config.Provider, box.Config.AuthservID, box.Config.Language = ingest.ProviderExchange, nil, request.French
		box.Config.Auth, box.Config.Password = ingest.AuthOAuth2Client, ingest.Secret{}
		box.Config.OAuth2 = ingest.OAuth2{Tenant: "department.example", ClientID: "handrail", ClientSecret: ingest.Secret{Value: "x"}}
		box.Mailbox = imapMailbox{options: imap.Options{Tokens: oneToken("a.b.c")}}
		o.Inboxes = append(o.Inboxes, box)
	}
}

// oneToken is an issuer that always gives the same.
type oneToken string

func (t oneToken) Token(context.Context) (string, error) { return string(t), nil }
func (t oneToken) Secret(context.Context) string         { return string(t) }

// inTenant lays a mail from inside the tenant into the second inbox, as Exchange Online marks it.
func (d *agency) inTenant(from, subject string, form []byte) {
	d.t.Helper()
	raw := d.unproven(from, subject, form, "X-MS-Exchange-Organization-AuthAs: Internal")
	raw = strings.Replace(raw, "APPROVE 1", "Bonjour", 1)
	if _, err := d.office.Deliver(testSecond, "Demandes", []byte(strings.ReplaceAll(raw, testInbox, testSecond)), d.now()); err != nil {
		d.t.Fatal(err)
	}
}

// Two inboxes of one job share nothing but the ledger: each judges by its own policy, believes by its own rules, asks its
// own officers, answers in its own language from its own address, and files into its own folders.
func TestInboxesKeepToThemselves(t *testing.T) {
	t.Parallel()
	at, change := second(t, "1000.00")
	d := openAt(t, at, change)
	costly := func() map[request.Field]string {
		return line("Audit of the grants", "Maison A inc.", "2000", "260", "2260")
	}
	d.send(testStaff, "First", "Form attached.", d.form(testStaff, request.English, costly()))
	other := costly()
	other[request.Title], other[request.TitleOther] = "Survey of the bridges", "Relevé des ponts"
	other[request.Supplier], other[request.CostCentre] = "Béton Nord", "7720"
	d.inTenant(testOther, "Seconde", d.form(testOther, request.French, other))
	d.once()

	for where, want := range map[[2]string]int{
		{testInbox, "Processed"}: 1, {testInbox, "Quarantine"}: 0, {testSecond, "Soumis"}: 1, {testSecond, "Traités"}: 0, {testSecond, "Demandes"}: 0,
		{testAgent, "INBOX"}: 1, {testOfficer, "INBOX"}: 0, {testHead, "INBOX"}: 0, {testStaff, "INBOX"}: 1, {testOther, "INBOX"}: 1,
	} {
		if n := d.office.Count(where[0], where[1]); n != want {
			t.Errorf("%s of %s holds %d messages, want %d", where[1], where[0], n, want)
		}
	}
	want := func(when string, second request.Outcome) {
		t.Helper()
		for _, l := range d.lines() {
			if supplier := l.Supplier; supplier == "Maison A inc." && l.Outcome != request.Approved || supplier == "Béton Nord" && l.Outcome != second {
				t.Errorf("%s: %s is %s", when, supplier, l.Outcome)
			}
		}
	}
	want("at first", request.Escalated)
	english, french := d.inbox(testStaff)[0], d.inbox(testOther)[0]
	asked := d.inbox(testAgent)[0]
	d.says(english, "approved")
	d.says(french, "approvisionnement")
	d.says(asked, "décision")
	if strings.Contains(english.Text, testSecond) || !strings.Contains(french.Text, testSecond) {
		t.Errorf("the answers name the wrong inbox:\n%s\n%s", english.Text, french.Text)
	}

	// What proves a sender to one inbox proves nothing to the other: the tenant's mark in the first, the border server's in the second.
	d.put(strings.Replace(d.unproven(testOther, "Crossed", d.goodForm("C"), "X-MS-Exchange-Organization-AuthAs: Internal"), "APPROVE 1", "Hello", 1))
	if _, err := d.office.Deliver(testSecond, "Demandes", []byte(d.withFile("form.xlsx", d.goodForm("D"))), d.now()); err != nil {
		t.Fatal(err)
	}
	d.once()
	if a, b := d.office.Count(testInbox, "Quarantine"), d.office.Count(testSecond, "Quarantaine"); a != 1 || b != 1 {
		t.Errorf("%d and %d messages are in quarantine, want one each", a, b)
	}

	// The officer of one inbox decides nothing of the other, though the mail reaches an inbox of the job and the code is right.
	d.reply(testOfficer, asked, "APPROVE")
	want("after a foreign officer's answer", request.Escalated)
	// Their own officer decides, by answering where the mail asks for it.
	if to := asked.Header.Get("Reply-To"); !strings.Contains(to, testSecond) {
		t.Errorf("the officer's answer goes to %q", to)
	}
	d.mails++
	var b strings.Builder
	b.WriteString("X-MS-Exchange-Organization-AuthAs: Internal\r\n")
	writeReplyHead(&b, d, testAgent, asked)
	d.finish(&b, "APPROUVER", nil)
	if _, err := d.office.Deliver(testSecond, "Demandes", []byte(b.String()), d.now()); err != nil {
		t.Fatal(err)
	}
	d.once()
	want("after the officer's answer", request.Approved)
	d.sound()
}

// An inbox that cannot be reached, or that refuses the login, is told to the operator and stops no other.
func TestABrokenInboxStopsNoOther(t *testing.T) {
	t.Parallel()
	for name, breakIt := range map[string]func(*ingest.InboxConfig){
		"wrong password":  func(c *ingest.InboxConfig) { c.Password = ingest.Secret{Value: "wrong"} },
		"no server":       func(c *ingest.InboxConfig) { c.Port = 1 },
		"a folder's loss": func(c *ingest.InboxConfig) { c.Folder = "Gone" },
	} {
		t.Run(name, func(t *testing.T) {
			at, change := second(t, "1000.00")
			d := openAt(t, at, func(o *job.Options) {
				change(o)
				breakIt(&o.Inboxes[1].Config)
				o.Inboxes[0], o.Inboxes[1] = o.Inboxes[1], o.Inboxes[0] // the broken one comes first
			})
			d.ask()
			r, err := d.job.Once(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Troubles) == 0 {
				t.Error("nothing is said of the broken inbox")
			}
			if d.office.Count(testStaff, "INBOX") != 1 || d.office.Count(testInbox, "Processed") != 1 {
				t.Error("the sound inbox was not served")
			}
		})
	}
}

// Inboxes that are folders of one account hold no more connections than the server allows that account, whatever each of
// them might have had alone; all are served.
func TestInboxesOfOneAccountShareItsConnections(t *testing.T) {
	t.Parallel()
	for _, most := range []int{1, 2, 3} {
		d := openAt(t, func(o *mailtest.Options) {
			traced(o)
			o.MaxConnections = most
			o.Users[0].Folders = []string{"Second", "Third"}
		}, func(o *job.Options) {
			o.Inboxes[0].Config.MaxConnections = most
			for _, folder := range []string{"Second", "Third"} {
				box := o.Inboxes[0]
				box.Config.Name, box.Config.Folder = strings.ToLower(folder), folder
				box.Config.MaxConnections = most + 1
				o.Inboxes = append(o.Inboxes, box)
			}
		})
		if waits := d.job.Listening(); waits != most-1 {
			t.Errorf("with %d connections %d inboxes wait for announcements", most, waits)
		}
		for i, folder := range []string{"INBOX", "Second", "Third"} {
			if _, err := d.office.Deliver(testInbox, folder, []byte(d.withFile("form.xlsx", d.goodForm("Line "+string(rune('A'+i))))), d.now()); err != nil {
				t.Fatal(err)
			}
		}
		stop := d.running()
		d.until("three answers", func() bool { return d.office.Count(testStaff, "INBOX") == 3 })
		d.until("the filing", func() bool { return d.office.Count(testInbox, "Processed") == 3 })
		stop()
		for _, trouble := range d.job.TakeTroubles() {
			t.Errorf("with %d connections: %v", most, trouble)
		}
		d.sound()
	}
}
