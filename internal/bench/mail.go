package bench

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-message/mail"

	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/rules"
)

// Whose the inbox is, and under which name its mail server says that a sender is proven.
const (
	mailServer  = "mx.bench.invalid"
	fileName    = "request.xlsx"
	inboxName   = "requests"
	inboxUser   = "purchases"
	officerUser = "officer"
)

// written is a mail that somebody writes.
type written struct {
	from, name, id, subject, text, answers string
	workbook                               []byte
	at                                     time.Time
}

// bytes is the mail as the department's own mail server delivers it: with its word that the sender is proven.
func (m *written) bytes(to string) ([]byte, error) {
	var h mail.Header
	h.SetDate(m.at)
	h.SetSubject(m.subject)
	h.SetAddressList("From", []*mail.Address{{Name: m.name, Address: m.from}})
	h.SetAddressList("To", []*mail.Address{{Address: to}})
	h.SetMessageID(m.id)
	if m.answers != "" {
		h.SetMsgIDList("In-Reply-To", []string{m.answers})
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "Authentication-Results: %s; dmarc=pass header.from=%s\r\n", mailServer, domainOf(m.from))
	w, err := mail.CreateWriter(&b, h)
	if err != nil {
		return nil, err
	}
	var th mail.InlineHeader
	th.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	tw, err := w.CreateSingleInline(th)
	if err == nil {
		err = writeAndClose(tw, []byte(strings.ReplaceAll(m.text, "\n", "\r\n")))
	}
	if err != nil {
		return nil, err
	}
	if m.workbook != nil {
		var ah mail.AttachmentHeader
		ah.SetContentType("application/octet-stream", nil)
		ah.SetFilename(fileName)
		aw, err := w.CreateAttachment(ah)
		if err == nil {
			err = writeAndClose(aw, m.workbook)
		}
		if err != nil {
			return nil, err
		}
	}
	err = w.Close()
	return b.Bytes(), err
}

func writeAndClose(w io.WriteCloser, data []byte) error {
	if _, err := w.Write(data); err != nil {
		return err
	}
	return w.Close()
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// fill makes the workbook of a mail. numbers are those that earlier lines of the story were given, by id.
func fill(m *rules.StoryMail, numbers map[string]string) ([]byte, error) {
	r := workbook.PlainRequest{Lang: m.Lang, Requester: m.Name, Email: m.From, Branch: m.Branch}
	for _, l := range m.Lines {
		line := workbook.PlainLine{Values: l.Values, Reference: numbers[l.Reference]}
		if number, ok := numbers[l.Values[request.Amends]]; ok {
			line.Values = withAmends(l.Values, number)
		}
		r.Lines = append(r.Lines, line)
	}
	var b bytes.Buffer
	err := workbook.WritePlainRequest(&b, &r)
	return b.Bytes(), err
}

func withAmends(values map[request.Field]string, number string) map[request.Field]string {
	own := make(map[request.Field]string, len(values))
	for f, v := range values {
		own[f] = v
	}
	own[request.Amends] = number
	return own
}
