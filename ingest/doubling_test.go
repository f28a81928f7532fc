package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"handrail/internal/scaling"
)

// shape is one way to make a reader work hard: read makes hostile input of about n bytes, and gives what reads it.
type shape struct {
	name  string
	bytes int
	read  func(n int) func(context.Context) error
}

// openLimits bound nothing that a shape is made of, so that the work itself is seen.
func openLimits() Limits {
	return Limits{MessageBytes: math.MaxInt32, HeaderBytes: math.MaxInt32, DecodedBytes: math.MaxInt32, Depth: 50, Parts: 1000}
}

// mailOf parses a message.
func mailOf(build func(n int) string) func(n int) func(context.Context) error {
	return func(n int) func(context.Context) error {
		raw := []byte(build(n))
		return func(ctx context.Context) error {
			m, err := Parse(ctx, raw, openLimits())
			if ctx.Err() == nil {
				kindOfMachine(m, Surroundings{})
				Bounce(m)
				CodesIn(m)
			}
			return err
		}
	}
}

// header is a message with one field more.
func headerOf(field func(n int) string) func(n int) func(context.Context) error {
	return mailOf(func(n int) string { return mailTop + field(n) + "\r\n\r\nx" })
}

// partOf is a message with one part after another.
func partOf(build func(n int) string) func(n int) func(context.Context) error {
	return mailOf(func(n int) string { return mixed(build(n)) })
}

func page(build func(n int) string) func(n int) func(context.Context) error {
	return partOf(func(n int) string { return "Content-Type: text/html\r\n\r\n" + build(n) })
}

func wrapped(attribute func(n int) []byte) func(n int) func(context.Context) error {
	return partOf(func(n int) string {
		return "Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: binary\r\n\r\n\x78\x9f\x3e\x22\x01\x00" + string(attribute(n))
	})
}

func tnefAttribute(tag uint32, data []byte) []byte {
	b := append([]byte{2}, binary.LittleEndian.AppendUint32(nil, tag)...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	return append(append(b, data...), 0, 0)
}

func zipOf(name string, build func(n int) string) func(n int) func(context.Context) error {
	return partOf(func(n int) string {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		f, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(f, build(n))
		}
		if err == nil {
			err = w.Close()
		}
		mustNot(err)
		return filePart("Content-Type: application/zip", b.Bytes())
	})
}

// signedBy verifies signatures for which the DNS has a key.
func signedBy(field func(n int) string) func(n int) func(context.Context) error {
	return func(n int) func(context.Context) error {
		raw := []byte(mailTop + field(n) + "\r\n\r\nx\r\n")
		h, _, _, _ := splitHeader(raw, len(raw))
		m := &Mail{Header: h, From: Address{Addr: "ann@department.example"}}
		key := func(context.Context, string) ([]string, error) {
			return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(make([]byte, 32))}, nil
		}
		return func(ctx context.Context) error {
			Authenticate(ctx, m, raw, InboxConfig{VerifyDKIM: true, AuthservID: []string{"mx"}}, key)
			return ctx.Err()
		}
	}
}

const signature = "DKIM-Signature: v=1; a=ed25519-sha256; d=department.example; s=x; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA; c=simple/simple; h=from"

