package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/emersion/go-message/mail"

	"handrail/ingest"
)

// The demo's officer reads the inbox an hour later and decides from the mail program: one line by the button of the
// mail, which opens a new mail that only needs sending, one by a typed answer in French.
func (d *demo) officerDecides(ctx context.Context) error {
	d.clock = d.clock.Add(time.Hour)
	messages, err := d.office.Messages(demoOfficeF, "INBOX")
	if err != nil {
		return err
	}
	if len(messages) < 2 {
		return fmt.Errorf("the demo's officer was asked %d times, not twice", len(messages))
	}
	for i, m := range messages[:2] {
		asked, err := ingest.Parse(m.Raw, ingest.DefaultLimits())
		if err != nil {
			return err
		}
		raw, name := []byte(nil), ""
		if i == 0 {
			name = "officer-button"
			raw, err = d.pressButton(asked)
		} else {
			name = "officer-reponse"
			raw, err = d.typeAnswer(asked, "REFUSER 1 : un seul besoin, acheté en deux parties. Présentez une seule demande.\n\nMerci,\nMichel")
		}
		if err != nil {
			return err
		}
		if err := d.write(filepath.Join("sent-by-staff", name+".eml"), raw); err != nil {
			return err
		}
		if err := d.sendAs(ctx, demoOfficeF, raw); err != nil {
			return err
		}
	}
	return nil
}

var firstButton = regexp.MustCompile(`href="mailto:([^"?]+)\?([^"]+)"`)

// pressButton writes the mail that the first button opens: its address, subject and text, nothing else.
func (d *demo) pressButton(asked *ingest.Mail) ([]byte, error) {
	m := firstButton.FindStringSubmatch(asked.HTML)
	if m == nil {
		return nil, errors.New("the officer's mail has no button")
	}
	fields, err := url.ParseQuery(html.UnescapeString(m[2]))
	if err != nil {
		return nil, fmt.Errorf("the button's address: %w", err)
	}
	return d.officerMail(fields.Get("subject"), "", fields.Get("body"))
}

// typeAnswer writes an answer as a mail program does: the new text above, the old one quoted below.
func (d *demo) typeAnswer(asked *ingest.Mail, text string) ([]byte, error) {
	quoted := "> " + strings.ReplaceAll(strings.TrimSpace(asked.Text), "\n", "\n> ")
	return d.officerMail("RE: "+asked.Subject, asked.MessageID, text+"\n\nLe lun. 23 nov. 2026, Handrail <"+demoInbox+"> a écrit :\n"+quoted)
}

func (d *demo) officerMail(subject, inReplyTo, text string) ([]byte, error) {
	var h mail.Header
	h.SetDate(d.clock)
	h.SetSubject(subject)
	h.SetAddressList("From", []*mail.Address{{Name: "Michel Gagnon", Address: demoOfficeF}})
	h.SetAddressList("To", []*mail.Address{{Address: demoInbox}})
	h.SetMessageID(fmt.Sprintf("officer.%d.%d@%s", len(d.written), d.clock.UnixNano(), demoDomain))
	if inReplyTo != "" {
		h.SetMsgIDList("In-Reply-To", []string{inReplyTo})
	}
	h.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	var b bytes.Buffer
	w, err := mail.CreateSingleInlineWriter(&b, h)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write([]byte(strings.ReplaceAll(text, "\n", "\r\n"))); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
