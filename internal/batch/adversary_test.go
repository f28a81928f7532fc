package batch_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// nasty is a mail that somebody made to be misunderstood, or that a program writes badly, and what must become of it.
type nasty struct {
	// mail is its bytes; {me} is its sender's own address.
	mail string
	// forged: the border server does not vouch for {me}.
	forged bool
	kind   ingest.Kind
	reason string // why it is in quarantine; "" when it is not
	lines  int    // lines that it asks for
	// told are words of the answer to {me} that say why, or what was decided; "" when nobody at that address is answered.
	told string
}

// crowd is the domain of the senders, each of whom writes one mail.
const crowd = "people.example"

func me(headers, body string) string {
	return "From: Quelqu’un <{me}>\r\nTo: <" + testInbox + ">\r\nMessage-ID: <of.{me}>\r\nMIME-Version: 1.0\r\n" + headers + body
}

func about(subject, body string) string { return me("Subject: "+subject+"\r\n", body) }

// from replaces the usual sender's field.
func from(field, mail string) string {
	return strings.Replace(mail, "From: Quelqu’un <{me}>", field, 1)
}

func asBase64(header string, data []byte) string {
	return header + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64Lines(data)
}

// locked sets the mark of a password on every entry of a zip.
func locked(pack []byte) []byte {
	pack = bytes.Clone(pack)
	for mark, flags := range map[string]int{"PK\x03\x04": 6, "PK\x01\x02": 8} {
		for at := 0; ; {
			i := bytes.Index(pack[at:], []byte(mark))
			if i < 0 {
				break
			}
			at += i + flags
			pack[at] |= 1
		}
	}
	return pack
}

func encodedWord(s string) string {
	return "=?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?="
}

// nested forwards a mail so many times.
func nested(deep int, mail string) string {
	var b strings.Builder
	for range deep {
		b.WriteString("Content-Type: message/rfc822\r\n\r\nFrom: <someone@elsewhere.example>\r\nSubject: Fwd\r\n")
	}
	return b.String() + mail
}

