package notify

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/emersion/go-message"
	"golang.org/x/text/unicode/norm"

	"handrail/templates"
)

// maxReferences bounds the References header: the first of a thread and the latest ones.
const maxReferences = 20

// maxDisplay bounds a name beside an address, in characters.
const maxDisplay = 80

// crockford has neither padding nor letters that read like digits.
var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// fingerprint is what Message-ID and boundaries are derived from: the same mail always has the same one.
func (d *draft) fingerprint(domain string) string {
	h := sha256.New()
	for _, part := range []string{"handrail mail 1", domain, d.kind, d.env.To, d.env.Cause, d.code} {
		fmt.Fprintf(h, "%d:%s,", len(part), part)
	}
	return crockford.EncodeToString(h.Sum(nil)[:20])
}

// boundaryPrefix stands before the fingerprint in the boundary of a mail's outermost parts.
const boundaryPrefix = "mixed-"

// FingerprintIn is the fingerprint in a boundary of one of our mails, as it stands in the mail's Message-ID; ok is false for
// other boundaries.
func FingerprintIn(boundary string) (fingerprint string, ok bool) {
	fingerprint, ok = strings.CutPrefix(boundary, boundaryPrefix)
	if !ok || len(fingerprint) != 32 || strings.Trim(fingerprint, "0123456789abcdefghjkmnpqrstvwxyz") != "" {
		return "", false
	}
	return fingerprint, true
}

// seal puts headers, text, HTML and attachments together.
func (c *Composer) seal(d draft, page *templates.Page, text, html []byte) (Mail, error) {
	print := d.fingerprint(c.id.Domain)
	local := d.kind + "." + print
	if d.code != "" {
		if !isCode(d.code) {
			return Mail{}, fmt.Errorf("the code %q has characters that a Message-ID cannot bear", d.code)
		}
		local = d.code + "." + print
	}
	m := Mail{To: d.env.To, Subject: page.Subject, MessageID: "<" + local + "@" + c.id.Domain + ">", text: text, html: html}
	var header message.Header
	header.SetContentType("multipart/mixed", map[string]string{"boundary": boundaryPrefix + print})
	top := c.header(d, page, m.MessageID)
	top.into(&header)

	var raw bytes.Buffer
	size := 4<<10 + len(text) + len(html)*5/4
	for _, a := range d.attach {
		size += len(a.Data)*139/100 + 1<<10
	}
	raw.Grow(size)
	w, err := message.CreateWriter(&raw, header)
	if err != nil {
		return Mail{}, err
	}
	if err := writeBodies(w, page.Lang, print, text, html); err != nil {
		return Mail{}, err
	}
	for _, a := range d.attach {
		if err := writeAttachment(w, a); err != nil {
			return Mail{}, err
		}
	}
	if err := w.Close(); err != nil {
		return Mail{}, err
	}
	m.Raw = raw.Bytes()
	return m, nil
}

// header is the top of the mail, above the library's Content-Type.
func (c *Composer) header(d draft, page *templates.Page, id string) fields {
	var f fields
	f.add("Date", d.env.Now.In(c.id.Location).Format(time.RFC1123Z))
	f.addAddress("From", clip(page.Department, maxDisplay), c.id.From)
	f.addAddress("To", clip(cleanLine(d.env.ToName), maxDisplay), d.env.To)
	if c.id.ReplyTo != c.id.From {
		f.addAddress("Reply-To", "", c.id.ReplyTo)
	}
	f.addText("Subject", page.Subject)
	f.add("Message-ID", id)
	if parent := messageID(d.env.InReplyTo); parent != "" {
		f.add("In-Reply-To", parent)
	}
	if refs := references(d.env); len(refs) > 0 {
		f.add("References", strings.Join(refs, " "))
	}
	f.add("Content-Language", contentLanguage(page))
	auto := "auto-replied"
	if d.generated {
		auto = "auto-generated"
	}
	f.add("Auto-Submitted", auto)
	f.add("X-Auto-Response-Suppress", "All")
	f.add("MIME-Version", "1.0")
	return f
}

