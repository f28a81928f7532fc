package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/emersion/go-message/mail"

	"handrail/ingest"
	"handrail/internal/workbook"
)

// WriteMail is a mail as a person's mail program writes one.
func WriteMail(m Mail, n int, name string, data []byte, at time.Time) ([]byte, error) {
	var h mail.Header
	h.SetDate(at.Add(time.Duration(n) * time.Minute))
	h.SetSubject(m.Subject)
	h.SetAddressList("From", []*mail.Address{{Name: m.Name, Address: m.From}})
	h.SetAddressList("To", []*mail.Address{{Address: Inbox}})
	h.SetMessageID(fmt.Sprintf("%s.%d@%s", m.File, at.UnixNano(), Domain))
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
	if _, err := tw.Write([]byte(strings.ReplaceAll(m.Text, "\n", "\r\n"))); err != nil {
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

// Received is one mail that the job sent, as it lies in somebody's inbox.
type Received struct {
	To, Subject string
	Mail        string   // file
	Books       []string // files
	inReplyTo   string
}

// keepMails writes every mail that the job sent, with its text as a browser shows it and its workbooks.
func (d *Week) keepMails(ctx context.Context) error {
	n := 0
	for _, address := range d.everybody() {
		if address == Inbox {
			continue
		}
		messages, err := d.Office.Messages(address, "INBOX")
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

func (d *Week) keepMail(ctx context.Context, to string, n int, raw []byte) error {
	parsed, err := ingest.Parse(ctx, raw, ingest.DefaultLimits())
	if err != nil {
		return fmt.Errorf("read what was sent to %s: %w", to, err)
	}
	who, _, _ := strings.Cut(to, "@")
	folder := "answers"
	if to == Finance {
		folder = "weekly"
	}
	base := filepath.Join(folder, fmt.Sprintf("%02d-%s", n, who))
	r := Received{To: to, Subject: parsed.Subject, Mail: base + ".eml"}
	if len(parsed.InReplyTo) > 0 {
		r.inReplyTo = parsed.InReplyTo[0]
	}
	if err := d.write(r.Mail, raw); err != nil {
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
		if to == Finance {
			name = filepath.Join(folder, a.Name)
		}
		if err := d.write(name, a.Data); err != nil {
			return err
		}
		r.Books = append(r.Books, name)
	}
	d.Received = append(d.Received, r)
	return nil
}

// Tell tells a newcomer what happened and where to look; wrap prints a text indented.
func (d *Week) Tell(out io.Writer, wrap func(indent int, text string)) {
	say := func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
	say("Handrail demo: one week of small purchases at an invented department.")
	say("")
	say("Staff mailed these to %s:", Inbox)
	for _, m := range Mails() {
		say("")
		say("  %s <%s>", m.Name, m.From)
		wrap(4, m.Tells)
		say("    sent      %s", filepath.Join(d.o.Dir, "sent-by-staff", m.File+".eml"))
		for _, r := range d.Received {
			if r.To == m.From {
				d.sayReceived(say, wrap, "answered", r)
			}
		}
	}
	say("")
	say("What no guardrail could settle went to procurement officers, who decide by")
	say("answering the mail:")
	for _, r := range d.Received {
		if r.To == Officer || r.To == OfficerF {
			say("")
			say("  %s", r.To)
			d.sayReceived(say, wrap, "received", r)
		}
	}
	say("")
	say("  the answers, each given another way:")
	for _, way := range officerWays(d) {
		wrap(4, way.tells)
		say("    sent      %s", filepath.Join(d.o.Dir, "sent-by-staff", way.file))
	}
	say("")
	say("Acquisition cards were charged, and the statement was mailed in:")
	say("")
	say("  Card Coordination <%s>", Cards)
	wrap(4, statementTells)
	say("    sent      %s", filepath.Join(d.o.Dir, "sent-by-staff", "card-statement.eml"))
	say("              %s", filepath.Join(d.o.Dir, "sent-by-staff", statementFile))
	for _, r := range d.Received {
		if r.To == Cards {
			d.sayReceived(say, wrap, "answered", r)
		}
	}
	say("")
	say("On Monday finance got the week:")
	for _, r := range d.Received {
		if r.To == Finance {
			say("")
			say("  %s", r.To)
			d.sayReceived(say, wrap, "report", r)
		}
	}
	others := false
	for _, r := range d.Received {
		if r.To == Operator {
			if !others {
				say("")
				say("The operator was told:")
				others = true
			}
			d.sayReceived(say, wrap, "alert", r)
		}
	}
	say("")
	say("Every decision is in %s, chained and explained.", filepath.Join(d.o.Dir, "ledger.db"))
	say("Open an .html in a browser and an .xlsx in Excel or LibreOffice.")
}

func (d *Week) sayReceived(say func(format string, args ...any), wrap func(indent int, text string), what string, r Received) {
	wrap(4, fmt.Sprintf("%-9s “%s”", what, r.Subject))
	for _, file := range append([]string{r.Mail, strings.TrimSuffix(r.Mail, ".eml") + ".html"}, r.Books...) {
		say("              %s", filepath.Join(d.o.Dir, file))
	}
}
