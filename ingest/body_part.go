package ingest

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime/quotedprintable"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"

	"handrail/internal/workbook"
)

// decodeBody undoes a transfer encoding. What is damaged is a *Fault: half a workbook must never be judged.
func (w *walk) decodeBody(body []byte, encoding string) ([]byte, error) {
	room := w.limits.DecodedBytes - w.decoded
	var data []byte
	var err error
	switch encoding {
	case "", "7bit", "8bit", "binary":
		data = body
	case "quoted-printable":
		data, err = io.ReadAll(io.LimitReader(quotedprintable.NewReader(w.reader(bytes.NewReader(body))), room+1))
	case "base64":
		data, err = w.decodeBase64(body)
	default:
		return nil, &Fault{ReasonEncoding, fmt.Sprintf("%q", Clip(CleanLine(encoding), 40))}
	}
	if err != nil {
		return nil, &Fault{ReasonDamaged, encoding + ": " + err.Error()}
	}
	if int64(len(data)) > room {
		return nil, &Fault{ReasonUnpacked, "the parts together are too large"}
	}
	return data, nil
}

// decodeBase64 takes line ends and blanks as they come, and nothing else: a strange character, or characters after
// the padding, mean that something was lost.
func (w *walk) decodeBase64(body []byte) ([]byte, error) {
	packed := make([]byte, 0, len(body))
	for piece := range slices.Chunk(body, pieceBytes) {
		for _, c := range piece {
			switch c {
			case '\r', '\n', ' ', '\t':
			default:
				packed = append(packed, c)
			}
		}
		if err := w.spend(len(piece)); err != nil {
			return nil, err
		}
	}
	encoding := base64.StdEncoding
	if n := len(packed); n%4 != 0 && !bytes.HasSuffix(packed, []byte("=")) {
		encoding = base64.RawStdEncoding // some mailers leave the padding out
	}
	n, err := encoding.Decode(packed, packed)
	if err != nil {
		var corrupt base64.CorruptInputError
		if errors.As(err, &corrupt) {
			return nil, fmt.Errorf("damaged at character %d of %d", int64(corrupt), len(packed))
		}
		return nil, err
	}
	return packed[:n], nil
}

// bodyPart takes one part without parts of its own.
func (w *walk) bodyPart(kind string, params map[string]string, h Header, data []byte, at place) error {
	disposition, dispositionParams := parameters(h.Get("Content-Disposition"))
	name := fileName(dispositionParams, params)
	switch {
	case kind == "message/rfc822" || kind == "message/global" || w.isMailFile(name, data):
		return w.forwarded(data, at)
	case kind == "message/partial":
		return &Fault{ReasonPartial, "one fragment of a message that was cut in pieces"}
	case kind == "message/delivery-status" || kind == "message/global-delivery-status":
		if !at.foreign && w.mail.Report == nil {
			w.mail.Report = readDeliveryStatus(data[:min(len(data), w.limits.HeaderBytes)])
		}
		return nil
	case kind == "text/rfc822-headers" || kind == "message/rfc822-headers" || kind == "message/global-headers":
		w.original(data, at)
		return nil
	case isTNEF(data) || kind == "application/ms-tnef" || kind == "application/vnd.ms-tnef":
		return w.winmail(data, at)
	}
	format := workbook.Sniff(data)
	if strings.HasPrefix(kind, "text/") && name == "" && disposition != "attachment" && !knownFile(format) {
		return w.text(kind, params, data, at)
	}
	if len(data) == 0 && name == "" {
		return nil // an empty part without a name says nothing
	}
	a, err := w.attachment(name, kind, data, at)
	if err != nil {
		return err
	}
	a.Inline = disposition == "inline"
	if format == workbook.Zip {
		return w.zip(a, at)
	}
	w.mail.Attachments = append(w.mail.Attachments, a)
	return nil
}

// text takes a part of the body. Text in a forwarded message is not the sender's and is left there.
func (w *walk) text(kind string, params map[string]string, data []byte, at place) error {
	if at.foreign || kind != "text/plain" && kind != "text/html" && kind != "text/enriched" {
		return nil
	}
	s, err := toUTF8(w.reader(bytes.NewReader(data)), data, params["charset"])
	var fault *Fault
	if errors.As(err, &fault) {
		w.unreadText = cmp.Or(w.unreadText, fault) // finish knows whether anything hangs on these words
		return nil
	}
	if err != nil {
		return err
	}
	if kind == "text/html" {
		w.pages = append(w.pages, s)
	} else {
		w.texts = append(w.texts, s)
	}
	return nil
}

