package ingest

import (
	"context"
	"fmt"
	"strings"
)

// single are the fields that a message has once. A second one is how a message says one thing to a mail program and
// another to us.
var single = []string{"From", "Sender", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Reply-To",
	"Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "MIME-Version"}

// Parse takes a message apart, to the last part. A message that cannot be read to the end gives a *Fault, and a Mail
// that only identifies it (header, subject, Message-ID, date, and From where there is exactly one): nothing of a
// half-read message is acted upon. Any other error is the context's: nothing is known of the message then. Mail is never
// nil.
func Parse(ctx context.Context, raw []byte, limits Limits) (*Mail, error) {
	limits = limits.WithDefaults()
	m := &Mail{Bytes: len(raw)}
	header, body, odd, long := splitHeader(raw, limits.HeaderBytes)
	m.Header = header
	m.identify()
	err := m.checkHeader(len(raw)-len(body), odd, long, limits)
	if err == nil && int64(len(raw)) > limits.MessageBytes {
		err = &Fault{ReasonOversize, fmt.Sprintf("%d bytes", len(raw))}
	}
	if err == nil {
		w := &walk{limits: limits, mail: m, headerBytes: len(raw) - len(body), patience: patience{ctx: ctx}}
		if err = w.part(header, body, place{top: true}); err == nil {
			err = w.finish()
		}
	}
	if err == nil {
		if n := len(m.Workbooks()); n > limits.Workbooks {
			err = &Fault{ReasonWorkbooks, fmt.Sprintf("%d workbooks, at most %d", n, limits.Workbooks)}
		}
	}
	if ctx.Err() != nil { // whatever was found, it was not read to the end
		return m.identified(), fmt.Errorf("read the message: %w", ctx.Err())
	}
	if err != nil {
		return m.identified(), err
	}
	return m, nil
}

// ParseHead reads the header of a message that was too large to fetch. Its error is a *Fault, or the context's.
func ParseHead(ctx context.Context, head []byte, limits Limits) (*Mail, error) {
	m := &Mail{Bytes: len(head)}
	m.Header, _, _, _ = splitHeader(head, limits.WithDefaults().HeaderBytes)
	m.identify()
	if err := ctx.Err(); err != nil {
		return m, fmt.Errorf("read the header: %w", err)
	}
	return m, &Fault{ReasonOversize, "only its header was fetched"}
}

// identify reads what tells messages apart.
func (m *Mail) identify() {
	h := m.Header
	if ids := messageIDs(h.Get("Message-ID")); len(ids) > 0 {
		m.MessageID = ids[0]
	}
	for _, v := range h.All("In-Reply-To") {
		m.InReplyTo = append(m.InReplyTo, messageIDs(v)...)
	}
	for _, v := range h.All("References") {
		m.References = append(m.References, messageIDs(v)...)
	}
	m.Date = messageDate(h.Get("Date"))
	m.Subject = Clip(shown(h.Get("Subject")), 500)
	if from := h.All("From"); len(from) == 1 {
		if list, err := addresses(from[0]); err == nil && len(list) == 1 {
			m.From = list[0]
		}
	}
}

// identified is a Mail without its parts, for a message that could not be read to the end.
func (m *Mail) identified() *Mail {
	return &Mail{Header: m.Header, MessageID: m.MessageID, InReplyTo: m.InReplyTo, References: m.References, Date: m.Date,
		From: m.From, Subject: m.Subject, Protection: m.Protection, Report: m.Report, Calendar: m.Calendar, Bytes: m.Bytes}
}

// checkHeader refuses headers that can be read two ways.
func (m *Mail) checkHeader(length, odd int, long bool, limits Limits) error {
	if long || length > limits.HeaderBytes {
		return &Fault{ReasonHeaderSize, fmt.Sprintf("more than %d bytes", limits.HeaderBytes)}
	}
	if len(m.Header) == 0 {
		return &Fault{ReasonHeader, "no header at all"}
	}
	if odd > 0 {
		return &Fault{ReasonHeader, fmt.Sprintf("%d lines of the header are no field", odd)}
	}
	for _, name := range single {
		if n := len(m.Header.All(name)); n > 1 {
			if name == "From" {
				return &Fault{ReasonFrom, fmt.Sprintf("%d From fields", n)}
			}
			return &Fault{ReasonRepeatedHeader, fmt.Sprintf("%s stands there %d times", name, n)}
		}
	}
	list, err := addresses(m.Header.Get("From"))
	switch {
	case !m.Header.Has("From"):
		return &Fault{ReasonFrom, "no From field"}
	case err != nil:
		return &Fault{ReasonFrom, "the From field cannot be read"}
	case len(list) != 1:
		return &Fault{ReasonFrom, fmt.Sprintf("%d addresses in From", len(list))}
	case !strings.Contains(list[0].Addr, "@"):
		return &Fault{ReasonFrom, "the address in From has no domain"}
	}
	return nil
}