func nastyMails(t *testing.T, d *agency, asked *ingest.Mail) map[string]nasty {
	book := d.form(testStaff, request.English, line("Paper clips", "Corner Shop", "1.00", "0.13", "1.13"))
	file := attachedFile("form.xlsx", book)
	form := parts("mixed", plainText+"Form attached.", file)
	subject, thread := answerTo(asked)
	approve := me("Subject: "+subject+"\r\n"+thread, plainText+"APPROVE 1\r\n")
	const approved, noForm = "HR-2026-", "no request form"
	proofBelow := "Authentication-Results: mx." + testDomain + "; dmarc=fail header.from=" + crowd + "\r\n" + proof(crowd)
	with := func(name string, data []byte) string {
		return parts("mixed", plainText+"Form attached.", attachedFile(name, data))
	}
	zipped := func(name string, data []byte) []byte { return zipOf(t, map[string][]byte{name: data}) }
	return map[string]nasty{
		// Who sent it.
		"two From fields":                      {mail: "From: <" + testOfficer + ">\r\n" + approve, kind: ingest.AnswerMail, reason: "not-one-sender"},
		"two addresses in From":                {mail: from("From: <{me}>, <"+testOfficer+">", approve), kind: ingest.AnswerMail, reason: "not-one-sender"},
		"a group in From":                      {mail: from("From: "+testOfficer+": {me};", approve), kind: ingest.AnswerMail, reason: "not-one-sender"},
		"an empty group in From":               {mail: from("From: undisclosed-recipients:;", about("x", form)), kind: ingest.OtherMail, reason: "not-one-sender"},
		"an empty From":                        {mail: from("From:", about("x", form)), kind: ingest.OtherMail, reason: "not-one-sender"},
		"a name that is the officer's address": {mail: from("From: "+encodedWord("Odile Officer <"+testOfficer+">")+" <{me}>", approve), kind: ingest.AnswerMail, told: "not yours to make"},
		"a comment that is the officer":        {mail: from("From: {me} ("+testOfficer+")", approve), kind: ingest.AnswerMail, told: "not yours to make"},
		"a domain that looks the same":         {mail: from("From: <officer@d\u0435partment.example>", approve), forged: true, kind: ingest.AnswerMail, reason: "sender-not-verified"},
		"a verdict below the topmost":          {mail: proofBelow + approve, forged: true, kind: ingest.AnswerMail, reason: "sender-not-verified"},
		"a verdict of another server":          {mail: "Authentication-Results: mx.elsewhere.example; dmarc=pass header.from=" + crowd + "\r\n" + about("x", form), forged: true, kind: ingest.RequestMail, reason: "sender-not-verified"},
		"a tenant's mark elsewhere":            {mail: "X-MS-Exchange-Organization-AuthAs: Internal\r\n" + about("x", form), forged: true, kind: ingest.RequestMail, reason: "sender-not-verified"},
		"our own address":                      {mail: proof(testDomain) + from("From: <"+testInbox+">", about("x", form)), kind: ingest.OwnMail},
		"our own address, forged":              {mail: from("From: <"+strings.ToUpper(testInbox)+">", about("x", form)), forged: true, kind: ingest.OwnMail},
		"answers to somebody else":             {mail: me("Subject: x\r\nReply-To: <victim@elsewhere.example>\r\n", form), kind: ingest.RequestMail, lines: 1, told: approved},
		"a name over several lines":            {mail: from("From:\r\n "+encodedWord("Quelqu’un\r\nBcc: victim@elsewhere.example")+"\r\n\t<{me}>", about("x", form)), kind: ingest.RequestMail, lines: 1, told: approved},
		// Headers.
		"a header without end":             {mail: me("Subject: x\r\nX-Padding: "+strings.Repeat("x ", 150<<10)+"\r\n", form), kind: ingest.OtherMail, reason: "header-too-long", told: "far too long"},
		"a header folded a thousand times": {mail: me("Subject: x\r\nX-Padding:"+strings.Repeat("\r\n x", 1000)+"\r\n", form), kind: ingest.RequestMail, lines: 1, told: approved},
		"two subjects":                     {mail: about("one", "Subject: two\r\n"+form), kind: ingest.OtherMail, reason: "repeated-header", told: "stands there twice"},
		"a line that is no field":          {mail: about("x", "this is no field\r\n"+form), kind: ingest.OtherMail, reason: "malformed-header", told: "header is damaged"},
		"a subject that adds a recipient":  {mail: about(encodedWord("x\r\nBcc: victim@elsewhere.example"), plainText+"Hello.\r\n"), kind: ingest.OtherMail, told: noForm},
		"raw 8-bit characters":             {mail: about("Achat d\xe9j\xe0 pr\xeat", form), kind: ingest.RequestMail, lines: 1, told: approved},
		"a NUL in header and body":         {mail: about("x\x00y", plainText+"Hel\x00lo.\r\n"), kind: ingest.OtherMail, told: noForm},
		"a bare CR before another From":    {mail: about("x\rFrom: "+testOfficer, form), kind: ingest.RequestMail, lines: 1, told: approved},
		"only line feeds":                  {mail: strings.ReplaceAll(about("x", form), "\r\n", "\n"), kind: ingest.RequestMail, lines: 1, told: approved},
		"no end of the header":             {mail: strings.TrimSuffix(about("x", ""), "\r\n"), kind: ingest.OtherMail, told: noForm},
		"no Message-ID":                    {mail: strings.Replace(about("x", form), "Message-ID: <of.{me}>\r\n", "", 1), kind: ingest.RequestMail, lines: 1, told: approved},
		"somebody else's Message-ID":       {mail: strings.Replace(about("x", form), "of.{me}", asked.MessageID, 1), kind: ingest.RequestMail, lines: 1, told: approved},
		"a date in the far future":         {mail: me("Subject: x\r\nDate: Fri, 1 Jan 2999 00:00:00 +0000\r\n", form), kind: ingest.RequestMail, reason: "dated-ahead", told: "Set the clock"},
		// Machines.
		"RFC 3834 with a comment":              {mail: me("Subject: Away\r\nAuto-Submitted: (robot) auto-replied; owner-token=x\r\n", plainText+"Away.\r\n"), kind: ingest.AutoReplyMail},
		"Auto-Submitted: no":                   {mail: me("Subject: x\r\nAuto-Submitted: no\r\n", form), kind: ingest.RequestMail, lines: 1, told: approved},
		"Outlook is away, in French":           {mail: me("Subject: "+encodedWord("Réponse automatique : Demande d’achat")+"\r\nX-Auto-Response-Suppress: All\r\n", plainText+"APPROUVER 1\r\n"), kind: ingest.AutoReplyMail},
		"Exchange is away, with our code":      {mail: me("Subject: "+encodedWord("Réponse automatique : ")+subject+"\r\n"+thread+"Auto-Submitted: auto-generated\r\nX-MS-Exchange-Inbox-Rules-Loop: {me}\r\n", plainText+"APPROVE 1\r\n"), kind: ingest.AutoReplyMail},
		"Gmail is away, in French":             {mail: me("Subject: "+encodedWord("Absente du bureau Re: Demande")+"\r\nPrecedence: bulk\r\nX-Autoreply: yes\r\n", plainText+"Absente.\r\n"), kind: ingest.AutoReplyMail},
		"Lotus Notes is away, in French":       {mail: about(encodedWord("AUTO: Marie Tremblay est absente du bureau. (retour 2026-11-30)"), plainText+"Absente.\r\n"), kind: ingest.AutoReplyMail},
		"away, by nothing but a subject":       {mail: about(encodedWord("Absente du bureau jusqu’au 30 novembre"), plainText+"Absente.\r\n"), kind: ingest.AutoReplyMail},
		"Domino's receipt in French":           {mail: about("Lu : demande", plainText+"Votre message a été lu.\r\n"), kind: ingest.AutoReplyMail},
		"a bounce without its mail":            {mail: "Return-Path: <>\r\n" + from("From: <mailer-daemon@"+crowd+">", about("Undelivered Mail Returned to Sender", parts("report; report-type=delivery-status", plainText+"Sorry."))), kind: ingest.BounceMail},
		"a bounce in words, in French":         {mail: "Return-Path: <>\r\n" + from("From: Postmaster <postmaster@"+crowd+">", about(encodedWord("Échec de la remise : demande"), plainText+"Non remis.\r\n")), forged: true, kind: ingest.BounceMail},
		"a bounce that brings a form":          {mail: "Return-Path: <>\r\n" + from("From: <mailer-daemon@"+crowd+">", about("Undelivered", form)), kind: ingest.BounceMail},
		"an invitation with a form":            {mail: about("Meeting", parts("mixed", "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR", file)), kind: ingest.RequestMail, lines: 1, told: approved},
		"an invitation":                        {mail: about("Meeting", "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), kind: ingest.CalendarMail},
		"a list with a form":                   {mail: me("Subject: x\r\nList-Id: <l.example>\r\nPrecedence: list\r\n", form), kind: ingest.RequestMail, lines: 1, told: approved},
		"a list with an old form":              {mail: me("Subject: x\r\nList-Id: <l.example>\r\nPrecedence: list\r\n", with("form.xls", oleFile("Workbook"))), kind: ingest.RequestMail, told: "old Excel format"},
		"a newsletter with a PDF":              {mail: me("Subject: News\r\nList-Unsubscribe: <https://l.example>\r\n", with("news.pdf", []byte("%PDF-1.7\n"))), kind: ingest.ListMail},
		"a form from an address nobody reads":  {mail: from("From: <no-reply+{me}>", about("x", form)), kind: ingest.RequestMail, lines: 1},
		"a form with an empty return path":     {mail: "Return-Path: <>\r\n" + about("x", form), kind: ingest.RequestMail, lines: 1},
		"an old form that a rule forwarded":    {mail: me("Subject: x\r\nAuto-Submitted: auto-generated\r\n", with("form.xls", oleFile("Workbook"))), kind: ingest.RequestMail},
		"a form that a rule forwarded, locked": {mail: me("Subject: x\r\nAuto-Submitted: auto-generated\r\n", with("form.xlsx", oleFile("EncryptedPackage"))), kind: ingest.RequestMail},
		"a statement of a bank's machine": {mail: proof("bank.example") + from("From: <cards@bank.example>", me("Subject: Statement\r\nAuto-Submitted: auto-generated\r\nList-Unsubscribe: <https://bank.example>\r\n",
			with("statement.csv", cardStatement(row("2026-11-20", "NORTHWIND", "113.00", ""))))), forged: true, kind: ingest.StatementMail},
		// What is inside.
		"a name in pieces (RFC 2231)":      {mail: about("x", parts("mixed", plainText+"x", asBase64("Content-Type: application/octet-stream\r\nContent-Disposition: attachment;\r\n filename*0*=utf-8''Demande%20d%E2%80%99; filename*1*=%C3%A9t%C3%A9.xlsx", book))), kind: ingest.RequestMail, lines: 1, told: approved},
		"a name that is a path":            {mail: about("x", with("../../../etc/cron.d/form.xlsx", book)), kind: ingest.RequestMail, lines: 1, told: approved},
		"a name that reads backwards":      {mail: about("x", parts("mixed", plainText+"x", asBase64("Content-Type: image/png; name=\""+encodedWord("form\u202egnp.xlsx")+"\"", book))), kind: ingest.RequestMail, lines: 1, told: approved},
		"broken base64":                    {mail: about("x", parts("mixed", plainText+"x", "Content-Transfer-Encoding: base64\r\nContent-Type: application/octet-stream\r\n\r\nUEsDB!!!BQ=")), kind: ingest.OtherMail, reason: "damaged-encoding", told: "was damaged on its way"},
		"broken base64, in French":         {mail: about("Demande d'achat", parts("mixed", plainText+"x", "Content-Transfer-Encoding: base64\r\nContent-Type: application/octet-stream\r\n\r\nUEsDB!!!BQ=")), kind: ingest.OtherMail, reason: "damaged-encoding", told: "a été endommagée en route"},
		"no boundary":                      {mail: about("x", strings.Replace(form, `; boundary="=_b"`, "", 1)), kind: ingest.OtherMail, reason: "missing-boundary", told: "where its parts begin"},
		"a boundary that never comes":      {mail: about("x", strings.Replace(form, `boundary="=_b"`, `boundary="other"`, 1)), kind: ingest.OtherMail, reason: "missing-boundary", told: "where its parts begin"},
		"cut off":                          {mail: strings.TrimSuffix(about("x", form), "--=_b--\r\n"), kind: ingest.OtherMail, reason: "truncated", told: "end of the message is missing"},
		"an unknown encoding":              {mail: about("x", parts("mixed", plainText+"x", "Content-Type: application/octet-stream; name=form.xlsx\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 form.xlsx\r\n#0V%T\r\n`\r\nend")), kind: ingest.OtherMail, reason: "unknown-encoding", told: "encoded in a way that is not known"},
		"an unknown charset":               {mail: about("x", parts("mixed", "Content-Type: text/plain; charset=klingon\r\n\r\nx", file)), kind: ingest.RequestMail, lines: 1, told: approved},
		"an unknown charset alone":         {mail: about("x", parts("mixed", "Content-Type: text/plain; charset=klingon\r\n\r\nx")), kind: ingest.OtherMail, reason: "unknown-charset", told: "character set"},
		"uuencoded in the text":            {mail: about("x", plainText+"begin 644 form.xlsx\r\n#0V%T\r\n`\r\nend\r\n"), kind: ingest.RequestMail, told: "(uuencode)"},
		"forwarded ten times":              {mail: about("Fwd", nested(10, form)), kind: ingest.RequestMail, lines: 1, told: approved},
		"forwarded sixty times":            {mail: about("Fwd", nested(60, form)), kind: ingest.OtherMail, reason: "nested-too-deep", told: "nested too deeply"},
		"two thousand parts":               {mail: about("x", parts("mixed", slices.Repeat([]string{"\r\n\r\nx"}, 2000)...)), kind: ingest.OtherMail, reason: "too-many-parts", told: "too many parts"},
		"a fragment":                       {mail: about("x", "Content-Type: message/partial; id=x; number=1; total=2\r\n\r\nFrom: <{me}>\r\n\r\nx\r\n"), kind: ingest.OtherMail, reason: "fragment", told: "cut the message in pieces"},
		"a file that lies elsewhere":       {mail: about("x", "Content-Type: message/external-body; access-type=local-file; name=\"/etc/passwd\"\r\n\r\nContent-Type: text/plain\r\n\r\n"), kind: ingest.OtherMail, told: noForm},
		"a type that lies":                 {mail: about("x", parts("mixed", plainText+"x", asBase64("Content-Type: text/html; charset=klingon", book))), kind: ingest.RequestMail, lines: 1, told: approved},
		"an empty file":                    {mail: about("x", with("form.xlsx", nil)), kind: ingest.RequestMail, told: "file is empty"},
		"a web page called a workbook":     {mail: about("x", with("form.xlsx", []byte("<!DOCTYPE html><html><body>Sign in</body></html>"))), kind: ingest.RequestMail, told: "a web page"},
		"a picture called a workbook":      {mail: about("x", with("form.xlsx", []byte("\x89PNG\r\n\x1a\n"))), kind: ingest.RequestMail, told: "a picture"},
		"noise called a workbook":          {mail: about("x", with("form.xlsx", bytes.Repeat([]byte{0xfe, 1, 0xc3}, 99))), kind: ingest.RequestMail, told: "not an Excel workbook"},
		"a lock file":                      {mail: about("x", with("~$form.xlsx", book)), kind: ingest.OtherMail, told: noForm},
		"an Outlook message":               {mail: about("x", with("form.msg", oleFile("__properties_version1.0"))), kind: ingest.RequestMail, told: "an Outlook message"},
		"an old Word document":             {mail: about("x", with("form.doc", oleFile("WordDocument"))), kind: ingest.RequestMail, told: "a Word document"},
		"Excel 2003's XML":                 {mail: about("x", with("form.xml", []byte(`<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>`))), kind: ingest.RequestMail, told: "an Excel 2003 XML file"},
		"an archive":                       {mail: about("x", with("forms.7z", []byte("7z\xbc\xaf\x27\x1c\x00\x04"))), kind: ingest.RequestMail, told: "a compressed archive"},
		"a zip in a zip":                   {mail: about("x", with("forms.zip", zipped("inner.zip", zipped("form.xlsx", book)))), kind: ingest.RequestMail, told: "holds another zip file"},
		"a zip with a password":            {mail: about("x", with("forms.zip", locked(zipped("form.xlsx", book)))), kind: ingest.RequestMail, told: "needs a password"},
		"a zip with a password, in French": {mail: about("Demande d'achat", with("forms.zip", locked(zipped("form.xlsx", book)))), kind: ingest.RequestMail, told: "exige un mot de passe"},
		"a damaged zip":                    {mail: about("x", with("forms.zip", zipped("form.txt", []byte("hello"))[:40])), kind: ingest.RequestMail, told: "zip file cannot be opened"},
		"a zip that climbs out":            {mail: about("x", with("forms.zip", zipped("../../form.xlsx", book))), kind: ingest.RequestMail, lines: 1, told: approved},
		"twenty-one workbooks":             {mail: about("x", parts("mixed", slices.Repeat([]string{attachedFile("form.xlsx", zipped("xl/workbook.xml", []byte("<workbook/>")))}, 21)...)), kind: ingest.OtherMail, reason: "too-many-workbooks", told: "more workbooks"},
		"the same form twice":              {mail: about("x", parts("mixed", file, file)), kind: ingest.RequestMail, lines: 1, told: approved},
		"half a winmail.dat":               {mail: about("x", parts("mixed", plainText+"x", asBase64("Content-Type: application/ms-tnef; name=winmail.dat", winmail("form.xlsx", book)[:900]))), kind: ingest.OtherMail, reason: "damaged-winmail", told: "winmail.dat"},
		"a sealed message":                 {mail: about("x", asBase64("Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", []byte("0\x80\x06\x09"))+"\r\n"), kind: ingest.RequestMail, told: "“opaque”"},
		"an Apple file in two":             {mail: about("x", parts("mixed", plainText+"x", strings.ReplaceAll(parts("appledouble", asBase64("Content-Type: application/applefile", []byte("\x00\x05\x16\x07")), file), "=_b", "=_apple"))), kind: ingest.RequestMail, lines: 1, told: approved},
		"a mail in a file":                 {mail: about("Fwd", parts("mixed", plainText+"See attached.", asBase64("Content-Type: application/octet-stream; name=\"request.eml\"\r\nContent-Disposition: attachment; filename=\"request.eml\"", []byte("From: <someone@elsewhere.example>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"+form)))), kind: ingest.RequestMail, lines: 1, told: approved},
	}
}

// Mail that was made to be misunderstood goes through the whole job in one pass: each ends as one kind in one folder, is
// believed no more than it proves, and a person who can be answered hears why in words of their language.
func TestNastyMailsEndAsTheyShould(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) {
		c := &o.Inboxes[0].Config
		c.AllowedDomains, c.Limits.MessageBytes = []string{testDomain, crowd, "bank.example"}, 1<<20
		c.StatementSenders = []string{"cards@bank.example"}
		o.Department.Domains = []string{testDomain, crowd}
	})
	d.put(d.withFile("above.xlsx", d.form(testStaff, request.English, line("Platform", "Mille Pages", "9500", "1235", "10735"))))
	d.once()
	asked := d.inbox(testOfficer)[0]
	mails := nastyMails(t, d, asked)
	if len(mails) < 40 {
		t.Fatalf("only %d mails", len(mails))
	}
	before := len(d.lines())
	raws, senders := map[string][]byte{}, map[string]string{}
	for name, m := range mails {
		sender := fmt.Sprintf("n%02d@%s", len(raws)+1, crowd)
		raw := strings.ReplaceAll(m.mail, "{me}", sender)
		if !m.forged {
			raw = proof(crowd) + raw
		}
		raws[name], senders[name] = d.put(raw), sender
	}
	d.once()
	if n := d.office.Count(testInbox, "INBOX"); n != 0 {
		t.Errorf("%d messages are left in the inbox", n)
	}
	answers := d.answersBySender()
	wantLines := before
	for name, m := range mails {
		wantLines += m.lines
		t.Run(name, func(t *testing.T) { d.endsAs(t, m, raws[name], answers[senders[name]]) })
	}
	if got := len(d.lines()); got != wantLines {
		t.Errorf("%d lines were recorded, want %d", got, wantLines)
	}
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Escalated})
	if n := len(answers["victim@elsewhere.example"]); n != 0 {
		t.Errorf("somebody who did not write got %d mails", n)
	}
	if n := len(d.charges()); n != 1 {
		t.Errorf("%d charges were read", n)
	}
	for _, code := range []string{"old-format", "password-protected", "sender-not-verified", "not-one-sender"} {
		n := 0
		for _, alert := range d.told() {
			if strings.Contains(alert, "set aside: "+code) || strings.Contains(alert, "not told: "+code) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("the operator hears %d times of %s", n, code)
		}
	}
	d.sound()
}

