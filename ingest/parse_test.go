package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// aWorkbook is as much of an .xlsx as its magic needs.
func aWorkbook(t testing.TB) []byte {
	t.Helper()
	return zipped(t, map[string]string{"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"})
}

func zipped(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const mailTop = "From: Ann <ann@department.example>\r\nSubject: x\r\nMessage-ID: <1@department.example>\r\nMIME-Version: 1.0\r\n"

// mixed is a message of several parts; each part begins with its own header.
func mixed(parts ...string) string {
	return mailTop + "Content-Type: multipart/mixed; boundary=BB\r\n\r\n--BB\r\n" + strings.Join(parts, "\r\n--BB\r\n") + "\r\n--BB--\r\n"
}

func filePart(header string, data []byte) string {
	return header + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString(data)
}

func parsed(t *testing.T, raw string) *Mail {
	t.Helper()
	m, err := Parse(context.Background(), []byte(raw), DefaultLimits())
	if err != nil {
		t.Fatalf("%v", err)
	}
	return m
}

// An .xlsx that is inline, called a picture or without a name is a workbook all the same.
func TestWorkbooksAreFoundWhateverTheyAreCalled(t *testing.T) {
	x := aWorkbook(t)
	for _, header := range []string{
		"Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet\r\nContent-Disposition: attachment; filename=a.xlsx",
		"Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet\r\nContent-Disposition: inline; filename=a.xlsx",
		"Content-Type: image/png; name=a.png", "Content-Type: application/octet-stream", "Content-Type: text/plain",
	} {
		m := parsed(t, mixed("Content-Type: text/plain\r\n\r\nHere it is.", filePart(header, x)))
		if got := m.Workbooks(); len(got) != 1 || !bytes.Equal(got[0].Data, x) || strings.TrimSpace(m.Text) != "Here it is." {
			t.Errorf("%s: %d workbooks, text %q", header, len(got), m.Text)
		}
		if v := verdictOf(m, Surroundings{}); v.Kind != RequestMail || !v.Process || !v.Answer {
			t.Errorf("%s: %+v", header, v)
		}
	}
}

// The header field From must be there once, with one address.
func TestExactlyOneSender(t *testing.T) {
	for raw, want := range map[string]Reason{
		"From: a@b.example\r\nFrom: c@d.example\r\n\r\nx":       ReasonFrom,
		"From: a@b.example, c@d.example\r\n\r\nx":               ReasonFrom,
		"Subject: x\r\n\r\nx":                                   ReasonFrom,
		"From: nobody\r\n\r\nx":                                 ReasonFrom,
		"From: a@b.example\r\nSubject: 1\r\nsubject: 2\r\n\r\n": ReasonRepeatedHeader,
	} {
		m, err := Parse(context.Background(), []byte(raw), DefaultLimits())
		var fault *Fault
		if !errors.As(err, &fault) || fault.Reason != want {
			t.Errorf("%q: %v, want %s", raw, err, want)
		}
		if strings.Count(raw, "From:") > 1 && m.From.Addr != "" {
			t.Errorf("%q says it is from %s", raw, m.From.Addr)
		}
	}
}

// Subject() can hold line breaks, Filename() paths and right-to-left overrides.
func TestNamesAndSubjectsAreCleaned(t *testing.T) {
	encoded := "=?UTF-8?B?" + base64.StdEncoding.EncodeToString([]byte("a\r\nBcc: x@y\u202egpj")) + "?="
	m := parsed(t, strings.Replace(mixed(filePart("Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"../../etc/\u202ex.xlsx\"", []byte("%PDF-1.4"))), "Subject: x", "Subject: "+encoded, 1))
	if m.Subject != "a Bcc: x@ygpj" || m.Attachments[0].Name != "x.xlsx" {
		t.Errorf("subject %q, name %q", m.Subject, m.Attachments[0].Name)
	}
	for in, want := range map[string]string{`C:\tmp\a.xlsx`: "a.xlsx", "..": "", "a\x00b\u200b.xlsx": "ab.xlsx"} {
		if got := CleanName(in); got != want {
			t.Errorf("CleanName(%q) = %q", in, got)
		}
	}
}

// Depth is superlinear in the library: at most 50 levels and 1,000 parts here.
func TestDepthAndPartsAreBounded(t *testing.T) {
	deep := strings.Repeat("Content-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\n", 3000)
	many := mixed(strings.Split(strings.Repeat("\r\nx|", 5000), "|")...)
	for raw, want := range map[string]Reason{"From: a@b.example\r\n" + deep + "\r\nx": ReasonDepth, many: ReasonParts,
		"From: a@b.example\r\nX: " + strings.Repeat("y", 300<<10) + "\r\n\r\n": ReasonHeaderSize} {
		_, err := Parse(context.Background(), []byte(raw), DefaultLimits())
		var fault *Fault
		if !errors.As(err, &fault) || fault.Reason != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// What real mailers spoil is quarantined with its name, and nothing that was read before is kept.
func TestSpoiledMessagesHaveAReasonAndNoParts(t *testing.T) {
	good := filePart("Content-Type: application/octet-stream", aWorkbook(t))
	for _, c := range []struct {
		raw  string
		want Reason
	}{
		{strings.TrimSuffix(mixed(good), "--BB--\r\n"), ReasonTruncated},
		{mixed(good, "Content-Transfer-Encoding: base9000\r\n\r\nx"), ReasonEncoding},
		{mixed(good, "Content-Transfer-Encoding: base64\r\n\r\nAAAA!AAA"), ReasonDamaged},
		{mixed("Content-Type: text/plain; charset=klingon\r\n\r\nx"), ReasonCharset},
		{"In-Reply-To: <hr.7f3k9m2px4wq8r6t.1@h.example>\r\n" + mixed(good, "Content-Type: text/plain; charset=klingon\r\n\r\nx"), ReasonCharset}, // it may decide
		{mailTop + "Content-Type: multipart/mixed\r\n\r\nx", ReasonBoundary},
		{mixed(good, "Content-Type: message/partial; id=1\r\n\r\nx"), ReasonPartial},
		{mixed(good, "Content-Type: application/ms-tnef\r\n\r\nnot one"), ReasonTNEF},
		{mixed(good, "this is no field\r\n\r\nx"), ReasonHeader},
	} {
		m, err := Parse(context.Background(), []byte(c.raw), DefaultLimits())
		var fault *Fault
		if !errors.As(err, &fault) || fault.Reason != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
		if len(m.Attachments) > 0 || m.Text != "" || m.Subject != "x" {
			t.Errorf("%s: %d attachments, text %q, subject %q", c.want, len(m.Attachments), m.Text, m.Subject)
		}
	}
}

func TestForwardedSignedAndZippedWorkbooksAreOpened(t *testing.T) {
	x := aWorkbook(t)
	inner := strings.Replace(mixed("Content-Type: text/plain\r\n\r\nAPPROVE 1", filePart("Content-Type: application/octet-stream", x)), "--BB", "--CC", -1)
	inner = strings.Replace(inner, "boundary=BB", "boundary=CC", 1)
	inner = strings.Replace(inner, "ann@", "original@", 1)
	forwarded := parsed(t, mixed("Content-Type: text/plain\r\n\r\nsee below", "Content-Type: message/rfc822\r\n\r\n"+inner))
	if len(forwarded.Workbooks()) != 1 || forwarded.From.Addr != "ann@department.example" || len(forwarded.Forwarded) != 1 ||
		forwarded.Forwarded[0].From.Addr != "original@department.example" || strings.Contains(forwarded.Text, "APPROVE") {
		t.Errorf("%+v", forwarded)
	}
	signed := parsed(t, strings.Replace(mixed(filePart("Content-Type: application/octet-stream", x), "Content-Type: application/pkcs7-signature\r\n\r\nsig"), "multipart/mixed", "multipart/signed", 1))
	if len(signed.Workbooks()) != 1 || signed.Protection != Signed {
		t.Errorf("signed: %d workbooks, %q", len(signed.Workbooks()), signed.Protection)
	}
	pack := zipped(t, map[string]string{"one.xlsx": string(x), "d/two.xlsx": string(x), "~$one.xlsx": string(x), "r.txt": "read me"})
	unpacked := parsed(t, mixed(filePart("Content-Type: application/zip; name=forms.zip", pack)))
	if got := unpacked.Workbooks(); len(got) != 2 || got[0].Inside[0] != "forms.zip" {
		t.Errorf("zip: %d workbooks", len(got))
	}
	limits := DefaultLimits()
	limits.DecodedBytes = 1 << 20
	bomb := zipped(t, map[string]string{"a.bin": strings.Repeat("\x00", 8<<20)})
	var fault *Fault
	if _, err := Parse(context.Background(), []byte(mixed(filePart("Content-Type: application/zip", bomb))), limits); !errors.As(err, &fault) || fault.Reason != ReasonUnpacked {
		t.Errorf("a bomb: %v", err)
	}
	encrypted := parsed(t, mailTop+"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n\r\nMIAG\r\n")
	if v := verdictOf(encrypted, Surroundings{}); !encrypted.Protection.Closed() || v.Kind != RequestMail {
		t.Errorf("S/MIME: %q, %+v", encrypted.Protection, v)
	}
}

func TestWinmailOfTheCorpus(t *testing.T) {
	want := map[string]int{"one-file.tnef": 1, "two-files.tnef": 2, "long-filename.tnef": 1, "data-before-name.tnef": 1,
		"MAPI_ATTACH_DATA_OBJ.tnef": 3, "MAPI_OBJECT.tnef": 1, "winmail.tnef": 2}
	for _, file := range corpusFiles(t, "mail") {
		if !strings.HasSuffix(file, ".tnef") {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		files, err := readTNEF(&patience{ctx: context.Background()}, data, 1000)
		base := filepath.Base(file)
		name := base[strings.LastIndex(base, "__")+2:]
		if n, known := want[name]; known && n > 0 && (err != nil || len(files) != n) {
			t.Errorf("%s: %d files, %v, want %d", name, len(files), err, n)
		}
		if name == "one-file.tnef" {
			original, _ := os.ReadFile(strings.Replace(file, ".tnef", "__AUTHORS", 1))
			if files[0].name != "AUTHORS" || !bytes.Equal(files[0].data, original) {
				t.Errorf("%s holds %q, %d bytes; the original has %d", name, files[0].name, len(files[0].data), len(original))
			}
		}
		t.Logf("%s: %d files, %v", name, len(files), err)
	}
}

func TestKindsOfMachines(t *testing.T) {
	x := filePart("Content-Type: application/octet-stream", aWorkbook(t))
	our := Surroundings{Addresses: []string{"achats@department.example"}, Ours: func(_ context.Context, id string) (bool, error) {
		return strings.HasSuffix(id, "@handrail.example"), nil
	},
		StatementSenders: []string{"bank@department.example"}}
	code, err := NewCode(bytes.NewReader([]byte("0123456789")))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		raw             string
		kind            Kind
		process, answer bool
	}{
		"rule-forwarded request":    {"Auto-Submitted: auto-generated\r\n" + mixed(x), RequestMail, true, false},
		"request from a list":       {"List-Id: <l.example>\r\n" + mixed(x), RequestMail, true, true},
		"out of office":             {"Auto-Submitted: auto-replied\r\n" + mixed("\r\nAPPROVE 1"), AutoReplyMail, false, false},
		"out of office, French":     {strings.Replace(mixed("\r\nabsent"), "Subject: x", "Subject: =?utf-8?q?R=C3=A9ponse_automatique?= : absent", 1), AutoReplyMail, false, false},
		"out of office with a code": {"Auto-Submitted: auto-generated\r\n" + strings.Replace(mixed("\r\nAPPROVE 1"), "Subject: x", "Subject: Re: x "+code.Subject(), 1), AutoReplyMail, false, false},
		"newsletter":                {"List-Unsubscribe: <x>\r\n" + mixed("\r\nbuy"), ListMail, false, false},
		"invitation":                {mixed("Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR"), CalendarMail, false, false},
		"our own":                   {strings.Replace(mixed(x), "ann@", "achats@", 1), OwnMail, false, false},
		"bounce":                    {"Return-Path: <>\r\n" + strings.Replace(mixed("\r\nx"), "Ann <ann@", "<MAILER-DAEMON@", 1), BounceMail, false, false},
		"answer by button":          {strings.Replace(mixed("\r\nAPPROVE 1"), "Subject: x", "Subject: Re: 2 lines "+code.Subject(), 1), AnswerMail, true, true},
		"answer by reply":           {"In-Reply-To: <" + code.MessageID("1", "handrail.example") + ">\r\n" + mixed("\r\nAPPROVE 1"), AnswerMail, true, true},
		"withdrawal":                {"In-Reply-To: <q@handrail.example>\r\n" + mixed("\r\nWITHDRAW 1"), AnswerMail, true, true},
		"corrected workbook":        {"In-Reply-To: <q@handrail.example>\r\n" + mixed(x), RequestMail, true, true},
		"statement":                 {strings.Replace(mixed(filePart("Content-Type: text/csv; name=statement.csv", []byte("Date,Merchant,Amount\n2026-11-01,X,1.00\n2026-11-02,Y,2.00\n"))), "ann@", "bank@", 1), StatementMail, true, true},
		"a person":                  {mixed("\r\nHow does this work?"), OtherMail, false, true},
		"noreply":                   {strings.Replace(mixed("\r\nx"), "ann@", "no-reply@", 1), MachineMail, false, false},
	} {
		v := verdictOf(parsed(t, c.raw), our)
		if v.Kind != c.kind || v.Process != c.process || v.Answer != c.answer {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestCodes(t *testing.T) {
	a, _ := NewCode(bytes.NewReader([]byte("0123456789")))
	b, _ := NewCode(bytes.NewReader([]byte("abcdefghij")))
	m := &Mail{Subject: "RE: x " + strings.ToUpper(a.Subject()), InReplyTo: []string{a.MessageID("2", "h.example")},
		References: []string{b.MessageID("1", "h.example")}, Text: b.Subject()}
	if got := CodesIn(m); len(got) != 1 || got[0] != a {
		t.Errorf("%v: bodies and older mails of the thread never count", got)
	}
	m.Subject += b.Subject()
	if got := CodesIn(m); len(got) != 2 {
		t.Errorf("%v", got)
	}
	if got, ok := ParseCode(a.String()); !ok || got != a {
		t.Errorf("%q, %v", got, ok)
	}
}

func TestBounceNamesTheOriginalMessage(t *testing.T) {
	m := parsed(t, strings.Replace(mixed("Content-Type: text/plain\r\n\r\nsorry",
		"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; Gone@D.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user",
		"Content-Type: message/rfc822\r\n\r\nFrom: achats@department.example\r\nMessage-ID: <hr.1@h.example>\r\n\r\nAPPROVE 1"),
		"multipart/mixed", "multipart/report; report-type=delivery-status", 1))
	b := Bounce(m)
	if b == nil || b.MessageID != "hr.1@h.example" || len(b.Recipients) != 1 || b.Recipients[0] != (RecipientReport{"gone@d.example", "failed", "5.1.1", "550 no such user"}) || !b.Failed() {
		t.Errorf("%+v", b)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(mixed("\r\nx", "Content-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\n\r\nx")))
	f.Add([]byte(mixed("Content-Type: text/html\r\n\r\n<p>x", "Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\x01\x00\x02")))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Parse(context.Background(), raw, DefaultLimits())
		var fault *Fault
		if m == nil || err != nil && !errors.As(err, &fault) {
			t.Fatalf("%v, %v", m, err)
		}
		if err != nil && len(m.Attachments) > 0 {
			t.Fatal("parts of a half-read message")
		}
		verdictOf(m, Surroundings{})
		Bounce(m)
		if CleanLine(m.Subject) != m.Subject {
			t.Fatalf("subject %q", m.Subject)
		}
	})
}

func FuzzTNEF(f *testing.F) {
	f.Add([]byte("\x78\x9f\x3e\x22\x01\x00\x02\x05\x90\x06\x00\x08\x00\x00\x00\x01\x00\x00\x00\x1e\x00\x07\x37\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		files, _ := readTNEF(&patience{ctx: context.Background()}, data, 100)
		total := 0
		for _, file := range files {
			total += len(file.data)
		}
		if len(files) > 102 || total > len(data) {
			t.Fatalf("%d files, %d bytes of %d", len(files), total, len(data))
		}
	})
}
