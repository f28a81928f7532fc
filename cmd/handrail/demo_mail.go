package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/emersion/go-message/mail"

	"handrail/ingest"
	"handrail/internal/workbook"
)

// staffMail is a mail as a person's mail program writes one.
func staffMail(m demoMail, n int, name string, data []byte, at time.Time) ([]byte, error) {
	var h mail.Header
	h.SetDate(at.Add(time.Duration(n) * time.Minute))
	h.SetSubject(m.subject)
	h.SetAddressList("From", []*mail.Address{{Name: m.name, Address: m.from}})
	h.SetAddressList("To", []*mail.Address{{Address: demoInbox}})
	h.SetMessageID(fmt.Sprintf("%s.%d@%s", m.file, at.UnixNano(), demoDomain))
	if m.answers != "" {
		h.SetMsgIDList("In-Reply-To", []string{m.answers})
	}
	var b bytes.Buffer
	w, err := mail.CreateWriter(&b, h)
	if err != nil {
		return nil, err
	}
	var th mail.InlineHeader
	th.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	tw, err := w.CreateSingleInline(th)
	if err != nil {
		return nil, err
	}
	if _, err := tw.Write([]byte(strings.ReplaceAll(m.text, "\n", "\r\n"))); err != nil {
		return nil, err
	}
	if err := tw.Close(); err != nil {
		return nil, err
	}
	if data != nil {
		var ah mail.AttachmentHeader
		ah.SetContentType("application/octet-stream", nil)
		ah.SetFilename(name)
		aw, err := w.CreateAttachment(ah)
		if err != nil {
			return nil, err
		}
		if _, err := aw.Write(data); err != nil {
			return nil, err
		}
		if err := aw.Close(); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// received is one mail that the job sent, as it lies in somebody's inbox.
type received struct {
	to, subject string
	mail        string   // file
	books       []string // files
	inReplyTo   string
}

// keepMails writes every mail that the job sent, with its text as a browser shows it and its workbooks.
func (d *demo) keepMails(ctx context.Context) error {
	n := 0
	for _, address := range d.everybody() {
		if address == demoInbox {
			continue
		}
		messages, err := d.office.Messages(address, "INBOX")
		if err != nil {
			return err
		}
		for _, m := range messages {
			n++
			if err := d.keepMail(ctx, address, n, m.Raw); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *demo) keepMail(ctx context.Context, to string, n int, raw []byte) error {
	parsed, err := ingest.Parse(ctx, raw, ingest.DefaultLimits())
	if err != nil {
		return fmt.Errorf("read what was sent to %s: %w", to, err)
	}
	who, _, _ := strings.Cut(to, "@")
	folder := "answers"
	if to == demoFinance {
		folder = "weekly"
	}
	base := filepath.Join(folder, fmt.Sprintf("%02d-%s", n, who))
	r := received{to: to, subject: parsed.Subject, mail: base + ".eml"}
	if len(parsed.InReplyTo) > 0 {
		r.inReplyTo = parsed.InReplyTo[0]
	}
	if err := d.write(r.mail, raw); err != nil {
		return err
	}
	if err := d.write(base+".html", []byte(parsed.HTML)); err != nil {
		return err
	}
	for i, a := range parsed.Attachments {
		if a.Format != workbook.Xlsx {
			continue
		}
		name := base + ".xlsx"
		if i > 0 {
			name = fmt.Sprintf("%s-%d.xlsx", base, i+1)
		}
		if to == demoFinance {
			name = filepath.Join(folder, a.Name)
		}
		if err := d.write(name, a.Data); err != nil {
			return err
		}
		r.books = append(r.books, name)
	}
	d.received = append(d.received, r)
	return nil
}

// summary tells a newcomer what happened and where to look.
func (d *demo) summary() error {
	say := func(format string, args ...any) { fmt.Fprintf(d.t.out, format+"\n", args...) }
	say("Handrail demo: one week of small purchases at an invented department.")
	say("")
	say("Staff mailed these to %s:", demoInbox)
	for _, m := range demoMails() {
		say("")
		say("  %s <%s>", m.name, m.from)
		d.t.wrap(4, m.tells)
		say("    sent      %s", filepath.Join(d.out, "sent-by-staff", m.file+".eml"))
		for _, r := range d.received {
			if r.to == m.from {
				d.sayReceived("answered", r)
			}
		}
	}
	say("")
	say("What no guardrail could settle went to procurement officers, who decide by")
	say("answering the mail:")
	for _, r := range d.received {
		if r.to == demoOfficer || r.to == demoOfficeF {
			say("")
			say("  %s", r.to)
			d.sayReceived("received", r)
		}
	}
	say("")
	say("  the answers, each given another way:")
	for _, way := range officerWays(d) {
		d.t.wrap(4, way.tells)
		say("    sent      %s", filepath.Join(d.out, "sent-by-staff", way.file))
	}
	say("")
	say("Acquisition cards were charged, and the statement was mailed in:")
	say("")
	say("  Card Coordination <%s>", demoCards)
	d.t.wrap(4, statementTells)
	say("    sent      %s", filepath.Join(d.out, "sent-by-staff", "card-statement.eml"))
	say("              %s", filepath.Join(d.out, "sent-by-staff", demoStatement))
	for _, r := range d.received {
		if r.to == demoCards {
			d.sayReceived("answered", r)
		}
	}
	say("")
	say("On Monday finance got the week:")
	for _, r := range d.received {
		if r.to == demoFinance {
			say("")
			say("  %s", r.to)
			d.sayReceived("report", r)
		}
	}
	others := false
	for _, r := range d.received {
		if r.to == demoOps {
			if !others {
				say("")
				say("The operator was told:")
				others = true
			}
			d.sayReceived("alert", r)
		}
	}
	say("")
	say("Every decision is in %s, chained and explained.", filepath.Join(d.out, "ledger.db"))
	say("Open an .html in a browser and an .xlsx in Excel or LibreOffice.")
	return nil
}

func (d *demo) sayReceived(what string, r received) {
	d.t.wrap(4, fmt.Sprintf("%-9s “%s”", what, r.subject))
	for _, file := range append([]string{r.mail, strings.TrimSuffix(r.mail, ".eml") + ".html"}, r.books...) {
		fmt.Fprintf(d.t.out, "              %s\n", filepath.Join(d.out, file))
	}
}
