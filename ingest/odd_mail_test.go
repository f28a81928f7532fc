package ingest

import (
	"context"
	"strings"
	"testing"
)

// oddTop is the header of a mail as some program writes it; what follows may add to it.
func odd(header, body string) string {
	return strings.ReplaceAll("From: =?iso-8859-1?Q?H=E9l=E8ne_C=F4t=E9?= <helene@department.example>\nTo: purchases@department.example\n"+header+"MIME-Version: 1.0\n"+body, "\n", "\r\n")
}

// Mail as programs really write it: each is one kind, and what a person reads in it is what we read.
func TestMailAsProgramsWriteIt(t *testing.T) {
	ours := Surroundings{Addresses: []string{"purchases@department.example", "small.purchases@department.example"}, Ours: func(_ context.Context, id string) (bool, error) { return strings.HasPrefix(id, "hr."), nil }}
	const text = "Content-Type: text/plain; charset=utf-8\n\n"
	for name, c := range map[string]struct {
		raw            string
		kind           Kind
		answer         bool
		from           string // "": helene
		text, contains string // the whole new text, or a part of it
	}{
		"vacation of Exchange in French":              {raw: odd("Subject: =?utf-8?B?UsOpcG9uc2UgYXV0b21hdGlxdWXCoDogMiBsaWduZXM=?=\nAuto-Submitted: auto-generated\nX-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\nX-Auto-Response-Suppress: All\nIn-Reply-To: <hr.1@department.example>\n", text+"APPROVE 1\n"), kind: AutoReplyMail},
		"vacation of Exchange without Auto-Submitted": {raw: odd("Subject: Absence du bureau : vacances\nX-Auto-Response-Suppress: All\n", text+"Absente.\n"), kind: AutoReplyMail},
		"vacation of Gmail":                           {raw: odd("Subject: Out of office Re: 2 lines\nAuto-Submitted: auto-replied\nPrecedence: bulk\nX-Autoreply: yes\n", text+"Away.\n"), kind: AutoReplyMail},
		"Outlook's read receipt in French":            {raw: odd("Subject: Lu : demande\n", "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n"+text+"Lu.\n--b\nContent-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--\n"), kind: AutoReplyMail},
		"Outlook recalls a message":                   {raw: odd("Subject: Recall: Purchase request\n", text+"Helene would like to recall the message, \"Purchase request\".\n"), kind: AutoReplyMail},
		"Outlook recalls a message, in French":        {raw: odd("Subject: Rappeler : Demande d'achat\n", text+"Helene souhaite rappeler le message « Demande d'achat ».\n"), kind: AutoReplyMail},
		"NDR of Exchange": {raw: strings.Replace(odd("Subject: Undeliverable: 2 lines\nReturn-Path: <>\nX-MS-Exchange-Message-Is-Ndr: \nAuto-Submitted: auto-replied\n", "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/html; charset=utf-8\n\n<p>Couldn't be delivered.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns;YQB.prod.outlook.com\nFinal-Recipient: rfc822;gone@department.example\nAction: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <hr.9@department.example>\nSubject: 2 lines\n\nx\n--b--\n"),
			"From: =?iso-8859-1?Q?H=E9l=E8ne_C=F4t=E9?= <helene@department.example>", "From: <postmaster@department.onmicrosoft.example>", 1), kind: BounceMail, from: "postmaster@department.onmicrosoft.example"},
		"NDR of Exchange in French": {raw: strings.Replace(odd("Subject: =?utf-8?Q?Non_remis_:_2_lignes?=\nReturn-Path: <>\n", text+"Votre message n'a pas pu être remis.\n"),
			"From: =?iso-8859-1?Q?H=E9l=E8ne_C=F4t=E9?= <helene@department.example>", "From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@department.example>", 1), kind: BounceMail, from: "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e@department.example"},
		"NDR of Gmail": {raw: strings.Replace(odd("Subject: Delivery Status Notification (Failure)\nX-Failed-Recipients: gone@department.example\nAuto-Submitted: auto-replied\nReturn-Path: <>\n", text+"Address not found\n"),
			"From: =?iso-8859-1?Q?H=E9l=E8ne_C=F4t=E9?= <helene@department.example>", "From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>", 1), kind: BounceMail, from: "mailer-daemon@googlemail.example"},
		"Teams notification": {raw: strings.Replace(odd("Subject: Helene mentioned you\nX-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated\n", "Content-Type: text/html; charset=utf-8\n\n<p>Reply in Teams\n"),
			"<helene@department.example>", "<noreply@email.teams.microsoft.example>", 1), kind: MachineMail, from: "noreply@email.teams.microsoft.example"},
		"SharePoint shares a file": {raw: strings.Replace(odd("Subject: Helene shared a file with you\n", "Content-Type: text/html; charset=utf-8\n\n<p><a href=\"https://department.sharepoint.example/x.xlsx\">form.xlsx</a>\n"),
			"<helene@department.example>", "<no-reply@sharepointonline.example>", 1), kind: MachineMail, from: "no-reply@sharepointonline.example"},
		"on behalf of": {raw: odd("Sender: <assistant@department.example>\nSubject: Question\nMessage-ID: <1@x.example>\n", text+"How does this work?\n"), kind: OtherMail, answer: true, text: "How does this work?"},
		"a group in From": {raw: strings.Replace(odd("Subject: x\n", text+"x\n"), "From: =?iso-8859-1?Q?H=E9l=E8ne_C=F4t=E9?= <helene@department.example>", "From: team: a@department.example, b@department.example;", 1),
			kind: OtherMail, from: "-"},
		"to an alias and a plus address":     {raw: strings.Replace(odd("Subject: x\nDelivered-To: purchases+forms@department.example\n", text+"Question?\n"), "To: purchases@", "To: small.purchases+2026@", 1), kind: OtherMail, answer: true, text: "Question?"},
		"no Message-ID and no Date":          {raw: odd("Subject: x\n", text+"Question?\n"), kind: OtherMail, answer: true, text: "Question?"},
		"no subject":                         {raw: odd("", text+"Question?\n"), kind: OtherMail, answer: true, text: "Question?"},
		"an empty body":                      {raw: odd("Subject: x\n", text), kind: OtherMail, answer: true},
		"nothing after the header":           {raw: odd("Subject: x\n", ""), kind: OtherMail, answer: true},
		"only HTML":                          {raw: odd("Subject: Re: x\nIn-Reply-To: <hr.1@department.example>\n", "Content-Type: text/html; charset=windows-1252\n\n<html><body><div>APPROUVER&nbsp;1&nbsp;: besoin cr\xe9\xe9</div><blockquote>old</blockquote></body></html>\n"), kind: AnswerMail, answer: true, contains: "APPROUVER\u00a01\u00a0: besoin créé"},
		"format=flowed":                      {raw: odd("Subject: Re: x\nIn-Reply-To: <hr.1@department.example>\n", "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\n\nAPPROVE 1\n"), kind: AnswerMail, answer: true, text: "APPROVE 1"},
		"a charset that is not what it says": {raw: odd("Subject: x\n", "Content-Type: text/plain; charset=us-ascii\n\nD\xe9j\xe0 vu\n"), kind: OtherMail, answer: true, text: "Déjà vu"},
		"UTF-16 in base64":                   {raw: odd("Subject: x\n", "Content-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: base64\n\nUQB1AGUAcwB0AGkAbwBuAD8A\n"), kind: OtherMail, answer: true, text: "Question?"},
		"ISO-2022-JP":                        {raw: odd("Subject: x\n", "Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B4A;z\x1b(B\n"), kind: OtherMail, answer: true, text: "漢字"},
		"8-bit characters in the header":     {raw: odd("Subject: R\xc3\xa9ponse\n", text+"Question?\n"), kind: OtherMail, answer: true, text: "Question?"},
		"latin-1 in the header":              {raw: odd("Subject: Pi\xe8ce\n", text+"Question?\n"), kind: OtherMail, answer: true, text: "Question?"},
		"multiparts inside multiparts": {raw: odd("Subject: Re: x\nIn-Reply-To: <hr.1@department.example>\n", "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n"+text+"APPROVE 1\n--c\nContent-Type: text/html\n\n<p>APPROVE 1\n--c--\n--b\nContent-Type: image/png; name=logo.png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--b--\n--a--\n"),
			kind: AnswerMail, answer: true, text: "APPROVE 1"},
		"a meeting is accepted by answering": {raw: odd("Subject: Accepted: 2 lines\nIn-Reply-To: <hr.1@department.example>\n", "Content-Type: multipart/alternative; boundary=b\n\n--b\n"+text+"\n--b\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\n--b--\n"), kind: CalendarMail},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := Parse(context.Background(), []byte(c.raw), DefaultLimits())
			if err != nil && c.from != "-" {
				t.Fatal(err)
			}
			v := verdictOf(m, ours)
			if v.Kind != c.kind || v.Answer != c.answer {
				t.Errorf("%+v, want %s, answer %v", v, c.kind, c.answer)
			}
			from := c.from
			switch from {
			case "":
				from = "helene@department.example"
				if m.From.Name != "Hélène Côté" {
					t.Errorf("the name reads %q", m.From.Name)
				}
			case "-":
				from = ""
			}
			if m.From.Addr != from {
				t.Errorf("from %q", m.From.Addr)
			}
			got := strings.TrimSpace(m.Text)
			if c.text != "" && got != c.text || !strings.Contains(got, c.contains) {
				t.Errorf("the text reads %q", got)
			}
		})
	}
}

