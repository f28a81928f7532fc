package notify

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message/mail"

	"handrail/internal/request"
	"handrail/templates"
)

var update = flag.Bool("update", false, "write the golden mails anew")

var bothLangs = []request.Lang{request.English, request.French}

// dump is a mail as a person compares it: the headers that matter, the text, the names of the attachments.
func dump(t *testing.T, m Mail) string {
	t.Helper()
	p := parseMail(t, m.Raw)
	var b strings.Builder
	for _, name := range []string{"Date", "From", "To", "Reply-To", "Subject", "Message-ID", "In-Reply-To", "References",
		"Content-Language", "Auto-Submitted", "X-Auto-Response-Suppress"} {
		if v := p.header[name]; v != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, v)
		}
	}
	for _, a := range p.files {
		fmt.Fprintf(&b, "Attachment: %s (%d bytes)\n", a.name, len(a.data))
	}
	b.WriteString("\n" + strings.ReplaceAll(p.text, "\u00a0", "·"))
	return b.String()
}

type parsed struct {
	header     map[string]string
	text, html string
	files      []parsedFile
}

type parsedFile struct {
	name string
	data []byte
}

func parseMail(t testing.TB, raw []byte) parsed {
	t.Helper()
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	p := parsed{header: map[string]string{}}
	for f := r.Header.Fields(); f.Next(); {
		v, err := f.Text()
		if err != nil {
			t.Fatal(err)
		}
		name := f.Key()
		if name == "Message-Id" {
			name = "Message-ID"
		}
		if _, twice := p.header[name]; twice {
			t.Errorf("the header has two %s", name)
		}
		p.header[name] = v
	}
	for {
		part, err := r.NextPart()
		if err != nil {
			break
		}
		var body bytes.Buffer
		if _, err := body.ReadFrom(part.Body); err != nil {
			t.Fatal(err)
		}
		switch h := part.Header.(type) {
		case *mail.AttachmentHeader:
			name, err := h.Filename()
			if err != nil {
				t.Fatal(err)
			}
			p.files = append(p.files, parsedFile{name, body.Bytes()})
		case *mail.InlineHeader:
			body := strings.ReplaceAll(body.String(), "\r\n", "\n")
			if media, _, _ := h.ContentType(); media == "text/html" {
				p.html = body
			} else {
				p.text = body
			}
		}
	}
	if p.text == "" || p.html == "" {
		t.Error("a mail lacks its text or its HTML")
	}
	return p
}

func TestEveryMailAgainstItsGolden(t *testing.T) {
	c := testComposer(t)
	for _, s := range samples() {
		for _, l := range []request.Lang{request.English, request.French, request.UnknownLang} {
			suffix := string(l)
			if l == request.UnknownLang {
				suffix = "both"
			}
			t.Run(s.name+"."+suffix, func(t *testing.T) {
				m, err := s.compose(c, l)
				if err != nil {
					t.Fatal(err)
				}
				file := filepath.Join("testdata", "mails", s.name+"."+suffix+".txt")
				got := dump(t, m)
				if *update {
					if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if got != string(want) {
					t.Errorf("%s is not what the golden says; run with -update and look at the difference\n%s", file, got)
				}
			})
		}
	}
}

func TestComposingTwiceGivesTheSameBytes(t *testing.T) {
	a, b := testComposer(t), testComposer(t)
	for _, s := range samples() {
		first, err := s.compose(a, request.French)
		if err != nil {
			t.Fatal(err)
		}
		second, err := s.compose(b, request.French)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Raw, second.Raw) || first.MessageID != second.MessageID {
			t.Errorf("%s: two mails of one cause differ", s.name)
		}
	}
}

func TestAnotherCauseGivesAnotherMessageID(t *testing.T) {
	c := testComposer(t)
	a := sampleAnswer(request.English)
	first, err := c.Answer(a)
	if err != nil {
		t.Fatal(err)
	}
	a.Cause += "/2"
	second, err := c.Answer(a)
	if err != nil {
		t.Fatal(err)
	}
	if first.MessageID == second.MessageID {
		t.Errorf("two causes share %s", first.MessageID)
	}
}