func contentLanguage(page *templates.Page) string {
	langs := make([]string, len(page.Sections))
	for i := range page.Sections {
		langs[i] = page.Sections[i].Lang + "-CA"
	}
	return strings.Join(langs, ", ")
}

// messageID accepts one Message-ID from a stranger's mail, or nothing.
func messageID(s string) string {
	s = strings.TrimSpace(s)
	s = strings.TrimSuffix(strings.TrimPrefix(s, "<"), ">")
	if s == "" || len(s) > 250 {
		return ""
	}
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f || s[i] == '<' || s[i] == '>' {
			return ""
		}
	}
	return "<" + s + ">"
}

// references continues the thread: what it was, then the mail that is answered.
func references(e Envelope) []string {
	var refs []string
	seen := map[string]bool{}
	for _, r := range append(e.References[:len(e.References):len(e.References)], e.InReplyTo) {
		if id := messageID(r); id != "" && !seen[id] {
			seen[id] = true
			refs = append(refs, id)
		}
	}
	if len(refs) > maxReferences {
		refs = append(refs[:1:1], refs[len(refs)-maxReferences+1:]...)
	}
	return refs
}

func writeBodies(w *message.Writer, lang, print string, text, html []byte) error {
	var h message.Header
	h.SetContentType("multipart/alternative", map[string]string{"boundary": "alternative-" + print})
	alternative, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	for _, body := range []struct {
		media string
		bytes []byte
	}{{"text/plain", text}, {"text/html", html}} {
		var h message.Header
		h.Set("Content-Transfer-Encoding", "quoted-printable")
		h.SetContentType(body.media, map[string]string{"charset": "utf-8"})
		part, err := alternative.CreatePart(h)
		if err != nil {
			return err
		}
		if _, err := part.Write(body.bytes); err != nil {
			return err
		}
		if err := part.Close(); err != nil {
			return err
		}
	}
	return alternative.Close()
}

func writeAttachment(w *message.Writer, a *Attachment) error {
	media := a.Type
	if media == "" {
		media = WorkbookType
	}
	ascii, extended := fileNames(a.Name)
	var h message.Header
	h.Set("Content-Disposition", disposition(ascii, extended))
	h.Set("Content-Transfer-Encoding", "base64")
	h.SetContentType(media, map[string]string{"name": ascii})
	part, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	if _, err := part.Write(a.Data); err != nil {
		return err
	}
	return part.Close()
}

func disposition(ascii, extended string) string {
	s := `attachment; filename="` + ascii + `"`
	if extended != "" {
		s += "; filename*=utf-8''" + extended
	}
	return s
}

// fileNames gives the name that every program reads, and the true one percent-encoded (RFC 2231) when they differ.
func fileNames(name string) (ascii, extended string) {
	name = path.Base(strings.ReplaceAll(cleanLine(name), `\`, "/"))
	name = strings.Map(func(r rune) rune { // Windows saves no file whose name has one of these
		if strings.ContainsRune(`<>:"|?*`, r) {
			return '-'
		}
		return r
	}, name)
	if name == "." || name == "/" || name == ".." {
		name = "workbook.xlsx"
	}
	ext := path.Ext(name)
	name = clip(strings.TrimSuffix(name, ext), 80) + ext
	var b strings.Builder
	for _, r := range norm.NFD.String(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			b.WriteRune(r)
		case r >= 0x300 && r <= 0x36f: // the accent that NFD took off
		case r == 'œ':
			b.WriteString("oe")
		default:
			b.WriteByte('-')
		}
	}
	ascii = strings.TrimLeft(b.String(), ".-")
	if ascii == "" || strings.HasPrefix(ascii, "xlsx") {
		ascii = "workbook.xlsx"
	}
	if ascii != name {
		extended = strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return ascii, extended
}

// isCode accepts what may stand in a Message-ID and a subject without quoting.
func isCode(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

// mailto is a link that writes a mail: spaces are %20, never + (mail programs show the + as it stands).
func mailto(to, subject, body string) string {
	escape := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	return "mailto:" + strings.ReplaceAll(url.PathEscape(to), "+", "%2B") + "?subject=" + escape(subject) + "&body=" + escape(body)
}
