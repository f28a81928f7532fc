package ingest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// situation is a mail as it arrives.
type situation struct {
	from, subject, header, text string
	files                       string // a further part
}

// fromPeople are mails that a person wrote, with what is known of machines in them.
var fromPeople = []situation{
	{from: "ann.roy", subject: "Out of office chairs", text: "Can we buy six chairs for the lobby?"},
	{from: "ann.roy", subject: "Read: the attached", text: "Please read it before Friday. Where do I attach the form?"},
	{from: "ann.roy", subject: "Recall of product 4711", text: "The supplier recalls the heaters that we bought. Whom do I tell?"},
	{from: "ann.roy", subject: "Recall: child seats", text: "Two of them were recalled. Can we order others?"},
	{from: "luc.cote", subject: "Lu : le guide d’achat", text: "J’ai lu le guide, mais une question demeure."},
	{from: "luc.cote", subject: "Rappel : ma demande", text: "Je n’ai pas encore reçu de réponse."},
	{from: "luc.cote", subject: "Hors du bureau vitré, il faut des stores", text: "Peut-on commander des stores?"},
	{from: "luc.cote", subject: "Absence du bureau", text: "Je serai absent du 3 au 7. Qui décide?"},
	{from: "luc.cote", subject: "Absence du bureau", text: "ABSENT JUSQU’AU 2026-12-07"},
	{from: "luc.cote", subject: "Message automatique : à désactiver?", text: "Comment désactiver les rappels?"},
	{from: "ann.roy", subject: "Automatic reply cards for the front desk", text: "How do I buy the cards?"},
	{from: "ann.roy", subject: "RE: Automatic reply: 2 lines", header: "In-Reply-To: <x@y.example>\r\n", text: "I am back now. What is missing?"},
	{from: "ann.roy", subject: "Re: Out of office", header: "In-Reply-To: <x@y.example>\r\n", text: "Then who answers?"},
	{from: "ann.roy", subject: "Your request #4711 has been received", text: "Hi, I have your box here. Shall I bring it up?"},
	{from: "ann.roy", subject: "FW: Your request #4711 has been received", text: "Is this yours?\n\nFrom: Service Desk\nSent: Monday\n\nThis is an automated message. Do not reply to this message."},
	{from: "ann.roy", subject: "RE: [JIRA] (PROC-12) Order the licences", text: "I would like the licences this week. What should I send you?"},
	{from: "ann.roy", subject: "[JIRA] licences for my team", text: "We need five. Which form is it?"},
	{from: "helpdesk", subject: "Headsets for the help desk", text: "Our team needs four headsets. Can you tell us which form to use? Marie"},
	{from: "notifications", subject: "Question about headsets", text: "We share this address. Who decides for our branch? Paul"},
	{from: "support", subject: "Support chairs", text: "Which supplier may we use?"},
	{from: "alerts", subject: "New screens for the watch room", text: "Is there a limit for screens?"},
	{from: "bruno.reply", subject: "Hello", text: "How does this work?"},
	{from: "dino.replyson", subject: "Hello", text: "How does this work?"},
	{from: "jean.bounce", subject: "Hello", text: "How does this work?"},
	{from: "purchase-request", subject: "Hello", text: "Our unit shares this mailbox. How does this work?"},
	{from: "product-owner", subject: "Hello", text: "How does this work?"},
	{from: "retour", subject: "Retour de marchandise", text: "À qui dois-je écrire?"},
	{from: "nora.postmastery", subject: "Hello", text: "How does this work?"},
	{from: "rené", subject: "a question", text: "hello"},
	{from: "ann.roy", subject: "Server is down", text: "The web server of the library is down and we need a new disk. What do I do?"},
	{from: "ann.roy", subject: "Please unsubscribe me", text: "I get reminders for Luc. Please unsubscribe me."},
	{from: "ann.roy", subject: "My new address", text: "Please do not reply to this address, I move on Monday. Write to ann.roy2@department.example."},
	{from: "ann.roy", subject: "Two quotes", text: "Supplier: Mille Pages\nAmount: see the quote\nUnit: box\nNeeded: soon\nWhich one may I take?"},
	{from: "ann.roy", subject: "Weekly report for finance", text: "Do you send it to us as well?"},
	{from: "ann.roy", subject: "Undeliverable goods", text: "The courier could not deliver. Whom do I call?"},
	{from: "ann.roy", subject: "Abuse of the card?", text: "I saw a strange charge. Whom do I tell?"},
	{from: "ann.roy", subject: "Spam", header: "X-Spam-Flag: NO\r\nX-Spam-Status: No, score=-2.1 required=5.0\r\n", text: "Is this the right inbox?"},
	{from: "ann.roy", subject: "Confidence", header: "X-MS-Exchange-Organization-SCL: 1\r\nX-Forefront-Antispam-Report: CIP:10.0.0.1;SFV:NSPM;CAT:NONE\r\n", text: "Is this the right inbox?"},
	{from: "ann.roy", subject: "On the list", header: "Sensitivity: Personal\r\nX-Mailer: Microsoft Outlook 16.0\r\n", text: "Am I on the list of buyers?"},
	{from: "ann.roy", subject: "Through a rule", header: "X-MS-Exchange-Inbox-Rules-Loop: purchases-old@department.example\r\n", text: "Does this inbox answer?"},
	{from: "marc", subject: "Ticket 12345 for the museum", text: "We need twelve tickets. Is a form needed?"},
}