// answersBySender are the mails that we sent, by recipient.
func (d *agency) answersBySender() map[string][]*ingest.Mail {
	d.t.Helper()
	all, err := d.office.Submitted()
	if err != nil {
		d.t.Fatal(err)
	}
	by := map[string][]*ingest.Mail{}
	for _, s := range all {
		mail, err := ingest.Parse(context.Background(), s.Raw, ingest.DefaultLimits())
		if err != nil {
			d.t.Fatalf("a mail to %v cannot be read: %v", s.To, err)
		}
		if mail.Header.Has("Bcc") || mail.Header.Has("Cc") {
			d.t.Errorf("a mail to %v has other recipients", s.To)
		}
		for _, to := range s.To {
			by[to] = append(by[to], mail)
		}
	}
	return by
}

func (d *agency) endsAs(t *testing.T, m nasty, raw []byte, answers []*ingest.Mail) {
	t.Helper()
	rows := d.takenIn(raw)
	if len(rows) != 1 {
		t.Fatalf("%d intake rows", len(rows))
	}
	row := rows[0]
	state, folder := ledger.Filed, "Processed"
	if m.reason != "" {
		state, folder = ledger.Quarantined, "Quarantine"
		if ingest.Reason(row.Reason).Text().IsZero() {
			t.Errorf("the reason %q has no words", row.Reason)
		}
	}
	if row.Kind != string(m.kind) || row.State != state || row.Destination != folder || m.reason != "" && row.Reason != m.reason {
		t.Errorf("it is %s, %s (%s) in %s; want %s, %s (%s)", row.Kind, row.State, row.Reason, row.Destination, m.kind, state, m.reason)
	}
	there := 0
	for _, folder := range []string{"Processed", "Quarantine"} {
		list, err := d.office.Messages(testInbox, folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, kept := range list {
			if bytes.Equal(kept.Raw, raw) {
				there++
				if folder != row.Destination {
					t.Errorf("it lies in %s, and the ledger says %s", folder, row.Destination)
				}
			}
		}
	}
	if there != 1 {
		t.Errorf("it lies in %d folders", there)
	}
	switch {
	case m.told == "" && len(answers) > 0:
		t.Errorf("it was answered: %s", answers[0].Text)
	case m.told == "":
	case len(answers) != 1:
		t.Errorf("%d answers", len(answers))
	case !strings.Contains(strings.Join(strings.Fields(answers[0].Text), " "), m.told):
		t.Errorf("the answer does not say %q:\n%s", m.told, answers[0].Text)
	default:
		first, second := "We could not", "Nous n’avons"
		if strings.Contains(string(raw), "Subject: Demande") {
			first, second = second, first
		}
		a, b := strings.Index(answers[0].Text, first), strings.Index(answers[0].Text, second)
		if m.lines == 0 && a >= 0 && b >= 0 && a > b {
			t.Errorf("the wrong language comes first:\n%s", answers[0].Text)
		}
	}
}