// Names of files as programs write them: RFC 2231, with and without pieces, RFC 2047 where it has no place, bare UTF-8.
func TestNamesOfFilesAsProgramsWriteThem(t *testing.T) {
	for header, want := range map[string]string{
		"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''Demande%20d%E2%80%99%C3%A9t%C3%A9.xlsx":                    "Demande d’été.xlsx",
		"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*0*=utf-8''Demande%20; filename*1*=%C3%A9t%C3%A9; filename*2=.xlsx": "Demande été.xlsx",
		"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=iso-8859-1''%E9t%E9.xlsx":                                         "été.xlsx",
		"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"=?utf-8?B?w6l0w6kueGxzeA==?=\"":                                  "été.xlsx",
		"Content-Type: application/octet-stream; name=\"=?iso-8859-1?Q?=E9t=E9=2Exlsx?=\"":                                                                      "été.xlsx",
		"Content-Type: application/octet-stream; name=form.xlsx\r\nContent-Disposition: attachment; filename=\"\"":                                              "form.xlsx",
		"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=été.xlsx":                                                          "été.xlsx",
		"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=my form.xlsx":                                                      "my form.xlsx",
	} {
		m := parsed(t, mixed("Content-Type: text/plain\r\n\r\nHere.", filePart(header, aWorkbook(t))))
		if got := m.Workbooks(); len(got) != 1 || got[0].Name != want {
			t.Errorf("%s: %+v, want %q", header, got, want)
		}
	}
}
