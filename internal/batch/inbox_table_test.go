package batch_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// tableRow is a row of the table in docs/inbox.md: a promise.
type tableRow struct {
	message, kind, folder, state string
	sender, operator             bool
}

// promised reads the table in docs/inbox.md.
func promised(t *testing.T) (rows []tableRow) {
	t.Helper()
	text, err := os.ReadFile("../../docs/inbox.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 7 || strings.HasPrefix(cells[0], "---") {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if cells[0] == "message" {
			continue
		}
		rows = append(rows, tableRow{message: cells[0], kind: cells[1], sender: cells[3] == "yes", operator: cells[4] == "yes", folder: cells[5], state: cells[6]})
	}
	return rows
}

// walkFolders are the folders that the table's words stand for.
var walkFolders = map[string]string{"processed": "Processed", "escalated": "For officers", "returned": "Sent back", "quarantine": "Quarantine"}

// walk is a department whose inbox has a folder, a limit and a list for every row.
func walk(t *testing.T, with func(*job.Options)) *agency {
	return open(t, func(o *job.Options) {
		c := &o.Inboxes[0].Config
		c.Folders.Escalated, c.Folders.Returned = walkFolders["escalated"], walkFolders["returned"]
		c.Limits.MessageBytes = 1 << 20
		c.AllowedDomains = []string{testDomain, "partner.example", "bank.example"}
		c.StatementSenders = []string{"cards@bank.example"}
		if with != nil {
			with(o)
		}
	})
}

// letter is a mail from somebody whom the border server vouches for; headers stand above, and body begins with the
// fields that say what it is.
func (d *agency) letter(from, subject, headers, body string) string {
	d.mails++
	_, domain, _ := strings.Cut(from, "@")
	return proof(domain) + headers + fmt.Sprintf("From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\nMessage-ID: <letter.%d@%s>\r\nMIME-Version: 1.0\r\n", from, testInbox, subject, d.mails, domain) + body
}

const plainText = "Content-Type: text/plain; charset=utf-8\r\n\r\n"

func parts(kind string, list ...string) string {
	return "Content-Type: multipart/" + kind + "; boundary=\"=_b\"\r\n\r\n--=_b\r\n" + strings.Join(list, "\r\n--=_b\r\n") + "\r\n--=_b--\r\n"
}

func attachedFile(name string, data []byte) string {
	return "Content-Type: application/octet-stream; name=\"" + name + "\"\r\nContent-Disposition: attachment; filename=\"" + name +
		"\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64Lines(data)
}

// a good line, and a form with it.
func (d *agency) goodForm(title string) []byte {
	return d.form(testStaff, request.English, line("Kit "+title, "Maison "+title, "100", "13", "113"))
}

func (d *agency) withFile(name string, data []byte) string {
	return d.letter(testStaff, "Purchase", "", parts("mixed", plainText+"Form attached.", attachedFile(name, data)))
}