// fromMachines are mails that nobody waits behind.
var fromMachines = []situation{
	{from: "no-reply", subject: "x", text: "hello"}, {from: "no-reply-hr", subject: "a question", text: "hello"}, {from: "noreply", subject: "x", text: "hello"},
	{from: "no_reply", subject: "x", text: "hello"}, {from: "noreply+case77", subject: "x", text: "hello"}, {from: "hr-noreply", subject: "x", text: "hello"},
	{from: "hrnoreply", subject: "x", text: "hello"}, {from: "do-not-reply", subject: "x", text: "hello"}, {from: "donotreply", subject: "x", text: "hello"},
	{from: "DoNotReply", subject: "x", text: "hello"}, {from: "ne-pas-repondre", subject: "x", text: "bonjour"}, {from: "nepasrépondre", subject: "x", text: "bonjour"},
	{from: "nerepondezpas", subject: "x", text: "bonjour"}, {from: "rh-nereponds-pas", subject: "x", text: "bonjour"}, {from: "sans-reponse", subject: "x", text: "bonjour"},
	{from: "bounces+77=ann=x.example", subject: "x", text: "hello"}, {from: "news-bounces", subject: "x", text: "hello"}, {from: "mailer-daemon", subject: "x", text: "hello"},
	{from: "ann@users.noreply", subject: "x", text: "hello"}, {from: "postmaster", subject: "x", text: "hello"}, {from: "no.reply", subject: "x", text: "hello"}, {from: "x-noreply-y", subject: "x", text: "hello"}, {from: "no-response", subject: "x", text: "hello"},
	{from: "ann.roy", subject: "Out of office", header: "In-Reply-To: <x@y.example>\r\n", text: "Back Monday."},
	{from: "ann.roy", subject: "Automatic reply: 2 lines", text: "I am out of the office until Monday with limited access to e-mail."},
	{from: "luc.cote", subject: "Réponse automatique : 2 lignes", text: "Je suis absent jusqu’au 3 décembre. En mon absence, écrivez à Ann."},
	{from: "luc.cote", subject: "Absent du bureau jusqu’au 3 décembre", text: "Absent."},
	{from: "luc.cote", subject: "Absence du bureau : congé", header: "X-Auto-Response-Suppress: All\r\n", text: "De retour lundi."},
	{from: "ann.roy", subject: "Recall: Purchase request", text: "Ann Roy would like to recall the message, \"Purchase request\"."},
	{from: "ann.roy", subject: "Read: your request", text: "Your message\n\nTo: Ann Roy\nSubject: your request\n\nwas read on Monday."},
	{from: "jira", subject: "[JIRA] (PROC-12) Order the licences", text: "Paul updated PROC-12."},
	{from: "tracker", subject: "[JIRA] Comment added (PROC-12)", text: "Paul commented."},
	{from: "servicedesk", subject: "Your request #4711 has been received", text: "Thank you. A technician will look at it."},
	{from: "it", subject: "Your request has been received: INC0012345", text: "This is an automated message. We have received your request."},
	{from: "centre-de-services", subject: "Votre demande no 4711 a été créée", text: "Nous avons bien reçu votre demande. Ceci est un message automatique."},
	{from: "it", subject: "INC0012345 has been assigned", text: "Ticket number: INC0012345\nThis message was automatically generated."},
	{from: "nagios", subject: "** PROBLEM alert: db01 is DOWN **", text: "Host: db01\nState: DOWN\nAddress: 10.0.0.7\nInfo: timeout"},
	{from: "prometheus", subject: "[FIRING:1] DiskFull", text: "instance = db01"},
	{from: "root", subject: "Cron <root@db01> /usr/local/bin/backup", text: "done"},
	{from: "it", subject: "Security alert", text: "This is an automated message. Do not reply to this message."},
	{from: "scanner", subject: "Scan from a Xerox multifunction printer", text: "Number of pages: 2\nFile type: PDF\nDevice: MFP-3\nLocation: floor 3"},
	{from: "github", subject: "[GitHub] A new public key was added", header: "X-GitHub-Recipient: ann\r\n", text: "Hey there."},
	{from: "shop", subject: "Your order 12345", header: "X-SG-EID: abc\r\n", text: "You are receiving this e-mail because you bought something. Unsubscribe"},
	{from: "ann.roy", subject: "x", header: "X-Loop: purchases@department.example\r\n", text: "hello"},
	{from: "ann.roy", subject: "x", header: "X-Mail-Loop: yes\r\n", text: "hello"},
	{from: "ann.roy", subject: "x", header: "Auto-Submitted: auto-generated\r\n", text: "hello"},
	{from: "ann.roy", subject: "x", header: "Precedence: bulk\r\n", text: "hello"},
	{from: "ann.roy", subject: "x", header: "X-Spam-Flag: YES\r\n", text: "hello"},
	{from: "ann.roy", subject: "x", header: "X-Spam-Status: Yes, score=9.1 required=5.0\r\n", text: "hello"},
	{from: "ann.roy", subject: "x", header: "X-MS-Exchange-Organization-SCL: 6\r\n", text: "hello"},
	{from: "ann.roy", subject: "x", header: "X-Forefront-Antispam-Report: CIP:1.2.3.4;SFV:SPM;CAT:SPM\r\n", text: "hello"},
	{from: "dmarc-support", subject: "Report domain: department.example Submitter: google.example Report-ID: <1>", text: "", files: "google.example!department.example!1!2.zip"},
	{from: "reports", subject: "DMARC", text: "", files: "mx.example!department.example!1700000000!1700086400.xml.gz"},
	{from: "tls", subject: "Report Domain: department.example Submitter: mx.example Report-ID: <2@mx>", text: "x"},
	{from: "abuse", subject: "complaint about message from 10.0.0.1", header: "X-ARF: yes\r\n", text: "x"},
	{from: "sharepoint", subject: "Paul shared a file", text: "This e-mail was automatically generated."},
	{from: "ann.roy", subject: "x", header: "Return-Path: <>\r\n", text: "hello"},
}

