package finance

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"mime"
	"path"
	"strings"

	"handrail/ingest"
	"handrail/internal/statement"
	"handrail/internal/workbook"
)

// cutBoundary stands between the parts of a cut mail. It cannot be part of base64.
const cutBoundary = "=_handrail-cut"

// cutHeaders are the fields that a cut mail keeps: who sent it, when, and what the mail server said about that.
var cutHeaders = []string{"Received", "Authentication-Results", "From", "Sender", "To", "Date", "Message-ID", "In-Reply-To", "References"}

// cutMail is a statement's mail without its card numbers, as an ordinary message: the header fields that prove where it
// came from, the text, and each statement as CSV with every card number cut to its last four. What is no readable
// statement is named with its digest and not kept: nobody can say what numbers are in it.
func (desk *Desk) cutMail(ctx context.Context, h *statements) []byte {
	var b bytes.Buffer
	for _, name := range cutHeaders {
		for _, f := range h.Mail.Header {
			if strings.EqualFold(f.Name, name) {
				fmt.Fprintf(&b, "%s: %s\r\n", name, oneLine(f.Value))
			}
		}
	}
	fmt.Fprintf(&b, "Subject: %s\r\n", mime.QEncoding.Encode("utf-8", statement.CutCards(h.Mail.Subject)))
	fmt.Fprintf(&b, "X-Handrail-Cut: the mail with SHA-256 %s, without card numbers\r\n", h.Row.SHA256)
	b.WriteString("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"" + cutBoundary + "\"\r\n\r\n")
	part := func(kind string, data []byte) {
		fmt.Fprintf(&b, "--%s\r\n%sContent-Transfer-Encoding: base64\r\n\r\n", cutBoundary, kind)
		text := base64.StdEncoding.EncodeToString(data)
		for len(text) > 76 {
			b.WriteString(text[:76] + "\r\n")
			text = text[76:]
		}
		b.WriteString(text + "\r\n")
	}
	part("Content-Type: text/plain; charset=utf-8\r\n", []byte(statement.CutCards(h.Mail.Text)))
	for _, a := range h.Mail.Attachments {
		name := statement.CutCards(a.Name)
		s, err := desk.statementIn(ctx, h, a)
		if err != nil {
			part("Content-Type: text/plain; charset=utf-8\r\n", fmt.Appendf(nil, "%s (%d bytes, %s) is not kept: it could not be read, and card numbers in it could not be cut.\n", name, len(a.Data), a.Digest))
			continue
		}
		part(cutHead(name, s.Cut), s.Cut)
	}
	b.WriteString("--" + cutBoundary + "--\r\n")
	return b.Bytes()
}

// cutHead says what a cut statement is: a table becomes CSV, what banks write for accounting programs stays what it is.
func cutHead(name string, cut []byte) string {
	kind, ext := "text/csv", ".csv"
	if statement.Format(cut) != "" {
		kind, ext = "application/octet-stream", path.Ext(name)
		name = strings.TrimSuffix(name, ext)
	}
	return "Content-Type: " + mime.FormatMediaType(kind, map[string]string{"charset": "utf-8"}) + "\r\n" +
		"Content-Disposition: " + mime.FormatMediaType("attachment", map[string]string{"filename": strings.TrimSuffix(name, ".xlsx") + ".cut" + ext}) + "\r\n"
}

// readStatement is what reading an attachment as a statement gave.
type readStatement struct {
	statement *statement.Statement
	err       error
}

// statementIn reads an attachment as a card statement, once.
func (desk *Desk) statementIn(ctx context.Context, h *statements, a ingest.Attachment) (*statement.Statement, error) {
	name := statement.CutCards(a.Name)
	key := a.Digest + " " + name
	r, ok := h.read[key]
	if !ok {
		r.statement, r.err = statement.Read(ctx, a.Data, workbook.DefaultBounds(), desk.dept.Finance.Reconcile.StatementFrom(h.Sender.Address, name, h.Inbox.Policy().Currency()))
		if h.read == nil {
			h.read = map[string]readStatement{}
		}
		h.read[key] = r
	}
	return r.statement, r.err
}

// oneLine folds a header's value into one line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
