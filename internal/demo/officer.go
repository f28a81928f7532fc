package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-message/mail"

	"handrail/ingest"
	"handrail/internal/workbook"
)

// The demo's officer reads the inbox an hour later and decides from the mail program, each line another way.
func (d *Week) officerDecides(ctx context.Context) error {
	d.clock = d.clock.Add(time.Hour)
	messages, err := d.Office.Messages(OfficerF, "INBOX")
	if err != nil {
		return err
	}
	ways := officerWays(d)
	if len(messages) < len(ways) {
		return fmt.Errorf("the demo's officer was asked %d times, not %d", len(messages), len(ways))
	}
	var asked []*ingest.Mail
	for _, m := range messages {
		mail, err := ingest.Parse(ctx, m.Raw, ingest.DefaultLimits())
		if err != nil {
			return err
		}
		asked = append(asked, mail)
	}
	// By the number of the request: mails are sent side by side, and come in any order.
	slices.SortFunc(asked, func(x, y *ingest.Mail) int {
		return strings.Compare(aReference.FindString(x.Text), aReference.FindString(y.Text))
	})
	for i, way := range ways {
		raw, err := way.answer(asked[i])
		if err != nil {
			return err
		}
		if err := d.write(filepath.Join("sent-by-staff", way.file), raw); err != nil {
			return err
		}
		if err := d.sendAs(ctx, OfficerF, raw); err != nil {
			return err
		}
	}
	return nil
}

var aReference = regexp.MustCompile(`HR-\d{4}-\d{6,}`)

// officerWay is one way to answer, and the mail that the demo leaves of it.
type officerWay struct {
	file, tells string
	answer      func(asked *ingest.Mail) ([]byte, error)
}

// officerWays are the three ways of the officers' page: the button of the mail, which opens a new mail that only needs
// sending; a typed answer in French; the decision workbook, filled in and sent back.
func officerWays(d *Week) []officerWay {
	return []officerWay{
		{"officer-button.eml", "approved by the button of the mail", d.pressButton},
		{"officer-reponse.eml", "declined by an answer typed in French", func(asked *ingest.Mail) ([]byte, error) {
			return d.typeAnswer(asked, "REFUSER 1 : un seul besoin, acheté en deux parties. Présentez une seule demande.\n\nMerci,\nMichel")
		}},
		{"officer-classeur.eml", "approved in the decision workbook", d.fillWorkbook},
	}
}

// fillWorkbook answers with the decision workbook of the mail: a decision and a reason beside the line.
func (d *Week) fillWorkbook(asked *ingest.Mail) ([]byte, error) {
	if len(asked.Attachments) != 1 {
		return nil, errors.New("the officer's mail brings no decision workbook")
	}
	book := asked.Attachments[0]
	var b bytes.Buffer
	if err := workbook.FillDecisions(&b, book.Data, workbook.DecisionEntry{Number: 1, Decision: "Approuver", Reason: "Prévu au plan de la direction générale"}); err != nil {
		return nil, err
	}
	if err := d.write(filepath.Join("sent-by-staff", "officer-classeur.xlsx"), b.Bytes()); err != nil {
		return nil, err
	}
	return WriteMail(Mail{File: "officer-classeur", From: OfficerF, Name: "Michel Gagnon", Subject: "RE: " + asked.Subject,
		Text: "Voici ma décision.\n\nMerci,\nMichel Gagnon\n", answers: asked.MessageID}, 0, book.Name, b.Bytes(), d.clock)
}

var firstButton = regexp.MustCompile(`href="mailto:([^"?]+)\?([^"]+)"`)

// pressButton writes the mail that the first button opens: its address, subject and text, nothing else.
func (d *Week) pressButton(asked *ingest.Mail) ([]byte, error) {
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
func (d *Week) typeAnswer(asked *ingest.Mail, text string) ([]byte, error) {
	quoted := "> " + strings.ReplaceAll(strings.TrimSpace(asked.Text), "\n", "\n> ")
	return d.officerMail("RE: "+asked.Subject, asked.MessageID, text+"\n\nLe lun. 23 nov. 2026, Handrail <"+Inbox+"> a écrit :\n"+quoted)
}

func (d *Week) officerMail(subject, inReplyTo, text string) ([]byte, error) {
	var h mail.Header
	h.SetDate(d.clock)
	h.SetSubject(subject)
	h.SetAddressList("From", []*mail.Address{{Name: "Michel Gagnon", Address: OfficerF}})
	h.SetAddressList("To", []*mail.Address{{Address: Inbox}})
	h.SetMessageID(fmt.Sprintf("officer.%d.%d@%s", len(d.written), d.clock.UnixNano(), Domain))
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