// hostileShapes are the worst that each reader can be given.
func hostileShapes() []shape {
	const small, middle, large = 16 << 10, 64 << 10, 256 << 10
	return []shape{
		{"header/folded", large, headerOf(scaling.After("X: a", scaling.Fill("\r\n a")))},
		{"header/folded-attached", large, partOf(func(n int) string {
			return "Content-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\nX: a" + scaling.Fill("\r\n a")(n) + "\r\n\r\nx"
		})},
		{"header/folded-part", large, partOf(func(n int) string { return "X: a" + scaling.Fill("\r\n a")(n) + "\r\n\r\nx" })},
		{"header/fields", large, headerOf(func(n int) string { return strings.TrimSuffix(scaling.Fill("a:\r\n")(n), "\r\n") })},
		{"header/spaces", large, headerOf(scaling.After("X:", scaling.Fill(" ")))},
		{"header/words", maxSubject / 2, headerOf(scaling.After("Subject:", scaling.Fill(" =?utf-8?q?a?=")))},
		{"header/words-open", maxSubject / 2, headerOf(scaling.After("Subject:", scaling.Fill("=?a?q?")))},
		{"header/references", large, headerOf(scaling.After("References:", scaling.Fill(" <a@b>")))},
		{"header/references-open", large, headerOf(scaling.After("References:", scaling.Fill("<")))},
		{"header/authentication-blanks", large, signedBy(scaling.After("Authentication-Results: mx; a=b", scaling.Fill(" ")))},
		{"header/authentication-quotes", large, signedBy(scaling.After("Authentication-Results: mx; a=", scaling.Fill(`"a"`)))},
		{"header/authentication-comments", large, signedBy(scaling.After("Authentication-Results: mx; a=b", scaling.Fill("(")))},
		{"header/authentication-results", large, signedBy(scaling.After("Authentication-Results: mx", scaling.Fill(";a=b")))},
		{"signature/folded", small, signedBy(scaling.After(signature+"\r\nX: a", scaling.Fill("\r\n a")))},
		{"signature/names", small, signedBy(scaling.After(signature, scaling.Fill(":a")))},
		{"signature/fields", small, signedBy(scaling.After(signature+":"+strings.Repeat("a:", 300)+"b", scaling.Fill("\r\na:")))},
		{"addresses/list", maxSenders / 2, addressShape(scaling.Fill("a@b,"))},
		{"addresses/comments", maxSenders / 2, addressShape(scaling.Fill("("))},
		{"addresses/groups", maxSenders / 2, addressShape(scaling.Fill("a:;,"))},
		{"addresses/quotes", maxSenders / 2, addressShape(scaling.Fill(`"a" `))},
		{"addresses/words", maxSenders / 2, addressShape(scaling.Fill("=?utf-8?q?a?= "))},
		{"addresses/dots", maxSenders / 2, addressShape(scaling.Fill("a."))},
		{"addresses/literal", maxSenders / 2, addressShape(scaling.After("a@[", scaling.Fill("a")))},
		{"parameters/plain", maxParameters/2 - 100, headerOf(scaling.After("Content-Type: text/plain", scaling.Fill("; a=b")))},
		{"parameters/quotes", maxParameters/2 - 100, headerOf(scaling.After("Content-Type: text/plain; a=", scaling.Fill(`"`)))},
		{"parameters/pieces", maxParameters/2 - 100, headerOf(func(n int) string {
			var b strings.Builder
			b.WriteString("Content-Type: text/plain")
			for i := 0; b.Len() < n; i++ {
				fmt.Fprintf(&b, "; a*%d=x", i)
			}
			return b.String()
		})},
		{"parameters/charsets", maxParameters/2 - 100, headerOf(func(n int) string {
			var b strings.Builder
			b.WriteString("Content-Disposition: attachment")
			for i := 0; b.Len() < n; i++ {
				fmt.Fprintf(&b, "; a%d*=iso-8859-1''%%e9", i)
			}
			return b.String()
		})},
		{"parameters/name", maxSubject / 2, headerOf(scaling.After("Content-Disposition: attachment; filename=", scaling.Fill("=?utf-8?q?a?=")))},
		{"mime/nearly-boundaries", large, partOf(scaling.Fill("\r\n--BBB"))},
		{"mime/nested", large, mailOf(func(n int) string { return nestedParts(45, scaling.Fill("\n")(n)) })},
		{"mime/nested-nearly-boundaries", middle, mailOf(func(n int) string { return nestedParts(45, scaling.Fill("\n--B\n--B1 x")(n)) })},
		{"mime/forwarded", middle, mailOf(func(n int) string {
			return mailTop + strings.Repeat("Content-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\n", 45) + "\r\n" + scaling.Fill("a\n")(n)
		})},
		{"mime/base64", large, partOf(func(n int) string { return filePart("Content-Type: application/pdf", make([]byte, n)) })},
		{"mime/quoted-printable", large, partOf(scaling.After("Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", scaling.Fill("=\n=41 \n")))},
		{"mime/charset", large, partOf(scaling.After("Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n", scaling.Fill("\x1b$B\x1b(B")))},
		{"mime/report", large, partOf(scaling.After("Content-Type: message/delivery-status\r\n\r\nA: b\r\n\r\n", scaling.Fill("Final-Recipient: a\nAction: b\n")))},
		{"mime/bounce", large, mailOf(func(n int) string {
			return "X-Failed-Recipients: a@b\r\n" + mailTop + "\r\n" + scaling.Fill("\n> > Message-ID: <")(n)
		})},
		{"html/open", large, page(scaling.Fill("<b>"))},
		{"html/open-and-text", large, page(scaling.Fill("<i>a"))},
		{"html/ends-too-far", large, page(scaling.After("<i>"+strings.Repeat("<b>", 400), scaling.Fill("</i>")))},
		{"html/ends-of-nothing", large, page(scaling.After(strings.Repeat("<b>", 400), scaling.Fill("</u>")))},
		{"html/open-end", large, page(scaling.Fill("<b></b>"))},
		{"html/quotes", large, page(scaling.Fill("<blockquote>a"))},
		{"html/attributes", large, page(scaling.After("<b", scaling.Fill(" a")))},
		{"html/distinct-attributes", large, page(func(n int) string {
			var b strings.Builder
			b.WriteString("<b")
			for i := 0; b.Len() < n/2; i++ {
				fmt.Fprintf(&b, " %x", i)
			}
			return b.String() + ">" + scaling.Fill("<b a>")(n/2)
		})},
		{"html/unended-tags", large, page(scaling.Fill("<b <"))},
		{"html/comments", large, page(scaling.Fill("<!--"))},
		{"html/comment-ends", large, page(scaling.After("<!--", scaling.Fill("--!")))},
		{"html/script", large, page(scaling.After("<script>", scaling.Fill("<!--<script")))},
		{"html/title", large, page(scaling.After("<title>", scaling.Fill("</titl")))},
		{"html/entities", large, page(scaling.Fill("&amp"))},
		{"html/less", large, page(scaling.Fill("<"))},
		{"html/style", large, page(func(n int) string { return `<b style="` + scaling.Fill("a :")(n) + `">` })},
		{"html/pre", large, page(scaling.After("<pre>", scaling.Fill("a\n<b>")))},
		{"html/blocks", large, page(scaling.Fill("<p>"))},
		{"html/declarations", large, page(scaling.Fill("<![CDATA["))},
		{"winmail/attributes", large, wrapped(func(n int) []byte { return bytes.Repeat(tnefAttribute(attachTitle, []byte("a")), n/12) })},
		{"winmail/attachments", large, wrapped(func(n int) []byte { return bytes.Repeat(tnefAttribute(attachRendData, nil), n/11) })},
		{"winmail/properties", large, wrapped(func(n int) []byte {
			p := binary.LittleEndian.AppendUint32(nil, math.MaxUint32)
			return tnefAttribute(attachProps, append(p, bytes.Repeat([]byte{1, 0, 7, 0x37}, n/4)...))
		})},
		{"winmail/values", large, wrapped(func(n int) []byte {
			p := binary.LittleEndian.AppendUint32(nil, 1)
			p = append(p, 0x1e, 0x10, 0x07, 0x37) // many strings
			p = binary.LittleEndian.AppendUint32(p, uint32(n/4))
			return tnefAttribute(attachProps, append(p, make([]byte, n)...))
		})},
		{"winmail/names", large, wrapped(func(n int) []byte {
			p := binary.LittleEndian.AppendUint32(nil, 1)
			p = append(p, 0x1e, 0, 0x07, 0x37, 1, 0, 0, 0)
			p = binary.LittleEndian.AppendUint32(p, uint32(n))
			return tnefAttribute(attachProps, append(p, bytes.Repeat([]byte{'a'}, n)...))
		})},
		{"winmail/nested", large, wrapped(nestedWinmail)},
		{"zip/packed", large, zipOf("a.txt", scaling.Fill("a"))},
		{"zip/entries", large, partOf(func(n int) string {
			return filePart("Content-Type: application/zip", append([]byte("PK\x03\x04"), bytes.Repeat([]byte(directoryMark), n/4)...))
		})},
		{"codes", large, func(n int) func(context.Context) error {
			raw := []byte("Subject: " + scaling.Fill("[#7f3k-9m2p-x4wq-8r6t]")(n/2) + "\r\nReferences:" + scaling.Fill(" <hr.7f3k9m2px4wq8r6t.1@x>")(n/2) + "\r\n\r\n")
			return func(context.Context) error { HeaderCodes(raw, openLimits()); return nil }
		}},
	}
}