func TestSubjectsSayWhatIsWantedAndByWhen(t *testing.T) {
	c := testComposer(t)
	e := sampleEscalation("escalation", request.English)
	e.Lines = numbered(taxLine(), taxLine())
	e.Lines[1].Total = nil
	for lang, want := range map[request.Lang]string{
		request.English: "amelie.tremblay, “Screen reader training for six testers” and 1 more, $9,775.00: decide by Dec\u00a03 [7f3k-9m2p-x4wq-8r6t]",
		request.French:  "amelie.tremblay, «\u00a0Screen reader training for…\u00a0» et 1 autre, 9\u00a0775,00\u00a0$\u00a0: décision d’ici le 3\u00a0déc. [7f3k-9m2p-x4wq-8r6t]",
	} {
		e.Lang = lang
		m, err := c.Escalation(e)
		if err != nil {
			t.Fatal(err)
		}
		if m.Subject != want {
			t.Errorf("%s: the subject is %q, want %q", lang, m.Subject, want)
		}
		if got := parseMail(t, m.Raw).header["Subject"]; got != want {
			t.Errorf("%s: a reader decodes %q", lang, got)
		}
	}
}

// What was not read must be the first thing that a requester sees, also when every line that was read is approved.
func TestWhatWasNotReadLeadsTheAnswer(t *testing.T) {
	c := testComposer(t)
	unread := request.Problem{Sheet: "Requests", Cell: "A9", Code: "second-table", Severity: request.ReturnSeverity, Message: request.Text{
		EN: "A second table begins in row 9.", FR: "Un deuxième tableau commence à la ligne 9."}}
	approved := numbered(taxLine())
	approved[0].Outcome = request.Approved
	for _, w := range []struct {
		lang                request.Lang
		lines               []Line
		subject, must, mayN string
	}{
		{request.English, approved, "Part of your workbook was not read, 1 line approved: HR-2026-000123", "Part of the workbook was not read.", "All your lines"},
		{request.French, approved, "Une partie de votre classeur n’a pas été lue, 1 ligne approuvée\u00a0: HR-2026-000123", "Une partie du classeur n’a pas été lue.", "Toutes vos lignes"},
		{request.English, nil, "No line was found in your workbook: HR-2026-000123", "Now: fill in the lines", "approved."},
		{request.French, nil, "Aucune ligne dans votre classeur\u00a0: HR-2026-000123", "Maintenant\u00a0: remplissez les lignes", "approuvées."},
	} {
		a := sampleAnswer(w.lang)
		a.Lines, a.Problems = w.lines, []request.Problem{unread}
		m, err := c.Answer(a)
		if err != nil {
			t.Fatal(err)
		}
		if m.Subject != w.subject {
			t.Errorf("the subject is %q, want %q", m.Subject, w.subject)
		}
		head, _, _ := strings.Cut(string(m.text), unread.Message.In(w.lang))
		if head = strings.Join(strings.Fields(head), " "); !strings.Contains(head, strings.ReplaceAll(w.must, "\u00a0", " ")) || strings.Contains(head, w.mayN) {
			t.Errorf("%s begins:\n%s", w.subject, head)
		}
	}
}

func TestTheCodeTravelsInSubjectAndMessageID(t *testing.T) {
	m, err := testComposer(t).Escalation(sampleEscalation("escalation", request.English))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(m.MessageID, "<7f3k-9m2p-x4wq-8r6t.") {
		t.Errorf("Message-ID %s does not begin with the code", m.MessageID)
	}
	if !strings.HasSuffix(m.Subject, " [7f3k-9m2p-x4wq-8r6t]") {
		t.Errorf("the subject %q does not end with the code", m.Subject)
	}
	long := sampleEscalation("escalation", request.English)
	long.Requester.Name = strings.Repeat("A very long name ", 40)
	m, err = testComposer(t).Reminder(long)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(m.Subject, " [7f3k-9m2p-x4wq-8r6t]") {
		t.Errorf("a long subject lost its code: %q", m.Subject)
	}
}

func TestAnApprovalAlwaysSaysWhatItIs(t *testing.T) {
	c, policy := testComposer(t), samplePolicy()
	for _, l := range bothLangs {
		lines := numbered(approvedLine())
		mails := map[string]func() (Mail, error){
			"answer": func() (Mail, error) {
				a := sampleAnswer(l)
				a.Lines = lines
				return c.Answer(a)
			},
			"decision": func() (Mail, error) {
				d := sampleDecision(l)
				d.Lines = lines
				return c.Decision(d)
			},
			"receipt": func() (Mail, error) {
				r := sampleReceipt(l)
				r.Lines = lines
				return c.Receipt(r)
			},
			"notice": func() (Mail, error) {
				n := sampleNotice(AlreadyDecided, l)
				n.Lines = lines
				return c.Notice(n)
			},
			"section32": func() (Mail, error) {
				s := sampleSection32Request(l)
				s.Lines = lines
				return c.Section32(s)
			},
			"question": func() (Mail, error) {
				q := sampleQuestion(l)
				q.Lines = lines
				return c.Question(q)
			},
		}
		for name, compose := range mails {
			m, err := compose()
			if err != nil {
				t.Fatal(err)
			}
			p := parseMail(t, m.Raw)
			for form, body := range map[string]string{"text": p.text, "html": visibleText(t, p.html)} {
				if !strings.Contains(squeeze(body), policy.Means.In(l)) {
					t.Errorf("%s %s %s: an approved line without the sentence on what an approval is", name, l, form)
				}
			}
			if name == "answer" || name == "decision" {
				step := strings.ReplaceAll(policy.NextStep.In(l), "{reference}", lines[0].Reference)
				if !strings.Contains(squeeze(p.text), step) {
					t.Errorf("%s %s: an approved line without its next step", name, l)
				}
			}
		}
	}
}

