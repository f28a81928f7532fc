package ingest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// walk visits every part of a message once, in its order, within the limits.
type walk struct {
	patience
	limits      Limits
	mail        *Mail
	parts       int
	headerBytes int
	decoded     int64
	unreadText  *Fault   // why a part of the body could not be read; nil: all could
	texts       []string // plain text parts of the body
	pages       []string // HTML parts of the body
}

// place is where a part stands.
type place struct {
	top     bool     // the message itself
	depth   int      // levels above
	inside  []string // what was opened to get here, for Attachment.Inside
	parent  string   // media type of the multipart around
	foreign bool     // inside a forwarded message: its text is not the sender's
}

func (p place) below(parent string) place {
	p.top, p.depth, p.parent = false, p.depth+1, parent
	return p
}

func (p place) opened(what string) place {
	p = p.below("")
	p.inside = append(slices.Clone(p.inside), what)
	return p
}

// part visits one part, whose header was split off already.
func (w *walk) part(h Header, body []byte, at place) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if w.parts++; w.parts > w.limits.Parts {
		return &Fault{ReasonParts, fmt.Sprintf("more than %d parts", w.limits.Parts)}
	}
	if at.depth > w.limits.Depth {
		return &Fault{ReasonDepth, fmt.Sprintf("more than %d levels", w.limits.Depth)}
	}
	kind, params := parameters(h.Get("Content-Type"))
	if kind == "" {
		kind = "text/plain"
		if at.parent == "multipart/digest" {
			kind = "message/rfc822"
		}
	}
	w.notice(kind, params, h, at)
	if strings.HasPrefix(kind, "multipart/") {
		return w.multipart(kind, params, body, at)
	}
	encoding := strings.ToLower(stripComment(h.Get("Content-Transfer-Encoding")))
	data, err := w.decodeBody(body, encoding)
	if err != nil {
		return err
	}
	w.decoded += int64(len(data))
	if w.mail.Protection == SMIMEEnvelope && !at.foreign && isSignedData(data) {
		w.mail.Protection = SMIMEOpaque // whatever smime-type says, or where it says nothing
	}
	return w.bodyPart(kind, params, h, data, at)
}

// notice reads what the types say about the message as a whole.
func (w *walk) notice(kind string, params map[string]string, h Header, at place) {
	m := w.mail
	if at.foreign {
		return
	}
	switch kind {
	case "multipart/signed":
		if m.Protection == Unprotected {
			m.Protection = Signed
		}
	case "multipart/encrypted":
		m.Protection = PGPEncrypted
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		m.Protection = SMIMEEnvelope
		if strings.EqualFold(params["smime-type"], "signed-data") {
			m.Protection = SMIMEOpaque
		}
	case "application/x-microsoft-rpmsg-message":
		m.Protection = RMSProtected
	case "text/calendar":
		m.Calendar = true
	}
	if at.top && strings.HasPrefix(strings.ToLower(h.Get("Content-Class")), "rpmsg.message") {
		m.Protection = RMSProtected
	}
}

func (w *walk) multipart(kind string, params map[string]string, body []byte, at place) error {
	boundary := params["boundary"]
	if boundary == "" {
		return &Fault{ReasonBoundary, kind + " names no boundary"}
	}
	parts, closed, err := w.splitParts(body, boundary, w.limits.Parts-w.parts+1)
	if err != nil {
		return err
	}
	if len(parts) == 0 {
		return &Fault{ReasonBoundary, "the boundary that " + kind + " names never comes"}
	}
	for _, raw := range parts {
		h, content, err := w.header(raw, "a part")
		if err != nil {
			return err
		}
		for _, name := range []string{"Content-Type", "Content-Transfer-Encoding", "Content-Disposition"} {
			if len(h.All(name)) > 1 {
				return &Fault{ReasonRepeatedHeader, name + " stands twice in the header of a part"}
			}
		}
		if err := w.part(h, content, at.below(kind)); err != nil {
			return err
		}
	}
	if !closed {
		return &Fault{ReasonTruncated, "the last boundary of " + kind + " is missing"}
	}
	return nil
}

// header takes the header off a part or an attached message. All headers of a message together are bounded, before any
// of their bytes are worked on.
func (w *walk) header(raw []byte, of string) (Header, []byte, error) {
	h, content, odd, long := splitHeader(raw, w.limits.HeaderBytes-w.headerBytes)
	if w.headerBytes += len(raw) - len(content); long || w.headerBytes > w.limits.HeaderBytes {
		return nil, nil, &Fault{ReasonHeaderSize, fmt.Sprintf("more than %d bytes of headers", w.limits.HeaderBytes)}
	}
	if odd > 0 {
		return nil, nil, &Fault{ReasonHeader, fmt.Sprintf("%d lines in the header of %s are no field", odd, of)}
	}
	return h, content, nil
}

// splitParts cuts a multipart body at its boundary lines. closed says whether the closing one came. It stops after
// most+1 parts, so that a body of nothing but boundaries costs nothing, and jumps from boundary to boundary: a body is
// searched again at every level around it.
func (w *walk) splitParts(body []byte, boundary string, most int) (parts [][]byte, closed bool, err error) {
	mark := []byte("\n--" + strings.TrimRight(boundary, " \t"))
	start := -1 // where the current part begins; -1 in the preamble
	for pos := 0; pos >= 0; {
		if bytes.HasPrefix(body[pos:], mark[1:]) {
			line, after := cutLine(body[pos:])
			tail, final := bytes.CutPrefix(line[len(mark)-1:], []byte("--"))
			if len(bytes.TrimRight(tail, " \t")) == 0 {
				if start >= 0 {
					parts = append(parts, trimLineEnd(body[start:pos]))
				}
				if final {
					return parts, true, nil
				}
				if start = len(body) - len(after); len(parts) > most {
					return parts, true, nil
				}
			}
		}
		if pos, err = w.nextLine(body, pos, mark); err != nil {
			return nil, false, err
		}
	}
	if start >= 0 {
		parts = append(parts, body[start:])
	}
	return parts, false, nil
}

// nextLine is where the next line after pos begins that begins as mark does, whose first byte is the line end before it;
// -1 when there is none.
func (w *walk) nextLine(body []byte, pos int, mark []byte) (int, error) {
	for pos < len(body) {
		window := body[pos:min(len(body), pos+pieceBytes+len(mark))]
		i := bytes.Index(window, mark)
		if i < 0 && len(window) < len(body)-pos {
			i, window = -1, window[:pieceBytes]
		}
		if err := w.spend(len(window)); err != nil {
			return 0, err
		}
		if i >= 0 {
			return pos + i + 1, nil
		}
		pos += len(window)
	}
	return -1, nil
}

// trimLineEnd drops the line end that belongs to the boundary line after it.
func trimLineEnd(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}

// stripComment is a field's value up to its first parameter, without comments (RFC 5322), which may stand anywhere in it
// and inside each other.
func stripComment(s string) string {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && depth > 0:
			i++
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
		case c == ';':
			return strings.TrimSpace(b.String())
		default:
			b.WriteByte(c)
		}
	}
	return strings.TrimSpace(b.String())
}
