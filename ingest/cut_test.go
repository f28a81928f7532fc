package ingest

import (
	"context"
	"encoding/base64"
	"mime"
	"strings"
	"testing"

	"handrail/internal/workbook"
)

func testCutter() Cutter {
	return Cutter{Text: func(s string) string {
		return strings.NewReplacer("4111 1111", "••1111", "41111111", "••1111").Replace(s)
	}, Mark: "••", Plain: "xx"}
}

// A number in any part, encoding and name is cut, and nothing else is another byte.
func TestCutChangesWhatItMustAndNothingElse(t *testing.T) {
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	raw := "From: a@b.example\r\nMessage-ID: <41111111@b.example>\r\nSubject: " + mime.BEncoding.Encode("utf-8", "Carte n° 4111 1111") + "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=x\r\n\r\n" +
		"--x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncard 4111 11=\r\n11, d=C3=A9j=C3=A0\r\n" +
		"--x\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n<b>41111111</b>\r\n" +
		"--x\r\nContent-Type: text/csv; name=\"41111111.csv\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64("Date,Card\n1,41111111\n") + "\r\n" +
		"--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: 41111111\r\n\r\nfor 41111111\r\n" +
		"--x\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64("%PDF-1.4 41111111\x00") + "\r\n--x--\r\n"
	cut := Cut([]byte(raw), testCutter())
	before, err := Parse(context.Background(), []byte(raw), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	m, err := Parse(context.Background(), cut, DefaultLimits())
	if err != nil {
		t.Fatalf("what is cut is no message: %v\n%s", err, cut)
	}
	if m.MessageID != before.MessageID || m.Subject != "Carte n° ••1111" || !strings.Contains(m.Text, "card ••1111, déjà") || len(m.Attachments) != len(before.Attachments) {
		t.Errorf("%+v\n%s", m, cut)
	}
	rest := strings.Replace(string(cut), "Message-ID: <41111111@b.example>", "", 1)
	if strings.Contains(rest, "41111111") || strings.Contains(rest, "4111 1111") || strings.Contains(rest, b64("Date,Card\n1,41111111\n")) {
		t.Errorf("a number is left:\n%s", cut)
	}
	if !strings.Contains(string(cut), b64("%PDF-1.4 41111111\x00")) {
		t.Error("a file that is no text was changed")
	}
	if again := Cut(cut, testCutter()); again != nil {
		t.Errorf("cut once more, it changes:\n%s", again)
	}
	if Cut([]byte("Subject: nothing\r\n\r\nhere\r\n"), testCutter()) != nil {
		t.Error("a mail without numbers is changed")
	}
}

func TestAFileThatNobodyCanReadIsNamedAndNotKept(t *testing.T) {
	c := testCutter()
	c.Unread = func(f workbook.Format) bool { return f == workbook.Pdf }
	raw := "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: application/pdf; name=\"s-41111111.pdf\"\r\n\r\n%PDF-1.4 secret\r\n--x--\r\n"
	cut := string(Cut([]byte(raw), c))
	if strings.Contains(cut, "secret") || strings.Contains(cut, "41111111") || !strings.Contains(cut, "s-xx1111.pdf") || !strings.Contains(cut, "sha256:") || !strings.Contains(cut, " bytes") {
		t.Errorf("kept as\n%s", cut)
	}
	if _, err := Parse(context.Background(), []byte(cut), DefaultLimits()); err != nil {
		t.Error(err)
	}
}