func zipOf(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, data := range files {
		header := &zip.FileHeader{Name: name, Method: zip.Deflate}
		if name == "mimetype" { // OpenDocument's first entry is not compressed
			header.Method = zip.Store
		}
		f, err := w.CreateHeader(header)
		if err == nil {
			_, err = f.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// winmail wraps a file as Outlook does (MS-OXTNEF): signature, key, and three attributes of one attachment.
func winmail(name string, data []byte) []byte {
	var b bytes.Buffer
	put := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) }
	put(uint32(0x223e9f78))
	put(uint16(1))
	attribute := func(level byte, id uint32, value []byte) {
		sum := uint16(0)
		for _, c := range value {
			sum += uint16(c)
		}
		b.WriteByte(level)
		put(id)
		put(uint32(len(value)))
		b.Write(value)
		put(sum)
	}
	attribute(2, 0x00069002, make([]byte, 14))
	attribute(2, 0x00018010, append([]byte(name), 0))
	attribute(2, 0x0006800F, data)
	return b.Bytes()
}

// oleFile is a compound file with one stream, as much of one as its kind is known by.
func oleFile(stream string) []byte {
	b := make([]byte, 512*4)
	copy(b, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
	le := binary.LittleEndian
	le.PutUint16(b[24:], 0x3e)
	le.PutUint16(b[26:], 3)
	le.PutUint16(b[28:], 0xfffe)
	le.PutUint16(b[30:], 9)
	le.PutUint16(b[32:], 6)
	le.PutUint32(b[44:], 1) // one sector of allocation table
	le.PutUint32(b[48:], 1) // the directory
	le.PutUint32(b[56:], 4096)
	for i := 60; i < 76; i += 4 {
		le.PutUint32(b[i:], 0xfffffffe)
	}
	le.PutUint32(b[76:], 0)
	for i := 80; i < 512; i += 4 {
		le.PutUint32(b[i:], 0xffffffff)
	}
	for i := 512; i < 1024; i += 4 {
		le.PutUint32(b[i:], 0xffffffff)
	}
	le.PutUint32(b[512:], 0xfffffffd)
	le.PutUint32(b[516:], 0xfffffffe)
	entry := func(at int, name string, kind byte) {
		for i, c := range name {
			le.PutUint16(b[at+2*i:], uint16(c))
		}
		le.PutUint16(b[at+64:], uint16(2*len(name)+2))
		b[at+66] = kind
		for _, o := range []int{68, 72, 76} {
			le.PutUint32(b[at+o:], 0xffffffff)
		}
	}
	entry(1024, "Root Entry", 5)
	le.PutUint32(b[1024+76:], 1)
	entry(1152, stream, 2)
	return b
}

const dsn = "Content-Type: text/plain\r\n\r\nSorry.\r\n--=_b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n" +
	"Final-Recipient: rfc822; x@" + testDomain + "\r\nAction: %s\r\nStatus: %s\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n--=_b\r\n" +
	"Content-Type: text/rfc822-headers\r\n\r\nFrom: <" + testInbox + ">\r\nMessage-ID: <%s>\r\n"

func (d *agency) bounceOf(messageID, action, status string) string {
	return "Return-Path: <>\r\n" + d.letter("mailer-daemon@"+testDomain, "Undelivered Mail Returned to Sender", "Auto-Submitted: auto-replied\r\n",
		parts("report; report-type=delivery-status", fmt.Sprintf(dsn, action, status, messageID)))
}

// asksOfficer leaves one line waiting and answers the officer's mail.
func (d *agency) asksOfficer() *ingest.Mail {
	d.t.Helper()
	d.put(d.withFile("above.xlsx", d.form(testStaff, request.English, line("Platform", "Mille Pages", "9500", "1235", "10735"))))
	d.once()
	mails := d.inbox(testOfficer)
	if len(mails) != 1 {
		d.t.Fatalf("the officer got %d mails", len(mails))
	}
	return mails[0]
}

func answerTo(asked *ingest.Mail) (subject, header string) {
	code := ingest.CodesIn(&ingest.Mail{InReplyTo: []string{asked.MessageID}})
	if len(code) != 1 {
		return "Re: decide", "In-Reply-To: <" + asked.MessageID + ">\r\n"
	}
	return "Re: decide " + code[0].Subject(), "In-Reply-To: <" + asked.MessageID + ">\r\n"
}

// walked is how to make what a row speaks of: the mails of the row, and who is answered. with changes the configuration.
type walked struct {
	mails func(d *agency) []string
	from  string // "": testStaff
	with  func(*job.Options)
	// lines are how many lines of requests the mails add; kinds where "any" allows several.
	lines int
	check func(t *testing.T, d *agency)
}

func one(f func(d *agency) string) func(d *agency) []string {
	return func(d *agency) []string { return []string{f(d)} }
}

func theWalk(t *testing.T) map[string]walked {
	return map[string]walked{
		"a form inside the guardrails": {mails: one(func(d *agency) string { return d.withFile("form.xlsx", d.goodForm("A")) }), lines: 1},
		"a form with a line for an officer": {mails: one(func(d *agency) string {
			return d.withFile("form.xlsx", d.form(testStaff, request.English, line("Platform", "Mille Pages", "9500", "1235", "10735")))
		}), lines: 1},
		"a form with something to correct": {mails: one(func(d *agency) string {
			return d.withFile("form.xlsx", d.form(testStaff, request.English, line("Kit A", "Supplier", "100", "13", "113", "rationale", "")))
		}), lines: 1},
		"a form as .xls, .xlsb, .ods, .csv, .pdf or .docx": {mails: func(d *agency) []string {
			return []string{
				d.withFile("form.xls", oleFile("Workbook")),
				d.withFile("form.xlsb", zipOf(t, map[string][]byte{"[Content_Types].xml": []byte("<Types/>"), "xl/workbook.bin": []byte("x")})),
				d.withFile("form.ods", zipOf(t, map[string][]byte{"mimetype": []byte("application/vnd.oasis.opendocument.spreadsheet")})),
				d.withFile("form.csv", []byte("Item,Title,Supplier,Total\n1,A,B,113.00\n2,C,D,114.00\n")),
				d.withFile("form.pdf", []byte("%PDF-1.7\n1 0 obj\n")),
				d.withFile("form.docx", zipOf(t, map[string][]byte{"[Content_Types].xml": []byte("<Types/>"), "word/document.xml": []byte("<w/>")})),
			}
		}},
		"a workbook with a password": {mails: one(func(d *agency) string { return d.withFile("form.xlsx", oleFile("EncryptedPackage")) })},
		"an encrypted or rights-protected message": {mails: func(d *agency) []string {
			return []string{
				d.letter(testStaff, "Purchase", "", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n\r\nMIAG\r\n"),
				d.letter(testStaff, "Purchase", "", parts("encrypted; protocol=\"application/pgp-encrypted\"", "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1")),
				d.letter(testStaff, "Purchase", "", parts("mixed", plainText+"Protected.", "Content-Type: application/x-microsoft-rpmsg-message; name=message.rpmsg\r\n\r\nx")),
			}
		}},
		"a form that was forwarded as an attachment": {mails: one(func(d *agency) string {
			inner := strings.ReplaceAll(d.letter(testOther, "Original", "", parts("mixed", plainText+"APPROVE 1", attachedFile("form.xlsx", d.goodForm("F")))), "=_b", "=_inner")
			return d.letter(testStaff, "Fwd: Original", "", parts("mixed", plainText+"See below.", "Content-Type: message/rfc822\r\n\r\n"+inner))
		}), lines: 1},
		"a form in winmail.dat": {mails: one(func(d *agency) string {
			return d.letter(testStaff, "Purchase", "", parts("mixed", plainText+"Form attached.",
				"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"+base64Lines(winmail("form.xlsx", d.goodForm("W")))))
		}), lines: 1},
		"a form in a signed message": {mails: one(func(d *agency) string {
			body := strings.ReplaceAll(parts("mixed", plainText+"Form attached.", attachedFile("form.xlsx", d.goodForm("S"))), "=_b", "=_inner")
			return d.letter(testStaff, "Purchase", "", parts("signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256", body, "Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nsig"))
		}), lines: 1},
		"a form whose file is called otherwise": {mails: func(d *agency) []string {
			var list []string
			for i, header := range []string{"Content-Type: image/png; name=\"picture.png\"\r\nContent-Disposition: inline", "Content-Type: text/plain", "Content-Type: application/pdf; name=quote.pdf"} {
				list = append(list, d.letter(testStaff, "Purchase", "", parts("mixed", plainText+"Form attached.", header+"\r\nContent-Transfer-Encoding: base64\r\n\r\n"+base64Lines(d.goodForm(fmt.Sprint("N", i))))))
			}
			return list
		}, lines: 3},
		"a form in a mail whose subject is CHECK or VÉRIFIER, or in answer to such a trial": {mails: one(func(d *agency) string {
			return d.letter(testStaff, "CHECK", "", parts("mixed", plainText+"What would you say?", attachedFile("one.xlsx", d.goodForm("One"))))
		})},
		"several forms, or a zip of them": {mails: func(d *agency) []string {
			return []string{
				d.letter(testStaff, "Purchases", "", parts("mixed", plainText+"Forms attached.", attachedFile("one.xlsx", d.goodForm("One")), attachedFile("two.xlsx", d.goodForm("Two")))),
				d.withFile("forms.zip", zipOf(t, map[string][]byte{"three.xlsx": d.goodForm("Three"), "four.xlsx": d.goodForm("Four"), "read me.txt": []byte("hello")})),
			}
		}, lines: 4},
		"a form that a rule forwarded": {mails: one(func(d *agency) string {
			return "Auto-Submitted: auto-generated\r\n" + d.withFile("form.xlsx", d.goodForm("R"))
		}), lines: 1},
		"a file that is called a workbook and is none, or an archive": {mails: func(d *agency) []string {
			return []string{d.withFile("form.xlsx", []byte("<html>Sign in</html>")), d.withFile("form.xlsx", nil), d.withFile("forms.rar", []byte("Rar!\x1a\x07\x00"))}
		}},
		"a workbook that cannot be read, and that a rule forwarded": {mails: one(func(d *agency) string {
			return "Auto-Submitted: auto-generated\r\n" + d.withFile("form.xls", oleFile("Workbook"))
		})},
		"an officer's answer": {from: testOfficer, mails: one(func(d *agency) string {
			subject, header := answerTo(d.asksOfficer())
			return d.letter(testOfficer, subject, header, plainText+"APPROVE 1\r\n")
		}), check: decidedIs(request.Approved)},
		"an officer's answer that can be read two ways": {from: testOfficer, mails: one(func(d *agency) string {
			subject, header := answerTo(d.asksOfficer())
			return d.letter(testOfficer, subject, header, plainText+"APPROVE 1, but only with a new quote\r\n")
		}), check: decidedIs(request.Escalated)},
		"an answer with a code that is not ours, or not the sender's": {mails: func(d *agency) []string {
			subject, header := answerTo(d.asksOfficer())
			return []string{d.letter(testStaff, subject, header, plainText+"APPROVE 1\r\n"),
				d.letter(testStaff, "Re: decide [#7f3k-9m2p-x4wq-8r6t]", "", plainText+"APPROVE 1\r\n")}
		}, check: decidedIs(request.Escalated)},
		"a card statement": {from: "cards@bank.example", mails: one(func(d *agency) string {
			return d.letter("cards@bank.example", "Card statement", "", parts("mixed", plainText+"Attached.", attachedFile("statement.csv", cardStatement(row("2026-11-20", "NORTHWIND", "113.00", "")))))
		}), check: func(t *testing.T, d *agency) {
			if n := len(d.charges()); n != 1 {
				t.Errorf("%d charges were read", n)
			}
		}},
		"a bounce of a mail of ours": {from: "mailer-daemon@" + testDomain, mails: one(func(d *agency) string {
			return d.bounceOf(d.asksOfficer().MessageID, "failed", "5.1.1")
		}), check: func(t *testing.T, d *agency) {
			if ops := d.told(); len(ops) != 1 || !strings.Contains(ops[0], testOfficer) || !strings.Contains(ops[0], "no such user") {
				t.Errorf("the operator does not hear who got nothing, and why:\n%q", ops)
			}
		}},
		"a notice of delay, a bounce of something else": {from: "mailer-daemon@" + testDomain, mails: func(d *agency) []string {
			return []string{d.bounceOf(d.asksOfficer().MessageID, "delayed", "4.4.1"), d.bounceOf("somebody.elses@mail.example", "failed", "5.1.1")}
		}},
		"an automatic answer, a read receipt": {mails: func(d *agency) []string {
			return []string{
				d.letter(testStaff, "Out of office", "Auto-Submitted: auto-replied\r\n", plainText+"Away.\r\n"),
				d.letter(testStaff, "=?utf-8?q?R=C3=A9ponse_automatique?= : absent", "", plainText+"Je suis absente.\r\n"),
				d.letter(testStaff, "Read: your request", "", parts("report; report-type=disposition-notification", plainText+"Read.", "Content-Type: message/disposition-notification\r\n\r\nDisposition: automatic-action/MDN-sent-automatically; displayed")),
			}
		}},
		"a machine's answer with an officer's code": {from: testOfficer, mails: one(func(d *agency) string {
			subject, header := answerTo(d.asksOfficer())
			return d.letter(testOfficer, subject, header+"Auto-Submitted: auto-generated\r\n", plainText+"APPROVE 1\r\n")
		}), check: decidedIs(request.Escalated)},
		"a mailing list or newsletter": {mails: func(d *agency) []string {
			return []string{d.letter(testStaff, "News", "List-Unsubscribe: <https://list.example>\r\n", plainText+"Buy.\r\n"),
				d.letter(testStaff, "[list] hello", "List-Id: <l.list.example>\r\n", plainText+"Hello.\r\n"), d.letter(testStaff, "Bulk", "Precedence: bulk\r\n", plainText+"Hello.\r\n")}
		}},
		"an invitation or its answer": {mails: func(d *agency) []string {
			return []string{
				d.letter(testStaff, "Meeting", "", parts("alternative", plainText+"Meeting.", "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR")),
				d.letter(testStaff, "Accepted: Meeting", "", "Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
			}
		}},
		"a mail of our own": {from: testInbox, mails: one(func(d *agency) string {
			return d.letter(testInbox, "Copy", "", parts("mixed", plainText+"x", attachedFile("form.xlsx", d.goodForm("O"))))
		})},
		"a person's question or news, without a workbook": {mails: one(func(d *agency) string {
			return d.letter(testStaff, "Hello", "", plainText+"How does this work?\r\n")
		})},
		"a person, without a workbook": {mails: func(d *agency) []string {
			return []string{
				d.letter(testStaff, "Laptops", "", plainText+"Please approve three laptops for $4,500.\r\n"),
				d.letter(testStaff, "Form", "", plainText+"Please find the form attached.\r\n"),
				d.letter(testStaff, "Form", "", plainText+"Could you send me the form, please?\r\n"),
			}
		}},
		"thanks, and nothing else": {mails: one(func(d *agency) string {
			return d.letter(testStaff, "Merci", "", plainText+"Merci beaucoup, bonne journée!\r\n")
		})},
		"a requester's question in answer to our mail": {mails: func(d *agency) []string {
			d.asksOfficer()
			return []string{d.letter(testStaff, "Re: with an officer", "In-Reply-To: <"+d.last(testStaff).MessageID+">\r\n", plainText+"When will this be decided?\r\n")}
		}},
		"a requester who writes UNDO": {mails: func(d *agency) []string {
			d.asksOfficer()
			return []string{d.letter(testStaff, "Re: with an officer", "In-Reply-To: <"+d.last(testStaff).MessageID+">\r\n", plainText+"ANNULER\r\n")}
		}},
		"thanks in answer to our mail": {mails: func(d *agency) []string {
			d.asksOfficer()
			return []string{d.letter(testStaff, "Re: with an officer", "In-Reply-To: <"+d.last(testStaff).MessageID+">\r\n", plainText+"Thank you!\r\n")}
		}},
		"an address that nobody reads, without a workbook": {from: "no-reply@" + testDomain, mails: one(func(d *agency) string {
			return d.letter("no-reply@"+testDomain, "Your parcel", "", plainText+"Is on its way.\r\n")
		})},
		"a notification, a ticket system’s or a monitor’s mail": {from: "servicedesk@" + testDomain, mails: func(d *agency) []string {
			const desk = "servicedesk@" + testDomain
			return []string{
				d.letter(desk, "Your request #4711 has been received", "", plainText+"A member of our team will look at it.\r\n"),
				d.letter(desk, "[JIRA] (PROC-12) Order the licences", "", plainText+"Paul commented.\r\n"),
				d.letter(desk, "PROBLEM: db01 is DOWN", "", plainText+"This is an automated message.\r\n"),
				d.letter(desk, "Shared", "Auto-Submitted: auto-generated\r\n", plainText+"Paul shared a file.\r\n"),
			}
		}},
		"a DMARC, TLS or abuse report": {from: "dmarc@" + testDomain, mails: func(d *agency) []string {
			return []string{
				d.letter("dmarc@"+testDomain, "Report domain: department.example Submitter: mx.example Report-ID: <1>", "", parts("mixed", plainText+"x", attachedFile("mx.example!department.example!1!2.zip", zipOf(t, map[string][]byte{"mx.example!department.example!1!2.xml": []byte("<feedback/>")})))),
				d.letter("dmarc@"+testDomain, "complaint", "", parts("report; report-type=feedback-report", plainText+"x", "Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse")),
			}
		}},
		"what the border server marks as spam": {mails: one(func(d *agency) string {
			return d.letter(testStaff, "Hello", "X-Spam-Flag: YES\r\n", plainText+"Buy.\r\n")
		})},
		"a form that the border server marks as spam": {lines: 1, mails: one(func(d *agency) string {
			return "X-Spam-Flag: YES\r\n" + d.withFile("form.xlsx", d.goodForm("S"))
		})},
		"a link to a shared file instead of a form": {mails: one(func(d *agency) string {
			return d.letter(testStaff, "My form", "", "Content-Type: text/html; charset=utf-8\r\n\r\n<p>See <a href=\"https://department.sharepoint.com/:x:/s/buy/Eabc?e=1\">form.xlsx</a>\r\n")
		}), check: saidTo(testStaff, "Links are not opened here", "Attach as copy", "copie")},
		"a form in Apple Numbers (.numbers)": {mails: one(func(d *agency) string {
			return d.withFile("form.numbers", zipOf(t, map[string][]byte{"Index/Document.iwa": []byte("x"), "preview.jpg": []byte("\xff\xd8\xff")}))
		}), check: saidTo(testStaff, "Apple Numbers", "Export To", "Exporter vers")},
		"a zip inside a zip": {mails: one(func(d *agency) string {
			return d.withFile("forms.zip", zipOf(t, map[string][]byte{"inner.zip": zipOf(t, map[string][]byte{"form.xlsx": d.goodForm("Z")})}))
		}), check: saidTo(testStaff, "holds another zip file", "contient un autre")},
		"a message with an opaque S/MIME signature": {mails: func(d *agency) []string {
			const opaque = "Content-Transfer-Encoding: base64\r\n\r\nMIIBBgYJKoZIhvcNAQcCoIAwgAIBATEA\r\n"
			return []string{
				d.letter(testStaff, "Purchase", "", "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"+opaque),
				d.letter(testStaff, "Purchase", "", "Content-Type: application/pkcs7-mime; name=smime.p7m\r\n"+opaque),
			}
		}, check: saidTo(testStaff, "“opaque”", "clear text signed", "opaque\u00a0»")},
		"a message whose text is encrypted with PGP": {mails: one(func(d *agency) string {
			return d.letter(testStaff, "Purchase", "", plainText+"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n")
		}), check: saidTo(testStaff, "encrypted with PGP", "chiffré avec PGP")},
		"a file written out as text (uuencode)": {mails: one(func(d *agency) string {
			return d.letter(testStaff, "Purchase", "", plainText+"Here it is.\r\n\r\nbegin 644 form.xlsx\r\nM"+strings.Repeat("P", 60)+"\r\n`\r\nend\r\n")
		}), check: saidTo(testStaff, "(uuencode)", "as an attachment", "en pièce jointe")},
		"a blank form beside a filled one": {lines: 1, mails: one(func(d *agency) string {
			blank, err := blankForms[request.English]()
			if err != nil {
				t.Fatal(err)
			}
			return d.letter(testStaff, "Purchase", "", parts("mixed", plainText+"Both.", attachedFile("blank.xlsx", blank), attachedFile("form.xlsx", d.goodForm("B"))))
		})},
		"a form beside a text in an unknown character set": {lines: 1, mails: one(func(d *agency) string {
			return d.letter(testStaff, "Purchase", "", parts("mixed", "Content-Type: text/plain; charset=x-klingon\r\n\r\nForm attached.", attachedFile("form.xlsx", d.goodForm("K"))))
		})},
		"sender of the world outside, without a form": {from: "someone@elsewhere.example", with: everybody, mails: func(d *agency) []string {
			return []string{d.letter("someone@elsewhere.example", "Hello", "", plainText+"Buy.\r\n"),
				d.letter("someone@elsewhere.example", "Invoice", "", parts("mixed", plainText+"x", attachedFile("prices.xlsx", otherWorkbook(t))))}
		}},
		"sender of the world outside, with a form": {from: "someone@elsewhere.example", with: everybody, mails: one(func(d *agency) string {
			return d.letter("someone@elsewhere.example", "Purchase", "", parts("mixed", plainText+"x", attachedFile("form.xlsx", d.goodForm("E"))))
		})},
		"cannot be read to its end, sender proven": {mails: func(d *agency) []string {
			return []string{
				strings.TrimSuffix(d.withFile("form.xlsx", d.goodForm("X")), "--=_b--\r\n"),
				strings.Replace(d.withFile("form.xlsx", d.goodForm("Y")), "base64\r\n\r\n", "base64\r\n\r\n!!!!", 1),
				d.letter(testStaff, "Purchase", "", "Content-Type: multipart/mixed\r\n\r\nx\r\n"),
			}
		}},
		"cannot be read to its end, sender not proven": {mails: one(func(d *agency) string {
			return strings.TrimSuffix(d.unproven(testStaff, "Half", d.goodForm("X")), "--=_part--\r\n")
		})},
		"larger than `limits.message_bytes`": {mails: one(func(d *agency) string {
			return d.letter(testStaff, "Huge", "", plainText+strings.Repeat(strings.Repeat("x", 76)+"\r\n", 20_000))
		})},
		"not exactly one sender": {mails: one(func(d *agency) string {
			return "From: <" + testOther + ">\r\n" + d.withFile("form.xlsx", d.goodForm("Z"))
		})},
		"sender not proven": {mails: one(func(d *agency) string { return d.unproven(testStaff, "Spoofed", d.goodForm("Z")) })},
		"a request or a statement whose Date is more than a day ahead": {mails: one(func(d *agency) string {
			return "Date: " + d.now().AddDate(1, 0, 0).Format(time.RFC1123Z) + "\r\n" + d.withFile("form.xlsx", d.goodForm("Ahead"))
		})},
		"sender not proven, with `on_unauthenticated = \"hold\"`": {with: holding, mails: one(func(d *agency) string {
			return d.unproven(testStaff, "Spoofed", d.goodForm("Z"))
		})},
		"an officer's answer, sender not proven": {with: holding, from: testOfficer, mails: one(func(d *agency) string {
			subject, header := answerTo(d.asksOfficer())
			return strings.Replace(d.letter(testOfficer, subject, header, plainText+"APPROVE 1\r\n"), proof(testDomain), "", 1)
		}), check: decidedIs(request.Escalated)},
		"sender proven, but not among `allowed_domains` and `allowed_senders`": {from: "someone@elsewhere.example", mails: one(func(d *agency) string {
			return d.letter("someone@elsewhere.example", "Purchase", "", parts("mixed", plainText+"x", attachedFile("form.xlsx", d.goodForm("E"))))
		})},
		"sender of another department": {from: "someone@partner.example", mails: one(func(d *agency) string {
			return d.letter("someone@partner.example", "Purchase", "", parts("mixed", plainText+"x", attachedFile("form.xlsx", d.goodForm("P"))))
		})},
		"the same bytes again": {mails: one(func(d *agency) string {
			raw := d.withFile("form.xlsx", d.goodForm("C"))
			d.put(raw)
			d.once()
			return raw
		})},
		"the same form and Message-ID by another way": {mails: one(func(d *agency) string {
			raw := d.withFile("form.xlsx", d.goodForm("C"))
			d.put(raw)
			d.once()
			return "X-Through: a list\r\n" + raw
		})},
	}
}

// everybody is taken, as long as the sender is proven.
func everybody(o *job.Options) { o.Inboxes[0].Config.AllowedDomains = nil }

// saidTo looks for words in the last mail to somebody.
func saidTo(who string, words ...string) func(*testing.T, *agency) {
	return func(t *testing.T, d *agency) {
		t.Helper()
		mails := d.inbox(who)
		if len(mails) == 0 {
			t.Fatalf("%s got no mail", who)
		}
		text := strings.Join(strings.Fields(mails[len(mails)-1].Text), " ")
		for _, w := range words {
			if !strings.Contains(text, strings.Join(strings.Fields(w), " ")) {
				t.Errorf("the answer does not say %q:\n%s", w, text)
			}
		}
	}
}

func decidedIs(o request.Outcome) func(*testing.T, *agency) {
	return func(t *testing.T, d *agency) {
		t.Helper()
		d.wantOutcomes(map[string]request.Outcome{"000001-01": o})
	}
}

// sentTo counts what was submitted for somebody, here or outside.
func (d *agency) sentTo(who string) (n int) {
	d.t.Helper()
	all, err := d.office.Submitted()
	if err != nil {
		d.t.Fatal(err)
	}
	for _, s := range all {
		if s.From == testInbox && len(s.To) == 1 && s.To[0] == who {
			n++
		}
	}
	return n
}

// The table in docs/inbox.md is true: a message of every row goes through the whole job, and what becomes of it is what
// the row says.
func TestTheTableOfMessages(t *testing.T) {
	t.Parallel()
	rows, walks := promised(t), theWalk(t)
	for _, r := range rows {
		w, known := walks[r.message]
		if !known {
			t.Errorf("nobody walks the row %q", r.message)
			continue
		}
		delete(walks, r.message)
		t.Run(r.message, func(t *testing.T) {
			t.Parallel()
			d := walk(t, w.with)
			from := w.from
			if from == "" {
				from = testStaff
			}
			mails := w.mails(d)
			linesBefore := len(d.lines())
			for _, raw := range mails {
				d.pass(61 * time.Minute) // each mail for itself: a third one within an hour would be told to a person
				sender, operator, filed := d.sentTo(from), len(d.told()), d.office.Count(testInbox, walkFolders[r.folder])
				d.put(raw)
				d.once()
				if got := d.sentTo(from) > sender; got != r.sender {
					t.Errorf("the sender was answered: %v, promised %v", got, r.sender)
				}
				if got := len(d.told()) > operator; got != r.operator {
					t.Errorf("the operator was told: %v, promised %v", got, r.operator)
				}
				if got := d.office.Count(testInbox, walkFolders[r.folder]); got != filed+1 || d.office.Count(testInbox, "INBOX") != 0 {
					t.Errorf("it is not in %s", walkFolders[r.folder])
				}
				rows := d.newest()
				if string(rows.State) != r.state || r.kind != "any" && rows.Kind != r.kind {
					t.Errorf("the ledger says %s, %s (%s); promised %s, %s", rows.Kind, rows.State, rows.Reason, r.kind, r.state)
				}
				if r.state == "quarantined" && ingest.Reason(rows.Reason).Text().IsZero() {
					t.Errorf("the reason %q has no words", rows.Reason)
				}
			}
			if got := len(d.lines()) - linesBefore; got != w.lines {
				t.Errorf("%d lines were recorded, want %d", got, w.lines)
			}
			if w.check != nil {
				w.check(t, d)
			}
			d.sound()
		})
	}
	for name := range walks {
		t.Errorf("docs/inbox.md has no row %q", name)
	}
	if len(rows) < 30 {
		t.Errorf("the table has only %d rows", len(rows))
	}
}

// newest is the intake row that was made last.
func (d *agency) newest() (m ledger.Message) {
	d.t.Helper()
	err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		for id := int64(1); ; id++ {
			row, found, err := tx.Messages.Row(d.t.Context(), id)
			if err != nil || !found {
				return err
			}
			m = row
		}
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return m
}
