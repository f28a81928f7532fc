package notify

import (
	"bytes"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"handrail/internal/request"
)

// knownFields are all that a mail of ours has in its header.
var knownFields = map[string]bool{"Date": true, "From": true, "To": true, "Reply-To": true, "Subject": true, "Message-Id": true,
	"In-Reply-To": true, "References": true, "Content-Language": true, "Auto-Submitted": true, "X-Auto-Response-Suppress": true,
	"Mime-Version": true, "Content-Type": true}

func checkHeader(t *testing.T, raw []byte) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("the mail cannot be read: %v", err)
	}
	for name, values := range m.Header {
		if !knownFields[name] {
			t.Errorf("a header field %q got in: %q", name, values)
		}
		if len(values) != 1 {
			t.Errorf("%s stands there %d times", name, len(values))
		}
	}
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		if bytes.ContainsAny(line, "\r\n\x00") {
			t.Errorf("a bare line break in %q", line)
		}
		if len(line) > 998 || !isASCII(string(line)) {
			t.Errorf("a header line of %d bytes: %q", len(line), line)
		}
		if bytes.Contains(line, []byte("=?")) && len(line) > headerWidth {
			t.Errorf("an encoded line of %d bytes: %q", len(line), line)
		}
	}
}

func FuzzHeadersCannotBeInjected(f *testing.F) {
	f.Add("Re: forms\r\nBcc: everybody@department.example", "Amélie", "<a@b>\r\nX-Evil: 1", "file\r\n.xlsx", "Maple")
	f.Add("=?utf-8?q?a=0D=0ABcc:_x?=", "=?utf-8?b?DQo=?=", "<a@b> <c@d>", "../../etc/passwd", "\u202eexe.xlsx")
	f.Add("\u2028\u2029\u0085", "\"; <x@y>", strings.Repeat("<x@y> ", 400), "naïve œuvre.xlsx", "\xff\xfe")
	f.Add(strings.Repeat("é", 500), strings.Repeat("a", 900), "", "", "<script>alert(1)</script>")
	c := testComposer(f)
	f.Fuzz(func(t *testing.T, subject, name, id, file, text string) {
		u := sampleUnreadable("old-format", request.French)
		u.Answers, u.ToName, u.InReplyTo, u.FileName = subject, name, id, file
		u.References = strings.Fields(id)
		u.Reason = request.Text{EN: text, FR: text}
		u.Form = &Attachment{Name: file, Data: []byte("PK")}
		m, err := c.Unreadable(u)
		if err != nil {
			t.Fatal(err)
		}
		checkHeader(t, m.Raw)
		if strings.ContainsAny(m.Subject, "\r\n") || !utf8.ValidString(m.Subject) {
			t.Errorf("the subject is %q", m.Subject)
		}
		for _, r := range m.Subject {
			if invisible(r) {
				t.Errorf("the subject holds %U", r)
			}
		}
		p := parseMail(t, m.Raw)
		if got := p.header["Subject"]; got != m.Subject {
			t.Errorf("a reader decodes %q, we say %q", got, m.Subject)
		}
		if strings.Contains(p.html, "<script") {
			t.Error("a script got into the HTML")
		}
		if len(p.files) != 1 || strings.ContainsAny(p.files[0].name, "/\\\r\n\"") {
			t.Errorf("attachments: %+v", p.files)
		}
	})
}

func TestMailtoEscapesSpacesAsPercent20(t *testing.T) {
	got := mailto("requests+one@department.example", "APPROVE 1 [7f3k]", "DECLINE 2: a+b & c=d?")
	want := "mailto:requests%2Bone@department.example?subject=APPROVE%201%20%5B7f3k%5D&body=DECLINE%202%3A%20a%2Bb%20%26%20c%3Dd%3F"
	if got != want {
		t.Errorf("mailto is\n%s, want\n%s", got, want)
	}
}

var hrefs = regexp.MustCompile(`href="([^"]*)"`)