func (s situation) address() string {
	if strings.Contains(s.from, "@") {
		return s.from + ".department.example"
	}
	return s.from + "@department.example"
}

func (s situation) raw() string {
	head := s.header + "From: <" + s.address() + ">\r\nTo: <purchases@department.example>\r\nSubject: " + s.subject + "\r\nMessage-ID: <1@department.example>\r\nMIME-Version: 1.0\r\n"
	body := "Content-Type: text/plain; charset=utf-8\r\n\r\n" + strings.ReplaceAll(s.text, "\n", "\r\n") + "\r\n"
	if s.files == "" {
		return head + body
	}
	return head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + body + "--b\r\nContent-Type: application/gzip; name=\"" + s.files + "\"\r\n\r\n\x1f\x8bx\r\n--b--\r\n"
}

func TestPeopleAndMachines(t *testing.T) {
	c := InboxConfig{Provider: ProviderExchange}.WithDefaults()
	around := Surroundings{Addresses: []string{"purchases@department.example"}, Spam: c.SpamHeaders,
		Ours: func(context.Context, string) (bool, error) { return false, nil }}
	right := 0
	for _, group := range []struct {
		list   []situation
		person bool
	}{{fromPeople, true}, {fromMachines, false}} {
		for _, s := range group.list {
			m, err := Parse(context.Background(), []byte(s.raw()), DefaultLimits())
			if err != nil {
				t.Fatalf("%s, %s: %v", s.from, s.subject, err)
			}
			v := verdictOf(m, around)
			if v.Answer != group.person || group.person && v.Kind != OtherMail || !group.person && v.Process {
				t.Errorf("%s, “%s” %s: %+v, a person: %v", s.from, s.subject, strings.TrimSpace(s.header), v, group.person)
				continue
			}
			right++
		}
	}
	t.Logf("%d of %d situations are told apart (%d of people, %d of machines)", right, len(fromPeople)+len(fromMachines), len(fromPeople), len(fromMachines))
	if len(fromPeople) < 30 || len(fromMachines) < 30 {
		t.Error("at least 30 of each")
	}
}