func addressShape(build func(n int) string) func(n int) func(context.Context) error {
	return func(n int) func(context.Context) error {
		value := build(n)
		return func(context.Context) error { _, _ = addresses(value); return nil }
	}
}

// nestedParts is a body inside so many multiparts.
func nestedParts(depth int, body string) string {
	var top, end strings.Builder
	top.WriteString(mailTop)
	for i := range depth {
		fmt.Fprintf(&top, "Content-Type: multipart/mixed; boundary=B%dB\r\n\r\n--B%dB\r\n", i, i)
		fmt.Fprintf(&end, "\r\n--B%dB--", depth-1-i)
	}
	return top.String() + "\r\n" + body + end.String() + "\r\n"
}

// nestedWinmail is n bytes inside messages inside messages.
func nestedWinmail(n int) []byte {
	inner := tnefAttribute(attachData, bytes.Repeat([]byte{'a'}, n))
	for range 40 {
		message := append([]byte("\x78\x9f\x3e\x22\x01\x00"), inner...)
		p := binary.LittleEndian.AppendUint32(nil, 1)
		p = append(p, 0x02, 0x01, 0x01, 0x37, 1, 0, 0, 0)
		p = binary.LittleEndian.AppendUint32(p, uint32(len(message)))
		p = append(append(p, message...), make([]byte, (4-len(message)%4)%4)...)
		inner = tnefAttribute(attachProps, p)
	}
	return inner
}

// BenchmarkDoubling reads the worst that each reader can be given, once and twice as long.
func BenchmarkDoubling(b *testing.B) {
	var shapes []scaling.Shape
	for _, s := range hostileShapes() {
		shapes = append(shapes, scaling.Shape{Name: s.name, Size: s.bytes, Make: func(tb testing.TB, n int) func() {
			read := s.read(n)
			return func() { _ = read(tb.Context()) } // refused or not, it was read
		}})
	}
	scaling.Bench(b, shapes...)
}

// Each reader ends with a MB of the worst, and ends early when nobody waits for it any more.
func TestTheWorstIsReadToItsEndAndGivenUpWhenAsked(t *testing.T) {
	for _, s := range hostileShapes() {
		t.Run(s.name, func(t *testing.T) {
			read := s.read(min(s.bytes, 1<<20))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := read(ctx); ctx.Err() != nil {
				t.Fatal(err)
			}
		})
	}
}
