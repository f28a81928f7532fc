package mailtest

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-message/textproto"
)

// Fetch answers what was asked of each message. The folder is locked only while the messages are found.
func (s *session) Fetch(w *imapserver.FetchWriter, set imap.NumSet, options *imap.FetchOptions) error {
	type found struct {
		seq   uint32
		m     *stored
		flags []imap.Flag
	}
	markSeen := false
	for _, b := range options.BodySection {
		markSeen = markSeen || !b.Peek
	}
	for _, b := range options.BinarySection {
		markSeen = markSeen || !b.Peek
	}
	var list []found
	f := s.view.folder
	f.mu.Lock()
	_ = s.view.pick(set, func(seq uint32, m *stored) error { // the visit errs never
		if m.gone {
			return nil // RFC 2180, 4.1.2: an expunged message is simply not answered
		}
		if markSeen && !m.has(imap.FlagSeen) {
			m.set(imap.FlagSeen)
			f.changed(m, nil)
		}
		list = append(list, found{seq, m, m.flags})
		return nil
	})
	f.mu.Unlock()
	var buf []byte
	for _, it := range list {
		var err error
		if buf, err = s.fetchOne(w.CreateMessage(it.seq), it.m, it.flags, options, buf); err != nil {
			return err
		}
	}
	return nil
}

// fetchOne writes one message's answer; buf is reused for its bytes.
func (s *session) fetchOne(w *imapserver.FetchResponseWriter, m *stored, flags []imap.Flag, options *imap.FetchOptions, buf []byte) ([]byte, error) {
	w.WriteUID(m.uid)
	if options.Flags {
		w.WriteFlags(sortedFlags(flags))
	}
	if options.InternalDate {
		w.WriteInternalDate(m.date)
	}
	if options.RFC822Size {
		w.WriteRFC822Size(int64(m.size()))
	}
	if options.Envelope || options.BodyStructure != nil || len(options.BodySection)+len(options.BinarySection)+len(options.BinarySectionSize) > 0 {
		var err error
		if buf, err = s.office.blobs.read(append(buf[:0], m.head...), m.body, m.skip); err != nil {
			_ = w.Close()
			return nil, err
		}
	}
	if options.Envelope {
		w.WriteEnvelope(envelope(buf))
	}
	if options.BodyStructure != nil {
		w.WriteBodyStructure(imapserver.ExtractBodyStructure(bytes.NewReader(buf)))
	}
	for _, section := range options.BodySection {
		if err := writeAll(w.WriteBodySection, section, bodySection(buf, section)); err != nil {
			return nil, err
		}
	}
	for _, section := range options.BinarySection {
		if err := writeAll(w.WriteBinarySection, section, imapserver.ExtractBinarySection(bytes.NewReader(buf), section)); err != nil {
			return nil, err
		}
	}
	for _, section := range options.BinarySectionSize {
		w.WriteBinarySectionSize(section, imapserver.ExtractBinarySectionSize(bytes.NewReader(buf), section))
	}
	return buf, w.Close()
}

func writeAll[S any](open func(S, int64) io.WriteCloser, section S, b []byte) error {
	w := open(section, int64(len(b)))
	if _, err := w.Write(b); err != nil {
		return err
	}
	return w.Close()
}

// bodySection avoids parsing where the whole message, or a part of its bytes, is wanted.
func bodySection(raw []byte, section *imap.FetchItemBodySection) []byte {
	if len(section.Part) > 0 || section.Specifier != imap.PartSpecifierNone {
		return imapserver.ExtractBodySection(bytes.NewReader(raw), section)
	}
	if p := section.Partial; p != nil {
		from := min(p.Offset, int64(len(raw)))
		return raw[from:min(from+p.Size, int64(len(raw)))]
	}
	return raw
}

func envelope(raw []byte) *imap.Envelope {
	header, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return nil
	}
	return imapserver.ExtractEnvelope(header)
}

// matcher turns search criteria into a question to a message. Text is looked for in the raw bytes, case folded: this
// server decodes nothing.
func (s *session) matcher(c *imap.SearchCriteria) func(seq uint32, m *stored) bool {
	var sets []map[*stored]bool
	for _, set := range c.UID {
		sets = append(sets, s.view.members(set))
	}
	for _, set := range c.SeqNum {
		sets = append(sets, s.view.members(set))
	}
	var nots []func(uint32, *stored) bool
	for i := range c.Not {
		nots = append(nots, s.matcher(&c.Not[i]))
	}
	var ors [][2]func(uint32, *stored) bool
	for i := range c.Or {
		ors = append(ors, [2]func(uint32, *stored) bool{s.matcher(&c.Or[i][0]), s.matcher(&c.Or[i][1])})
	}
	return func(seq uint32, m *stored) bool {
		for _, in := range sets {
			if !in[m] {
				return false
			}
		}
		for _, not := range nots {
			if not(seq, m) {
				return false
			}
		}
		for _, or := range ors {
			if !or[0](seq, m) && !or[1](seq, m) {
				return false
			}
		}
		return matchKept(m, c) && s.matchRead(m, c)
	}
}

// matchKept looks at what is known without reading the message.
func matchKept(m *stored, c *imap.SearchCriteria) bool {
	for _, flag := range c.Flag {
		if !m.has(flag) {
			return false
		}
	}
	for _, flag := range c.NotFlag {
		if m.has(flag) {
			return false
		}
	}
	if c.Larger != 0 && int64(m.size()) <= c.Larger || c.Smaller != 0 && int64(m.size()) >= c.Smaller {
		return false
	}
	return withinDays(m.date, c.Since, c.Before)
}

// matchRead looks at the message's bytes, when it must.
func (s *session) matchRead(m *stored, c *imap.SearchCriteria) bool {
	if len(c.Header)+len(c.Text)+len(c.Body) == 0 && c.SentSince.IsZero() && c.SentBefore.IsZero() {
		return true
	}
	raw, err := m.raw(s.office.blobs)
	if err != nil {
		return false
	}
	head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	header, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(append(head[:len(head):len(head)], "\r\n\r\n"...))))
	if err != nil {
		return false
	}
	for _, want := range c.Header {
		found := false
		for fields := header.FieldsByKey(want.Key); fields.Next(); {
			found = found || strings.Contains(strings.ToLower(fields.Value()), strings.ToLower(want.Value))
		}
		if !found {
			return false
		}
	}
	for _, text := range c.Text {
		if !bytes.Contains(bytes.ToLower(raw), bytes.ToLower([]byte(text))) {
			return false
		}
	}
	for _, text := range c.Body {
		if !bytes.Contains(bytes.ToLower(body), bytes.ToLower([]byte(text))) {
			return false
		}
	}
	if c.SentSince.IsZero() && c.SentBefore.IsZero() {
		return true
	}
	var h mail.Header
	h.Header.Header = header
	sent, err := h.Date()
	return err == nil && withinDays(sent, c.SentSince, c.SentBefore)
}

// withinDays compares calendar days as they are written, as RFC 3501 wants it.
func withinDays(t, since, before time.Time) bool {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return (since.IsZero() || !day.Before(since)) && (before.IsZero() || day.Before(before))
}