// The mails of the bench of which one is a machine's.
func TestNoReplyOfTheBench(t *testing.T) {
	const folder = "../../shared/bench/mails"
	for name, answered := range map[string]bool{"03-noreply-variant.eml": false, "01-sender-eai.eml": true, "07-question.eml": true} {
		raw, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Skip("the bench is not here: ", err)
		}
		if v := verdictOf(parsed(t, string(raw)), Surroundings{}); v.Answer != answered {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// Whatever reads like a machine's or spam: what brings a workbook is a request all the same, and a decision is a decision.
func TestWhatIsWantedIsTakenAllTheSame(t *testing.T) {
	code, err := NewCode(strings.NewReader("0123456789"))
	if err != nil {
		t.Fatal(err)
	}
	book := filePart("Content-Type: application/octet-stream", aWorkbook(t))
	spam := Surroundings{Spam: usualSpamSigns("")}
	decision := strings.Replace(mixed("\r\nAPPROVE 1"), "Subject: x", "Subject: Re: 2 lines "+code.Subject(), 1)
	for name, c := range map[string]struct {
		raw    string
		kind   Kind
		answer bool
	}{
		"a form with the mark of spam":                     {"X-Spam-Flag: YES\r\n" + mixed(book), RequestMail, false},
		"a form from an address nobody reads":              {strings.Replace(mixed(book), "ann@", "scanner-noreply@", 1), RequestMail, false},
		"a form under a machine's title":                   {strings.Replace(mixed(book), "Subject: x", "Subject: [JIRA] (PROC-12) Order", 1), RequestMail, true},
		"a form under the title of an absence":             {strings.Replace(mixed(book), "Subject: x", "Subject: Out of office chairs", 1), RequestMail, true},
		"a decision with the mark of spam":                 {"X-Spam-Flag: YES\r\n" + decision, AnswerMail, true},
		"a decision through a guard against loops":         {"X-Loop: a@b.example\r\n" + decision, AnswerMail, true},
		"the receipt of a ticket system to a mail of ours": {strings.Replace(mixed("\r\nThis is an automated message. Your request was received."), "Subject: x", "Subject: Your request #4711 has been received: Re: 2 lines "+code.Subject(), 1), AutoReplyMail, false},
	} {
		if v := verdictOf(parsed(t, c.raw), spam); v.Kind != c.kind || v.Answer != c.answer {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestSpamSigns(t *testing.T) {
	for sign, c := range map[string]struct{ found, not string }{
		"X-Spam-Flag: YES":                     {"X-Spam-Flag: yes", "X-Spam-Flag: NO"},
		"X-Spam-Score: >= 5":                   {"X-Spam-Score: 5.2 (*****)", "X-Spam-Score: 4.9"},
		"X-MS-Exchange-Organization-SCL: >=5":  {"X-MS-Exchange-Organization-SCL: 9", "X-MS-Exchange-Organization-SCL: -1"},
		"X-Forefront-Antispam-Report: SFV:SPM": {"X-Forefront-Antispam-Report: CIP:1.1.1.1;SFV:SPM;H:x", "X-Forefront-Antispam-Report: SFV:NSPM"},
	} {
		head := func(s string) Header { return parsed(t, s+"\r\nFrom: a@b.example\r\n\r\nx").Header }
		if (SpamSigns{sign}).on(head(c.found)) != sign || (SpamSigns{sign}).on(head(c.not)) != "" {
			t.Errorf("%s", sign)
		}
	}
	if d := usualSpamSigns(""); (d.on(Header{{"X-MS-Exchange-Organization-SCL", "9"}}) != "") {
		t.Error("anybody can write Microsoft's fields where Microsoft does not remove them")
	}
	for _, c := range []InboxConfig{{Provider: ProviderExchange}, {Provider: ProviderExchange, SpamHeaders: DefaultInbox().SpamHeaders}} {
		if signs := c.WithDefaults().SpamHeaders; SpamSigns(signs).on(Header{{"X-MS-Exchange-Organization-SCL", "9"}}) == "" {
			t.Errorf("Microsoft's fields are not known on Exchange: %v", signs)
		}
	}
	if signs := (InboxConfig{SpamHeaders: []string{}}).WithDefaults().SpamHeaders; len(signs) != 0 {
		t.Errorf("an empty list is not none: %v", signs)
	}
	for _, bad := range []string{"", "X-Spam-Flag", "X Spam: YES", "X-Spam-Flag:", "X-Spam-Score: >= high", "X-Spam-Flag: YES please"} {
		var m Mistakes
		SpamSigns{bad}.check(&m)
		if len(m) != 1 || m[0].Key != "spam_headers[0]" {
			t.Errorf("%q: %v", bad, m)
		}
	}
}