func TestBothLanguagesWhenUnknown(t *testing.T) {
	m, err := testComposer(t).Answer(sampleAnswer(request.UnknownLang))
	if err != nil {
		t.Fatal(err)
	}
	p := parseMail(t, m.Raw)
	if !strings.HasPrefix(p.text, "Le français suit.") {
		t.Errorf("the text begins %.60q", p.text)
	}
	for _, want := range []string{`<div lang="en">`, `<div lang="fr">`} {
		if !strings.Contains(p.html, want) {
			t.Errorf("the HTML lacks %s", want)
		}
	}
	if got := p.header["Content-Language"]; got != "en-CA, fr-CA" {
		t.Errorf("Content-Language is %q", got)
	}
	a := sampleAnswer(request.UnknownLang)
	a.First = request.French
	m, err = testComposer(t).Answer(a)
	if err != nil {
		t.Fatal(err)
	}
	if p = parseMail(t, m.Raw); !strings.HasPrefix(p.text, "English follows.") {
		t.Errorf("the French text begins %.60q", p.text)
	}
}

func TestALongRequestStaysAMail(t *testing.T) {
	a := sampleAnswer(request.English)
	a.Lines = nil
	for i := range 1000 {
		l := approvedLine()
		if i%2 == 0 {
			l = returnedLine()
		}
		a.Lines = append(a.Lines, l)
	}
	m, err := testComposer(t).Answer(a)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.html) > 90<<10 {
		t.Errorf("the HTML has %d bytes; mail programs cut at 102 KB", len(m.html))
	}
	text := parseMail(t, m.Raw).text
	for _, want := range []string{"To correct (500)", "Approved (500)", "And 470 more lines in the attached workbook.", "And 500 more lines in the attached workbook."} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not say %q", want)
		}
	}
}

func TestIdentityIsCheckedWhenTheComposerIsMade(t *testing.T) {
	set, err := templates.Load("")
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Identity){
		"no zone":           func(i *Identity) { i.Location = nil },
		"no sender":         func(i *Identity) { i.From = "" },
		"sender with name":  func(i *Identity) { i.From = "Handrail <requests@department.example>" },
		"sender with break": func(i *Identity) { i.From = "requests@department.example\r\nBcc: x@y.example" },
		"reply to nobody":   func(i *Identity) { i.ReplyTo = "requests" },
		"domain":            func(i *Identity) { i.Domain = "a b" },
		"no department":     func(i *Identity) { i.Name = request.Text{} },
	} {
		id := testIdentity(t)
		change(&id)
		if _, err := NewComposer(set, id); err == nil {
			t.Errorf("%s: the identity was accepted", name)
		}
	}
	if _, err := NewComposer(nil, testIdentity(t)); err == nil {
		t.Error("a composer without templates was made")
	}
}

func TestABrokenOverrideIsNamedBeforeItIsNeeded(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(dir+"/fr", 0o755); err != nil {
		t.Fatal(err)
	}
	text := "{{define \"headline\"}}\n{{.NoSuchValue}}{{end}}\n"
	if err := os.WriteFile(dir+"/fr/receipt.txt", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	set, err := templates.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = NewComposer(set, testIdentity(t))
	if err == nil || !strings.Contains(err.Error(), "receipt.txt:2") {
		t.Errorf("the error does not name file and line: %v", err)
	}
}

func TestMailsWithoutWhatTheyNeedAreRefused(t *testing.T) {
	c := testComposer(t)
	for name, change := range map[string]func(*Escalation){
		"no cause":   func(e *Escalation) { e.Cause = "" },
		"no instant": func(e *Escalation) { e.Now = time.Time{} },
		"no code":    func(e *Escalation) { e.Code = "" },
		"wild code":  func(e *Escalation) { e.Code = "a]\r\nBcc: x" },
		"no address": func(e *Escalation) { e.To = "" },
		"two":        func(e *Escalation) { e.To = "a@b.example, c@d.example" },
	} {
		e := sampleEscalation("escalation", request.English)
		change(&e)
		if _, err := c.Escalation(e); err == nil {
			t.Errorf("%s: the mail was composed", name)
		}
	}
}