// toUTF8 reads text in its charset; r reads data. Without a name it is UTF-8 where it can be, else Windows-1252, as mail
// programs do.
func toUTF8(r io.Reader, data []byte, name string) (string, error) {
	name = strings.ToLower(strings.TrimSpace(strings.Trim(name, `'"`)))
	switch name {
	case "", "us-ascii", "ascii", "utf-8", "utf8", "unknown-8bit", "x-unknown", "default":
		if utf8.Valid(data) {
			return string(data), nil
		}
		name = "windows-1252"
	}
	r, err := charset.Reader(name, r)
	if err != nil {
		return "", &Fault{ReasonCharset, fmt.Sprintf("%q", Clip(CleanLine(name), 40))}
	}
	out, err := io.ReadAll(r)
	if err != nil {
		return "", &Fault{ReasonCharset, fmt.Sprintf("%s: %v", name, err)}
	}
	return strings.ToValidUTF8(string(out), "\uFFFD"), nil
}

// knownFile reports whether bytes are a file that nobody writes as text, whatever the message calls them.
func knownFile(f workbook.Format) bool {
	switch f {
	case workbook.Xlsx, workbook.Xls, workbook.Xlsb, workbook.Ods, workbook.Numbers, workbook.Pdf, workbook.Docx, workbook.Pptx, workbook.Doc,
		workbook.OutlookItem, workbook.OtherOLE, workbook.Encrypted, workbook.Zip, workbook.Archive:
		return true
	}
	return false
}

// isMailFile knows a message that was attached as a file (.eml), as some programs and gateways do.
func (w *walk) isMailFile(name string, data []byte) bool {
	if !strings.EqualFold(path.Ext(name), ".eml") {
		return false
	}
	h, _, odd, _ := splitHeader(data, w.limits.HeaderBytes)
	return odd == 0 && h.Has("From")
}

// forwarded opens a forwarded message: its attachments are the forwarder's, its text is only noted.
func (w *walk) forwarded(data []byte, at place) error {
	if w.mail.Report != nil || isBounceHeader(w.mail.Header) {
		// What a bounce returns is our own mail: it identifies it, and none of it is a request.
		w.original(data, at)
		return nil
	}
	h, body, err := w.header(data, "a forwarded message")
	if err != nil {
		return err
	}
	inner := &Mail{Header: h}
	inner.identify()
	w.mail.Forwarded = append(w.mail.Forwarded, Forwarded{From: inner.From, Subject: inner.Subject, MessageID: inner.MessageID, Date: inner.Date})
	at = at.opened("message/rfc822")
	at.foreign = true
	return w.part(h, body, at)
}

// original notes which message a bounce is about.
func (w *walk) original(data []byte, at place) {
	if at.foreign {
		return
	}
	h, _, _, _ := splitHeader(data, w.limits.HeaderBytes)
	if w.mail.Report == nil {
		w.mail.Report = &DeliveryReport{}
	}
	if ids := messageIDs(h.Get("Message-ID")); len(ids) > 0 && w.mail.Report.MessageID == "" {
		w.mail.Report.MessageID = ids[0]
	}
	if _, params := parameters(h.Get("Content-Type")); w.mail.Report.Boundary == "" {
		w.mail.Report.Boundary = Clip(CleanLine(params["boundary"]), 100)
	}
}

// finish makes one body of the parts. A covering text in an unknown character set holds up no workbook beside it; where the
// text may be a decision, or is all that there is, the message was not read to its end.
func (w *walk) finish() (err error) {
	brings := slices.ContainsFunc(w.mail.Attachments, func(a Attachment) bool { return a.CouldBeRequest() })
	if w.unreadText != nil && (!brings || len(CodesIn(w.mail)) > 0) {
		return w.unreadText
	}
	w.mail.HTML = strings.Join(w.pages, "\n")
	w.mail.Text = strings.Join(w.texts, "\n")
	if strings.TrimSpace(w.mail.Text) == "" && w.mail.HTML != "" {
		if w.mail.Text, err = htmlText(w.ctx, w.mail.HTML); err != nil {
			return err
		}
	}
	w.mail.Text = strings.ReplaceAll(strings.ReplaceAll(w.mail.Text, "\r\n", "\n"), "\r", "\n")
	if w.mail.Protection == Unprotected && !brings {
		w.mail.Protection = wrappedInText(w.mail.Text)
	}
	return nil
}

// Workbooks lists the attachments that are workbooks Handrail reads (.xlsx), whatever they are called.
func (m *Mail) Workbooks() []Attachment {
	return m.attachmentsOf(workbook.Xlsx)
}

func (m *Mail) attachmentsOf(formats ...workbook.Format) []Attachment {
	var found []Attachment
	for _, a := range m.Attachments {
		for _, f := range formats {
			if a.Format == f && !workbook.LockFile(path.Base(a.Name)) {
				found = append(found, a)
			}
		}
	}
	return found
}
