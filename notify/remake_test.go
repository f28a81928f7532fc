package notify

import (
	"bytes"
	"net/mail"
	"strings"
	"testing"
	"time"

	"handrail/internal/request"
)

func withBook(t *testing.T, c *Composer, lang request.Lang) Mail {
	t.Helper()
	m, err := c.Answer(Answer{Envelope: Envelope{To: "anna@dept.example", ToName: "Anna", Lang: lang, Cause: "x", Now: time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC), InReplyTo: "<a@b.example>"},
		Submission: "HR-2026-000001", FileName: "Demande d’été.xlsx", Workbook: &Attachment{Name: "Demande d’été.xlsx", Data: make([]byte, 3<<20)}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A mail without its files is the same mail: header, words and order, with a note on top in each of its languages.
func TestWithoutFiles(t *testing.T) {
	c := testComposer(t)
	for lang, want := range map[request.Lang][]string{
		request.English:     {"Sent without its files", "(3.1\u00a0MB)", "too large for the mail server", "they would count twice"},
		request.French:      {"Envoyé sans ses pièces jointes", "(3,1\u00a0Mo)", "trop volumineux", "elles compteraient deux fois"},
		request.UnknownLang: {"Sent without its files", "Envoyé sans ses pièces jointes"},
	} {
		whole := withBook(t, c, lang)
		light, ok, err := c.WithoutFiles(whole.Raw, "answer")
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		m, err := takeApart(light.Raw)
		if err != nil {
			t.Fatal(err)
		}
		header := func(raw []byte) string { h, _, _ := bytes.Cut(raw, []byte("\r\n\r\n")); return string(h) }
		if header(light.Raw) != header(whole.Raw) {
			t.Errorf("the header changed:\n%s\n%s", header(whole.Raw), header(light.Raw))
		}
		text := strings.Join(strings.Fields(strings.ReplaceAll(string(m.text), "\u00a0", "~")), " ")
		for _, w := range want {
			if w = strings.ReplaceAll(w, "\u00a0", "~"); !strings.Contains(text, w) {
				t.Errorf("%s: the text does not say %q:\n%s", lang, w, m.text)
			}
			if plain := strings.ReplaceAll(string(m.html), "\u00a0", "~"); !strings.Contains(plain, w) {
				t.Errorf("%s: the HTML does not say %q", lang, w)
			}
		}
		if len(m.files) != 0 || !strings.HasSuffix(string(m.text), string(whole.text)) || !bytes.Contains(m.html, whole.html[bytes.Index(whole.html, []byte("<body"))+200:]) {
			t.Errorf("%s: more changed than the note", lang)
		}
		if light.Left.EN == "" || light.Left.FR == "" {
			t.Errorf("left: %+v", light.Left)
		}
		if _, ok, err := c.WithoutFiles(light.Raw, "answer"); ok || err != nil {
			t.Errorf("without files again: %t, %v", ok, err)
		}
	}
	if _, ok, err := c.WithoutFiles([]byte("Subject: x\r\n\r\nbody\r\n"), "answer"); ok || err == nil {
		t.Error("somebody else's mail was taken apart")
	}
}

// A mail to another address has an identity of its own everywhere, so that a bounce of it is not taken for one of the first.
func TestReaddressed(t *testing.T) {
	whole := withBook(t, testComposer(t), request.English)
	seen := map[string]bool{whole.MessageID: true}
	for _, to := range []string{"anna@dept.example", "zoë@dept.example", "anna roy@dept.example", "a.very.long.address.that.must.be.folded.because.lines.end@department.example"} {
		m, err := Readdressed(whole.Raw, to)
		if err != nil {
			t.Fatal(err)
		}
		was, _ := takeApart(whole.Raw)
		is, err := takeApart(m.Raw)
		if err != nil || is.print == was.print || !strings.Contains(m.MessageID, is.print) || bytes.Contains(m.Raw, []byte(was.print)) || seen[m.MessageID] {
			t.Errorf("%s: %s, %v", to, m.MessageID, err)
		}
		seen[m.MessageID] = true
		read, err := mail.ReadMessage(bytes.NewReader(m.Raw))
		if err != nil {
			t.Fatal(err)
		}
		list, err := read.Header.AddressList("To")
		if err != nil || len(list) != 1 || list[0].Address != to || len(read.Header["To"]) != 1 {
			t.Errorf("%s: To %v, %v", to, read.Header["To"], err)
		}
		if !bytes.Equal(is.text, was.text) || !bytes.Equal(is.html, was.html) || len(is.files) != 1 {
			t.Errorf("%s: the content changed", to)
		}
	}
	for _, wrong := range []string{"", "nobody", "a@b\r\nBcc: x@y.example"} {
		if _, err := Readdressed(whole.Raw, wrong); err == nil {
			t.Errorf("sent to %q", wrong)
		}
	}
}