func TestButtonsAreWholeCommands(t *testing.T) {
	c := testComposer(t)
	want := map[request.Lang][]string{
		request.English: {"APPROVE ALL: ", "DECLINE ALL: ", "APPROVE 1: ", "DECLINE 1: ", "APPROVE 2", "DECLINE 2: "},
		request.French:  {"APPROUVER TOUT : ", "REFUSER TOUT : ", "APPROUVER 1 : ", "REFUSER 1 : ", "APPROUVER 2", "REFUSER 2 : "},
	}
	for _, l := range bothLangs {
		m, err := c.Escalation(sampleEscalation("escalation", l))
		if err != nil {
			t.Fatal(err)
		}
		var bodies []string
		for _, found := range hrefs.FindAllStringSubmatch(parseMail(t, m.Raw).html, -1) {
			link := strings.ReplaceAll(found[1], "&amp;", "&")
			if strings.ContainsAny(link, "+ ") {
				t.Errorf("the link %s has a + or a space", link)
			}
			u, err := url.Parse(link)
			if err != nil || u.Scheme != "mailto" {
				t.Fatalf("%s: %v", link, err)
			}
			if !strings.HasSuffix(u.Query().Get("subject"), " [7f3k-9m2p-x4wq-8r6t]") {
				t.Errorf("the subject of %s lacks the code", link)
			}
			bodies = append(bodies, u.Query().Get("body"))
		}
		if strings.Join(bodies, "|") != strings.Join(want[l], "|") {
			t.Errorf("%s: the buttons write %q, want %q", l, bodies, want[l])
		}
	}
}

func TestReferencesAreBounded(t *testing.T) {
	var e Envelope
	for i := range 300 {
		e.References = append(e.References, "<"+strings.Repeat("x", i%7+1)+string(rune('a'+i%26))+"."+strings.Repeat("y", i/26)+"@d.example>")
	}
	e.References = append(e.References, "no angle\r\nBcc: x", "")
	e.InReplyTo = "last@d.example"
	refs := references(e)
	if len(refs) != maxReferences || refs[0] != e.References[0] || refs[len(refs)-1] != "<last@d.example>" {
		t.Errorf("%d references, first %s, last %s", len(refs), refs[0], refs[len(refs)-1])
	}
}

func TestFileNames(t *testing.T) {
	for in, want := range map[string][2]string{
		"requests-HR-2026-000123.xlsx": {"requests-HR-2026-000123.xlsx", ""},
		"Requête d’été.xlsx":           {"Requete-d-ete.xlsx", "Requ%C3%AAte%20d%E2%80%99%C3%A9t%C3%A9.xlsx"},
		"../../etc/passwd":             {"passwd", ""},
		`C:\temp\a b.xlsx`:             {"a-b.xlsx", "a%20b.xlsx"},
		"\u202exslx.exe":               {"xslx.exe", ""},
		`a"b:c?.xlsx`:                  {"a-b-c-.xlsx", ""},
		`"`:                            {"workbook.xlsx", "-"},
		"":                             {"workbook.xlsx", ""},
		"..":                           {"workbook.xlsx", ""},
	} {
		ascii, extended := fileNames(in)
		if ascii != want[0] || extended != want[1] {
			t.Errorf("%q becomes %q and %q, want %q", in, ascii, extended, want)
		}
	}
}

func TestAttachmentsBearBothNames(t *testing.T) {
	a := sampleAnswer(request.French)
	data := bytes.Repeat([]byte{0, 1, 2, 0xff}, 5000)
	a.Workbook = &Attachment{Name: "Demandes d’été.xlsx", Data: data}
	m, err := testComposer(t).Answer(a)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`filename="Demandes-d-ete.xlsx"`, "filename*=utf-8''Demandes%20d%E2%80%99%C3%A9t%C3%A9.xlsx", WorkbookType} {
		if !bytes.Contains(m.Raw, []byte(want)) {
			t.Errorf("the mail lacks %s", want)
		}
	}
	if files := parseMail(t, m.Raw).files; len(files) != 1 || !bytes.Equal(files[0].data, data) {
		t.Errorf("the workbook did not come through: %d attachments", len(files))
	}
	for line := range bytes.SplitSeq(m.Raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsRune(line, '\n') {
			t.Fatalf("a line of %d bytes, or a bare line break", len(line))
		}
	}
}

func TestCleanLine(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                       "plain",
		" two  spaces ":               "two spaces",
		"a\r\nBcc: b":                 "a Bcc: b",
		"pay\u202eexe\u202c me\u200b": "payexe me",
		"é\u00a0: ok":                 "é\u00a0: ok",
		"tab\tand\x00nul":             "tab and nul",
		"bad \xff byte":               "bad \ufffd byte",
	} {
		if got := cleanLine(in); got != want {
			t.Errorf("cleanLine(%q) is %q, want %q", in, got, want)
		}
	}
}
